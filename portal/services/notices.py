"""Telling people that something waits for them in the portal. A notice says nothing personal: sign in to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select

from portal.domain.access_requests import Outcome
from portal.domain.policy import Permission
from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.cases import Case
from portal.models.jobs import Job
from portal.services import leaves, patients
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
    "physician": (N_("A case waits for you"), N_("A case was referred to you and waits for your review.")),
}


_JOBS: Any = Job.__table__
# Asked on every page of a case, so it is a plain statement that is built once.
_OF_CASE = select(_JOBS.c.name, _JOBS.c.made_at).where(
    _JOBS.c.status == bindparam("status"), _JOBS.c.kind == "notice", _JOBS.c.name.startswith(bindparam("of_case"))
)


def tell_patient(work: Work, case: Case, notice: str) -> None:
    """Promise an e-mail to the patient and to whoever asked for her and still may; nobody is written to twice."""
    ids = {case.patient.account_id} - {None}
    if case.requested_by_id and patients.represented_by(work, case.patient, case.requested_by_id):
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
    if decides:
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


def undelivered(work: Work, case: Case) -> list[Undelivered]:
    """Whom no e-mail about this case reached since the one that was given up: the office has to tell them otherwise."""
    work.must(Permission.REQUEST_VIEW, case)
    of_case = f"notice/{case.id}/"
    lost = _newest(work.db.execute(_OF_CASE, {"status": "dead", "of_case": of_case}))
    if not lost:
        return []
    reached = _newest(work.db.execute(_OF_CASE, {"status": "done", "of_case": of_case}))
    still = {key: at for key, at in lost.items() if key not in reached or reached[key] < at}
    names = select(Account.id, Account.name).where(Account.id.in_(still)).order_by(Account.name)
    return [Undelivered(name, still[key]) for key, name in work.db.execute(names)]


def _newest(jobs: Iterable[Any]) -> dict[UUID, datetime]:
    """The accounts that jobs were to write to, each with the time of the last; their names end with the account."""
    found: dict[UUID, datetime] = {}
    for name, made_at in jobs:
        key = UUID(name.rpartition("/")[2])
        found[key] = max(made_at, found.get(key, made_at))
    return found


def to_send(work: Work, payload: dict[str, Any]) -> tuple[str, str, str] | None:
    """(address, subject, text) of a promised notice, in the reader's language.

    None when the account is closed, or the case was withdrawn since: nothing is ready, asked or to be done any more.
    """
    account = work.db.get(Account, UUID(payload["account"]))
    if account is None or account.disabled_at is not None or _is_withdrawn(work, payload.get("case")):
        return None
    with speaking(account.language):
        subject, first = NOTICES[payload["notice"]]
        text = work.outside.paper.render("emails/notice.txt", first=_(first), link=work.outside.base_url)
        return account.email, _(subject), text


def send(work: Work, mail: tuple[str, str, str] | None, report: Report) -> None:
    """Hand the mail over. The same job always carries the same Message-ID, so that a repeat can be seen as one."""
    if mail is not None:
        to, subject, text = mail
        work.outside.mail.send(to, subject, text, _message_id(work, report.name))


def _is_withdrawn(work: Work, case_id: str | None) -> bool:
    """A notice that was promised by an earlier version of the portal does not name its case."""
    if case_id is None:
        return False
    # Of a consent taken back, people are told all the same: it is an act of its own, not the end of a request.
    ended = select(Case.outcome).where(Case.id == UUID(case_id), Case.kind == "access_request")
    return work.db.scalar(ended) == Outcome.WITHDRAWN


def _is_staff(account: Account) -> bool:
    return any(role.value != "patient" for role in account.role_set)


def _message_id(work: Work, job_name: str) -> str:
    host = work.outside.base_url.split("://", 1)[-1].split("/")[0].split(":")[0]
    return f"<{job_name.replace('/', '.')}@{host}>"
