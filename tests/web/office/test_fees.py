"""Fees on the office's pages: worked out, looked at, then sent; waived or kept."""

import re
from collections.abc import Callable
from dataclasses import replace

from portal.domain.access_requests import Delivery
from portal.services import access_requests, fees
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering
from tests.web.patient.stages import ON_PAPER

BY_FAX = replace(ON_PAPER, delivery=Delivery.FAX, delivery_to="250-555-0199")

Clients = Callable[[str], ReadingClient]


def seen(answer: object) -> str:
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]+)"', answer.get_data(as_text=True))  # type: ignore[attr-defined]
    assert found is not None
    return found[1]


def test_an_estimate_is_worked_out_without_being_sent(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    page = client.post(
        f"/office/cases/{reference}/estimate", data={"units_pages": "140", "deposit": "yes", "look": "1"}
    )
    told = text_of(page)
    assert page.status_code == 200
    assert "It comes to $25.00" in told
    assert "Of this, as a deposit $12.50" in told
    assert "The patient will get this letter" in told
    with work_as("dov", writes=False) as work:
        assert fees.latest(work, access_requests.find(work, reference)) is None


def test_what_was_looked_at_is_what_is_sent(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    data = {"units_pages": "140", "look": "1"}
    looked = client.post(f"/office/cases/{reference}/estimate", data=data)
    changed = client.post(
        f"/office/cases/{reference}/estimate", data={"units_pages": "1400", "do": "1", "seen": seen(looked)}
    )
    assert changed.status_code == 200
    assert "nothing is sent yet" in text_of(changed)
    sent = client.post(
        f"/office/cases/{reference}/estimate", data={"units_pages": "1400", "do": "1", "seen": seen(changed)}
    )
    assert sent.status_code == 303
    page = text_of(client.get(f"/office/cases/{reference}"))
    assert "waits for" in page
    assert "$340.00" in page


def test_an_estimate_of_nothing_is_not_sent(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    page = client.post(f"/office/cases/{reference}/estimate", data={"units_pages": "40", "look": "1"})
    assert "There is nothing to pay" in text_of(page)
    assert 'name="do"' not in page.get_data(as_text=True)


def test_a_number_that_is_none_is_told_at_its_field(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    for wrong in ("many", "-3"):
        page = client.post(f"/office/cases/{reference}/estimate", data={"units_pages": wrong, "look": "1"})
        assert page.status_code == 422
        assert 'id="units_pages-error"' in page.get_data(as_text=True)


def asked_for_waiver(work_as: WorkAs) -> str:
    reference = gathering(work_as, "mei", ON_PAPER)
    with work_as("dov") as work:
        fees.estimate(work, access_requests.find(work, reference), {"pages": 140}, deposit=False)
    with work_as("mei") as work:
        fees.ask_waiver(work, access_requests.find(work, reference), "I am a student and live on a loan.")
    return reference


def test_a_waiver_is_granted(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), asked_for_waiver(work_as)
    page = text_of(client.get(f"/office/cases/{reference}/waiver"))
    assert "I am a student and live on a loan." in page
    assert "$25.00" in page
    assert client.post(f"/office/cases/{reference}/waiver", data={"answer": "waive"}).status_code == 303
    assert "waived" in text_of(client.get(f"/office/cases/{reference}"))


def test_keeping_a_fee_needs_a_reason_the_patient_reads(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), asked_for_waiver(work_as)
    assert client.post(f"/office/cases/{reference}/waiver", data={"answer": "keep"}).status_code == 422
    reason = "The photo paper costs us this much, and a download is free."
    answer = client.post(f"/office/cases/{reference}/waiver", data={"answer": "keep", "reason": reason})
    assert answer.status_code == 303
    assert reason in text_of(client.get(f"/office/cases/{reference}"))


def test_only_what_fits_the_form_of_the_answer_can_be_filled_in(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    page = client.get(f"/office/cases/{reference}/estimate")
    boxes = set(re.findall(r'name="units_(\w+)"', page.get_data(as_text=True)))
    assert boxes == {"archive", "pages", "photographs"}
    assert "The first 40 pages are free, then $0.25 for each page." in text_of(page)
    forged = client.post(f"/office/cases/{reference}/estimate", data={"units_post": "2", "look": "1"})
    assert "There is nothing to pay" in text_of(forged)


def test_an_answer_for_which_nothing_is_charged_says_so_on_its_case(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", BY_FAX)
    assert "Nothing is charged for a copy sent by fax." in text_of(client.get(f"/office/cases/{reference}"))
    assert client.get(f"/office/cases/{reference}/estimate").status_code == 409


def test_a_box_says_what_is_counted(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei", ON_PAPER)
    page = client.get(f"/office/cases/{reference}/estimate").get_data(as_text=True)
    assert '<span class="p-unit__word" id="units_pages-unit">pages</span>' in page
    assert 'aria-describedby="units_pages-unit units_pages-hint"' in page
