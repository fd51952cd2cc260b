"""Who acts: a person or the portal itself, as plain data the rules can ask."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from portal.domain.record_items import Category
from portal.domain.rights import NO_POWERS, Powers, Right
from portal.domain.words import N_, _


class Role(StrEnum):
    PATIENT = "patient"
    FRONT_OFFICE = "front_office"
    PHYSICIAN = "physician"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    SYSTEM = "system"


ROLE_NAMES = {
    Role.PATIENT: N_("patient"),
    Role.FRONT_OFFICE: N_("front office"),
    Role.PHYSICIAN: N_("physician"),
    Role.ADMINISTRATOR: N_("office administrator"),
    Role.OPERATOR: N_("operator of the portal"),
    Role.SYSTEM: N_("the portal"),
}

STAFF_ROLES = frozenset({Role.FRONT_OFFICE, Role.PHYSICIAN, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Actor:
    """The person behind a request, a command or a job.

    ``patient_id`` is the person's own file here, when there is one (staff may be patients too); ``represents`` are the
    patients for whom this person may act, ``paused`` those for whom she may not just now, and ``covers`` are the
    colleagues who are away today and whose work is hers. ``powers`` say what she may do for each of those patients:
    without an entry there, nothing.
    """

    id: UUID | None
    name: str
    roles: frozenset[Role]
    patient_id: UUID | None = None
    represents: frozenset[UUID] = frozenset()
    title: str = ""
    covers: frozenset[UUID] = frozenset()
    powers: Mapping[UUID, Powers] = field(default_factory=dict, hash=False)
    paused: frozenset[UUID] = frozenset()

    @property
    def answers_for(self) -> frozenset[UUID]:
        """Herself and those she covers for: whose cases are hers today."""
        return self.covers | {self.id} if self.id is not None else self.covers

    def reach(self, patient_id: UUID, *rights: Right) -> frozenset[Category]:
        """The kinds of entries of this patient's record that any of these rights of hers reaches."""
        return self.powers.get(patient_id, NO_POWERS).reach(*rights)

    def stands_in_for(self, patient_id: UUID) -> bool:
        """Whether what she does about this patient, she does for somebody else than herself."""
        return self.is_patient and patient_id in self.represents and patient_id != self.patient_id

    @property
    def is_staff(self) -> bool:
        return bool(self.roles & STAFF_ROLES)

    @property
    def is_patient(self) -> bool:
        return Role.PATIENT in self.roles

    @property
    def role(self) -> Role:
        """The one role shown beside the name: the office's before the patient's."""
        order = (Role.ADMINISTRATOR, Role.PHYSICIAN, Role.FRONT_OFFICE, Role.PATIENT, Role.OPERATOR, Role.SYSTEM)
        return next((r for r in order if r in self.roles), Role.SYSTEM)


SYSTEM = Actor(id=None, name=N_("The portal"), roles=frozenset({Role.SYSTEM}))
OPERATOR = Actor(id=None, name=N_("The operator"), roles=frozenset({Role.OPERATOR}))


def said(name: str, role: str | None) -> str:
    """A name that was kept with what was done: people by their own, the portal and its operator as we speak."""
    return _(name) if role in (Role.SYSTEM, Role.OPERATOR) else name
