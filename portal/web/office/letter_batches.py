"""Batches of letters: one file for the printer, a list to compare with, and the word that they went out."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.dispatches import Stage
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.words import N_, _, ngettext
from portal.services import dispatches, letter_batches, posting
from portal.services.posting import Handed
from portal.web import downloads
from portal.web.fields import Date, Form, Text, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.correspondence import shown
from portal.web.office.step_pages import Answer
from portal.web.typed_keys import read_key
from portal.web.work import edge, keep, work


class HandedForm(Form):
    """Each letter's tracking number is added by ``_form``: ``tracking-`` and its key."""

    on = Date(
        N_("On which day were they handed over?"),
        [required(N_("Give the day."))],
    )


class PostedForm(Form):
    on = Date(N_("On which day was it handed over, or sent?"), [required(N_("Give the day."))])
    tracking = Text(N_("Tracking number, if there is one"), most=60, width=20)


@blueprint.post("/office/correspondence/batches")
def new_batch() -> Response:
    """What changed since it was printed is taken back, and stays so whether a batch comes of the others or not."""
    back = letter_batches.take_back(work(), _keys())
    try:
        batch = letter_batches.make(work(), _keys())
    except Invalid as no:
        if not back:
            raise NotPossible(no.sentence) from None
        tell(_("No batch was made."), _taken_back(back))
        return redirect(url_for("office.correspondence_list", tab="to-print"), 303)
    if back:
        tell(_("The other letters are in this batch."), _taken_back(back))
    return redirect(url_for("office.letter_batch", batch_id=batch.id), 303)


def _keys() -> list[UUID]:
    found = (read_key(each) for each in request.form.getlist("letters"))
    return [key for key in found if key is not None]


def _taken_back(names: list[str]) -> str:
    return ngettext(
        "%(n)s letter was taken back, since its recipient has changed: %(names)s. Look at the recipient again.",
        "%(n)s letters were taken back, since their recipients have changed: %(names)s. Look at the recipients again.",
        len(names),
        names=", ".join(names),
    )


@blueprint.get("/office/correspondence/batches/<uuid:batch_id>")
def letter_batch(batch_id: UUID) -> str:
    batch = letter_batches.find(work(), batch_id)
    return _page(batch, _form(batch, {"on": work().today}))


def _form(batch: Any, data: dict[str, Any] | None = None) -> Any:
    """A field for the tracking number of each letter, named as the service blames it."""
    numbers = {f"tracking-{each.id}": Text(N_("Tracking number"), most=60) for each in letter_batches.of(work(), batch)}
    return type("HandedFormOfBatch", (HandedForm,), numbers)(data=data)


def _page(batch: Any, form: Any) -> str:
    rows, moves = letter_batches.look(work(), batch), letter_batches.moves(work(), batch)
    facts = {
        "batch": batch,
        "rows": rows,
        "came": [each for each in moves if not each.away],
        "went": [each for each in moves if each.away],
        "left": [row for row in rows if row.dispatch.stage == Stage.READY and not row.changed],
    }
    return render_template("office/correspondence/batch.html", form=form, today=work().today, **facts)


@blueprint.get("/office/correspondence/batches/<uuid:batch_id>/<part>.pdf")
def batch_sheets(batch_id: UUID, part: str) -> Response:
    """What the printer gets. The press works with no transaction open."""
    if part not in letter_batches.PARTS:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    found, today = letter_batches.taken(work(), letter_batches.find(work(), batch_id)), work().today
    keep()
    data = letter_batches.drawn(edge().outside, edge().clinic, today, found, part)
    return downloads.attachment(f"{part}-{today.isoformat()}.pdf", "application/pdf", len(data), iter([data]))


@blueprint.post("/office/correspondence/batches/<uuid:batch_id>/handed-over")
def batch_handed_over(batch_id: UUID) -> Answer:
    """Pressed twice, it has one effect."""
    batch = letter_batches.find(work(), batch_id)
    form = _form(batch)
    if form.validate_on_submit():
        tracking = {each.id: form[f"tracking-{each.id}"].data or "" for each in letter_batches.of(work(), batch)}
        try:
            gone, back = letter_batches.handed_over(work(), batch, form.on.data, tracking)
        except Invalid as no:
            blame(form, no)
        else:
            _say(gone, back)
            return redirect(url_for("office.correspondence_list", tab="sent"), 303)
    return _page(batch, form), 422


def _say(gone: int, back: int) -> None:
    happened = ngettext("%(n)s letter was handed over.", "%(n)s letters were handed over.", gone)
    taken_back = ngettext(
        "%(n)s letter was taken back, since its recipient has changed: take it out of its envelope.",
        "%(n)s letters were taken back, since their recipients have changed: take them out of their envelopes.",
        back,
    )
    tell(happened, taken_back if back else "")


@blueprint.route("/office/correspondence/<uuid:dispatch_id>/handed-over", methods=["GET", "POST"])
def dispatch_handed_over(dispatch_id: UUID) -> Answer:
    """One alone: by courier with its number, or a fax that was sent at the machine."""
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = PostedForm(data={"on": work().today} if request.method == "GET" else None)
    if form.validate_on_submit() and _went_out(form, found):
        return redirect(url_for("office.dispatch", dispatch_id=found.id), 303)
    facts = {"title": _("It went out"), "submit": _("Record it"), **shown(found)}
    return render_template("office/correspondence/step.html", form=form, **facts), 422 if form.errors else 200


def _went_out(form: PostedForm, found: Any) -> bool:
    try:
        came = posting.handed_over(work(), found, form.on.data, form.tracking.data or "")
    except Invalid as no:
        blame(form, no)
        return False
    if came is Handed.RECALLED:
        tell(
            _("This letter was taken back: its recipient has changed since it was printed."),
            _("Take it out of its envelope, and look at the recipient again."),
        )
    else:
        tell(_("It is recorded that it went out."))
    return True


@blueprint.get("/office/correspondence/<uuid:dispatch_id>/sheets.pdf")
def dispatch_sheets(dispatch_id: UUID) -> Response:
    """The printed sheets of one letter."""
    file, name, content = letter_batches.sheets_of(work(), dispatches.find(work(), dispatch_id))
    return downloads.attachment(name, file.media_type, file.size, content)
