"""The letter the law wants for what was given without consent: written once, to the patient alone.

It is written with the entry or, where the entry is held back, on the day the patient sees it (``carry_out``, each
night). What was corrected meanwhile is told as it was corrected; where nothing was given at all, nothing is written.
A correction after it was written takes it out of the lists and, where a letter is still owed, writes it anew: then the
letter that counts belongs to the newest entry.
"""

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select

from portal.domain import letters as compose
from portal.domain.dispatches import BROUGHT, BY_HAND, NOTHING_MORE, Event, Stage
from portal.domain.errors import NotFound, NotPossible, PortalError
from portal.domain.jurisdictions.consent_rules import Lawful
from portal.domain.letters import Disclosed, Letter
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.letters import Letter as LetterRow
from portal.models.people import Patient
from portal.models.scopes import told_to
from portal.services import audit, contact_plans, dispatch_targets, dispatches, letter_wordings
from portal.services.audit import Told
from portal.services.notice_chains import as_corrected, chain, counts, letters_of
from portal.services.sealing import seal, unseal, unseal_json
from portal.services.work import Report, Work

KIND = "disclosure_notice"


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
    return [row.id for row in rows if not as_corrected(work, row).void]


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


def write_instead(
    work: Work, patient: Patient, entry: Disclosure, replaces: date | None, was_wrong: str
) -> LetterRow | None:
    """Write anew about an entry that corrects another; ``replaces`` is the day of the letter that told her wrong."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    return _write(work, patient, entry, replaces=replaces, was_wrong=was_wrong)


def _write(work: Work, patient: Patient, entry: Disclosure, **instead: Any) -> LetterRow | None:
    """To nobody where nothing was given after all, or she has died."""
    standing = as_corrected(work, entry)
    if standing.void or patient.died_on is not None or _its_own(work, entry) is not None:
        return None
    language = contact_plans.written_in(work, patient)
    row = LetterRow(patient_id=patient.id, disclosure_id=entry.id, kind=KIND, language=language)
    with speaking(row.language):
        facts = _facts(work, patient, standing, dispatch_targets.undoubted(work, patient))
        letter = compose.disclosure_notice(replace(facts, **instead))
    if gap := compose.gap(letter, work.profile):
        raise NotPossible(gap)
    row.wording_id = UUID(letter.wording) if letter.wording else None
    row.written_at, row.written_by_name = work.now, work.actor.name
    seal(work, patient.id, row, "body_sealed", json.dumps(letter.to_json(), ensure_ascii=False))
    work.db.add(row)
    work.db.flush()
    _put_on_its_way(work, row, letter)
    work.promise("letter", f"letter/{row.id}", letter=str(row.id))
    if patient.account_id:
        name = f"disclosure_letter/{entry.id}/{patient.account_id}"
        work.promise("notice", name, account=str(patient.account_id), notice="letter", letter=str(row.id))
    audit.record_told(work, _told(entry), "disclosure_notice.written", patient.id, disclosure=str(entry.id))
    return row


def _put_on_its_way(work: Work, row: LetterRow, letter: Letter) -> None:
    """Its last day stands with what the office has to do, by post or, where no address is safe, as a task."""
    duty = work.profile.disclosures.notice
    for found in dispatches.plan(work, row, None, letter.addressed_to):
        if duty is not None and found.way in BY_HAND:
            found.post_by = duty.by(letter.dated or work.today)


def _told(row: Disclosure) -> Told:
    """Nothing of the letter is ever told to who acts for her: it is to her alone."""
    return Told(row.shown_from, hers_alone=True)


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


def _its_own(work: Work, entry: Disclosure) -> LetterRow | None:
    return work.db.scalars(select(LetterRow).where(LetterRow.disclosure_id == entry.id)).one_or_none()


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

    ``gone`` is how it went out, on ``gone_on``, unless it came back since; ``open`` the letter on its way that somebody
    has to do something about, and ``needs_somebody`` that no way is open for it. ``on`` is the day on which the letter
    will be written, where it is not yet. ``done`` is why nothing more is to be done, by ``done_by``. ``replaces``: an
    earlier letter about it was wrong.
    """

    letter_id: UUID | None
    written_at: datetime | None = None
    on: date | None = None
    post_by: date | None = None
    overdue: bool = False
    gone: str = ""
    gone_on: date | None = None
    open: UUID | None = None
    needs_somebody: bool = False
    done: str = ""
    done_by: str = ""
    never: str = ""
    replaces: bool = False


def standing(work: Work, patient: Patient, entry: Disclosure) -> Standing | None:
    """How it stands with the letter about this entry or the one it corrects; None where the law asks for none."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    (first, *_later), letters = chain(work, entry), letters_of(work, entry)
    duty = work.profile.disclosures.notice
    if _law(work, first) is None or duty is None:
        return None
    if not letters:
        return _not_written(work, patient, first)
    letter = letters[-1]
    gone, to_do = dispatches.gone(work, letter), _to_do(work, letter)
    if not counts(work, letter):
        return _wrong(letter, to_do)
    last_day = duty.by(read(work, letter).dated or work.today)
    done, done_by = ("", "") if gone is not None or to_do is not None else _settled(work, letter)
    return Standing(
        letter_id=letter.id,
        written_at=letter.written_at,
        post_by=last_day,
        overdue=last_day < work.today,
        gone=gone.event if gone is not None else "",
        gone_on=gone.on if gone is not None else None,
        open=to_do.id if to_do is not None else None,
        needs_somebody=to_do is not None and to_do.stage == Stage.TASK,
        done=done,
        done_by=done_by,
        replaces=len(letters) > 1,
    )


def _wrong(letter: LetterRow, to_do: Dispatch | None) -> Standing:
    said = _("Nothing was given after all, so the letter about it counts no more. If it lies printed, shred it.")
    key = to_do.id if to_do is not None else None
    return Standing(letter.id, open=key, needs_somebody=key is not None, never=said)


def _to_do(work: Work, letter: LetterRow) -> Dispatch | None:
    """Where the letter is among what the office has to do, that which needs somebody first."""
    stages = (Stage.TASK, Stage.WAITING, Stage.CONFIRMED, Stage.READY)
    query = select(Dispatch).where(Dispatch.letter_id == letter.id, Dispatch.way.in_(BY_HAND))
    found = work.db.scalars(query.where(Dispatch.stage.in_(stages)).order_by(Dispatch.id)).all()
    return min(found, key=lambda each: stages.index(Stage(each.stage)), default=None)


def _settled(work: Work, letter: LetterRow) -> tuple[str, str]:
    """Why nothing more is to be done about the letter, and who said so."""
    query = select(DispatchEvent, Dispatch).join(Dispatch, Dispatch.id == DispatchEvent.dispatch_id)
    query = query.where(Dispatch.letter_id == letter.id, DispatchEvent.event == Event.SETTLED)
    query = query.where(DispatchEvent.code.in_((NOTHING_MORE, BROUGHT)))
    last = work.db.execute(query.order_by(DispatchEvent.at.desc(), DispatchEvent.id.desc()).limit(1)).first()
    return (dispatches.note_of(work, last[1], last[0]), last[0].by_name) if last is not None else ("", "")


def _not_written(work: Work, patient: Patient, first: Disclosure) -> Standing:
    if as_corrected(work, first).void:
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
    """The letter about this entry, else the one that counts for it, for whoever of the office works with it.

    The patient can see that it was read. Raises NotFound.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    letters = letters_of(work, entry)
    if not letters:
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    row = _its_own(work, entry) or letters[-1]
    audit.record_told(work, _told(entry), "disclosure_notice.read", patient.id, disclosure=str(row.disclosure_id))
    return row, read(work, row)
