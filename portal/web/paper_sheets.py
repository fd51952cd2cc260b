"""A form on paper as a PDF, for whoever prints one: anybody, the patient herself, the office for her."""

from dataclasses import replace
from typing import Any

from flask import Response

from portal.domain import paper_sheets, review_sheets
from portal.domain.paper_forms import CONSENT
from portal.domain.words import _, speaking
from portal.services.paper_forms import Printed
from portal.web import downloads
from portal.web.work import edge


def pdf(printed: Printed, large: bool) -> bytes:
    """The form in its language; ``large`` prints it at 16 points and more. No database is held meanwhile."""
    with speaking(printed.language):
        sheet = paper_sheets.sheet(printed.form, printed.purpose)
        known = {paper_sheets.NAME: printed.name, paper_sheets.NUMBER: printed.number}
        html = edge().outside.paper.render(
            "forms/sheet.html",
            sheet=sheet,
            who=[
                (_(label), known.get(label, ""), label in paper_sheets.SHORT)
                for label in paper_sheets.who(printed.form)
            ],
            signature=_(paper_sheets.SIGNATURE),
            today=_(paper_sheets.TODAY),
            code=printed.code,
            lang=printed.language,
            large=large,
        )
        return edge().outside.press.letter(html)


def review_pdf(law: Any, spoken: str, large: bool) -> tuple[str, bytes]:
    """The form that asks the office outside for a review, in this language: the name of its file, and the file."""
    with speaking(spoken):
        sheet = review_sheets.sheet(law)
        html = edge().outside.paper.render(
            "forms/review.html",
            sheet=sheet,
            who=[(_(label), label in paper_sheets.SHORT) for label in review_sheets.WHO],
            signature=_(paper_sheets.SIGNATURE),
            today=_(paper_sheets.TODAY),
            body=replace(law.review_body, name=_(law.review_body.name)),
            lang=spoken,
            large=large,
        )
        return f"{sheet.title}.pdf", edge().outside.press.letter(html)


def handed(printed: Printed, data: bytes) -> Response:
    """The form to keep or to print, named by its code."""
    with speaking(printed.language):
        name = f"{_(printed.form.title)} {printed.code}.pdf"
    return downloads.attachment(name, "application/pdf", len(data), iter([data]))


def listed(forms: Any, purposes: Any) -> list[dict[str, Any]]:
    """The forms as a list to choose from: one line each; last the consents, which are many, one for each purpose."""
    lines = []
    for form in sorted(forms, key=lambda form: form.id == CONSENT):
        for purpose in purposes if form.id == CONSENT else (None,):
            title = _("My consent: %(purpose)s", purpose=_(purpose.title)) if purpose else _(form.title)
            words = _(purpose.plain_words) if purpose else _(form.use)
            lines.append({"form": form.id, "purpose": purpose.id if purpose else "", "title": title, "words": words})
    return lines
