"""The audit trail is walked as it was when the walk began, and checkpoints hold the ends of its chains."""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.domain.actors import OPERATOR
from portal.domain.errors import NotAllowed, NotPossible
from portal.edges import Edge
from portal.models import schema
from portal.services import audit, checkpoints, keys, patients
from portal.services.audit import Verdict
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.services.test_keys import NEW, with_keys

WorkAs = Callable[..., AbstractContextManager[Work]]


def looks(work_as: WorkAs, patient: UUID) -> None:
    with work_as("system") as work:
        audit.record(work, "patient.read", patient)


def verified(work_as: WorkAs) -> Verdict:
    with work_as("operator", writes=False) as work:
        return audit.verify(work)


def sealed(work_as: WorkAs) -> None:
    with work_as("system") as work:
        checkpoints.write(work)


def mei_of(work_as: WorkAs) -> UUID:
    with work_as("system") as work:
        return patients.find(work, "mei@patients.example").id


def by_force(edge: Edge, table: str, statement: str, **values: object) -> None:
    """Change what is written once, as only somebody who owns the database can."""
    with edge.sessions.kw["bind"].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            for act in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{act}"))
        connection.execute(text(statement), values)


def test_a_chain_that_grows_while_it_is_walked_is_not_taken_for_tampered(
    work_as: WorkAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    mei, walks = mei_of(work_as), audit.first_broken
    before = verified(work_as)

    def grows(*given: Any) -> int | None:
        looks(work_as, mei)
        looks(work_as, uuid4())
        return walks(*given)

    monkeypatch.setattr(audit, "first_broken", grows)
    assert verified(work_as) == before


def test_the_walk_holds_beside_writers_who_do_not_wait_for_it(work_as: WorkAs) -> None:
    mei, over = mei_of(work_as), threading.Event()
    written = 0

    def writes() -> None:
        nonlocal written
        while not over.is_set():
            looks(work_as, mei)
            written += 1

    busy = threading.Thread(target=writes)
    busy.start()
    try:
        found = [verified(work_as).first_bad for _walk in range(20)]
    finally:
        over.set()
        busy.join()
    assert found == [None] * 20
    assert written > 0


def test_a_chain_of_which_only_the_head_is_left_is_named(work_as: WorkAs, edge: Edge) -> None:
    chain = uuid4()
    looks(work_as, chain)
    before = verified(work_as)
    by_force(edge, "audit_entries", "DELETE FROM audit_entries WHERE chain = :chain", chain=str(chain))
    after = verified(work_as)
    assert after.first_bad == f"{chain}:1"
    assert (after.chains, after.entries) == (before.chains, before.entries - 1)


def test_a_chain_without_its_head_is_named(work_as: WorkAs, edge: Edge) -> None:
    chain = uuid4()
    looks(work_as, chain)
    by_force(edge, "audit_entries", "DELETE FROM audit_heads WHERE chain = :chain", chain=str(chain))
    assert verified(work_as).first_bad == f"{chain}:1"


def test_checkpoints_are_counted(work_as: WorkAs) -> None:
    assert verified(work_as).checkpoints == 0
    sealed(work_as)
    sealed(work_as)
    looks(work_as, mei_of(work_as))
    sealed(work_as)
    found = verified(work_as)
    assert (found.checkpoints, found.first_bad) == (3, None)


def test_a_chain_that_is_cut_off_together_with_its_head_is_named(work_as: WorkAs, edge: Edge) -> None:
    chain = uuid4()
    for _look in range(3):
        looks(work_as, chain)
    sealed(work_as)
    cut_off(edge, chain)
    assert verified(work_as).first_bad == f"{chain}:3"


def test_what_came_after_the_last_checkpoint_is_sealed_by_the_next(work_as: WorkAs, edge: Edge) -> None:
    chain = uuid4()
    sealed(work_as)
    for _look in range(3):
        looks(work_as, chain)
    sealed(work_as)
    cut_off(edge, chain)
    assert verified(work_as).first_bad == f"{chain}:3"


def cut_off(edge: Edge, chain: UUID) -> None:
    """Take the third and last entry away and let the head say that there were two."""
    by_force(edge, "audit_entries", "DELETE FROM audit_entries WHERE chain = :chain AND position = 3", chain=str(chain))
    second = "(SELECT digest FROM audit_entries WHERE chain = :chain AND position = 2)"
    shorter = f"UPDATE audit_heads SET position = 2, digest = {second} WHERE chain = :chain"  # noqa: S608 (ours)
    by_force(edge, "audit_entries", shorter, chain=str(chain))


@pytest.mark.parametrize(
    ("table", "change", "named"),
    [
        ("audit_checkpoints", "UPDATE audit_checkpoints SET mac = :other WHERE number = 2", "checkpoint:2"),
        ("audit_checkpoints", "DELETE FROM audit_checkpoints WHERE number = 1", "checkpoint:1"),
        ("audit_checkpoints", "DELETE FROM audit_checkpoints WHERE number = 3", "checkpoint:3"),
        ("audit_seals", "DELETE FROM audit_seals WHERE number = 1 AND place = 1", "checkpoint:1"),
        ("audit_seals", "DELETE FROM portal_keys WHERE name = 'checkpoints'", "checkpoint:1"),
    ],
)
def test_a_checkpoint_that_was_changed_or_taken_away_is_named(
    work_as: WorkAs, edge: Edge, table: str, change: str, named: str
) -> None:
    for _day in range(3):
        sealed(work_as)
        looks(work_as, mei_of(work_as))
    given = {"other": "0" * 64} if ":other" in change else {}
    by_force(edge, table, change, **given)
    assert verified(work_as).first_bad == named


@pytest.mark.parametrize("table", ["audit_checkpoints", "audit_seals"])
def test_the_database_refuses_to_change_a_checkpoint(work_as: WorkAs, edge: Edge, table: str) -> None:
    sealed(work_as)
    replaces = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608
    empties = f"TRUNCATE {table}"
    one_way = replaces if edge.sessions.kw["bind"].dialect.name == "sqlite" else empties
    for statement in (f"UPDATE {table} SET number = 7", f"DELETE FROM {table}", one_way):  # noqa: S608
        with pytest.raises(DBAPIError, match="written once"), edge.sessions.kw["bind"].begin() as connection:
            connection.execute(text(statement))


def test_checkpoints_outlive_a_change_of_the_master_key_but_not_its_loss(work_as: WorkAs, edge: Edge) -> None:
    sealed(work_as)
    with with_keys(edge, NEW, *edge.config.master_keys).work(OPERATOR) as work:
        keys.rotate(work)
    with with_keys(edge, NEW).work(OPERATOR, writes=False) as work:
        assert audit.verify(work).first_bad is None
    with work_as("operator", writes=False) as work, pytest.raises(NotPossible, match="PORTAL_MASTER_KEYS"):
        audit.verify(work)


def test_only_the_portal_itself_writes_a_checkpoint(work_as: WorkAs) -> None:
    for who in ("esi", "operator"):
        with work_as(who) as work, pytest.raises(NotAllowed):
            checkpoints.write(work)


def test_the_classes_and_the_migrations_agree(edge: Edge) -> None:
    assert schema.differences(edge.sessions.kw["bind"]) == []


def test_the_sealed_heads_outlive_a_change_of_the_clock(work_as: WorkAs, clock: Clockwork) -> None:
    clock.move(seconds=0.123456)
    sealed(work_as)
    clock.move(days=-1)
    sealed(work_as)
    assert verified(work_as).first_bad is None
