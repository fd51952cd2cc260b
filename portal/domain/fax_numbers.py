"""Fax numbers: how one is dialled, and that it was typed alike twice."""

import re

from portal.domain.errors import Invalid
from portal.domain.words import _

FAX_NUMBER = re.compile(r"\+?[\d ().-]+", re.ASCII)


def fax_digits(number: str) -> str:
    """A fax number as a gateway dials it: digits alone, with the country's 1 where it was left out."""
    digits = re.sub(r"\D", "", number)
    return f"1{digits}" if len(digits) == 10 else digits


def check_fax(number: str, again: str) -> str:
    """The number as it is dialled. Raises Invalid unless both were typed alike and can be a number."""
    if not FAX_NUMBER.fullmatch(number) or not 11 <= len(fax_digits(number)) <= 15:
        raise Invalid(_("Write the fax number with its area code, such as 250-555-0123."), "number")
    if fax_digits(number) != fax_digits(again):
        raise Invalid(_("The two numbers are not the same. Read it again from the paper and type it anew."), "again")
    return fax_digits(number)
