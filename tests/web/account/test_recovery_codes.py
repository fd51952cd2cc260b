"""Ten codes on paper: shown once, each opens the second step once, and none is kept in the clear."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.demo.people import PASSWORD
from portal.edges import Edge
from portal.worker import Worker
from tests.dumps import as_text
from tests.pages import ReadingClient, text_of
from tests.web.public.signing_in import try_to_sign_in, wrong_code_at

ClientOf = Callable[[str], ReadingClient]


def made_by(client: ReadingClient) -> list[str]:
    page = client.post("/account/recovery-codes", data={"proof": PASSWORD})
    assert page.status_code == 200
    return re.findall(r"<code>([A-Z2-7-]+)</code>", page.text)


def gives(client: ReadingClient, code: str) -> Any:
    return client.post("/sign-in/recovery-code", data={"code": code})


@pytest.fixture
def codes(client_of: ClientOf) -> list[str]:
    return made_by(client_of("dov"))


def test_there_are_ten_of_128_bits_each(codes: list[str]) -> None:
    assert len(set(codes)) == 10
    assert {len(code.replace("-", "")) for code in codes} == {26}  # 26 × 5 bits hold 128


def test_a_code_stands_in_for_the_phone(codes: list[str], visitor: ReadingClient) -> None:
    try_to_sign_in(visitor, "dov")
    assert visitor.get("/sign-in/recovery-code").status_code == 200
    answer = gives(visitor, codes[3])
    assert (answer.status_code, answer.location) == (303, "/office")
    assert visitor.get("/office").status_code == 200


def test_a_code_is_nothing_without_the_password(codes: list[str], visitor: ReadingClient) -> None:
    assert gives(visitor, codes[0]).location == "/sign-in"


def test_a_code_is_used_once_in_every_spelling(codes: list[str], app: Flask) -> None:
    first, second = app.test_client(), app.test_client()
    for client in (first, second):
        try_to_sign_in(client, "dov")
    assert gives(first, codes[0].lower().replace("-", " ")).status_code == 303
    for spelling in (codes[0], codes[0].replace("-", ""), f" {codes[0]} "):
        assert gives(second, spelling).status_code == 422
    assert gives(second, codes[1]).status_code == 303


def test_somebody_elses_code_opens_nothing(codes: list[str], visitor: ReadingClient) -> None:
    try_to_sign_in(visitor, "esi")
    assert gives(visitor, codes[0]).status_code == 422


def test_new_codes_end_the_old_ones(codes: list[str], client_of: ClientOf, visitor: ReadingClient) -> None:
    newer = made_by(client_of("dov"))
    try_to_sign_in(visitor, "dov")
    assert gives(visitor, codes[0]).status_code == 422
    assert gives(visitor, newer[0]).status_code == 303


def test_wrong_codes_of_both_kinds_count_together(codes: list[str], visitor: ReadingClient, clock: Any) -> None:
    try_to_sign_in(visitor, "dov")
    for _try in range(2):
        visitor.post("/sign-in/code", data={"code": wrong_code_at(clock.at)})
        gives(visitor, "AAAAA-AAAAA")
    assert gives(visitor, "AAAAA-AAAAA").location == "/sign-in"
    assert gives(visitor, codes[0]).location == "/sign-in"


def test_the_account_says_how_many_are_left(client_of: ClientOf, visitor: ReadingClient) -> None:
    dov = client_of("dov")
    assert "You have no codes" in text_of(dov.get("/account"))
    codes = made_by(dov)
    assert "You have 10 codes left" in text_of(dov.get("/account"))
    try_to_sign_in(visitor, "dov")
    gives(visitor, codes[0])
    assert "You have 9 codes left" in text_of(dov.get("/account"))


def test_they_are_made_for_whoever_proves_herself_again_and_has_a_second_proof(client_of: ClientOf) -> None:
    assert client_of("dov").get("/account/recovery-codes").status_code == 200
    refused = client_of("dov").post("/account/recovery-codes", data={"proof": "wrong"})
    assert refused.status_code == 422
    assert "<code>" not in refused.text
    for answer in (
        client_of("mei").get("/account/recovery-codes"),
        client_of("mei").post("/account/recovery-codes", data={"proof": PASSWORD}),
    ):
        assert answer.status_code == 409


def test_the_database_shows_none_of_them(codes: list[str], edge: Edge) -> None:
    kept = "\n".join(text for _column, text in as_text(edge))
    for code in codes:
        assert code not in kept
        assert code.replace("-", "") not in kept


def test_the_owner_is_told_when_they_are_made_and_when_one_is_used(
    codes: list[str], visitor: ReadingClient, worker: Worker, edge: Edge
) -> None:
    try_to_sign_in(visitor, "dov")
    gives(visitor, codes[0])
    worker.drain()
    sent = "\n".join(path.read_text("utf-8") for path in (edge.config.data_dir / "outbox").glob("*.eml"))
    assert "New recovery codes were made" in sent
    assert "One of your recovery codes was used" in sent
    assert codes[0] not in sent
