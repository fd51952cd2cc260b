"""What works once works once, also for two who come at the same instant."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from portal.domain.errors import NotFound, NotPossible
from portal.models.accounts import Account
from portal.models.proofs import RecoveryLink
from portal.services import passkeys, patients, readmissions, recoveries, recovery_codes, sign_ins
from portal.services.work import Work
from tests.authenticator import Device
from tests.test_concurrency import at_once

WorkAs = Callable[..., AbstractContextManager[Work]]
FIVE = 5


def kinds(given: list[object]) -> list[str]:
    return sorted(type(each).__name__ if isinstance(each, Exception) else str(each) for each in given)


def test_a_recovery_code(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        dov, code = work.actor.id, recovery_codes.new_set(work)[0]
    assert dov is not None

    def uses() -> object:
        with work_as("system") as work:
            return recovery_codes.use(work, dov, code)

    assert kinds(at_once(*[uses] * FIVE)) == ["False"] * (FIVE - 1) + ["True"]


def test_a_link_for_a_forgotten_password(work_as: WorkAs) -> None:
    with work_as("mei") as work:
        link = RecoveryLink(token_digest=sign_ins.digest_of("a token"), account_id=work.actor.id, asked_at=work.now)
        link.expires_at = work.now + timedelta(minutes=30)
        work.db.add(link)

    def sets() -> object:
        with work_as("system") as work:
            recoveries.set_password(work, "a token", "a hash")
        return "set"

    assert kinds(at_once(*[sets] * FIVE)) == [NotFound.__name__] * (FIVE - 1) + ["set"]


def test_an_answer_of_a_device(work_as: WorkAs) -> None:
    device = Device(counts=False)
    with work_as("mei") as work:
        mei = work.actor.id
        assert mei is not None
        key, options = passkeys.question_to_make(work, mei)
        passkeys.add(work, mei, key, device.make(json.loads(options)), "my phone")
        key, options = passkeys.question_to_sign_in(work, "a network")
    answer = device.sign(json.loads(options))

    def signs_in() -> object:
        with work_as("system") as work:
            return passkeys.sign_in(work, key, answer, "a network", "a browser") is not None

    assert kinds(at_once(*[signs_in] * FIVE)) == ["False"] * (FIVE - 1) + ["True"]


def test_a_new_way_in(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        readmissions.ask(work, patients.find(work, "P-006230"), "photo_id")

    def decides(approve: bool) -> Callable[[], object]:
        def act() -> object:
            with work_as("esi") as work:
                mei = patients.find(work, "P-006230")
                waiting = readmissions.pending(work, mei)
                assert waiting is not None
                if approve:
                    readmissions.approve(work, mei, readmissions.digest(waiting))
                else:
                    readmissions.refuse(work, mei)
            return "decided"

        return act

    given = at_once(decides(True), decides(False), decides(True))
    assert given.count("decided") == 1
    assert all(isinstance(no, (NotPossible, AssertionError)) for no in given if no != "decided")


def test_the_password_is_the_one_that_was_set(work_as: WorkAs) -> None:
    with work_as("mei") as work:
        mei = work.db.get_one(Account, work.actor.id)
        link = RecoveryLink(token_digest=sign_ins.digest_of("a token"), account_id=mei.id, asked_at=work.now)
        link.expires_at = work.now + timedelta(minutes=30)
        work.db.add(link)

    def sets(hashed: str) -> Callable[[], object]:
        def act() -> object:
            with work_as("system") as work:
                recoveries.set_password(work, "a token", hashed)
            return hashed

        return act

    given = at_once(sets("one"), sets("another"))
    with work_as("mei", writes=False) as work:
        kept = work.db.get_one(Account, work.actor.id).password_hash
    assert kept in given
