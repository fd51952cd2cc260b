"""Batches: letters that are printed in one run, put into their envelopes and handed over together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from portal.domain import posting as rules
from portal.domain.dispatches import CARRIED, WAY_NAMES, Stage, Way
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.dispatches import BatchMove, Dispatch, LetterBatch
from portal.models.letters import StoredFile
from portal.models.scopes import dispatches_seen_by
from portal.services import dispatch_targets, dispatches, files, letters, posting
from portal.services.dispatch_printing import number_of
from portal.services.posting import Handed
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
    changed: bool = False  # its recipient is another one now: it is not given out, and must not go
    data: bytes = b""


def take_back(work: Work, ids: Sequence[UUID]) -> list[str]:
    """Take back those of these letters whose recipient has changed since they were printed: what they are called."""
    work.must(Permission.INCOMING_SORT)
    return [_name(work, each) for each in _ready(work, ids) if not posting.still_right(work, each)]


def make(work: Work, ids: Sequence[UUID]) -> LetterBatch:
    """One batch of the printed letters among these, in the order of the list.

    What is in another batch already comes over from there, which both batches say from then on. Raises Invalid when
    none can go.
    """
    work.must(Permission.INCOMING_SORT)
    batch = LetterBatch(made_at=work.now, made_by_id=work.actor.id, made_by_name=work.actor.name)
    right = [each for each in _ready(work, ids) if posting.is_right(work, each)]
    if not right:
        raise Invalid(_("Choose at least one printed letter for the post or a courier."), "letters")
    work.db.add(batch)
    work.db.flush()
    for each in right:
        _put(work, each, batch)
    return batch


def _put(work: Work, found: Dispatch, batch: LetterBatch) -> None:
    if found.batch_id is not None:
        work.db.add(BatchMove(dispatch_id=found.id, from_id=found.batch_id, to_id=batch.id, at=work.now))
    found.batch_id = batch.id
    dispatches.write_line(work, found, "batched", batch=str(batch.id))


def _ready(work: Work, ids: Sequence[UUID]) -> list[Dispatch]:
    found = dispatches.lock_all(work, ids[:MOST])
    return [each for each in found if each.way in CARRIED and each.stage == Stage.READY]


def _name(work: Work, found: Dispatch) -> str:
    return letters.read(work, found.letter).reference or number_of(found.id)


def find(work: Work, batch_id: UUID) -> LetterBatch:
    """A batch. Raises NotFound."""
    work.must(Permission.INCOMING_SORT)
    batch = work.db.get(LetterBatch, batch_id)
    if batch is None or not (of(work, batch) or moves(work, batch)):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return batch


def of(work: Work, batch: LetterBatch) -> list[Dispatch]:
    """Its letters that this person may handle, in order."""
    query = select(Dispatch).where(Dispatch.batch_id == batch.id, dispatches_seen_by(work.actor))
    return list(work.db.scalars(query.order_by(Dispatch.id)))


@dataclass(frozen=True)
class Moved:
    """A letter that was in two batches: ``other`` is the batch it came from, or, when it is ``away``, went to."""

    reference: str
    other: LetterBatch
    away: bool


def moves(work: Work, batch: LetterBatch) -> list[Moved]:
    """Which letters came into this batch from another, and which went from it into another, in order."""
    work.must(Permission.INCOMING_SORT)
    touched = or_(BatchMove.from_id == batch.id, BatchMove.to_id == batch.id)
    query = select(BatchMove).join(BatchMove.dispatch).where(touched, dispatches_seen_by(work.actor))
    return [_moved(work, batch, each) for each in work.db.scalars(query.order_by(BatchMove.id))]


def _moved(work: Work, batch: LetterBatch, move: BatchMove) -> Moved:
    away = move.from_id == batch.id
    return Moved(_name(work, move.dispatch), move.went_to if away else move.came_from, away)


def look(work: Work, batch: LetterBatch) -> list[Listed]:
    """Its list with each recipient in full, to compare with the envelopes: a line for each patient whose they are."""
    found = rows(work, batch)
    for each in {_whose(each.dispatch): each.dispatch for each in reversed(found)}.values():
        dispatches.write_line(work, each, "read")
    return found


def _whose(found: Dispatch) -> UUID:
    """The patient; of a letter to somebody outside the letter, since she may be told of that one later."""
    return found.letter_id if found.outside else found.patient_id


def rows(work: Work, batch: LetterBatch, with_sheets: bool = False) -> list[Listed]:
    """Its list; ``with_sheets`` brings what was printed along."""
    return [_listed(work, each, with_sheets) for each in of(work, batch)]


def _listed(work: Work, found: Dispatch, with_sheets: bool) -> Listed:
    letter = letters.read(work, found.letter)
    target = dispatch_targets.of(work, found, letter)
    data, changed = b"", found.stage == Stage.READY and not posting.is_right(work, found)
    if with_sheets and not changed and found.file_id is not None and found.stage == Stage.READY:
        data = b"".join(files.stream(work, work.db.get_one(StoredFile, found.file_id)))
    return Listed(
        dispatch=found,
        reference=letter.reference or number_of(found.id),
        way=_(WAY_NAMES[Way(found.way)]),
        lines=tuple(dispatches.target_of(work, found).get("lines", ())),
        pages=found.pages,
        sheets=rules.sheets(found.pages, work.clinic.post.duplex),
        neutral=target.neutral,
        changed=changed,
        data=data,
    )


def taken(work: Work, batch: LetterBatch) -> list[Listed]:
    """The sheets of the letters that are not handed over yet, for the printer; written down for each.

    A letter whose recipient has changed since is left out. Raises NotPossible when none is left.
    """
    work.must(Permission.INCOMING_SORT)
    found = [each for each in rows(work, batch, with_sheets=True) if each.data]
    if not found:
        raise NotPossible(_("All letters of this batch went out, or were taken back."))
    for each in found:
        dispatches.write_line(work, each.dispatch, "taken")
    return found


def sheets_of(work: Work, found: Dispatch) -> tuple[StoredFile, str, Iterator[bytes]]:
    """The printed sheets of one letter: file, name, content.

    Raises NotPossible while there are none, and when they show a recipient to whom the letter may not go any more.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.file_id is None:
        raise NotPossible(_("This letter is not printed yet. Try again in a minute."))
    if not posting.is_right(work, found):
        raise NotPossible(_("The recipient has changed since this was printed. Look at the recipient again."))
    file = work.db.get_one(StoredFile, found.file_id)
    dispatches.write_line(work, found, "taken")
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

    Pressed twice, it has one effect. Raises Invalid for a day or a number that cannot be, naming the letter, before
    anything is written down: ``on``, or ``tracking-`` and the letter's key.
    """
    work.must(Permission.INCOMING_SORT)
    posting.check_day(work, on)
    locked = dispatches.lock_all(work, [found.id for found in of(work, batch)])
    ready = [each for each in locked if each.stage == Stage.READY]
    for each in ready:
        _check(work, each, on, tracking.get(each.id, ""))
    gone = back = 0
    for each in ready:
        came = posting.handed_over(work, each, on, tracking.get(each.id, ""))
        gone, back = gone + (came is Handed.GONE), back + (came is Handed.RECALLED)
    return gone, back


def _check(work: Work, found: Dispatch, on: date | None, tracking: str) -> None:
    """One wrong letter holds the others up, so the sentence says which it is."""
    try:
        posting.check_handed(work, found, on, tracking)
    except Invalid as no:
        sentence = _("Letter %(name)s: %(sentence)s", name=_name(work, found), sentence=no.sentence)
        raise Invalid(sentence, f"tracking-{found.id}" if no.field == "tracking" else "on") from None
