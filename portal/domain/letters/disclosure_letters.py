"""The letter to a patient about what was given without her consent: the law's notice, to her alone."""

from dataclasses import dataclass
from datetime import date

from portal.domain.clinics import Clinic
from portal.domain.dates import say_date
from portal.domain.jurisdictions import Profile
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import WordingFor, the_portals, worded
from portal.domain.letters.sentences import _, place
from portal.domain.letters.wording import bullets, heading, how_to_reach, line, paragraph, quote, slot, what_you_can_do
from portal.domain.words import language


@dataclass(frozen=True)
class Disclosed:
    """What the register says of it, as it was corrected since.

    ``number`` is the patient's own, ``recipient_address`` may be empty. ``law`` are the plain words of the case the law
    names, with its ``provision``; ``note`` what was so, ``held_back`` why she is told only now, empty at once.
    ``wording`` finds the clinic's own words for it. ``replaces`` is the day of an earlier letter that told her wrong,
    with ``was_wrong``, what the register says was wrong.
    """

    clinic: Clinic
    profile: Profile
    number: str
    patient_name: str
    reader_address: tuple[str, ...]
    recipient: str
    recipient_address: tuple[str, ...]
    on: date
    what: str
    why: str
    law: str
    provision: str
    written_on: date
    note: str = ""
    held_back: str = ""
    wording: WordingFor = the_portals
    replaces: date | None = None
    was_wrong: str = ""


def disclosure_notice(about: Disclosed) -> Letter:
    """Who received what, when and why, by which law, and what she can do. Source: PIPA s.18(1)(k)."""
    contact = about.clinic.privacy_contact
    sheet = Letter(
        kind=LetterKind.DISCLOSURE_NOTICE,
        title=_("We gave information about you to somebody"),
        blocks=(
            paragraph(_("Dear %(name)s,", name=place("reader", about.patient_name))),
            slot("day-given", *_instead_of(about), _day(about)),
            *_what_was_given(about),
            *_why_we_could(about),
            what_you_can_do(*_choices(about)),
            LetterBlock("signature", items=(contact.name, _(contact.title), about.clinic.name)),
        ),
        reference=about.number,
        dated=about.written_on,
        addressed_to=(about.patient_name, *about.reader_address),
        language=language(),
    )
    return worded(sheet, about.wording(sheet.kind), _places(about))


def _places(about: Disclosed) -> dict[str, str]:
    places = {"reader": about.patient_name, "patient": about.patient_name, "clinic": about.clinic.name}
    return places | {
        "phone": about.clinic.phone,
        "reference": about.number,
        "today": say_date(about.written_on),
    }


def _instead_of(about: Disclosed) -> tuple[LetterBlock, ...]:
    """That an earlier letter was wrong, in a slot that no wording may leave out."""
    if about.replaces is None:
        return ()
    said = _("We wrote to you about this on %(day)s. That letter was wrong.", day=say_date(about.replaces))
    return (
        paragraph(said),
        quote(about.was_wrong),
        paragraph(_("Only this letter counts. You can throw the other away.")),
    )


def _day(about: Disclosed) -> LetterBlock:
    said = _("On %(day)s we gave information about you to somebody outside the clinic.", day=say_date(about.on))
    return paragraph(said, "notice_day")


def _what_was_given(about: Disclosed) -> tuple[LetterBlock, ...]:
    to_whom = (line(about.recipient, "notice_recipient"), *(line(each) for each in about.recipient_address))
    return (
        heading(_("Who received it")),
        slot("who-received", *to_whom),
        heading(_("What we gave")),
        slot("what-was-given", LetterBlock("quote", text=about.what, part="notice_what")),
        heading(_("What it was for")),
        slot("what-it-was-for", LetterBlock("quote", text=about.why, part="notice_why")),
    )


def _why_we_could(about: Disclosed) -> tuple[LetterBlock, ...]:
    """The law in plain words, what was so, and why she hears of it only now."""
    duty = about.profile.disclosures.notice
    allowed = _("%(words)s (%(provision)s)", words=about.law, provision=about.provision)
    told = (paragraph(_("What was so:")), quote(about.note)) if about.note.strip() else ()
    owed = (paragraph(_(duty.words)),) if duty else ()
    later = (paragraph(about.held_back),) if about.held_back else ()
    return (
        heading(_("Why we could do this without asking you")),
        slot("law-that-allowed", paragraph(allowed, "notice_provision")),
        slot("what-was-so", *told),
        slot("why-this-letter", *owed, *later),
    )


def _choices(about: Disclosed) -> tuple[LetterBlock, ...]:
    contact, office = about.clinic.privacy_contact, about.profile.complaint_body
    return (
        bullets(
            _("See it in the portal, under “Who received your information”."),
            _("Tell us if something in this letter is not right."),
            _("Tell us if you think that we should not have done this. You can complain to us in the portal."),
            _("You can also complain to the office outside the clinic that is named below. It costs nothing."),
        ),
        slot(
            "whom-to-ask",
            paragraph(_("If you have questions, this person can answer them:")),
            line(contact.name),
            line(_(contact.title)),
            line(_("Telephone %(phone)s", phone=contact.phone)),
            line(_("Give them your number with us: %(number)s", number=about.number)),
        ),
        slot("office-outside", paragraph(_("The office outside the clinic:")), *how_to_reach(office)),
    )
