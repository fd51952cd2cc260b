"""The clinic's directory of recipients: one row each, with an address that letters reach."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from portal.domain import purposes
from portal.domain import recipients as rules
from portal.domain.policy import Permission
from portal.models.consents import Recipient
from portal.services import audit
from portal.services.work import Work


def every(work: Work) -> Sequence[Recipient]:
    """All recipients in use, by name; a patient sees those who care for people, and nobody's relatives or lawyers."""
    work.must(Permission.RECIPIENTS_SEE)
    query = select(Recipient).where(Recipient.retired_at.is_(None)).order_by(Recipient.name, Recipient.id)
    if not work.actor.is_staff:
        query = query.where(Recipient.kind.in_(purposes.find("care").recipients))
    return work.db.scalars(query).all()


def chosen(work: Work, keys: list[str]) -> dict[UUID, str]:
    """Of these keys the recipients there are, with the kind of each."""
    return {each.id: each.kind for each in every(work) if str(each.id) in keys}


def add(work: Work, name: str, kind: str, address: str, **contact: str | None) -> Recipient:
    """A new recipient. Raises Invalid without a name, a kind or an address."""
    work.must(Permission.RECIPIENTS_KEEP)
    rules.check(name, kind, address)
    row = Recipient(name=name.strip(), kind=kind, address=address.strip(), added_by_name=work.actor.name, **contact)
    row.added_at = work.now
    work.db.add(row)
    work.db.flush()
    audit.record(work, "recipient.added", recipient=str(row.id))
    return row
