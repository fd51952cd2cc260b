"""A provider's word is taken only when everything about it fits; the provider is asked at its own origin only."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from portal.adapters.oidc import Provider
from portal.adapters.oidc.keys import Keys
from portal.adapters.oidc.line import Line
from portal.adapters.oidc.words import Expected, proven
from portal.domain.providers import Arrival, OutOfReach, Unproven
from tests.conftest import Clockwork
from tests.providers import hostile as wicked
from tests.providers.hostile import CLIENT, EC, PUBLIC, RSA, STRANGER, Hostile

BACK = "http://127.0.0.1:8000/sign-in/oidc/card/callback"
STRONG = "urn:example:two"


class Ticks:
    """A watch that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def there(clock: Clockwork) -> Iterator[Hostile]:
    with wicked.hostile(clock) as provider:
        yield provider


def ours(there: Hostile, **more: Any) -> Provider:
    return Provider(there.settings(**more), seconds=1.0)


def round_trip(there: Hostile, clock: Clockwork, provider: Provider | None = None, **answer: str | None) -> Arrival:
    provider = provider or ours(there)
    left = provider.depart(BACK)
    return provider.arrive(left.secret, there.visited(left.address, **answer), BACK, clock.at)


def refused(there: Hostile, clock: Clockwork, **answer: str | None) -> str:
    with pytest.raises(Unproven) as no:
        round_trip(there, clock, **answer)
    return no.value.reason


def test_who_comes_back_is_known_by_her_subject(there: Hostile, clock: Clockwork) -> None:
    arrival = round_trip(there, clock)
    assert (arrival.subject, arrival.strong) == ("subject-1", False)
    assert arrival.id_token.count(".") == 2


def test_a_browser_leaves_with_state_nonce_and_challenge_of_its_own(there: Hostile) -> None:
    provider = ours(there, acr=(STRONG,))
    one, two = (parse_qs(urlsplit(provider.depart(BACK).address).query) for _time in range(2))
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name][0]) >= 43
        assert one[name] != two[name]
    assert one["code_challenge_method"] == ["S256"]
    assert (one["response_type"], one["scope"], one["client_id"]) == (["code"], ["openid"], [CLIENT])
    assert (one["redirect_uri"], one["acr_values"], one["max_age"]) == ([BACK], [STRONG], ["900"])
    assert "prompt" not in one
    assert parse_qs(urlsplit(provider.depart(BACK, again=True).address).query)["prompt"] == ["login"]


@pytest.mark.parametrize("algorithm", ["RS256", "PS256", "ES256"])
def test_a_word_may_be_signed_in_each_way_that_only_the_provider_can(
    there: Hostile, clock: Clockwork, algorithm: str
) -> None:
    there.document["id_token_signing_alg_values_supported"] = [algorithm]
    there.key, there.header = (EC, {}) if algorithm == "ES256" else (RSA, {"alg": algorithm, "kid": "rsa"})
    assert round_trip(there, clock).subject == "subject-1"


def breaks(**changes: Any) -> Callable[[Hostile], None]:
    def act(there: Hostile) -> None:
        for name, value in changes.items():
            setattr(there, name, value)

    return act


def claims(**changes: Any) -> Callable[[Hostile], None]:
    return breaks(claims=changes)


def minutes_ago(number: int) -> Callable[[Hostile], None]:
    def act(there: Hostile) -> None:
        now = int(there.now().timestamp())
        there.claims = {"iat": now - 60 * number, "exp": now - 60 * number + 300}

    return act


def spoken(seconds: int, **more: Any) -> Callable[[Hostile], None]:
    def act(there: Hostile) -> None:
        there.claims = {"iat": int(there.now().timestamp()) + seconds, **more}

    return act


WRONG_WORDS = {
    "nobody signed it": breaks(speak=wicked.unsigned),
    "no signature, but a name of one": breaks(speak=wicked.stripped),
    "HS256 with the public key": breaks(speak=wicked.signed_with_the_public_key),
    "HS256 with our own secret": breaks(speak=wicked.signed_with_our_secret),
    "HS256, and the provider says it is so": breaks(
        speak=wicked.signed_with_our_secret, document={"id_token_signing_alg_values_supported": ["HS256", "ES256"]}
    ),
    "a stranger signed it": breaks(speak=wicked.by_a_stranger),
    "a stranger signed it, whose key it carries": breaks(speak=wicked.with_its_own_key),
    "it says where its key is": breaks(header={"jku": "https://elsewhere.example/keys"}),
    "it asks for a rule we do not know": breaks(speak=wicked.asking_for_more),
    "a claim was changed": breaks(speak=wicked.bent),
    "a key nobody knows": breaks(header={"kid": "another"}),
    "no key named where there is a choice": breaks(
        header={"kid": None}, public=[*PUBLIC, {**STRANGER.as_dict(private=False), "kid": "other"}]
    ),
    "a key meant for something else": breaks(public=[{**PUBLIC[0], "use": "enc"}]),
    "a key meant for another algorithm": breaks(public=[{**PUBLIC[0], "alg": "ES384"}]),
    "an algorithm the provider does not use": breaks(document={"id_token_signing_alg_values_supported": ["RS256"]}),
    "no word of who it is, but of what may be done": breaks(header={"typ": "at+jwt"}),
    "another issuer": claims(iss="https://elsewhere.example"),
    "no issuer": claims(iss=None),
    "meant for another": claims(aud="somebody-else"),
    "meant for others too, and given to one of them": claims(aud=[CLIENT, "somebody-else"], azp="somebody-else"),
    "meant for others too, and given to nobody": claims(aud=[CLIENT, "somebody-else"]),
    "given to another": claims(azp="somebody-else"),
    "meant for nobody": claims(aud=None),
    "run out": minutes_ago(6),
    "never runs out": claims(exp=None),
    "runs out at no time": claims(exp="tomorrow"),
    "spoken long ago": spoken(-700),
    "spoken tomorrow": spoken(86400, exp=4102444800),
    "spoken at no time": claims(iat=None),
    "not valid yet": claims(nbf=4102444800),
    "another question's nonce": claims(nonce="another"),
    "no nonce": claims(nonce=None),
    "about nobody": claims(sub=None),
    "about an empty name": claims(sub=""),
    "about a name too long": claims(sub="s" * 256),
    "about a name with signs no database takes": claims(sub="s\0"),
    "about a name that is none": claims(sub=["subject-1"]),
    "another access token's": claims(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "no word at all": breaks(token={"id_token": None}),
    "a word that is none": breaks(token={"id_token": "a.b"}),
    "a word that is no text": breaks(token={"id_token": {"sub": "subject-1"}}),
    "a word too long": breaks(token={"id_token": "x" * 40_000}),
    "a token of another kind": breaks(token={"token_type": "mac"}),
}


@pytest.mark.parametrize("wrong", WRONG_WORDS)
def test_a_wrong_word_is_not_taken(there: Hostile, clock: Clockwork, wrong: str) -> None:
    WRONG_WORDS[wrong](there)
    assert refused(there, clock) in {
        "algorithm", "header", "signature", "unknown key", "claims", "no ID token", "code",
    }  # fmt: skip


def test_not_one_sign_of_a_word_may_be_another(there: Hostile, clock: Clockwork) -> None:
    now = int(clock.at.timestamp())
    said = {"iss": there.issuer, "sub": "s", "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": "n"}
    word = there.signed({"alg": "ES256", "kid": "ec"}, said)
    expected = Expected(there.issuer, CLIENT, "n", frozenset({"ES256", "RS256"}))
    keys = Keys(lambda: {"keys": PUBLIC})
    assert proven(word, None, expected, keys, clock.at)["sub"] == "s"
    for at, sign in enumerate(word):
        for other in {"A", "B", "_", ".", "=", "+", " "} - {sign}:
            with pytest.raises(Unproven):
                proven(word[:at] + other + word[at + 1 :], None, expected, keys, clock.at)


def test_clocks_may_differ_by_half_a_minute(there: Hostile, clock: Clockwork) -> None:
    spoken(25)(there)
    assert round_trip(there, clock).subject == "subject-1"


def test_one_of_several_receivers_may_be_named_as_the_one_it_was_given_to(there: Hostile, clock: Clockwork) -> None:
    there.claims = {"aud": [CLIENT, "somebody-else"], "azp": CLIENT}
    assert round_trip(there, clock).subject == "subject-1"


WRONG_ANSWERS: dict[str, dict[str, str | None]] = {
    "from another issuer": {"iss": "https://elsewhere.example"},
    "from nobody, though this one says who it is": {"iss": None},
    "without a code": {"code": None},
    "with a code nobody gave": {"code": "made-up"},
    "with a code longer than any": {"code": "x" * 5000},
    "saying no": {"error": "access_denied"},
}


@pytest.mark.parametrize("wrong", WRONG_ANSWERS)
def test_a_browser_that_brings_the_wrong_answer_proves_nothing(there: Hostile, clock: Clockwork, wrong: str) -> None:
    assert refused(there, clock, **WRONG_ANSWERS[wrong]) in {"another issuer", "no code", "code", "refused there"}


def test_a_code_is_good_for_the_browser_that_asked_for_it_alone(there: Hostile, clock: Clockwork) -> None:
    """Taken from her, and given to another trip: the verifier does not fit; nor would the nonce."""
    provider = ours(there)
    hers, mine = provider.depart(BACK), provider.depart(BACK)
    stolen = there.visited(hers.address)
    with pytest.raises(Unproven, match="code"):
        provider.arrive(mine.secret, stolen, BACK, clock.at)
    there.codes = {code: {**asked, "code_challenge": _challenge(mine.address)} for code, asked in there.codes.items()}
    with pytest.raises(Unproven, match="claims"):
        provider.arrive(mine.secret, stolen, BACK, clock.at)


def _challenge(address: str) -> str:
    return parse_qs(urlsplit(address).query)["code_challenge"][0]


def test_two_proofs_are_believed_of_the_right_kind_and_a_fresh_one(there: Hostile, clock: Clockwork) -> None:
    now = int(clock.at.timestamp())
    for said, strong in (
        ({"acr": STRONG}, True),
        ({"acr": "urn:example:one"}, False),
        ({"acr": [STRONG]}, False),
        ({}, False),
        ({"acr": STRONG, "auth_time": None}, False),
        ({"acr": STRONG, "auth_time": now - 7200}, False),
        ({"acr": STRONG, "auth_time": now + 7200}, False),
        ({"acr": STRONG, "auth_time": True}, False),
    ):
        there.claims = said
        assert round_trip(there, clock, ours(there, acr=(STRONG,))).strong is strong, said
    there.claims = {"acr": STRONG}
    assert round_trip(there, clock).strong is False


def describes(**changes: Any) -> Callable[[Hostile], None]:
    return breaks(document=changes)


WRONG_DESCRIPTIONS = {
    "of another issuer": describes(issuer="https://elsewhere.example"),
    "of nearly the same issuer": lambda there: there.document.update(issuer=there.issuer + "/"),
    "with keys elsewhere": describes(jwks_uri="http://127.0.0.1:1/keys"),
    "with keys at a name for this machine": lambda there: there.document.update(
        jwks_uri=there.issuer.replace("127.0.0.1", "localhost") + "/keys"
    ),
    "with codes to be taken elsewhere": describes(token_endpoint="http://169.254.169.254/latest/meta-data"),
    "with a door elsewhere": describes(authorization_endpoint="https://elsewhere.example/sign-in"),
    "with no door": describes(authorization_endpoint=None),
    "with a door behind a name": lambda there: there.document.update(
        token_endpoint=there.issuer.replace("http://", "http://elsewhere.example@") + "/token"
    ),
    "that knows no safe challenge": describes(code_challenge_methods_supported=["plain"]),
    "that signs with nothing we take": describes(id_token_signing_alg_values_supported=["none", "HS256"]),
    "that lies elsewhere": breaks(instead={"configuration": wicked.redirecting("http://127.0.0.1:1/")}),
    "that has no end": breaks(instead={"configuration": wicked.huge}),
    "that comes a byte at a time": breaks(instead={"configuration": wicked.dripping}),
    "that is a pit": breaks(instead={"configuration": wicked.deep}),
    "that is none": lambda there: there.server.server_close(),
}


@pytest.mark.parametrize("wrong", WRONG_DESCRIPTIONS)
def test_a_provider_that_describes_itself_wrongly_is_not_used(there: Hostile, clock: Clockwork, wrong: str) -> None:
    WRONG_DESCRIPTIONS[wrong](there)
    began = time.monotonic()
    with pytest.raises(OutOfReach):
        ours(there).depart(BACK)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("place", ["keys", "token"])
@pytest.mark.parametrize("act", [wicked.huge, wicked.dripping, wicked.deep, wicked.redirecting("http://127.0.0.1:1/")])
def test_no_answer_is_waited_for_without_end_nor_followed(
    there: Hostile, clock: Clockwork, place: str, act: Any
) -> None:
    there.instead = {place: act}
    with pytest.raises(OutOfReach):
        round_trip(there, clock)


def test_a_provider_that_failed_is_left_in_peace_for_a_moment(there: Hostile) -> None:
    ticks = Ticks()
    provider = Provider(there.settings(), ticks=ticks)
    there.document = {"issuer": "https://elsewhere.example"}
    for _time in range(3):
        with pytest.raises(OutOfReach):
            provider.check()
    assert len(there.asked) == 1
    ticks.at += 6
    there.document = {}
    provider.check()
    assert len(there.asked) == 2


def test_a_new_key_is_looked_for_but_not_at_every_strange_name(there: Hostile, clock: Clockwork) -> None:
    ticks = Ticks()
    provider = Provider(there.settings(), ticks=ticks)
    round_trip(there, clock, provider)
    there.key, there.header = STRANGER, {"kid": "new"}
    there.public = [{**STRANGER.as_dict(private=False), "kid": "new"}]
    for _time in range(3):
        with pytest.raises(Unproven, match="unknown key"):
            round_trip(there, clock, provider)
    assert there.asked.count("/keys") == 1
    ticks.at += 61
    assert round_trip(there, clock, provider).subject == "subject-1"
    assert there.asked.count("/keys") == 2


def test_short_keys_and_keys_of_other_kinds_are_passed_over(there: Hostile, clock: Clockwork) -> None:
    short = {"kty": "RSA", "kid": "rsa", "n": "x" * 100, "e": "AQAB"}
    there.public = [short, {"kty": "oct", "k": "aaaa"}, {"kty": "XYZ"}, "no key", {"kty": "EC"}, *PUBLIC]  # type: ignore[list-item]
    assert round_trip(there, clock).subject == "subject-1"
    there.public, there.header, there.key = [short], {"alg": "RS256", "kid": "rsa"}, RSA
    assert refused(there, clock) == "unknown key"


def test_a_provider_that_takes_the_secret_in_the_form_gets_it_there(there: Hostile, clock: Clockwork) -> None:
    there.document = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert refused(there, clock) == "code"  # this one wants it in the head all the same
    there._is_ours = lambda form, head: head == "" and form["client_secret"] == wicked.SECRET  # type: ignore[method-assign]
    assert round_trip(there, clock).subject == "subject-1"


def test_one_signs_out_there_by_the_word_one_came_with(there: Hostile) -> None:
    address = ours(there).sign_out("a.b.c", "http://127.0.0.1:8000/")
    asked = parse_qs(urlsplit(address or "").query)
    assert (address or "").startswith(f"{there.issuer}/end_session?")
    assert asked["id_token_hint"] == ["a.b.c"]
    assert asked["post_logout_redirect_uri"] == ["http://127.0.0.1:8000/"]
    assert "id_token_hint" not in (ours(there).sign_out("x" * 9000, "http://127.0.0.1:8000/") or "")
    there.document = {"end_session_endpoint": "https://elsewhere.example/out"}
    assert ours(there).sign_out("a.b.c", "http://127.0.0.1:8000/") is None


def test_a_provider_without_sign_out_leaves_no_word_to_keep(there: Hostile, clock: Clockwork) -> None:
    there.document = {"end_session_endpoint": None}
    assert round_trip(there, clock).id_token == ""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate for this machine that nobody vouches for, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "both.pem").write_bytes(secret + made.public_bytes(Encoding.PEM))
    (tmp_path / "public.pem").write_bytes(made.public_bytes(Encoding.PEM))
    return tmp_path


def test_a_provider_nobody_vouches_for_is_told_nothing(
    certificate: Path, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "both.pem")
    with wicked.hostile(clock, tls=tls) as there:
        with pytest.raises(OutOfReach):
            round_trip(there, clock)
        assert there.asked == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "public.pem"))
        assert round_trip(there, clock).subject == "subject-1"


def test_a_handshake_that_never_ends_is_cut() -> None:
    """A byte now and then, of a record that is said to be long."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            with suppress(OSError):
                other, _address = server.accept()
                with other:
                    other.sendall(b"\x16\x03\x03\x3f\xff")
                    for _byte in range(200):
                        other.sendall(b"\x02")
                        time.sleep(0.05)

        dripping = threading.Thread(target=drip, daemon=True)
        dripping.start()
        began = time.monotonic()
        with pytest.raises(OutOfReach):
            Line(f"https://127.0.0.1:{server.getsockname()[1]}", seconds=0.5).get(
                f"https://127.0.0.1:{server.getsockname()[1]}/"
            )
        assert time.monotonic() - began < 5
        dripping.join()


def test_only_plainly_written_addresses_at_the_issuers_origin_are_its_own() -> None:
    line = Line("https://id.example/realm")
    assert line.owns("https://id.example/token")
    assert line.owns("https://ID.example:443/token?x=1")
    for foreign in (
        "http://id.example/token", "https://id.example:444/", "https://id.example.evil.example/", "//id.example/",
        "https://me@id.example/", "https://id.example\\@evil.example/", "https://id.example/ x", "https://[id/",
        "https://id.example/\n", "https://id.example/#x", "https://id.example:x/", None, 7,
    ):  # fmt: skip
        assert not line.owns(foreign), foreign
