"""The patient's own letter: what she asks for, as it is kept on file."""

from portal.domain.access_requests import Delivery, Mode
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.wording import bullets, heading, paragraph, quote
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.wishes import Scope, Wishes
from portal.domain.words import N_, _, language

LANGUAGES = {"en": N_("English"), "fr": N_("French")}
DELIVERIES = {
    Delivery.DOWNLOAD: N_("I will download it from the portal."),
    Delivery.PICK_UP: N_("I will pick it up at the clinic."),
    Delivery.POST: N_("Send it by post to this address:"),
    Delivery.FAX: N_("Send it by fax to this number:"),
}


def request_letter(facts: LetterFacts, wishes: Wishes) -> Letter:
    """The request as a letter from the patient (or her representative) to the physician responsible for her.

    ``facts.reference`` may be empty while the request is a draft.
    """
    return Letter(
        kind=LetterKind.REQUEST,
        title=_("Request for access to my record"),
        blocks=(
            paragraph(_("Dear %(name)s,", name=facts.physician or facts.clinic.name)),
            paragraph(_opening(facts)),
            heading(_("What I ask for")),
            *_scope(facts, wishes),
            *_also(wishes),
            heading(_("How I want to get it")),
            *_delivery(wishes),
            *_form(wishes),
            paragraph(_("I know that I do not have to give a reason.")),
            _sent(facts),
            LetterBlock("signature", items=(facts.reader, *facts.reader_address)),
        ),
        reference=facts.reference,
        dated=facts.written_on,
        addressed_to=_to_clinic(facts),
        language=language(),
    )


def _opening(facts: LetterFacts) -> str:
    if facts.asked_by:
        return _(
            "I act for %(patient)s. I ask for access to the information that %(clinic)s keeps about this person.",
            patient=facts.patient_name,
            clinic=facts.clinic.name,
        )
    return _("I ask for access to the information that %(clinic)s keeps about me.", clinic=facts.clinic.name)


def _scope(facts: LetterFacts, wishes: Wishes) -> tuple[LetterBlock, ...]:
    if wishes.scope == Scope.CATEGORIES:
        return (
            paragraph(_("Only these kinds of entries:")),
            bullets(*(_(CATEGORY_NAMES[c]) for c in wishes.categories)),
        )
    if wishes.scope == Scope.OWN_WORDS:
        return (paragraph(_("In my own words:")), quote(wishes.words))
    if wishes.scope == Scope.DATES:
        return (paragraph(_period(facts, wishes)),)
    if wishes.scope == Scope.EVERYTHING:
        return (paragraph(_("Everything in the record.")),)
    return (paragraph(_("I have not said yet what I want to see.")),)


def _period(facts: LetterFacts, wishes: Wishes) -> str:
    if wishes.since and wishes.until:
        return _(
            "Entries from %(since)s to %(until)s.",
            since=facts.say_date(wishes.since),
            until=facts.say_date(wishes.until),
        )
    if wishes.since:
        return _("Entries from %(since)s on.", since=facts.say_date(wishes.since))
    if wishes.until:
        return _("Entries up to %(until)s.", until=facts.say_date(wishes.until))
    return _("I have not said yet which period I mean.")


def _also(wishes: Wishes) -> tuple[LetterBlock, ...]:
    if not wishes.also_disclosures:
        return ()
    return (
        paragraph(_("I also ask how the information has been used, and the names of everybody it was disclosed to.")),
    )


def _delivery(wishes: Wishes) -> tuple[LetterBlock, ...]:
    if wishes.mode == Mode.VIEW:
        return (paragraph(_("I want to view the original at the clinic, with a staff member present.")),)
    copy = paragraph(_("I want a copy to keep."))
    if wishes.delivery is None:
        return (copy, paragraph(_("I have not said yet how I want to get it.")))
    blocks = (copy, paragraph(_(DELIVERIES[wishes.delivery])))
    return (*blocks, quote(wishes.delivery_to)) if wishes.delivery_to.strip() else blocks


def _form(wishes: Wishes) -> tuple[LetterBlock, ...]:
    name = LANGUAGES.get(wishes.language)
    spoken = paragraph(_("Write to me in %(language)s.", language=_(name) if name else wishes.language))
    if not wishes.format_needs.strip():
        return (spoken,)
    return (spoken, paragraph(_("I need it in this form:")), quote(wishes.format_needs))


def _sent(facts: LetterFacts) -> LetterBlock:
    if not facts.reference:
        return paragraph(_("This request has not been sent yet."))
    day = facts.say_date(facts.received_on)
    return paragraph(_("Received on %(day)s under the number %(reference)s.", day=day, reference=facts.reference))


def _to_clinic(facts: LetterFacts) -> tuple[str, ...]:
    return tuple(line for line in (facts.physician, facts.clinic.name, *facts.clinic.address) if line)
