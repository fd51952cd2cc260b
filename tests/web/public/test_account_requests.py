"""Asking for an account and settling it: nobody learns who is a patient, two never settle one, papers go in time."""

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from portal.domain.account_requests import Proof, Wanted
from portal.domain.errors import NotPossible
from portal.edges import Edge
from portal.models.account_requests import AccountRequest, IdentityPaper
from portal.services import account_requests, identity_papers, jobs, keys, patients, recurring_jobs, sweeping
from portal.services.work import Report
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import PASSWORD, WorkAs

ClientOf = Callable[[str], ReadingClient]
BORN = date(1985, 3, 27)
WANTED = Wanted("Nour", "Al-Sayed", BORN, email="nour@elsewhere.example", phone="250-555-0177")
FORM = {
    "given_name": "Nour",
    "family_name": "Al-Sayed",
    "birth_date-day": "27",
    "birth_date-month": "3",
    "birth_date-year": "1985",
    "phone": "250-555-0177",
    "proof": "counter",
    "once": "one-form-that-is-sent-once",
}


@pytest.fixture
def number(work_as: WorkAs) -> str:
    with work_as("dov") as work:
        contact = {"address": "12 Rose Street\nVictoria BC V8V 1A1", "phone": "(250) 555-0177"}
        return patients.register(work, "Nour", "Al-Sayed", BORN, **contact).number


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), "teal").save(drawn, "PNG")
    return drawn.getvalue()


def sent(work_as: WorkAs, with_paper: bool = False, wanted: Wanted = WANTED) -> Any:
    """A request as the public page keeps it; gives its key."""
    with work_as("system") as work:
        paper = None
        if with_paper:
            paper = ("passport", identity_papers.look_at(work.outside, "p.png", picture()))
        proof = Proof.DOCUMENTS if with_paper else Proof.COUNTER
        account_requests.send(work, f"form-{with_paper}-{wanted.family_name}", wanted, proof, "en", paper)
        return work.db.scalars(select(AccountRequest.id).order_by(AccountRequest.id.desc())).first()


@pytest.mark.usefixtures("sqlite_only")
def test_the_answer_is_the_same_whether_or_not_somebody_is_a_patient(app: Any, number: str) -> None:
    """Existing, unknown, with an account: identical bytes (B03)."""
    people = [
        ("Nour", "Al-Sayed", "27"), ("Nobody", "Atall", "26"), ("Amina", "Haddad", "14"),
    ]  # fmt: skip
    answers = set()
    for place, (given, family, day) in enumerate(people):
        client = app.test_client()
        data = {**FORM, "given_name": given, "family_name": family, "birth_date-day": day, "once": f"form-{place:020d}"}
        answer = client.post("/account-requests/new", data=data)
        page = client.get(answer.location)
        answers.add((answer.status_code, answer.location, re.sub(r'nonce="[^"]+"|value="[^"]{40,}"', "", page.text)))
    assert len(answers) == 1
    assert "We have your request" in answers.pop()[2]


@pytest.mark.usefixtures("sqlite_only")
def test_a_form_sent_twice_is_one_request_and_bad_input_loses_nothing(visitor: ReadingClient, work_as: WorkAs) -> None:
    first = visitor.post("/account-requests/new", data=FORM)
    again = visitor.post("/account-requests/new", data=FORM)
    assert (first.status_code, first.location) == (again.status_code, again.location)
    other = visitor.post("/account-requests/new", data={**FORM, "given_name": "Nora"})
    assert (other.status_code, "so this is not sent yet" in other.text) == (422, True)
    assert FORM["once"] not in other.text
    for wrong, sentence in (
        ({"phone": ""}, "Give an e-mail address or a telephone number"),
        ({"birth_date-year": "2094"}, "This birth date cannot be"),
        ({"proof": "documents", "kind": "passport"}, "Choose the picture or PDF of your identity paper"),
    ):
        page = visitor.post("/account-requests/new", data={**FORM, "once": "another-form-that-is-new", **wrong})
        assert page.status_code == 422
        assert sentence in text_of(page)
        assert 'value="Al-Sayed"' in page.text
    with work_as("dov") as work:
        assert len(account_requests.waiting(work)) == 1


@pytest.mark.usefixtures("sqlite_only")
def test_a_network_that_asks_too_often_waits(visitor: ReadingClient) -> None:
    answers = [
        visitor.post("/account-requests/new", data={**FORM, "once": f"form-{n:020d}"}).status_code for n in range(6)
    ]
    assert answers == [303] * 5 + [429]


def test_the_office_settles_a_request_at_the_counter_and_invites(
    work_as: WorkAs, number: str, client_of: ClientOf
) -> None:
    """Identity is proven before work starts (peers, row 3)."""
    key, dov = sent(work_as), client_of("dov")
    page = text_of(dov.get(f"/office/account-requests/{key}"))
    assert number in page
    assert "birth date, family name, given name, telephone" in page
    at = f"/office/account-requests/{key}/accept/{number}"
    compared = dov.get(at)
    assert "(250) 555-0177" in text_of(compared)
    shown = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', compared.text)
    assert shown
    data = {"shown": shown[1], "method": "photo_id", "way": "letter", "proof": PASSWORD}
    assert dov.post(at, data=data).location == f"/office/patients/{number}/invitation"
    said = text_of(client_of("esi").get(f"/office/account-requests/{key}"))
    assert "Dov Levin accepted this request on 23 November 2026" in said
    assert "elsewhere.example" not in said
    with work_as("system") as work:
        row = work.db.get_one(AccountRequest, key)
        assert row.key_wrapped is None
        assert row.words_sealed is None


def test_two_settle_one_request_and_the_second_reads_what_the_first_did(work_as: WorkAs, number: str) -> None:
    key = sent(work_as)
    with work_as("dov") as work:
        account_requests.refuse(work, account_requests.find(work, key), "not_found")
    with work_as("esi") as work, pytest.raises(NotPossible, match=r"Dov Levin refused this request on 23 November"):
        account_requests.accept(
            work, account_requests.find(work, key), patients.find(work, number), "photo_id", "letter"
        )


@pytest.mark.usefixtures("sqlite_only")
def test_a_no_has_a_coded_reason_and_she_reads_its_sentence(
    edge: Edge, work_as: WorkAs, client_of: ClientOf, worker: Worker
) -> None:
    """A coded list of reasons for a submission that cannot be accepted (peers, row 4)."""
    key, dov = sent(work_as), client_of("dov")
    at = f"/office/account-requests/{key}/refuse"
    assert dov.post(at, data={"reason": ""}).status_code == 422
    assert "goes out by e-mail now" in text_of(dov.post(at, data={"reason": "does_not_match"}))
    worker.drain()
    mails = [path.read_text() for path in (edge.config.data_dir / "outbox").iterdir()]
    mail = next(text for text in mails if "To: nour@elsewhere.example" in text)
    assert "do not match what we have on file" in " ".join(mail.replace("=\n", "").split())
    by_phone = sent(work_as, wanted=Wanted("Ed", "Novak", BORN, phone="250-555-0199"))
    page = text_of(dov.post(f"/office/account-requests/{by_phone}/refuse", data={"reason": "not_found"}))
    assert "Call Ed Novak at 250-555-0199" in page.replace("\u00a0", " ").replace("\u2011", "-")


@pytest.mark.parametrize("who", ["femi", "lena"])
@pytest.mark.usefixtures("sqlite_only")
def test_a_physician_finds_no_request_and_no_paper(work_as: WorkAs, client_of: ClientOf, who: str) -> None:
    key = sent(work_as, with_paper=True)
    assert client_of(who).get(f"/office/account-requests/{key}").status_code == 403


def test_a_paper_is_seen_by_name_survives_the_sweep_and_is_gone_in_time(
    edge: Edge, work_as: WorkAs, number: str, client_of: ClientOf, clock: Clockwork
) -> None:
    """Identity proof kept as little as possible: destroyed on a timer, with a "seen by" note (peers, idea 19)."""
    key = sent(work_as, with_paper=True)
    with work_as("system") as work:
        paper = work.db.scalars(select(IdentityPaper)).one()
        paper_id, digest = paper.id, paper.stored_digest
        assert digest not in sweeping.unwanted(work, {})
    dov = client_of("dov")
    opened = dov.get(f"/office/account-requests/{key}/papers/{paper_id}")
    assert opened.status_code == 200
    assert opened.data.startswith(b"\x89PNG")
    with work_as("dov") as work:
        request, patient = account_requests.find(work, key), patients.find(work, number)
        account_requests.accept(work, request, patient, "documents", "letter")
    destroy(work_as)
    assert digest in set(edge.outside.store.digests())
    clock.move(days=30, minutes=1)
    destroy(work_as)
    assert digest not in set(edge.outside.store.digests())
    assert client_of("esi").get(f"/office/account-requests/{key}/papers/{paper_id}").status_code == 404
    with work_as("system") as work:
        paper = work.db.get_one(IdentityPaper, paper_id)
        assert paper.key_wrapped is None
        assert paper.stored_digest is None
        note = identity_papers.note_of(paper)
        assert note.kind == "Passport"
        assert note.seen[0][0] == "Dov Levin"
        assert note.destroyed_at == work.now


def destroy(work_as: WorkAs) -> None:
    """The recurring job, as the worker does it."""
    assert "identity_papers" in recurring_jobs.RECURRING
    with work_as("system") as work:
        hand = jobs.JOBS["identity_papers"]
        made = hand.make(work, hand.read(work, {}), Report("identity_papers", lambda _done, _total: None))
        hand.keep(work, {}, made)


@pytest.mark.usefixtures("sqlite_only")
def test_the_keys_of_requests_and_papers_are_wrapped_anew_with_the_others(work_as: WorkAs) -> None:
    sent(work_as, with_paper=True)
    with work_as("operator") as work:
        assert keys.unreadable(work) == 0
        pins = [one.value for one in keys._wrapped(work)]
        assert work.db.scalars(select(AccountRequest)).one().key_wrapped in pins
        assert work.db.scalars(select(IdentityPaper)).one().key_wrapped in pins
