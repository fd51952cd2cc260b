"""The clinic's directory of recipients: who may receive something, and where letters reach them."""

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.recipients import KIND_NAMES, Kind
from portal.domain.words import N_, _
from portal.services import recipients
from portal.web.fields import Address, Email, Form, Phone, Select, Text, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.work import work


class RecipientForm(Form):
    name = Text(N_("Name"), [required(N_("Write the recipient's full name."))])
    kind = Select(
        N_("Kind"),
        [required(N_("Choose what kind of recipient this is."))],
        choices=[("", N_("Choose")), *((each.value, KIND_NAMES[each]) for each in Kind)],
    )
    address = Address(
        N_("Postal address"),
        [required(N_("Write the recipient's postal address. After a withdrawal we write to it."))],
        limit=400,
        rows=4,
    )
    phone = Phone(N_("Telephone"), most=40)
    email = Email(N_("E-mail"))
    fax = Phone(N_("Fax"), most=40)


@blueprint.route("/office/recipients", methods=["GET", "POST"])
def recipients_page() -> tuple[str, int] | Response:
    work().must(Permission.RECIPIENTS_KEEP)
    form = RecipientForm()
    if form.validate_on_submit():
        contact = {"phone": form.phone.data or None, "email": form.email.data or None, "fax": form.fax.data or None}
        try:
            recipients.add(work(), form.name.data or "", form.kind.data or "", form.address.data or "", **contact)
        except Invalid as no:
            blame(form, no)
        else:
            tell(_("The recipient is in the directory."))
            return redirect(url_for("office.recipients_page"), 303)
    found = [(each.name, _(KIND_NAMES[Kind(each.kind)]), each.address_lines) for each in recipients.every(work())]
    return render_template("office/recipients.html", form=form, found=found), 422 if form.errors else 200
