"""The pages of messages, over HTTP: writing, answering, settling, handing on; and what the patient never reads."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from sqlalchemy import func, select

from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.jobs import Job
from portal.services import message_threads, patients
from portal.worker import Worker
from tests.clinic_at_work import Week
from tests.pages import ReadingClient, text_of
from tests.services.test_messages import AMINA, WorkAs
from tests.web.patient import stages

pytestmark = pytest.mark.usefixtures("sqlite_only")
Clients = Callable[[str], ReadingClient]
EVIL = '<script>alert("x")</script>{{ 7*7 }} =HYPERLINK("x")'
CANARY = "Heliotrope canary, for ourselves alone"


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (30, 30), "white").save(drawn, "PNG")
    return drawn.getvalue()


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found is not None, name
    return found[1]


def form(client: ReadingClient, address: str, **data: Any) -> dict[str, Any]:
    page = client.get(address).text
    return {"key": hidden(page, "key"), "seen": hidden(page, "seen"), "text": "Do you keep it?"} | data


def writes(client: ReadingClient, address: str, **data: Any) -> None:
    answer = client.post(address, data=form(client, address, **data))
    assert answer.status_code == 303, text_of(answer)


@pytest.fixture
def reference(work_as: WorkAs, edge: Edge) -> str:
    return Week(work_as, edge).sent()


@pytest.fixture
def number(work_as: WorkAs) -> str:
    with work_as("dov", writes=False) as work:
        return str(patients.find(work, AMINA).number)


def test_she_finds_the_general_thread_first_and_a_thread_for_each_request(client_of: Clients, reference: str) -> None:
    words = text_of(client_of("amina").get("/messages"))
    assert words.index("Questions about your privacy") < words.index(reference)
    assert "Do not write here about an urgent health problem" in words
    assert "911" in words
    page = client_of("amina").get(f"/access-requests/{reference}").text
    assert f'href="/messages/{reference}"' in page
    assert 'href="/messages/general"' in client_of("amina").get("/home").text


def test_a_question_with_a_file_is_read_answered_and_read(client_of: Clients, reference: str) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    address = f"/messages/{reference}"
    data = form(amina, address, text="Is this mine?\n" + EVIL, file=(BytesIO(picture()), EVIL + ".png"))
    assert amina.post(address, data=data).status_code == 303
    page = amina.get(address)
    assert "Not read by the clinic yet" in text_of(page)
    assert "We mean to answer you by Thursday 26 November 2026." in text_of(page)
    assert "<script>alert" not in page.text
    assert "{{ 7*7 }}" in page.text
    file = re.search(rf'href="({address}/files/[0-9a-f-]+)"', page.text)
    assert file is not None
    taken = amina.get(file[1])
    assert taken.headers["Content-Disposition"].startswith("attachment")
    assert client_of("mei").get(file[1]).status_code == 404

    office = f"/office/cases/{reference}"
    assert reference in dov.get("/office/messages").text
    assert "Messages to answer" in text_of(dov.get("/office"))
    assert "Is this mine?" in dov.get(office).text
    writes(dov, f"{office}/messages", text="Yes. " + EVIL)
    page = amina.get("/home")
    assert "We wrote you 1 message" in text_of(page)
    told = text_of(amina.get(address))
    assert "Read by the clinic on" in told
    assert "New" in told
    assert "Nothing waits for an answer." in told
    assert "We wrote you" not in text_of(amina.get("/home"))
    assert "Read by the patient on" in text_of(dov.get(f"{office}/messages"))
    assert "read your messages with us" in text_of(amina.get("/access-log"))


def test_what_was_typed_comes_back_when_a_file_is_refused(client_of: Clients) -> None:
    amina = client_of("amina")
    data = form(amina, "/messages/general", text="My long question.", file=(BytesIO(b"MZ evil"), "letter.pdf"))
    answer = amina.post("/messages/general", data=data)
    assert answer.status_code == 422
    assert "My long question." in answer.text
    assert "Problem" in text_of(answer)
    assert hidden(answer.text, "key") == data["key"]
    assert "My long question." not in amina.get("/messages/general").text
    empty = amina.post("/messages/general", data=form(amina, "/messages/general", text=" "))
    assert (empty.status_code, "Write your message first." in text_of(empty)) == (422, True)


def test_the_same_form_sent_twice_is_one_message_and_a_forged_key_writes_nowhere_else(
    client_of: Clients, reference: str
) -> None:
    amina, ben = client_of("amina"), client_of("ben")
    data = form(amina, "/messages/general", text="Marigold once.")
    for _press in range(2):
        assert amina.post("/messages/general", data=data).status_code == 303
    assert amina.get("/messages/general").text.count("Marigold once.") == 1
    other = amina.post("/messages/general", data=data | {"text": "Marigold twice."})
    assert (other.status_code, "so this is not sent yet" in other.text) == (422, True)
    assert hidden(other.text, "key") != data["key"]
    assert "Marigold twice." in other.text
    new = data | {"text": "Marigold twice.", "key": hidden(other.text, "key")}
    assert amina.post("/messages/general", data=new).status_code == 303
    for nothing in ("\u200b\u2060", "\u3164"):
        unseen = amina.post("/messages/general", data=form(amina, "/messages/general", text=nothing))
        assert (unseen.status_code, "Write your message first." in unseen.text) == (422, True)
    assert amina.post(f"/messages/{reference}", data=data).status_code == 409
    assert ben.post(f"/messages/{reference}", data=data | {"text": "Ben's own."}).status_code == 303
    assert ben.post(f"/messages/{reference}", data={"key": "no key", "text": "Without one."}).status_code == 303


def test_a_foreign_thread_is_not_there(client_of: Clients, reference: str, number: str) -> None:
    mei, lena, ben = client_of("mei"), client_of("lena"), client_of("ben")
    for path in (f"/messages/{reference}", "/messages/AR-2026-999999-A"):
        assert mei.get(path).status_code == 404
        assert mei.post(path, data={"text": "Let me in."}).status_code == 404
    for path in (f"/office/cases/{reference}/messages", f"/office/patients/{number}/messages"):
        for page in ("", "/note", "/hand", "/no-answer"):
            assert lena.get(path + page).status_code == 404
        assert lena.post(path, data={"text": "Let me in."}).status_code == 404
    assert ben.get("/messages/general").status_code in (403, 404)
    assert mei.get(f"/messages/general/files/{uuid4()}").status_code == 404


def test_a_snippet_is_put_behind_what_was_typed_and_sends_nothing(client_of: Clients, reference: str) -> None:
    amina, dov, esi = client_of("amina"), client_of("dov"), client_of("esi")
    assert "Opening" not in esi.get("/office/snippets").text
    made = esi.post("/office/snippets/new", data={"title": "Opening", "words_en": "We open at nine."})
    assert made.status_code == 303
    assert dov.get("/office/snippets").status_code == 403
    writes(amina, f"/messages/{reference}")
    address = f"/office/cases/{reference}/messages"
    page = dov.get(address).text
    choice = re.search(r'value="([0-9a-f-]{36}:en)"[^>]*>Opening', page)
    assert choice is not None
    data = form(dov, address, text="Dear Amina,", snippet=choice[1], insert="yes")
    back = dov.post(address, data=data)
    assert back.status_code == 200
    assert "Dear Amina,\n\nWe open at nine." in back.text.replace("\r", "")
    assert "We open at nine." not in amina.get(f"/messages/{reference}").text
    assert dov.post(address, data=data | {"snippet": "", "insert": "yes"}).status_code == 422
    listed = esi.get("/office/snippets").text
    place = re.search(r'href="(/office/snippets/[0-9a-f-]{36})">Opening', listed)
    assert place is not None
    changed = {"seen": "1", "title": "Opening", "words_en": "We open at eight."}
    assert esi.post(place[1], data=changed).status_code == 303
    assert "We open at nine." in esi.get(place[1]).text
    assert esi.post(f"{place[1]}/retire").status_code == 303
    assert "We open at eight." not in dov.get(address).text


def test_a_thread_is_taken_over_handed_on_and_settled(client_of: Clients, number: str) -> None:
    amina, dov, esi = client_of("amina"), client_of("dov"), client_of("esi")
    writes(amina, "/messages/general", text="Thank you all.")
    address = f"/office/patients/{number}/messages"
    assert "Take it over" in dov.get(address).text
    assert dov.post(f"{address}/take").status_code == 303
    alone = dov.get(address).text
    assert "Take it over" not in alone, "it is his already"
    assert "moves no date of the case" not in alone, "a general thread belongs to no case"
    assert "Take it over" in esi.get(address).text
    assert "Dov" in text_of(amina.get("/messages/general")).split("means to answer")[0]
    page = dov.get(f"{address}/hand").text
    choice = re.search(r'value="([0-9a-f-]{36})"[^>]*>Esi', page)
    assert choice is not None
    assert "Lena" not in page
    assert dov.post(f"{address}/hand", data={"colleague": str(uuid4())}).status_code == 422
    assert dov.post(f"{address}/hand", data={"colleague": choice[1]}).status_code == 303
    assert "answers by" in text_of(esi.get(address))
    assert number in esi.get("/office/messages?which=mine").text
    settled = form_of_no_answer(esi, address)
    assert esi.post(f"{address}/no-answer", data=settled | {"reason": "other"}).status_code == 422
    assert esi.post(f"{address}/no-answer", data=settled | {"reason": "thanks"}).status_code == 303
    assert "We took it that you wait for no answer." in text_of(amina.get("/messages/general"))
    assert esi.get(f"{address}/no-answer").status_code == 409


def form_of_no_answer(client: ReadingClient, address: str) -> dict[str, str]:
    page = client.get(f"{address}/no-answer").text
    return {"key": hidden(page, "key"), "seen": hidden(page, "seen")}


REASON = {"reason": "contact", "words": "She called about the heron on her letter."}


def readings(edge: Edge, action: str = "message.read") -> int:
    with edge.sessions() as db:
        return db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)) or 0


def test_a_thread_that_is_over_is_shown_by_no_form_without_a_reason(
    client_of: Clients, work_as: WorkAs, edge: Edge
) -> None:
    """Cora is no work of Dov's today: nothing of hers waits, and Esi answered her."""
    cora, dov, esi = client_of("cora"), client_of("dov"), client_of("esi")
    writes(cora, "/messages/general", text="About the heron.")
    place = "/office/patients/P-005388/messages"
    writes(esi, place, text="The heron flew.")
    before = readings(edge)
    for sent in ({"insert": "yes"}, {"text": " "}, {"text": "Hello."}):
        back = dov.post(place, data=sent)
        assert (back.status_code, back.headers.get("Location")) == (303, "/office/patients/P-005388/reason"), sent
        assert "heron" not in back.text
    assert readings(edge) == before
    assert dov.post("/office/patients/P-005388/reason", data=REASON).status_code == 303
    back = dov.post(place, data={"insert": "yes"})
    assert (back.status_code, "About the heron." in back.text) == (422, True)
    assert readings(edge) == before + 1
    assert "read your messages with us" in text_of(cora.get("/access-log"))


def test_what_was_typed_while_a_colleague_answered_comes_back_without_a_reason(client_of: Clients) -> None:
    cora, dov, esi = client_of("cora"), client_of("dov"), client_of("esi")
    writes(cora, "/messages/general", text="About the heron.")
    place = "/office/patients/P-005388/messages"
    begun = form(dov, place, text="My long answer on the heron.")
    writes(esi, place, text="The heron flew.")
    back = dov.post(place, data=begun)
    assert (back.status_code, "My long answer on the heron." in back.text) == (422, True)
    assert "Somebody wrote here while you did." in text_of(back)
    assert dov.post(place, data=begun | {"seen": str(uuid4())}).status_code == 303


def test_a_form_that_comes_back_with_new_messages_leaves_the_trace_and_the_receipt(
    client_of: Clients, reference: str, edge: Edge
) -> None:
    amina, ben, dov = client_of("amina"), client_of("ben"), client_of("dov")
    address = f"/messages/{reference}"
    writes(amina, address, text="Where is the heron?")
    assert "Not read by the clinic yet" in text_of(amina.get(address))
    before = readings(edge)
    assert dov.post(f"/office/cases/{reference}/messages", data={"text": " "}).status_code == 422
    assert readings(edge) == before + 1
    assert "Read by the clinic on" in text_of(amina.get(address))
    writes(dov, f"/office/cases/{reference}/messages", text="It flew.")
    before = readings(edge)
    back = ben.post(address, data={"text": " "})
    assert (back.status_code, "It flew." in back.text) == (422, True)
    assert readings(edge) == before + 1
    assert "Ben" in text_of(dov.get(f"/office/cases/{reference}/messages")).rpartition("It flew.")[2]


def test_an_answer_to_what_one_has_not_read_comes_back_with_it(client_of: Clients, reference: str) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    writes(amina, f"/messages/{reference}", text="First.")
    address = f"/office/cases/{reference}/messages"
    begun = form(dov, address, text="My answer to the first.")
    writes(amina, f"/messages/{reference}", text="Second, quite different.")
    back = dov.post(address, data=begun)
    assert back.status_code == 422
    assert "Second, quite different." in back.text
    assert "My answer to the first." in back.text
    again = {"key": hidden(back.text, "key"), "seen": hidden(back.text, "seen"), "text": "To both."}
    assert dov.post(address, data=again).status_code == 303


def links(client: ReadingClient, path: str) -> set[str]:
    return set(re.findall(r'(?:href|action)="(/[^"#]*)"', client.get(path).text))


@pytest.mark.slow
def test_an_older_page_carries_no_form_so_that_nobody_answers_past_the_newest(
    client_of: Clients, reference: str
) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    for words in ("The first.", "The second."):
        writes(amina, f"/messages/{reference}", text=words)
    place = f"/office/cases/{reference}/messages"
    second = re.findall(r'id="m-([0-9a-f-]+)"', dov.get(place).text)[-1]
    older = dov.get(f"{place}?before={second}")
    assert "The first." in older.text
    assert "The second." not in older.text
    assert 'name="seen"' not in older.text
    assert "Go to the newest messages" in text_of(older)


def test_while_our_question_is_open_the_thread_says_where_to_answer_it(client_of: Clients, work_as: WorkAs) -> None:
    reference = stages.asked(work_as, "amina")
    amina, dov = client_of("amina"), client_of("dov")
    page = amina.get(f"/messages/{reference}")
    assert "We have asked you something. A message does not answer it." in text_of(page)
    [place] = set(re.findall(r'href="([^"]*answer[^"]*)"', page.text))
    for office in (f"/office/cases/{reference}", f"/office/cases/{reference}/messages"):
        assert "A message here does not answer it." in text_of(dov.get(office))
    assert amina.post(place, data={"text": "All of it, please."}).status_code == 303
    assert "We have asked you something" not in text_of(amina.get(f"/messages/{reference}"))
    assert "A message here does not answer it." not in text_of(dov.get(f"/office/cases/{reference}/messages"))


def test_a_mail_about_the_general_thread_that_was_given_up_stands_on_its_page(
    client_of: Clients, work_as: WorkAs, number: str
) -> None:
    dov = client_of("dov")
    writes(client_of("amina"), "/messages/general")
    place = f"/office/patients/{number}/messages"
    writes(dov, place, text="We keep it for sixteen years.")
    assert "No e-mail about these messages reached" not in text_of(dov.get(place))
    with work_as("system") as work:
        kind = Job.kind == "message_notice", Job.payload.contains('"message"')
        for job in work.db.scalars(select(Job).where(*kind)):
            job.status = "dead"
    assert "No e-mail about these messages reached Amina Haddad" in text_of(dov.get(place))


def test_the_internal_note_is_on_no_page_of_the_patients_side(
    client_of: Clients, work_as: WorkAs, edge: Edge, worker: Worker, number: str
) -> None:
    """Every page of hers that leads to another, exports, register, log, package and messages: the canary is in none."""
    Week(work_as, edge).everything(worker)
    dov = client_of("dov")
    with work_as("amina", writes=False) as work:
        listed = message_threads.of_patient(work, patients.own(work))
        references = [each.thread.reference for each in listed if each.thread.reference]
    assert len(references) > 10
    places = [f"/office/cases/{reference}/messages" for reference in references]
    for place in (*places, f"/office/patients/{number}/messages"):
        key = hidden(dov.get(f"{place}/note").text, "key")
        assert dov.post(f"{place}/note", data={"key": key, "note": CANARY}).status_code == 303
        assert CANARY in dov.get(place).text
    assert CANARY in dov.get(f"/office/cases/{references[0]}").text
    worker.drain()
    for who in ("amina", "ben"):
        client, seen = client_of(who), {"/home", "/messages", "/access-log.csv", "/disclosures.csv"}
        todo = set(seen)
        while todo:
            path = todo.pop()
            answer = client.get(path)
            assert CANARY.encode() not in answer.data, path
            if answer.mimetype == "text/html" and answer.status_code == 200:
                found = {each for each in links(client, path) if not each.startswith(("/static", "/sign-", "/leave"))}
                todo |= found - seen
                seen |= found
        assert len(seen) > 60, who
        assert any(each.startswith("/messages/") for each in seen)
    outbox = b"".join(path.read_bytes() for path in (edge.config.data_dir / "outbox").glob("*"))
    assert CANARY.encode() not in outbox


def test_no_template_of_the_patients_draws_internal_notes() -> None:
    from tests.test_architecture import ROOT

    for folder in ("patient", "account", "public", "letters", "packages", "emails", "registers"):
        for path in (ROOT / "templates" / folder).rglob("*.*"):
            assert "internal_note" not in path.read_text("utf-8"), path
    for path in (ROOT / "portal" / "web").rglob("*.py"):
        if "internal_notes" in path.read_text("utf-8"):
            assert path.parent.name == "office", path
