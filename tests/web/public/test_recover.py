"""A forgotten password: one link, to one address, once; and no answer tells who is known."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.domain.actors import OPERATOR, Role
from portal.edges import Edge
from portal.services import accounts
from portal.services.throttling import RECOVERY_BY_ACCOUNT, RECOVERY_BY_NETWORK
from portal.worker import Worker
from tests.dumps import as_text
from tests.pages import ReadingClient, text_of
from tests.web.public.signing_in import code_at, try_to_sign_in

NEW = "seven tin boats at noon"
BOTH = {"password": NEW, "again": NEW}
SECRET = re.compile(rb'nonce="[^"]+"|name="csrf_token"[^>]+value="[^"]+"')
Post = Callable[[], list[str]]


@pytest.fixture
def post(worker: Worker, edge: Edge) -> Post:
    """Let the worker send what waits; gives every link that was ever sent, oldest first."""

    def sent() -> list[str]:
        worker.drain()
        files = sorted((edge.config.data_dir / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        texts = [path.read_text("utf-8").replace("=\n", "").replace("=3D", "=") for path in files]
        return [link for text in texts for link in re.findall(r"\S+/recover/\S+", text)]

    return sent


def asks(client: ReadingClient, email: str = "mei@patients.example", **how: Any) -> Any:
    return client.post("/recover", data={"email": email}, **how)


def path(link: str) -> str:
    return "/recover/" + link.rpartition("/")[2]


@pytest.fixture
def link(visitor: ReadingClient, post: Post) -> str:
    asks(visitor)
    return path(post()[-1])


def test_she_sets_another_password_and_then_signs_in_herself(visitor: ReadingClient, link: str) -> None:
    page = visitor.get(link)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "no-referrer"
    answer = visitor.post(link, data=BOTH)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert visitor.get("/home").location == "/sign-in"
    assert try_to_sign_in(visitor, "mei").status_code == 422
    assert try_to_sign_in(visitor, "mei", NEW).location == "/home"


def test_the_link_names_the_portal_as_it_is_configured_and_holds_256_bits(
    visitor: ReadingClient, post: Post, edge: Edge
) -> None:
    asks(visitor)
    found = re.fullmatch(re.escape(edge.config.base_url) + r"/recover/([\w-]{43})", post()[0])
    assert found
    assert found[1] not in "\n".join(text for _column, text in as_text(edge))


def test_whoever_asks_under_a_foreign_name_gets_no_foreign_link(
    app: Flask, visitor: ReadingClient, post: Post, edge: Edge
) -> None:
    """B05: Host, X-Forwarded-Host, Forwarded."""
    assert asks(visitor, headers={"Host": "evil.example"}).status_code == 400
    for name, value in {
        "X-Forwarded-Host": "evil.example",
        "Forwarded": "host=evil.example;proto=https",
        "X-Original-Host": "evil.example",
    }.items():
        assert asks(app.test_client(), f"{'mei' if 'F' in name else 'cora'}@patients.example", headers={name: value})
    links = post()
    assert links
    assert all(each.startswith(f"{edge.config.base_url}/recover/") for each in links)


def test_the_link_works_once_also_in_two_browsers(app: Flask, link: str) -> None:
    """B06."""
    first, second = app.test_client(), app.test_client()
    assert first.get(link).status_code == second.get(link).status_code == 200
    assert first.post(link, data=BOTH).status_code == 303
    assert second.post(link, data=BOTH).status_code == 404
    assert first.get(link).status_code == 404


def test_the_link_lives_for_thirty_minutes(visitor: ReadingClient, link: str, clock: Any) -> None:
    clock.move(minutes=29)
    assert visitor.get(link).status_code == 200
    clock.move(minutes=1)
    for answer in (visitor.get(link), visitor.post(link, data=BOTH)):
        assert answer.status_code == 404


def test_only_the_newest_link_works(visitor: ReadingClient, post: Post, clock: Any) -> None:
    asks(visitor)
    post()
    clock.move(minutes=1)
    asks(visitor)
    older, newer = (path(each) for each in post())
    assert visitor.get(older).status_code == 404
    assert visitor.get(newer).status_code == 200


def test_an_older_link_that_is_sent_late_is_dead(
    visitor: ReadingClient, post: Post, clock: Any, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mail server did not take the first one; it is tried again after the second one went out."""
    real, refused = edge.outside.mail.send, []

    def not_the_first(*mail: str) -> None:
        if "/recover/" in mail[2] and not refused:
            refused.append(mail)
            raise OSError
        real(*mail)

    monkeypatch.setattr(type(edge.outside.mail), "send", lambda _self, *mail: not_the_first(*mail))
    asks(visitor)
    assert post() == []
    clock.move(seconds=1)
    asks(visitor)
    newer = path(post()[0])
    clock.move(seconds=10)
    late = path(post()[-1])
    assert late != newer
    assert visitor.get(late).status_code == 404
    assert visitor.get(newer).status_code == 200


def test_somebody_elses_link_is_left_alone(visitor: ReadingClient, post: Post, link: str) -> None:
    asks(visitor, "cora@patients.example")
    post()
    assert visitor.post(link, data=BOTH).status_code == 303
    assert try_to_sign_in(visitor, "cora").location == "/home"


def test_all_sessions_end_and_the_second_proof_is_still_asked_for(
    visitor: ReadingClient, client_of: Callable[[str], ReadingClient], post: Post, clock: Any
) -> None:
    dov = client_of("dov")
    asks(visitor, "dov@clinic.example")
    assert visitor.post(path(post()[0]), data=BOTH).status_code == 303
    assert dov.get("/office").location == "/sign-in"
    assert try_to_sign_in(visitor, "dov", NEW).location == "/sign-in/code"
    assert visitor.get("/office").location == "/sign-in/code"
    assert visitor.post("/sign-in/code", data={"code": code_at(clock.at)}).location == "/office"


def test_a_weak_password_is_refused_and_the_link_lives(visitor: ReadingClient, link: str) -> None:
    answer = visitor.post(link, data={"password": "mei leung mei leung", "again": "mei leung mei leung"})
    assert answer.status_code == 422
    assert "Do not use your own name" in text_of(answer)
    assert visitor.post(link, data=BOTH).status_code == 303


def test_the_mail_says_nothing_of_her_and_the_owner_is_told_afterwards(
    visitor: ReadingClient, link: str, post: Post, edge: Edge
) -> None:
    visitor.post(link, data=BOTH)
    post()
    mails = [each.read_text("utf-8") for each in (edge.config.data_dir / "outbox").glob("*.eml")]
    assert not any("Mei" in mail for mail in mails)
    assert any("The password of your sign-in" in mail for mail in mails)


# Nobody learns who is known (B03).


@pytest.fixture
def kinds(edge: Edge) -> dict[str, str]:
    """An address of each kind: in use, never activated, closed, unknown, none at all."""
    with edge.work(OPERATOR) as work:
        accounts.add(work, "new@patients.example", "New Person", frozenset({Role.PATIENT}))
        accounts.find(work, "cora@patients.example").disabled_at = work.now
    return {
        "in use": "mei@patients.example",
        "with codes": "dov@clinic.example",
        "without a password": "new@patients.example",
        "closed": "cora@patients.example",
        "unknown": "nobody@nowhere.example",
        "no address": "nobody",
    }


@contextmanager
def statements(edge: Edge) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    engine = edge.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    yield asked
    event.remove(engine, "before_cursor_execute", note)


def told(answer: Any) -> tuple[Any, ...]:
    changing = ("Set-Cookie", "Content-Security-Policy", "Content-Length")  # tokens, and the address as it was typed
    headers = [(name, value) for name, value in answer.headers if name not in changing]
    return answer.status_code, sorted(headers), SECRET.sub(b"", answer.data)


@pytest.mark.parametrize("door", ["/recover", "/sign-in"])
def test_every_address_is_answered_with_the_same_bytes_after_the_same_work(
    door: str, app: Flask, edge: Edge, kinds: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = edge.outside.passwords.verify
    monkeypatch.setattr(
        edge.outside.passwords, "verify", lambda typed, stored: (hashed.append("one"), real(typed, stored))[1]
    )
    app.test_client().post(door, data={"email": "first@x.example", "password": "opens the network's count"})
    hashed.clear()
    answers, work = set(), set()
    for kind, email in kinds.items():
        client = app.test_client()
        client.get(door)
        with statements(edge) as asked:
            answer = client.post(door, data={"email": email, "password": "a wrong password"})
        status, headers, body = told(answer)
        answers.add((status, str(headers), body.replace(email.encode(), b"")))
        work.add((tuple(asked), len(hashed)))
        hashed.clear()
        assert kind
    assert len(answers) == 1
    assert len(work) == 1


def test_mail_goes_to_those_only_who_can_sign_in(app: Flask, kinds: dict[str, str], post: Post, edge: Edge) -> None:
    for email in kinds.values():
        assert asks(app.test_client(), email).location == "/recover/sent"
    assert len(post()) == 2
    receivers = {
        found[1]
        for each in (edge.config.data_dir / "outbox").glob("*.eml")
        if "/recover/" in each.read_text("utf-8")
        and (found := re.search(r"^To: (\S+)", each.read_text("utf-8"), re.MULTILINE))
    }
    assert receivers == {kinds["in use"], kinds["with codes"]}


def test_dead_links_of_every_kind_are_answered_with_the_same_bytes(
    visitor: ReadingClient, link: str, post: Post, edge: Edge, clock: Any
) -> None:
    with edge.work(OPERATOR) as work:
        closed = accounts.find(work, "cora@patients.example")
        activation = accounts.give_link(work, closed).removeprefix(edge.config.base_url)
    asks(visitor, "cora@patients.example")
    recovery = path(post()[-1])
    with edge.work(OPERATOR) as work:
        accounts.find(work, "cora@patients.example").disabled_at = work.now
    visitor.post(link, data=BOTH)
    visitor.get("/sign-in")  # shows what was to be told
    dead = [link, recovery, activation, "/recover/never-given", "/activate/never-given"]
    answers = {str(told(visitor.get(each))) for each in dead} | {
        str(told(visitor.post(each, data=BOTH))) for each in dead
    }
    assert len(answers) == 1


def test_asking_is_slowed_down_for_an_address_and_for_a_network(app: Flask, clock: Any) -> None:
    client = app.test_client()
    answers = [asks(client).status_code for _try in range(RECOVERY_BY_ACCOUNT.tries + 1)]
    assert answers == [303] * RECOVERY_BY_ACCOUNT.tries + [429]
    clock.at += timedelta(seconds=RECOVERY_BY_ACCOUNT.seconds)
    answers = [asks(client, f"{n}@x.example").status_code for n in range(RECOVERY_BY_NETWORK.tries + 1)]
    assert answers == [303] * RECOVERY_BY_NETWORK.tries + [429]
