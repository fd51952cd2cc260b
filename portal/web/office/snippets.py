"""Snippets: the office administrator writes them, changes them with every version kept, and retires them."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain import messages as rules
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import snippets
from portal.web.fields import Form, Hidden, LongText, Text, blame, required
from portal.web.languages import own_names
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer
from portal.web.work import edge, work


class SnippetForm(Form):
    """What it says in each language is added by ``_form``: ``words_en``."""

    seen = Hidden()
    title = Text(
        N_("Title"),
        [required(N_("Give it a title."))],
        hint=N_("For colleagues: what it is for."),
        most=rules.limits().snippet_title,
    )


def _form() -> Any:
    limit, names = rules.limits().snippet_longest, dict(own_names())
    fields: dict[str, Any] = {
        f"words_{tongue}": LongText(names.get(tongue, tongue), limit=limit, rows=6)
        for tongue in edge().clinic.languages
    }
    return type("SnippetForm", (SnippetForm,), fields)()


def _words(form: Any) -> dict[str, str]:
    return {tongue: form[f"words_{tongue}"].data or "" for tongue in edge().clinic.languages}


@blueprint.get("/office/snippets")
def all_snippets() -> str:
    found = snippets.everything(work())
    return render_template("office/snippets/list.html", snippets=found, names=dict(own_names()))


@blueprint.route("/office/snippets/new", methods=["GET", "POST"])
def new_snippet() -> Answer:
    work().must(Permission.SNIPPETS_WRITE)
    form = _form()
    if form.validate_on_submit():
        try:
            snippets.add(work(), form.title.data or "", _words(form))
            return _back(_("The snippet is there for everybody who answers."))
        except Invalid as no:
            blame(form, no)
    return _page(form, None, [])


@blueprint.route("/office/snippets/<uuid:snippet_id>", methods=["GET", "POST"])
def snippet(snippet_id: UUID) -> Answer:
    versions, form = snippets.versions(work(), snippet_id), _form()
    if form.validate_on_submit():
        try:
            snippets.change(work(), snippet_id, _number(form.seen.data), form.title.data or "", _words(form))
            return _back(_("The snippet is changed."), _("What was sent with it before stays as it was sent."))
        except Invalid as no:
            blame(form, no)
    elif not form.is_submitted():
        _fill(form, versions[0].title, versions[0].words)
        form.seen.data = str(versions[0].number)
    return _page(form, versions[0], list(versions[1:]))


def _fill(form: Any, title: str, words: Mapping[str, str]) -> None:
    form.title.data = title
    for tongue in edge().clinic.languages:
        form[f"words_{tongue}"].data = words.get(tongue, "")


@blueprint.post("/office/snippets/<uuid:snippet_id>/retire")
def retire_snippet(snippet_id: UUID) -> Response:
    snippets.retire(work(), snippet_id)
    return _back(_("The snippet is retired. It is offered no more."))


def _page(form: Any, newest: Any, older: list[Any]) -> tuple[str, int]:
    fields = [form[f"words_{tongue}"] for tongue in edge().clinic.languages]
    facts = {"form": form, "fields": fields, "newest": newest, "older": older, "names": dict(own_names())}
    return render_template("office/snippets/snippet.html", **facts), 422 if form.errors or form.form_errors else 200


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _back(happened: str, then: str = "") -> Response:
    tell(happened, then)
    return redirect(url_for("office.all_snippets"), 303)
