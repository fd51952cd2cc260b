"""Bringing in the EMR's export on the page of a case: all of it or nothing, and every resource accounted for."""

import json
import re
from collections.abc import Callable
from typing import Any

from sqlalchemy import update

from portal.edges import DEMO_RECORDS, Edge
from portal.models.accounts import SignIn
from portal.services import access_requests, record_items
from portal.web import create_app
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, gathering, referred, sent
from tests.web.office.uploading import post

Clients = Callable[[str], ReadingClient]


def export(name: str = "mei") -> bytes:
    return (DEMO_RECORDS / f"{name}.json").read_bytes()


def send(client: ReadingClient, reference: str, *files: tuple[str, bytes]) -> Any:
    return post(client, f"/office/cases/{reference}/record", "files", *files)


def held(work_as: WorkAs, reference: str) -> int:
    with work_as("dov", writes=False) as work:
        patient = access_requests.find(work, reference).patient
        return sum(number for _kind, number in record_items.counts_by_category(work, patient))


def with_one_more(words: str = "Wart on the left thumb") -> bytes:
    """Mei's own record as the EMR has it, to the letter, with one condition that the portal does not hold yet."""
    text = export().decode()
    entries = json.loads(text)["entry"]
    patient = next(e["resource"]["id"] for e in entries if e["resource"]["resourceType"] == "Patient")
    condition = {
        "resourceType": "Condition",
        "id": "one-more",
        "subject": {"reference": f"Patient/{patient}"},
        "code": {"text": words},
        "recordedDate": "2025-03-04",
    }
    entry = {"fullUrl": "urn:uuid:5a0b6dc0-0000-4000-8000-000000000001", "resource": condition}
    before, _bracket, after = text.rpartition("]")
    return f"{before}, {json.dumps(entry)}]{after}".encode()


def test_the_result_says_where_every_resource_went(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    before = held(work_as, reference)
    answer = send(client, reference, ("mei.json", with_one_more()))
    assert answer.status_code == 303, text_of(answer)
    page = text_of(client.get(answer.headers["Location"]))
    assert "1 entry is new or changed." in page
    assert held(work_as, reference) == before + 1
    total = re.search(r"All that was read (\d+)", page)
    parts = re.search(r"Kind Entries (.*?) All that was read", page)
    assert total is not None
    assert parts is not None
    assert sum(map(int, re.findall(r" (\d+)(?= |$)", parts[1]))) == int(total[1])
    assert f"{total[1]} resources were read" in page
    assert "What was left out, and why" in page


def test_the_same_files_twice_add_nothing_twice(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    before = held(work_as, reference)
    answer = send(client, reference, ("mei.json", export()))
    assert "Nothing is new." in text_of(client.get(answer.headers["Location"]))
    assert held(work_as, reference) == before


def test_a_bad_file_is_told_by_name_and_nothing_is_stored(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    before = held(work_as, reference)
    good = with_one_more()
    for name, content in (
        ("half.json", good[: len(good) // 2]),
        ("scan.json", b"%PDF-1.7 not a record"),
        ("empty.ndjson", b""),
        ("old.json", json.dumps({"resourceType": "Patient", "id": "x"}).encode()),
    ):
        answer = send(client, reference, (name, content))
        assert answer.status_code == 422, name
        assert name in text_of(answer)
        assert 'id="files-error"' in answer.get_data(as_text=True)
    both = send(client, reference, ("mei.json", good), ("half.json", good[:400]))
    assert both.status_code == 422
    assert held(work_as, reference) == before


def test_the_record_of_somebody_else_is_refused(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    answer = send(client, reference, ("cora.json", export("cora")))
    assert answer.status_code == 422
    assert "This record is about" in text_of(answer)
    assert "Nothing was stored" in text_of(answer)


def test_no_file_at_all_is_told(client_of: Clients, work_as: WorkAs) -> None:
    answer = send(client_of("dov"), gathering(work_as, "mei"))
    assert answer.status_code == 422
    assert "Choose at least one file" in text_of(answer)


def test_a_large_export_is_taken_here_and_a_large_form_nowhere_else(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), gathering(work_as, "mei")
    large = with_one_more("x" * (13 * 1024 * 1024))
    assert send(client, reference, ("mei.json", large)).status_code == 303
    scan = ("large.pdf", b"%PDF-1.7" + b"0" * (13 * 1024 * 1024))
    other = post(client, "/office/patients/P-004117/requests/new", "scan", scan)
    assert other.status_code == 413


def test_nobody_from_outside_sends_a_large_body(client_of: Clients, visitor: ReadingClient, work_as: WorkAs) -> None:
    reference = gathering(work_as, "mei")
    large = ("mei.json", b"0" * (13 * 1024 * 1024))
    for client in (visitor, client_of("mei")):
        assert send(client, reference, large).status_code in (302, 404, 413)


def test_a_record_that_the_portal_holds_is_gathered_as_it_is(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), sent(work_as, "mei")
    client.post(f"/office/cases/{reference}/identity", data={"method": "photo_id"})
    client.post(f"/office/cases/{reference}/begin")
    page = client.get(f"/office/cases/{reference}")
    assert "The portal holds a record of this patient." in text_of(page)
    assert client.post(f"/office/cases/{reference}/gather").status_code == 303
    assert "The request covers" in text_of(client.get(f"/office/cases/{reference}"))


def test_nothing_is_brought_in_while_the_physician_reads(client_of: Clients, work_as: WorkAs) -> None:
    client, reference = client_of("dov"), referred(work_as, "mei")
    before = held(work_as, reference)
    assert send(client, reference, ("mei.json", with_one_more())).status_code == 409
    assert held(work_as, reference) == before


def test_a_password_alone_opens_no_way_for_a_large_body(client_of: Clients, edge: Edge, work_as: WorkAs) -> None:
    reference, dov = gathering(work_as, "mei"), client_of("dov").get_cookie("portal")
    assert dov is not None
    with edge.sessions() as db, db.begin():
        db.execute(update(SignIn).values(factor_needed="code"))
    client = create_app(edge.config, edge).test_client()  # it reads the body for the form's token first
    client.set_cookie("portal", dov.value)
    assert (
        post(client, f"/office/cases/{reference}/record", "files", ("a.json", b"0" * (13 * 1024**2))).status_code == 413
    )
