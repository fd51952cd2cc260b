"""The register of disclosures: the one way in, corrections, and who received something.

Nothing leaves the clinic on purpose but through ``disclose``: it asks "may we?" once more in the transaction that
writes the entry, and holds the patient's consents meanwhile, so that a withdrawal comes wholly before or after it.
What is entered without that question is in ``unasked_disclosures``.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from portal.domain import disclosures as rules
from portal.domain.actors import Role
from portal.domain.disclosures import Basis, Terms, Wanted, allowed
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.consents import Recipient
from portal.models.disclosures import Disclosure
from portal.models.people import Patient
from portal.models.scopes import disclosures_seen_by, names_nobody, told_to
from portal.services import annotations, audit, consents, corrected_notices, disclosure_notices, patients
from portal.services.audit import Told
from portal.services.sealing import seal, seal_json, unseal, unseal_json
from portal.services.work import Work

LATER: Any = aliased(Disclosure)
# An entry that holds: it was not corrected since, and is no correction that nothing was given. A correction is told
# with what it corrects, so this is the same for whoever reads.
STANDING = (~exists().where(LATER.corrects_id == Disclosure.id), Disclosure.void.is_(False))


def disclose(work: Work, patient: Patient, wanted: Wanted, first_id: UUID | None = None) -> Disclosure:
    """Enter that something is given now, if it may be: the single way into the register.

    ``first_id`` is who planned it, where somebody else lets it go. Raises Invalid for an entry that is not whole, and
    NotPossible with the reason when the answer is no by now; then nothing is entered, and the patient can read that it
    was refused.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    rules.check(wanted)
    needs = rules.terms(work.profile, wanted, work.today)
    recipient = recipient_of(work, wanted.recipient_id)
    answer = consents.may_we(work, patient, wanted.purpose, recipient, wanted.categories, lock=True)
    people = _people(work, first_id)
    if (no := _why_not(answer, needs, people)) is not None:
        _refused(work, patient, wanted, needs)
        raise NotPossible(no)
    row = _row(work, patient, wanted, recipient, needs)
    row.consent_id = answer.consent_id
    _signed(row, people)
    _say(work, row, patient, wanted)
    audit.record_told(work, told_of(row), "disclosure.recorded", patient.id, disclosure=str(row.id))
    disclosure_notices.write_if_owed(work, patient, row)
    return row


def recipient_of(work: Work, recipient_id: UUID) -> Recipient:
    """A recipient of the directory. Raises Invalid when there is none, or it is used no more."""
    found = work.db.get(Recipient, recipient_id)
    if found is None or found.retired_at is not None:
        raise Invalid(_("Choose the recipient from the list, or write down a new one."), "recipient")
    return found


def _people(work: Work, first_id: UUID | None) -> list[Account]:
    """Who planned it and who lets it go; one person when they are the same. Nobody when a job does it."""
    keys = [key for key in dict.fromkeys((first_id, work.actor.id)) if key is not None]
    return [work.db.get_one(Account, key) for key in keys]


def _why_not(answer: Any, needs: Terms, people: list[Account]) -> str | None:
    if not allowed(answer, needs):
        return _("This may not go out. %(because)s", because=answer.because)
    if needs.two_people and len(people) < 2:
        return _("This needs two people. Somebody else at the clinic has to let it go.")
    if needs.contact and not any(Role.ADMINISTRATOR in each.role_set for each in people):
        return _("The privacy contact decides about this. The office administrator has to be one of the two.")
    return None


def _refused(work: Work, patient: Patient, wanted: Wanted, needs: Terms) -> None:
    audit.record_anyway(work, told(wanted, needs), "disclosure.refused", patient.id)


def told(wanted: Wanted, needs: Terms) -> Told:
    """From when the patient is told of it, and who with her."""
    return Told(wanted.shown_from if needs.held else None, needs.hers_alone)


def _row(work: Work, patient: Patient, wanted: Wanted, recipient: Recipient, needs: Terms) -> Disclosure:
    return Disclosure(
        patient_id=patient.id,
        recipient_id=recipient.id,
        recipient=recipient.name,
        disclosed_on=work.today,
        recorded_at=work.now,
        purpose=wanted.purpose,
        basis=needs.basis.value,
        provision=needs.provision[:200] or None,
        void=False,
        shown_from=wanted.shown_from if needs.held else None,
        hers_alone=needs.hers_alone,
        kept_for=needs.held.id if needs.held else None,
    )


def _signed(row: Disclosure, people: list[Account]) -> None:
    for account, place in zip(people, ("done_by", "second"), strict=False):
        setattr(row, f"{place}_id", account.id)
        setattr(row, f"{place}_name", account.name)


def _say(work: Work, row: Disclosure, patient: Patient, wanted: Wanted) -> None:
    address = recipient_of(work, wanted.recipient_id).address_lines
    details = {
        "address": address,
        "categories": [each.value for each in wanted.categories],
        "how": wanted.how.value,
        "note": wanted.note.strip(),
    }
    what = "\n".join(filter(None, (wanted.what.strip(), annotations.said_along(work, patient, wanted.categories))))
    seal_words(work, row, wanted.why.strip(), what, details)
    row.done_by_role = work.actor.role.value
    work.db.add(row)
    work.db.flush()


def seal_words(work: Work, row: Disclosure, why: str, what: str, details: dict[str, Any]) -> None:
    """What the patient reads of an entry, and what lies with it, under her key."""
    seal(work, row.patient_id, row, "purpose_sealed", why)
    seal(work, row.patient_id, row, "description_sealed", what)
    seal_json(work, row.patient_id, row, "details_sealed", details)


def told_of(row: Disclosure) -> Told:
    """The same, of an entry."""
    return Told(row.shown_from, row.hers_alone)


def about_case(work: Work, row: Disclosure) -> dict[str, str]:
    """What a line of the trail about an entry says of its case, as ``audit.record_of`` does; nothing without one."""
    if row.case_id is None:
        return {}
    case = work.db.get_one(Case, row.case_id)
    return {"reference": case.reference or "", "case": str(case.id)}


@dataclass(frozen=True)
class Correction:
    """What an entry should have said; with ``void`` that nothing was given at all. ``wrong`` says what was wrong."""

    wrong: str
    void: bool
    recipient: str = ""
    what: str = ""
    why: str = ""


def correct(work: Work, patient: Patient, disclosure_id: UUID, correction: Correction) -> Disclosure:
    """Enter what an earlier entry should have said; that one stays. It is told to the patient when that one is.

    Raises NotPossible when the entry was corrected already: the correction is what can be corrected then. One about a
    case is for who may see that case, else NotFound.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    consents.hold(work, patient.id)
    before = find(work, patient, disclosure_id)
    rules.check_words(correction.wrong, _("Say what was wrong with the entry. The patient reads it."), "wrong")
    return _correct(work, patient, before, correction)


def _correct(work: Work, patient: Patient, before: Disclosure, correction: Correction) -> Disclosure:
    if work.db.scalar(select(Disclosure.id).where(Disclosure.corrects_id == before.id)) is not None:
        raise NotPossible(_("This entry was corrected already. Correct the newer one."))
    row = _in_place_of(work, before, correction)
    details = details_of(work, before) | {"wrong": correction.wrong.strip()}
    if row.recipient_id != before.recipient_id or row.recipient != before.recipient:
        details["address"] = []  # it is that of the one who did not receive it
        if before.basis == Basis.LAW:
            details["basis"] = ""  # and the law was about that one
    why = correction.why.strip() or unseal(work, patient.id, before, "purpose_sealed")
    what = correction.what.strip() or unseal(work, patient.id, before, "description_sealed")
    seal_words(work, row, why, what, details)
    work.db.add(row)
    facts = {"disclosure": str(row.id), **about_case(work, row)}
    audit.record_told(work, told_of(row), "disclosure.corrected", patient.id, **facts)
    corrected_notices.write_anew(work, patient, before, row)
    return row


def take_back(work: Work, patient: Patient, disclosure_id: UUID, wrong: str) -> None:
    """Enter that nothing was given after all; of an entry that was corrected since, the newest is corrected.

    It follows from a letter that did not arrive: nobody reads the entry by it, so no sight of its case is asked for.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    consents.hold(work, patient.id)
    row = _of_patient(work, patient, disclosure_id)
    while (
        newer := work.db.scalars(select(Disclosure).where(Disclosure.corrects_id == row.id)).one_or_none()
    ) is not None:
        row = newer
    if not row.void:
        _correct(work, patient, row, Correction(wrong, void=True))


_SAME = (
    *("disclosed_on", "purpose", "basis", "provision", "consent_id"),
    *("shown_from", "hers_alone", "kept_for", "case_id"),
)


def _in_place_of(work: Work, before: Disclosure, correction: Correction) -> Disclosure:
    row = Disclosure(patient_id=before.patient_id, recorded_at=work.now, corrects_id=before.id, void=correction.void)
    for name in _SAME:
        setattr(row, name, getattr(before, name))
    row.recipient, row.recipient_id = before.recipient, before.recipient_id
    named = correction.recipient.strip()
    if named and named != before.recipient:
        # A consent or a law is for one recipient: nobody asked for this one before it went out.
        row.recipient, row.recipient_id = named[:200], None
        row.basis, row.consent_id, row.provision = Basis.NOTED.value, None, None
    row.done_by_id, row.done_by_name, row.done_by_role = work.actor.id, work.actor.name, work.actor.role.value
    return row


def received_since(work: Work, patient: Patient, since: date) -> list[Disclosure]:
    """Who received something from that day on, whatever the patient is told: those to whom a correction is sent.

    Source: PIPA s.24(2)(b), each organization to which it was disclosed in the year before. Papers of a complaint that
    names somebody are left out: their letters would stand in another case, for her to read.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    query = select(Disclosure).where(Disclosure.patient_id == patient.id, Disclosure.disclosed_on >= since, *STANDING)
    found = query.where(names_nobody(Disclosure)).order_by(Disclosure.disclosed_on, Disclosure.id)
    return list(work.db.scalars(found))


def find(work: Work, patient: Patient, disclosure_id: UUID) -> Disclosure:
    """An entry of this patient's register, for whoever works with it. Raises NotFound."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    row = _of_patient(work, patient, disclosure_id)
    if work.db.scalar(select(Disclosure.id).where(Disclosure.id == row.id, disclosures_seen_by(work.actor))) is None:
        raise _not_there()
    return row


def _of_patient(work: Work, patient: Patient, disclosure_id: UUID) -> Disclosure:
    row = work.db.get(Disclosure, disclosure_id)
    if row is None or row.patient_id != patient.id:
        raise _not_there()
    return row


def _not_there() -> NotFound:
    return NotFound(_("There is no such entry, or it is not yours to see."))


def details_of(work: Work, row: Disclosure) -> dict[str, Any]:
    """What lies sealed with an entry; nothing for lines of before."""
    found: dict[str, Any] = unseal_json(work, row.patient_id, row, "details_sealed") or {}
    return found


def recorded(work: Work, patient_id: UUID, to_herself: bool = True) -> list[tuple[Disclosure, str, str]]:
    """Who received something, with why and what, newest first, as the patient may be told today in a letter.

    What is held back is left out whoever writes, and what was corrected stands as it was corrected. The papers of a
    complaint are left out too: who reads a letter of another case, today or later, cannot be known. It says so.
    """
    patient = patients.find_by_id(work, patient_id)
    query = select(Disclosure).where(Disclosure.patient_id == patient.id, *STANDING)
    shown = query.where(told_to(to_herself, work.today, Disclosure), Disclosure.case_id.is_(None))
    rows = work.db.scalars(shown.order_by(Disclosure.disclosed_on.desc(), Disclosure.id.desc()))
    return [
        (row, unseal(work, patient.id, row, "purpose_sealed"), unseal(work, patient.id, row, "description_sealed"))
        for row in rows
    ]
