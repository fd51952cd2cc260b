"""A file that is nobody's work today opens for a reason only, and the patient reads it."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.edges import Edge
from portal.models.accounts import Account
from portal.services import leaves, staff
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.dumps import as_text
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, sent

Clients = Callable[[str], ReadingClient]
CORA = "/office/patients/P-005388"
REASON = {"reason": "contact", "words": "She called about the heron on her letter."}
BEHIND_THE_REASON = ("250-555-0142", "Arbutus Spit", "cora@patients.example", "Allergies", "Dr Lena Hartmann")


def test_without_open_work_a_reason_comes_first(client_of: Clients) -> None:
    client = client_of("dov")
    answer = client.get(CORA)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{CORA}/reason")
    page = text_of(client.get(f"{CORA}/reason"))
    for told in ("Cora Whitfield", "P-005388", "30 November 1958", "The patient will see your name, your role"):
        assert told in page, told
    for kept in BEHIND_THE_REASON:
        assert kept not in page, kept


def test_the_search_shows_name_number_and_birth_date_only(client_of: Clients) -> None:
    page = text_of(client_of("dov").post("/office/patients", data={"wanted": "Whitfield"}))
    for told in ("Cora Whitfield", "P-005388", "30 November 1958"):
        assert told in page, told
    for kept in BEHIND_THE_REASON:
        assert kept not in page, kept


def test_row_90_a_file_opened_without_open_work_is_marked_and_the_patient_reads_why(client_of: Clients) -> None:
    client = client_of("dov")
    answer = client.post(f"{CORA}/reason", data=REASON)
    assert (answer.status_code, answer.headers["Location"]) == (303, CORA)
    page = text_of(client.get(CORA))
    for told in BEHIND_THE_REASON:
        assert told in page, told
    log = text_of(client_of("cora").get("/access-log"))
    assert "Dov Levin, front office, opened your file." in log
    assert "Why: You, or somebody for you, called, wrote or came to the clinic." in log
    assert "“She called about the heron on her letter.”" in log


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({}, "Choose why you open this file."),
        ({"reason": "boredom"}, "Choose one of the answers that are offered."),
        ({"reason": "other"}, "Write in a few words why you open this file."),
        ({"reason": "contact", "words": "x" * 501}, "Use at most 500 characters here."),
    ],
)
def test_what_is_no_reason_opens_nothing(client_of: Clients, sent: dict[str, str], sentence: str) -> None:
    client = client_of("dov")
    answer = client.post(f"{CORA}/reason", data=sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert client.get(CORA).status_code == 303


def test_a_reason_is_good_for_half_an_hour(client_of: Clients, clock: Clockwork) -> None:
    client = client_of("dov")
    client.post(f"{CORA}/reason", data=REASON)
    clock.move(minutes=14)
    client.get("/office")
    clock.move(minutes=14)
    assert client.get(CORA).status_code == 200
    clock.move(minutes=2)
    assert client.get(CORA).status_code == 303


def test_a_reason_is_good_for_one_patient_one_person_and_one_session(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    client.post(f"{CORA}/reason", data=REASON)
    assert client_of("dov").get(CORA).status_code == 303
    assert client_of("esi").get(CORA).status_code == 303
    assert client.get("/office/patients/P-006230").status_code == 303


def test_who_has_work_with_the_patient_gives_no_reason(client_of: Clients, work_as: WorkAs) -> None:
    assert client_of("lena").get(CORA).status_code == 200  # the responsible physician
    sent(work_as, "cora")
    for name in ("dov", "esi"):
        assert client_of(name).get(CORA).status_code == 200, name


def test_the_form_for_a_paper_request_shows_nothing_without_a_reason(client_of: Clients, clock: Clockwork) -> None:
    client = client_of("dov")
    form = f"{CORA}/requests/new"
    assert client.get(form).headers["Location"] == f"{CORA}/reason"
    assert client.post(form, data={}).headers["Location"] == f"{CORA}/reason"
    client.post(f"{CORA}/reason", data=REASON)
    assert "Arbutus Spit" in client.get(form).get_data(as_text=True)
    clock.move(minutes=14)
    client.get("/office")
    clock.move(minutes=14)
    client.get("/office")
    clock.move(minutes=5)
    assert client.get(form).status_code == 303
    assert client.post(form, data={}).status_code == 422  # what was typed in time is not thrown away


def test_her_words_are_sealed_and_stand_nowhere_else(client_of: Clients, edge: Edge) -> None:
    client = client_of("dov")
    client.post(f"{CORA}/reason", data=REASON)
    client.get(CORA)
    assert [where for where, text in as_text(edge) if "heron" in text] == []


class TestAPhysicianWithoutATie:
    """Dr Femi is neither Cora's physician nor covers for her."""

    def test_gives_a_reason_first_and_the_patient_reads_who_when_and_why(self, client_of: Clients) -> None:
        femi = client_of("femi")
        assert femi.get(CORA).headers["Location"] == f"{CORA}/reason"
        page = text_of(femi.get(f"{CORA}/reason"))
        assert "Cora Whitfield" in page
        assert not [kept for kept in BEHIND_THE_REASON if kept in page]
        assert femi.post(f"{CORA}/reason", data=REASON).headers["Location"] == CORA
        assert "250-555-0142" in text_of(femi.get(CORA))
        log = text_of(client_of("cora").get("/access-log"))
        for told in (
            "Dr Femi Adeyemi, physician, looked you up by your number or your name",
            "Dr Femi Adeyemi, physician, opened your file.",
            "“She called about the heron on her letter.”",
        ):
            assert told in log, told

    def test_reads_nothing_clinical_for_it(self, client_of: Clients, work_as: WorkAs) -> None:
        reference = sent(work_as, "cora")
        femi = client_of("femi")
        femi.post(f"{CORA}/reason", data=REASON)
        page = text_of(femi.get(CORA))
        assert "Allergies" not in page
        assert reference not in page
        for path in (f"/office/cases/{reference}", f"/office/cases/{reference}/review"):
            assert femi.get(path).status_code == 404, path
        for path in (f"{CORA}/requests/new", f"{CORA}/way-in"):
            assert femi.get(path).status_code in (403, 404), path

    def test_finds_her_by_the_exact_number_or_the_full_name_and_birth_date_alone(self, client_of: Clients) -> None:
        femi, born = client_of("femi"), {"born-day": "30", "born-month": "11", "born-year": "1958"}
        for wanted, found in (
            ({"wanted": "Whitfield"}, False),
            ({"wanted": "Cora Whitfield"}, False),
            ({"wanted": "Whitfield", **born}, False),
            ({"wanted": "Cora Whitfield", **born, "born-year": "1957"}, False),
            ({"wanted": "P-0053"}, False),
            ({"wanted": "p-005388"}, True),
            ({"wanted": "whitfield CORA", **born}, True),
        ):
            page = text_of(femi.post("/office/patients", data=wanted))
            assert ("P-005388" in page) == found, wanted

    def test_cannot_turn_file_after_file(self, client_of: Clients) -> None:
        femi = client_of("femi")
        answers = [femi.get(f"{CORA}/reason").status_code for _look in range(13)]
        assert answers == [200] * 12 + [429]
        assert femi.post("/office/patients", data={"wanted": "P-005388"}).status_code == 429

    def test_needs_none_while_she_covers(self, client_of: Clients, work_as: WorkAs) -> None:
        with work_as("esi") as work:
            lena = staff.find(work, actor_id(work, "lena"))
            leaves.arrange(work, lena, actor_id(work, "femi"), work.today, work.today)
        femi = client_of("femi")
        assert femi.get(CORA).status_code == 200
        assert "P-005388" in text_of(femi.post("/office/patients", data={"wanted": "Whitf"}))


def actor_id(work: Work, name: str) -> UUID:
    return work.db.scalars(select(Account.id).where(Account.email.like(f"{name}@%"))).one()


def test_nobody_opens_her_own_file_for_a_reason(client_of: Clients) -> None:
    assert client_of("mei").get("/office/patients/P-006230/reason").status_code == 404
