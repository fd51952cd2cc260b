"""A day in an address, as a filter of a list names it."""

from datetime import date

from portal.domain.errors import Invalid
from portal.domain.words import _


def asked_day(text: str) -> date | None:
    """The day, or None when none was asked for. Raises Invalid for what is no day."""
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise Invalid(_("Write the day as year, month and day, such as 2027-03-01.")) from None
