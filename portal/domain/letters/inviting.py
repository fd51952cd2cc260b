"""The letters that bring a patient what she comes in with: the code of her first sign-in, or a new way in."""

from dataclasses import dataclass
from datetime import date

from portal.domain.clinics import Clinic
from portal.domain.dates import say_date
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import WordingFor, the_portals, worded
from portal.domain.letters.sentences import _, place
from portal.domain.letters.wording import bullets, heading, line, paragraph, secret, slot, what_you_can_do
from portal.domain.words import language


@dataclass(frozen=True)
class WayInFacts:
    """``until`` is the last day it opens something."""

    clinic: Clinic
    number: str
    patient_name: str
    reader_address: tuple[str, ...]
    until: date
    written_on: date
    wording: WordingFor = the_portals


@dataclass(frozen=True)
class InvitationFacts(WayInFacts):
    """``asked_for`` names the one more fact she gives, on the ``page`` where she types the code."""

    page: str = ""
    asked_for: str = ""


def invitation(facts: InvitationFacts) -> Letter:
    """What to type, where, and until when. It says that a code stands here; which, only ``with_secret`` knows."""
    return _to_her(
        LetterKind.INVITATION,
        _("Your way in to our portal"),
        facts,
        paragraph(
            _(
                "In our portal you ask for your health record, follow your request, and see who opened your "
                "information. With this letter you set up your own sign-in."
            )
        ),
        heading(_("Your code")),
        slot("code", secret(_("(The code stood here. It was given out once and is not kept.)"))),
        heading(_("What you do")),
        bullets(
            _("Open this page: %(address)s", address=place("page", facts.page)),
            _("Type the code, your birth date, and this: %(fact)s", fact=facts.asked_for),
            _("Choose the e-mail address and the password that you will sign in with."),
        ),
        paragraph(
            _(
                "The code works once, until %(day)s, and until we give you a newer one. Show it to nobody. "
                "We never ask for it by telephone or e-mail.",
                day=place("until", say_date(facts.until)),
            )
        ),
    )


def way_in(facts: WayInFacts) -> Letter:
    """The link for who lost every proof; which, only ``with_secret`` knows."""
    return _to_her(
        LetterKind.WAY_IN,
        _("Your new way into our portal"),
        facts,
        paragraph(
            _(
                "With this link you set a new password. "
                "Your old password, phone, passkeys and recovery codes then stop working."
            )
        ),
        slot("link", secret(_("(The link stood here. It was given out once and is not kept.)"))),
        paragraph(
            _(
                "It works once, until %(day)s. Whoever has this letter can use it, so keep it to yourself.",
                day=place("until", say_date(facts.until)),
            )
        ),
    )


def _to_her(kind: LetterKind, title: str, facts: WayInFacts, *blocks: LetterBlock) -> Letter:
    clinic, contact = facts.clinic, facts.clinic.privacy_contact
    sheet = Letter(
        kind=kind,
        title=title,
        blocks=(
            paragraph(_("Dear %(name)s,", name=place("reader", facts.patient_name))),
            *blocks,
            what_you_can_do(
                paragraph(_("You did not ask for this, or something does not work? Call us.")),
                slot("clinic-phone", line(_("Telephone %(phone)s", phone=clinic.phone))),
            ),
            LetterBlock("signature", items=(contact.name, _(contact.title), clinic.name)),
        ),
        reference=facts.number,
        dated=facts.written_on,
        addressed_to=(facts.patient_name, *facts.reader_address),
        language=language(),
    )
    places = {"reader": facts.patient_name, "patient": facts.patient_name, "clinic": clinic.name}
    places |= {"phone": clinic.phone, "reference": facts.number, "today": say_date(facts.written_on)}
    return worded(sheet, facts.wording(sheet.kind), places)
