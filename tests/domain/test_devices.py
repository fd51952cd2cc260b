"""A browser in words: what it says of itself, as far as we know it, and never more."""

import pytest

from portal.domain.devices import device, moved

END = "AppleWebKit/537.36 (KHTML, like Gecko)"
IOS = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
SAID = {
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {END} Chrome/130.0.0.0 Mobile Safari/537.36": "Chrome on Android",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {END} Chrome/130.0.0.0 Safari/537.36 Edg/130.0": "Edge on Windows",
    f"Mozilla/5.0 (Linux; Android 13) {END} SamsungBrowser/25.0 Chrome/121 Mobile Safari/537.36": (
        "Samsung Internet on Android"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0": "Firefox on Linux",
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) {IOS} Version/17.6 Mobile/15E148 Safari/604.1": (
        "Safari on iPhone"
    ),
    f"Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) {IOS} CriOS/130.0 Mobile/15E148 Safari/604.1": (
        "Chrome on iPhone"
    ),
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {IOS} Version/17.6 Safari/605.1.15": "Safari on Mac",
    f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {END} Chrome/130.0.0.0 Safari/537.36": "Chrome on ChromeOS",
    "SomethingNew/1.0 (Windows NT 10.0)": "A browser we do not know, on Windows",
    "curl/8.5.0": "A browser we do not know",
    "": "A browser we do not know",
}


@pytest.mark.parametrize("agent", SAID)
def test_it_is_said_in_words(agent: str) -> None:
    assert device(agent).in_words == SAID[agent]


def test_it_moved_when_the_network_and_the_family_are_others_and_not_by_one_of_them() -> None:
    chrome, firefox = next(iter(SAID)), list(SAID)[3]
    assert moved("203.0.113.0/24", chrome, "198.51.100.0/24", firefox)
    assert moved("203.0.113.0/24", chrome, "198.51.100.0/24", "curl/8.5.0")
    assert not moved("203.0.113.0/24", chrome, "203.0.113.0/24", firefox)
    assert not moved("203.0.113.0/24", chrome, "198.51.100.0/24", chrome.replace("130", "131"))
