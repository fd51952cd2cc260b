"""Inviting a patient to the portal: the code on a letter over the desk or by post, or by e-mail."""

import hashlib
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.clocks import local_date
from portal.domain.contact_plans import choices
from portal.domain.dates import say_plain_date
from portal.domain.dispatches import STAGE_NAMES, Stage
from portal.domain.errors import Invalid
from portal.domain.patient_invitations import rules
from portal.domain.words import N_, _
from portal.services import patient_invitations, patients
from portal.services.patient_invitations import BY_LETTER, BY_MAIL, BY_POST
from portal.web import downloads
from portal.web.fields import Choice, Form, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import edge, work

PLACE = "/office/patients/<number>/invitation"
WAYS = [
    (BY_LETTER, N_("On a letter that I print now and hand to her at the front desk")),
    (BY_POST, N_("On a letter by post, to the address on file")),
    (BY_MAIL, N_("By e-mail, to the address on file")),
]


class InvitationForm(StepUpForm):
    way = Choice(
        N_("How does the code reach the patient?"), [required(N_("Choose how the code gets there."))], choices=WAYS
    )


class PrintForm(Form):
    """The letter goes over the desk to her and nobody else."""

    how = Choice(
        N_("She takes the letter now. How did you know that it was she?"),
        [required(N_("Choose how you knew that it was she."))],
        choices=[(each.id, each.title) for each in choices().verified if each.in_person],
    )


@blueprint.route(PLACE, methods=["GET", "POST"])
@needs_proof("account.invite")
def invitation(number: str) -> Answer:
    form = InvitationForm("account.invite")
    with glance() as looking:
        why_not = patient_invitations.why_not(looking, patients.find(looking, number))
    form.shown.data = hashlib.sha256(f"invite/{number}".encode()).hexdigest()
    if form.is_submitted() and why_not is None and proven(form):
        try:
            row = patient_invitations.invite(work(), patients.find(work(), number), form.way.data or "")
            return invited(number, row.way)
        except Invalid as no:
            blame(form, no)
    return _page(number, form, why_not)


def invited(number: str, way: str) -> Response:
    """What comes next: a letter waits to be printed or looked at, or the e-mail goes out."""
    if way == BY_MAIL:
        tell(_("The code goes out by e-mail now."), _("It works once, for seven days."))
    elif way == BY_POST:
        tell(_("The letter is among those to be printed."), _("Look at the recipient first, then print it."))
    else:
        tell(_("The letter is ready to be printed."), _("Print it now. The code can be printed once."))
    return redirect(url_for("office.invitation", number=number), 303)


@blueprint.post(f"{PLACE}/print")
def print_invitation(number: str) -> Answer:
    """The letter with its code, this once. It is made before anything is written, since that takes a while."""
    form = PrintForm()
    if not form.validate_on_submit():
        return _page(number, InvitationForm("account.invite", formdata=None), None, form)
    with glance() as looking:
        key, html = patient_invitations.to_print(looking, patients.find(looking, number))
    data = edge().outside.press.letter(html)
    patient_invitations.printed(work(), patients.find(work(), number), key, form.how.data or "")
    return downloads.attachment(f"{number}-invitation.pdf", "application/pdf", len(data), iter([data]))


@blueprint.get(f"{PLACE}/letter")
def invitation_letter(number: str) -> str | Response:
    """The letter as it is on file, without the code."""
    found = patients.find(work(), number)
    if ask := asked_first(work(), found):
        return ask
    letter = patient_invitations.kept(work(), found)
    patients.opened(work(), found)
    return render_template("office/invitation_letter.html", patient=found, letter=letter)


@blueprint.post(f"{PLACE}/end")
def end_invitation(number: str) -> Response:
    patient_invitations.end(work(), patients.find(work(), number))
    tell(_("The code opens nothing any more."))
    return redirect(url_for("office.invitation", number=number), 303)


def _page(number: str, form: InvitationForm, why_not: str | None, desk: PrintForm | None = None) -> tuple[str, int]:
    found = patients.find(work(), number)
    row = patient_invitations.newest(work(), found)
    fact, desk = rules().fact_on_file(found), desk or PrintForm(formdata=None)
    sent = patient_invitations.sent_as(work(), row) if row is not None else None
    html = render_template(
        "office/invitation.html",
        patient=found,
        form=form,
        why_not=why_not,
        row=row,
        state=state(row),
        is_open=row is not None and patient_invitations.is_open(work(), row),
        asked_for=_(fact.title) if fact else "",
        has_mail=bool(patient_invitations.mail_to(work(), found)),
        address=(found.name, *patient_invitations.post_to(work(), found)),
        desk=desk,
        sent=sent,
        sent_stage=_(STAGE_NAMES[Stage(sent.stage)]) if sent is not None else "",
    )
    cannot = 409 if form.is_submitted() and why_not is not None else 200
    return html, 422 if form.errors or desk.errors else cannot


def state(row: Any) -> str:
    """How the newest invitation stands, in a sentence; empty when there never was one."""
    if row is None:
        return ""
    made, name = _day(row.made_at), row.made_by.name
    if row.used_at is not None:
        return _("The patient set up her sign-in on %(day)s.", day=_day(row.used_at))
    if row.tries >= rules().tries:
        return _("The code of %(day)s was tried %(n)s times wrongly, so it is stopped.", day=made, n=row.tries)
    if row.ended_at is not None:
        return _("The code of %(day)s is stopped.", day=made)
    if work().now >= row.expires_at:
        return _("The code of %(day)s was not used in time.", day=made)
    until = _day(row.expires_at)
    if row.given_at is None:
        return _("%(name)s made out a code on %(day)s. It has not gone out yet.", name=name, day=made)
    return _("A code of %(day)s waits for the patient. It works until %(until)s.", day=made, until=until)


def _day(at: Any) -> str:
    return say_plain_date(local_date(work().profile, at))
