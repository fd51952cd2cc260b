"""Another name, number or address: the patient asks, and the old ones count until somebody of the clinic has looked."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.contact_changes import FIELD_NAMES, LONGEST_NAME, Details
from portal.domain.contact_plans import LONGEST
from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import contact_changes, patients
from portal.web.fields import Address, Email, Form, Phone, Text, blame
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.work import work


class ChangeForm(Form):
    given_name = Text(N_("Given name"), most=LONGEST_NAME, autocomplete="given-name")
    family_name = Text(N_("Family name"), most=LONGEST_NAME, autocomplete="family-name")
    phone = Phone(N_("Telephone"), most=LONGEST["phone"], width=20, autocomplete="tel")
    email = Email(
        N_("E-mail on file"),
        hint=N_("This is what stands in your file. The address you sign in with is changed on your account page."),
        most=LONGEST["email"],
        autocomplete="email",
    )
    address = Address(N_("Address"), limit=LONGEST["address"], rows=4, autocomplete="street-address")


@blueprint.route("/contact/changes", methods=["GET", "POST"])
def contact_change() -> tuple[str, int] | Response:
    mine = patients.own(work())
    form = ChangeForm(data=contact_changes.on_file(work(), mine).to_json())
    if form.validate_on_submit():
        try:
            wanted = Details(**{name: getattr(form, name).data or "" for name in Details.__dataclass_fields__})
            contact_changes.ask(work(), mine, wanted)
            tell(_("We have it."), _("Somebody here looks at it. Until then all stays as it is."))
            return redirect(url_for("patient.contact_change"), 303)
        except Invalid as no:
            blame(form, no)
    last = contact_changes.last_decided(work(), mine)
    page = render_template(
        "patient/contact_change.html",
        form=form,
        names=FIELD_NAMES,
        waiting=contact_changes.waiting(work(), mine),
        last=last,
        why_refused=contact_changes.why_refused(last) if last else "",
    )
    return page, 422 if form.errors else 200


@blueprint.post("/contact/changes/take-back")
def take_contact_change_back() -> Response:
    contact_changes.take_back(work(), patients.own(work()), request.form.get("change", ""))
    tell(_("You took it back. All stays as it is."))
    return redirect(url_for("patient.contact_change"), 303)
