"""Entries that are counted and not kept as record items, each with the reason a person is told."""

from collections.abc import Mapping

from portal.domain.words import N_

NAMES = N_("names people or places; shown by name in the entries that mention them")
BILLING = N_("billing and insurance, no care")
RULES = N_("a form, rule or definition, about nobody in particular")
BOOKING = N_("the clinic's booking times, about nobody in particular")
MACHINES = N_("a message between computers")
NO_RESOURCE = N_("asks a computer to do something and holds no record")
REPEATED = N_("the same entry a second time")

_TYPES = {
    NAMES: "Organization OrganizationAffiliation Practitioner PractitionerRole Location HealthcareService Endpoint",
    BILLING: "Account ChargeItem ChargeItemDefinition Claim ClaimResponse Coverage CoverageEligibilityRequest"
    " CoverageEligibilityResponse EnrollmentRequest EnrollmentResponse ExplanationOfBenefit InsurancePlan Invoice"
    " PaymentNotice PaymentReconciliation",
    RULES: "ActivityDefinition CapabilityStatement CatalogEntry CodeSystem CompartmentDefinition ConceptMap"
    " DeviceDefinition EffectEvidenceSynthesis EventDefinition Evidence EvidenceVariable ExampleScenario"
    " GraphDefinition ImplementationGuide Library Measure MedicationKnowledge MessageDefinition"
    " NamingSystem ObservationDefinition OperationDefinition PlanDefinition Questionnaire"
    " ResearchDefinition ResearchElementDefinition RiskEvidenceSynthesis SearchParameter"
    " SpecimenDefinition StructureDefinition StructureMap SubstanceSpecification TerminologyCapabilities"
    " TestReport TestScript ValueSet",
    BOOKING: "Schedule Slot",
    MACHINES: "Bundle MessageHeader OperationOutcome Parameters Subscription",
}
NAMED_ONLY = frozenset(_TYPES[NAMES].split())
REASONS: Mapping[str, str] = {kind: reason for reason, kinds in _TYPES.items() for kind in kinds.split()}
