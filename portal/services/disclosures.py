"""The register of disclosures: the one way in, corrections, and who received something.

Nothing leaves the clinic on purpose but through ``disclose``: it asks "may we?" once more in the transaction that
writes the entry, and holds the patient's consents meanwhile, so that a withdrawal comes wholly before or after it.
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
from portal.models.consents import Recipient
from portal.models.disclosures import Disclosure
from portal.models.people import Patient
from portal.models.scopes import told_to
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
    _seal(work, row, patient.id, wanted.why.strip(), what, details)
    row.done_by_role = work.actor.role.value
    work.db.add(row)
    work.db.flush()


def _seal(work: Work, row: Disclosure, patient_id: UUID, why: str, what: str, details: dict[str, Any]) -> None:
    seal(work, patient_id, row, "purpose_sealed", why)
    seal(work, patient_id, row, "description_sealed", what)
    seal_json(work, patient_id, row, "details_sealed", details)


def told_of(row: Disclosure) -> Told:
    """The same, of an entry."""
    return Told(row.shown_from, row.hers_alone)


@dataclass(frozen=True)
class Past:
    """What went out without our check: before there was a portal, or by mistake. ``basis`` says what it rested on."""

    recipient: str
    on: date
    why: str
    what: str
    basis: str
    address: tuple[str, ...] = ()
    how: str = ""


def note_past(work: Work, patient: Patient, past: Past) -> Disclosure:
    """Enter what went out earlier without our check, so that the register is whole. The privacy contact's alone."""
    work.must(Permission.DISCLOSURES_NOTE, patient)
    if past.on > work.today:
        raise Invalid(_("That day has not come yet. Give the day it went out."), "on")
    for words, field in ((past.recipient, "recipient"), (past.what, "what"), (past.why, "why"), (past.basis, "basis")):
        rules.check_words(words, _("Fill this in, so that the patient knows it."), field)
    row = Disclosure(
        patient_id=patient.id, recipient=past.recipient.strip()[:200], disclosed_on=past.on, recorded_at=work.now
    )
    row.basis, row.void, row.hers_alone = Basis.NOTED.value, False, False
    row.done_by_id, row.done_by_name, row.done_by_role = work.actor.id, work.actor.name, work.actor.role.value
    details = {"address": list(past.address), "how": past.how.strip(), "basis": past.basis.strip(), "categories": []}
    _seal(work, row, patient.id, past.why.strip(), past.what.strip(), details)
    work.db.add(row)
    audit.record(work, "disclosure.recorded", patient.id, disclosure=str(row.id))
    return row


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

    Raises NotPossible when the entry was corrected already: the correction is what can be corrected then.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    consents.hold(work, patient.id)
    before = find(work, patient, disclosure_id)
    rules.check_words(correction.wrong, _("Say what was wrong with the entry. The patient reads it."), "wrong")
    if work.db.scalar(select(Disclosure.id).where(Disclosure.corrects_id == before.id)) is not None:
        raise NotPossible(_("This entry was corrected already. Correct the newer one."))
    row = _in_place_of(work, before, correction)
    details = details_of(work, before) | {"wrong": correction.wrong.strip()}
    if row.recipient_id != before.recipient_id or row.recipient != before.recipient:
        details["address"] = []  # it is that of the one who did not receive it
    why = correction.why.strip() or unseal(work, patient.id, before, "purpose_sealed")
    what = correction.what.strip() or unseal(work, patient.id, before, "description_sealed")
    _seal(work, row, patient.id, why, what, details)
    work.db.add(row)
    audit.record_told(work, told_of(row), "disclosure.corrected", patient.id, disclosure=str(row.id))
    corrected_notices.write_anew(work, patient, before, row)
    return row


def take_back(work: Work, patient: Patient, disclosure_id: UUID, wrong: str) -> None:
    """Enter that nothing was given after all; of an entry that was corrected since, the newest is corrected."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    row = find(work, patient, disclosure_id)
    while (
        newer := work.db.scalars(select(Disclosure).where(Disclosure.corrects_id == row.id)).one_or_none()
    ) is not None:
        row = newer
    if not row.void:
        correct(work, patient, row.id, Correction(wrong, void=True))


def enter_notice(
    work: Work, patient: Patient, before: Disclosure, how: str, why: str, what: str, on: date
) -> Disclosure:
    """Enter that one who received something was told of a correction: the law asks for it, so no consent is asked.

    It is told to the patient when the entry before it is, and to nobody else.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    rules_of_it = work.profile.corrections.to_tell
    row = Disclosure(patient_id=patient.id, recorded_at=work.now, disclosed_on=on, void=False)
    for name in ("recipient", "recipient_id", "shown_from", "hers_alone", "kept_for"):
        setattr(row, name, getattr(before, name))
    row.basis, row.provision = Basis.LAW.value, rules_of_it.provision
    row.done_by_id, row.done_by_name, row.done_by_role = work.actor.id, work.actor.name, work.actor.role.value
    address = details_of(work, before).get("address", [])
    details = {"address": address, "categories": [], "how": how, "note": "", "basis": rules_of_it.words}
    _seal(work, row, patient.id, why, what, details)
    work.db.add(row)
    audit.record_told(work, told_of(row), "disclosure.recorded", patient.id, disclosure=str(row.id))
    return row


_SAME = ("disclosed_on", "purpose", "basis", "provision", "consent_id", "shown_from", "hers_alone", "kept_for")


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

    Source: PIPA s.24(2)(b), each organization to which it was disclosed in the year before.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    query = select(Disclosure).where(Disclosure.patient_id == patient.id, Disclosure.disclosed_on >= since, *STANDING)
    return list(work.db.scalars(query.order_by(Disclosure.disclosed_on, Disclosure.id)))


def find(work: Work, patient: Patient, disclosure_id: UUID) -> Disclosure:
    """An entry of this patient's register, for whoever works with it. Raises NotFound."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    row = work.db.get(Disclosure, disclosure_id)
    if row is None or row.patient_id != patient.id:
        raise NotFound(_("There is no such entry, or it is not yours to see."))
    return row


def details_of(work: Work, row: Disclosure) -> dict[str, Any]:
    """What lies sealed with an entry; nothing for lines of before."""
    found: dict[str, Any] = unseal_json(work, row.patient_id, row, "details_sealed") or {}
    return found


def recorded(work: Work, patient_id: UUID, to_herself: bool = True) -> list[tuple[Disclosure, str, str]]:
    """Who received something, with why and what, newest first, as the patient may be told today in a letter.

    What is held back is left out whoever writes, and what was corrected stands as it was corrected.
    """
    patient = patients.find_by_id(work, patient_id)
    query = select(Disclosure).where(Disclosure.patient_id == patient.id, *STANDING)
    shown = query.where(told_to(to_herself, work.today, Disclosure))
    rows = work.db.scalars(shown.order_by(Disclosure.disclosed_on.desc(), Disclosure.id.desc()))
    return [
        (row, unseal(work, patient.id, row, "purpose_sealed"), unseal(work, patient.id, row, "description_sealed"))
        for row in rows
    ]
