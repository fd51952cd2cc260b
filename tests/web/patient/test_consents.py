"""What a patient sees and does with her consents; closing a page mid-way stores nothing."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from sqlalchemy import select, update

from portal.domain.record_items import Category
from portal.models.consent_changes import ConsentChange
from portal.models.consents import Consent, Recipient
from portal.services import consent_changes, consents, patients
from tests.conftest import Clockwork
from tests.pages import ReadingClient
from tests.services.test_consent_changes import AMINA, STUDY, WorkAs, accepted, asked, may, recipient, research
from tests.web.office.stages import PASSWORD

ClientOf = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")


def shown(page: str) -> str:
    return page.split('name="shown"', 1)[1].split('value="', 1)[1].split('"', 1)[0]


def changes(work_as: WorkAs) -> list[str]:
    with work_as("system", writes=False) as work:
        return [case.change for case in work.db.scalars(select(ConsentChange).order_by(ConsentChange.id))]


def address(key: UUID) -> str:
    return f"/consents/research/{key}"


def test_row_67_she_reads_agrees_and_withdraws_online(client_of: ClientOf, work_as: WorkAs) -> None:
    key, amina = asked(work_as), client_of("amina")
    assert "We ask for your consent" in amina.get("/home").text
    page = amina.get(address(key)).text
    assert "Light and lesions" in page
    assert "Nothing is stored before you press the button" in page
    assert changes(work_as) == []
    for sent in (
        {"typed_name": "", "proof": PASSWORD},
        {"typed_name": "Ben Haddad", "proof": PASSWORD},
        {"typed_name": "Amina Haddad", "proof": "wrong"},
    ):
        assert amina.post(address(key), data={**sent, "shown": shown(page)}).status_code == 422
        assert changes(work_as) == []
    done = amina.post(
        address(key),
        data={"typed_name": "Amina Haddad", "proof": PASSWORD, "shown": shown(page)},
        follow_redirects=True,
    )
    assert "It takes effect when" in done.text
    assert amina.get(address(key)).status_code == 409
    overview = amina.get("/consents").text
    assert "given, waits for the physician" in overview
    for kind in ("", "/fhir"):
        receipt = overview.split('href="/consents/receipts/', 1)[1].split('"', 1)[0].removesuffix("/fhir")
        assert amina.get(f"/consents/receipts/{receipt}{kind}").mimetype == "application/json"
    page = amina.get(f"{address(key)}/withdraw").text
    assert "What cannot be called back" in page
    assert amina.post(f"{address(key)}/withdraw", data={}).status_code == 422
    assert amina.post(f"{address(key)}/withdraw", data={"talk": "no"}).status_code == 303
    assert amina.post(f"{address(key)}/withdraw", data={"talk": "no"}).status_code == 409


def test_what_changed_since_she_looked_is_not_agreed_to(client_of: ClientOf, work_as: WorkAs) -> None:
    key, amina = asked(work_as), client_of("amina")
    sent = {"typed_name": "Amina Haddad", "proof": PASSWORD, "shown": "0" * 64}
    assert amina.post(address(key), data=sent).status_code == 422, "the proof was for another page"
    drawn = amina.get(address(key)).text
    sent |= {"shown": shown(drawn), "drawn": amina.drawn}
    with work_as("system") as work:
        work.db.execute(update(Consent).where(Consent.id == key).values(expires_on=date(2027, 1, 31)))
    assert amina.post(address(key), data=sent).status_code == 409
    assert changes(work_as) == []


def test_she_says_no(client_of: ClientOf, work_as: WorkAs) -> None:
    key, amina = asked(work_as), client_of("amina")
    done = amina.post(f"{address(key)}/refuse", follow_redirects=True)
    assert "your care here stays the same" in done.text
    assert changes(work_as) == ["refusal"]
    assert amina.post(f"{address(key)}/refuse").status_code == 409


def test_the_matrix_says_yes_only_where_the_answer_is_yes(client_of: ClientOf, work_as: WorkAs) -> None:
    key = accepted(work_as)
    assert may(work_as, key)
    page = client_of("amina").get("/consents").text
    row = page.split("The Lesion Study</td>", 1)[1].split("</tr>", 1)[0]
    assert row.count("Yes") == 1
    assert "Others who care for you" in page


def test_she_limits_sharing_after_seeing_what_follows(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        lab = recipient(work, "provider", "Coast Laboratory").id
        recipient(work, "lawyer", "Somebody Else's Lawyer")
    amina = client_of("amina")
    assert "Lawyer" not in amina.get("/consents/care/limit").text
    sent = {"recipients": [str(lab)], "categories": ["results"]}
    assert "Nothing is stored yet" in amina.post("/consents/care/limit", data=sent).text
    assert changes(work_as) == []
    assert (
        "Sharing is limited"
        in amina.post("/consents/care/limit", data={**sent, "do": "yes"}, follow_redirects=True).text
    )
    with work_as("dov", writes=False) as work:
        to = work.db.get_one(Recipient, lab)
        assert not consents.may_we(work, patients.find(work, AMINA), "care", to, {Category.RESULTS}).yes


def test_what_the_law_continues_is_explained_and_has_no_button(client_of: ClientOf) -> None:
    page = client_of("amina").get("/consents/court-order").text
    assert "cannot be taken back here" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>", 1)[0]
    assert client_of("amina").get("/consents/no-such-purpose").status_code == 404


def test_nobody_reaches_the_consents_of_somebody_else(client_of: ClientOf, work_as: WorkAs) -> None:
    key = accepted(work_as)
    for who in ("mei", "cora"):
        client = client_of(who)
        for path in (address(key), f"{address(key)}/withdraw"):
            assert client.get(path).status_code == 404
            assert client.post(path, data={"talk": "no", "proof": PASSWORD, "typed_name": "x"}).status_code == 404
        assert client.post(f"{address(key)}/refuse").status_code == 404
    with work_as("system", writes=False) as work:
        assert work.db.get_one(Consent, key).withdrawn_at is None


HOSTILE = "<script>alert(1)</script>=HYPERLINK('x')"


def test_nothing_hostile_is_more_than_text_and_a_second_press_changes_nothing(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    with work_as("dov") as work:
        to = recipient(work, name=HOSTILE)
        hostile = {**STUDY, "study": HOSTILE, "researcher": HOSTILE}
        key = consent_changes.ask(work, patients.find(work, AMINA), research(to, details=hostile)).id
    amina = client_of("amina")
    for path in ("/home", "/consents", address(key), "/consents/research"):
        assert "<script>alert(1)" not in amina.get(path).text
    page = amina.get(address(key)).text
    sent = {"typed_name": "Amina Haddad", "proof": PASSWORD, "shown": shown(page), "drawn": amina.drawn}
    assert amina.post(address(key), data=sent).status_code == 303
    assert amina.post(address(key), data=sent).status_code in (409, 422), "a proof is good once"
    assert amina.post(f"{address(key)}/refuse").status_code == 409
    assert changes(work_as) == ["grant"]
    for path in (f"/consents/care/{key}", f"/consents/photos-website/{key}/withdraw"):
        assert amina.get(path).status_code == 404, "another purpose than its own"
    dov = client_of("dov")
    assert "<script>alert(1)" not in dov.get("/office/patients/P-004117/consents").text


@pytest.mark.parametrize("act", ["withdraw", "event", "places"])
def test_the_office_reaches_no_consent_through_another_patients_file(
    client_of: ClientOf, work_as: WorkAs, act: str
) -> None:
    key, dov = accepted(work_as), client_of("dov")
    with work_as("mei", writes=False) as work:
        other = patients.own(work).number
    sent = {"channel": "phone", "talk": "no", "place": "The website"}
    assert dov.post(f"/office/patients/{other}/consents/{key}/{act}", data=sent).status_code == 404
    assert may(work_as, key)


@pytest.mark.parametrize(("last", "yes"), [("2027-03-31T23:59:59-07:00", True), ("2027-04-01T00:00:00-07:00", False)])
def test_the_last_day_of_a_consent_is_a_day_of_the_clinics_calendar(
    work_as: WorkAs, clock: Clockwork, last: str, yes: bool
) -> None:
    key = accepted(work_as)
    clock.at = datetime.fromisoformat(last).astimezone(UTC)
    assert may(work_as, key) is yes
