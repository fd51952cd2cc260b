"""A form or request is entered from its scan in the tray, with the scan beside it, and the scan is filed with it.

The page that enters it learns of the scan by its address, as of a code. Until it is entered, the scan stays there.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import paper_forms as rules
from portal.domain.access_requests import Channel
from portal.domain.errors import Invalid, NotFound
from portal.domain.words import N_, _
from portal.services import paper_forms, tray_entries
from portal.services.paper_forms import Found
from portal.services.tray_entries import Lying
from portal.web.fields import Choice, Form, Text, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.paper_codes import PAGES, entry_page, on_paper, patient_number
from portal.web.office.step_pages import Answer, glance
from portal.web.work import work

STATEMENT = "statement"  # belongs to the case it is about: it is filed there, and entered from there


class WhatForm(Form):
    number = Text(
        N_("Number of the patient"),
        [required(N_("Type the number of the patient."))],
        hint=N_("It stands on her file, such as P-004117."),
        most=20,
        width=10,
    )
    form = Choice(N_("What is it?"), [required(N_("Choose what it is."))])


def from_the_tray(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view takes ``beside``: the scan it was opened from, or None. A scan that was entered leads to its case."""

    @wraps(view)
    def held(*args: Any, **kwargs: Any) -> Any:
        if not request.args.get("scan"):
            return view(*args, beside=None, **kwargs)
        with glance() as looking:
            beside = tray_entries.look(looking, _key())
        return view(*args, beside=beside, **kwargs) if beside.is_there else _where_it_is(beside)

    return held


def _key() -> UUID:
    try:
        return UUID(request.args["scan"])
    except ValueError:
        raise NotFound(_("There is no such page, or it is not yours to see.")) from None


def _where_it_is(beside: Lying) -> Response:
    tell(_("This paper was put where it belongs already."), _("Look here first what became of it."))
    if beside.case:
        return redirect(url_for("office.case", reference=beside.case), 303)
    if beside.number:
        return redirect(url_for("office.patient", number=beside.number), 303)
    return redirect(url_for("office.incoming"), 303)


def begun(form: Any, beside: Lying | None, day: str = "") -> None:
    """How it came, and on which day (in the field of that name), are the tray's to say; else the code's, if any."""
    if beside is None:
        on_paper(form)
        return
    faxed = beside.way == "fax" and Channel.FAX.value in dict(form.channel.choices)
    form.channel.data = (Channel.FAX if faxed else Channel.PAPER).value
    if day:
        form[day].data = beside.on


def chosen(code: str, scan_id: UUID) -> Response:
    """From the tray to the page of entry: by the form's code, else by choosing. Raises Invalid for a code that is none.

    A form that was entered before has its place already: its scan goes there by number.
    """
    found = paper_forms.look_up(work(), code) if code.strip() else None
    if found is None or not (found.number or found.case):
        return redirect(url_for("office.enter_from_tray", scan_id=scan_id, code=found.code if found else None), 303)
    if found.case or found.entered:
        place = found.case or found.number
        raise Invalid(_("This form was entered before. Put the scan with it, under the number %(n)s.", n=place), "code")
    return entry_page(found, found.number, scan=str(scan_id))


@blueprint.route("/office/correspondence/incoming/<uuid:scan_id>/enter", methods=["GET", "POST"])
def enter_from_tray(scan_id: UUID) -> Answer:
    """A form without a name in its code, or a letter: whose it is, and what it asks."""
    with glance() as looking:
        beside = tray_entries.look(looking, scan_id)
    if not beside.is_there:
        return _where_it_is(beside)
    form, found = WhatForm(), _found()
    form.form.choices = [(each.id, each.title) for each in rules.offered(work().profile) if each.id != STATEMENT]
    if found is not None:
        form.form.data = found.form.id
    if form.validate_on_submit():
        try:
            number = patient_number(form.number.data or "")
            found = found or Found(rules.find(form.form.data or "", work().profile), "", "")
            return entry_page(found, number, scan=str(scan_id))
        except Invalid as no:
            blame(form, no)
    html = render_template("office/correspondence/enter.html", form=form, beside=beside, found=found)
    return html, 422 if form.errors else 200


def _found() -> Found | None:
    """What a blank form's code in the address says; None for none, and for one that is no code."""
    code = request.args.get("code", "")
    try:
        found = paper_forms.look_up(work(), code) if code else None
    except Invalid:
        return None
    return found if found is not None and not found.number and found.form.id in PAGES else None
