"""Which language this request is answered in: the one chosen here, else the signed-in person's, else the browser's."""

from functools import cache

from babel import Locale
from flask import Flask, g, request, session
from markupsafe import Markup, escape

from portal.domain.words import SOURCE_LANGUAGE, speaking
from portal.web.work import edge, signed_in

CHOSEN = "language"


def init_app(app: Flask) -> None:
    @app.before_request
    def speak() -> None:
        if request.endpoint == "static":
            return
        g.speaking = speaking(_wanted())
        g.speaking.__enter__()

    @app.teardown_request
    def fall_silent(_error: BaseException | None) -> None:
        if spoken := g.pop("speaking", None):
            spoken.__exit__(None, None, None)


def _wanted() -> str:
    known = edge().clinic.languages or (SOURCE_LANGUAGE,)
    chosen = session.get(CHOSEN)
    if chosen in known:
        return str(chosen)
    live = signed_in()
    if live is not None and live.language in known:
        return live.language
    if not request.accept_languages:
        return known[0]
    tags = {name.replace("_", "-"): name for name in known}
    return tags.get(request.accept_languages.best_match(list(tags)) or "", known[0])


def own_names() -> list[tuple[str, str]]:
    """The languages the clinic speaks, each with its own name for itself, left as it is: ``("fr", "Français")``."""
    return [(name, _own_name(name)) for name in edge().clinic.languages]


@cache
def _own_name(name: str) -> Markup:
    return escape((Locale.parse(name).get_display_name() or name).capitalize())
