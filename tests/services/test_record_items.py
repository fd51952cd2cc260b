"""Bringing a record in again: what the EMR changed is replaced, and what it says again lives again."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid
from portal.domain.record_items import Enclosure, ReadFile, Reading, Unshown
from portal.edges import DEMO_RECORDS, Edge
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import record_imports, record_items
from portal.services.work import Work


@pytest.fixture
def reading(edge: Edge) -> Reading:
    """What Mei's export says."""
    return edge.outside.read_record([("mei.json", (DEMO_RECORDS / "mei.json").read_bytes())], today=edge.now().date())


def take_in(work: Work, patient: Patient, reading: Reading) -> tuple[int, set[Any]]:
    done = record_imports.take_in(work, reading, patient)
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


def test_a_file_that_cannot_be_shown_is_kept_as_a_fact_and_not_as_a_sentence(work_as: Any, reading: Reading) -> None:
    broken = ReadFile("scan.pdf", "application/pdf", b"%PDF-1.7 cut off")
    entry = replace(
        reading.items[0],
        original='{"changed": true}',
        blocks=(Enclosure("0", "scan.pdf", "application/pdf"),),
        files=(broken,),
    )
    with work_as("operator") as work:
        patient = work.db.scalars(select(Patient).where(Patient.family_name == reading.patient.family_name)).one()
        before = take_in(work, patient, reading)[1]
        after = take_in(work, patient, replace(reading, items=(entry, *reading.items[1:])))[1]
        (new,) = after - before
        assert record_items.show(work, work.db.get_one(RecordItem, new)).blocks == (Unshown("scan.pdf"),)


def test_a_file_that_cannot_be_shown_is_told_of_on_the_page_and_on_paper(app: Flask, edge: Edge) -> None:
    told = "The file “scan.pdf” is kept with the record but cannot be shown here."
    with app.test_request_context():
        blocks = app.jinja_env.get_template("components/blocks.html").module.blocks  # type: ignore[attr-defined]
        assert told in blocks((Unshown("scan.pdf"),))
    item = {"anchor": "a", "title": "Scan", "day": "", "source": "", "blocks": [Unshown("scan.pdf")]}
    paper = edge.outside.paper.render("packages/item.html", item={**item, "notes": ()}, continued=False)
    assert told in paper


def test_a_record_of_somebody_else_is_refused_with_dates_as_people_say_them(work_as: Any, reading: Reading) -> None:
    somebody = replace(reading, patient=replace(reading.patient, birth_date=date(1988, 5, 3)))
    with work_as("operator") as work:
        patient = work.db.scalars(select(Patient).where(Patient.family_name == reading.patient.family_name)).one()
        born = say_plain_date(patient.birth_date)
        with pytest.raises(Invalid, match=rf"born 3 May 1988, not about .*, born {born}\. Nothing was stored"):
            record_imports.take_in(work, somebody, patient)
