"""The office asks, enters and tells; the physician looks. Evidence is whole or nothing is stored."""

import io
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.models.consent_changes import ConsentChange, Place
from portal.models.consents import Consent, Recipient
from portal.models.record_items import RecordItem
from portal.services import consent_changes, consents, patients
from tests.pages import ReadingClient
from tests.services.test_consent_changes import AMINA, STUDY, WorkAs, accepted, given, recipient
from tests.web.office import uploading

ClientOf = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")


def number_of(work_as: WorkAs) -> str:
    with work_as("dov", writes=False) as work:
        return patients.find(work, AMINA).number


def day(name: str, on: str) -> dict[str, str]:
    year, month, date = on.split("-")
    return {f"{name}-day": date, f"{name}-month": month, f"{name}-year": year}


def research(to: UUID, **more: str) -> dict[str, Any]:
    details = {key: value for key, value in STUDY.items() if key != "ethics_ends"}
    return {
        "channel": "phone", "purpose": "research", "recipients": [str(to)], "categories": ["results"], "ends": "date",
        **details, **day("ethics_ends", STUDY["ethics_ends"]), **day("expires_on", "2027-03-31"),
        "giver": "Amina Haddad", **day("on", "2026-11-23"), "at": "09:40", "place": "By telephone",
        "method": "call_back", "read_out": "yes", "questions": "She asked who sees it.", **more,
    }  # fmt: skip


def stored(work_as: WorkAs) -> int:
    with work_as("system", writes=False) as work:
        return work.db.scalar(select(func.count()).select_from(Consent)) or 0


def test_row_66_a_signed_form_or_a_talk_is_entered_whole_or_not_at_all(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        to = recipient(work).id
    place, dov = f"/office/patients/{number_of(work_as)}/consents/new", client_of("dov")
    assert dov.get(place).status_code == 200
    for lacking in ("at", "questions", "giver", "sponsor", "purpose"):
        answer = dov.post(place, data=research(to, **{lacking: ""}))
        assert answer.status_code == 422, lacking
        assert stored(work_as) == 0
    paper = dov.post(place, data=research(to, channel="paper"))
    assert "Attach the scan" in paper.text
    on_paper = research(to, channel="paper")
    broken = uploading.post(dov, place, "scan", ("form.pdf", b"this is no paper"), **on_paper)
    assert broken.status_code == 422
    assert stored(work_as) == 0
    done = dov.post(place, data=research(to), follow_redirects=True)
    assert "entered with its evidence" in done.text
    assert "She asked who sees it." in done.text
    assert stored(work_as) == 1
    scanned = uploading.post(dov, place, "scan", ("form.png", picture()), **on_paper)
    assert "The scan of the signed form" in dov.get(scanned.headers["Location"]).text


def picture() -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(held, "PNG")
    return held.getvalue()


def test_the_physician_finds_it_accepts_or_declines(client_of: ClientOf, work_as: WorkAs) -> None:
    key, reference = given(work_as)
    femi, place = client_of("femi"), f"/office/cases/{reference}"
    assert reference in femi.get("/office").text
    page = femi.get(place).text
    assert "Accept the consent" in page
    assert "Light and lesions" in page
    assert "opened a consent of yours" in client_of("amina").get("/access-log").text
    assert femi.post(f"{place}/offer-talk").status_code == 303
    assert "offers you a talk" in client_of("amina").get(f"/consents/changes/{reference}").text
    assert femi.get(f"{place}/decline-consent").status_code == 200
    assert femi.post(f"{place}/decline-consent", data={"reason": ""}).status_code == 422
    assert client_of("dov").post(f"{place}/accept-consent").status_code == 403
    assert client_of("lena").post(f"{place}/accept-consent").status_code == 404
    assert femi.post(f"{place}/accept-consent").status_code == 303
    assert femi.post(f"{place}/accept-consent").status_code == 409
    with work_as("system", writes=False) as work:
        assert work.db.get_one(Consent, key).effective_at
    assert reference in client_of("dov").get("/office/cases?which=closed").text


def test_a_withdrawal_on_the_telephone_and_its_tasks(client_of: ClientOf, work_as: WorkAs) -> None:
    key = accepted(work_as)
    dov, file = client_of("dov"), f"/office/patients/{number_of(work_as)}/consents"
    assert f"consent-{key}" in dov.get(file).text
    assert dov.get(f"{file}/{key}/withdraw").status_code == 200
    assert dov.post(f"{file}/{key}/withdraw", data={}).status_code == 422
    page = dov.post(f"{file}/{key}/withdraw", data={"channel": "phone", "talk": "after"}, follow_redirects=True).text
    assert "Tell The Lesion Study" in page
    with work_as("system", writes=False) as work:
        case = work.db.scalars(select(ConsentChange).where(ConsentChange.change == "withdrawal")).one()
        reference = case.reference
    task = page.split(f"/office/cases/{reference}/tasks/", 1)[1].split('"', 1)[0]
    place = f"/office/cases/{reference}"
    assert dov.get(f"{place}/tasks/{task}").status_code == 200
    assert dov.post(f"{place}/tasks/{task}", data={"proof": ""}).status_code == 422
    proof = {"proof": "Their letter of Monday says that it is destroyed."}
    assert proof["proof"] in dov.post(f"{place}/tasks/{task}", data=proof, follow_redirects=True).text
    assert client_of("femi").post(f"{place}/acknowledge-consent").status_code == 303
    assert "This is done" in dov.get(place).text


def test_the_paper_on_which_a_consent_was_taken_back_is_kept_with_its_case(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    key = accepted(work_as)
    dov, place = client_of("dov"), f"/office/patients/{number_of(work_as)}/consents/{key}/withdraw"
    said = {"channel": "paper", "talk": "no"}
    broken = uploading.post(dov, place, "scan", ("form.pdf", b"this is no paper"), **said)
    assert (broken.status_code, 'id="scan-error"' in broken.text) == (422, True)
    with work_as("system", writes=False) as work:
        assert work.db.get_one(Consent, key).withdrawn_at is None, "nothing is half stored"
    case = uploading.post(dov, place, "scan", ("form.png", picture()), **said).location.rpartition("/")[2]
    with work_as("dov", writes=False) as work:
        ((file, name),) = consent_changes.scans(work, consent_changes.find(work, case))
    assert name == "form.png"
    for who, cases in (("dov", "/office/cases"), ("femi", "/office/cases"), ("amina", "/consents/changes")):
        assert f'href="{cases}/{case}/files/{file.id}">form.png<' in client_of(who).get(f"{cases}/{case}").text
        shown = client_of(who).get(f"{cases}/{case}/files/{file.id}")
        assert (shown.status_code, shown.mimetype) == (200, "image/png")
    assert client_of("mei").get(f"/consents/changes/{case}/files/{file.id}").status_code == 404
    assert client_of("lena").get(f"/office/cases/{case}/files/{file.id}").status_code == 404


def test_row_71_a_website_picture_comes_down_with_one_button(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        site, amina = recipient(work, "clinic", "Our own site").id, patients.find(work, AMINA)
        query = select(RecordItem.id).where(RecordItem.patient_id == amina.id, RecordItem.category == "photographs")
        shown = work.db.scalars(query.limit(1)).one()
        number = amina.number
    dov, file = client_of("dov"), f"/office/patients/{number}/consents"
    sent = {
        "channel": "portal", "purpose": "photos-website", "recipients": [str(site)], "items": [str(shown)],
        "ends": "date", **day("expires_on", "2027-03-31"),
    }  # fmt: skip
    assert dov.post(f"{file}/new", data={**sent, "items": []}).status_code == 422
    assert dov.post(f"{file}/new", data=sent).status_code == 303
    with work_as("amina") as work:
        mine = patients.own(work)
        key = consents.asked_of(work, mine)[0].id
        reference = str(consent_changes.give(work, mine, consents.find(work, mine, key), "Amina Haddad").reference)
    hung = {"place": "The website, page on acne"}
    assert dov.post(f"{file}/{key}/places", data=hung).status_code == 422, "it does not hold yet"
    assert client_of("femi").post(f"/office/cases/{reference}/accept-consent").status_code == 303
    assert dov.post(f"{file}/{key}/places", data=hung).status_code == 303
    amina = client_of("amina")
    assert "Take my pictures down" in amina.get("/consents").text
    amina.post(f"/consents/photos-website/{key}/withdraw", data={"talk": "no"})
    with work_as("dov", writes=False) as work:
        to = work.db.get_one(Recipient, site)
        assert not consents.may_we(work, patients.find(work, AMINA), "photos-website", to, {shown}).yes
        case = work.db.scalars(select(ConsentChange).where(ConsentChange.change == "withdrawal")).one()
        assert case.tasks_open == 2
        assert work.db.scalars(select(Place)).one().taken_down_at is None
        waiting = str(case.reference)
    assert "Take down: The website, page on acne" in dov.get(f"/office/cases/{waiting}").text


def test_the_directory_keeps_only_recipients_that_letters_reach(client_of: ClientOf, work_as: WorkAs) -> None:
    dov = client_of("dov")
    good = {"name": "Coast Hospital", "kind": "provider", "address": "5 Hill Road\nNanaimo BC"}
    assert dov.post("/office/recipients", data={**good, "address": "Nanaimo"}).status_code == 422
    assert dov.post("/office/recipients", data=good, follow_redirects=True).text.count("Coast Hospital") >= 1
    assert client_of("femi").get("/office/recipients").status_code == 403
    assert client_of("amina").get("/office/recipients").status_code in (403, 404)


def test_a_consent_is_no_access_request(client_of: ClientOf, work_as: WorkAs) -> None:
    _key, reference = given(work_as)
    dov = client_of("dov")
    for path in ("refer", "question", "package"):
        assert dov.get(f"/office/cases/{reference}/{path}").status_code == 404
    assert client_of("amina").get(f"/access-requests/{reference}").status_code == 404
