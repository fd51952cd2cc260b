"""Signing in with an account one has elsewhere: out to the provider, and back with its word.

What must be kept whatever the answer (a trip, a refusal, a session that began) is kept ``apart``; the provider is asked
in between, while no transaction is open that writes.
"""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from flask import g, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import NotFound
from portal.domain.providers import PATIENT, STAFF, Departure, OutOfReach, Unproven
from portal.domain.words import _
from portal.services import providers, sessions, sign_ins, throttling
from portal.services.outside import Provider
from portal.services.providers import Purpose, Visitor
from portal.services.sign_ins import SignedIn
from portal.services.work import Work
from portal.web import devices, security
from portal.web.networks import agent, network
from portal.web.notices import tell
from portal.web.public.blueprint import blueprint
from portal.web.public.onward import carry
from portal.web.sessions import VIA
from portal.web.work import NOBODY, apart, edge, signed_in, work

TRIP = "trip"  # what this browser must still have when it comes back
NOT_LINKED = "not linked"


@dataclass(frozen=True)
class Outing:
    """A browser about to be sent to a provider, which has told where it wants it."""

    provider: Provider
    departure: Departure

    def begin(self, leaving: Work, purpose: Purpose, account_id: UUID | None = None) -> Response:
        """Send it."""
        providers.depart(leaving, self.provider, self.departure, purpose, account_id)
        session[TRIP] = self.departure.secret
        return redirect(self.departure.address, 303)


def find(name: str) -> Provider:
    """The provider of that name in addresses. Raises NotFound."""
    provider = edge().outside.providers.get(name)
    if provider is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    g.provider = provider
    return provider


def outing(provider: Provider, again: bool = False) -> Outing:
    """Get ready to leave: the provider may be asked, so nothing may be open that writes."""
    return Outing(provider, provider.depart(back_to(provider), again))


def wished(for_staff: bool) -> Outing | None:
    """The trip wished for by a button of the form that was sent, when there is such a provider for this person."""
    name = request.form.get("provider", "") if request.method == "POST" else ""
    fitting = {each.slug for each in doors(STAFF if for_staff else PATIENT)}
    return outing(find(name), again=True) if name in fitting else None


def back_to(provider: Provider) -> str:
    """Where the provider sends browsers back to: an address of its own for each, so that none speaks for another."""
    return f"{edge().outside.base_url}/sign-in/oidc/{provider.slug}/callback"


@blueprint.app_template_global("provider_doors")
def doors(audience: str = "") -> list[Provider]:
    """The providers that a page has buttons for, of one audience or all; its forms may lead there."""
    found = [each for each in edge().outside.providers.values() if audience in ("", each.audience)]
    for each in found:
        security.let_forms_lead_to(each.origin)
    return found


@blueprint.post("/sign-in/oidc/<name>")
def leave(name: str) -> Response:
    provider = find(name)
    if signed_in():
        return redirect(url_for("public.sign_in"), 303)
    with apart() as counting:
        throttling.spend(counting, f"network:{network()}", throttling.SIGN_IN_BY_NETWORK)
    ready = outing(provider)
    with apart() as leaving:
        return ready.begin(leaving, Purpose.SIGN_IN)


@blueprint.get("/sign-in/oidc/<name>/callback")
def come_back(name: str) -> Response:
    """The browser comes back. Whatever does not fit is refused in the same words: see ``refused``."""
    provider, live = find(name), signed_in()
    with apart() as counting:
        throttling.spend(counting, f"provider:{network()}", throttling.SIGN_IN_BY_NETWORK)
    secret, answer = session.get(TRIP), request.args.to_dict()
    if not isinstance(secret, str) or len(answer) != len(list(request.args.items(multi=True))):
        raise Unproven("state")
    with apart() as ending:
        trip = providers.arrive(ending, provider, secret, answer.get("state", ""))
    arrival = provider.arrive(secret, answer, back_to(provider), edge().now())
    session.pop(TRIP)
    if trip.purpose is Purpose.LINK:
        live = _at_home(live)
        with apart(actor=live.actor if live else NOBODY) as linking:
            providers.link(linking, provider, trip, arrival, live)
        tell(_("%(label)s is linked.", label=provider.label), _("From now on you can sign in with it."))
        return redirect(url_for("public.ways_in.ways"), 303)
    visitor = Visitor(network(), agent(), live)
    with apart() as entering:
        token = providers.enter(entering, provider, trip, arrival, visitor, secret)
        begun = sign_ins.resume(entering, token)
    session[VIA] = secret
    carry(token)
    onward = redirect(url_for("public.sign_in"), 303)
    return devices.remember(onward, begun) if begun and begun.factor_needed is None else onward


def _at_home(live: SignedIn | None) -> SignedIn | None:
    """The session, unless it is held or goes on elsewhere: with a copy of a cookie nobody links an account of his."""
    away = live is not None and (live.held or sessions.has_moved(live, network(), agent()))
    return None if away else live


def still_open(live: SignedIn) -> tuple[str, str] | None:
    """The provider by which this session came in, with what this browser needs to sign out there as well."""
    secret = session.get(VIA)
    name = providers.still_open(work(), live, secret) if isinstance(secret, str) else None
    return (name, cast(str, secret)) if name else None


def farewell(elsewhere: tuple[str, str]) -> str:
    """The page that offers to sign out there too; all else this browser carried is gone."""
    name, session[VIA] = elsewhere
    return url_for("public.sign_out_there", name=name)


@blueprint.route("/sign-in/oidc/<name>/sign-out", methods=["GET", "POST"])
def sign_out_there(name: str) -> str | Response:
    """Signed out here: offer to sign out at the provider too, where the next person would find the door open."""
    provider = find(name)
    secret = session.get(VIA)
    if signed_in() or not isinstance(secret, str):
        return redirect(url_for("public.index"), 303)
    if request.method == "GET":
        security.let_forms_lead_to(provider.origin)
        return render_template("public/provider_sign_out.html", provider=provider, hide_sign_in=True)
    session.pop(VIA)
    with apart() as asking:
        word = providers.word(asking, provider, secret)
    address = provider.sign_out(word, f"{edge().outside.base_url}/") if word else None
    return redirect(address or url_for("public.index"), 303)


@blueprint.errorhandler(Unproven)
def refused(no: Unproven) -> Response:
    """One page for every answer that proves nothing; the trail says which, and nothing about anybody."""
    provider: Provider = g.provider
    with apart() as noting:
        providers.refuse(noting, provider, no.reason)
    page = "public/provider_not_linked.html" if no.reason == NOT_LINKED else "public/provider_refused.html"
    silent = isinstance(no, OutOfReach)
    return make_response(render_template(page, provider=provider, silent=silent), 409 if silent else 403)
