"""Passwords and one-time codes: the right one is accepted once, a wrong one costs the same whoever it is for."""

import threading
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher

from portal.adapters.passwords import LONGEST_PASSWORD_BYTES, Passwords, totp_step, totp_uri
from portal.domain.errors import Invalid, TooBusy

PASSWORDS = Passwords()
DEAR = "correct horse battery staple"


def test_the_password_is_accepted_and_any_other_is_not() -> None:
    stored = PASSWORDS.hash(DEAR)
    assert PASSWORDS.verify(DEAR, stored) == (True, None)
    for other in (DEAR + " ", DEAR.upper(), DEAR[:-1], ""):
        assert PASSWORDS.verify(other, stored) == (False, None)


def test_a_hash_is_argon2id_at_the_price_we_chose_and_never_twice_the_same() -> None:
    stored = PASSWORDS.hash(DEAR)
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert stored != PASSWORDS.hash(DEAR)


def test_a_hash_made_at_another_price_is_renewed_at_the_next_sign_in() -> None:
    cheap = Argon2Hasher(time_cost=1, memory_cost=8192, parallelism=1).hash(DEAR)
    right, renewed = PASSWORDS.verify(DEAR, cheap)
    assert right
    assert renewed is not None
    assert PASSWORDS.verify(DEAR, renewed) == (True, None)
    assert PASSWORDS.verify("wrong", cheap) == (False, None)


def test_the_same_letters_typed_another_way_are_the_same_password() -> None:
    assert PASSWORDS.verify("cafe\u0301 SENC\u0301OT\u0323EN", PASSWORDS.hash("café SEN\u0106O\u1e6cEN"))[0]


def test_halves_of_signs_are_a_password_like_any_other() -> None:
    assert PASSWORDS.verify("broken \ud83d", PASSWORDS.hash("broken \ud83d"))[0]


def test_a_password_over_4096_bytes_is_refused_and_matches_nothing() -> None:
    longest = "é" * (LONGEST_PASSWORD_BYTES // 2)
    stored = PASSWORDS.hash(longest)
    assert PASSWORDS.verify(longest, stored)[0]
    assert not PASSWORDS.verify(longest + "x", stored)[0]
    with pytest.raises(Invalid, match="too long"):
        PASSWORDS.hash(longest + "x")


@pytest.mark.parametrize("stored", [None, "", "!", "$argon2id$broken", "$2b$12$abcdefghijklmnopqrstuv"])
def test_nobody_and_accounts_without_a_password_pay_for_a_whole_check(
    monkeypatch: pytest.MonkeyPatch, stored: str | None
) -> None:
    paid = []
    verify = Argon2Hasher.verify

    def counted(self: Argon2Hasher, password: bytes, known: str) -> bool:
        paid.append(known[:40])
        return verify(self, password, known)

    monkeypatch.setattr(Argon2Hasher, "verify", counted)
    assert PASSWORDS.verify(DEAR, stored) == (False, None)
    PASSWORDS.burn(DEAR)
    assert len(paid) == 2
    assert all(known.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for known in paid)


def test_no_more_hashes_run_at_once_than_are_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, running, most = Passwords(at_once=2, waiting=8, patience=30), 0, 0
    lock = threading.Lock()

    def slow(self: Argon2Hasher, password: bytes, known: str) -> bool:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.02)
        with lock:
            running -= 1
        return False

    monkeypatch.setattr(Argon2Hasher, "verify", slow)
    people = [threading.Thread(target=passwords.burn, args=(DEAR,)) for _ in range(10)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    assert most == 2


def test_who_would_wait_too_long_is_told_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, begun, go_on = Passwords(at_once=1, patience=0.01), threading.Event(), threading.Event()

    def stuck(self: Argon2Hasher, password: bytes, known: str) -> bool:
        begun.set()
        return go_on.wait(10)

    monkeypatch.setattr(Argon2Hasher, "verify", stuck)
    first = threading.Thread(target=passwords.burn, args=(DEAR,))
    first.start()
    assert begun.wait(10)
    with pytest.raises(TooBusy) as told:
        passwords.burn(DEAR)
    assert told.value.retry_after > 0
    go_on.set()
    first.join()
    passwords.burn(DEAR)  # the turn was given back


def test_who_finds_the_line_full_is_refused_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords, go_on, lock, inside = (
        Passwords(at_once=1, waiting=2, patience=30),
        threading.Event(),
        threading.Lock(),
        [],
    )
    refused: list[float] = []

    def stuck(self: Argon2Hasher, password: bytes, known: str) -> bool:
        return go_on.wait(10)

    def knock() -> None:
        began = time.perf_counter()
        try:
            passwords.burn(DEAR)
        except TooBusy:
            with lock:
                refused.append(time.perf_counter() - began)
        else:
            with lock:
                inside.append(1)

    monkeypatch.setattr(Argon2Hasher, "verify", stuck)
    people = [threading.Thread(target=knock) for _ in range(10)]
    for person in people:
        person.start()
    for _wait in range(1000):
        if len(refused) == 7:
            break
        time.sleep(0.005)
    go_on.set()
    for person in people:
        person.join()
    assert (len(refused), len(inside)) == (7, 3)
    assert max(refused) < 5  # nobody of them stood in line
    passwords.burn(DEAR)  # every place was given back


def test_a_turn_is_given_back_when_a_check_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    passwords = Passwords(at_once=1, patience=0.01)

    def broken(self: Argon2Hasher, password: bytes, known: str) -> bool:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(Argon2Hasher, "verify", broken)
        with pytest.raises(MemoryError):
            passwords.burn(DEAR)
    passwords.burn(DEAR)


# One-time codes. The secret and the codes are RFC 6238's own (appendix B, SHA-1), the last six of the eight digits.

RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
RFC_VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


def instant(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "code"), RFC_VECTORS)
def test_the_codes_of_rfc_6238_are_accepted_at_their_step(seconds: int, code: str) -> None:
    assert totp_step(RFC_SECRET, code, instant(seconds), None, window=0) == seconds // 30


def test_a_code_is_accepted_one_step_early_and_late_and_no_further() -> None:
    code, step = "050471", 37037037
    for off, accepted in ((-2, None), (-1, step), (0, step), (1, step), (2, None)):
        assert totp_step(RFC_SECRET, code, instant(30 * (step - off) + 15), None) == accepted


def test_a_code_works_once_and_an_older_one_never_after_a_newer_one() -> None:
    at, code = instant(1111111109), "081804"
    step = totp_step(RFC_SECRET, code, at, None)
    assert step == 37037036
    assert totp_step(RFC_SECRET, code, at, step) is None
    assert totp_step(RFC_SECRET, code, at, step + 1) is None
    assert totp_step(RFC_SECRET, code, at, step - 1) == step
    assert totp_step(RFC_SECRET, "050471", at, step) == step + 1


@pytest.mark.parametrize(
    "typed", ["081 804", " 081804\n", "081-804", "08 18 04", "０８１８０４", "٠٨١٨٠٤", "081\u00a0804"]
)
def test_a_code_may_be_typed_the_way_people_type_it(typed: str) -> None:
    at = instant(1111111109)
    assert totp_step(RFC_SECRET, typed, at, None) == 37037036
    assert totp_step(RFC_SECRET, typed, at, 37037036) is None


@pytest.mark.parametrize(
    "typed", ["", "81804", "0818040", "81804.0", "0x1804", "abcdef", "½81804", "0" * 10000, "😀" * 6]
)
def test_what_is_no_code_is_refused(typed: str) -> None:
    assert totp_step(RFC_SECRET, typed, instant(1111111109), None) is None


def test_an_instant_without_a_time_zone_is_our_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        totp_step(RFC_SECRET, "081804", datetime(2026, 1, 1), None)  # noqa: DTZ001


def test_the_first_moments_of_1970_have_no_step_before_them() -> None:
    assert totp_step(RFC_SECRET, "755224", instant(0), None) == 0


def test_an_authenticator_app_learns_who_and_where() -> None:
    parts = urlsplit(totp_uri(RFC_SECRET, "amina@patients.example", "Procerus Skin Care"))
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Procerus%20Skin%20Care:amina%40patients.example"
    assert parse_qs(parts.query) == {"secret": [RFC_SECRET], "issuer": ["Procerus Skin Care"]}
