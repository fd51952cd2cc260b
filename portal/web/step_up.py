"""Proving oneself again before an act that cannot be taken back: bound to the act and to exactly what was shown.

Source: security.md section 1 (STEP). A confirm page draws a ``StepUpForm`` whose ``shown`` is the digest of what it
shows; the view that carries the act out asks ``proven`` before it asks for ``work``.
"""

from typing import cast

from portal.domain.errors import NotPossible
from portal.domain.words import N_
from portal.services import approvals, throttling
from portal.services.sign_ins import SignedIn
from portal.web.fields import Form, Hidden, Password, required
from portal.web.work import apart, signed_in, work


class StepUpForm(Form):
    """The one field of a confirm page, and what the page showed."""

    shown = Hidden()
    proof = Password(
        N_("Your password, or your code of this minute"),
        [required(N_("Type your password, or the code your app shows now."))],
    )


def proven(form: StepUpForm, act: str) -> bool:
    """Whether the person proved herself for ``act`` on what ``form.shown`` names; it is then written down in ``work``.

    False leaves the reason on the form: show the page again with 422. Raises TooManyTries. The password is looked at
    before the transaction that writes begins, since that takes time; a one-time code is used up in it.
    """
    if not form.validate_on_submit():
        return False
    actor = cast(SignedIn, signed_in()).actor
    secret = form.proof.data or ""
    with apart(actor=actor) as counting:
        throttling.spend(counting, f"step_up:{actor.id}", throttling.STEP_UP_BY_ACCOUNT)
    with apart(writes=False, actor=actor) as looking:
        factor = approvals.prove_again(looking, actor.id, secret) if actor.id else None
    try:
        approvals.approve(work(), act, (form.shown.data or "")[:64], factor, secret)
    except NotPossible as no:
        form.proof.errors = [no.sentence]
        return False
    return True
