"""The pages of an accuracy note: she sends it, the physician looks and decides, the office tells who had it."""

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Channel
from portal.domain.record_items import Category
from portal.models.accuracy_notes import AccuracyNote, CorrectionNotice
from portal.models.letters import StoredFile
from portal.models.record_items import RecordItem
from portal.services import accuracy_decisions, accuracy_notes, correction_notices, patients
from tests.clinic_at_work import _picture
from tests.pages import ReadingClient
from tests.services.test_accuracy_notes import (
    AMINA,
    BILLING,
    CLAIM,
    IN_PART,
    WorkAs,
    an_allergy,
    gave,
    pays_only,
    pointed_out,
    sends,
    stands,
)

ClientOf = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")
NEW = "/accuracy-notes/new?kind=allergies"
TYPED = {"where": CLAIM.where, "wrong": CLAIM.wrong, "right": CLAIM.right}
DECIDED = {"outcome": IN_PART.outcome.value, "corrected": IN_PART.corrected, "reasons": IN_PART.reasons}


def hidden(page: str, name: str) -> str:
    field = page.split(f'name="{name}"', 1)[1]
    return field.split('value="', 1)[1].split('"', 1)[0]


def notes(work_as: WorkAs) -> list[str]:
    with work_as("system", writes=False) as work:
        return [str(case.reference) for case in work.db.scalars(select(AccuracyNote).order_by(AccuracyNote.id))]


def test_she_finds_it_from_her_record_sends_it_and_follows_it(client_of: ClientOf, work_as: WorkAs) -> None:
    amina = client_of("amina")
    assert NEW.replace("&", "&amp;") in amina.get("/record").text
    assert "/accuracy-notes" in amina.get("/home").text
    assert "Allergies" in amina.get("/accuracy-notes/new").text
    page = amina.get(NEW).text
    assert "This costs you nothing." in page
    papers = {"proof": (BytesIO(_picture()), "../<b>rash</b>.png")}
    sent = {**TYPED, "key": hidden(page, "key"), **papers}
    done = amina.post(NEW, data=sent, follow_redirects=True).text
    reference = notes(work_as)[0]
    assert reference in done
    assert "Dr Femi Adeyemi looks at what you sent" in done
    again = {**TYPED, "key": hidden(page, "key")}
    assert reference in amina.post(NEW, data=again, follow_redirects=True).text
    assert notes(work_as) == [reference]
    other = amina.post(NEW, data={**again, "wrong": "It is the other arm, heron."})
    assert (other.status_code, "so this is not sent yet" in other.text, "heron" in other.text) == (422, True, True)
    assert notes(work_as) == [reference]
    assert hidden(other.text, "key") != again["key"]
    assert "A mistake in your record" in amina.get("/home").text
    assert reference in amina.get("/accuracy-notes").text
    with work_as("amina", writes=False) as work:
        file = accuracy_notes.proofs(work, accuracy_notes.find(work, reference))[0][0].id
    assert amina.get(f"/accuracy-notes/{reference}/files/{file}").status_code == 200
    assert client_of("mei").get(f"/accuracy-notes/{reference}/files/{file}").status_code == 404
    gone = amina.post(f"/accuracy-notes/{reference}/withdraw", follow_redirects=True).text
    assert "Nothing was changed" in gone


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"wrong": ""}, "Say what is wrong, or what is missing."),
        ({"right": "word " * 50_000}, "Use at most 4000 characters here."),
        ({"item": "00000000-0000-0000-0000-000000000000"}, "Choose one of the answers that are offered."),
        ({"proof": (BytesIO(b"MZ\x90 no picture"), "paper.pdf.exe")}, ""),
        ({"key": "no key", "where": ""}, "Say where it stands"),
    ],
)
def test_what_cannot_be_taken_comes_back_with_a_sentence_and_her_words(
    client_of: ClientOf, work_as: WorkAs, typed: dict[str, object], sentence: str
) -> None:
    back = client_of("amina").post(NEW, data={**TYPED, **typed})
    assert back.status_code == 422
    assert sentence in back.text
    assert CLAIM.wrong in back.text or "wrong" in typed
    assert notes(work_as) == []
    with work_as("system", writes=False) as work:
        assert work.db.scalars(select(StoredFile).where(StoredFile.purpose == "proof")).all() == []


def test_the_physician_sees_all_she_needs_on_one_page_and_looks_before_it_is_sent(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    gave(work_as, "Dr. Ito", Category.ALLERGIES)
    reference = sends(work_as)
    femi, place = client_of("femi"), f"/office/cases/{reference}"
    assert CLAIM.wrong in femi.get(place).text
    assert femi.get(f"{place}/decide-note").status_code == 409 or "Choose first" in femi.get(place).text
    with work_as("femi", writes=False) as work:
        key = str(an_allergy(work).id)
        other = str(work.db.scalars(select(RecordItem.id).where(RecordItem.category == "results")).first())
    assert femi.post(f"{place}/note-entry", data={"item": other}).status_code == 422
    assert "The entry is chosen." in femi.post(f"{place}/note-entry", data={"item": key}, follow_redirects=True).text
    look = femi.post(f"{place}/decide-note", data=DECIDED)
    assert "We corrected your record in part" in look.text
    assert "Dr. Ito" in look.text
    assert stands(work_as, reference)[0] == "in_review"
    changed = {**DECIDED, "reasons": "Another reason.", "seen": hidden(look.text, "seen"), "do": "1"}
    assert "nothing is sent yet" in femi.post(f"{place}/decide-note", data=changed).text
    sure = {**DECIDED, "seen": hidden(look.text, "seen"), "do": "1"}
    assert "You decided." in femi.post(f"{place}/decide-note", data=sure, follow_redirects=True).text
    assert femi.post(f"{place}/decide-note", data=sure).status_code == 409
    assert stands(work_as, reference)[:2] == ("telling", "corrected_in_part")
    amina = client_of("amina")
    page = amina.get(f"/accuracy-notes/{reference}").text
    for words in (IN_PART.corrected, IN_PART.reasons, "Dr. Ito: our letter is being sent"):
        assert words in page
    letter = page.split(f"/accuracy-notes/{reference}/letters/", 1)[1].split('"', 1)[0]
    assert amina.get(f"/accuracy-notes/{reference}/letters/{letter}").status_code == 200


def test_the_office_records_what_was_sent_and_answered_until_all_is_done(client_of: ClientOf, work_as: WorkAs) -> None:
    gave(work_as, "Dr. Ito", Category.ALLERGIES)
    reference = pointed_out(work_as)
    with work_as("femi") as work:
        accuracy_decisions.decide(work, accuracy_notes.find(work, reference), IN_PART)
    pays_only(work_as, reference)
    with work_as("dov", writes=False) as work:
        notice = work.db.scalars(select(CorrectionNotice).where(CorrectionNotice.recipient != BILLING)).one()
        paid = work.db.scalars(select(CorrectionNotice).where(CorrectionNotice.recipient == BILLING)).one()
        lines = correction_notices.of_case(work, accuracy_notes.find(work, reference))
        assert [line.recipient for line in lines if line.unsure] == [BILLING]
    dov, place = client_of("dov"), f"/office/cases/{reference}/notices/{notice.id}"
    assert dov.get(place.replace(str(notice.id), str(paid.id))).status_code == 409  # it is settled
    day = {"on-day": "23", "on-month": "11", "on-year": "2026"}
    assert dov.post(place, data={"what": "sent", **day}).status_code == 422
    assert dov.post(place, data={"what": "answered", "by": "Nurse Park", **day}).status_code == 422
    assert "It is recorded." in dov.post(place, data={"what": "sent", "how": "fax", **day}, follow_redirects=True).text
    assert client_of("femi").get(place).status_code == 403
    answered = {"what": "answered", "by": "Nurse Park", **day}
    assert "Nurse Park" in dov.post(place, data=answered, follow_redirects=True).text
    assert stands(work_as, reference)[0] == "done"
    assert dov.post(place, data=answered).status_code == 409


def test_the_office_enters_what_came_on_paper_and_names_a_physician(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        number = patients.find(work, AMINA).number
        patients.find(work, AMINA).responsible_id = None
    dov, place = client_of("dov"), f"/office/patients/{number}/accuracy-notes/new"
    typed = {**TYPED, "channel": Channel.COUNTER.value, "kind": "allergies", "key": hidden(dov.get(place).text, "key")}
    late = {"received_on-day": "1", "received_on-month": "1", "received_on-year": "2027"}
    assert dov.post(place, data={**typed, **late}).status_code == 422
    came = {"received_on-day": "20", "received_on-month": "11", "received_on-year": "2026"}
    page = dov.post(place, data={**typed, **came}, follow_redirects=True).text
    reference = notes(work_as)[0]
    assert "waits for the front office to name a responsible physician" in page
    with work_as("dov", writes=False) as work:
        femi = next(key for key, name in patients.physicians(work) if "Femi" in name)
    named = dov.post(f"/office/cases/{reference}/note-physician", data={"physician": str(femi)}, follow_redirects=True)
    assert "The physician is named" in named.text
    assert client_of("femi").get(place).status_code == 403


def test_the_clause_of_the_policy_leads_to_the_page(visitor: ReadingClient) -> None:
    assert 'href="/accuracy-notes/new"' in visitor.get("/policy").text
