"""Who reads a letter, asked anew each time: the patient, or who asked in her place for as long as she still may hear.

The letter's words, its ways and the address on its sheets all ask here, so that none of them tells somebody whose power
has ended or rests since.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select

from portal.models.accounts import Account, SignIn
from portal.models.dispatches import Dispatch
from portal.models.people import Patient
from portal.services import powers
from portal.services.work import Work


@dataclass(frozen=True)
class LetterReader:
    """Whom a letter is for. ``file`` is her own one, None where who acts for the patient has none here.

    ``acts``: she reads it in the patient's place.
    """

    name: str
    file: Patient | None
    account: Account | None
    acts: bool = False


def of_case(work: Work, patient: Patient, case: Any) -> LetterReader:
    """Who reads what is written in a case now; ``case`` is None for a letter that belongs to none."""
    by = case.requested_by_id if case is not None else None
    if by and by != patient.account_id and powers.may_hear(work, patient, by, case.kind):
        account = work.db.get_one(Account, by)
        own_file = work.db.scalars(select(Patient).where(Patient.account_id == by)).one_or_none()
        return LetterReader(account.name, own_file, account, acts=True)
    return LetterReader(patient.name, patient, patient.account)


def of(work: Work, found: Dispatch) -> LetterReader:
    """Who reads a letter on its way now. What was put on the list for the patient herself stays hers."""
    hers = found.account_id is not None and found.account_id == found.patient.account_id
    return of_case(work, found.patient, None if hers else found.case)


def comes_in(work: Work, account: Account) -> bool:
    """Whether somebody came in by this sign-in, with all it asks of her, or could by a password that she set."""
    came = exists().where(SignIn.account_id == account.id, SignIn.factor_needed.is_(None))
    return account.password_hash is not None or bool(work.db.scalar(select(came)))
