"""More time for an answer: the law's grounds, the new date and the letter before the step."""

from collections.abc import Callable

from portal.services import access_requests
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering
from tests.web.office.test_fees import seen

Clients = Callable[[str], ReadingClient]


def test_the_new_date_and_the_letter_are_shown_before_anything_happens(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    with work_as("dov", writes=False) as work:
        due = access_requests.find(work, reference).due_on
    page = client.post(f"/office/cases/{reference}/extend", data={"ground": "volume", "days": "10", "look": "1"})
    told = text_of(page)
    assert "The new date is" in told
    assert "complain" in told
    with work_as("dov", writes=False) as work:
        assert access_requests.find(work, reference).due_on == due
    done = client.post(
        f"/office/cases/{reference}/extend", data={"ground": "volume", "days": "10", "do": "1", "seen": seen(page)}
    )
    assert done.status_code == 303
    with work_as("dov", writes=False) as work:
        found = access_requests.find(work, reference).due_on
    assert found is not None
    assert due is not None
    assert found > due
    assert "The time was extended by 10 days." in text_of(client.get(f"/office/cases/{reference}"))


def test_only_the_grounds_and_the_days_of_the_law_are_taken(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    page = client.post(f"/office/cases/{reference}/extend", data={"ground": "volume", "days": "31", "look": "1"})
    assert page.status_code == 422
    assert "At most 30 more days can be taken" in text_of(page)
    other = client.post(f"/office/cases/{reference}/extend", data={"ground": "holiday", "days": "3", "look": "1"})
    assert other.status_code == 422


def test_after_the_day_it_was_due_there_is_no_more_time(client_of: Clients, work_as: WorkAs, clock: Clockwork) -> None:
    reference = gathering(work_as, "mei")
    clock.move(days=60)
    answer = client_of("dov").get(f"/office/cases/{reference}/extend")
    assert answer.status_code == 409
    assert "The time can only be extended before the answer is due" in text_of(answer)


def test_a_second_click_takes_no_second_time(client_of: Clients, work_as: WorkAs) -> None:
    client, address = client_of("dov"), f"/office/cases/{gathering(work_as, 'mei')}/extend"
    page = client.post(address, data={"ground": "volume", "days": "5", "look": "1"})
    pressed = {"ground": "volume", "days": "5", "do": "1", "seen": seen(page)}
    assert client.post(address, data=pressed).status_code == 303
    again = client.post(address, data=pressed)
    assert again.status_code == 409
    assert "This case has changed since you looked at it" in text_of(again)
    with work_as("dov", writes=False) as work:
        case = access_requests.find(work, address.split("/")[3])
        assert [entry.days for entry in case.ledger if entry.kind == "extended"] == [5]
