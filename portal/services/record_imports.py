"""A record is brought in from the EMR's export: read, compared with what is there, sealed, counted."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from uuid import UUID

from sqlalchemy import select, update

from portal.domain import third_party_reports
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.record_items import (
    Block,
    Enclosure,
    ReadFile,
    Reading,
    ReadItem,
    ReadPatient,
    Unshown,
    block_to_json,
)
from portal.domain.words import _
from portal.models.people import Patient
from portal.models.record_items import RecordImport, RecordItem
from portal.services import audit, files, patients
from portal.services.outside import Outside, RecordFiles
from portal.services.sealing import blind_index, seal
from portal.services.work import Work

ENCLOSURE = "enclosure"


@dataclass(frozen=True)
class Imported:
    """What an import did; the counts add up to ``resources``."""

    patient_number: str
    patient_name: str
    resources: int
    items: int
    added: int
    administrative: int
    parts: int
    flagged: int
    categories: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, int] = field(default_factory=dict)
    folded: dict[str, int] = field(default_factory=dict)


def bring_in(
    work: Work,
    record_files: RecordFiles,
    patient: Patient | None,
    *,
    create: bool = False,
    dry_run: bool = False,
    case_id: UUID | None = None,
) -> Imported:
    """Read the EMR's export into record items: all of it or nothing, and twice adds nothing twice.

    ``patient`` is whose record it must be; ``create`` opens a file from the bundle instead. Raises Invalid for a bundle
    that cannot be read or is about somebody else.
    """
    reading = read(work.outside, record_files, work.today)
    return take_in(work, reading, patient, create=create, dry_run=dry_run, case_id=case_id)


def read(outside: Outside, record_files: RecordFiles, today: date) -> Reading:
    """What the EMR's export says. It takes a while, so a page asks for it before its transaction begins."""
    return outside.read_record(record_files, today=today)


def take_in(
    work: Work,
    reading: Reading,
    patient: Patient | None,
    *,
    create: bool = False,
    dry_run: bool = False,
    case_id: UUID | None = None,
) -> Imported:
    """Keep what ``read`` gave, as ``bring_in``."""
    reading = third_party_reports.flagged(work.profile, reading)
    if patient is None:
        if not create:
            raise Invalid(_("Say whose record this is: give the patient's number, or ask for a new file."))
        patient = _open_file(work, reading.patient)
    else:
        _same_person(patient, reading.patient)
    work.must(Permission.RECORD_IMPORT, patient)
    known = dict(_current(work, patient.id))
    fresh = [(item, index, digest) for item, index, digest in _indexed(work, reading) if known.get(index) != digest]
    counts = _counts(patient, reading, added=len(fresh))
    if not dry_run:
        _keep(work, patient, fresh, known, counts, case_id)
    return counts


def _keep(
    work: Work,
    patient: Patient,
    fresh: Sequence[tuple[ReadItem, str, str]],
    known: dict[str, str],
    counts: Imported,
    case_id: UUID | None,
) -> None:
    done = RecordImport(patient_id=patient.id, case_id=case_id, by_name=work.actor.name, at=work.now)
    done.counts = json.dumps(asdict(replace(counts, patient_name="")))
    work.db.add(done)
    work.db.flush()
    for item, index, digest in fresh:
        said_before = _as_before(work, patient.id, index, digest) if index in known else None
        row = said_before or _row(work, patient, done, item, index, digest)
        row.replaced_by_id = None  # an old row that is said again lives again
        work.db.add(row)
        if index in known:
            _replace_earlier(work, patient.id, index, row.id)
    work.db.flush()
    audit.record(work, "record.imported", patient.id, added=str(counts.added), resources=str(counts.resources))


def _row(work: Work, patient: Patient, done: RecordImport, item: ReadItem, index: str, digest: str) -> RecordItem:
    row = RecordItem(
        patient_id=patient.id,
        import_id=done.id,
        source_index=index,
        original_index=digest,
        category=item.category,
        resource_type=item.resource_type,
        occurred_on=item.occurred_on,
        occurred_in_words=(item.occurred_in_words or "")[:40] or None,
    )
    blocks = [block_to_json(b) for b in _enclosed(work, patient, item)]
    seal(work, patient.id, row, "title_sealed", item.title)
    seal(work, patient.id, row, "blocks_sealed", json.dumps(blocks, ensure_ascii=False))
    seal(work, patient.id, row, "original_sealed", item.original)
    if item.concerns:
        seal(work, patient.id, row, "concerns_sealed", item.concerns)
    return row


def _enclosed(work: Work, patient: Patient, item: ReadItem) -> list[Block]:
    """The item's blocks, each enclosed file cleaned and kept, or named when it cannot be shown."""
    return [
        _keep_enclosure(work, patient, b, item.files[int(b.file)]) if isinstance(b, Enclosure) else b
        for b in item.blocks
    ]


def _keep_enclosure(work: Work, patient: Patient, block: Enclosure, file: ReadFile) -> Block:
    looked = work.outside.inspect(file.name, file.data)
    if looked.verdict != "accepted":
        return Unshown(block.name)
    row = files.keep_bytes(
        work, patient.id, looked.clean, name=block.name, media_type=looked.media_type, purpose=ENCLOSURE
    )
    return Enclosure(file=str(row.id), name=block.name, media_type=looked.media_type)


def _indexed(work: Work, reading: Reading) -> list[tuple[ReadItem, str, str]]:
    source = reading.patient.source_id
    return [
        (item, blind_index(work, "source", source, item.source_id), blind_index(work, "original", item.original))
        for item in reading.items
    ]


def _current(work: Work, patient_id: UUID) -> list[tuple[str, str]]:
    live = select(RecordItem.source_index, RecordItem.original_index)
    live = live.where(RecordItem.patient_id == patient_id, RecordItem.replaced_by_id.is_(None))
    return [(index, original) for index, original in work.db.execute(live)]


def _replace_earlier(work: Work, patient_id: UUID, index: str, new_id: UUID) -> None:
    earlier = update(RecordItem).where(
        RecordItem.patient_id == patient_id,
        RecordItem.source_index == index,
        RecordItem.replaced_by_id.is_(None),
        RecordItem.id != new_id,
    )
    work.db.execute(earlier.values(replaced_by_id=new_id))


def _as_before(work: Work, patient_id: UUID, index: str, digest: str) -> RecordItem | None:
    """The row of these very words, when the EMR says again what it said before a change."""
    same = {"patient_id": patient_id, "source_index": index, "original_index": digest}
    return work.db.scalars(select(RecordItem).filter_by(**same)).one_or_none()


def _open_file(work: Work, read: ReadPatient) -> Patient:
    return patients.register(
        work,
        read.given_name,
        read.family_name,
        read.birth_date,
        email=(read.email or "")[:254] or None,
        phone=(read.phone or "")[:40] or None,
        address=(read.address or "")[:400] or None,
    )


def _same_person(patient: Patient, read: ReadPatient) -> None:
    if patient.birth_date != read.birth_date or _plain(patient.family_name) != _plain(read.family_name):
        raise Invalid(
            _(
                "This record is about %(there)s, born %(there_born)s, not about %(here)s, born %(here_born)s. "
                "Nothing was stored. Choose the right patient or the right file.",
                there=f"{read.given_name} {read.family_name}".strip(),
                there_born=say_plain_date(read.birth_date),
                here=patient.name,
                here_born=say_plain_date(patient.birth_date),
            )
        )


def _plain(name: str) -> str:
    return "".join(c for c in name.casefold() if c.isalpha())


def _counts(patient: Patient, reading: Reading, added: int) -> Imported:
    return Imported(
        patient_number=patient.number,
        patient_name=patient.name,
        resources=reading.resources,
        items=len(reading.items),
        added=added,
        administrative=sum(reading.administrative.values()),
        parts=sum(reading.parts.values()),
        flagged=sum(1 for item in reading.items if item.concerns),
        categories=dict(Counter(item.category.value for item in reading.items)),
        left_out={f"{kind}: {_(why)}": n for (kind, why), n in reading.administrative.items()},
        folded={f"{kind}: {_(why)}": n for (kind, why), n in reading.parts.items()},
    )
