"""The letter of a case as the PDF that the worker printed, for whoever may read the case."""

from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.words import _
from portal.services import files, letters
from portal.web import downloads
from portal.web.work import work


def printed(case: Any, letter_id: UUID) -> Response:
    """The printed letter to keep; not there yet while the worker prints it."""
    row, _words = letters.find(work(), case, letter_id)
    return as_file(row)


def as_file(row: Any) -> Response:
    """The same for a letter that was found by another way than a case."""
    file = letters.printed(work(), row)
    if file is None:
        raise NotPossible(_("This letter is still being printed. You can read it on the page; try again in a minute."))
    return downloads.attachment(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
