"""Passkeys as the browser knows them (WebAuthn): what a device is asked, and whether what it answers is right.

Why so: docs/decisions/0062-passkeys.md.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, parse_authentication_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal.domain.errors import Invalid
from portal.domain.words import _

MILLISECONDS = 5 * 60 * 1000
LONGEST_ANSWER = 20_000  # signs; a real one has about 1,500
_MALFORMED = (WebAuthnException, ValueError, KeyError, TypeError, IndexError, AttributeError, NotImplementedError)


class Passkeys:
    """Asks and checks for the portal at ``base_url``: its host is the party a passkey is made for, it is the origin.

    A host that is an address has no passkeys; this machine's own is then known by its name.
    """

    def __init__(self, base_url: str, clinic: str) -> None:
        parts = urlsplit(base_url)
        self.host = _named(parts.hostname or "localhost")
        self._origin = f"{parts.scheme}://{self.host}" + (f":{parts.port}" if parts.port else "")
        self._clinic = clinic

    def to_make(self, challenge: bytes, owner: bytes, email: str, name: str, known: Sequence[bytes]) -> str:
        """The options, as JSON, for a new passkey of ``owner``, on none of the devices she has used (``known``)."""
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name=self._clinic,
            user_id=owner,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            timeout=MILLISECONDS,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
        )
        return webauthn.options_to_json(options)

    def made(self, challenge: bytes, answer: str) -> tuple[bytes, bytes, int]:
        """(key's name, its public half, how often it was used) of a new passkey. Raises Invalid."""
        with _refused():
            made = webauthn.verify_registration_response(
                credential=_short(answer),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
        return made.credential_id, made.credential_public_key, made.sign_count

    def to_sign(self, challenge: bytes, known: Sequence[bytes]) -> str:
        """The options, as JSON, for a signature by one of ``known``; by any passkey of this portal without them."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=challenge,
            timeout=MILLISECONDS,
            allow_credentials=[PublicKeyCredentialDescriptor(id=each) for each in known],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return webauthn.options_to_json(options)

    def named(self, answer: str) -> bytes:
        """Which passkey an answer says it is of. Raises Invalid."""
        with _refused():
            return base64url_to_bytes(parse_authentication_credential_json(_short(answer)).id)

    def signed(self, challenge: bytes, answer: str, public_key: bytes) -> int:
        """The device's own count of uses, once its signature is right. Raises Invalid.

        Whether the count may be so is not asked here: it is believed only when the signature was right.
        """
        with _refused():
            signed = webauthn.verify_authentication_response(
                credential=_short(answer),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self._origin,
                credential_public_key=public_key,
                credential_current_sign_count=0,
                require_user_verification=True,
            )
        return signed.new_sign_count


def _named(host: str) -> str:
    try:
        return "localhost" if ip_address(host).is_loopback else host
    except ValueError:
        return host


def _short(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any device answers")
    return answer


@contextmanager
def _refused() -> Iterator[None]:
    try:
        yield
    except _MALFORMED as fault:
        raise Invalid(_("This passkey could not be used here. Try again, or use another way."), "passkey") from fault
