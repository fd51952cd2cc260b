"""What the steps of a complaint do: its number and targets, whom it goes to, its answer, and the way outside."""

from typing import Any

from portal.domain import complaint_rules
from portal.domain.complaint_rules import Targets
from portal.domain.complaints import Outcome
from portal.services import clocks, complaint_letters, complaint_people, letters, notices
from portal.services.work import Work


def receive(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """It gets its number, and the targets of the first rung begin with the day it came."""
    clocks.give_reference(work, case, facts["received_on"])
    case.received_on = facts["received_on"]
    _begin(case, facts["received_on"])
    case.acknowledge_by = _dates(case).acknowledge_by


def begin_rung(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """Every rung has the whole of its target; the first counts from the day the complaint came."""
    _begin(case, facts.get("began_on", work.today))


def _begin(case: Any, began_on: Any) -> None:
    case.rung_began_on, case.is_overdue = began_on, False
    law, dates = clocks.rules_of(case), _dates(case)
    case.due_on = dates.answer_by
    earlier = law.calendar.working_days_before(dates.answer_by, law.internal_target_days, frozenset())
    case.target_on = max(earlier, began_on)


def _dates(case: Any) -> complaint_rules.Dates:
    targets = Targets(case.acknowledge_days, case.answer_days)
    return complaint_rules.dates(clocks.rules_of(case), targets, case.rung_began_on)


def tell_administrators(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """Only those who may decide on it."""
    for key in complaint_people.administrators(work, case):
        notices.tell(work, case, str(key), "physician")


def answered(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.reviewer_id = work.actor.id
    work.db.add(facts["answer"])


def write_letter(kind: str) -> Any:
    def write(work: Work, case: Any, facts: dict[str, Any]) -> None:
        letters.write(work, case, kind, {"letter": complaint_letters.compose(work, case, kind, facts)})

    return write


def outside_begins(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.outside_body, case.outside_number, case.outside_on = facts["body"], facts["number"], facts["on"]
    case.outside_outcome, case.outside_ended_on, case.outcome = None, None, None


def open_again(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.is_open, case.closed_at = True, None


def outcome(how: Outcome) -> Any:
    def end(work: Work, case: Any, facts: dict[str, Any]) -> None:
        case.outcome = how

    return end


EFFECTS: dict[str, Any] = {
    "receive_complaint": receive,
    "begin_rung": begin_rung,
    "tell_administrators": tell_administrators,
    "complaint_answered": answered,
    "letter_complaint_receipt": write_letter("complaint_receipt"),
    "letter_complaint_answer": write_letter("complaint_answer"),
    "outside_begins": outside_begins,
    "open_again": open_again,
    "outcome_resolved": outcome(Outcome.RESOLVED),
    "outcome_not_resolved": outcome(Outcome.NOT_RESOLVED),
    "outcome_taken_outside": outcome(Outcome.TAKEN_OUTSIDE),
    "outcome_complaint_withdrawn": outcome(Outcome.WITHDRAWN),
}
