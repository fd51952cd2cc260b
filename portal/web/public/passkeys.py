"""The way in by a passkey: alone it is both steps; after the password it is the second one."""

from flask import Response as Flasks
from flask import redirect, url_for
from werkzeug.wrappers import Response

from portal.domain.words import _
from portal.services import passkeys, sign_ins
from portal.web import devices, passkey_questions
from portal.web.fields import Form, Hidden
from portal.web.networks import agent, network
from portal.web.notices import tell
from portal.web.public.blueprint import blueprint
from portal.web.public.onward import carry, onward
from portal.web.work import apart, signed_in


class PasskeyForm(Form):
    question = Hidden()
    passkey = Hidden()


@blueprint.post("/sign-in/passkey/question")
def sign_in_question() -> Flasks:
    with apart() as asking:
        return passkey_questions.answer(*passkeys.question_to_sign_in(asking, network()))


@blueprint.post("/sign-in/passkey")
def sign_in_by_passkey() -> Response:
    live, form = signed_in(), PasskeyForm()
    if live is not None and live.factor_needed is None:
        return onward(live)
    question, answer = form.question.data or "", form.passkey.data or ""
    with apart() as trying:
        if live is not None:
            token = passkeys.second_step(trying, live, question, answer)
        else:
            token = passkeys.sign_in(trying, question, answer, network(), agent())
        now = sign_ins.resume(trying, token) if token else None
    if token is None or now is None:
        tell(_("That passkey did not open the door."), _("Try again, or sign in another way."), "problem")
        return redirect(url_for("public.second_factor" if live else "public.sign_in"), 303)
    carry(token)
    return devices.remember(onward(now), now)
