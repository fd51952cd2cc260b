"""A letter by fax: the number typed twice and compared with the one that was given, before anything is dialled."""

from uuid import UUID

from flask import redirect, render_template, url_for

from portal.domain.words import N_, _
from portal.services import dispatches, posting
from portal.web.fields import Form, Hidden, Phone, Tick, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.correspondence import shown
from portal.web.office.step_pages import Answer, done
from portal.web.work import edge, work


class FaxForm(Form):
    """``seen`` is the recipient that was shown."""

    number = Phone(N_("The fax number, with its area code"), [required(N_("Type the fax number."))], width=20)
    again = Phone(
        N_("The same number again"),
        [required(N_("Type the number a second time."))],
        hint=N_("Read it again from the paper. Do not copy what you typed above."),
        width=20,
    )
    although = Tick(N_("This is not the number that was given to us, and it is the right one"))
    seen = Hidden()


@blueprint.route("/office/correspondence/<uuid:dispatch_id>/fax", methods=["GET", "POST"])
def dispatch_fax(dispatch_id: UUID) -> Answer:
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = FaxForm()
    if form.validate_on_submit():
        seen = (form.seen.data or "").replace("\r\n", "\n")
        values = (form.number.data or "", form.again.data or "", bool(form.although.data))
        if done(form, posting.confirm_fax, found, seen, *values):
            tell(*_then())
            return redirect(url_for("office.correspondence_list", tab="to-fax"), 303)
    facts = shown(found)
    form.seen.data = facts["seen"]
    html = render_template("office/correspondence/fax.html", form=form, **facts)
    return html, 422 if form.errors else 200


def _then() -> tuple[str, str]:
    if edge().outside.fax is not None:
        return _("The fax is on its way."), _(
            "If it does not go through, it stands in the list of letters that need somebody."
        )
    return _("The cover sheet and the letter are being printed."), _(
        "Send them at the fax machine, then record it here."
    )
