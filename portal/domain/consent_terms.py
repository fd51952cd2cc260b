"""What a consent is about, before it is one: checked whole, so that nothing is stored half.

Paper and spoken consents bring their evidence: the whole set, or nothing (law.md section 8.1; the CMPA asks for a note
made at the time).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.domain import purposes
from portal.domain.consents import Ends
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Profile
from portal.domain.record_items import Category
from portal.domain.words import N_, _

LONGEST = 1000
SHORTEST_REASON = 10
PAPER_LASTS = timedelta(days=90)
WORDS_LAST = timedelta(days=2)
TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d")


@dataclass(frozen=True)
class Terms:
    """One purpose, one set of recipients, one set of information, and how it ends.

    ``recipients`` are keys with the kind of each. ``ends_words`` names the event, or the reason why there is no end.
    """

    purpose: str
    recipients: Mapping[UUID, str]
    categories: frozenset[Category] = frozenset()
    items: frozenset[UUID] = frozenset()
    ends: str = ""
    expires_on: date | None = None
    ends_words: str = ""
    details: Mapping[str, str] = field(default_factory=dict)


class Method(StrEnum):
    """How somebody at the clinic made sure who spoke."""

    KNOWN = "known"
    CALL_BACK = "call_back"
    PHOTO_ID = "photo_id"
    QUESTIONS = "questions"


METHOD_NAMES = {
    Method.KNOWN: N_("Somebody at the clinic knows the person"),
    Method.CALL_BACK: N_("By calling back the number on file"),
    Method.PHOTO_ID: N_("By photo identification"),
    Method.QUESTIONS: N_("By questions only the patient can answer"),
}


@dataclass(frozen=True)
class Evidence:
    """How a consent was given that did not come in the portal. ``at`` is a time of day such as 14:30."""

    giver: str
    on: date | None
    method: str
    at: str = ""
    place: str = ""
    read_out: bool = False
    questions: str = ""
    witness: str = ""


def check(profile: Profile, terms: Terms, today: date) -> None:
    """Raise Invalid with one sentence unless the terms are whole."""
    purpose = purposes.find(terms.purpose)
    if missing := purposes.unstated(purpose, profile.consents):
        raise Invalid(
            _("The wording for this purpose lacks what must be stated: %(parts)s.", parts=", ".join(sorted(missing)))
        )
    if purpose.implied:
        raise Invalid(_("For care no consent is asked: it is implied, and the patient can limit it."), "purpose")
    if not terms.recipients:
        raise Invalid(_("Choose who may receive it."), "recipients")
    if any(kind not in purpose.recipients for kind in terms.recipients.values()):
        raise Invalid(_("One of these recipients does not fit this purpose. Choose others."), "recipients")
    _check_information(purpose, terms)
    _check_end(profile, terms, today)
    _check_details(purpose, terms, today)


def _check_information(purpose: purposes.Purpose, terms: Terms) -> None:
    if purpose.pictures and (terms.categories or not terms.items):
        raise Invalid(_("Choose the very pictures this is about, and nothing else."), "items")
    if not purpose.pictures and not (terms.categories or terms.items):
        raise Invalid(_("Choose what information it is about."), "categories")


def _check_end(profile: Profile, terms: Terms, today: date) -> None:
    allowed = profile.consents.ends.get(terms.purpose, frozenset())
    if terms.ends not in set(Ends):
        raise Invalid(_("Say when this consent ends: on a day, with an event, or not at all."), "ends")
    if terms.ends not in allowed:
        raise Invalid(_("A consent for this purpose cannot end this way. Choose a day or an event it allows."), "ends")
    if terms.ends == Ends.DATE and (terms.expires_on is None or terms.expires_on < today):
        raise Invalid(_("Write the last day of this consent. It is today or later."), "expires_on")
    if terms.ends != Ends.DATE and len(terms.ends_words.strip()) < SHORTEST_REASON:
        raise Invalid(_("Write which event ends it, or why it has no end, in a few words."), "ends_words")


def _check_details(purpose: purposes.Purpose, terms: Terms, today: date) -> None:
    for key in purpose.needs:
        text = terms.details.get(key, "").strip()
        if not text:
            raise Invalid(_("Fill in “%(name)s”.", name=_(purposes.DETAIL_NAMES[key])), key)
        if len(text) > LONGEST:
            raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST), key)
    if "ethics_ends" in purpose.needs:
        _check_ethics(terms, today)


def _check_ethics(terms: Terms, today: date) -> None:
    try:
        last = date.fromisoformat(terms.details["ethics_ends"])
    except ValueError:
        raise Invalid(_("Write the last day of the ethics approval."), "ethics_ends") from None
    if last < today:
        raise Invalid(_("The ethics approval has ended. Ask the researcher for a new one."), "ethics_ends")
    if terms.expires_on is not None and terms.expires_on > last:
        raise Invalid(
            _("The consent cannot last longer than the ethics approval: %(day)s.", day=say_plain_date(last)),
            "expires_on",
        )


def check_paper(evidence: Evidence, has_scan: bool, today: date) -> None:
    """Raise Invalid unless a signed paper proves the consent: its scan, who signed, and a day that can be."""
    _check_giver(evidence)
    if not has_scan:
        raise Invalid(_("Attach the scan of the signed form."), "scan")
    _check_day(evidence, today, PAPER_LASTS)


def check_verbal(profile: Profile, evidence: Evidence, today: date) -> None:
    """Raise Invalid unless the whole set of evidence of a spoken consent is there, and the law allows one."""
    if not profile.consents.verbal:
        raise Invalid(_(profile.consents.verbal_words), "channel")
    _check_giver(evidence)
    _check_day(evidence, today, WORDS_LAST)
    if not TIME.fullmatch(evidence.at.strip()):
        raise Invalid(_("Write the time of the talk like this: 14:30."), "at")
    if not evidence.place.strip():
        raise Invalid(_("Write where the talk took place, or that it was by telephone."), "place")
    if not evidence.read_out:
        raise Invalid(_("Read the wording out to the patient, then tick the box."), "read_out")
    if not evidence.questions.strip():
        raise Invalid(_("Write what the patient asked and what you answered, or that she asked nothing."), "questions")


def _check_giver(evidence: Evidence) -> None:
    if not evidence.giver.strip():
        raise Invalid(_("Write who gave the consent."), "giver")
    if evidence.method not in set(Method):
        raise Invalid(_("Choose how you made sure who it was."), "method")


def _check_day(evidence: Evidence, today: date, lasts: timedelta) -> None:
    if evidence.on is None or evidence.on > today:
        raise Invalid(_("Write the day it was given. It is today or before."), "on")
    if evidence.on < today - lasts:
        raise Invalid(_("This was given too long ago to be entered now. Ask the patient again."), "on")


def evidence_json(evidence: Evidence, channel: str, taken_by: str, role: str) -> dict[str, Any]:
    """All that proves it, in plain values."""
    facts: dict[str, Any] = {key: value for key, value in vars(evidence).items() if value not in ("", None)}
    facts |= {"on": evidence.on.isoformat() if evidence.on else "", "channel": channel}
    return facts | {"taken_by": taken_by, "role": role}
