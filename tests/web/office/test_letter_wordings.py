"""The administrator writes a letter in the clinic's words, sees it as the patient will, and publishes it."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest

from portal.demo.people import PASSWORD
from portal.domain.letters import Wording
from portal.services import letter_wordings
from portal.services.work import Work
from tests.pages import ReadingClient, text_of
from tests.services.test_letter_wordings import two_laws

__all__ = ["two_laws"]  # a fixture
Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]
PAGE = "/office/wordings/acknowledgement/ca-bc/en"
TYPED = "Hello {reader},\n\nYour number is {reference}.\nYou have our answer by {due}.\n\n## Questions\n\n{who-answers}"
CANARY = "<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1)) %(clinic)s **bold**"


@pytest.fixture
def esi(client_of: Clients) -> ReadingClient:
    return client_of("esi")


def words(text: str = TYPED, title: str = "Good to hear from you", seen: str = "0") -> dict[str, Any]:
    return {"title": title, "text": text, "seen": seen}


def publishing(page: str, **more: Any) -> dict[str, Any]:
    """What the form that publishes sends: all it carries, the reason and the proof."""
    form = page.split(f'action="{PAGE}/publish"')[1]
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', form)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in found]
    carried = {name[1]: unescape(value[1]) for name, value in pairs if name and value}
    return carried | {"reason": "Shorter, and warmer.", "proof": PASSWORD} | more


def test_a_letter_is_written_seen_and_published(esi: ReadingClient) -> None:
    overview = text_of(esi.get("/office/wordings"))
    assert "A request for a record has come" in overview
    assert "our own words" not in overview
    editor = esi.get(PAGE)
    assert "Thank you for your request. We received it on {received}. Its number is {reference}." in text_of(editor)
    assert "{who-answers}" in editor.text
    look = esi.post(PAGE, data=words())
    shown = text_of(look)
    assert "Good to hear from you" in shown
    assert "Hello Maria Example," in shown
    assert "{due}" not in shown.split("Every changed word")[0]
    assert "Nothing is published yet." in shown
    assert "our own words" not in text_of(esi.get("/office/wordings"))
    wrong = esi.post(f"{PAGE}/publish", data=publishing(look.text, proof="not it"))
    assert (wrong.status_code, "That is not your password" in text_of(wrong)) == (422, True)
    done = esi.post(f"{PAGE}/publish", data=publishing(wrong.text))
    assert (done.status_code, done.location) == (303, PAGE)
    assert "Version 1 is published." in text_of(esi.get(PAGE))
    overview = text_of(esi.get("/office/wordings"))
    assert "our own words" in overview
    assert "Version 1, Esi Owusu" in overview
    version = esi.get(f"{PAGE}/versions/1")
    assert "Shorter, and warmer." in text_of(version)
    assert "<del>" in version.text
    assert esi.get(f"{PAGE}/versions/2").status_code == 404
    assert "Thank you for your request." in text_of(esi.get(f"{PAGE}?from=0"))


@pytest.mark.usefixtures("sqlite_only")
def test_what_is_wrong_is_said_and_what_was_typed_stays(esi: ReadingClient) -> None:
    page = esi.post(PAGE, data=words("Hello {reader}, ask {somebody} by {due}."))
    said = text_of(page)
    assert page.status_code == 422
    assert "{somebody} stands for nothing in this letter. You can use: {clinic}, {due}," in said
    assert "This letter must say the number of the request or case. Put {reference} in." in said
    assert "Hello {reader}, ask {somebody} by {due}." in said
    refusal = esi.post("/office/wordings/refused/ca-bc/en", data=words("Dear {reader},\n\nNo."))
    assert "the right to ask the Commissioner for a review" in text_of(refusal)
    same = esi.post("/office/wordings/withdrawal/ca-bc/en", data=_own(esi, "/office/wordings/withdrawal/ca-bc/en"))
    assert (same.status_code, "Nothing has changed yet." in text_of(same)) == (422, True)


def _own(esi: ReadingClient, page: str) -> dict[str, Any]:
    """The editor sent back as it came."""
    html = esi.get(page).text
    text = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", html, re.S)
    title = re.search(r'<input[^>]*name="title"[^>]*value="([^"]*)"', html)
    assert text
    assert title
    return words(unescape(text[1]), unescape(title[1]))


@pytest.mark.usefixtures("sqlite_only")
def test_scripts_and_probes_come_out_literal(esi: ReadingClient) -> None:
    probe = esi.post(PAGE, data=words("{{7*7}} {% raw %} {0.name}"))
    assert probe.status_code == 422
    assert "{{7*7}} {% raw %} {0.name}" in text_of(probe)
    assert "{7*7} stands for nothing in this letter." in text_of(probe)
    typed = words(f"{CANARY}\n\n{{reference}} {{due}}", title=CANARY)
    look = esi.post(PAGE, data=typed)
    assert esi.post(f"{PAGE}/publish", data=publishing(look.text)).status_code == 303
    pages = [look, esi.post(PAGE, data=typed | {"change": ""}), esi.get(PAGE), esi.get(f"{PAGE}/versions/1")]
    for page in pages:
        assert page.status_code == 200
        assert CANARY in text_of(page)
        assert not re.search(r"<script>alert|<img[^>]*onerror|href=\"javascript:|<strong>bold", page.text)


def test_who_publishes_second_finds_both_texts_on_the_page(esi: ReadingClient, work_as: WorkAs) -> None:
    look = esi.post(PAGE, data=words())
    with work_as("esi") as work:
        other = Wording("We have it", "It is {reference}. We answer by {due}.")
        letter_wordings.publish(work, letter_wordings.there(work, "acknowledgement", "ca-bc", "en"), 0, other, "So.")
    for page in (esi.post(f"{PAGE}/publish", data=publishing(look.text)), esi.post(PAGE, data=words())):
        said = text_of(page)
        assert page.status_code == 422
        assert "Esi Owusu published other words for this letter while you wrote." in said
        assert "It is {reference}. We answer by {due}." in said
        assert "You have our answer by {due}." in said
        assert re.search(r'name="seen"[^>]*value="1"', page.text)
    assert esi.post(PAGE, data=words(seen="1")).status_code == 200


@pytest.mark.usefixtures("sqlite_only")
def test_words_that_were_not_looked_at_are_not_published(esi: ReadingClient) -> None:
    look = esi.post(PAGE, data=words())
    page = esi.post(f"{PAGE}/publish", data=publishing(look.text, text="It is {reference}. We owe nothing by {due}."))
    assert (page.status_code, "The words have changed since you looked" in text_of(page)) == (422, True)
    bare = esi.post(f"{PAGE}/publish", data=publishing(look.text, reason=" "))
    assert (bare.status_code, "Say in a sentence or two why the words change." in text_of(bare)) == (422, True)


@pytest.mark.usefixtures("sqlite_only")
def test_the_letter_can_be_seen_on_paper_before_it_is_published(esi: ReadingClient) -> None:
    page = esi.post(f"{PAGE}/print", data=words())
    assert (page.status_code, page.mimetype, page.data[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.usefixtures("sqlite_only")
def test_nobody_but_the_administrator_finds_the_pages(client_of: Clients) -> None:
    for who in ("dov", "femi"):
        client = client_of(who)
        assert client.get("/office/wordings").status_code == 403
        assert client.get(PAGE).status_code == 403
        assert client.post(f"{PAGE}/publish", data=words()).status_code == 403
        assert client.post(f"{PAGE}/print", data=words()).status_code == 403
        assert "/office/wordings" not in client.get("/office").text


@pytest.mark.usefixtures("two_laws", "sqlite_only")
def test_the_words_are_those_for_one_law_and_the_page_says_which(esi: ReadingClient) -> None:
    overview = esi.get("/office/wordings")
    assert "For letters under the law of British Columbia (PIPA)" in text_of(overview)
    assert "jurisdiction=xx-zz" in overview.text
    there = text_of(esi.get("/office/wordings?jurisdiction=xx-zz"))
    assert "For letters under the law of Elsewhere (PIPA)" in there
    assert esi.get("/office/wordings?jurisdiction=ca-on").status_code == 404
    place = PAGE.replace("ca-bc", "xx-zz")
    short = words("It is {reference}. You have our answer by {due}.")
    refused = esi.post(place, data=short)
    assert (refused.status_code, "Put {who-answers} in." in text_of(refused)) == (422, True)
    assert esi.post(PAGE, data=short).status_code == 200
    look = text_of(esi.post(place, data=words()))
    assert "For letters under the law of Elsewhere (PIPA)" in look
    assert "Hello Maria Example," in look
    assert esi.get("/office/wordings/disclosure-notice/xx-zz/en").status_code == 404
    assert "{who-received}" in esi.get("/office/wordings/disclosure-notice/ca-bc/en").text
