"""The first page after sign-in: what we need, what is happening, what she can do."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.rights import Right
from portal.edges import Edge
from portal.models.people import Representation
from portal.worker import Worker
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs

ClientOf = Callable[[str], ReadingClient]


def test_she_is_greeted_by_name_and_sees_the_six_rights(client_of: ClientOf) -> None:
    page = client_of("mei").get("/home")
    words = text_of(page)
    assert "Hello Mei Leung" in words
    assert "Nothing is under way" in words
    assert page.text.count('class="p-doors__title"') == 6


def test_only_rights_that_the_portal_serves_are_links(client_of: ClientOf) -> None:
    client = client_of("mei")
    page = client.get("/home")
    links = page.text.split('class="p-doors"')[1].split("</ul>")[0].split('href="')[1:]
    for link in links:
        assert client.get(link.split('"')[0]).status_code == 200, link


def test_a_request_under_way_says_in_a_sentence_who_waits_for_whom_and_until_when(client_of: ClientOf) -> None:
    words = text_of(client_of("amina").get("/home"))
    assert "We have your request and will first check who is asking." in words
    assert "AR-2026-000001-U" in words
    assert "Answer due by" in words


def test_an_open_question_is_on_the_panel_with_its_button(client_of: ClientOf, work_as: WorkAs) -> None:
    reference = stages.asked(work_as)
    page = client_of("mei").get("/home")
    assert "We need something from you" in text_of(page)
    assert f'href="/access-requests/{reference}/answer"' in page.text


def test_an_open_estimate_is_on_the_panel_with_its_amount(client_of: ClientOf, work_as: WorkAs) -> None:
    reference = stages.estimated(work_as)
    page = client_of("mei").get("/home")
    assert "would cost $25.00" in text_of(page)
    assert f'href="/access-requests/{reference}/fee"' in page.text


def test_a_finished_package_is_on_the_panel_as_something_ready(
    client_of: ClientOf, work_as: WorkAs, worker: Worker
) -> None:
    reference = stages.ready(work_as, worker)
    page = client_of("mei").get("/home")
    assert "Something is ready for you" in text_of(page)
    assert f'href="/access-requests/{reference}/download"' in page.text


def test_nothing_waits_for_her_when_the_turn_is_ours(client_of: ClientOf, work_as: WorkAs) -> None:
    stages.gathering(work_as)
    assert "We need something from you" not in text_of(client_of("mei").get("/home"))


def test_a_representative_sees_whom_she_acts_for_and_what_waits_there(client_of: ClientOf) -> None:
    words = text_of(client_of("ben").get("/home"))
    assert "You act for Amina Haddad." in words
    assert "A copy of the record of Amina Haddad" in words


def test_who_acts_for_others_only_and_without_a_right_to_consents_has_a_first_page_too(
    client_of: ClientOf, edge: Edge, work_as: WorkAs
) -> None:
    keys = stages.ben_acts_for_mei_too(edge, work_as)
    with edge.sessions() as db, db.begin():
        for power in db.scalars(select(Representation).where(Representation.patient_id.in_(map(UUID, keys.values())))):
            power.rights = f"{Right.ASK} {Right.DOWNLOAD}"
    page = client_of("ben").get("/home")
    assert page.status_code == 200
    words = text_of(page)
    assert "You act for" in words
    assert "Ask for a record" in words
    assert "your record" not in words


def test_a_late_answer_is_said_to_be_late(client_of: ClientOf, clock: Any) -> None:
    clock.move(days=60)
    assert "We are late" in text_of(client_of("amina").get("/home"))


def test_a_draft_is_shown_to_its_author_only(client_of: ClientOf, work_as: WorkAs) -> None:
    stages.drafted(work_as, "ben")
    assert "A request you have not sent yet" in text_of(client_of("ben").get("/home"))
    assert "A request you have not sent yet" not in text_of(client_of("amina").get("/home"))


def test_staff_find_no_patients_pages(client_of: ClientOf) -> None:
    for name in ("dov", "femi", "esi"):
        client = client_of(name)
        for address in ("/home", "/access-requests", "/record", "/access-log"):
            assert client.get(address).status_code == 404, (name, address)


def test_a_visitor_is_asked_to_sign_in_first(visitor: ReadingClient) -> None:
    for address in ("/home", "/access-requests/new", "/access-requests/AR-2026-000001-U", "/account/codes"):
        assert visitor.get(address).location == "/sign-in"


def test_a_package_after_its_last_day_is_not_offered_but_said_to_be_over(
    client_of: ClientOf, work_as: WorkAs, worker: Worker, clock: Any
) -> None:
    reference = stages.ready(work_as, worker)
    clock.move(days=90)
    assert f'href="/access-requests/{reference}/download"' in client_of("mei").get("/home").text
    clock.move(days=1)
    page = client_of("mei").get("/home")
    assert f'href="/access-requests/{reference}/download"' not in page.text
    assert "could be downloaded until Sunday 21 February 2027. To get it now, ask for it again." in text_of(page)
    assert "Ask for your record again" in text_of(page)
    assert "Your package is ready" not in text_of(page)
    request = client_of("mei").get(f"/access-requests/{reference}")
    assert "You could download your package until Sunday 21 February 2027." in text_of(request)


def test_everybody_is_greeted_by_the_whole_name(client_of: ClientOf) -> None:
    for name, whole in (("mei", "Mei Leung"), ("amina", "Amina Haddad"), ("ben", "Ben Lindqvist")):
        assert f"Hello {whole}" in text_of(client_of(name).get("/home"))
