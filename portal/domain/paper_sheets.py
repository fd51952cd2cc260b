"""What stands on each form on paper: the questions of the portal's own forms, in the same words, with room to write.

``tests/web/test_paper_forms.py`` holds every label beside the form of the portal that asks the same.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain import complaint_rules, contact_plans, paper_forms, purposes
from portal.domain.access_requests import Delivery
from portal.domain.paper_forms import PaperForm
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.rights import RIGHT_NAMES
from portal.domain.wishes import DELIVERY_NAMES, MODE_NAMES, SCOPE_NAMES
from portal.domain.words import N_, _, language

ONE, SOME, LINE, LINES, DAY = "one", "some", "line", "lines", "day"


@dataclass(frozen=True)
class Question:
    """A label with room for the answer: boxes to tick (``one`` or ``some`` of ``choices``), a line, lines, or a day."""

    label: str
    kind: str = LINE
    choices: tuple[str, ...] = ()
    hint: str = ""
    rows: int = 1


@dataclass(frozen=True)
class Sheet:
    """A whole form in the language spoken now. ``read`` is read before it is signed; ``told`` is how it goes on."""

    title: str
    lead: str
    questions: tuple[Question, ...]
    read: tuple[str, ...] = ()
    told: tuple[str, ...] = ()


# “Here” is on the screen.
ON_PAPER = {Delivery.DOWNLOAD: N_("Download it in the portal")}
# Who fills it in: on every form.
NAME = N_("Your full name")
BORN = N_("Your date of birth")
NUMBER = N_("Your number with us, if you know it")
PHONE = N_("Your telephone number, with its area code")
ADDRESS = N_("Your mailing address, with its postal code")
EMAIL = N_("Your e-mail address, if we may write to it")
OTHER = N_("If you act for the patient: your own name, and by what right")
SIGNATURE = N_("Your signature")
TODAY = N_("Today’s date")
WHO = (NAME, BORN, NUMBER, ADDRESS, PHONE, EMAIL, OTHER)
SHORT = (BORN, NUMBER, PHONE, EMAIL)  # half a line is enough
SAFE = (NAME, BORN, NUMBER, PHONE, OTHER)  # the form asks which address is safe, and wants no other


def who(form: PaperForm) -> tuple[str, ...]:
    """What each form asks of whoever fills it in: also where to answer, for she may have no file (law.md 17)."""
    return SAFE if form.id == "contact" else WHO


def sheet(form: PaperForm, purpose: str = "") -> Sheet:
    """The form in words."""
    asks = tuple(_said(question) for question in _QUESTIONS[form.id]())
    found = purposes.find(purpose) if purpose else None
    title = _(form.title) if found is None else _("My consent: %(purpose)s", purpose=_(found.title))
    read = purposes.wording(found, language()).paragraphs if found else ()
    return Sheet(title, _(form.use), asks, read, tuple(_(words) for words in _TOLD.get(form.id, (_BRING,))))


def _said(question: Question) -> Question:
    choices = tuple(_(each) for each in question.choices)
    return Question(_(question.label), question.kind, choices, _(question.hint) if question.hint else "", question.rows)


def _names(table: Mapping[Any, str]) -> tuple[str, ...]:
    return tuple(table.values())


def _titles(entries: Iterable[contact_plans.Entry]) -> tuple[str, ...]:
    return tuple(each.title for each in entries)


def _access() -> tuple[Question, ...]:
    return (
        Question(N_("Do you want a copy, or to view the original?"), ONE, _names(MODE_NAMES)),
        Question(N_("What do you want to see?"), ONE, _names(SCOPE_NAMES), N_("You do not have to say why.")),
        Question(N_("Which kinds of entries?"), SOME, _names(CATEGORY_NAMES), N_("Tick all that you want.")),
        Question(N_("First day"), DAY),
        Question(N_("Last day"), DAY),
        Question(N_("What do you want to see, in your own words?"), LINES, rows=4),
        Question(N_("Tell me as well how you used my information, and whom you gave it to"), SOME, (N_("Yes"),)),
        Question(N_("How do you want to get the copy?"), ONE, _names(DELIVERY_NAMES | ON_PAPER)),
        Question(N_("The address to send it to"), LINES, rows=2),
        Question(N_("The fax number, with its area code")),
        Question(N_("In which language should we write to you?")),
        Question(N_("Anything else you need?"), LINES, rows=2),
    )


def _accuracy() -> tuple[Question, ...]:
    return (
        Question(
            N_("Where does it stand?"), LINES, hint=N_("For example: in the letter of the visit last March."), rows=2
        ),
        Question(N_("What is wrong, or missing?"), LINES, rows=6),
        Question(N_("What would be right?"), LINES, rows=6),
    )


def _complaint() -> tuple[Question, ...]:
    return (
        Question(N_("What is it about?"), ONE, tuple(each.title for each in complaint_rules.kinds())),
        Question(N_("Number of the request it is about, if there is one")),
        Question(
            N_("What happened?"), LINES,
            hint=N_("In your own words, in any language. You do not have to prove anything."), rows=8,
        ),
        Question(N_("What should we do about it? You can leave this empty."), LINES, rows=3),
        Question(N_("Is it about somebody who works here?"), LINE),
        Question(N_("Send it straight to the office administrator"), SOME, (N_("Yes"),)),
    )  # fmt: skip


def _consent() -> tuple[Question, ...]:
    return (
        Question(N_("Do you agree?"), ONE, (N_("Yes, I agree"), N_("No, I do not agree"))),
        Question(N_("Who may receive it?"), LINES, rows=2),
        Question(N_("What is it about?"), SOME, _names(CATEGORY_NAMES)),
        Question(N_("Its last day"), DAY),
    )


def _withdrawal() -> tuple[Question, ...]:
    return (
        Question(N_("Which consent do you take back?"), LINES, rows=3),
        Question(
            N_("Do you want to talk with the physician?"), ONE, (N_("Yes"), N_("No")),
            N_("It counts from the moment we receive this paper. Nothing waits for the talk."),
        ),
    )  # fmt: skip


def _representative() -> tuple[Question, ...]:
    return (
        Question(N_("Full name of who will act")),
        Question(N_("Mailing address of who will act"), LINES, rows=2),
        Question(N_("E-mail address of who will act")),
        Question(N_("What exactly?"), SOME, _names(RIGHT_NAMES)),
        Question(N_("Which kinds?"), SOME, _names(CATEGORY_NAMES), N_("Tick none for all of the record.")),
        Question(N_("First day"), DAY),
        Question(N_("Last day"), DAY),
        Question(N_("Signature of who will act")),
        Question(N_("Name and signature of a witness")),
    )


def _contact() -> tuple[Question, ...]:
    offered = contact_plans.choices()
    return (
        Question(
            N_("How do you like us to reach you?"), ONE, (N_("In the portal only"), *_titles(offered.channels[1:]))
        ),
        Question(N_("What must we never do?"), SOME, _titles(offered.never)),
        Question(N_("A telephone number that is safe")),
        Question(N_("When may we call it?")),
        Question(N_("You may leave a message there"), SOME, (N_("Yes"),)),
        Question(N_("An e-mail address that is safe")),
        Question(N_("A postal address that is safe"), LINES, rows=3),
        Question(
            N_("Nothing outside may say who writes: no name of the clinic on envelopes and e-mails"), SOME, (N_("Yes"),)
        ),
        Question(N_("In which language should we write and talk to you?")),
        Question(N_("What helps you?"), SOME, _titles(offered.formats)),
    )


def _statement() -> tuple[Question, ...]:
    return (
        Question(N_("Number of the request it is about, if there is one")),
        Question(N_("Why do you not agree?"), LINES, rows=12),
    )


_QUESTIONS: Mapping[str, Callable[[], tuple[Question, ...]]] = {
    "access": _access,
    "accuracy": _accuracy,
    "complaint": _complaint,
    paper_forms.CONSENT: _consent,
    "withdrawal": _withdrawal,
    "representative": _representative,
    "contact": _contact,
    "statement": _statement,
}
_BRING = N_("Bring or send this form to the clinic. The day on which it reaches us counts.")
_TOLD = {
    "access": (_BRING, N_("We check who is asking, and write to you with the day by which we must answer.")),
    "representative": (_BRING, N_("Bring photo identification, both of you.")),
    "contact": (
        N_("Bring this form yourself if you can. Do not send it by a way that somebody else can read."),
        N_("Do not write a code word here. Tell it to us at the counter."),
    ),
}
