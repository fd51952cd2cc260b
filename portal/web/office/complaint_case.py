"""A complaint on one page: what the patient wrote, internal notes, the answer, and what an office outside asks."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from portal.domain import complaint_rules
from portal.domain.access_requests import Channel
from portal.domain.complaints import FINDING_NAMES, NOTE_NAMES, Finding, NoteKind
from portal.domain.fees import say_cents
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import (
    cases,
    complaint_bundles,
    complaint_people,
    complaint_work,
    complaints,
    given_bundles,
)
from portal.services.complaint_work import Answer
from portal.web import downloads
from portal.web.fields import Form
from portal.web.office.blueprint import blueprint
from portal.web.office.case_pages import draw
from portal.web.office.complaint_forms import (
    BODIES,
    CHANNELS,
    ENDS,
    AnswerForm,
    EndForm,
    NoteForm,
    OutsideForm,
    PersonForm,
    QuestionForm,
    ReplyForm,
)
from portal.web.office.headings import heading
from portal.web.office.step_pages import back, done
from portal.web.work import work

Answered = tuple[str, int] | Response
# The steps of a complaint that the clinic takes: each below the address of the case.
PLACES = {
    "investigate": "note",
    "answer_complaint": "complaint-answer",
    "decide_complaint": "complaint-answer",
    "hand_up": "hand-up",
    "name_person": "named",
    "take_outside": "outside",
    "take_up_outside": "outside",
    "outside_question": "outside/question",
    "end_outside": "outside/end",
    "close_complaint": "close-complaint",
}
PRESSED = frozenset({"hand_up", "close_complaint"})
MAIN = ("answer_complaint", "decide_complaint", "outside_question")


def show(reference: str) -> str:
    """The page of ``/office/cases/<reference>`` for a complaint. Opening it leaves a trace."""
    case = complaints.find(work(), reference)
    complaints.opened(work(), case)
    return draw(
        "office/complaint_case.html",
        case,
        _steps(case),
        MAIN,
        rows=_rows(case),
        words=complaints.words_of(work(), case, case, "words_sealed"),
        wish=complaints.words_of(work(), case, case, "wish_sealed"),
        scans=complaints.scans(work(), case),
        notes=_notes(case),
        answers=[_answer(case, row) for row in complaint_work.answers(work(), case)],
        outside=_outside(case),
        bodies=_bodies(case),
        law=profile(case.jurisdiction),
        bundles=given_bundles.bundles(work(), case) if _decides(case) else [],
        decides=_decides(case),
        nobody=not complaint_people.administrators(work(), case),
    )


def _bodies(case: Any) -> tuple[Any, ...]:
    law = profile(case.jurisdiction)
    return law.complaint_body, law.conduct_body


def _decides(case: Any) -> bool:
    return work().may(Permission.COMPLAINT_DECIDE, case)


def _rows(case: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = [(_("About"), _(complaint_rules.find_kind(case.about).office))]
    if case.linked_reference:
        found.append((_("The case it is about"), case.linked_reference))
    counted = complaints.words_of(work(), case, case, "arithmetic_sealed")
    found += [(_("The count of its clock"), counted)] if counted else []
    if named := complaint_people.names_of(work(), case):
        found.append((_("Names"), ", ".join(named)))
    if case.channel != Channel.PORTAL:
        found.append((_("How it came"), _(CHANNELS[Channel(case.channel)])))
        found.append((_("How we made sure who it was"), complaints.words_of(work(), case, case, "verified_sealed")))
    return found


def _notes(case: Any) -> list[dict[str, Any]]:
    return [
        {
            "kind": _(NOTE_NAMES[NoteKind(row.kind)]),
            "by": row.by_name,
            "at": row.at,
            "text": complaints.words_of(work(), case, row, "body_sealed"),
        }
        for row in complaint_work.notes(work(), case)
    ]


def _answer(case: Any, row: Any) -> dict[str, Any]:
    told = {key: complaints.words_of(work(), case, row, f"{key}_sealed") for key in ("findings", "remedy", "change")}
    finding, cost = _(FINDING_NAMES[Finding(row.finding)]), say_cents(row.cost_cents) if row.cost_cents else ""
    return {"finding": finding, "by": row.by_name, "at": row.at, "cost": cost, **told}


def _outside(case: Any) -> dict[str, Any] | None:
    if case.outside_body is None:
        return None
    asked = complaint_work.questions(work(), case) if work().may(Permission.COMPLAINT_WORK, case) else []
    return {
        "body": _(BODIES[case.outside_body]),
        "number": case.outside_number,
        "on": case.outside_on,
        "ended": _(ENDS[case.outside_outcome]) if case.outside_outcome else "",
        "questions": [
            {
                "id": row.id,
                "due": row.due_on,
                "answered": row.answered_on,
                "text": complaints.words_of(work(), case, row, "text_sealed"),
                "answer": complaints.words_of(work(), case, row, "answer_sealed"),
            }
            for row in asked
        ],
    }


def _steps(case: Any) -> list[dict[str, Any]]:
    return [
        {
            "label": _(offer.step.label),
            "key": offer.event,
            "why_not": offer.why_not,
            "href": None if offer.event in PRESSED else place,
            "action": place if offer.event in PRESSED else None,
        }
        for offer in cases.offers(work(), case)
        if offer.event in PLACES
        for place in (f"{url_for('office.case', reference=case.reference)}/{PLACES[offer.event]}",)
    ]


@blueprint.route("/office/cases/<reference>/note", methods=["GET", "POST"])
def complaint_note(reference: str) -> Answered:
    case, form = complaints.find(work(), reference), NoteForm()
    cases.check(work(), case, "investigate")
    if form.validate_on_submit() and done(form, complaint_work.note, case, form.kind.data, form.text.data):
        return back(case, _("The note is kept."), _("The patient does not read it."))
    return _page(_("Add an internal note"), case, form)


@blueprint.route("/office/cases/<reference>/complaint-answer", methods=["GET", "POST"])
def complaint_answer(reference: str) -> Answered:
    case, form = complaints.find(work(), reference), AnswerForm()
    cases.check(work(), case, "decide_complaint" if case.stage == "with_administrator" else "answer_complaint")
    if form.validate_on_submit():
        cents = int(form.cost.data * 100) if form.cost.data is not None else 0
        said = Answer(
            form.finding.data or "", form.findings.data or "", form.remedy.data or "", form.change.data or "", cents
        )
        if done(form, complaint_work.answer, case, said):
            return back(case, _("The answer is sent."), _("The patient is asked if it satisfies."))
    return _page(_("Send the answer"), case, form, words=complaints.words_of(work(), case, case, "words_sealed"))


@blueprint.post("/office/cases/<reference>/hand-up")
def hand_up_complaint(reference: str) -> Response:
    case = complaints.find(work(), reference)
    complaint_work.hand_up(work(), case)
    return back(case, _("The administrator has it now."), _("The patient was told."))


@blueprint.post("/office/cases/<reference>/close-complaint")
def close_complaint(reference: str) -> Response:
    case = complaints.find(work(), reference)
    cases.take(work(), case, "close_complaint")
    return back(case, _("The complaint is closed."))


@blueprint.route("/office/cases/<reference>/named", methods=["GET", "POST"])
def name_in_complaint(reference: str) -> Answered:
    case, form = complaints.find(work(), reference), PersonForm()
    cases.check(work(), case, "name_person")
    known = complaint_people.choices(work(), case.patient)
    form.person.choices = [("", _("Choose")), *((str(each.id), each.name) for each in known)]
    if form.validate_on_submit() and done(form, complaint_work.name_person, case, UUID(form.person.data)):
        return back(case, _("The person is named, and has no way to it any more."))
    return _page(_("Add a person it is about"), case, form)


@blueprint.route("/office/cases/<reference>/outside", methods=["GET", "POST"])
def complaint_outside(reference: str) -> Answered:
    case, form = complaints.find(work(), reference), OutsideForm()
    cases.check(work(), case, "take_up_outside" if case.stage == "closed" else "take_outside")
    if form.validate_on_submit():
        given = (form.body.data, form.number.data, form.on.data)
        if done(form, complaint_work.take_outside, case, *given):
            return back(case, _("It is entered."), _("Enter their questions with the day each is due."))
    return _page(_("It was taken outside"), case, form)


@blueprint.route("/office/cases/<reference>/outside/question", methods=["GET", "POST"])
def outside_question(reference: str) -> Answered:
    case, form = complaints.find(work(), reference), QuestionForm()
    cases.check(work(), case, "outside_question")
    if form.validate_on_submit() and done(
        form, complaint_work.outside_question, case, form.text.data, form.due_on.data
    ):
        return back(case, _("The question is entered."))
    return _page(_("Enter a question of theirs"), case, form)


@blueprint.route("/office/cases/<reference>/outside/questions/<uuid:question_id>", methods=["GET", "POST"])
def outside_reply(reference: str, question_id: UUID) -> Answered:
    case, form = complaints.find(work(), reference), ReplyForm(on=work().today)
    cases.check(work(), case, "outside_answer")
    asked, body = complaint_work.question(work(), case, question_id), given_bundles.to_whom(work(), case)
    reads = given_bundles.is_read(case)
    if form.validate_on_submit():
        said = (form.text.data, form.how.data, form.on.data)
        if done(form, complaint_work.outside_answer, case, question_id, *said):
            stands = _("It stands in the register, and the patient can read it.")
            return back(case, _("Our answer is recorded."), stands if reads else _("It stands in the register."))
    rows = [
        (_("To whom"), "\n".join((_(body.name), *body.address))),
        (_("Their file"), case.outside_number),
        (_("Question"), complaints.words_of(work(), case, asked, "text_sealed")),
    ]
    note = _("This stands in the register of disclosures from then on, and the patient reads it.") if reads else ""
    return _page(_("Record our answer"), case, form, rows=rows, note=note)


@blueprint.route("/office/cases/<reference>/outside/end", methods=["GET", "POST"])
def end_outside(reference: str) -> Answered:
    case, form = complaints.find(work(), reference), EndForm()
    cases.check(work(), case, "end_outside")
    if form.validate_on_submit() and done(form, complaint_work.end_outside, case, form.how.data):
        return back(case, _("It is entered, and the complaint is closed."))
    return _page(_("Enter how it ended outside"), case, form)


@blueprint.post("/office/cases/<reference>/bundle")
def order_bundle(reference: str) -> Response:
    case = complaints.find(work(), reference)
    complaint_bundles.order(work(), case)
    return back(case, _("The papers are being put together."), _("They stand on this page in a minute."))


@blueprint.get("/office/cases/<reference>/bundles/<uuid:file_id>.pdf")
def take_bundle(reference: str, file_id: UUID) -> Response:
    case = complaints.find(work(), reference)
    file, name, content = complaint_bundles.take(work(), case, file_id)
    return downloads.attachment(name, file.media_type, file.size, content)


def _page(title: str, case: Any, form: Form, **more: Any) -> tuple[str, int]:
    """The page of one step. ``words`` is what the patient wrote, ``rows`` what an office asked and to whom we answer,
    where the step answers it: then somebody read it."""
    if more:
        complaints.opened(work(), case)
    fields = [each for each in form if each.name != "csrf_token"]
    html = render_template(
        "office/complaint_step.html", step=title, case=case, head=heading(case), form=form, fields=fields, **more
    )
    return html, 422 if form.errors else 200
