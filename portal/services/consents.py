"""Consents: what a patient agreed to, and the answer to "may we?" before anything is disclosed.

A withdrawal and a disclosure never pass each other: both take the patient's row first (``hold``), so that whichever
comes second sees the first. The positions in the patient's audit chain say afterwards which it was.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select, update

from portal.domain import consents as rules
from portal.domain.consent_changes import Change
from portal.domain.consents import Answer, Element, Question, State, To
from portal.domain.errors import NotAllowed, NotFound, NotPossible
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.rights import WHOLE_RECORD, Right
from portal.domain.words import _
from portal.models.consent_changes import ConsentChange, Place
from portal.models.consents import Consent, Recipient
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import audit
from portal.services.work import Work


def may_we(
    work: Work, patient: Patient, purpose: str, recipient: Recipient, information: Iterable[Element], lock: bool = False
) -> Answer:
    """Whether the clinic may give this information about the patient to this recipient, and because of what.

    ``purpose`` is a purpose or a case the law names. With ``lock``, in a work that writes, the answer holds until the
    work ends: a withdrawal waits, or has come before and is seen. Raises Invalid when nothing is asked for.
    """
    work.must(Permission.CONSENT_CHECK, patient)
    if lock:
        hold(work, patient.id)
    to = To(recipient.id, recipient.kind, recipient.name)
    asked = Question(purpose, to, _with_kinds(work, patient.id, frozenset(information)))
    return rules.may_we(profile(patient.jurisdiction), asked, _held(work, patient.id), work.today)


def hold(work: Work, patient_id: UUID) -> None:
    """Wait until nobody else changes this patient's consents or discloses about her, and hold that till the end.

    SQLite has one writer at a time; PostgreSQL locks the patient's row. From here on the work's instant is that of
    the lock, so that the times people read never tell another order than the audit chain.
    """
    if not work.writes:
        raise RuntimeError("a lock needs a work that writes")
    work.db.execute(select(Patient.id).where(Patient.id == patient_id).with_for_update(key_share=True))
    work.waited()


def of_patient(work: Work, patient: Patient) -> Sequence[Consent]:
    """All consents of a patient, oldest first; who acts for her with a part of the record sees what lies within it."""
    work.must(Permission.CONSENT_VIEW, patient)
    return [each for each in _held(work, patient.id) if within_reach(work, each)]


def that_decide(work: Work, patient: Patient) -> Sequence[Consent]:
    """All consents of a patient, to answer from: never to show to who acts for her with a part of the record."""
    work.must(Permission.CONSENT_VIEW, patient)
    return _held(work, patient.id)


def find(work: Work, patient: Patient, consent_id: UUID) -> Consent:
    """One consent of this patient. Raises NotFound."""
    work.must(Permission.CONSENT_VIEW, patient)
    consent = work.db.get(Consent, consent_id, populate_existing=True)
    if consent is None or consent.patient_id != patient.id or not within_reach(work, consent):
        raise nothing_there()
    return consent


def nothing_there() -> NotFound:
    """What there is not, or is somebody else's."""
    return NotFound(_("There is no such page, or it is not yours to see."))


def asked_of(work: Work, patient: Patient) -> list[Consent]:
    """What the clinic asks this patient and she has not answered yet."""
    return [each for each in of_patient(work, patient) if rules.state(each, work.today) == State.ASKED]


def take_back(work: Work, consent: Consent) -> None:
    """The withdrawal itself: it holds from this instant, before anybody at the clinic has looked at it.

    Raises NotPossible when the consent is not in force or waiting, and leaves it as it is.
    """
    work.must(Permission.CONSENT_CHANGE, consent)
    must_reach(work, consent)
    hold(work, consent.patient_id)
    work.db.refresh(consent)
    if rules.state(consent, work.today) not in (State.WAITING, State.IN_FORCE):
        raise NotPossible(_("This consent is no longer in force, so there is nothing to take back."))
    consent.withdrawn_at = work.now
    audit.record(work, "consent.withdrawn", consent.patient_id, consent=str(consent.id))


def take_over(work: Work, patient: Patient, renewal: Consent) -> None:
    """A renewal holds: what it renews is over by it, and what was shown under that one is shown under this."""
    work.must(Permission.CONSENT_REVIEW, patient)
    before = work.db.get(Consent, renewal.renews_id) if renewal.renews_id else None
    if before is None or rules.state(before, work.today) not in (State.IN_FORCE, State.EXPIRED):
        return
    ends = select(ConsentChange.id).where(ConsentChange.consent_id == before.id, ConsentChange.change == Change.END)
    if work.db.scalar(ends) is not None:
        return  # everybody is told already that it ended, and what hangs comes down
    before.ended_at = before.ended_at or work.now
    hanging = update(Place).where(Place.consent_id == before.id, Place.taken_down_at.is_(None))
    work.db.execute(hanging.values(consent_id=renewal.id, until=renewal.expires_on))


def reach(work: Work, patient_id: UUID) -> frozenset[Category]:
    """The kinds of entry about which whoever acts may decide: all of them, save with a power over a part."""
    if not work.actor.stands_in_for(patient_id):
        return WHOLE_RECORD
    return work.actor.reach(patient_id, Right.CONSENT)


def within_reach(work: Work, consent: Consent) -> bool:
    """Whether a consent is about nothing that lies outside the power of whoever acts."""
    mine = reach(work, consent.patient_id)
    if mine == WHOLE_RECORD:
        return True
    return kinds_of(work, consent) <= mine


def kinds_of(work: Work, consent: Consent) -> frozenset[Category]:
    """The kinds of entry a consent is about, those of its single entries with them; of one that is gone, every kind."""
    work.must(Permission.CONSENT_VIEW, consent)
    if consent.everything:
        return WHOLE_RECORD
    found = _with_kinds(work, consent.patient_id, frozenset(consent.categories | consent.item_ids))
    return frozenset(Category) if None in found.values() else frozenset(each for each in found.values() if each)


def must_reach(work: Work, consent: Consent) -> None:
    """Raise NotAllowed, saying what the power covers, for a consent that reaches further."""
    if not within_reach(work, consent):
        mine = reach(work, consent.patient_id)
        named = ", ".join(_(CATEGORY_NAMES[each]) for each in Category if each in mine)
        raise NotAllowed(_("Your power to act for this patient covers only: %(kinds)s. Choose no more.", kinds=named))


def _held(work: Work, patient_id: UUID) -> Sequence[Consent]:
    # What is in memory may be older than the lock: it is read again.
    query = select(Consent).where(Consent.patient_id == patient_id).order_by(Consent.id)
    return work.db.scalars(query.execution_options(populate_existing=True)).all()


def _with_kinds(work: Work, patient_id: UUID, information: frozenset[Element]) -> dict[Element, Category | None]:
    """Each element with the kind of entry it is; entries of somebody else have none."""
    ids = [each for each in information if isinstance(each, UUID)]
    query = select(RecordItem.id, RecordItem.category).where(
        RecordItem.patient_id == patient_id, RecordItem.id.in_(ids)
    )
    kinds = {key: Category(category) for key, category in work.db.execute(query)} if ids else {}
    return {each: each if isinstance(each, Category) else kinds.get(each) for each in information}
