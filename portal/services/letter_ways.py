"""How a letter went, as its reader is told: by which way, on which day, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.dispatches import Event, Way
from portal.domain.policy import Permission
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.services import contact_plans
from portal.services.sealing import unseal_json
from portal.services.work import Work

TOLD = (Event.POSTED, Event.HANDED, Event.SENT, Event.ARRIVED, Event.OPENED, Event.TOLD, Event.RETURNED, Event.FAILED)


@dataclass(frozen=True)
class Went:
    """Something a letter's reader is told. ``home``: it went to the address on file, and that may be said."""

    way: Way
    event: Event
    on: date
    code: str = ""
    tracking: str = ""
    home: bool = False
    by_reader: bool = False


def of_letters(work: Work, case: Any, letter_ids: Iterable[UUID]) -> dict[UUID, list[Went]]:
    """How each of these letters of a case went, the oldest first; what goes to somebody outside is told elsewhere.

    Where something was sent is told to nobody but the patient herself, and not when her plan is to be kept from
    whoever looks over her shoulder.
    """
    work.must(Permission.REQUEST_VIEW, case)
    herself = work.actor.patient_id == case.patient_id
    open_talk = herself and not contact_plans.open_ways(work, case.patient).neutral
    query = select(Dispatch, DispatchEvent).join(DispatchEvent, DispatchEvent.dispatch_id == Dispatch.id)
    query = query.where(
        Dispatch.letter_id.in_(list(letter_ids)),
        Dispatch.case_id == case.id,
        Dispatch.outside.is_(False),
        DispatchEvent.event.in_(TOLD),
    )
    found: dict[UUID, list[Went]] = {}
    for dispatch, event in work.db.execute(query.order_by(DispatchEvent.at, DispatchEvent.id)):
        if herself or dispatch.way in (Way.PORTAL, Way.EMAIL):
            said = _went(work, dispatch, event, open_talk)
            found.setdefault(dispatch.letter_id, []).append(said)
    return found


def _went(work: Work, dispatch: Dispatch, event: DispatchEvent, open_talk: bool) -> Went:
    target = unseal_json(work, dispatch.patient_id, dispatch, "target_sealed") if open_talk else None
    return Went(
        way=Way(dispatch.way),
        event=Event(event.event),
        on=event.on,
        code=event.code,
        tracking=event.tracking if open_talk else "",
        home=bool(target and target.get("on_file")),
        by_reader=event.by_id is not None and event.by_id == work.actor.id,
    )
