"""What the clinic answers to the questions of an office outside: it leaves the clinic, so it stands in the register."""

from datetime import date

from portal.domain.disclosures import OF_ANSWERS
from portal.domain.errors import Invalid
from portal.domain.words import _, speaking
from portal.models.complaints import Complaint
from portal.services import contact_plans, given_bundles, unasked_disclosures
from portal.services.unasked_disclosures import Papers
from portal.services.work import Work


def enter(work: Work, case: Complaint, how: str, on: date) -> None:
    """Enter that an answer went to the office outside that has the complaint. Raises Invalid for a way or a day that
    cannot be, NotPossible while no office outside has it."""
    body = given_bundles.to_whom(work, case)
    if how not in OF_ANSWERS:
        raise Invalid(_("Choose how the answer went."), "how")
    given_bundles.check_day(work, case, on)
    with speaking(contact_plans.written_in(work, case.patient)):
        why = _(given_bundles.WHY)
        what = _(
            "Our answer to a question of theirs about the complaint %(reference)s. Their file number is %(number)s.",
            reference=case.reference,
            number=case.outside_number,
        )
    unasked_disclosures.enter_papers(work, case, Papers(body, case.outside_number or "", "", how, on, why, what))
