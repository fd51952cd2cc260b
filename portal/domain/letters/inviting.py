"""The letter that brings a patient the code by which she sets up her sign-in."""

from dataclasses import dataclass
from datetime import date

from portal.domain.clinics import Clinic
from portal.domain.dates import say_date
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import WordingFor, the_portals, worded
from portal.domain.letters.sentences import _, place
from portal.domain.letters.wording import bullets, heading, line, paragraph, slot, what_you_can_do
from portal.domain.words import language


@dataclass(frozen=True)
class InvitationFacts:
    """``code`` as it is printed, or None for the copy that is kept; ``asked_for`` names the one more fact she gives."""

    clinic: Clinic
    number: str
    patient_name: str
    reader_address: tuple[str, ...]
    page: str
    code: str | None
    asked_for: str
    until: date
    written_on: date
    wording: WordingFor = the_portals


def invitation(facts: InvitationFacts) -> Letter:
    """What to type, where, and until when. The copy on file says that a code stood here, and not which."""
    clinic, contact = facts.clinic, facts.clinic.privacy_contact
    sheet = Letter(
        kind=LetterKind.INVITATION,
        title=_("Your way in to our portal"),
        blocks=(
            paragraph(_("Dear %(name)s,", name=place("reader", facts.patient_name))),
            paragraph(
                _(
                    "In our portal you ask for your health record, follow your request, and see who opened your "
                    "information. With this letter you set up your own sign-in."
                )
            ),
            heading(_("Your code")),
            slot("code", paragraph(facts.code or _("(The code stood here. It was given out once and is not kept.)"))),
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
