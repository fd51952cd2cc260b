"""The policy as anybody reads it: clauses, buttons that lead somewhere, and figures that are honest."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta

import pytest

from portal.domain.promise_figures import Answered, counted
from portal.services import promise_figures
from portal.services.work import Work
from tests.pages import ReadingClient, text_of

WorkAs = Callable[..., AbstractContextManager[Work]]
pytestmark = pytest.mark.usefixtures("sqlite_only")


def test_every_button_of_a_clause_leads_to_a_page_there_is(visitor: ReadingClient) -> None:
    page = visitor.get("/policy").text
    served = {rule.rule for rule in visitor.application.url_map.iter_rules()}
    for address in ("/access-requests/new", "/access-log", "/record", "/disclosures", "/consents", "/complaints/new"):
        assert (f'href="{address}"' in page) == (address in served), address


def test_it_is_read_in_french_too_and_places_are_filled(visitor: ReadingClient) -> None:
    visitor.post("/language", data={"language": "fr", "back": "/policy"})
    words = text_of(visitor.get("/policy"))
    assert "Nous recueillons seulement ce qu’il nous faut" in words
    assert "Écrivez à Esi Owusu à la clinique, appelez au 250-555-0101" in words
    assert "{" not in words


def test_few_answers_are_not_told_and_the_page_says_why(visitor: ReadingClient, work_as: WorkAs) -> None:
    with work_as("system") as work:
        promise_figures.keep(work, {}, [counted("access_request", work.today, [], 3, 0)])
    words = text_of(visitor.get("/policy"))
    assert "So few could point to a person, so we publish no figures yet." in words
    assert "Waiting for an answer now fewer than ten" in words
    assert "Counted by the portal itself on 23 November 2026." in words


def test_enough_answers_are_told_with_their_table_and_day(visitor: ReadingClient, work_as: WorkAs) -> None:
    with work_as("system") as work:
        on = work.today - timedelta(days=30)
        answers = [Answered(on - timedelta(days=n), on - timedelta(days=n < 6), on) for n in range(5, 45)]
        promise_figures.keep(work, {}, [counted("access_request", work.today, answers, 14, 0)])
    words = text_of(visitor.get("/policy"))
    assert "Half of the people who asked had their answer within 25 days" in words
    assert "Of 40 answers, 39 came in time." in words
    assert "Answered in time 39 (97 %)" in words
    assert "Waiting for an answer now 14" in words
    assert str(date(2025, 11, 23).year) in words


def test_before_anything_was_counted_the_promise_stands_alone(visitor: ReadingClient) -> None:
    words = text_of(visitor.get("/policy"))
    assert "How we keep this promise" not in words
    assert "We answer in good time" in words
