"""Who reads a letter is asked anew until it is gone: nothing follows somebody whose power is over or rests."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Delivery
from portal.domain.contact_plans import Plan
from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import Event, Stage, Way
from portal.domain.errors import Invalid, NotPossible
from portal.edges import Edge
from portal.models.accounts import Account, SignIn
from portal.models.people import Patient
from portal.services import (
    access_requests,
    contact_plans,
    correspondence,
    dispatch_targets,
    dispatch_tasks,
    dispatches,
    letter_batches,
    letter_ways,
    patient_invitations,
    patients,
    posting,
    watches,
)
from portal.services.correspondence import Tab
from portal.services.work import Work
from portal.web.patient import letter_ways as told_ways
from portal.worker import Worker
from tests.services.test_correspondence import (
    Machine,
    answered,
    asks_at_the_counter,
    goes_out,
    machine,
    of_case,
    shown,
    without_account,
)
from tests.web.patient import stages
from tests.web.patient.stages import A_LITTLE, power_over

__all__ = ["machine"]

WorkAs = Callable[..., AbstractContextManager[Work]]
BENS = "3 Mill Road\nVictoria BC  V8W 2B2"
AMINAS = "4 Lake Street\nVictoria BC  V8V 1A1"
SAFE = "PO Box 41\nVictoria BC  V8V 9Z9"


def file_of_ben(work: Work) -> Patient:
    account = work.db.scalars(select(Account).where(Account.email == "ben@patients.example")).one()
    file = work.db.scalars(select(Patient).where(Patient.account_id == account.id)).one_or_none()
    if file is None:
        file = patients.register(work, "Ben", "Lindqvist", date(1984, 2, 3))
        file.account_id = account.id
    file.address = BENS
    work.db.flush()
    return file


def sign_in_of_ruth(work: Work) -> Account:
    account = Account(email="ruth@patients.example", name="Ruth Quist", roles="patient", language="en")
    account.made_at = work.now
    work.db.add(account)
    work.db.flush()
    return account


def amina(work: Work) -> Patient:
    return work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()


def to_ben(work_as: WorkAs, way: Way = Way.POST, signs_in: bool = True, wishes: Any = stages.EVERYTHING) -> UUID:
    """A letter on its way to Ben, who asked in Amina's place."""
    reference = stages.sent(work_as, "ben", wishes)
    with work_as("dov") as work:
        ben = file_of_ben(work)
        amina(work).address = AMINAS
        found = next(each for each in of_case(work, reference) if each.account_id == ben.account_id)
        made = dispatches.make(work, found.letter, Planned(way, "chosen"), found.account_id if signs_in else None)
        return made.id


def looked_at(work_as: WorkAs, edge: Edge, key: UUID) -> None:
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm(work, found, shown(work, found))
    Worker(edge).drain()


def is_watched(work_as: WorkAs) -> None:
    """Every power over Amina rests from now on; one address is safe."""
    with work_as("amina") as work:
        mine = patients.own(work)
        plan = Plan(channel="portal", address=SAFE, never=("address",))
        contact_plans.keep(work, mine, plan, "", contact_plans.of(work, mine).version)
        watches.begin(work, mine)


@pytest.mark.parametrize("signs_in", [True, False])
def test_a_printed_letter_does_not_follow_a_power_that_rests(work_as: WorkAs, edge: Edge, signs_in: bool) -> None:
    key = to_ben(work_as, signs_in=signs_in)
    with work_as("dov") as work:
        target = correspondence.look(work, dispatches.find(work, key)).target
        assert (target.name, target.place) == ("Ben Lindqvist", tuple(BENS.splitlines()))
    looked_at(work_as, edge, key)
    is_watched(work_as)
    with work_as("dov") as work:
        assert letter_batches.take_back(work, [key])
    with work_as("dov") as work:
        with pytest.raises(Invalid):
            letter_batches.make(work, [key])
        found = dispatches.find(work, key)
        assert (found.stage, found.file_id) == (Stage.WAITING, None)
        target = correspondence.look(work, found).target
        assert (target.name, target.place) == ("Amina Haddad", tuple(SAFE.splitlines()))


def test_the_desk_and_the_telephone_ask_who_reads_it_before_they_record(work_as: WorkAs, edge: Edge) -> None:
    desk = to_ben(work_as, Way.COUNTER)
    looked_at(work_as, edge, desk)
    with work_as("dov") as work:
        file_of_ben(work).phone = "250-555-0166"
        call = dispatch_tasks.call(work, dispatches.find(work, desk)).id
        seen = shown(work, dispatches.find(work, call))
    is_watched(work_as)
    with work_as("dov") as work:
        with pytest.raises(NotPossible, match="Somebody else reads this letter"):
            posting.at_the_desk(work, dispatches.find(work, desk, lock=True), "photo_id")
        with pytest.raises(NotPossible, match="has changed since you looked"):
            dispatch_tasks.told(work, dispatches.find(work, call, lock=True), "call_back", "I read it out.", seen)
        with pytest.raises(NotPossible, match="No number may be called"):
            dispatch_tasks.told(work, dispatches.find(work, call, lock=True), "call_back", "I read it out.")


BY_FAX = replace(A_LITTLE, delivery=Delivery.FAX, delivery_to="604-555-0177")


def test_a_fax_is_not_dialled_once_the_power_of_who_gave_the_number_rests(
    work_as: WorkAs, edge: Edge, machine: Machine
) -> None:
    key = to_ben(work_as, Way.FAX, wishes=BY_FAX)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604-555-0177", False)
    is_watched(work_as)
    Worker(edge).drain()
    assert machine.sent == {}
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        assert found.stage == Stage.WAITING
        assert correspondence.look(work, found).target.number == ""
        with pytest.raises(Invalid, match="No fax may go there"):
            posting.confirm_fax(work, found, shown(work, found), "604-555-0177", "604-555-0177", True)


@pytest.mark.parametrize(
    ("plan", "open_way"),
    [
        (Plan(never=("phone",)), False),  # the number on file, which she closed
        (Plan(neutral=True), False),  # its sheets name the clinic
        (Plan(), True),
    ],
)
def test_a_fax_is_planned_only_where_its_number_may_be_dialled(work_as: WorkAs, plan: Plan, open_way: bool) -> None:
    number = without_account(work_as)
    with work_as("dov") as work:
        patient = patients.find(work, number)
        patient.phone = "(604) 555-0177 ext 3"
        contact_plans.keep(work, patient, replace(plan, channel="post"), "", 0, "photo_id")
    reference = asks_at_the_counter(work_as, number, delivery=Delivery.FAX, delivery_to="604-555-0177")
    with work_as("dov") as work:
        answered(work, reference)
        last = max(of_case(work, reference), key=lambda each: each.letter_id)
        ways = {each.way for each in of_case(work, reference) if each.letter_id == last.letter_id}
        assert ways == ({Way.POST, Way.FAX} if open_way else {Way.POST})


def test_an_address_that_an_earlier_representative_typed_is_not_hers(work_as: WorkAs) -> None:
    key = to_ben(work_as, wishes=replace(A_LITTLE, delivery=Delivery.POST, delivery_to=BENS))
    is_watched(work_as)
    with work_as("amina") as work:
        watches.end(work, patients.own(work), True)
        mine = patients.own(work)
        contact_plans.keep(work, mine, Plan(channel="portal", never=("address",)), "", 1)
    with work_as("dov") as work:
        from portal.models.people import Representation

        for row in work.db.scalars(select(Representation).where(Representation.patient_id == amina(work).id)):
            row.ends_on = date(2026, 11, 1)
        work.db.flush()
        target = correspondence.look(work, dispatches.find(work, key)).target
        assert (target.name, target.place) == ("Amina Haddad", ())


def test_what_came_back_from_the_representative_puts_only_his_address_in_doubt(work_as: WorkAs, edge: Edge) -> None:
    key = to_ben(work_as)
    looked_at(work_as, edge, key)
    goes_out(work_as, [key])
    with work_as("dov") as work:
        assert dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "moved")
        assert dispatch_targets.doubt(work, amina(work), Way.POST) is None
        assert dispatch_targets.doubt(work, file_of_ben(work), Way.POST) is not None
        found = dispatches.find(work, key)
        assert correspondence.look(work, found).target.doubted == "moved"  # unsealed with the key of Ben's file
        dispatch_tasks.settle(work, found, Way.POST, "call_back")
        assert dispatch_targets.doubt(work, file_of_ben(work), Way.POST) is None


def came_back_from_home(work_as: WorkAs, edge: Edge) -> tuple[str, str, UUID]:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        (key,) = [each.id for each in of_case(work, reference) if each.way == Way.POST]
    looked_at(work_as, edge, key)
    goes_out(work_as, [key])
    with work_as("dov") as work:
        dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "moved")
    return number, reference, key


def test_a_doubt_ends_when_she_was_asked_whatever_became_of_the_letter_before(work_as: WorkAs, edge: Edge) -> None:
    _number, reference, key = came_back_from_home(work_as, edge)
    with work_as("dov") as work:
        assert (
            dispatch_tasks.settle(work, dispatches.find(work, key, lock=True), "nothing", "", "She came here.") is None
        )
        answered(work, reference, "extension")
        (row,) = correspondence.page(work, Tab.PRINT).rows
        assert row.target.doubted
        again = dispatch_tasks.settle(work, row.dispatch, Way.POST, "call_back")
        assert again is not None
        assert not correspondence.look(work, again).target.doubted
        posting.confirm(work, again, shown(work, again))


def test_how_she_wants_the_answer_decides_over_the_answer_alone(work_as: WorkAs) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as), delivery=Delivery.PICK_UP)
    with work_as("dov") as work:
        assert {each.way for each in of_case(work, reference)} == {Way.POST}
        before = {each.id for each in of_case(work, reference)}
        answered(work, reference)
        assert [each.way for each in of_case(work, reference) if each.id not in before] == [Way.COUNTER]


def test_an_invitation_is_not_printed_for_an_address_in_doubt(work_as: WorkAs, edge: Edge) -> None:
    number, _reference, _key = came_back_from_home(work_as, edge)
    with work_as("dov") as work:
        patient_invitations.invite(work, patients.find(work, number), "letter")
        _key, html = patient_invitations.to_print(work, patients.find(work, number))
        assert "Harbour Way" not in html


def test_who_gave_a_password_alone_where_a_code_was_asked_never_came_in(work_as: WorkAs) -> None:
    number = without_account(work_as)
    with work_as("dov") as work:
        account = sign_in_of_ruth(work)
        patients.find(work, number).account_id = account.id
        half = {"token_digest": "0" * 64, "began_at": work.now, "seen_at": work.now, "factor_needed": "totp"}
        work.db.add(SignIn(account_id=account.id, **half))
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        assert {each.way for each in of_case(work, reference)} == {Way.POST}


def test_one_reader_whom_the_clerk_acts_for_does_not_close_the_list(work_as: WorkAs, edge: Edge) -> None:
    key = to_ben(work_as)
    with work_as("dov") as work:
        dov, ben = work.actor.id, file_of_ben(work).id
        assert dov is not None
        work.db.add(power_over(ben, dov, work.today, work.now))
    with work_as("dov") as work:
        assert ben in work.actor.represents
        assert key in {row.dispatch.id for row in correspondence.page(work, Tab.PRINT).rows}


def test_a_letter_of_which_no_email_may_tell_gets_another_way(work_as: WorkAs, edge: Edge) -> None:
    reference = stages.sent(work_as, "mei")
    with work_as("mei") as work:
        mine = patients.own(work)
        mine_account, case_id = mine.account_id, access_requests.find(work, reference).id
        plan = Plan(channel="post", address=SAFE, never=("email",))
        contact_plans.keep(work, mine, plan, "", contact_plans.of(work, mine).version)
    payload = {"account": str(mine_account), "case": str(case_id), "notice": "letter"}
    for _twice in range(2):
        with work_as("system") as work:
            dispatch_tasks.notice_sent(work, json.loads(json.dumps(payload)), False)
    with work_as("dov") as work:
        assert sorted(each.way for each in of_case(work, reference)) == [Way.PORTAL, Way.POST]


def test_the_patient_is_not_told_of_her_address_where_it_went_to_another(work_as: WorkAs, edge: Edge) -> None:
    key = to_ben(work_as)
    looked_at(work_as, edge, key)
    goes_out(work_as, [key])
    with work_as("dov") as work:
        letter_id, case_id = dispatches.find(work, key).letter_id, dispatches.find(work, key).case_id
        kept = dispatches.target_of(work, dispatches.find(work, key))
        assert kept["on_file"]
    with work_as("amina", writes=False) as work:
        case = access_requests.find_by_key(work, case_id)
        went = [each for each in letter_ways.of_letters(work, case, [letter_id])[letter_id] if each.way == Way.POST]
        assert [(each.event, each.home) for each in went] == [(Event.POSTED, False)]


def test_nobody_looks_for_another_way_for_ever(work_as: WorkAs, edge: Edge, app: Any) -> None:
    _number, reference, key = came_back_from_home(work_as, edge)
    with work_as("dov") as work:
        case = access_requests.find(work, reference)
        letter_id = dispatches.find(work, key).letter_id
        account = sign_in_of_ruth(work)
        case.patient.account_id = account.id

    def said() -> str:
        with work_as("ruth", writes=False) as work, app.test_request_context():
            went = letter_ways.of_letters(work, access_requests.find(work, reference), [letter_id])[letter_id]
            return " ".join(told_ways._words(each) for each in went)

    assert "We look for another way." in said()
    with work_as("dov") as work:
        dispatch_tasks.settle(work, dispatches.find(work, key, lock=True), "nothing", "", "She came here.")
    assert "We look for another way." not in said()
    assert "We have not sent it again." in said()
