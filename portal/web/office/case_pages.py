"""The page of a case that is no request: what all of them are drawn with (``layouts/office_case.html``)."""

from typing import Any

from flask import render_template

from portal.services import cases, dossiers, incoming_papers, notices, papers_astray
from portal.web.office.headings import heading
from portal.web.office.letter_ways import ways
from portal.web.office.letters import TITLES
from portal.web.office.message_panel import panel
from portal.web.work import work


def draw(template: str, case: Any, steps: list[dict[str, Any]], main_steps: tuple[str, ...], **facts: Any) -> str:
    """``main_steps`` are the keys of those that stand out; ``facts`` are what this kind of case is about."""
    letters, newest = dossiers.letters(work(), case)
    return render_template(
        template,
        case=case,
        head=heading(case),
        steps=steps,
        main_steps=main_steps,
        barred=cases.barred(work(), case),
        letters=letters,
        newest=newest,
        titles=TITLES,
        messages=panel(case),
        ways=ways(case),
        papers=incoming_papers.of_case(work(), case),
        taken_back=papers_astray.of_case(work(), case),
        history=dossiers.history(work(), case, [])[::-1],
        undelivered=notices.undelivered(work(), case),
        **facts,
    )
