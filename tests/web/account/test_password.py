"""Changing a password: the present one is asked for, the code where codes are on, and nobody else stays signed in."""

from collections.abc import Callable
from typing import Any

from portal.demo.people import PASSWORD
from portal.domain.actors import OPERATOR
from portal.edges import Edge
from portal.services import accounts
from portal.worker import Worker
from tests.authenticator import Device
from tests.pages import ReadingClient, text_of
from tests.web.account.test_passkeys import asked, makes
from tests.web.public.signing_in import code_at, token_of, try_to_sign_in, wrong_code_at

ClientOf = Callable[[str], ReadingClient]
NEW = "seven tin boats at noon"
ASKED = {"current": PASSWORD, "password": NEW, "again": NEW}


def change(client: ReadingClient, **other: str) -> Any:
    return client.post("/account/password", data={**ASKED, **other})


def test_a_patient_changes_her_password(client_of: ClientOf, visitor: ReadingClient) -> None:
    mei = client_of("mei")
    assert mei.get("/account/password").status_code == 200
    answer = change(mei)
    assert (answer.status_code, answer.location) == (303, "/account")
    assert "Your password is changed" in text_of(mei.get("/account"))
    assert try_to_sign_in(visitor, "mei").status_code == 422
    assert try_to_sign_in(visitor, "mei", NEW).location == "/home"


def test_it_ends_all_other_sessions_and_gives_this_one_a_new_token(client_of: ClientOf) -> None:
    here, elsewhere = client_of("mei"), client_of("mei")
    before = token_of(here)
    change(here)
    assert token_of(here) != before
    assert here.get("/home").status_code == 200
    assert elsewhere.get("/home").location == "/sign-in"


def test_without_the_present_password_nothing_changes(client_of: ClientOf, edge: Edge) -> None:
    here, elsewhere = client_of("mei"), client_of("mei")
    for wrong in ({"current": ""}, {"current": "not her password"}, {"current": NEW}):
        answer = change(here, **wrong)
        assert answer.status_code == 422
        assert NEW not in answer.text
    assert elsewhere.get("/home").status_code == 200
    with edge.sessions() as db:
        noted = "select count(*) from audit_entries where action = 'account.password_refused'"
        assert db.connection().exec_driver_sql(noted).scalar() == 2


def test_where_codes_are_on_the_code_of_the_minute_is_needed(client_of: ClientOf, clock: Any) -> None:
    dov = client_of("dov")
    for code in ("", wrong_code_at(clock.at)):
        assert change(dov, code=code).status_code == 422
    assert change(dov, code=code_at(clock.at)).status_code == 303


def test_a_weak_password_is_told_in_one_sentence(client_of: ClientOf) -> None:
    mei = client_of("mei")
    for password, sentence in {
        "too short": "Use at least 12 characters",
        "aaaaaaaaaaaaaaaa": "This password is easy to guess",
        "mei leung mei leung": "Do not use your own name",
        "in nanaimo it rains": "Do not use the name of the clinic",
    }.items():
        answer = change(mei, password=password, again=password)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
    assert "not the same" in text_of(change(mei, again="something else"))


def test_the_owner_is_told_by_an_e_mail_that_says_nothing_of_her(
    client_of: ClientOf, worker: Worker, edge: Edge
) -> None:
    change(client_of("mei"))
    worker.drain()
    sent = [path.read_text("utf-8") for path in (edge.config.data_dir / "outbox").glob("*.eml")]
    mail = next(text for text in sent if "password of your sign-in" in text)
    assert "To: mei@patients.example" in mail
    assert "Mei" not in mail
    assert "http" not in mail


def test_after_six_tries_even_the_right_password_has_to_wait(client_of: ClientOf) -> None:
    mei = client_of("mei")
    assert [change(mei, current="wrong").status_code for _try in range(6)] == [422] * 6
    assert change(mei).status_code == 429


def test_a_password_lasts(visitor: ReadingClient, clock: Any) -> None:
    clock.move(days=2 * 366)
    assert try_to_sign_in(visitor, "mei").location == "/home"


def test_whose_second_proof_is_a_passkey_uses_it(client_of: ClientOf, edge: Edge) -> None:
    mei, device = client_of("mei"), Device()
    makes(mei, device)
    with edge.work(OPERATOR) as work:
        accounts.find(work, "mei@patients.example").totp_sealed = None
    refused = change(mei)
    assert refused.status_code == 422
    assert "Use your passkey" in text_of(refused)
    question = asked(mei, "/account/passkeys/question", act="password", shown="password")
    answer = {"question": question["question"], "passkey": device.sign(question["options"])}
    assert change(mei, **answer, current="not her password").status_code == 422
    assert change(mei, **answer).status_code == 303
