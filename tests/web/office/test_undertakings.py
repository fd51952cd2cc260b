"""Before the office opens, everybody who works here stands by two texts; and again after a year."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal.domain.undertakings import current
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.staff import Acknowledgement
from portal.services import undertakings
from portal.services.work import Work
from tests.conftest import Clockwork, open_session
from tests.pages import Page, ReadingClient, text_of

Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]


@pytest.fixture
def nobody_stood_by(work_as: WorkAs) -> None:
    with work_as("system") as work:
        work.db.execute(delete(Acknowledgement))


def shown(client: ReadingClient) -> str:
    fields: list[dict[str, Any]] = []

    class Fields(Page):
        def _note(self, tag: str, facts: dict[str, str | None]) -> None:
            super()._note(tag, facts)
            if facts.get("name") == "shown":
                fields.append(facts)

    Fields(client.get("/office/undertaking").get_data(as_text=True))
    return str(fields[0]["value"])


@pytest.mark.usefixtures("nobody_stood_by")
@pytest.mark.parametrize("name", ["dov", "femi", "esi"])
def test_no_other_page_of_the_office_opens_before(client_of: Clients, name: str) -> None:
    client = client_of(name)
    for path in ("/office", "/office/cases", "/office/patients", "/office/patients/P-004117"):
        assert client.get(path).headers["Location"] == "/office/undertaking", path
    assert client.post("/office/patients", data={"wanted": "Had"}).headers["Location"] == "/office/undertaking"


@pytest.mark.usefixtures("nobody_stood_by")
def test_both_texts_stand_there_in_full(client_of: Clients) -> None:
    page = text_of(client_of("dov").get("/office/undertaking"))
    for promise in current().promises:
        assert promise in page
    policy = text_of(client_of("dov").get("/policy"))
    for clause in ("We collect only what we need", "You can see who looked", "When you are not satisfied"):
        assert clause in page
        assert clause in policy
    assert "<span" not in page + policy  # a mark-up that was escaped would be read aloud


@pytest.mark.usefixtures("nobody_stood_by")
def test_one_button_records_both_with_version_and_digest(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    client.get("/office/cases")
    answer = client.post("/office/undertaking", data={"shown": shown(client)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/office/cases")
    assert client.get("/office/cases").status_code == 200
    with work_as("dov", writes=False) as work:
        rows = work.db.scalars(select(Acknowledgement)).all()
        assert {(row.account_id, row.document, row.version) for row in rows} == {
            (work.actor.id, document.value, version) for document, version in undertakings.versions(work).items()
        }
        assert len({row.digest for row in rows}) == 2
        written = work.db.scalars(select(AuditEntry.text).where(AuditEntry.action == "undertaking.acknowledged")).all()
        assert [row.digest for row in rows if not any(row.digest in text for text in written)] == []


@pytest.mark.usefixtures("nobody_stood_by")
def test_another_text_than_was_shown_is_not_stood_by(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    answer = client.post("/office/undertaking", data={"shown": "0" * 129})
    assert answer.status_code == 422
    assert "The text has changed since you opened the page." in text_of(answer)
    assert client.get("/office").status_code == 303


def test_it_is_asked_again_after_a_year_and_not_before(app: Flask, edge: Edge, clock: Clockwork) -> None:
    def first_page() -> int:
        client = app.test_client()
        assert isinstance(client, ReadingClient)
        open_session(edge, client, "dov")
        return client.get("/office").status_code

    clock.move(days=364)
    assert first_page() == 200
    clock.move(days=1)
    assert first_page() == 303


def test_a_text_that_was_changed_is_asked_for_at_once(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    assert client.get("/office").status_code == 200
    with work_as("system") as work:
        for row in work.db.scalars(select(Acknowledgement)):
            row.version = "2020-01-01"
    assert client_of("dov").get("/office").status_code == 303


def test_a_patient_is_not_asked(client_of: Clients) -> None:
    assert client_of("amina").get("/home").status_code == 200
    assert client_of("amina").get("/office/undertaking").status_code == 404
