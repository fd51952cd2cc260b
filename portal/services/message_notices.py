"""E-mails that say a message waits: to the patient's side, and to whoever answers. They never say what it is about."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.policy import Permission
from portal.domain.rights import WHOLE_RECORD, Right
from portal.models.messages import Message, MessageThread, UntoldMessage
from portal.models.people import Patient, Representation
from portal.models.scopes import in_force
from portal.services import message_answerers, message_threads, notices, powers
from portal.services.message_threads import Thread
from portal.services.notices import Mail, Undelivered
from portal.services.work import Work

FOR_HER, FOR_US = "message", "message_waits"


def tell_patients_side(work: Work, thread: Thread, message: Message) -> None:
    """The patient, who asked for her, and who wrote for her here, each as far as they still may hear of it."""
    asked = {thread.patient.account_id, thread.case.requested_by_id if thread.case is not None else None}
    if thread.row is not None:
        wrote = select(Message.by_id).where(Message.thread_id == thread.row.id, Message.for_patient.is_(True))
        asked |= set(work.db.scalars(wrote.distinct()))
    if thread.case is None and thread.patient.account_id is None:
        asked |= _acting_for(work, thread.patient)
    for account_id in sorted(asked - {None, work.actor.id}, key=str):
        if account_id is not None and hears(work, thread, account_id):
            _promise(work, thread, message, account_id, FOR_HER)


def tell_answerer(work: Work, thread: Thread, message: Message) -> None:
    for account_id in message_answerers.to_tell(work, thread):
        _promise(work, thread, message, account_id, FOR_US)


def _promise(work: Work, thread: Thread, message: Message, account_id: UUID, notice: str) -> None:
    # The name begins as those of the case's other notices, so that the case's page says whom none reached.
    about = thread.case.id if thread.case is not None else thread.patient.id
    name = f"notice/{about}/m{message.id.hex}/{account_id}"
    work.promise(
        "message_notice",
        name,
        account=str(account_id),
        notice=notice,
        thread=str(message.thread_id),
        message=str(message.id),
    )


def undelivered(work: Work, thread: Thread) -> list[Undelivered]:
    """Whom no e-mail about this thread reached since the one that was given up; for the office, who tells them.

    Those whom somebody has to tell of a message are a task of their own (``untold_messages``).
    """
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    theirs = select(UntoldMessage.account_id).where(UntoldMessage.settled_at.is_(None))
    tasks = set(work.db.scalars(theirs.where(UntoldMessage.thread_id == thread.row.id))) if thread.row else set()
    return [each for each in notices.undelivered_about(work, thread.about.id) if each.account_id not in tasks]


def _acting_for(work: Work, patient: Patient) -> set[UUID | None]:
    mine = select(Representation.account_id).where(Representation.patient_id == patient.id, in_force(work.today))
    return set(work.db.scalars(mine))


def hears(work: Work, thread: Thread, account_id: UUID) -> bool:
    """Whether what the clinic writes here is for this account today, as ``messages:view`` has it."""
    if account_id in getattr(thread.about, "about_ids", ()):
        return False
    if account_id == thread.patient.account_id:
        return True
    if thread.case is not None:
        return powers.may_hear(work, thread.patient, account_id, thread.case.kind)
    held = powers.held_for(work, thread.patient, account_id)
    return thread.patient.account_id is None and all(held.reach(right) == WHOLE_RECORD for right in Right)


def to_send(work: Work, payload: dict[str, Any]) -> Mail | None:
    """The e-mail, if it is still theirs: who may hear, and who answers, can have changed since it was promised.

    Whatever became of the case: of a message on a withdrawn request people are told too.
    """
    row = work.db.get(MessageThread, UUID(payload["thread"]))
    if row is None or not _still_theirs(work, message_threads.of_row(row), payload):
        return None
    return notices.to_send(work, payload)


def _still_theirs(work: Work, thread: Thread, payload: dict[str, Any]) -> bool:
    account_id = UUID(payload["account"])
    if payload["notice"] == FOR_US:
        return thread.is_waiting and message_answerers.still_answers(work, thread, account_id)
    return hears(work, thread, account_id)
