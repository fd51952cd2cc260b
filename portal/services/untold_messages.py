"""Messages of which no e-mail told their reader: a task of the office until she opens them, is reached, or was told.

What a message says stands nowhere here, nor what its case is about. Whom the case names finds neither row nor count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain import untold_messages as rules
from portal.domain.contact_plans import Reach
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.untold_messages import How, Why
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.messages import Message, MessageRead, MessageThread, UntoldMessage
from portal.models.people import Patient
from portal.models.scopes import untold_messages_seen_by
from portal.services import audit, contact_plans, message_notices, message_threads
from portal.services.message_threads import FOR_HER, HERSELF, Thread
from portal.services.sealing import seal, unseal
from portal.services.work import Work

MOST_SHOWN = 50
MOST_COUNTED = 100
_OPEN = UntoldMessage.settled_at.is_(None)


@dataclass(frozen=True)
class Untold:
    """One of them: who was to be told, her own file if she has one, the ways open to her, and whether it is hers still.

    ``acts``: she reads the thread in the patient's place.
    """

    row: UntoldMessage
    thread: Thread
    file: Patient | None
    reach: Reach | None
    acts: bool
    hears: bool

    @property
    def reader(self) -> str:
        return self.row.account.name if self.acts else self.thread.patient.name


# What the worker brings about.


def given_up(work: Work, payload: dict[str, Any]) -> None:
    """The e-mail about a message did not go through."""
    work.must(Permission.UPKEEP)
    _ask_for_somebody(work, payload, Why.GIVEN_UP)


def notice_sent(work: Work, payload: dict[str, Any], sent: bool | None) -> None:
    """An e-mail about a message went through: nobody has to tell her of this thread any more.

    Where none could be sent because no way is safe, somebody has to.
    """
    work.must(Permission.UPKEEP)
    if sent:
        _settle_all(work, How.REACHED, UntoldMessage.thread_id == UUID(payload["thread"]), _reader(payload["account"]))
        return
    account = work.db.get(Account, UUID(payload["account"]))
    if account is not None and contact_plans.letterbox(work, account) is None:
        _ask_for_somebody(work, payload, Why.NO_EMAIL)


def case_notice_sent(work: Work, payload: dict[str, Any]) -> None:
    """Another e-mail about the same case went through: she signs in, and sees that a message waits."""
    work.must(Permission.UPKEEP)
    _settle_all(work, How.REACHED, UntoldMessage.case_id == UUID(payload["case"]), _reader(payload["account"]))


def _reader(account_id: str) -> Any:
    return UntoldMessage.account_id == UUID(account_id)


def _ask_for_somebody(work: Work, payload: dict[str, Any], why: Why) -> None:
    """Make the task, unless she knows by now, or what is written is no longer for her.

    Whoever answers for the clinic needs none: what waits for her stands in her lists.
    """
    row = work.db.get(MessageThread, UUID(payload["thread"]))
    account = work.db.get(Account, UUID(payload["account"]))
    if row is None or account is None or payload["notice"] != message_notices.FOR_HER or account.disabled_at:
        return
    message, thread = _message(work, row, payload), message_threads.of_row(row)
    if message is None or not message_notices.hears(work, thread, account.id) or _knows(work, thread, message, account):
        return
    dialect = postgresql if work.db.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(UntoldMessage).values(
        id=new_id(), thread_id=row.id, message_id=message.id, patient_id=row.patient_id, case_id=row.case_id,
        account_id=account.id, why=why.value, since=work.now,
    )  # fmt: skip
    work.db.execute(made.on_conflict_do_nothing(index_elements=["thread_id", "account_id"], index_where=_OPEN))


def _message(work: Work, row: MessageThread, payload: dict[str, Any]) -> Message | None:
    """The message it was about; a job of an earlier version does not name it, and then it is the clinic's newest."""
    if "message" in payload:
        return work.db.get(Message, UUID(payload["message"]))
    ours = (Message.thread_id == row.id, Message.from_clinic.is_(True))
    return work.db.scalars(select(Message).where(*ours).order_by(Message.id.desc()).limit(1)).one_or_none()


def _knows(work: Work, thread: Thread, message: Message, account: Account) -> bool:
    """Whether she opened the message, or somebody or an e-mail told her since it was written that one waits.

    That another job is done does not say so: done is also the one whose e-mail was kept back.
    """
    side = HERSELF if account.id == thread.patient.account_id else FOR_HER
    read = select(MessageRead.by_id).where(MessageRead.message_id == message.id, MessageRead.side == side)
    if account.id in work.db.scalars(read):
        return True
    told = select(UntoldMessage.id).where(UntoldMessage.thread_id == message.thread_id)
    told = told.where(UntoldMessage.account_id == account.id, UntoldMessage.settled_at >= message.at)
    return work.db.scalar(told.limit(1)) is not None


def opened(work: Work, thread: Thread, newest: UUID) -> None:
    """She opened the thread, as far as ``newest``."""
    work.must(Permission.MESSAGES_VIEW, thread.about)
    if thread.row is None:
        return
    hers = (UntoldMessage.thread_id == thread.row.id, UntoldMessage.account_id == work.actor.id)
    until = UntoldMessage.message_id <= newest
    if work.db.scalar(select(UntoldMessage.id).where(_OPEN, *hers, until).limit(1)) is not None:
        work.later(lambda w: _settle_all(w, How.OPENED, *hers, until))


def _settle_all(work: Work, how: How, *which: Any) -> None:
    for row in work.db.scalars(select(UntoldMessage).where(_OPEN, *which).with_for_update(of=UntoldMessage)):
        _settled(work, row, how)


def _settled(work: Work, row: UntoldMessage, how: How) -> None:
    row.settled_at, row.settled_how = work.now, how
    row.settled_by_id, row.settled_by_name = work.actor.id, work.actor.name


# The office's side.


def count(work: Work) -> int:
    """How many there are that this person may handle, counted up to ``MOST_COUNTED``."""
    some = select(UntoldMessage.id).where(_OPEN, untold_messages_seen_by(work.actor)).limit(MOST_COUNTED).subquery()
    return work.db.scalar(select(func.count()).select_from(some)) or 0


def waiting(work: Work) -> list[Untold]:
    """Those this person may handle, the oldest first; what comes after ``MOST_SHOWN`` shows when these are settled."""
    query = select(UntoldMessage).where(_OPEN, untold_messages_seen_by(work.actor)).order_by(UntoldMessage.id)
    return _known(work, work.db.scalars(query.limit(MOST_SHOWN)).all())


def of_thread(work: Work, thread: Thread) -> list[Untold]:
    """Those of one thread, for whoever answers it."""
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    if thread.row is None:
        return []
    query = select(UntoldMessage).where(_OPEN, UntoldMessage.thread_id == thread.row.id).order_by(UntoldMessage.id)
    return _known(work, work.db.scalars(query).all())


@dataclass(frozen=True)
class ToldOtherwise:
    """What somebody wrote down when she told a reader, or why she did not."""

    by: str
    at: datetime
    words: str


def told_otherwise(work: Work, thread: Thread) -> list[ToldOtherwise]:
    """What was written down about this thread, for whoever answers it; the newest first."""
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    if thread.row is None:
        return []
    query = select(UntoldMessage).where(UntoldMessage.thread_id == thread.row.id)
    query = query.where(UntoldMessage.settled_sealed.is_not(None)).order_by(UntoldMessage.id.desc())
    return [
        ToldOtherwise(row.settled_by_name or "", row.settled_at or row.since, _words(work, row))
        for row in work.db.scalars(query)
    ]


def _words(work: Work, row: UntoldMessage) -> str:
    return unseal(work, row.patient_id, row, "settled_sealed")


def _known(work: Work, rows: Sequence[UntoldMessage]) -> list[Untold]:
    return [_one(work, row) for row in rows]


def _one(work: Work, row: UntoldMessage) -> Untold:
    thread = message_threads.of_row(row.thread)
    acts = row.account_id != thread.patient.account_id
    theirs = select(Patient).where(Patient.account_id == row.account_id)
    file = work.db.scalars(theirs).one_or_none() if acts else thread.patient
    reach = contact_plans.open_ways(work, file) if file is not None else None
    hears = row.account.disabled_at is None and message_notices.hears(work, thread, row.account_id)
    return Untold(row, thread, file, reach, acts, hears)


def find(work: Work, untold_id: UUID, lock: bool = False) -> Untold:
    """One that this person may handle. Raises NotFound, and NotPossible once it is settled, unless by this person."""
    query = select(UntoldMessage).where(UntoldMessage.id == untold_id, untold_messages_seen_by(work.actor))
    if lock:
        query = query.with_for_update(of=UntoldMessage).execution_options(populate_existing=True)
    row = work.db.scalars(query).one_or_none()
    if row is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    work.must(Permission.CORRESPONDENCE_WORK, row)
    if row.settled_at is not None and row.settled_by_id != work.actor.id:
        raise NotPossible(
            _("Nothing is left to do here: she opened the message, an e-mail reached her, or she was told.")
        )
    return _one(work, row)


def looked(work: Work, found: Untold) -> None:
    """Somebody looked how she can be told; she can see it."""
    work.must(Permission.CORRESPONDENCE_WORK, found.row)
    _line(work, found, "message.untold_read")


def tell(work: Work, found: Untold, how: str, verified: str, words: str) -> bool:
    """Write down how she was told, or why she was not; False when that was done before, as by a second press.

    Raises Invalid for what lacks, and for telling somebody whom it is not for any more.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found.row)
    if found.row.settled_at is not None:
        return False
    did = rules.check(how, verified, words)
    if did is not How.NOT_TOLD and not found.hears:
        raise Invalid(
            _("What is written here is no longer for this person, so nobody tells her. Say why instead."), "how"
        )
    seal(work, found.row.patient_id, found.row, "settled_sealed", words.strip())
    _settled(work, found.row, did)
    action = "message.not_told" if did is How.NOT_TOLD else "message.told"
    _line(work, found, action, how=did, **({"verified": verified} if did is How.SPOKE else {}))
    return True


def _line(work: Work, found: Untold, action: str, **facts: str) -> None:
    facts = {**found.thread.facts, "untold": str(found.row.id), **facts}
    audit.record_told(work, found.thread.told, action, found.row.patient_id, **facts)
