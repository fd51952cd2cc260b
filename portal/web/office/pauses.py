"""The Commissioner was asked, the Commissioner decided: what that does to the clock is shown before it is entered."""

from typing import Any

from portal.domain.clocks import Clock
from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions.profile import Pause
from portal.domain.words import N_, _
from portal.services import clocks, pauses
from portal.web.fields import Choice, Date, Text, blame, required
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, LookFirst, back, done, found, page
from portal.web.work import work


class AskedForm(LookFirst):
    event = Choice(N_("What was the Commissioner asked?"), [required(N_("Choose what the Commissioner was asked."))])
    on = Date(
        N_("On which day?"),
        [required(N_("Give the day on which the Commissioner was asked."))],
        hint=N_("The day of the letter to the Commissioner. This day is not counted any more. For example 27 3 2026."),
    )
    number = Text(
        N_("The Commissioner's file number"),
        [required(N_("Write the Commissioner's file number, as it stands on the letter."))],
        most=pauses.LONGEST_NUMBER,
        width=20,
    )


class DecidedForm(LookFirst):
    event = Choice(N_("What was decided?"), [required(N_("Choose what was decided."))])
    on = Date(
        N_("On which day?"),
        [required(N_("Give the day of the Commissioner's decision."))],
        hint=N_("The date of the decision. Counting goes on the day after. For example 27 3 2026."),
    )


@blueprint.route("/office/cases/<reference>/commissioner-asked", methods=["GET", "POST"])
def commissioner_asked(reference: str) -> Answer:
    case = found(reference, "stop_clock")
    form = AskedForm(case)
    if why := pauses.why_not_stop(case):
        raise NotPossible(why)
    _offer(form, [rule for rule in pauses.kinds(case) if rule.event not in case.paused_for])
    ready = form.validate_on_submit()
    given = (form.event.data, form.on.data, form.number.data)
    if ready and form.carries_out and done(form, pauses.stop, case, *given):
        earliest = _("The answer cannot be due before %(due)s.", due=say_date(case.due_on))
        return back(case, _("The clock stands still until the Commissioner decides."), earliest)
    clock = _shown(case, form, pauses.stopped) if ready and not form.errors else None
    return page("stop_clock", case, form, clock=clock, now=_now(case))


@blueprint.route("/office/cases/<reference>/commissioner-decided", methods=["GET", "POST"])
def commissioner_decided(reference: str) -> Answer:
    case = found(reference, "restart_clock")
    form = DecidedForm(case)
    offered = pauses.still_open(case)
    _offer(form, offered)
    if len(offered) == 1 and not form.is_submitted():
        form.event.data = offered[0].event.value
    ready = form.validate_on_submit()
    if ready and form.carries_out and done(form, pauses.restart, case, form.event.data, form.on.data):
        told = _("The clock goes on.") if not case.paused_for else _("The decision is entered.")
        return back(case, told, _("The answer is due by %(due)s now.", due=say_date(case.due_on)))
    clock = _shown(case, form, pauses.restarted) if ready and not form.errors else None
    return page("restart_clock", case, form, clock=clock, now=_now(case))


def _offer(form: Any, rules: list[Pause]) -> None:
    form.event.choices = [(rule.event.value, rule.title) for rule in rules]
    form.event.hints = {rule.event.value: rule.basis.citation for rule in rules}


def _now(case: Any) -> Clock | None:
    return clocks.clock_of(case, work().today)


def _shown(case: Any, form: Any, becomes: Any) -> Clock | None:
    """The clock as it would become."""
    try:
        clock: Clock = becomes(work(), case, form.event.data, form.on.data)
    except Invalid as no:
        blame(form, no)
        return None
    form.show()
    return clock
