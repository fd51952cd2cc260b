"""Threads of messages: finding the one of a case or the general one of a patient, whether or not anything is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select

from portal.domain.errors import NotFound
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.messages import Message, MessageRead, MessageThread
from portal.models.people import Patient
from portal.services import case_reach, cases, queues
from portal.services.audit import Told, told_of
from portal.services.work import Work

CLINIC, HERSELF, FOR_HER = "clinic", "patient", "representative"


@dataclass(frozen=True)
class Thread:
    """A thread: whose, about which case if one, and its row once something was written in it."""

    patient: Patient
    case: Case | None = None
    row: MessageThread | None = None

    @property
    def about(self) -> Any:
        """What leave is asked about."""
        return self.case if self.case is not None else self.patient

    @property
    def reference(self) -> str:
        return (self.case.reference or "") if self.case is not None else ""

    @property
    def is_waiting(self) -> bool:
        """Whether something in it was not answered yet."""
        return self.row is not None and self.row.waiting_since is not None

    @property
    def told(self) -> Told:
        """Who reads of it in the access log. Of a complaint, and of what is her own, who acts for her reads nothing."""
        if self.case is None:
            return Told(hers_alone=self.patient.account_id is not None)
        return told_of(self.case)

    @property
    def facts(self) -> dict[str, str]:
        """What an entry of the trail says of it."""
        return {"reference": self.reference, "case": str(self.case.id)} if self.case is not None else {}


def find(work: Work, reference: str) -> Thread:
    """The thread of the case of a reference. Raises NotFound for a case this person may not see."""
    case = cases.find(work, reference)
    if not case_reach.covers(work, case):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return of_case(work, case)


def of_case(work: Work, case: Case) -> Thread:
    work.must(Permission.MESSAGES_VIEW, case)
    row = work.db.scalars(select(MessageThread).where(MessageThread.case_id == case.id)).one_or_none()
    return Thread(case.patient, case, row)


def general(work: Work, patient: Patient) -> Thread:
    """A patient's general thread: questions about what the clinic does with her information."""
    work.must(Permission.MESSAGES_VIEW, patient)
    mine = (MessageThread.patient_id == patient.id, MessageThread.case_id.is_(None))
    return Thread(patient, None, work.db.scalars(select(MessageThread).where(*mine)).one_or_none())


def of_row(row: MessageThread) -> Thread:
    """A thread that was found by its row."""
    return Thread(row.patient, row.case, row)


def side(work: Work, patient_id: UUID) -> str:
    """On whose side of a thread of this patient's the person stands."""
    if work.actor.patient_id == patient_id and work.actor.is_patient:
        return HERSELF
    return FOR_HER if work.actor.stands_in_for(patient_id) else CLINIC


@dataclass(frozen=True)
class Listed:
    """A thread in the list of the patient's side: how many messages, and how many of the clinic's are new to her."""

    thread: Thread
    messages: int
    new: int


def of_patient(work: Work, patient: Patient) -> list[Listed]:
    """The general thread first, where it is this person's; then that of each case that is open or has messages."""
    found: list[Thread] = []
    rows = {
        row.case_id: row for row in work.db.scalars(select(MessageThread).where(MessageThread.patient_id == patient.id))
    }
    if work.may(Permission.MESSAGES_VIEW, patient):
        found.append(Thread(patient, None, rows.get(None)))
    for case in queues.of_patient(work, patient.id):
        if case.reference and (case.is_open or case.id in rows) and case_reach.covers(work, case):
            found.append(Thread(patient, case, rows.get(case.id)))
    counted = _counted(work, patient, [each.row for each in found if each.row is not None])
    return [Listed(each, *counted.get(each.row.id if each.row else None, (0, 0))) for each in found]


def _counted(work: Work, patient: Patient, rows: Sequence[MessageThread]) -> dict[UUID | None, tuple[int, int]]:
    """How many messages each of these threads has, and how many of the clinic's nobody of the reader's side opened."""
    read = exists().where(MessageRead.message_id == Message.id, MessageRead.side == side(work, patient.id))
    is_new = Message.from_clinic.is_(True) & ~read
    query = select(Message.thread_id, func.count(), func.count().filter(is_new)).group_by(Message.thread_id)
    found = work.db.execute(query.where(Message.thread_id.in_([row.id for row in rows])))
    return {key: (messages, new) for key, messages, new in found}
