"""A portal that is read in French: what is ours is in French, and what was written in English says that it is."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from portal.services import access_requests, letters
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs

ClientOf = Callable[[str], ReadingClient]


@pytest.fixture
def mei(client_of: ClientOf) -> ReadingClient:
    client = client_of("mei")
    client.post("/account", data={"language": "fr"})
    return client


def offered_first(client: ReadingClient, draft: str) -> list[str]:
    """The language of letters that is chosen when the page opens."""
    page = client.get(f"/access-requests/drafts/{draft}/needs").text
    inputs = re.findall(r'<input[^>]*name="language"[^>]*>', page)
    return [value for each in inputs if " checked" in each for value in re.findall(r'value="(\w+)"', each)]


def test_where_it_stands_and_by_which_day_is_said_in_french(mei: ReadingClient, work_as: WorkAs) -> None:
    words = text_of(mei.get(f"/access-requests/{stages.sent(work_as)}"))
    assert "Nous devons vous répondre au plus tard le mercredi 6 janvier 2027." in words
    assert "Non compté : samedi" in words
    assert "Number" not in words


def test_a_letter_says_the_language_it_was_written_in(mei: ReadingClient, work_as: WorkAs) -> None:
    page = mei.get(f"/access-requests/{stages.sent(work_as)}").text
    assert re.search(r'<html lang="fr"', page)
    titles = re.findall(r'class="p-letter__title"( lang="\w+")?>([^<]+)<', page)
    assert (' lang="en"', "We have your request") in titles


def test_who_asks_for_letters_in_french_gets_them_in_french(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, wishes=replace(stages.EVERYTHING, language="fr"))
    with work_as("mei", writes=False) as work:
        written = [letter for _row, letter in letters.of_case(work, access_requests.find(work, reference))]
    assert [(letter.language, letter.title) for letter in written] == [
        ("fr", "Nous avons votre demande"),
        ("fr", "Demande d’accès à mon dossier"),
    ]
    said = "\n".join(block.text for letter in written for block in letter.walk())
    assert "La loi nous donne ce délai\u00a0: 30 jours, sans compter les samedis" in said
    assert "Esi Owusu\nResponsable de l’administration" in said
    assert not re.search(r"\b(the|you|your|of|and)\b", said)


def test_who_reads_in_french_is_offered_letters_in_french_first(mei: ReadingClient, work_as: WorkAs) -> None:
    draft = stages.drafted(work_as, wishes=replace(stages.EVERYTHING, answered=frozenset({"kind", "what", "delivery"})))
    assert offered_first(mei, draft) == ["fr"]
    assert offered_first(mei, stages.drafted(work_as)) == ["en"]


def test_a_choice_of_language_is_answered_in_it(client_of: ClientOf) -> None:
    mei = client_of("mei")
    mei.post("/account", data={"language": "fr"})
    assert "Votre langue est enregistrée." in text_of(mei.get("/account"))


def test_a_language_is_offered_under_its_own_name(mei: ReadingClient) -> None:
    words = text_of(mei.get("/account"))
    assert "English" in words
    assert "Français" in words
    assert "anglais" not in words.casefold()


@pytest.mark.parametrize("path", ["/", "/policy", "/accessibility", "/sign-in"])
def test_everybody_at_the_door_can_choose_the_other_language(visitor: ReadingClient, path: str) -> None:
    assert visitor.get(path).text.count('name="language" value="fr"') == 1
    visitor.post("/language", data={"language": "fr", "back": path})
    page = visitor.get(path).text
    assert '<html lang="fr"' in page
    assert page.count('name="language" value="en" lang="en"') == 1
