"""The register of disclosures in the office: the list, an entry, its correction, and what went out before."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.disclosures import BASIS_NAMES, LONGEST_WORDS
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import (
    disclosure_notices,
    disclosure_plans,
    disclosure_register,
    disclosures,
    patients,
    unasked_disclosures,
)
from portal.services.disclosure_lists import Only
from portal.services.disclosures import Correction
from portal.services.unasked_disclosures import Past
from portal.web.fields import Address, Date, Form, LongText, Text, Tick, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.disclosure_form import listed
from portal.web.office.file_reasons import asked_first
from portal.web.office.step_pages import Answer, done
from portal.web.sifting import asked_day, carried_on
from portal.web.work import work


class CorrectionForm(Form):
    wrong = LongText(
        N_("What was wrong with the entry?"),
        [required(N_("Say what was wrong with the entry. The patient reads it."))],
        hint=N_("The entry stays as it is. The patient reads both, and this beside them."),
        limit=LONGEST_WORDS,
        rows=3,
    )
    void = Tick(N_("Nothing was given at all"))
    recipient = Text(N_("Who received it?"), most=200, width=30)
    what = LongText(N_("What was given?"), limit=LONGEST_WORDS, rows=3)
    why = LongText(N_("What was it for?"), limit=LONGEST_WORDS, rows=2)


class PastForm(Form):
    recipient = Text(N_("Who received it?"), [required(N_("Write the name of the recipient."))], most=200, width=30)
    address = Address(N_("Postal address"), limit=400, rows=3)
    on = Date(N_("On which day did it go out?"), [required(N_("Give the day it went out."))])
    what = LongText(N_("What was given?"), [required(N_("Say what was given."))], limit=LONGEST_WORDS, rows=3)
    why = LongText(N_("What was it for?"), [required(N_("Say what it was for."))], limit=LONGEST_WORDS, rows=2)
    how = Text(N_("How did it go?"), most=100, width=20)
    basis = LongText(
        N_("What did it rest on?"),
        [required(N_("Say what it rested on, or that it rested on nothing."))],
        hint=N_("Such as “Her letter of 3 May”, or “Sent by mistake”. The patient reads it."),
        limit=LONGEST_WORDS,
        rows=2,
    )


@blueprint.get("/office/disclosures")
def disclosures_list() -> str:
    only, after = _only(), request.args.get("after")
    page = disclosure_register.register(work(), only, after)
    kept = carried_on("patient", "basis", "recipient", "since", "until")
    return render_template(
        "office/disclosures/list.html",
        lines=page.lines,
        only=only,
        bases=BASIS_NAMES,
        waiting=disclosure_plans.waiting(work()) if not after else [],
        me=work().actor.id,
        next=url_for("office.disclosures_list", **kept, after=page.next) if page.next else None,
        first=url_for("office.disclosures_list", **kept) if after else None,
    )


def _only() -> Only:
    args = request.args
    return Only(
        recipient=args.get("recipient", ""),
        since=asked_day("since"),
        until=asked_day("until"),
        basis=args.get("basis", ""),
        number=args.get("patient", ""),
    )


@blueprint.get("/office/disclosures/<uuid:disclosure_id>")
def disclosure(disclosure_id: UUID) -> str | Response:
    row, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient):
        return ask
    entry = disclosure_register.one(work(), patient, row)
    return render_template(
        "office/disclosures/entry.html",
        entry=entry,
        patient=patient,
        kinds=listed(entry.categories),
        recipient_id=row.recipient_id,
        bases=BASIS_NAMES,
        letter=disclosure_notices.standing(work(), patient, row),
        may_send=work().may(Permission.CORRESPONDENCE_WORK, patient),
    )


@blueprint.route("/office/disclosures/<uuid:disclosure_id>/correct", methods=["GET", "POST"])
def correct_disclosure(disclosure_id: UUID) -> Answer:
    row, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient, good=request.method == "GET"):
        return ask
    entry = disclosure_register.one(work(), patient, row)
    form = CorrectionForm(recipient=entry.recipient, what=entry.what, why=entry.why)
    if form.validate_on_submit() and done(form, _correct, patient, disclosure_id, form):
        tell(_("The correction is entered."), _("The earlier entry stays, and says that it was corrected."))
        return redirect(url_for("office.disclosures_list", patient=patient.number), 303)
    html = render_template("office/disclosures/correct.html", form=form, entry=entry, patient=patient)
    return html, 422 if form.errors else 200


def _correct(working: Any, patient: Any, disclosure_id: UUID, form: CorrectionForm) -> None:
    said = (form.recipient.data or "", form.what.data or "", form.why.data or "")
    disclosures.correct(working, patient, disclosure_id, Correction(form.wrong.data or "", bool(form.void.data), *said))


@blueprint.route("/office/patients/<number>/disclosures/earlier", methods=["GET", "POST"])
def note_disclosure(number: str) -> Answer:
    """What went out without our check, before there was a portal or by mistake: the register has to be whole."""
    patient = patients.find(work(), number)
    work().must(Permission.DISCLOSURES_NOTE, patient)
    if ask := asked_first(work(), patient, good=request.method == "GET"):
        return ask
    form = PastForm()
    if form.validate_on_submit() and done(form, _note, patient, form):
        tell(_("It stands in the register."), _("The patient can read it now."))
        return redirect(url_for("office.disclosures_list", patient=patient.number), 303)
    return render_template("office/disclosures/earlier.html", form=form, patient=patient), 422 if form.errors else 200


def _note(working: Any, patient: Any, form: PastForm) -> None:
    address = tuple(line for line in (form.address.data or "").splitlines() if line)
    told = (form.why.data or "", form.what.data or "", form.basis.data or "", address, form.how.data or "")
    on = form.on.data or working.today  # the form asks for it, so it is there
    unasked_disclosures.note_past(working, patient, Past(form.recipient.data or "", on, *told))
