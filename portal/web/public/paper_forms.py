"""The clinic's forms to print at home and fill in by hand: nobody has to sign in, or to have a computer of her own."""

from functools import lru_cache

from flask import Response, render_template, request

from portal.domain import jurisdictions
from portal.domain import paper_forms as rules
from portal.services import paper_forms
from portal.services.paper_forms import Printed
from portal.web import downloads, paper_sheets
from portal.web.languages import own_names
from portal.web.public.blueprint import blueprint
from portal.web.work import keep, work

MOST_KEPT = 64  # forms times languages times two sizes: a form is printed once in the life of a process


@blueprint.get("/forms")
def forms() -> str:
    lines = paper_sheets.listed(rules.offered(work().profile), rules.asked())
    body = work().profile.review_body
    return render_template("public/forms.html", lines=lines, spoken=own_names(), body=body)


@blueprint.get("/forms/review.pdf")
def review_form() -> Response:
    """The form to the office that reviews our decisions, under the clinic's own law; it carries no code of ours."""
    law, spoken, large = work().profile, paper_forms.spoken(request.args.get("language", "")), "large" in request.args
    keep()
    name, data = _review(law.id, law.version, spoken, large)
    return downloads.attachment(name, "application/pdf", len(data), iter([data]))


@lru_cache(MOST_KEPT)
def _review(law: str, _version: str, spoken: str, large: bool) -> tuple[str, bytes]:
    return paper_sheets.review_pdf(jurisdictions.profile(law), spoken, large)


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
