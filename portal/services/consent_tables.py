"""Consents as people read them: row by row, what follows from taking one back, and the matrix of who may get what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import consents as rules
from portal.domain import purposes
from portal.domain.access_requests import Channel
from portal.domain.consent_terms import METHOD_NAMES, Method
from portal.domain.consents import Decision, Ends, Question, State, To
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Profile, profile
from portal.domain.policy import Permission
from portal.domain.purposes import DATES, DETAIL_NAMES, Purpose
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _
from portal.models.consents import Consent, Recipient
from portal.models.letters import Letter
from portal.models.people import Patient
from portal.services import audit, consent_receipts, consents
from portal.services.sealing import unseal_json
from portal.services.work import Work

ALWAYS = frozenset({Category.ENCOUNTERS, Category.RESULTS, Category.PHOTOGRAPHS})
CAME = {
    Channel.PORTAL: N_("In the portal, after reading the wording, with a proof of who she is"),
    Channel.PAPER: N_("Signed on paper"),
    Channel.PHONE: N_("In words, by telephone"),
    Channel.FAX: N_("Signed, by fax"),
    Channel.COUNTER: N_("In words, at the clinic"),
}
EVIDENCE = {
    "channel": N_("How it came"),
    "typed_name": N_("Name that was typed"),
    "for": N_("For whom"),
    "giver": N_("Who gave it"),
    "on": N_("Day"),
    "at": N_("Time"),
    "place": N_("Place"),
    "method": N_("How we knew who it was"),
    "questions": N_("Questions and answers"),
    "witness": N_("Witness"),
    "taken_by": N_("Who took it"),
    "role": N_("Role"),
}


def rows(work: Work, patient: Patient, consent: Consent) -> list[tuple[str, str]]:
    """What a consent is about, a line each: the details, who, what, and until when."""
    work.must(Permission.CONSENT_VIEW, patient)
    details = unseal_json(work, patient.id, consent, "details_sealed") or {}
    found = [(_(DETAIL_NAMES[key]), _detail(key, value)) for key, value in details.items() if key in DETAIL_NAMES]
    names = [row.recipient.name for row in consent.recipients]
    everybody = _("Everybody who cares for you too") if consent.everyone else ""
    found.append((_("Who"), "\n".join(names) or everybody))
    found.append((_("What"), "\n".join(consent_receipts.information_in_words(work, consent))))
    found.append((_("Until when"), consent_receipts.end_in_words(work, consent)))
    return [*found, *_renews(work, consent)]


def _renews(work: Work, consent: Consent) -> list[tuple[str, str]]:
    """What it renews, in a line; no line where it renews nothing."""
    before = work.db.get(Consent, consent.renews_id) if consent.renews_id else None
    last = before.expires_on if before else None
    return [(_("It renews"), _("The consent that was good until %(day)s", day=say_plain_date(last)))] if last else []


def _detail(key: str, value: str) -> str:
    return say_plain_date(date.fromisoformat(value)) if key in DATES else value


def consequences(work: Work, patient: Patient, consent: Consent) -> list[tuple[str, list[str]]]:
    """What stops, what cannot be called back, what the law goes on with: a heading and its sentences each."""
    work.must(Permission.CONSENT_VIEW, patient)
    purpose, law = purposes.find(consent.purpose), profile(patient.jurisdiction)
    if consent.decision == Decision.DENY:
        return [(_("What happens"), [_("We share again what is needed with those who care for you.")])]
    told = [_("We write to %(name)s.", name=row.recipient.name) for row in consent.recipients]
    return [
        (_("What stops"), [_(purpose.stops), *told]),
        (_("What cannot be called back"), [_(purpose.stays)]),
        (_("What the law continues"), [_(law.consents.withdrawal_words)]),
    ]


def purpose_or_nothing(purpose_id: str) -> Purpose:
    """The purpose of an address. Raises NotFound."""
    try:
        return purposes.find(purpose_id)
    except Invalid:
        raise consents.nothing_there() from None


def letters(work: Work, case: Any) -> Sequence[Letter]:
    """The letters of a change, newest first."""
    work.must(Permission.REQUEST_VIEW, case)
    return work.db.scalars(select(Letter).where(Letter.case_id == case.id).order_by(Letter.id.desc())).all()


@dataclass(frozen=True)
class Cell:
    """One answer of the matrix: yes or no, in a word, because of which consent if of any."""

    yes: bool
    words: str
    consent_id: UUID | None


@dataclass(frozen=True)
class Row:
    """A purpose and a recipient, with the answer for each kind of entry."""

    purpose: str
    recipient: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    head: list[str]
    rows: list[Row]


def of_patient(work: Work, patient: Patient) -> Table:
    """Purpose × recipient × slice: every recipient a consent or a limit names, and everybody else who cares."""
    mine, reach = consents.of_patient(work, patient), consents.reach(work, patient.id)
    kinds = [each for each in Category if any(each in one.categories for one in mine) or each in ALWAYS]
    kinds = [each for each in kinds if each in reach]
    held = consents.that_decide(work, patient)
    named: dict[tuple[str, UUID], Recipient] = {}
    for consent in mine:
        if rules.state(consent, work.today) != State.ASKED:
            named |= {(consent.purpose, row.recipient_id): row.recipient for row in consent.recipients}
    found = [
        _row(work, patient, held, kinds, purpose, To(each.id, each.kind, each.name))
        for (purpose, _key), each in named.items()
    ]
    others = To(UUID(int=0), "provider", _("Others who care for you"))
    found.append(_row(work, patient, held, kinds, "care", others))
    return Table(
        [_(CATEGORY_NAMES[each]) for each in kinds], sorted(found, key=lambda row: (row.purpose, row.recipient))
    )


def _row(work: Work, patient: Patient, held: Sequence[Consent], kinds: list[Category], purpose: str, to: To) -> Row:
    law = profile(patient.jurisdiction)
    cells = []
    for kind in kinds:
        answer = rules.may_we(law, Question(purpose, to, {kind: kind}), held, work.today)
        if (some := _some_pictures(law, held, purpose, to, kind, work.today)) is not None:
            cells.append(Cell(True, _("Some pictures only"), some))
        else:
            cells.append(Cell(answer.yes, _("Yes") if answer.yes else _("No"), answer.consent_id))
    return Row(_(purposes.find(purpose).title), to.name, cells)


def _some_pictures(
    law: Profile, held: Sequence[Consent], purpose: str, to: To, kind: Category, today: date
) -> UUID | None:
    """The consent that allows single pictures where the kind as a whole is not allowed."""
    if kind != Category.PHOTOGRAPHS or not purposes.find(purpose).pictures:
        return None
    for consent in held:
        if consent.purpose == purpose and consent.item_ids:
            asked = Question(purpose, to, dict.fromkeys(consent.item_ids, kind))
            if rules.may_we(law, asked, held, today).yes:
                return consent.id
    return None


def evidence(work: Work, patient: Patient, consent: Consent) -> list[tuple[str, str]]:
    """How it was given, for the office: who, how, when, and everything that was written down."""
    work.must(Permission.CONSENT_CHECK, patient)
    facts = unseal_json(work, patient.id, consent, "evidence_sealed") or {}
    told = [(_(EVIDENCE[key]), _proof(key, str(value))) for key, value in facts.items() if key in EVIDENCE]
    told.append((_("Wording"), f"{consent.wording_version} · {consent.language} · {consent.wording_digest[:16]}"))
    if consent.ends == Ends.DATE and consent.expires_on:
        told.append((_("Last day"), say_plain_date(consent.expires_on)))
    return told


def _proof(key: str, value: str) -> str:
    if key == "channel":
        return _(CAME[Channel(value)])
    if key == "method":
        return _(METHOD_NAMES[Method(value)])
    return say_plain_date(date.fromisoformat(value)) if key == "on" else value


def opened(work: Work, patient: Patient) -> None:
    """Leave a trace that somebody else than the patient saw what she agreed to."""
    work.must(Permission.CONSENT_VIEW, patient)
    if work.looks_at_another(patient.id):
        audit.record(work, "consents.read", patient.id)
