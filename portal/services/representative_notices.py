"""Telling a patient and who acts for her that something about it changed. Such an e-mail names nobody and nothing."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import representatives as rules
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.representatives import Life
from portal.domain.words import N_, _, speaking
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.jobs import Job
from portal.models.people import Patient, Representation
from portal.models.scopes import in_force
from portal.services import contact_plans, notices
from portal.services.notices import Mail
from portal.services.work import Report, Work

CHANGED = (
    N_("Something was changed in the portal"),
    N_("Something was changed about who may act for whom. If you did not expect it, call us."),
)
ENDS_SOON = (N_("Something in the portal ends soon"), N_("Something about who may act for whom ends soon."))
ENDING = "ending"


def tell(work: Work, row: Representation, what: str) -> None:
    """Promise both an e-mail about a change."""
    for account_id in _both(work, row):
        _promise(work, f"representative/{what}/{new_id()}/{account_id}", row, account_id, what)


def _promise(work: Work, name: str, row: Representation, account_id: UUID, what: str) -> None:
    work.promise("representative_notice", name, account=str(account_id), row=str(row.id), what=what)


def _both(work: Work, row: Representation) -> list[UUID]:
    """The accounts of the patient, if she has one, and of the representative; whoever acts herself knows."""
    hers = work.db.scalar(select(Patient.account_id).where(Patient.id == row.patient_id))
    return sorted({hers, row.account_id} - {None, work.actor.id}, key=str)  # type: ignore[arg-type]


def to_send(work: Work, payload: dict[str, Any]) -> Mail | None:
    """The e-mail; None when the account is closed, no way is safe, or what was to end has ended or rests."""
    account = work.db.get(Account, UUID(payload["account"]))
    row = work.db.get(Representation, UUID(payload["row"]))
    if account is None or row is None or account.disabled_at is not None:
        return None
    ending = payload["what"] == ENDING
    if (
        ending
        and work.db.scalar(select(Representation.id).where(Representation.id == row.id, in_force(work.today))) is None
    ):
        return None
    if (box := contact_plans.letterbox(work, account)) is None:
        return None
    with speaking(account.language):
        subject, first = ENDS_SOON if ending else CHANGED
        facts = {"first": _(first), "link": work.outside.base_url}
        return notices.written(work, box, subject, "emails/notice.txt", notices.NEUTRAL_NEWS, **facts)


def send(work: Work, mail: Mail | None, report: Report) -> None:
    notices.send(work, mail, report)


# Some days before a power ends by its own date or by a birthday; once for each such day.


def ending_soon(work: Work, _payload: dict[str, Any]) -> list[tuple[UUID, str]]:
    """(power, its last day) of those whose end comes near and has to be told."""
    work.must(Permission.UPKEEP)
    found = []
    for row in work.db.scalars(select(Representation).where(in_force(work.today))):
        law = profile(row.patient.jurisdiction).representatives
        last = rules.last_day(law, row, Life.of(row.patient))
        if last is not None and last <= work.today + timedelta(days=law.told_days_before):
            found.append((row.id, last.isoformat()))
    return found


def as_it_is(_work: Work, found: list[tuple[UUID, str]], _report: Report) -> list[tuple[UUID, str]]:
    return found


def tell_of_ends(work: Work, _payload: dict[str, Any], found: list[tuple[UUID, str]]) -> None:
    """Promise both an e-mail, unless it was promised for this very day before."""
    work.must(Permission.UPKEEP)
    for row_id, last in found:
        row = work.db.get_one(Representation, row_id)
        for account_id in _both(work, row):
            name = f"representative/{row.id}/{ENDING}/{last}/{account_id}"
            if work.db.scalar(select(Job.id).where(Job.name == name)) is None:
                _promise(work, name, row, account_id, ENDING)
