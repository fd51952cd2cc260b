"""What happened to a request, as its patient is told: every step that concerns her, each with the letters it wrote."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.access_requests import WORKFLOW
from portal.domain.actors import ROLE_NAMES, Role
from portal.domain.dates import say_plain_date
from portal.domain.letters import Letter
from portal.domain.words import N_, _
from portal.services import cases, incoming_papers, letters, questions
from portal.services.incoming_papers import Filed
from portal.web.patient.letter_ways import said
from portal.web.work import work

TOLD = {
    "send": N_("The request was sent"),
    "register": N_("We wrote the request down"),
    "check_identity": N_("We checked who is asking"),
    "begin": N_("We began to gather the record"),
    "ask": N_("We asked a question"),
    "answer": N_("The question was answered"),
    "go_on": N_("We went on without an answer"),
    "estimate": N_("We sent an estimate of the fee"),
    "accept_fee": N_("The fee was accepted"),
    "decline_fee": N_("The fee was declined"),
    "ask_waiver": N_("We were asked to waive the fee"),
    "waive_fee": N_("We waived the fee"),
    "keep_fee": N_("We did not waive the fee"),
    "name_physician": N_("Another physician became responsible for this request"),
    "extend": N_("We took more time, as the law allows"),
    "stop_clock": N_("The Commissioner was asked. The days until the decision are not counted"),
    "restart_clock": N_("The Commissioner decided. Our days are counted again"),
    "refer": N_("The record went to the physician"),
    "no_record": N_("We found no record"),
    "sign": N_("The physician decided on every entry and signed"),
    "release": N_("We decided on the answer"),
    "offer_viewing": N_("The original can be viewed"),
    "refuse": N_("We refused the request"),
    "built": N_("The package was finished"),
    "collect": N_("The package was downloaded"),
    "hand_over": N_("We handed the answer over"),
    "close": N_("We closed the request"),
    "withdraw": N_("The request was withdrawn"),
}
# How the clinic works inside: of no use to the patient, and some of it tells what the physician is thinking about.
NOT_TOLD = frozenset({"gather", "judge", "send_back", "return_review", "rebuild"})
FIRST_LINES = 2


def sender(row: Any, letter: Letter) -> str | None:
    """Who signed a letter that came from the patient's side; None for the clinic's own."""
    signed = (block.items[0] for block in letter.walk() if block.kind == "signature" and block.items)
    return next(signed, None) if row.from_patient else None


@dataclass(frozen=True)
class Paper:
    """A letter at its place: its row, its words, and the first lines of it."""

    row: Any
    letter: Letter
    ways: tuple[str, ...] = ()

    @property
    def first_lines(self) -> tuple[Any, ...]:
        """What comes after the salutation."""
        paragraphs = [block for block in self.letter.blocks if block.kind == "paragraph"]
        return tuple(paragraphs[1 : 1 + FIRST_LINES])

    @property
    def sender(self) -> str | None:
        return sender(self.row, self.letter)


@dataclass(frozen=True)
class Entry:
    """One line of the timeline."""

    at: datetime
    title: str
    who: str
    text: str
    papers: tuple[Paper, ...]
    scan: Filed | None = None


def timeline(case: Any) -> list[Entry]:
    """Newest first."""
    waiting = _letters_by_kind(case)
    answers = [answer for _question, _text, answer in questions.of_request(work(), case) if answer]
    entries = []
    for event in cases.history(work(), case):
        papers = tuple(waiting[kind].pop(0) for kind in LETTERS_OF.get(event.event, ()) if waiting.get(kind))
        text = answers.pop(0) if event.event == "answer" and answers else ""
        if event.event in TOLD:
            entries.append(Entry(event.at, _(TOLD[event.event]), _who(event, case), text, papers))
    entries += [_came_in(paper) for paper in incoming_papers.of_case(work(), case)]
    return sorted(entries, key=lambda entry: entry.at)[::-1]


def _came_in(paper: Filed) -> Entry:
    """A paper of hers that was scanned to the case."""
    day = say_plain_date(paper.row.received_on)
    title = _("A paper or fax from you reached us on %(day)s", day=day)
    return Entry(paper.row.settled_at or paper.row.entered_at, title, "", paper.sender, (), paper)


def _letters_by_kind(case: Any) -> dict[str, list[Paper]]:
    """The letters of each kind, oldest first: the first step that writes a kind wrote the first of them."""
    found: dict[str, list[Paper]] = {}
    rows = letters.of_case(work(), case)
    ways = said(case, [row.id for row, _letter in rows])
    for row, letter in reversed(rows):
        found.setdefault(row.kind, []).append(Paper(row, letter, tuple(ways.get(row.id, ()))))
    return found


def _letters_of_steps() -> dict[str, tuple[str, ...]]:
    """Which kinds of letters each step writes, as the workflow's table says."""
    prefix = "letter_"
    return {
        step.event: tuple(effect.removeprefix(prefix) for effect in step.effects if effect.startswith(prefix))
        for step in WORKFLOW.steps
    }


LETTERS_OF = _letters_of_steps()


def _who(event: Any, case: Any) -> str:
    if event.actor_id is not None and event.actor_id == work().actor.id:
        return _("you")
    if event.actor_role == Role.SYSTEM:
        return ""
    name = event.actor_name
    if event.actor_role == Role.PATIENT:
        return _("%(name)s for %(patient)s", name=name, patient=case.patient.name) if event.for_patient else name
    return _("%(name)s, %(role)s", name=name, role=_(ROLE_NAMES[Role(event.actor_role)]))
