"""A form or request is entered from its scan: the paper is filed with what it became, in the same transaction.

The day on which it reached the clinic is the tray's, whoever enters it on whichever day: lawful clocks start on it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.contact_plans import Plan
from portal.domain.errors import NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.dispatches import IncomingPaper
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.scopes import visible_cases, visible_patients
from portal.services import contact_plans, files, incoming_papers
from portal.services.incoming_papers import FILED, WAYS, Came
from portal.services.work import Work

CONTACT = "contact"  # which form of ours it was


@dataclass(frozen=True)
class Lying:
    """A scan from which something is entered. Once it is, ``is_there`` is False, and ``case`` and ``number`` say where
    it is, as far as this person may see that."""

    id: UUID
    way: str
    on: date
    sender: str
    media_type: str
    size: int
    is_there: bool = True
    case: str = ""
    number: str = ""

    @property
    def came(self) -> str:
        """The way in words."""
        return WAYS[self.way]


@dataclass(frozen=True)
class HandedIn:
    """A form on paper that is scanned as it is entered: ``looked`` is the scan as ``files.look_at`` cleaned it."""

    looked: Any
    came: Came


def look(work: Work, paper_id: UUID) -> Lying:
    """The scan a page was opened from. Raises NotFound for one that never was, or was destroyed."""
    work.must(Permission.INCOMING_SORT)
    row = work.db.get(IncomingPaper, paper_id)
    if row is None or row.settled_how not in (None, FILED):
        raise NotFound(_("There is no such paper in the tray any more. Somebody may have put it where it belongs."))
    facts = (row.id, row.way, row.received_on)
    if row.settled_at is None:
        return Lying(*facts, incoming_papers.sender_of(work, row), row.media_type, row.size)
    case = visible_cases(work.actor).with_only_columns(Case.reference).where(Case.id == row.case_id)
    patient = visible_patients(work.actor).with_only_columns(Patient.number).where(Patient.id == row.patient_id)
    places = (work.db.scalar(case) or "" if row.case_id else "", work.db.scalar(patient) or "")
    return Lying(*facts, "", row.media_type, row.size, False, *places)


def keep(work: Work, case: Any, scan: Any) -> StoredFile:
    """Keep what a case came on with it: a ``Lying``, or a scan that ``files.look_at_scan`` cleaned."""
    work.must(Permission.REQUEST_WORK, case)
    if isinstance(scan, Lying):
        return work.db.get_one(StoredFile, file(work, scan, case.patient, case).file_id)
    return files.receive_scan(work, case, scan)


def came_on(work: Work, case: Any, kept: Sequence[StoredFile], scan: Any) -> bool:
    """Whether a case, which somebody found, came on this paper; ``kept`` are its scans. No paper is no difference."""
    if isinstance(scan, Lying):
        return bool(work.db.scalar(select(IncomingPaper.case_id).where(IncomingPaper.id == scan.id)) == case.id)
    return scan is None or files.are_among(work, kept, [scan])


def day_of(scan: Any) -> date | None:
    """The day on which a paper reached the clinic, where the tray knows it."""
    return scan.on if isinstance(scan, Lying) else None


def file(work: Work, paper: Lying | HandedIn, patient: Patient, case: Any = None, form: str = "") -> IncomingPaper:
    """File the paper with what was entered from it; ``form`` is what it was, where it becomes no case.

    Raises NotPossible when somebody put it elsewhere meanwhile: then nothing is entered from it.
    """
    work.must(Permission.INCOMING_SORT)
    if isinstance(paper, HandedIn):
        row = incoming_papers.receive(work, paper.looked, paper.came, patient.number)
    else:
        row = _out_of_the_tray(work, paper, patient, case)
    row.form = form or None
    work.db.flush()
    return row


def keep_plan(work: Work, patient: Patient, paper: Lying | HandedIn | None, told: tuple[Plan, str, int, str]) -> None:
    """Keep how she is reached, and the form on paper it came on, if it did.

    ``told`` is what ``contact_plans.keep`` asks: plan, code word, version that was seen, how she was known.
    """
    work.must(Permission.CONTACT_PLAN, patient)
    row = file(work, paper, patient, form=CONTACT) if paper is not None else None
    contact_plans.keep(work, patient, *told, paper_id=row.id if row is not None else None)


def _out_of_the_tray(work: Work, paper: Lying, patient: Patient, case: Any) -> IncomingPaper:
    query = select(IncomingPaper).where(IncomingPaper.id == paper.id).with_for_update(of=IncomingPaper)
    row = work.db.scalars(query.execution_options(populate_existing=True)).one()
    if row.settled_at is None:
        incoming_papers.move(work, row, patient, case, hers=True)
    elif case is None or row.case_id != case.id:  # pressed twice, the first gave the case
        raise NotPossible(
            _("Somebody put this paper where it belongs meanwhile. Nothing was entered. Look there first.")
        )
    return row
