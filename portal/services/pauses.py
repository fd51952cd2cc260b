"""The clock stands still while a matter is before the Commissioner: from the day of asking to the day of the decision.

Which matters these are is the jurisdiction's; nothing else stops a clock. While one is open the lawful date moves on
with every day, so a job sets it anew each night until the decision is entered.
"""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from portal.domain import zones
from portal.domain.clocks import Clock, LedgerEntry, LedgerKind, replay
from portal.domain.dates import say_date
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Event
from portal.domain.jurisdictions.profile import Pause
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.services import access_requests, cases, clocks, fees
from portal.services.work import Work

LONGEST_NUMBER = 60
JUST_AFTER_MIDNIGHT = time(0, 1)


def kinds(request: AccessRequest) -> tuple[Pause, ...]:
    """What stops this clock, by the law the case began under."""
    return clocks.rules_of(request).limit(clocks.LIMITS[request.kind]).pauses


def still_open(request: AccessRequest) -> list[Pause]:
    """What is before the Commissioner now."""
    return [rule for rule in kinds(request) if rule.event in request.paused_for]


def why_not_stop(request: AccessRequest) -> str | None:
    """Why nothing more can be entered as asked, in a sentence; None when something can."""
    if not kinds(request):
        return _("The law knows nothing that stops the clock of this case.")
    if len(still_open(request)) == len(kinds(request)):
        return _("This is before the Commissioner already. Enter the decision when it comes.")
    return None


def stopped(work: Work, request: AccessRequest, event: str, on: date) -> Clock:
    """The clock as it would stand with the Commissioner asked ``on`` that day; nothing is kept. Raises Invalid."""
    work.must(Permission.REQUEST_WORK, request)
    rule = _rule(request, event)
    if event in request.paused_for:
        raise Invalid(_("This is before the Commissioner already. Enter the decision when it comes."), "event")
    if rule.event is Event.FEE_REVIEW and fees.latest_row(work, request) is None:
        raise Invalid(_("No fee estimate was sent, so there is none that could be reviewed."), "event")
    _check_day(work, on, request.received_on or work.today)
    return _replayed(work, request, LedgerEntry(LedgerKind.PAUSED, on, event=event))


def stop(work: Work, request: AccessRequest, event: str, on: date, number: str) -> None:
    """The Commissioner was asked: the days until the decision are not counted."""
    cases.check(work, request, "stop_clock")
    stopped(work, request, event, on)
    file_number = number.strip()
    if not 0 < len(file_number) <= LONGEST_NUMBER:
        raise Invalid(_("Write the Commissioner's file number, up to %(n)s characters.", n=LONGEST_NUMBER), "number")
    rule = _rule(request, event)
    note = _("%(what)s Asked on %(day)s, file %(number)s.", what=_(rule.title), day=say_date(on), number=file_number)
    entry = LedgerEntry(LedgerKind.PAUSED, on, event=event)
    cases.take(work, request, "stop_clock", note=note, entry=entry)
    _look_again_tomorrow(work, request)


def restarted(work: Work, request: AccessRequest, event: str, on: date) -> Clock:
    """The clock as the Commissioner's decision ``on`` that day would leave it; nothing is kept. Raises Invalid."""
    work.must(Permission.REQUEST_WORK, request)
    _rule(request, event)
    since = request.paused_for.get(event)
    if since is None:
        raise Invalid(_("This is not before the Commissioner."), "event")
    _check_day(work, on, since)
    return _replayed(work, request, LedgerEntry(LedgerKind.RESUMED, on, event=event))


def restart(work: Work, request: AccessRequest, event: str, on: date) -> None:
    """The Commissioner decided: counting goes on the day after."""
    cases.check(work, request, "restart_clock")
    restarted(work, request, event, on)
    note = _("%(what)s Decided on %(day)s.", what=_(_rule(request, event).title), day=say_date(on))
    entry = LedgerEntry(LedgerKind.RESUMED, on, event=event)
    cases.take(work, request, "restart_clock", note=note, entry=entry)


def _rule(request: AccessRequest, event: str) -> Pause:
    found = next((rule for rule in kinds(request) if rule.event == event), None)
    if found is None:
        raise Invalid(_("Choose what the Commissioner was asked."), "event")
    return found


def _check_day(work: Work, on: date, earliest: date) -> None:
    if on > work.today:
        raise Invalid(_("This day has not come yet. Give the day on which it happened."), "on")
    if on < earliest:
        raise Invalid(_("This cannot have been before %(day)s.", day=say_date(earliest)), "on")


def _replayed(work: Work, request: AccessRequest, more: LedgerEntry) -> Clock:
    entries = [*clocks.ledger_of(request), more]
    return replay(clocks.rules_of(request), clocks.LIMITS[request.kind], entries, work.today)


# Every night, by the worker


def _look_again_tomorrow(work: Work, request: AccessRequest) -> None:
    tomorrow = work.today + timedelta(days=1)
    at = datetime.combine(tomorrow, JUST_AFTER_MIDNIGHT, zones.zone(work.profile.time_zone))
    name = f"clock/{request.id}/{len(request.ledger)}/{tomorrow.isoformat()}"
    work.promise("clock", name, run_at=at, case=str(request.id))


def to_set(_work: Work, payload: dict[str, Any]) -> UUID:
    """The case whose dates are to be set anew."""
    return UUID(payload["case"])


def as_it_is(_work: Work, case_id: UUID, _report: Any) -> UUID:
    """Nothing is made outside the database."""
    return case_id


def set_dates(work: Work, _payload: dict[str, Any], case_id: UUID) -> None:
    """Set the dates of a clock that stands still as of today; once it runs or the case is answered, leave it."""
    request = access_requests.find_by_key(work, case_id)
    if not request.is_open or not still_open(request):
        return
    clocks.set_dates(work, request)
    _look_again_tomorrow(work, request)
