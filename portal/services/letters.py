"""Letters of a case: written once at the step that needs them, and read on the page."""

import json
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import arithmetic
from portal.domain import letters as compose
from portal.domain.errors import NotFound, NotPossible
from portal.domain.letters import Letter, LetterFacts
from portal.domain.policy import Permission
from portal.domain.rights import Right
from portal.domain.words import _, speaking
from portal.models.access_requests import AccessRequest
from portal.models.cases import Case
from portal.models.letters import Letter as LetterRow
from portal.models.letters import StoredFile
from portal.services import (
    access_requests,
    audit,
    case_reach,
    clocks,
    contact_plans,
    dispatches,
    letter_readers,
    letter_wordings,
    patients,
    powers,
)
from portal.services.letter_composers import COMPOSERS
from portal.services.sealing import seal, unseal_json
from portal.services.work import Work

FROM_PATIENT = {"request"}
ANSWERS = {"decision", "refusal", "no_record"}


def write(work: Work, case: Any, kind: str, facts: dict[str, Any]) -> LetterRow:
    """Write a letter into the case: the one in the step's facts, or one composed now.

    Raises NotPossible when it lacks something the law asks of it.
    """
    letter = facts.get("letter") or draft(work, case, kind, facts)
    if gap := compose.gap(letter, clocks.rules_of(case)):
        raise NotPossible(gap)
    row = put_on_file(work, LetterRow(case_id=case.id, patient_id=case.patient_id, kind=kind), letter)
    row.from_patient = kind in FROM_PATIENT
    if kind in ANSWERS:
        case.answer_letter_id = row.id
    work.promise("letter", f"letter/{row.id}", letter=str(row.id))
    work.db.flush()
    dispatches.plan(work, row, case, letter.addressed_to)
    return row


def put_on_file(work: Work, row: LetterRow, letter: Letter) -> LetterRow:
    """Keep a letter word for word in ``row``, which says whose it is and what it is about."""
    row.language, row.written_at, row.written_by_name = letter.language, work.now, work.actor.name
    row.wording_id = UUID(letter.wording) if letter.wording else None
    seal(work, row.patient_id, row, "body_sealed", json.dumps(letter.to_json(), ensure_ascii=False))
    work.db.add(row)
    return row


def draft(work: Work, case: Any, kind: str, facts: dict[str, Any] | None = None) -> Letter:
    """The letter as it would be written now, in the patient's language; nothing is kept. Also every preview of it."""
    work.must(Permission.REQUEST_VIEW, case)
    with speaking(language_of(work, case)):
        letter: Letter = COMPOSERS[kind](work, case, facts_of(work, case), facts or {})
    return letter


def facts_of(work: Work, case: Any) -> LetterFacts:
    """What every letter of the case is written from."""
    clock = clocks.clock_of(case, work.today)
    name, _title, _licence = patients.title_of(work, case.reviewer_id or case.responsible_id)
    asked_by, address = _asker(work, case)
    law = clocks.rules_of(case)
    return LetterFacts(
        profile=law,
        clinic=work.clinic,
        reference=case.reference or "",
        patient_name=case.patient.name,
        reader_address=address,
        physician=name,
        received_on=clock.received if clock else work.today,
        due=clock.due if clock else work.today,
        written_on=work.today,
        asked_by=asked_by,
        tells_recipients=not asked_by
        or powers.held_for(work, case.patient, case.requested_by_id).has(Right.DISCLOSURES),
        count_words=arithmetic.summary(clock) if clock else "",
        wording=letter_wordings.for_letters(work, law),
    )


def answer(work: Work, request: AccessRequest) -> Letter:
    """The answer to a signed request as it would be sent now. What it still lacks is noted on the request, where the
    guards of release and refusal find it."""
    letter = draft(work, request, "decision" if request.items_released else "refusal")
    request.letter_gap = compose.gap(letter, clocks.rules_of(request))
    return letter


def _asker(work: Work, case: Any) -> tuple[str, tuple[str, ...]]:
    """The representative who asked, empty for the patient herself, and the address of whoever asked, if it is known.

    Once her power has ended, what is still to be said is said to the patient.
    """
    reader = letter_readers.of_case(work, case.patient, case)
    address = contact_plans.where_to_write(work, reader.file) if reader.file is not None else ()
    return reader.name if reader.acts else "", address


def language_of(work: Work, case: Any) -> str:
    """The language asked for in the request, else the one we write to her in."""
    asked = ""
    if isinstance(case, AccessRequest) and case.wishes_sealed is not None:
        asked = access_requests.wishes_of(work, case).language
    return contact_plans.written_in(work, case.patient, asked)


def of_case(work: Work, case: Case) -> list[tuple[LetterRow, Letter]]:
    """The letters of a case, newest first, as they were written."""
    work.must(Permission.REQUEST_VIEW, case)
    query = (
        select(LetterRow).where(LetterRow.case_id == case.id).order_by(LetterRow.written_at.desc(), LetterRow.id.desc())
    )
    return [(row, read(work, row)) for row in work.db.scalars(query) if _may(work, case, row)]


def _may(work: Work, case: Any, row: LetterRow) -> bool:
    """An answer names entries: who acts for the patient reads it as far as her power reaches today."""
    if row.kind not in ANSWERS:
        return True
    return powers.is_within_reach(work, case.patient_id, access_requests.wishes_of(work, case), *case_reach.HEARING)


def find(work: Work, case: Case, letter_id: UUID) -> tuple[LetterRow, Letter]:
    """One letter of a case this person may see. Raises NotFound; leaves a trace when somebody else reads it."""
    work.must(Permission.REQUEST_VIEW, case)
    row = work.db.get(LetterRow, letter_id)
    if row is None or row.case_id != case.id or not _may(work, case, row):
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    if work.looks_at_another(case.patient_id):
        audit.record_of(work, "letter.read", case, letter=str(row.id))
    if not work.actor.is_staff or work.actor.id == case.patient.account_id:
        dispatches.opened(work, row)
    return row, read(work, row)


def drawn(work: Work, case: Case, kind: str) -> list[Letter]:
    """The letters of one kind that stand whole on a page of their reader's: who draws it has opened them."""
    found = [(row, letter) for row, letter in of_case(work, case) if row.kind == kind]
    if not work.actor.is_staff or work.actor.id == case.patient.account_id:
        for row, _letter in found:
            dispatches.opened(work, row)
    return [letter for _row, letter in found]


def printed(work: Work, row: LetterRow) -> StoredFile | None:
    """The letter's PDF; None while the worker has not printed it."""
    return work.db.get(StoredFile, row.file_id) if row.file_id else None


def read(work: Work, row: LetterRow) -> Letter:
    """What a letter says, for whoever holds the case; ``find`` asks leave."""
    return Letter.from_json(unseal_json(work, row.patient_id, row, "body_sealed"))


def answer_of(work: Work, request: AccessRequest) -> Letter:
    """The decision letter of a request, as it was written."""
    work.must(Permission.REQUEST_VIEW, request)
    return read(work, work.db.get_one(LetterRow, request.answer_letter_id))
