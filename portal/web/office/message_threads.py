"""One thread for those who answer it: what was written, the answer with its snippets, and the files."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request
from werkzeug.wrappers import Response

from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import (
    files,
    internal_notes,
    message_answerers,
    message_notices,
    message_readings,
    messages,
    snippets,
    untold_messages,
)
from portal.services.message_threads import Thread
from portal.web import downloads
from portal.web.fields import Select, blame
from portal.web.languages import own_names
from portal.web.message_form import MessageForm, allow_files, handed_in
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.message_panel import asks_her, mood, sentence, who
from portal.web.office.message_places import CASE, FILE, address, back_to, file_url, find, heading
from portal.web.office.step_pages import Answer
from portal.web.office.untold_messages import lines_of_thread
from portal.web.sessions import actor
from portal.web.typed_keys import read_key
from portal.web.work import work

WRITE = "office.thread"


class AnswerForm(MessageForm):
    snippet = Select(N_("A snippet to put into the answer"))


@blueprint.url_value_preprocessor
def allow_three_files(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body, and only for whoever works here."""
    if endpoint == WRITE:
        allow_files((who_asks := actor()) is not None and who_asks.is_staff)


@blueprint.route(CASE, methods=["GET", "POST"])
@blueprint.route(FILE, methods=["GET", "POST"])
def thread(reference: str = "", number: str = "") -> Answer:
    """Read and answer. “Insert” puts a snippet behind what was typed, and sends nothing."""
    form = AnswerForm()
    inserts = "insert" in request.form
    looked, no = ([], None) if inserts else handed_in(form)
    found = find(reference, number)
    work().must(Permission.MESSAGES_ANSWER, found.about)
    # What waits, or is hers to answer, is a reason in itself; for what is over she is asked for one, as for the file.
    over = found.case is None and not found.is_waiting and not message_answerers.is_hers(work(), found)
    # Where a colleague answered while she typed, what she typed is not lost.
    over = over and not message_readings.was_read(work(), found, read_key(form.seen.data))
    if over and (ask := asked_first(work(), found.patient, good=request.method == "GET")):
        return ask
    form.snippet.choices, texts = _offered(found.patient.language)
    if inserts:
        _insert(form, texts)
    elif form.validate_on_submit() and no is None:
        try:
            messages.answer(work(), found, form.said(looked))
            tell(
                _("The message is sent."),
                _("The patient reads it in the portal; an e-mail says only that it is there."),
            )
            return redirect(address(found), 303)
        except Invalid as wrong:
            blame(form, wrong)
    if no is not None:
        blame(form, no)
    return _page(found, form)


def _offered(tongue: str) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """The snippets as choices, those in the patient's language first; and the text of each."""
    names, found = dict(own_names()), []
    for each in snippets.offered(work()):
        for spoken, words in each.words.items():
            label = f"{each.title} ({names.get(spoken, spoken)})"
            found.append((spoken != tongue, f"{each.id}:{spoken}", label, words))
    found.sort(key=lambda each: each[0])
    choices = [("", _("Choose")), *((key, label) for _other, key, label, _words in found)]
    return choices, {key: words for _other, key, _label, words in found}


def _insert(form: AnswerForm, texts: dict[str, str]) -> None:
    words = texts.get(form.snippet.data or "")
    if words is None:
        blame(form, Invalid(_("Choose a snippet first."), "snippet"))
        return
    form.text.data = "\n\n".join(filter(None, [form.text.data, words]))
    form.snippet.data = ""


def _page(found: Thread, form: AnswerForm) -> tuple[str, int]:
    before = read_key(request.args.get("before")) if request.method == "GET" else None
    page = message_readings.page(work(), found, before)
    message_readings.opened(work(), found, page)
    form.draw_key()
    # Where somebody wrote meanwhile, it stands on the page now, and the next press answers that too.
    form.seen.data = str(message_readings.page(work(), found, limit=1).newest or "")
    html = render_template(
        "office/messages/thread.html",
        thread=found,
        page=page,
        notes=internal_notes.of_thread(work(), found),
        form=form,
        undelivered=message_notices.undelivered(work(), found),
        untold=lines_of_thread(found),
        told=untold_messages.told_otherwise(work(), found),
        asks=asks_her(found),
        older=before is not None,
        heading=heading(found),
        sentence=sentence(found),
        mood=mood(found),
        who=who(found),
        mine=message_answerers.named(work(), found).account == work().actor.id,
        belongs=back_to(found),
        href=lambda name: address(found, name),
        file_url=file_url(found),
        has_snippets=len(form.snippet.choices) > 1,
        earlier=address(found, before=page.earlier) if page.earlier else None,
    )
    return html, 422 if form.errors else 200


@blueprint.get(f"{CASE}/files/<uuid:file_id>")
@blueprint.get(f"{FILE}/files/<uuid:file_id>")
def message_file(file_id: UUID, reference: str = "", number: str = "") -> Response:
    """A file that came with a message, to keep: it is never run here."""
    found = find(reference, number)
    work().must(Permission.MESSAGES_ANSWER, found.about)
    file: Any = message_readings.file_of(work(), found, file_id)
    return downloads.attachment(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
