"""What the steps of a consent change do: the consent itself, its receipt, and the tasks that follow a withdrawal."""

from typing import Any

from sqlalchemy import select

from portal.domain.consent_changes import Outcome
from portal.models.consent_changes import ConsentTask, Place
from portal.services import consent_receipts, consents, letters
from portal.services.work import Work


def take_back(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """It counts from this instant, before anybody has looked."""
    consents.take_back(work, case.consent)


def consent_holds(work: Work, case: Any, facts: dict[str, Any]) -> None:
    consents.hold(work, case.patient_id)
    case.consent.effective_at = work.now
    case.reviewer_id = work.actor.id
    consents.take_over(work, case.patient, case.consent)


def consent_declined(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.consent.declined_at, case.reviewer_id = work.now, work.actor.id


def outcome(how: Outcome) -> Any:
    def end(work: Work, case: Any, facts: dict[str, Any]) -> None:
        case.outcome = how

    return end


def offer_talk(work: Work, case: Any, facts: dict[str, Any]) -> None:
    case.talk_offered_at = work.now


def make_receipt(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """The receipt on file, and its letter for the patient."""
    body = consent_receipts.write(work, case, facts["receipt"])
    letter = consent_receipts.letter(work, case, body)
    letters.write(work, case, "consent_receipt", {"letter": letter})


def make_tasks(work: Work, case: Any, facts: dict[str, Any]) -> None:
    """One for every recipient, with a letter, and one for every place where something still hangs."""
    told = [row.recipient for row in case.consent.recipients]
    for recipient in told:
        written = letters.write(
            work, case, "consent_notice", {"letter": consent_receipts.notice(work, case, recipient)}
        )
        work.db.flush()
        work.db.add(ConsentTask(case_id=case.id, recipient_id=recipient.id, letter_id=written.id, made_at=work.now))
    hanging = select(Place).where(Place.consent_id == case.consent_id, Place.taken_down_at.is_(None))
    places = list(work.db.scalars(hanging))
    work.db.add_all([ConsentTask(case_id=case.id, place_id=place.id, made_at=work.now) for place in places])
    case.tasks_open = len(told) + len(places)


EFFECTS: dict[str, Any] = {
    "take_back": take_back,
    "consent_holds": consent_holds,
    "consent_declined": consent_declined,
    "outcome_granted": outcome(Outcome.GRANTED),
    "outcome_declined": outcome(Outcome.DECLINED),
    "outcome_taken_back": outcome(Outcome.WITHDRAWN),
    "outcome_expired": outcome(Outcome.EXPIRED),
    "offer_talk": offer_talk,
    "consent_receipt": make_receipt,
    "consent_tasks": make_tasks,
}
