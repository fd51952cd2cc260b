"""The papers of a complaint went to an office outside: the page on which that is recorded, and who sees it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from portal.services import complaint_bundles, complaint_work, complaints
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.services.test_given_bundles import OIPC, Bundle, entries, given, name, outside
from tests.web.office.stages import WorkAs

pytestmark = pytest.mark.usefixtures("sqlite_only")
Clients = Callable[[str], ReadingClient]


def place(bundle: Bundle) -> str:
    return f"/office/cases/{bundle[0]}/bundles/{bundle[1]}/given"


def on(day: date, **more: str) -> dict[str, str]:
    return {"how": "courier", "on-year": str(day.year), "on-month": str(day.month), "on-day": str(day.day), **more}


def test_it_is_recorded_once_with_all_that_the_register_says(
    client_of: Clients, work_as: WorkAs, clock: Clockwork
) -> None:
    bundle, esi, today = outside(work_as), client_of("esi"), clock().date()
    case, given_at = f"/office/cases/{bundle[0]}", place(bundle)
    assert "To download it is not to give it." in text_of(esi.get(case))
    with work_as("esi") as work:
        complaint_bundles.take(work, complaints.find(work, bundle[0]), bundle[1])
    assert "Downloaded on 23 November 2026, and not recorded as given." in text_of(esi.get(case))

    page = text_of(esi.get(given_at))
    for told in (OIPC, "PO Box 9038", "P26-01234", "The Commissioner looks into a complaint", "took the complaint to"):
        assert told in page, told
    assert 'value="23"' in esi.get(given_at).text, "today is filled in"
    for wrong, sentence in (
        (on(today, how=""), "Choose how the papers went."),
        (on(today + timedelta(1)), "That day has not come yet."),
        (on(today - timedelta(1)), "The papers were made on Monday 23 November 2026."),
    ):
        answer = esi.post(given_at, data=wrong)
        assert (answer.status_code, sentence in text_of(answer)) == (422, True), sentence
        assert f'value="{wrong["on-day"]}"' in answer.text, "what was filled in stays"
    assert entries(work_as) == []

    for _press in range(2):
        assert esi.post(given_at, data=on(today)).status_code == 303
    clock.move(days=1)
    esi = client_of("esi")
    another = esi.post(given_at, data=on(today + timedelta(1)))
    assert (another.status_code, "tick the box" in text_of(another)) == (422, True)
    (row,) = entries(work_as)
    assert esi.post(given_at, data=on(today + timedelta(1), again="y")).status_code == 303
    assert len(entries(work_as)) == 2

    page = text_of(esi.get(case))
    assert f"Given to {OIPC} on 23 November 2026. Way: Courier." in page
    assert "not recorded as given" not in page
    entry = esi.get(f"/office/disclosures/{row.id}")
    assert f'href="{case}"' in entry.text
    assert "by law, without consent. The Commissioner looks into a complaint" in text_of(entry)

    amina = client_of("amina")
    for path in ("/disclosures", "/disclosures.csv"):
        assert OIPC in amina.get(path).text
    assert f'href="/complaints/{bundle[0]}"' in amina.get("/disclosures").text
    assert f'href="/complaints/{bundle[0]}"' in amina.get("/access-log").text
    assert OIPC not in client_of("ben").get("/disclosures.csv").text


def test_who_may_not_see_the_complaint_finds_no_trace_by_any_address(client_of: Clients, work_as: WorkAs) -> None:
    femi, dov = client_of("femi"), client_of("dov")
    lists = [f"/office/disclosures{how}" for how in ("", "?basis=law", "?patient=P-004117", "?since=2026-11-23")]
    lists += ["/office/patients/P-004117", "/office", "/office/cases", "/office/consent-check"]
    before = {path: text_of(femi.get(path)) for path in lists}
    bundle = outside(work_as, names=("femi",))
    entry = given(work_as, bundle)
    assert dov.get(place(bundle)).status_code == 403
    assert dov.get(f"/office/disclosures/{entry}").status_code == 200
    assert client_of("esi").get(f"/office/cases/{bundle[0]}/bundles/{uuid4()}/given").status_code == 404
    for client in (femi, client_of("lena")):
        for path in (place(bundle), *(f"/office/disclosures/{entry}{page}" for page in ("", "/correct", "/letter"))):
            assert client.get(path).status_code == 404, path
        assert client.post(place(bundle), data={"how": "post"}).status_code == 404
        assert (
            client.post(f"/office/disclosures/{entry}/correct", data={"wrong": "All", "void": "y"}).status_code == 404
        )
    assert {path: text_of(femi.get(path)) for path in lists} == before
    assert femi.get(f"/office/disclosures?after=2026-11-24~{entry}").status_code == 200
    assert len(entries(work_as)) == 1

    name(work_as, bundle[0], "dov")
    assert dov.get(f"/office/disclosures/{entry}").status_code == 404
    assert OIPC not in dov.get("/office/disclosures?basis=law").text
    assert OIPC in client_of("esi").get("/office/disclosures?basis=law").text


def test_the_page_says_what_becomes_of_it_where_somebody_is_named_or_she_cannot_read_it(
    client_of: Clients, work_as: WorkAs, clock: Clockwork
) -> None:
    bundle, esi, today = outside(work_as, names=("femi",)), client_of("esi"), clock().date()
    page = text_of(esi.get(place(bundle)))
    assert "no package of another case says that the papers were given" in page
    assert "the patient reads it" in page
    with work_as("system") as work:
        case: Any = complaints.find(work, bundle[0])
        case.patient.died_on = work.today
    page = text_of(esi.get(place(bundle)))
    assert "tell whoever took the complaint there" in page
    assert "the patient reads it" not in page
    answer = esi.post(place(bundle), data=on(today), follow_redirects=True)
    assert "It stands in the register." in text_of(answer)
    assert "The patient can read it now." not in text_of(answer)


def test_an_answer_to_their_question_asks_how_and_when_it_went(
    client_of: Clients, work_as: WorkAs, clock: Clockwork
) -> None:
    reference, _file = outside(work_as)
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        complaint_work.outside_question(work, case, "Why did it take so long?", work.today)
        question = complaint_work.questions(work, case)[0].id
    esi, path, today = client_of("esi"), f"/office/cases/{reference}/outside/questions/{question}", clock().date()
    page = esi.get(path)
    for told in (
        "This stands in the register of disclosures",
        "Why did it take so long?",
        OIPC,
        "PO Box 9038",
        "P26-01234",
    ):
        assert told in text_of(page), told
    assert 'value="23"' in page.text, "today is filled in"
    assert esi.get(f"/office/cases/{reference}/outside/questions/{uuid4()}").status_code == 404
    for wrong, sentence in (
        (on(today, how="", text="The desk was stuck."), "Choose how the answer went."),
        (on(today + timedelta(1), text="The desk was stuck."), "That day has not come yet."),
        (on(today, text=""), "Write what we answered."),
    ):
        answer = esi.post(path, data=wrong)
        assert (answer.status_code, sentence in text_of(answer)) == (422, True), sentence
        assert wrong["text"] in answer.text, "what was typed stays"
    assert entries(work_as) == []
    assert esi.post(path, data=on(today, text="The desk was stuck.")).status_code == 303
    assert esi.post(path, data=on(today, text="The desk was stuck.")).status_code == 409
    assert len(entries(work_as)) == 1
    assert "Our answer to a question of theirs" in text_of(client_of("amina").get("/disclosures"))
