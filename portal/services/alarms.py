"""Who was told no: an entry in the trail each, and a word to the administrators when it is one thing after another.

Source: security.md A1, A01 (one ``authz_fail`` each), A02 (``malicious_direct_reference`` after ten tries) and B01 (a
global alarm when passwords are tried over many accounts).
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.domain.actors import Role
from portal.domain.audit import PORTAL_CHAIN
from portal.domain.errors import TooManyTries
from portal.domain.policy import Permission
from portal.models.accounts import Account
from portal.models.audit import AuditEntry
from portal.services import audit, throttling
from portal.services.throttling import Allowance
from portal.services.work import Work

REFUSED, TRIED_MANY, STUFFING = "authz_fail", "malicious_direct_reference", "authn_login_fail_max"
NOES_BY_ACCOUNT = Allowance(10, 360)  # ten at once, and full again after an hour
ALARMS = Allowance(1, 3600)
NOTICES = {TRIED_MANY: "alarm", STUFFING: "door_alarm"}
WRONG_PASSWORDS = Allowance(200, 3)  # of all accounts together: as many as ten minutes of people who mistype
SHOWN, MOST_SHOWN = timedelta(days=30), 200


def note(work: Work, method: str, address: str, status: int) -> None:
    """Whoever acts asked for what is not hers. ``address`` is the rule of it: which patient or case is not written."""
    try:
        throttling.spend(work, f"noes/{work.actor.id}", NOES_BY_ACCOUNT)
    except TooManyTries:
        _raise_alarm(work, TRIED_MANY, str(work.actor.id))
    else:
        audit.record(work, REFUSED, method=method, address=address, status=str(status))


def note_wrong_password(work: Work) -> None:
    """One more wrong password at the door, of whatever account."""
    try:
        throttling.spend(work, "wrong-passwords", WRONG_PASSWORDS)
    except TooManyTries:
        _raise_alarm(work, STUFFING, "door")


def _raise_alarm(work: Work, action: str, about: str) -> None:
    """Once an hour for each ``about``, however much is tried."""
    try:
        throttling.spend(work, f"alarms/{about}", ALARMS)
    except TooManyTries:
        return
    audit.record(work, action)
    told = select(Account.id).where(Account.disabled_at.is_(None), Account.roles.contains(Role.ADMINISTRATOR.value))
    for key in work.db.scalars(told.order_by(Account.id)):
        name = f"alarm/{about}/{work.now:%Y%m%d%H%M}/{key}"
        work.promise("notice", name, account=str(key), notice=NOTICES[action])


@dataclass(frozen=True)
class Line:
    """One no, or an alarm: then there is no address."""

    at: datetime
    name: str
    role: str
    action: str
    method: str
    address: str


def recent(work: Work) -> list[Line]:
    """Every no of the last thirty days, newest first, at most so many as fit a page."""
    work.must(Permission.AUDIT_VERIFY)
    told = AuditEntry.action.in_((REFUSED, TRIED_MANY, STUFFING))
    query = select(AuditEntry.text).where(AuditEntry.chain == PORTAL_CHAIN, told, AuditEntry.at >= work.now - SHOWN)
    return list(_lines(work.db.scalars(query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(MOST_SHOWN))))


def _lines(texts: Iterator[str]) -> Iterator[Line]:
    for facts in map(json.loads, texts):
        at = datetime.fromisoformat(facts["at"])
        yield Line(at, facts["name"], facts["role"], facts["action"], facts.get("method", ""), facts.get("address", ""))
