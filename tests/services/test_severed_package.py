"""What was severed is nowhere in what the patient gets: no page, bookmark, label, file name or list of contents."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pikepdf
from sqlalchemy import select

from portal.domain.record_items import Enclosure, Field, Paragraph, block_to_json
from portal.domain.releases import Contents
from portal.domain.reviews import Decision
from portal.models.people import Patient
from portal.models.record_items import Judgement, RecordItem
from portal.models.releases import ReleasePackage
from portal.services import (
    access_requests,
    binding,
    judgements,
    letters,
    package_pages,
    record_items,
    releases,
    review_items,
    reviews,
)
from portal.services.judgements import Reasoning
from portal.services.sealing import seal, unseal
from portal.services.work import Work
from portal.worker import Worker
from tests.services.test_whole_request import WorkAs, office_gathers, released_and_built, squeezed
from tests.web.office.stages import FACTS, referred, sent, signed

TICKED, GIVEN_WORDS = "Quokka Zanzibar", "Wombat Timbuktu"
# Each word of the ticked phrase stays somewhere; together they stand in what is ticked alone.
TELLS = (
    Field("Type", f"{TICKED} letter, {GIVEN_WORDS}"),
    Paragraph(f"A quokka was seen. Later on, near Zanzibar, a letter came. {GIVEN_WORDS}."),
)


def makes_telling(work: Work, row: Judgement) -> list[str]:
    """Gives an entry with files a title and file names that say what will be severed; gives its files' names."""
    shown = record_items.show(work, row.item)
    kept = [b for b in shown.blocks if isinstance(b, Enclosure)]
    kept = [replace(b, name=f"{TICKED} {GIVEN_WORDS}.{b.name.rpartition('.')[2]}") for b in kept]
    blocks = [block_to_json(block) for block in (*TELLS, *kept)]
    seal(work, row.item.patient_id, row.item, "title_sealed", f"{TICKED} letter, {GIVEN_WORDS}")
    seal(work, row.item.patient_id, row.item, "blocks_sealed", json.dumps(blocks))
    return [b.media_type for b in kept]


def severs_entries_with_files(work_as: WorkAs, reference: str) -> set[str]:
    kinds: set[str] = set()
    cut = Reasoning(passages=("b0",), quotes=(GIVEN_WORDS,), facts=FACTS, files_looked_at=True)
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        for row in judgements.rows_in_order(work, request):
            if any(isinstance(b, Enclosure) for b in record_items.show(work, row.item).blocks):
                kinds |= set(makes_telling(work, row))
                work.db.flush()
                reviews.judge(work, request, row.id, Decision.SEVER, "other_person", cut)
            else:
                reviews.judge(work, request, row.id, Decision.RELEASE, None, Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))
    return kinds


def strings_of(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Every text in a file's objects: bookmarks, descriptions, names, tags, and its metadata."""
    waiting: list[Any] = [*pdf.objects, pdf.trailer]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.String | pikepdf.Name):
            yield str(each)
        elif isinstance(each, pikepdf.Array):
            waiting += [one for one in each if not getattr(one, "is_indirect", False)]
        elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
            waiting += [one for one in dict(each.items()).values() if not getattr(one, "is_indirect", False)]
    yield str(pdf.open_metadata())
    yield from (str(value) for value in pdf.docinfo.values())


def test_severed_words_are_nowhere_in_what_the_patient_gets(work_as: WorkAs, worker: Worker, tmp_path: Path) -> None:
    reference = sent(work_as, "amina")
    office_gathers(work_as, reference)
    assert {"image/jpeg", "application/pdf"} <= severs_entries_with_files(work_as, reference)
    released_and_built(work_as, worker, reference)
    with work_as("amina") as work:
        request = access_requests.find(work, reference)
        _file, name, content = releases.download(work, request)
        (tmp_path / name).write_bytes(b"".join(content))
        package = work.db.scalars(select(ReleasePackage).where(ReleasePackage.case_id == request.id)).one()
        told = [unseal(work, package.patient_id, package, "manifest_sealed")]
        told += [json.dumps(letter.to_json(), ensure_ascii=False) for _row, letter in letters.of_case(work, request)]
    printed = subprocess.run(["pdftotext", tmp_path / name, "-"], check=True, capture_output=True, text=True).stdout
    assert "A quokka was seen." in re.sub(r"\s+", " ", printed)
    with pikepdf.open(tmp_path / name) as pdf:
        assert pdf.Root.Outlines.First.Title
        told += [printed, *strings_of(pdf)]
    for text in told:
        for phrase in (TICKED, *GIVEN_WORDS.split()):
            assert squeezed(phrase).casefold() not in squeezed(text).casefold()


def test_an_entry_that_came_in_anew_stands_in_the_package_twice_and_the_older_says_so(
    work_as: WorkAs, worker: Worker, tmp_path: Path
) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        reviews.send_back(work, access_requests.find(work, reference), "The correction of the egg allergy is missing.")
    with work_as("operator") as work:
        older = next(row for row in items_of_mei(work) if record_items.title_of(work, row) == "Allergy to Egg")
        newer = RecordItem(**{name: getattr(older, name) for name in COPIED}, original_index="newer")
        seal(work, older.patient_id, newer, "title_sealed", "Allergy to Egg, outgrown")
        for column in ("blocks_sealed", "original_sealed"):
            seal(work, older.patient_id, newer, column, unseal(work, older.patient_id, older, column))
        work.db.add(newer)
        work.db.flush()
        older.replaced_by_id = newer.id
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        reviews.gather(work, request)
        access_requests.refer(work, request)
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        both = [line for line in review_items.lines(work, request) if line.title.startswith("Allergy to Egg")]
        assert [line.replaced for line in both] == [True, False]
        reviews.release_remaining(work, request)
        for left in review_items.remaining(work, request).left:
            reviews.judge(work, request, left.line.id, Decision.RELEASE, None, Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))
    released_and_built(work_as, worker, reference)
    with work_as("mei") as work:
        _file, name, content = releases.download(work, access_requests.find(work, reference))
        (tmp_path / name).write_bytes(b"".join(content))
    printed = subprocess.run(["pdftotext", tmp_path / name, "-"], check=True, capture_output=True, text=True).stdout
    assert printed.count("An earlier version of this entry. Our record has a newer one.") == 1


COPIED = ("patient_id", "import_id", "source_index", "category", "resource_type", "occurred_on", "occurred_in_words")


def items_of_mei(work: Work) -> list[RecordItem]:
    patient = work.db.scalars(select(Patient).where(Patient.family_name == "Leung")).one()
    return list(work.db.scalars(select(RecordItem).where(RecordItem.patient_id == patient.id)))


def test_a_long_list_of_what_is_not_given_is_printed_in_pieces(work_as: WorkAs) -> None:
    reference = signed(work_as, withheld=1)
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        releases.release(work, request, releases.shown_digest(work, request))
    with work_as("system") as work:
        request = access_requests.find(work, reference)
        plan = binding.to_bind(work, {"package": str(request.package_id)})
        assert plan
        (one,) = plan.removed
        long = replace(plan, removed=tuple({**one, "title": f"Entry number {n}."} for n in range(250)))
        sections = package_pages.back(work, long)(Contents((), ""))
    pieces = [section for section in sections if section.anchor.startswith("removed")]
    listed = [re.findall(r"Entry number (\d+)\.", section.html) for section in pieces]
    assert [int(n) for rows in listed for n in rows] == list(range(250))
    assert max(map(len, listed)) <= 100
    assert [bool(section.title) for section in pieces] == [True, False, False]
    assert len({section.anchor for section in sections}) == len(sections)
    assert all(f'id="{section.anchor}"' in section.html for section in pieces)
    assert ["<h1>" in section.html for section in pieces] == [True, False, False]
