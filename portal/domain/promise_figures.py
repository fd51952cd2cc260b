"""The figures that show whether a promise is kept: how long answers took, and how many came in time.

They are about the clinic, never about a person. A figure that rests on too few answers could point to somebody, so it
is left out and the page says so. What is still open and past its date counts too: an answer that is not there yet must
not make the others look better.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median

# Fewer than this is never said as a number: a small clinic's few requests could be told from one another.
FEWEST = 10
MONTHS = 12


@dataclass(frozen=True)
class Answered:
    """One answer: when the request came, when the answer was due and when it was there; with more time or not."""

    received_on: date
    due_on: date
    answered_on: date
    extended: bool = False

    @property
    def in_time(self) -> bool:
        return self.answered_on <= self.due_on

    @property
    def days(self) -> int:
        """Calendar days, as the patient lived through them: the law's own count leaves days out."""
        return (self.answered_on - self.received_on).days


@dataclass(frozen=True)
class Figures:
    """What is kept for one kind of case: the answers from ``since`` to ``until``, and what is open after them."""

    kind: str
    since: date
    until: date
    answered: int
    in_time: int
    median_days: int | None
    extended: int
    still_open: int
    overdue: int

    @property
    def enough(self) -> bool:
        """Whether there are enough answers to say anything about them."""
        return self.answered >= FEWEST

    def told(self, number: int) -> int | None:
        """A number as it may be said; None where it is too small to be, which nought is not."""
        return number if number >= FEWEST or not number else None

    @property
    def share(self) -> int:
        """How many of a hundred were answered in time, rounded down: never better than it was."""
        return self.in_time * 100 // self.answered if self.answered else 0


def counted(kind: str, today: date, answers: Sequence[Answered], still_open: int, overdue: int) -> Figures:
    """The figures of the twelve months that ended yesterday."""
    since, until = period(today)
    there = [each for each in answers if since <= each.answered_on <= until]
    days = [each.days for each in there]
    return Figures(
        kind=kind,
        since=since,
        until=until,
        answered=len(there),
        in_time=sum(each.in_time for each in there),
        median_days=_rounded_up(median(days)) if days else None,
        extended=sum(each.extended for each in there),
        still_open=still_open,
        overdue=overdue,
    )


def period(today: date) -> tuple[date, date]:
    """The first and the last day that are counted: twelve months, whole days only."""
    last = date.fromordinal(today.toordinal() - 1)
    try:
        return today.replace(year=today.year - 1), last
    except ValueError:
        return date(today.year - 1, 3, 1), last


def _rounded_up(days: float) -> int:
    """Half a day counts as a whole one: against us."""
    return int(days) + (days != int(days))
