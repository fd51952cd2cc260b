"""Passkeys: made after a fresh proof, alone enough to sign in, refused when anything about the signature is off."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from portal.demo.people import PASSWORD
from portal.domain.actors import OPERATOR
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.proofs import Passkey
from portal.services import accounts
from portal.services.throttling import PASSKEY_QUESTIONS
from portal.worker import Worker
from tests.authenticator import Device
from tests.pages import ReadingClient, text_of
from tests.web.public.signing_in import code_at, token_of, try_to_sign_in

ClientOf = Callable[[str], ReadingClient]
Question = dict[str, Any]


def asked(client: ReadingClient, address: str, **more: str) -> Question:
    answer = client.post(address, data=more)
    assert answer.status_code == 200
    question: Question = answer.get_json()
    return question


def makes(client: ReadingClient, device: Device, **other: str) -> Any:
    question = asked(client, "/account/passkeys/new-question")
    sent = {"make": question["question"], "made": device.make(question["options"]), "name": "my phone"}
    return client.post("/account/passkeys", data={**sent, "proof": PASSWORD, **other})


def signs_in(client: ReadingClient, device: Device, question: Question | None = None) -> Any:
    question = question or asked(client, "/sign-in/passkey/question")
    sent = {"question": question["question"], "passkey": device.sign(question["options"])}
    return client.post("/sign-in/passkey", data=sent)


@pytest.fixture
def device(client_of: ClientOf) -> Device:
    """Mei's, known to the portal."""
    made = Device()
    assert makes(client_of("mei"), made).location == "/account/passkeys"
    return made


def mails(worker: Worker, edge: Edge) -> str:
    worker.drain()
    sent = (edge.config.data_dir / "outbox").glob("*.eml")
    return "\n".join(path.read_text("utf-8").replace("=\n", "") for path in sent)


class TestMaking:
    def test_it_stands_in_the_list_and_the_owner_is_told(
        self, client_of: ClientOf, device: Device, worker: Worker, edge: Edge
    ) -> None:
        page = text_of(client_of("mei").get("/account/passkeys"))
        assert "my phone" in page
        assert "Not used yet" in page
        assert "A passkey was added" in mails(worker, edge)

    def test_a_device_is_asked_to_know_who_holds_it_and_to_remember_whose_the_key_is(self, client_of: ClientOf) -> None:
        options = asked(client_of("mei"), "/account/passkeys/new-question")["options"]
        assert options["rp"]["id"] == "localhost"
        assert options["authenticatorSelection"]["userVerification"] == "required"
        assert options["authenticatorSelection"]["residentKey"] == "required"
        assert len(options["challenge"]) == 43  # 256 bits

    def test_it_needs_a_fresh_proof(self, client_of: ClientOf) -> None:
        for proof in ("", "not her password"):
            assert makes(client_of("mei"), Device(), proof=proof).status_code == 422
        assert "You have no passkey yet" in text_of(client_of("mei").get("/account/passkeys"))

    @pytest.mark.parametrize(
        "wrong", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"verifies": False}]
    )
    def test_what_was_made_for_others_or_for_nobody_known_is_refused(
        self, client_of: ClientOf, wrong: dict[str, Any]
    ) -> None:
        assert makes(client_of("mei"), Device(**wrong)).status_code == 422

    def test_an_answer_to_an_older_or_somebody_elses_question_is_refused(self, client_of: ClientOf, clock: Any) -> None:
        mei, cora, made = client_of("mei"), client_of("cora"), Device()
        question = asked(mei, "/account/passkeys/new-question")
        sent = {"make": question["question"], "made": made.make(question["options"])}
        assert makes(cora, made, **sent).status_code == 422
        clock.move(minutes=5)
        assert makes(mei, made, **sent).status_code == 422

    @pytest.mark.parametrize("answer", ["", "{}", "[]", "not json", '{"id": "a"}', "x" * 30_000])
    def test_what_is_no_answer_at_all_is_refused(self, client_of: ClientOf, answer: str) -> None:
        assert makes(client_of("mei"), Device(), made=answer).status_code == 422

    def test_the_same_passkey_is_not_kept_twice(self, client_of: ClientOf, device: Device) -> None:
        assert makes(client_of("cora"), device).status_code == 422

    def test_the_session_gets_a_new_token(self, client_of: ClientOf) -> None:
        mei = client_of("mei")
        before = token_of(mei)
        makes(mei, Device())
        assert token_of(mei) != before
        assert mei.get("/home").status_code == 200


class TestSigningIn:
    def test_a_passkey_alone_is_both_steps(self, visitor: ReadingClient, device: Device) -> None:
        assert signs_in(visitor, device).location == "/home"
        assert visitor.get("/home").status_code == 200

    def test_it_is_both_steps_for_whoever_works_here_too(self, client_of: ClientOf, visitor: ReadingClient) -> None:
        made = Device()
        makes(client_of("dov"), made)
        assert signs_in(visitor, made).location == "/office"
        assert visitor.get("/office").status_code == 200

    def test_with_the_password_alone_she_does_not_get_in_any_more(self, visitor: ReadingClient, device: Device) -> None:
        assert try_to_sign_in(visitor, "mei").location == "/sign-in/code"
        assert "Use your passkey" in text_of(visitor.get("/sign-in/code"))
        assert visitor.get("/home").location == "/sign-in/code"
        assert signs_in(visitor, device).location == "/home"

    def test_somebody_elses_passkey_is_no_second_step(
        self, client_of: ClientOf, visitor: ReadingClient, device: Device
    ) -> None:
        makes(client_of("cora"), other := Device())
        try_to_sign_in(visitor, "mei")
        assert signs_in(visitor, other).location == "/sign-in/code"
        assert visitor.get("/home").location == "/sign-in/code"

    @pytest.mark.parametrize(
        "wrong", [{"origin": "https://evil.example"}, {"host": "evil.example"}, {"verifies": False}]
    )
    def test_a_signature_for_another_page_or_of_a_device_that_did_not_ask_who_holds_it_is_refused(
        self, visitor: ReadingClient, device: Device, wrong: dict[str, Any]
    ) -> None:
        """B08."""
        assert signs_in(visitor, replace(device, uses=5, **wrong)).location == "/sign-in"
        assert visitor.get("/home").location == "/sign-in"
        assert signs_in(visitor, device).location == "/home"

    def test_an_old_question_and_one_that_was_answered_are_refused(
        self, app: Flask, device: Device, clock: Any
    ) -> None:
        first, second = app.test_client(), app.test_client()
        question = asked(first, "/sign-in/passkey/question")
        answer = {"question": question["question"], "passkey": device.sign(question["options"])}
        assert first.post("/sign-in/passkey", data=answer).location == "/home"
        assert second.post("/sign-in/passkey", data=answer).location == "/sign-in"
        question = asked(second, "/sign-in/passkey/question")
        clock.move(minutes=5)
        assert signs_in(second, device, question).location == "/sign-in"

    def test_a_question_of_an_act_opens_no_door(
        self, client_of: ClientOf, visitor: ReadingClient, device: Device
    ) -> None:
        question = asked(client_of("mei"), "/account/passkeys/question", act="download", shown="")
        assert signs_in(visitor, device, question).location == "/sign-in"

    def test_a_signature_by_another_key_is_refused(self, visitor: ReadingClient, device: Device) -> None:
        assert signs_in(visitor, replace(device, key=Device().key)).location == "/sign-in"

    def test_a_closed_account_opens_no_door(self, visitor: ReadingClient, device: Device, edge: Edge) -> None:
        with edge.work(OPERATOR) as work:
            accounts.find(work, "mei@patients.example").disabled_at = work.now
        assert signs_in(visitor, device).location == "/sign-in"

    def test_it_works_while_a_stranger_tries_passwords(
        self, visitor: ReadingClient, app: Flask, device: Device
    ) -> None:
        """B02."""
        for _try in range(15):
            try_to_sign_in(app.test_client(), "mei", "wrong")
        assert try_to_sign_in(app.test_client(), "mei").status_code == 429
        assert signs_in(visitor, device).location == "/home"


class TestCounting:
    def test_a_count_that_falls_stops_the_passkey_and_the_owner_is_told(
        self, app: Flask, client_of: ClientOf, device: Device, worker: Worker, edge: Edge
    ) -> None:
        """B08: the device, and a copy of it that was made before."""
        copy = replace(device)
        for _time in range(2):
            assert signs_in(app.test_client(), device).location == "/home"
        assert signs_in(app.test_client(), copy).location == "/sign-in"
        assert signs_in(app.test_client(), device).location == "/sign-in"
        assert "We stopped a passkey" in mails(worker, edge)
        assert "Stopped" in text_of(client_of("mei").get("/account/passkeys"))

    def test_the_password_with_a_second_proof_still_opens(
        self, app: Flask, device: Device, clock: Any, edge: Edge
    ) -> None:
        signs_in(app.test_client(), device)
        signs_in(app.test_client(), replace(device, uses=0))
        visitor = app.test_client()
        try_to_sign_in(visitor, "mei")
        assert "Use your passkey" not in text_of(visitor.get("/sign-in/code"))
        assert visitor.post("/sign-in/code", data={"code": code_at(clock.at)}).location == "/home"

    def test_a_count_that_is_always_zero_is_fine(self, app: Flask, client_of: ClientOf) -> None:
        makes(client_of("mei"), made := Device(counts=False))
        for _time in range(3):
            assert signs_in(app.test_client(), made).location == "/home"

    def test_a_false_signature_with_a_small_count_stops_nothing(self, app: Flask, device: Device) -> None:
        signs_in(app.test_client(), device)
        signs_in(app.test_client(), replace(device, uses=0, key=Device().key))
        assert signs_in(app.test_client(), device).location == "/home"


class TestTakingAway:
    def page_of(self, client: ReadingClient) -> str:
        found = re.search(r"/account/passkeys/[0-9a-f-]{36}/remove", client.get("/account/passkeys").text)
        assert found
        return found[0]

    def test_it_opens_nothing_any_more_and_the_owner_is_told(
        self, client_of: ClientOf, visitor: ReadingClient, device: Device, worker: Worker, edge: Edge
    ) -> None:
        mei = client_of("mei")
        page = self.page_of(mei)
        assert mei.post(page, data={"proof": "wrong"}).status_code == 422
        assert mei.post(page, data={"proof": PASSWORD}).location == "/account/passkeys"
        assert signs_in(visitor, device).location == "/sign-in"
        assert "taken away" in mails(worker, edge)

    def test_it_is_nobody_elses_to_take_away(self, client_of: ClientOf, device: Device) -> None:
        page = self.page_of(client_of("mei"))
        assert client_of("cora").get(page).status_code == 404
        assert client_of("cora").post(page, data={"proof": PASSWORD}).status_code == 404

    def test_who_works_here_keeps_one_proof_at_least(self, client_of: ClientOf, edge: Edge) -> None:
        dov = client_of("dov")
        makes(dov, Device())
        with edge.work(OPERATOR) as work:
            accounts.find(work, "dov@clinic.example").totp_sealed = None
        assert dov.post(self.page_of(dov), data={"proof": PASSWORD}).status_code == 409

    def test_after_the_last_one_a_patients_password_is_enough_again(
        self, client_of: ClientOf, visitor: ReadingClient, device: Device, edge: Edge
    ) -> None:
        mei = client_of("mei")
        with edge.work(OPERATOR) as work:
            accounts.find(work, "mei@patients.example").totp_sealed = None
        mei.post(self.page_of(mei), data={"proof": PASSWORD})
        assert try_to_sign_in(visitor, "mei").location == "/home"


class TestProvingAgain:
    """A passkey in the form that acts: bound to the act, to what was shown and to the session."""

    AT = "/account/downloads"

    def shown(self, client: ReadingClient) -> str:
        found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', client.get(self.AT).text)
        assert found
        return found[1]

    def proves(self, client: ReadingClient, device: Device, act: str, asked_shown: str, shown: str = "") -> Any:
        question = asked(client, "/account/passkeys/question", act=act, shown=asked_shown)
        answer = {"question": question["question"], "passkey": device.sign(question["options"])}
        return client.post(self.AT, data={"shown": shown or asked_shown, **answer})

    def test_it_is_enough(self, client_of: ClientOf, device: Device, edge: Edge) -> None:
        mei = client_of("mei")
        assert self.proves(mei, device, "downloads", self.shown(mei)).location == "/account"
        with edge.sessions() as db:
            kept = db.connection().exec_driver_sql("select factor from approvals where act = 'downloads'").scalar()
        assert kept == "passkey"

    def test_it_is_for_that_act_on_what_was_shown_and_for_that_session(
        self, client_of: ClientOf, device: Device
    ) -> None:
        mei, elsewhere = client_of("mei"), client_of("mei")
        shown = self.shown(mei)
        assert self.proves(mei, device, "sign", shown).status_code == 422
        assert self.proves(mei, device, "downloads", "0" * 64, shown).status_code == 422
        question = asked(elsewhere, "/account/passkeys/question", act="downloads", shown=shown)
        answer = {"question": question["question"], "passkey": device.sign(question["options"]), "shown": shown}
        assert mei.post(self.AT, data=answer).status_code == 422
        assert elsewhere.post(self.AT, data=answer).location == "/account"
        assert elsewhere.post(self.AT, data=answer).status_code == 422


def test_questions_without_end_are_slowed_down(client_of: ClientOf, visitor: ReadingClient) -> None:
    for client, address in ((visitor, "/sign-in/passkey/question"), (client_of("mei"), "/account/passkeys/question")):
        answers = [client.post(address).status_code for _question in range(PASSKEY_QUESTIONS.tries + 1)]
        assert answers == [200] * PASSKEY_QUESTIONS.tries + [429]


def test_the_database_keeps_no_secret_of_a_passkey(client_of: ClientOf, device: Device, edge: Edge) -> None:
    with edge.sessions() as db:
        kept = db.query(Passkey).one()
        assert kept.credential_id == device.name
        assert kept.account_id == db.query(Account).filter_by(email="mei@patients.example").one().id
        private = device.key.private_numbers().private_value.to_bytes(32, "big")
        assert private not in kept.public_key
