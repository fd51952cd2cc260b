"""Tells FHIR R4 from its older and newer versions by what only they have, and refuses those.

FHIR says its version nowhere in a record. What changed between the versions is known (the R4 and R5 difference pages of
the standard), so the elements and types that exist in one of them only give a file away.
"""

import re
from typing import Any

from portal.adapters.fhir.entries import Entry
from portal.adapters.fhir.shapes import objects
from portal.domain.errors import Invalid
from portal.domain.words import _

STU3, R5, DSTU2 = "FHIR STU3", "FHIR R5", "FHIR DSTU2"

_TYPES = {
    STU3: "BodySite DataElement DeviceComponent EligibilityRequest EligibilityResponse ExpansionProfile ImagingManifest"
    " ProcedureRequest ProcessRequest ProcessResponse ReferralRequest Sequence ServiceDefinition",
    DSTU2: "Conformance DeviceUseRequest DiagnosticOrder ImagingObjectSelection MedicationOrder Order OrderResponse",
    R5: "ActorDefinition ArtifactAssessment BiologicallyDerivedProductDispense ConditionDefinition DeviceAssociation"
    " DeviceDispense DeviceUsage EncounterHistory FormularyItem GenomicStudy ImagingSelection InventoryItem"
    " InventoryReport NutritionIntake NutritionProduct Permission Requirements TestPlan Transport",
}
_VERSION_OF_TYPE = {kind: version for version, kinds in _TYPES.items() for kind in kinds.split()}

# Elements with the shape they have in one version only: there (any), text, list, object, concept (CodeableReference).
_TELLING: dict[str, tuple[tuple[str, str, str], ...]] = {
    "AllergyIntolerance": (
        ("clinicalStatus", "text", STU3),
        ("verificationStatus", "text", STU3),
        ("status", "text", DSTU2),
        ("substance", "there", DSTU2),
        ("assertedDate", "there", STU3),
        ("type", "object", R5),
    ),
    "Appointment": (("incomingReferral", "there", STU3), ("reason", "concept", R5), ("subject", "there", R5)),
    "CarePlan": (("context", "there", STU3), ("definition", "there", STU3), ("addresses", "concept", R5)),
    "ClinicalImpression": (("context", "there", STU3), ("effective", "there", R5)),
    "Communication": (("context", "there", STU3), ("notDone", "there", STU3), ("reason", "concept", R5)),
    "Composition": (("class", "there", STU3), ("subject", "list", R5)),
    "Condition": (
        ("clinicalStatus", "text", STU3),
        ("verificationStatus", "text", STU3),
        ("context", "there", STU3),
        ("assertedDate", "there", STU3),
        ("dateRecorded", "there", DSTU2),
        ("participant", "there", R5),
    ),
    "DiagnosticReport": (
        ("codedDiagnosis", "there", STU3),
        ("context", "there", STU3),
        ("supportingInfo", "there", R5),
        ("composition", "there", R5),
    ),
    "DocumentReference": (
        ("indexed", "there", STU3),
        ("class", "there", STU3),
        ("context", "list", R5),
        ("attester", "there", R5),
    ),
    "Encounter": (
        ("class", "list", R5),
        ("actualPeriod", "there", R5),
        ("admission", "there", R5),
        ("reason", "concept", R5),
        ("reason", "value", R5),
        ("class", "text", DSTU2),
        ("reason", "there", STU3),
        ("incomingReferral", "there", STU3),
    ),
    "Goal": (("status", "text", STU3), ("lifecycleStatus", "object", R5)),
    "Immunization": (
        ("notGiven", "there", STU3),
        ("wasNotGiven", "there", DSTU2),
        ("explanation", "there", STU3),
        ("vaccinationProtocol", "there", STU3),
        ("informationSource", "there", R5),
        ("reason", "concept", R5),
    ),
    "Medication": (("isBrand", "there", STU3), ("product", "there", DSTU2), ("doseForm", "there", R5)),
    "MedicationAdministration": (("notGiven", "there", STU3), ("medication", "object", R5)),
    "MedicationDispense": (("notDone", "there", STU3), ("medication", "object", R5)),
    "MedicationRequest": (("context", "there", STU3), ("medication", "object", R5), ("reason", "concept", R5)),
    "MedicationStatement": (("taken", "there", STU3), ("wasNotTaken", "there", DSTU2), ("medication", "object", R5)),
    "Observation": (
        ("related", "there", STU3),
        ("comment", "text", STU3),
        ("comments", "text", DSTU2),
        ("context", "there", STU3),
        ("triggeredBy", "there", R5),
        ("instantiatesCanonical", "there", R5),
    ),
    "Patient": (("animal", "there", STU3), ("careProvider", "there", DSTU2)),
    "Procedure": (
        ("notDone", "there", STU3),
        ("context", "there", STU3),
        ("notPerformed", "there", DSTU2),
        ("occurrenceDateTime", "there", R5),
        ("occurrencePeriod", "there", R5),
        ("reason", "concept", R5),
    ),
    "QuestionnaireResponse": (("context", "there", STU3), ("parent", "there", STU3)),
    "ServiceRequest": (("code", "concept", R5), ("reason", "concept", R5)),
}
_STATED = {"1": DSTU2, "3": STU3, "5": R5, "6": "FHIR R6"}
_PROFILE = re.compile(r"hl7\.org/fhir/(DSTU2|STU3|R5|R6|[1356]\.\d)/|\|([1356])\.0\.\d\Z")
_BY_NAME = {"DSTU2": DSTU2, "STU3": STU3, "R5": R5, "R6": "FHIR R6"}


def check_version(entry: Entry) -> None:
    """Raise Invalid for an entry that only another version of FHIR could have written."""
    version = _version_of(entry)
    if version is not None:
        raise Invalid(
            _(
                "%(place)s is written in %(version)s, and we read FHIR R4. Export the record again as FHIR R4 (4.0.1).",
                place=entry.place,
                version=version,
            )
        )


def _version_of(entry: Entry) -> str | None:
    if entry.type in _VERSION_OF_TYPE:
        return _VERSION_OF_TYPE[entry.type]
    for key, shape, version in _TELLING.get(entry.type, ()):
        if key in entry.resource and _has_shape(entry.resource[key], shape):
            return version
    stated = entry.resource.get("fhirVersion")
    if isinstance(stated, str) and stated[:1] in _STATED:
        return _STATED[stated[:1]]
    return stated_version(entry.resource)


def stated_version(resource: dict[str, Any]) -> str | None:
    """The version that a profile in ``meta`` names, when it is not R4."""
    meta = resource.get("meta")
    profiles = meta.get("profile") if isinstance(meta, dict) else None
    for profile in profiles if isinstance(profiles, list) else ():
        found = _PROFILE.search(profile) if isinstance(profile, str) and "hl7.org/fhir/" in profile else None
        if found and (found.group(1) or profile.startswith("http://hl7.org/fhir/StructureDefinition/")):
            name = found.group(1) or found.group(2)
            return _BY_NAME.get(name) or _STATED[name[:1]]
    return None


def _has_shape(value: Any, shape: str) -> bool:
    if shape == "text":
        return isinstance(value, str)
    if shape == "list":
        return isinstance(value, list)
    if shape == "object":
        return isinstance(value, dict)
    if shape == "concept":
        return any(
            isinstance(one.get("concept"), dict) or _is_reference(one.get("reference")) for one in objects(value)
        )
    if shape == "value":
        return any("value" in one or "use" in one for one in objects(value))
    return value is not None


def _is_reference(value: Any) -> bool:
    return isinstance(value, dict) and "reference" in value
