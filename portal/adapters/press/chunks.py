"""Groups the parts of a package into chunks of about as many pages as a child process prints well in one go."""

from collections.abc import Iterable, Iterator
from html import escape

from portal.domain.releases import Attached, Part, Section

CHUNK_PAGES = 25.0
ENOUGH = 0.6

Job = tuple[Section, ...] | Attached


def jobs(parts: Iterable[Part], pages: float = CHUNK_PAGES) -> Iterator[Job]:
    """Runs of sections of about ``pages`` pages, and whole files between them, in order.

    A chunk begins on a new page, so it is cut by preference where a chapter does so anyway, and never after a heading.
    """
    run: list[Section] = []
    weight = 0.0
    for part in parts:
        if run and (isinstance(part, Attached) or (run[-1].depth > 1 and _full(weight, part, pages))):
            yield tuple(run)
            run, weight = [], 0.0
        if isinstance(part, Attached):
            yield part
        else:
            run.append(part)
            weight += part.weight
    if run:
        yield tuple(run)


def _full(weight: float, following: Section, pages: float) -> bool:
    return weight + following.weight > pages or (following.depth == 1 and weight > pages * ENOUGH)


def page(sections: Iterable[Section], title: str, language: str) -> str:
    """One HTML page that holds these sections."""
    body = "".join(section.html for section in sections)
    head = f'<head><meta charset="utf-8"><title>{escape(title)}</title></head>'
    return f'<!doctype html><html lang="{escape(language)}">{head}<body class="package">{body}</body></html>'
