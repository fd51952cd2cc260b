"""Sweeping the store: sealed files that no row names are removed once a day."""

from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import select, union

from portal.domain.policy import Permission
from portal.models.account_requests import IdentityPaper
from portal.models.dispatches import IncomingPaper
from portal.models.letters import StoredFile
from portal.services.work import Report, Work

# A file is stored before its row is committed: the longest transaction and the longest job take minutes.
LONG_AGO = timedelta(hours=24)
FAX_OVER = timedelta(hours=72)  # a fax is tried for a day, and its outcome asked for another
AT_ONCE = 500
# Every column that names a file.
NAMED_BY = (StoredFile.stored_digest, IdentityPaper.stored_digest, IncomingPaper.stored_digest)


def unwanted(work: Work, _payload: dict[str, Any]) -> frozenset[str]:
    """What lies in the store and no row names, of whatever age."""
    work.must(Permission.UPKEEP)
    found: set[str] = set()
    there = work.outside.store.digests()
    while some := set(islice(there, AT_ONCE)):
        known = [select(column).where(column.in_(some)) for column in NAMED_BY]
        found |= some - set(work.db.scalars(union(*known)))
    return frozenset(found)


def sweep(work: Work, unnamed: frozenset[str], _report: Report) -> None:
    """Remove what was found, if it is old: a younger file may get its row yet."""
    work.must(Permission.UPKEEP)
    work.outside.store.sweep(lambda digest: digest not in unnamed, LONG_AGO)
    if work.outside.fax is not None:
        work.outside.fax.sweep(FAX_OVER)
