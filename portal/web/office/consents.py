"""A patient's consents for the office: the matrix, every consent with its evidence, and what can be entered."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import purposes
from portal.domain.access_requests import Channel
from portal.domain.consent_changes import TALK_NAMES, Talk
from portal.domain.consents import STATE_NAMES, Ends, State, state
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.words import N_, _, language
from portal.services import (
    consent_changes,
    consent_ends,
    consent_pictures,
    consent_places,
    consent_tables,
    consents,
    files,
    patients,
    recipients,
    tray_entries,
)
from portal.services.tray_entries import Lying
from portal.services.work import Work
from portal.web import downloads
from portal.web.fields import Choice, Form, Text, Upload, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.consent_form import ConsentForm
from portal.web.office.file_reasons import asked_first
from portal.web.office.paper_codes import came_in
from portal.web.office.step_pages import glance
from portal.web.office.tray_entry import begun, from_the_tray
from portal.web.work import edge, work


class TakenBackForm(Form):
    channel = Choice(
        N_("How did the patient say so?"),
        [required(N_("Choose how the patient said so."))],
        choices=[
            (Channel.PHONE.value, N_("By telephone")),
            (Channel.COUNTER.value, N_("At the clinic")),
            (Channel.PAPER.value, N_("On paper")),
        ],
    )
    talk = Choice(
        N_("Does the patient want to talk with the physician?"),
        [required(N_("Choose what the patient said. Nothing waits for the talk."))],
        choices=[(each.value, TALK_NAMES[each]) for each in Talk],
    )
    scan = Upload(
        N_("Scan or photograph of it"),
        hint=N_("PDF, JPEG or PNG, up to 10 MB. It is kept with the case. Leave it empty if nothing is on paper."),
        accept=".pdf,.jpg,.jpeg,.png",
    )


class PlaceForm(Form):
    place = Text(
        N_("Where is it shown or kept?"),
        [required(N_("Write where it is shown or kept, so that somebody else finds it."))],
        hint=N_("For example: our website, page on acne."),
    )


@blueprint.get("/office/patients/<number>/consents")
@from_the_tray
def patient_consents(number: str, beside: Lying | None) -> str | Response:
    patient = patients.find(work(), number)
    if ask := asked_first(work(), patient):
        return ask
    consent_tables.opened(work(), patient)
    return render_template(
        "office/consents.html",
        patient=patient,
        table=consent_tables.of_patient(work(), patient),
        lines=[_line(patient, each) for each in reversed(consents.of_patient(work(), patient))],
        lawful=profile(patient.jurisdiction).consents.lawful,
        may_enter=work().may(Permission.CONSENT_WORK, patient),
        beside=beside,
        came={name: request.args[name] for name in ("code", "scan") if name in request.args},
        may_look=work().may(Permission.CONSENT_PICTURE, patient),
    )


def _line(patient: Any, consent: Any) -> dict[str, Any]:
    now = state(consent, work().today)
    return {
        "id": consent.id,
        "title": _(purposes.find(consent.purpose).title),
        "state": _(STATE_NAMES[now]),
        "held": now in (State.WAITING, State.IN_FORCE),
        "event": now == State.IN_FORCE and consent.ends == Ends.EVENT,
        "rows": consent_tables.rows(work(), patient, consent),
        "evidence": consent_tables.evidence(work(), patient, consent),
        "pictures": consent_pictures.of_consent(work(), patient, consent),
        "places": consent_places.of_consent(work(), patient, consent),
    }


@blueprint.get("/office/patients/<number>/consents/<uuid:consent_id>/pictures/<uuid:picture_id>")
def consent_picture(number: str, consent_id: UUID, picture_id: UUID) -> Response:
    """The very picture, small, for the responsible physician."""
    patient = patients.find(work(), number)
    consent = consents.find(work(), patient, consent_id)
    file, content = consent_pictures.show(work(), patient, consent, picture_id)
    return downloads.picture("picture.jpg", file.media_type, file.size, content)


@blueprint.route("/office/patients/<number>/consents/new", methods=["GET", "POST"])
@from_the_tray
def new_consent(number: str, beside: Lying | None) -> tuple[str, int] | Response:
    form = ConsentForm()
    with glance() as looking:
        patient = patients.find(looking, number)
        looking.must(Permission.CONSENT_WORK, patient)
        if ask := asked_first(looking, patient, good=request.method == "GET"):
            return ask
        form.prepare(list(recipients.every(looking)), consent_places.pictures(looking, patient))
        name = patient.name
    begun(form, beside)
    if request.method == "GET":
        form.purpose.data = request.args.get("purpose", "")
    if form.validate_on_submit():
        try:
            return _entered(number, form, beside or _scan(form))
        except Invalid as no:
            blame(form, no)
    facts = {"number": number, "name": name, "wordings": _to_read_out(), "beside": beside}
    page = render_template("office/consent_new.html", form=form, **facts)
    return page, 422 if form.errors else 200


def _to_read_out() -> list[tuple[str, tuple[str, ...]]]:
    """What is read out on the telephone, by purpose, in the language spoken now: it is kept word for word."""
    asked = [each for each in purposes.every() if not each.implied]
    return [(_(each.title), purposes.wording(each, language()).paragraphs) for each in asked]


def _scan(form: ConsentForm | TakenBackForm) -> Any:
    """The paper, cleaned; None when there is none. It takes a while, so nothing is locked meanwhile."""
    sent = form.scan.data
    return files.look_at_scan(edge().outside, sent.filename or "", sent.read()) if sent else None


def _entered(number: str, form: ConsentForm, scan: Any) -> Response:
    patient = patients.find(work(), number)
    terms = form.terms(recipients.chosen(work(), form.recipients.data or []))
    channel = Channel(form.channel.data)
    if channel == Channel.PORTAL:
        consent_changes.ask(work(), patient, terms)
        tell(_("The patient is asked."), _("The question stands on her page until she answers."))
        return redirect(url_for("office.patient_consents", number=number), 303)
    case = consent_changes.enter(work(), patient, terms, form.evidence(), channel, scan)
    came_in(patient, case.id)
    tell(_("The consent is entered with its evidence."), _("It takes effect when the physician accepts it."))
    return redirect(url_for("office.case", reference=case.reference), 303)


@blueprint.route("/office/patients/<number>/consents/<uuid:consent_id>/withdraw", methods=["GET", "POST"])
@from_the_tray
def enter_withdrawal(number: str, consent_id: UUID, beside: Lying | None) -> tuple[str, int] | Response:
    """What the patient said on the telephone, at the counter or on paper; it counts from now."""
    form = TakenBackForm()
    begun(form, beside)
    with glance() as looking:
        patient, consent = _find(looking, number, consent_id)
        follows = consent_tables.consequences(looking, patient, consent)
        facts = {"number": patient.number, "name": patient.name, "follows": follows, "beside": beside}
    if form.validate_on_submit():
        try:
            shown = "\n".join(sentence for _title, sentences in follows for sentence in sentences)
            return _taken_back(number, consent_id, form, shown, beside or _scan(form))
        except Invalid as no:
            blame(form, no)
    return render_template("office/consent_withdraw.html", form=form, **facts), 422 if form.errors else 200


def _taken_back(number: str, consent_id: UUID, form: TakenBackForm, shown: str, scan: Any) -> Response:
    """All of it in one transaction: that it is taken back, its receipt, the paper and the code it came under."""
    patient, consent = _find(work(), number, consent_id)
    how = (Channel(form.channel.data), tray_entries.day_of(scan))
    case = consent_changes.withdraw(work(), patient, consent, form.talk.data, shown, *how)
    if scan is not None:
        tray_entries.keep(work(), case, scan)
    came_in(patient, case.id)
    tell(_("The consent is taken back. It counts from now."), _("Read out to the patient what follows from it."))
    return redirect(url_for("office.case", reference=case.reference), 303)


@blueprint.post("/office/patients/<number>/consents/<uuid:consent_id>/event")
def end_by_event(number: str, consent_id: UUID) -> Response:
    patient, consent = _find(work(), number, consent_id)
    consent_ends.by_event(work(), patient, consent)
    tell(_("The consent has ended. It counts from now."))
    return redirect(url_for("office.patient_consents", number=number), 303)


@blueprint.route("/office/patients/<number>/consents/<uuid:consent_id>/places", methods=["GET", "POST"])
def place_of_use(number: str, consent_id: UUID) -> tuple[str, int] | Response:
    """Where something is shown or kept under a consent, so that it can be taken down."""
    patient, consent = _find(work(), number, consent_id)
    form = PlaceForm()
    if form.validate_on_submit():
        try:
            consent_places.add(work(), patient, consent, form.place.data or "")
        except Invalid as no:
            blame(form, no)
        else:
            tell(_("The place is on the list."))
            return redirect(url_for("office.patient_consents", number=number), 303)
    page = render_template("office/consent_place.html", form=form, patient=patient)
    return page, 422 if form.errors else 200


def _find(looking: Work, number: str, consent_id: UUID) -> tuple[Any, Any]:
    patient = patients.find(looking, number)
    consent = consents.find(looking, patient, consent_id)
    looking.must(Permission.CONSENT_WORK, patient)
    return patient, consent
