"""One letter of each kind about a patient who does not exist, so that a clinic sees its words before anybody gets them.

The clinic, its law and its dates are the real ones; the names and what is said are made up. Every slot has something to
say but ``for-whom``: the patient asks for herself.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from portal.domain import arithmetic, clocks, fees
from portal.domain.access_requests import Delivery
from portal.domain.accuracy_notes import Claim, Decision, Outcome
from portal.domain.clinics import Clinic
from portal.domain.clocks import LedgerEntry, LedgerKind
from portal.domain.consent_receipts import EVENT_NAMES
from portal.domain.jurisdictions import Profile
from portal.domain.letters.answers import decision, no_record, not_confirmed, refusal
from portal.domain.letters.complaint_letters import complaint_answer, complaint_receipt
from portal.domain.letters.consent_letters import consent_notice, consent_receipt
from portal.domain.letters.correction_letters import Corrected, correction_notice, note_decision, note_received
from portal.domain.letters.disclosure_letters import Disclosed, disclosure_notice
from portal.domain.letters.facts import Given, LetterFacts, NotGiven, Recipient
from portal.domain.letters.fee_letters import estimate, estimate_outcome
from portal.domain.letters.inviting import InvitationFacts, WayInFacts, invitation, way_in
from portal.domain.letters.keeping_posted import acknowledgement, extension, question, ready, withdrawal
from portal.domain.letters.letter import Letter, LetterKind
from portal.domain.letters.letter_wordings import WordingFor, the_portals
from portal.domain.words import N_, _

AGO, LATER = timedelta(days=10), timedelta(days=45)
NAME, ADDRESS = "Maria Example", ("1 Example Street", "Nanaimo BC  V9R 0A0")
NUMBER, PORTAL = "0000000", "https://portal.example"
PHYSICIAN = "Dr Robin Example"
ASKED = N_("Do you want the photographs too?")
REASON = N_("This is where the reason stands, in the words of who decided.")
WRONG, RIGHT = N_("It says that I smoke."), N_("I have never smoked.")
PLACE_OF_IT = N_("In the second line")
LAB = N_("Example Laboratory")
GIVEN = N_("Your name, your telephone number, and which medicine you take.")
SEARCHED = (N_("the electronic record"), N_("the paper archive"))


def example(kind: LetterKind, clinic: Clinic, law: Profile, today: date, wording: WordingFor = the_portals) -> Letter:
    """The letter of that kind in the language spoken now. Raises KeyError for a letter the clinic does not write."""
    if kind in _SECRET:
        return _SECRET[kind](clinic, today, wording)
    if kind is LetterKind.DISCLOSURE_NOTICE:
        return _disclosure_notice(clinic, law, today, wording)
    return _ABOUT[kind](_facts(kind, clinic, law, today, wording))


def _facts(kind: LetterKind, clinic: Clinic, law: Profile, today: date, wording: WordingFor) -> LetterFacts:
    limit = "correction" if kind in _CORRECTIONS else "access"
    clock = clocks.replay(law, limit, [LedgerEntry(LedgerKind.RECEIVED, today - AGO)], today)
    return LetterFacts(
        profile=law,
        clinic=clinic,
        reference="EX-2026-000001-A",
        patient_name=NAME,
        reader_address=ADDRESS,
        physician=PHYSICIAN,
        received_on=clock.received,
        due=clock.due,
        written_on=today,
        count_words=arithmetic.summary(clock),
        wording=wording,
    )


def _given() -> list[Given]:
    return [Given(_("Visits and notes"), 12), Given(_("Photographs"), 3)]


def _not_given(facts: LetterFacts) -> list[NotGiven]:
    ground = facts.profile.grounds[0].id
    return [NotGiven(_("Letter"), facts.received_on - AGO, ground, False, _(REASON))]


def _recipients(facts: LetterFacts) -> list[Recipient]:
    return [Recipient(_(LAB), facts.received_on - AGO, _("a blood test"))]


def _fee(facts: LetterFacts) -> fees.FeeEstimate:
    """The first line of the clinic's own schedule that costs something."""
    deposit = facts.profile.fees.deposit_allowed
    for line in facts.clinic.fees.lines:
        made = fees.estimate(facts.profile, "access", facts.clinic.fees, {line.id: line.free_units + 60}, deposit)
        if not made.is_free:
            return made
    raise KeyError(LetterKind.ESTIMATE)


def _extension(facts: LetterFacts) -> Letter:
    rules = facts.profile.limit("access").extension
    if rules is None:
        raise KeyError(LetterKind.EXTENSION)
    return extension(facts, facts.due + LATER, rules.grounds[0].id, _(REASON))


def _corrected(outcome: Outcome, facts: LetterFacts) -> Corrected:
    return Corrected(
        _("Visit note, %(day)s", day=facts.say_date(facts.received_on - AGO)),
        Claim(_(PLACE_OF_IT), _(WRONG), _(RIGHT)),
        Decision(outcome, "" if outcome == Outcome.ANNOTATED else _(RIGHT), _(REASON)),
        told=(_(LAB),),
        statement_until=facts.written_on + LATER,
    )


def _decided(outcome: Outcome) -> Callable[[LetterFacts], Letter]:
    return lambda facts: note_decision(facts, _corrected(outcome, facts))


def _consent(facts: LetterFacts) -> Mapping[str, Any]:
    return {
        "processing": {
            "purpose": _("Teaching with photographs"),
            "details": {},
            "recipient_third_parties": [{"name": _(LAB)}],
            "pii_information": [{"pii_type": _("Photographs")}],
            "privacy_notice": {"text": _("Here stand the words she read before she said yes.")},
            "withdrawal_method": _("You can take it back at any time, in the portal or at the clinic."),
        },
        "event": {
            "event_state": next(iter(EVENT_NAMES)),
            "validity_duration": _("Until %(day)s", day=facts.say_date(facts.written_on + LATER)),
            "entity_name": NAME,
            "consequences": _("From then on we show the photographs to students."),
            "reason": _(REASON),
        },
    }


def _complaint_receipt(facts: LetterFacts) -> Letter:
    return complaint_receipt(facts, _("How long something takes"), "EX-2026-000002-B", facts.count_words)


def _complaint_answer(facts: LetterFacts) -> Letter:
    told = (_(REASON), _("We say sorry, and send you the letter again."), _("We check each address twice."))
    return complaint_answer(facts, _("You are right."), *told)


def _disclosure_notice(clinic: Clinic, law: Profile, today: date, wording: WordingFor) -> Letter:
    duty, named = law.disclosures.notice, next((each for each in law.consents.lawful if each.notice), None)
    if duty is None or named is None:
        raise KeyError(LetterKind.DISCLOSURE_NOTICE)
    later = next((_(each.words) for each in law.disclosures.holding_back), "")
    return disclosure_notice(
        Disclosed(
            clinic=clinic,
            profile=law,
            number="0000000",
            patient_name=NAME,
            reader_address=ADDRESS,
            recipient=_(LAB),
            recipient_address=ADDRESS,
            on=today - AGO,
            what=_(GIVEN),
            why=_(REASON),
            law=_(named.words),
            provision=_(duty.provision),
            written_on=today,
            note=_(REASON),
            held_back=later,
            wording=wording,
        )
    )


def _invitation(clinic: Clinic, today: date, wording: WordingFor) -> Letter:
    fact = _("the last four digits of your telephone number")
    facts = InvitationFacts(clinic, NUMBER, NAME, ADDRESS, today + LATER, today, wording, f"{PORTAL}/activate", fact)
    return invitation(facts).with_secret("EXAM-PLEC-ODE0")


def _way_in(clinic: Clinic, today: date, wording: WordingFor) -> Letter:
    facts = WayInFacts(clinic, NUMBER, NAME, ADDRESS, today + LATER, today, wording)
    return way_in(facts).with_secret(f"{PORTAL}/activate/example")


_SECRET = {LetterKind.INVITATION: _invitation, LetterKind.WAY_IN: _way_in}


_CORRECTIONS = {
    LetterKind.NOTE_RECEIVED,
    LetterKind.CORRECTED,
    LetterKind.CORRECTED_IN_PART,
    LetterKind.ANNOTATED,
    LetterKind.CORRECTION_NOTICE,
}
_ABOUT: dict[LetterKind, Callable[[LetterFacts], Letter]] = {
    LetterKind.ACKNOWLEDGEMENT: acknowledgement,
    LetterKind.QUESTION: lambda facts: question(facts, _(ASKED), PHYSICIAN),
    LetterKind.ESTIMATE: lambda facts: estimate(facts, _fee(facts), _(REASON)),
    LetterKind.ESTIMATE_WAIVED: lambda facts: estimate_outcome(facts, _fee(facts), waived=True),
    LetterKind.ESTIMATE_NOT_WAIVED: lambda facts: estimate_outcome(facts, _fee(facts), waived=False, reason=_(REASON)),
    LetterKind.EXTENSION: _extension,
    LetterKind.RELEASED_IN_FULL: lambda facts: decision(facts, _given(), [], _recipients(facts)),
    LetterKind.RELEASED_IN_PART: lambda facts: decision(facts, _given(), _not_given(facts), _recipients(facts)),
    LetterKind.REFUSED: lambda facts: refusal(
        facts, [replace(each, whole=True) for each in _not_given(facts)], _recipients(facts)
    ),
    LetterKind.NOT_CONFIRMED: not_confirmed,
    LetterKind.NO_RECORD: lambda facts: no_record(facts, [_(each) for each in SEARCHED]),
    LetterKind.READY: lambda facts: ready(facts, Delivery.DOWNLOAD, facts.written_on + LATER),
    LetterKind.WITHDRAWAL: withdrawal,
    LetterKind.NOTE_RECEIVED: lambda facts: note_received(facts, Claim(_(PLACE_OF_IT), _(WRONG), _(RIGHT))),
    LetterKind.CORRECTED: _decided(Outcome.CORRECTED),
    LetterKind.CORRECTED_IN_PART: _decided(Outcome.IN_PART),
    LetterKind.ANNOTATED: _decided(Outcome.ANNOTATED),
    LetterKind.CORRECTION_NOTICE: lambda facts: correction_notice(
        facts, _(LAB), ADDRESS, _corrected(Outcome.IN_PART, facts)
    ),
    LetterKind.CONSENT_RECEIPT: lambda facts: consent_receipt(facts, _consent(facts)),
    LetterKind.CONSENT_NOTICE: lambda facts: consent_notice(facts, _(LAB), ADDRESS, _consent(facts)),
    LetterKind.COMPLAINT_RECEIPT: _complaint_receipt,
    LetterKind.COMPLAINT_ANSWER: _complaint_answer,
}
