"""The pages of a release package: the cover and contents, every entry as it was decided, and how to go on."""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from portal.domain import releases as sheets
from portal.domain import severing
from portal.domain.dates import say_date, say_plain_date
from portal.domain.letters import Letter, Recipient
from portal.domain.record_items import CATEGORY_NAMES, Block, Category, Enclosure, Severed
from portal.domain.releases import Attached, Contents, Follows, Part, Picture, Printed, Removed, Section
from portal.domain.reviews import Decision
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.accuracy_notes import Annotation
from portal.models.letters import StoredFile
from portal.models.record_items import Judgement
from portal.services import annotations, files, record_items
from portal.services.sealing import unseal_json
from portal.services.work import Work

REMOVED = "removed"
REMOVED_ROWS = 100


@dataclass(frozen=True)
class Plan:
    """All that is needed to bind a package without the database: the rows stay sealed until their page is printed."""

    package_id: UUID
    request: AccessRequest
    language: str
    rows: tuple[Judgement, ...]
    enclosures: dict[str, StoredFile]
    letter: Letter
    cover: dict[str, Any]
    removed: tuple[dict[str, Any], ...]
    recipients: tuple[tuple[Recipient, str], ...] | None  # None: not for who asked
    review: tuple[Any, ...]
    reasons: dict[str, str]
    notes: dict[UUID, tuple[Annotation, ...]]  # what stands beside each entry
    missing: tuple[Annotation, ...]  # what stands beside the record, because it is about no entry


def front(work: Work, plan: Plan) -> Callable[[Contents], list[Section]]:
    """The cover and the contents, once it is known where everything is."""
    render = work.outside.paper.render

    def pages(contents: Contents) -> list[Section]:
        cover = render("packages/cover.html", package=plan.cover, removed=REMOVED, contents=contents)
        leaves = contents.leaves()
        listed = [
            Section(f"contents-{leaf.number}", render("packages/contents.html", leaf=leaf), 1.0, depth=1)
            for leaf in leaves
        ]
        return [Section("cover", cover, 1.0, depth=1), *listed]

    return pages


def parts(work: Work, plan: Plan) -> Iterator[Part]:
    """The record: the decision, then the entries by kind, newest first."""
    render = work.outside.paper.render
    letter = render("packages/letter.html", letter=plan.letter, anchor="decision")
    yield Section("decision", letter, 1.5, plan.letter.title, 1)
    for category, group in groupby(plan.rows, key=lambda row: Category(row.item.category)):
        rows = sorted(group, key=_newest_first)
        title, anchor = _(CATEGORY_NAMES[category]), f"kind-{category.value.replace('_', '-')}"
        heading = render("packages/category.html", title=title, anchor=anchor, count=len(rows))
        yield Section(anchor, heading, 0.1, title, 1)
        for row in rows:
            yield from _entry(work, plan, row)
    if plan.missing:
        title, notes = _("What the patient says is missing"), [annotations.shown(work, row) for row in plan.missing]
        html = render("packages/missing.html", anchor="missing", title=title, notes=notes)
        yield Section("missing", html, 0.2 * len(notes), title, 1)


def back(work: Work, plan: Plan) -> Callable[[Contents], list[Section]]:
    """What was not given and why, how all was used, who received it, how to correct it, how to go further."""
    register = (
        None
        if plan.recipients is None
        else [
            {"name": r.name, "day": say_date(r.on) if r.on else "", "what": r.what, "why": why}
            for r, why in plan.recipients
        ]
    )

    def pages(contents: Contents) -> list[Section]:
        chapters: list[tuple[str, str, float, dict[str, Any]]] = [
            ("used", _("How we have used your information"), 0.6, {}),
            ("disclosed", _("Who we gave your information to"), 0.6, {"recipients": register}),
            ("correcting", _("If something is wrong"), 0.6, {}),
            ("further", _("If you do not agree with us"), 0.6, {"blocks": plan.review}),
        ]
        render = work.outside.paper.render
        return [*_kept_back(render, plan, contents)] + [
            Section(anchor, render(f"packages/{anchor}.html", anchor=anchor, **facts), weight, title, 1)
            for anchor, title, weight, facts in chapters
        ]

    return pages


def _kept_back(render: Callable[..., str], plan: Plan, contents: Contents) -> Iterator[Section]:
    """What was not given, in sections of a few pages: a long list at once would fill a printer's memory."""
    removed = [{**entry, "page": contents.page_of(entry["anchor"])} for entry in plan.removed]
    for start in range(0, len(removed), REMOVED_ROWS):
        rows = removed[start : start + REMOVED_ROWS]
        anchor = f"{REMOVED}-{start // REMOVED_ROWS}" if start else REMOVED
        html = render("packages/removed.html", anchor=anchor, removed=rows, continued=start > 0)
        title = "" if start else _("What we did not give you, and why")
        yield Section(anchor, html, 0.5 + len(rows) / 20, title, 1)


def _entry(work: Work, plan: Plan, row: Judgement) -> Iterator[Part]:
    shown = record_items.show(work, row.item)
    title, blocks = _left(work, plan, row, shown)
    on, anchor = row.item.occurred_on, anchor_of(row)
    day = record_items.day_of(row.item)
    source = _("An earlier version of this entry. Our record has a newer one.") if row.item.replaced_by_id else ""
    listed = row.item.occurred_in_words or (say_plain_date(on) if on else "")
    printed = [_printed(work, plan, block, f"{anchor}-file-{place}") for place, block in enumerate(blocks)]
    notes = [annotations.shown(work, note, row.item) for note in plan.notes.get(row.item_id, ())]
    for number, portion in enumerate(sheets.portions(printed)):
        place = anchor if not number else f"{anchor}-{number}"
        item = {"anchor": place, "title": title, "day": day, "source": source, "blocks": portion, "notes": notes}
        html = work.outside.paper.render("packages/item.html", item=item, continued=number > 0)
        yield Section(place, html, sheets.weigh(portion), "" if number else title, 2, "" if number else listed)
    for block, original in zip(printed, blocks, strict=True):
        if isinstance(block, Follows) and isinstance(original, Enclosure):
            data = b"".join(files.stream(work, plan.enclosures[original.file]))
            yield Attached(block.anchor, data, block.name, block.name, 2, listed)


def _left(work: Work, plan: Plan, row: Judgement, shown: record_items.Shown) -> tuple[str, tuple[Block, ...]]:
    """The entry's title and blocks as the patient may have them."""
    if row.decision != Decision.SEVER:
        return shown.title, shown.blocks
    reasoning = unseal_json(work, plan.request.patient_id, row, "reasoning_sealed")
    marked, quotes, why = reasoning["passages"], reasoning["quotes"], plan.reasons[row.ground_id or ""]
    title = severing.title_left(shown.title, shown.blocks, marked, quotes)
    return title or _(CATEGORY_NAMES[shown.category]), severing.sever(shown.blocks, marked, quotes, why)


def _printed(work: Work, plan: Plan, block: Block, anchor: str) -> Printed:
    """A block as it is printed: a picture in its place, another file on pages of its own."""
    if isinstance(block, Severed):
        return Removed(block.text)
    if not isinstance(block, Enclosure) or block.file not in plan.enclosures:
        return block
    file = plan.enclosures[block.file]
    if not file.media_type.startswith("image/"):
        return Follows(block.name, anchor)
    data = base64.b64encode(b"".join(files.stream(work, file))).decode()
    return Picture(block.name, f"data:{file.media_type};base64,{data}", block.name)


def anchor_of(row: Judgement) -> str:
    """Where an entry begins in the package."""
    return f"item-{row.id.hex}"


def _newest_first(row: Judgement) -> tuple[int, int]:
    return (-(row.item.occurred_on.toordinal() if row.item.occurred_on else 0), row.position)
