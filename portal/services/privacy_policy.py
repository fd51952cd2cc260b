"""The policy as it was published: which version is in force, which there were, and who has read the one that is."""

import json
from dataclasses import dataclass

from sqlalchemy import Select, func, select

from portal.domain.errors import NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.privacy_policy import Edition, from_json, shipped
from portal.domain.undertakings import Document
from portal.domain.words import _
from portal.models.people import Patient
from portal.models.privacy_policy import PolicyVersion
from portal.models.staff import Acknowledgement
from portal.services import audit
from portal.services.work import Work

NEWEST_FIRST = select(PolicyVersion).order_by(PolicyVersion.in_force_from.desc(), PolicyVersion.number.desc())


def in_force(work: Work) -> Edition:
    """The version that holds today: the clinic's newest whose day has come, else the one the portal came with."""
    row = work.db.scalars(NEWEST_FIRST.where(PolicyVersion.in_force_from <= work.today).limit(1)).one_or_none()
    return edition_of(row) if row else shipped()


def to_come(work: Work) -> Edition | None:
    """The next version whose day has not come yet."""
    later = select(PolicyVersion).where(PolicyVersion.in_force_from > work.today)
    row = work.db.scalars(later.order_by(PolicyVersion.in_force_from, PolicyVersion.number).limit(1)).one_or_none()
    return edition_of(row) if row else None


def editions(work: Work) -> list[Edition]:
    """Every version there ever was, newest first."""
    return [edition_of(row) for row in work.db.scalars(NEWEST_FIRST)] or [shipped()]


def edition(work: Work, number: int) -> Edition:
    """One version. Raises NotFound."""
    return next((each for each in editions(work) if each.number == number), None) or _nothing_there()


def before(work: Work, later: Edition) -> Edition | None:
    """The version that held before this one; None for the first."""
    earlier = [each for each in editions(work) if each.number < later.number]
    return earlier[0] if earlier else None


def _nothing_there() -> Edition:
    raise NotFound(_("There is no such version of our policy."))


def edition_of(row: PolicyVersion) -> Edition:
    return Edition(
        number=row.number,
        in_force_from=row.in_force_from,
        clauses=from_json(row.clauses),
        changes=json.loads(row.changes),
        published_at=row.published_at,
        published_by=row.published_by_name,
    )


@dataclass(frozen=True)
class News:
    """A version somebody has not acknowledged; ``known`` is the number of the one she did last, None for none."""

    edition: Edition
    known: int | None


def news(work: Work) -> News | None:
    """What is new for the patient or representative who reads; None when she has read the version in force."""
    work.must(Permission.POLICY_ACKNOWLEDGE)
    held = in_force(work)
    versions = list(work.db.scalars(_acknowledged(work)))
    if held.identity in versions:
        return None
    numbers = [int(head) for head in (version.partition("-")[0] for version in versions) if head.isdigit()]
    return News(held, max((n for n in numbers if n <= held.number), default=None))


def _acknowledged(work: Work) -> Select[str]:
    """Which versions of the policy whoever acts has acknowledged."""
    return select(Acknowledgement.version).where(
        Acknowledgement.account_id == work.actor.id, Acknowledgement.document == Document.POLICY
    )


def acknowledge(work: Work, identity: str, language: str) -> Edition:
    """Keep that this person has read the version she was shown, in this language; twice is once.

    Raises NotPossible when another version is in force by now: nobody acknowledges what she was not shown.
    """
    work.must(Permission.POLICY_ACKNOWLEDGE)
    held = in_force(work)
    if held.identity != identity:
        raise NotPossible(_("There is a newer version of our policy since you opened the page. Please read that one."))
    if held.identity not in set(work.db.scalars(_acknowledged(work))):
        digest = held.digest_in(language)
        work.db.add(
            Acknowledgement(
                account_id=work.actor.id, document=Document.POLICY, version=held.identity, digest=digest, at=work.now
            )
        )
        facts = {"version": held.identity, "language": language, "text_digest": digest}
        audit.record(work, "policy.acknowledged", work.actor.patient_id, **facts)
    return held


def readers(work: Work, held: Edition) -> tuple[int, int]:
    """How many patients with a sign-in have read this version, of how many."""
    work.must(Permission.POLICY_WRITE)
    signing_in = select(func.count()).select_from(Patient).where(Patient.account_id.is_not(None))
    read = (
        select(func.count(Patient.id.distinct()))
        .join(Acknowledgement, Acknowledgement.account_id == Patient.account_id)
        .where(Acknowledgement.document == Document.POLICY, Acknowledgement.version == held.identity)
    )
    return work.db.scalar(read) or 0, work.db.scalar(signing_in) or 0
