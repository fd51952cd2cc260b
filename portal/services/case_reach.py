"""How far into a case a power reaches today: one that was narrowed opens nothing that names what it reaches no more."""

from typing import Any

from portal.domain.rights import Right
from portal.models.access_requests import AccessRequest
from portal.models.accuracy_notes import AccuracyNote
from portal.services import access_requests, accuracy_notes, powers
from portal.services.work import Work

HEARING = (Right.ASK, Right.DOWNLOAD)


def covers(work: Work, case: Any) -> bool:
    """Whether what was written about this case is within the power of whoever acts for the patient, as it is today."""
    if isinstance(case, AccuracyNote):
        return accuracy_notes.within_reach(work, case)
    if isinstance(case, AccessRequest) and case.wishes_sealed is not None:
        return powers.is_within_reach(work, case.patient_id, access_requests.wishes_of(work, case), *HEARING)
    return True
