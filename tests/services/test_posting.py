"""Letters to recipients outside: by whatever way one goes, its case and the register know of it, and she is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Delivery
from portal.domain.dispatches import Stage, Way
from portal.domain.errors import Invalid, NotPossible
from portal.domain.record_items import Category
from portal.domain.reviews import Decision
from portal.edges import Edge
from portal.models.accuracy_notes import CorrectionNotice
from portal.models.audit import AuditEntry
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch
from portal.services import (
    access_requests,
    accuracy_notes,
    consent_changes,
    consent_reviews,
    consents,
    correction_replies,
    dispatch_tasks,
    dispatches,
    judgements,
    letter_batches,
    patients,
    posting,
    releases,
    review_items,
    reviews,
)
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.services.test_accuracy_notes import decides, gave, pointed_out
from tests.services.test_consent_changes import accepted
from tests.services.test_correspondence import Machine, of_case, shown
from tests.web.patient import stages

WorkAs = Callable[..., AbstractContextManager[Work]]


@pytest.fixture
def machine(edge: Edge) -> Machine:
    made = Machine()
    object.__setattr__(edge.outside, "fax", made)
    return made


def a_correction(work_as: WorkAs, shown_from: date | None = None) -> tuple[str, UUID, UUID]:
    """The case, the notice to Dr. Ito, and her letter where it lies to be printed."""
    given = gave(work_as, "Dr. Ito", Category.ALLERGIES)
    reference = pointed_out(work_as)
    decides(work_as, reference)
    with work_as("dov") as work:
        row = work.db.scalars(select(CorrectionNotice).where(CorrectionNotice.disclosure_id == given)).one()
        row.shown_from = shown_from
        found = work.db.scalars(select(Dispatch).where(Dispatch.letter_id == row.letter_id)).one()
        return reference, row.id, found.id


def by_another_way(work_as: WorkAs, key: UUID, way: Way) -> UUID:
    with work_as("dov") as work:
        again = dispatch_tasks.settle(work, dispatches.find(work, key, lock=True), way)
        assert again is not None
        return again.id


def confirmed(work_as: WorkAs, edge: Edge, key: UUID) -> None:
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm(work, found, shown(work, found))
    Worker(edge).drain()


def register_of(work: Work, notice: UUID) -> Disclosure:
    """The line of the register that says that Dr. Ito was told."""
    given = work.db.get_one(CorrectionNotice, notice).disclosure_id
    recipient = work.db.get_one(Disclosure, given).recipient
    rows = select(Disclosure).where(Disclosure.recipient == recipient, Disclosure.id != given)
    return work.db.scalars(rows).one()


def goes(work_as: WorkAs, edge: Edge, key: UUID, way: Way) -> None:
    if way == Way.POST:
        confirmed(work_as, edge, key)
        with work_as("dov") as work:
            posting.handed_over(work, dispatches.find(work, key, lock=True), work.today)
        return
    key = by_another_way(work_as, key, way)
    if way == Way.FAX:
        with work_as("dov") as work:
            found = dispatches.find(work, key, lock=True)
            posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604-555-0177", False)
        Worker(edge).drain()
    elif way == Way.PHONE:
        with work_as("dov") as work:
            dispatch_tasks.told(work, dispatches.find(work, key, lock=True), "", "I read the letter to Dr. Ito.")
    else:
        confirmed(work_as, edge, key)
        with work_as("dov") as work:
            posting.at_the_desk(work, dispatches.find(work, key, lock=True), "photo_id")


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("way", "how"), [(Way.POST, "post"), (Way.FAX, "fax"), (Way.COUNTER, "by_hand"), (Way.PHONE, "telephone")]
)
def test_a_correction_letter_is_recorded_by_whatever_way_it_goes(
    work_as: WorkAs, edge: Edge, way: Way, how: str
) -> None:
    _reference, notice, key = a_correction(work_as)
    goes(work_as, edge, key, way)
    with work_as("dov") as work:
        row = work.db.get_one(CorrectionNotice, notice)
        assert (row.sent_how, row.sent_on) == (how, work.today)
        assert register_of(work, notice).disclosed_on == work.today


def test_the_register_says_the_day_on_which_it_was_posted(work_as: WorkAs, edge: Edge, clock: Clockwork) -> None:
    _reference, notice, key = a_correction(work_as)
    confirmed(work_as, edge, key)
    with work_as("dov") as work:
        written_on = work.today
    clock.move(days=3)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        with pytest.raises(Invalid, match="was written on"):
            posting.handed_over(work, found, written_on - timedelta(1))
        assert posting.handed_over(work, found, written_on) is posting.Handed.GONE
        assert register_of(work, notice).disclosed_on == written_on


def test_a_letter_nobody_waits_for_any_more_is_not_posted_either(work_as: WorkAs) -> None:
    reference, notice, key = a_correction(work_as)
    with work_as("dov") as work:
        case = accuracy_notes.find(work, reference)
        correction_replies.settle_without(work, case, notice, "The practice has closed for good.")
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.SETTLED


def test_told_by_telephone_too_the_letter_still_goes(work_as: WorkAs) -> None:
    _reference, _notice, key = a_correction(work_as)
    with work_as("dov") as work:
        call = dispatch_tasks.call(work, dispatches.find(work, key, lock=True))
        assert dispatch_tasks.told(work, call, "", "I read the letter to Dr. Ito.")
        assert dispatches.find(work, key).stage == Stage.WAITING


def released_to_pick_up(work_as: WorkAs, edge: Edge) -> str:
    reference = stages.gathering(work_as, "mei", replace(stages.A_LITTLE, delivery=Delivery.PICK_UP))
    with work_as("dov") as work:
        access_requests.refer(work, access_requests.find(work, reference))
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        for line in review_items.lines(work, request):
            reviews.judge(work, request, line.id, Decision.RELEASE, None, judgements.Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        releases.release(work, request, releases.shown_digest(work, request))
    Worker(edge).drain()
    return reference


def test_what_lay_in_the_package_is_not_handed_out_a_second_time(work_as: WorkAs, edge: Edge) -> None:
    reference = released_to_pick_up(work_as, edge)

    def on_paper(work: Work) -> dict[str, set[str]]:
        rows = [each for each in of_case(work, reference) if each.way == Way.COUNTER]
        return {stage: {each.letter.kind for each in rows if each.stage == stage} for stage in Stage}

    with work_as("dov") as work:
        before = on_paper(work)[Stage.WAITING]
        assert {"decision", "ready"} <= before
        access_requests.hand_over(work, access_requests.find(work, reference), "Picked up, photo identification seen.")
        assert on_paper(work)[Stage.SETTLED] == {"decision", "ready"}
        assert on_paper(work)[Stage.WAITING] == before - {"decision", "ready"}
        in_portal = [each for each in of_case(work, reference) if each.way == Way.PORTAL]
        assert Stage.SETTLED not in {each.stage for each in in_portal}


def log_lines(work: Work, letter: UUID) -> list[Any]:
    rows = work.db.scalars(select(AuditEntry).where(AuditEntry.text.contains(str(letter))))
    return [row for row in rows if row.action.startswith("dispatch.")]


def test_her_log_tells_of_a_letter_to_somebody_outside_when_the_register_does(work_as: WorkAs, edge: Edge) -> None:
    with work_as("dov") as work:
        later = work.today + timedelta(30)
    _reference, _notice, key = a_correction(work_as, shown_from=later)
    goes(work_as, edge, key, Way.POST)
    with work_as("dov") as work:
        found = log_lines(work, dispatches.find(work, key).letter_id)
        assert {row.action for row in found} == {"dispatch.outside_prepared", "dispatch.outside_sent"}
        assert {row.shown_from for row in found} == {later}


# Who has to know that a consent was taken back.


def a_withdrawal(work_as: WorkAs) -> tuple[str, UUID, UUID]:
    """The case, the task to tell the study, and the letter to it where it lies to be printed."""
    key = accepted(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        case = consent_changes.withdraw(work, mine, consents.find(work, mine, key), "no", "We send nothing more.")
        reference = str(case.reference)
    with work_as("dov") as work:
        (task,) = consent_reviews.tasks(work, consent_changes.find(work, reference))
        found = work.db.scalars(select(Dispatch).where(Dispatch.letter_id == task.letter_id)).one()
        return reference, task.id, found.id


@pytest.mark.usefixtures("machine")
@pytest.mark.parametrize(
    ("way", "said"), [(Way.POST, "posted"), (Way.FAX, "faxed"), (Way.COUNTER, "desk"), (Way.PHONE, "telephone")]
)
def test_a_letter_about_a_withdrawn_consent_closes_its_task_by_whatever_way_it_goes(
    work_as: WorkAs, edge: Edge, way: Way, said: str
) -> None:
    reference, task_id, key = a_withdrawal(work_as)
    goes(work_as, edge, key, way)
    with work_as("dov") as work:
        case = consent_changes.find(work, reference)
        task = consent_reviews.find_task(work, case, task_id)
        assert (case.tasks_open, task.done_on) == (0, work.today)
        assert said in consent_reviews.words_of(work, case, task, "proof_sealed")
        with pytest.raises(NotPossible, match="recorded already"):
            consent_reviews.do_task(work, case, task_id, "They wrote that it is destroyed.")
    with work_as("femi") as work:
        consent_reviews.acknowledge(work, consent_changes.find(work, reference))
        assert consent_changes.find(work, reference).stage == "done"


def test_the_task_says_the_day_on_which_the_letter_was_posted(work_as: WorkAs, edge: Edge, clock: Clockwork) -> None:
    reference, task_id, key = a_withdrawal(work_as)
    confirmed(work_as, edge, key)
    with work_as("femi") as work:
        consent_reviews.acknowledge(work, consent_changes.find(work, reference))
    with work_as("dov") as work:
        written_on = work.today
    clock.move(days=3)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        assert posting.handed_over(work, found, written_on) is posting.Handed.GONE
        assert posting.handed_over(work, found, written_on) is posting.Handed.BEFORE
        case = consent_changes.find(work, reference)
        assert consent_reviews.find_task(work, case, task_id).done_on == written_on
        assert (case.stage, case.is_open) == ("done", False), "the physician has seen it, and nobody is left to tell"


def test_who_is_told_otherwise_gets_no_letter_any_more(work_as: WorkAs, edge: Edge) -> None:
    reference, task_id, key = a_withdrawal(work_as)
    confirmed(work_as, edge, key)
    with work_as("dov") as work:
        batch = letter_batches.make(work, [key]).id
        case = consent_changes.find(work, reference)
        consent_reviews.do_task(work, case, task_id, "They wrote on Tuesday that it is destroyed.")
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.SETTLED
        assert letter_batches.handed_over(work, letter_batches.find(work, batch), work.today, {}) == (0, 0)
        assert consent_reviews.find_task(work, consent_changes.find(work, reference), task_id).done_on == work.today
