"""What is sealed is readable in its own place alone: not in another row, column or file, nor without the key."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text, update

from portal.adapters.vault import Unreadable
from portal.domain.access_requests import Delivery
from portal.domain.wishes import Scope, Wishes
from portal.edges import Edge
from portal.models.keys import PatientKey, PortalKey
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import access_requests, files, patients, record_items
from portal.services.sealing import blind_index, pin, seal, unseal
from portal.services.work import Work

WorkAs = Callable[..., AbstractContextManager[Work]]


def patient(work: Work, name: str = "Mei") -> Patient:
    return work.db.scalars(select(Patient).where(Patient.given_name == name)).one()


def two_items(work: Work, name: str = "Mei") -> list[RecordItem]:
    key = patient(work, name).id
    query = select(RecordItem).where(RecordItem.patient_id == key).order_by(RecordItem.id).limit(2)
    return list(work.db.scalars(query))


def copied(edge: Edge, row: Any, source: Any, **columns: str) -> None:
    """Behind the portal's back, as somebody at the database would: ``column="column of the source"``."""
    values = {column: getattr(source, origin) for column, origin in columns.items()}
    with edge.sessions.kw["bind"].begin() as connection:
        connection.execute(update(type(row)).where(type(row).id == row.id).values(**values))


def test_a_value_copied_to_another_row_cannot_be_read(work_as: WorkAs, edge: Edge) -> None:
    with work_as("system", writes=False) as work:
        first, second = two_items(work)
        assert record_items.title_of(work, first)
    copied(edge, second, first, title_sealed="title_sealed")
    with work_as("system", writes=False) as work:
        first, second = two_items(work)
        assert record_items.title_of(work, first)
        with pytest.raises(Unreadable):
            record_items.title_of(work, second)
        with pytest.raises(Unreadable):
            record_items.show(work, second)


def test_a_value_copied_to_another_column_cannot_be_read(work_as: WorkAs, edge: Edge) -> None:
    with work_as("system", writes=False) as work:
        first, _second = two_items(work)
    copied(edge, first, first, title_sealed="original_sealed")
    with work_as("system", writes=False) as work, pytest.raises(Unreadable):
        record_items.title_of(work, two_items(work)[0])


def test_a_value_copied_to_another_patients_row_cannot_be_read(work_as: WorkAs, edge: Edge) -> None:
    with work_as("system", writes=False) as work:
        hers, other = two_items(work, "Mei")[0], two_items(work, "Cora")[0]
    copied(edge, other, hers, title_sealed="title_sealed")
    with work_as("system", writes=False) as work, pytest.raises(Unreadable):
        record_items.title_of(work, two_items(work, "Cora")[0])


def test_a_changed_byte_is_found(work_as: WorkAs, edge: Edge) -> None:
    with work_as("system") as work:
        first, _second = two_items(work)
        sealed = bytearray(first.title_sealed)
        sealed[-1] ^= 1
        first.title_sealed = bytes(sealed)
    with work_as("system", writes=False) as work, pytest.raises(Unreadable):
        record_items.title_of(work, two_items(work)[0])


def test_a_stored_file_is_readable_as_itself_only(work_as: WorkAs, edge: Edge) -> None:
    with work_as("system") as work:
        owner = patient(work).id
        kept = [
            files.keep_bytes(work, owner, data, name="a.pdf", media_type="application/pdf", purpose="scan")
            for data in (b"the first file", b"another file")
        ]
        work.db.flush()
        assert b"".join(files.stream(work, kept[0])) == b"the first file"
        kept[1].stored_digest = kept[0].stored_digest
    with work_as("system", writes=False) as work:
        swapped = work.db.get_one(StoredFile, kept[1].id)
        with pytest.raises(Unreadable):
            b"".join(files.stream(work, swapped))


def test_the_same_words_look_different_each_time(work_as: WorkAs) -> None:
    with work_as("system") as work:
        first, second = two_items(work)
        seal(work, first.patient_id, first, "title_sealed", "Wallflower")
        seal(work, second.patient_id, second, "title_sealed", "Wallflower")
        assert first.title_sealed != second.title_sealed
        assert b"Wallflower" not in first.title_sealed
        assert unseal(work, second.patient_id, second, "title_sealed") == "Wallflower"
        work.db.rollback()


def test_pins_name_the_table_the_column_and_the_row(work_as: WorkAs) -> None:
    with work_as("system", writes=False) as work:
        first, second = two_items(work)
        assert pin(first, "title_sealed") == f"record_items/title_sealed/{first.id}"
        assert len({pin(row, column) for row in (first, second) for column in ("title_sealed", "blocks_sealed")}) == 4


def test_without_the_patients_key_nothing_of_hers_can_be_read_and_all_of_others(work_as: WorkAs) -> None:
    with work_as("system") as work:
        key = work.db.get_one(PatientKey, patient(work).id)
        key.wrapped, key.destroyed_at = b"", work.now
    with work_as("system", writes=False) as work:
        for item in two_items(work, "Mei"):
            with pytest.raises(Unreadable):
                record_items.title_of(work, item)
        assert all(record_items.title_of(work, item) for item in two_items(work, "Cora"))


def test_the_key_of_one_patient_does_not_open_for_another(work_as: WorkAs) -> None:
    with work_as("system") as work:
        hers, others = (work.db.get_one(PatientKey, patient(work, name).id) for name in ("Mei", "Cora"))
        others.wrapped = hers.wrapped
    with work_as("system", writes=False) as work, pytest.raises(Unreadable):
        record_items.title_of(work, two_items(work, "Cora")[0])


def test_keys_lie_in_the_database_wrapped_only(work_as: WorkAs) -> None:
    with work_as("system", writes=False) as work:
        record_items.title_of(work, two_items(work)[0])
        plain = next(iter(work.keys.values()))
        for wrapped in (*work.db.scalars(select(PatientKey.wrapped)), *work.db.scalars(select(PortalKey.wrapped))):
            assert plain not in wrapped
        assert plain.hex() not in repr(work)


def test_a_blind_index_is_the_same_for_the_same_and_tells_nothing(work_as: WorkAs) -> None:
    with work_as("system") as work:
        assert blind_index(work, "a", "b") == blind_index(work, "a", "b")
        assert len({blind_index(work, *parts) for parts in (("a", "b"), ("ab",), ("a", "b", ""), ("b", "a"))}) == 4
        indexes = set(work.db.scalars(text("SELECT source_index FROM record_items")))
        assert not any("mei" in index or "/" in index for index in indexes)


def test_what_was_asked_for_cannot_be_guessed_from_its_index(work_as: WorkAs) -> None:
    wishes, found = Wishes(scope=Scope.EVERYTHING, delivery=Delivery.DOWNLOAD), []
    for name in ("mei", "cora"):
        with work_as(name) as work:
            request = access_requests.start(work, patients.own(work))
            access_requests.save(work, request, wishes)
            assert request.wishes_index == blind_index(work, "wishes", str(request.patient_id), wishes.in_one_line())
            found.append(request.wishes_index)
            access_requests.save(work, request, replace(wishes, delivery=Delivery.POST, delivery_to="1 Main Street"))
            assert request.wishes_index == found[-1]
    assert found[0] != found[1]
    assert hashlib.sha256(wishes.in_one_line().encode()).hexdigest() not in found
