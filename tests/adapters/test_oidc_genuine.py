"""The client and a real provider understand each other: the flow as others wrote it, not as we did."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from http.cookiejar import CookieJar
from urllib.error import HTTPError
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, build_opener

import pytest

from portal.adapters.oidc import Provider
from portal.domain.providers import Unproven
from tests.providers.genuine import STRONG, Genuine, genuine

BACK = "http://127.0.0.1:8000/sign-in/oidc/card/callback"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def there() -> Iterator[Genuine]:
    with genuine() as provider:
        yield provider


class Stay(HTTPRedirectHandler):
    """Follows nothing, so that each step is seen."""

    def redirect_request(self, *_arguments: object) -> None:
        return None


class Browser:
    """Follows the provider's redirects and signs in, until it is sent back to the portal."""

    def __init__(self) -> None:
        jar = CookieJar()
        self.opener = build_opener(HTTPCookieProcessor(jar), Stay)
        self.asked = 0  # how often it was asked to sign in

    def asks(self, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """(where it is sent on, the page)."""
        data = urlencode(form).encode() if form is not None else None
        try:
            with self.opener.open(address, data, 10) as answer:
                return "", answer.read().decode()
        except HTTPError as moved:
            with moved:
                if moved.code not in (302, 303):
                    raise
                return urljoin(address, moved.headers["Location"]), ""

    def signs_in(self, address: str, name: str, two: bool = False) -> dict[str, str]:
        """The fields with which it is sent back."""
        at, form = address, None
        while not at.startswith("http://127.0.0.1:"):
            to, page = self.asks(at, form)
            form = None
            if page:
                assert "Sign in there" in page
                self.asked += 1
                form = {"name": name, **({"two": "on"} if two else {})}
            at = to or at
        return dict(parse_qsl(urlsplit(at).query))


def now() -> datetime:
    return datetime.now(UTC)


def test_who_signs_in_there_is_known_here(there: Genuine) -> None:
    provider = Provider(there.settings())
    left = provider.depart(BACK)
    answer = Browser().signs_in(left.address, "mei-there")
    assert answer["iss"] == there.issuer
    assert answer["state"] == left.state
    arrival = provider.arrive(left.secret, answer, BACK, now())
    assert (arrival.subject, arrival.strong) == ("mei-there", False)
    with pytest.raises(Unproven, match="code"):
        provider.arrive(left.secret, answer, BACK, now())


def test_two_proofs_there_are_told(there: Genuine) -> None:
    provider = Provider(there.settings(acr=(STRONG,)))
    for two in (False, True):
        left = provider.depart(BACK, again=True)
        arrival = provider.arrive(left.secret, Browser().signs_in(left.address, "femi", two), BACK, now())
        assert arrival.strong is two


def test_who_was_signed_in_there_already_may_be_asked_again(there: Genuine) -> None:
    provider, browser = Provider(there.settings()), Browser()
    browser.signs_in(provider.depart(BACK).address, "mei-there")
    for again, asked in ((False, 1), (True, 2)):
        left = provider.depart(BACK, again=again)
        answer = browser.signs_in(left.address, "mei-there")
        assert provider.arrive(left.secret, answer, BACK, now()).subject == "mei-there"
        assert browser.asked == asked


def test_another_browsers_code_is_not_taken(there: Genuine) -> None:
    provider = Provider(there.settings())
    hers, mine = provider.depart(BACK), provider.depart(BACK)
    with pytest.raises(Unproven, match="code"):
        provider.arrive(mine.secret, Browser().signs_in(hers.address, "mei-there"), BACK, now())


def test_signing_out_there_asks_and_leads_back(there: Genuine) -> None:
    provider, browser = Provider(there.settings()), Browser()
    left = provider.depart(BACK)
    arrival = provider.arrive(left.secret, browser.signs_in(left.address, "mei-there"), BACK, now())
    address = provider.sign_out(arrival.id_token, "http://127.0.0.1:8000/")
    assert address
    _to, page = browser.asks(address)
    action = re.search(r'action="([^"]+)"', page)
    token = re.search(r'name="xsrf" value="([^"]+)"', page)
    assert action
    assert token
    to, _page = browser.asks(action[1], {"xsrf": token[1], "logout": "yes"})
    assert to.startswith("http://127.0.0.1:8000/")
    assert browser.signs_in(provider.depart(BACK).address, "cora-there")["code"]
