"""Jobs that time itself asks for: each is done once a period, by whichever worker comes first."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.policy import Permission
from portal.models.base import new_id
from portal.models.jobs import Job
from portal.services.jobs import RUNNING, WAITING
from portal.services.work import Work

DAILY = (
    "sweep",
    "checkpoint",
    "powers_ending",
    "identity_papers",
    "figures",
    "consents",
    "complaints",
    "disclosure_notices",
    "invitations_over",
    "papers_aside",
)
RECURRING = dict.fromkeys(DAILY, timedelta(days=1))
# Only where the settings name a folder, and one at a time: a round that fails is tried again, not beside another.
OFTEN = {"incoming_folder": timedelta(minutes=2)}
LATE_AFTER = timedelta(hours=1)


def _recurring(work: Work) -> dict[str, timedelta]:
    return RECURRING | (OFTEN if work.outside.incoming is not None else {})


def _goes_on(work: Work, kind: str) -> bool:
    going = select(Job.id).where(Job.kind == kind, Job.status.in_([WAITING, RUNNING])).limit(1)
    return kind in OFTEN and work.db.scalar(going) is not None


def promise_recurring(work: Work) -> None:
    """Put the recurring jobs of this period beside the others, unless that was done: a name is promised once."""
    work.must(Permission.UPKEEP)
    dialect = postgresql if work.db.get_bind().dialect.name == "postgresql" else sqlite
    for kind, every in _recurring(work).items():
        if _goes_on(work, kind):
            continue
        begun = datetime.fromtimestamp(work.now.timestamp() // every.total_seconds() * every.total_seconds(), UTC)
        name = f"{kind}/{begun.isoformat(timespec='minutes')}"
        if work.db.scalar(select(Job.id).where(Job.name == name)) is None:
            promise = dialect.insert(Job).values(
                id=new_id(), kind=kind, name=name, payload="{}", run_at=work.now, made_at=work.now
            )
            work.db.execute(promise.on_conflict_do_nothing(index_elements=["name"]))


def late(work: Work) -> dict[str, datetime | None]:
    """The recurring jobs that were missed for two periods (an hour at least), with when each was last done."""
    work.must(Permission.AUDIT_VERIFY)
    found = {}
    for kind, every in _recurring(work).items():
        first = work.db.scalar(select(func.min(Job.made_at)).where(Job.kind == kind))
        last = work.db.scalar(select(func.max(Job.done_at)).where(Job.kind == kind))
        since = last or first
        if since is not None and since < work.now - max(2 * every, LATE_AFTER):
            found[kind] = last
    return found
