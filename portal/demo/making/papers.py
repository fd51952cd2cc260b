"""What was written, said and pictured: notes, letters, calls, agreements, yearly reviews and photographs."""

from html import escape

from portal.demo.making import scenes
from portal.demo.making.bundle import Bundle, Entry, Json, attachment, coded, concept, running_text, when
from portal.demo.making.care import note
from portal.demo.making.fax import faxed
from portal.demo.making.pdf import heading
from portal.demo.making.pdf import letter as letter_paper

_LOINC = "http://loinc.org"
_TEXT = "text/plain; charset=utf-8"
_PROGRESS = "11506-3"


def visit_note(bundle: Bundle, entry: Entry) -> None:
    """What the physician wrote about a visit, tied to it."""
    content = attachment(running_text(entry["note"]).encode(), _TEXT, entry["note_kind"], entry["start"])
    context: Json = {"encounter": [bundle.ref("Encounter", entry["key"])]}
    if "about" in entry:
        context["related"] = [bundle.ref("RelatedPerson", entry["about"])]
    facts = {
        "type": concept(entry["note_kind"], _LOINC, entry.get("loinc", _PROGRESS)) | {"text": _named(entry)},
        "date": when(entry["start"]),
        "author": [bundle.ref("Practitioner", entry["who"])],
        "custodian": bundle.ref("Organization", "clinic"),
        "description": f"{entry['note_kind']}: {entry['reason']}",
        "content": [{"attachment": content}],
        "context": context,
    }
    _document(bundle, f"note {entry['key']}", facts, entry)


def _named(entry: Entry) -> str:
    """What kind of note about what kind of visit; never the reason, which a list of titles need not give away."""
    kind = entry["kind"]
    return f"{entry['note_kind']}, {kind[0].lower()}{kind[1:]}"


def letter(bundle: Bundle, entry: Entry) -> None:
    """A letter or report on file: plain text, or the paper it came on."""
    facts = {
        "type": concept(entry["kind"], _LOINC, entry["loinc"]),
        "date": when(entry["date"]),
        "author": [r for r in (_author(bundle, entry), bundle.ref("Organization", entry["home"])) if r],
        "custodian": bundle.ref("Organization", "clinic"),
        "description": entry["title"],
        "content": [{"attachment": _paper(bundle, entry)}],
    }
    if "visit" in entry:
        facts["context"] = {"encounter": [bundle.ref("Encounter", entry["visit"])]}
    _document(bundle, entry["key"], facts, entry)


def _author(bundle: Bundle, entry: Entry) -> Json | None:
    return bundle.ref("Practitioner", entry.get("who"))


def _paper(bundle: Bundle, entry: Entry) -> Json:
    """The attachment, drawn as ``paper`` says."""
    text, title, date = running_text(entry["text"]), entry["title"], entry["date"]
    paper = entry.get("paper", "")
    if not paper:
        return attachment(text.encode(), _TEXT, title, date)
    home = bundle.shared(entry["home"])
    if paper == "fax":
        data = faxed(home["name"], entry["to"], text, title, date.date())
    else:
        data = letter_paper(heading(home), date.date(), entry["to"], text, title)
    return attachment(data, "application/pdf", title, date)


def _document(bundle: Bundle, key: str, facts: Json, entry: Entry) -> None:
    head: Json = {"status": "current", "docStatus": "final", "subject": bundle.patient}
    if entry.get("restricted"):
        head["securityLabel"] = [coded("v3-Confidentiality", "R", "restricted")]
    bundle.add("DocumentReference", key, head | facts)


def composition(bundle: Bundle, entry: Entry) -> None:
    """A structured note in sections."""
    sections = []
    for title, text in entry["sections"]:
        div = f'<div xmlns="http://www.w3.org/1999/xhtml"><p>{escape(text, quote=False)}</p></div>'
        sections.append({"title": title, "text": {"status": "additional", "div": div}})
    facts = {
        "status": "final",
        "type": concept("Progress note", _LOINC, _PROGRESS),
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry["visit"]),
        "date": when(entry["date"]),
        "author": [bundle.ref("Practitioner", entry["who"])],
        "title": entry["title"],
        "custodian": bundle.ref("Organization", "clinic"),
        "section": sections,
    }
    bundle.add("Composition", entry["key"], facts)


def message(bundle: Bundle, entry: Entry) -> None:
    """A telephone call that somebody wrote down."""
    facts = {
        "status": "completed",
        "medium": [coded("v3-ParticipationMode", "PHONE", "telephone")],
        "subject": bundle.patient,
        "topic": {"text": entry["topic"]},
        "sent": when(entry["date"]),
        "recipient": [bundle.ref("Patient", "patient")],
        "sender": bundle.ref("Practitioner", entry["who"]),
        "payload": [{"contentString": running_text(entry["text"])}],
    }
    bundle.add("Communication", entry["key"], facts)


def consent(bundle: Bundle, entry: Entry) -> None:
    """An agreement that she signed, in its words."""
    content = attachment(running_text(entry["text"]).encode(), _TEXT, entry["title"], entry["date"])
    facts = {
        "status": "inactive",
        "scope": coded("consentscope", entry["scope"]) | {"text": entry["title"]},
        "category": [concept("Agreement signed by the patient", _LOINC, "59284-0")],
        "patient": bundle.patient,
        "dateTime": when(entry["date"]),
        "organization": [bundle.ref("Organization", "clinic")],
        "sourceAttachment": content,
        "policyRule": {"text": "Personal Information Protection Act of British Columbia"},
    }
    bundle.add("Consent", entry["key"], facts)


def photo(bundle: Bundle, entry: Entry, draw: bool) -> None:
    """A photograph or body map; ``draw`` false leaves an empty picture (for comparing everything else)."""
    media_type, scene = scenes.SCENES[entry["scene"]]
    data = scene() if draw else b""
    facts = {
        "status": "completed",
        "type": concept("Body map" if "map" in entry["scene"] else "Photograph"),
        "subject": bundle.patient,
        "encounter": bundle.ref("Encounter", entry["visit"]),
        "createdDateTime": when(entry["date"]),
        "operator": bundle.ref("Practitioner", entry.get("who")),
        "view": {"text": entry["title"]},
        "bodySite": {"text": entry["site"]},
        "content": attachment(data, media_type, entry["title"], entry["date"]),
        "note": note(entry),
    }
    bundle.add("Media", entry["key"], facts)
