"""The physician's two pages of an accuracy note: which entry is meant, and the decision with all that will be sent."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from portal.domain.accuracy_notes import CHOICES, LONGEST_WORDS, Decision, Outcome
from portal.domain.errors import Invalid
from portal.domain.letters import Letter
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _
from portal.services import accuracy_claims, accuracy_decisions, accuracy_notes, cases
from portal.web.fields import Choice, Form, LongText, blame, required
from portal.web.office.accuracy_case import PLACE, claim_rows
from portal.web.office.blueprint import blueprint
from portal.web.office.headings import heading
from portal.web.office.step_pages import Answer, LookFirst, back, done
from portal.web.work import work

NOWHERE = "none"


class EntryForm(Form):
    item = Choice(N_("Which entry does the patient mean?"), [required(N_("Choose the entry, or that there is none."))])


class DecisionForm(LookFirst):
    outcome = Choice(
        N_("What do you decide?"),
        [required(N_("Choose one of the three answers."))],
        choices=[(outcome.value, words) for outcome, (words, _does) in CHOICES.items()],
        hints={outcome.value: does for outcome, (_words, does) in CHOICES.items()},
    )
    corrected = LongText(
        N_("What is right?"),
        hint=N_("It stands beside the entry from now on. Leave it empty if you correct nothing."),
        limit=LONGEST_WORDS,
        rows=4,
    )
    reasons = LongText(
        N_("Why? The patient reads it."),
        hint=N_("You can leave it empty only if you correct all of it."),
        limit=LONGEST_WORDS,
        rows=4,
    )

    def decision(self) -> Decision:
        return Decision(Outcome(self.outcome.data), self.corrected.data or "", self.reasons.data or "")


@blueprint.route(f"{PLACE}/note-entry", methods=["GET", "POST"])
def note_entry(reference: str) -> Answer:
    """The entries of the kind the patient chose; another kind is a link away."""
    case = accuracy_notes.find(work(), reference)
    cases.check(work(), case, "point_out")
    kind = _kind(case)
    form = EntryForm()
    lines = accuracy_decisions.lines(work(), case, kind)
    nowhere = (NOWHERE, _("None of them: something is missing, or it is about the whole record"))
    form.item.choices = [*((str(line.id), f"{line.title}, {line.day}" if line.day else line.title) for line in lines)]
    form.item.choices.append(nowhere)
    if request.method == "GET" and case.item_id:
        form.item.data = str(case.item_id)
    if form.validate_on_submit():
        item = None if form.item.data == NOWHERE else UUID(form.item.data)
        if done(form, accuracy_decisions.point_out, case, item):
            return back(case, _("The entry is chosen."), _("Decide now what becomes of it."))
    html = render_template(
        "office/accuracy/entry.html",
        case=case,
        head=heading(case),
        form=form,
        kind=kind,
        names=CATEGORY_NAMES,
        claim=claim_rows(accuracy_claims.claim_of(work(), case)),
    )
    return html, 422 if form.errors else 200


def _kind(case: Any) -> Category:
    wanted = request.args.get("kind", "")
    return Category(wanted) if wanted in set(Category) else Category(case.category)


@blueprint.route(f"{PLACE}/decide-note", methods=["GET", "POST"])
def decide_note(reference: str) -> Answer:
    """First what will be written and to whom, then the decision: only what was looked at is carried out."""
    case = accuracy_notes.find(work(), reference)
    cases.check(work(), case, "correct_entry")
    form = DecisionForm(case)
    letter: Letter | None = None
    notices: Sequence[Letter] = ()
    if form.validate_on_submit():
        if form.carries_out and done(form, accuracy_decisions.decide, case, form.decision()):
            return _decided(case)
        try:
            letter, notices = accuracy_decisions.preview(work(), case, form.decision())
            form.show()
        except Invalid as no:
            blame(form, no)
    html = render_template(
        "office/accuracy/decide.html",
        case=case,
        head=heading(case),
        form=form,
        entry=accuracy_decisions.entry(work(), case),
        claim=claim_rows(accuracy_claims.claim_of(work(), case)),
        proofs=accuracy_notes.proofs(work(), case),
        letter=letter,
        notices=notices,
    )
    return html, 422 if form.errors else 200


def _decided(case: Any) -> Response:
    told = _("Everybody who received the entry gets a letter: the front office sends it.") if case.notices_open else ""
    return back(case, _("You decided. The patient has our letter."), told)
