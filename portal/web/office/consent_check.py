"""May we? Asked before anything goes out: a yes or a no, because of which consent or law; and who asked before."""

from typing import Any

from flask import render_template, request, url_for

from portal.domain.errors import Invalid, NotFound
from portal.domain.words import N_, _
from portal.services import consent_checks, disclosure_lists, patients, refusals
from portal.services.consent_checks import Asked
from portal.web.fields import Text, blame, required
from portal.web.office.blueprint import blueprint
from portal.web.office.disclosure_form import QuestionForm, listed
from portal.web.work import work


class CheckForm(QuestionForm):
    number = Text(
        N_("Number of the patient"),
        [required(N_("Type the patient's number."))],
        hint=N_("Such as P-000123."),
        width=10,
    )


@blueprint.route("/office/consent-check", methods=["GET", "POST"])
def consent_check() -> tuple[str, int]:
    form, asked = CheckForm(), None
    form.prepare(work().profile)
    if form.validate_on_submit():
        try:
            asked = _ask(form)
        except Invalid as no:
            blame(form, no)
    after, number = request.args.get("after"), request.args.get("patient", "")
    page = consent_checks.log(work(), after, number)
    html = render_template(
        "office/consent_check.html",
        form=form,
        asked=asked,
        lines=[(each, disclosure_lists.purpose_in_words(work(), each.purpose)) for each in page.rows],
        number=number,
        next=url_for("office.consent_check", after=page.next, patient=number or None) if page.next else None,
        first=url_for("office.consent_check", patient=number or None) if after else None,
    )
    return html, 422 if form.errors else 200


def _ask(form: CheckForm) -> dict[str, Any]:
    patient = _whose(form.number.data or "")
    recipient = form.who(work())
    if recipient is None:
        raise Invalid(_("Nobody of this name is in the list of recipients. Check the name."), "recipient")
    question = Asked(form.purpose.data, form.kinds, form.kept_for.data or "", form.shown_from.data)
    answer = consent_checks.ask(work(), patient, question, recipient)
    purpose = disclosure_lists.purpose_in_words(work(), form.purpose.data)
    return {
        "answer": answer,
        "patient": patient,
        "recipient": recipient,
        "purpose": purpose,
        "what": listed(form.kinds),
    }


def _whose(number: str) -> Any:
    try:
        return patients.find(work(), number)
    except NotFound:
        refusals.note(work(), hidden=True, number=number)
        raise Invalid(_("There is no patient of this number whom you may see. Check the number."), "number") from None
