"""The papers for an office outside: everything in order with an index, and nothing the clinic noted for itself."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.domain.dispatches import Event
from portal.domain.errors import NotAllowed
from portal.edges import Edge
from portal.models.access_requests import AccessRequest
from portal.models.dispatches import Dispatch
from portal.services import (
    audit,
    bundle_pages,
    complaint_bundles,
    complaint_trail,
    complaint_work,
    complaints,
    dispatches,
    incoming_papers,
    internal_notes,
    message_papers,
    message_readings,
    message_threads,
    messages,
    patients,
)
from portal.services.bundle_pages import Bundle
from portal.services.incoming_papers import Came
from portal.services.messages import Said
from portal.worker import Worker
from tests.clinic_at_work import Week
from tests.journeys.opened_pdf import squeezed, words_of
from tests.services.test_complaints import WorkAs, said, sent
from tests.services.test_correspondence import Looked

pytestmark = pytest.mark.usefixtures("sqlite_only")


def test_one_click_makes_the_papers_of_a_complaint_and_its_case(
    edge: Edge, work_as: WorkAs, worker: Worker, tmp_path: Path
) -> None:
    """Row 81: it is linked to the original request; the clock's count goes along."""
    Week(work_as, edge).everything(worker)
    with work_as("amina") as work:
        mine = patients.own(work)
        query = select(AccessRequest).where(AccessRequest.patient_id == mine.id, AccessRequest.package_id.is_not(None))
        request = work.db.scalars(query).first()
        assert request is not None
        linked = str(request.reference)
        case = complaints.send(work, mine, said(linked=linked, straight=True))
        counted = complaints.words_of(work, case, case, "arithmetic_sealed")
        reference = str(case.reference)
    assert counted
    with work_as("dov") as work:
        complaint_work.note(work, complaints.find(work, reference), "note", "Zebra, for ourselves alone.")
    with work_as("amina") as work:
        messages.send(work, message_threads.find(work, linked), Said("Where is it, flamingo?"))
        messages.send(work, message_threads.find(work, reference), Said("I am waiting, ostrich."))
    with work_as("dov") as work:
        thread = message_threads.find(work, linked)
        read = message_readings.page(work, thread).newest
        messages.answer(work, thread, Said("On its way, cormorant.", seen=read))
        internal_notes.write(work, message_threads.find(work, linked), "Zebra again, inside.")
    with work_as("dov") as work:
        came = Came("courier", work.today, "Counsel Pelican")
        incoming_papers.receive(work, Looked, came, linked)
        by_post = select(Dispatch).where(Dispatch.case.has(reference=linked), Dispatch.way == "portal").limit(1)
        dispatches.note(work, work.db.scalars(by_post).one(), Event.POSTED, tracking="RN123456785CA")
    with work_as("dov") as work, pytest.raises(NotAllowed):
        complaint_bundles.order(work, complaints.find(work, reference))
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        complaint_work.take_outside(work, case, "complaint", "F26-00123", work.today)
        complaint_bundles.order(work, case)
    worker.drain()
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        [(file, _name)] = complaint_bundles.of_case(work, case)
        _row, name, content = complaint_bundles.take(work, case, file.id)
        out = tmp_path / "bundle.pdf"
        out.write_bytes(b"".join(content))
    text = words_of(out)
    assert name == f"{reference}-bundle.pdf"
    for wanted in (
        reference,
        linked,
        "F26-00123",
        "The log",
        "The manifest",
        "The clock of",
        "What was decided",
        "flamingo",
        "ostrich",
        "cormorant",
        "Messages about",
        "Papers that came in about",
        "Counsel Pelican",
        "By courier",
        "How our letters of",
        "RN123456785CA",
    ):
        assert squeezed(wanted) in text
    for ours in ("Zebra", "internal_note", "case.investigate", "wrote an internal note"):
        assert squeezed(ours) not in text, "the clinic's own work on a complaint is not told outside"
    assert edge.outside.signer.verify(out).good


def test_no_line_and_no_message_is_left_out_however_many_there_are(
    work_as: WorkAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in (message_papers, complaint_trail):
        monkeypatch.setattr(part, "AT_ONCE", 2)
    monkeypatch.setattr(bundle_pages, "PRINTED_AT_ONCE", 500)
    reference = sent(work_as)
    for n in range(5):
        with work_as("amina") as work:
            messages.send(work, message_threads.find(work, reference), Said(f"Flamingo {n}."))
    with work_as("dov") as work:
        case = complaints.find(work, reference)
        for _look in range(2100):  # more than were once kept
            audit.record_of(work, "complaint.read", case)
        payload = {"case": str(case.id)}
    with work_as("system", writes=False) as work:
        bundle = complaint_bundles.to_bind(work, payload)
    assert bundle is not None
    chapters = {chapter.anchor.partition("-")[0]: chapter for chapter in bundle.chapters}
    assert [row[2] for row in chapters["messages"].rows] == [f"Flamingo {n}." for n in range(5)]
    log = chapters["log"].rows
    assert len([row for row in log if row[3] == "complaint.read"]) == 2100
    assert log[0][3] == "case.send_complaint"
    pieces = list(bundle_pages.parts(lambda _page, chapter, **_: chapter, bundle_of(bundle, "log")))
    assert [row for piece in pieces for row in piece.html.rows] == list(log)  # type: ignore[attr-defined]
    assert len({piece.anchor for piece in pieces}) == len(pieces) == -(-len(log) // 500)
    assert [piece.title for piece in pieces if piece.title] == ["The log"]


def bundle_of(bundle: Bundle, anchor: str) -> Bundle:
    return replace(bundle, chapters=tuple(each for each in bundle.chapters if each.anchor == anchor))
