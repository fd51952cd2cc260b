"""The letter the law wants for what was given without consent: written once, to the patient alone.

It is written with the entry or, where the entry is held back, on the day the patient sees it (``carry_out``, each
night). What was corrected meanwhile is told as it was corrected; where nothing was given at all, nothing is written.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from portal.domain import letters as compose
from portal.domain.disclosures import check_words
from portal.domain.errors import NotFound, NotPossible, PortalError
from portal.domain.jurisdictions.consent_rules import Lawful
from portal.domain.letters import Disclosed, Letter
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.disclosures import Disclosure, DisclosureNotice
from portal.models.letters import Letter as LetterRow
from portal.models.people import Patient
from portal.models.scopes import told_to, visible_patients
from portal.services import audit, contact_plans, dispatch_targets, dispatches, letter_wordings
from portal.services.audit import Told
from portal.services.sealing import seal, unseal, unseal_json
from portal.services.work import Report, Work

KIND = "disclosure_notice"
MOST_SHOWN = 50


def write_if_owed(work: Work, patient: Patient, row: Disclosure) -> LetterRow | None:
    """Write the letter about a new entry where the law asks for one; None where it does not, or she is told later."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    owed = _law(work, row) is not None and (row.shown_from is None or row.shown_from <= work.today)
    return _write(work, patient, row) if owed else None


def due(work: Work, _payload: dict[str, Any]) -> list[UUID]:
    """The entries whose day to be told has come and that she was not written to about.

    Where nothing was given after all, or she has died, no letter will ever be: these do not come up again each night.
    """
    work.must(Permission.UPKEEP)
    written = exists().where(LetterRow.disclosure_id == Disclosure.id)
    query = select(Disclosure).join(Patient, Patient.id == Disclosure.patient_id).where(Patient.died_on.is_(None))
    query = query.where(Disclosure.purpose.in_(_obliging(work)), Disclosure.shown_from <= work.today)
    rows = work.db.scalars(query.where(Disclosure.corrects_id.is_(None), ~written).order_by(Disclosure.id))
    return [row.id for row in rows if not _as_corrected(work, row).void]


def as_it_is(_work: Work, found: list[UUID], _report: Report) -> list[UUID]:
    return found


def carry_out(work: Work, _payload: dict[str, Any], found: Sequence[UUID]) -> None:
    """Write the letters that were held back until today. One that lacks something stops no other; its entry says so."""
    work.must(Permission.UPKEEP)
    for key in found:
        row = work.db.get_one(Disclosure, key)
        with suppress(PortalError), work.db.begin_nested():
            _write(work, work.db.get_one(Patient, row.patient_id), row)


def _obliging(work: Work) -> list[str]:
    rules = work.profile
    return [each.id for each in rules.consents.lawful if each.notice] if rules.disclosures.notice else []


def _law(work: Work, row: Disclosure) -> Lawful | None:
    """The case the law names and asks a letter for; None for an entry that needs none."""
    return work.profile.consents.lawful_row(row.purpose or "") if row.purpose in _obliging(work) else None


def _write(work: Work, patient: Patient, first: Disclosure) -> LetterRow | None:
    """To nobody where nothing was given after all, or she has died; where no address is safe, with a task."""
    standing = _as_corrected(work, first)
    if standing.void or patient.died_on is not None or _written(work, first) is not None:
        return None
    address = contact_plans.open_ways(work, patient).address
    language = contact_plans.written_in(work, patient)
    row = LetterRow(patient_id=patient.id, disclosure_id=first.id, kind=KIND, language=language)
    with speaking(row.language):
        letter = compose.disclosure_notice(_facts(work, patient, standing, dispatch_targets.undoubted(work, patient)))
    if gap := compose.gap(letter, work.profile):
        raise NotPossible(gap)
    row.wording_id = UUID(letter.wording) if letter.wording else None
    row.written_at, row.written_by_name = work.now, work.actor.name
    seal(work, patient.id, row, "body_sealed", json.dumps(letter.to_json(), ensure_ascii=False))
    work.db.add(row)
    work.db.flush()
    if not address:
        work.db.add(DisclosureNotice(patient_id=patient.id, letter_id=row.id, made_at=work.now))
    dispatches.plan(work, row, None, letter.addressed_to)
    work.promise("letter", f"letter/{row.id}", letter=str(row.id))
    if patient.account_id:
        name = f"disclosure_letter/{first.id}/{patient.account_id}"
        work.promise("notice", name, account=str(patient.account_id), notice="letter", letter=str(row.id))
    audit.record_told(work, _told(first), "disclosure_notice.written", patient.id, disclosure=str(first.id))
    return row


def _told(row: Disclosure) -> Told:
    """Nothing of the letter is ever told to who acts for her: it is to her alone."""
    return Told(row.shown_from, hers_alone=True)


def _as_corrected(work: Work, row: Disclosure) -> Disclosure:
    while (later := work.db.scalar(select(Disclosure).where(Disclosure.corrects_id == row.id))) is not None:
        row = later
    return row


def _first(work: Work, row: Disclosure) -> Disclosure:
    """The entry that others correct: the letter belongs to it."""
    while row.corrects_id is not None:
        row = work.db.get_one(Disclosure, row.corrects_id)
    return row


def _facts(work: Work, patient: Patient, row: Disclosure, address: tuple[str, ...]) -> Disclosed:
    law = work.profile.consents.lawful_row(row.purpose or "")
    details: dict[str, Any] = unseal_json(work, patient.id, row, "details_sealed") or {}
    held = work.profile.disclosures.held_back(row.kept_for) if row.kept_for else None
    duty = work.profile.disclosures.notice
    return Disclosed(
        clinic=work.clinic,
        profile=work.profile,
        number=patient.number,
        patient_name=patient.name,
        reader_address=address,
        recipient=row.recipient,
        recipient_address=tuple(details.get("address", ())),
        on=row.disclosed_on,
        what=unseal(work, patient.id, row, "description_sealed"),
        why=unseal(work, patient.id, row, "purpose_sealed"),
        law=_(law.words) if law else "",
        provision=_(duty.provision) if duty else "",
        written_on=work.today,
        note=details.get("note", ""),
        held_back=_(held.words) if held else "",
        wording=letter_wordings.for_letters(work, work.profile),
    )


def _written(work: Work, first: Disclosure) -> LetterRow | None:
    return work.db.scalars(select(LetterRow).where(LetterRow.disclosure_id == first.id)).one_or_none()


def read(work: Work, row: LetterRow) -> Letter:
    """What the letter says, for whoever found it by one of the ways below."""
    return Letter.from_json(unseal_json(work, row.patient_id, row, "body_sealed"))


# The patient's own side.


def hers(work: Work, patient: Patient, disclosure_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these entries she was written to about; for her alone, so nothing for who acts for her."""
    work.must(Permission.DISCLOSURES_VIEW, patient)
    if work.actor.patient_id != patient.id:
        return set()
    query = select(LetterRow.disclosure_id).where(LetterRow.disclosure_id.in_(disclosure_ids))
    return {key for key in work.db.scalars(query) if key is not None}


def her_letter(work: Work, disclosure_id: UUID) -> tuple[LetterRow, Letter]:
    """The letter to the patient who reads it now. Raises NotFound for anybody else's."""
    query = select(LetterRow).join(Disclosure, Disclosure.id == LetterRow.disclosure_id)
    mine = (Disclosure.patient_id == work.actor.patient_id, told_to(True, work.today, Disclosure))
    row = work.db.scalars(query.where(Disclosure.id == disclosure_id, *mine)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    work.must(Permission.DISCLOSURES_VIEW, work.db.get_one(Patient, row.patient_id))
    dispatches.opened(work, row)
    return row, read(work, row)


# The office's side.


@dataclass(frozen=True)
class Standing:
    """How the letter about an entry stands, as the office reads it. ``post_by`` is the last day to post it.

    ``posted_on`` is the day on which it was posted or handed over, unless it came back since.
    ``on`` is the day it will be written, where it is not yet; ``open`` that somebody has to find another way than post,
    ``done`` what she did, with ``done_by``. ``reachable`` says whether an address is safe today.
    """

    letter_id: UUID | None
    written_at: datetime | None = None
    on: date | None = None
    post_by: date | None = None
    posted_on: date | None = None
    reachable: bool = True
    open: bool = False
    done: str = ""
    done_by: str = ""
    never: str = ""


def standing(work: Work, patient: Patient, entry: Disclosure) -> Standing | None:
    """How it stands with the letter about this entry or the one it corrects; None where the law asks for none."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    first = _first(work, entry)
    letter, duty = _written(work, first), work.profile.disclosures.notice
    if _law(work, first) is None or duty is None:
        return None
    if letter is None:
        return _not_written(work, patient, first)
    task = work.db.scalars(select(DisclosureNotice).where(DisclosureNotice.letter_id == letter.id)).one_or_none()
    return Standing(
        letter_id=letter.id,
        written_at=letter.written_at,
        post_by=duty.by(read(work, letter).dated or work.today),
        posted_on=dispatches.gone_on(work, letter),
        reachable=bool(contact_plans.reach_of(work, patient).address),
        open=task is not None and task.settled_at is None,
        done=unseal(work, patient.id, task, "settled_sealed") if task and task.settled_sealed else "",
        done_by=(task.settled_by_name or "") if task else "",
    )


def _not_written(work: Work, patient: Patient, first: Disclosure) -> Standing:
    if _as_corrected(work, first).void:
        return Standing(None, never=_("Nothing was given after all, so no letter is written."))
    if patient.died_on is not None:
        return Standing(None, never=_("The patient has died, so no letter is written."))
    if first.shown_from is None:
        return Standing(None, never=_("It was entered before the portal wrote such letters. Write to her by hand."))
    if first.shown_from < work.today:
        return Standing(
            None, never=_("The portal could not write the letter, and tries again each night. Tell your administrator.")
        )
    return Standing(None, on=first.shown_from)


def office_letter(work: Work, patient: Patient, entry: Disclosure) -> tuple[LetterRow, Letter]:
    """The letter about this entry, for whoever of the office works with it; the patient can see that it was read."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    first = _first(work, entry)
    row = _written(work, first)
    if row is None:
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    audit.record_told(work, _told(first), "disclosure_notice.read", patient.id, disclosure=str(first.id))
    return row, read(work, row)


def without_a_way(work: Work) -> list[tuple[Disclosure, Patient]]:
    """The letters no address was safe for and that nobody has brought yet, about patients this person may see."""
    work.must(Permission.QUEUE_VIEW)
    seen = visible_patients(work.actor).with_only_columns(Patient.id)
    query = (
        select(Disclosure, Patient)
        .join(LetterRow, LetterRow.disclosure_id == Disclosure.id)
        .join(DisclosureNotice, DisclosureNotice.letter_id == LetterRow.id)
        .join(Patient, Patient.id == Disclosure.patient_id)
        .where(DisclosureNotice.settled_at.is_(None), Patient.id.in_(seen))
    )
    return [(row, patient) for row, patient in work.db.execute(query.order_by(DisclosureNotice.id).limit(MOST_SHOWN))]


def settle(work: Work, patient: Patient, entry: Disclosure, done: str) -> None:
    """Write down how the letter reached her although no address was safe. Raises NotPossible when that was done."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    check_words(done, _("Say how she got the letter, or why she cannot get it."), "done")
    letter = _written(work, _first(work, entry))
    query = select(DisclosureNotice).where(DisclosureNotice.letter_id == (letter.id if letter else None))
    task = work.db.scalars(query.with_for_update()).one_or_none()
    if task is None or task.settled_at is not None:
        raise NotPossible(_("Nothing is left to do here: somebody has written down how she got the letter."))
    task.settled_at, task.settled_by_name = work.now, work.actor.name
    seal(work, patient.id, task, "settled_sealed", done.strip())
    audit.record_told(
        work, _told(_first(work, entry)), "disclosure_notice.settled", patient.id, disclosure=str(entry.id)
    )
