"""What happens in a patient's life that changes who may act for her: she decides for herself; she dies.

Source: PIPA Regulations s.2(2): a guardian acts only for a minor who cannot. After a death nobody's power of before
goes on, and the clinic's record stays what it is.
"""

from datetime import date
from typing import Any

from sqlalchemy import select

from portal.domain import representatives as rules
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.representatives import Life, Standing
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.people import Patient, Representation
from portal.models.scopes import in_force
from portal.services import accounts, audit, representative_notices, sign_ins
from portal.services.representatives import rules_of
from portal.services.work import Work


def is_minor(work: Work, patient: Patient) -> bool:
    return bool(work.today < rules_of(patient).birthday(patient.birth_date))


def decides_herself(work: Work, patient: Patient, how: str) -> None:
    """Write down that a young person decides for herself: from this instant her guardians' powers stop.

    Raises NotPossible when it is written down already or does not matter, Invalid without how it was seen.
    """
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    held = _locked(work, patient)
    if patient.decides_since is not None or patient.died_on is not None or not is_minor(work, patient):
        raise NotPossible(_("This is written down already, or the patient is no minor."))
    if how not in {way.id for way in rules_of(patient).capability_ways}:
        raise Invalid(_("Choose how it was seen that she can decide."), "how")
    patient.decides_since, patient.decides_how = work.now, how
    patient.decides_written_by = work.actor.name
    work.db.flush()
    audit.record(work, "patient.decides", patient.id, how=how)
    _tell_who_stopped(work, patient, held)


def died(work: Work, patient: Patient, on: date, how: str) -> None:
    """Write a death down: her sign-in ends, and every power to act for her while she lived. Raises Invalid.

    The record stays, and so do her requests: whoever acts for the estate goes on with them.
    """
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    held = _locked(work, patient)
    if patient.died_on is not None:
        raise NotPossible(_("The death is written down already."))
    if on > work.today:
        raise Invalid(_("The day is in the future. Check the year."), "died_on")
    if on < patient.birth_date:
        raise Invalid(_("The day is before the patient was born. Check the year."), "died_on")
    if how not in {way.id for way in rules_of(patient).death_ways}:
        raise Invalid(_("Choose how the death was seen."), "how")
    patient.died_on, patient.died_how = on, how
    patient.death_written_by, patient.death_written_at = work.actor.name, work.now
    work.db.flush()
    _close_sign_in(work, patient)
    audit.record(work, "patient.died", patient.id, how=how, on=on.isoformat())
    _tell_who_stopped(work, patient, held)


def _close_sign_in(work: Work, patient: Patient) -> None:
    account = work.db.get(Account, patient.account_id) if patient.account_id else None
    if account is None or account.disabled_at is not None:
        return
    account.disabled_at = work.now
    sign_ins.end_all(work, account.id)
    accounts.use_up_links(work, account)
    audit.record(work, "account.closed", account=str(account.id), why="died")


def take_death_back(work: Work, patient: Patient) -> None:
    """The death was written down by mistake: the patient's sign-in opens again. Raises NotPossible otherwise.

    Powers of before hold again, unless one for after the death was registered meanwhile.
    """
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    held = _locked(work, patient)
    if patient.died_on is None:
        raise NotPossible(_("No death is written down."))
    if held:
        raise NotPossible(_("Somebody acts for the estate already. End that power first."))
    written_at = patient.death_written_at
    patient.died_on = patient.died_how = patient.death_written_by = patient.death_written_at = None
    account = work.db.get(Account, patient.account_id) if patient.account_id else None
    if account is not None and account.disabled_at == written_at:
        account.disabled_at = None
    work.db.flush()
    audit.record(work, "patient.death_taken_back", patient.id)


def _locked(work: Work, patient: Patient) -> list[Any]:
    """The powers that hold at this instant; who changes anything about them meanwhile waits."""
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())
    work.db.refresh(patient)
    query = select(Representation).where(Representation.patient_id == patient.id, in_force(work.today))
    return list(work.db.scalars(query))


def _tell_who_stopped(work: Work, patient: Patient, held: list[Any]) -> None:
    law, life = rules_of(patient), Life.of(patient)
    for row in held:
        if rules.standing(law, row, life, work.today) != Standing.HOLDS:
            representative_notices.tell(work, row, "stopped")
