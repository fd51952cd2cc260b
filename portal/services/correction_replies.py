"""What became of the letters about a correction: sent, acknowledged, or settled without an answer, with the reason."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.disclosures import How, check_words
from portal.domain.dispatches import Way
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accuracy_notes import AccuracyNote, CorrectionNotice
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch
from portal.services import accuracy_decisions, cases, disclosures, dispatches
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
    row = _sent(work, case, notice_id, how, on)
    dispatches.went_elsewhere(work, row.letter_id)


def _sent(work: Work, case: AccuracyNote, notice_id: UUID, how: str, on: date | None) -> CorrectionNotice:
    work.must(Permission.ACCURACY_WORK, case)
    row = find_open(work, case, notice_id)
    if row.sent_on is not None:
        raise NotPossible(_("It is recorded already that this letter went out."))
    if how not in set(How):
        raise Invalid(_("Choose how the letter went out."), "how")
    row.sent_on = _day(work, on, (case.decided_on or work.today), "on")
    row.sent_how, row.sent_by_name = how, work.actor.name
    before = work.db.get_one(Disclosure, row.disclosure_id)
    why = _("So that whoever received an entry knows that it was corrected, or what the patient says of it.")
    what = _("Our letter about %(reference)s.", reference=case.reference)
    disclosures.enter_notice(work, case.patient, before, how, why, what, row.sent_on)
    cases.take(work, case, "settle_notice")
    return row


def went_out(work: Work, found: Dispatch, on: date) -> None:
    """The list of correspondence says that a letter went out: one about a correction is recorded so with its case."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    query = select(CorrectionNotice).where(CorrectionNotice.letter_id == found.letter_id)
    row = work.db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if row is None or row.sent_on is not None or row.settled_at is not None:
        return
    case = cases.find_by_id(work, row.case_id)
    if isinstance(case, AccuracyNote):
        _sent(work, case, row.id, HOW_OF_WAY[Way(found.way)], on)


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
    row.settled_at, row.settled_by_name = work.now, work.actor.name
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
