"""Keys and sealing: one data key per owner under the clinic's master keys, AES-256-GCM, every text pinned to its row.

The formats, why they are what they are and how keys are rotated: docs/decisions/0011-keys-and-sealing.md.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from portal.domain.errors import Invalid
from portal.domain.words import _

KEY_BYTES = 32
SEGMENT_BYTES = 256 * 1024

_VERSION = b"\x01"
_KEY_ID_BYTES = 4
_NONCE_BYTES = 12
_TAG_BYTES = 16
_SALT_BYTES = 32
_SEALED_SEGMENT_BYTES = SEGMENT_BYTES + _TAG_BYTES

_DATA_KEY = b"portal/data-key"
_SECRET = b"portal/secret"
_FIELD = b"portal/field"
_STREAM = b"portal/stream"
_KEY_ID = b"portal/key-id"


class Unreadable(Exception):
    """What was to be opened is not what was sealed here: the one answer to every cause, so that it tells nothing."""

    def __init__(self) -> None:
        super().__init__("sealed data could not be opened")


def key_id(key: bytes) -> bytes:
    """The four bytes by which a key is named in front of what it sealed (a digest, not a part of the key)."""
    return sha256(_KEY_ID + key).digest()[:_KEY_ID_BYTES]


class Vault:
    """Wraps data keys and secrets under the master keys, and seals what belongs to an owner under the owner's key.

    ``pin`` is the place a sealed value belongs to, such as ``letters/body/<row id>``: opened under another pin it is
    Unreadable. ``owner`` pins a wrapped key in the same way. Every method that opens raises Unreadable, nothing else.
    """

    def __init__(self, master_keys: Sequence[bytes]) -> None:
        if not master_keys or any(len(key) != KEY_BYTES for key in master_keys):
            raise Invalid(_("The portal needs at least one master key of 32 bytes: check PORTAL_MASTER_KEYS."))
        self._masters = {key_id(key): key for key in master_keys}
        if len(self._masters) != len(master_keys):
            raise Invalid(_("The same master key is listed twice: check PORTAL_MASTER_KEYS."))
        self._newest = key_id(master_keys[0])

    @property
    def key_ids(self) -> tuple[str, ...]:
        """The master keys at hand, newest first, by the names that may be shown."""
        return tuple(name.hex() for name in self._masters)

    # Data keys

    def new_key(self, owner: str) -> bytes:
        """A fresh 256-bit data key for ``owner``, wrapped by the newest master key, ready to be stored."""
        return self._under_master(_DATA_KEY, secrets.token_bytes(KEY_BYTES), owner)

    def unwrap(self, wrapped: bytes, owner: str) -> bytes:
        """The data key itself; keep it no longer than the work in hand."""
        return self._from_master(_DATA_KEY, wrapped, owner)

    def rewrap(self, wrapped: bytes, owner: str) -> bytes:
        """The same data key under the newest master key; what it sealed stays readable."""
        return self._under_master(_DATA_KEY, self.unwrap(wrapped, owner), owner)

    def is_current(self, wrapped: bytes) -> bool:
        """Whether a wrapped key or a sealed secret is already under the newest master key."""
        return wrapped[1 : 1 + _KEY_ID_BYTES] == self._newest

    # Secrets of the portal itself, such as the secret behind one-time codes

    def seal_secret(self, plain: bytes, pin: str) -> bytes:
        return self._under_master(_SECRET, plain, pin)

    def open_secret(self, sealed: bytes, pin: str) -> bytes:
        return self._from_master(_SECRET, sealed, pin)

    def reseal_secret(self, sealed: bytes, pin: str) -> bytes:
        """The same secret under the newest master key."""
        return self.seal_secret(self.open_secret(sealed, pin), pin)

    def _under_master(self, purpose: bytes, plain: bytes, pin: str) -> bytes:
        return _seal(_derived(self._masters[self._newest], purpose), _VERSION + self._newest, purpose, plain, pin)

    def _from_master(self, purpose: bytes, sealed: bytes, pin: str) -> bytes:
        master = self._masters.get(sealed[1 : 1 + _KEY_ID_BYTES])
        if master is None:
            raise Unreadable
        return _open(_derived(master, purpose), _VERSION + key_id(master), purpose, sealed, pin)

    # What belongs to an owner, under the owner's data key

    def seal(self, key: bytes, plain: bytes, pin: str) -> bytes:
        """Version byte, key id, random 96-bit nonce, ciphertext and tag."""
        return _seal(key, _VERSION + key_id(key), _FIELD, plain, pin)

    def open(self, key: bytes, sealed: bytes, pin: str) -> bytes:
        return _open(key, _VERSION + key_id(key), _FIELD, sealed, pin)

    def seal_stream(self, key: bytes, chunks: Iterable[bytes], pin: str) -> Iterator[bytes]:
        """Seal any amount in constant memory: a head (version, key id, salt), then segments of 256 KiB.

        Each segment's nonce is its number and whether it is the last, under a key made for this stream alone, so a
        segment that is left out, moved, repeated or cut off is found.
        """
        salt = secrets.token_bytes(_SALT_BYTES)
        head = _VERSION + key_id(key) + salt
        cipher, bound = AESGCM(_derived(key, _STREAM, salt)), _bound(_STREAM, head, pin)
        yield head
        for number, segment, last in _segments(chunks, SEGMENT_BYTES):
            yield cipher.encrypt(_counter(number, last), segment, bound)

    def open_stream(self, key: bytes, chunks: Iterable[bytes], pin: str) -> Iterator[bytes]:
        """Undo ``seal_stream``, whatever the sizes of ``chunks``.

        Every yielded part is genuine and in its place, but only when the iterator has ended is the whole complete:
        what is cut short raises Unreadable at the end.
        """
        head, rest = _head(chunks, 1 + _KEY_ID_BYTES + _SALT_BYTES)
        if head[: 1 + _KEY_ID_BYTES] != _VERSION + key_id(key):
            raise Unreadable
        salt = head[1 + _KEY_ID_BYTES :]
        cipher, bound = AESGCM(_derived(key, _STREAM, salt)), _bound(_STREAM, head, pin)
        for number, segment, last in _segments(rest, _SEALED_SEGMENT_BYTES):
            yield _decrypt(cipher, _counter(number, last), segment, bound)


def _seal(key: bytes, head: bytes, purpose: bytes, plain: bytes, pin: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, _bound(purpose, head, pin))


def _open(key: bytes, head: bytes, purpose: bytes, sealed: bytes, pin: str) -> bytes:
    body = len(head) + _NONCE_BYTES
    if sealed[: len(head)] != head or len(sealed) < body + _TAG_BYTES:
        raise Unreadable
    return _decrypt(AESGCM(key), sealed[len(head) : body], sealed[body:], _bound(purpose, head, pin))


def _decrypt(cipher: AESGCM, nonce: bytes, data: bytes, bound: bytes) -> bytes:
    if len(data) < _TAG_BYTES:
        raise Unreadable
    try:
        return cipher.decrypt(nonce, data, bound)
    except InvalidTag:
        raise Unreadable from None


def _bound(purpose: bytes, head: bytes, pin: str) -> bytes:
    """Associated data that no other purpose, head and pin can spell: the lengths stand before the parts."""
    return len(purpose).to_bytes(2) + len(head).to_bytes(2) + purpose + head + pin.encode()


def _derived(key: bytes, purpose: bytes, salt: bytes | None = None) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=purpose).derive(key)


def _counter(number: int, last: bool) -> bytes:
    return number.to_bytes(_NONCE_BYTES - 1) + bytes([last])


def _segments(chunks: Iterable[bytes], size: int) -> Iterator[tuple[int, bytes, bool]]:
    """The same bytes cut into pieces of ``size``, numbered; the last (possibly empty or short) piece is marked."""
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > size:
            yield number, bytes(held[:size]), False
            del held[:size]
            number += 1
    yield number, bytes(held), True


def _head(chunks: Iterable[bytes], size: int) -> tuple[bytes, Iterator[bytes]]:
    """The first ``size`` bytes, and the rest as it comes."""
    source, head = iter(chunks), bytearray()
    while len(head) < size:
        chunk = next(source, None)
        if chunk is None:
            raise Unreadable
        head += chunk
    return bytes(head[:size]), _after(bytes(head[size:]), source)


def _after(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest
