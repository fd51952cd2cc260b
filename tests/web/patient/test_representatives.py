"""Who acts for whom, as the patient, her representative and the office see and change it."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import select

from portal.demo.people import PASSWORD
from portal.domain.record_items import Category
from portal.domain.rights import Right
from portal.edges import Edge
from portal.models.people import Representation
from portal.services import representatives
from tests.clinic_at_work import _picture
from tests.pages import ReadingClient, text_of
from tests.services.test_representatives import child, guardian, the_power_of_ben
from tests.web.patient.stages import WorkAs

pytestmark = pytest.mark.usefixtures("sqlite_only")
ClientOf = Callable[[str], ReadingClient]
OFFICE = "/office/patients/P-004117/representatives"


def shown(client: Any, address: str, **answers: Any) -> dict[str, Any]:
    """What a confirm page binds the proof to, with the password."""
    digest = client.get(address).text.partition('name="shown"')[2].partition('value="')[2].partition('"')[0]
    return {"shown": digest, "proof": PASSWORD, **answers}


def key_of(work_as: WorkAs) -> str:
    with work_as("system", writes=False) as work:
        return str(the_power_of_ben(work).id)


def test_row_107_she_ends_it_while_he_reads_and_his_next_click_dies_with_a_clear_page(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    amina, ben, key = client_of("amina"), client_of("ben"), key_of(work_as)
    assert ben.get("/access-requests/AR-2026-000001-U").status_code == 200
    words = text_of(amina.get("/representatives"))
    assert "Ben Lindqvist" in words
    assert "Representative under a representation agreement" in words
    assert "Ben Lindqvist for Amina Haddad: opened your request" in words
    assert "Ben Lindqvist, for Amina Haddad, opened your request." in text_of(amina.get("/access-log"))
    end = f"/representatives/{key}/end"
    assert amina.post(end, data={"proof": "wrong"}).status_code == 422
    assert amina.post(end, data=shown(amina, end)).status_code == 303
    gone = ben.get("/access-requests/AR-2026-000001-U")
    assert gone.status_code == 404
    assert "You no longer act for Amina Haddad. The patient ended it." in text_of(gone)
    assert ben.post("/access-requests/AR-2026-000001-U/withdraw", data={}).status_code == 404
    assert "You do not act now" in text_of(ben.get("/representatives"))
    assert amina.get(end).status_code == 409
    assert client_of("mei").get(end).status_code == 404


def test_row_107_a_representative_no_longer_acts_by_his_own_word(client_of: ClientOf, work_as: WorkAs) -> None:
    ben, end = client_of("ben"), f"/representatives/{key_of(work_as)}/end"
    assert "Do you no longer act for Amina Haddad?" in text_of(ben.get(end))
    assert ben.post(end, data=shown(ben, end)).status_code == 303
    assert ben.get("/record").status_code == 404


def test_row_106_a_page_his_power_does_not_cover_says_so(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        reached = frozenset({Right.ASK})
        representatives.restrict(work, the_power_of_ben(work), reached, frozenset({Category.PHOTOGRAPHS}))
    ben = client_of("ben")
    for address in ("/record", "/disclosures", "/access-log"):
        page = ben.get(address)
        assert page.status_code == 403
        assert "Your power to act for this patient does not cover this." in text_of(page)
    begun = ben.post("/access-requests/new", data={"patient": ben_for(work_as)})
    kind = ben.get(begun.location).location
    what = ben.post(kind, data={"mode": "copy"}).location
    offered = text_of(ben.get(what))
    assert "Only some kinds of entries" in offered
    assert "Everything you have about me" not in offered
    which = ben.post(what, data={"scope": "categories"}).location
    assert "Photographs" in text_of(ben.get(which))
    assert "Allergies" not in text_of(ben.get(which))
    assert ben.post(which, data={"categories": "allergies"}).status_code == 422


def ben_for(work_as: WorkAs) -> str:
    with work_as("amina", writes=False) as work:
        return str(work.actor.patient_id)


def answers(**more: Any) -> dict[str, Any]:
    return {
        "name": "Noor Aziz", "email": "noor@patients.example", "power": "attorney", "reach": "some",
        "rights": ["ask"], "part": "some", "slices": ["photographs"], "how": "original_seen",
        "proofs": ["signed_request", "status", "identity"], "proof": PASSWORD,
        "scan": (BytesIO(_picture()), "paper.png"), **more,
    }  # fmt: skip


def test_row_104_the_office_registers_checks_narrows_and_ends(client_of: ClientOf, edge: Edge) -> None:
    dov = client_of("dov")
    assert "Representation agreement" in text_of(dov.get(OFFICE)) or "representation agreement" in text_of(
        dov.get(OFFICE)
    )
    assert "On what paper?" in text_of(dov.get(f"{OFFICE}/new"))
    form = {"content_type": "multipart/form-data"}
    refused = dov.post(f"{OFFICE}/new", data=answers(proofs=["status"]), **form)
    assert refused.status_code == 422
    assert "This is still missing" in text_of(refused)
    assert dov.post(f"{OFFICE}/new", data=answers(scan=(BytesIO(b"nothing"), "a.pdf")), **form).status_code == 422
    made = dov.post(f"{OFFICE}/new", data=answers(how="later"), **form)
    assert made.status_code == 200
    assert "/activate/" in text_of(made)
    with edge.sessions() as db:
        row = db.scalars(select(Representation).where(Representation.power == "attorney")).one()
        place = f"{OFFICE}/{row.id}"
        assert (row.rights, row.slices, row.verified_at) == ("ask", "photographs", None)
    assert "Nobody has checked the proof yet." in text_of(dov.get(OFFICE))
    seen = {"proofs": ["signed_request", "status", "identity"], "how": "certified_copy"}
    assert dov.post(f"{place}/check", data=shown(dov, f"{place}/check", **seen)).status_code == 303
    assert dov.get(f"{place}/paper").status_code == 200
    less = {"rights": ["ask"], "slices": ["photographs"]}
    assert dov.post(f"{place}/narrow", data=shown(dov, f"{place}/narrow", **less)).status_code == 303
    ended = shown(dov, f"{place}/end", reason="court")
    assert dov.post(f"{place}/end", data=ended).status_code == 303
    assert "A court ended it." in text_of(dov.get(OFFICE))
    log = text_of(client_of("amina").get("/access-log"))
    assert "checked the proof of who acts for you" in log
    assert client_of("femi").get(OFFICE).status_code == 403


def test_row_105_the_office_writes_down_that_a_young_person_decides(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        patient = child(work)
        guardian(work, patient)
        number, key = patient.number, str(patient.id)
    dov, ben = client_of("dov"), client_of("ben")
    assert ben.get(f"/record?for={key}").status_code == 200
    place = f"/office/patients/{number}"
    dov.post(f"{place}/reason", data={"reason": "contact", "words": "She asked us on the phone."})
    address = f"{place}/decides-herself"
    assert dov.post(address, data=shown(dov, address, how="physician")).status_code == 303
    assert ben.get(f"/record?for={key}").status_code == 404
    assert "You no longer act for Tess Moreau. The patient decides for herself." in text_of(
        ben.get(f"/record?for={key}")
    )
    assert dov.get(address).status_code == 409


def test_a_death_is_written_down_and_taken_back(client_of: ClientOf) -> None:
    dov, amina = client_of("dov"), client_of("amina")
    address = "/office/patients/P-004117/death"
    day = {"died_on-day": "20", "died_on-month": "11", "died_on-year": "2026", "how": "certificate"}
    assert dov.post(address, data=shown(dov, address, **day)).status_code == 303
    assert amina.get("/home").status_code == 302
    assert "The patient died on 20 November 2026." in text_of(dov.get(OFFICE))
    back = f"{address}/take-back"
    assert dov.post(back, data=shown(dov, back)).status_code == 303
    assert "The patient died" not in text_of(dov.get(OFFICE))
