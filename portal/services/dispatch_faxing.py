"""A fax on its way: printed, written down as dialled, handed over, asked after. Three jobs, each safe to repeat.

A fax is named after the line that says that it is being handed over, and to which number. So each confirmation is a
fax of its own, a second try of it is the same fax, and one that was handed over is known whatever became of its row.
Why: docs/decisions/0168-a-fax-is-a-job-with-an-answer.md.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.domain.clocks import local_date
from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import Event, Stage, Way
from portal.domain.errors import Hopeless, Later
from portal.models.base import new_id
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.letters import StoredFile
from portal.services import correspondence, dispatch_printing, dispatches, files, gone_letters, posting
from portal.services.dispatch_printing import Made, Sheets
from portal.services.work import Report, Work

FIRST_LOOK = timedelta(minutes=2)  # until a fax server is first asked how it went


@dataclass(frozen=True)
class Going:
    """A fax to hand over; without sheets when it may not go any more, and it is only asked whether it went before."""

    name: str
    number: str = ""
    sheets: bytes = b""


class Came(StrEnum):
    """What came of handing a fax over."""

    SENT = "sent"
    NOT = "not"
    PERHAPS = "perhaps"  # it was taken back meanwhile, and nobody can know whether that was in time
    REFUSED = "fax_refused"
    OFF = "fax_off"  # faxing was switched off since somebody confirmed the number


def to_print(work: Work, payload: dict[str, Any]) -> Sheets | None:
    """The sheets of a fax; None when they were printed before, or it was taken back."""
    found = work.db.get(Dispatch, UUID(payload["dispatch"]))
    if found is None or _dialled(work, found):
        return None
    return dispatch_printing.to_print(work, payload)


def keep_sheets(work: Work, payload: dict[str, Any], made: Made | None) -> None:
    """Write down to which number it is being handed over, before it is."""
    if _dialled(work, dispatches.find(work, UUID(payload["dispatch"]), lock=True)):
        dispatch_printing.drop(work, made)
        return
    found = dispatch_printing.kept(work, payload, made)
    if found is None:
        return
    target = dispatches.target_of(work, found)
    line = dispatches.step(work, found, Event.DIALLED, words=target["number"])
    dispatches.keep_target(work, found, target | {"fax": str(line.id)})
    work.promise("fax_send", f"fax_send/{line.id}", dispatch=str(found.id), fax=str(line.id))


def _dialled(work: Work, found: Dispatch) -> str:
    """Which line says that it is being handed over, for the number that was confirmed last."""
    return str(dispatches.target_of(work, found).get("fax", ""))


def _is_ours(work: Work, found: Dispatch, payload: dict[str, Any], stage: Stage = Stage.CONFIRMED) -> bool:
    """Whether this job is about the number that was confirmed last, and the letter is still where the job left it."""
    return found.stage == stage and _dialled(work, found) == payload.get("fax", "")


def name_of(payload: dict[str, Any]) -> str:
    """What the gateway knows a fax by; one of before the number was written down, by its letter."""
    return f"fax-{payload.get('fax') or payload['dispatch']}"


def to_send(work: Work, payload: dict[str, Any]) -> Going:
    """What is to be handed over."""
    found = work.db.get_one(Dispatch, UUID(payload["dispatch"]))
    if not _is_ours(work, found, payload) or not posting.is_right(work, found):
        return Going(name_of(payload))
    sheets = b"".join(files.stream(work, work.db.get_one(StoredFile, found.file_id)))
    return Going(name_of(payload), dispatches.target_of(work, found)["number"], sheets)


def send(work: Work, wanted: Going, _report: Report) -> Came:
    """Hand over to the gateway. A firm no is no fault of the job: it is told to the office."""
    gateway = work.outside.fax
    if gateway is None:
        return Came.OFF
    if not wanted.sheets:
        took = gateway.took(wanted.name)
        return Came.PERHAPS if took is None else Came.SENT if took else Came.NOT
    try:
        gateway.send(wanted.number, wanted.sheets, wanted.name)
    except Hopeless:
        return Came.REFUSED
    return Came.SENT


def keep_sent(work: Work, payload: dict[str, Any], came: Came) -> None:
    """The fax was handed over. Where its letter has gone on meanwhile, that is a task: it may lie where it must not."""
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    ours = _is_ours(work, found, payload)
    if came is Came.SENT and ours:
        _sent(work, found, payload)
    elif came in (Came.REFUSED, Came.OFF) and ours:
        dispatch_printing.failed(work, found, came)
    elif ours:
        posting.still_right(work, found)
    if came is Came.PERHAPS or (not ours and came in (Came.SENT, Came.OFF)):
        _strayed(work, found, payload)


def _sent(work: Work, found: Dispatch, payload: dict[str, Any]) -> None:
    """Whether it arrived is asked where that can be known; only then was the recipient told."""
    dispatches.step(work, found, Event.SENT)
    if work.outside.fax is not None and work.outside.fax.answers:
        work.promise("fax_outcome", f"fax_outcome/{new_id()}", work.now + FIRST_LOOK, **payload)
    else:
        gone_letters.went_out(work, found, work.today)


def _strayed(work: Work, found: Dispatch, payload: dict[str, Any]) -> None:
    """A row of its own, whatever became of the letter's: where it may have gone, and somebody has to ask there.

    What still lies with the gateway is taken out: it may stop what has not gone yet.
    """
    line = work.db.get_one(DispatchEvent, UUID(payload["fax"]))
    planned = Planned(Way.FAX, found.why, "fax_strayed")
    row = dispatches.make(work, found.letter, planned, found.account_id, found.outside, follows=found)
    dispatches.note(work, row, Event.STRAYED, on=line.on, words=correspondence.words_of(work, found, line))
    _forget(work, payload)


def _forget(work: Work, payload: dict[str, Any]) -> None:
    """Her letter lies there in clear: nobody waits for it any more."""
    if work.outside.fax is not None:
        work.outside.fax.forget(name_of(payload))


def give_up(work: Work, payload: dict[str, Any]) -> None:
    """The last try to hand it over has failed. It may have been handed over all the same."""
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    took = _took(work, payload)
    if _is_ours(work, found, payload):
        dispatch_printing.failed(work, found, "fax_silent" if took else "fax_given_up")
    elif took is not False:
        _strayed(work, found, payload)
    _forget(work, payload)


def _took(work: Work, payload: dict[str, Any]) -> bool | None:
    try:
        return work.outside.fax.took(name_of(payload)) if work.outside.fax is not None else None
    except Later:
        return None


def give_up_printing(work: Work, payload: dict[str, Any]) -> None:
    """The last try to print it has failed: nothing was dialled."""
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    if found.stage == Stage.CONFIRMED and not _dialled(work, found):
        dispatch_printing.failed(work, found, "print_given_up")


# Whether a fax arrived


def to_ask(work: Work, payload: dict[str, Any]) -> str | None:
    """The name of a fax of which nobody knows yet how it went."""
    found = work.db.get(Dispatch, UUID(payload["dispatch"]))
    return name_of(payload) if found is not None and _is_ours(work, found, payload, Stage.SENT) else None


def ask(work: Work, name: str | None, _report: Report) -> bool | None:
    """True when it arrived, False when it did not go through; raises Later while nobody knows."""
    if name is None or work.outside.fax is None:
        return None
    try:
        work.outside.fax.outcome(name)
    except Hopeless:
        return False
    return True


def keep_outcome(work: Work, payload: dict[str, Any], arrived: bool | None) -> None:
    """It arrived on the day on which it was handed over, or it is a task for the office."""
    if arrived is None:
        return
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    if not _is_ours(work, found, payload, Stage.SENT):
        return
    if not arrived:
        dispatch_printing.failed(work, found, "fax_refused")
        return
    sent_on = local_date(work.profile, found.changed_at)
    dispatches.step(work, found, Event.ARRIVED)
    gone_letters.went_out(work, found, sent_on)


def give_up_asking(work: Work, payload: dict[str, Any]) -> None:
    """Nobody heard for a day."""
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    if _is_ours(work, found, payload, Stage.SENT):
        dispatch_printing.failed(work, found, "fax_silent")
    _forget(work, payload)
