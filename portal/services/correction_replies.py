"""What became of the letters about a correction: sent, acknowledged, or settled without an answer, with the reason."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from portal.domain.cases import is_over
from portal.domain.disclosures import How, check_words
from portal.domain.dispatches import Event, Stage, Way
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accuracy_notes import AccuracyNote, CorrectionNotice
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.services import accuracy_decisions, cases, disclosures, dispatches, unasked_disclosures
from portal.services.correction_notices import find
from portal.services.sealing import seal_json
from portal.services.work import Work

HOW_OF_WAY = {
    Way.POST: How.POST,
    Way.COURIER: How.COURIER,
    Way.FAX: How.FAX,
    Way.COUNTER: How.BY_HAND,
    Way.PHONE: How.TELEPHONE,
}


def sent(work: Work, case: AccuracyNote, notice_id: UUID, how: str, on: date | None) -> None:
    """Record that the letter went out: how and when. It stands in the register from then on.

    Raises Invalid for a day that cannot be, NotPossible when it is recorded already.
    """
    work.must(Permission.ACCURACY_WORK, case)
    row = find_open(work, case, notice_id)
    if row.sent_on is not None:
        raise NotPossible(_("It is recorded already that this letter went out."))
    if how not in set(How):
        raise Invalid(_("Choose how the letter went out."), "how")
    _sent(work, case, row, how, _day(work, on, (case.decided_on or work.today), "on"))
    dispatches.went_elsewhere(work, row.letter_id)


def _sent(work: Work, case: AccuracyNote, row: CorrectionNotice, how: str, on: date) -> None:
    row.sent_on, row.sent_how, row.sent_by_name = on, how, work.actor.name
    before = work.db.get_one(Disclosure, row.disclosure_id)
    why = _("So that whoever received an entry knows that it was corrected, or what the patient says of it.")
    what = _("Our letter about %(reference)s.", reference=case.reference)
    row.told_id = unasked_disclosures.enter_notice(work, case.patient, before, how, why, what, on).id
    cases.take_or_note(work, case, "settle_notice")


def went_out(work: Work, found: Dispatch, on: date) -> None:
    """The list of correspondence says that a letter went out: one about a correction is recorded so with its case."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    query = select(CorrectionNotice).where(CorrectionNotice.letter_id == found.letter_id)
    row = work.db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None or row.sent_on is not None or (row.settled_at is not None and row.came_back_on is None):
        return
    case = cases.find_by_id(work, row.case_id)
    if isinstance(case, AccuracyNote):
        _sent(work, case, row, HOW_OF_WAY[Way(found.way)], on)


def did_not_arrive(work: Work, found: Dispatch) -> None:
    """A letter came back, or a fax was refused, after it was recorded that it went out: they were not told by it.

    The register says so in a line of its own, and whoever settled the notice since has it to do again. Nothing is
    changed where they have answered, or where it was another way that told them.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    query = select(CorrectionNotice).where(CorrectionNotice.letter_id == found.letter_id)
    row = work.db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    how = HOW_OF_WAY.get(Way(found.way))
    if row is None or row.sent_on is None or row.acknowledged_on is not None or row.sent_how != how:
        return
    case, instead = cases.find_by_id(work, row.case_id), _told_otherwise(work, found)
    if not isinstance(case, AccuracyNote) or (row.sent_how, row.sent_on) in [(each, on) for each, on in instead]:
        return
    _take_back(work, case, row)
    cases.take_or_note(work, case, "notice_came_back")
    if instead:
        _sent(work, case, row, *instead[0])


def _take_back(work: Work, case: AccuracyNote, row: CorrectionNotice) -> None:
    if row.told_id is not None:
        wrong = _("Our letter did not arrive, so they were not told by it.")
        disclosures.take_back(work, case.patient, row.told_id, wrong)
    row.sent_on = row.sent_how = row.sent_by_name = row.told_id = None
    row.came_back_on = work.today
    if row.settled_at is not None and not is_over(case):
        row.settled_at = row.settled_by_name = row.details_sealed = None
        case.notices_open += 1


def _told_otherwise(work: Work, found: Dispatch) -> list[tuple[str, date]]:
    """How else, and when, this letter reached its recipient; the first comes first."""
    reached = (Event.POSTED, Event.HANDED, Event.SENT, Event.TOLD)
    query = select(Dispatch.way, DispatchEvent.on).join(Dispatch, Dispatch.id == DispatchEvent.dispatch_id)
    others = (Dispatch.letter_id == found.letter_id, Dispatch.id != found.id, DispatchEvent.event.in_(reached))
    answers = work.outside.fax is not None and work.outside.fax.answers
    there = or_(Dispatch.stage == Stage.ARRIVED, (Dispatch.stage == Stage.SENT) & (DispatchEvent.event != Event.SENT))
    if not answers:
        there = Dispatch.stage.in_((Stage.ARRIVED, Stage.SENT))
    rows = work.db.execute(query.where(*others, there).order_by(DispatchEvent.at, DispatchEvent.id))
    return [(HOW_OF_WAY[Way(way)], on) for way, on in rows if Way(way) in HOW_OF_WAY]


def acknowledged(work: Work, case: AccuracyNote, notice_id: UUID, by: str, on: date | None) -> None:
    """Record that they answered: who, and when. Raises NotPossible before the letter went out."""
    work.must(Permission.ACCURACY_WORK, case)
    row = find_open(work, case, notice_id)
    if row.sent_on is None:
        raise NotPossible(_("Record first how and when the letter went out."))
    check_words(by, _("Write who answered: a name, or which office."), "by")
    row.acknowledged_on = _day(work, on, row.sent_on, "on")
    _settle(work, case, row, {"acknowledged_by": by.strip()})


def settle_without(work: Work, case: AccuracyNote, notice_id: UUID, reason: str) -> None:
    """Nobody waits for an answer any more, with the reason: there is none, or the recipient is not there any more."""
    work.must(Permission.ACCURACY_WORK, case)
    row = find_open(work, case, notice_id)
    check_words(reason, _("Write why we do not wait for an answer. The patient reads it."), "reason")
    if row.sent_on is None:
        dispatches.went_elsewhere(work, row.letter_id)
    _settle(work, case, row, {"without": reason.strip()})


def _settle(work: Work, case: AccuracyNote, row: CorrectionNotice, details: dict[str, Any]) -> None:
    seal_json(work, case.patient_id, row, "details_sealed", details)
    row.settled_at, row.settled_by_name, row.came_back_on = work.now, work.actor.name, None
    case.notices_open -= 1
    cases.take(work, case, "settle_notice")
    accuracy_decisions.finish(work, case)


def find_open(work: Work, case: AccuracyNote, notice_id: UUID) -> CorrectionNotice:
    """One that is not settled. Raises NotPossible for one that is, NotFound for any other."""
    work.must(Permission.REQUEST_VIEW, case)
    cases.check(work, case, "settle_notice")
    row = find(work, case, notice_id)
    if row.settled_at is not None:
        raise NotPossible(_("This is recorded already."))
    return row


def _day(work: Work, on: date | None, earliest: date, field: str) -> date:
    if on is None or not earliest <= on <= work.today:
        raise Invalid(_("Give the day. It is not before the letter was written, and not a day to come."), field)
    return on
