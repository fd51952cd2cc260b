"""A bundle went to the office outside that has the complaint: to whom, how, and on which day."""

from typing import Any
from uuid import UUID

from flask import render_template

from portal.domain.disclosures import HOW_NAMES, OF_PAPERS
from portal.domain.words import N_, _
from portal.services import complaints, given_bundles
from portal.web.fields import Date, Form, Select, Tick, required
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.office.step_pages import Answer, back, done
from portal.web.work import work


class GivenForm(Form):
    how = Select(
        N_("How did it go?"),
        [required(N_("Choose how the papers went."))],
        choices=[("", N_("Choose")), *((each.value, HOW_NAMES[each]) for each in OF_PAPERS)],
    )
    on = Date(N_("On which day did it go out?"), [required(N_("Give the day it went out."))])
    again = Tick(N_("Another copy went out, on another day or by another way"))


@blueprint.route("/office/cases/<reference>/bundles/<uuid:file_id>/given", methods=["GET", "POST"])
def given_bundle(reference: str, file_id: UUID) -> Answer:
    case = complaints.find(work(), reference)
    body, bundle = given_bundles.to_whom(work(), case), given_bundles.find(work(), case, file_id)
    complaints.opened(work(), case)
    form, reads = GivenForm(on=work().today), given_bundles.is_read(case)
    if form.validate_on_submit() and done(form, _give, case, file_id, form):
        return back(case, _("It stands in the register."), *([_("The patient can read it now.")] if reads else []))
    has_it = any(each.recipient == body.name for each in bundle.given)
    told = dict(zip(("why", "what"), given_bundles.words(work(), case), strict=True))
    facts = {
        "case": case,
        "head": heading(case),
        "body": body,
        "bundle": bundle,
        "has_it": has_it,
        "reads": reads,
        **told,
    }
    return render_template("office/given_bundle.html", form=form, **facts), 422 if form.errors else 200


def _give(working: Any, case: Any, file_id: UUID, form: GivenForm) -> None:
    on = form.on.data or working.today  # the form asks for it, so it is there
    given_bundles.give(working, case, file_id, form.how.data or "", on, bool(form.again.data))
