"""The physician decides what becomes of an accuracy note: she looks at the entry, chooses one of three, and it is done.

The entry itself stays as it came from its source. What is right stands beside it, and so do the patient's own words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from portal.domain.accuracy_notes import EVENT_OF, NOT_ALL, Decision, Outcome, Stage, check_decision, check_statement
from portal.domain.errors import Invalid, NotPossible
from portal.domain.letters import Corrected, Letter
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.words import _
from portal.models.accuracy_notes import AccuracyNote
from portal.models.record_items import RecordItem
from portal.services import accuracy_notes, annotations, audit, cases, clocks, correction_notices, record_items
from portal.services.accuracy_claims import claim_of, decided, decision_letter, entry_in_words
from portal.services.annotations import Note
from portal.services.record_items import Shown
from portal.services.work import Work


@dataclass(frozen=True)
class Line:
    """An entry of the record to choose from, as the physician sees it."""

    id: UUID
    category: Category
    day: str
    title: str


def lines(work: Work, case: AccuracyNote, category: Category) -> list[Line]:
    """The entries of a kind, the newest first, for the physician who looks for the one that is meant."""
    work.must(Permission.RECORD_READ, case)
    rows = [row for row in record_items.items_of(work, case.patient_id) if row.category == category]
    audit.record_of(work, "record.read", case, kind=category.value)
    newest = sorted(rows, key=lambda row: (-(row.occurred_on or date.min).toordinal(), row.id))
    return [Line(row.id, category, record_items.day_of(row), record_items.title_of(work, row)) for row in newest]


def entry(work: Work, case: AccuracyNote) -> tuple[Shown, list[Note]] | None:
    """The entry that is meant, with the notes beside it; None while none is chosen. Leaves a trace."""
    work.must(Permission.RECORD_READ, case)
    row = _newest(work, case)
    if row is None:
        return None
    audit.record_of(work, "record.read", case, item=str(row.id))
    return record_items.show(work, row), annotations.beside(work, case, row)


def _newest(work: Work, case: AccuracyNote) -> RecordItem | None:
    """The entry as our record has it now, where a newer version of it has come in since."""
    row = work.db.get(RecordItem, case.item_id) if case.item_id else None
    while row is not None and row.replaced_by_id is not None:
        row = work.db.get_one(RecordItem, row.replaced_by_id)
    return row


def point_out(work: Work, case: AccuracyNote, item_id: UUID | None) -> None:
    """Choose the entry that is meant; None says that it stands in none of them, because something is missing.

    Raises Invalid for an entry of somebody else's record.
    """
    cases.check(work, case, "point_out")
    item = work.db.get(RecordItem, item_id) if item_id else None
    if item_id is not None and (item is None or item.patient_id != case.patient_id):
        raise Invalid(_("This entry is not in the patient's record. Choose again."), "item")
    case.item_id, case.nowhere = item_id, item_id is None
    case.category = item.category if item is not None else case.category
    cases.take(work, case, "point_out")


def preview(work: Work, case: AccuracyNote, decision: Decision) -> tuple[Letter, Sequence[Letter]]:
    """The patient's letter and those to the recipients, as they would be written now. Raises Invalid, NotPossible."""
    work.must(Permission.ACCURACY_DECIDE, case)
    check_decision(decision)
    cases.check(work, case, EVENT_OF[decision.outcome])
    about = about_of(work, case, decision)
    letter = decision_letter(work, case, about, work.actor.id)
    to = correction_notices.to_tell(work, case, decision.outcome)
    return letter, [correction_notices.letter(work, case, each, about) for each in to]


def decide(work: Work, case: AccuracyNote, decision: Decision) -> None:
    """Decide. What is not corrected is noted beside the entry in the same step, without being asked again.

    Raises Invalid for a decision that does not say what must be read, NotPossible where the entry is not chosen.
    """
    check_decision(decision)
    cases.check(work, case, EVENT_OF[decision.outcome])
    cases.take(work, case, EVENT_OF[decision.outcome], decision=decision, about=about_of(work, case, decision))
    finish(work, case)


def about_of(work: Work, case: AccuracyNote, decision: Decision) -> Corrected:
    """What the letters are written from."""
    told = correction_notices.to_tell(work, case, decision.outcome)
    return Corrected(
        entry=entry_in_words(work, case),
        claim=claim_of(work, case),
        decision=decision,
        told=correction_notices.names_to_tell(work, case, told),
        statement_until=_statement_until(work, case, decision.outcome),
    )


def _statement_until(work: Work, case: AccuracyNote, outcome: Outcome) -> date | None:
    rule = clocks.rules_of(case).corrections.statement
    return rule.last_day(work.today) if rule is not None and outcome in NOT_ALL else None


def state_disagreement(work: Work, case: AccuracyNote, text: str) -> None:
    """Add her statement, where the law gives her one: it stands beside the entry and goes to the same recipients.

    Raises Invalid for one that is too long, NotPossible where there is none or its time is over.
    """
    rule = clocks.rules_of(case).corrections.statement
    before = decided(work, case)
    if rule is None or before is None:
        raise NotPossible(_("A statement cannot be added here, or its time is over."))
    cases.check(work, case, "state_disagreement")
    check_statement(text, rule.most_words)
    about = Corrected(entry_in_words(work, case), claim_of(work, case), before, statement=text.strip())
    cases.take(work, case, "state_disagreement", about=about, statement=text.strip())


def choose_review(work: Work, case: AccuracyNote) -> None:
    """She asks the regulator for a review: where the law gives her one of the two, the statement is gone."""
    cases.take(work, case, "choose_review")
    finish(work, case)


def finish(work: Work, case: AccuracyNote) -> None:
    """Done, as soon as nobody is left to tell and nothing is awaited."""
    accuracy_notes.prepare(work, case)
    if case.stage == Stage.TELLING and not case.notices_open and not case.statement_awaited:
        cases.take(work, case, "finish_note")
