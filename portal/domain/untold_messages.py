"""A message of which no e-mail could tell its reader: what the office does first, and how she was told otherwise.

Nothing here says what a message is about. Whoever tells her says that a message waits, and no more.
"""

from enum import StrEnum

from portal.domain import contact_plans as plans
from portal.domain.contact_plans import Reach
from portal.domain.errors import Invalid
from portal.domain.words import N_, _

LONGEST_WORDS = 1000


class How(StrEnum):
    """What settled it. The first three are what somebody of the office does, the others happen by themselves."""

    SPOKE = "spoke"
    WROTE = "wrote"
    NOT_TOLD = "not_told"
    OPENED = "opened"
    REACHED = "reached"


class Why(StrEnum):
    """Why no e-mail told her: it was given up, or none may be sent to her."""

    GIVEN_UP = "given_up"
    NO_EMAIL = "no_email"


HAPPENED = {
    Why.GIVEN_UP: N_("The e-mail that a message waits for %(name)s did not go through."),
    Why.NO_EMAIL: N_("No e-mail may tell %(name)s that a message waits."),
}
HOW_NAMES = {
    How.SPOKE: N_("I told her, on the telephone or here, that a message waits"),
    How.WROTE: N_("I wrote to her that a message waits"),
    How.NOT_TOLD: N_("She cannot be told, or need not be any more"),
}


def what_to_do(why: str, reach: Reach | None, hears: bool) -> str:
    """What the office does about it, by the ways that are open to her; ``reach`` is None where she has no file here.

    ``hears`` is False for somebody whose power is over or rests: she must not learn of it any more.
    """
    if not hears:
        return _("Do not tell this person any more: what is written here is no longer for her. Write down why.")
    if reach is None:
        return _("She has no file here. Find out how she can be reached, and tell her that a message waits.")
    first = _first(reach)
    return f"{first} {_('Check her e-mail address with her.')}" if why == Why.GIVEN_UP else first


def _first(reach: Reach) -> str:
    if reach.phone:
        return _("Call her and say that a message waits.")
    if reach.address:
        return _("No number may be called. Write to her by post that a message waits.")
    return _("No number and no address is safe. Tell her when she is here, and ask how we may reach her.")


def check(how: str, verified: str, words: str) -> How:
    """How she was told, as it may be kept. Raises Invalid, naming the field, for the first thing that lacks."""
    found = next((each for each in HOW_NAMES if each == how), None)
    if found is None:
        raise Invalid(_("Choose what you did."), "how")
    if found is How.SPOKE and plans.entry(plans.choices().verified, verified) is None:
        raise Invalid(_("Choose how you knew that it was she."), "verified")
    if not words.strip():
        raise Invalid(_("Say how she was told, or why she was not."), "words")
    if len(words) > LONGEST_WORDS:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_WORDS), "words")
    return found
