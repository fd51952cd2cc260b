"""Taking a request on, step by step, and what a second person is told who presses the same."""

from collections.abc import Callable

from portal.services import access_requests, dossiers, questions
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering, sent

Clients = Callable[[str], ReadingClient]


def test_the_identity_check_is_kept_with_how_and_by_whom(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), sent(work_as, "mei")
    answer = client.post(
        f"/office/cases/{reference}/identity", data={"method": "call_back", "note": "Asked three facts."}
    )
    assert answer.status_code == 303
    page = text_of(client.get(answer.headers["Location"]))
    assert "The identity check is recorded." in page
    assert "Called back on the number in the file and asked three facts" in page
    assert "Asked three facts." in page
    assert "Dov Levin" in page


def test_somebody_known_in_person_has_to_be_vouched_for_in_the_note(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), sent(work_as, "mei")
    answer = client.post(f"/office/cases/{reference}/identity", data={"method": "known", "note": ""})
    assert answer.status_code == 422
    assert "Write in the note who knows the patient in person." in text_of(answer)
    with work_as("dov", writes=False) as work:
        assert dossiers.identity_checks(work, access_requests.find(work, reference)) == []


def test_the_second_of_two_who_press_is_told_who_was_first(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    dov, esi = client_of("dov"), client_of("esi")
    dov.post(f"/office/cases/{reference}/identity", data={"method": "photo_id"})
    assert dov.post(f"/office/cases/{reference}/begin").status_code == 303
    late = esi.post(f"/office/cases/{reference}/begin")
    assert late.status_code == 409
    told = text_of(late)
    assert "“Start gathering the record”, by Dov Levin" in told
    assert f"See where {reference} stands now" in told
    assert f'href="/office/cases/{reference}"' in late.get_data(as_text=True)


def test_a_form_of_a_step_that_has_passed_is_not_opened(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    answer = client_of("dov").get(f"/office/cases/{reference}/question")
    assert answer.status_code == 409
    assert "the case is at “received”" in text_of(answer)


def test_the_physician_takes_no_step_of_the_office(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    client = client_of("femi")
    assert client.get(f"/office/cases/{reference}/identity").status_code == 403
    assert client.post(f"/office/cases/{reference}/identity", data={"method": "photo_id"}).status_code == 403


def test_the_physician_of_a_request_can_be_changed(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    page = client.get(f"/office/cases/{reference}/physician").get_data(as_text=True)
    lena = page.partition("Lena")[0].rpartition('value="')[2].partition('"')[0]
    assert client.post(f"/office/cases/{reference}/physician", data={"physician": lena}).status_code == 303
    assert client_of("femi").get(f"/office/cases/{reference}").status_code == 404
    assert client_of("lena").get(f"/office/cases/{reference}").status_code == 200


def test_what_goes_to_the_physician_is_shown_before_it_goes(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    assert "Dr Femi Adeyemi gets" in text_of(client.get(f"/office/cases/{reference}/refer"))
    assert client.post(f"/office/cases/{reference}/refer").status_code == 303
    assert "waits for Dr Femi Adeyemi to review the record" in text_of(client.get(f"/office/cases/{reference}"))


def test_a_question_and_its_answer_stand_on_the_case(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    short = client.post(f"/office/cases/{reference}/question", data={"text": "Which?"})
    assert short.status_code == 422
    question = "Which of the two visits in March do you mean?"
    assert client.post(f"/office/cases/{reference}/question", data={"text": question}).status_code == 303
    with work_as("mei") as work:
        questions.answer(work, access_requests.find(work, reference), "The second one, with the rash.")
    page = text_of(client.get(f"/office/cases/{reference}"))
    assert question in page
    assert "The second one, with the rash." in page


def test_going_on_without_an_answer_needs_its_reason(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    client.post(f"/office/cases/{reference}/question", data={"text": "Which of the two visits do you mean?"})
    assert client.post(f"/office/cases/{reference}/go-on", data={"note": ""}).status_code == 422
    reason = "Two calls were not answered; we give both visits."
    assert client.post(f"/office/cases/{reference}/go-on", data={"note": reason}).status_code == 303
    assert reason in text_of(client.get(f"/office/cases/{reference}"))
