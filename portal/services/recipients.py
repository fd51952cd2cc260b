"""The clinic's directory of recipients: one row each, with an address that letters reach.

Who keeps the directory adds to it as she likes; who discloses writes down the one she needs, for a patient of hers.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, or_, select

from portal.domain import purposes
from portal.domain import recipients as rules
from portal.domain.policy import Permission
from portal.models.consents import Recipient
from portal.models.people import Patient
from portal.services import audit
from portal.services.work import Work

MOST = 20


def every(work: Work) -> Sequence[Recipient]:
    """All recipients in use, by name; a patient sees those who care for people, and nobody's relatives or lawyers."""
    work.must(Permission.RECIPIENTS_SEE)
    query = select(Recipient).where(Recipient.retired_at.is_(None)).order_by(Recipient.name, Recipient.id)
    if not work.actor.is_staff:
        query = query.where(Recipient.kind.in_(purposes.find("care").recipients))
    return work.db.scalars(query).all()


def beginning_with(work: Work, text: str) -> Sequence[Recipient]:
    """Recipients in use of whose name a word begins like this; what is typed is text, never a pattern."""
    work.must(Permission.QUEUE_VIEW)
    typed = text.strip().lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if not typed:
        return []
    name = func.lower(Recipient.name)
    begins = or_(name.like(f"{typed}%", escape="\\"), name.like(f"% {typed}%", escape="\\"))
    query = select(Recipient).where(begins, Recipient.retired_at.is_(None))
    return work.db.scalars(query.order_by(Recipient.name, Recipient.id).limit(MOST)).all()


def chosen(work: Work, keys: list[str]) -> dict[UUID, str]:
    """Of these keys the recipients there are, with the kind of each."""
    return {each.id: each.kind for each in every(work) if str(each.id) in keys}


def add(work: Work, name: str, kind: str, address: str, **contact: str | None) -> Recipient:
    """A new recipient. Raises Invalid without a name, a kind or an address."""
    work.must(Permission.RECIPIENTS_KEEP)
    return _add(work, name, kind, address, contact)


def add_for(work: Work, patient: Patient, name: str, kind: str, address: str) -> Recipient:
    """Write down a recipient to whom something about this patient goes. Raises Invalid for one no letter reaches."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    return _add(work, name, kind, address, {})


def _add(work: Work, name: str, kind: str, address: str, contact: dict[str, str | None]) -> Recipient:
    rules.check(name, kind, address)
    row = Recipient(name=name.strip(), kind=kind, address=address.strip(), added_by_name=work.actor.name, **contact)
    row.added_at = work.now
    work.db.add(row)
    work.db.flush()
    audit.record(work, "recipient.added", recipient=str(row.id))
    return row
