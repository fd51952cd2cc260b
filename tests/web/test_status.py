"""Each person's page shows the sentence that is hers: whatever the situation of the case, whoever looks."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from portal.domain.cases import KINDS
from portal.domain.dates import say_date
from portal.domain.standing import Names
from portal.domain.status import Person, say
from portal.models.cases import Case
from portal.models.consents import Consent
from portal.services import cases, consent_changes, leaves, patients
from portal.services.work import Work
from setup import statuses
from tests.pages import ReadingClient, text_of
from tests.services import test_accuracy_notes, test_complaints, test_consent_changes
from tests.web.office.stages import signed

WorkAs = Callable[..., AbstractContextManager[Work]]
ClientOf = Callable[[str], ReadingClient]
WHO = {
    "amina": Person.PATIENT,
    "ben": Person.REPRESENTATIVE,
    "dov": Person.FRONT_OFFICE,
    "esi": Person.ADMINISTRATOR,
    "femi": Person.PHYSICIAN,
}
PLACES = {
    "access_request": "/access-requests/",
    "consent_change": "/consents/changes/",
    "accuracy_note": "/accuracy-notes/",
    "complaint": "/complaints/",
}
# Nobody's page but for an instant, or one that the patient's side has another page for.
NOT_SHOWN = {"draft"}


def consent_change(work_as: WorkAs) -> str:
    key = test_consent_changes.asked(work_as)
    with work_as("amina") as work:
        return str(
            consent_changes.give(work, patients.own(work), work.db.get_one(Consent, key), "Amina Haddad").reference
        )


BEGUN: dict[str, Callable[[WorkAs], str]] = {
    "access_request": lambda work_as: signed(work_as, "amina", withheld=1),
    "consent_change": consent_change,
    "accuracy_note": test_accuracy_notes.sends,
    "complaint": test_complaints.sent,
}


def put(work_as: WorkAs, reference: str, facts: Any) -> None:
    """The case as the situation has it: what is looked at is the page, not how it came there."""
    with work_as("system") as work:
        case = cases.find(work, reference)
        for name in ("stage", "outcome", *statuses.PLAIN):
            if hasattr(type(case), name) and name not in ("identity_checked_at", "statement_awaited"):
                setattr(case, name, getattr(facts, name))
        if hasattr(type(case), "identity_checked_at"):
            case.identity_checked_at = work.now if facts.identity_checked_at else None


def expected(work_as: WorkAs, reference: str, person: Person) -> str:
    with work_as("system", writes=False) as work:
        case: Case = cases.find(work, reference)
        due = say_date(case.due_on) if case.due_on else ""
        return say(case, {person}, Names(case.patient.name, leaves.decides(work, case), due))


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("kind", KINDS)
def test_row_132_every_page_of_a_case_shows_the_sentence_of_whoever_reads_it(
    client_of: ClientOf, work_as: WorkAs, kind: str
) -> None:
    reference = BEGUN[kind](work_as)
    clients, looked = {who: client_of(who) for who in WHO}, set()
    for place, (each, name, facts) in enumerate(statuses.situations()):
        if each != kind or name in NOT_SHOWN or facts.statement_awaited:
            continue
        put(work_as, reference, facts)
        # The patient and the front office each time, the others in turn: pages are slow, and the domain has them all.
        for who in ("amina", "dov", ("ben", "esi", "femi")[place % 3]):
            person = WHO[who]
            inside = person in (Person.PATIENT, Person.REPRESENTATIVE)
            page = clients[who].get(f"{PLACES[kind] if inside else '/office/cases/'}{reference}")
            if page.status_code != 200:
                assert page.status_code == 404, (who, name, page.status_code)
                continue
            assert expected(work_as, reference, person) in text_of(page), (who, name)
            looked.add((who, name))
    assert {who for who, _name in looked} >= {"amina", "dov", "esi"}
    assert len(looked) >= 20


def test_whom_a_complaint_names_and_anothers_physician_get_to_no_sentence(
    client_of: ClientOf, work_as: WorkAs, sqlite_only: None
) -> None:
    reference = test_complaints.sent(work_as, names=("femi",))
    for who in ("femi", "lena", "cora"):
        assert client_of(who).get(f"/office/cases/{reference}").status_code in (403, 404)
        assert client_of(who).get(f"/complaints/{reference}").status_code in (403, 404)
