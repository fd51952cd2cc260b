"""The people of the clinic: how somebody stands, what roles there are to give, and who can cover for whom."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from portal.domain.actors import STAFF_ROLES, Role
from portal.domain.errors import Invalid
from portal.domain.words import N_, _


class Standing(StrEnum):
    """How somebody stands at the clinic today."""

    INVITED = "invited"
    ACTIVE = "active"
    ON_LEAVE = "on_leave"
    LEFT = "left"


STANDING_NAMES = {
    Standing.INVITED: N_("Invited"),
    Standing.ACTIVE: N_("Active"),
    Standing.ON_LEAVE: N_("On leave until %(day)s"),
    Standing.LEFT: N_("Left"),
}
OFFICE = frozenset({Role.FRONT_OFFICE, Role.ADMINISTRATOR})
# To cover for somebody, one of these must be held for each role of hers: the administrator may do all the desk does.
COVERED_BY = {
    Role.PHYSICIAN: frozenset({Role.PHYSICIAN}),
    Role.ADMINISTRATOR: frozenset({Role.ADMINISTRATOR}),
    Role.FRONT_OFFICE: OFFICE,
}


def can_cover(absent: Iterable[Role], cover: Iterable[Role]) -> bool:
    """Whether somebody with the roles ``cover`` may do all the work of somebody with the roles ``absent``."""
    work, held = frozenset(absent) & STAFF_ROLES, frozenset(cover)
    return bool(work) and all(COVERED_BY[role] & held for role in work)


def check_roles(roles: frozenset[Role], title: str, licence: str) -> None:
    """Raises Invalid unless these make somebody who works here: a role, a title, and for a physician the licence."""
    if not roles or roles - STAFF_ROLES:
        raise Invalid(_("Choose at least one role."), "roles")
    if not title:
        raise Invalid(_("Write the title that letters carry, such as Dermatologist."), "title")
    if Role.PHYSICIAN in roles and not licence:
        raise Invalid(_("A physician needs a licence number: letters and decisions carry it."), "licence")


def check_leave(starts_on: date, ends_on: date, today: date) -> None:
    """Raises Invalid for a leave that runs backwards or is over already."""
    if ends_on < starts_on:
        raise Invalid(_("The last day away is before the first. Check both days."), "ends_on")
    if ends_on < today:
        raise Invalid(_("This leave would be over already. Check the last day away."), "ends_on")
