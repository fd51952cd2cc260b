"""How a letter went, as its reader is told: by which way, on which day, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import and_, or_, select

from portal.domain.dispatches import Event, Stage, Way
from portal.domain.policy import Permission
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.services import contact_plans
from portal.services.sealing import unseal_json
from portal.services.work import Work

TOLD = (Event.POSTED, Event.HANDED, Event.SENT, Event.ARRIVED, Event.OPENED, Event.TOLD, Event.RETURNED, Event.FAILED)
NOTHING_MORE = "nothing"  # what a try was settled with


@dataclass(frozen=True)
class Went:
    """Something a letter's reader is told. ``home``: it went to her address on file, and that may be said.

    ``settled``: nobody looks for another way of this try any more.
    """

    way: Way
    event: Event
    on: date
    code: str = ""
    tracking: str = ""
    home: bool = False
    by_reader: bool = False
    settled: bool = False


def of_letters(work: Work, case: Any, letter_ids: Iterable[UUID]) -> dict[UUID, list[Went]]:
    """How each of these letters of a case went, the oldest first; what goes to somebody outside is told elsewhere.

    Where something was sent is told to nobody but the patient herself, and not when her plan is to be kept from
    whoever looks over her shoulder.
    """
    work.must(Permission.REQUEST_VIEW, case)
    herself = work.actor.patient_id == case.patient_id
    open_talk = herself and not contact_plans.open_ways(work, case.patient).neutral
    query = select(Dispatch, DispatchEvent).join(DispatchEvent, DispatchEvent.dispatch_id == Dispatch.id)
    given_up = and_(DispatchEvent.event == Event.SETTLED, DispatchEvent.code == NOTHING_MORE)
    query = query.where(
        Dispatch.letter_id.in_(list(letter_ids)),
        Dispatch.case_id == case.id,
        Dispatch.outside.is_(False),
        or_(DispatchEvent.event.in_(TOLD), and_(given_up, Dispatch.problem != "")),
    )
    found: dict[UUID, list[Went]] = {}
    for dispatch, event in work.db.execute(query.order_by(DispatchEvent.at, DispatchEvent.id)):
        if herself or dispatch.way in (Way.PORTAL, Way.EMAIL):
            said = _went(work, dispatch, event, open_talk)
            found.setdefault(dispatch.letter_id, []).append(said)
    return found


def _was_hers(dispatch: Dispatch, target: dict[str, Any]) -> bool:
    """Whether it went to the patient's own address, and not to that of who asked in her place."""
    if target.get("reader"):
        return bool(target["reader"] == str(dispatch.patient_id))
    return dispatch.account_id in (None, dispatch.patient.account_id)


def _went(work: Work, dispatch: Dispatch, event: DispatchEvent, open_talk: bool) -> Went:
    target = unseal_json(work, dispatch.patient_id, dispatch, "target_sealed") if open_talk else None
    return Went(
        way=Way(dispatch.way),
        event=Event(event.event),
        on=event.on,
        code=event.code,
        tracking=event.tracking if open_talk else "",
        home=bool(target and target.get("on_file") and _was_hers(dispatch, target)),
        settled=dispatch.stage == Stage.SETTLED,
        by_reader=event.by_id is not None and event.by_id == work.actor.id,
    )
