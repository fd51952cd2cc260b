"""Something in the record is wrong: the patient chooses the kind of entry, says what is wrong, and follows it."""

from typing import Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.accuracy_notes import BEFORE_DECISION, LONGEST_WORDS, MOST_PROOFS, Claim
from portal.domain.dates import say_date
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _
from portal.services import (
    accuracy_claims,
    accuracy_decisions,
    accuracy_notes,
    cases,
    clocks,
    correction_notices,
    files,
    incoming_papers,
    letters,
)
from portal.services.accuracy_notes import Sent
from portal.web import downloads
from portal.web.fields import Form, Hidden, LongText, Select, Upload, blame, required
from portal.web.letters import printed
from portal.web.notices import tell
from portal.web.patient.accuracy_cards import mood, sentence
from portal.web.patient.blueprint import blueprint
from portal.web.patient.letter_ways import said
from portal.web.patient.people import circle
from portal.web.typed_keys import read_key
from portal.web.work import edge, work

PICTURES = ".pdf,.jpg,.jpeg,.png"


class NoteForm(Form):
    key = Hidden()
    item = Select(N_("Which entry is it?"), hint=N_("You see the entries you have received from us, by their day."))
    where = LongText(
        N_("Where does it stand?"),
        hint=N_("For example: in the letter of the visit last March."),
        limit=LONGEST_WORDS,
        rows=3,
    )
    wrong = LongText(
        N_("What is wrong, or missing?"),
        [required(N_("Say what is wrong, or what is missing."))],
        limit=LONGEST_WORDS,
        rows=4,
    )
    right = LongText(
        N_("What would be right?"), [required(N_("Say what would be right."))], limit=LONGEST_WORDS, rows=4
    )
    proof = Upload(
        N_("A paper that shows it, if you have one"),
        hint=N_("PDF, JPEG or PNG, up to 10 MB. If something else has to be put right, choose it again."),
        accept=PICTURES,
    )

    def claim(self) -> Claim:
        return Claim(self.where.data or "", self.wrong.data or "", self.right.data or "")


class ProofForm(Form):
    proof = Upload(N_("The paper"), [required(N_("Choose a file first."))], accept=PICTURES)


class StatementForm(Form):
    statement = LongText(
        N_("Why do you not agree?"), [required(N_("Write why you do not agree."))], limit=LONGEST_WORDS, rows=8
    )


@blueprint.get("/accuracy-notes")
def accuracy_notes_page() -> str:
    whose = circle(Permission.ACCURACY_SEND)
    mine = accuracy_notes.of_patient(work(), whose.chosen)
    rows = [(case, accuracy_claims.entry_in_words(work(), case), sentence(case)) for case in mine]
    return render_template("patient/accuracy_notes.html", whose=whose, rows=rows)


@blueprint.route("/accuracy-notes/new", methods=["GET", "POST"])
def new_accuracy_note() -> tuple[str, int] | Response:
    """First the kind of entry, then her words. A form that is sent twice is one note."""
    form = NoteForm()
    category = _kind(request.args.get("kind"))
    looked, no = _looked_at(form) if request.method == "POST" and category else ([], None)
    whose = circle(Permission.ACCURACY_SEND)
    if category is None:
        kinds = accuracy_notes.kinds(work(), whose.chosen)
        page = render_template("patient/accuracy_kinds.html", whose=whose, kinds=kinds, names=CATEGORY_NAMES)
        return page, 422 if request.method == "POST" else 200
    entries = accuracy_notes.received_entries(work(), whose.chosen, category)
    if entries:
        form.where.hint = N_("If you chose the entry above, you can leave this empty.")
    none = _("Another one, or I do not know")
    form.item.choices = [("", none), *((str(each.id), each.name) for each in entries)]
    if no is not None:
        form.validate_on_submit()
        blame(form, no)
    elif form.validate_on_submit():
        try:
            return _send(whose.chosen, form, category, looked)
        except Invalid as wrong:
            blame(form, wrong)
    form.key.data = str(read_key(form.key.data) or uuid4())
    law = profile(whose.chosen.jurisdiction)
    page = render_template(
        "patient/accuracy_new.html",
        whose=whose,
        form=form,
        kind=category,
        entries=entries,
        law=law,
        names=CATEGORY_NAMES,
    )
    return page, 422 if form.errors else 200


def _kind(name: str | None) -> Category | None:
    return Category(name) if name in set(Category) else None


def _looked_at(form: Any) -> tuple[list[Any], Invalid | None]:
    """The paper, known by its content and cleaned. It takes a while, so nothing is locked meanwhile."""
    sent = form.proof.data
    if not sent:
        return [], None
    try:
        return [files.look_at(edge().outside, sent.filename or "", sent.read(), "proof")], None
    except Invalid as no:
        return [], no


def _send(patient: Any, form: NoteForm, category: Category, looked: list[Any]) -> Response:
    item = read_key(form.item.data)
    case = accuracy_notes.send(work(), patient, Sent(category, form.claim(), item, looked, read_key(form.key.data)))
    tell(
        _("We have what you sent. Its number is %(reference)s.", reference=case.reference),
        _("We must answer you by %(day)s.", day=say_date(case.due_on or work().today)),
    )
    return redirect(url_for("patient.accuracy_note", reference=case.reference), 303)


@blueprint.get("/accuracy-notes/<reference>")
def accuracy_note(reference: str) -> str:
    case = accuracy_notes.find(work(), reference)
    accuracy_notes.opened(work(), case)
    rule = clocks.rules_of(case).corrections.statement
    decided = accuracy_claims.decided(work(), case)
    return render_template(
        "patient/accuracy_note.html",
        case=case,
        sentence=sentence(case),
        mood=mood(case),
        entry=accuracy_claims.entry_in_words(work(), case),
        claim=accuracy_claims.claim_of(work(), case),
        proofs=accuracy_notes.proofs(work(), case),
        most=MOST_PROOFS,
        open=case.stage in BEFORE_DECISION,
        decided=decided,
        told=correction_notices.of_case(work(), case),
        letters=(rows := correction_notices.letters_to_her(work(), case)),
        ways=said(case, [row.id for row in rows]),
        papers=incoming_papers.of_case(work(), case),
        statement=rule if case.statement_awaited else None,
        history=cases.history(work(), case),
    )


@blueprint.route("/accuracy-notes/<reference>/proofs", methods=["GET", "POST"])
def add_accuracy_proof(reference: str) -> tuple[str, int] | Response:
    form = ProofForm()
    looked, no = _looked_at(form) if request.method == "POST" else ([], None)
    case = accuracy_notes.find(work(), reference)
    cases.check(work(), case, "add_proof")
    if no is not None:
        blame(form, no)
    elif form.validate_on_submit():
        accuracy_notes.add_proof(work(), case, looked[0])
        return _back(case, _("The paper is with what you sent."))
    page = render_template("patient/accuracy_proof.html", case=case, form=form)
    return page, 422 if form.errors else 200


@blueprint.post("/accuracy-notes/<reference>/withdraw")
def withdraw_accuracy_note(reference: str) -> Response:
    case = accuracy_notes.find(work(), reference)
    accuracy_notes.take_back(work(), case)
    return _back(case, _("You took it back."), _("Nothing was changed. You can send it again at any time."))


@blueprint.route("/accuracy-notes/<reference>/statement", methods=["GET", "POST"])
def accuracy_statement(reference: str) -> tuple[str, int] | Response:
    """Where the law gives her a statement of disagreement."""
    case, form = accuracy_notes.find(work(), reference), StatementForm()
    cases.check(work(), case, "state_disagreement")
    if form.validate_on_submit():
        try:
            accuracy_decisions.state_disagreement(work(), case, form.statement.data or "")
            return _back(case, _("Your statement stands beside the entry."), _("We send it to who received the entry."))
        except Invalid as no:
            blame(form, no)
    rule = clocks.rules_of(case).corrections.statement
    page = render_template("patient/accuracy_statement.html", case=case, form=form, rule=rule)
    return page, 422 if form.errors else 200


@blueprint.post("/accuracy-notes/<reference>/review")
def choose_accuracy_review(reference: str) -> Response:
    case = accuracy_notes.find(work(), reference)
    accuracy_decisions.choose_review(work(), case)
    return _back(case, _("You chose to ask for a review."), _("Our letter says how, and until when."))


@blueprint.get("/accuracy-notes/<reference>/letters/<uuid:letter_id>")
def accuracy_letter(reference: str, letter_id: UUID) -> str:
    case = accuracy_notes.find(work(), reference)
    correction_notices.find_letter(work(), case, letter_id)
    row, words = letters.find(work(), case, letter_id)
    ways = said(case, [row.id]).get(row.id, [])
    return render_template("patient/accuracy_letter.html", case=case, row=row, letter=words, ways=ways)


@blueprint.get("/accuracy-notes/<reference>/letters/<uuid:letter_id>.pdf")
def accuracy_letter_pdf(reference: str, letter_id: UUID) -> Response:
    case = accuracy_notes.find(work(), reference)
    correction_notices.find_letter(work(), case, letter_id)
    return printed(case, letter_id)


@blueprint.get("/accuracy-notes/<reference>/files/<uuid:file_id>")
def accuracy_proof(reference: str, file_id: UUID) -> Response:
    case = accuracy_notes.find(work(), reference)
    file = files.find_in_case(work(), case, file_id, accuracy_notes.PROOF)
    return downloads.attachment(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))


def _back(case: Any, what: str, then: str = "") -> Response:
    tell(what, then)
    return redirect(url_for("patient.accuracy_note", reference=case.reference), 303)
