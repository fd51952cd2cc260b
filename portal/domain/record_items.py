"""What a record is made of: items in the clinic's words, each a list of blocks to release, sever or withhold.

An item is read once from its source (a FHIR resource today) and kept with its original. What a person reads, what a
physician judges and what a package prints are the same blocks, so that nothing can differ between the three.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from portal.domain.words import N_


class Category(StrEnum):
    """How the clinic sorts a record; the order is the order of a package."""

    ENCOUNTERS = "encounters"
    CONDITIONS = "conditions"
    ALLERGIES = "allergies"
    MEDICATIONS = "medications"
    RESULTS = "results"
    PROCEDURES = "procedures"
    IMMUNISATIONS = "immunisations"
    REPORTS = "reports"
    DOCUMENTS = "documents"
    PHOTOGRAPHS = "photographs"
    CARE_PLANS = "care_plans"
    OTHER = "other"


CATEGORY_NAMES = {
    Category.ENCOUNTERS: N_("Visits and notes"),
    Category.CONDITIONS: N_("Conditions"),
    Category.ALLERGIES: N_("Allergies"),
    Category.MEDICATIONS: N_("Medications and prescriptions"),
    Category.RESULTS: N_("Results and measurements"),
    Category.PROCEDURES: N_("Procedures"),
    Category.IMMUNISATIONS: N_("Immunisations"),
    Category.REPORTS: N_("Reports"),
    Category.DOCUMENTS: N_("Documents and letters"),
    Category.PHOTOGRAPHS: N_("Photographs"),
    Category.CARE_PLANS: N_("Care plans"),
    Category.OTHER: N_("Other entries"),
}


@dataclass(frozen=True)
class Field:
    """One labelled fact: "Status: active"."""

    label: str
    text: str
    kind: str = "field"


@dataclass(frozen=True)
class Paragraph:
    """Running text as it was written."""

    text: str
    kind: str = "paragraph"


@dataclass(frozen=True)
class Table:
    """Rows under a head: results with units and ranges."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: str = "table"


@dataclass(frozen=True)
class Enclosure:
    """A file that belongs to the item: the position in ``ReadItem.files`` (later, the stored file's id)."""

    file: str
    name: str
    media_type: str
    kind: str = "enclosure"


@dataclass(frozen=True)
class Unshown:
    """A file that belongs to the item and cannot be shown: it is kept inside the original alone, as it came."""

    name: str
    kind: str = "unshown"


@dataclass(frozen=True)
class Severed:
    """Where a passage was taken out: ``text`` is the ground in plain words."""

    text: str
    kind: str = "severed"


_BLOCK_TYPES = {
    "field": Field,
    "paragraph": Paragraph,
    "table": Table,
    "enclosure": Enclosure,
    "unshown": Unshown,
    "severed": Severed,
}
Block = Field | Paragraph | Table | Enclosure | Unshown | Severed


@dataclass(frozen=True)
class ReadFile:
    """A file found inside a record, decoded and not yet cleaned."""

    name: str
    media_type: str
    data: bytes


@dataclass(frozen=True)
class ReadItem:
    """One entry of a record as the reader understood it.

    ``source_id`` is ``ResourceType/id`` in the source; ``concerns`` says in words why the item may tell about somebody
    else than the patient (it is then flagged for severing); ``original`` is the source's own JSON text, or a JSON list
    of them, the item's own first, where other entries of the source are told inside it. ``occurred_in_words`` is given
    where the source knows only the month or the year ("May 2014"); ``occurred_on`` is then that span's first day.
    """

    source_id: str
    resource_type: str
    category: Category
    title: str
    occurred_on: date | None
    blocks: tuple[Block, ...]
    original: str
    files: tuple[ReadFile, ...] = ()
    concerns: str | None = None
    occurred_in_words: str | None = None


@dataclass(frozen=True)
class ReadPatient:
    """The person a bundle is about, as the source names them."""

    source_id: str
    given_name: str
    family_name: str
    birth_date: date
    identifiers: tuple[str, ...] = ()
    sex: str | None = None
    email: str | None = None
    phone: str | None = None
    address: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class Reading:
    """All that was read, with every resource accounted for.

    ``resources`` = items + sum of ``parts`` (folded into another item) + sum of ``administrative`` (counted, with the
    reason why it is not clinical). Keys of ``parts`` and ``administrative`` are ``(resource type, reason)``.
    """

    patient: ReadPatient
    items: tuple[ReadItem, ...]
    resources: int
    parts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    administrative: Mapping[tuple[str, str], int] = field(default_factory=dict)


def block_to_json(block: Block) -> dict[str, object]:
    """A block as plain JSON values, its ``kind`` first."""
    return {"kind": block.kind, **{k: v for k, v in vars(block).items() if k != "kind"}}


def block_from_json(value: Mapping[str, object]) -> Block:
    """The block that ``block_to_json`` wrote."""
    facts = {k: _tuples(v) for k, v in value.items() if k != "kind"}
    block: Block = _BLOCK_TYPES[str(value["kind"])](**facts)
    return block


def _tuples(value: object) -> object:
    return tuple(_tuples(v) for v in value) if isinstance(value, list) else value
