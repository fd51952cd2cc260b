"""Files: kept sealed in the store under the patient's key, opened again as a stream."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain.errors import Invalid, NotFound
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.letters import StoredFile
from portal.services import audit
from portal.services.outside import Outside
from portal.services.sealing import data_key, pin, seal, unseal
from portal.services.work import Work

BLOCK = 256 * 1024


def put(
    work: Work,
    patient_id: UUID,
    data: Iterable[bytes],
    *,
    name: str,
    media_type: str,
    purpose: str,
    case_id: UUID | None = None,
) -> StoredFile:
    """Seal a file into the store and describe it in a row that the caller adds. It is on disk when this returns."""
    row = StoredFile(patient_id=patient_id, case_id=case_id, purpose=purpose, media_type=media_type)
    row.added_by_name, row.added_at = work.actor.name, work.now
    whole, size = hashlib.sha256(), 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in data:
            whole.update(chunk)
            size += len(chunk)
            yield chunk

    sealed = work.outside.vault.seal_stream(data_key(work, patient_id), counted(), pin(row, "data"))
    row.stored_digest = work.outside.store.put(sealed)
    row.size = size
    seal(work, patient_id, row, "name_sealed", name)
    seal(work, patient_id, row, "plain_digest_sealed", whole.hexdigest())
    return row


def put_bytes(work: Work, patient_id: UUID, data: bytes, **about: Any) -> StoredFile:
    """``put`` for what is in memory already."""
    blocks = (data[start : start + BLOCK] for start in range(0, len(data), BLOCK))
    return put(work, patient_id, blocks, **about)


def keep_bytes(work: Work, patient_id: UUID, data: bytes, **about: Any) -> StoredFile:
    """``put_bytes``, and the row added to this work."""
    row = put_bytes(work, patient_id, data, **about)
    work.db.add(row)
    return row


def stream(work: Work, row: StoredFile) -> Iterator[bytes]:
    """The file as it was handed in. Raises the vault's error when a byte of it was changed."""
    sealed = work.outside.store.read(row.stored_digest)
    return work.outside.vault.open_stream(data_key(work, row.patient_id), sealed, pin(row, "data"))


def name_of(work: Work, row: StoredFile) -> str:
    return unseal(work, row.patient_id, row, "name_sealed")


def are_among(work: Work, kept: Sequence[StoredFile], looked: Sequence[Any]) -> bool:
    """Whether each file that was looked at is one of those kept, byte for byte; for whoever found the kept ones."""
    known = {unseal(work, row.patient_id, row, "plain_digest_sealed") for row in kept}
    return all(hashlib.sha256(each.clean).hexdigest() in known for each in looked)


def look_at_scan(outside: Outside, name: str, data: bytes) -> Any:
    """A scan of what came on paper: known by its content and cleaned. Raises Invalid with the reason.

    Takes a while, so it comes before the transaction in which ``receive_scan`` keeps what it gives.
    """
    return look_at(outside, name, data, "scan")


def look_at(outside: Outside, name: str, data: bytes, field: str) -> Any:
    """Any file that somebody hands in, as ``look_at_scan``; ``field`` is the form's."""
    looked = outside.inspect(name, data)
    if looked.verdict != "accepted":
        raise Invalid(looked.reason, field)
    return looked


def receive_scan(work: Work, case: Case, looked: Any) -> StoredFile:
    """Keep a scan that ``look_at_scan`` cleaned with its case."""
    work.must(Permission.REQUEST_WORK, case)
    row = keep_bytes(
        work,
        case.patient_id,
        looked.clean,
        name=looked.safe_name,
        media_type=looked.media_type,
        purpose="scan",
        case_id=case.id,
    )
    audit.record_of(work, "file.added", case, file=str(row.id))
    return row


def enclosures(work: Work, patient_id: UUID) -> list[StoredFile]:
    """The files that came with a record's entries."""
    work.must(Permission.REQUEST_BUILD)
    query = select(StoredFile).where(StoredFile.patient_id == patient_id, StoredFile.purpose == "enclosure")
    return list(work.db.scalars(query))


def of_case(work: Work, case: Case, purpose: str) -> list[tuple[StoredFile, str]]:
    """The files of a case with their names, oldest first."""
    work.must(Permission.REQUEST_VIEW, case)
    query = select(StoredFile).where(StoredFile.case_id == case.id, StoredFile.purpose == purpose)
    return [(row, name_of(work, row)) for row in work.db.scalars(query.order_by(StoredFile.added_at))]


def find_in_case(work: Work, case: Case, file_id: UUID, purpose: str) -> StoredFile:
    """A file of a case this person may see. Raises NotFound; leaves a trace when staff opens it."""
    work.must(Permission.REQUEST_VIEW, case)
    row = work.db.get(StoredFile, file_id)
    if row is None or row.case_id != case.id or row.purpose != purpose:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    if work.actor.is_staff:
        audit.record_of(work, "file.read", case, file=str(row.id))
    return row
