"""What else is done with a thread: take it over, hand it on, say that no answer is needed, note something inside."""

from uuid import UUID, uuid4

from flask import redirect, render_template
from werkzeug.wrappers import Response

from portal.domain import messages as rules
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import internal_notes, message_answerers, message_readings, messages
from portal.services.message_threads import Thread
from portal.services.messages import Said
from portal.web.fields import Choice, Form, Hidden, LongText, Select, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.message_places import CASE, FILE, address, find, heading
from portal.web.office.step_pages import Answer
from portal.web.typed_keys import read_key
from portal.web.work import work


class HandForm(Form):
    colleague = Select(N_("Who answers from now on?"), [required(N_("Choose a colleague."))])


class NoAnswerForm(Form):
    key = Hidden()
    seen = Hidden()
    reason = Choice(N_("Why is no answer needed?"), [required(N_("Choose why no answer is needed."))])
    words = LongText(
        N_("A sentence for the patient"),
        hint=N_("The patient reads the reason and this. You can leave it empty unless the reason is another one."),
        limit=1000,
        rows=3,
    )


class NoteForm(Form):
    key = Hidden()
    note = LongText(
        N_("Internal note"),
        [required(N_("Write the note first."))],
        hint=N_("Only the clinic sees this. Write what you can stand by: the law may let the patient ask for it."),
        limit=rules.limits().notes_longest,
        rows=6,
    )  # fmt: skip


def _found(reference: str, number: str) -> Thread:
    thread = find(reference, number)
    work().must(Permission.MESSAGES_ANSWER, thread.about)
    return thread


def _back(thread: Thread, happened: str, then: str = "") -> Response:
    tell(happened, then)
    return redirect(address(thread), 303)


@blueprint.post(f"{CASE}/take")
@blueprint.post(f"{FILE}/take")
def take_thread(reference: str = "", number: str = "") -> Response:
    thread = _found(reference, number)
    message_answerers.take_over(work(), thread)
    return _back(thread, _("You answer this from now on."))


@blueprint.route(f"{CASE}/hand", methods=["GET", "POST"])
@blueprint.route(f"{FILE}/hand", methods=["GET", "POST"])
def hand_thread(reference: str = "", number: str = "") -> Answer:
    thread, form = _found(reference, number), HandForm()
    if thread.row is None:
        raise NotPossible(_("Nothing is written here yet, so nobody has to answer."))
    known = message_answerers.colleagues(work(), thread)
    form.colleague.choices = [("", _("Choose")), *((str(key), name) for key, name in known)]
    if form.validate_on_submit():
        try:
            message_answerers.hand_on(work(), thread, UUID(form.colleague.data))
            name = dict(form.colleague.choices)[form.colleague.data]
            return _back(thread, _("%(name)s answers this from now on.", name=name))
        except Invalid as no:
            blame(form, no)
    return _page("hand", thread, form)


@blueprint.route(f"{CASE}/no-answer", methods=["GET", "POST"])
@blueprint.route(f"{FILE}/no-answer", methods=["GET", "POST"])
def no_answer(reference: str = "", number: str = "") -> Answer:
    thread, form = _found(reference, number), NoAnswerForm()
    form.reason.choices = [(each.id, each.title) for each in rules.no_answers()]
    form.reason.hints = {each.id: _(each.words) for each in rules.no_answers()}
    if form.validate_on_submit():
        said = Said(form.words.data or "", read_key(form.key.data), seen=read_key(form.seen.data))
        try:
            messages.no_answer(work(), thread, form.reason.data or "", said)
            return _back(thread, _("It needs no answer."), _("The patient reads why."))
        except Invalid as no:
            blame(form, no)
    elif not thread.is_waiting:
        raise NotPossible(_("Nothing waits for an answer here. Somebody was quicker."))
    form.key.data = str(read_key(form.key.data) or uuid4())
    form.seen.data = str(message_readings.page(work(), thread, limit=1).newest or "")
    return _page("no_answer", thread, form)


@blueprint.route(f"{CASE}/note", methods=["GET", "POST"])
@blueprint.route(f"{FILE}/note", methods=["GET", "POST"])
def internal_note(reference: str = "", number: str = "") -> Answer:
    """On a page of its own: nobody types a note into the box of the answer by mistake."""
    thread, form = _found(reference, number), NoteForm()
    if form.validate_on_submit():
        try:
            internal_notes.write(work(), thread, form.note.data or "", read_key(form.key.data))
            return _back(thread, _("The note is kept."), _("Only the clinic sees it."))
        except Invalid as no:
            blame(form, no)
    form.key.data = str(read_key(form.key.data) or uuid4())
    return _page("note", thread, form)


def _page(name: str, thread: Thread, form: Form) -> tuple[str, int]:
    html = render_template(
        f"office/messages/{name}.html", thread=thread, form=form, heading=heading(thread), place=address(thread)
    )
    return html, 422 if form.errors else 200
