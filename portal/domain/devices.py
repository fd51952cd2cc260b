"""A browser and what it runs on, in words, from what it says of itself. Small and honest: what we do not know, we say.

Browsers say untrue things for old sites' sake (every one is "Mozilla", most are "Safari"), so the order matters.
"""

from dataclasses import dataclass

from portal.domain.words import N_, _

UNKNOWN = "unknown"
# (mark in what the browser says, its family, its name)
BROWSERS = (
    ("EdgA/", "edge", "Edge"),
    ("EdgiOS/", "edge", "Edge"),
    ("Edg/", "edge", "Edge"),
    ("OPR/", "opera", "Opera"),
    ("OPT/", "opera", "Opera"),
    ("SamsungBrowser/", "samsung", "Samsung Internet"),
    ("Vivaldi/", "vivaldi", "Vivaldi"),
    ("DuckDuckGo/", "duckduckgo", "DuckDuckGo"),
    ("FxiOS/", "firefox", "Firefox"),
    ("Firefox/", "firefox", "Firefox"),
    ("CriOS/", "chrome", "Chrome"),
    ("Chrome/", "chrome", "Chrome"),
    ("Chromium/", "chrome", "Chrome"),
    ("Safari/", "safari", "Safari"),
)
PLATFORMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True)
class Device:
    """``family`` stays the same through updates, and when a phone asks for a page as a computer would."""

    family: str
    browser: str
    platform: str

    @property
    def in_words(self) -> str:
        if self.browser and self.platform:
            return _("%(browser)s on %(platform)s", browser=self.browser, platform=self.platform)
        if self.platform:
            return _("A browser we do not know, on %(platform)s", platform=self.platform)
        return self.browser or _(NOT_KNOWN)


NOT_KNOWN = N_("A browser we do not know")


def device(agent: str) -> Device:
    """What a browser says it is in its User-Agent header."""
    family, browser = next(((each[1], each[2]) for each in BROWSERS if each[0] in agent), (UNKNOWN, ""))
    return Device(family, browser, next((name for mark, name in PLATFORMS if mark in agent), ""))


def moved(network: str, agent: str, network_now: str, agent_now: str) -> bool:
    """Whether what began in one place goes on in another: another network and another family of browser, both.

    A phone that leaves the house changes the first, an update neither; the two at once are another person's hands.
    """
    return network != network_now and device(agent).family != device(agent_now).family
