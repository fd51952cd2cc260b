"""Tries are counted in buckets that refill as time passes, the same for every process."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.domain.errors import TooManyTries
from portal.services import sign_ins, throttling
from portal.services.throttling import SIGN_IN_BY_ACCOUNT, SIGN_IN_BY_NETWORK, Allowance
from portal.services.work import Work
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]
THREE_A_MINUTE = Allowance(3, 20)


def spend(work_as: WorkAs, key: str = "account:a", allowance: Allowance = THREE_A_MINUTE) -> int:
    """One try. Gives 0 when it is let in, else in how many seconds to come back."""
    try:
        with work_as("system") as work:
            throttling.spend(work, key, allowance)
    except TooManyTries as no:
        assert str(no.retry_after) in no.sentence  # noqa: PT017
        return no.retry_after
    return 0


def test_as_many_tries_as_allowed_and_no_more(work_as: WorkAs) -> None:
    assert [spend(work_as) for _try in range(5)] == [0, 0, 0, 20, 20]


def test_it_says_when_to_come_back(work_as: WorkAs) -> None:
    for _try in range(3):
        spend(work_as)
    with pytest.raises(TooManyTries, match="Wait 20 seconds"), work_as("system") as work:
        throttling.spend(work, "account:a", THREE_A_MINUTE)


def test_one_account_does_not_use_up_anothers_tries(work_as: WorkAs) -> None:
    for _try in range(4):
        spend(work_as)
    assert spend(work_as, "account:b") == 0


def test_who_comes_back_when_told_is_let_in_and_not_before(work_as: WorkAs, clock: Clockwork) -> None:
    for _try in range(3):
        spend(work_as)
    wait = spend(work_as)
    clock.move(seconds=wait - 1)
    assert spend(work_as) == 1
    clock.move(seconds=1)
    assert spend(work_as) == 0
    assert spend(work_as) > 0


def test_the_wait_is_never_told_too_short(work_as: WorkAs, clock: Clockwork) -> None:
    for _try in range(3):
        spend(work_as)
    clock.move(seconds=0.7)
    clock.move(seconds=spend(work_as))
    assert spend(work_as) == 0


def test_a_long_pause_saves_up_no_more_than_a_full_bucket(work_as: WorkAs, clock: Clockwork) -> None:
    spend(work_as)
    clock.move(days=30)
    assert [spend(work_as) for _try in range(4)] == [0, 0, 0, 20]


def test_a_clock_that_goes_back_gives_no_tries_away(work_as: WorkAs, clock: Clockwork) -> None:
    for _try in range(3):
        spend(work_as)
    clock.move(hours=-1)
    assert spend(work_as) > 0


def test_a_sign_in_counts_for_the_account_and_for_the_network(work_as: WorkAs) -> None:
    def tries(email: str, network: str) -> bool:
        try:
            with work_as("system") as work:
                sign_ins.count_try(work, email, network)
        except TooManyTries:
            return False
        return True

    assert all(tries("Mei@patients.example", f"10.0.{n}.0/24") for n in range(SIGN_IN_BY_ACCOUNT.tries))
    assert not tries(" mei@patients.example ", "10.1.0.0/24")  # however it is written, from wherever
    assert all(tries(f"{n}@x.example", "192.0.2.0/24") for n in range(SIGN_IN_BY_NETWORK.tries))
    assert not tries("somebody@x.example", "192.0.2.0/24")


@pytest.mark.parametrize("key", ["account:%", "account:_", "account:'; DROP TABLE buckets"])
def test_what_is_in_a_key_is_text(key: str, work_as: WorkAs) -> None:
    assert spend(work_as, key) == 0
    assert spend(work_as, "account:x") == 0
