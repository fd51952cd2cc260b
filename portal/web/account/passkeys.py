"""One's own passkeys: listed, added and taken away, and what a device is asked in the browser."""

import hashlib
from typing import cast
from uuid import UUID

from flask import Response as Flasks
from flask import redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import passkeys, sign_ins
from portal.services.sign_ins import SignedIn
from portal.web import passkey_questions, step_up
from portal.web.account.blueprint import blueprint
from portal.web.fields import Form, Hidden, Text, required
from portal.web.notices import tell
from portal.web.step_up import StepUpForm
from portal.web.work import TOKEN, apart, signed_in, work

Answer = tuple[str, int] | Response


class AddForm(StepUpForm):
    """A new way in needs the old one: her proof. ``made`` is what the device answered."""

    name = Text(
        N_("A name for it"),
        [required(N_("Give it a name, so that you know it again."))],
        hint=N_("Such as “my phone”. Only you see it."),
        most=60,
        width=20,
    )
    make = Hidden()
    made = Hidden()


class QuestionForm(Form):
    """What a passkey is asked to prove, and on what."""

    act = Hidden()
    shown = Hidden()


@blueprint.route("/account/passkeys", methods=["GET", "POST"])
@step_up.needs_proof("passkey")
def own_passkeys() -> Answer:
    form = AddForm("passkey")
    if form.is_submitted():
        form.shown.data = _nothing()
        if step_up.proven(form) and _added(form):
            tell(_("Your passkey is kept."), _("From now on it signs you in, without your password."))
            return redirect(url_for("account.own_passkeys"), 303)
    form.shown.data, form.make.data, form.made.data = _nothing(), "", ""
    mine = passkeys.of_account(work(), cast(UUID, work().actor.id))
    return render_template("account/passkeys.html", form=form, passkeys=mine), 422 if form.errors else 200


def _added(form: AddForm) -> bool:
    live = cast(SignedIn, signed_in())
    if not form.made.data:
        form.form_errors = [_("Your browser made no passkey. Try again, or use a newer browser.")]
        return False
    try:
        account_id = cast(UUID, work().actor.id)
        passkeys.add(work(), account_id, form.make.data or "", form.made.data, form.name.data or "")
    except Invalid as no:
        form.form_errors = [no.sentence]
        return False
    session[TOKEN] = sign_ins.rotate(work(), live)
    return True


@blueprint.route("/account/passkeys/<uuid:passkey_id>/remove", methods=["GET", "POST"])
@step_up.needs_proof("passkey away")
def remove_passkey(passkey_id: UUID) -> Answer:
    form = StepUpForm("passkey away")
    form.shown.data = hashlib.sha256(str(passkey_id).encode()).hexdigest()  # a page about another one does not do
    if form.is_submitted() and step_up.proven(form):
        passkeys.remove(work(), passkey_id)
        session[TOKEN] = sign_ins.rotate(work(), cast(SignedIn, signed_in()))
        tell(_("The passkey is taken away."), _("It opens nothing here any more. Delete it on your device as well."))
        return redirect(url_for("account.own_passkeys"), 303)
    passkey = passkeys.find(work(), passkey_id)
    page = render_template("account/remove_passkey.html", form=form, passkey=passkey)
    return page, 422 if form.errors else 200


@blueprint.post("/account/passkeys/new-question")
def new_passkey_question() -> Flasks:
    live = cast(SignedIn, signed_in())
    with apart(actor=live.actor) as asking:
        return passkey_questions.answer(*passkeys.question_to_make(asking, cast(UUID, live.actor.id)))


@blueprint.post("/account/passkeys/question")
def passkey_question() -> Flasks:
    """For an act that asks for a fresh proof, on what its page shows."""
    live, form = cast(SignedIn, signed_in()), QuestionForm()
    act, shown = (form.act.data or "")[:40], (form.shown.data or "")[:64]
    with apart(actor=live.actor) as asking:
        owner = cast(UUID, live.actor.id)
        return passkey_questions.answer(*passkeys.question_to_step_up(asking, owner, live.id, act, shown))


def _nothing() -> str:
    """What the page of one's passkeys shows does not matter to the proof."""
    return hashlib.sha256(b"passkeys").hexdigest()
