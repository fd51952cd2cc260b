"""What a patient said on paper, by telephone or at the counter about a mistake, entered by the office."""

from typing import Any
from uuid import uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.access_requests import Channel
from portal.domain.accuracy_notes import LONGEST_WORDS, Claim
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _
from portal.services import accuracy_notes, files, patients, tray_entries
from portal.services.accuracy_notes import Sent
from portal.services.tray_entries import Lying
from portal.web.fields import Choice, Date, Form, Hidden, LongText, Select, Upload, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.paper_codes import came_in
from portal.web.office.step_pages import Answer, glance
from portal.web.office.tray_entry import begun, from_the_tray
from portal.web.typed_keys import read_key
from portal.web.work import edge, work


class PaperNoteForm(Form):
    key = Hidden()
    channel = Choice(
        N_("How did it come?"),
        [required(N_("Choose how it came."))],
        choices=[
            (Channel.PAPER.value, N_("On paper")),
            (Channel.PHONE.value, N_("By telephone")),
            (Channel.FAX.value, N_("By fax")),
            (Channel.COUNTER.value, N_("At the counter")),
        ],
    )
    received_on = Date(N_("On which day did it come?"), [required(N_("Give the day it came."))])
    kind = Select(
        N_("What kind of entry is it about?"),
        [required(N_("Choose the kind of entry."))],
        choices=[("", N_("Choose")), *((each.value, CATEGORY_NAMES[each]) for each in CATEGORY_NAMES)],
    )
    where = LongText(N_("Where does it stand?"), [required(N_("Write where it stands."))], limit=LONGEST_WORDS, rows=3)
    wrong = LongText(
        N_("What is wrong, in the patient's own words?"),
        [required(N_("Write what is wrong."))],
        limit=LONGEST_WORDS,
        rows=4,
    )
    right = LongText(
        N_("What would be right?"), [required(N_("Write what would be right."))], limit=LONGEST_WORDS, rows=4
    )
    proof = Upload(
        N_("The scan of the paper"),
        hint=N_("PDF, JPEG or PNG, up to 10 MB. If something else has to be put right, choose it again."),
        accept=".pdf,.jpg,.jpeg,.png",
    )

    def sent(self, proofs: list[Any]) -> Sent:
        claim = Claim(self.where.data or "", self.wrong.data or "", self.right.data or "")
        channel, came = Channel(self.channel.data), self.received_on.data
        return Sent(Category(self.kind.data), claim, None, proofs, read_key(self.key.data), channel, came)


@blueprint.route("/office/patients/<number>/accuracy-notes/new", methods=["GET", "POST"])
@from_the_tray
def enter_accuracy_note(number: str, beside: Lying | None) -> Answer:
    with glance() as looking:
        patient = patients.find(looking, number)
        looking.must(Permission.ACCURACY_WORK, patient)
        # A form that was begun in time may be sent a little later: nothing typed is lost.
        if ask := asked_first(looking, patient, good=request.method == "GET"):
            return ask
        facts = {"number": patient.number, "name": patient.name}
    form = PaperNoteForm()
    begun(form, beside, "received_on")
    if form.validate_on_submit():
        try:
            return _entered(number, form.sent([] if beside else _proofs(form)), beside)
        except Invalid as no:
            blame(form, no)
    form.key.data = str(read_key(form.key.data) or uuid4())
    html = render_template("office/accuracy/new.html", form=form, beside=beside, **facts)
    return html, 422 if form.errors else 200


def _entered(number: str, sent: Sent, beside: Lying | None) -> Response:
    """All of it in one transaction: the note, its number, its clock, its paper and the code it came under."""
    case = accuracy_notes.enter(work(), patients.find(work(), number), sent)
    if beside is not None:
        tray_entries.keep(work(), case, beside)
    came_in(case.patient, case.id)
    tell(_("It is registered, and its clock runs."))
    return redirect(url_for("office.case", reference=case.reference), 303)


def _proofs(form: PaperNoteForm) -> list[Any]:
    """The paper, cleaned. It takes a while, so nothing is locked meanwhile."""
    sent = form.proof.data
    if not sent:
        return []
    return [files.look_at(edge().outside, sent.filename or "", sent.read(), "proof")]
