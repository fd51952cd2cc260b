"""May we? What a patient agreed to, what she asked us not to do, and what the law allows: pure rules.

A consent is one purpose, one set of recipients, one set of information (``models.consents.Consent``, or anything with
its facts). What is implied for care holds until a denial says otherwise; every other purpose needs one consent that
covers the whole of what is asked. Source: BC PIPA ss.6 to 9 and 18; law.md sections 8 and 10.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from portal.domain import purposes
from portal.domain.clocks import local_date
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Profile
from portal.domain.jurisdictions.consent_rules import ConsentRules, Lawful
from portal.domain.record_items import Category
from portal.domain.words import N_, _

Element = Category | UUID
REMIND_BEFORE = timedelta(days=30)
RENEW_AFTER = timedelta(days=90)  # later than this the clinic asks anew
CONTACT_DECIDES = N_("%(title)s: the law may allow it, and the privacy contact decides each time.")


class Decision(StrEnum):
    PERMIT = "permit"
    DENY = "deny"


class Ends(StrEnum):
    DATE = "date"
    EVENT = "event"
    NONE = "none"


class State(StrEnum):
    ASKED = "asked"
    REFUSED = "refused"
    WAITING = "waiting"
    IN_FORCE = "in_force"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STATE_NAMES = {
    State.ASKED: N_("asked, not answered yet"),
    State.REFUSED: N_("refused"),
    State.WAITING: N_("given, waits for the physician"),
    State.IN_FORCE: N_("in force"),
    State.DECLINED: N_("not taken up by the physician"),
    State.WITHDRAWN: N_("withdrawn"),
    State.EXPIRED: N_("ended"),
}


@dataclass(frozen=True)
class To:
    """A recipient as a question names it."""

    id: UUID
    kind: str
    name: str


@dataclass(frozen=True)
class Question:
    """May we give ``information`` to ``to`` for ``purpose``, which is a purpose or a case the law names?

    ``information`` are kinds of entry and single entries or pictures, each with the kind it belongs to, if any.
    """

    purpose: str
    to: To
    information: Mapping[Element, Category | None]


@dataclass(frozen=True)
class Answer:
    """Yes or no, and ``because`` of what, in a sentence for the office.

    A yes rests on ``consent_id`` or on a ``provision`` of law; ``provided`` is what must be true besides, and
    ``notice`` that the patient is to be told. A no names in ``denied`` the parts of the information she asked us not
    to give.
    """

    yes: bool
    because: str
    consent_id: UUID | None = None
    provision: str = ""
    provided: str = ""
    notice: bool = False
    denied: frozenset[Element] = frozenset()


def state(consent: Any, today: date) -> State:
    """Where a consent stands today. A withdrawal counts from its receipt, an end from the day after the last day."""
    if consent.withdrawn_at is not None:
        return State.WITHDRAWN
    if consent.declined_at is not None:
        return State.DECLINED
    if consent.refused_at is not None:
        return State.REFUSED
    if consent.granted_at is None:
        return State.ASKED
    if consent.ended_at is not None or (consent.expires_on is not None and consent.expires_on < today):
        return State.EXPIRED
    return State.WAITING if consent.effective_at is None else State.IN_FORCE


def renewed_until(consent: Any, given_on: date, no_later: date | None, today: date) -> date | None:
    """The last day of a renewal: as long again as it was given for, counted from its last day, else from today.

    None where there is nothing to renew: it ends otherwise than on a day, was taken back, does not end soon or has
    ended long ago, or ``no_later``, the end of a study's approval, leaves no day more.
    """
    last = consent.expires_on
    if consent.decision != Decision.PERMIT or last is None or consent.ended_at is not None:
        return None
    if state(consent, today) not in (State.IN_FORCE, State.EXPIRED) or consent.effective_at is None:
        return None
    if not last - REMIND_BEFORE <= today <= last + RENEW_AFTER:
        return None
    start = max(last, today)
    until = start + max(last - given_on, timedelta(days=1))
    until = min(until, no_later) if no_later else until
    return until if until > start else None


def may_we(profile: Profile, asked: Question, held: Collection[Any], today: date) -> Answer:
    """The answer. Raises Invalid when the question is not whole."""
    if not asked.information:
        raise Invalid(_("Choose what information it is about."), "information")
    rules = profile.consents
    if (row := rules.lawful_row(asked.purpose)) is not None:
        return _by_law(row, asked.to)
    purpose = purposes.find(asked.purpose)
    if asked.to.kind not in purpose.recipients:
        return Answer(False, _("%(name)s is not a recipient for “%(purpose)s”.", **_places(asked, purpose)))
    mine = [each for each in held if each.purpose == purpose.id]
    if (denied := denied_parts(asked, mine, today)) is not None:
        return denied
    if purpose.implied:
        return Answer(True, _(rules.implied_words), provision=_(rules.implied_provision))
    covering = [each for each in mine if each.decision == Decision.PERMIT and covers(each, asked)]
    standing = [each for each in covering if state(each, today) == State.IN_FORCE]
    if not standing:
        return Answer(False, _why_none(profile, purpose, asked, covering, mine, today))
    return _through_the_gate(rules, purpose, standing[0])


def covers(consent: Any, asked: Question) -> bool:
    """Whether one consent is about this recipient and about every part of this information."""
    if asked.to.id not in consent.recipient_ids:
        return False
    return all(
        element in consent.item_ids or (element if isinstance(element, Category) else kind) in consent.categories
        for element, kind in asked.information.items()
    )


def denied_parts(asked: Question, held: Iterable[Any], today: date) -> Answer | None:
    """A no where the patient asked us not to give part of it to this recipient; None when nothing is denied."""
    for each in held:
        if each.decision != Decision.DENY or state(each, today) != State.IN_FORCE:
            continue
        if not (each.everyone or asked.to.id in each.recipient_ids):
            continue
        if parts := frozenset(e for e, kind in asked.information.items() if touches(each, e, kind)):
            return Answer(False, _why_denied(asked, each, parts), consent_id=each.id, denied=parts)
    return None


def touches(denial: Any, element: Element, kind: Category | None) -> bool:
    """Whether a denial is about this element: it itself, the kind it belongs to, or everything."""
    if denial.everything:
        return True
    return (
        element in denial.item_ids or element in denial.categories or (kind is not None and kind in denial.categories)
    )


def _by_law(row: Lawful, to: To) -> Answer:
    places = {"title": _(row.title), "name": to.name, "provision": _(row.provision)}
    if to.kind not in row.kinds:
        return Answer(False, _("“%(title)s” does not allow us to tell %(name)s anything.", **places))
    if row.by_contact:
        return Answer(False, _(CONTACT_DECIDES, **places), provision=_(row.provision))
    return Answer(
        True,
        _("%(title)s: no consent is needed, by %(provision)s.", **places),
        provision=_(row.provision),
        provided=_(row.condition),
        notice=row.notice,
    )


def _through_the_gate(rules: ConsentRules, purpose: purposes.Purpose, consent: Any) -> Answer:
    """A consent holds; whether the public may see it is another question."""
    gate = rules.gate(purpose.id)
    if gate is not None and gate.rule not in ("allowed", "conditional"):
        return Answer(False, _(gate.words), consent_id=consent.id)
    because = _("The patient agreed to “%(purpose)s”.", purpose=_(purpose.title))
    provided = _(gate.words) if gate is not None and gate.rule == "conditional" else ""
    return Answer(True, because, consent_id=consent.id, provided=provided)


def _why_denied(asked: Question, denial: Any, parts: frozenset[Element]) -> str:
    if len(parts) < len(asked.information):
        return _("The patient asked us not to share part of this with %(name)s.", name=asked.to.name)
    if denial.everyone:
        return _("The patient asked us not to share this with anybody.")
    return _("The patient asked us not to share this with %(name)s.", name=asked.to.name)


# Why a consent that would cover it does not hold, the nearest to a yes first.
_NOT_HOLDING = (
    (State.WAITING, N_("The patient agreed, and the physician has not accepted it yet.")),
    (State.WITHDRAWN, N_("The patient took her consent back on %(day)s.")),
    (State.EXPIRED, N_("The patient’s consent has ended.")),
    (State.DECLINED, N_("The physician did not take this consent up.")),
    (State.REFUSED, N_("The patient was asked and said no.")),
    (State.ASKED, N_("The patient was asked and has not answered yet.")),
)


def _why_none(
    profile: Profile, purpose: purposes.Purpose, asked: Question, covering: list[Any], mine: list[Any], today: date
) -> str:
    for wanted, sentence in _NOT_HOLDING:
        newest = next((each for each in reversed(covering) if state(each, today) == wanted), None)
        if newest is not None:
            at = newest.withdrawn_at
            return _(sentence, day=say_plain_date(local_date(profile, at)) if at else "")
    if any(each.decision == Decision.PERMIT and state(each, today) == State.IN_FORCE for each in mine):
        return _("The patient agreed to “%(purpose)s”, but not to all of this for %(name)s.", **_places(asked, purpose))
    return _("The patient has not agreed to “%(purpose)s” for %(name)s.", **_places(asked, purpose))


def _places(asked: Question, purpose: purposes.Purpose) -> dict[str, str]:
    return {"name": asked.to.name, "purpose": _(purpose.title)}
