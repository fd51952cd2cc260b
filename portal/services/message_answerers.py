"""Who answers a thread of messages: who took it over, else who looks after the case; while she is away, her cover."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal.domain import messages as rules
from portal.domain.actors import Actor, Role
from portal.domain.errors import Invalid, NotPossible
from portal.domain.messages import NOBODY, Answerer
from portal.domain.policy import Permission, allows
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.messages import Message
from portal.models.people import StaffMember
from portal.services import accounts, audit, leaves, powers
from portal.services.message_threads import Thread
from portal.services.work import Work

JUST_NOW = timedelta(hours=1)


@dataclass
class Answerers:
    """Answers for many threads of one page: everybody is looked up once."""

    work: Work
    known: dict[UUID, Actor] = field(default_factory=dict)

    def of(self, thread: Thread) -> Answerer:
        """Who answers this thread today; NOBODY where it is for whoever comes first."""
        named = [thread.row.answerer_id if thread.row else None, thread.case.owner_id if thread.case else None]
        away = {each: left.cover_id for each in named if (left := leaves.away_today(self.work, each)) and each}
        asked = {each for each in (*named, *away.values()) if each is not None}
        return rules.who_answers(named, {each for each in asked if self.may(thread, each)}, away) if asked else NOBODY

    def may(self, thread: Thread, account_id: UUID) -> bool:
        """Whether somebody may answer this thread today: she works here and is no party to it."""
        if account_id not in self.known:
            self.known[account_id] = _as_of_now(self.work, account_id)
        return allows(self.known[account_id], Permission.MESSAGES_ANSWER, thread.about)

    def name(self, account_id: UUID | None) -> str:
        return self.known[account_id].name if account_id in self.known else ""


def _as_of_now(work: Work, account_id: UUID) -> Actor:
    """With whom she acts for, too: nobody answers a patient in whose place she writes."""
    held = powers.held_by(work, account_id)
    resting = powers.at_rest_with(work, account_id)
    actor = accounts.as_of_now(work, account_id)
    return replace(actor, represents=frozenset(held), powers=held, paused=resting)


@dataclass(frozen=True)
class Named:
    """Who answers, in names; both empty while it is for whoever comes first."""

    account: UUID | None = None
    name: str = ""
    for_name: str = ""


def named(work: Work, thread: Thread, among: Answerers | None = None) -> Named:
    """Who answers this thread today, for whoever may see it."""
    work.must(Permission.MESSAGES_VIEW, thread.about)
    among = among or Answerers(work)
    found = among.of(thread)
    return Named(found.account, among.name(found.account), among.name(found.stands_in_for))


def is_hers(work: Work, thread: Thread) -> bool:
    """Whether a thread is this person's work, also when nothing waits: she answers it, or wrote in it just now."""
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    if thread.row is None:
        return False
    lately = (Message.at > work.now - JUST_NOW, Message.by_id == work.actor.id, Message.from_clinic.is_(True))
    wrote = select(Message.id).where(Message.thread_id == thread.row.id, *lately).limit(1)
    return thread.row.answerer_id in work.actor.answers_for or work.db.scalar(wrote) is not None


def colleagues(work: Work, thread: Thread) -> list[tuple[UUID, str]]:
    """Everybody who works here now and may answer this thread, by name."""
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    among = Answerers(work)
    return [(each.id, each.name) for each in _working_here(work) if among.may(thread, each.id)]


def to_tell(work: Work, thread: Thread) -> list[UUID]:
    """Whom an e-mail tells that something waits: who answers; of a general thread that is nobody's the administrators.

    A general thread is for the privacy contact, whose role the administrators hold.
    """
    among = Answerers(work)
    found = among.of(thread)
    if found.account is not None:
        return [found.account]
    if thread.case is not None:
        return []
    return [
        each.id for each in _working_here(work) if Role.ADMINISTRATOR in each.role_set and among.may(thread, each.id)
    ]


def still_answers(work: Work, thread: Thread, account_id: UUID) -> bool:
    """Whether what waits in this thread is still this person's to hear of."""
    return account_id in to_tell(work, thread)


def _working_here(work: Work) -> Iterable[Account]:
    query = select(Account).join(StaffMember, StaffMember.account_id == Account.id)
    return work.db.scalars(
        query.where(StaffMember.left_at.is_(None), Account.disabled_at.is_(None)).order_by(Account.name)
    )


def take_over(work: Work, thread: Thread) -> None:
    """Whoever acts answers from now on. Raises NotPossible while nobody has written anything."""
    hand_on(work, thread, work.actor.id)


def hand_on(work: Work, thread: Thread, account_id: UUID | None) -> None:
    """Give the thread to somebody who may answer it. Raises Invalid for anybody else."""
    work.must(Permission.MESSAGES_ANSWER, thread.about)
    if thread.row is None:
        raise NotPossible(_("Nothing is written here yet, so nobody has to answer."))
    known = dict(colleagues(work, thread))
    if account_id not in known:
        raise Invalid(_("Choose a colleague who may answer this."), "colleague")
    if thread.row.answerer_id == account_id:  # a second press
        return
    thread.row.answerer_id = account_id
    facts = {**thread.facts, "answerer": str(account_id)}
    audit.record_told(work, thread.told, "message.handed_on", thread.patient.id, **facts)
