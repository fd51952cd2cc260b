"""Letters of a case: written once at the step that needs them, read on the page, printed by the worker."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import arithmetic
from portal.domain import letters as compose
from portal.domain.access_requests import Delivery, Mode
from portal.domain.contact_plans import LARGE_PRINT
from portal.domain.errors import NotFound, NotPossible
from portal.domain.letters import Given, Letter, LetterFacts, NotGiven, Recipient
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.reviews import Decision
from portal.domain.rights import Right
from portal.domain.words import _, speaking
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.letters import Letter as LetterRow
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.services import (
    access_requests,
    audit,
    clocks,
    contact_plans,
    disclosures,
    files,
    judgements,
    patients,
    powers,
)
from portal.services.sealing import seal, unseal_json
from portal.services.work import Work

PACKAGE_LASTS = timedelta(days=90)
FROM_PATIENT = {"request"}
ANSWERS = {"decision", "refusal", "no_record"}
HEARING = (Right.ASK, Right.DOWNLOAD)


def write(work: Work, case: Any, kind: str, facts: dict[str, Any]) -> LetterRow:
    """Write a letter into the case: the one in the step's facts, or one composed now.

    Raises NotPossible when it lacks something the law asks of it.
    """
    letter = facts.get("letter") or draft(work, case, kind, facts)
    if gap := compose.gap(letter, clocks.rules_of(case)):
        raise NotPossible(gap)
    row = LetterRow(case_id=case.id, patient_id=case.patient_id, kind=kind, language=letter.language)
    row.written_at, row.written_by_name = work.now, work.actor.name
    row.from_patient = kind in FROM_PATIENT
    seal(work, case.patient_id, row, "body_sealed", json.dumps(letter.to_json(), ensure_ascii=False))
    work.db.add(row)
    if kind in ANSWERS:
        case.answer_letter_id = row.id
    work.promise("letter", f"letter/{row.id}", letter=str(row.id))
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
    return LetterFacts(
        profile=clocks.rules_of(case),
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
    by = case.requested_by_id
    if by and by != case.patient.account_id and powers.may_hear(work, case.patient, by, case.kind):
        account = work.db.get_one(Account, by)
        own_file = work.db.scalars(select(Patient).where(Patient.account_id == account.id)).one_or_none()
        return account.name, contact_plans.where_to_write(work, own_file) if own_file else ()
    return "", contact_plans.where_to_write(work, case.patient)


def language_of(work: Work, case: Any) -> str:
    """The language asked for in the request, if the portal speaks it; else that of her plan, else her file's."""
    asked = ""
    if isinstance(case, AccessRequest) and case.wishes_sealed is not None:
        asked = access_requests.wishes_of(work, case).language
    known = work.clinic.languages
    spoken = {name.split("_")[0]: name for name in reversed(known)} | {name: name for name in known}
    planned = contact_plans.language_of(work, case.patient)
    return spoken.get(asked) or spoken.get(planned) or spoken.get(case.patient.language) or known[0]


def of_case(work: Work, case: Case) -> list[tuple[LetterRow, Letter]]:
    """The letters of a case, newest first, as they were written."""
    work.must(Permission.REQUEST_VIEW, case)
    query = (
        select(LetterRow).where(LetterRow.case_id == case.id).order_by(LetterRow.written_at.desc(), LetterRow.id.desc())
    )
    return [(row, _read(work, row)) for row in work.db.scalars(query) if _may(work, case, row)]


def _may(work: Work, case: Any, row: LetterRow) -> bool:
    """An answer names entries: who acts for the patient reads it as far as her power reaches today."""
    if row.kind not in ANSWERS:
        return True
    return powers.is_within_reach(work, case.patient_id, access_requests.wishes_of(work, case), *HEARING)


def find(work: Work, case: Case, letter_id: UUID) -> tuple[LetterRow, Letter]:
    """One letter of a case this person may see. Raises NotFound; leaves a trace when somebody else reads it."""
    work.must(Permission.REQUEST_VIEW, case)
    row = work.db.get(LetterRow, letter_id)
    if row is None or row.case_id != case.id or not _may(work, case, row):
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    if work.looks_at_another(case.patient_id):
        audit.record(work, "letter.read", case.patient_id, reference=case.reference or "", letter=str(row.id))
    return row, _read(work, row)


def printed(work: Work, row: LetterRow) -> StoredFile | None:
    """The letter's PDF; None while the worker has not printed it."""
    return work.db.get(StoredFile, row.file_id) if row.file_id else None


def _read(work: Work, row: LetterRow) -> Letter:
    return Letter.from_json(unseal_json(work, row.patient_id, row, "body_sealed"))


# What each letter says


def _request(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    return compose.request_letter(facts, access_requests.wishes_of(work, case))


def _extension(work: Work, case: Any, facts: LetterFacts, more: dict[str, Any]) -> Letter:
    return compose.extension(
        replace(facts, due=more["before"]), more["due"], more["ground"], more.get("explanation", "")
    )


def _decision(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    given, not_given = given_and_not(work, case)
    return compose.decision(facts, given, not_given, recipients(work, case))


def _refusal(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    _given, not_given = given_and_not(work, case)
    silent = {each.ground for each in not_given} <= facts.profile.confirm_or_deny.grounds
    if not_given and silent and work.clinic.neither_confirm_nor_deny:
        return compose.not_confirmed(facts)
    return compose.refusal(facts, not_given, recipients(work, case))


def _ready(work: Work, case: Any, facts: LetterFacts, _more: dict[str, Any]) -> Letter:
    if case.mode == Mode.VIEW:
        return compose.ready(facts, None)
    until = package_until(work) if case.delivery == Delivery.DOWNLOAD else None
    return compose.ready(facts, Delivery(case.delivery), until)


def _kept(work: Work, case: Any, facts: LetterFacts, more: dict[str, Any]) -> Letter:
    return compose.estimate_outcome(facts, more["estimate"], waived=False, reason=more["reason"])


COMPOSERS: dict[str, Any] = {
    "request": _request,
    "acknowledgement": lambda work, case, facts, more: compose.acknowledgement(facts),
    "question": lambda work, case, facts, more: compose.question(facts, more["question"], work.actor.name),
    "estimate": lambda work, case, facts, more: compose.estimate(facts, more["estimate"]),
    "fee_waived": lambda work, case, facts, more: compose.estimate_outcome(facts, more["estimate"], waived=True),
    "fee_kept": _kept,
    "extension": _extension,
    "no_record": lambda work, case, facts, more: compose.no_record(facts, more["searched"].splitlines()),
    "decision": _decision,
    "refusal": _refusal,
    "ready": _ready,
    "withdrawal": lambda work, case, facts, more: compose.withdrawal(facts),
}


def given_and_not(work: Work, case: Any) -> tuple[list[Given], list[NotGiven]]:
    """What is given, by kind, and what is not, with the ground: nothing of what is withheld is told."""
    counts: dict[Category, int] = {}
    not_given: list[NotGiven] = []
    for row in judgements.rows_in_order(work, case):
        category = Category(row.item.category)
        if row.decision in (Decision.RELEASE, Decision.SEVER):
            counts[category] = counts.get(category, 0) + 1
        if row.decision in (Decision.SEVER, Decision.WITHHOLD):
            not_given.append(_not_given(work, case, row))
    given = [Given(_(CATEGORY_NAMES[category]), counts[category]) for category in Category if category in counts]
    return given, not_given


def _not_given(work: Work, case: Any, row: Any) -> NotGiven:
    reasoning = unseal_json(work, case.patient_id, row, "reasoning_sealed") or {}
    whole = row.decision == Decision.WITHHOLD
    return NotGiven(*_named(row.item), row.ground_id, whole, reasoning.get("explanation", ""))


def _named(item: Any) -> tuple[str, date | None]:
    """The entry's kind and day, no more exactly than the source says it."""
    name = judgements.called(item)
    return (f"{name}, {item.occurred_in_words}", None) if item.occurred_in_words else (name, item.occurred_on)


def recipients(work: Work, case: Any) -> list[Recipient]:
    """Everybody the patient's information went to, by name, as whoever asked may be told."""
    return [each for each, _purpose in recipients_with_purpose(work, case)]


def recipients_with_purpose(work: Work, case: Any) -> list[tuple[Recipient, str]]:
    """The same with why. What is hers alone stands in no letter that who acts for her could read: her page has it."""
    alone = not contact_plans.somebody_represents(work, case.patient_id)
    return [
        (Recipient(row.recipient, row.disclosed_on, description), purpose)
        for row, purpose, description in disclosures.recorded(work, case.patient_id, to_herself=alone)
    ]


def answer_of(work: Work, request: AccessRequest) -> Letter:
    """The decision letter of a request, as it was written."""
    work.must(Permission.REQUEST_VIEW, request)
    return _read(work, work.db.get_one(LetterRow, request.answer_letter_id))


def package_until(work: Work) -> date:
    """The last day a package made today can be downloaded."""
    return work.today + PACKAGE_LASTS


# Printing, by the worker


def to_print(work: Work, payload: dict[str, Any]) -> tuple[LetterRow, Letter, bool] | None:
    """The letter of a job and whether it is to be in large print; None when it is printed already."""
    row = work.db.get(LetterRow, UUID(payload["letter"]))
    if row is None or row.file_id is not None:
        return None
    large = contact_plans.wants(work, patients.find_by_id(work, row.patient_id), LARGE_PRINT)
    return row, _read(work, row), large


def print_letter(work: Work, wanted: tuple[LetterRow, Letter, bool] | None, _report: Any) -> StoredFile | None:
    """Make the PDF and put it, sealed, into the store; no database is held meanwhile."""
    if wanted is None:
        return None
    row, letter, large = wanted
    with speaking(row.language):
        html = work.outside.paper.render("letters/letter.html", letter=letter, large=large)
        data = work.outside.press.letter(html)
        name = f"{letter.reference or 'letter'}-{row.kind}.pdf"
    return files.put_bytes(
        work, row.patient_id, data, name=name, media_type="application/pdf", purpose="letter", case_id=row.case_id
    )


def keep_print(work: Work, payload: dict[str, Any], file: StoredFile | None) -> None:
    if file is None:
        return
    work.db.add(file)
    work.db.flush()
    work.db.get_one(LetterRow, UUID(payload["letter"])).file_id = file.id
