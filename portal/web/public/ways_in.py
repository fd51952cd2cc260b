"""One's own ways in: which accounts elsewhere open this one; for patients and for those who work here."""

import hashlib
from typing import cast

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.providers import fits
from portal.domain.words import _
from portal.services import providers
from portal.services.outside import Provider
from portal.services.providers import Purpose, Way
from portal.services.sign_ins import SignedIn
from portal.web import security, sessions, step_up
from portal.web.notices import tell
from portal.web.public import providers as doors
from portal.web.public.blueprint import blueprint
from portal.web.step_up import StepUpForm
from portal.web.work import apart, edge, signed_in, work

own = Blueprint("ways_in", __name__)
sessions.guard(own, lambda _actor: True)


@own.get("/sign-in/providers")
def ways() -> str:
    return render_template("account/ways_in.html", ways=providers.ways(work()))


@own.route("/sign-in/oidc/<name>/link", methods=["GET", "POST"])
@step_up.needs_proof("link provider")
def link(name: str) -> tuple[str, int] | Response:
    """Prove who you are here, then there: the two are one from then on."""
    form, way = StepUpForm("link provider"), _own_way(name)
    if way.linked_at is not None:
        return _back()
    security.let_forms_lead_to(way.provider.origin)
    form.shown.data = _digest("link", way.provider)
    if form.is_submitted():
        ready = doors.outing(way.provider, again=True)
        if step_up.proven(form):
            return ready.begin(work(), Purpose.LINK, work().actor.id)
    return render_template("account/link.html", form=form, provider=way.provider), 422 if form.errors else 200


@own.route("/sign-in/oidc/<name>/unlink", methods=["GET", "POST"])
@step_up.needs_proof("unlink provider")
def unlink(name: str) -> tuple[str, int] | Response:
    form, way = StepUpForm("unlink provider"), _own_way(name)
    if way.linked_at is None:
        return _back()
    form.shown.data = _digest("unlink", way.provider)
    if form.is_submitted() and step_up.proven(form):
        providers.unlink(work(), name)
        tell(_("%(label)s no longer opens your account here.", label=way.provider.label))
        return _back()
    return render_template("account/unlink.html", form=form, provider=way.provider), 422 if form.errors else 200


def _own_way(name: str) -> Way:
    """A way that this person has or may have, looked up before anything is written. Raises NotFound."""
    doors.find(name)
    with apart(writes=False, actor=cast(SignedIn, signed_in()).actor) as looking:
        return providers.way(looking, name)


def _back() -> Response:
    return redirect(url_for("public.ways_in.ways"), 303)


def _digest(act: str, provider: Provider) -> str:
    return hashlib.sha256(f"{act}|{provider.slug}|{provider.issuer}".encode()).hexdigest()


@blueprint.app_template_global("has_ways_in")
def has_ways_in() -> bool:
    """Whether there is a provider for whoever is signed in."""
    live = signed_in()
    offered = edge().outside.providers.values()
    return live is not None and any(fits(each.audience, live.actor.roles) for each in offered)


blueprint.register_blueprint(own)
