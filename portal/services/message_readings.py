"""Reading a thread: what was written, oldest first, by whom, with its files; and who of each side opened it first."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.errors import NotFound
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.base import new_id
from portal.models.letters import StoredFile
from portal.models.messages import Message, MessageFile, MessageRead
from portal.services import audit, files, untold_messages
from portal.services.message_threads import CLINIC, Thread, side
from portal.services.sealing import unseal
from portal.services.work import Work

PAGE = 50
WHILE_SHE_TYPES = timedelta(days=1)


@dataclass(frozen=True)
class Read:
    """Who of a side opened a message first, and when."""

    side: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Attached:
    id: UUID
    name: str
    size: int


@dataclass(frozen=True)
class Shown:
    """A message as it is shown; ``is_new`` when nobody of the reader's side has opened it yet."""

    id: UUID
    from_clinic: bool
    no_answer: bool
    by: str
    title: str
    for_patient: bool
    at: datetime
    text: str
    files: tuple[Attached, ...]
    reads: tuple[Read, ...]
    is_new: bool


@dataclass(frozen=True)
class Page:
    """Messages of a thread, oldest first; ``earlier`` is where to go on for those before, or None."""

    messages: list[Shown]
    earlier: UUID | None = None

    @property
    def newest(self) -> UUID | None:
        return self.messages[-1].id if self.messages else None


def page(work: Work, thread: Thread, before: UUID | None = None, limit: int = PAGE) -> Page:
    """The newest messages of a thread, or those before one of them."""
    work.must(Permission.MESSAGES_VIEW, thread.about)
    if thread.row is None:
        return Page([])
    query = select(Message).where(Message.thread_id == thread.row.id).order_by(Message.id.desc()).limit(limit + 1)
    found = work.db.scalars(query.where(Message.id < before) if before is not None else query).all()
    rows = found[:limit][::-1]
    attached, reads, own_side = _files(work, thread, rows), _reads(work, rows), side(work, thread.patient.id)
    shown = [_shown(work, thread, row, attached[row.id], reads[row.id], own_side) for row in rows]
    return Page(shown, rows[0].id if len(found) > limit else None)


def _shown(
    work: Work, thread: Thread, row: Message, attached: list[Attached], reads: list[Read], own_side: str
) -> Shown:
    theirs = row.from_clinic != (own_side == CLINIC)
    return Shown(
        id=row.id,
        from_clinic=row.from_clinic,
        no_answer=row.reason is not None,
        by=row.by_name,
        title=row.by_title,
        for_patient=row.for_patient,
        at=row.at,
        text=unseal(work, thread.patient.id, row, "body_sealed"),
        files=tuple(attached),
        reads=tuple(reads),
        is_new=theirs and own_side not in {read.side for read in reads},
    )


def _files(work: Work, thread: Thread, rows: Sequence[Message]) -> dict[UUID, list[Attached]]:
    query = select(MessageFile.message_id, StoredFile).join(StoredFile, StoredFile.id == MessageFile.file_id)
    found: dict[UUID, list[Attached]] = defaultdict(list)
    for key, file in work.db.execute(query.where(MessageFile.message_id.in_(_ids(rows))).order_by(MessageFile.id)):
        found[key].append(Attached(file.id, files.name_of(work, file), file.size))
    return found


def _reads(work: Work, rows: Sequence[Message]) -> dict[UUID, list[Read]]:
    query = select(MessageRead).where(MessageRead.message_id.in_(_ids(rows))).order_by(MessageRead.at, MessageRead.id)
    found: dict[UUID, list[Read]] = defaultdict(list)
    for row in work.db.scalars(query):
        found[row.message_id].append(Read(row.side, row.by_name, row.at))
    return found


def _ids(rows: Sequence[Message]) -> list[UUID]:
    return [row.id for row in rows]


def opened(work: Work, thread: Thread, page: Page) -> None:
    """Somebody saw these: who of her side was first is kept, and of anybody but the patient a trace is left."""
    work.must(Permission.MESSAGES_VIEW, thread.about)
    if not page.messages:
        return
    if new := [each.id for each in page.messages if each.is_new]:
        by, at, of = work.actor, work.now, side(work, thread.patient.id)
        facts = {"side": of, "by_id": by.id, "by_name": by.name, "at": at}
        work.looked(lambda w: _mark(w, [{"id": new_id(), "message_id": each, **facts} for each in new]))
    if page.newest is not None and side(work, thread.patient.id) != CLINIC:
        untold_messages.opened(work, thread, page.newest)
    if work.looks_at_another(thread.patient.id):
        audit.record_told(work, thread.told, "message.read", thread.patient.id, **thread.facts)


def was_read(work: Work, thread: Thread, message_id: UUID | None) -> bool:
    """Whether whoever acts has had this message of this thread on her page within a day, as the trail says."""
    work.must(Permission.MESSAGES_VIEW, thread.about)
    if message_id is None or thread.row is None:
        return False
    is_here = select(Message.id).where(Message.id == message_id, Message.thread_id == thread.row.id)
    return work.db.scalar(is_here) is not None and audit.did(
        work, "message.read", thread.patient.id, work.now - WHILE_SHE_TYPES
    )


def _mark(work: Work, rows: list[dict[str, Any]]) -> None:
    """Of two of one side who open it at once, the first is kept."""
    dialect = postgresql if work.db.connection().dialect.name == "postgresql" else sqlite
    first = dialect.insert(MessageRead).on_conflict_do_nothing(index_elements=["message_id", "side"])
    work.db.execute(first, rows)


def file_of(work: Work, thread: Thread, file_id: UUID) -> StoredFile:
    """A file of this thread. Raises NotFound for one of another; leaves a trace when somebody else opens it."""
    work.must(Permission.MESSAGES_VIEW, thread.about)
    query = (
        select(StoredFile)
        .join(MessageFile, MessageFile.file_id == StoredFile.id)
        .join(Message, Message.id == MessageFile.message_id)
    )
    key = thread.row.id if thread.row is not None else None
    row = work.db.scalars(query.where(StoredFile.id == file_id, Message.thread_id == key)).one_or_none()
    if row is None:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    if work.looks_at_another(thread.patient.id):
        facts = {**thread.facts, "file": str(row.id)}
        audit.record_told(work, thread.told, "message.file_read", thread.patient.id, **facts)
    return row
