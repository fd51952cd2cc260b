"""One request: where it stands, its date, what happened, its letters, and what can be done now."""

from collections.abc import Callable
from typing import Any

import pytest

from portal.domain.access_requests import WORKFLOW, Outcome, Stage
from portal.services import access_log, access_requests, identity, letters, patients, questions
from portal.web.patient.timeline import NOT_TOLD, TOLD
from portal.worker import Worker
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs

ClientOf = Callable[[str], ReadingClient]


@pytest.fixture
def mei(client_of: ClientOf) -> ReadingClient:
    return client_of("mei")


def test_it_says_where_it_stands_by_when_and_how_that_is_counted(mei: ReadingClient, work_as: WorkAs) -> None:
    reference = stages.sent(work_as)
    words = text_of(mei.get(f"/access-requests/{reference}"))
    assert f"Number {reference}" in words
    assert "We have your request and will first check who is asking." in words
    assert "How we count" in words
    assert "Not counted: Saturday" in words
    assert "the last day" in words


def test_its_history_is_told_newest_first_with_its_letters(mei: ReadingClient, work_as: WorkAs) -> None:
    words = text_of(mei.get(f"/access-requests/{stages.asked(work_as)}"))
    told = ["We asked a question", "We began to gather the record", "We checked who is asking", "The request was sent"]
    places = [words.index(title) for title in told]
    assert places == sorted(places)
    assert "Dov Levin, front office" in words
    assert "Request for access to my record" in words
    assert "We have your request" in words


def test_every_step_of_the_workflow_is_told_or_kept_inside_on_purpose() -> None:
    assert {step.event for step in WORKFLOW.steps} == set(TOLD) | NOT_TOLD
    assert not set(TOLD) & NOT_TOLD


def test_a_reference_in_small_letters_is_found(mei: ReadingClient, work_as: WorkAs) -> None:
    assert mei.get(f"/access-requests/{stages.sent(work_as).lower()}").status_code == 200


def test_somebody_elses_request_and_no_request_are_the_same_missing_page(
    client_of: ClientOf, work_as: WorkAs, worker: Worker
) -> None:
    reference = stages.ready(work_as, worker)
    with work_as("mei", writes=False) as work:
        row, _letter = letters.of_case(work, access_requests.find(work, reference))[0]
    cora = client_of("cora")
    unknown = text_of(cora.get("/access-requests/AR-2026-999999-A"))
    for rest in ("", "/answer", "/fee", "/withdraw", "/download", f"/letters/{row.id}", f"/letters/{row.id}.pdf"):
        answer = cora.get(f"/access-requests/{reference}{rest}")
        assert answer.status_code == 404, rest
        assert text_of(answer) == unknown
    for rest in ("/answer", "/fee", "/withdraw", "/download"):
        sent = {"text": "a", "answer": "accept", "proof": "demo-portal-2026", "shown": "x"}
        assert cora.post(f"/access-requests/{reference}{rest}", data=sent).status_code == 404, rest


def test_a_letter_is_read_as_a_page_and_opened_as_a_pdf(mei: ReadingClient, work_as: WorkAs, worker: Worker) -> None:
    reference = stages.sent(work_as)
    with work_as("mei", writes=False) as work:
        row, letter = letters.of_case(work, access_requests.find(work, reference))[-1]
    address = f"/access-requests/{reference}/letters/{row.id}"
    page = mei.get(address)
    assert letter.title in text_of(page)
    assert "being printed as a PDF" in text_of(page)
    assert mei.get(f"{address}.pdf").status_code == 409
    worker.drain()
    assert f'href="{address}.pdf"' in mei.get(address).text
    pdf = mei.get(f"{address}.pdf")
    assert pdf.status_code == 200
    assert pdf.data.startswith(b"%PDF")
    assert len(pdf.data) == pdf.content_length
    assert pdf.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in pdf.headers["Content-Security-Policy"]


def test_a_letter_of_another_request_is_not_found_under_this_one(client_of: ClientOf, work_as: WorkAs) -> None:
    meis = stages.sent(work_as)
    with work_as("amina", writes=False) as work:
        row, _letter = letters.of_case(work, access_requests.find(work, "AR-2026-000001-U"))[0]
    assert client_of("mei").get(f"/access-requests/{meis}/letters/{row.id}").status_code == 404


def test_she_answers_a_question(mei: ReadingClient, work_as: WorkAs) -> None:
    reference = stages.asked(work_as)
    address = f"/access-requests/{reference}"
    assert stages.QUESTION in text_of(mei.get(f"{address}/answer"))
    empty = mei.post(f"{address}/answer", data={"text": "  "})
    assert empty.status_code == 422
    assert "Write your answer first." in text_of(empty)
    answer = mei.post(f"{address}/answer", data={"text": "The second one,\nwith the blood test."})
    assert (answer.status_code, answer.location) == (303, address)
    words = text_of(mei.get(address))
    assert "Thank you. We have your answer." in words
    assert "The second one, with the blood test." in words
    with work_as("dov", writes=False) as work:
        assert access_requests.find(work, reference).stage == Stage.GATHERING


def test_a_question_is_answered_once(mei: ReadingClient, work_as: WorkAs) -> None:
    address = f"/access-requests/{stages.asked(work_as)}/answer"
    mei.post(address, data={"text": "The second one."})
    for again in (mei.get(address), mei.post(address, data={"text": "The first one."})):
        assert again.status_code == 409
        assert "cannot be done now" in text_of(again)


def test_an_endless_answer_is_refused_and_kept_on_the_page(mei: ReadingClient, work_as: WorkAs) -> None:
    answer = mei.post(f"/access-requests/{stages.asked(work_as)}/answer", data={"text": "word " * 1000})
    assert answer.status_code == 422
    assert "Use at most 4000 characters here." in text_of(answer)
    assert "word word" in answer.text


@pytest.mark.parametrize(
    ("choice", "fee_stage", "said"),
    [
        ("accept", "accepted", "You accepted the fee."),
        ("decline", "declined", "You declined the fee."),
        ("ask_waiver", "waiver_asked", "You asked us to waive the fee."),
    ],
)
def test_she_answers_an_estimate(mei: ReadingClient, work_as: WorkAs, choice: str, fee_stage: str, said: str) -> None:
    reference = stages.estimated(work_as)
    address = f"/access-requests/{reference}"
    words = text_of(mei.get(f"{address}/fee"))
    assert "We would ask you for $25.00. Nothing is charged unless you accept it." in words
    assert "100 at $0.25 for each page, 40 more for free" in words
    answer = mei.post(f"{address}/fee", data={"answer": choice, "reason": "I live on a small pension."})
    assert answer.location == address
    assert said in text_of(mei.get(address))
    with work_as("dov", writes=False) as work:
        assert access_requests.find(work, reference).fee_stage == fee_stage


def test_an_estimate_without_an_answer_is_asked_again(mei: ReadingClient, work_as: WorkAs) -> None:
    answer = mei.post(f"/access-requests/{stages.estimated(work_as)}/fee", data={})
    assert answer.status_code == 422
    assert "Choose what we should do." in text_of(answer)


def test_she_withdraws_after_being_told_what_it_means(mei: ReadingClient, work_as: WorkAs) -> None:
    reference = stages.gathering(work_as)
    address = f"/access-requests/{reference}"
    assert f'href="{address}/withdraw"' in mei.get(address).text
    assert "This cannot be undone." in text_of(mei.get(f"{address}/withdraw"))
    assert mei.post(f"{address}/withdraw").location == address
    words = text_of(mei.get(address))
    assert "You withdrew this request." in words
    assert f'href="{address}/withdraw"' not in mei.get(address).text
    assert mei.post(f"{address}/withdraw").status_code == 409
    with work_as("mei", writes=False) as work:
        assert access_requests.find(work, reference).outcome == Outcome.WITHDRAWN


def test_her_representative_acts_in_her_own_name(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        request = access_requests.find(work, "AR-2026-000001-U")
        identity.check_identity(work, request, "call_back", "")
        access_requests.begin(work, request)
        questions.ask(work, request, stages.QUESTION)
    client_of("ben").post("/access-requests/AR-2026-000001-U/answer", data={"text": "The first visit."})
    words = text_of(client_of("amina").get("/access-requests/AR-2026-000001-U"))
    assert "Ben Lindqvist for Amina Haddad" in words


def test_a_package_in_the_making_shows_how_far_it_is(mei: ReadingClient, work_as: WorkAs) -> None:
    reference = stages.released(work_as)
    address = f"/access-requests/{reference}"
    assert "The work on it begins in a moment." in text_of(mei.get(address))
    with work_as("system") as work:
        from portal.services import binding

        request = access_requests.find(work, reference)
        assert request.package_id
        binding.progress(work, request.package_id, 7, 20)
    page = mei.get(address)
    assert "7 of 20 parts are ready" in text_of(page)
    assert 'id="package-progress"' in page.text
    assert mei.get(f"{address}/download").status_code == 404


def test_her_own_reading_leaves_no_line_in_the_log_of_who_looked(mei: ReadingClient, work_as: WorkAs) -> None:
    reference = stages.sent(work_as)
    before = _looks(work_as)
    for address in ("/home", f"/access-requests/{reference}", "/record", "/disclosures", "/access-log"):
        mei.get(address)
    assert _looks(work_as) == before


def _looks(work_as: WorkAs) -> list[Any]:
    with work_as("mei", writes=False) as work:
        return [look.id for look in access_log.lines(work, patients.own(work))]
