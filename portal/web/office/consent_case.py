"""A consent change on one page: what the patient decided, how it is proved, what the physician says, whom to tell."""

from typing import Any
from uuid import UUID

from flask import render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.consent_changes import CHANGE_NAMES, TALK_NAMES, Change, Talk
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import (
    cases,
    consent_changes,
    consent_pictures,
    consent_reviews,
    consent_tables,
    patients,
)
from portal.web.fields import Form, LongText, Select, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.case_pages import draw
from portal.web.office.headings import heading
from portal.web.office.step_pages import back, done
from portal.web.work import work

# Steps with a button of their own on the page; the tasks have theirs beside them.
ADDRESSES = {
    "accept_consent": "office.accept_consent",
    "decline_consent": "office.decline_consent",
    "offer_talk": "office.offer_talk",
    "acknowledge": "office.acknowledge_consent",
    "pass_on": "office.consent_physician",
}
ASKS_MORE = frozenset({"decline_consent", "pass_on"})


class DeclineForm(Form):
    reason = LongText(
        N_("Why do you not take it up?"),
        [required(N_("Write why, in a sentence the patient can understand."))],
        hint=N_("The patient reads it. For example: the study has closed."),
        limit=1000,
        rows=4,
    )


class TaskForm(Form):
    proof = LongText(
        N_("What was done, when, and what proves it?"),
        [required(N_("Write what was done, when, and what proves it."))],
        hint=N_("For example: their letter of 3 December says that both copies are destroyed."),
        limit=1000,
        rows=4,
    )


class PhysicianForm(Form):
    physician = Select(N_("Who looks at it?"), [required(N_("Choose a physician of the clinic."))])


def show(reference: str) -> str:
    """The page of ``/office/cases/<reference>`` for a consent change. Opening it leaves a trace."""
    case = consent_changes.find(work(), reference)
    consent_reviews.opened(work(), case)
    return draw(
        "office/consent_case.html",
        case,
        _steps(case),
        ("accept_consent",),
        what=_(CHANGE_NAMES[Change(case.change)]),
        rows=consent_tables.rows(work(), case.patient, case.consent),
        evidence=consent_tables.evidence(work(), case.patient, case.consent),
        pictures=consent_pictures.of_consent(work(), case.patient, case.consent),
        may_look=work().may(Permission.CONSENT_PICTURE, case.patient),
        facts=_facts(case),
        scans=consent_changes.scans(work(), case),
        tasks=_tasks(case),
    )


def _facts(case: Any) -> list[tuple[str, str]]:
    found = [(_("Reason"), consent_reviews.words_of(work(), case, case, "reason_sealed"))]
    found.append((_("What the patient was shown"), consent_reviews.words_of(work(), case, case, "consequences_sealed")))
    if case.talk:
        found.append((_("Does the patient want a talk?"), _(TALK_NAMES[Talk(case.talk)])))
    return [(name, words) for name, words in found if words]


def _steps(case: Any) -> list[dict[str, Any]]:
    return [
        {
            "label": _(offer.step.label),
            "key": offer.event,
            "why_not": offer.why_not,
            "href": _address(offer.event, case) if offer.event in ASKS_MORE else None,
            "action": _address(offer.event, case),
        }
        for offer in cases.offers(work(), case)
        if offer.event in ADDRESSES and not (offer.why_not and offer.event in ("acknowledge", "accept_consent"))
    ]


def _address(event: str, case: Any) -> str:
    return url_for(ADDRESSES[event], reference=case.reference)


def _tasks(case: Any) -> list[dict[str, Any]]:
    may = any(offer.event == "do_task" and not offer.why_not for offer in cases.offers(work(), case))
    return [
        {
            "what": _name(case, task),
            "done": task.done_at,
            "on": task.done_on,
            "by": task.done_by_name,
            "proof": consent_reviews.words_of(work(), case, task, "proof_sealed"),
            "href": url_for("office.consent_task", reference=case.reference, task_id=task.id) if may else None,
        }
        for task in consent_reviews.tasks(work(), case)
    ]


def _name(case: Any, task: Any) -> str:
    if task.recipient is not None:
        return _("Tell %(name)s", name=task.recipient.name)
    return _("Take down: %(place)s", place=consent_reviews.words_of(work(), case, task.place, "name_sealed"))


@blueprint.post("/office/cases/<reference>/accept-consent")
def accept_consent(reference: str) -> Response:
    case = consent_changes.find(work(), reference)
    consent_reviews.accept(work(), case)
    return back(case, _("You accepted the consent. It holds from now."), _("The patient has a receipt."))


@blueprint.route("/office/cases/<reference>/decline-consent", methods=["GET", "POST"])
def decline_consent(reference: str) -> tuple[str, int] | Response:
    case, form = consent_changes.find(work(), reference), DeclineForm()
    cases.check(work(), case, "decline_consent")
    if form.validate_on_submit() and done(form, consent_reviews.decline, case, form.reason.data):
        return back(case, _("You declined the consent."), _("The patient reads why."))
    return _page("decline", case, form)


@blueprint.post("/office/cases/<reference>/offer-talk")
def offer_talk(reference: str) -> Response:
    case = consent_changes.find(work(), reference)
    consent_reviews.offer_talk(work(), case)
    return back(case, _("The talk is offered."), _("Nothing waits for it. The patient calls if she wants it."))


@blueprint.post("/office/cases/<reference>/acknowledge-consent")
def acknowledge_consent(reference: str) -> Response:
    case = consent_changes.find(work(), reference)
    consent_reviews.acknowledge(work(), case)
    return back(case, _("It is written down that you have seen this."))


@blueprint.route("/office/cases/<reference>/tasks/<uuid:task_id>", methods=["GET", "POST"])
def consent_task(reference: str, task_id: UUID) -> tuple[str, int] | Response:
    case, form = consent_changes.find(work(), reference), TaskForm()
    cases.check(work(), case, "do_task")
    task = consent_reviews.find_task(work(), case, task_id)
    if form.validate_on_submit() and done(form, consent_reviews.do_task, case, task_id, form.proof.data):
        return back(case, _("It is recorded."))
    return _page("task", case, form, what=_name(case, task))


@blueprint.route("/office/cases/<reference>/consent-physician", methods=["GET", "POST"])
def consent_physician(reference: str) -> tuple[str, int] | Response:
    case, form = consent_changes.find(work(), reference), PhysicianForm()
    form.physician.choices = [("", _("Choose"))] + [(str(key), name) for key, name in patients.physicians(work())]
    if form.validate_on_submit() and done(form, consent_reviews.name_physician, case, UUID(form.physician.data)):
        tell(_("The physician is named, and was told."))
        return back(case, _("The physician is named, and was told."))
    return _page("physician", case, form)


def _page(step: str, case: Any, form: Form, **more: Any) -> tuple[str, int]:
    html = render_template("office/consent_step.html", step_name=step, case=case, head=heading(case), form=form, **more)
    return html, 422 if form.errors else 200
