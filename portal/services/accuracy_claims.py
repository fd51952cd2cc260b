"""What was said and decided in an accuracy note, and the letters that tell it. Nothing here moves a case."""

from dataclasses import replace
from uuid import UUID

from portal.domain import letters as compose
from portal.domain.accuracy_notes import Claim, Decision, Outcome
from portal.domain.dates import say_plain_date
from portal.domain.letters import Corrected, Letter
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import _, speaking
from portal.models.accuracy_notes import AccuracyNote
from portal.models.record_items import RecordItem
from portal.services import letters, patients
from portal.services.sealing import unseal, unseal_json
from portal.services.work import Work


def claim_of(work: Work, case: AccuracyNote) -> Claim:
    """Her own words."""
    work.must(Permission.REQUEST_VIEW, case)
    return Claim.from_json(unseal_json(work, case.patient_id, case, "claim_sealed"))


def entry_in_words(work: Work, case: AccuracyNote) -> str:
    """Which entry it is about, by kind and day; by its kind alone while none is chosen."""
    work.must(Permission.REQUEST_VIEW, case)
    kind = _(CATEGORY_NAMES[Category(case.category)])
    item = work.db.get(RecordItem, case.item_id) if case.item_id else None
    if item is None:
        return kind
    day = item.occurred_in_words or (say_plain_date(item.occurred_on) if item.occurred_on else "")
    return f"{kind}, {day}" if day else kind


def decided(work: Work, case: AccuracyNote) -> Decision | None:
    """What was decided, in the physician's words; None before."""
    work.must(Permission.REQUEST_VIEW, case)
    if case.outcome is None or case.outcome == Outcome.WITHDRAWN:
        return None
    return Decision(
        Outcome(case.outcome),
        unseal(work, case.patient_id, case, "corrected_sealed"),
        unseal(work, case.patient_id, case, "reasons_sealed"),
    )


def received_letter(work: Work, case: AccuracyNote) -> Letter:
    """The letter that it has come, in her language."""
    with speaking(letters.language_of(work, case)):
        return compose.note_received(letters.facts_of(work, case), claim_of(work, case))


def decision_letter(work: Work, case: AccuracyNote, about: Corrected, reviewer_id: UUID | None) -> Letter:
    """The letter with the decision of ``reviewer_id``, in her language."""
    with speaking(letters.language_of(work, case)):
        name, _title, _licence = patients.title_of(work, reviewer_id)
        said = replace(about, entry=entry_in_words(work, case))
        return compose.note_decision(replace(letters.facts_of(work, case), physician=name), said)
