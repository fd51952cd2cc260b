"""The page of a case: everything about it at one place, and what each person may do with it."""

import re
from collections.abc import Callable
from dataclasses import replace

from portal.adapters.mail import MailRefused
from portal.domain.access_requests import WORKFLOW
from portal.edges import Edge
from portal.services import access_log, access_requests, identity, patients, questions, record_items
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering, referred, sent, signed

Clients = Callable[[str], ReadingClient]


def test_the_page_tells_all_of_a_fresh_request(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    page = text_of(client_of("dov").get(f"/office/cases/{reference}"))
    for told in (
        "asks for a copy of the record",
        "Everything in the record",
        "Downloaded from the portal",
        "waits for the front office to check who is asking. Answer due by",
        "Nobody has checked yet who is asking",
        "Dr Femi Adeyemi",
        "Acknowledgement",
        "Mei Leung sent the request.",
    ):
        assert told in page, told


def test_every_day_of_the_clock_is_shown_with_why_it_counts_or_not(client_of: Clients, work_as: WorkAs) -> None:
    page = text_of(client_of("dov").get(f"/office/cases/{sent(work_as, 'mei')}"))
    assert "Received; counting starts the next day" in page
    assert "Not counted: Sunday" in page
    assert re.search(r"Day 30, the last day", page)
    assert "Our own aim is" in page
    assert "PIPA s.29(1)(a)" in page


def test_a_step_that_cannot_be_taken_is_grey_and_says_why(client_of: Clients, work_as: WorkAs) -> None:
    page = client_of("dov").get(f"/office/cases/{sent(work_as, 'mei')}").get_data(as_text=True)
    assert 'aria-describedby="why-begin"' in page
    assert "Check who is asking, and record how, first." in page
    assert 'action="/office/cases/' not in page  # the grey button posts nothing


def test_one_step_is_the_next_and_stands_first(client_of: Clients, work_as: WorkAs) -> None:
    for reference, label in (
        (sent(work_as, "cora"), "Record the identity check"),
        (gathering(work_as, "mei"), "Refer to the physician"),
    ):
        page = client_of("dov").get(f"/office/cases/{reference}").get_data(as_text=True).partition("<dialog")[0]
        primary = re.findall(r'class="nhsuk-button"[^>]*>([^<]+)<', page)
        assert primary == [label]


def test_more_time_is_grey_once_the_answer_is_late(client_of: Clients, work_as: WorkAs, clock: Clockwork) -> None:
    reference = sent(work_as, "mei")
    clock.move(days=60)
    page = text_of(client_of("dov").get(f"/office/cases/{reference}"))
    assert "The time can only be extended before the answer is due" in page


def test_the_physician_sees_no_step_of_the_office_nor_the_office_the_review(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as, "mei")
    hers = text_of(client_of("femi").get(f"/office/cases/{reference}"))
    assert "Review the record" in hers
    assert "Extend the time limit" not in hers
    office = text_of(client_of("dov").get(f"/office/cases/{reference}"))
    assert "Extend the time limit" in office
    assert "Review the record" not in office


def test_the_office_sees_how_many_entries_and_never_what_they_say(client_of: Clients, work_as: WorkAs) -> None:
    reference = gathering(work_as, "mei")
    page = text_of(client_of("dov").get(f"/office/cases/{reference}"))
    assert re.search(r"The request covers \d+ entries of the record", page)
    assert "Medications and prescriptions" in page
    with work_as("femi", writes=False) as work:
        mei = access_requests.find(work, reference).patient_id
        titles = {record_items.title_of(work, row) for row in record_items.items_of(work, mei)}
    assert titles
    shown = {title for title in titles if len(title) > 12 and title in page}
    assert not shown


def test_opening_a_case_leaves_a_trace_that_the_patient_can_read(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    client_of("dov").get(f"/office/cases/{reference}")
    with work_as("mei", writes=False) as work:
        looks = access_log.lines(work, patients.own(work))
    assert any(look.name == "Dov Levin" and look.reference == reference for look in looks)


def test_a_case_of_another_physician_is_not_found(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    assert client_of("lena").get(f"/office/cases/{reference}").status_code == 404
    assert client_of("dov").get("/office/cases/AR-2026-009999-X").status_code == 404


def test_who_asked_is_named_with_how_it_came(client_of: Clients) -> None:
    page = text_of(client_of("dov").get("/office/patients/P-004117"))
    reference = re.search(r"AR-\d{4}-\d{6}-\w", page)
    assert reference is not None
    assert "Asked by Amina Haddad in the portal" in text_of(client_of("dov").get(f"/office/cases/{reference[0]}"))


def test_a_signed_review_shows_its_figures(client_of: Clients, work_as: WorkAs) -> None:
    reference = signed(work_as, "mei", withheld=2)
    page = text_of(client_of("esi").get(f"/office/cases/{reference}"))
    assert "2 entries are withheld" in page
    assert "Release the package" in page
    assert "Part of the record is released, so the request cannot be refused as a whole." in page


def test_the_office_sees_whom_no_e_mail_reached_until_one_does(
    client_of: Clients, work_as: WorkAs, edge: Edge, clock: Clockwork
) -> None:
    reference, place = gathering(work_as, "mei"), "No e-mail about this case reached Mei"
    other = gathering(work_as, "amina")
    Worker(replace(edge, outside=replace(edge.outside, mail=Refusing()))).drain()
    page = text_of(client_of("dov").get(f"/office/cases/{reference}"))
    assert f"{place} Leung on 23 November 2026." in page
    assert "Tell them another way" in page
    assert place not in text_of(client_of("dov").get(f"/office/cases/{other}"))
    clock.move(hours=1)
    with work_as("dov") as work:
        questions.ask(work, access_requests.find(work, reference), "Which of your two visits do you mean?")
    assert place in text_of(client_of("dov").get(f"/office/cases/{reference}"))
    Worker(edge).drain()
    assert place not in text_of(client_of("dov").get(f"/office/cases/{reference}"))


class Refusing:
    """A mail server that knows none of these addresses."""

    def send(self, _to: str, _subject: str, _text: str, _message_id: str) -> None:
        raise MailRefused("the mail server answered 550")


def test_the_history_says_in_past_sentences_who_did_what(client_of: Clients, work_as: WorkAs) -> None:
    reference = gathering(work_as, "mei")
    page = text_of(client_of("dov").get(f"/office/cases/{reference}"))
    for sentence in (
        "Mei Leung sent the request.",
        "Dov Levin checked who is asking by calling back.",
        "Dov Levin started to gather the record.",
        "Dov Levin brought in the record.",
    ):
        assert sentence in page, sentence


def test_the_identity_check_is_the_one_primary_button_while_it_is_missing(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    for event, how in (("check_identity", None), ("begin", "call_back")):
        if how:
            with work_as("dov") as work:
                identity.check_identity(work, access_requests.find(work, reference), how, "")
        page = client_of("dov").get(f"/office/cases/{reference}").text
        main = page.split("<main", 1)[1].partition("<dialog")[0]
        primary = re.findall(r'<(?:a|button) class="nhsuk-button"[^>]*>([^<]+)<', main)
        assert primary == [next(step.label for step in WORKFLOW.steps if step.event == event)]
