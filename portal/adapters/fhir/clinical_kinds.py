"""The kinds of entry FHIR has, as the clinic sees them: name, category, what names them and what comes first."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from portal.domain.record_items import Category
from portal.domain.words import N_

# Elements that name an entry, and that say when it happened, where its kind says nothing of its own.
TITLE = "title code type name description category serviceType reasonCode"
WHEN = (
    "occurrenceDateTime occurrencePeriod effectiveDateTime effectivePeriod performedDateTime performedPeriod period"
    " date dateTime start created authoredOn recordedDate recorded sent received issued timestamp authored"
)


@dataclass(frozen=True)
class Kind:
    """One kind of entry. Element names are separated by spaces; ``pattern`` holds ``%(what)s``, the title."""

    name: str
    category: Category = Category.OTHER
    title: str = TITLE
    when: str = WHEN
    first: str = ""
    pattern: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


C = Category

KINDS: Mapping[str, Kind] = {
    "Encounter": Kind(
        N_("Visit"),
        C.ENCOUNTERS,
        "type reasonCode serviceType class",
        "period",
        "type class status period reasonCode reasonReference diagnosis participant location serviceProvider",
        labels={"type": N_("Visit"), "class": N_("Kind of visit"), "participant": N_("With"), "period": N_("When")},
    ),
    "EpisodeOfCare": Kind(N_("Course of care"), C.ENCOUNTERS, "type", "period", "type status period careManager"),
    "Appointment": Kind(
        N_("Appointment"),
        C.ENCOUNTERS,
        "description appointmentType serviceType reasonCode",
        "start created",
        "description start end status appointmentType serviceType reasonCode participant comment",
        N_("Appointment: %(what)s"),
        {
            "start": N_("Begins"),
            "end": N_("Ends"),
            "participant": N_("Who comes"),
            "created": N_("Booked"),
        },
    ),
    "AppointmentResponse": Kind(N_("Answer to an appointment"), C.ENCOUNTERS, "comment", "start"),
    "ClinicalImpression": Kind(
        N_("Clinical assessment"),
        C.ENCOUNTERS,
        "code description",
        "effectiveDateTime effectivePeriod date",
        "code status description effectiveDateTime effectivePeriod date assessor problem investigation summary finding",
    ),
    "Condition": Kind(
        N_("Condition"),
        C.CONDITIONS,
        "code",
        "onsetDateTime onsetPeriod recordedDate abatementDateTime",
        "code clinicalStatus verificationStatus severity bodySite category onsetDateTime onsetAge onsetPeriod"
        " onsetString onsetRange abatementDateTime recordedDate",
        labels={"code": N_("Condition")},
    ),
    "DetectedIssue": Kind(
        N_("Safety warning"), C.CONDITIONS, "code detail", "identifiedDateTime", "code detail severity"
    ),
    "AdverseEvent": Kind(
        N_("Unwanted event"),
        C.CONDITIONS,
        "event category",
        "date detected recordedDate",
        "event actuality date severity seriousness outcome",
        labels={"event": N_("What happened"), "actuality": N_("Happened or nearly happened")},
    ),
    "AllergyIntolerance": Kind(
        N_("Allergy"),
        C.ALLERGIES,
        "code",
        "recordedDate onsetDateTime",
        "code type category criticality clinicalStatus verificationStatus reaction onsetDateTime recordedDate",
        labels={"code": N_("Allergy"), "type": N_("Allergy or intolerance"), "criticality": N_("Risk")},
    ),
    "Medication": Kind(N_("Medicine"), C.MEDICATIONS, "code", "", "code form amount ingredient manufacturer batch"),
    "MedicationRequest": Kind(
        N_("Prescription"),
        C.MEDICATIONS,
        "medicationCodeableConcept medicationReference",
        "authoredOn",
        "medicationCodeableConcept medicationReference dosageInstruction status intent authoredOn requester reasonCode",
        N_("Prescription: %(what)s"),
        {"authoredOn": N_("Prescribed"), "requester": N_("Prescribed by")},
    ),
    "MedicationStatement": Kind(
        N_("Medicine taken"),
        C.MEDICATIONS,
        "medicationCodeableConcept medicationReference",
        "effectiveDateTime effectivePeriod dateAsserted",
        "medicationCodeableConcept medicationReference dosage status effectiveDateTime effectivePeriod dateAsserted",
        N_("Medicine taken: %(what)s"),
    ),
    "MedicationAdministration": Kind(
        N_("Medicine given"),
        C.MEDICATIONS,
        "medicationCodeableConcept medicationReference",
        "effectiveDateTime effectivePeriod",
        "medicationCodeableConcept medicationReference dosage status effectiveDateTime effectivePeriod performer",
        N_("Medicine given: %(what)s"),
    ),
    "MedicationDispense": Kind(
        N_("Medicine handed out"),
        C.MEDICATIONS,
        "medicationCodeableConcept medicationReference",
        "whenHandedOver whenPrepared",
        "medicationCodeableConcept medicationReference dosageInstruction quantity status whenPrepared whenHandedOver",
        N_("Medicine handed out: %(what)s"),
    ),
    "VisionPrescription": Kind(N_("Prescription for glasses"), C.MEDICATIONS, "", "dateWritten created"),
    "Observation": Kind(
        N_("Result"),
        C.RESULTS,
        "code",
        "effectiveDateTime effectivePeriod effectiveInstant issued",
        "code",
        labels={"code": N_("Test"), "issued": N_("Reported"), "effectiveDateTime": N_("Taken")},
    ),
    "MolecularSequence": Kind(N_("Genetic sequence"), C.RESULTS, "type", ""),
    "Specimen": Kind(N_("Specimen"), C.RESULTS, "type", "receivedTime"),
    "DiagnosticReport": Kind(
        N_("Report"),
        C.REPORTS,
        "code category",
        "effectiveDateTime effectivePeriod issued",
        "code status effectiveDateTime effectivePeriod issued performer resultsInterpreter conclusion conclusionCode",
        labels={"code": N_("Report"), "issued": N_("Reported"), "effectiveDateTime": N_("Taken")},
    ),
    "ImagingStudy": Kind(
        N_("Imaging study"),
        C.REPORTS,
        "description procedureCode modality reasonCode",
        "started",
        "description procedureCode modality status started numberOfSeries numberOfInstances",
        N_("Imaging study: %(what)s"),
    ),
    "Procedure": Kind(
        N_("Procedure"),
        C.PROCEDURES,
        "code category",
        "performedDateTime performedPeriod",
        "code bodySite status performedDateTime performedPeriod performer reasonCode reasonReference outcome",
        labels={"code": N_("Procedure"), "performedPeriod": N_("Done"), "performedDateTime": N_("Done")},
    ),
    "ServiceRequest": Kind(
        N_("Order or referral"),
        C.PROCEDURES,
        "code orderDetail category",
        "authoredOn occurrenceDateTime occurrencePeriod",
        "code status intent priority authoredOn requester reasonCode",
        N_("Order: %(what)s"),
        {"code": N_("What was ordered")},
    ),
    "Immunization": Kind(
        N_("Immunisation"),
        C.IMMUNISATIONS,
        "vaccineCode",
        "occurrenceDateTime recorded",
        "vaccineCode status occurrenceDateTime occurrenceString doseQuantity site route lotNumber manufacturer",
        labels={
            "occurrenceDateTime": N_("Given"),
            "primarySource": N_("Recorded by the person who gave it"),
            "site": N_("Place on the body"),
        },
    ),
    "ImmunizationRecommendation": Kind(N_("Immunisations advised"), C.IMMUNISATIONS, "", "date", "date recommendation"),
    "ImmunizationEvaluation": Kind(N_("Check of an immunisation"), C.IMMUNISATIONS, "targetDisease", "date"),
    "DocumentReference": Kind(
        N_("Document"),
        C.DOCUMENTS,
        "type description category",
        "date context",
        "type description date author status docStatus category",
    ),
    "Composition": Kind(N_("Document"), C.DOCUMENTS, "title type", "date", "title type date author status attester"),
    "DocumentManifest": Kind(N_("Set of documents"), C.DOCUMENTS, "description type", "created"),
    "Binary": Kind(N_("File"), C.DOCUMENTS, "", ""),
    "Communication": Kind(
        N_("Message"), C.DOCUMENTS, "topic category", "sent received", "topic category sent sender recipient"
    ),
    "CommunicationRequest": Kind(N_("Message asked for"), C.DOCUMENTS, "category", "authoredOn occurrenceDateTime"),
    "Media": Kind(
        N_("Photograph or recording"),
        C.PHOTOGRAPHS,
        "view bodySite modality type",
        "createdDateTime createdPeriod issued",
        "type modality view bodySite createdDateTime createdPeriod",
        labels={"createdDateTime": N_("Taken"), "operator": N_("Taken by")},
    ),
    "CarePlan": Kind(
        N_("Care plan"),
        C.CARE_PLANS,
        "title category description",
        "period created",
        "title category description status intent period addresses goal activity",
        labels={"category": N_("Plan"), "addresses": N_("For"), "activity": N_("What is planned")},
    ),
    "CareTeam": Kind(N_("Care team"), C.CARE_PLANS, "name category", "period", labels={"participant": N_("Member")}),
    "Goal": Kind(N_("Goal"), C.CARE_PLANS, "description", "startDate statusDate", labels={"description": N_("Goal")}),
    "Patient": Kind(
        N_("Personal details"),
        C.OTHER,
        "",
        "",
        "name birthDate gender deceasedBoolean deceasedDateTime telecom address communication contact",
    ),
    "RelatedPerson": Kind(N_("Related person"), C.OTHER, "relationship", "", "relationship name telecom address"),
    "FamilyMemberHistory": Kind(
        N_("Family history"),
        C.OTHER,
        "relationship",
        "date",
        "relationship name sex bornDate condition",
        N_("Family history: %(what)s"),
    ),
    "QuestionnaireResponse": Kind(N_("Questionnaire answers"), C.OTHER, "questionnaire", "authored", "authored author"),
    "AuditEvent": Kind(
        N_("Access to the record"),
        C.OTHER,
        "subtype type",
        "recorded period",
        "type subtype action recorded outcome outcomeDesc purposeOfEvent agent entity",
        N_("Access to the record: %(what)s"),
        {"agent": N_("Who"), "entity": N_("What was looked at"), "source": N_("Noted by")},
    ),
    "Provenance": Kind(
        N_("Where an entry came from"), C.OTHER, "activity", "occurredDateTime recorded", "target agent"
    ),
    "Consent": Kind(
        N_("Consent"),
        C.OTHER,
        "scope category",
        "dateTime",
        "scope category status dateTime provision",
        N_("Consent: %(what)s"),
    ),
    "Flag": Kind(N_("Warning on the record"), C.OTHER, "code", "period"),
    "List": Kind(N_("List"), C.OTHER, "title code", "date", "title code status date entry"),
    "Task": Kind(N_("Task"), C.OTHER, "code description", "authoredOn executionPeriod", "code description status"),
    "RiskAssessment": Kind(N_("Risk assessment"), C.OTHER, "code", "occurrenceDateTime"),
    "DeviceUseStatement": Kind(N_("Use of a device"), C.OTHER, "device", "timingDateTime recordedOn"),
    "DeviceRequest": Kind(N_("Order for a device"), C.OTHER, "codeCodeableConcept", "authoredOn"),
    "Device": Kind(N_("Device"), C.OTHER, "deviceName type", "manufactureDate"),
    "NutritionOrder": Kind(N_("Diet order"), C.OTHER, "", "dateTime"),
    "BodyStructure": Kind(N_("Place on the body"), C.OTHER, "description location", ""),
    "Group": Kind(N_("Group of people or things"), C.OTHER, "name code", ""),
    "Basic": Kind(N_("Other note"), C.OTHER, "code", "created"),
}
