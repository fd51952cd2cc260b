"""What was measured: single measurements, panels with their tests, pathology and X-ray reports."""

from datetime import date, datetime
from typing import Any

from portal.demo.making.bundle import Bundle, Entry, Json, attachment, coded, concept, running_text, when
from portal.demo.making.care import note
from portal.demo.making.pdf import heading, letter

_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_WORDS = {"H": "High", "L": "Low", "N": "Normal", "A": "Abnormal"}
_CATEGORIES = {"LAB": "Laboratory"}
_LAB = ("laboratory", "Laboratory")
_EXAM = ("exam", "Exam")

Tests = dict[str, Entry]


def measure(bundle: Bundle, entry: Entry, tests: Tests) -> None:
    """One thing measured at a visit; ``pressure`` is a blood pressure with its two parts."""
    if "pressure" in entry:
        facts = _pressure(entry["pressure"])
        key = f"{entry['date']} pressure"
    else:
        facts = _value(tests[entry["test"]], entry["value"], "")
        key = f"{entry['date']} {entry['test']}"
    facts |= {"encounter": bundle.ref("Encounter", entry["visit"]), "note": note(entry)}
    _observation(bundle, key, facts, entry["date"], _EXAM)


def panel(bundle: Bundle, entry: Entry, tests: Tests) -> None:
    """Tests from one sample: an observation each and a report that holds them all.

    The laboratory's comment stands at the first result that is out of the ordinary, else at the first of all.
    """
    performer = bundle.ref("Organization", entry.get("home", "lab"))
    visit = bundle.ref("Encounter", entry.get("visit"))
    members: list[Json | None] = []
    remarked = _remarkable(entry["rows"], tests)
    for name, value, *flag in entry["rows"]:
        facts = _value(tests[name], value, flag[0] if flag else "")
        facts |= {"performer": [performer], "encounter": visit, "note": note(entry) if name == remarked else []}
        key = f"{entry['key']} {name}"
        _observation(bundle, key, facts, entry["date"], None if "home" in entry else _LAB)
        members.append(bundle.ref("Observation", key))
    code, display = entry.get("category", ["LAB", "Laboratory"])
    facts = {
        "status": "final",
        "category": [coded("v2-0074", code, display)],
        "code": concept(entry["text"]),
        "subject": bundle.patient,
        "encounter": visit,
        "effectiveDateTime": when(entry["date"]),
        "performer": [performer],
        "result": members,
    }
    bundle.add("DiagnosticReport", entry["key"], facts)


def _remarkable(rows: list[list[Any]], tests: Tests) -> str:
    """The name of the first result out of the ordinary, else of the first."""
    for name, value, *flag in rows:
        told = _value(tests[name], value, flag[0] if flag else "").get("interpretation", [{}])[0]
        if told and told["coding"][0]["code"] != "N":
            return str(name)
    return str(rows[0][0])


def report(bundle: Bundle, entry: Entry) -> None:
    """A written report of another service, with the paper it came on where there is one."""
    code, display = entry["category"]
    specimen = bundle.ref("Specimen", entry.get("specimen"))
    order = bundle.ref("ServiceRequest", entry.get("order"))
    facts = {
        "basedOn": [order] if order else [],
        "status": "final",
        "category": [coded("v2-0074", code, display)],
        "code": concept(entry["title"], _LOINC, entry["loinc"]),
        "subject": bundle.patient,
        "effectiveDateTime": when(entry["date"]),
        "performer": [bundle.ref("Organization", entry["home"])],
        "resultsInterpreter": [bundle.ref("Practitioner", entry["who"])] if "who" in entry else [],
        "specimen": [specimen] if specimen else [],
        "conclusion": entry["conclusion"],
    }
    if "text" in entry:
        head = heading(bundle.shared(entry["home"]))
        sheet = letter(head, entry["date"].date(), "", running_text(entry["text"]), entry["title"])
        facts["presentedForm"] = [attachment(sheet, "application/pdf", entry["title"], entry["date"])]
    bundle.add("DiagnosticReport", entry["key"], facts)


def specimen(bundle: Bundle, entry: Entry) -> None:
    """What was sent to be looked at."""
    facts = {
        "status": "available",
        "type": {"text": entry["text"]},
        "subject": bundle.patient,
        "request": [bundle.ref("ServiceRequest", entry["order"])],
        "collection": {"collectedDateTime": when(entry["date"])},
    }
    bundle.add("Specimen", entry["key"], facts)


def order(bundle: Bundle, entry: Entry) -> None:
    """A service asked for."""
    facts = {
        "status": "completed",
        "intent": "order",
        "code": {"text": entry["text"]},
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry["visit"]),
        "authoredOn": when(entry["date"]),
        "requester": bundle.ref("Practitioner", entry["who"]),
        "performer": [bundle.ref("Organization", entry["to"])],
        "reasonCode": [{"text": entry["reason"]}],
    }
    bundle.add("ServiceRequest", entry["key"], facts)


def _observation(bundle: Bundle, key: str, facts: Json, at: date | datetime, kind: tuple[str, str] | None) -> None:
    head = {
        "status": "final",
        "category": [coded("observation-category", *kind)] if kind else [],
        "subject": bundle.patient,
        "effectiveDateTime": when(at),
    }
    bundle.add("Observation", key, head | facts)


def _pressure(values: list[int]) -> Json:
    parts = [("8480-6", "Systolic blood pressure"), ("8462-4", "Diastolic blood pressure")]
    component = [
        {"code": concept(text, _LOINC, code), "valueQuantity": _quantity(value, "mmHg", "mm[Hg]")}
        for (code, text), value in zip(parts, values, strict=True)
    ]
    return {"code": concept("Blood pressure", _LOINC, "85354-9"), "component": component}


def _quantity(value: float, unit: str, ucum: str) -> Json:
    return {"value": value, "unit": unit, "system": _UCUM, "code": ucum}


def _value(test: Entry, value: Any, flag: str) -> Json:
    """Code, value, range and interpretation of one test; numbers are judged by the range, words by ``flag``."""
    facts: Json = {"code": concept(test["name"], _LOINC, test.get("loinc", ""))}
    unit: str = test.get("unit", "")
    ucum: str = test.get("ucum", unit)
    below = isinstance(value, str) and value.startswith("<") and unit
    if isinstance(value, str) and not below:
        facts["valueString"] = value
        flag = flag or "N"
    else:
        number = float(value[1:]) if below else value
        facts["valueQuantity"] = _quantity(int(number) if below else number, unit, ucum)
        if below:
            facts["valueQuantity"]["comparator"] = "<"
        flag = _judged(number, test)
        facts["referenceRange"] = _range(test, unit, ucum)
    if flag:
        facts["interpretation"] = [coded("v3-ObservationInterpretation", flag, _WORDS[flag])]
    return facts


def _judged(number: float, test: Entry) -> str:
    if "low" not in test and "high" not in test:
        return ""
    if number < test.get("low", number):
        return "L"
    return "H" if number > test.get("high", number) else "N"


def _range(test: Entry, unit: str, ucum: str) -> list[Json]:
    ends: Json = {end: _quantity(test[end], unit, ucum) for end in ("low", "high") if end in test}
    return [ends] if ends else []
