"""Lines for a spreadsheet: what somebody typed stays text there, whatever it begins with.

Source: security.md, case C05. A cell that begins with one of ``STARTS`` is run as a formula by common programs; an
apostrophe before it keeps it text, and is what those programs show as nothing.
"""

import csv
import io
from collections.abc import Iterable, Iterator

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
BOM = "\ufeff"  # by which common programs know that the file is UTF-8


def safe(cell: str) -> str:
    """The cell as it stands, never as a formula: blanks before a formula do not hide it."""
    return f"'{cell}" if cell.lstrip(" \u00a0\u200b\ufeff").startswith(STARTS) else cell


def lines(rows: Iterable[Iterable[str]]) -> Iterator[bytes]:
    """The rows as a CSV file (RFC 4180) in UTF-8, one piece a row."""
    yield BOM.encode()
    for row in rows:
        line = io.StringIO()
        csv.writer(line, quoting=csv.QUOTE_ALL).writerow([safe(cell) for cell in row])
        yield line.getvalue().encode()
