"""Who and where: patient, physicians, organizations, relatives, coverage and claims as FHIR resources."""

from portal.demo.making.bundle import Bundle, Entry, Json, coded, concept, when
from portal.demo.people import Person

_NUMBER = "https://clinic.example/patient-number"
_HEALTH_NUMBER = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-bc-patient-healthcare-id"
_LICENCE = "https://fhir.infoway-inforoute.ca/NamingSystem/ca-bc-license-physician"
_ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"


def clinic(bundle: Bundle, entry: dict[str, list[Entry]], needed: set[str]) -> None:
    """The organizations, practitioners and rooms that a story names."""
    for thing in entry["organization"]:
        if thing["key"] in needed:
            _organization(bundle, thing)
    for thing in entry["practitioner"]:
        if thing["key"] in needed:
            _practitioner(bundle, thing)
    for thing in entry["location"]:
        owner = bundle.ref("Organization", "clinic")
        facts = {"status": "active", "name": thing["name"], "managingOrganization": owner}
        bundle.add("Location", thing["key"], facts, shared=True, name=thing["name"])


def _organization(bundle: Bundle, thing: Entry) -> None:
    street, city, code = thing["address"]
    lines = [("phone", thing.get("phone")), ("fax", thing.get("fax")), ("email", thing.get("email"))]
    facts = {
        "active": True,
        "type": [{"text": thing["kind"]}],
        "name": thing["name"],
        "telecom": [{"system": system, "value": value, "use": "work"} for system, value in lines if value],
        "address": [{"line": [street], "city": city, "state": "BC", "postalCode": code, "country": "CA"}],
    }
    bundle.add("Organization", thing["key"], facts, shared=True, name=thing["name"])


def _practitioner(bundle: Bundle, thing: Entry) -> None:
    prefix, given, family = thing["name"]
    name = {"family": family, "given": [given], "prefix": [prefix]} if prefix else {"family": family, "given": [given]}
    licence = thing.get("licence")
    facts = {
        "identifier": [{"system": _LICENCE, "value": licence}] if licence else [],
        "active": True,
        "name": [name],
        "qualification": [{"code": {"text": thing["skill"]}}],
    }
    full = f"{prefix} {given} {family}".strip()
    bundle.add("Practitioner", thing["key"], facts, shared=True, name=full)


def patient(bundle: Bundle, who: Person, languages: list[tuple[str, str]], physician: str) -> None:
    """The person the bundle is about, as the clinic's demo accounts know her."""
    street, _, rest = who.address.partition("\n")
    city, _, code = rest.partition("  ")
    facts = {
        "identifier": [
            {"use": "official", "type": coded("v2-0203", "JHN", "Health number"), "system": _HEALTH_NUMBER}
            | {"value": who.health_number.replace(" ", "")},
            {"use": "usual", "type": coded("v2-0203", "MR", "Patient number"), "system": _NUMBER}
            | {"value": who.patient_number},
        ],
        "active": True,
        "name": [{"use": "official", "family": who.family_name, "given": [who.given_name]}],
        "telecom": [
            {"system": "phone", "value": who.phone, "use": "mobile"},
            {"system": "email", "value": who.email, "use": "home"},
        ],
        "gender": who.sex,
        "birthDate": who.birth_date.isoformat() if who.birth_date else None,
        "address": [
            {"use": "home", "line": [street], "city": city.removesuffix(" BC"), "state": "BC"}
            | {"postalCode": code, "country": "CA"}
        ],
        "communication": [
            {"language": concept(name, "urn:ietf:bcp:47", tag), "preferred": position == 0}
            for position, (tag, name) in enumerate(languages)
        ],
        "generalPractitioner": [bundle.ref("Practitioner", physician)],
        "managingOrganization": bundle.ref("Organization", "clinic"),
    }
    bundle.add("Patient", "patient", facts, name=who.full_name)


def related(bundle: Bundle, entry: Entry) -> None:
    """A relative whom the clinic knows by name."""
    code, relation = entry["relation"]
    given, family = entry["name"]
    phone = entry.get("phone")
    facts = {
        "active": True,
        "patient": bundle.patient,
        "relationship": [coded("v3-RoleCode", code, relation) | {"text": relation}],
        "name": [{"family": family, "given": [given]}],
        "telecom": [{"system": "phone", "value": phone, "use": "mobile"}] if phone else [],
    }
    bundle.add("RelatedPerson", entry["key"], facts, name=f"{given} {family}")


def coverage(bundle: Bundle, who: Person) -> None:
    """The province's health plan, which pays the clinic."""
    facts = {
        "status": "active",
        "type": concept("Medical Services Plan"),
        "subscriberId": who.health_number.replace(" ", ""),
        "beneficiary": bundle.patient,
        "payor": [{"display": "Medical Services Plan of British Columbia"}],
    }
    bundle.add("Coverage", "msp", facts, name="Medical Services Plan")


def claim(bundle: Bundle, entry: Entry) -> None:
    """What the clinic billed for a visit."""
    money = {"value": entry["amount"], "currency": "CAD"}
    item: Json = {"sequence": 1, "diagnosisSequence": [1], "productOrService": {"text": entry["text"]}, "net": money}
    facts = {
        "status": "active",
        "type": coded("claim-type", "professional", "Professional"),
        "use": "claim",
        "patient": bundle.patient,
        "created": when(entry["date"]),
        "provider": bundle.ref("Organization", "clinic"),
        "priority": coded("processpriority", "normal", "Normal"),
        "diagnosis": [
            {"sequence": 1, "diagnosisCodeableConcept": {"coding": [{"system": _ICD9, "code": entry["icd9"]}]}}
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": bundle.ref("Coverage", "msp")}],
        "item": [item | {"encounter": [bundle.ref("Encounter", entry["visit"])]}],
        "total": money,
    }
    bundle.add("Claim", entry["key"], facts)
