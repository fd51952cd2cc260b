"""The form on paper that asks the office outside the clinic for a review: its address, what it asks, where it is."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO

import pikepdf
import pytest
from sqlalchemy import select

from portal.domain import paper_forms, paper_sheets, review_sheets
from portal.domain.access_requests import Outcome, Stage
from portal.domain.jurisdictions import profile
from portal.models.accuracy_notes import AccuracyNote
from portal.models.cases import Case
from portal.services.work import Work
from tests.adapters.printing import texts
from tests.pages import ReadingClient, text_of
from tests.services.test_accuracy_notes import pointed_out
from tests.web.patient import stages

BC = profile("ca-bc")
WorkAs = Callable[..., AbstractContextManager[Work]]
ClientOf = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")


def test_it_is_addressed_to_the_office_and_asks_all_that_the_law_sheet_names(visitor: ReadingClient) -> None:
    answer = visitor.get("/forms/review.pdf?language=en")
    said, sheet, body = re.sub(r"\s+", " ", " ".join(texts(answer.data))), review_sheets.sheet(BC), BC.review_body
    assert answer.status_code == 200
    wanted = [body.name, *body.address, body.phone, body.email, BC.review_words, sheet.lead, *review_sheets.WHO]
    wanted += [question.label for question in sheet.questions]
    wanted += [choice for question in sheet.questions for choice in question.choices]
    for words in wanted:
        assert " ".join(words.split()) in said, words
    assert "Procerus" in said, "about which clinic it is"
    assert not re.search(r"\b[FP][0-9A-Z]{3}-[0-9A-Z]", said), "it carries no code: it does not come back to us"
    with pikepdf.open(BytesIO(answer.data)) as pdf:
        assert (bool(pdf.Root.MarkInfo.Marked), str(pdf.Root.Lang), len(pdf.pages)) == (True, "en", 2)


def test_it_is_offered_in_both_languages_and_in_large_print_to_anybody(visitor: ReadingClient) -> None:
    page = visitor.get("/forms")
    for each in ("language=en", "language=fr", "language=en&amp;large=1"):
        assert f"/forms/review.pdf?{each}" in page.text
    assert BC.review_body.name in text_of(page)
    plain, large = (len(texts(visitor.get(f"/forms/review.pdf?language=en{more}").data)) for more in ("", "&large=1"))
    assert large > plain
    with pikepdf.open(BytesIO(visitor.get("/forms/review.pdf?language=fr").data)) as pdf:
        assert str(pdf.Root.Lang) == "fr"
    assert all(form.id != "review" for form in paper_forms.FORMS), "the address is this form's alone"


def test_whoever_can_be_answered_without_a_file_says_where() -> None:
    for form in paper_forms.FORMS:
        asked = {paper_sheets.ADDRESS, paper_sheets.EMAIL} <= set(paper_sheets.who(form))
        assert asked == (form.id != "contact"), form.id


def test_it_is_offered_with_a_decision_that_does_not_find_her_right_and_not_before(
    client_of: ClientOf, work_as: WorkAs
) -> None:
    offered, amina, reference = "/forms#review", client_of("amina"), pointed_out(work_as)
    for outcome, there in ((None, False), ("corrected", False), ("corrected_in_part", True), ("annotated", True)):
        with work_as("system") as work:
            case = work.db.scalars(select(AccuracyNote).where(AccuracyNote.reference == reference)).one()
            case.outcome, case.decided_on = outcome, work.today
        page = amina.get(f"/accuracy-notes/{reference}")
        assert (page.status_code, offered in page.text) == (200, there), outcome


def test_it_is_offered_with_a_refusal_and_not_before(client_of: ClientOf, work_as: WorkAs) -> None:
    offered, mei = "/forms#review", client_of("mei")
    reference = stages.gathering(work_as)
    before = mei.get(f"/access-requests/{reference}")
    assert (before.status_code, offered in before.text) == (200, False)
    with work_as("system") as work:
        case = work.db.scalars(select(Case).where(Case.reference == reference)).one()
        case.stage, case.outcome, case.is_open = Stage.CLOSED, Outcome.REFUSED, False
    assert offered in mei.get(f"/access-requests/{reference}").text
