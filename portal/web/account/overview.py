"""The first page of a person's own sign-in, and her language."""

from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.words import N_, _, speaking
from portal.services import accounts, passkeys, recovery_codes
from portal.web.account.blueprint import blueprint
from portal.web.fields import Choice, Form, required
from portal.web.languages import CHOSEN, own_names
from portal.web.notices import tell
from portal.web.work import work


class LanguageForm(Form):
    language = Choice(
        N_("The language we speak to you in"),
        [required(N_("Choose a language."))],
        hint=N_("These pages and our e-mails. For letters you choose a language in each request."),
    )


@blueprint.route("/account", methods=["GET", "POST"])
def overview() -> tuple[str, int] | Response:
    mine = accounts.own(work())
    form = LanguageForm(data={"language": mine.language})
    form.language.choices = own_names()
    if form.validate_on_submit():
        accounts.choose_language(work(), form.language.data)
        session.pop(CHOSEN, None)
        with speaking(form.language.data):
            tell(_("Your language is kept."))
        return redirect(url_for("account.overview"), 303)
    page = render_template(
        "account/account.html",
        form=form,
        account=mine,
        codes_left=recovery_codes.left(work(), mine.id),
        passkeys=len(passkeys.of_account(work(), mine.id)),
        few=recovery_codes.FEW,
    )
    return page, 422 if form.errors else 200
