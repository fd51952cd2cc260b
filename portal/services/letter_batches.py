"""Batches: letters that are printed in one run, put into their envelopes and handed over together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import posting as rules
from portal.domain.dispatches import CARRIED, WAY_NAMES, Stage, Way
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.dispatches import Dispatch, LetterBatch
from portal.models.letters import StoredFile
from portal.models.scopes import dispatches_seen_by
from portal.services import audit, dispatch_targets, dispatches, files, letters, posting
from portal.services.dispatch_printing import number_of
from portal.services.work import Work

MOST = 50
PARTS = ("letters", "envelopes", "labels")


@dataclass(frozen=True)
class Listed:
    """A letter of a batch as its list shows it."""

    dispatch: Dispatch
    reference: str
    way: str
    lines: tuple[str, ...]
    pages: int
    sheets: int
    neutral: bool
    data: bytes = b""


def make(work: Work, ids: Sequence[UUID]) -> LetterBatch:
    """One batch of the printed letters among these, in the order of the list.

    What is in another batch already comes over from there. Raises Invalid when none can go.
    """
    work.must(Permission.INCOMING_SORT)
    batch = LetterBatch(made_at=work.now, made_by_id=work.actor.id, made_by_name=work.actor.name)
    ready = [
        each for each in dispatches.lock_all(work, ids[:MOST]) if each.way in CARRIED and each.stage == Stage.READY
    ]
    right = [each for each in ready if posting.still_right(work, each)]
    if not right:
        raise Invalid(_("Choose at least one letter that is printed."), "letters")
    work.db.add(batch)
    work.db.flush()
    for each in right:
        each.batch_id = batch.id
    return batch


def find(work: Work, batch_id: UUID) -> LetterBatch:
    """A batch. Raises NotFound."""
    work.must(Permission.INCOMING_SORT)
    batch = work.db.get(LetterBatch, batch_id)
    if batch is None or not of(work, batch):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return batch


def of(work: Work, batch: LetterBatch) -> list[Dispatch]:
    """Its letters that this person may handle, in order."""
    query = select(Dispatch).where(Dispatch.batch_id == batch.id, dispatches_seen_by(work.actor))
    return list(work.db.scalars(query.order_by(Dispatch.id)))


def rows(work: Work, batch: LetterBatch, with_sheets: bool = False) -> list[Listed]:
    """Its list; ``with_sheets`` brings what was printed along."""
    return [_listed(work, each, with_sheets) for each in of(work, batch)]


def _listed(work: Work, found: Dispatch, with_sheets: bool) -> Listed:
    letter = letters.read(work, found.letter)
    target = dispatch_targets.of(work, found, letter)
    data = b""
    if with_sheets and found.file_id is not None and found.stage == Stage.READY:
        data = b"".join(files.stream(work, work.db.get_one(StoredFile, found.file_id)))
    return Listed(
        dispatch=found,
        reference=letter.reference or number_of(found.id),
        way=_(WAY_NAMES[Way(found.way)]),
        lines=tuple(dispatches.target_of(work, found).get("lines", ())),
        pages=found.pages,
        sheets=rules.sheets(found.pages, work.clinic.post.duplex),
        neutral=target.neutral,
        data=data,
    )


def taken(work: Work, batch: LetterBatch) -> list[Listed]:
    """The sheets of the letters that are not handed over yet, for the printer; written down for each.

    Raises NotPossible when all of it went out.
    """
    work.must(Permission.INCOMING_SORT)
    found = [each for each in rows(work, batch, with_sheets=True) if each.data]
    if not found:
        raise NotPossible(_("All letters of this batch went out, or were taken back."))
    for each in found:
        letter = str(each.dispatch.letter_id)
        audit.record(work, "dispatch.taken", each.dispatch.patient_id, reference=each.reference, letter=letter)
    return found


def sheets_of(work: Work, found: Dispatch) -> tuple[StoredFile, str, Iterator[bytes]]:
    """The printed sheets of one letter: file, name, content. Raises NotPossible while there are none."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.file_id is None:
        raise NotPossible(_("This letter is not printed yet. Try again in a minute."))
    file = work.db.get_one(StoredFile, found.file_id)
    audit.record(work, "dispatch.taken", found.patient_id, letter=str(found.letter_id))
    return file, files.name_of(work, file), files.stream(work, file)


def drawn(outside: Any, clinic: Any, today: date, found: Sequence[Listed], part: str) -> bytes:
    """The file for the printer: the list and the letters, or their envelopes or labels. Takes a while."""
    if part != "letters":
        return _envelopes(outside, clinic, found, part)
    title = _("Letters of %(day)s", day=today.isoformat())
    cover = outside.press.letter(outside.paper.render("letters/batch.html", title=title, rows=found))
    return bytes(outside.press.stack([cover, *(each.data for each in found)], clinic.post.duplex))


def _envelopes(outside: Any, clinic: Any, found: Sequence[Listed], part: str) -> bytes:
    shape = rules.envelope(clinic.post.envelope) if part == "envelopes" else rules.label(clinic.post.label)
    sheets = [
        (
            each.lines,
            sender_of(clinic, each.neutral) if part == "envelopes" else (),
            rules.type_size(each.lines, shape.text),
        )
        for each in found
    ]
    title = _("Envelopes") if part == "envelopes" else _("Labels")
    return bytes(
        outside.press.plain(outside.paper.render("letters/envelopes.html", title=title, format=shape, sheets=sheets))
    )


def sender_of(clinic: Any, neutral: bool) -> tuple[str, ...]:
    """Who an envelope is from; where nothing outside may name the clinic, the neutral sender of the settings."""
    if neutral:
        return (clinic.neutral.name, *clinic.neutral.return_address)
    return (clinic.name, *clinic.address)


def handed_over(work: Work, batch: LetterBatch, on: date | None, tracking: Mapping[UUID, str]) -> tuple[int, int]:
    """All of it is in its envelopes and was handed over: how many, and how many were taken back instead.

    Pressed twice, it has one effect. Raises Invalid for a day that cannot be.
    """
    work.must(Permission.INCOMING_SORT)
    posting.check_day(work, on)
    gone = back = 0
    for each in dispatches.lock_all(work, [found.id for found in of(work, batch)]):
        if each.stage != Stage.READY:
            continue
        if posting.still_right(work, each):
            gone += posting.handed_over(work, each, on, tracking.get(each.id, ""))
        else:
            back += 1
    return gone, back
