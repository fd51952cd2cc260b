"""The ways of a case's letters, as the case's own page shows them beside each letter."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import url_for

from portal.domain.dates import say_plain_date
from portal.domain.dispatches import EVENT_NAMES, WAY_NAMES, Event, Stage, Way
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import correspondence
from portal.web.work import work


@dataclass(frozen=True)
class WayLine:
    """How a letter went by one way, in a line; ``href`` leads to it for whoever keeps the correspondence."""

    words: str
    href: str


def ways(case: Any) -> dict[UUID, list[WayLine]]:
    """By letter. Empty for whoever does not keep the correspondence: a physician sees the letters alone."""
    if not work().may(Permission.CORRESPONDENCE_WORK, case):
        return {}
    found: dict[UUID, list[WayLine]] = {}
    for dispatch, events in correspondence.of_case(work(), case):
        last, way = events[-1], _(WAY_NAMES[Way(dispatch.way)])
        happened = _(EVENT_NAMES[Event(last.event)])
        if dispatch.way == Way.PORTAL and dispatch.stage == Stage.WAITING:
            happened = _("Not opened yet")
        words = _("%(way)s: %(what)s, %(day)s", way=way, what=happened, day=say_plain_date(last.on))
        href = "" if dispatch.way == Way.PORTAL else url_for("office.dispatch", dispatch_id=dispatch.id)
        found.setdefault(dispatch.letter_id, []).append(WayLine(words, href))
    return found
