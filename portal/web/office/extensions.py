"""More time for an answer, on one of the law's grounds: first the new date and the letter, then the step."""

from typing import Any

from portal.domain.clocks import Clock
from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions.profile import Extension
from portal.domain.letters import Letter
from portal.domain.words import N_, _
from portal.services import access_requests, clocks, letters
from portal.web.fields import Choice, Number, blame, required
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, LookFirst, back, done, found, page
from portal.web.work import work


class ExtensionForm(LookFirst):
    ground = Choice(N_("Why is more time needed?"), [required(N_("Choose the reason the law allows."))])
    days = Number(
        N_("How many more days?"), [required(N_("Say how many more days are needed: at least one."))], width=3
    )


@blueprint.route("/office/cases/<reference>/extend", methods=["GET", "POST"])
def extend(reference: str) -> Answer:
    case = found(reference, "extend")
    allowed, now, form = _allowed(case), _now(case), ExtensionForm(case)
    if why := clocks.why_no_extension(case, now, work().today):
        raise NotPossible(why)
    form.ground.choices = [(ground.id, ground.title) for ground in allowed.grounds]
    form.ground.hints = {ground.id: ground.words for ground in allowed.grounds}
    ready = form.validate_on_submit()
    if ready and form.carries_out and done(form, access_requests.extend, case, form.ground.data, form.days.data):
        told = _("The answer is due by %(due)s now.", due=say_date(case.due_on))
        return back(case, told, _("The letter to the patient says why, and how to complain."))
    clock, letter = _shown(case, form) if ready else (None, None)
    left = allowed.max - now.extended_days
    return page("extend", case, form, clock=clock, letter=letter, now=now, allowed=allowed, left=left)


def _allowed(case: Any) -> Extension:
    """The law's rule for more time; that there is one was asked before."""
    extension = clocks.rules_of(case).limit(clocks.LIMITS[case.kind]).extension
    if extension is None:
        raise NotPossible(_("The law gives no more time for this."))
    return extension


def _now(case: Any) -> Clock:
    clock = clocks.clock_of(case, work().today)
    if clock is None:
        raise NotPossible(_("The clock of this case has not started."))
    return clock


def _shown(case: Any, form: ExtensionForm) -> tuple[Clock | None, Letter | None]:
    """The clock and the letter as they would become."""
    ground, days = form.ground.data, form.days.data or 0
    try:
        clock = clocks.extended(case, ground, days, work().today)
    except Invalid as no:
        blame(form, no)
        return None, None
    form.show()
    facts = {"ground": ground, "before": case.due_on, "due": clock.due}
    return clock, letters.draft(work(), case, "extension", facts)
