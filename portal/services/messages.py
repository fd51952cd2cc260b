"""Writing and reading messages: the patient asks, the clinic answers or says why no answer is needed, each reads.

A message touches neither the case nor its clock. One on a closed case waits for an answer like any other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from portal.domain import jurisdictions, resending
from portal.domain import messages as rules
from portal.domain.clocks import local_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.base import new_id
from portal.models.letters import StoredFile
from portal.models.messages import Message, MessageFile, MessageThread
from portal.services import audit, consents, contact_plans, files, message_notices
from portal.services.message_threads import Thread
from portal.services.sealing import seal, unseal
from portal.services.work import Work

PURPOSE = "message"


@dataclass(frozen=True)
class Said:
    """What is sent: the text, the files as they were looked at, and the form's own key.

    ``seen`` is the newest message that stood on the page when it was drawn, for the clinic's answers.
    """

    text: str
    key: UUID | None = None
    files: Sequence[Any] = field(default=())
    seen: UUID | None = None


def send(work: Work, thread: Thread, said: Said) -> Message:
    """The patient, or who may write for her, sends a message. A second press gives the first one back.

    Raises Invalid for what has to be put right; nothing is kept then.
    """
    work.must(Permission.MESSAGES_WRITE, thread.about)
    if first := _sent_before(work, thread, said):
        return first
    thread = _begun(work, thread)
    message = _write(work, thread, said, from_clinic=False)
    audit.record_told(work, thread.told, "message.sent", thread.patient.id, message=str(message.id), **thread.facts)
    if not thread.is_waiting:
        _begin_to_wait(work, thread, message.at)
        message_notices.tell_answerer(work, thread, message)
    return message


def _begin_to_wait(work: Work, thread: Thread, since: datetime) -> None:
    """The oldest message that nobody answered sets the day."""
    row, law = _row(thread), jurisdictions.profile(thread.patient.jurisdiction)
    row.waiting_since = since
    asked_on = local_date(law, since)
    row.due_on = rules.answer_by(law.calendar, work.clinic.messages, asked_on, work.clinic.closed_days)


def answer(work: Work, thread: Thread, said: Said) -> Message:
    """The clinic writes: an answer to what waits, or a message of its own. Whoever writes first has the thread.

    Raises Invalid when somebody wrote since the page was drawn: nobody answers what she has not read.
    """
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    if first := _sent_before(work, thread, said):
        return first
    _nothing_new(work, thread, said.seen)
    thread = _begun(work, thread)
    message = _write(work, thread, said, from_clinic=True)
    audit.record_told(work, thread.told, "message.answered", thread.patient.id, message=str(message.id), **thread.facts)
    return _answered(work, thread, message)


def no_answer(work: Work, thread: Thread, reason_id: str, said: Said) -> Message:
    """Say that what waits needs no answer, and why: the patient reads it, so that no promise is left standing.

    Raises NotPossible while nothing waits.
    """
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    reason = rules.find_no_answer(reason_id, said.text)
    with speaking(contact_plans.written_in(work, thread.patient)):
        words = "\n\n".join(filter(None, [_(reason.words), said.text.strip()]))
    told = Said(words, said.key)
    if first := _sent_before(work, thread, told, reason.id):
        return first
    if not thread.is_waiting:
        raise NotPossible(_("Nothing waits for an answer here. Somebody was quicker."))
    _nothing_new(work, thread, said.seen, "words")
    message = _write(work, thread, told, from_clinic=True, reason=reason.id)
    audit.record_told(work, thread.told, "message.settled", thread.patient.id, message=str(message.id), **thread.facts)
    return _answered(work, thread, message)


def _answered(work: Work, thread: Thread, message: Message) -> Message:
    row = _row(thread)
    row.waiting_since, row.due_on = None, None
    row.answerer_id = row.answerer_id or work.actor.id
    message_notices.tell_patients_side(work, thread, message)
    return message


def _sent_before(work: Work, thread: Thread, said: Said, reason: str | None = None) -> Message | None:
    """Whoever presses twice at once waits here, and the second finds what the first wrote.

    Raises SentBefore where the form says something else by now.
    """
    consents.hold(work, thread.patient.id)
    if thread.row is not None:
        work.db.refresh(thread.row)  # as it is now, and not as it was before the lock was waited for
    if said.key is None:
        return None
    mine = (Message.by_id == work.actor.id, Message.once == str(said.key))
    found = work.db.scalars(select(Message).where(*mine)).one_or_none()
    if found is not None and (thread.row is None or found.thread_id != thread.row.id):
        begun = work.db.get(MessageThread, found.thread_id)
        if begun is None or (begun.patient_id, begun.case_id) != (thread.patient.id, _case_id(thread)):
            raise NotPossible(_("This form is no longer whole. Open the page again."))
    if found is not None:
        resending.must_be_the_same(found.reason == reason and _says(work, thread, found, said))
    return found


def _says(work: Work, thread: Thread, message: Message, said: Said) -> bool:
    """Whether a message has these words and these files."""
    query = select(StoredFile).join(MessageFile, MessageFile.file_id == StoredFile.id)
    kept = work.db.scalars(query.where(MessageFile.message_id == message.id)).all()
    words = unseal(work, thread.patient.id, message, "body_sealed")
    return words == said.text.strip() and len(kept) == len(said.files) and files.are_among(work, kept, said.files)


def _nothing_new(work: Work, thread: Thread, seen: UUID | None, field: str = "text") -> None:
    """Who drew the page while nothing was written has seen nothing: what came meanwhile waits for her, too."""
    row = _row_now(work, thread)
    if row is None or (seen is None and row.waiting_since is None):
        return
    newest = select(Message.id).where(Message.thread_id == row.id).order_by(Message.id.desc()).limit(1)
    if work.db.scalar(newest) != seen:
        raise Invalid(_("Somebody wrote here while you did. Read it first. What you typed is still in the box."), field)


def _begun(work: Work, thread: Thread) -> Thread:
    """The thread with its row, which the first message makes; the patient's row is locked by now."""
    if thread.row is not None:
        return thread
    row = _row_now(work, thread)
    if row is None:
        row = MessageThread(patient_id=thread.patient.id, case_id=_case_id(thread), last_at=work.now)
        row.patient, row.case = thread.patient, thread.case
        work.db.add(row)
        work.db.flush()
    return Thread(thread.patient, thread.case, row)


def _row_now(work: Work, thread: Thread) -> MessageThread | None:
    """The thread's row, also where somebody made it after the thread was looked for."""
    ours = (MessageThread.patient_id == thread.patient.id, _is_about(thread))
    return thread.row or work.db.scalars(select(MessageThread).where(*ours)).one_or_none()


def _is_about(thread: Thread) -> Any:
    case_id = _case_id(thread)
    return MessageThread.case_id.is_(None) if case_id is None else MessageThread.case_id == case_id


def _case_id(thread: Thread) -> UUID | None:
    return thread.case.id if thread.case is not None else None


def _row(thread: Thread) -> MessageThread:
    if thread.row is None:  # only ever asked of a thread that was begun
        raise RuntimeError("a thread without a row cannot be moved")
    return thread.row


def _write(work: Work, thread: Thread, said: Said, from_clinic: bool, reason: str | None = None) -> Message:
    limits, row = rules.limits(), _row(thread)
    words = rules.check_text(said.text, "text", limits.longest)
    if len(said.files) > limits.files:
        raise Invalid(_("Attach at most %(n)s files.", n=limits.files), "file")
    message = Message(
        id=new_id(),
        thread_id=row.id,
        from_clinic=from_clinic,
        reason=reason,
        by_id=work.actor.id,
        by_name=work.actor.name,
        by_title=work.actor.title if from_clinic else "",
        for_patient=not from_clinic and work.actor.stands_in_for(thread.patient.id),
        at=work.now,
        once=str(said.key or uuid4()),
    )
    seal(work, thread.patient.id, message, "body_sealed", words)
    row.last_at = work.now
    work.db.add(message)
    work.db.flush()
    for looked in said.files:
        _attach(work, thread, message, looked)
    return message


def _attach(work: Work, thread: Thread, message: Message, looked: Any) -> None:
    about = {"name": looked.safe_name, "media_type": looked.media_type, "purpose": PURPOSE}
    kept = files.keep_bytes(work, thread.patient.id, looked.clean, case_id=_case_id(thread), **about)
    work.db.flush()
    work.db.add(MessageFile(message_id=message.id, file_id=kept.id))
    work.db.flush()


def looked_at(outside: Any, sent: Sequence[tuple[str, bytes]]) -> Iterator[Any]:
    """Each file that was handed in, known by its content and cleaned. Raises Invalid with the reason.

    It takes a while, so it comes before the transaction in which they are kept.
    """
    for name, data in sent:
        yield files.look_at(outside, name, data, "file")
