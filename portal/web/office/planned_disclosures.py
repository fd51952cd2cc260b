"""Giving something to somebody outside: entered from the patient's file, looked at once more, let go or dropped."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.disclosures import HOW_NAMES
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import annotations, disclosure_lists, disclosure_plans, patients
from portal.web.fields import blame
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.disclosure_form import DisclosureForm, listed
from portal.web.office.file_reasons import asked_first
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven, proven_otherwise
from portal.web.work import work

PLACE = "/office/disclosures/planned/<uuid:plan_id>"


@blueprint.route("/office/patients/<number>/disclosures/new", methods=["GET", "POST"])
def enter_disclosure(number: str) -> Answer:
    """Refused in one sentence where it may not go out; nothing typed is lost."""
    patient = patients.find(work(), number)
    work().must(Permission.DISCLOSURES_RECORD, patient)
    if ask := asked_first(work(), patient, good=request.method == "GET"):
        return ask
    form, status = DisclosureForm(), 200
    form.prepare(work().profile)
    if form.validate_on_submit():
        try:
            planned = disclosure_plans.plan(work(), patient, form.wanted(form.who_or_new(work(), patient)))
            return redirect(url_for("office.planned_disclosure", plan_id=planned.id), 303)
        except Invalid as no:
            blame(form, no)
        except NotPossible as no:
            form.form_errors, status = [*form.form_errors, no.sentence], 409
    number, name = patient.number, patient.name
    html = render_template("office/disclosures/new.html", form=form, number=number, name=name)
    return html, 422 if form.errors and status == 200 else status


@blueprint.get(PLACE)
def planned_disclosure(plan_id: UUID) -> Answer | str:
    row, patient, _wanted = disclosure_plans.find(work(), plan_id)
    if ask := asked_first(work(), patient):
        return ask
    if row.disclosure_id is not None:
        return redirect(url_for("office.disclosure", disclosure_id=row.disclosure_id), 303)
    return _page(plan_id, StepUpForm("disclosure"))


@blueprint.post(f"{PLACE}/let-go")
@needs_proof("disclosure")
def let_disclosure_go(plan_id: UUID) -> Answer:
    """It goes out now. Within the circle of care one press is enough; else a proof that is bound to what is shown."""
    form = StepUpForm("disclosure")
    if not _asks_for_proof(plan_id):
        proven_otherwise("disclosure")
    elif not proven(form):
        return _page(plan_id, form)
    made = disclosure_plans.let_go(work(), plan_id, form.shown.data or "")
    tell(_("It stands in the register: send it now."), _("The patient can read it there, unless you gave a day."))
    return redirect(url_for("office.disclosure", disclosure_id=made.id), 303)


def _asks_for_proof(plan_id: UUID) -> bool:
    with glance() as looking:
        _row, patient, wanted = disclosure_plans.find(looking, plan_id)
        return disclosure_plans.look(looking, patient, wanted)[0].proof


@blueprint.post(f"{PLACE}/drop")
def drop_disclosure(plan_id: UUID) -> Response:
    patient = disclosure_plans.drop(work(), plan_id)
    tell(_("Nothing goes out."), _("What was planned is dropped."))
    return redirect(url_for("office.patient", number=patient.number), 303)


def _page(plan_id: UUID, form: StepUpForm) -> tuple[str, int]:
    row, patient, wanted = disclosure_plans.find(work(), plan_id)
    needs, answer, recipient = disclosure_plans.look(work(), patient, wanted)
    form.shown.data = disclosure_plans.digest(row)
    html = render_template(
        "office/disclosures/planned.html",
        plan=row,
        patient=patient,
        form=form,
        needs=needs,
        answer=answer,
        facts=_facts(patient, wanted, recipient),
        notes=annotations.going_along(work(), patient, wanted.categories),
        mine=row.planned_by_id == work().actor.id,
        post_by=_post_by(wanted, answer),
        over=row.outcome is not None or row.ends_at <= work().now,
    )
    return html, 422 if form.errors else 200


def _post_by(wanted: Any, answer: Any) -> Any:
    """The last day to post the letter the law wants, counted from the day it is written; None where it wants none."""
    duty = work().profile.disclosures.notice
    return duty.by(wanted.shown_from or work().today) if answer.notice and duty else None


def _facts(patient: Any, wanted: Any, recipient: Any) -> list[tuple[str, Any]]:
    told = wanted.shown_from if wanted.kept_for else None
    return [
        (_("Patient"), f"{patient.number}, {patient.name}"),
        (_("Who gets it"), "\n".join((recipient.name, *recipient.address_lines))),
        (_("What it is for"), disclosure_lists.purpose_in_words(work(), wanted.purpose)),
        (_("Kinds of information"), listed(wanted.categories)),
        (_("What is given"), wanted.what),
        (_("Why"), wanted.why),
        (_("How it goes"), _(HOW_NAMES[wanted.how])),
        *([(_("What was so"), wanted.note)] if wanted.note else []),
        *([(_("The patient sees it from"), told)] if told else []),
    ]
