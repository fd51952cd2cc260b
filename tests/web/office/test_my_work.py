"""What a person who works at the clinic sees first."""

from collections.abc import Callable

from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering, referred, sent
from tests.web.public.test_account_requests import FORM

Clients = Callable[[str], ReadingClient]


def test_the_first_thing_is_what_to_do_next(client_of: Clients) -> None:
    page = text_of(client_of("dov").get("/office"))
    assert "Do this next Amina Haddad waits for the front office to check who is asking." in page
    assert page.index("Do this next") < page.index("Your cases")


def test_a_late_case_comes_before_one_that_is_not(client_of: Clients, work_as: WorkAs, clock: Clockwork) -> None:
    clock.move(days=30)
    later = sent(work_as, "mei")
    clock.move(days=20)
    page = text_of(client_of("dov").get("/office"))
    assert "Do this next Amina Haddad waits" in page
    assert later in page
    assert "1 Late" in page


def test_a_case_that_waits_for_somebody_else_is_not_what_to_do_next(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as, "mei")
    assert f"Open {reference}" not in text_of(client_of("dov").get("/office"))


def test_a_physician_sees_first_what_waits_for_the_review(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as, "mei")
    page = text_of(client_of("femi").get("/office"))
    assert f"Open {reference}" in page
    assert page.index("Waiting for your review") < page.index("All requests to you that are open")
    assert "Nobody has them yet" not in page


def test_a_physician_sees_no_case_of_another_physician(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as, "mei")
    page = text_of(client_of("lena").get("/office"))
    assert reference not in page
    assert "Nothing waits for you" in page


def test_who_gathers_a_record_has_the_case(client_of: Clients, work_as: WorkAs) -> None:
    reference = gathering(work_as, "mei")
    mine = text_of(client_of("dov").get("/office/cases?which=mine"))
    assert reference in mine
    assert reference not in text_of(client_of("esi").get("/office/cases?which=mine"))


def test_who_asked_for_an_account_is_counted_where_the_day_begins(client_of: Clients, visitor: ReadingClient) -> None:
    assert "0 Requests for an account" in text_of(client_of("dov").get("/office"))
    assert visitor.post("/account-requests/new", data=FORM).status_code == 303
    page = client_of("dov").get("/office")
    assert "1 Requests for an account" in text_of(page)
    assert "/office/account-requests" in page.text


def test_a_patient_finds_no_office(client_of: Clients) -> None:
    for path in ("/office", "/office/cases", "/office/patients"):
        assert client_of("amina").get(path).status_code == 404


def test_nobody_gets_in_without_signing_in(visitor: ReadingClient) -> None:
    answer = visitor.get("/office/cases")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/sign-in")
