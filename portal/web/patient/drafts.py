"""A request before it is sent: a question a page, each answer kept at once, and it can be left and gone on with.

A draft is addressed by its key until it is sent; afterwards the same addresses lead to the request it has become.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import wishes as rules
from portal.domain.access_requests import Delivery, Stage
from portal.domain.errors import Invalid, NotFound
from portal.domain.rights import Right
from portal.domain.wishes import Wishes
from portal.domain.words import _, language
from portal.services import access_requests, contact_plans
from portal.web.fields import blame
from portal.web.languages import own_names
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.patient.draft_forms import (
    DeliveryForm,
    KindsForm,
    NeedsForm,
    StepForm,
    WhatForm,
    form_of,
    path,
)
from portal.web.work import work

PLACES = {Delivery.POST: "address", Delivery.FAX: "fax"}


@blueprint.get("/access-requests/drafts/<uuid:draft_id>")
def draft(draft_id: UUID) -> Response:
    """Go on where the draft was left."""
    case = access_requests.find_draft(work(), draft_id)
    if case.stage != Stage.DRAFT:
        return sent_already(case)
    return redirect(address(case, open_step(case, access_requests.wishes_of(work(), case))), 303)


@blueprint.route("/access-requests/drafts/<uuid:draft_id>/<step>", methods=["GET", "POST"])
def draft_step(draft_id: UUID, step: str) -> tuple[str, int] | Response:
    """One question. ``change`` in the address says that the person came from the look at all her answers."""
    case = access_requests.find_draft(work(), draft_id)
    if case.stage != Stage.DRAFT:
        return sent_already(case)
    wishes = access_requests.wishes_of(work(), case)
    if step not in path(wishes)[:-1]:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    form = _form(step, case, wishes)
    if form.validate_on_submit() and (told := _told(step, form, wishes)):
        try:
            access_requests.save(work(), case, told)
            return redirect(_onward(step, case, told), 303)
        except Invalid as no:
            blame(form, no)
    return _page(step, case, wishes, form), 422 if form.errors else 200


@blueprint.post("/access-requests/drafts/<uuid:draft_id>/discard")
def discard_draft(draft_id: UUID) -> Response:
    """Throw the draft away; what was sent already is only shown."""
    case = access_requests.find_draft(work(), draft_id)
    if case.stage != Stage.DRAFT:
        return sent_already(case)
    access_requests.discard(work(), case)
    tell(_("Your unsent request is gone."), _("Nobody at the clinic saw it. You can begin a new one."))
    return redirect(url_for("patient.requests"), 303)


def sent_already(case: Any) -> Response:
    """The request that a draft has become: where a second click, or an older window, lands."""
    return redirect(url_for("patient.access_request", reference=case.reference), 303)


def address(case: Any, step: str, **more: Any) -> str:
    """The page of a step of this draft."""
    if step == "check":
        return url_for("patient.check_draft", draft_id=case.id)
    return url_for("patient.draft_step", draft_id=case.id, step=step, **more)


def open_step(case: Any, wishes: Wishes) -> str:
    """The first question without an answer; the look at the answers when there is none."""
    steps = path(wishes)
    unanswered = next((step for step in steps if step not in wishes.answered), "check")
    return "what" if unanswered == "check" and not case.complete else unanswered


def _onward(step: str, case: Any, wishes: Wishes) -> str:
    """Back to the look at the answers when the person came from there and all is said; else the next question."""
    changing = "change" in request.args
    if changing and case.complete and open_step(case, wishes) == "check":
        return address(case, "check")
    steps = path(wishes)
    more = {"change": 1} if changing else {}
    return address(case, steps[steps.index(step) + 1], **more)


def _form(step: str, case: Any, wishes: Wishes) -> StepForm:
    kind = form_of(step, wishes)
    given = dict(kind.given(wishes))
    mine = case.patient_id == work().actor.patient_id
    if kind is DeliveryForm and mine:  # where the patient lives is nothing that her representative has to learn here
        given.setdefault("address", "\n".join(contact_plans.address_for_a_form(work(), case.patient)))
    if kind is NeedsForm and step not in wishes.answered:
        given["language"] = language()  # who reads in French is not offered letters in English first
    form = kind(data=given)
    if isinstance(form, NeedsForm):
        form.language.choices = own_names()
    if isinstance(form, WhatForm | KindsForm) and not mine:
        actor = work().actor
        reach = actor.reach(case.patient_id, Right.ASK)
        form.limit(reach, recipients=bool(actor.reach(case.patient_id, Right.DISCLOSURES)))
    return form


def _told(step: str, form: StepForm, wishes: Wishes) -> Wishes | None:
    """The wishes with this answer in them; None when the rules say no, with the reason on the form."""
    told = form.told(wishes)
    try:
        if step == "which":
            rules.check_scope(told, work().today)
        elif step == "delivery":
            rules.check_delivery(told)
    except Invalid as no:
        place = PLACES.get(told.delivery) if no.field == "delivery_to" and told.delivery else no.field
        blame(form, Invalid(no.sentence, place))
        return None
    return replace(told, answered=told.answered | {step})


def _page(step: str, case: Any, wishes: Wishes, form: StepForm) -> str:
    steps = path(wishes)
    place = steps.index(step)
    back = address(case, steps[place - 1]) if place else url_for("patient.new_request")
    if "change" in request.args:
        back = address(case, "check")
    shown = {"number": place + 1, "of": len(steps), "back": back}
    return render_template("patient/draft.html", form=form, case=case, **shown)
