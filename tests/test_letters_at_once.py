"""A case is locked before its letters: who hands over a batch and who works on the case wait for one another in order.

Two real writers and more on PostgreSQL. After each lock everybody stops for a moment, as on a machine with much to do:
were the letters locked first by one and the case by the other, each would wait for the other, and the database would
end one of them.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select

from portal.domain.dispatches import Event, Stage
from portal.domain.record_items import Category
from portal.edges import Edge
from portal.models.accuracy_notes import CorrectionNotice
from portal.models.consent_changes import ConsentTask
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.services import (
    accuracy_notes,
    complaint_work,
    complaints,
    consent_changes,
    consent_reviews,
    consents,
    correction_replies,
    disclosure_register,
    disclosures,
    dispatches,
    letter_batches,
    patients,
    posting,
)
from portal.services.disclosures import Correction
from portal.services.work import Work
from tests.services.test_accuracy_notes import decides, gave, pointed_out
from tests.services.test_consent_changes import AMINA, recipient, research
from tests.services.test_correspondence import shown
from tests.services.test_given_bundles import entries, given, outside
from tests.test_concurrency import at_once, refused

WorkAs = Callable[..., AbstractContextManager[Work]]
ROUNDS = 10
MOMENT = 0.01  # seconds
LOCKS = re.compile("FOR (NO KEY )?UPDATE")


@pytest.fixture(autouse=True)
def everybody_stops_after_each_lock(edge: Edge) -> Iterator[None]:
    engine = edge.sessions.kw["bind"]
    if engine.dialect.name != "postgresql":
        pytest.skip("where one writes at a time nobody waits for who waits for her")

    def stop(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if LOCKS.search(statement):
            time.sleep(MOMENT)

    event.listen(engine, "after_cursor_execute", stop)
    yield
    event.remove(engine, "after_cursor_execute", stop)


def ready_in_batches(work_as: WorkAs, letter_ids: list[UUID]) -> list[tuple[UUID, UUID]]:
    """Each letter looked at and printed, in a batch of its own: (letter on its way, batch)."""
    with work_as("dov") as work:
        made = []
        for letter_id in letter_ids:
            found = work.db.scalars(select(Dispatch).where(Dispatch.letter_id == letter_id)).one()
            posting.confirm(work, found, shown(work, found))
            dispatches.step(work, found, Event.PRINTED)
            made.append((found.id, letter_batches.make(work, [found.id]).id))
        return made


def corrected(work_as: WorkAs) -> tuple[list[tuple[UUID, UUID]], list[Callable[[Work], None]]]:
    """One case with a letter to each of many recipients, and the case's own step that says that one went out."""
    for n in range(ROUNDS):
        gave(work_as, f"Dr. Ito {n}", Category.ALLERGIES)
    reference = pointed_out(work_as)
    decides(work_as, reference)
    with work_as("dov") as work:
        query = select(CorrectionNotice).where(CorrectionNotice.recipient.startswith("Dr. Ito"))
        rows = [(row.id, row.letter_id) for row in work.db.scalars(query.order_by(CorrectionNotice.id))]

    def says(key: UUID) -> Callable[[Work], None]:
        def act(work: Work) -> None:
            correction_replies.sent(work, accuracy_notes.find(work, reference), key, "post", work.today)

        return act

    return ready_in_batches(work_as, [letter for _key, letter in rows]), [says(key) for key, _letter in rows]


def taken_back(work_as: WorkAs) -> tuple[list[tuple[UUID, UUID]], list[Callable[[Work], None]]]:
    """The same of a consent that was shared with many, and was withdrawn."""
    with work_as("dov") as work:
        told = [recipient(work, name=f"Study {n}") for n in range(ROUNDS)]
        terms = research(told[0], recipients={each.id: each.kind for each in told})
        key = consent_changes.ask(work, patients.find(work, AMINA), terms).id
    with work_as("amina") as work:
        mine = patients.own(work)
        given = consent_changes.give(work, mine, consents.find(work, mine, key), "Amina Haddad").reference
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, str(given)))
    with work_as("amina") as work:
        mine = patients.own(work)
        consent = consents.find(work, mine, key)
        reference = str(consent_changes.withdraw(work, mine, consent, "no", "We send nothing more.").reference)
    with work_as("dov") as work:
        todo = consent_reviews.tasks(work, consent_changes.find(work, reference))
        rows = [(task.id, task.letter_id) for task in todo if task.letter_id is not None]

    def says(task_id: UUID) -> Callable[[Work], None]:
        def act(work: Work) -> None:
            case = consent_changes.find(work, reference)
            consent_reviews.do_task(work, case, task_id, "They were told on the telephone.")

        return act

    return ready_in_batches(work_as, [letter for _task, letter in rows]), [says(task) for task, _letter in rows]


def hands_over(work_as: WorkAs, who: str, batch: UUID) -> Callable[[], int]:
    def act() -> int:
        with work_as(who) as work:
            return letter_batches.handed_over(work, letter_batches.find(work, batch), work.today, {})[0]

    return act


@pytest.mark.postgres
@pytest.mark.parametrize("case_with_letters", [corrected, taken_back])
def test_a_batch_is_handed_over_while_its_case_is_worked_on_and_no_letter_goes_twice(
    work_as: WorkAs, case_with_letters: Callable[[WorkAs], Any]
) -> None:
    went: Counter[str] = Counter()
    for (key, batch), says in zip(*case_with_letters(work_as), strict=True):

        def at_the_case(says: Callable[[Work], None] = says) -> str:
            with work_as("esi") as work:
                says(work)
            return "case"

        first, second, third = at_once(
            hands_over(work_as, "dov", batch), at_the_case, hands_over(work_as, "dov", batch)
        )
        refused([first, second, third])  # nobody was ended by the database, nor met an error that is no sentence
        posted = [each for each in (first, third) if each == 1]
        assert len(posted) + (second == "case") == 1, (first, second, third)
        went["batch" if posted else "case"] += 1
        with work_as("dov", writes=False) as work:
            said = list(work.db.scalars(select(DispatchEvent.event).where(DispatchEvent.dispatch_id == key)))
            assert said.count(Event.POSTED) == len(posted)
            stage = work.db.get_one(Dispatch, key).stage
            assert stage == (Stage.SENT if posted else Stage.SETTLED)
    assert sum(went.values()) == ROUNDS
    with work_as("dov", writes=False) as work:
        entered = Counter(work.db.scalars(select(Disclosure.recipient).where(Disclosure.recipient.like("Dr. Ito %"))))
        assert set(entered.values()) <= {2}, "what went to them before, and our letter once"
        assert all(work.db.scalars(select(ConsentTask.done_on)))


@pytest.mark.postgres
def test_who_corrects_an_entry_about_a_complaint_and_who_works_on_it_never_both_wait(work_as: WorkAs) -> None:
    """An entry that names a case takes a share of its key; the case is locked without that."""
    bundle = outside(work_as)
    newest = given(work_as, bundle)

    def corrects() -> None:
        with work_as("dov") as work:
            row, amina = disclosure_register.find(work, newest)
            disclosure_register.one(work, amina, row)
            disclosures.correct(work, amina, newest, Correction("The words were wrong.", void=False, what="All."))

    def asks() -> None:
        with work_as("esi") as work:
            case = complaints.find(work, bundle[0])
            complaints.opened(work, case)
            complaint_work.outside_question(work, case, "Why did it take so long?", work.today)

    for _round in range(ROUNDS):
        assert refused(at_once(corrects, asks)) == []
        newest = entries(work_as)[-1].id
    assert len(entries(work_as)) == 1 + ROUNDS
