"""Makes one package: parts printed by the children as they come, then the front with the page numbers, then bound."""

import math
from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from itertools import accumulate

from portal.adapters.press import attached, chunks
from portal.adapters.press.backbone import Facts
from portal.adapters.press.binding import Binding, Laid
from portal.adapters.press.children import Children, Chunk
from portal.domain.releases import Attached, Bound, Contents, Line, NotPrinted, Part, Section, fingerprint, part_digest

Around = Callable[[Contents], Iterable[Section]]
Progress = Callable[[int, int], None]
TRIES = 6


@dataclass(frozen=True)
class Order:
    """How this package is to be printed. ``paper`` is ``a4`` or ``letter``."""

    title: str
    language: str
    paper: str
    workers: int
    progress: Progress


@dataclass
class _Slot:
    """One chunk or file in its place in the book."""

    parts: tuple[Part, ...]
    pages: int = 0
    starts: dict[str, int] = field(default_factory=dict)
    laid: Laid | None = None


_Done = tuple[_Slot, Chunk]


class Book:
    def __init__(self, binding: Binding, children: Children, order: Order) -> None:
        self.binding = binding
        self.children = children
        self.order = order
        self.slots: list[_Slot] = []
        self.digests: dict[str, str] = {}
        self.parts_done = self.pages_done = 0

    def make(self, front: Around, parts: Iterable[Part], back: Around, facts: Facts) -> Bound:
        """Print everything and end the file. Raises ``NotPrinted``."""
        with ThreadPoolExecutor(self.order.workers) as pool:
            try:
                self._body(pool, parts)
                before, after, contents = self._around(pool, front, back)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        for slot, chunk in before + after:
            slot.laid = self.binding.chunk(chunk)
        opening = [slot for slot, _chunk in before]
        slots = [*opening, *self.slots, *(slot for slot, _chunk in after)]
        starts = _starts(slots, 1)
        facts = replace(facts, lines=[*_lines(opening, starts), *contents.lines])
        pages = self.binding.finish((slot.laid for slot in slots if slot.laid), facts)
        return Bound(pages, starts, self.digests, contents.fingerprint, contents)

    def _body(self, pool: ThreadPoolExecutor, parts: Iterable[Part]) -> None:
        """Print in parallel, bind what is ready, and never hold more than a few chunks."""
        running: dict[Future[Chunk], _Slot] = {}
        for job in chunks.jobs(self._noted(parts)):
            while len(running) > self.order.workers:
                self._bind(running)
            if isinstance(job, Attached):
                self._attach(job)
            else:
                slot = _Slot(job)
                self.slots.append(slot)
                running[pool.submit(self._print, job)] = slot
        while running:
            self._bind(running)

    def _noted(self, parts: Iterable[Part]) -> Iterable[Part]:
        for part in parts:
            if part.anchor in self.digests:
                raise NotPrinted(f"Two parts are called {part.anchor}.")
            self.digests[part.anchor] = part_digest(part)
            yield part

    def _print(self, sections: Iterable[Section]) -> Chunk:
        return self.children.print(chunks.page(sections, self.order.title, self.order.language))

    def _bind(self, running: dict[Future[Chunk], _Slot]) -> None:
        for done in wait(running, return_when=FIRST_COMPLETED).done:
            slot = running.pop(done)
            chunk = done.result()
            _measure(slot, chunk)
            slot.laid = self.binding.chunk(chunk)
            self._tell(slot)

    def _attach(self, part: Attached) -> None:
        slot = _Slot((replace(part, data=b""),))
        self.slots.append(slot)
        slot.laid = attached.bind(self.binding, part, self.order.paper)
        slot.pages, slot.starts = len(slot.laid.leaves), {part.anchor: 0}
        self._tell(slot)

    def _tell(self, slot: _Slot) -> None:
        slot.parts = tuple(replace(part, html="") if isinstance(part, Section) else part for part in slot.parts)
        self.parts_done += len(slot.parts)
        self.pages_done += slot.pages
        self.order.progress(self.parts_done, self.pages_done)

    def _around(
        self, pool: ThreadPoolExecutor, front: Around, back: Around
    ) -> tuple[list[_Done], list[_Done], Contents]:
        """Print front and back until every page number they tell is the page where the thing is."""
        told = self._contents(0, _guessed(back(self._contents(0, []))))
        before = sum(slot.pages for slot in _guessed(front(told)))
        told = self._contents(before, _guessed(back(told)))
        for _try in range(TRIES):
            opening, closing = self._printed(pool, front(told)), self._printed(pool, back(told))
            before = sum(slot.pages for slot, _chunk in opening)
            true = self._contents(before, [slot for slot, _chunk in closing])
            if true == told:
                return opening, closing, told
            told = true
        raise NotPrinted("The contents pages never came to rest.")

    def _printed(self, pool: ThreadPoolExecutor, sections: Iterable[Section]) -> list[_Done]:
        slots = [_Slot(job) for job in chunks.jobs(sections) if not isinstance(job, Attached)]
        printed = list(pool.map(lambda slot: self._print(slot.parts), slots))
        for slot, chunk in zip(slots, printed, strict=True):
            _measure(slot, chunk)
        return list(zip(slots, printed, strict=True))

    def _contents(self, before: int, after: list[_Slot]) -> Contents:
        slots = self.slots + after
        return Contents(tuple(_lines(slots, _starts(slots, before + 1))), fingerprint(self.digests.items()))


def _guessed(sections: Iterable[Section]) -> list[_Slot]:
    """Sections that each fill the pages they weigh; right for pages of contents, near enough for the rest."""
    return [_Slot((part,), math.ceil(part.weight), {part.anchor: 0}) for part in sections]


def _measure(slot: _Slot, chunk: Chunk) -> None:
    slot.pages = chunk.pages
    missing = [part.anchor for part in slot.parts if part.anchor not in chunk.anchors]
    if missing:
        raise NotPrinted(f"The part {missing[0]} has nothing on its page by that name.")
    slot.starts = {part.anchor: chunk.anchors[part.anchor][0] for part in slot.parts}


def _starts(slots: list[_Slot], first: int) -> dict[str, int]:
    """The page every part begins on when the first slot begins on page ``first``."""
    begins = zip(accumulate((slot.pages for slot in slots), initial=first), slots, strict=False)
    return {anchor: begin + page for begin, slot in begins for anchor, page in slot.starts.items()}


def _lines(slots: list[_Slot], starts: dict[str, int]) -> list[Line]:
    parts = (part for slot in slots for part in slot.parts if part.title)
    return [Line(part.anchor, part.title, part.depth, starts[part.anchor], part.day) for part in parts]
