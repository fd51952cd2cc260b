"""Plain values in words: numbers, dates, and FHIR's bare codes by the element they stand in."""

from portal.adapters.fhir.amounts import number_words
from portal.adapters.fhir.attachments import content_of, text_in
from portal.adapters.fhir.codes import confidentiality_words, plain_code
from portal.adapters.fhir.dates import date_words
from portal.adapters.fhir.plumbing import MACHINE_NAMES
from portal.adapters.fhir.shapes import Number
from portal.domain.words import N_, _

# Elements that hold one of FHIR's bare codes.
CODES = frozenset(
    "action actuality category certainty clinicalStatus code confidentiality criticality direction docStatus gender"
    " intent kind language lifecycleStatus linkType mode outcome priority required severity sex status type use"
    " valueCode verificationStatus participantStatus daysOfWeek presence relationship comparator".split()
)
# Codes of one letter or figure, by the element they stand in.
BY_ELEMENT = {
    "valueCode": {"F": N_("female"), "M": N_("male"), "UNK": N_("unknown")},
    "action": {
        "C": N_("made"),
        "R": N_("read"),
        "U": N_("changed"),
        "D": N_("deleted"),
        "E": N_("carried out"),
    },
    "outcome": {
        "0": N_("success"),
        "4": N_("failed, small fault"),
        "8": N_("failed, grave fault"),
        "12": N_("failed, the system stopped"),
    },
}
_ENCODED = frozenset({"valueBase64Binary", "query", "blob"})


def string_words(value: str, key: str) -> str:
    """A plain value: numbers and dates as people read them, bare codes in words, everything else as it is."""
    if isinstance(value, Number):
        return number_words(value)
    if key in BY_ELEMENT and value in BY_ELEMENT[key]:
        return _(BY_ELEMENT[key][value])
    if value[:4].isdigit():
        return date_words(value) or value
    if value.startswith(MACHINE_NAMES):
        return ""
    if key == "confidentiality":
        return confidentiality_words(value)
    if key in _ENCODED:
        return _decoded(value)
    return plain_code(value) if key in CODES else value


def _decoded(coded: str) -> str:
    """Words that a computer packed; of anything else, only that it is there."""
    content = content_of({"data": coded})
    if content is not None and content.media_type == "text/plain":
        return text_in(content)
    return _("data for computers (%(n)s characters)", n=len(coded))
