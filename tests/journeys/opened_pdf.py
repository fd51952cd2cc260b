"""What stands in a PDF that somebody opened, and whether its signature holds."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from portal.edges import Edge


def squeezed(text: str) -> str:
    """Without blanks and hyphens, so that no line break hides anything."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def words_of(path: Path) -> str:
    """The text of a PDF, squeezed."""
    printed = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True)
    return squeezed(printed.stdout)


def as_the_clinic_signed_it(edge: Edge, path: Path) -> bool:
    """Asked in a thread: the browser's driver has a loop of its own in this one, and so has the library."""
    with ThreadPoolExecutor(1) as aside:
        return bool(aside.submit(edge.outside.signer.verify, path).result().good)
