"""Letters about complaints: that it came, with its number and dates, and the answer. Both name the ways outside."""

from portal.domain.jurisdictions import Profile
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.sentences import _, place
from portal.domain.letters.wording import (
    from_clinic,
    heading,
    how_to_reach,
    paragraph,
    quote,
    slot,
    what_you_can_do,
    who_answers,
)


def complaint_receipt(facts: LetterFacts, about: str, linked: str, counted: str) -> Letter:
    """``about`` is the kind in words; ``linked`` the request it is about and ``counted`` the count of its clock."""
    rows = [(_("Number"), facts.reference), (_("About"), about)]
    rows += [(_("Your request"), linked)] if linked else []
    rows += [
        (_("It came on"), facts.say_date(facts.received_on)),
        (_("We aim to answer you by"), facts.say_date(facts.due)),
    ]
    return from_clinic(
        LetterKind.COMPLAINT_RECEIPT,
        _("We have your complaint"),
        facts,
        paragraph(_("Thank you for telling us. Complaining never changes the care you get.")),
        slot("on-file", LetterBlock("table", head=(_("What"), _("On file")), rows=tuple(rows))),
        paragraph(_("Nobody your complaint names will handle it or see it.")),
        heading(_("How the days of your request were counted")),
        slot("how-counted", *_told(counted)),
        what_you_can_do(slot("ways-outside", *_outside(facts.profile)), who_answers(facts.clinic.privacy_contact)),
    )


def complaint_answer(facts: LetterFacts, finding: str, findings: str, remedy: str, change: str) -> Letter:
    """What was found, what is put right, what will change; the last two may be empty."""
    return from_clinic(
        LetterKind.COMPLAINT_ANSWER,
        _("Our answer to your complaint"),
        facts,
        paragraph(
            _(
                "You complained on %(day)s. Your complaint has the number %(reference)s.",
                day=place("received", facts.say_date(facts.received_on)),
                reference=facts.reference,
            )
        ),
        heading(_("What we found")),
        slot("findings", paragraph(finding), quote(findings)),
        heading(_("What we put right")),
        slot("put-right", *_told(remedy)),
        heading(_("What will change")),
        slot("will-change", *_told(change)),
        what_you_can_do(
            paragraph(_("Please tell us in the portal, or by telephone, if this answer satisfies you.")),
            slot("ways-outside", *_outside(facts.profile)),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def _told(text: str) -> tuple[LetterBlock, ...]:
    return (quote(text),) if text else ()


def _outside(law: Profile) -> tuple[LetterBlock, ...]:
    """The offices outside the clinic, each with its own last day or that there is none."""
    found: list[LetterBlock] = []
    for body in (law.complaint_body, law.conduct_body):
        found += [paragraph(_(body.words)), *how_to_reach(body)]
    return tuple(found)
