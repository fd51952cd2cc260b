"""Messages as the patient's side reads of them: a line for each thread, where it stands, what is new."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import url_for

from portal.domain.dates import say_date
from portal.domain.words import _, ngettext
from portal.services import message_answerers, message_threads
from portal.services.message_threads import Listed
from portal.web.patient import accuracy_cards, cards, complaint_cards, consent_cards
from portal.web.patient.cards import Need
from portal.web.work import work

TITLES: dict[str, Callable[[Any], str]] = {
    "access_request": cards.title,
    "consent_change": lambda case: consent_cards.card(case).title,
    "accuracy_note": lambda case: accuracy_cards.card(case).title,
    "complaint": lambda case: complaint_cards.card(case).title,
}


@dataclass(frozen=True)
class Line:
    """A thread of the list: ``new`` says how many of the clinic's messages are new, in words."""

    title: str
    href: str
    reference: str
    sentence: str
    new: str


def title(thread: Any) -> str:
    """What the thread is about."""
    return TITLES[thread.case.kind](thread.case) if thread.case is not None else _("Questions about your privacy")


def address(thread: Any) -> str:
    if thread.case is not None:
        return url_for("patient.case_messages", reference=thread.reference)
    own = thread.patient.id == work().actor.patient_id
    return url_for("patient.general_messages", **({} if own else {"for": thread.patient.id}))


def line(listed: Listed) -> Line:
    new = ngettext("%(n)s new message", "%(n)s new messages", listed.new) if listed.new else ""
    told = sentence(listed.thread) if listed.messages else _("Nothing is written here yet.")
    return Line(title(listed.thread), address(listed.thread), listed.thread.reference, told, new)


def sentence(thread: Any) -> str:
    """Where it stands: who answers and by when, or that nothing waits."""
    if not thread.is_waiting:
        return _("Nothing waits for an answer.")
    who, day = message_answerers.named(work(), thread), say_date(thread.row.due_on)
    if thread.row.due_on < work().today:
        return _("We wanted to answer by %(day)s. We are late. Call us if you cannot wait.", day=day)
    if who.for_name:
        places = {"away": who.for_name, "name": who.name, "day": day}
        return _("%(away)s is away. %(name)s means to answer you by %(day)s.", **places)
    if who.name:
        return _("%(name)s means to answer you by %(day)s.", name=who.name, day=day)
    return _("We mean to answer you by %(day)s.", day=day)


def needs(person: Any) -> list[Need]:
    """What the clinic wrote and nobody of the reader's side has opened."""
    found = [each for each in message_threads.of_patient(work(), person) if each.new]
    return [
        Need(
            ngettext("We wrote you %(n)s message: %(about)s.", "We wrote you %(n)s messages: %(about)s.", each.new,
                     about=title(each.thread)),
            address(each.thread),
            _("Read it") if each.new == 1 else _("Read them"),
            gift=True,
        )
        for each in found
    ]  # fmt: skip
