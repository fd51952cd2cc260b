"""Giving something to somebody outside, as the office does it: asked, looked at once more, let go, corrected."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.contact_plans import Plan
from portal.domain.dispatches import Stage
from portal.domain.record_items import Category
from portal.models.consents import Consent
from portal.models.dispatches import Dispatch
from portal.models.letters import Letter
from portal.services import access_log, consents, contact_plans, patients, recipients
from tests.pages import ReadingClient, text_of
from tests.services.test_disclosure_notices import hospital, in_danger
from tests.services.test_disclosures import gives
from tests.services.test_may_we import AMINA, a_study, in_force
from tests.web.office.stages import PASSWORD, WorkAs, referred

ClientOf = Callable[[str], ReadingClient]
NEW = "/office/patients/P-004117/disclosures/new"
LETTER = {
    "purpose": "care",
    "recipient": "Dr. Ito",
    "kind": "provider",
    "address": "1 Quay Street\nVictoria BC",
    "categories": ["reports"],
    "what": "The letter on the visit",
    "why": "Shared care",
    "how": "fax",
}
TO_POLICE = {
    **LETTER,
    "purpose": "police",
    "recipient": "Nanaimo RCMP",
    "kind": "police",
    "note": "Asked for in writing, file 26-1234.",
}


def lets_go(client: ReadingClient, plan: str, **proof: str) -> Any:
    shown = re.search(r'name="shown"[^>]*value="(\w+)"', client.get(plan).text)
    return client.post(f"{plan}/let-go", data={"shown": shown[1] if shown else "", **proof})


def test_within_the_circle_of_care_one_look_and_one_press_are_enough(client_of: ClientOf) -> None:
    dov = client_of("dov")
    planned = dov.post(NEW, data=LETTER)
    assert planned.status_code == 303
    page = text_of(dov.get(planned.location))
    for said in ("Before it goes out", "Yes", "Dr. Ito 1 Quay Street Victoria BC", "What we will keep"):
        assert said in page
    gone = lets_go(dov, planned.location)
    assert gone.status_code == 303
    entry = text_of(dov.get(gone.location))
    assert "The letter on the visit" in entry
    assert "Dov Levin" in entry
    listed = text_of(dov.get("/office/disclosures?patient=P-004117&basis=care"))
    assert "Dr. Ito" in listed
    assert text_of(client_of("amina").get("/disclosures")).count("The letter on the visit") == 1


def test_a_recipient_of_the_list_is_found_by_the_beginning_and_several_are_offered(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        keys = [recipients.add_for(work, amina, f"Dr. Ito {n}", "provider", "1 Quay\nVictoria").id for n in (1, 2)]
    dov, known = client_of("dov"), {**LETTER, "recipient": "dr. it", "kind": "", "address": ""}
    page = dov.post(NEW, data=known)
    assert page.status_code == 422
    assert "Several recipients begin like this." in text_of(page)
    assert "The letter on the visit" in page.text
    assert dov.post(NEW, data={**known, "chosen": str(keys[1])}).status_code == 303
    unknown = dov.post(NEW, data={**known, "recipient": "Dr. Nobody"})
    assert "Nobody of this name is in the list." in text_of(unknown)


def test_a_disclosure_is_refused_in_one_sentence_when_the_consent_has_ended(
    client_of: ClientOf, work_as: WorkAs, clock: Any
) -> None:
    with work_as("dov") as work:
        key = in_force(work, a_study(work), Category.RESULTS).id
    results = {**LETTER, "purpose": "research", "recipient": "The Lesion Study", "categories": ["results"]}
    dov = client_of("dov")
    planned = dov.post(NEW, data=results).location
    with work_as("amina") as work:
        consents.take_back(work, work.db.get_one(Consent, key))
    clock.move(minutes=1)
    refused = lets_go(dov, planned, proof=PASSWORD)
    assert refused.status_code == 409
    assert "This may not go out. The patient took her consent back" in text_of(refused)
    again = dov.post(NEW, data=results)
    assert again.status_code == 409
    assert "The patient took her consent back" in text_of(again)
    assert "The letter on the visit" in again.text, "nothing typed is lost"
    amina = client_of("amina")
    assert "The Lesion Study" not in text_of(amina.get("/disclosures"))
    log = text_of(amina.get("/access-log"))
    assert "wanted to give your information to somebody outside the clinic, and the portal refused" in log
    assert "To The Lesion Study, for: Research" in log
    assert "The answer was no." in log


def test_outside_the_circle_of_care_it_takes_a_proof_and_by_law_a_second_person(client_of: ClientOf) -> None:
    dov, esi = client_of("dov"), client_of("esi")
    planned = dov.post(NEW, data=TO_POLICE).location
    assert "somebody else at the clinic has to let it go" in text_of(dov.get(planned))
    assert lets_go(dov, planned, proof=PASSWORD).status_code == 422, "no form is drawn for who planned it"
    assert "Waits for a second person" in text_of(esi.get("/office/disclosures"))
    assert lets_go(esi, planned, proof="not my password").status_code == 422
    gone = lets_go(esi, planned, proof=PASSWORD)
    assert gone.status_code == 303
    entry = text_of(esi.get(gone.location))
    assert "Dov Levin" in entry
    assert "section 18(1)" in entry
    assert "Waits for a second person" not in text_of(esi.get("/office/disclosures"))
    assert esi.get(planned).location == gone.location


def test_what_was_planned_can_be_dropped(client_of: ClientOf) -> None:
    dov = client_of("dov")
    planned = dov.post(NEW, data=TO_POLICE).location
    esi = client_of("esi")
    shown = re.search(r'name="shown"[^>]*value="(\w+)"', esi.get(planned).text)
    assert shown
    drawn = {"shown": shown[1], "drawn": esi.drawn, "proof": PASSWORD}
    assert dov.post(f"{planned}/drop").location == "/office/patients/P-004117"
    assert esi.post(f"{planned}/let-go", data=drawn).status_code == 409


def test_an_entry_is_corrected_by_another(client_of: ClientOf) -> None:
    dov = client_of("dov")
    entry = lets_go(dov, dov.post(NEW, data=LETTER).location).location
    form = dov.get(f"{entry}/correct")
    assert "The letter on the visit" in form.text
    assert dov.post(f"{entry}/correct", data={"wrong": "", "recipient": "Dr. Ito"}).status_code == 422
    done = dov.post(f"{entry}/correct", data={"wrong": "It was the result.", "recipient": "Dr. Ito", "what": "Result"})
    assert done.status_code == 303
    assert "Corrected" in text_of(dov.get(entry))
    hers = text_of(client_of("amina").get("/disclosures"))
    assert "This corrects an earlier entry. It was the result." in hers
    assert "This entry was corrected." in hers


def test_the_privacy_contact_notes_what_went_out_unasked(client_of: ClientOf) -> None:
    at = "/office/patients/P-004117/disclosures/earlier"
    assert client_of("dov").get(at).status_code == 403
    esi = client_of("esi")
    day = {"on-day": "3", "on-month": "11", "on-year": "2026"}
    said = {"recipient": "A wrong number", "what": "One letter", "why": "By mistake", "basis": "Sent by mistake"}
    assert esi.post(at, data={**said, "on-day": "3", "on-month": "12", "on-year": "2026"}).status_code == 422
    assert esi.post(at, data={**said, **day}).status_code == 303
    assert "Sent by mistake" in text_of(client_of("amina").get("/disclosures"))


def test_may_we_is_answered_with_its_reason_and_kept(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        in_force(work, a_study(work), Category.RESULTS)
    dov = client_of("dov")
    question = {"number": "P-004117", "purpose": "research", "recipient": "The Lesion", "categories": ["results"]}
    yes = text_of(dov.post("/office/consent-check", data=question))
    assert "Yes, we may" in yes
    assert "The patient agreed to" in yes
    no = text_of(dov.post("/office/consent-check", data={**question, "categories": ["photographs"]}))
    assert "No, we may not" in no
    log = text_of(client_of("esi").get("/office/consent-check"))
    assert log.count("Dov Levin") == 2
    assert dov.post("/office/consent-check", data={**question, "number": "P-999999"}).status_code == 422
    hers = text_of(client_of("amina").get("/access-log"))
    assert "asked whether we may give your information to somebody outside the clinic" in hers


OPENED = "tried to open your file or your request, and the portal refused"
DID = "tried to do something with your request, and the portal refused"


@pytest.mark.parametrize(
    ("who", "name", "path", "what"),
    [
        ("lena", "Dr Lena Hartmann", "/office/cases/{reference}", OPENED),
        ("dov", "Dov Levin", "/office/cases/{reference}/review", DID),
    ],
)
def test_row_89_and_idea_17_the_patient_reads_of_refused_attempts_too(
    client_of: ClientOf, work_as: WorkAs, who: str, name: str, path: str, what: str
) -> None:
    reference = referred(work_as)
    with work_as("mei", writes=False) as work:
        number = patients.own(work).number
    answer = client_of(who).get(path.format(number=number, reference=reference))
    assert answer.status_code in (403, 404)
    with work_as("mei", writes=False) as work:
        look = access_log.lines(work, patients.own(work))[0]
    assert (look.what, look.name) == (what, name)


def test_a_part_that_is_not_there_in_a_file_one_may_see_is_no_refused_attempt(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    with work_as("mei", writes=False) as work:
        before = len(access_log.lines(work, patients.own(work)))
    gone = "00000000-0000-7000-8000-000000000000"
    assert client_of("dov").get(f"/office/cases/{reference}/letters/{gone}").status_code == 404
    assert client_of("dov").get("/office/patients/P-999999").status_code == 404
    with work_as("mei", writes=False) as work:
        assert len(access_log.lines(work, patients.own(work))) == before


IN_DANGER = {
    **LETTER,
    "purpose": "danger",
    "categories": ["medications"],
    "note": "She was found unconscious, and the hospital needed the list at once.",
}


def test_the_office_and_she_herself_read_the_letter_the_law_wants_and_nobody_who_acts_for_her(
    client_of: ClientOf, worker: Any, sqlite_only: None
) -> None:
    dov = client_of("dov")
    planned = dov.post(NEW, data=IN_DANGER).location
    page = text_of(dov.get(planned))
    assert "The portal writes the letter. Print it and post it by" in page
    gone = lets_go(dov, planned, proof=PASSWORD)
    entry = dov.get(gone.location)
    assert "The letter to the patient" in text_of(entry)
    assert "to her alone" in text_of(entry)
    letter = text_of(dov.get(f"{gone.location}/letter"))
    for said in ("This letter is for the patient alone", "Dr. Ito", "She was found unconscious", "being printed"):
        assert said in letter
    assert dov.get(f"{gone.location}/letter.pdf").status_code == 409
    worker.drain()
    assert dov.get(f"{gone.location}/letter.pdf").data.startswith(b"%PDF")
    amina, ben = client_of("amina"), client_of("ben")
    mine = gone.location.removeprefix("/office")
    assert f'href="{mine}/letter"' in amina.get("/disclosures").text
    assert "It also tells us to write to you about it" in text_of(amina.get(f"{mine}/letter"))
    assert amina.get(f"{mine}/letter.pdf").data.startswith(b"%PDF")
    assert "wrote you a letter" in text_of(amina.get("/access-log"))
    assert ben.get(f"{mine}/letter").status_code == 404
    assert ben.get(f"{mine}/letter.pdf").status_code == 404
    assert client_of("cora").get(f"{mine}/letter").status_code == 404


def test_a_letter_no_address_is_safe_for_stands_with_all_that_needs_somebody(
    client_of: ClientOf, work_as: WorkAs, clock: Any, sqlite_only: None
) -> None:
    with work_as("amina") as work:
        contact_plans.keep(work, patients.own(work), Plan(channel="portal", never=("address",)), "", 0)
    dov = client_of("dov")
    gone = lets_go(dov, dov.post(NEW, data=IN_DANGER).location, proof=PASSWORD).location
    entry = dov.get(gone)
    assert "This letter needs somebody. Do not post it before" in text_of(entry)
    task = entry.text.split('href="/office/correspondence/')[1].split('"')[0]
    assert "Letters and messages that need somebody" in text_of(dov.get("/office"))
    page = text_of(dov.get(f"/office/correspondence/{task}"))
    assert "No address was safe for this letter. Do not post it." in page
    assert "She is to have it by 24 November 2026." in page
    assert "12 Harbour" not in page
    clock.move(days=2)
    dov = client_of("dov")
    assert "It was to be posted by 24 November 2026." in text_of(dov.get("/office/correspondence?tab=came-back"))
    place = f"/office/correspondence/{task}/next"
    assert dov.post(place, data={"choice": "post"}).status_code == 422
    assert dov.post(place, data={"choice": "nothing", "words": ""}).status_code == 422
    why = {"choice": "nothing", "words": "She read it in the portal, and wants no paper."}
    assert dov.post(place, data=why).status_code == 303
    assert "Dov Levin wrote down: She read it in the portal" in text_of(dov.get(gone))
    assert dov.post(place, data=why).status_code == 409
    assert "The front office sends it." not in text_of(client_of("esi").get(gone))


def test_the_last_day_of_a_letter_stands_in_the_list_and_in_the_count(
    client_of: ClientOf, clock: Any, sqlite_only: None
) -> None:
    dov = client_of("dov")
    lets_go(dov, dov.post(NEW, data=IN_DANGER).location, proof=PASSWORD)
    assert "Post it by 24 November 2026." in text_of(dov.get("/office/correspondence"))
    assert "Letters to post by a day" in text_of(dov.get("/office"))
    clock.move(days=2)
    dov = client_of("dov")
    assert "It was to be posted by 24 November 2026." in text_of(dov.get("/office/correspondence"))
    assert "Letters to post, overdue" in text_of(dov.get("/office"))


def test_a_letter_that_was_wrong_is_marked_on_every_page_and_can_only_be_settled(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    with work_as("dov") as work:
        letter = select(Letter.id).where(Letter.disclosure_id == key)
        sheet = work.db.scalars(select(Dispatch).where(Dispatch.letter_id.in_(letter), Dispatch.way == "post")).one()
        sheet.stage = Stage.SENT
    dov, amina = client_of("dov"), client_of("amina")
    assert "was wrong" not in text_of(amina.get("/disclosures"))
    wrong = {"wrong": "It was about another patient.", "void": "y", "recipient": "x", "what": "x", "why": "x"}
    assert dov.post(f"/office/disclosures/{key}/correct", data=wrong).status_code == 303
    entry = dov.get(f"/office/disclosures/{key}")
    assert "Somebody has to write to her that it was." in text_of(entry)
    task = re.search(r'href="(/office/correspondence/[\w-]+)"', entry.text)
    assert task is not None
    page = text_of(dov.get(task[1]))
    assert "She got this letter, and it was wrong" in page
    assert "Tell her on the telephone" not in page
    choices = re.findall(r'name="choice"[^>]*value="(\w+)"', dov.get(f"{task[1]}/next").text)
    assert choices == ["nothing"]
    assert "Do not give it out." in text_of(dov.get(f"/office/disclosures/{key}/letter"))
    assert "Our letter to you about this was wrong. It does not count any more." in text_of(amina.get("/disclosures"))
    assert "It does not count any more." in text_of(amina.get(f"/disclosures/{key}/letter"))
