"""Who was told no: the entry each request leaves, and the administrator's page."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.services import alarms
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs

Clients = Callable[[str], ReadingClient]
pytestmark = pytest.mark.usefixtures("sqlite_only")


def entries(edge: Edge) -> list[str]:
    with edge.sessions() as db:
        return list(db.scalars(select(AuditEntry.action).where(AuditEntry.action == alarms.REFUSED)))


def test_what_is_anothers_and_what_is_not_there_leave_one_entry_each(
    client_of: Clients, work_as: WorkAs, edge: Edge
) -> None:
    reference, mei = stages.sent(work_as), client_of("amina")
    for n, path in enumerate((f"/access-requests/{reference}", "/access-requests/AR-2026-999999-A"), 1):
        assert mei.get(path).status_code == 404
        assert len(entries(edge)) == n
    assert mei.post(f"/access-requests/{reference}/withdraw").status_code == 404
    assert len(entries(edge)) == 3
    assert mei.get("/policy").status_code == 200
    assert len(entries(edge)) == 3


def test_a_no_to_nobody_in_particular_and_a_page_that_never_was_leave_none(
    client_of: Clients, visitor: ReadingClient, edge: Edge
) -> None:
    visitor.get("/access-requests/AR-2026-999999-A")
    visitor.get("/office/alarms")
    client_of("mei").get("/no-such-page")
    assert entries(edge) == []


def test_the_administrator_reads_who_it_was_and_nobody_else_does(client_of: Clients) -> None:
    mei = client_of("mei")
    assert text_of(client_of("esi").get("/office/alarms")).count("Nobody was told no.") == 1
    for _time in range(12):
        mei.get("/access-requests/AR-2026-999999-A")
    page = text_of(client_of("esi").get("/office/alarms"))
    assert page.count("GET /access-requests/<reference>") == 10
    assert "Ten times within an hour: we wrote to the administrators." in page
    assert "999999" not in page
    for name in ("dov", "femi"):
        assert client_of(name).get("/office/alarms").status_code == 403
