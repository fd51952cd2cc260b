"""Copies of identity papers: sealed, seen by few, every look written down, destroyed in time with a note left.

Each has a key of its own, so that destroying it is the end of every copy of the sealed file, wherever one may be.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.account_requests import rules
from portal.domain.errors import Invalid, NotFound
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.account_requests import AccountRequest, IdentityPaper, IdentityPaperLook
from portal.models.people import Patient
from portal.services import audit
from portal.services.outside import Outside
from portal.services.sealing import pin
from portal.services.work import Report, Work

BLOCK = 256 * 1024


def look_at(outside: Outside, name: str, data: bytes) -> Any:
    """A paper that was handed in: known by its content and cleaned. Raises Invalid with the reason. Takes a while."""
    looked = outside.inspect(name, data)
    if looked.verdict != "accepted":
        raise Invalid(looked.reason, "paper")
    return looked


def keep(work: Work, request: AccountRequest, kind: str, looked: Any) -> IdentityPaper:
    """Seal a paper that ``look_at`` cleaned into the store. Its name is not kept: it says nothing that we need."""
    paper = IdentityPaper(request_id=request.id, kind=kind, media_type=looked.media_type, size=len(looked.clean))
    paper.key_wrapped = work.outside.vault.new_key(_owner(paper))
    blocks = (looked.clean[start : start + BLOCK] for start in range(0, paper.size, BLOCK))
    sealed = work.outside.vault.seal_stream(_key(work, paper), blocks, pin(paper, "data"))
    paper.stored_digest = work.outside.store.put(sealed)
    paper.added_at, paper.destroy_at = work.now, work.now + rules().kept_unseen
    work.db.add(paper)
    return paper


def of_request(work: Work, request: AccountRequest) -> list[IdentityPaper]:
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    query = select(IdentityPaper).where(IdentityPaper.request_id == request.id)
    return list(work.db.scalars(query.order_by(IdentityPaper.added_at, IdentityPaper.id)))


def find(work: Work, request: AccountRequest, paper_id: UUID) -> IdentityPaper:
    """A paper of a request that is still there. Raises NotFound."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    paper = work.db.get(IdentityPaper, paper_id)
    if paper is None or paper.request_id != request.id or paper.destroyed_at is not None:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    return paper


def read(work: Work, paper: IdentityPaper) -> Iterator[bytes]:
    """The paper as it was handed in. Who looked is written down, and the days until it is destroyed begin to count."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    paper_id, patient_id, by = paper.id, paper.patient_id, work.actor
    at = work.now
    work.later(lambda w: _seen(w, paper_id, by.id, by.name, at))
    audit.record(work, "identity_paper.opened", patient_id, paper=str(paper_id), request=str(paper.request_id))
    sealed = work.outside.store.read(paper.stored_digest or "")
    return work.outside.vault.open_stream(_key(work, paper), sealed, pin(paper, "data"))


def _seen(work: Work, paper_id: UUID, by_id: UUID | None, by_name: str, at: datetime) -> None:
    paper = work.db.get_one(IdentityPaper, paper_id)
    if not paper.looks:
        paper.destroy_at = at + rules().kept_after_seen
    paper.looks.append(IdentityPaperLook(paper_id=paper_id, by_id=by_id, by_name=by_name, at=at))


def settled(work: Work, request: AccountRequest, patient_id: UUID | None) -> None:
    """The request is settled: its papers are the patient's from now on; one that nobody looked at goes at once."""
    for paper in of_request(work, request):
        paper.patient_id = patient_id
        if not paper.looks and paper.destroyed_at is None:
            paper.destroy_at = work.now


@dataclass(frozen=True)
class Note:
    """What is left of a paper, and what the patient reads: which kind, who saw it and when, when it is gone."""

    kind: str
    seen: tuple[tuple[str, datetime], ...]
    destroy_at: datetime
    destroyed_at: datetime | None


def notes(work: Work, patient: Patient) -> list[Note]:
    """The notes of a patient's identity papers, newest first; who acts for her reads nothing of her way in."""
    work.must(Permission.ACCESS_LOG_VIEW, patient)
    if work.actor.stands_in_for(patient.id):
        return []
    query = select(IdentityPaper).where(IdentityPaper.patient_id == patient.id)
    return [note_of(paper) for paper in work.db.scalars(query.order_by(IdentityPaper.added_at.desc()))]


def note_of(paper: IdentityPaper) -> Note:
    seen = tuple((look.by_name, look.at) for look in paper.looks)
    return Note(_(rules().kind(paper.kind)), seen, paper.destroy_at, paper.destroyed_at)


# Destroying, by the worker


def due(work: Work, _payload: dict[str, Any]) -> list[tuple[UUID, str]]:
    """(key, digest) of the papers whose time is over."""
    work.must(Permission.UPKEEP)
    over = (IdentityPaper.destroyed_at.is_(None), IdentityPaper.destroy_at <= work.now)
    query = select(IdentityPaper.id, IdentityPaper.stored_digest).where(*over)
    return [(key, digest or "") for key, digest in work.db.execute(query)]


def delete_files(work: Work, papers: list[tuple[UUID, str]], _report: Report) -> list[UUID]:
    """The files are gone first: a job that breaks off here finds the rows again and goes on."""
    for _key_of, digest in papers:
        if digest:
            work.outside.store.delete(digest)
    return [key for key, _digest in papers]


def destroyed(work: Work, _payload: dict[str, Any], keys: list[UUID]) -> None:
    """Their keys are gone as well, and the note says so."""
    work.must(Permission.UPKEEP)
    for paper in work.db.scalars(select(IdentityPaper).where(IdentityPaper.id.in_(keys)).with_for_update()):
        paper.key_wrapped = paper.stored_digest = None
        paper.destroyed_at = work.now
        audit.record(work, "identity_paper.destroyed", paper.patient_id, paper=str(paper.id))


def _owner(paper: IdentityPaper) -> str:
    return f"identity_papers/{paper.id}"


def _key(work: Work, paper: IdentityPaper) -> bytes:
    return work.outside.vault.unwrap(paper.key_wrapped or b"", _owner(paper))
