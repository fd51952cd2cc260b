"""What FHIR's elements are called on paper."""

import re
from functools import cache

from portal.domain.words import N_, _, language

LABELS = {
    "abatement": N_("Ended"),
    "active": N_("Record in use"),
    "actor": N_("Who"),
    "addresses": N_("For"),
    "appliesTo": N_("Applies to"),
    "asNeeded": N_("As needed"),
    "asserter": N_("Told by"),
    "assessor": N_("Assessed by"),
    "attester": N_("Confirmed by"),
    "authenticator": N_("Confirmed by"),
    "author": N_("Written by"),
    "authored": N_("Written"),
    "authoredOn": N_("Written"),
    "basedOn": N_("Based on"),
    "birthDate": N_("Birth date"),
    "bodySite": N_("Place on the body"),
    "careManager": N_("In charge"),
    "category": N_("Category"),
    "clinicalStatus": N_("Status"),
    "code": N_("What"),
    "communication": N_("Language"),
    "conclusion": N_("Conclusion"),
    "conclusionCode": N_("Finding"),
    "contact": N_("Contact person"),
    "context": N_("During"),
    "created": N_("Written"),
    "creation": N_("Written"),
    "custodian": N_("Kept by"),
    "dataAbsentReason": N_("Why there is no result"),
    "date": N_("Date"),
    "dateAsserted": N_("Told on"),
    "dateTime": N_("Date"),
    "deceased": N_("Has died"),
    "derivedFrom": N_("Worked out from"),
    "description": N_("Description"),
    "dispenseRequest": N_("Dispense request"),
    "docStatus": N_("State of the text"),
    "doseAndRate": N_("Amount"),
    "dose": N_("Amount"),
    "dosage": N_("How it is taken"),
    "dosageInstruction": N_("How to take it"),
    "effective": N_("When"),
    "encounter": N_("Visit"),
    "facilityType": N_("Kind of place"),
    "focus": N_("About"),
    "for": N_("About"),
    "gender": N_("Gender"),
    "generalPractitioner": N_("Family doctor"),
    "hasMember": N_("Consists of"),
    "hospitalization": N_("Hospital stay"),
    "identifier": N_("Reference number"),
    "informationSource": N_("Told by"),
    "intent": N_("Order or plan"),
    "interpretation": N_("Compared with normal"),
    "issued": N_("Reported"),
    "item": N_("Entry"),
    "lastOccurrence": N_("Last time"),
    "lifecycleStatus": N_("Status"),
    "link": N_("Linked with"),
    "location": N_("Location"),
    "lotNumber": N_("Batch number"),
    "managingOrganization": N_("Kept by"),
    "manifestation": N_("Sign or symptom"),
    "medication": N_("Medicine"),
    "multipleBirth": N_("Twin or multiple birth"),
    "note": N_("Note"),
    "occurrence": N_("When"),
    "onset": N_("Began"),
    "operator": N_("Done by"),
    "participant": N_("Taking part"),
    "partOf": N_("Part of"),
    "patient": N_("About"),
    "payload": N_("Message"),
    "performed": N_("Done"),
    "performer": N_("Done by"),
    "period": N_("When"),
    "photo": N_("Photograph"),
    "preferred": N_("Preferred"),
    "presentedForm": N_("Report as a file"),
    "reaction": N_("Reaction"),
    "reason": N_("Reason"),
    "outcomeDesc": N_("Outcome in words"),
    "altId": N_("Other number"),
    "recorded": N_("Recorded"),
    "recordedDate": N_("Recorded"),
    "recorder": N_("Recorded by"),
    "referenceRange": N_("Normal range"),
    "relatesTo": N_("Other documents"),
    "relationship": N_("Relationship"),
    "requester": N_("Asked for by"),
    "result": N_("Result"),
    "resultsInterpreter": N_("Interpreted by"),
    "securityLabel": N_("Confidentiality"),
    "sender": N_("From"),
    "sent": N_("Sent"),
    "serviceProvider": N_("Clinic or hospital"),
    "severity": N_("Severity"),
    "source": N_("Told by"),
    "sourceAttachment": N_("Signed form"),
    "sourceReference": N_("Signed form"),
    "started": N_("Date"),
    "subject": N_("About"),
    "subpotentReason": N_("Why the dose was too weak"),
    "substance": N_("Substance"),
    "supportingInfo": N_("See also"),
    "target": N_("Entry"),
    "telecom": N_("Telephone or e-mail"),
    "timing": N_("When"),
    "title": N_("Title"),
    "type": N_("Type"),
    "usedCode": N_("Used"),
    "vaccine": N_("Vaccine"),
    "value": N_("Result"),
    "verificationStatus": N_("Certainty"),
    "view": N_("View"),
    "warning": N_("Warning"),
    "who": N_("Who"),
}

_EXTENSIONS = {
    "us-core-birthsex": N_("Sex at birth"),
    "patient-mothersMaidenName": N_("Mother's maiden name"),
    "patient-birthTime": N_("Time of birth"),
    "data-absent-reason": N_("Why it is missing"),
    "originalText": N_("As it was written"),
}

# The types that end a FHIR choice element: onsetAge is an "onset".
_CHOICES = re.compile(
    r"(?<=[a-z])(CodeableConcept|Quantity|SampledData|String|Boolean|Integer|DateTime|Instant|Range|Ratio|Age|Duration"
    r"|Timing|Reference|Attachment|Period|Code|Uri|Decimal|Date|Time|Money|Annotation|Coding|Identifier|Address)\Z"
)
_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def label_of(key: str) -> str:
    """The label of an element: a word we chose, else its name in words ("daysOfWeek": "Days of week")."""
    return _label(key, language())


@cache
def _label(key: str, _language: str) -> str:
    if key in LABELS:
        return _(LABELS[key])
    stem = _CHOICES.sub("", key)
    return _(LABELS[stem]) if stem in LABELS else humanised(key if key.endswith(("Date", "Time", "Period")) else stem)


@cache
def humanised(key: str) -> str:
    """``camelCase`` and ``kebab-case`` names as words, the first with a capital."""
    words = _HUMPS.sub(" ", key.replace("-", " ").replace("_", " ")).lower().strip()
    return words[:1].upper() + words[1:]


def extension_label(url: str) -> str:
    """What an extension is about, from the end of its address."""
    tail = re.split(r"[/#:]", url.rstrip("/"))[-1]
    if tail in _EXTENSIONS:
        return _(_EXTENSIONS[tail])
    for plumbing in ("us-core-", "ca-", "patient-", "individual-", "iso21090-"):
        tail = tail.removeprefix(plumbing)
    return humanised(tail.removesuffix("-extension")) if tail else _("More")
