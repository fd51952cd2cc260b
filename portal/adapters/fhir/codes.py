"""Codes in plain words: the text a person chose, else the code's own display, else a word we know for it."""

import re
from functools import lru_cache

from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.domain.words import N_, _, language

SYSTEMS = {
    "http://loinc.org": "LOINC",
    "http://snomed.info/sct": "SNOMED CT",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "RxNorm",
    "http://hl7.org/fhir/sid/cvx": "CVX",
    "http://hl7.org/fhir/sid/ndc": "NDC",
    "http://hl7.org/fhir/sid/icd-9-cm": "ICD-9",
    "http://hl7.org/fhir/sid/icd-10": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-cm": "ICD-10",
    "http://hl7.org/fhir/sid/icd-10-ca": "ICD-10-CA",
    "http://hl7.org/fhir/sid/icpc-2": "ICPC-2",
    "http://hl7.org/fhir/NamingSystem/ca-hc-din": "DIN",
    "http://www.ama-assn.org/go/cpt": "CPT",
    "http://www.whocc.no/atc": "ATC",
    "urn:ietf:bcp:47": "",
    "urn:ietf:bcp:13": "",
    "urn:iso:std:iso:3166": "",
}

# Words for codes that say nothing to a person, or not enough. Any other code of FHIR's own is English already:
# its hyphens become spaces.
PLAIN = {
    "entered-in-error": N_("entered by mistake"),
    "in-progress": N_("under way"),
    "on-hold": N_("paused"),
    "onleave": N_("on leave"),
    "finished": N_("took place"),
    "registered": N_("registered, no result yet"),
    "preliminary": N_("preliminary, not yet checked"),
    "amended": N_("changed after it was final"),
    "corrected": N_("corrected after it was final"),
    "appended": N_("added to after it was final"),
    "superseded": N_("replaced by a newer one"),
    "not-done": N_("not done"),
    "current": N_("in use"),
    "remission": N_("in remission"),
    "refuted": N_("ruled out"),
    "differential": N_("one of several possibilities"),
    "unable-to-assess": N_("could not be judged"),
    "proposal": N_("suggested"),
    "replaces": N_("replaces"),
    "appends": N_("adds to"),
    "transforms": N_("was made from"),
    "signs": N_("signs"),
    "noshow": N_("did not come"),
    "checked-in": N_("arrived and checked in"),
    "waitlist": N_("on the waiting list"),
    "nullified": N_("withdrawn"),
    "stat": N_("at once"),
    "asap": N_("as soon as possible"),
}
# When a medicine is taken: FHIR's event timings and days of the week.
TIMES = {
    "AC": N_("before meals"),
    "PC": N_("after meals"),
    "ACM": N_("before breakfast"),
    "ACD": N_("before lunch"),
    "ACV": N_("before dinner"),
    "PCM": N_("after breakfast"),
    "PCD": N_("after lunch"),
    "PCV": N_("after dinner"),
    "MORN": N_("in the morning"),
    "AFT": N_("in the afternoon"),
    "NOON": N_("at noon"),
    "EVE": N_("in the evening"),
    "NIGHT": N_("at night"),
    "HS": N_("at bedtime"),
    "WAKE": N_("on waking"),
    "C": N_("with meals"),
    "mon": N_("Monday"),
    "tue": N_("Tuesday"),
    "wed": N_("Wednesday"),
    "thu": N_("Thursday"),
    "fri": N_("Friday"),
    "sat": N_("Saturday"),
    "sun": N_("Sunday"),
}

# Codes that mean something only within their system (the end of its address).
_IN_SYSTEM = {
    ("v3-ActCode", "AMB"): N_("outpatient visit"),
    ("v3-ActCode", "IMP"): N_("hospital stay"),
    ("v3-ActCode", "ACUTE"): N_("hospital stay, acute"),
    ("v3-ActCode", "NONAC"): N_("hospital stay, not acute"),
    ("v3-ActCode", "EMER"): N_("emergency visit"),
    ("v3-ActCode", "FLD"): N_("visit in the field"),
    ("v3-ActCode", "HH"): N_("home visit"),
    ("v3-ActCode", "OBSENC"): N_("stay for observation"),
    ("v3-ActCode", "PRENC"): N_("preparation before admission"),
    ("v3-ActCode", "SS"): N_("short stay"),
    ("v3-ActCode", "VR"): N_("visit by telephone or video"),
    ("v3-ActCode", "PSY"): N_("psychiatry information"),
    ("v3-ActCode", "SPI"): N_("psychotherapy information"),
    ("v3-ActCode", "HIV"): N_("HIV information"),
    ("v3-ActCode", "ETH"): N_("substance use information"),
    ("v3-ActCode", "SEX"): N_("sexual health information"),
    ("v3-Confidentiality", "U"): N_("unrestricted"),
    ("v3-Confidentiality", "L"): N_("low"),
    ("v3-Confidentiality", "M"): N_("moderate"),
    ("v3-Confidentiality", "N"): N_("normal"),
    ("v3-Confidentiality", "R"): N_("restricted"),
    ("v3-Confidentiality", "V"): N_("very restricted"),
    ("v3-ObservationInterpretation", "H"): N_("high"),
    ("v3-ObservationInterpretation", "HH"): N_("very high"),
    ("v3-ObservationInterpretation", "HU"): N_("much too high"),
    ("v3-ObservationInterpretation", "L"): N_("low"),
    ("v3-ObservationInterpretation", "LL"): N_("very low"),
    ("v3-ObservationInterpretation", "LU"): N_("much too low"),
    ("v3-ObservationInterpretation", "N"): N_("normal"),
    ("v3-ObservationInterpretation", "A"): N_("not normal"),
    ("v3-ObservationInterpretation", "AA"): N_("far from normal"),
    ("v3-ObservationInterpretation", "POS"): N_("positive"),
    ("v3-ObservationInterpretation", "NEG"): N_("negative"),
    ("v3-ObservationInterpretation", "IND"): N_("not clear"),
    ("v3-ObservationInterpretation", "DET"): N_("found"),
    ("v3-ObservationInterpretation", "ND"): N_("not found"),
    ("v3-ObservationInterpretation", "R"): N_("resistant"),
    ("v3-ObservationInterpretation", "S"): N_("sensitive"),
    ("v3-ObservationInterpretation", "I"): N_("in between"),
    ("v3-MaritalStatus", "M"): N_("married"),
    ("v3-MaritalStatus", "S"): N_("never married"),
    ("v3-MaritalStatus", "D"): N_("divorced"),
    ("v3-MaritalStatus", "W"): N_("widowed"),
    ("v3-ParticipationType", "AUT"): N_("author"),
    ("v3-ParticipationType", "ATND"): N_("attending"),
    ("v3-ParticipationType", "ENT"): N_("entered it"),
    ("v3-ParticipationType", "INF"): N_("gave the information"),
    ("v3-ParticipationType", "IRCP"): N_("receives the information"),
    ("v3-ParticipationType", "PPRF"): N_("main person in charge"),
    ("v3-ParticipationType", "PRCP"): N_("receives it"),
    ("v3-ParticipationType", "PRF"): N_("carried it out"),
    ("v3-ParticipationType", "REF"): N_("referred the patient"),
    ("v3-RoleCode", "MTH"): N_("mother"),
    ("v3-RoleCode", "FTH"): N_("father"),
    ("v3-RoleCode", "WIFE"): N_("wife"),
    ("v3-RoleCode", "HUSB"): N_("husband"),
    ("v3-RoleCode", "NMTH"): N_("birth mother"),
    ("v3-RoleCode", "CHILD"): N_("child"),
    ("v3-RoleCode", "SIB"): N_("brother or sister"),
    ("v2-0131", "C"): N_("emergency contact"),
    ("v2-0131", "E"): N_("employer"),
    ("v2-0131", "N"): N_("next of kin"),
    ("v2-0203", "MR"): N_("medical record number"),
    ("v2-0203", "JHN"): N_("health number"),
    ("v2-0203", "SS"): N_("social insurance or security number"),
    ("v2-0203", "DL"): N_("driver's licence number"),
    ("v2-0203", "PPN"): N_("passport number"),
    ("v2-0074", "LAB"): N_("laboratory"),
    ("v2-0074", "HM"): N_("blood laboratory"),
    ("v2-0074", "PAT"): N_("pathology"),
    ("v2-0074", "RAD"): N_("X-ray and imaging"),
    ("v3-ActReason", "TREAT"): N_("treatment"),
    ("v3-ActReason", "ETREAT"): N_("emergency treatment"),
    ("v3-ActReason", "HMARKT"): N_("marketing"),
    ("v3-ParticipationType", "CST"): N_("keeps the record"),
    ("v3-ActCode", "OPTIN"): N_("agreed to share"),
    ("v3-ActCode", "OPTOUT"): N_("did not agree to share"),
    ("v3-ActCode", "INFAO"): N_("access to information only"),
    ("v3-ActCode", "EMRGONLY"): N_("for emergencies only"),
    ("v2-0443", "AP"): N_("gave it"),
    ("v2-0443", "OP"): N_("ordered it"),
}

# What a system itself calls a code. Whatever else an entry calls it are its own words, and stays.
_TERMS_OF_ART = {
    ("v3-ActCode", "AMB"): "ambulatory",
    ("v3-ActCode", "IMP"): "inpatient encounter",
    ("v3-ActCode", "ACUTE"): "inpatient acute",
    ("v3-ActCode", "NONAC"): "inpatient non-acute",
    ("v3-ActCode", "EMER"): "emergency",
    ("v3-ActCode", "FLD"): "field",
    ("v3-ActCode", "HH"): "home health",
    ("v3-ActCode", "OBSENC"): "observation encounter",
    ("v3-ActCode", "PRENC"): "pre-admission",
    ("v3-ActCode", "SS"): "short stay",
    ("v3-ActCode", "VR"): "virtual",
}

_SLUG = re.compile(r"[a-z]+(?:-[a-z0-9]+)*\Z")
_TAG = re.compile(r" \([A-Za-z]?[a-z/ ]+\)\Z")


def plain_code(code: str) -> str:
    """A bare FHIR code (a status, an intent) in plain words."""
    if code in PLAIN:
        return _(PLAIN[code])
    return code.replace("-", " ") if _SLUG.match(code) else code


def time_code(code: str) -> str:
    """A time of day, a meal or a weekday."""
    return _(TIMES[code]) if code in TIMES else plain_code(code)


def confidentiality_words(code: str) -> str:
    """How confidential a document is, from its one-letter code."""
    return _coded("v3-Confidentiality", code, language())


def coding_words(coding: Resource) -> str:
    """One coding: its display, else a word we know for the code, else the code with its system's name."""
    display = words_at(coding, "display")
    if display and not _is_standard(coding, display):
        return plain_code(display) if "-" in display else display
    return _coded(words_at(coding, "system"), words_at(coding, "code"), language())


def _is_standard(coding: Resource, display: str) -> bool:
    """Whether a coding is called by its system's own term of art, for which we have plain words."""
    tail = words_at(coding, "system").rstrip("/").rpartition("/")[2]
    return _TERMS_OF_ART.get((tail, words_at(coding, "code"))) == display.casefold()


def concept_words(concept: Resource) -> str:
    """What a person would call it: the text as it was entered, else the first coding that says something."""
    return words_at(concept, "text") or _first_coding(concept)


def _first_coding(concept: Resource) -> str:
    codings = objects(concept.get("coding"))
    chosen = sorted(codings, key=lambda coding: coding.get("userSelected") is not True) if len(codings) > 1 else codings
    shown = [coding for coding in chosen if words_at(coding, "display")] or chosen
    return coding_words(shown[0]) if shown else ""


def naming_words(concept: Resource) -> str:
    """As ``concept_words``; nothing where there are only codes that we have no word for."""
    if words_at(concept, "text") or any(words_at(coding, "display") for coding in objects(concept.get("coding"))):
        return concept_words(concept)
    for coding in objects(concept.get("coding")):
        known = _known(words_at(coding, "system"), words_at(coding, "code"), language())
        if known:
            return known
    return ""


def full_concept_words(concept: Resource) -> str:
    """As ``concept_words``, with what its other codings call it in brackets where they call it something else."""
    called = concept_words(concept)
    known = {_bare(called)}
    others = []
    for coding in objects(concept.get("coding")):
        display = words_at(coding, "display")
        if display and _bare(display) not in known and not _is_standard(coding, display):
            known.add(_bare(display))
            others.append(display)
    return _("%(name)s (also called: %(others)s)", name=called, others="; ".join(others)) if others else called


def without_tag(name: str) -> str:
    """``Atopic dermatitis`` for ``Atopic dermatitis (disorder)``: SNOMED's tag is for sorting."""
    return _TAG.sub("", name) if name.endswith(")") else name


def _bare(name: str) -> str:
    return without_tag(name).casefold().strip()


@lru_cache(maxsize=4096)
def _known(system: str, code: str, _language: str) -> str:
    tail = system.rstrip("/").rpartition("/")[2]
    if (tail, code) in _IN_SYSTEM:
        return _(_IN_SYSTEM[tail, code])
    if _SLUG.match(code) and (not system or "hl7.org" in system or code in PLAIN):
        return plain_code(code)
    return ""


@lru_cache(maxsize=4096)
def _coded(system: str, code: str, spoken: str) -> str:
    known = _known(system, code, spoken)
    if known or not system or not code:
        return known or code
    named = SYSTEMS.get(system)
    if named is None:
        named = system.rstrip("/").rpartition("/")[2].rpartition(":")[2].removeprefix("v3-")
    return _("Code %(code)s (%(system)s)", code=code, system=named) if named else code
