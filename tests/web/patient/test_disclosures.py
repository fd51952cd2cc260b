"""Who received her information: she reads it, sifts it, takes it along; and the log of who looked tells every act."""

import ast
import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from portal.domain.access_log import LOOKED, TOLD_ELSEWHERE
from portal.domain.access_requests import WORKFLOW
from portal.edges import Edge
from portal.services import disclosures, patients, unasked_disclosures
from portal.services.unasked_disclosures import Past
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.services.test_disclosures import by_two, somebody, to_police
from tests.services.test_may_we import AMINA
from tests.web.patient.stages import WorkAs

ClientOf = Callable[[str], ReadingClient]
SERVICES = Path(__file__).resolve().parents[3] / "portal" / "services"


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_row_88_she_reads_the_register_and_sifts_it_by_recipient_and_time(client_of: ClientOf) -> None:
    amina = client_of("amina")
    page = amina.get("/disclosures")
    assert "PO Box 1180, Victoria BC" in text_of(page)
    assert "<option>Cedar Strait Mutual Insurance, disability claims</option>" in page.text
    one = text_of(amina.get("/disclosures?recipient=PharmaCare Special Authority"))
    assert "Coverage of a medicine" in one
    assert "Her claim for time away from work" not in one
    some = text_of(amina.get("/disclosures?since=2021-01-01&until=2023-12-31"))
    assert "Her claim for time away from work" in some
    assert "Coverage of a medicine" not in some
    assert "Examination of the removed mole" not in some
    assert amina.get("/disclosures?since=yesterday").status_code == 422
    assert "Nothing is written down for what you chose." in text_of(amina.get("/disclosures?recipient=Nobody"))


def test_an_address_of_hers_carries_on_nothing_but_what_the_list_knows(client_of: ClientOf) -> None:
    page = client_of("amina").get("/disclosures?recipient=Nobody&_external=1&_scheme=javascript&_anchor=x&for=")
    assert "javascript:" not in page.text


def test_row_88_she_takes_it_along_as_a_table_and_on_paper(client_of: ClientOf) -> None:
    amina = client_of("amina")
    table = amina.get("/disclosures.csv?until=2023-12-31")
    rows = rows_of(table)
    assert rows[0][:3] == ["Date", "Who received it", "Address"]
    assert len(rows) == 4
    assert rows[1][:3] == [
        "2023-06-02",
        "Cedar Strait Mutual Insurance, disability claims",
        "PO Box 1180, Victoria BC  V8W 0Y3",
    ]
    assert table.headers["Content-Disposition"].startswith("attachment;")
    paper = amina.get("/disclosures.pdf")
    assert paper.status_code == 200
    with pikepdf.open(io.BytesIO(paper.data)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang).startswith("en")
    assert "downloaded the list of who received your information, 2 times" in text_of(amina.get("/access-log"))


def test_c05_what_staff_typed_is_text_in_her_spreadsheet(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("esi") as work:
        evil = Past('=HYPERLINK("http://x")', work.today, "+1", "@SUM(A1)", "-2", ("=1", "\t=2"), "=3")
        unasked_disclosures.note_past(work, patients.find(work, AMINA), evil)
    for cell in rows_of(client_of("amina").get("/disclosures.csv"))[1]:
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell


def test_nobody_takes_along_what_is_somebody_elses(client_of: ClientOf, work_as: WorkAs) -> None:
    with work_as("amina", writes=False) as work:
        key = patients.own(work).id
    for path in ("/disclosures.csv", "/disclosures.pdf", "/access-log.csv"):
        assert client_of("cora").get(f"{path}?for={key}").status_code == 404


def test_idea_18_the_patient_finds_an_entry_that_was_held_back_until_yesterday(
    client_of: ClientOf, work_as: WorkAs, clock: Clockwork
) -> None:
    police = somebody(work_as, "Nanaimo RCMP", "police")
    with work_as("dov", writes=False) as work:
        until = work.today + timedelta(10)
    amina = client_of("amina")
    before = [text_of(amina.get(path)) for path in ("/disclosures", "/access-log")]
    by_two(work_as, to_police(police, kept_for="investigation", shown_from=until))
    assert [text_of(amina.get(path)) for path in ("/disclosures", "/access-log")] == before
    assert "RCMP" not in amina.get("/disclosures.csv").get_data(as_text=True)
    clock.move(days=11)
    words = text_of(client_of("amina").get("/disclosures"))
    assert "Nanaimo RCMP" in words
    assert "It stands here since 3 December 2026. We told you of this later, because an investigation was open" in words
    assert "RCMP" in client_of("amina").get("/disclosures.csv").get_data(as_text=True)


def test_row_89_the_log_is_sifted_by_person_and_time_and_taken_along(
    client_of: ClientOf, work_as: WorkAs, edge: Edge, clock: Clockwork
) -> None:
    for days, who in enumerate(("dov", "esi")):
        clock.move(days=days)
        with work_as(who) as work:
            patients.opened(work, patients.find(work, AMINA))
    amina = client_of("amina")
    page = amina.get("/access-log")
    dov = re.search(r'<option value="([-0-9a-f]{36})">Dov Levin</option>', page.text)
    assert dov
    his = text_of(amina.get(f"/access-log?who={dov[1]}")).split("Skip to")[-1]
    assert "Dov Levin, front office, opened your file." in his
    assert "office administrator, opened your file" not in his
    later = text_of(amina.get("/access-log?since=2026-11-24"))
    assert "office administrator, opened your file" in later
    assert "Dov Levin, front office, opened your file." not in later
    rows = rows_of(amina.get("/access-log.csv?until=2026-11-23"))
    assert ["2026-11-23 10:00:00", "Dov Levin", "front office", "opened your file", ""] in rows
    assert amina.get("/access-log?who=somebody").status_code == 422


# Written with an action that is chosen before.
CHOSEN = {"access.refused", "access.not_allowed", "contact_plan.written"} | {
    *(f"message.{what}" for what in ("untold_read", "told", "not_told")),
    *(f"incoming.was_{what}_others" for what in ("opened_by", "shown_to")),
    "disclosure_notice.settled",  # by a portal of before, in the trails of clinics
}


def actions_about_patients() -> Iterator[str]:
    """Every action the services write into a patient's chain; an action that is put together ends in a star."""
    for path in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = getattr(node.func, "attr", "") if isinstance(node, ast.Call) else ""
            if (
                name in ("record", "record_of", "record_told", "record_anyway")
                and getattr(node.func.value, "id", "") == "audit"
            ):  # type: ignore[attr-defined]
                action, *whose = node.args[1 if name in ("record", "record_of") else 2 :]  # type: ignore[attr-defined]
                if whose and getattr(whose[0], "value", whose[0]) is not None:  # None: it is about no patient
                    yield from spelled(action)


def spelled(action: ast.expr) -> Iterator[str]:
    if isinstance(action, ast.Constant):
        yield str(action.value)
    elif isinstance(action, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in action.values)


def test_row_89_every_act_about_a_patient_is_told_in_plain_words() -> None:
    found = set(actions_about_patients())
    assert {"patient.read", "case.*", "disclosure.recorded", "consent.checked"} <= found
    silent = {each for each in found - set(LOOKED) if not any(fnmatch(each, one) for one in TOLD_ELSEWHERE)}
    assert silent == set(), "say these in LOOKED, or why not"
    known = {f"case.{step.event}" for step in WORKFLOW.steps} | found | CHOSEN
    assert {each for each in LOOKED if not any(fnmatch(each, one) for one in known)} == set()


def test_what_only_she_may_read_is_not_told_to_who_acts_for_her(
    client_of: ClientOf, work_as: WorkAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    from portal.services import access_log

    monkeypatch.setattr(access_log, "HERS_ALONE", frozenset({"patient.read"}))
    with work_as("dov") as work:
        patients.opened(work, patients.find(work, AMINA))
    assert "opened your file" in text_of(client_of("amina").get("/access-log"))
    assert "opened your file" not in text_of(client_of("ben").get("/access-log"))


def test_a_letter_to_who_acts_for_her_names_no_more_than_that_person_may_know(
    work_as: WorkAs, clock: Clockwork
) -> None:
    police = somebody(work_as, "Nanaimo RCMP", "police")
    with work_as("dov", writes=False) as work:
        until = work.today + timedelta(2)
    by_two(work_as, to_police(police, kept_for="safety", shown_from=until))
    clock.move(days=3)
    with work_as("dov", writes=False) as work:
        key = patients.find(work, AMINA).id
        hers = {row.recipient for row, _why, _what in disclosures.recorded(work, key)}
        others = {row.recipient for row, _why, _what in disclosures.recorded(work, key, to_herself=False)}
    assert hers - others == {"Nanaimo RCMP"}
