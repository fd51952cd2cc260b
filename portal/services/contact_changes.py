"""A change of name or contact that the patient asks for: it waits until somebody of the clinic has looked at it.

While it waits the old ones count. The old e-mail address is told at once, unless she marked it as unsafe; the old
number and address are told by the office before it accepts, in a way that fits, and how is written down.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from portal.domain import contact_changes as rules
from portal.domain.contact_changes import Details, Outcome
from portal.domain.contact_plans import choices, entry
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.contact_plans import ContactChange
from portal.models.people import Patient
from portal.models.scopes import visible_patients
from portal.services import audit, contact_plans, old_ways
from portal.services.sealing import seal_json, unseal_json
from portal.services.work import Work

MOST_LISTED = 100


@dataclass(frozen=True)
class Change:
    """A change as it is shown: ``parts`` are what would be different, by field, as it is and as it is wanted."""

    row: ContactChange
    parts: dict[str, tuple[str, str]]
    wanted: Details

    @property
    def asked_at(self) -> datetime:
        return self.row.asked_at


def details_of(patient: Patient) -> Details:
    """A patient's name and contacts as they are on file."""
    contacts = (patient.email or "", patient.phone or "", patient.address or "")
    return Details(patient.given_name, patient.family_name, *contacts)


def on_file(work: Work, patient: Patient) -> Details:
    """The same, for the patient's own form."""
    work.must(Permission.CONTACT_CHANGE, patient)
    return details_of(patient)


def ask(work: Work, patient: Patient, wanted: Details) -> None:
    """Ask for a change. Raises Invalid for what cannot be, NotPossible while another one waits."""
    work.must(Permission.CONTACT_CHANGE, patient)
    were = details_of(patient)
    rules.check(were, wanted)
    contact_plans.lock(work, patient)
    if _waiting(work, patient) is not None:
        raise NotPossible(_("A change of yours waits already. Take it back, then ask for the new one."))
    row = ContactChange(patient_id=patient.id, asked_by_id=work.actor.id, asked_at=work.now)
    seal_json(work, patient.id, row, "wanted_sealed", wanted.to_json())
    seal_json(work, patient.id, row, "were_sealed", were.to_json())
    work.db.add(row)
    _tell_the_old(work, patient)
    audit.record(work, "contact_change.asked", patient.id, fields=" ".join(rules.different(were, wanted)))


def _tell_the_old(work: Work, patient: Patient) -> None:
    """Every e-mail address we had is told, once each."""
    account = work.db.get_one(Account, work.actor.id)
    for address in dict.fromkeys(each.casefold() for each in contact_plans.on_file(work, patient, account).emails):
        old_ways.tell(work, account.id, address, "asked")


def waiting(work: Work, patient: Patient) -> Change | None:
    """What waits to be looked at, for the patient and for the office."""
    work.must(Permission.CONTACT_VIEW, patient)
    row = _waiting(work, patient)
    return _change(work, row) if row else None


def last_decided(work: Work, patient: Patient) -> Change | None:
    """The last one that was decided, so that she reads what became of it."""
    work.must(Permission.CONTACT_CHANGE, patient)
    decided = ContactChange.decided_at.is_not(None)
    query = select(ContactChange).where(ContactChange.patient_id == patient.id, decided)
    row = work.db.scalars(query.order_by(ContactChange.decided_at.desc()).limit(1)).one_or_none()
    return _change(work, row) if row else None


def why_refused(change: Change) -> str:
    """The reason of a refusal as the patient reads it; empty for one that was not refused."""
    reason = entry(choices().refusals, change.row.reason or "")
    return _(reason.plain_words) if reason else ""


def all_waiting(work: Work) -> list[ContactChange]:
    """The changes that wait, the oldest first, as far as this person decides about them."""
    work.must(Permission.PATIENT_REGISTER)
    seen = visible_patients(work.actor).with_only_columns(Patient.id)
    query = select(ContactChange).where(ContactChange.decided_at.is_(None), ContactChange.patient_id.in_(seen))
    rows = work.db.scalars(query.order_by(ContactChange.asked_at, ContactChange.id).limit(MOST_LISTED))
    return [row for row in rows if work.may(Permission.CONTACT_DECIDE, row.patient)]


def accept(work: Work, patient: Patient, shown: str, told: str) -> None:
    """From now on the new ones count. ``told`` is how the old ways were told (``contact.toml``).

    Raises NotPossible when somebody else was quicker, or what was on file is another than she saw.
    """
    row = _to_decide(work, patient, shown)
    rules.check_told(told)
    change = _change(work, row)
    if rules.different(details_of(patient), Details.from_json(unseal_json(work, patient.id, row, "were_sealed"))):
        raise NotPossible(
            _("What is on file has changed since the patient asked. Refuse this one and ask her to ask again.")
        )
    for name, (_old, new) in change.parts.items():
        setattr(patient, name, new or ("" if name.endswith("_name") else None))
    if patient.account_id and set(change.parts) & {"given_name", "family_name"}:
        work.db.get_one(Account, patient.account_id).name = patient.name
    _decide(work, row, Outcome.ACCEPTED, told=told)
    audit.record(work, "contact_change.accepted", patient.id, fields=" ".join(change.parts), told=told)


def refuse(work: Work, patient: Patient, shown: str, reason: str) -> None:
    """All stays as it is, for a reason of the list, which the patient reads."""
    row = _to_decide(work, patient, shown)
    rules.check_refusal(reason)
    _decide(work, row, Outcome.REFUSED, reason=reason)
    audit.record(work, "contact_change.refused", patient.id, reason=reason)


def take_back(work: Work, patient: Patient, shown: str) -> None:
    """The patient does not want it any more."""
    work.must(Permission.CONTACT_CHANGE, patient)
    contact_plans.lock(work, patient)
    row = _waiting(work, patient)
    if row is None or str(row.id) != shown:
        raise NotPossible(_("This change waits no longer: it was decided or taken back."))
    _decide(work, row, Outcome.TAKEN_BACK)
    audit.record(work, "contact_change.taken_back", patient.id)


def _to_decide(work: Work, patient: Patient, shown: str) -> ContactChange:
    """The change somebody of the clinic saw. Of two at once the second finds it decided."""
    work.must(Permission.CONTACT_DECIDE, patient)
    contact_plans.lock(work, patient)
    row = _waiting(work, patient)
    if row is None or str(row.id) != shown:
        raise NotPossible(_("Somebody else decided this meanwhile, or the patient took it back. Nothing was changed."))
    work.db.refresh(patient)
    return row


def _decide(work: Work, row: ContactChange, outcome: Outcome, **why: Any) -> None:
    row.decided_at, row.decided_by_id, row.outcome = work.now, work.actor.id, outcome
    for name, value in why.items():
        setattr(row, name, value)


def _waiting(work: Work, patient: Patient) -> ContactChange | None:
    query = select(ContactChange).where(ContactChange.patient_id == patient.id, ContactChange.decided_at.is_(None))
    return work.db.scalars(query).one_or_none()


def _change(work: Work, row: ContactChange) -> Change:
    wanted, were = (
        Details.from_json(unseal_json(work, row.patient_id, row, name)) for name in ("wanted_sealed", "were_sealed")
    )
    return Change(row, rules.different(were, wanted), wanted)
