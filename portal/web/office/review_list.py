"""The list at the left of a review: the kinds, and their entries with the mark of each decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import _
from portal.services import review_items
from portal.services.judgements import Place
from portal.services.review_items import Line
from portal.web.work import work

# Every title is opened with the patient's key. Past this many, only the kind that is being read is opened.
MOST_OPENED = 150


@dataclass(frozen=True)
class Group:
    """A kind of entries: ``lines`` are those that are listed, none where the kind is closed; ``href`` leads into it."""

    name: str
    number: int
    undecided: int
    href: str
    lines: Sequence[Line]


def groups(case: Any, listed: list[Place], address: str, current: Category) -> list[Group]:
    """The whole list of a review; of a long record only the kind ``current`` is open."""
    only = current if len(listed) > MOST_OPENED else None
    lines = review_items.lines(work(), case, only, listed)
    return [
        _group(category, list(there), [line for line in lines if line.category is category], address)
        for category, there in groupby(listed, key=attrgetter("category"))
    ]


def _group(category: Category, there: Sequence[Place], lines: Sequence[Line], address: str) -> Group:
    undecided = [place for place in there if place.decision is None]
    first = (undecided or there)[0]
    return Group(_(CATEGORY_NAMES[category]), len(there), len(undecided), f"{address}/{first.id}", lines)
