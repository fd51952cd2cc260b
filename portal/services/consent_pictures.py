"""The photo registry: the very picture a consent is about, kept by its digest and shown small to those who may see it.

A picture that an import replaces stays the one she agreed to: the consent never moves to another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import purposes
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotFound
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Enclosure
from portal.domain.words import _
from portal.models.base import new_id
from portal.models.consents import Consent, ConsentPicture, Thumbnail
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import audit, files, record_items
from portal.services.sealing import data_key, seal, unseal
from portal.services.work import Report, Work

SMALL = "thumbnail"
PICTURES = frozenset({"image/png", "image/jpeg"})


@dataclass(frozen=True)
class Pictured:
    """One picture of a consent, in words that tell nothing of what it shows.

    ``replaced`` says that the record has another one by now, ``small`` that there is a small one to show.
    """

    id: UUID
    words: str
    digest: str
    replaced: bool
    small: bool


def bind(work: Work, consent: Consent, items: Iterable[UUID]) -> None:
    """Tie the consent to the pictures as they are now. Raises Invalid for an entry that holds none."""
    work.must(Permission.CONSENT_CHANGE, consent)
    if not purposes.find(consent.purpose).pictures:
        return
    for key in sorted(items):
        held = _pictures_in(work, work.db.get_one(RecordItem, key))
        if not held:
            raise Invalid(_("One of these entries holds no picture that can be shown. Choose another."), "items")
        for file in held:
            _tie(work, consent, key, file)


def _pictures_in(work: Work, item: RecordItem) -> list[StoredFile]:
    blocks = record_items.show(work, item).blocks
    held = [block for block in blocks if isinstance(block, Enclosure) and block.media_type in PICTURES]
    return [work.db.get_one(StoredFile, UUID(block.file)) for block in held]


def _tie(work: Work, consent: Consent, item_id: UUID, file: StoredFile) -> None:
    row = ConsentPicture(id=new_id(), consent_id=consent.id, item_id=item_id, file_id=file.id)
    digest = unseal(work, consent.patient_id, file, "plain_digest_sealed")
    seal(work, consent.patient_id, row, "digest_sealed", digest)
    work.db.add(row)
    if work.db.get(Thumbnail, file.id) is None:
        # Another consent may wait for the same small picture: whoever comes second finds it made.
        work.promise("thumbnail", f"thumbnail/{row.id}", file=str(file.id))


def of_consent(work: Work, patient: Patient, consent: Consent) -> list[Pictured]:
    """The pictures a consent is about, in the order they were chosen."""
    work.must(Permission.CONSENT_VIEW, patient)
    query = (
        select(ConsentPicture, RecordItem, Thumbnail.small_id)
        .join(RecordItem, RecordItem.id == ConsentPicture.item_id)
        .outerjoin(Thumbnail, Thumbnail.file_id == ConsentPicture.file_id)
        .where(ConsentPicture.consent_id == consent.id)
        .order_by(ConsentPicture.id)
    )
    return [
        Pictured(
            id=row.id,
            words=entry_in_words(item),
            digest=unseal(work, patient.id, row, "digest_sealed"),
            replaced=item.replaced_by_id is not None,
            small=small is not None,
        )
        for row, item, small in work.db.execute(query)
    ]


def entry_in_words(item: RecordItem) -> str:
    """One entry without what it says: its kind and its day."""
    kind = _(CATEGORY_NAMES[next(each for each in CATEGORY_NAMES if each == item.category)])
    day = say_plain_date(item.occurred_on) if item.occurred_on else _("no day")
    return _("%(kind)s: entry of %(day)s, number %(number)s", kind=kind, day=day, number=item.original_index[:6])


def show(work: Work, patient: Patient, consent: Consent, picture_id: UUID) -> tuple[StoredFile, Iterator[bytes]]:
    """The small picture, for those who may see it. Raises NotFound; leaves a trace when it is not she who looks."""
    if not work.may(Permission.CONSENT_PICTURE, patient):
        raise _nothing()
    row = work.db.get(ConsentPicture, picture_id)
    small = work.db.get(Thumbnail, row.file_id) if row and row.consent_id == consent.id else None
    if small is None:
        raise _nothing()
    file = work.db.get_one(StoredFile, small.small_id)
    if work.looks_at_another(patient.id):
        audit.record(work, "consent.picture_read", patient.id, consent=str(consent.id), picture=str(picture_id))
    return file, files.stream(work, file)


def _nothing() -> NotFound:
    return NotFound(_("There is no such picture, or it is not yours to see."))


# Making it small, by the worker


def to_shrink(work: Work, payload: dict[str, Any]) -> tuple[UUID, UUID, bytes] | None:
    """The picture of a job: its file, whose it is, and all of it; None when there is a small one already."""
    work.must(Permission.UPKEEP)
    file = work.db.get(StoredFile, UUID(payload["file"]))
    if file is None or work.db.get(Thumbnail, file.id) is not None:
        return None
    data_key(work, file.patient_id)
    return file.id, file.patient_id, b"".join(files.stream(work, file))


def shrink(work: Work, wanted: tuple[UUID, UUID, bytes] | None, _report: Report) -> StoredFile | None:
    """Make it small and put it, sealed, into the store; no database is held meanwhile."""
    if wanted is None:
        return None
    _file_id, patient_id, data = wanted
    small = work.outside.shrink(data)
    return files.put_bytes(work, patient_id, small, name="picture.jpg", media_type="image/jpeg", purpose=SMALL)


def keep(work: Work, payload: dict[str, Any], small: StoredFile | None) -> None:
    """Write down which file shows the picture."""
    if small is None:
        return
    work.db.add(small)
    work.db.flush()
    work.db.add(Thumbnail(file_id=UUID(payload["file"]), small_id=small.id))
