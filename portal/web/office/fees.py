"""Fees: a written estimate, worked out and looked at before it is sent, and what to do when a waiver is asked for."""

from functools import cache
from typing import Any

from portal.domain.errors import Invalid, NotPossible
from portal.domain.fees import FORMS, FeeEstimate, FeeLine, FeeSchedule, say_cents
from portal.domain.letters import Letter
from portal.domain.words import N_, _, ngettext
from portal.services import clocks, fees, letters
from portal.web.fields import Choice, Form, LongText, Number, Tick, blame, required, required_if
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, LookFirst, back, done, found, page
from portal.web.work import edge, work

UNITS = "units_"


class EstimateForm(LookFirst):
    deposit = Tick(N_("Ask for a deposit before the work is done"))

    def units(self) -> dict[str, int]:
        """How many units of each line of the schedule were filled in."""
        return {
            field.name.removeprefix(UNITS): field.data
            for field in self
            if field.name.startswith(UNITS) and field.data is not None
        }


@cache
def estimate_form(schedule: FeeSchedule) -> type[EstimateForm]:
    """The form with a number for each line of a schedule."""
    numbers = {UNITS + line.id: Number(line.label, unit=line.unit_plural, width=4) for line in schedule.lines}
    return type("EstimateFormOfClinic", (EstimateForm,), numbers)


def _say_price(line: FeeLine) -> str:
    """What one costs, and how many are free."""
    price, unit = say_cents(line.cents), _(line.unit)
    if not line.free_units:
        return _("%(price)s for each %(unit)s.", price=price, unit=unit)
    return ngettext(
        "The first %(unit)s is free, then %(price)s for each %(unit)s.",
        "The first %(n)s %(units)s are free, then %(price)s for each %(unit)s.",
        line.free_units,
        units=_(line.unit_plural),
        price=price,
        unit=unit,
    )


class WaiverForm(Form):
    answer = Choice(
        N_("What do you decide?"),
        [required(N_("Choose whether the fee is waived."))],
        choices=[("waive", N_("Waive the fee")), ("keep", N_("Keep the fee"))],
        hints={
            "waive": N_("The patient pays nothing."),
            "keep": N_("The patient can still accept it, decline it or withdraw."),
        },
        reveals={"keep": "reason"},
    )
    reason = LongText(
        N_("Why does the fee stay?"),
        [required_if("answer", "keep", N_("Say why the fee stays, in a full sentence. The patient will read it."))],
        limit=2000,
        rows=4,
    )


@blueprint.route("/office/cases/<reference>/estimate", methods=["GET", "POST"])
def estimate(reference: str) -> Answer:
    case = found(reference, "estimate")
    if why := fees.why_nothing_is_charged(work(), case):
        raise NotPossible(why)
    schedule = edge().clinic.fees.fitting(fees.form_of(case))
    form = estimate_form(schedule)(case)
    ready = form.validate_on_submit()
    if ready and form.carries_out and done(form, fees.estimate, case, form.units(), bool(form.deposit.data)):
        return back(
            case, _("The estimate is on its way."), _("The patient accepts it, declines it or asks for a waiver.")
        )
    drawn, letter = _shown(case, form) if ready and not form.errors else (None, None)
    rules = clocks.rules_of(case).fees
    numbers = [form[UNITS + line.id] for line in schedule.lines]
    for field, line in zip(numbers, schedule.lines, strict=True):
        field.hint = _say_price(line)
    answer = FORMS[fees.form_of(case)]
    shown = {"numbers": numbers, "schedule": schedule, "answer": answer, "rules": rules}
    return page("estimate", case, form, drawn=drawn, letter=letter, **shown)


def _shown(case: Any, form: EstimateForm) -> tuple[FeeEstimate | None, Letter | None]:
    """The total and the letter as they would be sent."""
    try:
        drawn = fees.draw_up(work(), case, form.units(), bool(form.deposit.data))
    except Invalid as no:
        blame(form, Invalid(no.sentence, UNITS + no.field if no.field else None))
        return None, None
    form.show()
    return drawn, None if drawn.is_free else letters.draft(work(), case, "estimate", {"estimate": drawn})


@blueprint.route("/office/cases/<reference>/waiver", methods=["GET", "POST"])
def waiver(reference: str) -> Answer:
    case, form = found(reference, "waive_fee"), WaiverForm()
    if form.validate_on_submit():
        if form.answer.data == "waive":
            fees.waive(work(), case)
            return back(case, _("The fee is waived."), _("A letter tells the patient. The record can go on."))
        if done(form, fees.keep, case, form.reason.data or ""):
            return back(case, _("The fee stays."), _("A letter tells the patient why. We wait for the answer."))
    asked = fees.latest(work(), case)
    return page("waiver", case, form, asked=asked, reason=fees.waiver_reason(work(), case))
