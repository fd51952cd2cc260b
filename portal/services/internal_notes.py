"""Internal notes beside a thread of messages: written and read by those who may answer it, and by nobody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.domain import messages as rules
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.internal_notes import InternalNote
from portal.services import audit, consents
from portal.services.message_threads import Thread
from portal.services.sealing import seal, unseal
from portal.services.work import Work

NEWEST = 50


@dataclass(frozen=True)
class Note:
    """One note as colleagues read it."""

    by: str
    at: datetime
    text: str


def write(work: Work, thread: Thread, text: str, key: UUID | None = None) -> None:
    """Note something for colleagues. A second press keeps nothing twice. Raises Invalid for no words, or too many."""
    work.must(Permission.NOTES_KEEP, thread.about)
    consents.hold(work, thread.patient.id)
    case_id = thread.case.id if thread.case is not None else None
    if key is not None and (first := _written_before(work, key)) is not None:
        if (first.by_id, first.patient_id, first.case_id) != (work.actor.id, thread.patient.id, case_id):
            raise NotPossible(_("This form is no longer whole. Open the page again."))
        return
    words = rules.check_text(text, "note", rules.limits().notes_longest)
    row = InternalNote(patient_id=thread.patient.id, case_id=case_id, by_id=work.actor.id, by_name=work.actor.name)
    row.at, row.once = work.now, str(key or uuid4())
    seal(work, thread.patient.id, row, "body_sealed", words)
    work.db.add(row)
    audit.record(work, "internal_note.written", thread.patient.id, note=str(row.id), **thread.facts)
    work.db.flush()


def _written_before(work: Work, key: UUID) -> InternalNote | None:
    return work.db.scalars(select(InternalNote).where(InternalNote.once == str(key))).one_or_none()


def of_thread(work: Work, thread: Thread) -> Sequence[Note]:
    """The newest notes beside this thread, oldest first."""
    work.must(Permission.NOTES_KEEP, thread.about)
    case_id = thread.case.id if thread.case is not None else None
    mine = (InternalNote.patient_id == thread.patient.id, InternalNote.case_id == case_id)
    query = select(InternalNote).where(*mine).order_by(InternalNote.id.desc()).limit(NEWEST)
    rows = work.db.scalars(query).all()[::-1]
    return [Note(row.by_name, row.at, unseal(work, row.patient_id, row, "body_sealed")) for row in rows]
