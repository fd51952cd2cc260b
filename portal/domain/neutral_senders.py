"""How the clinic looks to whoever sees an envelope, an e-mail or a screen by chance: like nobody in particular.

The table ``[neutral]`` of the clinic's file, all of it optional: ``name`` (who e-mails and envelopes are from),
``email`` (an address whose name and domain say nothing of the clinic; without it no neutral e-mail is sent),
``return_address`` (list of lines, for the back of an envelope) and ``site`` (where "Leave this page now" leads: an
https address that does not lead on to another host).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from urllib.parse import urlsplit

from portal.domain.contact_plans import MAIL
from portal.domain.words import _

WEATHER = "https://weather.gc.ca/"


@dataclass(frozen=True)
class Neutral:
    name: str = "Messages"
    email: str = ""
    return_address: tuple[str, ...] = ()
    site: str = WEATHER

    @property
    def origin(self) -> str:
        """Scheme and host of the site: where a form that leaves may lead."""
        parts = urlsplit(self.site)
        return f"{parts.scheme}://{parts.netloc}"


def neutral_of(table: Mapping[str, Any], faults: list[str]) -> Neutral:
    """What the table says; every fault is noted in ``faults``, and the default stands in its place."""
    known = {field.name for field in fields(Neutral)}
    for key in sorted(set(table) - known):
        faults.append(_("%(name)s is not a setting we know. Take it out or mend its spelling.", name=f"neutral.{key}"))
    rules = {"name": _is_name, "email": _is_email, "return_address": _is_lines, "site": _is_site}
    good: dict[str, Any] = {}
    for key, fits in rules.items():
        if key in table and fits(table[key]):
            good[key] = tuple(table[key]) if key == "return_address" else table[key].strip()
        elif key in table:
            faults.append(
                _("%(name)s cannot be right: %(value)s. Check it for slips.", name=f"neutral.{key}", value=table[key])
            )
    return Neutral(**good)


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and value.isprintable() and len(value) <= 80


def _is_email(value: Any) -> bool:
    return isinstance(value, str) and value.isprintable() and bool(MAIL.fullmatch(value.strip()))


def _is_lines(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(each, str) and each.strip() for each in value)


def _is_site(value: Any) -> bool:
    """An https address without a name or password in it, and nothing that could break out of a header."""
    if not isinstance(value, str) or not value.isascii() or not value.isprintable() or set(value) & set(" ;,'\""):
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:
        return False
