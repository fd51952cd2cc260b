"""Whose things a page shows: the person's own, or those of somebody for whom she may act."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import request

from portal.domain.errors import NotFound
from portal.domain.policy import Permission
from portal.domain.rights import Right
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


def circle(permission: Permission) -> Circle:
    """Whose page this is: the one the address names by key (``for``), else the first of whom this person may see it.

    Raises NotFound, and NotAllowed for somebody whose power does not cover this page.
    """
    everybody = patients.acts_for(work())
    wanted = request.args.get("for")
    named = [person for person in everybody if wanted in (None, str(person.id))]
    if not named:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    covered = [person for person in everybody if work().may(permission, person)]
    chosen = next((person for person in named if person in covered), None)
    if chosen is None:
        work().must(permission, named[0])
    return Circle(covered, chosen)


def whom_one_may_ask_for() -> list[Any]:
    """Everybody whose record this person may ask for, her own first."""
    actor = work().actor
    everybody = patients.acts_for(work())
    return [each for each in everybody if each.id == actor.patient_id or actor.reach(each.id, Right.ASK)]


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
