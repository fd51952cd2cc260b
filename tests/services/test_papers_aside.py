"""A scan that is not ours is destroyed in two steps, and nothing that might be a request is lost on the way."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain import incoming_papers as rules
from portal.domain.audit import PORTAL_CHAIN
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.dispatches import IncomingPaper
from portal.services import incoming_papers, paper_lists, papers_aside, recurring_jobs
from portal.services.incoming_papers import Came
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.services.test_correspondence import Looked, asks_at_the_counter, without_account
from tests.test_concurrency import at_once

WorkAs = Callable[..., AbstractContextManager[Work]]
WORDS = "Addressed to the dentist on the second floor."


def in_tray(work_as: WorkAs) -> UUID:
    with work_as("dov") as work:
        return incoming_papers.receive(work, Looked, Came("post", work.today, "R. Quist")).id


def put_aside(work_as: WorkAs, who: str, key: UUID) -> bool:
    with work_as(who) as work:
        row = incoming_papers.find(work, key, lock=True)
        return papers_aside.put_aside(work, row, "another_addressee", WORDS)


def aside(work_as: WorkAs) -> UUID:
    key = in_tray(work_as)
    assert put_aside(work_as, "dov", key)
    return key


def brought_back(work_as: WorkAs, who: str, key: UUID) -> bool:
    with work_as(who) as work:
        return papers_aside.bring_back(work, incoming_papers.find(work, key, lock=True))


def destroyed(work_as: WorkAs, who: str, key: UUID) -> None:
    with work_as(who) as work:
        papers_aside.destroy(work, incoming_papers.find(work, key, lock=True))


def night(worker: Worker, clock: Clockwork, days: int) -> None:
    clock.move(days=days)
    worker.beaten_at = clock() - timedelta(days=1)
    worker.drain()


def trail(work_as: WorkAs, key: UUID) -> list[dict[str, str]]:
    with work_as("system") as work:
        query = select(AuditEntry.text).where(AuditEntry.chain == PORTAL_CHAIN).order_by(AuditEntry.position)
        told = [json.loads(text) for text in work.db.scalars(query)]
        return [each for each in told if each.get("paper") == str(key)]


def test_what_is_put_aside_leaves_the_tray_and_can_be_read_and_brought_back(work_as: WorkAs) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    key = aside(work_as)
    with work_as("esi") as work:
        assert paper_lists.tray(work).rows == []
        assert (paper_lists.how_many(work), paper_lists.how_many_aside(work)) == (0, 1)
        (row,) = paper_lists.aside(work).rows
        assert row.aside_until == work.today + timedelta(days=rules.rules().kept_days)
        assert papers_aside.words_of(work, row) == WORDS
        assert WORDS.encode() not in (row.aside_sealed or b"")
        assert b"".join(incoming_papers.read(work, row)) == Looked.clean
        with pytest.raises(NotPossible, match="Bring it back to the tray first"):
            incoming_papers.put_away(work, row, reference)
    assert brought_back(work_as, "esi", key)
    assert not brought_back(work_as, "dov", key), "a second press does nothing"
    with work_as("esi") as work:
        (row,) = paper_lists.tray(work).rows
        assert (row.aside_at, row.aside_until, row.aside_sealed) == (None, None, None)
        incoming_papers.put_away(work, incoming_papers.find(work, key, lock=True), reference)
    steps = trail(work_as, key)
    assert [each["action"].removeprefix("incoming.") for each in steps] == [
        "kept", "put_aside", "read", "brought_back",
    ]  # fmt: skip
    assert (steps[3]["name"], steps[3]["put_aside_by"], steps[3]["reason"]) == (
        "Esi Owusu", "Dov Levin", "another_addressee",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "words", "field"),
    [("", WORDS, "reason"), ("nonsense", WORDS, "reason"), ("other", " " * 20, "words"), ("other", "x" * 501, "words")],
)
def test_it_needs_a_reason_of_the_list_and_words_to_judge_by(reason: str, words: str, field: str) -> None:
    with pytest.raises(Invalid) as no:
        rules.check(reason, words)
    assert no.value.field == field


def test_whoever_put_it_aside_never_destroys_it_and_another_person_may(work_as: WorkAs, edge: Edge) -> None:
    key = aside(work_as)
    with work_as("dov") as work:
        row = incoming_papers.find(work, key)
        digest, size, before = row.stored_digest, row.size, row.key_wrapped
    with pytest.raises(NotPossible, match="Somebody else has to destroy"):
        destroyed(work_as, "dov", key)
    with work_as("femi") as work, pytest.raises(NotAllowed):
        papers_aside.destroy(work, work.db.get_one(IncomingPaper, key))
    destroyed(work_as, "esi", key)
    with pytest.raises(NotFound):
        destroyed(work_as, "esi", key)
    with pytest.raises(NotFound):
        brought_back(work_as, "esi", key)
    with work_as("dov") as work:
        (left,) = papers_aside.destroyed(work)
        row = left.row
        assert (left.words, row.aside_by_name, row.settled_by_name) == (WORDS, "Dov Levin", "Esi Owusu")
        assert (row.stored_digest, row.from_sealed, row.destroyed_digest, row.size) == (None, None, digest, size)
        assert row.key_wrapped != before, "what opened the scan is gone; the key of now opens the words alone"
    last = trail(work_as, key)[-1]
    assert (last["action"], last["name"], last["put_aside_by"]) == ("incoming.destroyed", "Esi Owusu", "Dov Levin")
    assert (last["digest"], last["bytes"], last["reason"]) == (digest, str(size), "another_addressee")


def test_who_brought_it_back_and_put_it_aside_anew_is_the_one_who_may_not(work_as: WorkAs) -> None:
    key = aside(work_as)
    brought_back(work_as, "esi", key)
    put_aside(work_as, "esi", key)
    with pytest.raises(NotPossible, match="You put this paper aside yourself"):
        destroyed(work_as, "esi", key)
    destroyed(work_as, "dov", key)


def test_the_night_destroys_what_lay_aside_for_all_its_days_and_not_a_day_sooner(
    work_as: WorkAs, worker: Worker, clock: Clockwork
) -> None:
    assert "papers_aside" in recurring_jobs.RECURRING
    key, kept, back = aside(work_as), in_tray(work_as), aside(work_as)
    night(worker, clock, rules.rules().kept_days)
    with work_as("dov") as work:
        assert {row.id for row in paper_lists.aside(work).rows} == {key, back}, "its last day is not over"
    brought_back(work_as, "esi", back)
    night(worker, clock, 1)
    night(worker, clock, 1)
    with work_as("dov") as work:
        assert {row.id for row in paper_lists.tray(work).rows} == {kept, back}
        (left,) = papers_aside.destroyed(work)
        assert (left.row.id, left.row.settled_by_name, left.words) == (key, "The portal", WORDS)
    assert [each["action"] for each in trail(work_as, key)].count("incoming.destroyed") == 1


def test_what_was_brought_back_since_the_night_looked_is_not_destroyed(work_as: WorkAs, clock: Clockwork) -> None:
    key = aside(work_as)
    clock.move(days=rules.rules().kept_days + 1)
    with work_as("system") as work:
        found = papers_aside.due(work, {})
    assert found == [key]
    brought_back(work_as, "esi", key)
    with work_as("system") as work:
        papers_aside.carry_out(work, {}, found)
    with work_as("dov") as work:
        assert [row.id for row in paper_lists.tray(work).rows] == [key]


def test_of_who_destroys_and_who_brings_back_at_once_one_is_told(work_as: WorkAs) -> None:
    for _round in range(3):
        key = aside(work_as)
        given = at_once(
            lambda key=key: destroyed(work_as, "esi", key), lambda key=key: brought_back(work_as, "dov", key)
        )
        gone, back = given
        assert (gone is None, back is True) in {(True, False), (False, True)}, given
        assert isinstance(back if gone is None else gone, NotFound | NotPossible)


def test_two_who_put_it_aside_at_once_leave_one_reason_and_one_line(work_as: WorkAs) -> None:
    key = in_tray(work_as)
    given = at_once(*(lambda who=who: put_aside(work_as, who, key) for who in ("dov", "esi")))  # type: ignore[misc]
    assert sorted(map(str, given)) == ["False", "True"]
    assert [each["action"] for each in trail(work_as, key)].count("incoming.put_aside") == 1


def test_the_rule_has_its_days_and_a_source() -> None:
    found: Any = rules.rules()
    assert found.until(date(2026, 11, 28)) == date(2026, 12, 28)
    assert len({each.id for each in found.reasons}) == len(found.reasons) >= 4
