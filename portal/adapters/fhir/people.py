"""Names, addresses and numbers of people and places as one would write them on a letter."""

from portal.adapters.fhir.codes import concept_words, plain_code
from portal.adapters.fhir.dates import span_words
from portal.adapters.fhir.plumbing import MACHINE_NAMES
from portal.adapters.fhir.shapes import Resource, each, objects, words_at
from portal.domain.words import N_, _

_USES = {
    "home": N_("%(what)s (home)"),
    "work": N_("%(what)s (work)"),
    "mobile": N_("%(what)s (mobile)"),
    "temp": N_("%(what)s (for a time)"),
    "old": N_("%(what)s (no longer used)"),
    "maiden": N_("%(what)s (before marriage)"),
    "nickname": N_("%(what)s (nickname)"),
    "anonymous": N_("%(what)s (alias)"),
    "billing": N_("%(what)s (for bills)"),
    "secondary": N_("%(what)s (second)"),
}


def name_words(name: Resource) -> str:
    """What to call a person: the name as one text, else its parts in the order they are written."""
    return words_at(name, "text") or _written(name)


def _written(name: Resource) -> str:
    parts = [*each(name.get("prefix")), *each(name.get("given")), name.get("family"), *each(name.get("suffix"))]
    return " ".join(part for part in parts if isinstance(part, str))


def full_name_words(name: Resource) -> str:
    """A name with what it is used for and when; both spellings where its text and its parts differ."""
    called, written = name_words(name), _written(name)
    if not set(written.casefold().split()) <= set(called.casefold().replace(",", " ").split()):
        called = _("%(text)s (written also %(name)s)", text=called, name=written)
    return _used(called, name)


def best_name(names: object) -> Resource | None:
    """The name to call somebody by: the official or usual one before an old or a maiden name."""
    order = {"official": 0, "usual": 1, "": 2}
    ranked = sorted(objects(names), key=lambda name: order.get(words_at(name, "use"), 3))
    return ranked[0] if ranked else None


def address_words(address: Resource) -> str:
    """An address in one line."""
    lines = [part for part in each(address.get("line")) if isinstance(part, str)]
    town = [words_at(address, key) for key in ("city", "district", "state", "postalCode")]
    written = [*lines, " ".join(part for part in town if part), words_at(address, "country")]
    text = words_at(address, "text")
    return _used(text or ", ".join(part for part in written if part), address)


def contact_words(contact: Resource) -> str:
    """A telephone number or an e-mail address with what it is for."""
    system = words_at(contact, "system")
    value = words_at(contact, "value")
    said = value if system in ("", "phone", "email", "url") else f"{plain_code(system)} {value}"
    return _used(said.strip(), contact)


def identifier_words(identifier: Resource) -> str:
    """A number on a card or a form with its kind; nothing for the numbers only computers use."""
    value = words_at(identifier, "value")
    if value.startswith((*MACHINE_NAMES, "http:", "https:")):
        return ""
    kind = identifier.get("type")
    named = concept_words(kind) if isinstance(kind, dict) else ""
    said = f"{named}: {value}" if named else value
    giver = words_at(identifier.get("assigner"), "display")
    return _used(_("%(number)s (given by %(who)s)", number=said, who=giver) if giver else said, identifier)


def _used(what: str, value: Resource) -> str:
    use = words_at(value, "use")
    said = _(_USES[use], what=what) if use in _USES and what else what
    period = value.get("period")
    if isinstance(period, dict) and said:
        span = span_words(words_at(period, "start"), words_at(period, "end"))
        return f"{said}, {span}" if span else said
    return said
