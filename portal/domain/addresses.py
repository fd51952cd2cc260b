"""E-mail addresses one signs in with: one spelling of each, and no two that look alike (decision 0079).

Plain letters before the ``@``, in any case. Behind it any place of the internet, kept as the network itself spells it
(``xn--``), so that what is kept is ASCII and two addresses are the same or are not. Sources: RFC 5891; Unicode
Technical Standard 39, sections 4 and 5.2 (confusable, and mixed scripts).
"""

import re
import unicodedata

from portal.domain.errors import Invalid
from portal.domain.words import _

LONGEST, LONGEST_LOCAL = 254, 64
LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# What the old rules for names of places took for other letters, and the new ones do not (RFC 5894 section 7.2).
TWO_READINGS = re.compile("[\u00df\u03c2\u200c\u200d]")
# Letters of other scripts that look like a plain one (from the confusables of UTS 39, the lower-case letters).
LOOKS_LIKE = str.maketrans(
    {
        "а": "a",
        "ɑ": "a",
        "α": "a",
        "с": "c",
        "ϲ": "c",
        "ԁ": "d",
        "е": "e",
        "һ": "h",
        "і": "i",
        "ι": "i",
        "ј": "j",
        "ӏ": "l",
        "ο": "o",
        "о": "o",
        "σ": "o",
        "ρ": "p",
        "р": "p",
        "ԛ": "q",
        "ѕ": "s",
        "υ": "u",
        "ν": "v",
        "ѵ": "v",
        "ѡ": "w",
        "ԝ": "w",
        "х": "x",
        "χ": "x",
        "у": "y",
        "ү": "y",
        "γ": "y",
        "к": "k",
        "κ": "k",
        "м": "m",
        "т": "t",
        "н": "h",
        "г": "r",
        "ь": "b",
        "в": "b",
    }
)
TOGETHER = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"))


def canonical(typed: str) -> str:
    """The one spelling of an address. Raises Invalid, with what to do, for one that cannot be signed in with."""
    local, at, place = typed.strip().rpartition("@")
    if not at or not local or "." not in place or len(typed) > LONGEST:
        raise Invalid(
            _("“%(email)s” is not an e-mail address. Write it as name@example.com.", email=typed.strip()[:80]), "email"
        )
    local = _lowered(local)
    if len(_scripts(local)) > 1:
        raise _mixed()
    if not LOCAL.fullmatch(local) or len(local) > LONGEST_LOCAL:
        raise Invalid(
            _(
                "Before the @ there is a sign that we cannot use in an address to sign in with. "
                "Use an address with plain letters (a to z), digits and dots before the @."
            ),
            "email",
        )
    address = f"{local}@{_place(place)}"
    if len(address) > LONGEST:
        raise Invalid(_("This e-mail address is too long. Use another one."), "email")
    return address


def spelled(typed: str) -> str:
    """The spelling by which an account is looked for: what is no address is nobody's, and is not told apart here."""
    try:
        return canonical(typed)
    except Invalid:
        return _lowered(typed.strip())[:LONGEST]


def skeleton(address: str) -> str:
    """What an address looks like: two with the same one could be taken for each other."""
    local, _at, place = address.rpartition("@")
    seen = f"{local}@{'.'.join(_shown(label) for label in place.split('.'))}"
    apart = unicodedata.normalize("NFKD", seen)
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign)).translate(LOOKS_LIKE)
    for pair, one in TOGETHER:
        bare = bare.replace(pair, one)
    return bare


def shown(address: str) -> str:
    """The address as its owner writes it: the place in its own script."""
    local, at, place = address.rpartition("@")
    return f"{local}{at}{'.'.join(_shown(label) for label in place.split('.'))}"


def _place(place: str) -> str:
    labels = unicodedata.normalize("NFC", place).lower().split(".")
    if TWO_READINGS.search(place):
        raise Invalid(
            _("The part behind the @ can be read in two ways. Write it as your provider does, beginning with xn--."),
            "email",
        )
    if any(len(_scripts(_shown(label))) > 1 for label in labels):
        raise _mixed()
    return ".".join(_network_spelling(label) for label in labels)


def _network_spelling(label: str) -> str:
    try:
        spelled_out = label.encode("idna").decode().lower()
        round_trip = spelled_out.encode().decode("idna")
    except UnicodeError:
        spelled_out = round_trip = ""
    if not LABEL.fullmatch(spelled_out) or unicodedata.normalize("NFC", round_trip) not in (label, _shown(label)):
        raise Invalid(
            _("The part of the e-mail address behind the @ cannot be right. Check it, and write it again."), "email"
        )
    return spelled_out


def _shown(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label.encode().decode("idna")
    except UnicodeError:
        return label


def _scripts(label: str) -> set[str]:
    """The scripts of the letters of one part; those that Japanese and Korean write together count as one."""
    found = {unicodedata.name(sign, "?").split()[0] for sign in label if sign.isalpha()}
    asian = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "KATAKANA-HIRAGANA", "BOPOMOFO"}
    return {"ASIAN" if script in asian else script for script in found}


def _mixed() -> Invalid:
    return Invalid(
        _(
            "This e-mail address mixes letters of different alphabets that look alike. "
            "Type it again by hand, with the letters of one alphabet only."
        ),
        "email",
    )


def _lowered(text: str) -> str:
    """Plain capitals made small; no other letter is changed into another one."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)
