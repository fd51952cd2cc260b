"""Who looked: every reading or handling of a patient's information, in plain sentences, newest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from flask import Response, render_template, request, url_for

from portal.domain import spreadsheets
from portal.domain.actors import ROLE_NAMES, Role
from portal.domain.clocks import local_date
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.domain.zones import zone
from portal.services import access_log as looks_at
from portal.services import consent_checks, disclosure_lists, file_reasons, identity_papers
from portal.services.access_log import MOST_TAKEN, NOBODY_IN_PERSON, Look, Only
from portal.web import downloads
from portal.web.patient.blueprint import blueprint
from portal.web.patient.people import Circle, circle
from portal.web.sifting import asked_day, carried_on
from portal.web.work import work

PAGE = 50
HEAD = (N_("Date and time"), N_("Who"), N_("Role"), N_("What"), N_("Why"))


@dataclass(frozen=True)
class Line:
    """One sentence; the same act of the same person for the same request on one day is told once, with its times.

    ``why`` are sentences, ``reference`` and ``disclosure`` lead to the request and to the entry it is about.
    """

    day: date
    sentence: str
    times: tuple[datetime, ...]
    reference: str
    disclosure: str
    why: tuple[str, ...]


@blueprint.get("/access-log")
def access_log() -> str:
    whose, only = circle(Permission.ACCESS_LOG_VIEW), _only()
    after = request.args.get("after", "")
    last_shown = int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else None
    looks = looks_at.lines(work(), whose.chosen, only, last_shown, PAGE + 1)
    more = looks[PAGE - 1].id if len(looks) > PAGE else None
    kept = carried_on("who", "since", "until")
    if whose.several:
        kept["for"] = str(whose.chosen.id)
    return render_template(
        "patient/access_log.html",
        whose=whose,
        notes=identity_papers.notes(work(), whose.chosen),
        only=only,
        everybody=[*looks_at.people(work(), whose.chosen), (NOBODY_IN_PERSON, _("The portal itself"))],
        lines=_lines(looks[:PAGE], whose),
        kept=kept,
        next=url_for("patient.access_log", **kept, after=more) if more else None,
        first=url_for("patient.access_log", **kept) if last_shown else None,
    )


def _only() -> Only:
    return Only(request.args.get("who", ""), asked_day("since"), asked_day("until"))


@blueprint.get("/access-log.csv")
def access_log_table() -> Response:
    whose = circle(Permission.ACCESS_LOG_VIEW)
    looks = looks_at.taken_along(work(), whose.chosen, _only())
    reasons = _Reasons(whose, looks[:MOST_TAKEN])
    rows = [[_(name) for name in HEAD], *(_cells(look, reasons) for look in looks[:MOST_TAKEN])]
    if len(looks) > MOST_TAKEN:
        rows.append([_("There are older lines. Choose a time to see them.")])
    data = b"".join(spreadsheets.lines(rows))
    name = _("who-looked-at-my-information.csv")
    return downloads.attachment(name, "text/csv; charset=utf-8", len(data), iter([data]))


def _cells(look: Look, reasons: "_Reasons") -> Iterator[str]:
    there = zone(work().profile.time_zone)
    yield look.at.astimezone(there).strftime("%Y-%m-%d %H:%M:%S")
    yield _(look.name)
    yield _(ROLE_NAMES[Role(look.role)])
    yield _(look.what)
    yield " ".join([*([look.reference] if look.reference else []), *reasons.of(look)])


class _Reasons:
    """Why, where more is to say than the request: reasons given for a file, and questions whether we may."""

    def __init__(self, whose: Circle, looks: list[Look]) -> None:
        self.given = file_reasons.in_words(work(), whose.chosen, (look.given for look in looks))
        self.asked = consent_checks.in_words(work(), whose.chosen, (look.check for look in looks))

    def of(self, look: Look) -> tuple[str, ...]:
        if look.check in self.asked:
            asked = self.asked[look.check]
            purpose = disclosure_lists.purpose_in_words(work(), asked["purpose"])
            whom = _("To %(recipient)s, for: %(purpose)s.", recipient=asked["recipient"], purpose=purpose)
            answer = _("The answer was yes.") if asked["yes"] else _("The answer was no.")
            return whom, answer, str(asked["because"])
        return (self.given[look.given],) if look.given in self.given else ()


def _lines(looks: list[Look], whose: Circle) -> list[Line]:
    reasons = _Reasons(whose, looks)
    alike = groupby(looks, key=lambda look: (_day(look), look.actor, look.what, look.reference, *_about(look)))
    return [_line([*group], whose, reasons) for _same, group in alike]


def _about(look: Look) -> tuple[str, str, str]:
    return look.given, look.disclosure, look.check


def _line(looks: list[Look], whose: Circle, reasons: _Reasons) -> Line:
    look = looks[0]
    times = tuple(each.at for each in looks)
    return Line(
        _day(look), _sentence(look, whose, len(looks)), times, look.reference, look.disclosure, reasons.of(look)
    )


def _sentence(look: Look, whose: Circle, n: int) -> str:
    """What somebody did, once or ``n`` times. What was done is said of a third person, as French needs it."""
    who, did = _who(look, whose), _(look.what)
    if look.actor == str(work().actor.id):
        return _("You %(did)s, %(n)s times.", did=did, n=n) if n > 1 else _("You %(did)s.", did=did)
    return (
        _("%(who)s %(did)s, %(n)s times.", who=who, did=did, n=n) if n > 1 else _("%(who)s %(did)s.", who=who, did=did)
    )


def _who(look: Look, whose: Circle) -> str:
    if look.role == Role.SYSTEM:
        return _("The portal")
    if look.role == Role.OPERATOR:
        return _("The operator of the portal")
    if look.for_patient:
        return _("%(name)s, for %(patient)s,", name=look.name, patient=whose.chosen.name)
    if look.role == Role.PATIENT:
        return look.name
    return _("%(name)s, %(role)s,", name=look.name, role=_(ROLE_NAMES[Role(look.role)]))


def _day(look: Look) -> date:
    return local_date(work().profile, look.at)
