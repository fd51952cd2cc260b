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
from portal.domain.reviews import Decision
from portal.models.record_items import Judgement
from portal.models.releases import ReleasePackage
from portal.services import access_requests, letters, record_items, releases, reviews
from portal.services.reviews import Reasoning
from portal.services.sealing import seal, unseal
from portal.services.work import Work
from portal.worker import Worker
from tests.services.test_whole_request import WorkAs, office_gathers, released_and_built, squeezed
from tests.web.office.stages import FACTS, sent

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
        for row in reviews.rows_in_order(work, request):
            if any(isinstance(b, Enclosure) for b in record_items.show(work, row.item).blocks):
                kinds |= set(makes_telling(work, row))
                work.db.flush()
                reviews.judge(work, request, row.id, Decision.SEVER, "other_person", cut)
            else:
                reviews.judge(work, request, row.id, Decision.RELEASE, None, Reasoning())
        reviews.sign(work, request, reviews.digest(work, request))
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
