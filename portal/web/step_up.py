"""Proving oneself again before an act that cannot be taken back: bound to the act and to exactly what was shown.

Source: security.md section 1 (STEP). A confirm page draws a ``StepUpForm`` whose ``shown`` is the digest of what it
shows; the view that carries the act out asks ``proven`` before it asks for ``work``, and says with ``needs_proof`` that
it does: a change it makes without a proof is taken back. ``check`` holds the pages and the list of acts together.
"""

import secrets
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from flask import Flask, current_app, g, make_response, session
from itsdangerous import BadData, URLSafeSerializer
from wtforms import Field

from portal.domain.errors import NotPossible
from portal.domain.step_ups import ACTS, LASTS
from portal.domain.words import N_, _
from portal.services import approvals, passkeys, sign_ins, throttling
from portal.services.sign_ins import SignedIn
from portal.web.fields import Form, Hidden, Password, required_without
from portal.web.work import TOKEN, apart, edge, signed_in, work

P = ParamSpec("P")
R = TypeVar("R")
TOO_OLD = N_("You opened this page more than five minutes ago. Look at it again, then type your proof anew.")
NOT_HERE = N_("This page was opened for something else, or before you signed in. Look at it again, then prove it anew.")


class StepUpForm(Form):
    """The one field of a confirm page, what the page showed and when; the rest is a passkey's, when one is used."""

    shown = Hidden()
    drawn = Hidden()
    question = Hidden()
    passkey = Hidden()
    proof = Password(
        N_("Your password, or your code of this minute"),
        [required_without("passkey", N_("Type your password, or the code your app shows now."))],
    )

    def __init__(self, act: str, **given: Any) -> None:
        self.act = act
        super().__init__(**given)

    def __iter__(self) -> Iterator[Field]:
        """The proof is asked for last, whatever a page asks before it."""
        return iter(sorted(super().__iter__(), key=lambda field: field.name == "proof"))

    def hidden_tag(self, *fields: Any) -> str:
        """Each drawing of the page is one of its own."""
        self.drawn.data = _serializer(self).dumps([secrets.token_urlsafe(16), edge().now().timestamp()])
        return cast(str, super().hidden_tag(*fields))


def needs_proof(*acts: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The view carries one of ``acts`` out, or shows the page that asks for it.

    Once it is carried out the session has a new token. Raises RuntimeError when something was changed without a proof.
    """

    def declare(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def held(*args: P.args, **kwargs: P.kwargs) -> R:
            answer = view(*args, **kwargs)
            if "work" in g and g.work.writes and make_response(answer).status_code < 400:
                if g.get("proven") not in acts:
                    raise RuntimeError(f"{view.__name__} changed something without a proof")
                session[TOKEN] = sign_ins.rotate(work(), cast(SignedIn, signed_in()))
            return answer

        held.proof_for = frozenset(acts)  # type: ignore[attr-defined]
        return held

    return declare


def proven(form: StepUpForm, on: str | None = None) -> bool:
    """Whether the person proved herself for the form's act on what ``form.shown`` names; it is then kept in ``work``.

    ``on`` is what the act is about when it is not what was shown, but what she filled in. False leaves the reason on
    the form: show the page again with 422. Raises TooManyTries. The password is looked at before the transaction that
    writes begins, since that takes time; a one-time code is used up in it.
    """
    if not form.validate_on_submit():
        return False
    live = cast(SignedIn, signed_in())
    page, no = _page(form, live)
    if no is not None:
        form.proof.errors = [no]
        return False
    with apart(actor=live.actor) as counting:
        throttling.spend(counting, f"step_up:{live.actor.id}", throttling.STEP_UP_BY_ACCOUNT)
    factor = _factor(form, live)
    form.question.data = form.passkey.data = ""  # used up, whatever comes of it
    try:
        approvals.approve(work(), form.act, (on or form.shown.data or "")[:64], factor, form.proof.data or "", page)
    except NotPossible as refusal:
        form.proof.errors = [refusal.sentence]
        return False
    g.proven = form.act
    return True


def proven_otherwise(act: str) -> None:
    """The person proved herself for ``act`` in a way of that page's own."""
    g.proven = act


def _page(form: StepUpForm, live: SignedIn) -> tuple[str, str | None]:
    """(which drawing of which page was sent, why it is not good any more); what is refused leaves a trace."""
    try:
        page, at = _serializer(form).loads(form.drawn.data or "")
    except BadData:
        return "", _refused(form, live, "not of this session, act or object", _(NOT_HERE))
    if not 0 <= edge().now().timestamp() - at < LASTS.total_seconds():
        return page, _refused(form, live, "too old", _(TOO_OLD))
    with apart(writes=False, actor=live.actor) as looking:
        used = approvals.is_used(looking, page)
    return page, _refused(form, live, "used before", approvals.used().sentence) if used else None


def _refused(form: StepUpForm, live: SignedIn, why: str, sentence: str) -> str:
    with apart(actor=live.actor) as noting:
        approvals.refuse(noting, form.act, why)
    return sentence


def _serializer(form: StepUpForm) -> URLSafeSerializer:
    """What it signs is good in this session, for this act, on what the page shows."""
    live = cast(SignedIn, signed_in())
    salt = f"step-up/{live.id}/{form.act}/{form.shown.data or ''}"
    return URLSafeSerializer(str(current_app.secret_key), salt=salt)


def _factor(form: StepUpForm, live: SignedIn) -> str | None:
    """What the person proved herself with; None when it was not right."""
    if live.actor.id is None:
        return None
    if form.passkey.data:
        shown, answer = (form.shown.data or "")[:64], (form.question.data or "", form.passkey.data)
        with apart(actor=live.actor) as proving:
            right = passkeys.step_up(proving, live.actor.id, live.id, form.act, shown, *answer)
        return approvals.PASSKEY if right else None
    with apart(writes=False, actor=live.actor) as looking:
        return approvals.prove_again(looking, live.actor.id, form.proof.data or "")


def pages(app: Flask) -> dict[str, frozenset[str]]:
    """The endpoints that ask for a proof, each with the acts it is asked for."""
    return {name: view.proof_for for name, view in app.view_functions.items() if hasattr(view, "proof_for")}


def check(app: Flask) -> None:
    """Raises RuntimeError when a page names an act that is not on the list, or an act of the list has no page."""
    named = {act for acts in pages(app).values() for act in acts}
    if unknown := sorted(named - set(ACTS)):
        raise RuntimeError(f"not on the list of acts that need a proof: {', '.join(unknown)}")
    if {"patient", "office"} <= set(app.blueprints) and (bare := sorted(set(ACTS) - named)):
        raise RuntimeError(f"no page asks for a proof before: {', '.join(bare)}")
