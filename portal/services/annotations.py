"""What stands beside the entries of a record: written once after a decision, read wherever an entry is read or given.

A note hangs on the entry's source and not on one version of it: what comes in later in its place has the note too.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.accuracy_notes import Claim, Outcome
from portal.domain.dates import say_date
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _
from portal.models.accuracy_notes import Annotation
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import audit
from portal.services.sealing import seal_json, unseal_json
from portal.services.work import Work


class Kind(StrEnum):
    """What an annotation is: a correction, her words beside what was not corrected, both, or a later statement."""

    CORRECTED = "corrected"
    IN_PART = "corrected_in_part"
    ANNOTATED = "annotated"
    STATEMENT = "statement"


HEADINGS = {
    Kind.CORRECTED: N_("This entry was corrected on %(day)s (%(reference)s)."),
    Kind.IN_PART: N_(
        "This entry was corrected in part on %(day)s (%(reference)s). The patient does not agree with the rest."
    ),
    Kind.ANNOTATED: N_("The patient does not agree with this entry. Noted on %(day)s (%(reference)s)."),
    Kind.STATEMENT: N_("The patient's statement of disagreement of %(day)s (%(reference)s)."),
}


@dataclass(frozen=True)
class Note:
    """One annotation, ready to show: a heading, and titled texts in the words they were written in.

    ``earlier`` says that it was made to an earlier version of the entry it stands beside.
    """

    reference: str
    on: date
    heading: str
    texts: tuple[tuple[str, str], ...]
    category: Category
    earlier: bool = False


def write(work: Work, case: Any, kind: Kind, words: dict[str, Any]) -> Annotation:
    """Put a note beside the entry of a case, for good."""
    work.must(Permission.REQUEST_VIEW, case)
    item = work.db.get_one(RecordItem, case.item_id) if case.item_id else None
    row = Annotation(
        patient_id=case.patient_id,
        case_id=case.id,
        reference=case.reference,
        item_id=case.item_id,
        source_index=item.source_index if item else None,
        category=item.category if item else case.category,
        kind=kind,
        made_on=work.today,
        made_at=work.now,
        made_by_name=work.actor.name,
    )
    seal_json(work, case.patient_id, row, "words_sealed", words)
    work.db.add(row)
    return row


def rows_beside(work: Work, request: Any, items: Iterable[RecordItem]) -> dict[UUID, tuple[Annotation, ...]]:
    """The notes beside these entries, by the entry's key, oldest first; for whoever may read the record."""
    work.must(Permission.RECORD_READ, request)
    found = defaultdict(list)
    for row in _rows(work, request.patient_id):
        found[row.source_index].append(row)
    return {item.id: tuple(found[item.source_index]) for item in items if item.source_index in found}


def rows_of_no_entry(work: Work, request: Any) -> tuple[Annotation, ...]:
    """The notes that stand beside the whole record, because what the patient misses stands nowhere."""
    work.must(Permission.RECORD_READ, request)
    return tuple(row for row in _rows(work, request.patient_id) if row.source_index is None)


def beside(work: Work, request: Any, item: RecordItem) -> list[Note]:
    """The notes beside one entry, ready to show."""
    rows = rows_beside(work, request, [item])
    return [shown(work, row, item) for row in rows.get(item.id, ())]


def of_case(work: Work, case: Any) -> list[Note]:
    """The notes that came of one case, for whoever may see the case."""
    work.must(Permission.REQUEST_VIEW, case)
    query = select(Annotation).where(Annotation.case_id == case.id).order_by(Annotation.id)
    return [shown(work, row) for row in work.db.scalars(query)]


def shown(work: Work, row: Annotation, item: RecordItem | None = None) -> Note:
    """A note in words. Who may read it is asked by the caller, who holds the case."""
    words = unseal_json(work, row.patient_id, row, "words_sealed")
    heading = _(HEADINGS[Kind(row.kind)], day=say_date(row.made_on), reference=row.reference)
    earlier = item is not None and item.id != row.item_id
    return Note(row.reference, row.made_on, heading, tuple(_texts(words)), Category(row.category), earlier)


def _texts(words: dict[str, Any]) -> Iterable[tuple[str, str]]:
    claim = Claim.from_json(words["claim"])
    if words.get("statement"):
        yield _("What the patient says"), words["statement"]
        return
    if words.get("corrected"):
        yield _("What is right"), words["corrected"]
    yield _("What the patient wrote is wrong"), claim.wrong
    yield _("What the patient wrote is right"), claim.right


def kind_of(outcome: Outcome) -> Kind:
    return Kind(outcome.value)


def going_along(work: Work, patient: Patient, categories: Sequence[Category]) -> list[Note]:
    """The notes that have to go with information of these kinds, whoever receives it. Reading them leaves a trace."""
    rows = _of_kinds(work, patient, categories)
    if rows and work.actor.is_staff:
        audit.record(work, "annotation.read", patient.id)
    return [shown(work, row) for row in rows]


def said_along(work: Work, patient: Patient, categories: Sequence[Category]) -> str:
    """One sentence for the register: which notes went along. Empty where there is none."""
    rows = _of_kinds(work, patient, categories)
    if not rows:
        return ""
    named = (f"{row.reference} ({_(CATEGORY_NAMES[Category(row.category)])})" for row in rows)
    return _("With it go these notes beside the record: %(notes)s.", notes=", ".join(dict.fromkeys(named)))


def _of_kinds(work: Work, patient: Patient, categories: Sequence[Category]) -> list[Annotation]:
    work.must(Permission.DISCLOSURES_RECORD, patient)
    return [row for row in _rows(work, patient.id) if Category(row.category) in set(categories)]


def _rows(work: Work, patient_id: UUID) -> list[Annotation]:
    query = select(Annotation).where(Annotation.patient_id == patient_id).order_by(Annotation.id)
    return list(work.db.scalars(query))
