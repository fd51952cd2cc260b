"""Letters about consents: the receipt the patient keeps, and what a recipient is told after a withdrawal."""

from collections.abc import Mapping
from typing import Any

from portal.domain.consent_receipts import EVENT_NAMES
from portal.domain.dates import say_date
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import worded
from portal.domain.letters.sentences import _, place
from portal.domain.letters.wording import (
    bullets,
    from_clinic,
    heading,
    paragraph,
    places_of,
    quote,
    slot,
    what_you_can_do,
    who_answers,
)
from portal.domain.purposes import DETAIL_NAMES
from portal.domain.words import language


def consent_receipt(facts: LetterFacts, body: Mapping[str, Any]) -> Letter:
    """What is on file, in plain words, with the wording that was read."""
    processing, event = body["processing"], body["event"]
    rows = [(_("Purpose"), processing["purpose"])]
    rows += [(_(DETAIL_NAMES[key]), value) for key, value in processing["details"].items() if key in DETAIL_NAMES]
    rows += [(_("Who may receive it"), party["name"]) for party in processing["recipient_third_parties"]]
    rows += [(_("What it is about"), each["pii_type"]) for each in processing["pii_information"]]
    rows += [(_("The picture’s own number (SHA-256)"), each["sha256"]) for each in processing.get("pictures", ())]
    rows += [(_("Until when"), event["validity_duration"]), (_("Who said so"), event["entity_name"])]
    return from_clinic(
        LetterKind.CONSENT_RECEIPT,
        _("Receipt: %(what)s", what=_(EVENT_NAMES[event["event_state"]])),
        facts,
        paragraph(
            _(
                "This is your receipt. Keep it. It says what is on file since %(day)s.",
                day=place("today", say_date(facts.written_on)),
            )
        ),
        slot("on-file", LetterBlock("table", head=(_("What"), _("On file")), rows=tuple(rows))),
        heading(_("What follows")),
        slot("what-follows", *_told(event["consequences"])),
        heading(_("Why")),
        slot("why", *_told(event["reason"])),
        heading(_("What you read")),
        slot("words-read", quote(processing["privacy_notice"]["text"])),
        what_you_can_do(
            slot("how-to-withdraw", paragraph(processing["withdrawal_method"])),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def _told(text: str) -> tuple[LetterBlock, ...]:
    return (paragraph(text),) if text else ()


def consent_notice(facts: LetterFacts, name: str, address: tuple[str, ...], body: Mapping[str, Any]) -> Letter:
    """To a recipient: the consent is gone; stop, and tell us what you did. It names what is needed and no more."""
    contact = facts.clinic.privacy_contact
    sheet = Letter(
        kind=LetterKind.CONSENT_NOTICE,
        title=_("A consent has ended"),
        blocks=(
            paragraph(_("Dear %(name)s,", name=place("reader", name))),
            paragraph(
                _(
                    "Our patient %(patient)s had agreed that you may receive information from us. That consent ended "
                    "on %(day)s.",
                    patient=facts.patient_name,
                    day=place("today", say_date(facts.written_on)),
                )
            ),
            slot("on-file", _purpose(body)),
            heading(_("What we ask you to do")),
            bullets(
                _("Use what you have received no further for this purpose, unless the law makes you."),
                _("Take down what you show, and destroy the copies you do not have to keep."),
                _("Tell us in writing what you have done, and when."),
            ),
            who_answers(contact),
            LetterBlock("signature", items=(contact.name, _(contact.title), facts.clinic.name)),
        ),
        reference=facts.reference,
        dated=facts.written_on,
        addressed_to=(name, *address),
        language=language(),
    )
    return worded(sheet, facts.wording(sheet.kind), places_of(facts) | {"reader": name})


def _purpose(body: Mapping[str, Any]) -> LetterBlock:
    rows = ((_("Purpose"), body["processing"]["purpose"]),)
    return LetterBlock("table", head=(_("What"), _("On file")), rows=rows)
