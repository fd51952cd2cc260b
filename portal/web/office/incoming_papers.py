"""Papers and faxes that came in: scanned to a case or a patient, or into the tray until it is known whose they are."""

from typing import Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import cases, files, incoming_folder, incoming_papers, paper_lists, papers_astray
from portal.services.incoming_papers import WAYS, Came
from portal.web import downloads
from portal.web.fields import Choice, Date, Form, Hidden, Text, Tick, Upload, blame, required, required_if
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, glance
from portal.web.office.tray_entry import chosen
from portal.web.typed_keys import read_key
from portal.web.work import edge, work

BELONGS = N_("Number of the case, or of the patient")
HERS = N_("It is from the patient or from who acts for her: she sees it on the page of her case")
ENTER, FILE = "enter", "file"


class ScanForm(Form):
    key = Hidden()
    scan = Upload(
        N_("The scan"),
        [required(N_("Choose the scan."))],
        hint=N_("PDF, JPEG or PNG, up to 10 MB."),
        accept=".pdf,.jpg,.jpeg,.png",
    )
    way = Choice(N_("How did it come?"), [required(N_("Choose how it came."))], choices=list(WAYS.items()))
    received_on = Date(
        N_("When did it reach the clinic?"),
        [required(N_("Give the day on which it reached the clinic."))],
        hint=N_("This day is kept with the paper, whoever scans it later. For example 27 3 2026."),
    )
    sender = Text(N_("From whom, as far as it says?"), most=incoming_papers.LONGEST_SENDER)
    hers = Tick(HERS)
    belongs = Text(
        BELONGS,
        hint=N_("Such as AR-2026-000123-K or P-000123. Leave it empty if you do not know yet: it goes into the tray."),
        most=24,
        width=20,
    )


class TrayForm(Form):
    what = Choice(
        N_("What is it?"),
        [required(N_("Choose what it is."))],
        choices=[
            (ENTER, N_("It is a form or a request: enter it, and the scan is filed with it")),
            (FILE, N_("It belongs to a case or to a patient")),
        ],
        reveals={ENTER: "code", FILE: "belongs"},
    )
    code = Text(
        N_("The code of the form"),
        hint=N_("It stands at the top and at the foot of each page. Leave it empty if there is none."),
        most=80,
        width=20,
        autocomplete="off",
    )
    belongs = Text(
        BELONGS, [required_if("what", FILE, N_("Type the number of the case or of the patient."))], most=24, width=20
    )
    hers = Tick(HERS, hint=N_("A form that you enter is hers without this tick."))


@blueprint.route("/office/correspondence/incoming", methods=["GET", "POST"])
def incoming() -> Answer:
    """The scan is looked at and cleaned before anything is locked or kept."""
    with glance() as looking:
        looking.must(Permission.INCOMING_SORT)
    form = ScanForm()
    if form.validate_on_submit():
        try:
            sent: Any = form.scan.data
            looked = incoming_papers.look_at(edge().outside, sent.filename or "", sent.read())
            came = Came(form.way.data or "", form.received_on.data, form.sender.data or "", bool(form.hers.data))
            incoming_papers.owner_by(work(), form.belongs.data or "")
            row = incoming_papers.receive(work(), looked, came, key=read_key(form.key.data))
        except Invalid as no:
            blame(form, no)
        else:
            return _kept(row, form)
    form.key.data = str(read_key(form.key.data) or uuid4())
    with glance() as looking:
        html = render_template("office/correspondence/incoming.html", form=form, **_lists(looking))
    return html, 422 if form.errors else 200


def _lists(looking: Any) -> dict[str, Any]:
    """A page of the tray, one of the files that could not be taken, and what the page leads to."""
    tray, refused = paper_lists.tray(looking, after("after")), incoming_folder.refusals(looking, after("refused"))
    return {
        "lines": [came_in(row, looking.today) for row in tray.rows],
        "pages": onward("office.incoming", "after", tray.next),
        "refused": [(each, _(WAYS[each.way])) for each in refused.rows],
        "refused_pages": onward("office.incoming", "refused", refused.next),
        "silent": incoming_folder.is_silent(looking),
        "aside": paper_lists.how_many_aside(looking),
        "astray": papers_astray.how_many(looking),
    }


def after(part: str) -> UUID | None:
    """The key in the address that a page goes on from; None for none, and for what is no key."""
    try:
        return UUID(request.args[part]) if request.args.get(part) else None
    except ValueError:
        return None


def onward(place: str, part: str, last: UUID | None) -> dict[str, str | None]:
    """The ways to the next page and to the first one; None where there is none, or one is there."""
    others: dict[str, Any] = {
        key: value for key, value in request.args.items() if key in ("after", "refused") and key != part
    }
    there = url_for(place, **(others | {part: str(last)})) if last else None
    return {"next": there, "previous": url_for(place, **others) if request.args.get(part) else None}


def came_in(row: Any, today: Any) -> dict[str, Any]:
    """When and how a paper came in, and for how many days it has been here."""
    days = (today - row.received_on).days
    way = _(WAYS[row.way])
    by = row.entered_by_name if row.entered_by_id else _("The portal")
    return {"id": row.id, "on": row.received_on, "way": way, "days": days, "by": by}


@blueprint.post("/office/correspondence/incoming/put-aside/<uuid:aside_id>")
def settle_put_aside(aside_id: UUID) -> Response:
    """Somebody has looked at a file that could not be taken, in the folder itself."""
    incoming_folder.settle(work(), aside_id)
    tell(_("It is noted that you have looked at the file."), _("If it was a request, scan it or enter it now."))
    return redirect(url_for("office.incoming"), 303)


def kept_with_case() -> tuple[str, str]:
    """What happened, and what it does not do."""
    return (
        _("The paper stands with the case."),
        _("The day it came in is kept with it. A new request is entered from the patient's file, so its clock runs."),
    )


def _kept(row: Any, form: ScanForm) -> Response:
    """It lies in the tray; where a number was typed, whose that is comes next."""
    if form.belongs.data and row.settled_at is None:
        return to_place(row, form.belongs.data, bool(form.hers.data))
    tell(_("The paper lies in the tray."), _("Put it where it belongs as soon as you know."))
    return redirect(url_for("office.incoming"), 303)


def to_place(row: Any, belongs: str, hers: bool) -> Response:
    """To the page that says whose the number is. Nothing is filed before somebody has read that."""
    asked: dict[str, Any] = {"belongs": belongs.strip().upper(), **({"hers": "1"} if hers else {})}
    return redirect(url_for("office.paper_place", scan_id=row.id, **asked), 303)


@blueprint.route("/office/correspondence/incoming/<uuid:scan_id>", methods=["GET", "POST"])
def incoming_paper(scan_id: UUID) -> Answer:
    row, form = incoming_papers.find(work(), scan_id, lock=work().writes), TrayForm()
    if row.aside_at is not None and not work().writes:
        return redirect(url_for("office.aside_paper", scan_id=row.id), 303)
    if form.validate_on_submit():
        try:
            return _done(row, form)
        except Invalid as no:
            blame(form, no)
    sender = incoming_papers.sender_of(work(), row)
    facts = {"row": row, "line": came_in(row, work().today), "sender": sender}
    return render_template("office/correspondence/paper.html", form=form, **facts), 422 if form.errors else 200


def _done(row: Any, form: TrayForm) -> Response:
    if form.what.data == ENTER:
        return chosen(form.code.data or "", row.id)
    incoming_papers.owner_by(work(), form.belongs.data or "")
    return to_place(row, form.belongs.data or "", bool(form.hers.data))


@blueprint.get("/office/correspondence/incoming/<uuid:scan_id>/scan")
def incoming_scan(scan_id: UUID) -> Response:
    row = incoming_papers.find(work(), scan_id)
    content = incoming_papers.read(work(), row)
    return downloads.picture(_("Paper"), row.media_type, row.size, content)


@blueprint.get("/office/cases/<reference>/papers/<uuid:file_id>")
def case_paper(reference: str, file_id: UUID) -> Response:
    """A paper that came in about a case."""
    file = incoming_papers.file_of_case(work(), cases.find(work(), reference), file_id)
    return downloads.picture(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
