"""Who is told no leaves an entry; who is told no again and again, or tries many passwords, raises an alarm."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.demo.people import PASSWORD
from portal.domain.errors import NotAllowed, TooManyTries
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.jobs import Job
from portal.services import alarms, sign_ins
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]
ADDRESS = "/access-requests/<reference>"


def refused(work_as: WorkAs, name: str, times: int) -> None:
    for _time in range(times):
        with work_as(name) as work:
            alarms.note(work, "GET", ADDRESS, 404)


def actions(work: Work) -> list[str]:
    told = (alarms.REFUSED, alarms.TRIED_MANY, alarms.STUFFING)
    return list(work.db.scalars(select(AuditEntry.action).where(AuditEntry.action.in_(told)).order_by(AuditEntry.id)))


def promised(work: Work) -> list[str]:
    return list(work.db.scalars(select(Job.name).where(Job.name.startswith("alarm/"))))


def test_each_no_is_one_entry_and_ten_within_an_hour_are_an_alarm(work_as: WorkAs) -> None:
    refused(work_as, "mei", 10)
    with work_as("system") as work:
        assert (actions(work), promised(work)) == ([alarms.REFUSED] * 10, [])
    refused(work_as, "mei", 15)
    with work_as("system") as work:
        assert actions(work) == [alarms.REFUSED] * 10 + [alarms.TRIED_MANY]
        assert len(promised(work)) == 1


def test_one_persons_noes_are_not_anothers(work_as: WorkAs) -> None:
    refused(work_as, "mei", 9)
    refused(work_as, "amina", 9)
    with work_as("system") as work:
        assert alarms.TRIED_MANY not in actions(work)


def test_an_old_link_now_and_then_is_no_alarm(work_as: WorkAs, clock: Clockwork) -> None:
    for _hour in range(30):
        refused(work_as, "mei", 3)
        clock.move(hours=1)
    with work_as("system") as work:
        assert alarms.TRIED_MANY not in actions(work)


def test_the_administrator_hears_of_an_alarm_once_an_hour_and_reads_who_it_was(
    work_as: WorkAs, edge: Edge, clock: Clockwork, worker: Worker
) -> None:
    refused(work_as, "mei", 60)
    clock.move(minutes=61)
    refused(work_as, "mei", 30)
    worker.drain()
    mails = [path.read_text() for path in (edge.config.data_dir / "outbox").glob("*.eml")]
    ours = [mail for mail in mails if "Somebody is trying" in mail]
    assert len(ours) == 2
    assert all("Mei" not in mail and "access-requests" not in mail for mail in ours)
    with work_as("esi", writes=False) as work:
        lines = alarms.recent(work)
    assert {line.name for line in lines} == {"Mei Tanaka"} or {line.role for line in lines} == {"patient"}
    assert [line.action for line in lines].count(alarms.TRIED_MANY) == 2
    assert {line.address for line in lines} == {ADDRESS, ""}
    with work_as("dov", writes=False) as work, pytest.raises(NotAllowed):
        alarms.recent(work)


def test_what_is_a_month_old_is_shown_no_more(work_as: WorkAs, clock: Clockwork) -> None:
    refused(work_as, "mei", 1)
    clock.move(days=31)
    with work_as("esi", writes=False) as work:
        assert alarms.recent(work) == []


def test_of_ten_thousand_pairs_at_most_sixty_tries_an_account_reach_the_hash(
    work_as: WorkAs, edge: Edge, clock: Clockwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten minutes from two hundred addresses: the brake is the account's. Then the administrator is told."""
    looked_at: dict[str, int] = {}

    def attempt(email: str, number: int) -> bool:
        try:
            with work_as("system") as work:
                sign_ins.count_try(work, email, f"10.0.{number % 200}.0/24")
        except TooManyTries:
            return False
        looked_at[email] = looked_at.get(email, 0) + 1
        with work_as("system") as work:
            sign_ins.refuse(work, email)
        return True

    emails = [f"{name}@patients.example" for name in ("mei", "amina", "ben", "felipa", "noor")]
    emails += [f"nobody-{n}@x.example" for n in range(15)]
    for number in range(2_000):  # a fifth of the ten thousand, for a fifth of the time, over a fifth of the accounts
        attempt(emails[number % len(emails)], number)
        clock.move(seconds=0.06)
    assert 10 <= max(looked_at.values()) <= 12
    clock.move(minutes=8)
    more = sum(attempt(emails[0], number) for number in range(200))
    assert looked_at[emails[0]] <= 60
    assert more <= 10


def test_many_wrong_passwords_over_many_accounts_are_an_alarm_and_a_right_pair_still_meets_the_second_step(
    work_as: WorkAs,
) -> None:
    for number in range(250):
        with work_as("system") as work:
            sign_ins.refuse(work, f"{number}@x.example")
    with work_as("system") as work:
        assert actions(work) == [alarms.STUFFING]
        assert len(promised(work)) == 1
        account = sign_ins.check_password(work, "femi@clinic.example", PASSWORD)
        assert account is not None
        live = sign_ins.resume(work, sign_ins.begin(work, account, "10.0.0.0/24", "tests"))
        assert live is not None
        assert live.factor_needed == sign_ins.CODE
    assert timedelta(seconds=alarms.WRONG_PASSWORDS.tries * alarms.WRONG_PASSWORDS.seconds) <= timedelta(minutes=10)
