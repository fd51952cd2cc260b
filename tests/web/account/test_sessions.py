"""One's own sessions: seen in words, ended from afar, told of a new device, and stopped when one turns up elsewhere."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.edges import Edge
from portal.worker import Worker
from tests.conftest import Clockwork, app_over, open_session
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs
from tests.web.public.signing_in import code_at, token_of, try_to_sign_in

ClientOf = Callable[[str], ReadingClient]
PASSWORD = "demo-portal-2026"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Mobile Safari/537.36"
NEWER = PHONE.replace("130", "131")
ELSEWHERE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:132.0) Gecko/20100101 Firefox/132.0"
LIST = "/account/sessions"
AGAIN = "/sign-in/again"


def browser(app: Flask, agent: str = PHONE, address: str = "203.0.113.7") -> ReadingClient:
    client = app.test_client()
    assert isinstance(client, ReadingClient)
    client.environ_base |= {"HTTP_USER_AGENT": agent, "REMOTE_ADDR": address}
    return client


def signed_in(app: Flask, name: str = "mei", **how: str) -> ReadingClient:
    client = browser(app, **how)
    assert try_to_sign_in(client, name).status_code == 303
    return client


def copied(app: Flask, client: ReadingClient, **how: str) -> ReadingClient:
    """The session's cookie in other hands."""
    cookie, other = client.get_cookie("portal"), browser(app, **how)
    other.set_cookie("portal", cookie.value if cookie else "")
    return other


def mails(edge: Edge, worker: Worker) -> list[str]:
    """What owners of accounts were told of new devices and stopped sessions."""
    worker.drain()
    sent = [path.read_text() for path in (edge.config.data_dir / "outbox").glob("*.eml")]
    return [mail for mail in sent if "A new browser signed in" in mail or "We stopped a session" in mail]


class TestTheList:
    def test_each_is_said_in_words_and_which_is_this_one(self, app: Flask, clock: Clockwork) -> None:
        signed_in(app, agent=ELSEWHERE, address="198.51.100.9")
        clock.move(minutes=5)
        page = text_of(signed_in(app).get(LIST))
        for told in ("Chrome on Android This one", "Firefox on Windows", "In the network you are in now"):
            assert told in page, told
        assert "In another network Signed in on Monday 23 November 2026" in page

    @pytest.mark.usefixtures("sqlite_only")
    def test_the_clinics_own_network_is_named_when_the_settings_do(self, edge: Edge) -> None:
        own = app_over(replace(edge, config=replace(edge.config, clinic_networks=("203.0.0.0/16",))))
        assert "In the clinic's network" in text_of(signed_in(own).get(LIST))

    def test_one_that_is_ended_is_at_the_door_at_its_next_click_and_changes_nothing(
        self, app: Flask, work_as: WorkAs
    ) -> None:
        address = f"/access-requests/{stages.asked(work_as)}/answer"
        here, there = signed_in(app), signed_in(app, agent=ELSEWHERE)
        (ends,) = re.findall(rf'action="({LIST}/[^"]+/end)"', here.get(LIST).text)
        assert here.post(ends).location == LIST
        assert there.post(address, data={"text": "Sent while it was being ended."}).location == "/sign-in"
        assert there.get("/home").location == "/sign-in"
        assert "Sent while" not in here.get(address).text
        assert here.post(ends).status_code == 404

    def test_nobody_ends_another_persons(self, app: Flask) -> None:
        mei, cora = signed_in(app), signed_in(app, "cora")
        signed_in(app)
        (ends,) = re.findall(rf'action="({LIST}/[^"]+/end)"', mei.get(LIST).text)
        assert cora.post(ends).status_code == 404
        assert len(re.findall("/end", mei.get(LIST).text)) == 2

    def test_all_others_are_ended_and_their_devices_are_strangers_again(
        self, app: Flask, edge: Edge, worker: Worker
    ) -> None:
        here, others = signed_in(app), [signed_in(app, agent=ELSEWHERE) for _n in range(2)]
        told = len(mails(edge, worker))
        page = here.post(f"{LIST}/end-others", follow_redirects=True)
        assert "2 other sessions are ended." in text_of(page)
        assert [each.get("/home").location for each in others] == ["/sign-in"] * 2
        for client in (here, others[0]):
            client.post("/sign-out")
            try_to_sign_in(client, "mei")
        assert len(mails(edge, worker)) == told + 1  # the other is new again, this one is not


class TestANewDevice:
    def test_the_owner_is_told_but_not_of_her_first_nor_twice_of_the_same(
        self, app: Flask, edge: Edge, worker: Worker
    ) -> None:
        first = signed_in(app)
        assert mails(edge, worker) == []
        first.post("/sign-out")
        try_to_sign_in(first, "mei")
        assert mails(edge, worker) == []
        signed_in(app, agent=ELSEWHERE)
        (mail,) = mails(edge, worker)
        assert "Subject: A new browser signed in as you" in mail

    def test_it_is_told_once_the_second_proof_is_given(
        self, app: Flask, edge: Edge, worker: Worker, clock: Clockwork
    ) -> None:
        open_session(edge, browser(app), "dov")
        client = browser(app)
        try_to_sign_in(client, "dov")
        assert mails(edge, worker) == []
        client.post("/sign-in/code", data={"code": code_at(clock.at)})
        assert len(mails(edge, worker)) == 1


class TestTurningUpElsewhere:
    """Security.md B10: the cookie copied to another network and another family of browser."""

    def test_nothing_opens_there_until_she_proves_herself_and_she_is_told(
        self, app: Flask, edge: Edge, worker: Worker
    ) -> None:
        she = signed_in(app)
        thief = copied(app, she, agent=ELSEWHERE, address="198.51.100.9")
        for path in ("/home", "/record", "/account", "/account/downloads"):
            assert thief.get(path).location == AGAIN, path
        for path in ("/account/recovery-codes", "/account/passkeys/question"):
            assert thief.post(path, data={"proof": PASSWORD, "drawn": ""}).location == AGAIN, path
        assert "Mei" not in text_of(thief.get("/"))
        assert ["Subject: We stopped a session of yours" in mail for mail in mails(edge, worker)] == [True]
        # She is stopped as well, proves that it is she, and the copy is dead.
        assert she.get("/home").location == AGAIN
        assert she.post(AGAIN, data={"proof": "a guess"}).status_code == 422
        before = token_of(she)
        assert she.post(AGAIN, data={"proof": PASSWORD}).location == "/home"
        assert token_of(she) != before
        assert she.get("/home").status_code == 200
        assert thief.get("/home").location == "/sign-in"

    @pytest.mark.parametrize(
        "how",
        [
            {"agent": PHONE, "address": "198.51.100.9"},
            {"agent": NEWER, "address": "203.0.113.7"},
            {"agent": NEWER, "address": "198.51.100.9"},
            {"agent": PHONE.replace("Linux; Android 14", "X11; Linux x86_64"), "address": "198.51.100.9"},
            {"agent": ELSEWHERE, "address": "203.0.113.200"},
        ],
        ids=["left the house", "an update", "both", "asked for the page of a computer", "a tool on the same network"],
    )
    @pytest.mark.usefixtures("sqlite_only")
    def test_what_happens_every_day_stops_nobody(self, app: Flask, how: dict[str, str]) -> None:
        assert copied(app, signed_in(app), **how).get("/home").status_code == 200


class TestEachWayInHasATokenOfItsOwn:
    """Security.md B04: a session that was planted before is never the one that is signed in."""

    def test_planted_before_the_password_and_before_the_code(self, app: Flask, clock: Clockwork) -> None:
        client, planted = browser(app), "planted" * 6
        with client.session_transaction() as session:
            session["sid"] = planted
        try_to_sign_in(client, "dov")
        half = copied(app, client)
        assert token_of(client) not in (None, planted)
        client.post("/sign-in/code", data={"code": code_at(clock.at)})
        assert token_of(client) != token_of(half)
        assert client.get("/office").status_code in (200, 303)
        assert half.get("/office").location == "/sign-in"

    @pytest.mark.usefixtures("sqlite_only")
    def test_a_session_of_one_audience_opens_nothing_of_the_other(self, edge: Edge, client_of: ClientOf) -> None:
        """Security.md A07: the cookie of a patient at the office's address, and the reverse."""
        for areas, name in ((("office",), "mei"), (("patient",), "dov")):
            app = app_over(replace(edge, config=replace(edge.config, areas=areas)))
            strayed = copied(app, client_of(name), address="127.0.0.1")
            for path in ("/home", "/office", "/account", LIST, "/sign-in/providers"):
                assert strayed.get(path).status_code == 404, (name, path)


class TestTheTimeThatIsLeft:
    def test_asking_does_not_prolong_it_and_staying_does_up_to_its_whole_length(
        self, client_of: ClientOf, clock: Clockwork
    ) -> None:
        mei = client_of("mei")
        assert mei.get("/session").json == {"seconds": 20 * 60, "most": 12 * 3600}
        for _minute in range(18):
            clock.move(minutes=1)
            left: Any = mei.get("/session").json
        assert left["seconds"] == 2 * 60
        assert mei.post("/session/stay").json["seconds"] == 20 * 60  # type: ignore[index]
        for _time in range(48):
            clock.move(minutes=15)
            mei.post("/session/stay")
        assert mei.get("/session").json == {"seconds": 0, "most": 0}
        assert mei.post("/session/stay").json == {"seconds": 0, "most": 0}
        assert mei.get("/home").location == "/sign-in"
        with mei.session_transaction() as session:
            assert session["after"] == "/home"

    def test_what_is_typed_is_kept_while_the_session_lasts_and_after(
        self, client_of: ClientOf, work_as: WorkAs, clock: Clockwork
    ) -> None:
        mei, address = client_of("mei"), f"/access-requests/{stages.asked(work_as)}/answer"
        words = "The rash came back. " * 500  # 2,000 words
        assert mei.post("/left-form", data={"left_at": address, "text": words}).status_code == 204
        assert words.strip() in mei.get(address).text
        clock.move(minutes=21)
        later = f"{words}And it itches."
        assert mei.post("/left-form", data={"left_at": address, "text": later}).status_code == 204
        assert "What you wrote is kept for you." in text_of(mei.get("/sign-in"))
        assert try_to_sign_in(mei, "mei").location == address
        assert later in mei.get(address).text
        assert client_of("cora").get(address).status_code == 404

    @pytest.mark.usefixtures("sqlite_only")
    def test_other_pages_and_other_people_keep_nothing(self, client_of: ClientOf, visitor: ReadingClient) -> None:
        for address in ("/account/password", "https://elsewhere.example/", "//evil", "", "/access-requests/x"):
            assert client_of("mei").post("/left-form", data={"left_at": address, "text": "x"}).status_code == 404
        kept = visitor.post("/left-form", data={"left_at": "/access-requests/AR-2026-000001-A/answer", "text": "x"})
        assert kept.status_code == 409
