"""The answer: what is given first, then what is not, why, and what can be done about it."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from portal.domain.errors import Invalid
from portal.domain.letters.facts import Given, LetterFacts, NotGiven, Recipient
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.sentences import _
from portal.domain.letters.wording import (
    about_request,
    bullets,
    from_clinic,
    heading,
    paragraph,
    review_right,
    slot,
    what_you_can_do,
    who_answers,
)
from portal.domain.words import N_, ngettext

NOT_FOR_WHO_ASKED = N_(
    "The power of the person who asked does not cover this, so it is not in this answer. "
    "The patient can read it in the portal, or ask us."
)
# In each of these letters, whether something is missing or not: so it tells nobody that something is.
HERS_ALONE = N_(
    "Something that we tell the patient alone can be missing here. "
    "It stands in the portal, under “Who received your information”. The patient can also ask us."
)


def decision(
    facts: LetterFacts, given: Sequence[Given], not_given: Sequence[NotGiven], recipients: Sequence[Recipient]
) -> Letter:
    """The letter of a release, in full or in part; ``Invalid`` when nothing is given (that is a refusal)."""
    if not sum(each.number for each in given):
        raise Invalid(_("Nothing is given, so this is a refusal. Write the letter of a refusal."))
    kind = LetterKind.RELEASED_IN_PART if not_given else LetterKind.RELEASED_IN_FULL
    title = _("You can have part of your record") if not_given else _("You can have your record")
    return from_clinic(
        kind,
        title,
        facts,
        about_request(facts),
        paragraph(_("%(physician)s decided on every entry.", physician=facts.physician)),
        heading(_("What we give you")),
        slot("what-we-give", _given(given)),
        *_uses(facts),
        *_recipients(facts, recipients),
        *_withheld(facts, not_given),
        _can_do(facts, bool(not_given)),
    )


def refusal(facts: LetterFacts, not_given: Sequence[NotGiven], recipients: Sequence[Recipient]) -> Letter:
    """The letter of a refusal: even then how the information was used and who received it are told first."""
    if not not_given:
        raise Invalid(_("There is nothing withheld, so there is nothing to refuse."))
    return from_clinic(
        LetterKind.REFUSED,
        _("We cannot give you your record"),
        facts,
        about_request(facts),
        paragraph(_("%(physician)s decided on every entry. We can tell you this:", physician=facts.physician)),
        *_uses(facts),
        *_recipients(facts, recipients),
        *_withheld(facts, not_given),
        _can_do(facts, True),
    )


def not_confirmed(facts: LetterFacts) -> Letter:
    """A refusal that leaves open whether there is anything: no entry, no count, no date and no recipient is told."""
    rule = facts.profile.confirm_or_deny
    return from_clinic(
        LetterKind.NOT_CONFIRMED,
        _("We refuse your request"),
        facts,
        about_request(facts),
        slot(
            "provision",
            paragraph(_(rule.words)),
            paragraph(_("The law that says so: %(provision)s.", provision=_(rule.provision)), "provision"),
        ),
        what_you_can_do(who_answers(facts.clinic.privacy_contact), slot("review-right", *review_right(facts))),
    )


def no_record(facts: LetterFacts, searched: Sequence[str]) -> Letter:
    """We looked and found nothing; ``searched`` says where, a phrase each."""
    if not searched:
        raise Invalid(_("Say where you looked for the record."), "searched")
    return from_clinic(
        LetterKind.NO_RECORD,
        _("We found no record"),
        facts,
        about_request(facts),
        paragraph(_("We looked for the information you asked for and found none. This is where we looked:")),
        slot("searched", bullets(*searched, part="searched")),
        paragraph(_("If you think we should have something, tell us when you were here and whom you saw.")),
        _can_do(facts, True),
    )


def _given(given: Sequence[Given]) -> LetterBlock:
    lines = (_("%(label)s: %(text)s", label=each.name, text=_entries(each.number)) for each in given if each.number)
    return bullets(*lines, part="records")


def _entries(number: int) -> str:
    return ngettext("%(n)s entry", "%(n)s entries", number)


def _uses(facts: LetterFacts) -> tuple[LetterBlock, ...]:
    return (
        heading(_("How we have used your information")),
        slot("uses", bullets(*(_(use) for use in facts.clinic.uses_of_information), part="uses")),
    )


def _recipients(facts: LetterFacts, recipients: Sequence[Recipient]) -> tuple[LetterBlock, ...]:
    besides = (paragraph(_(HERS_ALONE)),) if facts.tells_recipients else ()
    return heading(_("Who we gave your information to")), slot("recipients", _table(facts, recipients), *besides)


def _table(facts: LetterFacts, recipients: Sequence[Recipient]) -> LetterBlock:
    if not facts.tells_recipients:
        return paragraph(_(NOT_FOR_WHO_ASKED), "recipients")
    if not recipients:
        nobody = _("Our register shows that we have given your information to nobody outside the clinic.")
        return paragraph(nobody, "recipients")
    rows = tuple(
        (each.name, facts.say_date(each.on) if each.on else _("date not known"), each.what) for each in recipients
    )
    return LetterBlock("table", head=(_("Name"), _("Date"), _("What")), rows=rows, part="recipients")


def _withheld(facts: LetterFacts, not_given: Sequence[NotGiven]) -> tuple[LetterBlock, ...]:
    if not not_given:
        return ()
    return heading(_("What we do not give you")), slot("not-given", *_by_ground(facts, not_given))


def _by_ground(facts: LetterFacts, not_given: Sequence[NotGiven]) -> Iterator[LetterBlock]:
    """Grouped by ground: which entries, why in plain words, and the provision."""
    grounds = facts.profile.grounds
    places = [(grounds.index(facts.profile.ground(each.ground)), each) for each in not_given]
    for place, group in groupby(sorted(places, key=itemgetter(0)), key=itemgetter(0)):
        ground, entries = grounds[place], [each for _place, each in group]
        yield bullets(*(_entry(facts, each) for each in entries))
        yield paragraph(_("Why: %(reason)s", reason=_(ground.plain_words)), "reasons")
        yield from (paragraph(text) for text in dict.fromkeys(each.explanation for each in entries) if text.strip())
        yield paragraph(_("The law that says so: %(provision)s.", provision=_(ground.provision)), "provision")


def _entry(facts: LetterFacts, each: NotGiven) -> str:
    title = f"{each.title}, {facts.say_date(each.occurred_on)}" if each.occurred_on else each.title
    if each.whole:
        return _("%(title)s: the whole entry", title=title)
    return _("%(title)s: some passages; you get the rest", title=title)


def _can_do(facts: LetterFacts, reviewable: bool) -> LetterBlock:
    accuracy = paragraph(_("If something in your record is wrong, you can ask us to correct it. That is free."))
    further = (slot("review-right", *review_right(facts)),) if reviewable else ()
    return what_you_can_do(who_answers(facts.clinic.privacy_contact), *further, accuracy)
