"""Opening a file without an open request: first a reason, which the patient will read.

Good for one patient, in one session, for a short time. Nobody is kept from her work, and nobody looks unseen.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import file_reasons as rules
from portal.domain import policy
from portal.domain.access_requests import Stage
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.people import Patient
from portal.models.scopes import cases_seen_by
from portal.models.staff import FileReason
from portal.services import audit
from portal.services.sealing import seal, unseal
from portal.services.work import Work


def needed(work: Work, patient: Patient) -> bool:
    """Whether the file is this person's to open only for a reason: no open request of hers, and not responsible."""
    work.must(Permission.PATIENT_OPEN, patient)
    if policy.physician(work.actor, patient) and policy.responsible(work.actor, patient):
        return False
    is_open = (Case.is_open.is_(True), Case.stage != Stage.DRAFT)
    theirs = select(Case).where(Case.patient_id == patient.id, cases_seen_by(work.actor), *is_open)
    return not any(_works_on(work, case) for case in work.db.scalars(theirs))


def _works_on(work: Work, case: Any) -> bool:
    return work.may(Permission.REQUEST_WORK, case) or work.may(Permission.REVIEW_DECIDE, case)


def in_force(work: Work, patient: Patient) -> FileReason | None:
    """The reason this person gave in this session and that is still good."""
    given = last(work, patient)
    return given if given is not None and work.now < given.good_until else None


def last(work: Work, patient: Patient) -> FileReason | None:
    """The last reason this person gave for the file in this session, also when its time is over."""
    work.must(Permission.PATIENT_OPEN, patient)
    query = select(FileReason).where(
        FileReason.patient_id == patient.id,
        FileReason.sign_in_id == work.sign_in_id,
        FileReason.account_id == work.actor.id,
    )
    return work.db.scalars(query.order_by(FileReason.given_at.desc(), FileReason.id.desc()).limit(1)).one_or_none()


def give(work: Work, patient: Patient, reason_id: str, words: str) -> FileReason:
    """Write down why this person opens the file. Raises Invalid without a reason, or without words it needs."""
    work.must(Permission.PATIENT_OPEN, patient)
    reason = rules.check(reason_id, words.strip())
    if work.sign_in_id is None or work.actor.id is None:
        raise NotPossible(_("A reason belongs to a session. Sign in and open the file on its page."))
    row = FileReason(
        patient_id=patient.id,
        sign_in_id=work.sign_in_id,
        account_id=work.actor.id,
        reason=reason.id,
        given_at=work.now,
        good_until=work.now + rules.rules().lasts,
    )
    if words.strip():
        seal(work, patient.id, row, "words_sealed", words.strip())
    work.db.add(row)
    audit.record(work, "patient.reason_given", patient.id, reason=reason.id, given=str(row.id))
    return row


def in_words(work: Work, patient: Patient, given: Iterable[str]) -> dict[str, str]:
    """The reasons behind lines of the patient's access log, as she reads them, by their keys."""
    work.must(Permission.ACCESS_LOG_VIEW, patient)
    keys = [UUID(key) for key in sorted(set(given)) if key]
    if not keys:
        return {}
    query = select(FileReason).where(FileReason.id.in_(keys), FileReason.patient_id == patient.id)
    return {
        str(row.id): rules.in_words(row.reason, unseal(work, patient.id, row, "words_sealed"))
        for row in work.db.scalars(query)
    }
