"""The clinic's forms to print at home and fill in by hand: nobody has to sign in, or to have a computer of her own."""

from functools import lru_cache

from flask import Response, render_template, request

from portal.domain import paper_forms as rules
from portal.services import paper_forms
from portal.services.paper_forms import Printed
from portal.web import paper_sheets
from portal.web.languages import own_names
from portal.web.public.blueprint import blueprint
from portal.web.work import keep, work

MOST_KEPT = 64  # forms times languages times two sizes: a form is printed once in the life of a process


@blueprint.get("/forms")
def forms() -> str:
    lines = paper_sheets.listed(rules.offered(work().profile), rules.asked())
    return render_template("public/forms.html", lines=lines, spoken=own_names())


@blueprint.get("/forms/<name>.pdf")
def form(name: str) -> Response:
    """A blank form; ``purpose``, ``language`` and ``large`` in the address say which."""
    asked = request.args
    printed = paper_forms.blank(work(), name, asked.get("purpose", ""), asked.get("language", ""))
    keep()
    return paper_sheets.handed(printed, _made(printed, "large" in asked))


@lru_cache(MOST_KEPT)
def _made(printed: Printed, large: bool) -> bytes:
    """Made once and kept: who asks for it a thousand times costs no more than who asks once."""
    return paper_sheets.pdf(printed, large)
