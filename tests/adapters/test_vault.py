"""Keys and sealing: what was sealed comes back for the right key in the right place, and for nothing else."""

import secrets
from base64 import b64decode
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.adapters import vault as vault_module
from portal.adapters.vault import SEGMENT_BYTES, Unreadable, Vault, key_id
from portal.domain.errors import Invalid

OLD, NEW = bytes(range(32)), bytes(range(32, 64))
VAULT = Vault([NEW])
KEY = VAULT.unwrap(VAULT.new_key("patient/1"), "patient/1")
PIN = "letters/body/1"

# Made by the first version of the format, under OLD: what lies in databases and stores must open for ever.
KEPT_KEY = bytes(range(64, 96))
KEPT_WRAPPED = "AcljcyZT/lT7KzNknrU9H9xwer3fMKgfJFZCoM8siGMPPjXFGgSkbEWBM8dUofjyjqD5uZF0Ef57GAR0AnIiD9I="
KEPT_FIELD = "AaqClXVWyyFE2I2pl7IRGjpyNs++FwZQUJPrR/iNxmNiiU9SG+UFnv+dfBctzdgS33k7uU1d"
KEPT_STREAM = "AaqClXVBUSlcN1mpyIv+vmmlYPfn19gOHt/1OEk7HbZlVTrSkuHy/Bpa1HIkkKUKj72wSW18341vBV4="
KEPT_SECRET = "AcljcyacEWW3NEo8sXBrc1L3tSfzjZx5rTvKM3yJcbb9KkFCGxhOrmJmX8mtv1ZqrQ=="


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


@given(plain=st.binary(max_size=2000), pin=st.text(st.characters(codec="utf-8")))
def test_what_is_sealed_opens_under_the_same_key_and_pin(plain: bytes, pin: str) -> None:
    assert VAULT.open(KEY, VAULT.seal(KEY, plain, pin), pin) == plain


@given(st.data())
def test_a_change_to_any_byte_makes_it_unreadable(data: st.DataObject) -> None:
    sealed = VAULT.seal(KEY, data.draw(st.binary(max_size=60)), PIN)
    at = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(Unreadable):
        VAULT.open(KEY, changed(sealed, at), PIN)


@given(st.binary(max_size=100))
def test_what_was_never_sealed_is_unreadable(noise: bytes) -> None:
    for attempt in (VAULT.open, lambda key, data, pin: list(VAULT.open_stream(key, [data], pin))):
        with pytest.raises(Unreadable):
            attempt(KEY, noise, PIN)
    with pytest.raises(Unreadable):
        VAULT.unwrap(noise, "patient/1")
    with pytest.raises(Unreadable):
        VAULT.open_secret(noise, PIN)


@pytest.mark.parametrize("cut", range(0, 38, 3))
def test_what_is_cut_short_is_unreadable(cut: int) -> None:
    with pytest.raises(Unreadable):
        VAULT.open(KEY, VAULT.seal(KEY, b"words", PIN)[:cut], PIN)


@given(pin=st.text(st.characters(codec="utf-8")), other=st.text(st.characters(codec="utf-8")))
def test_a_value_moved_to_another_row_or_column_is_unreadable(pin: str, other: str) -> None:
    sealed = VAULT.seal(KEY, b"words", pin)
    if pin != other:
        with pytest.raises(Unreadable):
            VAULT.open(KEY, sealed, other)


def test_another_patients_key_opens_nothing() -> None:
    other = VAULT.unwrap(VAULT.new_key("patient/2"), "patient/2")
    with pytest.raises(Unreadable):
        VAULT.open(other, VAULT.seal(KEY, b"words", PIN), PIN)


def test_a_wrapped_key_given_to_another_owner_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        VAULT.unwrap(VAULT.new_key("patient/1"), "patient/2")


def test_one_purpose_never_opens_what_another_sealed() -> None:
    secret = VAULT.seal_secret(secrets.token_bytes(32), "same")
    with pytest.raises(Unreadable):
        VAULT.unwrap(secret, "same")
    with pytest.raises(Unreadable):
        VAULT.open_secret(VAULT.new_key("same"), "same")
    with pytest.raises(Unreadable):
        VAULT.open(KEY, b"".join(VAULT.seal_stream(KEY, [b"words"], PIN)), PIN)


def test_every_failure_says_the_same() -> None:
    sealed = VAULT.seal(KEY, b"words", PIN)
    told = set()
    for attempt in (sealed[:3], changed(sealed, 0), changed(sealed, 2), changed(sealed, 8), changed(sealed, -1), b""):
        with pytest.raises(Unreadable) as failure:
            VAULT.open(KEY, attempt, PIN)
        told.add((str(failure.value), failure.value.__cause__))
    assert len(told) == 1


def test_the_same_words_are_never_sealed_alike() -> None:
    assert len({VAULT.seal(KEY, b"words", PIN) for _ in range(200)}) == 200


def test_sealed_data_names_its_format_and_its_key() -> None:
    for sealed in (VAULT.seal(KEY, b"words", PIN), next(iter(VAULT.seal_stream(KEY, [], PIN)))):
        assert sealed[:1] == b"\x01"
        assert sealed[1:5] == key_id(KEY)
    assert VAULT.new_key("patient/1")[1:5] == key_id(NEW)


def test_the_name_of_a_key_is_not_a_part_of_it() -> None:
    assert key_id(KEY) not in KEY
    assert VAULT.key_ids == (key_id(NEW).hex(),)


# Rotation


def test_a_rewrapped_key_still_opens_what_it_sealed_and_needs_only_the_new_master_key() -> None:
    before, both, after = Vault([OLD]), Vault([NEW, OLD]), Vault([NEW])
    wrapped = before.new_key("patient/1")
    sealed = before.seal(before.unwrap(wrapped, "patient/1"), b"words", PIN)
    assert before.is_current(wrapped)
    assert not both.is_current(wrapped)
    renewed = both.rewrap(wrapped, "patient/1")
    assert both.is_current(renewed)
    assert after.open(after.unwrap(renewed, "patient/1"), sealed, PIN) == b"words"
    with pytest.raises(Unreadable):
        after.unwrap(wrapped, "patient/1")


def test_a_resealed_secret_needs_only_the_new_master_key() -> None:
    sealed = Vault([OLD]).seal_secret(b"totp", "accounts/totp/1")
    both = Vault([NEW, OLD])
    renewed = both.reseal_secret(sealed, "accounts/totp/1")
    assert not both.is_current(sealed)
    assert both.is_current(renewed)
    assert Vault([NEW]).open_secret(renewed, "accounts/totp/1") == b"totp"


def test_what_the_first_version_sealed_still_opens() -> None:
    vault = Vault([NEW, OLD])
    assert vault.unwrap(b64decode(KEPT_WRAPPED), "kept") == KEPT_KEY
    assert vault.open(KEPT_KEY, b64decode(KEPT_FIELD), "letters/body/1") == b"Seborrhoeic keratosis"
    assert b"".join(vault.open_stream(KEPT_KEY, [b64decode(KEPT_STREAM)], "files/1")) == b"onetwo"
    assert vault.open_secret(b64decode(KEPT_SECRET), "accounts/totp/1") == b"JBSWY3DPEHPK3PXP"


# Streams


@given(
    parts=st.lists(st.binary(max_size=40), max_size=12),
    step=st.integers(1, 90),
    segment=st.integers(1, 16),
)
@settings(deadline=None)
def test_a_stream_comes_back_however_it_is_cut_up(parts: list[bytes], step: int, segment: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vault_module, "SEGMENT_BYTES", segment)
        patch.setattr(vault_module, "_SEALED_SEGMENT_BYTES", segment + 16)
        sealed = b"".join(VAULT.seal_stream(KEY, parts, PIN))
        again = [sealed[at : at + step] for at in range(0, len(sealed), step)]
        assert b"".join(VAULT.open_stream(KEY, again, PIN)) == b"".join(parts)


HEAD = 1 + 4 + 32
PIECE = SEGMENT_BYTES + 16


def three_segments() -> tuple[bytes, list[bytes]]:
    sealed = b"".join(VAULT.seal_stream(KEY, [b"a" * SEGMENT_BYTES, b"b" * SEGMENT_BYTES, b"end"], PIN))
    return sealed[:HEAD], [sealed[at : at + PIECE] for at in range(HEAD, len(sealed), PIECE)]


def opened(*parts: bytes) -> bytes:
    return b"".join(VAULT.open_stream(KEY, parts, PIN))


def test_a_stream_with_a_segment_left_out_moved_repeated_or_cut_off_is_unreadable() -> None:
    head, (first, second, last) = three_segments()
    assert len(opened(head, first, second, last)) == 2 * SEGMENT_BYTES + 3
    for tampered in (
        [first, second],
        [first],
        [],
        [second, first, last],
        [first, first, second, last],
        [first, last],
        [first, second, last, last],
        [first, second, last[:-1]],
        [first, changed(second, 0), last],
    ):
        with pytest.raises(Unreadable):
            opened(head, *tampered)


def test_segments_of_two_streams_cannot_be_mixed() -> None:
    head, (first, second, last) = three_segments()
    _other_head, (_a, other_second, _b) = three_segments()
    with pytest.raises(Unreadable):
        opened(head, first, other_second, last)
    assert opened(head, first, second, last)


def test_a_stream_under_another_pin_or_key_is_unreadable() -> None:
    sealed = list(VAULT.seal_stream(KEY, [b"words"], PIN))
    for key, pin in ((KEY, "letters/body/2"), (secrets.token_bytes(32), PIN)):
        with pytest.raises(Unreadable):
            list(VAULT.open_stream(key, sealed, pin))


def test_a_stream_is_sealed_and_opened_piece_by_piece() -> None:
    asked = []

    def chunks() -> Iterator[bytes]:
        for number in range(8):
            asked.append(number)
            yield bytes(SEGMENT_BYTES)

    opening = VAULT.open_stream(KEY, VAULT.seal_stream(KEY, chunks(), PIN), PIN)
    next(opening)
    assert len(asked) < 5


@pytest.mark.parametrize("keys", [[], [b"short"], [NEW, NEW], [NEW, OLD[:-1]]])
def test_a_vault_needs_whole_and_different_keys(keys: list[bytes]) -> None:
    with pytest.raises(Invalid, match="PORTAL_MASTER_KEYS"):
        Vault(keys)
