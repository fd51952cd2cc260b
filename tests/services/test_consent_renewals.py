"""Row 70: a consent that ends soon or ended is renewed by her who gave it, as a new one that names the earlier."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.consent_changes import Change
from portal.domain.errors import NotPossible
from portal.models.consent_changes import ConsentChange, Place
from portal.models.consents import Consent
from portal.models.jobs import Job
from portal.services import (
    consent_changes,
    consent_ends,
    consent_places,
    consent_receipts,
    consent_renewals,
    consent_reviews,
    consents,
    patients,
)
from tests.conftest import Clockwork
from tests.pages import ReadingClient
from tests.services.test_consent_changes import AMINA, WorkAs, accepted, may
from tests.web.office.stages import PASSWORD

LAST_DAY_IS_NEAR = 110  # days after the tests' today; the sample ends on 31 March 2027


def renewed(work_as: WorkAs, key: UUID) -> tuple[UUID, str]:
    with work_as("amina") as work:
        mine = patients.own(work)
        case = consent_renewals.renew(work, mine, consents.find(work, mine, key), "Amina Haddad")
        return case.consent_id, str(case.reference)


def a_day(work_as: WorkAs) -> None:
    with work_as("system") as work:
        consent_ends.carry_out(work, {}, consent_ends.due(work, {}))


def ended_cases(work_as: WorkAs) -> int:
    with work_as("system", writes=False) as work:
        return len(list(work.db.scalars(select(ConsentChange).where(ConsentChange.change == Change.END))))


def test_row_70_a_renewal_is_a_consent_of_its_own_that_the_physician_accepts(work_as: WorkAs, clock: Clockwork) -> None:
    key = accepted(work_as)
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        consent_places.add(work, amina, consents.find(work, amina, key), "The lecture of May")
    clock.move(days=LAST_DAY_IS_NEAR)
    new, reference = renewed(work_as, key)
    with work_as("amina", writes=False) as work:
        mine, case = patients.own(work), consent_changes.find(work, reference)
        assert (case.change, case.stage, case.consent.renews_id) == (Change.GRANT, "in_review", key)
        (receipt,) = consent_receipts.of_consent(work, mine, case.consent)
        body = consent_receipts.find(work, mine, receipt.id)[1]
        assert (receipt.event, body["header"]["renews_record_id"]) == ("renewed", str(key))
        assert case.consent.expires_on.isoformat() == "2027-06-30", "no longer than the ethics approval"
        assert consent_renewals.of_patient(work, mine) == [], "once"
    a_day(work_as)
    with work_as("system", writes=False) as work:
        assert not list(work.db.scalars(select(Job.id).where(Job.name.startswith("renew/")))), "nobody is reminded"
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, reference))
    clock.move(days=20)
    assert may(work_as, new), "past the last day of the first one"
    a_day(work_as)
    assert ended_cases(work_as) == 0, "nobody is told that it ended: it goes on"
    with work_as("system", writes=False) as work:
        place = work.db.scalars(select(Place)).one()
        assert (place.consent_id, place.until.isoformat() if place.until else "") == (new, "2027-06-30")


@pytest.mark.usefixtures("sqlite_only")
class TestWhenAConsentIsRenewed:
    def test_not_long_before_its_end_not_long_after_it_and_not_after_it_was_taken_back(
        self, work_as: WorkAs, clock: Clockwork
    ) -> None:
        key = accepted(work_as)
        with pytest.raises(NotPossible):
            renewed(work_as, key)
        clock.move(days=LAST_DAY_IS_NEAR)
        with work_as("amina") as work:
            mine = patients.own(work)
            assert len(consent_renewals.of_patient(work, mine)) == 1
            consent_changes.withdraw(work, mine, consents.find(work, mine, key), "no", "It stops.")
        with pytest.raises(NotPossible):
            renewed(work_as, key)
        with work_as("system", writes=False) as work:
            assert len(list(work.db.scalars(select(Consent)))) == 1, "nothing is kept of a renewal that was not"

    def test_one_that_ended_and_was_worked_is_renewed_all_the_same(self, work_as: WorkAs, clock: Clockwork) -> None:
        key = accepted(work_as)
        clock.move(days=130)
        a_day(work_as)
        new, reference = renewed(work_as, key)
        with work_as("femi") as work:
            consent_reviews.accept(work, consent_changes.find(work, reference))
        assert may(work_as, new)
        assert ended_cases(work_as) == 1

    def test_a_renewal_that_waits_is_taken_back_with_what_it_renews(self, work_as: WorkAs, clock: Clockwork) -> None:
        key = accepted(work_as)
        clock.move(days=LAST_DAY_IS_NEAR)
        new, reference = renewed(work_as, key)
        with work_as("amina") as work:
            mine = patients.own(work)
            consent_changes.withdraw(work, mine, consents.find(work, mine, key), "no", "It stops.")
        assert not may(work_as, new)
        with work_as("femi") as work:
            case = consent_changes.find(work, reference)
            assert (case.is_open, case.outcome) == (False, "withdrawn")

    def test_when_the_physician_declines_the_first_one_holds_to_its_last_day(
        self, work_as: WorkAs, clock: Clockwork
    ) -> None:
        key = accepted(work_as)
        clock.move(days=LAST_DAY_IS_NEAR)
        _new, reference = renewed(work_as, key)
        with work_as("femi") as work:
            consent_reviews.decline(work, consent_changes.find(work, reference), "The study closes in April.")
        assert may(work_as, key)

    def test_the_reminder_leads_to_the_page_and_closing_it_stores_nothing(
        self, work_as: WorkAs, clock: Clockwork, client_of: Callable[[str], ReadingClient]
    ) -> None:
        key = accepted(work_as)
        clock.move(days=LAST_DAY_IS_NEAR)
        amina, page = client_of("amina"), f"/consents/research/{key}/renew"
        assert page in amina.get("/home").text
        assert page in amina.get("/consents").text
        read = amina.get(page).text
        assert "30 June 2027" in read
        with work_as("system", writes=False) as work:
            assert len(list(work.db.scalars(select(Consent)))) == 1
        shown = read.split('name="shown"', 1)[1].split('value="', 1)[1].split('"', 1)[0]
        sent = {"shown": shown, "typed_name": "Somebody Else", "proof": PASSWORD}
        assert amina.post(page, data=sent).status_code == 422
        assert amina.post(page, data={**sent, "typed_name": "Amina Haddad"}).status_code == 303
        assert amina.post(page, data={**sent, "typed_name": "Amina Haddad"}).status_code == 409, "a second press"
        assert amina.get(page).status_code == 409
        assert "given, waits for the physician" in amina.get("/consents").text
        assert client_of("mei").get(page).status_code == 404
