"""What every answer of the portal has, and what nobody finds who steals the database or the files."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.actors import SYSTEM
from portal.edges import Edge
from portal.models.base import Model
from portal.models.people import Patient
from portal.services import access_requests, letters, record_items
from portal.web import reach
from tests.clinic_at_work import ABOUT_ANOTHER, OWN_WORDS, QUESTION, WHY_WAIVED, Clinic, template
from tests.dumps import as_text
from tests.pages import Page
from tests.test_routes import Matrix, methods, rules

__all__ = ["template"]

ROOT = Path(__file__).resolve().parents[1]
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store, private",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
ELSEWHERE = re.compile(r"""(?:https?:)?//[^\s"'<>)]+""")
OURS = re.compile(r"https?://(127\.0\.0\.1|localhost|www\.w3\.org/(2000/svg|1999/xlink))")
LOADS = ("src", "href", "action", "srcset", "poster", "data", "formaction")


@pytest.fixture
def matrix(app: Flask, edge: Edge) -> Matrix:
    return Matrix(app, edge, Clinic.of(edge))


def answers(matrix: Matrix) -> Iterator[tuple[str, TestResponse]]:
    """Every page, as everybody who reaches it finds it, and the pages that say no."""
    kept = reach.table()
    for rule in rules(matrix.app):
        if "GET" in methods(rule):
            stages = list(matrix.addresses(rule))
            for who, (_stage, path) in product(sorted(kept["GET", rule.rule].reached), stages):
                yield f"{who}: {path}", matrix.asks(who, "GET", path)
    for who, method, path in (
        ("nobody", "GET", "/no-such-page"),
        ("nobody", "POST", "/policy"),
        ("patient", "GET", "/office"),
        ("front-office", "GET", "/home"),
        ("physician", "GET", f"/office/cases/{matrix.clinic.references['gathered']}/refer"),
        ("front-office", "GET", f"/office/cases/{matrix.clinic.references['closed']}/refer"),
        ("front-office", "POST", f"/office/cases/{matrix.clinic.references['gathered']}/question"),
    ):
        yield f"{who}: {method} {path}", matrix.asks(who, method, path)


def policy_of(response: TestResponse) -> dict[str, str]:
    parts = response.headers["Content-Security-Policy"].split("; ")
    return {name: value for name, _blank, value in (part.partition(" ") for part in parts)}


@pytest.mark.slow
@pytest.mark.usefixtures("sqlite_only")
def test_every_answer_carries_the_headers_that_keep_it_private(matrix: Matrix) -> None:
    nonces, statuses, titles = [], set(), set()
    for where, response in answers(matrix):
        statuses.add(response.status_code)
        for name, value in HEADERS.items():
            assert response.headers.get(name) == value, f"{where}: {name}"
        assert response.headers["Referrer-Policy"] in ("same-origin", "no-referrer"), where
        assert "Server" not in response.headers or "Werkzeug" not in response.headers["Server"], where
        assert "unsafe" not in response.headers["Content-Security-Policy"], where
        if response.mimetype != "text/html":
            continue
        policy = policy_of(response)
        assert policy["default-src"] == "'none'", where
        assert policy["frame-ancestors"] == "'none'", where
        assert policy["base-uri"] == "'none'", where
        nonces += re.findall(r"'nonce-([^']+)'", policy["script-src"])
        text = response.get_data(as_text=True)
        assert set(re.findall(r'nonce="([^"]+)"', text)) <= {nonces[-1]}, where
        no_other_origin(where, text)
        titles.add(Page(text).title) if response.status_code == 200 else None
    assert {200, 403, 404, 405, 409, 422} <= statuses
    assert len(set(nonces)) == len(nonces)
    assert len(titles) > 40


def no_other_origin(where: str, text: str) -> None:
    """Nothing is loaded from, or sent to, any place but the portal; a link may lead out."""
    for tag in re.findall(r"<(?!a\b)[a-z][^>]*>", text):
        for name, value in re.findall(r'([a-z-]+)="([^"]*)"', tag):
            if name in LOADS and ELSEWHERE.match(value):
                assert OURS.match(value), f"{where}: {tag}"


def test_style_sheets_and_scripts_load_nothing_from_elsewhere() -> None:
    found = [path for kind in ("css", "js") for path in (ROOT / "static").rglob(f"*.{kind}")]
    assert found, "static/built is empty: run `make setup`"
    for path in found:
        text = path.read_text("utf-8")
        loaded = re.findall(r"""(?:url\(|@import\s+|import\s*\(?|from\s*|fetch\()\s*["']?([^"')\s;]+)""", text)
        outside = [each for each in loaded if ELSEWHERE.match(each) and not OURS.match(each)]
        assert not outside, f"{path.name} loads {outside}"


@pytest.mark.usefixtures("sqlite_only")
def test_a_fault_of_ours_says_nothing_of_what_was_typed(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    app.testing = False

    def falls_over() -> None:
        raise RuntimeError("melanoma")

    monkeypatch.setitem(app.view_functions, "public.policy", falls_over)
    response = app.test_client().get("/policy")
    assert response.status_code == 500
    assert response.headers["Cache-Control"] == "no-store, private"
    assert b"melanoma" not in response.data
    assert not Page(response.get_data(as_text=True)).faults


# A dump of the database and the store shows no clinical word.

NAMED = frozenset(  # who somebody is and how to reach her: columns of their own, wiped at disposal
    {("patients", name) for name in ("given_name", "family_name", "address", "email", "phone")}
    | {("accounts", "name"), ("accounts", "email"), ("staff_members", "title"), ("disclosures", "recipient")}
    | {("disclosures", "basis"), ("representations", "verified_how"), ("representations", "power")}
    | {("representations", "proofs")}
    | {("snippet_versions", "words")}  # what the clinic says to anybody, and of nobody
)
OPEN_FOLDERS = {"scratch", "signing", "outbox"}
WORD = re.compile(r"[^\W\d_]{5,}")
LONG_ENOUGH = 9  # letters: shorter words occur in random bytes by chance


def words(text: str) -> set[str]:
    return {word.casefold() for word in WORD.findall(text)}


def own_vocabulary() -> set[str]:
    """What the program itself writes into open columns: stages, events and codes, and why a resource is no entry."""
    names = [name for table in Model.metadata.tables.values() for name in list(table.columns.keys())]
    found = {word for name in names for word in words(name)}
    for layer, sentences in (("domain", False), ("models", False), ("services", False), ("adapters/fhir", True)):
        for path in (ROOT / "portal" / layer).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= words(node.value) if sentences or " " not in node.value else set()
    # A draft of the policy lies there as it will be published.
    return found | words((ROOT / "portal" / "domain" / "privacy_policy.toml").read_text("utf-8"))


def everything_told(edge: Edge) -> Iterator[str]:
    """All that patients, physicians and the clinic wrote: entries, wishes, answers, reasons, letters, questions."""
    clinic = Clinic.of(edge)
    with edge.work(SYSTEM) as work:
        for patient in work.db.scalars(select(Patient)):
            for item in record_items.items_of(work, patient.id):
                yield json.dumps([item.category, record_items.show(work, item).title])
                yield " ".join(block_words(record_items.show(work, item).blocks))
        for reference in clinic.references.values():
            request = access_requests.find(work, reference)
            for _row, letter in letters.of_case(work, request):
                yield " ".join(block.text for block in letter.walk() if block.text)
    yield from (OWN_WORDS, ABOUT_ANOTHER.facts, ABOUT_ANOTHER.why_not_severing, WHY_WAIVED, QUESTION)


def block_words(blocks: Any) -> Iterator[str]:
    """Every text of an entry's blocks, also of those in tables; not the keys of files."""
    for block in blocks:
        for name, value in vars(block).items():
            if name != "file":
                yield str(value)


def clinical_words(edge: Edge) -> set[str]:
    """Of all that was told, the words that are nobody's name and none of the program's own."""
    named = {word for column, text in as_text(edge) if tuple(column.split(".")) in NAMED for word in words(text)}
    told = {word for text in everything_told(edge) for word in words(text)}
    return told - named - own_vocabulary()


@pytest.mark.slow
def test_a_stolen_database_and_its_files_show_no_clinical_word(edge: Edge) -> None:
    sought = clinical_words(edge)
    assert {"wallflower", "aurelia", "freckle", "allotment", "eczema"} <= sought
    found = defaultdict(set)
    for column, text in as_text(edge, NAMED):
        for word in words(text) & sought if text.isprintable() else ():
            found[word].add(column)
    assert not found, f"these words lie open: {dict(found)}"


@pytest.mark.slow
def test_no_file_in_the_data_folder_shows_a_clinical_word(edge: Edge) -> None:
    """The embedded database with its free pages, the store, and whatever else lies there."""
    own = " ".join(own_vocabulary())  # bytes know no ends of words: the policy's "infections" holds an "infection"
    long = {word for word in clinical_words(edge) if len(word) >= LONG_ENOUGH and word.isascii()}
    sought = {word for word in long if word not in own}
    assert {"wallflower", "fingernail", "adrenaline"} <= sought
    pattern = re.compile("|".join(sorted(sought)).encode())
    files = [path for path in edge.config.data_dir.rglob("*") if path.is_file()]
    closed = [path for path in files if path.relative_to(edge.config.data_dir).parts[0] not in OPEN_FOLDERS]
    assert any(path.stat().st_size > 10_000 for path in closed)
    for path in closed:
        found = set(pattern.findall(path.read_bytes().lower()))
        assert not found, f"{path.name} shows {found}"
