"""The folder of a scanner or fax server: what lies there goes into the tray, once, and then out of the folder.

A file is kept in one round and put out in the next, when its keeping is committed: whoever is killed between the two
leaves a file whose fingerprint is known, and nothing is kept twice. What is refused is told on the page of the tray.
"""

import hashlib
import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from portal.domain.clocks import local_date
from portal.domain.errors import Changed, NotFound
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.base import new_id
from portal.models.folder_files import FolderFile
from portal.models.jobs import Job
from portal.services import audit, incoming_papers, paper_lists
from portal.services.incoming_papers import LONG_AGO, Came
from portal.services.paper_lists import Page
from portal.services.sealing import make_portal_key, pin, portal_key
from portal.services.work import Report, Work

log = logging.getLogger("portal.incoming_folder")

KIND, KEY = "incoming_folder", "incoming folder"
AT_ONCE = 4  # files in a round: each is held in memory until all are kept
SILENT = timedelta(minutes=15)
REMEMBERED = timedelta(days=1)


@dataclass(frozen=True)
class Known:
    """What was kept or refused and may still lie in the folder: by fingerprint, the reason of what was refused."""

    key: bytes | None
    reasons: Mapping[str, str | None]


@dataclass(frozen=True)
class Brought:
    """A file of this round: ``looked`` is the cleaned scan, None for one that is refused for ``reason``."""

    digest: str
    shown: str
    way: str
    on: date
    looked: Any = None
    reason: str = ""


@dataclass(frozen=True)
class Round:
    """What was brought, which of the known ones lie in the folder no more, and whether others wait."""

    brought: tuple[Brought, ...] = ()
    out: frozenset[str] = frozenset()
    more: bool = False


def known(work: Work, _payload: dict[str, Any]) -> Known:
    """What the round has to know, read before it begins."""
    work.must(Permission.INCOMING_BRING)
    rows = work.db.scalars(select(FolderFile).where(FolderFile.fingerprint.is_not(None)))
    reasons = {str(row.fingerprint): None if row.paper_id else _told(work, row)["reason"] for row in rows}
    return Known(portal_key(work, KEY), reasons)


def bring(work: Work, seen: Known, report: Report) -> Round:
    """Look at the folder with no database held: put out what is kept, inspect what is new. Raises what the folder does.

    One that changes under our hands is left for a later round.
    """
    work.must(Permission.INCOMING_BRING)
    folder = work.outside.incoming
    if folder is None:
        return Round(out=frozenset(seen.reasons))
    listing = folder.look()
    brought: list[Brought] = []
    there: set[str] = set()
    out: set[str] = set()
    whole, more = listing.whole, False
    for number, found in enumerate(listing.files):
        report.tell(number, len(listing.files))
        try:
            data = None if found.is_too_big else folder.read(found)
            digest = _digest(found, data)
            mark = _fingerprint(seen.key, digest) if seen.key else ""
            if mark in seen.reasons:
                there.add(mark)
                _put_out(folder, found, seen.reasons[mark])
                out.add(mark)
            elif len(brought) < AT_ONCE:
                brought.append(_looked_at(work, found, data, digest))
            else:
                more = True
        except Changed:
            log.warning("a file of the incoming folder changed, or could not be moved: it is left for later")
            whole = False
    gone = frozenset(seen.reasons) - there if whole else frozenset()
    return Round(tuple(brought), frozenset(out) | gone, more)


def _put_out(folder: Any, found: Any, reason: str | None) -> None:
    if reason is None:
        folder.remove(found)
    else:
        folder.refuse(found, reason)


def _looked_at(work: Work, found: Any, data: bytes | None, digest: str) -> Brought:
    """Known by its content and cleaned, or the reason why not, in the clinic's first language."""
    day = max(min(local_date(work.profile, found.arrived), work.today), work.today - LONG_AGO)
    facts = (digest, found.shown, found.way, day)
    with speaking(work.clinic.languages[0]):
        if data is None:
            return Brought(*facts, reason=_("This file is larger than 10 MB. Scan it again in parts."))
        looked = work.outside.inspect(found.name, data)
        return Brought(*facts, looked) if looked.verdict == "accepted" else Brought(*facts, reason=str(looked.reason))


def _digest(found: Any, data: bytes | None) -> str:
    """Of the name and the content; of one that is too big to read, of what the folder says about it."""
    content = hashlib.sha256(data).digest() if data is not None else repr(found.mark).encode()
    return hashlib.sha256(f"{found.place}/{found.name}\0".encode(errors="surrogateescape") + content).hexdigest()


def _fingerprint(key: bytes, digest: str) -> str:
    """Under a key of the portal's own, so that the row tells nobody which known paper it was."""
    return hmac.new(key, digest.encode(), hashlib.sha256).hexdigest()


def keep(work: Work, _payload: dict[str, Any], made: Round) -> None:
    """All of the round in one transaction; what was kept is put out in a round of its own, at once."""
    work.must(Permission.INCOMING_BRING)
    key = (portal_key(work, KEY) or make_portal_key(work, KEY)) if made.brought else b""
    for each in made.brought:
        mark = _fingerprint(key, each.digest)
        if work.db.scalar(select(FolderFile.id).where(FolderFile.fingerprint == mark)) is None:
            _keep_one(work, each, mark)
    for row in work.db.scalars(select(FolderFile).where(FolderFile.fingerprint.in_(made.out))):
        _is_out(work, row)
    if made.brought or made.more:
        work.promise("incoming_folder", f"{KIND}/again/{new_id()}")
    last = func.coalesce(Job.done_at, Job.made_at)
    over = (Job.kind == KIND, Job.status.in_(["done", "dead"]), last < work.now - REMEMBERED)
    work.db.execute(delete(Job).where(*over))


def _keep_one(work: Work, each: Brought, mark: str) -> None:
    row = FolderFile(id=new_id(), fingerprint=mark, way=each.way, received_on=each.on, taken_at=work.now)
    if each.looked is not None:
        row.paper_id = incoming_papers.bring(work, each.looked, Came(each.way, each.on)).id
    else:
        told = json.dumps({"name": each.shown, "reason": each.reason})
        row.told_sealed = work.outside.vault.seal_secret(told.encode(), pin(row, "told_sealed"))
        audit.record(work, "incoming.refused", file=str(row.id), way=each.way)
    work.db.add(row)
    work.db.flush()


def _is_out(work: Work, row: FolderFile) -> None:
    if row.paper_id is not None or row.settled_at is not None:
        work.db.delete(row)
    else:
        row.fingerprint = None


def _told(work: Work, row: FolderFile) -> dict[str, str]:
    told: dict[str, str] = {"name": "", "reason": ""}
    if row.told_sealed is not None:
        told = json.loads(work.outside.vault.open_secret(row.told_sealed, pin(row, "told_sealed")))
    return told


# What the page of the tray says


@dataclass(frozen=True)
class Refusal:
    """A file that was put aside: somebody has to look at it in the folder, since it may be a request."""

    id: UUID
    name: str
    reason: str
    way: str
    on: date


def refusals(work: Work, after: UUID | None = None) -> Page:
    """The files nobody has looked at yet, as ``Refusal``, the oldest first. ``after`` was shown last."""
    page = paper_lists.refused(work, after)
    said = [Refusal(row.id, told["name"], told["reason"], row.way, row.received_on)
            for row in page.rows if (told := _told(work, row))]  # fmt: skip
    return Page(said, page.next)


def settle(work: Work, file_id: UUID) -> None:
    """Somebody has looked at a file that was put aside. Raises NotFound for one that waits no longer."""
    work.must(Permission.INCOMING_SORT)
    row = work.db.get(FolderFile, file_id, with_for_update=True)
    if row is None or row.told_sealed is None or row.settled_at is not None:
        raise NotFound(_("Somebody has looked at this file already."))
    row.settled_at, row.settled_by_name = work.now, work.actor.name
    if row.fingerprint is None:
        work.db.delete(row)
    audit.record(work, "incoming.settled", file=str(row.id))


def is_silent(work: Work) -> bool:
    """Whether the folder was not looked at for a while: then papers may lie in it that nobody sees."""
    work.must(Permission.INCOMING_SORT)
    if work.outside.incoming is None:
        return False
    last = work.db.scalar(select(func.max(Job.done_at)).where(Job.kind == KIND))
    return last is None or last < work.now - SILENT
