"""A complaint that came on paper is entered with its paper: cleaned, kept with the case, and for nobody it names."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from portal.models.complaints import Complaint
from portal.models.letters import StoredFile
from portal.services import complaint_bundles, complaints
from tests.pages import ReadingClient, text_of
from tests.services.test_consent_changes import WorkAs
from tests.web.office.test_paper_requests import picture
from tests.web.office.uploading import post
from tests.web.test_complaints import WORDS, form, person

pytestmark = pytest.mark.usefixtures("sqlite_only")
Clients = Callable[[str], ReadingClient]
PATH = "/office/patients/P-004117/complaints/new"
CAME = {"channel": "paper", "verified": "She stood before me.", "came_on-year": "2026"}
CAME |= {"came_on-month": "11", "came_on-day": "20"}


def entered(client: ReadingClient, paper: tuple[str, bytes], **more: Any) -> Any:
    return post(client, PATH, "scan", paper, **form(client, PATH, **CAME) | more)


def kept(work_as: WorkAs) -> tuple[int, int]:
    """How many complaints there are, and how many papers that came."""
    with work_as("system", writes=False) as work:
        papers = select(func.count()).select_from(StoredFile).where(StoredFile.purpose == "scan")
        return work.db.scalar(select(func.count()).select_from(Complaint)) or 0, work.db.scalar(papers) or 0


def place_of_the_paper(work_as: WorkAs, who: str, reference: str) -> str:
    with work_as(who, writes=False) as work:
        ((file, name),) = complaints.scans(work, complaints.find(work, reference))
        assert name == "letter.jpg"
        return f"/{reference}/files/{file.id}"


def test_the_paper_is_cleaned_and_seen_by_the_office_and_the_patient(client_of: Clients, work_as: WorkAs) -> None:
    dov, amina = client_of("dov"), client_of("amina")
    answer = entered(dov, ("letter.jpg", picture()))
    assert answer.status_code == 303, text_of(answer)
    reference = answer.location.rpartition("/")[2]
    place = place_of_the_paper(work_as, "dov", reference)
    for client, cases in ((dov, "/office/cases"), (client_of("femi"), "/office/cases"), (amina, "/complaints")):
        page = client.get(f"{cases}/{reference}").text
        assert f'href="{cases}{place}">letter.jpg<' in page
        shown = client.get(cases + place)
        assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
        assert b"kitchen" not in shown.data, "where the photograph was taken is nobody's business"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
    told = text_of(amina.get("/access-log"))
    assert "added a file to your request" in told
    assert "opened a file of your request" in told
    with work_as("system", writes=False) as work:
        case = complaints.find(work, reference)
        bundle = complaint_bundles.to_bind(work, {"case": str(case.id)})
    assert bundle is not None
    assert ("The paper it came on", "letter.jpg") in bundle.chapters[0].rows


def test_nobody_else_sees_the_paper_not_even_whom_the_complaint_names(client_of: Clients, work_as: WorkAs) -> None:
    dov = client_of("dov")
    answer = entered(dov, ("letter.jpg", picture()), people=person(client_of("amina"), "Dr Femi Adeyemi"))
    assert answer.status_code == 303, text_of(answer)
    place = place_of_the_paper(work_as, "dov", answer.location.rpartition("/")[2])
    assert client_of("esi").get("/office/cases" + place).status_code == 200
    for who, cases in (("femi", "/office/cases"), ("lena", "/office/cases"), ("mei", "/complaints")):
        assert client_of(who).get(cases + place).status_code == 404, who


def test_a_paper_that_is_none_is_refused_with_a_sentence_and_nothing_is_kept(
    client_of: Clients, work_as: WorkAs
) -> None:
    before, dov = kept(work_as), client_of("dov")
    answer = entered(dov, ("letter.pdf", b"MZ\x90 a program"))
    assert answer.status_code == 422
    assert 'id="scan-error"' in answer.text
    assert WORDS in answer.text, "what was typed is still there"
    assert kept(work_as) == before


def test_a_second_press_keeps_one_complaint_with_one_paper(client_of: Clients, work_as: WorkAs) -> None:
    (cases, papers), dov = kept(work_as), client_of("dov")
    said = form(dov, PATH, **CAME)
    first, second = (post(dov, PATH, "scan", ("letter.jpg", picture()), **said).location for _press in range(2))
    assert first == second
    assert kept(work_as) == (cases + 1, papers + 1)
