"""A form in the tray is entered with its scan beside it: filed with what it became at once, on the day it came in."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from portal.demo.people import PASSWORD
from portal.domain import paper_forms as rules
from portal.domain.access_requests import Channel
from portal.domain.errors import NotPossible
from portal.models.cases import Case
from portal.models.consents import Consent
from portal.models.contact_plans import ContactPlan
from portal.models.dispatches import IncomingPaper
from portal.models.people import Patient, Representation
from portal.services import cases, contact_plans, incoming_papers, patient_papers, patients
from portal.services.incoming_papers import Came
from tests.pages import ReadingClient, text_of
from tests.services.test_consent_changes import accepted, recipient
from tests.services.test_correspondence import Looked
from tests.web.office import uploading
from tests.web.office.stages import WorkAs
from tests.web.office.test_consents import day, picture, research
from tests.web.office.test_contact import shown_at
from tests.web.office.test_paper_requests import ASKED

ClientOf = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")
NUMBER = "P-004117"
FILE = f"/office/patients/{NUMBER}"
CAME = date(2026, 11, 19)  # a Thursday; it is entered on the Monday after
NOT_TOLD = ("channel", "received_on__day", "received_on__month", "received_on__year")


def in_the_tray(work_as: WorkAs, way: str = "post") -> UUID:
    with work_as("dov") as work:
        return incoming_papers.receive(work, Looked, Came(way, CAME, "A. Haddad")).id


def code_of(client: ReadingClient, form: str, **more: str) -> str:
    """The code of a form she printed, as somebody reads it from the paper."""
    found = re.search(r"[FP][0-9A-Z]{3}(-[0-9A-Z]{1,4})+", client.post(f"/forms/{form}/mine", data=more).headers[
        "Content-Disposition"])  # fmt: skip
    assert found
    return found[0]


def to_enter(client: ReadingClient, scan: UUID, code: str = "") -> Any:
    return client.post(f"/office/correspondence/incoming/{scan}", data={"what": "enter", "code": code})


def one(work_as: WorkAs, scan: UUID) -> IncomingPaper:
    with work_as("system", writes=False) as work:
        row = work.db.get_one(IncomingPaper, scan)
        work.db.expunge_all()
        return row


def access(_work_as: WorkAs, _page: str) -> dict[str, Any]:
    return {key.replace("__", "-"): value for key, value in ASKED.items() if key not in NOT_TOLD}


def accuracy(_work_as: WorkAs, page: str) -> dict[str, Any]:
    return {"kind": "allergies", "where": "In the letter of March.", "wrong": "I take penicillin.",
            "right": "Penicillin makes me ill.", "key": hidden(page, "key")}  # fmt: skip


def complaint(_work_as: WorkAs, page: str) -> dict[str, Any]:
    return {"verified": "Her signature, and I called her back.", "about": "access_late",
            "words": "I asked for my record and heard nothing.", "once": hidden(page, "once")}  # fmt: skip


def consent(work_as: WorkAs, _page: str) -> dict[str, Any]:
    with work_as("dov") as work:
        to = recipient(work).id
    said = research(to, **day("on", "2026-11-18"))
    del said["channel"]
    return said


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]+)"', page)
    assert found, name
    return found[1]


@pytest.mark.parametrize(
    ("form", "answers", "way", "channel"),
    [
        ("access", access, "fax", Channel.FAX),
        ("accuracy", accuracy, "post", Channel.PAPER),
        ("complaint", complaint, "fax", Channel.FAX),
        ("consent", consent, "fax", Channel.PAPER),
    ],
)
def test_the_code_of_a_form_in_the_tray_opens_its_page_and_the_scan_goes_with_the_case(
    client_of: ClientOf, work_as: WorkAs, form: str, answers: Callable[..., Any], way: str, channel: str
) -> None:
    amina, dov, scan = client_of("amina"), client_of("dov"), in_the_tray(work_as, way)
    code = code_of(amina, form, **({"purpose": "research"} if form == "consent" else {}))
    place = to_enter(dov, scan, code).location
    assert f"scan={scan}" in place
    page = dov.get(place).text
    assert f"/office/correspondence/incoming/{scan}/scan" in page
    assert "19 November 2026" in page or "November 19, 2026" in page
    assert dov.post(place, data={}).status_code == 422
    assert one(work_as, scan).settled_at is None, "what was given up leaves the scan in the tray"

    entered = dov.post(place, data=answers(work_as, page))
    assert entered.status_code == 303, text_of(entered)
    row = one(work_as, scan)
    assert (row.settled_how, row.hers, row.key_wrapped, row.stored_digest) == ("filed", True, None, None)
    with work_as("dov", writes=False) as work:
        case = work.db.get_one(Case, row.case_id)
        assert (case.received_on, case.channel) == (CAME, channel)
        (filed,) = incoming_papers.of_case(work, cases.find(work, case.reference))
        assert (filed.row.id, filed.sender) == (scan, "A. Haddad")
        if form == "consent":
            assert work.db.scalars(select(Consent.scan_id)).one() == filed.file.id
        reference, count = case.reference, work.db.scalar(select(func.count()).select_from(Case))
    again = dov.post(place, data=answers(work_as, page))
    assert again.location.endswith(f"/office/cases/{reference}"), "pressed twice leads to what it became"
    with work_as("system", writes=False) as work:
        assert work.db.scalar(select(func.count()).select_from(Case)) == count
    told = to_enter(dov, in_the_tray(work_as), code)
    assert (told.status_code, str(reference) in text_of(told)) == (422, True), "a second copy goes by number"


def test_a_withdrawal_on_paper_counts_from_the_day_it_came(client_of: ClientOf, work_as: WorkAs) -> None:
    consent_id = accepted(work_as)
    dov, scan = client_of("dov"), in_the_tray(work_as)
    place = to_enter(dov, scan, code_of(client_of("amina"), "withdrawal")).location
    assert place.startswith(f"{FILE}/consents?")
    page = dov.get(place).text
    onward = re.search(rf'href="({FILE}/consents/{consent_id}/withdraw\?[^"]+)"', page)
    assert onward, "the scan and the code go on to the page of this consent"
    onward_to = onward[1].replace("&amp;", "&")
    done = dov.post(onward_to, data={"talk": "no"})
    assert done.status_code == 303, text_of(done)
    with work_as("dov", writes=False) as work:
        case = work.db.get_one(Case, one(work_as, scan).case_id)
        assert (case.kind, case.received_on, case.channel) == ("consent_change", CAME, Channel.PAPER)


def test_without_a_code_the_patient_and_the_form_are_chosen(client_of: ClientOf, work_as: WorkAs) -> None:
    dov, scan = client_of("dov"), in_the_tray(work_as)
    place = to_enter(dov, scan).location
    assert place == f"/office/correspondence/incoming/{scan}/enter"
    assert "What is it?" in text_of(dov.get(place))
    nobody = dov.post(place, data={"number": "P-999999", "form": "access"})
    assert (nobody.status_code, "There is no such patient" in text_of(nobody)) == (422, True)
    assert dov.post(place, data={"number": NUMBER}).status_code == 422
    onward = dov.post(place, data={"number": NUMBER, "form": "complaint"}).location
    assert onward == f"{FILE}/complaints/new?scan={scan}"
    blank = rules.blank_code(rules.FORMS[0], "", "en")
    asked = to_enter(dov, scan, blank).location
    assert f"code={blank}" in asked
    assert "Ask for my record" in text_of(dov.get(asked))
    assert f"code={blank}" in dov.post(asked, data={"number": NUMBER}).location
    wrong = to_enter(dov, scan, "P234-5678-90")
    assert wrong.status_code == 422
    assert client_of("femi").get(onward).status_code == 403
    assert dov.get(f"{FILE}/complaints/new?scan=nonsense").status_code == 404
    assert dov.get(f"{FILE}/complaints/new?scan={UUID(int=7)}").status_code == 404


# Forms that become no case


def test_how_to_reach_her_comes_on_paper_and_she_reads_the_day(client_of: ClientOf, work_as: WorkAs) -> None:
    amina, dov, scan = client_of("amina"), client_of("dov"), in_the_tray(work_as)
    place = to_enter(dov, scan, code_of(amina, "contact")).location
    assert place.startswith(f"{FILE}/contact?")
    said = {"channel": "phone", "phone": "604-555-0199", "language": "en", "seen": "0", "proof": PASSWORD}
    said |= {"shown": shown_at(dov, place)}
    assert "A signature alone does not show that it was she" in text_of(dov.get(place))
    assert dov.post(place, data=said).status_code == 422, "how it was known that it was she is asked all the same"
    assert one(work_as, scan).settled_at is None
    kept = dov.post(place, data={**said, "how": "call_back"})
    assert kept.status_code == 303, text_of(kept)
    row = one(work_as, scan)
    assert (row.settled_how, row.form, row.case_id, row.hers) == ("filed", "contact", None, False)
    told = text_of(amina.get("/contact"))
    assert "It came to us on paper, on" in told
    with work_as("dov") as work:
        mine = patients.find(work, NUMBER)
        assert contact_plans.of(work, mine).came_on == CAME
        (paper,) = patient_papers.of_patient(work, mine)
        with pytest.raises(NotPossible):  # who acts for her may read the papers of a case
            patient_papers.put_to_case(work, mine, paper, "AR-2026-000001-X", hers=True)
    assert dov.get(place).location == FILE


def test_a_form_at_the_counter_is_scanned_where_it_is_entered(client_of: ClientOf, work_as: WorkAs) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    place = dov.post("/office/paper-forms", data={"code": code_of(amina, "contact")}).location
    said = {"channel": "phone", "phone": "604-555-0199", "language": "en", "seen": "0", "proof": PASSWORD}
    said |= {"shown": shown_at(dov, place), "how": "photo_id"}
    without = dov.post(place, data=said)
    assert (without.status_code, "Choose the scan of the form." in text_of(without)) == (422, True)
    said |= {"way": "counter", "received_on__day": "20", "received_on__month": "11", "received_on__year": "2026"}
    broken = uploading.post(dov, place, "scan", ("form.pdf", b"this is no paper"), drawn=dov.drawn, **said)
    assert (broken.status_code, 'id="scan-error"' in broken.text) == (422, True)
    kept = uploading.post(dov, place, "scan", ("form.png", picture()), drawn=dov.drawn, **said)
    assert kept.status_code == 303, text_of(kept)
    with work_as("dov", writes=False) as work:
        row = work.db.scalars(select(IncomingPaper)).one()
        assert (row.way, row.received_on, row.form) == ("counter", date(2026, 11, 20), "contact")
        assert work.db.scalars(select(ContactPlan.paper_id)).one() == row.id


def test_an_authorisation_comes_on_paper_and_both_see_the_day(client_of: ClientOf, work_as: WorkAs) -> None:
    amina, dov, scan = client_of("amina"), client_of("dov"), in_the_tray(work_as)
    place = to_enter(dov, scan, code_of(amina, "representative")).location
    assert place.startswith(f"{FILE}/representatives/new?")
    dov.get(place)
    said = {"name": "Samir Haddad", "email": "samir@mail.example", "power": "representation_agreement",
            "reach": "all", "part": "all", "how": "later", "proof": PASSWORD}  # fmt: skip
    done = dov.post(place, data=said)
    assert done.status_code == 200, text_of(done)
    row = one(work_as, scan)
    assert (row.settled_how, row.form) == ("filed", "representative")
    with work_as("system", writes=False) as work:
        power = work.db.scalars(select(Representation).where(Representation.paper_id == scan)).one()
        assert power.document_id == row.file_id
        assert power.patient_id == work.db.scalars(select(Patient.id).where(Patient.number == NUMBER)).one()
    assert "Came to us on paper" in text_of(amina.get("/representatives"))
