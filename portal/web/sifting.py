"""What a list is sifted by, as its address names it: only what the list knows is carried on to its other pages."""

from datetime import date
from typing import Any

from flask import request

from portal.domain.errors import Invalid
from portal.domain.words import _
from portal.web.typed_dates import FIRST_YEAR, LAST_YEAR


def asked_day(name: str) -> date | None:
    """The day the address names, or None when it names none. Raises Invalid for what is no day."""
    text = request.args.get(name, "").strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("Write the day as year, month and day, such as 2027-03-01.")) from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:  # nothing lies there, and a day after the last there is would be none
        raise Invalid(_("Write the day as year, month and day, such as 2027-03-01."))
    return day


def carried_on(*names: str) -> dict[str, Any]:
    """The filters that are set, for the addresses of further pages; what else an address holds is dropped."""
    return {name: request.args[name] for name in names if request.args.get(name)}
