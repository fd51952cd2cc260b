"""Nothing is filed on a typed number alone: whose it is is read and confirmed; and what went wrong is taken back."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.jurisdictions import profile
from portal.models.audit import AuditEntry
from portal.models.dispatches import IncomingPaper
from portal.services import incoming_papers
from portal.services.incoming_papers import Came
from tests.pages import ReadingClient, text_of
from tests.services.test_correspondence import Looked, asks_at_the_counter, without_account
from tests.services.test_papers_astray import AMINA, WHY, opened_by, taken_back, with_amina
from tests.web.office import uploading
from tests.web.office.stages import WorkAs
from tests.web.office.test_consents import picture
from tests.web.office.test_tray_entry import one

ClientOf = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")
TRAY = "/office/correspondence/incoming"


def in_the_tray(work_as: WorkAs) -> UUID:
    with work_as("dov") as work:
        return incoming_papers.receive(work, Looked, Came("post", work.today, "A. Haddad")).id


def is_asked_first(client: ReadingClient, place: str, *words: str) -> None:
    page = text_of(client.get(place))
    for each in ("Is this the right place?", *words):
        assert each in page, each


def test_a_paper_of_the_tray_is_filed_after_name_birth_date_and_case_were_shown(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    dov, key, number = client_of("dov"), in_the_tray(work_as), without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    wrong = dov.post(f"{TRAY}/{key}", data={"what": "file", "belongs": "P-999999"})
    assert (wrong.status_code, "We find no case and no patient" in text_of(wrong)) == (422, True)
    place = dov.post(f"{TRAY}/{key}", data={"what": "file", "belongs": reference.lower(), "hers": "y"}).location
    assert one(work_as, key).settled_at is None, "nothing is filed before it is confirmed"
    is_asked_first(dov, place, "Ruth Quist", "1941", reference, "will see the scan")
    assert one(work_as, key).settled_at is None
    assert dov.post(place).location == f"/office/cases/{reference}"
    row = one(work_as, key)
    assert (row.settled_how, row.hers, row.case_id is not None) == ("filed", True, True)
    assert dov.post(place).status_code == 404, "pressed twice files nothing twice"
    with work_as("system", writes=False) as work:
        assert work.db.scalars(select(AuditEntry.id).where(AuditEntry.action == "incoming.filed")).all() != []


def test_a_scan_with_a_number_lies_in_the_tray_until_it_is_confirmed(client_of: ClientOf, work_as: WorkAs) -> None:
    dov, number = client_of("dov"), without_account(work_as)
    said = {"way": "post", "received_on__day": "20", "received_on__month": "11", "received_on__year": "2026"}
    dov.get(TRAY)
    wrong = uploading.post(dov, TRAY, "scan", ("a.png", picture()), drawn=dov.drawn, belongs="P-999999", **said)
    assert wrong.status_code == 422
    kept = uploading.post(dov, TRAY, "scan", ("a.png", picture()), drawn=dov.drawn, belongs=number, **said)
    with work_as("system", writes=False) as work:
        row = work.db.scalars(select(IncomingPaper)).one()
        key, filed = row.id, row.settled_at
    assert (filed, kept.location) == (None, f"{TRAY}/{key}/place?belongs={number}")
    is_asked_first(dov, kept.location, "Ruth Quist", number, "None: it stands with the file")
    assert dov.post(kept.location).status_code == 303
    assert one(work_as, key).patient_id is not None


def test_a_paper_of_a_file_is_put_to_a_case_after_the_case_was_shown(client_of: ClientOf, work_as: WorkAs) -> None:
    dov, number = client_of("dov"), without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        key = incoming_papers.receive(work, Looked, Came("post", work.today), number).id
    here = f"/office/patients/{number}/papers/{key}/case"
    place = dov.post(here, data={"belongs": reference}).location
    assert (place, one(work_as, key).case_id) == (f"{here}/{reference}", None)
    is_asked_first(dov, place, "Ruth Quist", reference, "Only the clinic will see the scan")
    assert dov.post(place).location == f"/office/cases/{reference}"
    assert one(work_as, key).case_id is not None
    assert dov.get(place).status_code == 404


def test_not_hers_is_said_where_the_paper_stands_and_leads_to_the_tray(client_of: ClientOf, work_as: WorkAs) -> None:
    dov, (key, reference) = client_of("dov"), with_amina(work_as)
    here = f"/office/patients/{AMINA}/papers/{key}/not-hers"
    assert here in dov.get(f"/office/cases/{reference}").text
    assert "can see the scan until you take it back" in text_of(dov.get(here))
    assert dov.post(here, data={"reason": ""}).status_code == 422
    assert one(work_as, key).patient_id is not None
    done: Any = dov.post(here, data={"reason": WHY})
    assert done.location == f"{TRAY}/{key}"
    assert "nobody opened it" in text_of(dov.get(done.location))
    assert WHY in text_of(dov.get(f"/office/cases/{reference}"))
    assert dov.post(here, data={"reason": WHY}).status_code == 404
    assert client_of("femi").get(here).status_code in (403, 404)
    said = text_of(client_of("amina").get("/access-log"))
    assert "took away a paper that stood with your file or your request and is not yours" in said


def test_the_privacy_contact_finds_a_paper_that_was_opened_and_says_what_she_decided(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    esi, (key, reference) = client_of("esi"), with_amina(work_as)
    assert f"{TRAY}/astray" not in esi.get("/office").text
    opened_by(work_as, "amina", reference)
    taken_back(work_as, key)
    assert f"{TRAY}/astray" in esi.get("/office").text
    listed = esi.get(f"{TRAY}/astray")
    assert "a notice may be owed" in text_of(listed)
    place = listed.text.split(f'href="{TRAY}/astray/')[1].split('"')[0]
    page, law = text_of(esi.get(f"{TRAY}/astray/{place}")), profile("ca-bc")
    for said in (WHY, law.breach.words, law.breach.provision, law.breach.clinic_words, law.review_body.phone):
        assert said in page
    assert esi.post(f"{TRAY}/astray/{place}", data={"words": ""}).status_code == 422
    assert esi.post(f"{TRAY}/astray/{place}", data={"words": "We wrote to her today."}).location == f"{TRAY}/astray"
    assert esi.get(f"{TRAY}/astray/{place}").status_code == 404
    assert f"{TRAY}/astray" not in esi.get("/office").text
    assert client_of("dov").get(f"{TRAY}/astray").status_code == 403
