"""Whose things a page shows: the person's own, or those of somebody for whom she may act."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from portal.domain.errors import NotFound
from portal.domain.words import _
from portal.services import patients
from portal.web.work import work


@dataclass(frozen=True)
class Circle:
    """Everybody this person may act for, her own file first, and the one the page is about."""

    everybody: list[Any]
    chosen: Any

    @property
    def own(self) -> bool:
        """Whether the page is about the person who reads it."""
        return bool(self.chosen.id == work().actor.patient_id)

    @property
    def several(self) -> bool:
        return len(self.everybody) > 1


def circle() -> Circle:
    """Whose page this is: the one the address names by key (``for``), else the first. Raises NotFound."""
    everybody = patients.acts_for(work())
    wanted = request.args.get("for")
    chosen = next((person for person in everybody if wanted in (None, str(person.id))), None)
    if chosen is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return Circle(everybody, chosen)


def find(patient_id: str | None) -> Any:
    """The person a form names by key. Raises NotFound for somebody else's."""
    try:
        key = UUID(patient_id or "")
    except ValueError:
        key = None
    person = next((person for person in patients.acts_for(work()) if person.id == key), None)
    if person is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return person
