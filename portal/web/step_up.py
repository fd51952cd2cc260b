"""Proving oneself again before an act that cannot be taken back: bound to the act and to exactly what was shown.

Source: security.md section 1 (STEP). A confirm page draws a ``StepUpForm`` whose ``shown`` is the digest of what it
shows; the view that carries the act out asks ``proven`` before it asks for ``work``.
"""

from collections.abc import Iterator
from typing import cast

from wtforms import Field

from portal.domain.errors import NotPossible
from portal.domain.words import N_
from portal.services import approvals, passkeys, throttling
from portal.services.sign_ins import SignedIn
from portal.web.fields import Form, Hidden, Password, required_without
from portal.web.work import apart, signed_in, work


class StepUpForm(Form):
    """The one field of a confirm page, and what the page showed; the rest is a passkey's, when one is used instead."""

    shown = Hidden()
    question = Hidden()
    passkey = Hidden()
    proof = Password(
        N_("Your password, or your code of this minute"),
        [required_without("passkey", N_("Type your password, or the code your app shows now."))],
    )

    def __iter__(self) -> Iterator[Field]:
        """The proof is asked for last, whatever a page asks before it."""
        return iter(sorted(super().__iter__(), key=lambda field: field.name == "proof"))


def proven(form: StepUpForm, act: str) -> bool:
    """Whether the person proved herself for ``act`` on what ``form.shown`` names; it is then written down in ``work``.

    False leaves the reason on the form: show the page again with 422. Raises TooManyTries. The password is looked at
    before the transaction that writes begins, since that takes time; a one-time code is used up in it.
    """
    if not form.validate_on_submit():
        return False
    live = cast(SignedIn, signed_in())
    with apart(actor=live.actor) as counting:
        throttling.spend(counting, f"step_up:{live.actor.id}", throttling.STEP_UP_BY_ACCOUNT)
    factor = _factor(form, live, act)
    form.question.data = form.passkey.data = ""  # used up, whatever comes of it
    try:
        approvals.approve(work(), act, (form.shown.data or "")[:64], factor, form.proof.data or "")
    except NotPossible as no:
        form.proof.errors = [no.sentence]
        return False
    return True


def _factor(form: StepUpForm, live: SignedIn, act: str) -> str | None:
    """What the person proved herself with; None when it was not right."""
    if live.actor.id is None:
        return None
    if form.passkey.data:
        shown, answer = (form.shown.data or "")[:64], (form.question.data or "", form.passkey.data)
        with apart(actor=live.actor) as proving:
            right = passkeys.step_up(proving, live.actor.id, live.id, act, shown, *answer)
        return approvals.PASSKEY if right else None
    with apart(writes=False, actor=live.actor) as looking:
        return approvals.prove_again(looking, live.actor.id, form.proof.data or "")
