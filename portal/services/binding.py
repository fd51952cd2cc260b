"""Binding a release package, by the worker: read what was decided, print and sign it, keep it sealed.

The record is opened item by item while it is printed, so that memory does not grow with it; what lies on disk unsealed
meanwhile lies in the scratch folder only, and is gone when the package is kept or given up.
"""

import base64
import hashlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

from portal.domain import releases as sheets
from portal.domain import severing
from portal.domain.dates import say_date
from portal.domain.letters import Letter, Recipient
from portal.domain.letters.wording import review_right
from portal.domain.record_items import CATEGORY_NAMES, Block, Category, Enclosure
from portal.domain.releases import Attached, Bound, Contents, Part, Section
from portal.domain.reviews import Decision
from portal.domain.words import _, speaking
from portal.models.access_requests import AccessRequest
from portal.models.letters import StoredFile
from portal.models.record_items import Judgement
from portal.models.releases import ReleasePackage
from portal.services import access_requests, audit, cases, clocks, files, letters, record_items, releases, reviews
from portal.services.sealing import data_key, seal, unseal_json
from portal.services.work import Report, Work

LINES_A_LEAF = 34
REMOVED = "removed"


@dataclass(frozen=True)
class Plan:
    """All that is needed to bind a package without the database: the rows stay sealed until their page is printed."""

    package_id: UUID
    request: AccessRequest
    language: str
    rows: tuple[Judgement, ...]
    enclosures: dict[str, StoredFile]
    letter: Letter
    cover: dict[str, Any]
    removed: tuple[dict[str, Any], ...]
    recipients: tuple[tuple[Recipient, str], ...]
    review: tuple[Any, ...]
    reasons: dict[str, str]


@dataclass(frozen=True)
class Kept:
    """What came of it: the stored file, its pages and the manifest."""

    file: StoredFile
    pages: int
    manifest: str


def to_bind(work: Work, payload: dict[str, Any]) -> Plan | None:
    """Gather the plan of a package; None when it was built already (the job is safe to repeat)."""
    package = releases.find(work, UUID(payload["package"]))
    if package.file_id is not None:
        return None
    request = access_requests.find_by_key(work, package.case_id)
    language = letters.language_of(work, request)
    with speaking(language):
        rows = tuple(reviews.rows_in_order(work, request))
        data_key(work, request.patient_id)
        return _plan(work, package, request, language, rows)


def _plan(
    work: Work, package: ReleasePackage, request: AccessRequest, language: str, rows: tuple[Judgement, ...]
) -> Plan:
    law, facts = clocks.rules_of(request), letters.facts_of(work, request)
    letter = letters.answer_of(work, request)
    given = [row for row in rows if row.decision in (Decision.RELEASE, Decision.SEVER)]
    kept_back = [row for row in rows if row.decision in (Decision.SEVER, Decision.WITHHOLD)]
    grounds = {ground.id: ground for ground in law.grounds}
    notified = letter.dated or work.today
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
            "signed_by": (work.clinic.privacy_contact.name, work.clinic.privacy_contact.title),
        },
        removed=tuple(_removed(row, grounds[row.ground_id or ""]) for row in kept_back),
        recipients=tuple(letters.recipients_with_purpose(work, request.patient_id)),
        review=tuple(review_right(replace(facts, notified_on=notified))) if kept_back else (),
        reasons={ground.id: _(ground.plain_words) for ground in law.grounds},
    )


def _removed(row: Judgement, ground: Any) -> dict[str, Any]:
    return {
        "title": _(CATEGORY_NAMES[Category(row.item.category)]),
        "day": say_date(row.item.occurred_on) if row.item.occurred_on else "",
        "whole": row.decision == Decision.WITHHOLD,
        "reason": _(ground.plain_words),
        "provision": _(ground.provision),
        "anchor": _anchor(row),
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
    if kept is None:
        return
    package = releases.find(work, UUID(payload["package"]))
    request = access_requests.find_by_key(work, package.case_id)
    if package.file_id is not None or request.package_id != package.id:
        return
    work.db.add(kept.file)
    work.db.flush()
    package.file_id, package.pages, package.built_at = kept.file.id, kept.pages, work.now
    package.expires_on = letters.package_until(work)
    package.steps_done = package.steps_all
    seal(work, package.patient_id, package, "manifest_sealed", kept.manifest)
    request.package_built, request.package_failed = True, False
    audit.record(work, "package.built", request.patient_id, reference=request.reference or "", package=str(package.id))
    if request.stage == "preparing":
        cases.take(work, request, "built")


def give_up(work: Work, payload: dict[str, Any]) -> None:
    """The last try failed: the office is shown it and can have the package made again."""
    package = releases.find(work, UUID(payload["package"]))
    package.failed_at = work.now
    request = access_requests.find_by_key(work, package.case_id)
    request.package_failed = True


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
        front=_front(work, plan),
        parts=_parts(work, plan),
        title=_("Record of %(name)s, %(reference)s", name=plan.request.patient.name, reference=plan.request.reference),
        language=plan.language.replace("_", "-"),
        footer=plan.request.reference or "",
        progress=tell,
    )
    return bound


def _front(work: Work, plan: Plan) -> Callable[[Contents], list[Section]]:
    render = work.outside.paper.render

    def front(contents: Contents) -> list[Section]:
        cover = render("packages/cover.html", package=plan.cover, removed=REMOVED, contents=contents)
        pages = [Section("cover", cover, 1.0, "", 1)]
        days = {_anchor(row): say_date(row.item.occurred_on) for row in plan.rows if row.item.occurred_on}
        lines = [{**vars(line), "day": days.get(line.anchor, "")} for line in contents.lines]
        leaves = [lines[start : start + LINES_A_LEAF] for start in range(0, len(lines), LINES_A_LEAF)] or [[]]
        for number, shown in enumerate(leaves, 1):
            leaf = {
                "number": number,
                "last": number == len(leaves),
                "lines": shown,
                "fingerprint": contents.fingerprint,
            }
            pages.append(Section(f"contents-{number}", render("packages/contents.html", leaf=leaf), 1.0, "", 1))
        return pages

    return front


def _parts(work: Work, plan: Plan) -> Iterator[Part]:
    """The package in order: the decision, the entries by kind, what is not given, uses, recipients, correction, further."""
    render = work.outside.paper.render
    yield Section(
        "decision", render("packages/letter.html", letter=plan.letter, anchor="decision"), 1.5, plan.letter.title, 1
    )
    for category, group in groupby(plan.rows, key=lambda row: Category(row.item.category)):
        rows = sorted(group, key=_newest_first)
        title, anchor = _(CATEGORY_NAMES[category]), f"kind-{category.value.replace('_', '-')}"
        heading = render("packages/category.html", title=title, anchor=anchor, count=len(rows))
        yield Section(anchor, heading, 0.1, title, 1)
        for row in rows:
            yield from _entry(work, plan, row)
    if plan.removed:
        yield Section(
            REMOVED,
            render("packages/removed.html", removed=plan.removed, anchor=REMOVED),
            0.5 + len(plan.removed) / 20,
            _("What we did not give you, and why"),
            1,
        )
    yield from _closing(work, plan)


def _closing(work: Work, plan: Plan) -> Iterator[Part]:
    render = work.outside.paper.render
    register = [
        {"name": r.name, "day": say_date(r.on) if r.on else "", "what": r.what, "why": why}
        for r, why in plan.recipients
    ]
    chapters: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("used", _("How we have used your information"), {}),
        ("disclosed", _("Who we gave your information to"), {"recipients": register}),
        ("correcting", _("If something is wrong"), {}),
        ("further", _("If you do not agree with us"), {"blocks": plan.review}),
    )
    for anchor, title, facts in chapters:
        yield Section(anchor, render(f"packages/{anchor}.html", anchor=anchor, **facts), 0.6, title, 1)


def _entry(work: Work, plan: Plan, row: Judgement) -> Iterator[Part]:
    shown = record_items.show(work, row.item)
    title, blocks = _left(work, plan, row, shown)
    day = say_date(row.item.occurred_on) if row.item.occurred_on else ""
    anchor, attached = _anchor(row), []
    drawn = []
    for place, block in enumerate(blocks):
        facts: Any = block
        if isinstance(block, Enclosure) and block.file in plan.enclosures:
            facts = _enclosed(work, plan.enclosures[block.file], block, f"{anchor}-file-{place}")
            if facts.get("follows"):
                attached.append((facts["follows"], plan.enclosures[block.file], block.name))
        drawn.append((block, facts))
    for number, portion in enumerate(_portions(drawn)):
        place_name = anchor if not number else f"{anchor}-{number}"
        item = {"anchor": place_name, "title": title, "day": day, "blocks": portion}
        html = work.outside.paper.render("packages/item.html", item=item, continued=number > 0)
        weight = sheets.weigh([block for block in portion if not isinstance(block, dict)]) + 0.5 * sum(
            isinstance(block, dict) for block in portion
        )
        yield Section(place_name, html, weight, title if not number else "", 2)
    for follows, file, name in attached:
        yield Attached(follows, b"".join(files.stream(work, file)), name, name, 2)


def _portions(drawn: list[tuple[Block, Any]]) -> Iterator[list[Any]]:
    """Runs of blocks of a few pages each; an enclosure keeps what was drawn for it."""
    by_block = {id(block): facts for block, facts in drawn}
    for portion in sheets.portions([block for block, _facts in drawn]):
        yield [by_block.get(id(block), block) for block in portion]


def _left(work: Work, plan: Plan, row: Judgement, shown: record_items.Shown) -> tuple[str, tuple[Block, ...]]:
    if row.decision != Decision.SEVER:
        return shown.title, shown.blocks
    reasoning = unseal_json(work, plan.request.patient_id, row, "reasoning_sealed")
    marked, quotes, why = reasoning["passages"], reasoning["quotes"], plan.reasons[row.ground_id or ""]
    title = severing.title_left(shown.title, shown.blocks, marked, quotes)
    return title or _(CATEGORY_NAMES[shown.category]), severing.sever(shown.blocks, marked, quotes, why)


def _enclosed(work: Work, file: StoredFile, block: Enclosure, follows: str) -> dict[str, Any]:
    facts: dict[str, Any] = {"kind": "enclosure", "name": block.name}
    if file.media_type.startswith("image/"):
        data = base64.b64encode(b"".join(files.stream(work, file))).decode()
        return {**facts, "picture": f"data:{file.media_type};base64,{data}", "alt": block.name}
    return {**facts, "follows": follows}


def _anchor(row: Judgement) -> str:
    return f"item-{row.id.hex}"


def _newest_first(row: Judgement) -> tuple[int, int]:
    return (-(row.item.occurred_on.toordinal() if row.item.occurred_on else 0), row.position)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
