"""The letters of the clinic, composed as plain data from plain facts, in the portal's words or the clinic's own."""

from portal.domain.letters.answers import decision, no_record, not_confirmed, refusal
from portal.domain.letters.asking import request_letter
from portal.domain.letters.complaint_letters import complaint_answer, complaint_receipt
from portal.domain.letters.consent_letters import consent_notice, consent_receipt
from portal.domain.letters.correction_letters import Corrected, correction_notice, note_decision, note_received
from portal.domain.letters.disclosure_letters import Disclosed, disclosure_notice
from portal.domain.letters.examples import example
from portal.domain.letters.facts import Given, LetterFacts, NotGiven, Recipient
from portal.domain.letters.fee_letters import estimate, estimate_outcome
from portal.domain.letters.inviting import InvitationFacts, WayInFacts, invitation, way_in
from portal.domain.letters.keeping_posted import acknowledgement, extension, question, ready, withdrawal
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.letter_wordings import Wording, portals_own
from portal.domain.letters.parts import gap, missing_parts
from portal.domain.letters.slots import OUTLINES
from portal.domain.letters.wording_faults import faults

__all__ = [
    "OUTLINES",
    "Corrected",
    "Disclosed",
    "Given",
    "InvitationFacts",
    "Letter",
    "LetterBlock",
    "LetterFacts",
    "LetterKind",
    "NotGiven",
    "Recipient",
    "WayInFacts",
    "Wording",
    "acknowledgement",
    "complaint_answer",
    "complaint_receipt",
    "consent_notice",
    "consent_receipt",
    "correction_notice",
    "decision",
    "disclosure_notice",
    "estimate",
    "estimate_outcome",
    "example",
    "extension",
    "faults",
    "gap",
    "invitation",
    "missing_parts",
    "no_record",
    "not_confirmed",
    "note_decision",
    "note_received",
    "portals_own",
    "question",
    "ready",
    "refusal",
    "request_letter",
    "way_in",
    "withdrawal",
]
