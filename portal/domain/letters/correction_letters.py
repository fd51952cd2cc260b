"""Letters about something that is wrong in a record: received, decided, and to whoever had received the entry."""

from dataclasses import dataclass
from datetime import date

from portal.domain.accuracy_notes import Claim, Decision, Outcome
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import worded
from portal.domain.letters.sentences import _, place, whole
from portal.domain.letters.wording import (
    bullets,
    from_clinic,
    heading,
    paragraph,
    places_of,
    quote,
    review_right,
    slot,
    what_you_can_do,
    who_answers,
)
from portal.domain.words import N_, language


@dataclass(frozen=True)
class Corrected:
    """What every letter after a decision is written from: which entry, her words, and what was decided.

    ``entry`` names it by kind and day. ``statement`` are her own words where she added some later.
    """

    entry: str
    claim: Claim
    decision: Decision
    told: tuple[str, ...] = ()
    statement_until: date | None = None
    statement: str = ""


TITLES = {
    Outcome.CORRECTED: N_("We corrected your record"),
    Outcome.IN_PART: N_("We corrected your record in part"),
    Outcome.ANNOTATED: N_("We did not correct your record, and noted what you say"),
}
ANSWERS = {
    Outcome.CORRECTED: N_("You are right. %(physician)s has corrected this entry: %(entry)s."),
    Outcome.IN_PART: N_("%(physician)s has corrected part of this entry: %(entry)s. The rest is noted beside it."),
    Outcome.ANNOTATED: N_("%(physician)s has not corrected this entry: %(entry)s. What you say is noted beside it."),
}


def note_received(facts: LetterFacts, claim: Claim) -> Letter:
    """It has come: its number, what she wrote, until when we answer, and that it costs nothing."""
    limit = facts.profile.limit("correction")
    return from_clinic(
        LetterKind.NOTE_RECEIVED,
        _("You told us that something is wrong"),
        facts,
        paragraph(
            _(
                "Thank you. We received what you sent on %(day)s. Its number is %(reference)s.",
                day=place("received", facts.say_date(facts.received_on)),
                reference=facts.reference,
            )
        ),
        paragraph(_("You wrote:")),
        slot("her-words", *_claim(claim)),
        heading(_("When we will answer")),
        paragraph(_("We will answer by %(due)s at the latest.", due=facts.say_date(facts.due))),
        slot(
            "how-counted",
            paragraph(_("The law gives us %(rule)s. %(count)s", rule=_(limit.words), count=facts.count_words).strip()),
            *((paragraph(_(limit.no_extension_words)),) if not limit.extension and limit.no_extension_words else ()),
        ),
        heading(_("What happens now")),
        slot("what-happens", _what_happens(facts)),
        what_you_can_do(
            paragraph(_("You can send us a paper that shows it, or take this back, until we have decided.")),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def _what_happens(facts: LetterFacts) -> LetterBlock:
    return bullets(
        _("%(physician)s looks at the entry and decides.", physician=facts.physician or _("The physician")),
        _(facts.profile.corrections.words),
        *((_("This costs you nothing."),) if facts.profile.fees.corrections_free else ()),
    )


def note_decision(facts: LetterFacts, about: Corrected) -> Letter:
    """What was decided and why, what stands beside the entry, who is told, and how to go further."""
    outcome = about.decision.outcome
    answer = _(ANSWERS[outcome], physician=facts.physician, entry=about.entry)
    return from_clinic(
        LetterKind(outcome.value),
        _(TITLES[outcome]),
        facts,
        paragraph(
            _(
                "This letter is about what you told us on %(day)s (%(reference)s).",
                day=place("received", facts.say_date(facts.received_on)),
                reference=facts.reference,
            )
        ),
        slot("decision", paragraph(answer)),
        *_what_is_right(about),
        *_why(facts, about),
        heading(_("What stands beside the entry")),
        slot("beside", paragraph(_beside(outcome)), *_claim(about.claim)),
        heading(_("Who is told")),
        slot("who-is-told", *_told(about)),
        what_you_can_do(*_further(facts, about)),
    )


def _what_is_right(about: Corrected) -> tuple[LetterBlock, ...]:
    words = (quote(about.decision.corrected),) if about.decision.corrected.strip() else ()
    return heading(_("What is right from now on")), slot("what-is-right", *words)


def _why(facts: LetterFacts, about: Corrected) -> tuple[LetterBlock, ...]:
    if not about.decision.reasons.strip():
        return heading(_("Why")), slot("why")
    provision = _("The law that says so: %(provision)s.", provision=_(facts.profile.corrections.provision))
    words = LetterBlock("quote", text=about.decision.reasons, part="reasons")
    return heading(_("Why")), slot("why", words, paragraph(provision, "provision"))


def _beside(outcome: Outcome) -> str:
    if outcome == Outcome.CORRECTED:
        return _("The entry itself stays as it was. Beside it stands what is right, and what you wrote:")
    return _("Whoever reads the entry from now on, or receives it from us, reads what you wrote too:")


def _told(about: Corrected) -> tuple[LetterBlock, ...]:
    if not about.told:
        return (paragraph(_("Our register names nobody who received this entry in the time the law asks about.")),)
    words = _("We are writing to everybody who received this entry, or may have received it:")
    return paragraph(words), bullets(*about.told)


def _further(facts: LetterFacts, about: Corrected) -> tuple[LetterBlock, ...]:
    if about.decision.outcome == Outcome.CORRECTED:
        return (
            paragraph(_("If something is still wrong, tell us again. It costs nothing.")),
            who_answers(facts.clinic.privacy_contact),
        )
    return (
        slot("review-right", *review_right(facts)),
        slot("statement", *_statement(facts, about)),
        who_answers(facts.clinic.privacy_contact),
    )


def _statement(facts: LetterFacts, about: Corrected) -> tuple[LetterBlock, ...]:
    rule = facts.profile.corrections.statement
    if rule is None or about.statement_until is None:
        return ()
    last = _("You can add it in the portal until %(day)s.", day=facts.say_date(about.statement_until))
    return (paragraph(f"{_(rule.words)} {last}"),)


def correction_notice(facts: LetterFacts, name: str, address: tuple[str, ...], about: Corrected) -> Letter:
    """To one who received the entry: what it was, what is right, or what the patient says of it, and what we ask."""
    contact = facts.clinic.privacy_contact
    corrected = about.decision.outcome != Outcome.ANNOTATED and not about.statement
    sheet = Letter(
        kind=LetterKind.CORRECTION_NOTICE,
        title=whole("subject", _("A correction to a record") if corrected else _("A note to a record")),
        blocks=(
            paragraph(_("Dear %(name)s,", name=place("reader", name))),
            paragraph(
                _(
                    "You received information from us about our patient %(patient)s. This is about: %(entry)s.",
                    patient=facts.patient_name,
                    entry=about.entry,
                )
            ),
            slot("what-is-right", *_for_recipient(about)),
            heading(_("What we ask you to do")),
            slot("what-we-ask", _what_we_ask(corrected)),
            who_answers(contact),
            LetterBlock("signature", items=(contact.name, _(contact.title), facts.clinic.name)),
        ),
        reference=facts.reference,
        dated=facts.written_on,
        addressed_to=(name, *address),
        language=language(),
    )
    return worded(sheet, facts.wording(sheet.kind), places_of(facts) | {"reader": name})


def _what_we_ask(corrected: bool) -> LetterBlock:
    return bullets(
        _("Put this letter beside the entry, and correct your own record where you can.")
        if corrected
        else _("Put this letter beside the entry, so that whoever reads it reads this too."),
        _("Pass it on to anybody who received the entry from you."),
        _("Tell us in writing that you have done so."),
    )


def _for_recipient(about: Corrected) -> tuple[LetterBlock, ...]:
    if about.statement:
        return paragraph(_("The patient does not agree with this entry, and says:")), quote(about.statement)
    blocks: tuple[LetterBlock, ...] = ()
    if about.decision.outcome != Outcome.ANNOTATED:
        blocks = paragraph(_("This entry was wrong. What is right:")), quote(about.decision.corrected)
    if about.decision.outcome != Outcome.CORRECTED:
        blocks = *blocks, paragraph(_("We did not correct all of it. The patient says:")), *_claim(about.claim)
    return blocks


def _claim(claim: Claim) -> tuple[LetterBlock, ...]:
    """Her own words, as she wrote them."""
    rows = ((_("What is wrong"), claim.wrong), (_("What would be right"), claim.right))
    where = ((_("Where it is written"), claim.where),) if claim.where.strip() else ()
    return tuple(block for title, words in (*where, *rows) for block in (paragraph(title), quote(words)))
