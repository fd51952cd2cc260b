"""Letters to recipients outside: by whatever way one goes, its case and the register know of it, and she is told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.adapters.fax import FaxRefused
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
    cases,
    consent_changes,
    consent_reviews,
    consents,
    correction_notices,
    correction_replies,
    disclosures,
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
from tests.services.test_accuracy_notes import decides, gave, pays_only, pointed_out
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


def arrives(edge: Edge, no: Exception | None = None) -> None:
    """The gateway answers: it arrived, or ``no``."""
    machine: Any = edge.outside.fax
    clock: Any = edge.now
    machine.said = no
    clock.move(minutes=5)
    Worker(edge).drain()


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
        arrives(edge)
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


def told(work: Work, notice: UUID) -> tuple[list[Disclosure], list[Disclosure]]:
    """What the register says of telling Dr. Ito: the entries that hold, and those that say that nothing was given."""
    given = work.db.get_one(CorrectionNotice, notice).disclosure_id
    recipient = work.db.get_one(Disclosure, given).recipient
    theirs = select(Disclosure).where(Disclosure.recipient == recipient, Disclosure.id != given).order_by(Disclosure.id)
    return list(work.db.scalars(theirs.where(*disclosures.STANDING))), list(
        work.db.scalars(theirs.where(Disclosure.void))
    )


def test_a_refused_fax_is_never_said_to_have_been_given(
    work_as: WorkAs, edge: Edge, machine: Machine, clock: Clockwork
) -> None:
    _reference, notice, key = a_correction(work_as)
    key = by_another_way(work_as, key, Way.FAX)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604-555-0177", False)
    Worker(edge).drain()
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.SENT
        assert told(work, notice) == ([], [])
    arrives(edge, FaxRefused("busy for good"))
    with work_as("dov") as work:
        assert dispatches.find(work, key).problem == "fax_refused"
        assert told(work, notice) == ([], [])
    clock.move(days=2)
    key = by_another_way(work_as, key, Way.POST)
    confirmed(work_as, edge, key)
    with work_as("dov") as work:
        posting.handed_over(work, dispatches.find(work, key, lock=True), work.today)
        row = work.db.get_one(CorrectionNotice, notice)
        assert (row.sent_how, row.sent_on) == ("post", work.today)
        assert [each.disclosed_on for each in told(work, notice)[0]] == [work.today]


def test_a_fax_by_a_gateway_that_never_answers_is_recorded_at_once_and_corrected_when_it_comes_back(
    work_as: WorkAs, edge: Edge, machine: Machine
) -> None:
    machine.answers = False
    _reference, notice, key = a_correction(work_as)
    key = by_another_way(work_as, key, Way.FAX)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604-555-0177", False)
    Worker(edge).drain()
    with work_as("dov") as work:
        assert work.db.get_one(CorrectionNotice, notice).sent_how == "fax"
        dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "refused")
        held, void = told(work, notice)
        assert (held, len(void)) == ([], 1)


@pytest.mark.parametrize("settled", [False, True])
def test_who_is_told_by_a_letter_that_came_back_was_not_told(
    work_as: WorkAs, edge: Edge, clock: Clockwork, settled: bool
) -> None:
    reference, notice, key = a_correction(work_as)
    goes(work_as, edge, key, Way.POST)
    with work_as("dov") as work:
        case = accuracy_notes.find(work, reference)
        before = case.notices_open
        if settled:
            correction_replies.settle_without(work, case, notice, "We expect no answer.")
    clock.move(days=9)
    with work_as("dov") as work:
        dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "moved")
        row, case = work.db.get_one(CorrectionNotice, notice), accuracy_notes.find(work, reference)
        assert (row.sent_on, row.settled_at, row.came_back_on) == (None, None, work.today)
        assert case.notices_open == before
        assert cases.history(work, case)[-1].event == "notice_came_back"
        held, (void,) = told(work, notice)
        assert held == []
        assert disclosures.details_of(work, void)["wrong"] == "Our letter did not arrive, so they were not told by it."
    with work_as("amina") as work:
        (line,) = [
            each for each in correction_notices.of_case(work, accuracy_notes.find(work, reference)) if each.id == notice
        ]
        assert line.came_back_on
    key = by_another_way(work_as, key, Way.PHONE)
    with work_as("dov") as work:
        dispatch_tasks.told(work, dispatches.find(work, key, lock=True), "", "I read the letter to Dr. Ito.")
        assert work.db.get_one(CorrectionNotice, notice).sent_on == work.today
        assert [each.disclosed_on for each in told(work, notice)[0]] == [work.today]


def test_a_letter_that_comes_back_when_its_case_is_done_is_told_there_too(work_as: WorkAs, edge: Edge) -> None:
    reference, notice, key = a_correction(work_as)
    pays_only(work_as, reference)
    goes(work_as, edge, key, Way.POST)
    with work_as("dov") as work:
        case = accuracy_notes.find(work, reference)
        correction_replies.settle_without(work, case, notice, "We expect no answer.")
        assert not case.is_open
    with work_as("dov") as work:
        dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "moved")
        case = accuracy_notes.find(work, reference)
        assert (case.is_open, cases.history(work, case)[-1].event) == (False, "notice_came_back")
        assert told(work, notice)[0] == []
    key = by_another_way(work_as, key, Way.PHONE)
    with work_as("dov") as work:
        dispatch_tasks.told(work, dispatches.find(work, key, lock=True), "", "I read the letter to Dr. Ito.")
        assert len(told(work, notice)[0]) == 1


def test_told_by_telephone_before_the_letter_came_back_counts(work_as: WorkAs, edge: Edge, clock: Clockwork) -> None:
    _reference, notice, key = a_correction(work_as)
    goes(work_as, edge, key, Way.POST)
    clock.move(days=1)
    with work_as("dov") as work:
        call = dispatch_tasks.call(work, dispatches.find(work, key, lock=True))
        dispatch_tasks.told(work, call, "", "I read the letter to Dr. Ito.")
        called_on = work.today
        assert work.db.get_one(CorrectionNotice, notice).sent_how == "post"
    clock.move(days=5)
    with work_as("dov") as work:
        dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "moved")
        row = work.db.get_one(CorrectionNotice, notice)
        assert (row.sent_how, row.sent_on) == ("telephone", called_on)
        assert [each.disclosed_on for each in told(work, notice)[0]] == [called_on]


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
