"""The office is warned before it reaches out, reads the code word on purpose, and decides about changes of contact."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest

from portal.demo.people import PASSWORD
from portal.services import contact_plans, patients, watches
from portal.services.work import Work
from tests.pages import ReadingClient, text_of
from tests.services.test_contact_plans import SAFE, is_watched, keeps
from tests.web.patient import stages
from tests.web.patient.test_contact import asks

Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]
FILE = "/office/patients/P-004117"


def shown_at(client: ReadingClient, path: str) -> str:
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', client.get(path).text)
    assert found is not None
    return found[1]


def test_the_panel_stands_before_every_number_and_shows_no_way_that_is_closed(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = stages.sent(work_as, "amina")
    with work_as("dov") as work:
        number = patients.find(work, "P-004117").phone or ""
    dov = client_of("dov")
    assert number in text_of(dov.get(FILE))
    assert "Before you call" not in text_of(dov.get(f"/office/cases/{reference}"))
    keeps(work_as, "amina", replace(SAFE, never=("phone",), phone_when="weekday mornings", neutral=True), "marigold")
    is_watched(work_as, "amina")
    for page in (FILE, f"/office/cases/{reference}", f"/office/cases/{reference}/identity"):
        text = text_of(dov.get(page))
        assert "Somebody may be watching this patient." in text
        assert "Call only 604-555-0199. When: weekday mornings. Do not leave a message." in text
        assert "Never call the number on file." in text
        assert "Lantern Street Desk, PO Box 41" in text
        assert number not in text
        assert "marigold" not in text
    assert "Somebody may be watching" in text_of(client_of("femi").get(f"/office/cases/{reference}"))


def test_the_code_word_is_shown_on_purpose_and_she_sees_who_read_it(client_of: Clients, work_as: WorkAs) -> None:
    keeps(work_as, "amina", SAFE, "marigold")
    dov = client_of("dov")
    assert "marigold" in text_of(dov.post(f"{FILE}/contact/code-word"))
    amina = text_of(client_of("amina").get("/access-log"))
    assert "read your code word, to talk to you on the telephone" in amina
    assert "code word" not in text_of(client_of("ben").get("/access-log"))


@pytest.mark.usefixtures("sqlite_only")
def test_the_office_writes_down_what_she_says_and_turns_the_switch_on_at_her_word(
    client_of: Clients, work_as: WorkAs
) -> None:
    dov = client_of("dov")
    said = {"channel": "phone", "phone": "604-555-0199", "language": "en", "seen": "0"}
    assert "How did you know" in text_of(dov.get(f"{FILE}/contact"))
    said |= {"shown": shown_at(dov, f"{FILE}/contact")}
    guessed = dov.post(f"{FILE}/contact", data={**said, "how": "photo_id", "proof": "guess"})
    assert guessed.status_code == 422
    said |= {"proof": PASSWORD}
    without = dov.post(f"{FILE}/contact", data=said)
    assert without.status_code == 422
    assert "Choose how you knew that it was she." in text_of(without)
    assert dov.post(f"{FILE}/contact", data={**said, "how": "photo_id"}).status_code == 303
    assert dov.post(f"{FILE}/contact", data={**said, "how": "photo_id"}).status_code == 422  # another plan by now
    on = {"shown": shown_at(dov, f"{FILE}/contact/watched"), "how": "code_word"}
    assert dov.post(f"{FILE}/contact/watched/on", data={**on, "proof": "guess"}).status_code == 422
    assert dov.post(f"{FILE}/contact/watched/on", data={**on, "proof": PASSWORD}).status_code == 303
    assert "You cannot do it for her." in text_of(dov.get(f"{FILE}/contact/watched"))
    assert dov.post(f"{FILE}/contact/watched/off", data=on).status_code == 403
    with work_as("dov", writes=False) as work:
        amina = patients.find(work, "P-004117")
        assert watches.on(work, amina)
        assert contact_plans.of(work, amina).by == "Dov Rosen" or contact_plans.of(work, amina).how == "photo_id"


def test_a_change_of_contact_is_found_in_the_list_decided_once_and_told(client_of: Clients, work_as: WorkAs) -> None:
    dov, esi = client_of("dov"), client_of("esi")
    assert "Nothing waits." in text_of(dov.get("/office/contact-changes"))
    key = asks(work_as, "amina", phone="604-555-0177")
    assert "Amina Haddad" in text_of(dov.get("/office/contact-changes"))
    assert client_of("femi").get("/office/contact-changes").status_code == 403
    place = f"{FILE}/contact-change"
    text = text_of(esi.get(place))
    assert "604-555-0177" in text
    assert "Call the old number and ask whether it was she." in text
    seen = {"seen": key, "shown": shown_at(dov, place), "proof": PASSWORD}
    assert dov.post(place, data={"decision": "accept", **seen}).status_code == 422
    guess = {"decision": "accept", "told": "called", **seen, "proof": "guess"}
    assert dov.post(place, data=guess).status_code == 422
    assert dov.post(place, data={"decision": "accept", "told": "called", **seen}).status_code == 303
    late = esi.post(place, data={"decision": "refuse", "reason": "not_she", **seen})
    assert late.status_code == 409
    assert "Somebody else decided this meanwhile" in text_of(late)
    assert "604-555-0177" in text_of(dov.get(FILE))
