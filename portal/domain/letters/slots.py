"""What a clinic may put into its own words for each kind of letter: the slots and the places, in plain words.

``must`` is what the letter cannot do without though no law lists it; what the law lists is in the profile
(``letter_parts``), and ``PARTS`` says which slot says it. The patient's own request is hers, so it is not here.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from portal.domain.jurisdictions import Profile
from portal.domain.letters.letter import LetterKind
from portal.domain.words import N_

EVERYWHERE = ("reader", "patient", "clinic", "phone", "reference", "received", "today")
CONTACT = ("contact_name", "contact_title", "contact_address", "contact_phone")
PARTS: dict[str, tuple[str, ...]] = {
    "what-we-give": ("records",),
    "uses": ("uses",),
    "recipients": ("recipients",),
    "not-given": ("reasons", "provision"),
    "provision": ("provision",),
    "why": ("reasons", "provision"),
    "searched": ("searched",),
    "who-answers": CONTACT,
    "review-right": ("review_right", "review_last_day"),
    "why-longer": ("extension_reason",),
    "new-date": ("extension_date",),
    "right-to-complain": ("extension_complaint", "fee_complaint"),
    "fee-table": ("estimate_lines", "estimate_total", "deposit"),
    "fee-choices": ("estimate_choices",),
    "day-given": ("notice_day",),
    "who-received": ("notice_recipient",),
    "what-was-given": ("notice_what",),
    "what-it-was-for": ("notice_why",),
    "law-that-allowed": ("notice_provision",),
}
SLOTS = {
    "about-request": N_("which request this letter is about, with its number and its day"),
    "beside": N_("what stands beside the entry from now on, with the patient’s own words"),
    "clinic-phone": N_("the clinic’s telephone number"),
    "code": N_("the code she signs in with for the first time"),
    "day-given": N_("that we gave information about her, and on which day"),
    "decision": N_("what the physician has decided about the entry"),
    "fee-and-the-date": N_("what the fee does to the day of our answer"),
    "fee-choices": N_("that the patient can accept the fee, decline it, or ask us to waive it"),
    "fee-law": N_("what the law says about fees"),
    "fee-table": N_("each part of the fee, the sum, and a deposit where there is one"),
    "findings": N_("what we found, in the words of who answers"),
    "for-whom": N_("whose record it is, where somebody asks for the patient"),
    "her-words": N_("what the patient wrote"),
    "how-counted": N_("how the days are counted"),
    "how-to-get-it": N_("how the patient gets her record, and until when"),
    "how-to-withdraw": N_("how the patient takes her consent back"),
    "law": N_("the provision that allows us more time"),
    "law-that-allowed": N_("the law that allowed it without her consent, in plain words, with its provision"),
    "link": N_("the link with which she sets a new password"),
    "new-date": N_("the new last day for our answer"),
    "not-given": N_("what we do not give, why, and the law that says so"),
    "office-outside": N_("the office outside the clinic where she can complain, and how to reach it"),
    "on-file": N_("what is on file, as a table"),
    "provision": N_("that we neither say yes nor no, and the law that says so"),
    "put-right": N_("what we put right, where something is"),
    "question": N_("our question, and who asks it"),
    "recipients": N_("who received information about the patient, by name"),
    "review-right": N_("the right to ask for a review, the last day for it, and how to reach that office"),
    "right-to-complain": N_("the right to complain, and how to reach that office"),
    "searched": N_("where we looked"),
    "statement": N_("that the patient can add a statement, and until when"),
    "uses": N_("how we have used the information"),
    "ways-outside": N_("the offices outside the clinic, and how to reach them"),
    "what-follows": N_("what follows from the consent, or from taking it back"),
    "what-happens": N_("what happens now, as a list"),
    "what-is-right": N_("what is right, or what the patient says of the entry"),
    "what-it-was-for": N_("what the information was given for"),
    "what-was-given": N_("what was given"),
    "what-was-so": N_("what was so that we had to give it, where that was written down"),
    "what-we-ask": N_("what we ask the recipient to do"),
    "what-we-give": N_("what we give, by kind and number"),
    "while-waiting": N_("what waiting for her answer does to the day of ours"),
    "who-answers": N_("who answers questions: name, position, address and telephone"),
    "who-is-told": N_("whom we tell about the correction"),
    "who-received": N_("who received the information, with the address where it is known"),
    "whom-to-ask": N_("who answers questions, by name and telephone, and the number she gives"),
    "why": N_("the reason, in the words of who decided"),
    "why-longer": N_("why we need more time"),
    "why-this-fee": N_("why it costs this, where a reason is given"),
    "why-this-letter": N_("why the law has us write, and why only now where she is told later"),
    "will-change": N_("what will change at the clinic, where something will"),
    "words-read": N_("the words the patient read when she said yes or no"),
}
PLACES = {
    "reader": N_("who opens the letter"),
    "patient": N_("the patient’s name"),
    "clinic": N_("the clinic’s name"),
    "phone": N_("the clinic’s telephone number"),
    "reference": N_("the number of the request or case"),
    "received": N_("the day it came"),
    "today": N_("the day this letter is written"),
    "due": N_("the last day for our answer"),
    "due-before": N_("the last day for our answer, as it was before"),
    "physician": N_("the physician responsible for it"),
    "total": N_("the fee in all"),
    "page": N_("the address of the page where she begins"),
    "fact": N_("the one more thing she has to know"),
    "until": N_("the last day the code or link works"),
    "what": N_("what the receipt is for"),
    "entry": N_("the entry it is about, by kind and day"),
    "subject": N_("whether it is a correction or a note"),
}


@dataclass(frozen=True)
class Outline:
    """One kind of letter: ``when`` it is written, and what can and must stand in it."""

    when: str
    slots: tuple[str, ...]
    more: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    general: tuple[str, ...] = EVERYWHERE

    @property
    def places(self) -> tuple[str, ...]:
        """The places that may stand in a sentence."""
        return (*self.general, *self.more)


def _outline(when: str, slots: str, more: str = "", must: str = "", without: str = "") -> Outline:
    general = tuple(each for each in EVERYWHERE if each not in without.split())
    return Outline(when, tuple(slots.split()), tuple(more.split()), tuple(must.split()), general)


_ANSWER = "about-request what-we-give uses recipients"
_NOTE = "decision what-is-right why beside who-is-told"
_MUST_NOTE = "decision beside who-is-told"
_NOTICE = (
    "day-given who-received what-was-given what-it-was-for law-that-allowed what-was-so why-this-letter "
    "whom-to-ask office-outside"
)
OUTLINES: dict[LetterKind, Outline] = {
    LetterKind.ACKNOWLEDGEMENT: _outline(
        N_("A request for a record has come"), "for-whom how-counted who-answers", "physician due", "reference due"
    ),
    LetterKind.QUESTION: _outline(
        N_("We have a question about a request"), "about-request question while-waiting who-answers", "", "question"
    ),
    LetterKind.ESTIMATE: _outline(
        N_("An answer would cost something"),
        "about-request fee-law fee-table why-this-fee fee-and-the-date fee-choices right-to-complain who-answers",
    ),
    LetterKind.ESTIMATE_WAIVED: _outline(N_("A fee is waived"), "about-request who-answers", "due"),
    LetterKind.ESTIMATE_NOT_WAIVED: _outline(
        N_("A fee is not waived"), "about-request why right-to-complain who-answers", "total", "why"
    ),
    LetterKind.EXTENSION: _outline(
        N_("We need more time"),
        "about-request why-longer law new-date right-to-complain who-answers",
        "due-before",
    ),
    LetterKind.RELEASED_IN_FULL: _outline(
        N_("The whole record is given"),
        f"{_ANSWER} who-answers",
        "physician",
    ),
    LetterKind.RELEASED_IN_PART: _outline(
        N_("Part of a record is given"),
        f"{_ANSWER} not-given who-answers review-right",
        "physician",
    ),
    LetterKind.REFUSED: _outline(
        N_("Nothing of a record is given"),
        "about-request uses recipients not-given who-answers review-right",
        "physician",
        "uses recipients",
    ),
    LetterKind.NOT_CONFIRMED: _outline(
        N_("We neither say that there is a record nor that there is none"),
        "about-request provision who-answers review-right",
        must="provision",
    ),
    LetterKind.NO_RECORD: _outline(
        N_("We found no record"), "about-request searched who-answers review-right", must="searched"
    ),
    LetterKind.READY: _outline(
        N_("A record is ready"), "about-request how-to-get-it who-answers", must="how-to-get-it"
    ),
    LetterKind.WITHDRAWAL: _outline(N_("A request was withdrawn"), "about-request who-answers"),
    LetterKind.NOTE_RECEIVED: _outline(
        N_("A patient says that something is wrong in her record"),
        "her-words how-counted what-happens who-answers",
        "due",
        "reference due",
    ),
    LetterKind.CORRECTED: _outline(N_("A record is corrected"), f"{_NOTE} who-answers", must=_MUST_NOTE),
    LetterKind.CORRECTED_IN_PART: _outline(
        N_("A record is corrected in part"),
        f"{_NOTE} review-right statement who-answers",
        must=f"{_MUST_NOTE} statement",
    ),
    LetterKind.ANNOTATED: _outline(
        N_("A record is not corrected, and what the patient says is noted"),
        f"{_NOTE} review-right statement who-answers",
        must=f"{_MUST_NOTE} statement",
    ),
    LetterKind.CORRECTION_NOTICE: _outline(
        N_("To somebody who received an entry: a correction or a note"),
        "what-is-right what-we-ask who-answers",
        "entry subject",
        "patient entry what-is-right what-we-ask who-answers",
        without="received",
    ),
    LetterKind.CONSENT_RECEIPT: _outline(
        N_("A consent was given, changed, refused or taken back"),
        "on-file what-follows why words-read how-to-withdraw who-answers",
        "what",
        "on-file what-follows words-read how-to-withdraw",
        without="received",
    ),
    LetterKind.CONSENT_NOTICE: _outline(
        N_("To somebody who could receive information: a consent has ended"),
        "on-file who-answers",
        "",
        "patient on-file who-answers",
        without="received",
    ),
    LetterKind.COMPLAINT_RECEIPT: _outline(
        N_("A complaint has come"), "on-file how-counted ways-outside who-answers", must="on-file ways-outside"
    ),
    LetterKind.COMPLAINT_ANSWER: _outline(
        N_("A complaint is answered"),
        "findings put-right will-change ways-outside who-answers",
        must="findings put-right will-change ways-outside",
    ),
    LetterKind.DISCLOSURE_NOTICE: _outline(
        N_("Information was given to somebody without her consent, and the law has us tell her"),
        _NOTICE,
        must=_NOTICE,
        without="received",
    ),
    LetterKind.INVITATION: _outline(
        N_("A patient gets her code for the portal"),
        "code clinic-phone",
        "page fact until",
        "code page fact until",
        without="received",
    ),
    LetterKind.WAY_IN: _outline(
        N_("A patient who lost every way to sign in gets a new one"),
        "link clinic-phone",
        "until",
        "link until",
        without="received",
    ),
}


def needed(kind: LetterKind, law: Profile) -> Iterator[tuple[str, str]]:
    """What a letter of the kind must have: (the name of the slot or place, the words for what it says)."""
    outline, seen = OUTLINES[kind], set[str]()
    for part in law.letter_parts:
        if kind in part.letters:
            for name in outline.slots:
                if part.id in PARTS.get(name, ()):
                    seen.add(name)
                    yield name, part.words
    for name in outline.must:
        if name not in seen and (name != "statement" or law.corrections.statement):
            yield name, SLOTS.get(name) or PLACES[name]
