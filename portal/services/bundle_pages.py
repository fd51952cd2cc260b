"""The papers for an office outside as pieces that are printed one by one: the cover, the contents, each chapter."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from portal.domain.letters import Letter
from portal.domain.releases import Contents, Section

PRINTED_AT_ONCE = 1000  # lines of a chapter in one piece
Row = tuple[str, ...]


@dataclass(frozen=True)
class Chapter:
    """One part: its lines of text, and a table where ``head`` is filled; or a letter."""

    anchor: str
    title: str
    lines: tuple[str, ...] = ()
    head: Row = ()
    rows: tuple[Row, ...] = ()
    letter: Letter | None = None


@dataclass(frozen=True)
class Bundle:
    """Everything that is bound, in plain values; ``case_id`` and ``patient_id`` say where it is kept."""

    case_id: UUID
    patient_id: UUID
    reference: str
    language: str
    number: str
    chapters: tuple[Chapter, ...]


def front(render: Callable[..., str], bundle: Bundle) -> Callable[[Contents], list[Section]]:
    def pages(contents: Contents) -> list[Section]:
        cover = render("packages/bundle_cover.html", bundle=bundle)
        leaves = [
            Section(f"contents-{leaf.number}", render("packages/contents.html", leaf=leaf), 1.0, depth=1)
            for leaf in contents.leaves()
        ]
        return [Section("cover", cover, 1.0, depth=1), *leaves]

    return pages


def parts(render: Callable[..., str], bundle: Bundle) -> Iterator[Section]:
    for each in bundle.chapters:
        if each.letter is not None:
            html = render("packages/letter.html", letter=each.letter, anchor=each.anchor)
            yield Section(each.anchor, html, 1.0, each.title, 1)
        else:
            yield from _leaves(render, each)


def _leaves(render: Callable[..., str], chapter: Chapter) -> Iterator[Section]:
    """A chapter, however long, printed so many lines at a time: the first of its pieces stands in the contents."""
    longest = max(len(chapter.rows), len(chapter.lines), 1)
    for start in range(0, longest, PRINTED_AT_ONCE):
        some = slice(start, start + PRINTED_AT_ONCE)
        anchor = f"{chapter.anchor}-from-{start + 1}" if start else chapter.anchor
        piece = replace(chapter, anchor=anchor, lines=chapter.lines[some], rows=chapter.rows[some])
        html = render("packages/bundle_chapter.html", chapter=piece)
        weight = 0.5 + (len(piece.rows) + len(piece.lines)) / 40
        yield Section(anchor, html, weight, "" if start else chapter.title, 1)
