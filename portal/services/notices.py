"""Telling people that something waits for them in the portal. A notice says nothing personal: sign in to read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import and_, bindparam, func, or_, select

from portal.domain.access_requests import Outcome
from portal.domain.dispatches import BY_HAND, Stage
from portal.domain.policy import Permission
from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.dispatches import Dispatch
from portal.models.jobs import Job
from portal.models.messages import UntoldMessage
from portal.services import contact_plans, leaves, powers
from portal.services.contact_plans import Letterbox
from portal.services.work import Report, Work

# Subject and first sentence of each notice. Nothing about the person, her health, or what the case is about.
NOTICES = {
    "received": (N_("We have received what you sent"), N_("We have received what you sent us through the portal.")),
    "question": (N_("We have a question for you"), N_("We need an answer from you before we can go on.")),
    "estimate": (N_("We need a decision from you"), N_("There is something for you to decide in the portal.")),
    "letter": (N_("There is a letter for you"), N_("A new letter is waiting for you in the portal.")),
    "date": (
        N_("Our date has changed"),
        N_("The date by which we must answer you has changed. The portal shows the new one."),
    ),
    "ready": (N_("Something is ready for you"), N_("What you asked for is ready. The portal says how you get it.")),
    "talk": (
        N_("We would like to talk with you"),
        N_("Your physician offers you a talk. You decide whether you want it; the portal says more."),
    ),
    "renew": (N_("Something ends soon"), N_("Something you agreed to ends soon. The portal says what you can do.")),
    "alarm": (
        N_("Somebody is trying things that are not theirs"),
        N_("Somebody who is signed in asked ten times within an hour for what is not theirs. The portal shows who."),
    ),
    "door_alarm": (
        N_("Somebody is trying many passwords"),
        N_("Far more wrong passwords than usual were tried. A guessed password opens no account with a second step."),
    ),
    "message": (N_("There is a message for you"), N_("A new message is waiting for you in the portal.")),
    "message_waits": (N_("A message waits for your answer"), N_("Somebody wrote to the clinic and waits for you.")),
    "physician": (N_("A case waits for you"), N_("A case was referred to you and waits for your review.")),
}
# In place of all of them where nothing may say who writes: no name, no link, and a sentence that fits anybody.
NEUTRAL_SUBJECT = N_("A message for you")
NEUTRAL_NEWS = N_("There is something new for you. Look when it suits you, at the place you know.")


LONGEST_NAME = 120


class Mail(NamedTuple):
    """An e-mail ready to go; ``neutral`` when it comes from the neutral sender of the settings."""

    to: str
    subject: str
    text: str
    neutral: bool = False


_JOBS: Any = Job.__table__
# Asked on every page of a case, so it is a plain statement that is built once.
_OF_CASE = select(_JOBS.c.name, _JOBS.c.made_at, _JOBS.c.kind).where(
    _JOBS.c.status == bindparam("status"),
    _JOBS.c.kind.in_(("notice", "message_notice")),
    _JOBS.c.name.startswith(bindparam("of_case")),
)


def tell_patient(work: Work, case: Case, notice: str) -> None:
    """Promise an e-mail to the patient and to whoever asked for her and still may; nobody is written to twice."""
    ids = {case.patient.account_id} - {None}
    if case.requested_by_id and powers.may_hear(work, case.patient, case.requested_by_id, case.kind):
        ids.add(case.requested_by_id)
    staff = {
        account.id for account in work.db.scalars(select(Account).where(Account.id.in_(ids))) if _is_staff(account)
    }
    for account_id in sorted(ids - staff, key=str):
        tell(work, case, str(account_id), notice)


def tell_physician(work: Work, case: Case) -> None:
    """Whoever decides today: the responsible physician, or who covers while she is away."""
    away = leaves.away_today(work, case.responsible_id)
    decides = away.cover_id if away else case.responsible_id
    if decides and decides not in case.about_ids:
        tell(work, case, str(decides), "physician")


def tell(work: Work, case: Case, account_id: str, notice: str) -> None:
    # An entry of the clock need not change the case itself, so the version alone would name two notices alike.
    name = f"notice/{case.id}/{case.version}/{len(case.ledger)}/{notice}/{account_id}"
    work.promise("notice", name, account=account_id, notice=notice, case=str(case.id))


@dataclass(frozen=True)
class Undelivered:
    """An e-mail that was given up: who does not know, and since when."""

    name: str
    promised_at: datetime
    account_id: UUID


def undelivered(work: Work, case: Case) -> list[Undelivered]:
    """Whom no e-mail about this case reached since the one that was given up: the office has to tell them otherwise."""
    work.must(Permission.REQUEST_VIEW, case)
    return undelivered_about(work, case.id)


def undelivered_about(work: Work, about_id: UUID) -> list[Undelivered]:
    """The same of whatever notices are named after, for whoever found it."""
    of_case = f"notice/{about_id}/"
    dead = work.db.execute(_OF_CASE, {"status": "dead", "of_case": of_case}).all()
    lost = _newest(_untold(work, about_id, dead)) if dead else {}
    if not lost:
        return []
    done = work.db.execute(_OF_CASE, {"status": "done", "of_case": of_case})
    reached = _newest((name, made_at) for name, made_at, _kind in done)
    still = {key: at for key, at in lost.items() if key not in reached or reached[key] < at}
    still = {key: at for key, at in still.items() if not _told_otherwise(work, about_id, key, at)}
    names = select(Account.id, Account.name).where(Account.id.in_(still)).order_by(Account.name)
    return [Undelivered(name, still[key], key) for key, name in work.db.execute(names)]


def _untold(work: Work, about_id: UUID, dead: Iterable[Any]) -> Iterator[tuple[str, datetime]]:
    """What was given up, without the e-mails about messages of which the reader was told otherwise since."""
    of_patient = and_(UntoldMessage.case_id.is_(None), UntoldMessage.patient_id == about_id)
    settled = select(UntoldMessage.account_id, func.max(UntoldMessage.settled_at)).group_by(UntoldMessage.account_id)
    settled = settled.where(or_(UntoldMessage.case_id == about_id, of_patient), UntoldMessage.settled_at.is_not(None))
    told = dict(work.db.execute(settled).all())
    for row in dead:
        at = told.get(UUID(row.name.rpartition("/")[2])) if row.kind == "message_notice" else None
        if at is None or at < row.made_at:
            yield row.name, row.made_at


def _told_otherwise(work: Work, case_id: UUID, account_id: UUID, since: datetime) -> bool:
    """Whether a letter of the case reached her since by another way: told on the telephone, posted, handed over."""
    theirs = (Dispatch.case_id == case_id, Dispatch.account_id == account_id, Dispatch.changed_at >= since)
    gone = (Dispatch.way.in_(BY_HAND), Dispatch.stage.in_((Stage.SENT, Stage.ARRIVED)))
    return work.db.scalar(select(Dispatch.id).where(*theirs, *gone).limit(1)) is not None


def _newest(jobs: Iterable[Any]) -> dict[UUID, datetime]:
    """The accounts that jobs were to write to, each with the time of the last; their names end with the account."""
    found: dict[UUID, datetime] = {}
    for name, made_at in jobs:
        key = UUID(name.rpartition("/")[2])
        found[key] = max(made_at, found.get(key, made_at))
    return found


def to_send(work: Work, payload: dict[str, Any]) -> Mail | None:
    """The e-mail of a promised notice, in the reader's language, to where she can be reached safely.

    None when the account is closed, its power over the patient rests or is over, no way is safe, or the case was
    withdrawn since: nothing is ready, asked or to be done any more.
    """
    account = work.db.get(Account, UUID(payload["account"]))
    if account is None or account.disabled_at is not None or not _is_still_theirs(work, payload.get("case"), account):
        return None
    box = contact_plans.letterbox(work, account)
    if box is None:
        return None
    with speaking(account.language):
        subject, first = NOTICES[payload["notice"]]
        facts = {"first": _(first), "link": work.outside.base_url}
        return written(work, box, subject, "emails/notice.txt", NEUTRAL_NEWS, **facts)


def written(work: Work, box: Letterbox, subject: str, template: str, neutral: str, **facts: Any) -> Mail:
    """An e-mail in the language spoken now; ``neutral`` is the one sentence of it where nothing may say who writes."""
    if not box.neutral:
        return Mail(box.to, _(subject), work.outside.paper.render(template, **facts))
    text = work.outside.paper.render("emails/neutral.txt", happened=_(neutral), sender=work.clinic.neutral.name)
    return Mail(box.to, _(NEUTRAL_SUBJECT), text, neutral=True)


def send(work: Work, mail: Mail | tuple[str, str, str] | None, report: Report) -> bool:
    """Hand the mail over; False when there is none. The same job always carries the same Message-ID."""
    if mail is None:
        return False
    to, subject, text, neutral = Mail(*mail)
    if not neutral:
        work.outside.mail.send(to, subject, text, _message_id(work, report.name))
        return True
    sender = work.clinic.neutral
    known_as = f"<{sha256(report.name.encode()).hexdigest()[:32]}@{sender.email.rpartition('@')[2]}>"
    work.outside.mail.send(to, subject, text, known_as, (sender.name, sender.email))
    return True


def _is_still_theirs(work: Work, case_id: str | None, account: Account) -> bool:
    """Whether the account may still hear of the case. One promised by an earlier version does not name its case."""
    if case_id is None:
        return True
    case = work.db.get(Case, UUID(case_id))
    # Of a consent taken back people are told all the same: it is an act of its own, not the end of a request.
    if case is None or (case.kind == "access_request" and case.outcome == Outcome.WITHDRAWN):
        return False
    if account.id in case.about_ids:  # named since it was promised
        return False
    own = account.id == case.patient.account_id or _is_staff(account)
    return own or powers.may_hear(work, case.patient, account.id, case.kind)


def _is_staff(account: Account) -> bool:
    return any(role.value != "patient" for role in account.role_set)


def _message_id(work: Work, job_name: str) -> str:
    host = work.outside.base_url.split("://", 1)[-1].split("/")[0].split(":")[0]
    known_as = job_name.replace("/", ".")
    # A mail's own name may not be longer (``adapters/mail``); a digest is the same for the same job too.
    return f"<{known_as if len(known_as) <= LONGEST_NAME else sha256(job_name.encode()).hexdigest()[:32]}@{host}>"
