"""What was found and done: visits, conditions, allergies, medicines, procedures, vaccines, relatives, plans."""

from html import escape

from portal.demo.making.bundle import Bundle, Entry, Json, coded, concept, instant, later, when

_ICD9 = "http://hl7.org/fhir/sid/icd-9-cm"
_ATC = "http://www.whocc.no/atc"
_CVX = "http://hl7.org/fhir/sid/cvx"
_CLASSES = {"office": ("AMB", "ambulatory"), "telephone": ("VR", "virtual")}


def note(entry: Entry) -> list[Json]:
    comment = entry.get("comment")
    return [{"text": comment}] if comment else []


def visit(bundle: Bundle, entry: Entry) -> None:
    """An encounter. A ``remark`` is all that was written about a short visit: it stands in the narrative."""
    start, minutes = entry["start"], entry["minutes"]
    code, display = _CLASSES[entry.get("mode", "office")]
    facts: Json = {
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code, "display": display},
        "type": [{"text": entry["kind"]}],
        "subject": bundle.patient,
        "participant": [{"individual": bundle.ref("Practitioner", entry["who"])}],
        "period": {"start": instant(start), "end": later(start, minutes)},
        "reasonCode": [{"text": entry["reason"]}],
        "serviceProvider": bundle.ref("Organization", "clinic"),
    }
    if code == "AMB":
        facts["location"] = [{"location": bundle.ref("Location", "rooms")}]
    if "remark" in entry:
        div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(entry["remark"], quote=False)}</p></div>'
        facts = {"text": {"status": "additional", "div": div}, **facts}
    bundle.add("Encounter", entry["key"], facts)


def condition(bundle: Bundle, entry: Entry) -> None:
    """A problem on the list, with how it stands today."""
    severity = entry.get("severity")
    site = entry.get("site")
    facts = {
        "clinicalStatus": coded("condition-clinical", entry.get("status", "active")),
        "verificationStatus": coded("condition-ver-status", "confirmed"),
        "category": [coded("condition-category", "problem-list-item", "Problem list item")],
        "severity": {"text": severity} if severity else None,
        "code": concept(entry["text"], _ICD9, entry["icd9"]),
        "bodySite": [{"text": site}] if site else [],
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry["visit"]),
        "onsetDateTime": when(entry["onset"]),
        "abatementDateTime": when(entry["ended"]) if "ended" in entry else None,
        "recordedDate": entry["visit"],
        "recorder": bundle.ref("Practitioner", entry["who"]),
        "note": note(entry),
    }
    bundle.add("Condition", entry["key"], facts)


def allergy(bundle: Bundle, entry: Entry) -> None:
    """What she does not tolerate, or was once thought not to."""
    facts = {
        "clinicalStatus": coded("allergyintolerance-clinical", entry.get("status", "active")),
        "verificationStatus": coded("allergyintolerance-verification", entry.get("verification", "confirmed")),
        "type": "allergy",
        "category": [entry["category"]],
        "criticality": entry["criticality"],
        "code": {"text": entry["text"]},
        "patient": bundle.patient,
        "recordedDate": when(entry["date"]),
        "asserter": bundle.ref("Practitioner", entry["who"]),
        "reaction": [{"manifestation": [{"text": entry["reaction"]}], "severity": entry["severity"]}],
        "note": note(entry),
    }
    bundle.add("AllergyIntolerance", entry["key"], facts)


def medication(bundle: Bundle, entry: Entry) -> None:
    """A prescription."""
    amount, unit = entry["quantity"]
    facts = {
        "status": entry["status"],
        "intent": "order",
        "medicationCodeableConcept": concept(entry["text"], _ATC, entry["atc"]),
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry["visit"]),
        "authoredOn": when(entry["date"]),
        "requester": bundle.ref("Practitioner", entry["who"]),
        "reasonCode": [{"text": entry["reason"]}],
        "note": note(entry),
        "dosageInstruction": [{"text": entry["dose"]}],
        "dispenseRequest": {
            "numberOfRepeatsAllowed": entry["repeats"],
            "quantity": {"value": amount, "unit": unit},
        },
    }
    bundle.add("MedicationRequest", entry["key"], facts)


def procedure(bundle: Bundle, entry: Entry) -> None:
    """Something done to or with her, at one time or over a stretch of days."""
    facts = {
        "status": "completed",
        "code": {"text": entry["text"]},
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry.get("visit")),
        "performer": [{"actor": bundle.ref("Practitioner", entry["who"])}],
        "reasonCode": [{"text": entry["reason"]}],
        "bodySite": [{"text": entry["site"]}],
        "outcome": {"text": entry["outcome"]},
    }
    if "end" in entry:
        facts["performedPeriod"] = {"start": when(entry["date"]), "end": when(entry["end"])}
    else:
        facts["performedDateTime"] = when(entry["date"])
    bundle.add("Procedure", entry["key"], facts)


def vaccine(bundle: Bundle, entry: Entry) -> None:
    """One dose."""
    facts = {
        "status": "completed",
        "vaccineCode": concept(entry["text"], _CVX, entry["cvx"]),
        "patient": bundle.patient,
        "occurrenceDateTime": when(entry["date"]),
        "primarySource": True,
        "lotNumber": entry["lot"],
        "site": {"text": entry["site"]},
        "performer": [{"actor": bundle.ref("Practitioner", entry["who"])}],
        "note": note(entry),
    }
    bundle.add("Immunization", f"{entry['date']} {entry['cvx']}", facts)


def family(bundle: Bundle, entry: Entry) -> None:
    """An illness of a relative, as the patient told it."""
    code, relation = entry["relation"]
    comment = entry.get("comment")
    condition = {
        "code": {"text": entry["condition"]},
        "onsetAge": {"value": entry["age"], "unit": "years", "system": "http://unitsofmeasure.org", "code": "a"},
        "note": [{"text": comment}] if comment else None,
    }
    facts = {
        "status": "completed",
        "patient": bundle.patient,
        "date": when(entry["date"]),
        "relationship": coded("v3-RoleCode", code, relation) | {"text": relation},
        "condition": [{k: v for k, v in condition.items() if v}],
    }
    bundle.add("FamilyMemberHistory", entry["key"], facts)


def plan(bundle: Bundle, entry: Entry) -> None:
    """What was agreed for the time to come."""
    doing = "completed" if entry["status"] == "completed" else "in-progress"
    period = {"start": when(entry["start"])} | ({"end": when(entry["end"])} if "end" in entry else {})
    facts = {
        "status": entry["status"],
        "intent": "plan",
        "title": entry["title"],
        "description": entry["text"],
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry["visit"]),
        "period": period,
        "author": bundle.ref("Practitioner", entry.get("who", "femi")),
        "activity": [{"detail": {"status": doing, "description": step}} for step in entry["steps"]],
    }
    bundle.add("CarePlan", entry["key"], facts)
