"""Letters that go out otherwise than through the portal: none is lost, none goes twice, none goes where it may not."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.adapters.fax import FaxLater, FaxRefused
from portal.domain.access_requests import Channel, Delivery
from portal.domain.contact_plans import Plan
from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import Event, Stage, Way
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.jobs import Job
from portal.models.people import Patient
from portal.services import (
    access_requests,
    contact_plans,
    correspondence,
    dispatch_printing,
    dispatch_targets,
    dispatch_tasks,
    dispatches,
    incoming_papers,
    letter_batches,
    letter_ways,
    letters,
    notices,
    paper_lists,
    patients,
    posting,
)
from portal.services.correspondence import Tab
from portal.services.incoming_papers import Came
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.web.patient import stages
from tests.web.patient.stages import A_LITTLE

WorkAs = Callable[..., AbstractContextManager[Work]]
HOME = "12 Harbour Way\nNanaimo BC  V9R 1A1"


def without_account(work_as: WorkAs, address: str | None = HOME) -> str:
    """The number of a patient who has no sign-in."""
    with work_as("dov") as work:
        made = patients.register(work, "Ruth", "Quist", date(1941, 5, 2), address=address)
        return made.number


def asks_at_the_counter(work_as: WorkAs, number: str, **wishes: Any) -> str:
    with work_as("dov") as work:
        begun = access_requests.start(work, patients.find(work, number), Channel.COUNTER)
        access_requests.save(work, begun, replace(A_LITTLE, **wishes))
        access_requests.register(work, begun, work.today)
        assert begun.reference
        return begun.reference


def answered(work: Work, reference: str, kind: str = "decision") -> None:
    """A letter of this kind in the case, with whatever words."""
    case = access_requests.find(work, reference)
    letters.write(work, case, kind, {"letter": letters.draft(work, case, "acknowledgement")})


def of_case(work: Work, reference: str) -> list[Dispatch]:
    return list(work.db.scalars(select(Dispatch).where(Dispatch.case.has(reference=reference)).order_by(Dispatch.id)))


def shown(work: Work, found: Dispatch) -> str:
    return posting.digest_of(dispatch_targets.of(work, found, letters.read(work, found.letter)))


def printed(work_as: WorkAs, edge: Edge, reference: str) -> list[UUID]:
    """Every paper letter of the case looked at and printed."""
    with work_as("dov") as work:
        waiting = [each for each in of_case(work, reference) if each.stage == Stage.WAITING and each.way == Way.POST]
        for each in waiting:
            posting.confirm(work, each, shown(work, each))
        keys = [each.id for each in waiting]
    Worker(edge).drain()
    return keys


def goes_out(work_as: WorkAs, keys: list[UUID]) -> UUID:
    with work_as("dov") as work:
        batch = letter_batches.make(work, keys)
        assert letter_batches.handed_over(work, batch, work.today, {}) == (len(keys), 0)
        return batch.id


def events(work: Work, key: UUID) -> list[str]:
    query = select(DispatchEvent.event).where(DispatchEvent.dispatch_id == key)
    return list(work.db.scalars(query.order_by(DispatchEvent.at, DispatchEvent.id)))


def test_every_letter_of_a_patient_without_account_stands_in_the_list(work_as: WorkAs) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    lost = asks_at_the_counter(work_as, without_account(work_as, address=None))
    with work_as("dov") as work:
        for case in (reference, lost):
            written = [
                row for row, _words in letters.of_case(work, access_requests.find(work, case)) if not row.from_patient
            ]
            assert written
            assert {each.letter_id for each in of_case(work, case) if each.way == Way.POST} == {
                row.id for row in written
            }
        to_print = correspondence.page(work, Tab.PRINT).rows
        assert [row.dispatch.case.reference for row in to_print if row.dispatch.case] == [reference]
        assert to_print[0].target.lines == ("Ruth Quist", "12 Harbour Way", "Nanaimo BC  V9R 1A1")
        (task,) = correspondence.page(work, Tab.BACK).rows  # no address: not lost, but a task
        assert (task.dispatch.case.reference, task.dispatch.problem) == (lost, "no_way")
        assert correspondence.waiting(work) == (1, 1)


def test_who_signs_in_reads_it_there_and_that_she_opened_it_is_written_once(work_as: WorkAs, edge: Edge) -> None:
    reference = stages.sent(work_as, "mei")
    Worker(edge).drain()
    with work_as("mei", writes=False) as work:
        case = access_requests.find(work, reference)
        row = next(row for row, _words in letters.of_case(work, case) if not row.from_patient)
        for _twice in range(2):
            letters.find(work, case, row.id)
    with work_as("dov") as work:
        ways = {each.way: each for each in of_case(work, reference) if each.letter_id == row.id}
        assert set(ways) == {Way.PORTAL, Way.EMAIL}
        assert (ways[Way.PORTAL].stage, ways[Way.EMAIL].stage) == (Stage.ARRIVED, Stage.SENT)
        assert events(work, ways[Way.PORTAL].id) == ["prepared", "opened"]
    with work_as("mei", writes=False) as work:
        told = letter_ways.of_letters(work, access_requests.find(work, reference), [row.id])[row.id]
        assert [(each.way, each.event) for each in told] == [(Way.EMAIL, Event.SENT), (Way.PORTAL, Event.OPENED)]


def test_a_batch_goes_out_once_however_often_it_is_pressed(work_as: WorkAs, edge: Edge) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    keys = printed(work_as, edge, reference)
    assert keys
    batch_id = goes_out(work_as, keys)
    with work_as("dov") as work:
        batch = letter_batches.find(work, batch_id)
        assert letter_batches.handed_over(work, batch, work.today, {}) == (0, 0)
        assert events(work, keys[0]) == ["prepared", "confirmed", "printed", "posted"]
        assert correspondence.page(work, Tab.PRINT).rows == []
        sent = [row.dispatch for row in correspondence.page(work, Tab.SENT).rows]
        assert [each.id for each in sent if each.way == Way.POST] == keys
        with pytest.raises(NotPossible):
            letter_batches.taken(work, batch)  # nothing is printed twice


def test_what_changes_between_looking_and_posting_does_not_go(work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        with pytest.raises(NotPossible):
            posting.confirm(work, found, "Somebody else\n1 Elsewhere")
    (key,) = printed(work_as, edge, reference)
    with work_as("dov") as work:
        batch = letter_batches.make(work, [key])
        patients.find(work, number).address = "9 New Street\nNanaimo BC  V9R 2B2"
        assert letter_batches.handed_over(work, batch, work.today, {}) == (0, 1)
        found = dispatches.find(work, key)
        assert (found.stage, found.file_id, found.batch_id) == (Stage.WAITING, None, None)
        assert events(work, key)[-1] == "recalled"


def test_what_came_back_is_not_sent_there_again_before_she_was_asked(work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    (key,) = printed(work_as, edge, reference)
    goes_out(work_as, [key])
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        assert dispatch_tasks.came_back(work, found, "moved", "Written on the envelope: gone")
        assert not dispatch_tasks.came_back(work, found, "moved")
        assert [row.dispatch.id for row in correspondence.page(work, Tab.BACK).rows] == [key]
        with pytest.raises(Invalid) as without_asking:
            dispatch_tasks.settle(work, found, Way.POST)
        assert without_asking.value.field == "how"
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        patients.find(work, number).address = "9 New Street\nNanaimo BC  V9R 2B2"
        again = dispatch_tasks.settle(work, found, Way.POST, "call_back")
        assert again is not None
        assert again.follows_id == key
        assert correspondence.page(work, Tab.BACK).rows == []
        (row,) = correspondence.page(work, Tab.PRINT).rows
        assert row.target.place == ("9 New Street", "Nanaimo BC  V9R 2B2")
        assert not row.target.doubted


def test_a_new_letter_waits_too_while_the_address_is_doubted(work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    (key,) = printed(work_as, edge, reference)
    goes_out(work_as, [key])
    with work_as("dov") as work:
        dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "no_such_address")
    with work_as("dov") as work:
        case = access_requests.find(work, reference)
        letters.write(work, case, "extension", {"letter": letters.draft(work, case, "acknowledgement")})
        (row,) = correspondence.page(work, Tab.PRINT).rows
        assert row.target.doubted == "no_such_address"
        with pytest.raises(NotPossible):
            posting.confirm(work, row.dispatch, posting.digest_of(row.target))


class Machine:
    """A fax gateway of the tests' own."""

    answers = True

    def __init__(self) -> None:
        self.sent: dict[str, tuple[str, bytes]] = {}
        self.out_of_reach = 0
        self.said: Exception | None = FaxLater("no answer yet")
        self.forgotten: list[str] = []

    def send(self, number: str, pdf: bytes, name: str) -> None:
        if self.out_of_reach:
            self.out_of_reach -= 1
            raise FaxLater("out of reach")
        self.sent[name] = (number, pdf)

    def took(self, name: str) -> bool | None:
        return name in self.sent

    def outcome(self, name: str) -> None:
        if self.said is not None:
            raise self.said

    def forget(self, name: str) -> None:
        self.forgotten.append(name)

    def sweep(self, age: timedelta) -> None: ...

    def check(self) -> None: ...


@pytest.fixture
def machine(edge: Edge) -> Machine:
    made = Machine()
    object.__setattr__(edge.outside, "fax", made)
    return made


def name_of(work_as: WorkAs, key: UUID) -> str:
    """What the gateway knows the fax by that was confirmed last."""
    with work_as("dov") as work:
        return f"fax-{dispatches.target_of(work, dispatches.find(work, key))['fax']}"


def faxed(work_as: WorkAs) -> UUID:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number, delivery=Delivery.FAX, delivery_to="604-555-0177")
    with work_as("dov") as work:
        answered(work, reference)
        (found,) = [each for each in of_case(work, reference) if each.way == Way.FAX]
        with pytest.raises(Invalid):
            posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604-555-0178", False)
        with pytest.raises(Invalid):  # not the number that was given
            posting.confirm_fax(work, found, shown(work, found), "604-555-0188", "604-555-0188", False)
        posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604 555 0177", False)
        return found.id


def test_a_fax_is_tried_again_and_its_arrival_is_read_back(
    work_as: WorkAs, edge: Edge, machine: Machine, clock: Clockwork
) -> None:
    machine.out_of_reach = 2
    key = faxed(work_as)
    for _try in range(3):
        Worker(edge).drain()
        clock.move(minutes=5)
    name = name_of(work_as, key)
    assert [name, "16045550177"] == [next(iter(machine.sent)), machine.sent[name][0]]
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.SENT
    machine.said = None
    clock.move(minutes=10)
    Worker(edge).drain()
    with work_as("dov") as work:
        found = dispatches.find(work, key)
        assert found.stage == Stage.ARRIVED
        assert found.pages == edge.outside.press.pages(machine.sent[name][1])


@pytest.mark.parametrize("firm", [True, False])
def test_a_fax_that_is_given_up_is_a_task(
    work_as: WorkAs, edge: Edge, machine: Machine, clock: Clockwork, firm: bool
) -> None:
    key = faxed(work_as)
    if firm:
        machine.said = FaxRefused("busy for good")
    else:
        machine.out_of_reach = 100
    for _hour in range(60):
        Worker(edge).drain()
        clock.move(minutes=40)
    with work_as("dov") as work:
        (row,) = correspondence.page(work, Tab.BACK).rows
        assert row.dispatch.id == key
        assert row.dispatch.problem == ("fax_refused" if firm else "fax_given_up")
    assert firm or machine.forgotten == [name_of(work_as, key)]


def test_a_fax_of_which_nobody_hears_does_not_lie_in_the_folder(
    work_as: WorkAs, edge: Edge, machine: Machine, clock: Clockwork
) -> None:
    key = faxed(work_as)
    for _hour in range(60):
        Worker(edge).drain()
        clock.move(minutes=40)
    with work_as("dov") as work:
        assert dispatches.find(work, key).problem == "fax_silent"
    assert machine.forgotten == [name_of(work_as, key)]


@pytest.mark.usefixtures("machine")
def test_a_fax_is_a_task_when_faxing_was_switched_off_before_it_went(work_as: WorkAs, edge: Edge) -> None:
    key = faxed(work_as)
    object.__setattr__(edge.outside, "fax", None)
    Worker(edge).drain()
    with work_as("dov") as work:
        found = dispatches.find(work, key)
        assert (found.stage, found.problem) == (Stage.TASK, "fax_off")


def given_up(work_as: WorkAs, reference: str) -> dict[str, Any]:
    """The e-mail that tells Mei of her letter is given up: what its job was given."""
    with work_as("system") as work:
        mine = Job.payload.like(f"%{access_requests.find(work, reference).id}%")
        job = work.db.scalars(select(Job).where(Job.kind == "notice", mine)).first()
        assert job is not None
        job.status = "dead"
        payload: dict[str, Any] = json.loads(job.payload)
        dispatch_tasks.notice_given_up(work, payload)
        return payload


def test_nobody_is_warned_any_more_of_an_email_once_she_was_told_by_telephone(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "mei")
    given_up(work_as, reference)
    with work_as("dov") as work:
        assert notices.undelivered(work, access_requests.find(work, reference))
        (found,) = [each for each in of_case(work, reference) if each.way == Way.EMAIL]
        again = dispatches.make(work, found.letter, Planned(Way.PHONE, "chosen"), found.account_id, follows=found)
        assert notices.undelivered(work, access_requests.find(work, reference))
        assert dispatch_tasks.told(work, again, "call_back", "I read the letter to her.")
        assert notices.undelivered(work, access_requests.find(work, reference)) == []


def test_a_later_email_does_not_settle_what_somebody_wrote_down_as_returned(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "mei")
    payload = given_up(work_as, reference)
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.EMAIL]
        returned = dispatches.make(work, found.letter, Planned(Way.EMAIL, "told_by_email"), found.account_id)
        returned.stage = Stage.SENT
        assert dispatch_tasks.came_back(work, returned, "moved")
        first, second = found.id, returned.id
    with work_as("system") as work:
        dispatch_tasks.notice_sent(work, payload, True)
    with work_as("dov") as work:
        stands = {key: dispatches.find(work, key).stage for key in (first, second)}
        assert stands == {first: Stage.SETTLED, second: Stage.TASK}


def test_a_second_press_makes_no_second_call(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        number = patients.register(work, "Ruth", "Quist", date(1941, 5, 2), address=HOME, phone="250-555-0142").number
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        first = dispatch_tasks.call(work, found)
        assert dispatch_tasks.call(work, found).id == first.id
        assert lines_about(work, found.letter_id, "call_planned") == 1
        assert dispatch_tasks.told(work, first, "call_back", "I read the letter to her.")
        assert dispatch_tasks.call(work, found).id != first.id  # a call some other day is a call of its own


def lines_about(work: Work, letter_id: UUID, act: str) -> int:
    """How often her access log says this of a letter."""
    said = (AuditEntry.action == f"dispatch.{act}", AuditEntry.text.contains(str(letter_id)))
    return len(work.db.scalars(select(AuditEntry.id).where(*said)).all())


def test_who_moves_a_letter_out_of_a_batch_is_named_on_both(work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    (key,) = printed(work_as, edge, asks_at_the_counter(work_as, number))
    with work_as("dov") as work:
        first = letter_batches.make(work, [key]).id
    with work_as("esi") as work:
        second = letter_batches.make(work, [key]).id
    with work_as("dov") as work:
        before, now = (letter_batches.find(work, each) for each in (first, second))
        assert letter_batches.of(work, before) == []
        (gone,), (came,) = letter_batches.moves(work, before), letter_batches.moves(work, now)
        assert (gone.away, gone.other.id, came.away, came.other.id) == (True, second, False, first)
        assert came.other.made_by_name == work.actor.name
        assert gone.reference == came.reference
        assert lines_about(work, dispatches.find(work, key).letter_id, "batched") == 2


def test_one_wrong_letter_of_a_batch_is_named_and_nothing_goes(work_as: WorkAs, edge: Edge, clock: Clockwork) -> None:
    early = asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        written_on = work.today
    (one,) = printed(work_as, edge, early)
    clock.move(days=2)
    late = asks_at_the_counter(work_as, without_account(work_as))
    (other,) = printed(work_as, edge, late)
    with work_as("dov") as work:
        batch = letter_batches.make(work, [one, other])
        with pytest.raises(Invalid, match=late) as day:
            letter_batches.handed_over(work, batch, written_on, {})
        with pytest.raises(Invalid, match=early) as number:
            letter_batches.handed_over(work, batch, work.today, {one: "?"})
        assert (day.value.field, number.value.field) == ("on", f"tracking-{one}")
        assert {dispatches.find(work, each).stage for each in (one, other)} == {Stage.READY}


def test_the_plain_confirmation_is_for_paper_alone(work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number, delivery=Delivery.FAX, delivery_to="604-555-0177")
    with work_as("dov") as work:
        answered(work, reference)
        (fax,) = [each for each in of_case(work, reference) if each.way == Way.FAX]
        post = next(each for each in of_case(work, reference) if each.way == Way.POST)
        with pytest.raises(NotPossible, match="does not go out on paper"):
            posting.confirm(work, fax, shown(work, fax))
        with pytest.raises(NotPossible, match="does not go by fax"):
            posting.confirm_fax(work, post, shown(work, post), "604-555-0177", "604-555-0177", False)
        assert {fax.stage, post.stage} == {Stage.WAITING}


def test_a_letter_is_not_posted_before_it_was_written(work_as: WorkAs, edge: Edge) -> None:
    (key,) = printed(work_as, edge, asks_at_the_counter(work_as, without_account(work_as)))
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        with pytest.raises(Invalid) as too_early:
            posting.handed_over(work, found, work.today - timedelta(1))
        assert too_early.value.field == "on"
        assert posting.handed_over(work, found, work.today) is posting.Handed.GONE


def test_an_email_that_is_given_up_is_a_task_until_she_opens_the_letter(work_as: WorkAs, edge: Edge) -> None:
    reference = stages.sent(work_as, "mei")
    with work_as("system") as work:
        mine = Job.payload.like(f"%{access_requests.find(work, reference).id}%")
        job = work.db.scalars(select(Job).where(Job.kind == "notice", mine)).first()
        assert job is not None
        dispatch_tasks.notice_given_up(work, json.loads(job.payload))
    with work_as("dov") as work:
        (row,) = correspondence.page(work, Tab.BACK).rows
        assert row.dispatch.problem == "mail_given_up"
        letter_id = row.dispatch.letter_id
    with work_as("mei", writes=False) as work:
        letters.find(work, access_requests.find(work, reference), letter_id)
    with work_as("dov") as work:
        assert correspondence.page(work, Tab.BACK).rows == []


def test_whom_a_case_names_and_whose_it_is_see_neither_row_nor_count(work_as: WorkAs) -> None:
    from portal.models.complaints import ComplaintPerson

    reference = asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        assert correspondence.count(work, Tab.PRINT) == 1
        case = access_requests.find(work, reference)
        work.db.add(ComplaintPerson(case_id=case.id, account_id=work.actor.id))
    with work_as("dov") as work:
        assert correspondence.count(work, Tab.PRINT) == 0
        assert correspondence.page(work, Tab.PRINT).rows == []
        (key,) = work.db.scalars(select(Dispatch.id).where(Dispatch.way == Way.POST))
        with pytest.raises(NotFound):
            dispatches.find(work, key)
    with work_as("esi") as work:
        assert correspondence.count(work, Tab.PRINT) == 1
    with work_as("femi") as work:
        assert correspondence.count(work, Tab.PRINT) == 0


def test_a_safe_address_is_used_and_a_closed_one_is_not(work_as: WorkAs) -> None:
    number = without_account(work_as)
    with work_as("dov") as work:
        plan = Plan(channel="post", address="PO Box 41\nNanaimo BC  V9R 9Z9", never=("address",), neutral=True)
        contact_plans.keep(work, patients.find(work, number), plan, "", 0, "photo_id")
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        target = dispatch_targets.of(work, found, letters.read(work, found.letter))
        assert target.place == ("PO Box 41", "Nanaimo BC  V9R 9Z9")
        assert (target.on_file, target.neutral) == (False, True)
        assert letter_batches.sender_of(work.clinic, neutral=True)[0] == work.clinic.neutral.name


def test_a_letter_told_by_telephone_says_how_she_was_known_and_what_was_said(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        number = patients.register(work, "Ruth", "Quist", date(1941, 5, 2), address=HOME, phone="250-555-0142").number
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        call = dispatch_tasks.call(work, found)
        with pytest.raises(Invalid):
            dispatch_tasks.told(work, call, "", "We read it to her.")
        with pytest.raises(Invalid):
            dispatch_tasks.told(work, call, "call_back", "")
        dispatch_tasks.not_reached(work, call)
        assert dispatch_tasks.told(work, call, "call_back", "I read the letter to her.")
        assert not dispatch_tasks.told(work, call, "call_back", "I read the letter to her.")
        *_before, last = correspondence.look(work, call).events
        assert (last.event, last.code) == ("told", "call_back")
        assert correspondence.words_of(work, call, last) == "I read the letter to her."
        assert b"I read" not in (last.note_sealed or b"")


class Looked:
    clean, safe_name, media_type = b"%PDF-1.7 a paper", "paper.pdf", "application/pdf"


def test_a_paper_whose_nobody_knows_waits_in_the_tray_until_it_is_put_away(work_as: WorkAs, edge: Edge) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        came = Came("post", work.today, "R. Quist")
        with pytest.raises(Invalid):
            incoming_papers.receive(work, Looked, came, "AR-2026-999999-X")
        kept = incoming_papers.receive(work, Looked, came)
        key = kept.id
        assert b"Quist" not in (kept.from_sealed or b"")
    with work_as("dov") as work:
        (row,) = paper_lists.tray(work).rows
        assert incoming_papers.sender_of(work, row) == "R. Quist"
        assert b"".join(incoming_papers.read(work, row)) == Looked.clean
        incoming_papers.put_away(work, incoming_papers.find(work, key, lock=True), reference)
        assert paper_lists.tray(work).rows == []
        with pytest.raises(NotFound):
            incoming_papers.find(work, key)
        (filed,) = incoming_papers.of_case(work, access_requests.find(work, reference))
        assert (filed.sender, filed.row.received_on) == ("R. Quist", work.today)
        assert (filed.row.key_wrapped, filed.row.stored_digest) == (None, None)


def test_a_sheet_for_the_recipient_of_before_is_not_kept(work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        posting.confirm(work, found, shown(work, found))
        key = found.id
    with work_as("system", writes=False) as work:
        wanted = dispatch_printing.to_print(work, {"dispatch": str(key)})
        made = dispatch_printing.print_sheets(work, wanted, None)
    with work_as("dov") as work:
        patients.find(work, number).address = "9 New Street\nNanaimo BC  V9R 2B2"
        work.db.flush()
        found = dispatches.find(work, key, lock=True)
        assert posting.took_back(work, found)
        posting.confirm(work, found, shown(work, found))
    with work_as("system") as work:
        dispatch_printing.keep_print(work, {"dispatch": str(key)}, made)
        assert dispatches.find(work, key).stage == Stage.CONFIRMED  # the job of the second look prints it
    Worker(edge).drain()
    with work_as("dov") as work:
        assert dispatches.find(work, key).stage == Stage.READY


def test_the_events_of_a_letter_are_written_once(work_as: WorkAs) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DatabaseError

    asks_at_the_counter(work_as, without_account(work_as))
    with pytest.raises(DatabaseError), work_as("dov") as work:
        work.db.execute(text("UPDATE dispatch_events SET by_name = 'nobody'"))


def test_a_letter_that_belongs_to_no_case_is_put_on_its_way_too(work_as: WorkAs) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        case = access_requests.find(work, reference)
        row, _words = letters.of_case(work, case)[0]
        (made,) = dispatches.plan(work, row, None, ())
        made.case_id = None
        work.db.flush()
        assert made.id in {each.dispatch.id for each in correspondence.page(work, Tab.PRINT).rows}
        assert work.db.get_one(Patient, made.patient_id).number == number


def test_an_e_mail_that_was_sent_shows_the_address_it_went_to_and_no_telephone(work_as: WorkAs, edge: Edge) -> None:
    reference = stages.sent(work_as, "amina")
    Worker(edge).drain()
    with work_as("dov") as work:
        rows = correspondence.page(work, correspondence.Tab.SENT).rows
        (mail,) = [each for each in rows if each.dispatch.way == "email" and each.dispatch.case.reference == reference]
        assert mail.target.number == "amina@patients.example"
