"""Forms on paper: printed blank, for her, or at the counter; and the code that opens the page to enter each."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from typing import Any

import pikepdf
import pytest
import segno
from sqlalchemy import func, select

from portal.adapters.qr_codes import SQUARE
from portal.domain import paper_forms as rules
from portal.domain import paper_sheets
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.models.accounts import Account
from portal.models.paper_forms import PaperForm as Row
from portal.services import complaints as complaint_services
from portal.services import paper_forms, patients
from portal.services.work import Work
from portal.web import contact_form
from portal.web.office import representative_forms
from portal.web.patient import accuracy_notes, complaints, draft_forms
from tests.adapters.printing import texts
from tests.pages import ReadingClient, text_of
from tests.services.test_complaints import said as complaint

WorkAs = Callable[..., AbstractContextManager[Work]]
ClientOf = Callable[[str], ReadingClient]
BC = profile("ca-bc")
ALL = [(form.id, purpose) for form in rules.offered(BC) for purpose in (
    [each.id for each in rules.asked()] if form.id == "consent" else [""])]  # fmt: skip
MOST_PAGES = {"access": 3, "consent": 4, "contact": 3, "representative": 3}
NUMBER = "P-004117"


def code_on(data: bytes) -> str:
    found = re.search(r"\b[FP][0-9A-Z]{3}(-[0-9A-Z]{1,4})+", texts(data)[0])
    assert found, "no code on the first page"
    return found[0]


def words_on(data: bytes) -> str:
    return re.sub(r"\s+", " ", " ".join(texts(data)))


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize(("form", "purpose"), ALL)
def test_each_form_is_a_tagged_pdf_with_every_question_and_its_code_on_each_page(
    visitor: ReadingClient, form: str, purpose: str
) -> None:
    data = visitor.get(f"/forms/{form}.pdf", query_string={"purpose": purpose, "language": "en"}).data
    pages, said = texts(data), words_on(data)
    with pikepdf.open(BytesIO(data)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "en"
    assert len(pages) <= MOST_PAGES.get(form, 2)
    sheet = paper_sheets.sheet(rules.find(form, BC), purpose)
    for question in sheet.questions:
        for words in (question.label, question.hint, *question.choices):
            assert " ".join(words.split()) in said, words
    for label in (*paper_sheets.who(rules.find(form, BC)), paper_sheets.SIGNATURE, paper_sheets.TODAY):
        assert label in said
    code = code_on(data)
    assert all(code in page for page in pages), "the code stands at the foot of every page"
    found = rules.say(rules.read(code), BC)
    assert (found.form.id, found.purpose, found.language, found.is_old) == (form, purpose, "en", False)


def test_the_page_of_forms_is_for_anybody_in_both_languages_and_in_large_print(
    visitor: ReadingClient, sqlite_only: None
) -> None:
    page = visitor.get("/forms")
    assert page.status_code == 200
    for form, _purpose in ALL:
        assert f"/forms/{form}.pdf" in page.text
    plain = visitor.get("/forms/contact.pdf?language=en").data
    large = visitor.get("/forms/contact.pdf?language=en&large=1").data
    french = visitor.get("/forms/contact.pdf?language=fr").data
    assert len(texts(large)) > len(texts(plain))
    with pikepdf.open(BytesIO(french)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
    assert rules.say(rules.read(code_on(french)), BC).language == "fr"
    for wrong in (
        "/forms/nothing.pdf",
        "/forms/statement.pdf",
        "/forms/consent.pdf",
        "/forms/access.pdf?purpose=research",
        "/forms/access.pdf?purpose=zz",
        "/forms/consent.pdf?purpose=zz",
    ):
        assert visitor.get(wrong).status_code == 404


def test_the_square_holds_the_code_alone_and_can_be_read_from_the_page(
    visitor: ReadingClient, sqlite_only: None
) -> None:
    data = visitor.get("/forms/complaint.pdf?language=en").data
    matrix = segno.make(code_on(data), error="q", micro=False).matrix
    with pikepdf.open(BytesIO(data)) as pdf:
        (drawn,) = [pikepdf.PdfImage(each).as_pil_image().convert("L") for each in pdf.pages[0].get_images().values()]
    side = len(matrix) + 8
    assert drawn.size == (side * SQUARE, side * SQUARE), "with the quiet border that scanners need"
    middle = SQUARE // 2
    for row, squares in enumerate(matrix, start=4):
        seen = [drawn.getpixel((column * SQUARE + middle, row * SQUARE + middle)) for column in range(4, side - 4)]
        assert [pixel < 128 for pixel in seen] == [bool(square) for square in squares]  # type: ignore[operator]


def labels(*forms: Any) -> set[str]:
    """What the portal's own forms ask: each field's label as the code says it."""
    found = set()
    for form in forms:
        for name in dir(form):
            field = getattr(form, name)
            kwargs = getattr(field, "kwargs", None)
            if kwargs is not None and hasattr(field, "field_class"):
                found.add(str(field.args[0] if field.args else kwargs.get("label", "")))
    return found


PORTAL_ASKS = {
    "access": (draft_forms.KindForm, draft_forms.WhatForm, draft_forms.KindsForm, draft_forms.DatesForm,
               draft_forms.WordsForm, *[each for each in vars(draft_forms).values() if isinstance(each, type)]),
    "accuracy": tuple(each for each in vars(accuracy_notes).values() if isinstance(each, type)),
    "complaint": tuple(each for each in vars(complaints).values() if isinstance(each, type)),
    "contact": (contact_form.PlanFields,),
    "representative": (representative_forms.PowerForm,),
}  # fmt: skip
ON_PAPER_ONLY = {"Mailing address of who will act", "Signature of who will act", "Name and signature of a witness"}


@pytest.mark.parametrize("form", PORTAL_ASKS)
def test_paper_asks_in_the_words_of_the_portal(form: str) -> None:
    on_paper = {question.label for question in paper_sheets.sheet(rules.find(form, BC)).questions}
    assert on_paper - labels(*PORTAL_ASKS[form]) - ON_PAPER_ONLY == set()


def test_of_a_form_there_is_not_nothing_is_kept(client_of: ClientOf, work_as: WorkAs, sqlite_only: None) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    for form in ("complaint", "access", "consent"):
        for client, place in ((amina, f"/forms/{form}/mine"), (dov, f"/office/patients/P-004117/paper-forms/{form}")):
            assert client.post(place, data={"purpose": "zz"}).status_code == 404
    with work_as("system", writes=False) as work:
        assert work.db.scalars(select(Row)).all() == []


# The code comes back.


def typed(client: ReadingClient, code: str, **more: str) -> Any:
    return client.post("/office/paper-forms", data={"code": code, **more})


def printed_by(client: ReadingClient, form: str, **more: str) -> str:
    answer = client.post(f"/forms/{form}/mine", data=more)
    assert answer.status_code == 200, text_of(answer)
    return code_on(answer.data)


OPENS = {
    "access": "/office/patients/P-004117/requests/new",
    "accuracy": "/office/patients/P-004117/accuracy-notes/new",
    "complaint": "/office/patients/P-004117/complaints/new",
    "consent": "/office/patients/P-004117/consents/new",
    "withdrawal": "/office/patients/P-004117/consents",
    "representative": "/office/patients/P-004117/representatives/new",
    "contact": "/office/patients/P-004117/contact",
}


@pytest.mark.parametrize("form", OPENS)
def test_a_form_she_printed_opens_for_her_when_its_code_is_typed(
    client_of: ClientOf, form: str, sqlite_only: None
) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    more = {"purpose": "research"} if form == "consent" else {}
    code = printed_by(amina, form, **more)
    answer = typed(dov, f" {code.lower().replace('-', ' ')} ")
    assert answer.status_code == 303, text_of(answer)
    path, _mark, asked = answer.location.partition("?")
    assert path == OPENS[form]
    assert f"code={code}" in asked
    page = dov.get(answer.location)
    assert page.status_code == 200
    if form in ("access", "accuracy", "complaint", "consent"):
        assert re.search(r'value="paper"[^>]*checked|checked[^>]*value="paper"', page.text), "it came on paper"


def test_printed_at_home_brought_to_the_counter_typed_twice(
    client_of: ClientOf, work_as: WorkAs, sqlite_only: None
) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    code = printed_by(amina, "complaint")
    place = typed(dov, code).location
    once = re.search(r'name="once"[^>]*value="([^"]+)"', dov.get(place).text)
    assert once
    said = {
        "once": once[1], "channel": "paper", "came_on-day": "20", "came_on-month": "11", "came_on-year": "2026",
        "came_on": "2026-11-20", "verified": "She stood before me.", "about": "access_late",
        "words": "I asked for my record six weeks ago and heard nothing.",
    }  # fmt: skip
    entered = dov.post(place, data=said)
    assert entered.status_code == 303, text_of(entered)
    again = typed(dov, code)
    assert again.location == entered.location, "the code opens the case it became"
    with work_as("system") as work:
        row = work.db.scalars(select(Row).where(Row.code == code)).one()
        assert row.entered_by_name == "Dov Levin"
        assert row.case_id is not None
    twice = dov.post(place, data=said | {"once": "0190f7a8-0000-7000-8000-000000000000"})
    assert twice.status_code == 409, "and nothing is entered twice"


def test_at_the_counter_a_form_carries_her_name_and_number(client_of: ClientOf, sqlite_only: None) -> None:
    dov = client_of("dov")
    page = text_of(dov.get(f"/office/patients/{NUMBER}/paper-forms"))
    assert "Her name and number are on it already." in page
    data = dov.post(f"/office/patients/{NUMBER}/paper-forms/access", data={"language": "en"}).data
    assert NUMBER in words_on(data)
    assert "Amina Haddad" in words_on(data)
    assert "printed a form with your name on it" in text_of(client_of("amina").get("/access-log"))


def test_a_blank_form_asks_for_the_patient(client_of: ClientOf, visitor: ReadingClient, sqlite_only: None) -> None:
    dov, code = client_of("dov"), code_on(visitor.get("/forms/access.pdf?language=en").data)
    asked = typed(dov, code)
    assert asked.status_code == 200
    assert "This is our blank form “Ask for my record”." in text_of(asked)
    assert typed(dov, code, number=NUMBER).location.startswith(OPENS["access"])
    nobody = typed(dov, code, number="P-999999")
    assert (nobody.status_code, "There is no such patient" in text_of(nobody)) == (422, True)


def test_each_wrong_code_gets_one_sentence(client_of: ClientOf, work_as: WorkAs, clock: Any, sqlite_only: None) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    code = printed_by(amina, "contact")
    slip = code[:-1] + ("A" if code[-1] != "A" else "C")
    for wrong, sentence in (
        ("", "Scan the square on the form"),
        ("hello", "This is no code of our forms."),
        (slip, "One sign of this code does not fit"),
        (rules.new_code(), "We do not know this code."),
    ):
        answer = typed(dov, wrong)
        assert (answer.status_code, sentence in text_of(answer)) == (422, True), wrong
    with work_as("system") as work:
        work.db.scalars(select(Row).where(Row.code == code)).one().version = 0
    old = typed(dov, code)
    assert old.status_code == 303
    assert "It counts." in text_of(dov.get(old.location))
    assert typed(client_of("lena"), code).status_code == 422, "a physician of others knows no such code"


def test_whom_a_complaint_names_does_not_learn_of_it_by_the_code_of_its_form(
    client_of: ClientOf, work_as: WorkAs, sqlite_only: None
) -> None:
    code = printed_by(client_of("amina"), "complaint")
    with work_as("amina") as work:
        dov = work.db.scalars(select(Account).where(Account.email == "dov@clinic.example")).one().id
        case = complaint_services.send(work, patients.own(work), complaint(people=frozenset({dov})))
    with work_as("esi") as work:
        paper_forms.entered(work, patients.find(work, NUMBER), code, case.id)
    unknown = text_of(typed(client_of("dov"), rules.new_code()))
    answer = typed(client_of("dov"), code)
    assert (answer.status_code, "We do not know this code." in text_of(answer)) == (422, True)
    assert "We do not know this code." in unknown
    with work_as("dov") as work, pytest.raises(Invalid, match="We do not know this code"):
        paper_forms.entered(work, patients.find(work, NUMBER), code)
    assert typed(client_of("esi"), code).status_code == 303


def test_a_print_too_many_keeps_no_code(client_of: ClientOf, work_as: WorkAs, sqlite_only: None) -> None:
    amina, dov = client_of("amina"), client_of("dov")
    for client, place in ((amina, "/forms/contact/mine"), (dov, f"/office/patients/{NUMBER}/paper-forms/contact")):
        client.get("/home")
        turns = [client.post(place, data={"language": "en"}).status_code for _print in range(11)]
        assert turns == [200] * 10 + [429]
    with work_as("system", writes=False) as work:
        assert work.db.scalar(select(func.count()).select_from(Row)) == 20


def test_a_form_of_another_patient_is_not_entered_for_this_one(
    client_of: ClientOf, work_as: WorkAs, sqlite_only: None
) -> None:
    code = printed_by(client_of("mei"), "contact")
    with work_as("dov") as work, pytest.raises(Invalid, match="printed for another patient"):
        paper_forms.entered(work, patients.find(work, NUMBER), code)
