"""Letters on the way to an answer: received, a question, more time needed, ready, withdrawn."""

from datetime import date

from portal.domain.access_requests import Delivery
from portal.domain.errors import NotPossible
from portal.domain.jurisdictions import Event
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.sentences import _, place
from portal.domain.letters.wording import (
    about_request,
    bullets,
    from_clinic,
    heading,
    how_to_reach,
    paragraph,
    quote,
    slot,
    what_you_can_do,
    who_answers,
)
from portal.domain.words import N_

READY_WAYS = {
    Delivery.DOWNLOAD: N_(
        "Sign in to the portal and open your request. We ask for your password again before you download it."
    ),
    Delivery.PICK_UP: N_("You can pick it up at the clinic. Bring a document that shows who you are."),
    Delivery.POST: N_("We are sending it by post to the address you gave us."),
    Delivery.FAX: N_("We are sending it by fax to the number you gave us."),
}


def acknowledgement(facts: LetterFacts) -> Letter:
    """The request has come: its number, when the answer is due and how that is counted, who is responsible."""
    received, due = facts.say_date(facts.received_on), facts.say_date(facts.due)
    limit = facts.profile.limit("access")
    return from_clinic(
        LetterKind.ACKNOWLEDGEMENT,
        _("We have your request"),
        facts,
        paragraph(
            _(
                "Thank you for your request. We received it on %(received)s. Its number is %(reference)s.",
                received=received,
                reference=facts.reference,
            )
        ),
        slot("for-whom", *_for_whom(facts)),
        paragraph(_("%(physician)s is the physician responsible for your request.", physician=facts.physician)),
        heading(_("When we will answer")),
        paragraph(_("We will answer by %(due)s at the latest.", due=due)),
        slot(
            "how-counted",
            paragraph(_("The law gives us %(rule)s. %(count)s", rule=_(limit.words), count=facts.count_words).strip()),
        ),
        heading(_("What happens now")),
        bullets(
            _("We check who is asking, to protect your information."),
            _("We gather your record."),
            _("The physician reads it and decides what can be given."),
            _("We send you the answer in writing."),
        ),
        paragraph(_("You do not have to tell us why you ask.")),
        what_you_can_do(
            paragraph(_("You can write to us about your request, or withdraw it, at any time.")),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def question(facts: LetterFacts, asked: str, asked_by: str = "") -> Letter:
    """A question we need answered; it says whether the date moves while we wait."""
    return from_clinic(
        LetterKind.QUESTION,
        _("We have a question about your request"),
        facts,
        about_request(facts),
        slot(
            "question",
            paragraph(_("%(who)s asks:", who=asked_by) if asked_by else _("To find what you want, we need to know:")),
            quote(asked),
        ),
        slot("while-waiting", paragraph(_while_waiting(facts))),
        what_you_can_do(
            paragraph(
                _("Answer in the portal, by telephone or by letter. If you cannot answer, tell us what you can.")
            ),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def extension(facts: LetterFacts, new_due: date, ground: str, explanation: str = "") -> Letter:
    """We need more time: the reason, the new date, and the right to complain. ``facts.due`` is the date before."""
    rules = facts.profile.limit("access").extension
    if rules is None:
        raise NotPossible(_(facts.profile.limit("access").no_extension_words))
    chosen = rules.ground(ground)
    return from_clinic(
        LetterKind.EXTENSION,
        _("We need more time"),
        facts,
        about_request(facts),
        paragraph(
            _("We were to answer by %(day)s. We need more time.", day=place("due-before", facts.say_date(facts.due)))
        ),
        heading(_("Why")),
        slot(
            "why-longer",
            paragraph(_(chosen.words), "extension_reason"),
            *((paragraph(explanation),) if explanation.strip() else ()),
        ),
        slot("law", paragraph(_the_law(facts, chosen.basis.citation))),
        heading(_("When we will answer")),
        slot(
            "new-date",
            paragraph(_("We will answer by %(day)s at the latest.", day=facts.say_date(new_due)), "extension_date"),
        ),
        what_you_can_do(
            slot(
                "right-to-complain",
                paragraph(_(rules.complaint_words), "extension_complaint"),
                *how_to_reach(facts.profile.complaint_body),
            ),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def ready(facts: LetterFacts, delivery: Delivery | None, until: date | None = None) -> Letter:
    """The package is ready: how to get it, and until when it can be downloaded. ``delivery`` None: a viewing."""
    way = (
        READY_WAYS[delivery] if delivery else N_("You can now view the original. Call us to choose a day and an hour.")
    )
    lasting: tuple[LetterBlock, ...] = ()
    if until is not None:
        lasting = (paragraph(_("You can get it until %(day)s. After that, ask us again.", day=facts.say_date(until))),)
    return from_clinic(
        LetterKind.READY,
        _("Your record is ready"),
        facts,
        about_request(facts),
        slot("how-to-get-it", paragraph(_(way)), *lasting),
        what_you_can_do(
            paragraph(_("If something in your record is wrong, you can ask us to correct it. That is free.")),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def withdrawal(facts: LetterFacts) -> Letter:
    """The request was withdrawn: nothing more happens, nothing is held against anybody, ask again at any time."""
    return from_clinic(
        LetterKind.WITHDRAWAL,
        _("You withdrew your request"),
        facts,
        about_request(facts),
        paragraph(_("You withdrew it, so we have stopped working on it. You do not have to do anything.")),
        paragraph(_("This changes nothing about your care.")),
        what_you_can_do(
            paragraph(_("You can ask for your record again at any time.")), who_answers(facts.clinic.privacy_contact)
        ),
    )


def _the_law(facts: LetterFacts, citation: str) -> str:
    return _("The law allows this: %(act)s (%(citation)s).", act=_(facts.profile.act), citation=citation)


def _for_whom(facts: LetterFacts) -> tuple[LetterBlock, ...]:
    if not facts.asked_by:
        return ()
    return (paragraph(_("You asked for the record of %(patient)s.", patient=facts.patient_name)),)


def _while_waiting(facts: LetterFacts) -> str:
    if facts.profile.limit("access").pause(Event.CLARIFICATION):
        return _("The days until you answer are not counted, so our date to answer you moves.")
    return _("Our date to answer you stays the same: %(due)s.", due=facts.say_date(facts.due))
