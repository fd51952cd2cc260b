"""The clinic as its TOML file describes it: who, where, in what colours, under which law, at what fees.

Keys of the file: ``name``, ``short_name``, ``address`` (list of lines), ``phone``, ``fax``, ``email``, ``website``,
``hours`` (list of lines), ``logo`` (a file name, may be empty), ``jurisdiction``, ``time_zone`` (the jurisdiction's own
when left out), ``languages`` (first is the default), ``paper`` (``A4`` or ``Letter``), ``uses_of_information`` (list of
sentences), ``further_grounds`` (ids of grounds the law allows and the clinic uses), ``neither_confirm_nor_deny`` (true
when a refusal may leave open whether there is anything, where the law lets it); tables ``[privacy_contact]`` (``name``,
``title``, ``address``, ``phone``, ``email``), ``[colours]`` (``primary``, ``hover``, ``panel``), ``[fees]``
(``deposit_percent``, ``[[fees.lines]]`` with ``id``, ``label``, ``unit``, ``unit_plural``, ``cents``, ``free_units``,
``justification``, ``charged_for`` (list of ``download``, ``pick_up``, ``post``, ``fax``, ``view``)), ``[[closures]]``
(``first``, ``last``, ``reason``), ``[neutral]``, ``[complaints]``, ``[messages]``, ``[post]``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any

from portal.domain import colours, zones
from portal.domain import messages as answering
from portal.domain.colours import Colours
from portal.domain.complaint_rules import Targets, targets_of
from portal.domain.errors import Invalid
from portal.domain.fees import FORMS, FeeLine, FeeSchedule
from portal.domain.jurisdictions import known, profile
from portal.domain.neutral_senders import Neutral, neutral_of
from portal.domain.posting import Post, post_of
from portal.domain.table_readers import TableReader
from portal.domain.words import _

PAPERS = ("A4", "Letter")
MOST_CENTS = 100_000
LANGUAGE = re.compile(r"[a-z]{2}(_[A-Z]{2})?")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"[+\d][\d\s().x-]{6,}")
FEE_ID = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Contact:
    """Somebody a patient can write to or call about privacy; the law makes the title and the contact public."""

    name: str
    title: str
    address: tuple[str, ...]
    phone: str
    email: str


@dataclass(frozen=True)
class Closure:
    """Days the clinic itself is shut, both ends included; they never move a lawful date."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True)
class Clinic:
    """Everything about the clinic that is a setting."""

    name: str
    short_name: str
    address: tuple[str, ...]
    phone: str
    fax: str
    email: str
    website: str
    hours: tuple[str, ...]
    privacy_contact: Contact
    logo: str
    colours: Colours
    jurisdiction: str
    time_zone: str
    languages: tuple[str, ...]
    paper: str
    fees: FeeSchedule
    uses_of_information: tuple[str, ...]
    further_grounds: tuple[str, ...]
    neither_confirm_nor_deny: bool
    closures: tuple[Closure, ...]
    neutral: Neutral
    complaints: Targets
    messages: answering.Targets
    post: Post

    @classmethod
    def from_toml(cls, table: Mapping[str, Any]) -> "Clinic":
        """The clinic a parsed TOML file describes; one ``Invalid`` lists every fault of the file, a line each."""
        reader = _Reader(table)
        clinic = reader.clinic(cls)
        if reader.faults:
            listed = "\n".join(f"- {fault}" for fault in reader.faults)
            raise Invalid(_("The clinic's file has faults. Correct them and start again:\n%(faults)s", faults=listed))
        return clinic

    @property
    def closed_days(self) -> frozenset[date]:
        """Every day of every closure."""
        return frozenset(
            closure.first + timedelta(days=step)
            for closure in self.closures
            for step in range((closure.last - closure.first).days + 1)
        )


class _Reader(TableReader):
    """The clinic out of its file."""

    def clinic(self, make: type[Clinic]) -> Clinic:
        table = self.table
        self.unknown(table, {f.name for f in fields(make)}, "")
        return make(
            name=self.text(table, "name"),
            short_name=self.text(table, "short_name"),
            address=self.lines(table, "address"),
            phone=self.text(table, "phone", form=PHONE),
            fax=self.text(table, "fax", form=PHONE, needed=False),
            email=self.text(table, "email", form=EMAIL),
            website=self.text(table, "website", needed=False),
            hours=self.lines(table, "hours"),
            privacy_contact=self.contact(),
            logo=self.text(table, "logo", needed=False),
            colours=self.colours(),
            jurisdiction=self.jurisdiction(),
            time_zone=self.time_zone(),
            languages=self.languages(),
            paper=self.paper(),
            fees=self.fees(),
            uses_of_information=self.lines(table, "uses_of_information"),
            further_grounds=self.further_grounds(),
            neither_confirm_nor_deny=self.yes_or_no("neither_confirm_nor_deny"),
            closures=tuple(self.closure(i, entry) for i, entry in enumerate(self.tables(table, "closures"), 1)),
            neutral=neutral_of(self.sub(table, "neutral"), self.faults),
            complaints=targets_of(self.sub(table, "complaints"), self.faults),
            messages=answering.targets_of(self.sub(table, "messages"), self.faults),
            post=post_of(self.sub(table, "post"), self.faults),
        )

    def contact(self) -> Contact:
        table, where = self.sub(self.table, "privacy_contact"), "privacy_contact."
        self.unknown(table, {f.name for f in fields(Contact)}, where)
        return Contact(
            name=self.text(table, "name", where),
            title=self.text(table, "title", where),
            address=self.lines(table, "address", where),
            phone=self.text(table, "phone", where, PHONE),
            email=self.text(table, "email", where, EMAIL),
        )

    def colours(self) -> Colours:
        table = self.sub(self.table, "colours")
        names = {f.name for f in fields(Colours)}
        self.unknown(table, names, "colours.")
        chosen = Colours(**{name: str(value) for name, value in table.items() if name in names})
        self.faults.extend(colours.faults(chosen))
        return chosen

    def jurisdiction(self) -> str:
        value = self.text(self.table, "jurisdiction")
        if value and value not in known():
            self.faults.append(
                _("jurisdiction is %(value)s. Choose one of: %(known)s.", value=value, known=", ".join(known()))
            )
        return value

    def further_grounds(self) -> tuple[str, ...]:
        """The grounds that the law allows and does not demand, which this clinic uses all the same."""
        if "further_grounds" not in self.table or self.table["further_grounds"] == []:
            return ()
        value, law = self.lines(self.table, "further_grounds"), self.table.get("jurisdiction")
        offered = [ground.id for ground in profile(str(law)).grounds if not ground.default_on] if law in known() else []
        among = ", ".join(offered)
        for ground in (each for each in value if each not in offered):
            self.faults.append(_("further_grounds has %(value)s. Choose among: %(known)s.", value=ground, known=among))
        return value

    def time_zone(self) -> str:
        value = self.text(self.table, "time_zone", needed=False)
        law = self.table.get("jurisdiction")
        if not value and law in known():
            return profile(str(law)).time_zone
        if value not in zones.names():
            self.faults.append(_("time_zone is %(value)s. Use a name such as America/Vancouver.", value=value or "?"))
        return value

    def languages(self) -> tuple[str, ...]:
        value = self.lines(self.table, "languages")
        for language in value:
            if not LANGUAGE.fullmatch(language):
                self.faults.append(_("languages has %(value)s. Write them as en or fr_CA.", value=language))
        return value

    def paper(self) -> str:
        value = self.text(self.table, "paper")
        if value and value not in PAPERS:
            self.faults.append(_("paper is %(value)s. Choose A4 or Letter.", value=value))
        return value

    def fees(self) -> FeeSchedule:
        table = self.sub(self.table, "fees")
        self.unknown(table, {"deposit_percent", "lines"}, "fees.")
        lines = tuple(
            self.fee_line(f"fees.lines {i}: ", entry) for i, entry in enumerate(self.tables(table, "lines", "fees."), 1)
        )
        ids = [line.id for line in lines]
        for twice in sorted({each for each in ids if ids.count(each) > 1}):
            self.faults.append(_("fees.lines has the id %(id)s twice. Give each line its own.", id=twice))
        return FeeSchedule(lines=lines, deposit_percent=self.number(table, "deposit_percent", "fees.", 100))

    def fee_line(self, where: str, table: Mapping[str, Any]) -> FeeLine:
        self.unknown(table, {f.name for f in fields(FeeLine)}, where)
        return FeeLine(
            id=self.text(table, "id", where, FEE_ID),
            label=self.text(table, "label", where),
            unit=self.text(table, "unit", where),
            unit_plural=self.text(table, "unit_plural", where),
            cents=self.number(table, "cents", where, MOST_CENTS),
            free_units=self.number(table, "free_units", where, MOST_CENTS),
            justification=self.text(table, "justification", where),
            charged_for=self.forms(table, where),
        )

    def forms(self, table: Mapping[str, Any], where: str) -> tuple[str, ...]:
        chosen, known = self.lines(table, "charged_for", where), ", ".join(FORMS)
        for form in (form for form in chosen if form not in FORMS):
            self.faults.append(
                _("%(where)scharged_for has %(form)s. Use: %(known)s.", where=where, form=form, known=known)
            )
        return chosen

    def closure(self, number: int, table: Mapping[str, Any]) -> Closure:
        where = f"closures {number}: "
        first, last = (self.day(table, key, where) for key in ("first", "last"))
        if not first <= last <= first + timedelta(days=366):
            self.faults.append(_("%(where)slast must be the same day as first, or up to a year later.", where=where))
            last = first
        return Closure(first=first, last=last, reason=self.text(table, "reason", where))
