"""Sealed columns: written and read under the patient's own data key, pinned to their row.

The associated data of a value is ``table/column/row key``: a value copied to another row or column cannot be opened.
"""

import hashlib
import hmac
import json
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from portal.models.base import Model
from portal.models.keys import PatientKey, PortalKey
from portal.services.work import Work

INDEX_KEY = "index"
_KEYS: Any = PatientKey.__table__
# Asked on nearly every page, so it is a plain statement that is built once.
_WRAPPED = select(_KEYS.c.wrapped).where(_KEYS.c.patient_id == bindparam("patient"))


def give_key(work: Work, patient_id: UUID) -> None:
    """Make the patient's data key; once, when the file is opened."""
    wrapped = work.outside.vault.new_key(str(patient_id))
    work.db.add(PatientKey(patient_id=patient_id, wrapped=wrapped, made_at=work.now))
    work.keys[patient_id] = work.outside.vault.unwrap(wrapped, str(patient_id))


def data_key(work: Work, patient_id: UUID) -> bytes:
    key = work.keys.get(patient_id)
    if key is None:
        wrapped = work.db.execute(_WRAPPED, {"patient": patient_id}).scalar_one()
        key = work.keys[patient_id] = work.outside.vault.unwrap(wrapped, str(patient_id))
    return key


def pin(row: Any, column: str) -> str:
    return f"{row.__tablename__}/{column}/{row.id}"


def seal(work: Work, patient_id: UUID, row: Model, column: str, text: str) -> None:
    """Put ``text`` into the row's sealed column."""
    sealed = work.outside.vault.seal(data_key(work, patient_id), text.encode(), pin(row, column))
    setattr(row, column, sealed)


def unseal(work: Work, patient_id: UUID, row: Model, column: str) -> str:
    """The text of the row's sealed column; empty when nothing was put there."""
    sealed = getattr(row, column)
    if sealed is None:
        return ""
    return work.outside.vault.open(data_key(work, patient_id), sealed, pin(row, column)).decode()


def unseal_at(work: Work, patient_id: UUID, sealed: bytes | None, place: str) -> str:
    """The text of what was sealed at another place than it stands now: a migration moves it, and cannot seal anew."""
    return work.outside.vault.open(data_key(work, patient_id), sealed, place).decode() if sealed is not None else ""


def seal_json(work: Work, patient_id: UUID, row: Model, column: str, value: Any) -> None:
    seal(work, patient_id, row, column, json.dumps(value, ensure_ascii=False))


def unseal_json(work: Work, patient_id: UUID, row: Model, column: str) -> Any:
    text = unseal(work, patient_id, row, column)
    return json.loads(text) if text else None


def blind_index(work: Work, *parts: str) -> str:
    """A keyed digest by which equal values are found without being readable (HMAC-SHA-256)."""
    return hmac.new(_index_key(work), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()


def _index_key(work: Work) -> bytes:
    return portal_key(work, INDEX_KEY) or make_portal_key(work, INDEX_KEY)


def portal_key(work: Work, name: str) -> bytes | None:
    """A key of the portal's own; None when it was never made."""
    kept = work.db.get(PortalKey, name)
    return work.outside.vault.unwrap(kept.wrapped, name) if kept else None


def make_portal_key(work: Work, name: str) -> bytes:
    """Make a key of the portal's own, wrapped by the master key as the patients' keys are."""
    wrapped = work.outside.vault.new_key(name)
    try:
        with work.db.begin_nested():
            work.db.add(PortalKey(name=name, wrapped=wrapped, made_at=work.now))
    except IntegrityError:  # somebody else made it at the same instant
        wrapped = work.db.get_one(PortalKey, name).wrapped
    return work.outside.vault.unwrap(wrapped, name)
