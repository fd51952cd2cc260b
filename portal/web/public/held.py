"""A session that turned up elsewhere: before it opens anything again, the person proves that it is she."""

from flask import redirect, render_template
from werkzeug.wrappers import Response

from portal.domain.words import N_, _
from portal.services import approvals, sessions, sign_ins, throttling
from portal.services.sign_ins import SignedIn
from portal.web.fields import Form, Password, required
from portal.web.networks import agent, network
from portal.web.public.blueprint import blueprint
from portal.web.public.onward import carry, landing, onward
from portal.web.work import apart, signed_in


class AgainForm(Form):
    proof = Password(
        N_("Your password, or your code of this minute"),
        [required(N_("Type your password, or the code your app shows now."))],
    )


@blueprint.route("/sign-in/again", methods=["GET", "POST"])
def prove_again() -> tuple[str, int] | Response:
    live = signed_in()
    if live is None or not live.held or live.factor_needed is not None:
        return onward(live)
    form = AgainForm()
    if form.validate_on_submit():
        if token := _proven(live, form.proof.data or ""):
            carry(token)
            return redirect(landing(live.actor), 303)
        form.proof.errors = [_("That is not your password or your code of this minute. Try again.")]
    return render_template("public/held.html", form=form, hide_sign_in=True), 422 if form.errors else 200


def _proven(live: SignedIn, secret: str) -> str | None:
    """The session's new token, or None when it was not right."""
    if live.actor.id is None:
        return None
    with apart(actor=live.actor) as counting:
        throttling.spend(counting, f"step_up:{live.actor.id}", throttling.STEP_UP_BY_ACCOUNT)
    with apart(writes=False, actor=live.actor) as looking:
        factor = approvals.prove_again(looking, live.actor.id, secret)
    with apart(actor=live.actor) as proving:
        if factor is None or (factor == sign_ins.CODE and not sign_ins.use_code(proving, live.actor.id, secret)):
            approvals.refuse(proving, "held session", "wrong")
            return None
        return sessions.let_go(proving, live, network(), agent())
