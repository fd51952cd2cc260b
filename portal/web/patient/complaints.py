"""The patient complains: the list, a new complaint, reading one, and saying whether the answer satisfies."""

from typing import Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import complaint_rules
from portal.domain.clocks import window_end
from portal.domain.complaints import STAGE_TOLD, Stage
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import cases, complaint_people, complaints, consent_tables, files, incoming_papers, letters
from portal.services.complaints import Said
from portal.web import downloads
from portal.web.fields import Choice, Choices, Form, Hidden, LongText, Text, Tick, blame, required
from portal.web.letters import printed
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.patient.complaint_cards import card, sentence
from portal.web.patient.letter_ways import said
from portal.web.patient.people import circle
from portal.web.sessions import actor
from portal.web.work import work


class ComplaintForm(Form):
    once = Hidden()
    about = Choice(
        N_("What is it about?"),
        [required(N_("Choose what your complaint is about."))],
        choices=[(each.id, each.title) for each in complaint_rules.kinds()],
    )
    linked = Text(
        N_("Number of the request it is about, if there is one"),
        hint=N_("It looks like AR-2026-000123-K."),
        most=24,
        width=20,
    )
    words = LongText(
        N_("What happened?"),
        [required(N_("Write in a few words what happened."))],
        hint=N_("In your own words, in any language. You do not have to prove anything."),
        limit=complaint_rules.longest(),
        rows=10,
    )
    wish = LongText(N_("What should we do about it? You can leave this empty."), limit=4000, rows=4)
    people = Choices(
        N_("Is it about somebody who works here?"),
        hint=N_("Whoever you tick does not see this complaint, does not hear of it and does not handle it."),
    )
    straight = Tick(N_("Send it straight to the office administrator"))


MOST_TYPED = 2 * 1024 * 1024


@blueprint.url_value_preprocessor
def allow_long(endpoint: str | None, _values: object) -> None:
    """Somebody upset writes at length: a text past the limit comes back whole with a sentence, not as a bare refusal.

    It is said before anything reads the body, and only for whoever is signed in.
    """
    if endpoint == "patient.new_complaint" and request.method == "POST" and (who := actor()) and who.is_patient:
        request.max_form_memory_size = MOST_TYPED


@blueprint.get("/complaints")
def complaints_page() -> str:
    whose = circle(Permission.COMPLAINT_MAKE)
    found = [card(case) for case in complaints.of_patient(work(), whose.chosen)]
    return render_template("patient/complaints.html", whose=whose, cards=found, **_outside(whose.chosen))


@blueprint.route("/complaints/new", methods=["GET", "POST"])
def new_complaint() -> tuple[str, int] | Response:
    """From the page of a late or refused request its number and the count of its clock come along."""
    whose = circle(Permission.COMPLAINT_MAKE)
    form = ComplaintForm()
    colleagues = complaint_people.choices(work(), whose.chosen)
    form.people.choices = [(str(each.id), ", ".join(filter(None, (each.name, each.title)))) for each in colleagues]
    if request.method == "GET":
        form.once.data = str(uuid4())
        form.linked.data = form.linked.data or request.args.get("linked", "")
        form.about.data = form.about.data or request.args.get("about")
    if form.validate_on_submit():
        try:
            case = complaints.send(work(), whose.chosen, _said(form))
        except Invalid as no:
            blame(form, no)
        else:
            tell(_("We have your complaint."), _("Its number is %(reference)s.", reference=case.reference))
            return redirect(url_for("patient.complaint", reference=case.reference), 303)
    counted = _counted(whose.chosen, form.linked.data or "")
    facts = {"form": form, "whose": whose, "counted": counted, **_outside(whose.chosen)}
    return render_template("patient/complaint_new.html", **facts), 422 if form.errors else 200


def _said(form: ComplaintForm) -> Said:
    return Said(
        about=form.about.data or "",
        words=form.words.data or "",
        once=_once(form.once.data or ""),
        wish=form.wish.data or "",
        linked=form.linked.data or "",
        people=frozenset(UUID(each) for each in form.people.data or []),
        straight=bool(form.straight.data),
    )


def _once(sent: str) -> str:
    try:
        return str(UUID(sent))
    except ValueError:
        raise NotPossible(_("This form is no longer whole. Open the page again.")) from None


def _counted(patient: Any, reference: str) -> str:
    """The count that will go along, of a request of this patient's that the reader may see."""
    try:
        linked = cases.find(work(), reference) if reference else None
    except NotFound:
        linked = None
    if linked is None or linked.patient_id != patient.id:
        return ""
    return complaints.arithmetic_of(work(), linked)


def _outside(patient: Any) -> dict[str, Any]:
    """The offices outside, with the last day where a refusal was answered today."""
    law = profile(patient.jurisdiction)
    return {"law": law, "bodies": (law.complaint_body, law.conduct_body), "last_day": window_end(law, work().today)}


@blueprint.get("/complaints/<reference>")
def complaint(reference: str) -> str:
    case = complaints.find(work(), reference)
    complaints.opened(work(), case)
    offered = {offer.event for offer in cases.offers(work(), case) if offer.why_not is None}
    return render_template(
        "patient/complaint.html",
        case=case,
        sentence=sentence(case),
        about=_(complaint_rules.find_kind(case.about).title),
        words=complaints.words_of(work(), case, case, "words_sealed"),
        wish=complaints.words_of(work(), case, case, "wish_sealed"),
        counted=complaints.words_of(work(), case, case, "arithmetic_sealed"),
        named=complaint_people.names_of(work(), case),
        nobody=not complaint_people.administrators(work(), case),
        happened=[{"at": row.at, "title": _(STAGE_TOLD[Stage(row.stage_after)])} for row in _moves(case)],
        scans=complaints.scans(work(), case),
        answers=letters.drawn(work(), case, "complaint_answer"),
        letters=(rows := consent_tables.letters(work(), case)),
        ways=said(case, [row.id for row in rows]),
        papers=incoming_papers.of_case(work(), case),
        asks=case.stage in (Stage.ANSWERED, Stage.ANSWERED_FINALLY) and "satisfied" in offered,
        last=case.stage == Stage.ANSWERED_FINALLY,
        offered=offered,
        linked_last=_linked_last(case),
        **_outside(case.patient),
    )


def _moves(case: Any) -> list[Any]:
    """The steps that moved it, newest first: internal work is none of them."""
    return [row for row in cases.history(work(), case)[::-1] if row.stage_before != row.stage_after]


def _linked_last(case: Any) -> Any:
    """The last day to ask for a review of the answer to the request it is about; None while there is no answer."""
    linked = case.linked
    if linked is None or linked.kind != "access_request" or not work().may(Permission.REQUEST_VIEW, linked):
        return None
    # The day the letter bears is the clinic's own; an instant kept in UTC is already tomorrow on a late afternoon.
    answered = [letter.dated for row, letter in letters.of_case(work(), linked) if row.kind in letters.ANSWERS]
    return window_end(profile(case.jurisdiction), answered[0]) if answered and answered[0] else None


@blueprint.post("/complaints/<reference>/satisfied")
def complaint_satisfied(reference: str) -> Response:
    case = complaints.find(work(), reference)
    complaints.satisfied(work(), case)
    return _back(case, _("Thank you. Your complaint is closed."), "")


@blueprint.post("/complaints/<reference>/not-satisfied")
def complaint_not_satisfied(reference: str) -> Response:
    case = complaints.find(work(), reference)
    complaints.not_satisfied(work(), case)
    if case.stage == Stage.CLOSED:
        return _back(case, _("We have noted it."), _("This page says who can help you outside the clinic."))
    return _back(case, _("Your complaint is with our administrator now."), "")


@blueprint.post("/complaints/<reference>/send-on")
def send_complaint_on(reference: str) -> Response:
    case = complaints.find(work(), reference)
    complaints.send_on(work(), case)
    return _back(case, _("Your complaint is with our administrator now."), "")


@blueprint.post("/complaints/<reference>/take-back")
def take_complaint_back(reference: str) -> Response:
    case = complaints.find(work(), reference)
    complaints.take_back(work(), case)
    return _back(case, _("You took your complaint back."), _("You can complain again at any time."))


@blueprint.get("/complaints/<reference>/letters/<uuid:letter_id>.pdf")
def complaint_letter(reference: str, letter_id: UUID) -> Response:
    return printed(complaints.find(work(), reference), letter_id)


@blueprint.get("/complaints/<reference>/files/<uuid:file_id>")
def complaint_paper(reference: str, file_id: UUID) -> Response:
    """The paper it came on: a picture is shown, a PDF is handed over."""
    case = complaints.find(work(), reference)
    file = files.find_in_case(work(), case, file_id, "scan")
    return downloads.picture(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))


def _back(case: Any, what: str, then: str) -> Response:
    tell(what, then)
    return redirect(url_for("patient.complaint", reference=case.reference), 303)
