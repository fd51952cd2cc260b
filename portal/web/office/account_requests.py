"""Requests for an account: the queue, what was written, likely files, and a yes or a coded no."""

import hashlib
from typing import Any
from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.domain.account_requests import AGREEING, METHODS, PROOF_NAMES, Proof, rules
from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.services import account_requests, identity_papers, patient_invitations, patients
from portal.services.identity import IDENTITY_METHODS
from portal.services.patient_invitations import BY_LETTER
from portal.web import downloads
from portal.web.fields import Choice, Form, Select, blame, required
from portal.web.office.blueprint import blueprint
from portal.web.office.patient_invitations import WAYS, invited
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

PLACE = "/office/account-requests/<uuid:request_id>"
ENDINGS = {"image/png": ".png", "image/jpeg": ".jpg", "application/pdf": ".pdf"}


class AcceptForm(StepUpForm):
    method = Choice(
        N_("How did you see that it is she?"),
        [required(N_("Choose how you saw who it is."))],
        choices=[(name, IDENTITY_METHODS[name]) for name in METHODS],
    )
    way = Choice(
        N_("How does the code reach the patient?"), [required(N_("Choose how the code gets there."))], choices=WAYS
    )


class RefuseForm(Form):
    reason = Select(N_("Why can it not be accepted?"), [required(N_("Choose why the request cannot be accepted."))])


@blueprint.get("/office/account-requests")
def account_requests_waiting() -> str:
    waiting = [(row, wanted, _(PROOF_NAMES[Proof(row.proof)])) for row, wanted in account_requests.waiting(work())]
    settled = [(row, account_requests.said(work(), row)) for row in account_requests.settled_lately(work())]
    return render_template("office/account_requests/list.html", waiting=waiting, settled=settled)


@blueprint.get(PLACE)
def account_request(request_id: UUID) -> Answer:
    row = account_requests.find(work(), request_id)
    account_requests.opened(work(), row)
    return _page(row, RefuseForm())


@blueprint.post(f"{PLACE}/refuse")
def refuse_account_request(request_id: UUID) -> Answer:
    """The answer goes out by e-mail; without an address, this page says once what to tell whom."""
    row, form = account_requests.find(work(), request_id), RefuseForm()
    form.reason.choices = _reasons()
    if form.validate_on_submit():
        try:
            told = account_requests.refuse(work(), row, form.reason.data or "")
            return render_template("office/account_requests/refused.html", told=told), 200
        except Invalid as no:
            blame(form, no)
    return _page(row, form)


@blueprint.route(f"{PLACE}/accept/<number>", methods=["GET", "POST"])
@needs_proof("account_request.accept")
def accept_account_request(request_id: UUID, number: str) -> Answer:
    """Compare the request with one file; opening this page leaves a trace that the patient can read."""
    form = AcceptForm("account_request.accept")
    with glance() as looking:
        row, found = account_requests.find(looking, request_id), patients.find(looking, number)
        why_not = account_requests.said(looking, row) or patient_invitations.why_not(looking, found)
    form.shown.data = hashlib.sha256(f"account request/{request_id}/{number}".encode()).hexdigest()
    if form.is_submitted() and proven(form):
        try:
            row, found = account_requests.find(work(), request_id), patients.find(work(), number)
            account_requests.accept(work(), row, found, form.method.data or "", form.way.data or BY_LETTER)
            return invited(number, form.way.data or BY_LETTER)
        except Invalid as no:
            blame(form, no)
    return _compared(request_id, number, form, why_not)


def _compared(request_id: UUID, number: str, form: AcceptForm, why_not: str | None) -> tuple[str, int]:
    row, found = account_requests.find(work(), request_id), patients.find(work(), number)
    account_requests.compared(work(), row, found)
    wanted = account_requests.wanted_in(work(), row)
    agrees = account_requests.alike_to(work(), wanted, found).agrees if wanted else ()
    html = render_template(
        "office/account_requests/accept.html",
        row=row,
        wanted=wanted,
        patient=found,
        facts=[(_(name), fact in agrees) for fact, name in AGREEING.items()],
        form=form,
        why_not=why_not,
    )
    return html, 422 if form.errors else 200


@blueprint.get(f"{PLACE}/papers/<uuid:paper_id>")
def identity_paper(request_id: UUID, paper_id: UUID) -> Response:
    """A copy of an identity paper: a picture is shown, a PDF is handed over. Each opening is written down."""
    paper = identity_papers.find(work(), account_requests.find(work(), request_id), paper_id)
    content = identity_papers.read(work(), paper)
    name = f"identity-paper{ENDINGS.get(paper.media_type, '')}"
    return downloads.picture(name, paper.media_type, paper.size, content)


def _page(row: Any, form: RefuseForm) -> tuple[str, int]:
    form.reason.choices = _reasons()
    wanted = account_requests.wanted_in(work(), row)
    papers = identity_papers.of_request(work(), row)
    html = render_template(
        "office/account_requests/request.html",
        row=row,
        wanted=wanted,
        proof=_(PROOF_NAMES[Proof(row.proof)]),
        facts=_facts(row, wanted) if wanted else [],
        said=account_requests.said(work(), row),
        alike=[(each, _agreeing(each)) for each in account_requests.alike(work(), wanted)] if wanted else [],
        papers=[(paper.id, identity_papers.note_of(paper)) for paper in papers],
        form=form,
    )
    return html, 422 if form.errors else 200


def _facts(row: Any, wanted: Any) -> list[tuple[str, Any]]:
    nothing = _("Not given")
    return [
        (_("Telephone"), wanted.phone or nothing),
        (_("E-mail"), wanted.email or nothing),
        (_("Patient number"), wanted.number or nothing),
        (_("Wants to show who it is"), _(PROOF_NAMES[Proof(row.proof)])),
    ]


def _agreeing(alike: Any) -> str:
    return ", ".join(_(AGREEING[fact]) for fact in alike.agrees)


def _reasons() -> list[tuple[str, str]]:
    return [("", _("Choose a reason")), *((each.id, _(each.title)) for each in rules().reasons)]
