"""Letters are printed by the worker: three parts, so that no database is held while the press works."""

from typing import Any
from uuid import UUID

from portal.domain.contact_plans import LARGE_PRINT
from portal.domain.letters import Letter
from portal.domain.words import speaking
from portal.models.letters import Letter as LetterRow
from portal.models.letters import StoredFile
from portal.services import (
    contact_plans,
    files,
    patients,
)
from portal.services.letters import read
from portal.services.work import Work


def to_print(work: Work, payload: dict[str, Any]) -> tuple[LetterRow, Letter, bool] | None:
    """The letter of a job and whether it is to be in large print; None when it is printed already."""
    row = work.db.get(LetterRow, UUID(payload["letter"]))
    if row is None or row.file_id is not None:
        return None
    large = contact_plans.wants(work, patients.find_by_id(work, row.patient_id), LARGE_PRINT)
    return row, read(work, row), large


def print_letter(work: Work, wanted: tuple[LetterRow, Letter, bool] | None, _report: Any) -> StoredFile | None:
    """Make the PDF and put it, sealed, into the store; no database is held meanwhile."""
    if wanted is None:
        return None
    row, letter, large = wanted
    with speaking(row.language):
        html = work.outside.paper.render("letters/letter.html", letter=letter, large=large)
        data = work.outside.press.letter(html)
        name = f"{letter.reference or 'letter'}-{row.kind}.pdf"
    return files.put_bytes(
        work, row.patient_id, data, name=name, media_type="application/pdf", purpose="letter", case_id=row.case_id
    )


def keep_print(work: Work, payload: dict[str, Any], file: StoredFile | None) -> None:
    if file is None:
        return
    work.db.add(file)
    work.db.flush()
    work.db.get_one(LetterRow, UUID(payload["letter"])).file_id = file.id
