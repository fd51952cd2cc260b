"""Who is signed in on this browser, for Flask-Login and the templates, and the doors of each audience."""

from collections.abc import Callable

from flask import Blueprint, Flask, Response, redirect, request, session, url_for
from flask_login import LoginManager, UserMixin, current_user

from portal.domain.actors import Actor
from portal.domain.errors import NotFound
from portal.domain.words import _
from portal.services import sessions as own_sessions
from portal.services.sign_ins import SignedIn
from portal.services.work import Work
from portal.web import left_forms
from portal.web.networks import agent, network
from portal.web.work import AFTER, TOKEN, apart, edge, resume, signed_in

LONGEST_ADDRESS = 1000
VIA = "via"  # what this browser needs to sign out at the provider it came in by

login_manager = LoginManager()


class Person(UserMixin):  # type: ignore[misc]
    """The signed-in person as Flask-Login knows her."""

    def __init__(self, live: SignedIn) -> None:
        self.live = live

    def get_id(self) -> str:
        return str(self.live.actor.id)

    @property
    def is_authenticated(self) -> bool:
        return self.live.factor_needed is None


def actor() -> Actor | None:
    """Who is signed in with all factors given, or nobody."""
    live = open_here()
    return live.actor if live is not None else None


def open_here() -> SignedIn | None:
    """The session of this browser that opens pages: wholly signed in, and not held."""
    live = signed_in()
    return live if live is not None and live.factor_needed is None and not live.held else None


def as_of_now(looking: Work) -> SignedIn | None:
    """The same, looked up anew."""
    return resume(looking)


def left(live: SignedIn | None) -> dict[str, int]:
    """The seconds until a session ends, and how many there are at most however often she stays."""
    if live is None or live.last_at is None:
        return {"seconds": 0, "most": 0}
    now = edge().now()
    return {"seconds": int((live.ends_at - now).total_seconds()), "most": int((live.last_at - now).total_seconds())}


def has_passkey() -> bool:
    """Whether whoever is signed in, or half way in, has a passkey that opens."""
    live = signed_in()
    return live is not None and live.has_passkey


def open_session(token: str) -> None:
    """Give this browser the token of a session that was just begun; all else it carried is dropped."""
    kept = {name: session[name] for name in (AFTER, VIA) if session.get(name)}
    session.clear()
    session.update(kept, **{TOKEN: token})


def _remember(address: str) -> None:
    """Where to lead her once she is signed in; not what is no address of ours, or is too long for a cookie."""
    if address.isprintable() and len(address) <= LONGEST_ADDRESS:
        session[AFTER] = address
    else:
        session.pop(AFTER, None)


def after_sign_in(default: str) -> str:
    """Where the person wanted to go before she had to sign in: a path of ours, or ``default``."""
    wanted = session.pop(AFTER, None)
    return wanted if isinstance(wanted, str) and wanted.startswith("/") and not wanted.startswith("//") else default


def first_page(actor: Actor) -> str | None:
    """This person's own first page, the clinic's before the patient's; None when this process serves neither."""
    areas = edge().config.areas
    if actor.is_staff and "office" in areas:
        return "/office"
    return "/home" if actor.is_patient and "patient" in areas else None


def guard(blueprint: Blueprint, admits: Callable[[Actor], bool]) -> None:
    """Nobody passes the door of an audience but those it is for: others are asked to sign in, or find nothing."""

    @blueprint.before_request
    def door() -> Response | None:
        live = signed_in()
        if live is None or live.factor_needed is not None:
            if request.method == "GET":
                _remember(request.full_path.rstrip("?"))
            elif live is None and (address := left_forms.keep()):
                session[AFTER] = address
            where = "public.second_factor" if live is not None else "public.sign_in"
            return redirect(url_for(where))  # type: ignore[return-value]
        if live.held or _turned_up_elsewhere(live):
            if request.method == "GET":
                _remember(request.full_path.rstrip("?"))
            return redirect(url_for("public.prove_again"))  # type: ignore[return-value]
        if not admits(live.actor) or first_page(live.actor) is None:
            raise NotFound(_("There is no such page, or it is not yours to see."))
        left_forms.bring_back(live)
        return None


def _turned_up_elsewhere(live: SignedIn) -> bool:
    """Whether the session goes on in other hands, as far as can be seen; it is then held, here and where it was."""
    if not own_sessions.has_moved(live, network(), agent()):
        return False
    with apart() as holding:
        own_sessions.hold(holding, live)
    return True


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.login_view = "public.sign_in"
    login_manager.session_protection = None  # a session is a row of ours; this would write into the cookie besides

    @login_manager.request_loader  # type: ignore[untyped-decorator]
    def load(_request: object) -> Person | None:
        live = signed_in()
        return Person(live) if live is not None else None

    app.jinja_env.globals["current_user"] = current_user
