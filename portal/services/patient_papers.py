"""Papers that came in and stand with a patient's file, of no case: read there, and put to a case once there is one."""

from uuid import UUID

from sqlalchemy import select

from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.dispatches import IncomingPaper
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.scopes import papers_seen_by
from portal.services import audit, cases, files
from portal.services.incoming_papers import Filed
from portal.services.sealing import unseal
from portal.services.work import Work


def of_patient(work: Work, patient: Patient) -> list[Filed]:
    """The papers of a patient's that belong to no case, the oldest first, for whoever keeps the correspondence."""
    work.must(Permission.CORRESPONDENCE_WORK, patient)
    query = select(IncomingPaper).where(IncomingPaper.patient_id == patient.id, IncomingPaper.case_id.is_(None))
    found = query.where(papers_seen_by(work.actor)).order_by(IncomingPaper.received_on, IncomingPaper.id)
    return [_filed(work, row) for row in work.db.scalars(found)]


def _filed(work: Work, row: IncomingPaper) -> Filed:
    file = work.db.get_one(StoredFile, row.file_id)
    return Filed(row, file, files.name_of(work, file), unseal(work, file.patient_id, row, "from_sealed"))


def find(work: Work, patient: Patient, paper_id: UUID, lock: bool = False) -> Filed:
    """One of them. Raises NotFound for a paper of another patient's, of a case, or in the tray."""
    work.must(Permission.CORRESPONDENCE_WORK, patient)
    query = select(IncomingPaper).where(IncomingPaper.id == paper_id, papers_seen_by(work.actor))
    row = work.db.scalars(query.with_for_update(of=IncomingPaper) if lock else query).one_or_none()
    if row is None or row.patient_id != patient.id or row.case_id is not None:
        raise NotFound(_("There is no such paper with this file any more. Somebody may have put it to a case."))
    return _filed(work, row)


def opened(work: Work, patient: Patient, paper: Filed) -> None:
    """Somebody opens the paper: the patient can see that."""
    work.must(Permission.CORRESPONDENCE_WORK, patient)
    audit.record(work, "incoming.opened", patient.id, paper=str(paper.row.id))


def case_for(work: Work, patient: Patient, paper: Filed, reference: str) -> Case:
    """The case of hers that a paper may be put to. Raises Invalid for a number that is none of her cases.

    Raises NotPossible for a form that says how to reach her: who acts for her may read the papers of a case.
    """
    work.must(Permission.CORRESPONDENCE_WORK, patient)
    if paper.row.form is not None:
        raise NotPossible(_("This form was entered, and stays with the patient's file. No case needs it."))
    try:
        case = cases.find(work, reference.strip())
    except NotFound:
        case = None
    if case is None or case.patient_id != patient.id:
        raise Invalid(_("This patient has no case with this number. Look it up on her file."), "belongs")
    work.must(Permission.CORRESPONDENCE_WORK, case)
    return case


def put_to_case(work: Work, patient: Patient, paper: Filed, reference: str, hers: bool) -> None:
    """The paper belongs to a case of hers after all. Raises as ``case_for`` does."""
    case = case_for(work, patient, paper, reference)
    paper.row.case_id, paper.file.case_id, paper.row.hers = case.id, case.id, hers
    work.db.flush()
    work.db.refresh(paper.row, ["case"])
    audit.record_of(work, "incoming.filed", case, paper=str(paper.row.id), way=paper.row.way)
