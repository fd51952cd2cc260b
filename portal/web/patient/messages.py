"""Messages with the clinic: the list of threads, one thread with the form to write, and its files."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import messages as rules
from portal.domain.dates import say_date
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import files, message_readings, message_threads, messages, patients, questions, throttling
from portal.services.message_threads import Thread
from portal.web import downloads, left_forms
from portal.web.fields import blame
from portal.web.message_form import MessageForm, allow_files, handed_in
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.patient.message_cards import address, line, sentence, title
from portal.web.patient.people import circle
from portal.web.sessions import actor
from portal.web.typed_keys import read_key
from portal.web.work import apart, signed_in, work

Answer = tuple[str, int] | Response
WRITE = frozenset({"patient.general_messages", "patient.case_messages"})


@blueprint.url_value_preprocessor
def allow_three_files(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body, and only for whoever is signed in."""
    if endpoint in WRITE:
        allow_files((who := actor()) is not None and who.is_patient)


@blueprint.get("/messages")
def messages_page() -> str:
    """The general thread first, then one for each request; of everybody this person may act for."""
    people = patients.acts_for(work())
    found = [(person, [line(each) for each in message_threads.of_patient(work(), person)]) for person in people]
    shown = [(person, lines) for person, lines in found if lines]
    return render_template("patient/messages.html", people=shown, several=len(people) > 1, **_urgent(None))


@blueprint.route("/messages/general", methods=["GET", "POST"])
def general_messages() -> Answer:
    form = MessageForm()
    looked, no = _looked_at(form)
    whose = circle(Permission.MESSAGES_VIEW)
    return _page(message_threads.general(work(), whose.chosen), form, looked, no)


@blueprint.route("/messages/<reference>", methods=["GET", "POST"])
def case_messages(reference: str) -> Answer:
    form = MessageForm()
    looked, no = _looked_at(form)
    return _page(message_threads.find(work(), reference), form, looked, no)


def _looked_at(form: MessageForm) -> tuple[list[Any], Invalid | None]:
    """Before the transaction that writes: how often somebody sends is counted, and the files are looked at."""
    live = signed_in()
    if request.method == "POST" and live is not None:
        with apart() as counting:
            throttling.spend(counting, f"messages:{live.actor.id}", throttling.MESSAGES_BY_ACCOUNT)
    return handed_in(form)


def _page(thread: Thread, form: MessageForm, looked: list[Any], no: Invalid | None) -> Answer:
    if form.validate_on_submit() and no is None:
        try:
            messages.send(work(), thread, form.said(looked))
        except Invalid as wrong:
            blame(form, wrong)
        else:
            left_forms.sent()
            return _sent(thread)
    if no is not None:
        blame(form, no)
    form.draw_key()
    shown = message_readings.page(work(), thread, read_key(request.args.get("before")))
    message_readings.opened(work(), thread, shown)
    facts = {"thread": thread, "page": shown, "form": form, "title": title(thread), "sentence": sentence(thread)}
    facts["asks"] = questions.waits_for_her(work(), thread.case)
    facts |= {"own": thread.patient.id == work().actor.patient_id, "place": address(thread)}
    html = render_template("patient/message_thread.html", **facts, **_urgent(thread), file_url=_file_url(thread))
    return html, 422 if form.errors else 200


def _sent(thread: Thread) -> Response:
    again = message_threads.of_case(work(), thread.case) if thread.case else message_threads.general(
        work(), thread.patient
    )  # fmt: skip
    due = again.row.due_on if again.row is not None else None
    then = _("We mean to answer you by %(day)s.", day=say_date(due)) if due else ""
    tell(_("Your message is sent."), then)
    return redirect(address(thread), 303)


def _urgent(thread: Thread | None) -> dict[str, Any]:
    law = thread.patient.jurisdiction if thread is not None else work().clinic.jurisdiction
    return {"urgent": rules.urgent(law), "days": work().clinic.messages.answer_working_days}


def _file_url(thread: Thread) -> Any:
    """The address of a file of this thread."""

    def of(file_id: UUID) -> str:
        if thread.case is not None:
            return url_for("patient.case_message_file", reference=thread.reference, file_id=file_id)
        whose: dict[str, Any] = {"for": thread.patient.id} if thread.patient.id != work().actor.patient_id else {}
        return url_for("patient.general_message_file", file_id=file_id, **whose)

    return of


@blueprint.get("/messages/general/files/<uuid:file_id>")
def general_message_file(file_id: UUID) -> Response:
    return _file(message_threads.general(work(), circle(Permission.MESSAGES_VIEW).chosen), file_id)


@blueprint.get("/messages/<reference>/files/<uuid:file_id>")
def case_message_file(reference: str, file_id: UUID) -> Response:
    return _file(message_threads.find(work(), reference), file_id)


def _file(thread: Thread, file_id: UUID) -> Response:
    file = message_readings.file_of(work(), thread, file_id)
    return downloads.attachment(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
