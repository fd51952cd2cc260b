"""What letters have in common: greeting, signature, who answers questions, how to go further, and makers of blocks."""

from portal.domain.clinics import Contact
from portal.domain.clocks import window_end
from portal.domain.jurisdictions import Body
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import worded
from portal.domain.letters.sentences import _, place
from portal.domain.words import language


def paragraph(text: str, part: str | None = None) -> LetterBlock:
    return LetterBlock("paragraph", text=text, part=part)


def heading(text: str) -> LetterBlock:
    return LetterBlock("heading", text=text)


def line(text: str, part: str | None = None) -> LetterBlock:
    return LetterBlock("line", text=text, part=part)


def quote(text: str) -> LetterBlock:
    return LetterBlock("quote", text=text)


def bullets(*items: str, part: str | None = None) -> LetterBlock:
    return LetterBlock("list", items=tuple(items), part=part)


def secret(text: str) -> LetterBlock:
    """What is given out once; ``text`` stands in its place on file."""
    return LetterBlock("secret", text=text)


def box(title: str, *blocks: LetterBlock) -> LetterBlock:
    return LetterBlock("box", text=title, blocks=tuple(blocks))


def slot(name: str, *blocks: LetterBlock) -> LetterBlock:
    """What the portal writes from the facts, under the name by which a clinic's own wording places it."""
    return LetterBlock("slot", text=name, blocks=blocks)


def what_you_can_do(*blocks: LetterBlock) -> LetterBlock:
    """The box that ends every letter of the clinic."""
    return box(_("What you can do"), *blocks)


def from_clinic(kind: LetterKind, title: str, facts: LetterFacts, *blocks: LetterBlock) -> Letter:
    """A letter of the clinic to whoever asked, with greeting and signature."""
    name, position = facts.signed_by or (facts.clinic.privacy_contact.name, _(facts.clinic.privacy_contact.title))
    sheet = Letter(
        kind=kind,
        title=title,
        blocks=(
            paragraph(_("Dear %(name)s,", name=place("reader", facts.reader))),
            *blocks,
            LetterBlock("signature", items=(name, position, facts.clinic.name)),
        ),
        reference=facts.reference,
        dated=facts.written_on,
        addressed_to=(facts.reader, *_for_whom(facts), *facts.reader_address),
        language=language(),
    )
    return worded(sheet, facts.wording(kind), places_of(facts))


def places_of(facts: LetterFacts) -> dict[str, str]:
    """The places that stand open in every letter of a case."""
    return {
        "reader": facts.reader,
        "patient": facts.patient_name,
        "clinic": facts.clinic.name,
        "phone": facts.clinic.phone,
        "reference": facts.reference,
        "received": facts.say_date(facts.received_on),
        "today": facts.say_date(facts.written_on),
    }


def _for_whom(facts: LetterFacts) -> tuple[str, ...]:
    return (_("for the patient %(name)s", name=facts.patient_name),) if facts.asked_by else ()


def about_request(facts: LetterFacts) -> LetterBlock:
    """Which request this letter is about, in the first sentence."""
    day = facts.say_date(facts.received_on)
    if facts.asked_by:
        text = _(
            "This letter is about your request %(reference)s of %(day)s for the record of %(patient)s.",
            reference=facts.reference,
            day=day,
            patient=facts.patient_name,
        )
    else:
        text = _("This letter is about your request %(reference)s of %(day)s.", reference=facts.reference, day=day)
    return slot("about-request", paragraph(text))


def who_answers(contact: Contact) -> LetterBlock:
    """Who can answer questions: name, position, address and telephone, a line each."""
    return slot(
        "who-answers",
        paragraph(_("If you have questions, this person can answer them:")),
        line(contact.name, "contact_name"),
        line(_(contact.title), "contact_title"),
        line(", ".join(contact.address), "contact_address"),
        line(_("Telephone %(phone)s", phone=contact.phone) if contact.phone.strip() else "", "contact_phone"),
        *((line(_("E-mail %(email)s", email=contact.email)),) if contact.email else ()),
    )


def how_to_reach(body: Body) -> tuple[LetterBlock, ...]:
    """An outside office and how to reach it."""
    ways = (_("Telephone %(phone)s", phone=body.phone), body.email, body.website)
    return (line(_(body.name)), line(", ".join(body.address)), line(" · ".join(way for way in ways if way)))


def review_right(facts: LetterFacts) -> tuple[LetterBlock, ...]:
    """The right to have the decision reviewed, with the day it ends at the earliest.

    The days count from the day she is told (PIPA s.47(2)(a)). Nobody knows that day when a letter is written, whether
    the post brings it or she opens it in the portal, and a letter can change its way: so the words name what is sure.
    """
    last = window_end(facts.profile, facts.written_on)
    return (
        paragraph(_(facts.profile.review_body.words), "review_right"),
        paragraph(
            _(
                "You can ask %(rule)s. You are told on the day you get our letter. If you got it on the day we wrote "
                "it, %(written)s, the last day to ask is %(day)s. If you got it later, the last day is later too. "
                "%(more)s",
                rule=_(facts.profile.review_words),
                written=facts.say_date(facts.written_on),
                day=facts.say_date(last),
                more=_(facts.profile.review_more_words),
            ),
            "review_last_day",
        ),
        *how_to_reach(facts.profile.review_body),
    )
