"""The questions about how a patient may be reached, the same for herself and for the office that asks her."""

from typing import Any

from portal.domain.contact_plans import LONGEST, Entry, Plan, choices
from portal.domain.words import N_
from portal.web.fields import Address, Choice, Choices, Email, Phone, Text, Tick, required
from portal.web.languages import own_names

KEPT = ("channel", "language", "phone", "phone_when", "message_ok", "address", "email", "neutral")


def _offered(entries: tuple[Entry, ...]) -> list[tuple[str, str]]:
    return [(each.id, each.title) for each in entries]


def _hints(entries: tuple[Entry, ...]) -> dict[str, str]:
    return {each.id: each.hint for each in entries if each.hint}


class PlanFields:
    """Put beside ``Form`` or ``StepUpForm``; every part but the way and the language may stay empty."""

    channel = Choice(
        N_("How do you like us to reach you?"),
        [required(N_("Choose how we should reach you."))],
        choices=_offered(choices().channels),
        hints=_hints(choices().channels),
    )
    never = Choices(
        N_("What must we never do?"),
        hint=N_("Leave it empty if nothing is dangerous for you."),
        choices=_offered(choices().never),
    )
    phone = Phone(
        N_("A telephone number that is safe"),
        hint=N_("Such as a number at work, or of somebody you trust. With its area code."),
        most=LONGEST["phone"],
        width=20,
    )
    phone_when = Text(N_("When may we call it?"), hint=N_("Such as weekdays from 9 to 3."), most=LONGEST["phone_when"])
    message_ok = Tick(N_("You may leave a message there"))
    email = Email(
        N_("An e-mail address that is safe"),
        hint=N_("Nobody else can read it. We send only word that there is something for you."),
        most=LONGEST["email"],
    )
    address = Address(
        N_("A postal address that is safe"),
        hint=N_("As it stands on an envelope, with a line for the street and one for the place."),
        limit=LONGEST["address"],
        rows=4,
    )
    neutral = Tick(N_("Nothing outside may say who writes: no name of the clinic on envelopes and e-mails"))
    code_word = Text(
        N_("A code word for the telephone"),
        hint=N_(
            "We ask for it before we say anything. It is not shown again. Leave this empty to keep the one you have."
        ),
        most=LONGEST["code_word"],
        width=20,
        autocomplete="off",
    )
    language = Choice(N_("In which language should we write and talk to you?"), [required(N_("Choose a language."))])
    formats = Choices(N_("What helps you?"), choices=_offered(choices().formats))


ASKS = (
    "channel", "never", "phone", "phone_when", "message_ok", "email", "address", "neutral", "code_word", "language",
    "formats",
)  # fmt: skip


def given(plan: Plan, language: str) -> dict[str, Any]:
    """The plan as the form begins with it; without one, the language of the file."""
    values = {name: getattr(plan, name) for name in KEPT}
    values["language"] = plan.language or language
    return values | {"formats": list(plan.formats), "never": list(plan.never)}


def offer_languages(form: Any) -> None:
    form.language.choices = own_names()


def told(form: Any) -> Plan:
    """The plan a valid form says."""
    values = {name: getattr(form, name).data or getattr(Plan, name) for name in KEPT}
    return Plan(**values, formats=tuple(form.formats.data or ()), never=tuple(form.never.data or ()))
