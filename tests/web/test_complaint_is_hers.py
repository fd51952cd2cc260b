"""Who acts for her learns nothing of her complaint: not from its lines, and not from lines of what belongs to it."""

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.domain.access_log import LOOKED
from portal.models.audit import AuditEntry
from portal.services import (
    access_log,
    audit,
    complaint_bundles,
    complaint_work,
    complaints,
    files,
    incoming_papers,
    letters,
    patients,
)
from portal.services.incoming_papers import Came
from portal.worker import Worker
from tests.pages import ReadingClient
from tests.services.test_complaints import WorkAs, sent
from tests.services.test_correspondence import Looked

pytestmark = pytest.mark.usefixtures("sqlite_only")
Clients = Callable[[str], ReadingClient]
SERVICES = Path(audit.__file__).parent


def lines_of_others(work_as: WorkAs) -> list[tuple[str, str, str]]:
    """What Ben reads in Amina's access log, but for his own readings."""
    with work_as("amina", writes=False) as work:
        amina = patients.own(work).id
    with work_as("ben") as work:
        hers = next(person for person in patients.acts_for(work) if person.id == amina)
        found = access_log.lines(work, hers, limit=1000)
        return [(line.name, line.what, line.reference) for line in found if line.actor != str(work.actor.id)]


def handled(work_as: WorkAs, reference: str, worker: Worker) -> None:
    """Everything that staff does to a complaint and to what belongs to it."""
    with work_as("dov") as work:
        case = complaints.find(work, reference)
        complaints.opened(work, case)
        for row, _letter in letters.of_case(work, case):
            letters.find(work, case, row.id)
        scan = files.receive_scan(work, case, Looked)
        work.db.flush()
        files.find_in_case(work, case, scan.id, "scan")
        paper = incoming_papers.receive(work, Looked, Came("courier", work.today, "Counsel Pelican"), reference)
        incoming_papers.file_of_case(work, case, paper.file_id)
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        complaint_work.take_outside(work, case, "complaint", "F26-00123", work.today)
        complaint_bundles.order(work, case)
    worker.drain()
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        [(file, _name)] = complaint_bundles.of_case(work, case)
        complaint_bundles.take(work, case, file.id)
        for action in LOOKED:  # whatever else may come to be written about it
            audit.record_of(work, action, case)


def test_no_line_that_a_representative_reads_is_of_her_complaint(
    client_of: Clients, work_as: WorkAs, worker: Worker
) -> None:
    worker.drain()
    before = lines_of_others(work_as)
    reference = sent(work_as)
    handled(work_as, reference, worker)
    address = f"/office/cases/{reference}"
    assert client_of("lena").get(address).status_code == 404
    assert client_of("dov").post(f"{address}/bundle").status_code == 403
    assert client_of("dov").get(f"{address}/messages").status_code == 200
    assert lines_of_others(work_as) == before
    ben, amina = client_of("ben"), client_of("amina")
    for page in ("/access-log", "/access-log.csv"):
        assert reference not in ben.get(page).text
        assert "complaint" not in ben.get("/access-log.csv").text.casefold()
    hers = amina.get("/access-log.csv").text
    for told in ("opened a complaint of yours", "read a letter of your request", "opened a file of your request"):
        assert told in hers, told


def test_each_entry_of_a_complaint_says_itself_that_it_is_hers_alone(
    client_of: Clients, work_as: WorkAs, worker: Worker
) -> None:
    reference = sent(work_as)
    handled(work_as, reference, worker)
    assert client_of("lena").get(f"/office/cases/{reference}").status_code == 404
    with work_as("system", writes=False) as work:
        case = str(complaints.find(work, reference).id)
        found = [
            (entry.action, entry.hers_alone)
            for entry in work.db.scalars(select(AuditEntry))
            if {reference, case} & set(json.loads(entry.text).values())
        ]
    assert {"letter.read", "file.read", "file.added", "access.refused", "complaint.bundled"} <= {
        name for name, _ in found
    }
    assert [name for name, alone in found if not alone] == []


def test_lines_from_before_each_said_so_itself_are_not_told_either(work_as: WorkAs) -> None:
    reference = sent(work_as)
    before = lines_of_others(work_as)
    with work_as("dov") as work:
        case = complaints.find(work, reference)
        facts = {"reference": reference, "letter": "one"}
        audit.record(work, "letter.read", case.patient_id, **facts)
    assert lines_of_others(work_as) == before


def test_an_entry_about_a_case_is_written_in_the_one_way_that_knows_who_is_told() -> None:
    """``record_of``, or ``record_told`` with what the thread or the letter says: never ``record`` with its number."""
    found = []
    for path in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or path.name == "audit.py":
                continue
            about = {word.arg for word in node.keywords} & {"reference", "case"}
            if ast.unparse(node.func) == "audit.record" and about:
                found.append(f"{path.name}:{node.lineno}")
    assert found == [], "write these with audit.record_of"
