"""To whom the letters of a case go."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import select

from portal.models.accounts import Account
from portal.models.people import Patient
from portal.services import access_requests, letters
from portal.services.work import Work
from tests.web.patient import stages

WorkAs = Callable[..., AbstractContextManager[Work]]


def test_a_representatives_letter_does_not_carry_the_patients_address(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "ben")
    with work_as("ben", writes=False) as work:
        request = access_requests.find(work, reference)
        told = letters.draft(work, request, "acknowledgement")
        assert request.patient.name == "Amina Haddad"
        assert told.addressed_to == ("Ben Lindqvist", "for the patient Amina Haddad")


def test_a_representative_with_a_file_of_her_own_is_written_to_at_home(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "ben")
    with work_as("dov") as work:
        file = work.db.scalars(select(Patient).where(Patient.given_name == "Cora")).one()
        file.account_id = work.db.scalars(select(Account.id).where(Account.name == "Ben Lindqvist")).one()
        work.db.flush()
        told = letters.draft(work, access_requests.find(work, reference), "acknowledgement")
        assert told.addressed_to == ("Ben Lindqvist", "for the patient Amina Haddad", *file.address_lines)
