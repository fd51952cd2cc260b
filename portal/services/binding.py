"""Binding a release package, by the worker: read what was decided, print and sign it, keep it sealed.

The record is opened item by item while it is printed, so that memory does not grow with it; what lies on disk unsealed
meanwhile lies in the scratch folder only, and is gone when the package is kept or given up.
"""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from portal.domain import releases as sheets
from portal.domain.access_requests import Stage
from portal.domain.letters.wording import review_right
from portal.domain.policy import Permission, allows
from portal.domain.releases import Bound
from portal.domain.reviews import Decision
from portal.domain.wishes import Scope
from portal.domain.words import _, speaking
from portal.models.access_requests import AccessRequest
from portal.models.accuracy_notes import Annotation
from portal.models.letters import StoredFile
from portal.models.record_items import Judgement
from portal.models.releases import ReleasePackage
from portal.services import (
    access_requests,
    accounts,
    annotations,
    audit,
    cases,
    clocks,
    files,
    judgements,
    letter_composers,
    letters,
    package_pages,
    record_items,
    releases,
)
from portal.services.package_pages import Plan, anchor_of
from portal.services.sealing import data_key, seal
from portal.services.work import Report, Work


@dataclass(frozen=True)
class Kept:
    """What came of it: the stored file, its pages and the manifest."""

    file: StoredFile
    pages: int
    manifest: str


def to_bind(work: Work, payload: dict[str, Any]) -> Plan | None:
    """Gather the plan of a package; None when it was built already (the job is safe to repeat) or is wanted no more."""
    package = releases.find(work, UUID(payload["package"]))
    request = access_requests.find_by_key(work, package.case_id)
    if not _is_wanted(package, request) or not _may_still(work, package, request):
        return None
    language = letters.language_of(work, request)
    with speaking(language):
        rows = tuple(judgements.rows_in_order(work, request))
        data_key(work, request.patient_id)
        return _plan(work, package, request, language, rows)


def _is_wanted(package: ReleasePackage, request: AccessRequest) -> bool:
    """Whether the case still waits for this package: she may have withdrawn, or the office ordered another, since."""
    return package.file_id is None and request.stage == Stage.PREPARING and request.package_id == package.id


def _may_still(work: Work, package: ReleasePackage, request: AccessRequest) -> bool:
    """Whether who released the case has the right to it now too, when the package is made."""
    return allows(accounts.as_of_now(work, package.released_by_id), Permission.REQUEST_RELEASE, request)


def _plan(
    work: Work, package: ReleasePackage, request: AccessRequest, language: str, rows: tuple[Judgement, ...]
) -> Plan:
    law, facts = clocks.rules_of(request), letters.facts_of(work, request)
    letter = letters.answer_of(work, request)
    given = [row for row in rows if row.decision in (Decision.RELEASE, Decision.SEVER)]
    kept_back = [row for row in rows if row.decision in (Decision.SEVER, Decision.WITHHOLD)]
    grounds = {ground.id: ground for ground in law.grounds}
    written_on = letter.dated or work.today
    return Plan(
        package_id=package.id,
        request=request,
        language=language,
        rows=tuple(given),
        enclosures={str(f.id): f for f in files.enclosures(work, request.patient_id)},
        letter=letter,
        cover={
            "reference": request.reference,
            "dated": work.today,
            "addressed_to": letter.addressed_to,
            "patient": request.patient.name,
            "asked_on": request.received_on,
            "asked_by": facts.asked_by,
            "request": access_requests.in_words(work, request),
            "released": len(given),
            "severed": sum(row.decision == Decision.SEVER for row in rows),
            "withheld": sum(row.decision == Decision.WITHHOLD for row in rows),
            "signed_by": (work.clinic.privacy_contact.name, _(work.clinic.privacy_contact.title)),
        },
        removed=tuple(_removed(row, grounds[row.ground_id or ""]) for row in kept_back),
        recipients=tuple(letter_composers.recipients_with_purpose(work, request)) if facts.tells_recipients else None,
        review=tuple(review_right(replace(facts, written_on=written_on))) if kept_back else (),
        reasons={ground.id: _(ground.plain_words) for ground in law.grounds},
        notes=annotations.rows_beside(work, request, (row.item for row in given)),
        missing=_missing(work, request, given),
    )


def _missing(work: Work, request: AccessRequest, given: list[Judgement]) -> tuple[Annotation, ...]:
    """What the patient says is missing, of the kinds of entry that were asked for."""
    wishes = access_requests.wishes_of(work, request)
    kinds = {row.item.category for row in given} | {each.value for each in wishes.categories}
    whole = wishes.scope == Scope.EVERYTHING
    return tuple(row for row in annotations.rows_of_no_entry(work, request) if whole or row.category in kinds)


def _removed(row: Judgement, ground: Any) -> dict[str, Any]:
    return {
        "title": judgements.called(row.item),
        "day": record_items.day_of(row.item),
        "whole": row.decision == Decision.WITHHOLD,
        "reason": _(ground.plain_words),
        "provision": _(ground.provision),
        "anchor": anchor_of(row),
    }


def bind(work: Work, plan: Plan | None, report: Report) -> Kept | None:
    """Print, join and sign the package and put it, sealed, into the store. A crash leaves nothing that counts."""
    if plan is None:
        return None
    with tempfile.TemporaryDirectory(dir=work.outside.scratch) as folder, speaking(plan.language):
        plain, signed = Path(folder, "package.pdf"), Path(folder, "signed.pdf")
        bound = _print(work, plan, plain, report)
        work.outside.signer.sign(plain, signed, reason=_("Release package"), contact=work.clinic.privacy_contact.email)
        plain.unlink()
        whole = _digest(signed)
        manifest = sheets.manifest(bound, plan.request.reference or "", work.now, signed.stat().st_size, whole)
        with signed.open("rb") as file:
            row = files.put(
                work,
                plan.request.patient_id,
                iter(lambda: file.read(files.BLOCK), b""),
                name=f"{plan.request.reference}.pdf",
                media_type="application/pdf",
                purpose="package",
                case_id=plan.request.id,
            )
        return Kept(row, bound.pages, manifest.to_json())


def keep(work: Work, payload: dict[str, Any], kept: Kept | None) -> None:
    """Record the finished package and move the case on; from here the patient can have it."""
    package = releases.find(work, UUID(payload["package"]))
    request = access_requests.find_by_key(work, package.case_id)
    if kept is None or not _is_wanted(package, request) or not _may_still(work, package, request):
        drop(work, kept)
        if not _may_still(work, package, request):
            give_up(work, payload)
        return
    work.db.add(kept.file)
    work.db.flush()
    package.file_id, package.pages, package.built_at = kept.file.id, kept.pages, work.now
    package.expires_on = letter_composers.package_until(work)
    package.steps_done = package.steps_all
    seal(work, package.patient_id, package, "manifest_sealed", kept.manifest)
    request.package_built, request.package_failed = True, False
    audit.record_of(work, "package.built", request, package=str(package.id))
    cases.take(work, request, "built")


def drop(work: Work, kept: Kept | None) -> None:
    """Take back, sealed as it is, what no row will ever name."""
    if kept is not None:
        work.outside.store.delete(kept.file.stored_digest)


def give_up(work: Work, payload: dict[str, Any]) -> None:
    """The last try failed, or who released it may not any more: the office can have it made again, if it is wanted."""
    package = releases.find(work, UUID(payload["package"]))
    request = access_requests.find_by_key(work, package.case_id)
    if _is_wanted(package, request):
        package.failed_at, request.package_failed = work.now, True


def progress(work: Work, package_id: UUID, done: int, everything: int) -> None:
    """How far the package is, for the page that waits for it."""
    package = releases.find(work, package_id)
    package.steps_done, package.steps_all = done, everything


def _print(work: Work, plan: Plan, out: Path, report: Report) -> Bound:
    everything = len(plan.rows) + 6

    def tell(parts: int, _pages: int) -> None:
        report.tell(min(parts, everything), everything)

    bound: Bound = work.outside.press.book(
        out,
        front=package_pages.front(work, plan),
        parts=package_pages.parts(work, plan),
        back=package_pages.back(work, plan),
        title=_("Record of %(name)s, %(reference)s", name=plan.request.patient.name, reference=plan.request.reference),
        language=plan.language.replace("_", "-"),
        footer=plan.request.reference or "",
        progress=tell,
    )
    return bound


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
