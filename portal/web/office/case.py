"""A case on one page: what is asked, the record, fees, letters, questions and history; at its side where it stands."""

from datetime import date
from typing import Any

from flask import render_template

from portal.domain import arithmetic, policy
from portal.domain.access_requests import Channel, Stage
from portal.domain.clocks import Clock, local_date
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.references import kind_of
from portal.services import (
    access_requests,
    cases,
    clocks,
    dossiers,
    files,
    incoming_papers,
    judgements,
    letters,
    notices,
    papers_astray,
    questions,
    releases,
)
from portal.web.office import accuracy_case, asked, complaint_case, consent_case, message_panel
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.headings import ANSWERING, heading
from portal.web.office.letter_ways import ways
from portal.web.office.letters import TITLES
from portal.web.office.step_pages import steps_so_far
from portal.web.office.steps import buttons
from portal.web.work import work

ANSWERS = frozenset({"release", "offer_viewing", "refuse", "no_record"})
PAGES = {
    "consent_change": consent_case.show,
    "accuracy_note": accuracy_case.show,
    "complaint": complaint_case.show,
}
DECIDED = frozenset({Stage.DECIDING, Stage.PREPARING, Stage.READY, Stage.DELIVERED, Stage.CLOSED})


@blueprint.get("/office/cases/<reference>")
def case(reference: str) -> str:
    """The page of a case of any kind, by what its reference says it is."""
    return PAGES.get(kind_of(reference) or "", access_request)(reference)


def access_request(reference: str) -> str:
    """Only what the case has is asked of the database: its own history says what that can be."""
    found = dossiers.find(work(), reference)
    access_requests.opened(work(), found)
    if found.stage == Stage.DECIDING:
        letters.answer(work(), found)
    head = heading(found)
    clock = clocks.clock_of(found, work().today if found.stage in ANSWERING else None)
    steps = buttons(found, head.address, clock)
    identity = dossiers.identity_checks(work(), found) if found.identity_checked_at else []
    history = dossiers.history(work(), found, identity)
    rows, newest = dossiers.letters(work(), found)
    happened = {told.row.event for told in history}
    return render_template(
        "office/case.html",
        case=found,
        head=head,
        panel=panel(found.patient),
        undelivered=notices.undelivered(work(), found),
        next=next((step for step in steps if step.style == "primary"), None),
        steps=[step for step in steps if step.style != "primary"],
        barred=cases.barred(work(), found) if policy.office(work().actor, None) else [],
        today=work().today,
        asked=asked.rows(found),
        people=asked.people(found),
        identity=identity,
        scans=files.of_case(work(), found, "scan") if found.channel != Channel.PORTAL else [],
        questions=questions.of_request(work(), found) if "ask" in happened else [],
        fees=dossiers.estimates(work(), found) if "estimate" in happened else [],
        letters=rows,
        messages=message_panel.panel(found),
        newest=newest,
        titles=TITLES,
        ways=ways(found),
        papers=incoming_papers.of_case(work(), found),
        taken_back=papers_astray.of_case(work(), found),
        history=history[::-1],
        given_back=history[-1] if history and history[-1].row.event in dossiers.GIVES_BACK else None,
        **_record(found, {step.event: step for step in steps}),
        **_clock(found, clock, history),
    )


def _record(found: Any, steps: dict[str, Any]) -> dict[str, Any]:
    """The record as the office sees it: how many entries of each kind, and never what they say."""
    gather = steps.get("gather")
    there = bool(found.items_gathered)
    return {
        "counts": [(CATEGORY_NAMES[kind], n) for kind, n in judgements.counts(work(), found)] if there else [],
        "tally": judgements.tally(work(), found) if there and found.stage in DECIDED else {},
        "package": releases.package_of(work(), found),
        "can_print": releases.can_print(work(), found),
        "can_gather": gather is not None and gather.why_not is None,
        "held": (held := gather is not None and dossiers.has_items(work(), found.patient)),
        "steps_so_far": steps_so_far(found) if held else "",
    }


def _clock(found: Any, clock: Clock | None, history: list[dossiers.Told]) -> dict[str, Any]:
    """The clock while it runs; afterwards when the answer went out, and how that was to the lawful date."""
    answered = next((told.at for told in reversed(history) if told.row.event in ANSWERS), None)
    answered_on: date | None = local_date(clocks.rules_of(found), answered) if answered else None
    limit = clocks.rules_of(found).limit(clocks.LIMITS[found.kind])
    return {
        "clock": clock,
        "count_words": arithmetic.summary(clock) if clock else "",
        "rule": limit.words,
        "citation": limit.window.basis.citation,
        "answered_on": answered_on,
    }
