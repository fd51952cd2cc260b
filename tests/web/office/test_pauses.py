"""The Commissioner's pages: the new date is shown before anything is entered."""

from collections.abc import Callable

from portal.services import access_requests, fees
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering
from tests.web.office.test_fees import seen
from tests.web.patient.stages import ON_PAPER

Clients = Callable[[str], ReadingClient]
ASKED = {
    "event": "disregard_application",
    "on-day": "23",
    "on-month": "11",
    "on-year": "2026",
    "number": "F26-00123",
}


def test_the_arithmetic_is_shown_before_the_clock_is_stopped(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    address = f"/office/cases/{reference}"
    assert "The Commissioner was asked" in text_of(client.get(address))
    assert "The Commissioner decided" not in text_of(client.get(address))
    looked = client.post(f"{address}/commissioner-asked", data={**ASKED, "look": "1"})
    told = text_of(looked)
    assert "The clock stands still from Monday 23 November 2026" in told
    assert "If the decision came today, the answer would be due by" in told
    assert "The clock stands still since" not in text_of(client.get(address))
    done = client.post(f"{address}/commissioner-asked", data={**ASKED, "do": "1", "seen": seen(looked)})
    assert done.status_code == 303
    page = text_of(client.get(address))
    assert "The clock stands still since Monday 23 November 2026, until the Commissioner decides." in page
    assert "Dov Levin entered that the Commissioner was asked." in page
    assert "file F26-00123" in page
    hers = text_of(client_of("mei").get(f"/access-requests/{reference}"))
    assert "We asked the Commissioner whether we must answer." in hers
    assert "F26-00123" not in hers


def test_the_decision_sets_the_clock_going(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    address = f"/office/cases/{reference}/commissioner-"
    looked = client.post(f"{address}asked", data={**ASKED, "look": "1"})
    client.post(f"{address}asked", data={**ASKED, "do": "1", "seen": seen(looked)})
    decided = {key: ASKED[key] for key in ("event", "on-day", "on-month", "on-year")}
    shown = client.post(f"{address}decided", data={**decided, "look": "1"})
    assert "The new date is" in text_of(shown)
    assert client.post(f"{address}decided", data={**decided, "do": "1", "seen": seen(shown)}).status_code == 303
    page = text_of(client.get(f"/office/cases/{reference}"))
    assert "The clock stands still since" not in page
    assert "Dov Levin entered the Commissioner's decision." in page
    assert client.get(f"{address}decided").status_code == 409


def test_what_cannot_be_is_said_at_its_field(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    address = f"/office/cases/{reference}/commissioner-asked"
    for change, where in (
        ({"on-year": "2027"}, 'id="on-error"'),
        ({"number": ""}, 'id="number-error"'),
        ({"event": "fee_review"}, 'id="event-error"'),
    ):
        page = client.post(address, data={**ASKED, **change, "look": "1"})
        assert page.status_code == 422
        assert where in page.get_data(as_text=True), change
    with work_as("dov") as work:
        fees.estimate(work, access_requests.find(work, reference), {"pages": 140}, deposit=False)
    shown = client.post(address, data={**ASKED, "event": "fee_review", "look": "1"})
    assert shown.status_code == 200
