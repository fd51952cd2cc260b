"""The papers for an office outside, in one PDF: case, clock, decisions, letters, manifest and log, with an index.

Bound by the worker. What the clinic noted for itself, beside the complaint or beside messages, is not in it.
"""

import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import arithmetic, complaint_rules, histories
from portal.domain.actors import Role
from portal.domain.cases import stage_name
from portal.domain.clocks import local_date
from portal.domain.complaints import FINDING_NAMES, Finding
from portal.domain.dates import say_date
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.domain.reviews import Decision
from portal.domain.words import N_, _, speaking
from portal.models.access_requests import AccessRequest
from portal.models.base import new_id
from portal.models.cases import Case
from portal.models.complaints import Complaint, ComplaintQuestion
from portal.models.jobs import Job
from portal.models.letters import StoredFile
from portal.services import (
    audit,
    bundle_pages,
    bundle_papers,
    cases,
    clocks,
    complaint_trail,
    complaint_work,
    complaints,
    files,
    given_bundles,
    judgements,
    letters,
    releases,
)
from portal.services.bundle_pages import Bundle, Chapter
from portal.services.cases import who_did
from portal.services.message_papers import rows as message_rows
from portal.services.sealing import unseal, unseal_json
from portal.services.work import Report, Work

DECIDED = {
    Decision.RELEASE: N_("given"),
    Decision.SEVER: N_("given in part"),
    Decision.WITHHOLD: N_("not given"),
}
Row = tuple[str, ...]


def order(work: Work, case: Complaint) -> None:
    """One click: the worker makes the bundle as everything stands then. Clicked again before that, it is one bundle."""
    work.must(Permission.COMPLAINT_DECIDE, case)
    orders = f"bundle/{case.id}/"
    waits = (Job.status == "waiting", Job.name.startswith(orders, autoescape=True))
    if work.db.scalar(select(Job.id).where(*waits).limit(1)) is not None:
        return
    audit.record_of(work, "complaint.bundled", case)
    work.promise("bundle", f"{orders}{new_id()}", case=str(case.id))


def of_case(work: Work, case: Complaint) -> list[tuple[StoredFile, str]]:
    """The bundles that were made, oldest first."""
    work.must(Permission.COMPLAINT_DECIDE, case)
    return files.of_case(work, case, "bundle")


def take(work: Work, case: Complaint, file_id: UUID) -> tuple[StoredFile, str, Iterator[bytes]]:
    """A bundle to send: (file, name, content). That it was taken is written down."""
    work.must(Permission.COMPLAINT_DECIDE, case)
    row = files.find_in_case(work, case, file_id, "bundle")
    audit.record_of(work, "complaint.bundle_taken", case, file=str(row.id))
    return row, files.name_of(work, row), files.stream(work, row)


# The worker's three parts


def to_bind(work: Work, payload: dict[str, Any]) -> Bundle | None:
    """Gather everything in one reading transaction."""
    work.must(Permission.UPKEEP)
    case = cases.find_by_id(work, UUID(payload["case"]))
    if not isinstance(case, Complaint):
        return None
    with speaking(work.clinic.languages[0]):
        about = [case, *([case.linked] if case.linked is not None else [])]
        chapters = [*_complaint(work, case), *_asked_outside(work, case), *_given(work, case)]
        for each in about:
            chapters += [*_clock(each, work), *_history(work, each)]
        if isinstance(case.linked, AccessRequest):
            chapters += [*_decisions(work, case.linked), *_manifest(work, case.linked)]
        for each in about:
            chapters += [*_letters(work, each), *_papers(work, each), *_messages(work, each)]
        head, lines = complaint_trail.of_cases(work, about)
        chapters.append(Chapter("log", _("The log"), (), head, lines))
    number = case.outside_number or ""
    return Bundle(case.id, case.patient_id, case.reference or "", work.clinic.languages[0], number, tuple(chapters))


def bind(work: Work, bundle: Bundle | None, _report: Report) -> StoredFile | None:
    """Print, sign and keep it sealed; no database is held meanwhile."""
    if bundle is None:
        return None
    render = work.outside.paper.render
    with tempfile.TemporaryDirectory(dir=work.outside.scratch) as folder, speaking(bundle.language):
        plain, signed = Path(folder, "bundle.pdf"), Path(folder, "signed.pdf")
        work.outside.press.book(
            plain,
            front=bundle_pages.front(render, bundle),
            parts=bundle_pages.parts(render, bundle),
            title=_("Complaint %(reference)s", reference=bundle.reference),
            language=bundle.language.replace("_", "-"),
            footer=bundle.reference,
        )
        contact = work.clinic.privacy_contact.email
        work.outside.signer.sign(plain, signed, reason=_("Papers of a complaint"), contact=contact)
        with signed.open("rb") as file:
            return files.put(
                work,
                bundle.patient_id,
                iter(lambda: file.read(files.BLOCK), b""),
                name=f"{bundle.reference}-bundle.pdf",
                media_type="application/pdf",
                purpose="bundle",
                case_id=bundle.case_id,
            )


def keep(work: Work, _payload: dict[str, Any], file: StoredFile | None) -> None:
    if file is not None:
        work.db.add(file)


def drop(work: Work, file: StoredFile | None) -> None:
    """Take back what no row will name."""
    if file is not None:
        work.outside.store.delete(file.stored_digest)


# What each chapter says


def _complaint(work: Work, case: Complaint) -> list[Chapter]:
    rows = [
        (_("Number"), case.reference or ""),
        (_("Patient"), case.patient.name),
        (_("About"), _(complaint_rules.find_kind(case.about).office)),
        (_("It came on"), say_date(case.received_on) if case.received_on else ""),
        (_("Where it stands"), _(stage_name(case))),
    ]
    if case.linked_reference:
        rows.append((_("The case it is about"), case.linked_reference))
    rows += [(_("The paper it came on"), name) for _file, name in complaints.scans(work, case)]
    said = [complaints.words_of(work, case, case, column) for column in ("words_sealed", "wish_sealed")]
    counted = complaints.words_of(work, case, case, "arithmetic_sealed")
    first = Chapter(
        "complaint", _("The complaint"), tuple(filter(None, [*said, counted])), (_("What"), _("On file")), tuple(rows)
    )
    return [first, *_answers(work, case)]


def _answers(work: Work, case: Complaint) -> list[Chapter]:
    found = []
    for number, row in enumerate(complaint_work.answers(work, case), 1):
        told = [_(FINDING_NAMES[Finding(row.finding)])]
        for column in ("findings_sealed", "remedy_sealed", "change_sealed"):
            told.append(complaints.words_of(work, case, row, column))
        title = _(
            "The answer of %(name)s, %(day)s", name=row.by_name, day=say_date(local_date(clocks.rules_of(case), row.at))
        )
        found.append(Chapter(f"answer-{number}", title, tuple(filter(None, told))))
    return found


def _asked_outside(work: Work, case: Complaint) -> list[Chapter]:
    query = select(ComplaintQuestion).where(ComplaintQuestion.case_id == case.id).order_by(ComplaintQuestion.due_on)
    rows = tuple(
        (
            say_date(row.due_on),
            unseal(work, case.patient_id, row, "text_sealed"),
            unseal(work, case.patient_id, row, "answer_sealed"),
        )
        for row in work.db.scalars(query)
    )
    if not rows:
        return []
    return [Chapter("questions", _("Your questions and our answers"), (), (_("By"), _("Question"), _("Answer")), rows)]


def _given(work: Work, case: Complaint) -> list[Chapter]:
    """To which office outside these papers went before, as the register says it."""
    rows = tuple((say_date(each.on), each.recipient, each.how, each.by) for each in given_bundles.of_case(work, case))
    head = (_("When"), _("To whom"), _("How"), _("Who wrote it down"))
    return [Chapter("given", _("What was given outside"), (), head, rows)] if rows else []


def _clock(case: Case, work: Work) -> list[Chapter]:
    clock = clocks.clock_of(case, work.today if case.is_open else None)
    if clock is None:
        return []
    lines = (arithmetic.summary(clock), *(arithmetic.say_day(day) for day in clock.days))
    return [
        Chapter(f"clock-{_slug(case)}", _("The clock of %(reference)s, day by day", reference=case.reference), lines)
    ]


def _history(work: Work, case: Case) -> list[Chapter]:
    rows = tuple(
        (complaint_trail.when(work, row.at), histories.sentence(row.event, who_did(row), Role(row.actor_role)))
        for row in complaint_trail.steps(work, case)
    )
    title = _("What happened in %(reference)s", reference=case.reference)
    return [Chapter(f"history-{_slug(case)}", title, (), (_("When"), _("What")), rows)]


def _decisions(work: Work, request: AccessRequest) -> list[Chapter]:
    rows = tuple(
        (judgements.called(row.item), _(DECIDED[Decision(row.decision)]), row.ground_id or "")
        for row in judgements.rows_in_order(work, request)
        if row.decision
    )
    if not rows:
        return []
    head = (_("Entry"), _("Decision"), _("Ground"))
    return [Chapter("decisions", _("What was decided, entry by entry"), (), head, rows)]


def _manifest(work: Work, request: AccessRequest) -> list[Chapter]:
    package = releases.package_of(work, request)
    if package is None or package.manifest_sealed is None:
        return []
    manifest = unseal_json(work, package.patient_id, package, "manifest_sealed")
    text = json.dumps(manifest, indent=1, ensure_ascii=False)
    return [Chapter("manifest", _("The manifest of the package"), tuple(text.splitlines()))]


def _letters(work: Work, case: Case) -> list[Chapter]:
    found: Sequence[tuple[Any, Letter]] = letters.of_case(work, case)
    return [Chapter(f"letter-{row.id}", letter.title, letter=letter) for row, letter in reversed(found)]


def _papers(work: Work, case: Case) -> list[Chapter]:
    """How our letters went, and what came in on paper."""
    found = bundle_papers.tables(work, case, letters.of_case(work, case)[::-1])
    return [Chapter(f"{name}-{_slug(case)}", title, (), head, rows) for name, title, head, rows in found if rows]


def _messages(work: Work, case: Case) -> list[Chapter]:
    """What the patient and the clinic wrote to each other about it; internal notes are in another table."""
    rows = message_rows(work, case, lambda at: complaint_trail.when(work, at))
    head = (_("When"), _("Who"), _("What was written"))
    title = _("Messages about %(reference)s", reference=case.reference)
    return [Chapter(f"messages-{_slug(case)}", title, (), head, rows)] if rows else []


def _slug(case: Case) -> str:
    return (case.reference or "case").lower()
