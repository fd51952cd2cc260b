"""A message of which no e-mail told its reader is a task of the office, until she knows that it waits."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.contact_plans import Plan
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission, allows
from portal.edges import Edge
from portal.models.complaints import ComplaintPerson
from portal.models.jobs import Job
from portal.models.messages import UntoldMessage
from portal.models.people import Patient
from portal.models.scopes import untold_messages_seen_by
from portal.services import (
    access_log,
    access_requests,
    complaints,
    contact_plans,
    correspondence,
    message_notices,
    notices,
    patients,
    untold_messages,
)
from portal.services.jobs import JOBS
from portal.services.work import Work
from portal.worker import Worker
from tests.clinic_at_work import Week
from tests.conftest import Clockwork
from tests.services.test_complaints import said as complaint
from tests.services.test_messages import account, answers, asks, opens, thread_of
from tests.services.test_representatives import the_power_of_ben

WorkAs = Callable[..., AbstractContextManager[Work]]
HOW = "Called on Monday, she reads it tonight."


@pytest.fixture
def request_of_hers(work_as: WorkAs, edge: Edge) -> str:
    return Week(work_as, edge).sent()


def gives_up(work_as: WorkAs, to: str = "amina") -> dict[str, Any]:
    """The newest e-mail about a message to this person does not go through, as the worker finds in the end."""
    with work_as("system") as work:
        mine = (Job.kind == "message_notice", Job.status == "waiting", Job.payload.contains(str(account(work, to))))
        job = work.db.scalars(select(Job).where(*mine).order_by(Job.id.desc())).first()
        assert job is not None
        job.status = "dead"
        work.db.flush()
        payload: dict[str, Any] = json.loads(job.payload)
        give_up = JOBS["message_notice"].give_up
        assert give_up is not None
        give_up(work, payload)
        return payload


def goes_through(work_as: WorkAs, payload: dict[str, Any], kind: str = "message_notice") -> None:
    with work_as("system") as work:
        JOBS[kind].keep(work, payload, True)


def tasks(work_as: WorkAs, who: str = "dov") -> list[untold_messages.Untold]:
    """What stands in somebody's list, which her count agrees with."""
    with work_as(who, writes=False) as work:
        found = untold_messages.waiting(work)
        assert untold_messages.count(work) == len(found)
        return found


def tells(work_as: WorkAs, task: untold_messages.Untold, *values: str, who: str = "dov") -> bool:
    with work_as(who) as work:
        return untold_messages.tell(work, untold_messages.find(work, task.row.id, lock=True), *values)


def test_a_message_whose_e_mail_was_given_up_needs_somebody_until_she_opens_it(
    work_as: WorkAs, request_of_hers: str
) -> None:
    answers(work_as, "dov", request_of_hers)
    with work_as("dov", writes=False) as work:
        assert correspondence.waiting(work)[1] == 0
    gives_up(work_as)
    (task,) = tasks(work_as)
    assert (task.reader, task.hears, task.acts, task.row.why) == ("Amina Haddad", True, False, "given_up")
    with work_as("dov", writes=False) as work:
        assert correspondence.waiting(work)[1] == 1
        assert notices.undelivered(work, access_requests.find(work, request_of_hers))
    opens(work_as, "dov", request_of_hers)  # that the clinic reads its own message tells her nothing
    assert tasks(work_as)
    opens(work_as, "amina", request_of_hers)
    assert tasks(work_as) == []
    with work_as("dov", writes=False) as work:
        assert correspondence.waiting(work)[1] == 0
        assert notices.undelivered(work, access_requests.find(work, request_of_hers)) == []
    with work_as("system", writes=False) as work:
        assert work.db.scalars(select(UntoldMessage.settled_how)).all() == ["opened"]


def test_it_stands_once_for_a_thread_however_many_e_mails_fail(work_as: WorkAs, request_of_hers: str) -> None:
    answers(work_as, "dov", request_of_hers)
    gives_up(work_as)
    answers(work_as, "dov", request_of_hers, "One thing more.")
    gives_up(work_as)
    assert len(tasks(work_as)) == 1
    opens(work_as, "amina", request_of_hers)
    assert tasks(work_as) == []


@pytest.mark.parametrize("kind", ["message_notice", "notice"])
def test_a_later_e_mail_about_the_thread_or_its_case_settles_it(
    work_as: WorkAs, request_of_hers: str, kind: str
) -> None:
    answers(work_as, "dov", request_of_hers)
    payload = gives_up(work_as)
    with work_as("system", writes=False) as work:
        case = access_requests.find(work, request_of_hers)
        payload |= {"case": str(case.id)} if kind == "notice" else {}
    goes_through(work_as, payload | {"account": str(payload["account"])}, kind)
    assert tasks(work_as) == []


def test_an_e_mail_to_somebody_else_settles_nothing(work_as: WorkAs, request_of_hers: str) -> None:
    answers(work_as, "dov", request_of_hers)
    payload = gives_up(work_as)
    with work_as("system", writes=False) as work:
        payload["account"] = str(account(work, "ben"))
    goes_through(work_as, payload)
    assert len(tasks(work_as)) == 1


def test_somebody_says_how_she_was_told_and_the_next_message_is_a_task_again(
    work_as: WorkAs, request_of_hers: str, clock: Clockwork
) -> None:
    answers(work_as, "dov", request_of_hers)
    gives_up(work_as)
    (task,) = tasks(work_as)
    for values, field in (
        (("", "", HOW), "how"),
        (("opened", "", HOW), "how"),
        (("spoke", "", HOW), "verified"),
        (("wrote", "", " "), "words"),
    ):
        with pytest.raises(Invalid) as lacks:
            tells(work_as, task, *values)
        assert lacks.value.field == field
    clock.move(hours=1)
    assert tells(work_as, task, "spoke", "call_back", HOW)
    assert tasks(work_as) == []
    assert not tells(work_as, task, "spoke", "call_back", HOW)  # pressed twice
    with pytest.raises(NotPossible):
        tells(work_as, task, "spoke", "call_back", HOW, who="esi")
    with work_as("dov", writes=False) as work:
        thread = thread_of(work, request_of_hers)
        assert [(each.by, each.words) for each in untold_messages.told_otherwise(work, thread)] == [("Dov Levin", HOW)]
        assert message_notices.undelivered(work, thread) == []
    with work_as("amina", writes=False) as work:
        told = [look.what for look in access_log.lines(work, patients.own(work), limit=10)]
        assert any("were told that a message waits" in what for what in told)
    with work_as("ben", writes=False) as work:  # who acts for her must not learn by which way she is reached
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        assert not any("message waits" in look.what for look in access_log.lines(work, amina, limit=50))
    clock.move(hours=1)
    answers(work_as, "dov", request_of_hers, "One thing more.")
    gives_up(work_as)
    assert len(tasks(work_as)) == 1


def test_who_was_told_while_the_e_mail_was_still_tried_needs_nobody(
    work_as: WorkAs, request_of_hers: str, clock: Clockwork
) -> None:
    answers(work_as, "dov", request_of_hers)
    clock.move(hours=1)
    answers(work_as, "dov", request_of_hers, "One thing more.")
    gives_up(work_as)  # the second one
    (task,) = tasks(work_as)
    clock.move(hours=1)
    assert tells(work_as, task, "wrote", "", HOW)
    gives_up(work_as)  # and a day after it was written, the first
    assert tasks(work_as) == []


def test_whom_a_complaint_names_finds_it_in_no_list_and_no_count(work_as: WorkAs) -> None:
    with work_as("amina") as work:
        named = frozenset({account(work, "dov")})
        reference = str(complaints.send(work, patients.own(work), complaint(people=named)).reference)
    answers(work_as, "esi", reference)
    gives_up(work_as)
    (task,) = tasks(work_as, "esi")
    assert tasks(work_as, "dov") == []
    with work_as("dov", writes=False) as work:
        assert correspondence.waiting(work)[1] == 0
        with pytest.raises(NotFound):
            untold_messages.find(work, task.row.id)
    with work_as("system") as work:  # named later, she loses it at once
        work.db.add(ComplaintPerson(case_id=task.row.case_id, account_id=account(work, "esi")))
    assert tasks(work_as, "esi") == []
    with work_as("esi", writes=False) as work:
        assert correspondence.needing_somebody(work) == 0
    for physician in ("femi", "lena"):
        assert tasks(work_as, physician) == []


def test_the_list_and_the_leave_agree(work_as: WorkAs, request_of_hers: str) -> None:
    with work_as("amina") as work:
        named = frozenset({account(work, "dov")})
        reference = str(complaints.send(work, patients.own(work), complaint(people=named)).reference)
    for each in (request_of_hers, None, reference):
        answers(work_as, "esi", each)
        gives_up(work_as)
    seen = 0
    for who in ("dov", "esi", "femi", "lena", "amina", "ben", "mei", "system"):
        with work_as(who, writes=False) as work:
            rows = work.db.scalars(select(UntoldMessage)).all()
            assert len(rows) == 3
            found = set(work.db.scalars(select(UntoldMessage.id).where(untold_messages_seen_by(work.actor))))
            assert found == {row.id for row in rows if allows(work.actor, Permission.CORRESPONDENCE_WORK, row)}, who
            seen += len(found)
    assert seen == 2 + 3 + 3


def test_somebody_whose_power_is_over_is_not_told_any_more(work_as: WorkAs, request_of_hers: str) -> None:
    asks(work_as, request_of_hers, who="ben")
    answers(work_as, "dov", request_of_hers)
    gives_up(work_as, "ben")
    (task,) = tasks(work_as)
    assert (task.acts, task.hears) == (True, True)
    with work_as("system") as work:
        the_power_of_ben(work).ends_on = work.today - timedelta(1)
    (task,) = tasks(work_as)
    assert not task.hears
    with pytest.raises(Invalid) as no:
        tells(work_as, task, "wrote", "", HOW)
    assert no.value.field == "how"
    assert tells(work_as, task, "not_told", "", "His power is over.")


def test_where_no_e_mail_may_tell_her_somebody_does(work_as: WorkAs, request_of_hers: str, worker: Worker) -> None:
    with work_as("amina") as work:
        plan = Plan(channel="phone", phone="250-555-0188", never=("email",))
        contact_plans.keep(work, patients.own(work), plan, "", 0)
    answers(work_as, "dov", request_of_hers)
    worker.drain()
    (task,) = tasks(work_as)
    assert (task.row.why, task.reach.phone if task.reach else "") == ("no_email", "250-555-0188")


def test_no_task_tells_that_a_colleague_was_not_told(work_as: WorkAs, request_of_hers: str) -> None:
    with work_as("dov") as work:
        access_requests.find(work, request_of_hers)
    asks(work_as, None)  # for the administrators
    gives_up(work_as, "esi")
    assert tasks(work_as) == []
    with work_as("dov", writes=False) as work:
        assert [each.name for each in message_notices.undelivered(work, thread_of(work, None))] == ["Esi Owusu"]
