"""Which days the law does not count: an explicit, cited table for each jurisdiction, with an end it knows of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain.dates import say_date
from portal.domain.errors import Invalid
from portal.domain.words import _

ONE_DAY = timedelta(days=1)
WORKING_WEEKDAYS = range(1, 6)


@dataclass(frozen=True)
class Calendar:
    """The days a jurisdiction leaves out: ``weekdays`` by ISO number (Monday is 1), ``holidays`` by date, each named.

    The table covers ``first`` to ``last``. A day outside it is refused rather than guessed: a forgotten holiday would
    make a lawful date wrong without anybody noticing.
    """

    id: str
    first: date
    last: date
    weekdays: Mapping[int, str]
    holidays: Mapping[date, str]

    def why_skipped(self, day: date) -> str | None:
        """Why ``day`` is not counted ("Saturday", "Easter Monday"), or None when it counts; a holiday's name wins."""
        name = self._closed(day)
        return None if name is None else _(name)

    def is_open(self, day: date) -> bool:
        """Whether ``day`` counts."""
        return self._closed(day) is None

    def is_working(self, day: date) -> bool:
        """Whether people are at work: Monday to Friday and not a day this calendar leaves out."""
        return day.isoweekday() in WORKING_WEEKDAYS and self.is_open(day)

    def working_days_before(self, day: date, number: int, closed: frozenset[date] = frozenset()) -> date:
        """The day that lies ``number`` working days before ``day``; ``closed`` are days the clinic itself is shut."""
        while number:
            day -= ONE_DAY
            number -= self.is_working(day) and day not in closed
        return day

    def _closed(self, day: date) -> str | None:
        if not self.first <= day <= self.last:
            raise Invalid(
                _(
                    "We cannot count %(day)s: the holiday calendar covers %(first)s to %(last)s. "
                    "Use a date inside it, or add the missing years to the calendar.",
                    day=say_date(day),
                    first=say_date(self.first),
                    last=say_date(self.last),
                )
            )
        return self.holidays.get(day) or self.weekdays.get(day.isoweekday())
