"""FHIR's data types told by their shape: nothing is trusted to be what the standard says it should be."""

from functools import lru_cache
from typing import Any

Resource = dict[str, Any]

STRUCTURE = "structure"
_PHONES = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
_ASIDE = frozenset({"id", "extension"})
_ADDRESS = frozenset("use type text line city district state postalCode country period".split())
_PLACE = frozenset("line city district state postalCode country".split())
ATTACHMENT = frozenset("contentType language data url size hash title creation".split())
_SAMPLED = frozenset("origin period factor lowerLimit upperLimit dimensions data".split())
_SIGNATURE = frozenset("type when who onBehalfOf targetFormat sigFormat data".split())
_DOSED = frozenset(
    "additionalInstruction timing asNeededCodeableConcept site route method doseAndRate dose rateQuantity rateRange"
    " rateRatio maxDosePerPeriod maxDosePerAdministration maxDosePerLifetime".split()
)
_DOSAGE = _DOSED | {"sequence", "text", "patientInstruction", "asNeededBoolean"}
_CODING = frozenset({"system", "version", "code", "display", "userSelected"})
_NOTHING: frozenset[str] = frozenset()
# Elements of each type that hold parts (objects or lists); all its others hold plain values.
_INNER = {
    "concept": frozenset({"coding"}),
    "reference": frozenset({"identifier"}),
    "range": frozenset({"low", "high"}),
    "ratio": frozenset({"numerator", "denominator"}),
    "contact": frozenset({"period"}),
    "identifier": frozenset({"type", "period", "assigner"}),
    "name": frozenset({"given", "prefix", "suffix", "period"}),
    "address": frozenset({"line", "period"}),
    "annotation": frozenset({"authorReference"}),
    "dosage": _DOSED,
    "sampled": frozenset({"origin"}),
    "signature": frozenset({"type", "who", "onBehalfOf"}),
    "timing": frozenset({"repeat", "code", "event"}),
}


class Number(str):
    """A number as the source wrote it: 1.50 stays 1.50, which says how exactly it was measured."""

    __slots__ = ()


def each(value: Any) -> list[Any]:
    """``value`` as a list: a single thing is a list of one, nothing is an empty list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def objects(value: Any) -> list[Resource]:
    """The objects in ``value``, whatever else stands beside them."""
    return [one for one in each(value) if isinstance(one, dict)]


def words_at(value: Any, key: str) -> str:
    """The text under ``key``, or nothing."""
    found = value.get(key) if isinstance(value, dict) else None
    return found if isinstance(found, str) else ""


def shape_of(value: Resource) -> str:
    """The name of the FHIR data type that ``value`` has the shape of; ``STRUCTURE`` for anything else."""
    shape = _shape(frozenset(value))
    if shape is STRUCTURE:
        return shape
    inner = _INNER.get(shape, _NOTHING)
    for key, one in value.items():
        # A part where a plain value belongs, or the other way round, is no such type: it is set out as it stands.
        if (type(one) in (dict, list)) is not (key in inner) and key not in _ASIDE and key[0] != "_":
            return STRUCTURE
    if shape == "concept" and not all(_is_coding(one) for one in each(value.get("coding"))):
        return STRUCTURE
    if shape in ("quantity", "contact", "identifier"):
        return _numbered(shape, value)
    return shape


def _is_coding(value: Any) -> bool:
    if type(value) is not dict:
        return False
    return all(
        (key in _CODING and not isinstance(one, dict | list)) or key in _ASIDE or key[:1] == "_"
        for key, one in value.items()
    )


def _numbered(shape: str, value: Resource) -> str:
    """Amount, telephone number or number on a card: {system, value} may be any of the three."""
    if "unit" in value or "comparator" in value or "code" in value:
        return shape
    if words_at(value, "system") in _PHONES:
        return "contact"
    return "quantity" if isinstance(value.get("value"), Number) and shape == "quantity" else "identifier"


@lru_cache(maxsize=4096)
def _shape(keys: frozenset[str]) -> str:
    own = {key for key in keys - _ASIDE if not key.startswith("_")}
    if "" in keys:
        return STRUCTURE
    for name, allowed, telling in _RULES:
        if own <= allowed and own & telling:
            return name
    if "repeat" in own and own <= {"event", "repeat", "code"}:
        return "timing"
    return STRUCTURE


# In the order of asking: name, the keys it may have, the keys of which one must be there.
_RULES: tuple[tuple[str, frozenset[str], frozenset[str]], ...] = tuple(
    (name, frozenset(allowed), frozenset(telling))
    for name, allowed, telling in (
        ("concept", {"coding", "text"}, {"coding", "text"}),
        ("narrative", {"status", "div"}, {"div"}),
        ("reference", {"reference", "type", "identifier", "display"}, {"reference", "identifier", "display"}),
        ("coding", _CODING, {"code", "display"}),
        ("quantity", {"value", "comparator", "unit", "system", "code"}, {"value", "unit"}),
        ("money", {"value", "currency"}, {"currency"}),
        ("range", {"low", "high"}, {"low", "high"}),
        ("ratio", {"numerator", "denominator"}, {"numerator", "denominator"}),
        ("period", {"start", "end"}, {"start", "end"}),
        ("contact", {"system", "value", "use", "rank", "period"}, {"value"}),
        ("identifier", {"use", "type", "system", "value", "period", "assigner"}, {"value"}),
        (
            "name",
            {"use", "text", "family", "given", "prefix", "suffix", "period"},
            {"family", "given", "prefix", "suffix", "use"},
        ),
        ("address", _ADDRESS, _PLACE),
        ("attachment", ATTACHMENT, {"contentType", "data", "url"}),
        ("annotation", {"authorReference", "authorString", "time", "text"}, {"text"}),
        ("dosage", _DOSAGE, _DOSAGE - {"sequence", "text", "timing", "site", "method"}),
        ("sampled", _SAMPLED, {"dimensions"}),
        ("signature", _SIGNATURE, {"when", "who"}),
        ("timing", {"event"}, {"event"}),
    )
)
