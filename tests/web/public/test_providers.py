"""Signing in with an account one has elsewhere: who is let in, who is not, and how a link is made."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, cast
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal import edges
from portal.adapters.oidc import Provider
from portal.domain.actors import OPERATOR, SYSTEM, Role
from portal.domain.clinics import Clinic
from portal.domain.providers import Unproven
from portal.edges import Edge
from portal.models.accounts import Account, Approval, SignIn
from portal.models.audit import AuditEntry
from portal.models.providers import LinkedIdentity, ProviderTrip
from portal.services import accounts, providers
from portal.services.sign_ins import digest_of
from portal.web.work import TOKEN
from portal.worker import Worker
from tests.conftest import config_for
from tests.dumps import fingerprint
from tests.pages import ReadingClient, text_of
from tests.providers import hostile as wicked
from tests.providers.hostile import Hostile
from tests.web.public.signing_in import code_at, token_of, try_to_sign_in
from tests.web.public.test_activation import filled_in, link_for, secret_on

PASSWORD = "demo-portal-2026"
STRONG = "urn:example:two"
LEFT_BEHIND = frozenset({"audit_entries", "audit_heads", "buckets", "provider_trips"})  # by a refused sign-in
REFUSED = "did not let us know who you are"
NOT_LINKED = "is not linked to an account here"


@pytest.fixture
def card(clock: Any) -> Iterator[Hostile]:
    """The provider for patients."""
    with wicked.hostile(clock) as provider:
        yield provider


@pytest.fixture
def directory(clock: Any) -> Iterator[Hostile]:
    """The clinic's own directory, for those who work there."""
    with wicked.hostile(clock, path="/realm") as provider:
        yield provider


@pytest.fixture
def edge(edge: Edge, card: Hostile, directory: Hostile) -> Edge:
    offered = (card.settings("card"), directory.settings("directory", "staff", acr=(STRONG,)))
    by_name = {each.slug: Provider(each, seconds=1.0) for each in offered}
    return replace(edge, outside=replace(edge.outside, providers=by_name))


def leaves(client: ReadingClient, name: str = "card") -> str:
    """Press the provider's button: where the browser is sent."""
    answer = client.post(f"/sign-in/oidc/{name}")
    assert answer.status_code == 303
    return answer.location


def comes_back(client: ReadingClient, fields: dict[str, str], name: str = "card") -> TestResponse:
    return client.get(f"/sign-in/oidc/{name}/callback?{urlencode(fields)}")


def signs_in(client: ReadingClient, there: Hostile, name: str = "card", **answer: str | None) -> TestResponse:
    return comes_back(client, there.visited(leaves(client, name), **answer), name)


def linked(edge: Edge, there: Hostile, who: str, audience: str = "patient", subject: str = "subject-1") -> None:
    with edge.work(SYSTEM) as work:
        account = work.db.scalars(select(Account).where(Account.email.like(f"{who}@%"))).one()
        row = LinkedIdentity(issuer=there.issuer, subject=subject, audience=audience, linked_at=work.now)
        row.account_id = account.id
        work.db.add(row)


def links(edge: Edge) -> list[tuple[str, str]]:
    with edge.sessions() as db:
        return [(row.account.email, row.subject) for row in db.scalars(select(LinkedIdentity))]


def trail(edge: Edge) -> list[str]:
    with edge.sessions() as db:
        return list(db.scalars(select(AuditEntry.text).order_by(AuditEntry.id)))


def last_refusal(edge: Edge) -> str:
    return re.findall(r'"reason":"([^"]+)"', trail(edge)[-1])[0]


def asks_to_link(client: ReadingClient, name: str = "card", proof: str = PASSWORD) -> TestResponse:
    client.drawn_at = ""  # a page drawn before is good for one proof, in one session
    return client.post(f"/sign-in/oidc/{name}/link", data={"proof": proof})


# Coming in.


def test_the_door_has_a_button_for_each_provider(visitor: ReadingClient, card: Hostile) -> None:
    page = visitor.get("/sign-in")
    assert "Sign in with Card" in text_of(page)
    assert "Sign in with Directory" in text_of(page)
    assert card.issuer in page.headers["Content-Security-Policy"]
    assert "form-action 'self';" in visitor.get("/policy").headers["Content-Security-Policy"]


def test_whoever_is_linked_is_let_in(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    answer = signs_in(visitor, card)
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert visitor.get("/sign-in").location == "/home"
    assert "Hello Mei" in text_of(visitor.get("/home"))
    assert any('"sign_in.by_provider"' in line for line in trail(edge))
    with edge.sessions() as db:
        assert db.scalars(select(LinkedIdentity)).one().last_used_at is not None


def test_she_lands_where_she_wanted_to_go(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    visitor.get("/access-log")
    signs_in(visitor, card)
    assert visitor.get("/sign-in").location == "/access-log"


def test_the_device_is_known_from_then_on_once_all_is_given(
    app: Flask, edge: Edge, card: Hostile, directory: Hostile
) -> None:
    linked(edge, card, "mei")
    linked(edge, directory, "dov", "staff")
    for there, name, known in ((card, "card", True), (directory, "directory", False)):
        client = app.test_client()
        assert isinstance(client, ReadingClient)
        signs_in(client, there, name)
        assert (client.get_cookie("portal-device") is not None) is known


# A signed word in the clear: three letters of it alone stand in sealed bytes now and then.
WORD = re.compile(r"eyJ[\w-]{10,}\.eyJ")


def test_nothing_of_the_word_is_kept_where_it_could_be_read(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    fields = card.visited(leaves(visitor))
    comes_back(visitor, fields)
    with edge.sessions() as db:
        row = db.scalars(select(ProviderTrip)).one()
        kept = repr(vars(row))
    with visitor.session_transaction() as session:
        secret = session["via"]
        assert not any(str(value).count(".") == 2 for value in session.values())
    for hidden in (secret, fields["state"], fields["code"]):
        assert hidden not in kept
    assert not WORD.search(kept)
    assert row.word_sealed


def test_a_second_proof_is_asked_for_as_after_a_password(
    visitor: ReadingClient, edge: Edge, directory: Hostile, clock: Any
) -> None:
    linked(edge, directory, "dov", "staff")
    signs_in(visitor, directory, "directory")
    assert visitor.get("/sign-in").location == "/sign-in/code"
    assert visitor.get("/office").location == "/sign-in/code"
    visitor.post("/sign-in/code", data={"code": code_at(clock.at)})
    assert visitor.get("/office").status_code == 200


def test_two_fresh_proofs_there_are_enough(visitor: ReadingClient, edge: Edge, directory: Hostile) -> None:
    linked(edge, directory, "dov", "staff")
    directory.claims = {"acr": STRONG}
    signs_in(visitor, directory, "directory")
    assert visitor.get("/sign-in").location == "/office"


def test_who_has_no_second_proof_here_needs_two_there(visitor: ReadingClient, edge: Edge, directory: Hostile) -> None:
    linked(edge, directory, "dov", "staff")
    with edge.work(OPERATOR) as work:
        accounts.find(work, "dov@clinic.example").totp_sealed = None
    answer = signs_in(visitor, directory, "directory")
    assert (answer.status_code, last_refusal(edge)) == (403, "second factor")
    assert token_of(visitor) is None


def test_a_planted_session_is_not_the_one_that_opens(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    """What the browser carried before is dead afterwards, whether somebody made it up or it was hers."""
    linked(edge, card, "mei")
    try_to_sign_in(visitor, "cora")
    visitor.get("/sign-in")
    planted = token_of(visitor)
    with visitor.session_transaction() as session:
        session.pop(TOKEN)
        session["left"] = "by somebody else"
    address = leaves(visitor)
    with visitor.session_transaction() as session:
        session[TOKEN] = planted
    comes_back(visitor, card.visited(address))
    with visitor.session_transaction() as session:
        assert session[TOKEN] != planted
        assert "left" not in session
    assert "Hello Mei" in text_of(visitor.get("/home"))
    with edge.sessions() as db:
        assert db.scalars(select(SignIn).where(SignIn.token_digest == digest_of(planted or ""))).one().ended_at


def test_whoever_is_signed_in_is_not_sent_away(visitor: ReadingClient) -> None:
    try_to_sign_in(visitor, "mei")
    assert visitor.post("/sign-in/oidc/card").location == "/sign-in"


# Not coming in.


def test_an_account_that_is_not_linked_is_told_how_to_and_nothing_is_kept(
    visitor: ReadingClient, edge: Edge, card: Hostile
) -> None:
    """Also when the provider says an e-mail address that an account here has: it says nothing about whose it is."""
    card.claims = {"email": "mei@patients.example", "email_verified": True}
    before = fingerprint(edge, LEFT_BEHIND)
    answer = signs_in(visitor, card)
    assert answer.status_code == 403
    assert NOT_LINKED in text_of(answer)
    assert "choose “Link Card”" in text_of(answer)
    assert fingerprint(edge, LEFT_BEHIND) == before
    assert (token_of(visitor), links(edge)) == (None, [])
    assert "subject-1" not in trail(edge)[-1]
    assert "mei" not in trail(edge)[-1]


def test_a_closed_account_stays_closed(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    with edge.work(OPERATOR) as work:
        accounts.find(work, "mei@patients.example").disabled_at = work.now
    assert signs_in(visitor, card).status_code == 403
    assert (token_of(visitor), last_refusal(edge)) == (None, "account")


def test_a_provider_for_one_audience_opens_no_account_of_the_other(
    visitor: ReadingClient, edge: Edge, card: Hostile, directory: Hostile
) -> None:
    linked(edge, card, "dov", "patient")
    linked(edge, directory, "mei", "staff")
    directory.claims = {"acr": STRONG}
    for there, name in ((card, "card"), (directory, "directory")):
        assert signs_in(visitor, there, name).status_code == 403
        assert (token_of(visitor), last_refusal(edge)) == (None, "account")


def test_one_subject_at_two_providers_is_two_people(
    visitor: ReadingClient, edge: Edge, card: Hostile, directory: Hostile
) -> None:
    linked(edge, card, "mei")
    assert signs_in(visitor, directory, "directory").status_code == 403
    assert last_refusal(edge) == "not linked"


def test_a_browser_brings_back_what_it_was_sent_with(
    visitor: ReadingClient, app: Flask, edge: Edge, card: Hostile, clock: Any
) -> None:
    linked(edge, card, "mei")
    other = app.test_client()
    assert isinstance(other, ReadingClient)
    before = fingerprint(edge, LEFT_BEHIND)

    def refused(client: ReadingClient, fields: dict[str, str], name: str = "card") -> None:
        answer = comes_back(client, fields, name)
        assert answer.status_code == 403, fields
        assert REFUSED in text_of(answer)
        assert token_of(client) is None
        assert '"sign_in.provider_refused"' in trail(edge)[-1]

    fields = card.visited(leaves(visitor))
    refused(visitor, {**fields, "state": "another"})
    refused(visitor, {name: value for name, value in fields.items() if name != "state"})
    refused(visitor, {})
    refused(other, fields)  # her address in another browser
    leaves(other)
    refused(other, fields)  # also when that browser left on a trip of its own
    refused(visitor, fields, "directory")
    answer = visitor.get(f"/sign-in/oidc/card/callback?{urlencode(fields)}&state=another")
    assert answer.status_code == 403
    clock.move(minutes=10)
    refused(visitor, fields)
    assert fingerprint(edge, LEFT_BEHIND) == before


def test_a_trip_ends_once(visitor: ReadingClient, app: Flask, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    card.kept_codes = True
    fields = card.visited(leaves(visitor))
    with visitor.session_transaction() as session:
        trip = session["trip"]
    assert comes_back(visitor, fields).status_code == 303
    visitor.post("/sign-out")
    with visitor.session_transaction() as session:
        session["trip"] = trip
    assert comes_back(visitor, fields).status_code == 403
    assert last_refusal(edge) == "state"


def test_one_providers_answer_is_not_taken_for_anothers(
    visitor: ReadingClient, edge: Edge, card: Hostile, directory: Hostile
) -> None:
    """Mix-up: a wicked provider sends the browser on to an honest one, to be handed the honest one's code."""
    linked(edge, card, "mei")
    address = leaves(visitor, "directory")
    asked = parse_qs(urlsplit(address).query)
    honest = card.visited(address)
    assert comes_back(visitor, honest, "directory").status_code == 403
    assert last_refusal(edge) == "another issuer"
    assert not any(path.endswith("token") for path in directory.asked)
    again = leaves(visitor, "directory")
    assert comes_back(visitor, card.visited(again, iss=directory.issuer), "directory").status_code == 403
    assert token_of(visitor) is None
    assert asked["redirect_uri"][0].endswith("/sign-in/oidc/directory/callback")


BROKEN: dict[str, dict[str, Any]] = {
    "unsigned": {"speak": wicked.unsigned},
    "signed with the public key": {"speak": wicked.signed_with_the_public_key},
    "with a key of its own": {"speak": wicked.with_its_own_key},
    "a strange key": {"header": {"kid": "another"}},
    "another issuer": {"claims": {"iss": "https://elsewhere.example"}},
    "another receiver": {"claims": {"aud": "another"}},
    "another party": {"claims": {"azp": "another"}},
    "run out": {"claims": {"exp": 1}},
    "another nonce": {"claims": {"nonce": "another"}},
    "no token": {"token": {"id_token": None}},
    "a huge answer": {"instead": {"token": wicked.huge}},
    "a slow answer": {"instead": {"token": wicked.dripping}},
    "sent on to a machine inside": {"instead": {"token": wicked.redirecting("http://127.0.0.1:1/")}},
}


@pytest.mark.usefixtures("sqlite_only")
def test_whatever_a_provider_breaks_nobody_is_let_in_and_nothing_is_linked(
    app: Flask, edge: Edge, card: Hostile
) -> None:
    linked(edge, card, "mei")
    before = fingerprint(edge, LEFT_BEHIND)
    for name, changes in BROKEN.items():
        client, untouched = app.test_client(), {each: getattr(card, each) for each in changes}
        assert isinstance(client, ReadingClient)
        address = leaves(client)
        for each, value in changes.items():
            setattr(card, each, value)
        answer = comes_back(client, card.visited(address))
        for each, value in untouched.items():
            setattr(card, each, value)
        assert answer.status_code in (403, 409), name
        assert REFUSED in text_of(answer), name
        assert token_of(client) is None, name
    assert fingerprint(edge, LEFT_BEHIND) == before


def test_a_provider_that_is_down_is_said_to_be_so(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    card.instead = {"configuration": wicked.redirecting("http://127.0.0.1:1/")}
    answer = visitor.post("/sign-in/oidc/card")
    assert answer.status_code == 409
    assert "does not answer as it should" in text_of(answer)
    assert try_to_sign_in(visitor, "mei").status_code == 303


@pytest.mark.usefixtures("sqlite_only")
def test_nothing_is_open_that_writes_while_a_provider_is_asked(
    visitor: ReadingClient, edge: Edge, card: Hostile
) -> None:
    """Whenever it is asked, somebody else writes: on SQLite that would wait in vain for a transaction that writes."""
    forgetful = Provider(card.settings(), seconds=5.0, ticks=count(step=10_000).__next__)
    cast(dict[str, Any], edge.outside.providers)["card"] = forgetful
    asked = []

    def write(path: str) -> None:
        with edge.work(OPERATOR) as work:
            accounts.find(work, "cora@patients.example").name += "!"
        asked.append(path.rpartition("/")[2])

    card.before_answer = write
    chosen = {"password": "seven wild geese fly", "again": "seven wild geese fly", "provider": "card"}
    left = visitor.post(given_link(edge, "mei@patients.example"), data=chosen)
    assert comes_back(visitor, card.visited(left.location)).status_code == 303
    visitor.post(visitor.post("/sign-out").location)
    assert signs_in(visitor, card).status_code == 303
    proof = {"proof": "seven wild geese fly"}
    assert visitor.post("/sign-in/oidc/card/unlink", data=proof).status_code == 303
    left = visitor.post("/sign-in/oidc/card/link", data=proof)
    assert comes_back(visitor, card.visited(left.location)).status_code == 303
    assert (asked.count("token"), asked.count("keys")) == (3, 3)
    assert asked.count("openid-configuration") >= 7


@pytest.mark.parametrize("odd", ["%00", "%ff%fe", "%0d%0aX:1", "x" * 8000, "%ed%a0%80", "%F0%9F%99%82"])
@pytest.mark.usefixtures("sqlite_only")
def test_odd_signs_in_what_comes_back_are_refused_as_anything_else(
    visitor: ReadingClient, edge: Edge, card: Hostile, odd: str
) -> None:
    state = card.visited(leaves(visitor))["state"]
    for query in (f"state={odd}&code=x", f"state={state}&code={odd}&iss={card.issuer}", f"{odd}={odd}&state={state}"):
        refused = 400 if odd == "%00" else 403  # a sign that no page reads, wherever it stands
        assert visitor.get(f"/sign-in/oidc/card/callback?{query}").status_code == refused
        card.visited(leaves(visitor))
    assert visitor.get(f"/sign-in/oidc/{odd}/callback?state={state}").status_code == 404


def test_tries_are_counted(visitor: ReadingClient) -> None:
    answers = {comes_back(visitor, {}).status_code for _try in range(70)}
    assert answers == {403, 429}


def test_a_provider_nobody_set_up_is_not_there(visitor: ReadingClient) -> None:
    for answer in (
        visitor.post("/sign-in/oidc/nowhere"),
        comes_back(visitor, {}, "nowhere"),
        visitor.get("/sign-in/oidc/nowhere/sign-out"),
    ):
        assert answer.status_code == 404


@pytest.mark.usefixtures("sqlite_only")
def test_a_process_offers_the_providers_of_its_own_audiences(tmp_path: Path) -> None:
    named = {"CARD": "patient", "DIRECTORY": "staff"}
    facts = {"ISSUER": "https://{}.example", "CLIENT_ID": "portal", "SECRET": "hush", "AUDIENCE": ""}
    settings = {
        f"PORTAL_OIDC_{name}_{fact}": value.format(name.lower()) or audience
        for name, audience in named.items()
        for fact, value in facts.items()
    }
    for areas, offered in (
        ("patient", {"card"}),
        ("office,fhir", {"directory"}),
        ("patient,office", {"card", "directory"}),
    ):
        config = config_for(tmp_path, f"sqlite:///{tmp_path}/db", PORTAL_AREAS=areas, **settings)
        outside = edges.build_outside(config, Clinic.from_toml(config.clinic))
        outside.press.close()  # type: ignore[attr-defined]
        assert set(outside.providers) == offered


def test_of_many_who_bring_back_the_same_trip_at_once_one_is_let_in(
    visitor: ReadingClient, edge: Edge, card: Hostile
) -> None:
    state = card.visited(leaves(visitor))["state"]
    with visitor.session_transaction() as session:
        secret = session["trip"]
    ready, outcomes = Barrier(6), []

    def arrive() -> None:
        ready.wait()
        try:
            with edge.work(SYSTEM) as work:
                providers.arrive(work, edge.outside.providers["card"], secret, state)
            outcomes.append("in")
        except Unproven as no:
            outcomes.append(no.reason)

    threads = [Thread(target=arrive) for _each in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", *["state"] * 5]


# Linking.


def test_a_link_is_made_by_who_is_signed_in_here_and_there(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    try_to_sign_in(visitor, "mei")
    assert "Link Card" in text_of(visitor.get("/sign-in/providers"))
    assert "Link Directory" not in text_of(visitor.get("/sign-in/providers"))
    answer = asks_to_link(visitor)
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.location).query)["prompt"] == ["login"]
    assert links(edge) == []
    assert comes_back(visitor, card.visited(answer.location)).location == "/sign-in/providers"
    page = text_of(visitor.get("/sign-in/providers"))
    assert "Card is linked." in page
    assert "Linked on" in page
    assert links(edge) == [("mei@patients.example", "subject-1")]
    assert '"provider.linked"' in trail(edge)[-1]
    with edge.sessions() as db:
        assert db.scalars(select(Approval)).one().act == "link provider"
    visitor.post("/sign-out")
    assert signs_in(visitor, card).status_code == 303
    assert "Last used on" in text_of(visitor.get("/sign-in/providers"))


def test_whoevers_ways_in_have_changed_is_told_by_mail(
    visitor: ReadingClient, edge: Edge, card: Hostile, worker: Worker
) -> None:
    try_to_sign_in(visitor, "mei")
    comes_back(visitor, card.visited(asks_to_link(visitor).location))
    visitor.post("/sign-in/oidc/card/unlink", data={"proof": PASSWORD})
    while worker.once():
        pass
    mails = [path.read_text() for path in (edge.config.data_dir / "outbox").glob("*.eml")]
    told = [mail for mail in mails if "Subject: Your sign-in was changed" in mail]
    assert len(told) == 2
    assert all("To: mei@patients.example" in mail and "Card" not in mail for mail in told)


def test_a_link_needs_a_fresh_proof(visitor: ReadingClient, edge: Edge) -> None:
    try_to_sign_in(visitor, "mei")
    for proof in ("", "not my password"):
        assert asks_to_link(visitor, proof=proof).status_code == 422
    with edge.sessions() as db:
        assert not db.scalars(select(ProviderTrip)).all()


def test_a_link_is_made_in_the_session_that_asked_for_it(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    """Signed out meanwhile, or in as somebody else: nothing is linked."""
    for then in ((), ("cora",), ("mei",)):
        try_to_sign_in(visitor, "mei")
        address = asks_to_link(visitor).location
        with visitor.session_transaction() as session:
            trip = session["trip"]
        visitor.post("/sign-out")
        for name in then:
            try_to_sign_in(visitor, name)
        with visitor.session_transaction() as session:
            session["trip"] = trip
        assert comes_back(visitor, card.visited(address)).status_code == 403
        assert last_refusal(edge) == "session"
        visitor.post("/sign-out")
    assert links(edge) == []


@pytest.mark.usefixtures("sqlite_only")
def test_a_held_session_links_nothing(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    """Who copied the cookie while she was away at the provider does not come back with an account of his own."""
    try_to_sign_in(visitor, "mei")
    address = asks_to_link(visitor).location
    with edge.sessions() as db:
        db.execute(update(SignIn).values(held_at=edge.now()))
        db.commit()
    assert comes_back(visitor, card.visited(address)).status_code == 403
    assert last_refusal(edge) == "session"
    assert links(edge) == []


def test_an_identity_opens_one_account_and_an_account_has_one_at_each_provider(
    visitor: ReadingClient, edge: Edge, card: Hostile
) -> None:
    linked(edge, card, "cora")
    try_to_sign_in(visitor, "mei")
    assert comes_back(visitor, card.visited(asks_to_link(visitor).location)).status_code == 403
    first, second = asks_to_link(visitor).location, None
    with visitor.session_transaction() as session:
        trip = session["trip"]
    second = asks_to_link(visitor).location
    card.claims = {"sub": "subject-2"}
    assert comes_back(visitor, card.visited(second)).status_code == 303
    with visitor.session_transaction() as session:
        session["trip"] = trip
    card.claims = {"sub": "subject-3"}
    assert comes_back(visitor, card.visited(first)).status_code == 403
    assert sorted(links(edge)) == [("cora@patients.example", "subject-1"), ("mei@patients.example", "subject-2")]


def test_nobody_links_the_other_audiences_provider(visitor: ReadingClient, edge: Edge) -> None:
    try_to_sign_in(visitor, "mei")
    assert asks_to_link(visitor, "directory").status_code == 404
    assert visitor.get("/sign-in/oidc/directory/link").status_code == 404
    assert visitor.get("/sign-in/oidc/directory/unlink").status_code == 404


def test_who_works_here_links_the_directory(visitor: ReadingClient, edge: Edge, directory: Hostile, clock: Any) -> None:
    try_to_sign_in(visitor, "dov")
    assert visitor.get("/sign-in/providers").location == "/sign-in/code"
    visitor.post("/sign-in/code", data={"code": code_at(clock.at)})
    assert "See and change your ways to sign in" in text_of(visitor.get("/account"))
    address = asks_to_link(visitor, "directory").location
    assert comes_back(visitor, directory.visited(address), "directory").status_code == 303
    assert links(edge) == [("dov@clinic.example", "subject-1")]


def test_a_link_is_given_up_with_a_proof(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    try_to_sign_in(visitor, "mei")
    assert "Unlink Card" in text_of(visitor.get("/sign-in/oidc/card/unlink"))
    assert visitor.post("/sign-in/oidc/card/unlink", data={"proof": "wrong"}).status_code == 422
    assert len(links(edge)) == 1
    assert visitor.post("/sign-in/oidc/card/unlink", data={"proof": PASSWORD}).location == "/sign-in/providers"
    assert links(edge) == []
    assert '"provider.unlinked"' in trail(edge)[-1]
    assert visitor.get("/sign-in/oidc/card/unlink").location == "/sign-in/providers"
    visitor.post("/sign-out")
    assert signs_in(visitor, card).status_code == 403


def test_the_last_way_in_stays(client_of: Any, edge: Edge, card: Hostile, clock: Any) -> None:
    linked(edge, card, "amina")
    with edge.work(OPERATOR) as work:
        account, esi = (accounts.find(work, f"{who}.example") for who in ("amina@patients", "esi@clinic"))
        vault = work.outside.vault
        secret = vault.open_secret(esi.totp_sealed, f"accounts/totp/{esi.id}")
        account.totp_sealed = vault.seal_secret(secret, f"accounts/totp/{account.id}")
        account.password_hash = None
    answer = client_of("amina").post("/sign-in/oidc/card/unlink", data={"proof": code_at(clock.at)})
    assert answer.status_code == 409
    assert "your only way in" in text_of(answer)
    assert len(links(edge)) == 1


# By a one-time link.


def given_link(edge: Edge, who: str) -> str:
    with edge.work(OPERATOR) as work:
        return accounts.give_link(work, accounts.find(work, who)).removeprefix(edge.outside.base_url)


def test_a_one_time_link_sets_the_password_and_links_in_one_go(
    visitor: ReadingClient, edge: Edge, card: Hostile
) -> None:
    address = given_link(edge, "mei@patients.example")
    page = text_of(visitor.get(address))
    assert "Set up my sign-in and link Card" in page
    assert "Directory" not in page
    chosen = {"password": "seven wild geese fly", "again": "seven wild geese fly", "provider": "card"}
    left = visitor.post(address, data=chosen)
    assert left.status_code == 303
    assert links(edge) == []
    assert comes_back(visitor, card.visited(left.location)).status_code == 303
    assert links(edge) == [("mei@patients.example", "subject-1")]
    assert visitor.get("/sign-in").location == "/home"
    visitor.post("/sign-out")
    assert try_to_sign_in(visitor, "mei", "seven wild geese fly").status_code == 303


def test_who_begins_to_work_here_links_the_directory_in_one_go(
    visitor: ReadingClient, edge: Edge, directory: Hostile, clock: Any
) -> None:
    address = link_for(edge, "noor@clinic.example", Role.FRONT_OFFICE)
    page = visitor.get(address)
    chosen = filled_in(page, code=code_at(clock.at, secret_on(page)), provider="directory")
    directory.claims = {"acr": STRONG}
    left = visitor.post(address, data=chosen)
    assert comes_back(visitor, directory.visited(left.location), "directory").status_code == 303
    assert visitor.get("/sign-in").location == "/office"
    assert links(edge) == [("noor@clinic.example", "subject-1")]


def test_a_one_time_link_with_a_wrong_password_goes_nowhere(visitor: ReadingClient, edge: Edge) -> None:
    address = given_link(edge, "mei@patients.example")
    chosen = {"password": "short", "again": "short", "provider": "card"}
    assert visitor.post(address, data=chosen).status_code == 422
    with edge.sessions() as db:
        assert db.scalar(select(func.count()).select_from(ProviderTrip)) == 0


def test_a_one_time_link_for_a_patient_leads_to_no_staff_provider(visitor: ReadingClient, edge: Edge) -> None:
    chosen = {"password": "seven wild geese fly", "again": "seven wild geese fly", "provider": "directory"}
    assert visitor.post(given_link(edge, "mei@patients.example"), data=chosen).location == "/sign-in"


# Going out.


def test_who_came_in_by_a_provider_is_asked_to_sign_out_there_too(
    visitor: ReadingClient, edge: Edge, card: Hostile
) -> None:
    linked(edge, card, "mei")
    signs_in(visitor, card)
    answer = visitor.post("/sign-out")
    assert answer.location == "/sign-in/oidc/card/sign-out"
    page = visitor.get(answer.location)
    assert "Sign out of Card too" in text_of(page)
    assert "You are signed out." in text_of(page)
    assert f"form-action 'self' {card.issuer}" in page.headers["Content-Security-Policy"]
    away = visitor.post(answer.location)
    asked = parse_qs(urlsplit(away.location).query)
    assert away.location.startswith(f"{card.issuer}/end_session?")
    assert asked["id_token_hint"][0].count(".") == 2
    assert asked["post_logout_redirect_uri"] == [f"{edge.outside.base_url}/"]
    assert visitor.post(answer.location).location == "/"
    with edge.sessions() as db:
        assert db.scalars(select(ProviderTrip)).one().word_sealed is None


def test_who_came_in_by_password_is_not(visitor: ReadingClient, edge: Edge, card: Hostile) -> None:
    linked(edge, card, "mei")
    signs_in(visitor, card)
    visitor.post("/sign-out")
    try_to_sign_in(visitor, "mei")
    assert visitor.post("/sign-out").location == "/"
    assert visitor.get("/sign-in/oidc/card/sign-out").location == "/"


def test_what_is_needed_to_sign_out_there_outlives_the_second_proof(
    visitor: ReadingClient, edge: Edge, directory: Hostile, clock: Any
) -> None:
    linked(edge, directory, "dov", "staff")
    signs_in(visitor, directory, "directory")
    visitor.post("/sign-in/code", data={"code": code_at(clock.at)})
    assert visitor.post("/sign-out").location == "/sign-in/oidc/directory/sign-out"


def test_trips_are_forgotten_after_a_day(visitor: ReadingClient, edge: Edge, clock: Any) -> None:
    leaves(visitor)
    clock.move(hours=25)
    leaves(visitor)
    with edge.sessions() as db:
        assert db.scalar(select(func.count()).select_from(ProviderTrip)) == 1
