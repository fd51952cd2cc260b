"""What everybody of the clinic stands by once a year before the office opens: confidentiality, and the policy."""

from datetime import datetime

from sqlalchemy import select

from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.undertakings import Document, current
from portal.domain.words import _
from portal.models.staff import Acknowledgement
from portal.services import audit, privacy_policy
from portal.services.work import Work


def versions(work: Work) -> dict[Document, str]:
    """Which version of each text is stood by now: the undertaking's own, and the policy in force."""
    work.must(Permission.QUEUE_VIEW)
    return {**current().versions, Document.POLICY: privacy_policy.in_force(work).identity}


def good_until(work: Work) -> datetime | None:
    """Until when this person need not be asked; None when she must be asked now."""
    work.must(Permission.QUEUE_VIEW)
    rules = current()
    query = select(Acknowledgement.document, Acknowledgement.version, Acknowledgement.at).where(
        Acknowledgement.account_id == work.actor.id, Acknowledgement.at > work.now - rules.every
    )
    wanted = versions(work)
    newest: dict[str, datetime] = {}
    for document, version, at in work.db.execute(query):
        if version == wanted[Document(document)]:
            newest[document] = max(at, newest.get(document, at))
    if set(newest) != set(Document):
        return None
    return min(newest.values()) + rules.every


def acknowledge(work: Work, shown: dict[Document, str]) -> None:
    """Record that this person read both texts and stands by them. ``shown`` are the digests of what was on the page."""
    work.must(Permission.QUEUE_VIEW)
    if set(shown) != set(Document):
        raise Invalid(_("Read both texts first."))
    wanted = versions(work)
    for document, digest in shown.items():
        version = wanted[document]
        work.db.add(
            Acknowledgement(account_id=work.actor.id, document=document, version=version, digest=digest, at=work.now)
        )
        audit.record(work, "undertaking.acknowledged", document=document.value, version=version, text_digest=digest)
