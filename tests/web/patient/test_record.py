"""What the clinic holds, who received it, who looked, and the person's own sign-in."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from portal.demo.people import PASSWORD
from portal.edges import Edge
from portal.services import accounts, patients, record_items, review_items
from portal.services.access_requests import find, opened
from tests.conftest import open_session
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs
from tests.web.public.signing_in import code_at, token_of, try_to_sign_in

ClientOf = Callable[[str], ReadingClient]


def test_the_record_is_counted_by_kind_and_nothing_of_it_is_shown(client_of: ClientOf, work_as: WorkAs) -> None:
    words = text_of(client_of("mei").get("/record"))
    with work_as("system", writes=False) as work:
        rows = record_items.items_of(work, patients.find(work, "mei@patients.example").id)
        titles = [record_items.title_of(work, row) for row in rows]
    assert f"The portal holds {len(rows)} entries." in words
    assert "Visits and notes" in words
    for kept in (
        "Papers and faxes that came in",
        "How each of our letters",
        "a form was printed",
        "Notes that those who",
    ):
        assert kept in words
    assert not [title for title in titles if len(title) > 12 and title in words]


def test_who_has_no_record_is_told_so(client_of: ClientOf, edge: Edge) -> None:
    with edge.sessions() as db, db.begin():
        db.connection().exec_driver_sql("delete from record_items")
    assert "Nothing has been brought into the portal yet." in text_of(client_of("mei").get("/record"))


def test_every_recipient_is_named_with_what_why_and_when(client_of: ClientOf) -> None:
    words = text_of(client_of("amina").get("/disclosures"))
    for said in ("Cedar Strait Mutual Insurance", "Friday 2 June 2023", "Her claim for time away from work"):
        assert said in words
    assert "Nothing is written down yet." in text_of(client_of("mei").get("/disclosures"))


def test_the_log_says_in_a_sentence_who_did_what_when_and_why(client_of: ClientOf, work_as: WorkAs) -> None:
    reference = stages.gathering(work_as)
    with work_as("dov") as work:
        opened(work, find(work, reference))
    words = text_of(client_of("mei").get("/access-log"))
    assert "Dov Levin, front office, opened your request." in words
    assert f"Why: request {reference}" in words
    assert "Monday 23 November 2026" in words


def test_many_looks_of_one_person_on_one_day_are_one_line_with_their_number(
    client_of: ClientOf, work_as: WorkAs, clock: Any
) -> None:
    reference = stages.gathering(work_as)
    with work_as("dov") as work:
        from portal.services import access_requests

        access_requests.refer(work, find(work, reference))
    for minutes in range(3):
        clock.move(minutes=1)
        with work_as("femi") as work:
            request = find(work, reference)
            review_items.open_item(work, request, review_items.lines(work, request)[minutes].id)
    words = text_of(client_of("mei").get("/access-log"))
    assert "Dr Femi Adeyemi, physician, read an entry of your record, 3 times." in words


def test_the_log_goes_on_page_after_page(client_of: ClientOf, work_as: WorkAs, clock: Any) -> None:
    reference = stages.sent(work_as)
    for _day in range(60):
        clock.move(days=1)
        with work_as("dov") as work:
            opened(work, find(work, reference))
    mei = client_of("mei")
    first = mei.get("/access-log")
    following = re.search(r'href="(/access-log\?after=\d+)"', first.text)
    assert following
    second = mei.get(following[1])
    days = [re.findall(r"<h2><time datetime=\"([-0-9]+)\"", page.text) for page in (first, second)]
    assert len(days[0]) == 50
    assert len(days[1]) >= 10
    assert days[0] + days[1] == sorted(days[0] + days[1], reverse=True)
    assert not set(days[0]) & set(days[1])


def test_a_place_in_the_log_that_is_no_number_is_its_beginning(client_of: ClientOf) -> None:
    mei = client_of("mei")
    for place in ("abc", "-1", "9" * 40, "²"):
        assert mei.get("/access-log", query_string={"after": place}).status_code == 200


def test_who_acts_for_several_chooses_whose_page_it_is(client_of: ClientOf, edge: Edge, work_as: WorkAs) -> None:
    keys = stages.ben_acts_for_mei_too(edge, work_as)
    ben = client_of("ben")
    for address in ("/record", "/disclosures", "/access-log"):
        page = ben.get(address)
        assert f'href="{address}?for={keys["mei"]}"' in page.text
        assert "Mei Leung" in text_of(ben.get(f"{address}?for={keys['mei']}")).split("Skip to")[0]


def test_nobody_reads_the_pages_of_somebody_she_does_not_act_for(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("mei", writes=False) as work:
        meis = patients.own(work).id
    for name in ("cora", "ben", "amina"):
        for address in ("/record", "/disclosures", "/access-log"):
            assert client_of(name).get(f"{address}?for={meis}").status_code == 404


def test_her_account_shows_her_name_and_address_and_keeps_her_language(client_of: ClientOf, edge: Edge) -> None:
    mei = client_of("mei")
    assert "mei@patients.example" in text_of(mei.get("/account"))
    assert mei.post("/account", data={"language": "fr"}).location == "/account"
    assert '<html lang="fr' in mei.get("/account").text
    assert '<html lang="fr' in client_of("mei").get("/home").text
    assert mei.post("/account", data={"language": "xx"}).status_code == 422


def test_she_turns_her_codes_on_and_needs_them_from_then_on(
    app: Flask, client_of: ClientOf, edge: Edge, clock: Any
) -> None:
    mei, elsewhere = client_of("mei"), app.test_client()
    open_session(edge, elsewhere, "mei")
    before = token_of(mei)
    page = mei.get("/account/codes")
    answer = mei.post("/account/codes", data=filled_in(page, clock, proof=PASSWORD))
    assert (answer.status_code, answer.location) == (303, "/account")
    assert token_of(mei) != before
    assert "Your second proof is on." in text_of(mei.get("/account"))
    assert elsewhere.get("/home").location == "/sign-in"
    mei.post("/sign-out")
    assert try_to_sign_in(mei, "mei").location == "/sign-in/code"
    clock.move(seconds=30)
    assert mei.post("/sign-in/code", data={"code": code_at(clock.at, secret_on(page))}).location == "/home"


def test_codes_are_not_turned_on_without_the_password(client_of: ClientOf, work_as: WorkAs, clock: Any) -> None:
    mei = client_of("mei")
    page = mei.get("/account/codes")
    answer = mei.post("/account/codes", data=filled_in(page, clock, proof="not my password"))
    assert answer.status_code == 422
    with work_as("mei", writes=False) as work:
        assert accounts.own(work).second_factor_on is False


def test_codes_are_not_turned_on_with_a_wrong_code(client_of: ClientOf, work_as: WorkAs, clock: Any) -> None:
    mei = client_of("mei")
    page = mei.get("/account/codes")
    answer = mei.post("/account/codes", data={**filled_in(page, clock, proof=PASSWORD), "code": "000000"})
    assert answer.status_code == 422
    assert "That code does not fit." in text_of(answer)
    assert secret_on(answer) == secret_on(page)
    with work_as("mei", writes=False) as work:
        assert accounts.own(work).second_factor_on is False


def secret_on(page: Any) -> str:
    found = re.search(r"<strong>([A-Z2-7 ]{39})</strong>", page.text)
    assert found
    return found[1].replace(" ", "")


def filled_in(page: Any, clock: Any, proof: str) -> dict[str, str]:
    setup = re.search(r'name="setup"[^>]*value="([^"]*)"', page.text)
    assert setup
    return {"setup": setup[1], "code": code_at(clock.at, secret_on(page)), "proof": proof}
