"""Who may act for a patient, for the office: the list, a power with its paper, its proof, its narrowing and its end."""

import hashlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.rights import rights_in, slices_in
from portal.domain.words import _
from portal.services import file_reasons, files, lives, patients, representatives, representatives_list
from portal.services.tray_entries import Lying
from portal.web import downloads
from portal.web.fields import Form, blame
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.handed_in import is_asked_for, paper_of
from portal.web.office.paper_codes import came_in
from portal.web.office.representative_forms import LATER, EndForm, NarrowForm, PaperPowerForm, PowerForm, ProofForm
from portal.web.office.step_pages import Answer, glance
from portal.web.office.tray_entry import from_the_tray
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import edge, work

LIST = "/office/patients/<number>/representatives"
PLACE = f"{LIST}/<uuid:power_id>"


@blueprint.get(LIST)
def representatives_of(number: str) -> Answer:
    found = patients.find(work(), number)
    work().must(Permission.REPRESENTATIVES_KEEP, found)
    if ask := asked_first(work(), found):
        return ask
    patients.opened(work(), found, file_reasons.in_force(work(), found))
    lines = representatives_list.of_patient(work(), found)
    law = representatives.rules_of(found)
    html = render_template(
        "office/representatives/list.html",
        patient=found,
        lines=[(line, *representatives_list.notes(work(), line.row)) for line in lines],
        minor=lives.is_minor(work(), found),
        of_age_on=law.birthday(found.birth_date),
        address=url_for("office.representatives_of", number=found.number),
    )
    return html, 200


@blueprint.route(f"{LIST}/new", methods=["GET", "POST"])
@from_the_tray
@needs_proof("representative.register")
def register_power(number: str, beside: Lying | None) -> Answer:
    with glance() as looking:
        found = patients.find(looking, number)
        looking.must(Permission.REPRESENTATIVES_KEEP, found)
        if ask := asked_first(looking, found, good=request.method == "GET"):
            return ask
        law = representatives.rules_of(found)
    form = _power_form(law, beside)
    if form.validate_on_submit():
        try:
            looked = paper_of(form, beside) or _looked_at(form)
            if proven(form, on=digest(number, form.email.data, form.wanted(law))):
                return _registered(number, form, looked)
        except (Invalid, NotPossible) as no:
            put_right(form, no)
    return page("new", patients.find(work(), number), form, beside=beside)


def _power_form(law: Any, beside: Lying | None) -> PowerForm:
    """On our own form, how and when it came are asked too, unless the tray knows it."""
    form = (PaperPowerForm if is_asked_for(beside) else PowerForm)("representative.register")
    form.offer(law)
    if beside is not None:
        del form.scan
    return form


def _looked_at(form: PowerForm) -> Any:
    return files.look_at_scan(edge().outside, form.scan.data.filename or "", form.scan.data.read())


def _registered(number: str, form: PowerForm, looked: Any) -> Response:
    """All of it in one transaction: the account, the paper, the power and its proof."""
    found = patients.find(work(), number)
    wanted = form.wanted(representatives.rules_of(found))
    account, link = representatives.account_for(work(), found, form.email.data or "", form.name.data or "")
    row = representatives.register(work(), found, account, wanted, looked)
    came_in(found)
    if form.how.data != LATER:
        representatives.verify(work(), row, form.proofs.data or [], form.how.data or "")
    if link is None:
        tell(_("%(name)s is written down.", name=account.name), _said_of(form))
        return back(found)
    html = render_template("office/representatives/link_once.html", patient=found, name=account.name, link=link)
    response = make_response(html)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _said_of(form: PowerForm) -> str:
    if form.how.data == LATER:
        return _("Nobody can act with it until somebody has checked the proof.")
    return _("The power holds from its first day on. Both are told by e-mail that something changed.")


@blueprint.route(f"{PLACE}/check", methods=["GET", "POST"])
@needs_proof("representative.verify")
def check_power(number: str, power_id: UUID) -> Answer:
    form = ProofForm("representative.verify")
    form.offer(representatives.rules_of(seen(number, power_id)))

    def act(row: Any) -> None:
        representatives.verify(work(), row, form.proofs.data or [], form.how.data or "")
        tell(_("The proof is checked."), _("The power holds from its first day on."))

    return _of_power("check", form, number, power_id, act)


@blueprint.route(f"{PLACE}/narrow", methods=["GET", "POST"])
@needs_proof("representative.restrict")
def narrow_power(number: str, power_id: UUID) -> Answer:
    form = NarrowForm("representative.restrict")
    with glance() as looking:
        row = representatives.find(looking, patients.find(looking, number), power_id)
        form.offer(rights_in(row.rights), slices_in(row.slices))

    def act(row: Any) -> None:
        representatives.restrict(work(), row, *form.chosen)
        tell(_("The power reaches less from now on."), "")

    return _of_power("narrow", form, number, power_id, act)


@blueprint.route(f"{PLACE}/end", methods=["GET", "POST"])
@needs_proof("representative.end")
def end_power_at_desk(number: str, power_id: UUID) -> Answer:
    form = EndForm("representative.end")

    def act(row: Any) -> None:
        representatives.end_at_desk(work(), row, form.reason.data or "")
        tell(_("The power is ended."), _("It stops at once, also on pages that are open now."))

    return _of_power("end", form, number, power_id, act)


@blueprint.get(f"{PLACE}/paper")
def paper_of_power(number: str, power_id: UUID) -> Response:
    """The scan, to keep or to look at; opening it stands in the patient's access log."""
    row = representatives.find(work(), patients.find(work(), number), power_id)
    paper = representatives.paper_of(work(), row)
    return downloads.attachment(files.name_of(work(), paper), paper.media_type, paper.size, files.stream(work(), paper))


def _of_power(template: str, form: StepUpForm, number: str, power_id: UUID, act: Callable[[Any], None]) -> Answer:
    """The page of an act about one power: look, prove, act, go back to the list."""
    seen(number, power_id)
    if form.is_submitted() and proven(form):
        found = patients.find(work(), number)
        row = representatives.find(work(), found, power_id)
        try:
            if form.shown.data != _digest_of(row):
                raise NotPossible(_("This changed since you looked. Open the page again."))
            act(row)
            return back(found)
        except (Invalid, NotPossible) as no:
            put_right(form, no)
    found = patients.find(work(), number)
    row = representatives.find(work(), found, power_id)
    form.shown.data = _digest_of(row)
    return page(template, found, form, line=representatives_list.line(work(), row))


def seen(number: str, power_id: UUID) -> Any:
    """Whether it is there for this person, asked before a proof is looked at. Raises NotFound; gives the patient."""
    with glance() as looking:
        found = patients.find(looking, number)
        representatives.find(looking, found, power_id)
        return found


def _digest_of(row: Any) -> str:
    return digest(row.id, row.rights, row.slices, row.verified_at, row.ended_at)


def digest(*shown: object) -> str:
    """What a proof is bound to."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def put_right(form: Form, no: Invalid | NotPossible) -> None:
    """What the service says no to, on the form: what was filled in stays there."""
    if isinstance(no, Invalid):
        blame(form, no)
    else:
        form.form_errors = [*form.form_errors, no.sentence]


def page(template: str, found: Any, form: Form, **more: Any) -> tuple[str, int]:
    """A page about one patient's representatives; 422 when something in its form has to be put right."""
    address = url_for("office.representatives_of", number=found.number)
    html = render_template(f"office/representatives/{template}.html", patient=found, form=form, address=address, **more)
    return html, 422 if form.errors else 200


def back(found: Any) -> Response:
    return redirect(url_for("office.representatives_of", number=found.number), 303)
