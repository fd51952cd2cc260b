"""A disclosure was corrected after its letter was written: the wrong letter goes nowhere, and what went out is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.dispatches import Event, Stage
from portal.domain.errors import Invalid, NotPossible
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.letters import Letter
from portal.services import (
    corrected_notices,
    correspondence,
    disclosure_notices,
    disclosures,
    dispatch_tasks,
    dispatches,
    notice_chains,
    patients,
    posting,
)
from portal.services.disclosures import Correction
from portal.services.work import Work
from portal.worker import Worker
from tests.services.test_disclosure_notices import hospital, in_danger, says, standing, ways_of, written
from tests.services.test_disclosures import gives
from tests.services.test_may_we import AMINA

WorkAs = Callable[..., AbstractContextManager[Work]]
NEVER = Correction("It was about another patient.", void=True)
ELSEWHERE = Correction("It went to the other hospital.", void=False, recipient="Victoria General")


def corrects(work_as: WorkAs, key: UUID, correction: Correction) -> UUID:
    with work_as("dov") as work:
        return disclosures.correct(work, patients.find(work, AMINA), key, correction).id


def on_paper(work: Work, letter: Letter) -> list[Dispatch]:
    mine = select(Dispatch).where(Dispatch.letter_id == letter.id, Dispatch.way == "post")
    return list(work.db.scalars(mine.order_by(Dispatch.id)))


def confirmed(work_as: WorkAs) -> UUID:
    with work_as("dov") as work:
        [row] = [row for row in correspondence.page(work, correspondence.Tab.PRINT).rows if row.dispatch.why == "law"]
        posting.confirm(work, row.dispatch, posting.digest_of(row.target))
        return row.dispatch.id


def posted(work_as: WorkAs, worker: Worker) -> UUID:
    key = confirmed(work_as)
    worker.drain()
    with work_as("dov") as work:
        dispatches.step(work, dispatches.find(work, key, lock=True), Event.POSTED)
    return key


def to_do(work_as: WorkAs) -> list[Any]:
    with work_as("dov") as work:
        return correspondence.page(work, correspondence.Tab.BACK).rows


def test_a_letter_about_what_never_happened_is_out_of_the_lists_at_every_stage(work_as: WorkAs, worker: Worker) -> None:
    recipient = hospital(work_as)
    for far in ("waiting", "confirmed", "printed"):
        key = gives(work_as, "dov", in_danger(recipient))
        row = written(work_as)[-1]
        if far != "waiting":
            confirmed(work_as)
        if far == "printed":
            worker.drain()
        corrects(work_as, key, NEVER)
        worker.drain()
        with work_as("dov") as work:
            [sheet] = on_paper(work, row)
            codes = select(DispatchEvent.code).where(DispatchEvent.dispatch_id == sheet.id)
            assert (far, sheet.stage) == (far, Stage.SETTLED)
            assert "corrected" in set(work.db.scalars(codes))
            for event in (Event.CONFIRMED, Event.PRINTED, Event.POSTED):
                with pytest.raises(NotPossible, match="has gone on"):
                    dispatches.step(work, sheet, event)
            assert correspondence.page(work, correspondence.Tab.PRINT).rows == []
        assert "counts no more" in standing(work_as, key).never
    assert len(written(work_as)) == 3, "nothing is written anew where nothing was given"
    assert to_do(work_as) == []


def test_a_recipient_that_was_wrong_is_written_about_anew_without_the_others_address(work_as: WorkAs) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    newer = corrects(work_as, key, ELSEWHERE)
    wrong, right = written(work_as)
    assert (wrong.disclosure_id, right.disclosure_id) == (key, newer)
    said = says(work_as, right)
    assert "Victoria General" in said
    for other in ("Nanaimo General", "1 Quay Street", "That letter was wrong"):  # she never got the first one
        assert other not in said
    with work_as("dov") as work:
        assert [each.stage for each in on_paper(work, wrong)] == [Stage.SETTLED]
        assert [each.stage for each in on_paper(work, right)] == [Stage.WAITING]
    assert ("post", "law", "") in ways_of(work_as, right)
    for entry in (key, newer):
        left = standing(work_as, entry)
        assert (left.letter_id, left.replaces, left.needs_somebody) == (right.id, True, False)


def test_the_new_letter_says_that_the_one_she_got_was_wrong_and_her_page_says_which_counts(
    work_as: WorkAs, worker: Worker
) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    posted(work_as, worker)
    newer = corrects(work_as, key, ELSEWHERE)
    wrong, right = written(work_as)
    said = says(work_as, right)
    for part in ("That letter was wrong.", "It went to the other hospital.", "Only this letter counts."):
        assert part in said
    with work_as("dov") as work:
        assert [each.stage for each in on_paper(work, wrong)] == [Stage.SENT], "what is gone stays gone"
    with work_as("amina") as work:
        amina = patients.own(work)
        both = disclosure_notices.hers(work, amina, [key, newer])
        assert both == {key, newer}
        assert corrected_notices.that_were_wrong(work, amina, both) == {key}
        found, _words = disclosure_notices.her_letter(work, newer)
        assert notice_chains.counts(work, found)


def test_that_she_got_a_letter_about_what_never_happened_is_a_task_until_she_was_written_to(
    work_as: WorkAs, worker: Worker
) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    went = posted(work_as, worker)
    corrects(work_as, key, NEVER)
    [task] = to_do(work_as)
    assert (task.dispatch.problem, task.dispatch.follows_id) == ("was_wrong", went)
    assert standing(work_as, key).open == task.dispatch.id
    for way in ("post", "counter", "phone"):
        with work_as("dov") as work, pytest.raises(Invalid, match="goes out no more"):
            dispatch_tasks.settle(work, dispatches.find(work, task.dispatch.id, lock=True), way)
    with work_as("dov") as work:
        found = dispatches.find(work, task.dispatch.id, lock=True)
        dispatch_tasks.settle(work, found, "nothing", "", "Dov wrote to her that it was wrong.")
    assert to_do(work_as) == []


def test_a_wrong_letter_that_comes_back_is_not_sent_again(work_as: WorkAs, worker: Worker) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    went = posted(work_as, worker)
    corrects(work_as, key, ELSEWHERE)
    with work_as("dov") as work:
        dispatch_tasks.came_back(work, dispatches.find(work, went, lock=True), "not_collected")
    with work_as("dov") as work, pytest.raises(Invalid, match="goes out no more"):
        dispatch_tasks.settle(work, dispatches.find(work, went, lock=True), "post")


def test_what_she_was_told_wrong_is_not_forgotten_over_two_corrections(work_as: WorkAs, worker: Worker) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    went = posted(work_as, worker)
    corrects(work_as, corrects(work_as, key, ELSEWHERE), NEVER)
    _first, second = written(work_as)
    with work_as("dov") as work:
        assert [each.stage for each in on_paper(work, second)] == [Stage.SETTLED]
    assert [task.dispatch.follows_id for task in to_do(work_as)] == [went]


def test_a_correction_that_changes_nothing_the_letter_says_leaves_it_alone(work_as: WorkAs) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    corrects(work_as, key, Correction("A typing mistake elsewhere.", void=False))
    [row] = written(work_as)
    with work_as("dov") as work:
        assert [each.stage for each in on_paper(work, row)] == [Stage.WAITING]
        entry = work.db.get_one(Disclosure, key)
        assert notice_chains.as_corrected(work, entry).id != key
        assert notice_chains.counts(work, work.db.get_one(Letter, row.id))
