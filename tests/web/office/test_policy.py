"""The administrator writes the policy, sees it as patients will, and publishes it with a proof of who she is."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from portal.demo.people import PASSWORD
from portal.services import policy_drafts, privacy_policy
from portal.services.work import Work
from tests.pages import ReadingClient, text_of

Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]
CANARIES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    '"><svg onload=alert(1)>',
    "{{7*7}} ${7*7} %(clinic)s {0.name} {% raw %}",
)


@pytest.fixture
def esi(client_of: Clients) -> ReadingClient:
    client = client_of("esi")
    assert client.post("/office/policy/draft").status_code == 303
    return client


@pytest.fixture
def first(work_as: WorkAs, esi: ReadingClient) -> str:
    with work_as("esi", writes=False) as work:
        return f"/office/policy/clauses/{policy_drafts.there(work).rows[0].id}"


def values(page: str) -> dict[str, str]:
    """What the form of a page would send, its hidden fields."""
    found = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in found]
    return {name[1]: value[1] for name, value in pairs if name and value}


def clause(seen: str = "1", **words: str) -> dict[str, Any]:
    base = {"heading_en": "Only what we need", "body_en": "We ask for less.", "how_en": ""}
    base |= {"heading_fr": "Le nécessaire", "body_fr": "Nous demandons moins.", "how_fr": ""}
    return {**base, "act": "", "figure": "", "adds": "", "seen": seen, **words}


def test_a_version_is_written_previewed_published_and_read(
    esi: ReadingClient, first: str, client_of: Clients, visitor: ReadingClient
) -> None:
    assert esi.post(first, data=clause()).location == "/office/policy"
    assert "Say what changed in French. Patients read it first." in text_of(esi.get("/office/policy"))
    preview = text_of(esi.get("/office/policy/preview?language=fr"))
    assert "Nous demandons moins." in preview
    assert "We ask for less." not in text_of(visitor.get("/policy"))
    told = {"changes_en": "We ask for **less** now.", "changes_fr": "Nous demandons moins.", "seen": "1"}
    assert esi.post("/office/policy/changes", data=told).status_code == 303
    page = esi.get("/office/policy/publish")
    assert "Only what" in text_of(page)
    shown = values(page.text)["shown"]
    wrong = esi.post("/office/policy/publish", data={"shown": shown, "proof": "not it"})
    assert (wrong.status_code, "That is not your password" in text_of(wrong)) == (422, True)
    assert esi.post("/office/policy/publish", data={"shown": shown, "proof": PASSWORD}).location == "/office/policy"
    assert "Version 2 is published." in text_of(esi.get("/office/policy"))

    assert "We ask for less." in text_of(visitor.get("/policy"))
    version = visitor.get("/policy/versions/2")
    assert "<strong>less</strong>" in version.text
    assert "<del>" in version.text
    assert "Published by Esi Owusu on 23 November 2026." in text_of(version)
    assert "Was in force from" in text_of(visitor.get("/policy/versions"))
    assert "This version no longer holds." in text_of(visitor.get("/policy/versions/1"))
    assert visitor.get("/policy/versions/3").status_code == 404

    # The office meets it within ten minutes; the patient reads what changed, first.
    amina = client_of("amina")
    home = amina.get("/home")
    assert "What changed in our privacy policy" in text_of(home)
    assert "We ask for less now." in text_of(home)
    identity = values(home.text)["version"]
    assert amina.post("/policy/acknowledgements", data={"version": "1-000000000000"}).location == "/home"
    assert "There is a newer version of our policy" in text_of(amina.get("/home"))
    assert amina.post("/policy/acknowledgements", data={"version": identity}).location == "/home"
    after = text_of(amina.get("/home"))
    assert "We wrote down that you have read it." in after
    assert "What changed in our privacy policy" not in after
    assert client_of("dov").get("/office").location == "/office/undertaking"


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("canary", CANARIES)
def test_scripts_and_probes_in_every_field_come_out_literal(esi: ReadingClient, first: str, canary: str) -> None:
    typed = clause(**{name: canary for name in clause() if name.endswith(("_en", "_fr"))})
    pages = [esi.post(first, data={**typed, "look": ""})]
    assert esi.post(first, data=typed).status_code == 303
    told = {"changes_en": canary, "changes_fr": canary, "seen": "1"}
    assert esi.post("/office/policy/changes", data=told).status_code == 303
    pages += [esi.get(f"/office/policy{path}") for path in ("", "/preview", "/publish", "/changes")] + [esi.get(first)]
    for page in pages:
        assert page.status_code == 200
        assert canary in text_of(page) or page.request.path == "/office/policy/changes"
        assert not re.search(r"<(svg|img)[^>]*\son\w+=|<script>alert|href=\"javascript:", page.text)
        assert "49" not in re.sub(r"<[^>]*>", "", page.text.split("<main")[1]) or "{{" not in canary


@pytest.mark.usefixtures("sqlite_only")
def test_what_is_looked_at_first_is_not_saved(esi: ReadingClient, first: str, work_as: WorkAs) -> None:
    page = esi.post(first, data={**clause(body_en="A [link](http://a.example)."), "look": ""})
    assert "Nothing is saved yet." in text_of(page)
    assert "This one does not: http://a.example" in text_of(page)
    with work_as("esi", writes=False) as work:
        assert policy_drafts.there(work).rows[0].version == 1


def test_who_saves_second_finds_both_texts_on_the_page(esi: ReadingClient, first: str) -> None:
    assert esi.post(first, data=clause(body_en="What came first.")).status_code == 303
    page = esi.post(first, data=clause(body_en="What came second."))
    assert page.status_code == 422
    words = text_of(page)
    assert "Esi Owusu saved this while you wrote. Nothing of yours is lost" in words
    assert "What came first." in words
    assert "What came second." in words
    again = clause(body_en="Both together.", seen=values(page.text)["seen"])
    assert esi.post(first, data=again).status_code == 303
    told = {"changes_en": "A", "changes_fr": "B", "seen": "1"}
    assert esi.post("/office/policy/changes", data=told).status_code == 303
    page = esi.post("/office/policy/changes", data={**told, "changes_en": "C"})
    assert (page.status_code, "What Esi Owusu saved" in text_of(page)) == (422, True)


@pytest.mark.usefixtures("sqlite_only")
def test_what_is_too_long_or_in_the_past_comes_back_with_all_that_was_typed(esi: ReadingClient, first: str) -> None:
    page = esi.post(first, data=clause(heading_en="x" * 91))
    assert (page.status_code, "Use at most 90 characters here." in text_of(page)) == (422, True)
    assert "Nous demandons moins." in text_of(page)
    day = {"in_force_from-day": "1", "in_force_from-month": "1", "in_force_from-year": "2020"}
    page = esi.post("/office/policy/changes", data={"changes_en": "A", "changes_fr": "B", "seen": "1", **day})
    assert (page.status_code, "Choose 23 November 2026 or a later day" in text_of(page)) == (422, True)
    assert esi.post("/office/policy/clauses/new", data={"heading_en": "Only English"}).status_code == 422


@pytest.mark.usefixtures("sqlite_only")
def test_a_clause_is_added_and_moved_and_a_draft_is_dropped(esi: ReadingClient, first: str, work_as: WorkAs) -> None:
    added = esi.post("/office/policy/clauses/new", data={"heading_en": "The telephone", "heading_fr": "Le téléphone"})
    assert added.status_code == 303
    assert "No text in French" in text_of(esi.get("/office/policy"))
    assert esi.post(f"{added.location}/move", data={"up": ""}).status_code == 303
    assert esi.post(f"{first}/remove").status_code == 303
    assert "Taken out: We collect only what we need" in text_of(esi.get("/office/policy"))
    assert esi.post("/office/policy/drop").status_code == 303
    assert esi.get("/office/policy/publish").status_code == 404
    with work_as("esi", writes=False) as work:
        assert privacy_policy.in_force(work).number == 1


@pytest.mark.usefixtures("sqlite_only")
def test_others_of_the_office_do_not_write_the_policy(esi: ReadingClient, first: str, client_of: Clients) -> None:
    for name in ("dov", "femi"):
        assert client_of(name).get("/office/policy").status_code == 403
        assert client_of(name).get(first).status_code == 403
        assert client_of(name).post(first, data=clause()).status_code == 403
