"""The letters of an access request, composed as plain data from plain facts."""

from portal.domain.letters.answers import decision, no_record, not_confirmed, refusal
from portal.domain.letters.asking import request_letter
from portal.domain.letters.complaint_letters import complaint_answer, complaint_receipt
from portal.domain.letters.consent_letters import consent_notice, consent_receipt
from portal.domain.letters.correction_letters import Corrected, correction_notice, note_decision, note_received
from portal.domain.letters.disclosure_letters import Disclosed, disclosure_notice
from portal.domain.letters.facts import Given, LetterFacts, NotGiven, Recipient
from portal.domain.letters.fee_letters import estimate, estimate_outcome
from portal.domain.letters.inviting import InvitationFacts, invitation
from portal.domain.letters.keeping_posted import acknowledgement, extension, question, ready, withdrawal
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.parts import gap, missing_parts

__all__ = [
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
    "extension",
    "gap",
    "invitation",
    "missing_parts",
    "no_record",
    "not_confirmed",
    "note_decision",
    "note_received",
    "question",
    "ready",
    "refusal",
    "request_letter",
    "withdrawal",
]
