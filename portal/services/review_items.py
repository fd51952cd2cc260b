"""What the reviewer sees: the list of items, the one that is open, its files, and what is kept back of them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import load_only

from portal.domain import severing
from portal.domain.access_requests import Stage
from portal.domain.errors import NotFound, NotPossible
from portal.domain.jurisdictions import Ground
from portal.domain.policy import Permission
from portal.domain.record_items import Block, Category, Enclosure
from portal.domain.reviews import Decision
from portal.domain.words import N_, _
from portal.models.access_requests import AccessRequest
from portal.models.letters import StoredFile
from portal.models.record_items import Judgement, RecordItem
from portal.services import annotations, audit, clocks, files, record_imports, record_items
from portal.services.annotations import Note
from portal.services.judgements import Place, Reasoning, find, places, reasoning_of, rows_in_order
from portal.services.record_items import Shown
from portal.services.sealing import unseal
from portal.services.work import Work

NOT_REFERRED = frozenset({Stage.DRAFT, Stage.RECEIVED, Stage.GATHERING, Stage.AWAITING_PATIENT})

BEGUN = {
    Decision.SEVER: N_("You began to sever this entry, and something was still missing."),
    Decision.WITHHOLD: N_("You began to withhold this entry, and something was still missing."),
}


@dataclass(frozen=True)
class Line:
    """An item in the review's list. ``occurred_in_words`` says when, where the source knows no day ("May 2014")."""

    id: UUID
    number: int
    category: Category
    occurred_on: date | None
    occurred_in_words: str | None
    title: str
    decision: Decision | None
    flagged: bool
    begun: Decision | None
    replaced: bool


@dataclass(frozen=True)
class Left:
    """An item that is not released together with the others, and why, in whole sentences."""

    line: Line
    why: str


@dataclass(frozen=True)
class Remaining:
    """What ``release_remaining`` would do: how many it would release, how many of them she opened, which it leaves."""

    plain: int
    opened: int
    left: list[Left]


@dataclass(frozen=True)
class Opened:
    """The item in the middle of the screen, with the judgement so far.

    ``notes`` stand beside it whatever is decided. ``title_left`` and ``left`` are what the patient will read of it by
    that judgement; ``next_open_id`` is where the reviewer goes on, after the last one from the beginning; ``places``
    are all items of the request.
    """

    places: list[Place]
    line: Line
    item: Shown
    notes: list[Note]
    passages: tuple[severing.Passage, ...]
    ground: str | None
    reasoning: Reasoning
    title_left: str
    left: tuple[Block, ...]
    next_id: UUID | None
    previous_id: UUID | None
    next_open_id: UUID | None


@dataclass(frozen=True)
class KeptBack:
    """An item that is not given whole, as the reviewer sees it before signing."""

    line: Line
    ground: Ground
    reasoning: Reasoning


def lines(
    work: Work, request: AccessRequest, category: Category | None = None, among: list[Place] | None = None
) -> list[Line]:
    """The list on the left, every item with its mark, in the order of a package; of one ``category`` alone if named.

    ``among`` are the items where they were read already.
    """
    _must_read(work, request)
    titles = _titles(work, request, category)
    listed = places(work, request) if among is None else among
    return [_line(place, titles[place.id]) for place in listed if place.id in titles]


def open_item(work: Work, request: AccessRequest, judgement_id: UUID | None) -> Opened:
    """An item as the patient will see it; the first without a decision when none is named. Leaves a trace."""
    _must_read(work, request)
    listed = places(work, request)
    if not listed:
        raise NotPossible(_("There is nothing to review yet."))
    undecided = [place.id for place in listed if place.decision is None]
    wanted = judgement_id or next(iter(undecided), listed[0].id)
    at = next((at for at, place in enumerate(listed) if place.id == wanted), None)
    if at is None:
        raise NotFound(_("There is no such entry in this request."))
    row = find(work, request, wanted)
    item = record_items.show(work, row.item)
    audit.record_of(work, "record.read", request, item=str(row.item_id))
    reasoning = reasoning_of(work, request, row)
    title_left, left = _left(request, row, item, reasoning)
    after = [place.id for place in listed[at + 1 :] + listed[:at] if place.decision is None]
    return Opened(
        places=listed,
        line=_line(listed[at], item.title),
        item=item,
        notes=annotations.beside(work, request, row.item),
        passages=tuple(severing.passages(item.blocks)),
        ground=row.ground_id,
        reasoning=reasoning,
        title_left=title_left,
        left=left,
        next_id=listed[at + 1].id if at + 1 < len(listed) else None,
        previous_id=listed[at - 1].id if at else None,
        next_open_id=next(iter(after), None),
    )


def _left(request: AccessRequest, row: Judgement, item: Shown, reasoning: Reasoning) -> tuple[str, tuple[Block, ...]]:
    """What the patient will read of an item by its judgement so far, word for word as the package prints it."""
    if row.decision == Decision.WITHHOLD:
        return "", ()
    if row.decision != Decision.SEVER:
        return item.title, item.blocks
    why = _(clocks.rules_of(request).ground(row.ground_id or "").plain_words)
    cut = reasoning.passages, reasoning.quotes
    return severing.title_left(item.title, item.blocks, *cut), severing.sever(item.blocks, *cut, why)


def enclosure(
    work: Work, request: AccessRequest, judgement_id: UUID, file_id: UUID
) -> tuple[StoredFile, str, Iterator[bytes]]:
    """A file of an item of this request: (file, name, content). Leaves a trace; raises NotFound for any other file."""
    _must_read(work, request)
    row = find(work, request, judgement_id)
    blocks = record_items.show(work, row.item).blocks
    held = {block.file for block in blocks if isinstance(block, Enclosure)}
    file = work.db.get(StoredFile, file_id) if str(file_id) in held else None
    if file is None or file.patient_id != request.patient_id or file.purpose != record_imports.ENCLOSURE:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    audit.record_of(work, "file.read", request, file=str(file.id))
    return file, files.name_of(work, file), files.stream(work, file)


def remaining(work: Work, request: AccessRequest) -> Remaining:
    """What ``release_remaining`` would do, before it is done."""
    _must_read(work, request)
    undecided = [place for place in places(work, request) if place.decision is None]
    plain = [place for place in undecided if place.plain]
    left = {place.item_id: place for place in undecided if not place.plain}
    query = select(RecordItem).where(RecordItem.id.in_(left))
    told = load_only(RecordItem.patient_id, RecordItem.title_sealed, RecordItem.concerns_sealed)
    items = {item.id: item for item in work.db.scalars(query.options(told))}
    read = audit.items_read(work, request.patient_id, request.reference or "")
    return Remaining(
        plain=len(plain),
        opened=sum(str(place.item_id) in read for place in plain),
        left=[_left_over(work, place, items[key]) for key, place in left.items()],
    )


def _left_over(work: Work, place: Place, item: RecordItem) -> Left:
    why = [unseal(work, item.patient_id, item, "concerns_sealed")]
    if place.begun is not None:
        why.insert(0, _(BEGUN[place.begun]))
    return Left(_line(place, record_items.title_of(work, item)), " ".join(filter(None, why)))


def kept_back(work: Work, request: AccessRequest) -> list[KeptBack]:
    """Every item that is severed or withheld, with its ground: what the physician looks at before she signs."""
    _must_read(work, request)
    law, kept = clocks.rules_of(request), (Decision.SEVER, Decision.WITHHOLD)
    rows = {row.id: row for row in rows_in_order(work, request) if row.decision in kept}
    return [
        KeptBack(
            _line(place, record_items.title_of(work, rows[place.id].item)),
            law.ground(rows[place.id].ground_id or ""),
            reasoning_of(work, request, rows[place.id]),
        )
        for place in places(work, request)
        if place.id in rows
    ]


def said_elsewhere(work: Work, request: AccessRequest) -> list[Line]:
    """The items that are given although they say words that were taken out of another one."""
    _must_read(work, request)
    rows = {row.id: row for row in rows_in_order(work, request) if row.decision in (Decision.RELEASE, Decision.SEVER)}
    gone = {key: reasoning_of(work, request, row).quotes for key, row in rows.items() if row.decision == Decision.SEVER}
    return [
        _line(place, record_items.title_of(work, rows[place.id].item))
        for place in places(work, request)
        if any(gone.values()) and place.id in rows and _says(work, request, rows[place.id], gone)
    ]


def _says(work: Work, request: AccessRequest, row: Judgement, gone: dict[UUID, tuple[str, ...]]) -> bool:
    title, left = _left(request, row, record_items.show(work, row.item), reasoning_of(work, request, row))
    elsewhere = (words for key, quotes in gone.items() if key != row.id for words in quotes)
    return any(severing.says(title, left, words) for words in elsewhere)


def _must_read(work: Work, request: AccessRequest) -> None:
    """The record is the reviewer's to read once it is with her."""
    work.must(Permission.RECORD_READ, request)
    if request.stage in NOT_REFERRED:
        raise NotPossible(_("This record is not with you for review. The front office refers it to you when it is."))


def _titles(work: Work, request: AccessRequest, category: Category | None = None) -> dict[UUID, str]:
    query = select(Judgement.id, RecordItem).join(RecordItem, RecordItem.id == Judgement.item_id)
    query = query.options(load_only(RecordItem.patient_id, RecordItem.title_sealed))
    query = query.where(Judgement.case_id == request.id)
    if category is not None:
        query = query.where(RecordItem.category == category)
    return {key: record_items.title_of(work, item) for key, item in work.db.execute(query)}


def _line(place: Place, title: str) -> Line:
    return Line(
        id=place.id,
        number=place.number,
        category=place.category,
        occurred_on=place.occurred_on,
        occurred_in_words=place.occurred_in_words,
        title=title,
        decision=place.decision,
        flagged=place.flagged,
        begun=place.begun,
        replaced=place.replaced,
    )
