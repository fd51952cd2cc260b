"""The law's letter to a patient about a disclosure: to read and print, and how she got it where none may be posted."""

from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.disclosures import LONGEST_WORDS
from portal.domain.words import N_, _
from portal.services import disclosure_notices, disclosure_register
from portal.web.fields import Form, LongText, required
from portal.web.letters import as_file
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.step_pages import Answer, done
from portal.web.work import work

PLACE = "/office/disclosures/<uuid:disclosure_id>/letter"


class BroughtForm(Form):
    done = LongText(
        N_("How did she get the letter?"),
        [required(N_("Say how she got the letter, or why she cannot get it."))],
        hint=N_("Such as “Given to her at her visit of 3 May”."),
        limit=LONGEST_WORDS,
        rows=3,
    )


@blueprint.get(PLACE)
def disclosure_letter(disclosure_id: UUID) -> str | Response:
    entry, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient):
        return ask
    row, letter = disclosure_notices.office_letter(work(), patient, entry)
    return render_template("office/disclosures/letter.html", entry=entry, patient=patient, row=row, letter=letter)


@blueprint.get(f"{PLACE}.pdf")
def disclosure_letter_pdf(disclosure_id: UUID) -> Response:
    entry, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient):
        return ask
    return as_file(disclosure_notices.office_letter(work(), patient, entry)[0])


@blueprint.route(f"{PLACE}/brought", methods=["GET", "POST"])
def disclosure_letter_brought(disclosure_id: UUID) -> Answer:
    """No address was safe: whoever brought it another way says how."""
    entry, patient = disclosure_register.find(work(), disclosure_id)
    if ask := asked_first(work(), patient, good=request.method == "GET"):
        return ask
    form = BroughtForm()
    if form.validate_on_submit() and done(form, disclosure_notices.settle, patient, entry, form.done.data or ""):
        tell(_("It is written down."), _("This letter is no longer among those to bring."))
        return redirect(url_for("office.disclosure", disclosure_id=disclosure_id), 303)
    html = render_template("office/disclosures/brought.html", form=form, entry=entry, patient=patient)
    return html, 422 if form.errors else 200
