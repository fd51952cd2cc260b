"""A thread as it stands on the page of its case: where it is, the newest messages, the internal notes."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain import jurisdictions
from portal.domain import messages as rules
from portal.domain.dates import say_date
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import internal_notes, message_answerers, message_readings, message_threads, questions
from portal.services.message_threads import Thread
from portal.web.office.message_places import address, file_url
from portal.web.work import work

SHOWN = 10


@dataclass(frozen=True)
class Panel:
    """Everything the panel is drawn with; ``notes`` are the clinic's own and drawn by a component of their own."""

    thread: Thread
    page: Any
    notes: Any
    sentence: str
    mood: str
    href: str
    note_href: str
    file_url: Any
    asks: bool


def panel(case: Any) -> Panel | None:
    """For the page of a case, whose reader has read what stands in it; None for whoever is a party to the case."""
    if not work().may(Permission.MESSAGES_ANSWER, case):
        return None
    thread = message_threads.of_case(work(), case)
    page = message_readings.page(work(), thread, limit=SHOWN)
    message_readings.opened(work(), thread, page)
    notes = internal_notes.of_thread(work(), thread)
    told = sentence(thread)
    return Panel(
        thread,
        page,
        notes,
        told,
        mood(thread),
        address(thread),
        address(thread, "internal_note"),
        file_url(thread),
        asks_her(thread),
    )


def asks_her(thread: Thread) -> bool:
    """Whether a question of ours on the case waits for her answer: a message does not stand for it."""
    return questions.waits_for_her(work(), thread.case)


def general_thread(patient: Any) -> str:
    """For the page of a patient's file: how her general thread stands; empty for whoever may not answer it."""
    if not work().may(Permission.MESSAGES_ANSWER, patient):
        return ""
    return sentence(message_threads.general(work(), patient))


def mood(thread: Thread) -> str:
    if not thread.is_waiting or thread.row is None:
        return "done"
    return "late" if urgency(thread.row.due_on, thread.patient.jurisdiction) == "late" else "yours"


def urgency(due_on: date | None, law: str) -> str:
    """How what waits stands today, on the calendar on which its day was counted."""
    return rules.urgency(due_on, work().today, jurisdictions.profile(law).calendar, work().clinic.closed_days)


def sentence(thread: Thread) -> str:
    """Who answers, and by when."""
    if thread.row is None:
        return _("Nothing is written here yet.")
    if not thread.is_waiting:
        return _("Nothing waits for an answer.")
    due = say_date(thread.row.due_on or work().today)
    words = rules.worded(thread.row.due_on, work().today)
    return _("%(who)s answers by %(day)s: %(words)s.", who=who(thread), day=due, words=words)


def who(thread: Thread) -> str:
    """Who answers, in words."""
    found = message_answerers.named(work(), thread)
    if found.for_name:
        return _("%(name)s, for %(away)s who is away,", name=found.name, away=found.for_name)
    return found.name or _("Whoever comes first")
