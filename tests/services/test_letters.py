"""To whom the letters of a case go."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy import select

from portal.models.accounts import Account
from portal.models.jobs import Job
from portal.models.people import Patient, Representation
from portal.services import access_requests, letters, notices
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


def power_of_ben_ended_yesterday(work_as: WorkAs) -> None:
    with work_as("system") as work:
        ben = work.db.scalars(select(Account.id).where(Account.name == "Ben Lindqvist")).one()
        held = work.db.scalars(select(Representation).where(Representation.account_id == ben)).one()
        held.ends_on = work.today - timedelta(days=1)


def test_once_a_representatives_power_has_ended_the_patient_herself_is_written_to(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "ben")
    power_of_ben_ended_yesterday(work_as)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        told = letters.draft(work, request, "acknowledgement")
        assert told.addressed_to == (request.patient.name, *request.patient.address_lines)


def test_nobody_whose_power_has_ended_is_told_that_something_waits(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "ben")
    power_of_ben_ended_yesterday(work_as)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        notices.tell_patient(work, request, "ready")
        work.db.flush()
        promised = [job.payload for job in work.db.scalars(select(Job).where(Job.name.contains("/ready/")))]
        assert [json.loads(each)["account"] for each in promised] == [str(request.patient.account_id)]
