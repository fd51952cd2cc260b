"""Until when a record is kept, counted from what it holds; and what keeps it longer.

Source: the ``[retention]`` table of the jurisdiction. A day is computed, never stored.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain.jurisdictions.retention import Retention


@dataclass(frozen=True)
class Kept:
    """The arithmetic for one record: each day that had to be kept through, and the last of them.

    ``after_use`` is None where nothing was decided with it yet.
    """

    last_entry: date
    after_last_entry: date
    after_majority: date
    after_use: date | None

    @property
    def through(self) -> date:
        """The last day it has to be kept."""
        return max(day for day in (self.after_last_entry, self.after_majority, self.after_use) if day is not None)

    @property
    def earliest_disposal(self) -> date:
        """The first day on which it may be destroyed, where nothing holds it."""
        return self.through + timedelta(days=1)


def kept(rules: Retention, born: date, last_entry: date, used: Iterable[date] = ()) -> Kept:
    """How long a record is kept; ``used`` are the days on which something was decided with it."""
    last_use = max(used, default=None)
    return Kept(
        last_entry=last_entry,
        after_last_entry=years_later(last_entry, rules.years_after_last_entry),
        after_majority=years_later(born, rules.majority_age + rules.years_after_majority),
        after_use=years_later(last_use, rules.after_use.years) if last_use else None,
    )


def years_later(day: date, years: int) -> date:
    """The same day so many years on; for 29 February, where there is none, the day after: longer, never shorter."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
