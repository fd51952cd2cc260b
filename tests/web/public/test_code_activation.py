"""The code of an invitation, used once by her who knows two facts; every wrong answer is the same page to the byte."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.errors import Invalid, NotPossible
from portal.domain.patient_invitations import new_code
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.patient_invitations import PatientInvitation
from portal.models.people import Patient
from portal.services import activations, email_changes, patient_invitations, patients
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import PASSWORD, WorkAs
from tests.web.public.signing_in import try_to_sign_in

ClientOf = Callable[[str], ReadingClient]
NEW = "seven tin boats at noon"
BORN = date(1985, 3, 27)
FACTS = {"birth_date-day": "27", "birth_date-month": "3", "birth_date-year": "1985", "fact": "v8v 1a1"}
CHOSEN = {
    "email": "Nour@patients.example",
    "email_again": "nour@patients.example",
    "password": NEW,
    "again": NEW,
    "language": "en",
    "agreed": "y",
}
SECRET = re.compile(rb'nonce="[^"]+"|name="csrf_token"[^>]+value="[^"]+"|value="[0-9A-Za-z -]{16,}"')
ADDRESS = "12 Rose Street\nVictoria BC V8V 1A1"


@pytest.fixture
def number(work_as: WorkAs) -> str:
    """A patient with a file and no sign-in."""
    with work_as("dov") as work:
        contact = {"address": ADDRESS, "email": "old@patients.example", "phone": "250-555-0177"}
        return patients.register(work, "Nour", "Al-Sayed", BORN, **contact).number


def invite(edge: Edge, work_as: WorkAs, number: str) -> str:
    """The code on the letter, as the press gets it."""
    with work_as("dov") as work:
        patient_invitations.invite(work, patients.find(work, number), "letter")
    with work_as("dov") as work:
        patient = patients.find(work, number)
        key, html = patient_invitations.to_print(work, patient)
        patient_invitations.printed(work, patient, key, "photo_id")
    found = re.search(r"\b[2-9A-Z]{4}(-[2-9A-Z]{4}){3}\b", html)
    assert found
    return found[0]


def shows(client: ReadingClient, code: str, **instead: str) -> Any:
    return client.post("/activate", data={"code": code, **FACTS, **instead})


def test_a_patient_sets_up_her_sign_in_by_the_code_of_a_letter(
    edge: Edge, work_as: WorkAs, number: str, visitor: ReadingClient, worker: Worker
) -> None:
    """An account bound to one chart by an invitation of the staff (peers, rows 1 and 2)."""
    code = invite(edge, work_as, number)
    assert shows(visitor, code.lower().replace("-", " ")).location == "/activate/account"
    assert "Nour Al-Sayed" in text_of(visitor.get("/activate/account"))
    assert visitor.post("/activate/account", data=CHOSEN).location == "/sign-in"
    assert try_to_sign_in(visitor, "nour@patients.example", NEW).location == "/home"
    assert "You set up your sign-in with the code" in text_of(visitor.get("/access-log"))
    assert "Dov Levin, front office, printed the letter" in text_of(visitor.get("/access-log"))
    worker.drain()
    told = [mail.read_text() for mail in (edge.config.data_dir / "outbox").iterdir()]
    assert any("To: old@patients.example" in mail for mail in told)
    assert any("To: nour@patients.example" in mail for mail in told)
    assert shows(visitor, code).status_code == 422


def test_every_wrong_answer_is_the_same_page(
    edge: Edge, work_as: WorkAs, number: str, app: Any, clock: Clockwork
) -> None:
    """Unknown, replaced, used, expired, another fact, another birth date, a disabled account: alike to the byte."""
    replaced = invite(edge, work_as, number)
    live = invite(edge, work_as, number)
    answers = [
        shows(app.test_client(), new_code()),
        shows(app.test_client(), replaced),
        shows(app.test_client(), live, fact="V8V 1A2"),
        shows(app.test_client(), live, **{"birth_date-day": "28"}),
    ]
    expected = answers[0].data
    typed = {"fact": b"V8V 1A2", "day": b'value="28"'}
    assert {answer.status_code for answer in answers} == {422}
    pages = {
        SECRET.sub(b"", page.replace(typed["fact"], b"v8v 1a1").replace(typed["day"], b'value="27"'))
        for page in (answer.data for answer in answers)
    }
    assert len(pages) == 1, expected
    with work_as("system") as work:
        found = activations.try_code(work, live.replace("-", ""), BORN, "V8V1A1", "here")
        assert found is not None
        activations.accept(work, found, "nour@patients.example", "a hash", "en")
    assert SECRET.sub(b"", shows(app.test_client(), live).data) in pages
    clock.move(days=8)
    assert SECRET.sub(b"", shows(app.test_client(), live).data) in pages


def test_a_code_dies_after_five_wrong_tries_and_the_office_sees_it(
    edge: Edge, work_as: WorkAs, number: str, visitor: ReadingClient, client_of: ClientOf
) -> None:
    code = invite(edge, work_as, number)
    for _try in range(5):
        assert shows(visitor, code, fact="V1V 1V1").status_code == 422
    assert shows(visitor, code).status_code == 422
    page = text_of(client_of("dov").get(f"/office/patients/{number}/invitation"))
    assert "was tried 5 times wrongly, so it is stopped" in page


@pytest.mark.usefixtures("sqlite_only")
def test_a_slip_of_the_pen_is_no_try(edge: Edge, work_as: WorkAs, number: str, visitor: ReadingClient) -> None:
    code = invite(edge, work_as, number)
    slip = code[:-1] + ("2" if code[-1] != "2" else "3")
    for _try in range(8):
        assert "does not fit the others" in text_of(shows(visitor, slip))
    with work_as("dov") as work:
        row = patient_invitations.newest(work, patients.find(work, number))
        assert row is not None
        assert row.tries == 0
    assert shows(visitor, code).status_code == 303


@pytest.mark.usefixtures("sqlite_only")
def test_a_network_that_tries_too_often_waits(visitor: ReadingClient) -> None:
    answers = [shows(visitor, new_code()).status_code for _try in range(21)]
    assert answers == [422] * 20 + [429]


def test_two_who_use_one_code_at_once_make_one_account(edge: Edge, work_as: WorkAs, number: str, app: Any) -> None:
    code = invite(edge, work_as, number)
    one, other = app.test_client(), app.test_client()
    assert shows(one, code).status_code == shows(other, code).status_code == 303
    assert one.post("/activate/account", data=CHOSEN).status_code == 303
    assert (
        other.post(
            "/activate/account", data={**CHOSEN, "email": "x@y.example", "email_again": "x@y.example"}
        ).status_code
        == 404
    )
    with work_as("system") as work:
        assert len(work.db.scalars(select(Account).where(Account.name == "Nour Al-Sayed")).all()) == 1


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("email", ["amina@patients.example", "аmina@patients.example", "amlna@patients.examp1e"])
def test_an_address_that_is_or_looks_like_somebody_elses_is_refused(
    edge: Edge, work_as: WorkAs, number: str, visitor: ReadingClient, email: str
) -> None:
    shows(visitor, invite(edge, work_as, number))
    email = email if email != "amlna@patients.examp1e" else "amina@patients.examp1e"
    answer = visitor.post("/activate/account", data={**CHOSEN, "email": email, "email_again": email})
    assert answer.status_code == 422
    with work_as("system") as work:
        patient = work.db.scalars(select(Patient).where(Patient.number == number)).one()
        assert patient.account_id is None


@pytest.mark.usefixtures("sqlite_only")
def test_nobody_comes_to_the_second_page_without_the_first(visitor: ReadingClient) -> None:
    assert visitor.get("/activate/account").location == "/activate"
    assert visitor.post("/activate/account", data=CHOSEN).location == "/activate"


@pytest.mark.usefixtures("sqlite_only")
def test_the_code_is_printed_once_and_kept_nowhere(
    edge: Edge, work_as: WorkAs, number: str, client_of: ClientOf
) -> None:
    dov, at = client_of("dov"), f"/office/patients/{number}/invitation"
    page = dov.get(at)
    shown = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page.text)
    assert shown
    assert dov.post(at, data={"shown": shown[1], "way": "letter", "proof": PASSWORD}).location == at
    assert dov.post(f"{at}/print", data={"how": "code_word"}).status_code == 422  # it is handed over, not told
    letter = dov.post(f"{at}/print", data={"how": "photo_id"})
    assert letter.data.startswith(b"%PDF")
    assert dov.post(f"{at}/print", data={"how": "photo_id"}).status_code == 409
    dov.post(f"/office/patients/{number}/reason", data={"reason": "contact"})
    kept = text_of(dov.get(f"{at}/letter"))
    assert "The code stood here" in kept
    assert not re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-", kept)
    with work_as("dov") as work:
        row = work.db.scalars(select(PatientInvitation)).one()
        assert row.code_sealed is None
        assert row.given_at is not None


@pytest.mark.usefixtures("sqlite_only")
def test_by_mail_the_code_goes_to_the_address_on_file_and_works(
    edge: Edge, work_as: WorkAs, number: str, visitor: ReadingClient, worker: Worker
) -> None:
    with work_as("dov") as work:
        patient_invitations.invite(work, patients.find(work, number), "mail")
    worker.drain()
    mails = [path.read_text() for path in (edge.config.data_dir / "outbox").iterdir()]
    mail = next(text for text in mails if "To: old@patients.example" in text)
    code = re.search(r"\b[2-9A-Z]{4}(-[2-9A-Z]{4}){3}\b", mail)
    assert "To: old@patients.example" in mail
    assert "Nour" not in mail
    assert code
    assert shows(visitor, code[0]).status_code == 303
    with work_as("dov") as work:
        assert work.db.scalars(select(PatientInvitation)).one().code_sealed is None


@pytest.mark.usefixtures("sqlite_only")
def test_who_signs_in_already_or_has_no_fact_on_file_cannot_be_invited(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        with pytest.raises(NotPossible, match="has a sign-in already"):
            patient_invitations.invite(work, patients.find(work, "P-006230"), "letter")
        bare = patients.register(work, "No", "Facts", BORN)
        with pytest.raises(NotPossible, match="Neither a postal code nor a telephone number"):
            patient_invitations.invite(work, bare, "letter")


@pytest.mark.usefixtures("sqlite_only")
def test_an_address_that_she_typed_brings_no_new_password_before_its_link_was_opened(
    edge: Edge, work_as: WorkAs, number: str, visitor: ReadingClient, worker: Worker
) -> None:
    def mailed(path: str) -> list[str]:
        worker.drain()
        texts = [each.read_text().replace("=\n", "") for each in (edge.config.data_dir / "outbox").iterdir()]
        hers = [text for text in texts if "To: nour@patients.example" in text]
        return [found[1] for text in hers if (found := re.search(rf"/{path}/([\w-]+)", text))]

    shows(visitor, invite(edge, work_as, number))
    assert visitor.post("/activate/account", data=CHOSEN).status_code == 303
    visitor.post("/recover", data={"email": "nour@patients.example"})
    [link] = mailed("confirm-email")
    assert mailed("recover") == []
    assert "Confirm" in text_of(visitor.get(f"/confirm-email/{link}"))
    assert visitor.post(f"/confirm-email/{link}").status_code == 303
    visitor.post("/recover", data={"email": "nour@patients.example"})
    assert len(mailed("recover")) == 1
    assert try_to_sign_in(visitor, "nour@patients.example", NEW).location != "/sign-in"


@pytest.mark.usefixtures("sqlite_only")
def test_nobody_changes_to_an_address_that_looks_like_somebody_elses(
    edge: Edge, work_as: WorkAs, worker: Worker
) -> None:
    with work_as("mei") as work:
        email_changes.ask(work, "amina@patients.examp1e")
    worker.drain()
    texts = [each.read_text() for each in (edge.config.data_dir / "outbox").iterdir()]
    assert not [text for text in texts if "To: amina@patients.examp1e" in text]  # 1 for l: nobody is told why
    with work_as("mei") as work, pytest.raises(Invalid, match="mixes letters"):
        email_changes.ask(work, "m\u0435i@patients.example")
