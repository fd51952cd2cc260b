"""May we? Asked before anything goes out, answered at once, and kept: who asked, the answer, because of what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.consents import Answer
from portal.domain.disclosures import Terms, Wanted, allowed
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.words import _
from portal.models.consents import Recipient
from portal.models.disclosures import ConsentCheck
from portal.models.people import Patient
from portal.models.scopes import visible_patients
from portal.services import audit, consents
from portal.services.audit import Told
from portal.services.sealing import seal_json, unseal_json
from portal.services.work import Work

PAGE = 25


@dataclass(frozen=True)
class Line:
    """One question as the office's log shows it."""

    id: UUID
    at: datetime
    asked_by: str
    number: str
    patient: str
    purpose: str
    recipient: str
    yes: bool
    because: str
    categories: tuple[Category, ...]
    shown_from: date | None


@dataclass(frozen=True)
class Page:
    """A page of the log; ``next`` is the place to go on from, or None at the end."""

    rows: list[Line]
    next: str | None


@dataclass(frozen=True)
class Asked:
    """A question: what for, which kinds of information; ``kept_for`` and ``shown_from`` as with a disclosure."""

    purpose: str
    categories: Sequence[Category]
    kept_for: str = ""
    shown_from: date | None = None


def ask(work: Work, patient: Patient, asked: Asked, recipient: Recipient) -> Answer:
    """The answer, which is written down with the question; the patient reads both, at once or from ``shown_from``.

    A question about what may be kept from her would tell her, so it is kept from her for the same reasons.
    """
    work.must(Permission.CONSENT_CHECK, patient)
    rules = work.profile.disclosures
    held = rules.check_held_back(asked.purpose, asked.kept_for, asked.shown_from, work.today)
    answer = consents.may_we(work, patient, asked.purpose, recipient, asked.categories)
    told = Told(asked.shown_from if held else None, held is not None and held.hers_alone)
    _write(work, patient, asked, recipient, told, answer, answer.yes)
    return answer


def asked_for(work: Work, patient: Patient, wanted: Wanted, recipient: Recipient, needs: Terms) -> Answer:
    """The same for a disclosure that is planned; what the privacy contact decides is a yes that waits for her."""
    work.must(Permission.CONSENT_CHECK, patient)
    answer = consents.may_we(work, patient, wanted.purpose, recipient, wanted.categories)
    keep(work, patient, wanted, recipient, needs, answer)
    return answer


def keep(work: Work, patient: Patient, wanted: Wanted, recipient: Recipient, needs: Terms, answer: Answer) -> None:
    """Write down the question behind a planned disclosure, and its answer."""
    work.must(Permission.CONSENT_CHECK, patient)
    asked = Asked(wanted.purpose, wanted.categories)
    told = Told(wanted.shown_from if needs.held else None, needs.hers_alone)
    _write(work, patient, asked, recipient, told, answer, allowed(answer, needs))


def _write(
    work: Work, patient: Patient, asked: Asked, recipient: Recipient, told: Told, answer: Answer, yes: bool
) -> None:
    row = ConsentCheck(
        patient_id=patient.id,
        asked_by_id=work.actor.id,
        asked_by_name=work.actor.name,
        asked_at=work.now,
        purpose=asked.purpose,
        recipient_id=recipient.id,
        recipient=recipient.name,
        yes=yes,
        consent_id=answer.consent_id,
        provision=answer.provision[:200] or None,
        shown_from=told.shown_from,
        hers_alone=told.hers_alone,
    )
    said = {"because": answer.because, "categories": [each.value for each in asked.categories]}
    seal_json(work, patient.id, row, "answer_sealed", said)
    work.db.add(row)
    audit.record_told(work, told, "consent.checked", patient.id, check=str(row.id), yes="yes" if yes else "no")


def log(work: Work, after: str | None = None, number: str = "") -> Page:
    """The questions about patients this person may see, newest first; ``number`` leaves one patient's."""
    work.must(Permission.QUEUE_VIEW)
    seen = visible_patients(work.actor).with_only_columns(Patient.id)
    query = select(ConsentCheck, Patient).join(Patient, Patient.id == ConsentCheck.patient_id)
    query = query.where(ConsentCheck.patient_id.in_(seen)).order_by(ConsentCheck.id.desc()).limit(PAGE + 1)
    if number.strip():
        query = query.where(Patient.number == number.strip().upper())
    if after:
        query = query.where(ConsentCheck.id < _place(after))
    found = work.db.execute(query).all()
    rows = [_line(work, check, patient) for check, patient in found[:PAGE]]
    return Page(rows, str(rows[-1].id) if len(found) > PAGE else None)


def _place(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError:
        raise Invalid(_("This address of a page is cut off. Go back to the beginning of the list.")) from None


def _line(work: Work, check: ConsentCheck, patient: Patient) -> Line:
    said = unseal_json(work, patient.id, check, "answer_sealed")
    return Line(
        id=check.id,
        at=check.asked_at,
        asked_by=check.asked_by_name,
        number=patient.number,
        patient=patient.name,
        purpose=check.purpose,
        recipient=check.recipient,
        yes=check.yes,
        because=said["because"],
        categories=tuple(Category(each) for each in said["categories"]),
        shown_from=check.shown_from,
    )


def in_words(work: Work, patient: Patient, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What was asked and answered behind lines of the patient's access log, by the keys of the questions."""
    work.must(Permission.ACCESS_LOG_VIEW, patient)
    wanted = [UUID(key) for key in sorted(set(keys)) if key]
    if not wanted:
        return {}
    query = select(ConsentCheck).where(ConsentCheck.id.in_(wanted), ConsentCheck.patient_id == patient.id)
    found = ((row, unseal_json(work, patient.id, row, "answer_sealed")) for row in work.db.scalars(query))
    return {
        str(row.id): {"recipient": row.recipient, "purpose": row.purpose, "yes": row.yes, "because": said["because"]}
        for row, said in found
    }
