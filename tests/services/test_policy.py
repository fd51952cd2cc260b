"""The policy's versions, its draft and its readers, on each kind of database."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DatabaseError

from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.privacy_policy import Words, shipped
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.privacy_policy import PolicyVersion
from portal.models.staff import Acknowledgement
from portal.services import policy_drafts, policy_publishing, privacy_policy, undertakings
from portal.services.policy_drafts import Overtaken
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.test_concurrency import at_once

WorkAs = Callable[..., AbstractContextManager[Work]]
NEW = {"en": Words("Only what we need", "We ask for less."), "fr": Words("Le nécessaire", "Nous demandons moins.")}
TOLD = {"en": "We ask for less.", "fr": "Nous demandons moins."}


def write(work: Work, position: int = 0, words: dict[str, Words] | None = None) -> None:
    row = policy_drafts.there(work).rows[position]
    clause = replace(policy_drafts.clause_of(row), words=words or NEW)
    policy_drafts.save_clause(work, row.id, row.version, clause)


def publish(work: Work, day: Any = None, words: dict[str, Words] | None = None) -> Any:
    """The next version, with one clause rewritten."""
    draft = policy_drafts.begin(work)
    write(work, 0, words)
    policy_drafts.save_changes(work, draft.row.version, TOLD, day)
    return policy_publishing.publish(work, policy_publishing.shown_digest(work, policy_drafts.there(work)))


def test_until_the_clinic_publishes_the_version_we_ship_holds(work_as: WorkAs) -> None:
    with work_as("cora", writes=False) as work:
        assert privacy_policy.in_force(work) == shipped()
        assert [each.number for each in privacy_policy.editions(work)] == [1]
        assert privacy_policy.before(work, shipped()) is None
        with pytest.raises(NotFound):
            privacy_policy.edition(work, 2)


def test_a_published_version_holds_from_its_day_and_the_older_ones_stay(work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("esi") as work:
        made = publish(work, work.today + timedelta(days=7))
        assert (made.number, made.published_by) == (2, "Esi Owusu")
        assert privacy_policy.in_force(work).number == 1
        coming = privacy_policy.to_come(work)
        assert coming is not None
        assert coming.identity == made.identity
    clock.move(days=7)
    with work_as("esi") as work:
        assert privacy_policy.in_force(work).identity == made.identity
        assert privacy_policy.to_come(work) is None
        first = privacy_policy.edition(work, 1)
        assert first.clauses == shipped().clauses
        assert first.identity == shipped().identity
        before = privacy_policy.before(work, made)
        assert before is not None
        assert before.number == 1
        entry = work.db.scalars(select(AuditEntry).where(AuditEntry.action == "policy.published")).one()
        assert json.loads(entry.text)["version"] == made.identity


def test_what_is_published_is_written_once(work_as: WorkAs, edge: Edge) -> None:
    with work_as("esi") as work:
        publish(work)
    for change in (
        update(PolicyVersion).values(clauses="[]"),
        update(PolicyVersion).values(number=7).where(PolicyVersion.number == 2),
        text("DELETE FROM policy_versions"),
    ):
        with pytest.raises(DatabaseError, match="written once"), edge.sessions() as db, db.begin():
            db.execute(change)


def test_nothing_is_published_while_something_lacks_and_the_reason_is_said(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        policy_drafts.begin(work)
        draft = policy_drafts.there(work)
        said = [fault.sentence for fault in policy_publishing.faults(work, draft)]
        assert said[-1] == "Nothing has changed yet. There is nothing to publish."
        write(work, words={"en": Words("A heading", "Read [this](http://x.example) <b>now</b>."), "fr": Words("", "")})
        said = [fault.sentence for fault in policy_publishing.faults(work, policy_drafts.there(work))]
        assert "Clause 1 has no text in French." in said
        assert any("http://x.example" in each for each in said)
        assert any("<b>" in each for each in said)
        shown = policy_publishing.shown_digest(work, policy_drafts.there(work))
        with pytest.raises(NotPossible, match="French"):
            policy_publishing.publish(work, shown)


def test_only_what_was_shown_is_published(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        draft = policy_drafts.begin(work)
        policy_drafts.save_changes(work, draft.row.version, TOLD, None)
        shown = policy_publishing.shown_digest(work, policy_drafts.there(work))
        write(work)
        with pytest.raises(NotPossible, match="has changed since you looked"):
            policy_publishing.publish(work, shown)


def test_a_version_begins_neither_in_the_past_nor_before_the_one_it_follows(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        publish(work, work.today + timedelta(days=30))
        draft = policy_drafts.begin(work)
        for day in (work.today - timedelta(days=1), work.today + timedelta(days=29)):
            with pytest.raises(Invalid, match="or a later day"):
                policy_drafts.save_changes(work, draft.row.version, TOLD, day)
        policy_drafts.save_changes(work, draft.row.version, TOLD, work.today + timedelta(days=30))


def test_who_saves_second_is_told_and_neither_text_is_lost(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        row = policy_drafts.begin(work).rows[0]
        key, seen, clause = row.id, row.version, policy_drafts.clause_of(row)
        policy_drafts.save_clause(work, key, seen, replace(clause, words=NEW))
    with work_as("esi") as work:
        with pytest.raises(Overtaken, match="Esi Owusu saved this while you wrote"):
            policy_drafts.save_clause(work, key, seen, clause)
        kept = policy_drafts.clause_of(policy_drafts.clause_row(policy_drafts.there(work), key))
        assert kept.words["en"].body == "We ask for less."


def test_two_who_begin_or_save_at_once_wait_for_each_other(work_as: WorkAs) -> None:
    def begin() -> None:
        with work_as("esi") as work:
            policy_drafts.begin(work)

    assert at_once(*[begin] * 4) == [None] * 4
    with work_as("esi", writes=False) as work:
        draft = policy_drafts.there(work)
        assert [row.name for row in draft.rows] == [clause.id for clause in shipped().clauses]
        row = draft.rows[0]
        key, seen, clause = row.id, row.version, policy_drafts.clause_of(row)

    def save() -> None:
        with work_as("esi") as work:
            policy_drafts.save_clause(work, key, seen, replace(clause, words=NEW))

    outcomes = at_once(save, save, save)
    assert sorted(type(each).__name__ for each in outcomes) == ["NoneType", "Overtaken", "Overtaken"]


def test_clauses_are_added_moved_and_taken_out(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        names = [row.name for row in policy_drafts.begin(work).rows]
        key = policy_drafts.add_clause(work, {"en": "We answer the telephone", "fr": "Nous répondons"})
        policy_drafts.move_clause(work, key, up=True)
        work.db.expire_all()
        rows = policy_drafts.there(work).rows
        assert [row.name for row in rows] == [*names[:-1], "we-answer-the-telephone", names[-1]]
        policy_drafts.remove_clause(work, rows[0].id)
        work.db.flush()
        assert [row.name for row in policy_drafts.there(work).rows][:2] == names[1:3]
        again = policy_drafts.add_clause(work, {"en": "We answer the telephone!"})
        assert policy_drafts.clause_row(policy_drafts.there(work), again).name.startswith("we-answer-the-telephone-")
        policy_drafts.drop(work)
        assert policy_drafts.find(work) is None


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("name", ["dov", "femi", "amina"])
def test_nobody_but_the_administrator_writes_the_policy(work_as: WorkAs, name: str) -> None:
    with work_as("esi") as work:
        policy_drafts.begin(work)
    with work_as(name) as work:
        with pytest.raises(NotAllowed):
            policy_drafts.find(work)
        with pytest.raises(NotAllowed):
            policy_drafts.begin(work)
        with pytest.raises(NotFound):
            policy_drafts.there(work)
        with pytest.raises(NotFound):
            policy_publishing.publish(work, "")


def test_a_patient_hears_of_a_version_until_she_says_that_she_has_read_it(work_as: WorkAs) -> None:
    with work_as("amina") as work:
        assert privacy_policy.news(work) is None  # she has read the first
    with work_as("cora") as work:
        found = privacy_policy.news(work)
        assert found is not None
        assert (found.edition.number, found.known) == (1, None)
    with work_as("esi") as work:
        made = publish(work)
        assert privacy_policy.readers(work, made)[0] == 0
    with work_as("amina") as work:
        found = privacy_policy.news(work)
        assert found is not None
        assert (found.edition.number, found.known, found.edition.changed("fr")) == (2, 1, TOLD["fr"])
        for _twice in range(2):
            privacy_policy.acknowledge(work, made.identity, "fr")
        rows = work.db.scalars(select(Acknowledgement).where(Acknowledgement.account_id == work.actor.id)).all()
        assert [row.digest for row in rows if row.version == made.identity] == [made.digest_in("fr")]
        assert privacy_policy.news(work) is None
    with work_as("esi") as work:
        assert privacy_policy.readers(work, made)[0] == 1


def test_nobody_acknowledges_what_she_was_not_shown(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        publish(work)
    with work_as("cora") as work:
        for identity in (shipped().identity, "", "2-000000000000"):
            with pytest.raises(NotPossible, match="newer version"):
                privacy_policy.acknowledge(work, identity, "en")
    with work_as("dov") as work, pytest.raises(NotAllowed):
        privacy_policy.acknowledge(work, shipped().identity, "en")


def test_who_works_here_stands_by_the_version_in_force(work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("dov") as work:
        assert undertakings.good_until(work) is not None
    with work_as("esi") as work:
        publish(work, work.today + timedelta(days=1))
    with work_as("dov") as work:
        assert undertakings.good_until(work) is not None
    clock.move(days=1)
    with work_as("dov") as work:
        assert undertakings.good_until(work) is None
        undertakings.acknowledge(work, dict.fromkeys(undertakings.versions(work), "0" * 64))
        assert undertakings.good_until(work) is not None
