"""A one-time link: used once, by its owner, for a password and (at the clinic) the codes."""

import re
from typing import Any

import pytest

from portal.demo.people import TOTP_SECRET
from portal.domain.actors import OPERATOR, Role
from portal.edges import Edge
from portal.services import accounts
from tests.authenticator import Device
from tests.pages import ReadingClient, text_of
from tests.web.public.signing_in import code_at, try_to_sign_in

NEW = "four small words together"


@pytest.fixture
def patients_link(edge: Edge) -> str:
    return link_for(edge, "noor@patients.example", Role.PATIENT)


@pytest.fixture
def staffs_link(edge: Edge) -> str:
    return link_for(edge, "noor@clinic.example", Role.FRONT_OFFICE)


def link_for(edge: Edge, email: str, role: Role) -> str:
    with edge.work(OPERATOR) as work:
        account = accounts.add(work, email, "Noor Sandhu", frozenset({role}))
        return accounts.give_link(work, account).removeprefix(edge.config.base_url)


def filled_in(page: Any, password: str = NEW, **more: str) -> dict[str, str]:
    setup = re.search(r'name="setup"[^>]*value="([^"]*)"', page.text)
    return {"password": password, "again": password, "setup": setup[1] if setup else "", **more}


def secret_on(page: Any) -> str:
    found = re.search(r"<strong>([A-Z2-7 ]{39})</strong>", page.text)
    assert found
    return found[1].replace(" ", "")


def test_a_patient_sets_her_password_and_signs_in(visitor: ReadingClient, patients_link: str) -> None:
    page = visitor.get(patients_link)
    assert page.status_code == 200
    assert "Noor Sandhu" in text_of(page)
    answer = visitor.post(patients_link, data=filled_in(page))
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert try_to_sign_in(visitor, "noor@patients.example", NEW).location == "/home"


def test_a_used_link_is_a_page_that_does_not_exist(visitor: ReadingClient, patients_link: str) -> None:
    visitor.post(patients_link, data=filled_in(visitor.get(patients_link)))
    unknown = visitor.get("/activate/never-given")
    for used in (visitor.get(patients_link), visitor.post(patients_link, data={"password": NEW, "again": NEW})):
        assert used.status_code == 404
        assert text_of(used) == text_of(unknown)


def test_a_link_that_is_too_old_is_a_page_that_does_not_exist(
    visitor: ReadingClient, patients_link: str, clock: Any
) -> None:
    clock.move(days=7)
    assert visitor.get(patients_link).status_code == 404


def test_a_password_that_is_too_short_is_refused_and_the_link_lives(visitor: ReadingClient, patients_link: str) -> None:
    answer = visitor.post(patients_link, data=filled_in(visitor.get(patients_link), "short one"))
    assert answer.status_code == 422
    assert "Use at least 12 characters" in text_of(answer)
    assert visitor.post(patients_link, data=filled_in(answer)).status_code == 303


def test_two_different_passwords_are_refused(visitor: ReadingClient, patients_link: str) -> None:
    answer = visitor.post(patients_link, data={"password": NEW, "again": NEW + "!"})
    assert answer.status_code == 422
    assert "The two passwords are not the same" in text_of(answer)


def test_ones_own_name_is_no_password(visitor: ReadingClient, patients_link: str) -> None:
    answer = visitor.post(patients_link, data=filled_in(visitor.get(patients_link), "noor sandhu noor sandhu"))
    assert "your own name" in text_of(answer)


def test_staff_set_up_their_codes_with_a_picture_or_by_hand(
    visitor: ReadingClient, staffs_link: str, clock: Any
) -> None:
    page = visitor.get(staffs_link)
    assert "<svg" in page.text
    assert "data:" not in page.text
    secret = secret_on(page)
    answer = visitor.post(staffs_link, data=filled_in(page, code=code_at(clock.at, secret)))
    assert answer.status_code == 303
    clock.move(seconds=30)
    try_to_sign_in(visitor, "noor@clinic.example", NEW)
    assert visitor.post("/sign-in/code", data={"code": code_at(clock.at, secret)}).location == "/office"


def test_a_wrong_code_keeps_the_same_secret_on_the_page(visitor: ReadingClient, staffs_link: str, clock: Any) -> None:
    page = visitor.get(staffs_link)
    wrong = visitor.post(staffs_link, data=filled_in(page, code="000000"))
    assert wrong.status_code == 422
    assert secret_on(wrong) == secret_on(page)
    right = filled_in(wrong, code=code_at(clock.at, secret_on(page)))
    assert visitor.post(staffs_link, data=right).status_code == 303


def test_a_secret_of_ones_own_making_is_not_taken(visitor: ReadingClient, staffs_link: str, clock: Any) -> None:
    code = code_at(clock.at, TOTP_SECRET)
    answer = visitor.post(staffs_link, data={"password": NEW, "again": NEW, "setup": TOTP_SECRET, "code": code})
    assert answer.status_code == 422
    assert TOTP_SECRET not in answer.text


def test_a_secret_of_somebody_elses_set_up_is_not_taken(
    visitor: ReadingClient, staffs_link: str, edge: Edge, clock: Any
) -> None:
    theirs = visitor.get(link_for(edge, "other@clinic.example", Role.PHYSICIAN))
    sent = filled_in(theirs, code=code_at(clock.at, secret_on(theirs)))
    assert visitor.post(staffs_link, data=sent).status_code == 422


def test_the_address_of_a_link_is_told_to_no_other_page(visitor: ReadingClient, patients_link: str) -> None:
    assert visitor.get(patients_link).headers["Referrer-Policy"] == "no-referrer"


def test_guessing_links_is_slowed_down(visitor: ReadingClient) -> None:
    answers = [visitor.get(f"/activate/guess-{n}").status_code for n in range(21)]
    assert answers == [404] * 20 + [429]


def test_staff_may_begin_with_a_passkey_in_place_of_codes(visitor: ReadingClient, staffs_link: str) -> None:
    device = Device()
    page = visitor.get(staffs_link)
    question = visitor.post(f"{staffs_link}/passkey-question").get_json()
    passkey = {"make": question["question"], "made": device.make(question["options"])}
    assert visitor.post(staffs_link, data=filled_in(page, **passkey)).location == "/sign-in"
    assert try_to_sign_in(visitor, "noor@clinic.example", NEW).location == "/sign-in/code"
    question = visitor.post("/sign-in/passkey/question").get_json()
    signed = {"question": question["question"], "passkey": device.sign(question["options"])}
    assert visitor.post("/sign-in/passkey", data=signed).location == "/office"


def test_staff_without_any_second_proof_do_not_begin(visitor: ReadingClient, staffs_link: str) -> None:
    page = visitor.get(staffs_link)
    for nothing in ({"code": ""}, {"made": "{}"}, {"made": Device().make({"challenge": "AAAA"}), "make": "none"}):
        assert visitor.post(staffs_link, data=filled_in(page, **nothing)).status_code == 422
    assert visitor.get(staffs_link).status_code == 200
