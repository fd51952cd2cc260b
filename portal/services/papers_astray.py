"""Papers that were put with the wrong patient: taken back to the tray, with who may have seen them.

The scan is sealed anew under a key of the tray and the copy under her key goes; the day on which it came stays. What
her side saw is answered for by the privacy contact, who decides whether the patient whose it is has to be told.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.astray_papers import AstrayPaper
from portal.models.audit import AuditEntry
from portal.models.consents import Consent
from portal.models.dispatches import IncomingPaper
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.scopes import astray_papers_seen_by, papers_seen_by
from portal.services import audit, files, incoming_papers
from portal.services.incoming_papers import HIDDEN, OPENED, SHOWN, Filed
from portal.services.sealing import seal, unseal
from portal.services.work import Work

SHORTEST, LONGEST = 10, 500
MOST_LISTED = 100


def find(work: Work, patient: Patient, paper_id: UUID, lock: bool = False) -> Filed:
    """A paper that stands with this patient, of a case or of none. Raises NotFound."""
    work.must(Permission.CORRESPONDENCE_WORK, patient)
    query = select(IncomingPaper).where(IncomingPaper.id == paper_id, papers_seen_by(work.actor))
    if lock:
        query = query.with_for_update(of=IncomingPaper).execution_options(populate_existing=True)
    row = work.db.scalars(query).one_or_none()
    if row is None or row.patient_id != patient.id or row.file_id is None:
        raise NotFound(_("This paper stands with this patient no longer. Look in the tray."))
    file = work.db.get_one(StoredFile, row.file_id)
    return Filed(row, file, files.name_of(work, file), unseal(work, patient.id, row, "from_sealed"))


def is_what_it_began_with(work: Work, paper: Filed) -> bool:
    """Whether the case was entered from this paper: it was filed in the same piece of work."""
    work.must(Permission.CORRESPONDENCE_WORK, paper.row.case or paper.row)
    case = paper.row.case
    return case is not None and paper.row.hers and paper.row.settled_at == case.started_at


def take_back(work: Work, patient: Patient, paper: Filed, reason: str) -> AstrayPaper:
    """The paper is not hers: it lies in the tray again, as old as it is. ``paper`` is locked.

    Raises Invalid without a reason, NotPossible for the proof of something that still stands.
    """
    work.must(Permission.INCOMING_SORT)
    work.must(Permission.CORRESPONDENCE_WORK, paper.row.case or patient)
    if not SHORTEST <= len(reason.strip()) <= LONGEST:
        raise Invalid(_("Say in a sentence how you know that it is not hers."), "reason")
    _check_nothing_stands_on(work, paper)
    kept = _write_down(work, patient, paper, reason.strip())
    facts = {"paper": str(paper.row.id), "seen": kept.seen}
    if paper.row.case is not None:
        audit.record_of(work, "incoming.taken_back", paper.row.case, **facts)
    else:
        audit.record(work, "incoming.taken_back", patient.id, **facts)
    _to_the_tray(work, paper)
    return kept


def _check_nothing_stands_on(work: Work, paper: Filed) -> None:
    if paper.row.form is not None:
        raise NotPossible(
            _("Something was entered from this form, and it is the proof of it. End or change that on her file first.")
        )
    if work.db.scalar(select(Consent.id).where(Consent.scan_id == paper.file.id).limit(1)):
        raise NotPossible(_("A consent stands on this paper. It cannot be taken away while that is kept."))


def _write_down(work: Work, patient: Patient, paper: Filed, reason: str) -> AstrayPaper:
    kept = AstrayPaper(paper_id=paper.row.id, patient_id=patient.id, case_id=paper.row.case_id)
    kept.seen, kept.entered_from = _seen(work, paper), is_what_it_began_with(work, paper)
    kept.at, kept.by_id, kept.by_name = work.now, work.actor.id, work.actor.name
    work.db.add(kept)
    work.db.flush()
    seal(work, patient.id, kept, "reason_sealed", reason)
    return kept


def _seen(work: Work, paper: Filed) -> str:
    """What the trail says: each opening by her side leaves a line (``incoming_papers.file_of_case``)."""
    if not paper.row.hers:
        return HIDDEN
    query = select(AuditEntry.text).where(
        AuditEntry.chain == str(paper.row.patient_id), AuditEntry.action == incoming_papers.OPENED_BY_HER_SIDE
    )
    opened = (json.loads(text).get("file") == str(paper.file.id) for text in work.db.scalars(query))
    return OPENED if any(opened) else SHOWN


def _to_the_tray(work: Work, paper: Filed) -> None:
    """Sealed anew before the copy under her key goes; the sweep takes what no row names from the store."""
    row, data = paper.row, b"".join(files.stream(work, paper.file))
    row.patient_id = row.case_id = row.file_id = None
    row.settled_at = row.settled_by_name = row.settled_how = None
    row.hers = False
    incoming_papers.lay_into_the_tray(work, row, data, paper.sender)
    work.db.flush()
    work.db.delete(paper.file)
    work.db.flush()
    work.db.refresh(row, ["case"])


# What stays with the case, and what the privacy contact decides


@dataclass(frozen=True)
class Line:
    """A paper that was taken back: ``reason`` in words; ``paper`` says where it is now."""

    row: AstrayPaper
    paper: IncomingPaper
    reason: str


def of_case(work: Work, case: Any) -> list[Line]:
    """What was taken from a case as not hers, for the clinic."""
    if not work.may(Permission.CORRESPONDENCE_WORK, case):
        return []
    query = select(AstrayPaper).where(AstrayPaper.case_id == case.id, astray_papers_seen_by(work.actor))
    return [_line(work, row) for row in work.db.scalars(query.order_by(AstrayPaper.at, AstrayPaper.id))]


def _line(work: Work, row: AstrayPaper) -> Line:
    paper = work.db.get_one(IncomingPaper, row.paper_id)
    return Line(row, paper, unseal(work, row.patient_id, row, "reason_sealed"))


def _open(work: Work) -> Any:
    still = (AstrayPaper.seen == OPENED, AstrayPaper.settled_at.is_(None))
    return select(AstrayPaper).where(*still, astray_papers_seen_by(work.actor))


def to_decide(work: Work) -> Sequence[Line]:
    """The papers somebody opened whose they were not, the oldest first, for the privacy contact."""
    work.must(Permission.ASTRAY_DECIDE)
    rows = work.db.scalars(_open(work).order_by(AstrayPaper.at, AstrayPaper.id).limit(MOST_LISTED))
    return [_line(work, row) for row in rows]


def how_many(work: Work) -> int:
    """How many of them wait; none for all but who decides."""
    if not work.may(Permission.ASTRAY_DECIDE):
        return 0
    some = _open(work).with_only_columns(AstrayPaper.id).limit(MOST_LISTED).subquery()
    return work.db.scalar(select(func.count()).select_from(some)) or 0


def find_to_decide(work: Work, astray_id: UUID) -> Line:
    """One of them, locked where this work writes. Raises NotFound for all others, and what somebody decided."""
    work.must(Permission.ASTRAY_DECIDE)
    query = _open(work).where(AstrayPaper.id == astray_id)
    if work.writes:
        query = query.with_for_update(of=AstrayPaper).execution_options(populate_existing=True)
    row = work.db.scalars(query).one_or_none()
    if row is None:
        raise NotFound(_("There is nothing to decide about this paper. Somebody may have decided already."))
    return _line(work, row)


def decide(work: Work, line: Line, words: str) -> None:
    """What was decided about a notice, and why; the line is locked. Raises Invalid without words."""
    work.must(Permission.ASTRAY_DECIDE)
    row = line.row
    if not SHORTEST <= len(words.strip()) <= LONGEST:
        raise Invalid(_("Write what you decided about a notice, and why."), "words")
    row.settled_at, row.settled_by_name = work.now, work.actor.name
    seal(work, row.patient_id, row, "settled_sealed", words.strip())
    audit.record(work, "incoming.astray_decided", None, paper=str(row.paper_id), astray=str(row.id))
