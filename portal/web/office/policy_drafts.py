"""The administrator writes the next version of the policy: clause by clause, language by language."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import privacy_policy as rules
from portal.domain.errors import Invalid
from portal.domain.policy_changes import How, compare
from portal.domain.privacy_policy import Clause, Words, name_of
from portal.domain.words import N_, _, language, speaking
from portal.services import policy_drafts, policy_publishing, privacy_policy, promise_figures
from portal.services.policy_drafts import Draft, Overtaken
from portal.web import clauses
from portal.web.fields import Date, Form, Hidden, LongText, Select, Text, blame
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer
from portal.web.work import edge, work

NOTHING = ("", N_("Nothing"))


class ClauseForm(Form):
    """Its words in each language are added by ``clause_form``: ``heading_fr``, ``body_fr``, ``how_fr``."""

    seen = Hidden()
    act = Select(
        N_("What exercises it"), hint=N_("The button below the clause. It shows where the portal has the page.")
    )
    figure = Select(N_("Which figure shows that it is kept"))
    adds = Select(N_("What the portal adds below the text"))


class ChangesForm(Form):
    seen = Hidden()
    in_force_from = Date(
        N_("In force from"),
        hint=N_("Leave it empty to let it begin on the day you publish it. It cannot be in the past."),
    )


class NewClauseForm(Form):
    """A heading in each language."""


HEADING = N_("Heading")
BODY = N_("Text")
HOW = N_("What the patient does")
HINTS = {
    "body": N_(
        "A blank line begins a paragraph, a hyphen a list item, ### a small heading. Two stars on each side make "
        "**strong** words. A link: [words](/access-requests) or [words](https://…)."
    ),
    "how": N_("One or two sentences. Leave it empty in every language where there is nothing to do."),
}


def written(made: type[Form], parts: Sequence[str]) -> Any:
    """A form with fields for each language the clinic speaks."""
    fields: dict[str, Any] = {}
    for tongue in edge().clinic.languages:
        if "heading" in parts:
            fields[f"heading_{tongue}"] = Text(HEADING, most=rules.LONGEST_HEADING)
        if "body" in parts:
            fields[f"body_{tongue}"] = LongText(BODY, hint=HINTS["body"], limit=rules.LONGEST_BODY, rows=12)
            fields[f"how_{tongue}"] = LongText(HOW, hint=HINTS["how"], limit=rules.LONGEST_HOW, rows=3)
        if "changes" in parts:
            fields[f"changes_{tongue}"] = LongText(N_("What changed"), limit=rules.LONGEST_CHANGES, rows=5)
    return type(made.__name__, (made,), fields)()


def clause_form() -> Any:
    form = written(ClauseForm, ("heading", "body"))
    for field, table in ((form.act, rules.ACTS), (form.figure, rules.FIGURES), (form.adds, rules.ADDS)):
        field.choices = [(NOTHING[0], _(NOTHING[1])), *((key, _(words)) for key, words in table.items())]
    return form


def tongues() -> list[tuple[str, str]]:
    """The clinic's languages, each with its name in the language spoken now."""
    return [(each, name_of(each)) for each in edge().clinic.languages]


def words_of(form: Any) -> dict[str, Words]:
    return {
        tongue: Words(*(form[f"{part}_{tongue}"].data or "" for part in ("heading", "body", "how")))
        for tongue in edge().clinic.languages
    }


@blueprint.get("/office/policy")
def policy() -> str:
    """The version in force, the one to come, the draft if there is one, and who has read what."""
    draft = policy_drafts.find(work())
    held = privacy_policy.in_force(work())
    return render_template(
        "office/policy/overview.html",
        held=held,
        to_come=privacy_policy.to_come(work()),
        readers=privacy_policy.readers(work(), held),
        draft=draft,
        lines=_lines(draft) if draft else [],
        gone=_gone(draft) if draft else [],
        faults=policy_publishing.faults(work(), draft) if draft else [],
        tongues=tongues(),
    )


def _lines(draft: Draft) -> list[dict[str, Any]]:
    """Each clause of the draft with what became of it, and the languages it lacks."""
    base = policy_drafts.newest(work())
    became = {change.id: change for tongue, _name in tongues() for change in _changes(base, draft, tongue)}
    return [
        {
            "row": row,
            "heading": clause.told(language()).heading or row.name,
            "tag": clauses.HOW_NAMES[became[clause.id].how],
            "kind": clauses.HOW_KINDS[became[clause.id].how],
            "lacks": [name for tongue, name in tongues() if not clause.words.get(tongue, Words()).body],
        }
        for row, clause in zip(draft.rows, draft.clauses, strict=True)
    ]


def _changes(base: Any, draft: Draft, tongue: str) -> list[Any]:
    """In another language only what differs there counts, so that it does not hide a change in the first."""
    found = compare(base.clauses, draft.clauses, tongue)
    return found if tongue == tongues()[0][0] else [each for each in found if each.how == How.CHANGED]


def _gone(draft: Draft) -> list[str]:
    base = policy_drafts.newest(work())
    left = compare(base.clauses, draft.clauses, language())
    return [change.heading for change in left if change.how == How.GONE]


@blueprint.post("/office/policy/draft")
def begin_policy() -> Response:
    policy_drafts.begin(work())
    return redirect(url_for("office.policy"), 303)


@blueprint.post("/office/policy/drop")
def drop_policy() -> Response:
    policy_drafts.drop(work())
    tell(_("The draft is dropped. What is published stays as it is."))
    return redirect(url_for("office.policy"), 303)


@blueprint.route("/office/policy/clauses/new", methods=["GET", "POST"])
def new_clause() -> Answer:
    policy_drafts.there(work())
    form = written(NewClauseForm, ("heading",))
    if form.validate_on_submit():
        headings = {tongue: form[f"heading_{tongue}"].data or "" for tongue in edge().clinic.languages}
        if all(headings.values()):
            key = policy_drafts.add_clause(work(), headings)
            return redirect(url_for("office.clause", clause_id=key), 303)
        form.form_errors = [_("Give the clause a heading in every language.")]
    html = render_template("office/policy/new_clause.html", form=form, tongues=tongues())
    return html, 422 if form.errors or form.form_errors else 200


@blueprint.route("/office/policy/clauses/<uuid:clause_id>", methods=["GET", "POST"])
def clause(clause_id: UUID) -> Answer:
    """Write a clause. “Look” shows what was typed as patients will read it, and keeps nothing."""
    row = policy_drafts.clause_row(policy_drafts.there(work()), clause_id)
    form, saved, status = clause_form(), policy_drafts.clause_of(row), 200
    looks = "look" in request.form
    if not form.is_submitted():
        _fill(form, saved, row.version)
    elif form.validate() and not looks:
        try:
            given = Clause(row.name, words_of(form), form.act.data or "", form.figure.data or "", form.adds.data or "")
            policy_drafts.save_clause(work(), clause_id, _number(form.seen.data), given)
            tell(_("The clause is saved in the draft."), _("Patients see it when you publish the new version."))
            return redirect(url_for("office.policy"), 303)
        except Overtaken as no:
            return _page(form, row, overtaken=no.sentence, theirs=saved), 422
        except Invalid as no:
            blame(form, no)
    if form.errors:
        status = 422
    return _page(form, row, look=_look(form, row) if looks and not form.errors else None), status


def _fill(form: Any, saved: Clause, version: int) -> None:
    form.seen.data = str(version)
    form.act.data, form.figure.data, form.adds.data = saved.act, saved.figure, saved.adds
    for tongue in edge().clinic.languages:
        said = saved.words.get(tongue, Words())
        for part in ("heading", "body", "how"):
            form[f"{part}_{tongue}"].data = getattr(said, part)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else -1


def _look(form: Any, row: Any) -> list[tuple[str, str, clauses.ShownClause, list[str]]]:
    """What was typed, in each language: as patients will read it, and what has to be put right before publishing."""
    given = Clause(row.name, words_of(form), form.act.data or "", form.figure.data or "", form.adds.data or "")
    prose, figures, found = edge().outside.prose, promise_figures.shown(work()), []
    for tongue, name in tongues():
        said = given.words[tongue]
        wrong = [*prose.faults(said.body), *prose.faults(said.how)]
        with speaking(tongue):
            found.append((tongue, name, clauses.show_clause(row.position + 1, given, figures), wrong))
    return found


def _page(form: Any, row: Any, **more: Any) -> str:
    """The page of one clause. Where somebody was overtaken, the next save begins from what is there now."""
    if "overtaken" in more:
        form.seen.data = str(row.version)
    return render_template(
        "office/policy/clause.html",
        form=form,
        row=row,
        tongues=tongues(),
        places=rules.PLACES,
        law=clauses.law(),
        **more,
    )


@blueprint.post("/office/policy/clauses/<uuid:clause_id>/move")
def move_clause(clause_id: UUID) -> Response:
    policy_drafts.move_clause(work(), clause_id, up="up" in request.form)
    return redirect(url_for("office.policy") + f"#c-{clause_id}", 303)


@blueprint.post("/office/policy/clauses/<uuid:clause_id>/remove")
def remove_clause(clause_id: UUID) -> Response:
    policy_drafts.remove_clause(work(), clause_id)
    tell(_("The clause is out of the draft."), _("The versions that were published keep it."))
    return redirect(url_for("office.policy"), 303)


@blueprint.route("/office/policy/changes", methods=["GET", "POST"])
def policy_changes() -> Answer:
    """What patients read first, and from when the version holds."""
    draft = policy_drafts.there(work())
    form, status = written(ChangesForm, ("changes",)), 200
    overtaken, theirs = "", {}
    if not form.is_submitted():
        form.seen.data, form.in_force_from.data = str(draft.row.version), draft.row.in_force_from
        form.in_force_from.process(None, draft.row.in_force_from)
        for tongue in edge().clinic.languages:
            form[f"changes_{tongue}"].data = draft.changes.get(tongue, "")
    elif form.validate():
        given = {tongue: form[f"changes_{tongue}"].data or "" for tongue in edge().clinic.languages}
        try:
            policy_drafts.save_changes(work(), _number(form.seen.data), given, form.in_force_from.data)
            tell(_("That is saved in the draft."))
            return redirect(url_for("office.policy"), 303)
        except Overtaken as no:
            overtaken, theirs, status = no.sentence, draft.changes, 422
            form.seen.data = str(draft.row.version)
        except Invalid as no:
            blame(form, no)
    facts = {"tongues": tongues(), "overtaken": overtaken, "theirs": theirs, "draft": draft}
    return render_template("office/policy/changes.html", form=form, **facts), 422 if form.errors else status


@blueprint.get("/office/policy/preview")
def policy_preview() -> str:
    """The draft on the very page patients read, in one of the clinic's languages."""
    made = policy_publishing.as_edition(work(), policy_drafts.there(work()))
    known = edge().clinic.languages
    chosen = request.args.get("language", "")
    tongue = chosen if chosen in known else known[0]
    with speaking(tongue):
        return render_template(
            "public/policy.html",
            policy=clauses.shown(made, promise_figures.shown(work())),
            preview={"language": name_of(tongue)},
            language=tongue,
        )
