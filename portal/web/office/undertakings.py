"""Once a year, before anything else of the office opens: the confidentiality undertaking and the clinic's policy."""

import hashlib
from datetime import datetime, timedelta

from flask import redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from portal.domain.undertakings import Document, current
from portal.domain.words import _
from portal.services import privacy_policy, undertakings
from portal.web import clauses, sessions
from portal.web.fields import Form, Hidden
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, glance
from portal.web.work import AFTER, READING, edge, signed_in, work

UNTIL = "undertaken"
# How long a browser is taken at its word: a new version of the policy is met by everybody at work within this time.
ASKED_EVERY = timedelta(minutes=10)


class UndertakingForm(Form):
    shown = Hidden()


@blueprint.before_request
def stands_by() -> Response | None:
    """No page of the office opens to somebody who has not stood by both texts within the year."""
    if request.endpoint == "office.undertaking" or _remembered():
        return None
    if request.method in READING:
        until = undertakings.good_until(work())
    else:
        with glance() as looking:
            until = undertakings.good_until(looking)
    if until is not None:
        session[UNTIL] = f"{_whose()}|{min(until, edge().now() + ASKED_EVERY).isoformat()}"
        return None
    if request.method == "GET":
        session[AFTER] = request.full_path.rstrip("?")
    return redirect(url_for("office.undertaking"), 303)


def _whose() -> str:
    """What a browser's memory of an acknowledgement is bound to: the person, and the version of the undertaking."""
    live = signed_in()
    return f"{live.actor.id if live else ''}|{current().versions[Document.CONFIDENTIALITY]}"


def _remembered() -> bool:
    """Whether this browser was told before, so that not every page asks the database."""
    whose, _bar, until = str(session.get(UNTIL, "")).rpartition("|")
    return whose == _whose() and edge().now() < datetime.fromisoformat(until)


@blueprint.route("/office/undertaking", methods=["GET", "POST"])
def undertaking() -> Answer:
    form, texts = UndertakingForm(), _texts()
    digests = {each: hashlib.sha256(" ".join(text.split()).encode()).hexdigest() for each, text in texts.items()}
    shown = "-".join(digests[each] for each in Document)
    if form.validate_on_submit():
        if form.shown.data == shown:
            undertakings.acknowledge(work(), digests)
            tell(_("Thank you. That is written down."), _("You are asked again in a year, or when a text changes."))
            return redirect(sessions.after_sign_in("/office"), 303)
        form.form_errors = [_("The text has changed since you opened the page. Read it once more.")]
    form.shown.data = shown
    html = render_template("office/undertaking.html", form=form, rules=current(), policy=_policy())
    return html, 422 if form.errors or form.form_errors else 200


def _texts() -> dict[Document, str]:
    """Both texts as they stand on the page, in the language spoken now."""
    return {
        Document.CONFIDENTIALITY: render_template("office/undertaking_text.html", rules=current()),
        Document.POLICY: render_template("office/undertaking_policy.html", policy=_policy()),
    }


def _policy() -> clauses.ShownPolicy:
    """The version in force, without figures: they change by the day, and nobody stands by them."""
    return clauses.shown(privacy_policy.in_force(work()))
