"""Every address of the portal: how it is named, and who reaches it. The kept list is ``tests/routes.txt``."""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.edges import Edge
from portal.models.accounts import Account, SignIn
from portal.web import create_app
from tests.clinic_at_work import Clinic, template
from tests.conftest import open_session
from tests.dumps import fingerprint
from tests.pages import ReadingClient

__all__ = ["template"]
pytestmark = pytest.mark.slow

KEPT = Path(__file__).with_name("routes.txt")
# Amina's cases, and what each of these is to them.
PEOPLE = {
    "nobody": "",
    "patient": "amina",
    "representative": "ben",
    "other-patient": "mei",
    "front-office": "dov",
    "administrator": "esi",
    "physician": "femi",
    "other-physician": "lena",
}
EVERYBODY = frozenset(PEOPLE)
WRITTEN_BY_READING = frozenset(
    {
        "audit_entries",  # who read what
        "audit_heads",
        "sign_ins",  # when a session was last seen
        "buckets",  # tries of one-time links
    }
)
WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(pdf|csv))?")
# The others are keys, and say so.
PARTS = {"reference", "number", "token", "step", "filename", "name", "purpose", "version"}
# Consents are in no week of this clinic; who reaches one is tested beside its pages (test_consents).
CONSENT_KEYS, NO_CONSENT = ("consent_id", "receipt_id", "task_id"), str(uuid4())
Cell = tuple[str, str]


def rules(app: Flask) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"), key=lambda rule: rule.rule)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def kept_list() -> dict[Cell, frozenset[str]]:
    """(method, address) and who reaches it."""
    found = {}
    for line in KEPT.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            method, address, *who = line.split()
            found[method, address] = EVERYBODY if who == ["everybody"] else frozenset(who)
    return found


@pytest.mark.usefixtures("sqlite_only")
class TestNames:
    def test_every_address_is_on_the_kept_list(self, app: Flask) -> None:
        assert set(kept_list()) == {(method, rule.rule) for rule in rules(app) for method in methods(rule)}

    def test_addresses_are_kebab_case_and_their_parts_are_typed(self, app: Flask) -> None:
        for rule in rules(app):
            for part in filter(None, rule.rule.split("/")):
                kind, _colon, name = part.strip("<>").removesuffix(".pdf").rstrip(">").rpartition(":")
                if part.startswith("<"):
                    assert kind == "uuid" or name in PARTS, rule.rule
                else:
                    assert WORDS.fullmatch(part), rule.rule

    def test_an_address_is_read_by_get_and_changed_by_post(self, app: Flask) -> None:
        for rule in rules(app):
            assert set(methods(rule)) <= {"GET", "POST"}, rule.rule


class Matrix:
    """Every person at every address of every case."""

    def __init__(self, app: Flask, edge: Edge, clinic: Clinic) -> None:
        self.app = app
        self.clinic = clinic
        self.clients = {who: self._client(edge, name) for who, name in PEOPLE.items()}
        with edge.sessions() as db:  # the patient's own
            theirs = select(SignIn.id).join(Account, SignIn.account_id == Account.id)
            self.session = db.scalars(theirs.where(Account.email.like(f"{PEOPLE['patient']}@%"))).first()

    def _client(self, edge: Edge, name: str) -> tuple[ReadingClient, str]:
        client = self.app.test_client()
        assert isinstance(client, ReadingClient)
        if not name:
            return client, ""
        open_session(edge, client, name)
        cookie = client.get_cookie("portal")
        return client, cookie.value if cookie else ""

    def asks(self, who: str, method: str, path: str) -> TestResponse:
        """One request, as if it were this person's first."""
        client, cookie = self.clients[who]
        client.delete_cookie("portal")
        if cookie:
            client.set_cookie("portal", cookie)
        return client.open(path, method=method, data={} if method == "POST" else None)

    def addresses(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """(stage, path) for every case that has all the parts the rule names."""
        stages = self.clinic.references if "reference" in rule.arguments else {"": ""}
        for stage in stages:
            parts = {
                "reference": self.clinic.references.get(stage),
                "letter_id": self.clinic.letters.get(stage),
                "judgement_id": self.clinic.judgements.get(stage),
                "file_id": self.clinic.files.get(stage),
                "draft_id": self.clinic.draft,
                "passkey_id": self.clinic.passkey,
                "number": self.clinic.number,
                "token": self.clinic.link,
                "step": "what",
                "name": "nowhere",  # a provider that nobody set up
                "person_id": self.clinic.person,
                "session_id": self.session,
                "request_id": self.clinic.account_request,
                "paper_id": self.clinic.paper,
                "power_id": self.clinic.power,
                "disclosure_id": self.clinic.disclosure,
                "plan_id": self.clinic.plan,
                "purpose": "care",
                **dict.fromkeys(CONSENT_KEYS, NO_CONSENT),
                "version": "1",
                "clause_id": self.clinic.clause,
            }
            if all(parts[name] for name in rule.arguments if name in parts):
                yield stage, path_of(rule, {name: str(part) for name, part in parts.items()})


def path_of(rule: Rule, parts: dict[str, str]) -> str:
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda name: parts[name[1]], rule.rule)


def succeeded(response: TestResponse) -> bool:
    """The page, or what comes after it, or the form again: anything but a door, a no, or nothing there."""
    to_the_door = "/sign-in" in response.headers.get("Location", "")
    return response.status_code in (200, 302, 303, 422) and not to_the_door


@pytest.fixture
def matrix(app: Flask, edge: Edge) -> Matrix:
    return Matrix(app, edge, Clinic.of(edge))


@pytest.fixture
def nothing_is_kept(matrix: Matrix, monkeypatch: pytest.MonkeyPatch) -> Matrix:
    """Every step is taken back as soon as it was taken, so that each request finds the same clinic."""
    monkeypatch.setattr(Edge, "done", lambda _edge, work: work.db.rollback())
    return matrix


@pytest.mark.usefixtures("sqlite_only")
def test_only_those_on_the_list_reach_an_address(nothing_is_kept: Matrix) -> None:
    reached: dict[Cell, set[str]] = defaultdict(set)
    for rule in rules(nothing_is_kept.app):
        for method, who, (_stage, path) in product(methods(rule), PEOPLE, nothing_is_kept.addresses(rule)):
            response = nothing_is_kept.asks(who, method, path)
            assert response.status_code < 500, f"{who}: {method} {path}"
            if succeeded(response):
                reached[method, rule.rule].add(who)
    assert {cell: sorted(who) for cell, who in reached.items()} == {
        cell: sorted(who) for cell, who in kept_list().items() if who
    }


FOREIGN = ("other-patient", "other-physician")
# A physician who has nothing to do with a patient opens her file for a reason: that it is there is hers to see.
FOR_A_REASON = ("/office/patients/<number>", "/office/patients/<number>/reason")
SECRET = re.compile(rb'nonce="[^"]+"|name="csrf_token"[^>]+value="[^"]+"')


def test_what_is_somebody_elses_is_answered_like_what_is_not_there(nothing_is_kept: Matrix) -> None:
    """Foreign and unknown: the same 404, to the byte."""
    nowhere = {
        "reference": "AR-2026-999999-A", "number": "P-999999", "token": "x" * 43, "step": "what", "name": "elsewhere",
        **{key: str(uuid4()) for key in ("letter_id", "judgement_id", "file_id", "draft_id", "passkey_id")},
        "person_id": str(uuid4()), "session_id": str(uuid4()), "request_id": str(uuid4()), "paper_id": str(uuid4()),
        "power_id": str(uuid4()), "disclosure_id": str(uuid4()), "plan_id": str(uuid4()), "clause_id": str(uuid4()),
        "purpose": "care", **dict.fromkeys(CONSENT_KEYS, str(uuid4())),
    }  # fmt: skip
    for rule in rules(nothing_is_kept.app):
        # A version of the policy and a purpose of consents are everybody's.
        nobodys = not rule.arguments or "token" in rule.arguments or rule.arguments in ({"purpose"}, {"version"})
        if nobodys or rule.rule in FOR_A_REASON:
            continue
        _stage, foreign = next(nothing_is_kept.addresses(rule))
        for method, who in product(methods(rule), FOREIGN):
            answers = [nothing_is_kept.asks(who, method, path) for path in (foreign, path_of(rule, nowhere))]
            assert [answer.status_code for answer in answers] == [404, 404], f"{who}: {method} {foreign}"
            bodies = {SECRET.sub(b"", answer.data) for answer in answers}
            assert len(bodies) == 1, f"{who} can tell {foreign} from what is not there"


def test_a_part_of_another_case_is_not_there(nothing_is_kept: Matrix) -> None:
    """A letter, an entry or a file is found in its own case only, though the person may see both cases."""
    clinic = nothing_is_kept.clinic
    one, other = clinic.references["in_review"], "judged"
    item = clinic.judgements["in_review"]
    for who, path in (
        ("patient", f"/access-requests/{one}/letters/{clinic.letters[other]}"),
        ("patient", f"/access-requests/{one}/letters/{clinic.letters[other]}.pdf"),
        ("front-office", f"/office/cases/{one}/letters/{clinic.letters[other]}"),
        ("front-office", f"/office/cases/{one}/files/{clinic.files['paper']}"),
        ("physician", f"/office/cases/{one}/review/{clinic.judgements[other]}"),
        ("physician", f"/office/cases/{one}/review/{item}/files/{clinic.files['paper']}"),
    ):
        assert nothing_is_kept.asks(who, "GET", path).status_code == 404, path
    assert nothing_is_kept.asks("physician", "GET", f"/office/cases/{one}/review/{item}").status_code == 200


@pytest.mark.usefixtures("sqlite_only")
def test_reading_changes_nothing_but_the_trail_of_who_read(matrix: Matrix, edge: Edge) -> None:
    before, kept = fingerprint(edge, WRITTEN_BY_READING), kept_list()
    for rule in rules(matrix.app):
        if "GET" in methods(rule):
            for who, (_stage, path) in product(kept["GET", rule.rule], matrix.addresses(rule)):
                matrix.asks(who, "GET", path)
    assert fingerprint(edge, WRITTEN_BY_READING) == before


@pytest.mark.usefixtures("sqlite_only")
def test_a_form_that_is_not_ours_changes_nothing(matrix: Matrix, edge: Edge) -> None:
    """No token, a wrong one, somebody else's, another site's form, no origin: 403 each, and the database as it was."""
    strict = create_app(edge.config, edge)
    strict.test_client_class = ReadingClient
    refused = Matrix(strict, edge, matrix.clinic)
    foreign = token_of(refused, "other-patient")
    own = {who: token_of(refused, who) for who in PEOPLE}
    before = fingerprint(edge)
    for rule in rules(strict):
        if "POST" not in methods(rule):
            continue
        _stage, path = next(refused.addresses(rule))
        for who in PEOPLE:
            for token, headers in (
                ("", {}),
                ("not one of ours", {}),
                (foreign if who != "other-patient" else own["patient"], {}),
                (own[who], {"Sec-Fetch-Site": "cross-site"}),
                (own[who], {"Sec-Fetch-Site": "same-site"}),
                (own[who], {"Origin": "null"}),
                (own[who], {"Origin": "https://elsewhere.example"}),
            ):
                client = as_at_first(refused, who)
                response = client.post(path, data={"csrf_token": token} if token else {}, headers=headers)
                assert response.status_code == 403, f"{who}: {path} with {token[:8]!r} {headers}"
    assert fingerprint(edge) == before


def as_at_first(matrix: Matrix, who: str) -> ReadingClient:
    client, cookie = matrix.clients[who]
    client.delete_cookie("portal")
    if cookie:
        client.set_cookie("portal", cookie)
    return client


def token_of(matrix: Matrix, who: str) -> str:
    """A token that is right for this person's session, which is then carried on."""
    client, _cookie = matrix.clients[who]
    page = client.get("/sign-in" if who == "nobody" else "/policy").get_data(as_text=True)
    cookie = client.get_cookie("portal")
    matrix.clients[who] = (client, cookie.value if cookie else "")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found, page[:200]
    return found[1]
