"""A letter went out by the list of correspondence: whatever waits for that elsewhere hears of it, with its real day."""

from datetime import date

from portal.domain.policy import Permission
from portal.models.dispatches import Dispatch
from portal.services import consent_reviews, correction_replies, secret_letters
from portal.services.work import Work


def went_out(work: Work, found: Dispatch, on: date) -> None:
    """Everything by which a letter can go calls this: the post, a fax, the front desk, the telephone.

    What else the letter is to go by stays as it is. The case is locked before the letter everywhere
    (``dispatches.find``).
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    correction_replies.went_out(work, found, on)
    consent_reviews.went_out(work, found, on)
    secret_letters.went_out(work, found)


def did_not_arrive(work: Work, found: Dispatch) -> None:
    """It came back, or could not be sent after all: who was to be told was not."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    correction_replies.did_not_arrive(work, found)
