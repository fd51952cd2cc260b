"""The directory of recipients, as whoever discloses uses it: found by the beginning of a name, or written down anew."""

from collections.abc import Sequence

from sqlalchemy import func, or_, select

from portal.domain.policy import Permission
from portal.domain.recipients import check
from portal.models.consents import Recipient
from portal.models.people import Patient
from portal.services.work import Work

MOST = 20


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


def add(work: Work, patient: Patient, name: str, kind: str, address: str) -> Recipient:
    """Write down a recipient to whom something about this patient goes. Raises Invalid for one no letter reaches."""
    work.must(Permission.DISCLOSURES_RECORD, patient)
    check(name, kind, address)
    row = Recipient(name=name.strip(), kind=kind, address=address.strip(), added_by_name=work.actor.name)
    row.added_at = work.now
    work.db.add(row)
    work.db.flush()
    return row
