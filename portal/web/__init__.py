"""How it is done over HTTP: the application, put together here and decided nowhere here."""

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

from flask import Flask, request
from flask.templating import Environment
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, PrefixLoader
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from portal import edges
from portal.adapters import formats
from portal.adapters.qr_codes import qr_code
from portal.domain.words import _, language, ngettext
from portal.web import (
    account,
    alarms,
    drawing,
    errors,
    languages,
    leaving,
    left_forms,
    office,
    patient,
    public,
    reach,
    security,
    sessions,
    step_up,
    work,
)

ROOT = Path(__file__).resolve().parents[2]
AREAS = {"patient": patient.blueprint, "office": office.blueprint}


class Templates(Environment):
    """All templates share the environment's globals: the chain of maps that is usual is slow at every import."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


def create_app(config: Config, edge: edges.Edge | None = None) -> Flask:
    """The portal for the areas named in the configuration; ``edge`` is built from it when none is given."""
    app = Flask("portal", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.jinja_environment = Templates
    app.secret_key = config.secret_key
    edge = edge or edges.build(config)
    app.extensions["portal"] = edge
    if config.env == "production":
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    _templates(app, edge)
    alarms.init_app(app)
    work.init_app(app)
    sessions.init_app(app)
    languages.init_app(app)
    security.init_app(app, config)
    errors.init_app(app)
    drawing.init_app(app)
    app.register_blueprint(public.blueprint)
    app.register_blueprint(account.blueprint)
    for area in config.areas:
        if area in AREAS:
            app.register_blueprint(AREAS[area])
    step_up.check(app)
    reach.init_app(app, [blueprint for area, blueprint in AREAS.items() if area not in config.areas])
    return app


def _templates(app: Flask, edge: edges.Edge) -> None:
    env = app.jinja_env
    env.undefined = ChainableUndefined
    env.auto_reload = False
    env.autoescape = lambda name: not (name or "").endswith(".txt")
    env.loader = ChoiceLoader(
        [
            FileSystemLoader(str(ROOT / "templates")),
            PackageLoader("nhsuk_frontend_jinja"),
            PrefixLoader({"nhsuk_frontend_jinja": PackageLoader("nhsuk_frontend_jinja")}),
        ]
    )
    env.filters.update(formats.filters(edge.clinic.time_zone), qr_code=qr_code)
    env.globals.update(_=_, ngettext=ngettext, clinic=edge.clinic, area="", leave_site=leaving.site)

    @app.context_processor
    def everywhere() -> dict[str, object]:
        return {
            "actor": sessions.actor(),
            "csp_nonce": security.nonce(),
            "has_passkey": sessions.has_passkey(),
            "language": language(),
            "session_left": sessions.left(live) if (live := sessions.open_here()) else None,
            "typed_is_kept": request.endpoint in left_forms.KEPT,
            "passkey_host": edge.outside.passkeys.host,
        }
