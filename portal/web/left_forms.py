"""A page that was sent after the session ran out: what was typed waits on the server until the person is back on it."""

from flask import current_app, g, request, session
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from portal.domain.words import _
from portal.services import left_forms
from portal.services.sign_ins import SignedIn
from portal.web.notices import tell
from portal.web.work import AFTER, READING, TOKEN, apart, work

# Their files are looked at before anything is written, so they forget what was kept once the message is sent.
WITH_FILES = frozenset({"patient.general_messages", "patient.case_messages"})
# Pages with one form that is drawn again from what was sent. None asks for a password or a code; a file that was to go
# along with a message is not kept, and the page says to choose it again.
KEPT = frozenset(
    {
        "patient.draft_step",
        "patient.answer",
        "patient.answer_fee",
        *WITH_FILES,
        "office.ask",
        "office.waiver",
        "office.no_record",
        "office.hand_over",
        "office.wording",
    }
)


def takes(address: str) -> bool:
    """Whether the page at this address of ours is one whose form is kept."""
    path, _mark, _query = address.partition("?")
    try:
        endpoint, _parts = current_app.url_map.bind("").match(path, "POST")
    except HTTPException:
        return False
    return endpoint in KEPT


def keep_typed(address: str, typed: list[tuple[str, str]], over: bool) -> bool:
    """Keep what stands in a form that was not sent; when the session is ``over``, the next page says so."""
    token = session.get(TOKEN)
    with apart() as keeping:
        kept = isinstance(token, str) and left_forms.keep(keeping, token, address, typed)
    if over and kept:
        _say_so(kept)
        session[AFTER] = address
    return kept


def keep() -> str | None:
    """Keep what was just sent for the account whose session ran out; gives the page's address when it is kept."""
    token = session.get(TOKEN)
    if not isinstance(token, str):
        return None
    kept = False
    if request.endpoint in KEPT:
        typed = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        with apart() as keeping:
            kept = left_forms.keep(keeping, token, _address(), typed)
    _say_so(kept)
    return _address() if kept else None


def _say_so(kept: bool) -> None:
    then = _("What you wrote is kept for you. Sign in again and it is on the page.") if kept else ""
    then = then or _("Nothing was changed. Sign in again to go on.")
    tell(_("You were signed out because nothing happened here for a while."), then, "problem")


def bring_back(live: SignedIn) -> None:
    """Give the page what its reader typed before she was signed out; once she sends it, it is destroyed."""
    if request.endpoint not in KEPT:
        return
    if request.method not in READING:
        if request.endpoint not in WITH_FILES:
            left_forms.forget(work(), live.actor.id, _address())
    elif (typed := left_forms.find(work(), live.actor.id, _address())) is not None:
        g.left_form = MultiDict(typed)
        tell(_("What you wrote here and did not send is here again."), _("Look it over, then send it."))


def sent() -> None:
    """What was kept of this page's form is sent: destroy it."""
    left_forms.forget(work(), work().actor.id, _address())


def _address() -> str:
    return request.full_path.rstrip("?")
