"""The last resort of somebody who lost every proof: she comes in person, and two of our people let her in again.

One sees who she is and asks; another approves and hands her a new one-time link. Both stand in her access log.
Source: security.md 6.4.4 (proof as strong as the one that was lost).
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import select

from portal.domain.clocks import local_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.letters import Letter, WayInFacts, way_in
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.accounts import Account
from portal.models.letters import Letter as LetterRow
from portal.models.people import Patient
from portal.models.proofs import Readmission
from portal.services import (
    account_notices,
    accounts,
    audit,
    contact_plans,
    letter_wordings,
    letters,
    secret_letters,
)
from portal.services.identity import IDENTITY_METHODS
from portal.services.work import Work

LASTS = timedelta(hours=24)
# In person only: who lost every proof cannot be known by voice.
METHODS = {name: IDENTITY_METHODS[name] for name in ("photo_id", "known")}


def may(work: Work, patient: Patient) -> bool:
    """Whether this person has to do with it, and the patient has a sign-in to be let into."""
    return patient.account_id is not None and work.may(Permission.ACCOUNT_READMIT, patient)


def ask(work: Work, patient: Patient, method: str) -> None:
    """Say that she was here and how it was seen that it is she. Raises NotPossible when it was said already."""
    work.must(Permission.ACCOUNT_READMIT, patient)
    if patient.account_id is None:
        raise NotPossible(_("This patient has no sign-in yet, so there is nothing to get back into."))
    if method not in METHODS:
        raise Invalid(_("Choose how the identity was checked."), "method")
    if (waiting := pending(work, patient, lock=True)) is not None:
        raise NotPossible(
            _("%(name)s has asked for this already. Somebody else approves it.", name=waiting.asked_by.name)
        )
    asked = Readmission(patient_id=patient.id, account_id=patient.account_id, method=method, asked_at=work.now)
    asked.asked_by_id = work.db.get_one(Account, work.actor.id).id
    asked.ends_at = work.now + LASTS
    work.db.add(asked)
    audit.record(work, "readmission.asked", patient.id, method=method)


def pending(work: Work, patient: Patient, lock: bool = False) -> Readmission | None:
    """What waits for the second person; what nobody approved within a day waits no longer."""
    work.must(Permission.ACCOUNT_READMIT, patient)
    if lock:  # two who ask or decide at the same instant wait for each other here
        work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())
    open_ones = (Readmission.decided_at.is_(None)) & (Readmission.ends_at > work.now)
    query = select(Readmission).where(Readmission.patient_id == patient.id, open_ones)
    return work.db.scalars(query.order_by(Readmission.asked_at.desc()).limit(1)).one_or_none()


def digest(waiting: Readmission) -> str:
    """What the one who approves is shown, for her proof to be bound to."""
    return hashlib.sha256(f"readmission/{waiting.id}".encode()).hexdigest()


@dataclass(frozen=True)
class WayIn:
    """The letter with its link, this once; ``on_its_way`` is where it is written down that she has it."""

    letter: Letter
    link: str
    on_its_way: UUID


def approve(work: Work, patient: Patient, shown: str) -> WayIn:
    """The second person agrees: a one-time link that replaces the password and every other proof.

    Its letter is on file without the link. Raises NotPossible for the one who asked, and when what was shown waits no
    longer.
    """
    waiting = _waiting(work, patient)
    if waiting.asked_by_id == work.actor.id:
        raise NotPossible(_("You asked for this yourself. Somebody else at the clinic has to approve it."))
    if shown != digest(waiting):
        raise NotPossible(_("This changed since you looked. Open the page again."))
    _decide(work, waiting, approved=True)
    audit.record(work, "readmission.approved", patient.id)
    account_notices.tell(work, waiting.account_id, "readmitted")
    link = accounts.give_link(work, work.db.get_one(Account, waiting.account_id), clears_proofs=True)
    return _with_letter(work, patient, waiting, link)


def _with_letter(work: Work, patient: Patient, waiting: Readmission, link: str) -> WayIn:
    with speaking(contact_plans.written_in(work, patient)):
        facts = WayInFacts(
            clinic=work.clinic,
            number=patient.number,
            patient_name=patient.name,
            reader_address=(),  # it goes over the desk
            until=local_date(work.profile, work.now + accounts.LINK_LASTS),
            written_on=work.today,
            wording=letter_wordings.for_letters(work, work.profile),
        )
        letter = way_in(facts)
    row = letters.put_on_file(work, LetterRow(patient_id=patient.id, readmission_id=waiting.id, kind="way_in"), letter)
    work.db.flush()
    return WayIn(letter.with_secret(link), link, secret_letters.to_hand_over(work, row).id)


def refuse(work: Work, patient: Patient) -> None:
    """Nobody is let in: the second person does not agree, or the first takes it back."""
    _decide(work, _waiting(work, patient), approved=False)
    audit.record(work, "readmission.refused", patient.id)


def _waiting(work: Work, patient: Patient) -> Readmission:
    waiting = pending(work, patient, lock=True)
    if waiting is None:
        raise NotPossible(_("Nothing waits to be approved any more: it was decided, or a day has passed."))
    return waiting


def _decide(work: Work, waiting: Readmission, approved: bool) -> None:
    waiting.decided_by_id, waiting.decided_at, waiting.approved = work.actor.id, work.now, approved
