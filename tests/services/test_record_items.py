"""Bringing a record in again: what the EMR changed is replaced, and what it says again lives again."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.record_items import Reading
from portal.edges import DEMO_RECORDS, Edge
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import record_items
from portal.services.work import Work


@pytest.fixture
def reading(edge: Edge) -> Reading:
    """What Mei's export says."""
    return edge.outside.read_record([("mei.json", (DEMO_RECORDS / "mei.json").read_bytes())], today=edge.now().date())


def take_in(work: Work, patient: Patient, reading: Reading) -> tuple[int, set[Any]]:
    done = record_items.take_in(work, reading, patient)
    live = select(RecordItem.id).where(RecordItem.patient_id == patient.id, RecordItem.replaced_by_id.is_(None))
    return done.added, set(work.db.scalars(live))


def test_an_entry_that_goes_back_to_its_earlier_words_is_the_earlier_entry_again(
    work_as: Any, reading: Reading
) -> None:
    other_words = replace(reading.items[0], original='{"changed": true}')
    changed = replace(reading, items=(other_words, *reading.items[1:]))
    with work_as("operator") as work:
        patient = work.db.scalars(select(Patient).where(Patient.family_name == reading.patient.family_name)).one()
        _added, first = take_in(work, patient, reading)
        assert take_in(work, patient, changed)[0] == 1
        added, again = take_in(work, patient, reading)
        assert (added, again) == (1, first)
        assert take_in(work, patient, reading) == (0, first)
