"""The ways a letter goes out, and what can become of it on each."""

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

from portal.domain.errors import Invalid, NotPossible
from portal.domain.words import N_, _


class Way(StrEnum):
    PORTAL = "portal"
    EMAIL = "email"
    POST = "post"
    COURIER = "courier"
    FAX = "fax"
    PHONE = "phone"
    COUNTER = "counter"


class Stage(StrEnum):
    """Where a letter is on one of its ways."""

    WAITING = "waiting"  # somebody has to look at it, or to read it
    CONFIRMED = "confirmed"  # the recipient was looked at; the worker prints or sends
    READY = "ready"  # printed
    SENT = "sent"
    ARRIVED = "arrived"
    TASK = "task"  # it came back or could not be sent: somebody has to do something
    SETTLED = "settled"


class Event(StrEnum):
    PREPARED = "prepared"
    CONFIRMED = "confirmed"
    RECALLED = "recalled"
    DIALLED = "dialled"  # from here on a fax may be gone: the number stands with it
    STRAYED = "strayed"
    PRINTED = "printed"
    POSTED = "posted"
    HANDED = "handed"
    SENT = "sent"
    ARRIVED = "arrived"
    OPENED = "opened"
    TOLD = "told"
    NOT_REACHED = "not_reached"
    FAILED = "failed"
    RETURNED = "returned"
    SETTLED = "settled"


WAY_NAMES = {
    Way.PORTAL: N_("In the portal"),
    Way.EMAIL: N_("E-mail notice"),
    Way.POST: N_("Post"),
    Way.COURIER: N_("Courier"),
    Way.FAX: N_("Fax"),
    Way.PHONE: N_("Telephone"),
    Way.COUNTER: N_("At the front desk"),
}
STAGE_NAMES = {
    Stage.WAITING: N_("look at the recipient"),
    Stage.CONFIRMED: N_("being printed"),
    Stage.READY: N_("printed"),
    Stage.SENT: N_("sent"),
    Stage.ARRIVED: N_("arrived"),
    Stage.TASK: N_("needs somebody"),
    Stage.SETTLED: N_("settled"),
}
EVENT_NAMES = {
    Event.PREPARED: N_("Put on the list"),
    Event.CONFIRMED: N_("The recipient was looked at"),
    Event.RECALLED: N_("Taken back: the recipient has changed"),
    Event.DIALLED: N_("Being handed over to be faxed to the number below"),
    Event.STRAYED: N_("It may have been faxed to the number below before it was taken back or settled"),
    Event.PRINTED: N_("Printed"),
    Event.POSTED: N_("Handed over to be carried"),
    Event.HANDED: N_("Handed over at the desk"),
    Event.SENT: N_("Sent"),
    Event.ARRIVED: N_("Arrived"),
    Event.OPENED: N_("Opened in the portal"),
    Event.TOLD: N_("Told by telephone"),
    Event.NOT_REACHED: N_("Nobody was reached by telephone"),
    Event.FAILED: N_("It could not be sent"),
    Event.RETURNED: N_("It came back"),
    Event.SETTLED: N_("Settled"),
}
WHY_NAMES = {
    "reads_here": N_("She reads it in the portal."),
    "told_by_email": N_("She was told by e-mail that a letter waits."),
    "no_account": N_("She has no sign-in to the portal."),
    "asked": N_("She asked for it this way."),
    "no_email": N_("She has a sign-in, but no e-mail may tell her that something waits."),
    "outside": N_("It goes to somebody outside the clinic."),
    "again": N_("It is sent again."),
    "chosen": N_("Somebody of the office chose this way."),
    "invited": N_("It brings what she comes into the portal with, this once."),
    "law": N_("The law wants this letter to be posted."),
}
PROBLEM_NAMES = {
    "no_way": N_("No address may be used, or none is known. Find out how she can be reached, and choose a way."),
    "no_safe_way": N_(
        "No address was safe for this letter. Do not post it. Give it to her at the clinic, or ask her for an address."
    ),
    "no_address": N_("No address is known for this recipient. Find it, and choose a way."),
    "mail_given_up": N_("The e-mail did not go through for a day. Check the address with her, and choose another way."),
    "fax_given_up": N_("The fax did not go through for a day. Check the number with her, and choose another way."),
    "fax_refused": N_("The fax was refused. Check the number with her, and choose another way."),
    "fax_off": N_("No fax machine is set up in the portal any more. Send it at the machine, or choose another way."),
    "fax_silent": N_("Nobody heard for a day whether the fax arrived. Ask the recipient, and choose what to do."),
    "fax_strayed": N_(
        "A fax of this letter may have gone out before it was taken back or settled. The number stands below. "
        "Ask there what arrived. If the number was wrong, tell the office administrator today."
    ),
    "print_given_up": N_("The letter could not be printed. Try again, and tell whoever runs the portal."),
    "was_wrong": N_(
        "She got this letter, and it was wrong: nothing was given. Write to her that it was wrong, then note it here."
    ),
    "returned": N_("It came back. Check the address with her, or choose another way."),
}
# What a step followed from, where it was no step of its own.
FOLLOWED_FROM = {
    "used": N_("The code was used."),
    "ended": N_("Its code opens nothing any more."),
    "elsewhere": N_("It was written down at the case that it went out."),
    "opened": N_("She opened the letter in the portal."),
    "reached": N_("A later e-mail went through."),
    "corrected": N_("The register was corrected: what this letter says was wrong."),
}
PAPER = (Way.POST, Way.COURIER, Way.COUNTER)
CARRIED = (Way.POST, Way.COURIER)
NOTHING_MORE = "nothing"  # the code of an event by which somebody settled that nothing more is to be done
BROUGHT = "brought"  # the same, of a letter about a disclosure, of before such letters stood in these lists
BY_HAND = (*PAPER, Way.FAX, Way.PHONE)  # what somebody of the office does

# (ways, stages before) -> the stage after.
STEPS: dict[Event, tuple[tuple[Way, ...], tuple[Stage, ...], Stage]] = {
    Event.CONFIRMED: ((*PAPER, Way.FAX), (Stage.WAITING,), Stage.CONFIRMED),
    Event.RECALLED: ((*PAPER, Way.FAX), (Stage.CONFIRMED, Stage.READY), Stage.WAITING),
    Event.DIALLED: ((Way.FAX,), (Stage.CONFIRMED,), Stage.CONFIRMED),
    Event.PRINTED: ((*PAPER, Way.FAX), (Stage.CONFIRMED,), Stage.READY),
    Event.POSTED: ((*CARRIED, Way.FAX), (Stage.READY,), Stage.SENT),
    Event.HANDED: ((Way.COUNTER,), (Stage.READY,), Stage.ARRIVED),
    Event.SENT: ((Way.FAX,), (Stage.CONFIRMED,), Stage.SENT),
    Event.ARRIVED: ((*CARRIED, Way.FAX), (Stage.SENT,), Stage.ARRIVED),
    Event.OPENED: ((Way.PORTAL,), (Stage.WAITING,), Stage.ARRIVED),
    Event.TOLD: ((Way.PHONE,), (Stage.WAITING,), Stage.ARRIVED),
    Event.NOT_REACHED: ((Way.PHONE,), (Stage.WAITING,), Stage.WAITING),
    Event.FAILED: ((*PAPER, Way.FAX), (Stage.CONFIRMED, Stage.SENT), Stage.TASK),
    Event.RETURNED: ((*CARRIED, Way.FAX, Way.EMAIL), (Stage.SENT, Stage.ARRIVED), Stage.TASK),
    Event.SETTLED: (BY_HAND, (Stage.WAITING, Stage.CONFIRMED, Stage.READY, Stage.TASK), Stage.SETTLED),
}


def after(way: Way, stage: Stage, event: Event) -> Stage:
    """The stage after ``event``. Raises NotPossible when it does not follow."""
    ways, before, then = STEPS[event]
    mail_task = (event, way, stage) == (Event.SETTLED, Way.EMAIL, Stage.TASK)
    if (way not in ways or stage not in before) and not mail_task:
        raise NotPossible(_("This letter has gone on since you looked at it, so nothing was done. Look at it again."))
    return then


@dataclass(frozen=True)
class Return:
    """Why a letter came back; ``doubts`` when the address or number must be checked before it is used again."""

    id: str
    title: str
    patient: str
    doubts: bool


@cache
def returns() -> tuple[Return, ...]:
    table = tomllib.loads(files("portal.domain").joinpath("dispatches.toml").read_text("utf-8"))
    return tuple(Return(**each) for each in table["returns"])


def find_return(wanted: str) -> Return:
    """Raises Invalid for what is not in the list."""
    found = next((each for each in returns() if each.id == wanted), None)
    if found is None:
        raise Invalid(_("Choose why it came back."), "reason")
    return found
