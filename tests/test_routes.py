"""Every address of the portal: how it is named, and who reaches it. The one table is ``portal/web/reach.txt``."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask, templating
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from portal.domain.actors import OPERATOR
from portal.domain.policy import Permission
from portal.edges import Edge
from portal.models.accounts import Account, SignIn
from portal.services import alarms, sign_ins
from portal.services.throttling import Allowance
from portal.services.work import Work
from portal.web import create_app, reach
from portal.web.reach import HALF_WAY
from portal.web.work import TOKEN
from tests.clinic_at_work import ABOUT_ANOTHER, OWN_WORDS, QUESTION, WHY_WAIVED, Clinic, template
from tests.conftest import open_session
from tests.dumps import fingerprint
from tests.pages import ReadingClient

__all__ = ["template"]
pytestmark = pytest.mark.slow

# Amina's cases, and what each of these is to them.
PEOPLE = {
    "nobody": "",
    "half-way": "amina",  # her password alone was given, and a second proof is due
    "patient": "amina",
    "representative": "ben",
    "other-patient": "mei",
    "front-office": "dov",
    "administrator": "esi",
    "physician": "femi",
    "other-physician": "lena",
}
EVERYBODY = frozenset(PEOPLE)
# Their browsers still carry what once opened; a session that turned up elsewhere waits for her password.
GONE = {"closed-account": "gone", "ended-session": "amina", "held-session": "amina"}
GONE_ADDRESS = "gone@patients.example"
NO_PAGE = re.compile("error|no_longer|not_now")  # what a refusal is drawn with
TO_PROVE = {"/sign-in/again", "/sign-in/passkey"}  # what opens a held session again
ROLE_OF = reach.ROLES
OUTSIDE = ("nobody", "half-way", *GONE, "other-patient", "other-physician")  # whose business none of it is
PARTS_OF_ALL, AT_LEAST = 4, 20_000  # checks, of all parts together; the parts are shared out among processes
WRITTEN_BY_READING = frozenset(
    {
        "audit_entries",  # who read what
        "audit_heads",
        "sign_ins",  # when a session was last seen
        "buckets",  # tries of one-time links
        "identity_papers",  # with the first look begin the days until a paper is destroyed
        "identity_paper_looks",  # and who looked stays
        "message_reads",  # who of each side opened a message first
        "letter_dispatches",  # a letter that waited in the portal is read
        "dispatch_events",  # and when
        "untold_messages",  # who opens a message needs nobody to tell her
    }
)
# Consents, mistakes and complaints are in no week of this clinic; who reaches one is tested beside its pages.
CONSENT_KEYS = (
    *("consent_id", "picture_id", "receipt_id", "task_id", "notice_id", "question_id", "snippet_id"),
    *("dispatch_id", "batch_id", "scan_id"),  # nor are letters on paper, and papers that came in
    *("aside_id", "untold_id", "astray_id"),
)
NO_CONSENT = str(uuid4())
NOWHERE = {
    "reference": "AR-2026-999999-A", "number": "P-999999", "token": "x" * 43, "step": "what", "name": "elsewhere",
    **{key: str(uuid4()) for key in ("letter_id", "judgement_id", "file_id", "draft_id", "passkey_id")},
    "person_id": str(uuid4()), "session_id": str(uuid4()), "request_id": str(uuid4()), "paper_id": str(uuid4()),
    "power_id": str(uuid4()), "disclosure_id": str(uuid4()), "plan_id": str(uuid4()), "clause_id": str(uuid4()),
    "purpose": "care", **dict.fromkeys(CONSENT_KEYS, str(uuid4())), "version": "999999",
    "letter": "elsewhere", "language": "xx", "part": "letters", "jurisdiction": "elsewhere",
}  # fmt: skip
WORDS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.(pdf|csv))?")
# The others are keys, and say so.
PARTS = {"reference", "number", "token", "step", "filename", "name", "purpose", "version", "letter", "language", "part"}
PARTS |= {"jurisdiction"}
NO_METHODS = ("OPTIONS", "PUT", "DELETE", "PROPFIND")
Cell = tuple[str, str]


def rules(app: Flask) -> list[Rule]:
    return sorted((rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"), key=lambda rule: rule.rule)


def methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


@pytest.mark.usefixtures("sqlite_only")
class TestNames:
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
        self.clients = {who: self._client(edge, name, who) for who, name in {**PEOPLE, **GONE}.items()}
        self.asked: set[str] = set()  # the permissions the last request asked for
        with edge.sessions() as db:  # the patient's own
            theirs = select(SignIn.id).join(Account, SignIn.account_id == Account.id)
            self.session = db.scalars(theirs.where(Account.email.like(f"{PEOPLE['patient']}@%"))).first()

    def _client(self, edge: Edge, name: str, who: str) -> tuple[ReadingClient, str]:
        client = self.app.test_client()
        assert isinstance(client, ReadingClient)
        if not name:
            return client, ""
        if name == "gone":
            with edge.work(OPERATOR) as work:
                if work.db.scalar(select(Account.id).where(Account.email == GONE_ADDRESS)) is None:
                    work.db.add(Account(email=GONE_ADDRESS, name="Gone", roles="patient", made_at=work.now))
        open_session(edge, client, name)
        if who not in EVERYBODY or who == HALF_WAY:
            with client.session_transaction() as session, edge.work(OPERATOR) as work:
                _leave(work, who, session[TOKEN])
        cookie = client.get_cookie("portal")
        return client, cookie.value if cookie else ""

    def asks(self, who: str, method: str, path: str) -> TestResponse:
        """One request, as if it were this person's first."""
        client, cookie = self.clients[who]
        client.delete_cookie("portal")
        if cookie:
            client.set_cookie("portal", cookie)
        self.asked.clear()
        return client.open(path, method=method, data={} if method == "POST" else None)

    def addresses(self, rule: Rule) -> Iterator[tuple[str, str]]:
        """(stage, path) for every case that has all the parts the rule names."""
        stages = self.clinic.references if "reference" in rule.arguments else {"": ""}
        for stage in stages:
            parts = {
                "reference": self.clinic.references.get(stage),
                "letter_id": self.clinic.letters.get(stage),
                "judgement_id": self.clinic.judgements.get(stage),
                # Files of a general thread of messages lie below no case, and there are none in this week.
                "file_id": self.clinic.files.get(stage) if stage else NO_CONSENT,
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
                "letter": "acknowledgement",
                "language": "en",
                "jurisdiction": "ca-bc",
                "part": "letters",
                "clause_id": self.clinic.clause,
            }
            if "forms/" in rule.rule:
                parts["name"] = "access"  # a form on paper
            if all(parts[name] for name in rule.arguments if name in parts):
                yield stage, path_of(rule, {name: str(part) for name, part in parts.items()})


def _leave(work: Work, who: str, token: str) -> None:
    """Take away what this person has no more, or not yet."""
    row = work.db.scalars(select(SignIn).where(SignIn.token_digest == sign_ins.digest_of(token))).one()
    if who == HALF_WAY:
        row.factor_needed = sign_ins.CODE
    elif who == "ended-session":
        row.ended_at = work.now
    elif who == "held-session":
        row.held_at = work.now
    else:
        work.db.get_one(Account, row.account_id).disabled_at = work.now


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
    monkeypatch.setattr(Edge, "done", lambda _edge, work: take_back(work))
    rendered = templating._render
    monkeypatch.setattr(templating, "_render", lambda app, *given: drawn_if_refused(rendered, app, *given))
    must = Work.must

    def asks_leave(work: Work, permission: Permission, thing: Any = None) -> None:
        matrix.asked.add(str(permission))
        must(work, permission, thing)

    monkeypatch.setattr(Work, "must", asks_leave)
    # A no counts towards an alarm, which takes a transaction of its own. That it does has tests beside the alarms.
    monkeypatch.setattr(alarms, "note", lambda *_given, **_named: None)
    # What a page looks like is read by other tests: here there are too many of them.
    monkeypatch.setattr(ReadingClient, "open", FlaskClient.open)
    return matrix


def take_back(work: Work) -> None:
    """As after a real end, what was read stays readable."""
    work.db.flush()
    work.db.expunge_all()
    work.db.rollback()


def drawn_if_refused(render: Any, app: Flask, page: Any, context: dict[str, Any]) -> str:
    """The page of a no; of any other it is enough here that it would come, and drawing it takes most of the time."""
    return str(render(app, page, context)) if NO_PAGE.search(page.name or "") else "<h1>a page</h1>"


class Checks:
    """The table against the portal: every check there is, and what came of them."""

    def __init__(self, matrix: Matrix, part: int, whole: bool = False) -> None:
        self.matrix = matrix
        self.whole = whole
        addresses = sorted({rule.rule for rule in rules(matrix.app)})[part::PARTS_OF_ALL]
        self.mine = [rule for rule in rules(matrix.app) if rule.rule in addresses]
        self.made = 0
        self.reached: dict[Cell, set[str]] = defaultdict(set)
        self.asks: dict[Cell, set[str]] = defaultdict(set)
        self.leaks: list[str] = []
        self.words = words_of(matrix)

    def run(self, every: int = 1) -> None:
        """All of them, or one of so ``many``."""
        for number, check in enumerate(self.all(self.mine)):
            if number % every == 0:
                self.made += 1
                self.check(*check)

    def all(self, asked: list[Rule]) -> Iterator[tuple[Rule, str, str, str, str]]:
        """(rule, method, who, relation, path): own at every stage, unknown once; what is no method there, once."""
        everybody = (*PEOPLE, *GONE)
        for turn, rule in enumerate(asked):
            places = list(self.matrix.addresses(rule))
            for n, (_stage, path) in enumerate(places):
                named = ["HEAD", *methods(rule)] if n == 0 and "GET" in methods(rule) else methods(rule)
                is_tried = n in (0, len(places) - 1, turn % len(places))
                # Who is not in meets the same door at every stage.
                for method, who in product(named, everybody if n == 0 else PEOPLE):
                    if is_tried or self.whole or self._somebody_comes(rule, method):
                        yield rule, method, who, "hers", path
                for first, method in enumerate(NO_METHODS if n == 0 else ()):
                    # Each person tries one of them here, and another one at the next address.
                    for who in (
                        everybody if self.whole else everybody[(first + turn) % len(NO_METHODS) :: len(NO_METHODS)]
                    ):
                        yield rule, method, who, "hers", path
            if rule.arguments and "token" not in rule.arguments:
                for method, who in product(methods(rule), everybody):
                    yield rule, method, who, "unknown", path_of(rule, NOWHERE)

    def _somebody_comes(self, rule: Rule, method: str) -> bool:
        """By the table: what no one of this week reaches is tried at the first stage, at the last and at one more."""
        return bool(reach.table()[method.replace("HEAD", "GET"), rule.rule].reached)

    def check(self, rule: Rule, method: str, who: str, relation: str, path: str) -> None:
        answer = self.matrix.asks(who, method, path)
        named = f"{who}: {method} {path} ({relation}): {answer.status_code}"
        row = reach.table().get((method.replace("HEAD", "GET"), rule.rule))
        if answer.status_code >= 500:
            self.leaks.append(f"{named}, a fault")
        if row is None:
            asked_what = method == "OPTIONS" and (answer.status_code in (302, 303, 403, 404) or not answer.data)
            if answer.status_code != 405 and not asked_what:
                self.leaks.append(f"{named}, by a method that is not there")
            return
        if succeeded(answer) and relation == "hers" and who in PEOPLE and method != "HEAD":
            self.reached[method, rule.rule].add(who)
            self.asks[method, rule.rule] |= self.matrix.asked
        place = "nobody" if who in GONE else who
        not_now = place in row.admitted and answer.status_code == 409  # hers to do in another week
        if place in row.reached or not_now or (who == "held-session" and rule.rule in TO_PROVE):
            return
        if answer.status_code not in (302, 303, 403, 404) or succeeded(answer):
            self.leaks.append(f"{named}, not on the list")
        told = [word for word in self.words if word in answer.data]
        if told and who not in ("patient", "representative"):
            self.leaks.append(f"{named}, tells {told}")

    def behind(self) -> list[str]:
        """The rows as they should stand where they do not. What is in brackets, for other weeks than this, stays.

        A permission that stands in a row must really be asked for there; others may be, at later stages.
        """
        found, asked = [], {rule.rule for rule in self.mine}
        for cell, row in reach.table().items():
            if cell[1] not in asked:
                continue
            reached = frozenset(self.reached[cell])
            asks = tuple(name for name in row.asks if name in self.asks[cell]) or tuple(sorted(self.asks[cell]))
            true = replace(row, reached=reached, admitted=row.admitted - row.reached | reached, asks=asks)
            if true != row and (row.asks or reached != row.reached):
                found.append(reach.line_of(true))
        return found


def words_of(matrix: Matrix) -> list[bytes]:
    """What no refused page may say: her name, what she wrote, what was written to her, her numbers."""
    said = ("Amina", "Wallflower", OWN_WORDS, QUESTION, WHY_WAIVED, ABOUT_ANOTHER.facts, matrix.clinic.number)
    return [word.encode() for word in said]


@pytest.mark.parametrize("part", range(PARTS_OF_ALL))
def test_only_those_in_the_table_reach_an_address(
    nothing_is_kept: Matrix, template: Any, part: int, pytestconfig: pytest.Config
) -> None:
    """Every address, method, person, relation and stage; on the second kind of database one check of twenty-three.

    ``--both`` leaves out nothing, also where by the table nobody comes.
    """
    checks = Checks(nothing_is_kept, part, pytestconfig.getoption("--both"))
    checks.run(1 if template.kind == "sqlite" else 23)
    print(f"\n{checks.made} checks of who reaches what, {len(checks.leaks)} leaks")
    behind = checks.behind() if template.kind == "sqlite" else []
    assert behind == [], "write these rows in portal/web/reach.txt:\n" + "\n".join(behind)
    assert checks.leaks == [], "\n".join(checks.leaks[:50])
    assert sum(1 for _check in checks.all(rules(nothing_is_kept.app))) >= AT_LEAST
    assert checks.made >= AT_LEAST / PARTS_OF_ALL / 2 / (1 if template.kind == "sqlite" else 23)


# A physician who has nothing to do with a patient opens her file for a reason: that it is there is hers to see.
FOR_A_REASON = ("/office/patients/<number>", "/office/patients/<number>/reason")
SECRET = re.compile(rb'nonce="[^"]+"|name="csrf_token"[^>]+value="[^"]+"')


def test_what_is_somebody_elses_is_answered_like_what_is_not_there(nothing_is_kept: Matrix) -> None:
    """Foreign and unknown: the same 404, to the byte."""
    for rule in rules(nothing_is_kept.app):
        # A version of the policy, a purpose of consents and a form on paper are everybody's.
        nobodys = not rule.arguments or "token" in rule.arguments or rule.arguments in ({"purpose"}, {"version"})
        nobodys = nobodys or rule.rule.startswith("/forms/")
        if nobodys or rule.rule in FOR_A_REASON:
            continue
        _stage, foreign = next(nothing_is_kept.addresses(rule))
        for method, who in product(methods(rule), OUTSIDE):
            row = reach.table()[method, rule.rule]
            answers = [nothing_is_kept.asks(who, method, path) for path in (foreign, path_of(rule, NOWHERE))]
            role = ROLE_OF.get(who)
            # Led to the door; or not there; or, whosever it is, no business of her role's.
            noes = {302, 303, 404} if role is None else {404} if role in row.roles else {403, 404}
            assert {answer.status_code for answer in answers} <= noes, f"{who}: {method} {foreign}"
            told = {(a.status_code, a.location, SECRET.sub(b"", a.data)) for a in answers}
            assert len(told) == 1, f"{who} can tell {foreign} from what is not there"


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
def test_reading_changes_nothing_but_the_trail_of_who_read(
    matrix: Matrix, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    # She reads at every stage what is there at some: that many noes are no alarm here.
    monkeypatch.setattr(alarms, "NOES_BY_ACCOUNT", Allowance(10_000, 1))
    before, kept = fingerprint(edge, WRITTEN_BY_READING), reach.table()
    for rule in rules(matrix.app):
        if "GET" in methods(rule):
            for who, (_stage, path) in product(sorted(kept["GET", rule.rule].reached), matrix.addresses(rule)):
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
