"""Tries are counted in the database, so that every process counts the same: token buckets, one atomic UPDATE a try.

Source: security.md section 1 (RATE). An in-memory counter counts once per worker.
"""

import math
from dataclasses import dataclass

from sqlalchemy import case, func, select, update
from sqlalchemy.exc import IntegrityError

from portal.domain.errors import TooManyTries
from portal.domain.words import _
from portal.models.accounts import Bucket
from portal.services.work import Work

# A try: a little less than one, since seconds of POSIX time are only exact to a millionth.
WHOLE = 1 - 1e-4


@dataclass(frozen=True)
class Allowance:
    """``tries`` at once, and one more every ``seconds``."""

    tries: int
    seconds: float


SIGN_IN_BY_ACCOUNT = Allowance(10, 60)
SIGN_IN_BY_DEVICE = Allowance(10, 60)
SIGN_IN_BY_NETWORK = Allowance(60, 5)
CODE_BY_ACCOUNT = Allowance(5, 60)
STEP_UP_BY_ACCOUNT = Allowance(6, 30)
ACTIVATION_BY_NETWORK = Allowance(20, 30)
PASSKEY_QUESTIONS = Allowance(60, 2)
FILES_OF_OTHERS = Allowance(12, 300)
MESSAGES_BY_ACCOUNT = Allowance(30, 30)
CODES_BY_NETWORK = Allowance(20, 30)
ACCOUNT_REQUESTS_BY_NETWORK = Allowance(5, 600)
PRINTING_BY_ACCOUNT = Allowance(10, 60)
RECOVERY_BY_ACCOUNT = Allowance(3, 600)
RECOVERY_BY_NETWORK = Allowance(20, 30)


def spend(work: Work, key: str, allowance: Allowance) -> None:
    """Take one try from the bucket ``key``. Raises TooManyTries, with when to come back, when it is empty."""
    now = work.now.timestamp()
    _open_bucket(work, key, allowance, now)
    gained = Bucket.tokens + (now - Bucket.refilled) / allowance.seconds
    available = case((gained > allowance.tries, float(allowance.tries)), else_=gained)
    spent = (
        update(Bucket)
        .where(Bucket.key == key, available >= WHOLE)
        .values(tokens=available - 1, refilled=now)
        .execution_options(synchronize_session=False)
    )
    if work.db.execute(spent).rowcount == 1:  # type: ignore[attr-defined]
        return
    left = work.db.scalar(select(available).where(Bucket.key == key)) or 0.0
    wait = max(1, math.ceil((WHOLE - left) * allowance.seconds))
    raise TooManyTries(
        _("There were too many tries. Wait %(seconds)s seconds, then try again.", seconds=wait), retry_after=wait
    )


def _open_bucket(work: Work, key: str, allowance: Allowance, now: float) -> None:
    if work.db.scalar(select(func.count()).select_from(Bucket).where(Bucket.key == key)):
        return
    try:
        with work.db.begin_nested():
            work.db.add(Bucket(key=key, tokens=float(allowance.tries), refilled=now))
    except IntegrityError:
        return  # somebody else opened it at the same instant
