"""What the pages of a case's steps have in common: find the case, carry the step out, show the page, go back."""

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid, NotAllowed, NotPossible
from portal.domain.words import _
from portal.services import access_requests, cases
from portal.services.work import Work
from portal.web.fields import Form, Hidden, blame
from portal.web.notices import tell
from portal.web.office.headings import heading
from portal.web.work import apart, signed_in, work

Answer = Response | tuple[str, int]


class LookFirst(Form):
    """A form that is shown with what will come of it before it is carried out; only what was shown is carried out.

    What comes of it depends on the case too: a second click finds that the first was heard, and is not done again.
    """

    seen = Hidden()
    changed = False

    def __init__(self, case: Any) -> None:
        self.version = f"{case.version:x}"
        super().__init__()

    @property
    def carries_out(self) -> bool:
        """Whether the person pressed the second button, and changed nothing since she looked.

        Raises NotPossible when the case itself went on.
        """
        seen, digest = self.seen.data or "", self._digest()
        if "do" not in request.form or not seen.startswith(digest):
            return False
        if seen != digest + self.version:
            raise NotPossible(_("This case has changed since you looked at it, so nothing was done. Look at it again."))
        return True

    def show(self) -> None:
        """What is filled in now is what the person sees the outcome of; ``changed`` says whether she saw another."""
        self.changed = "do" in request.form and not self.carries_out
        self.seen.data = self._digest() + self.version

    def _digest(self) -> str:
        given = {field.name: str(field.data) for field in self if field.name not in ("seen", "csrf_token")}
        return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()


def steps_so_far(case: Any) -> str:
    """How many steps the case has had, for a form whose step can be taken again and again, but once a page."""
    last = cases.last_event(work(), case)
    return str(last.position) if last is not None else ""


def was_heard(case: Any, event: str) -> bool:
    """Whether this very page was sent before and its step taken: a second press is not done again, nor scolded.

    A page says how many steps the case had when it was drawn. Raises NotPossible when somebody else took one since.
    """
    steps, last = request.form.get("steps", ""), cases.last_event(work(), case)
    if last is None or steps in ("", str(last.position)):
        return False
    if (last.event, last.actor_id) == (event, work().actor.id):
        return True
    raise NotPossible(_("This case has changed since you looked at it, so nothing was done. Look at it again."))


@contextmanager
def glance() -> Iterator[Work]:
    """A short look, as whoever is signed in, before the transaction of a page that changes something."""
    live = signed_in()
    if live is None:
        raise NotAllowed(_("You were signed out in another window. Nothing was changed. Sign in again to go on."))
    with apart(writes=False, actor=live.actor) as looking:
        looking.sign_in_id = live.id
        yield looking


def found(reference: str, event: str) -> Any:
    """The case, to take a step of it: neither its page is shown nor its form read for a step that cannot be taken."""
    case = access_requests.find(work(), reference)
    cases.check(work(), case, event)
    return case


def done(form: Form, verb: Callable[..., Any], *values: Any) -> bool:
    """Carry ``verb`` out; False leaves what has to be put right on the form."""
    try:
        verb(work(), *values)
    except Invalid as no:
        blame(form, no)
        return False
    return True


def page(template: str, case: Any, form: Form | None = None, **more: Any) -> tuple[str, int]:
    """The page of a step; 422 when something in its form has to be put right."""
    html = render_template(f"office/steps/{template}.html", case=case, head=heading(case), form=form, **more)
    return html, 422 if form is not None and form.errors else 200


def back(case: Any, happened: str, comes_next: str = "") -> Response:
    """To the page of the case, which says what happened and what comes next."""
    tell(happened, comes_next)
    return redirect(url_for("office.case", reference=case.reference), 303)
