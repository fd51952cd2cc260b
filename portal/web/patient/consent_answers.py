"""The patient reads and agrees, says no, takes back, or limits sharing. Closing a page mid-way stores nothing."""

import hashlib
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import purposes
from portal.domain.consent_changes import TALK_NAMES, Talk
from portal.domain.consents import Decision, State, state
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import N_, _, language
from portal.services import consent_changes, consent_pictures, consent_tables, consents, recipients
from portal.web import step_up
from portal.web.fields import Choice, Choices, Form, Hidden, Text, blame, required
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.patient.people import circle
from portal.web.step_up import StepUpForm
from portal.web.work import work


class GiveForm(StepUpForm):
    typed_name = Text(
        N_("Type your full name to agree"),
        [required(N_("Type your full name. It stands for your signature."))],
        autocomplete="name",
        most=240,
    )


class WithdrawForm(Form):
    shown = Hidden()
    talk = Choice(
        N_("Do you want to talk with the physician?"),
        [required(N_("Say whether you want a talk. You do not have to have one."))],
        choices=[(each.value, TALK_NAMES[each]) for each in Talk],
        hint=N_("It holds nothing up: we stop as soon as you press the button."),
    )


class LimitForm(Form):
    recipients = Choices(N_("With whom should we not share? Leave it empty to mean everybody."))
    categories = Choices(
        N_("What should we not share? Leave it empty to mean everything."),
        choices=[(each.value, CATEGORY_NAMES[each]) for each in CATEGORY_NAMES],
    )


@blueprint.route("/consents/<purpose>/<uuid:consent_id>", methods=["GET", "POST"])
@step_up.needs_proof("consent")
def answer_consent(purpose: str, consent_id: UUID) -> tuple[str, int] | Response:
    form = GiveForm("consent")
    if request.method == "POST" and step_up.proven(form):
        patient, consent = find(purpose, consent_id)
        if form.shown.data != shown(patient, consent, consent_tables.rows(work(), patient, consent)):
            raise NotPossible(_("This changed since you looked, so nothing was stored. Open the page again."))
        try:
            case = consent_changes.give(work(), patient, consent, form.typed_name.data or "")
        except Invalid as no:
            blame(form, no)
        else:
            return thanks(case, _("Thank you. You agreed."), _("It takes effect when the physician has accepted it."))
    patient, consent = find(purpose, consent_id)
    if state(consent, work().today) != State.ASKED:
        raise NotPossible(_("This was answered already. The page of your consents shows what is on file."))
    form.shown.data = shown(patient, consent, consent_tables.rows(work(), patient, consent))
    page = render_template("patient/consent_answer.html", form=form, **about(patient, consent))
    return page, 422 if form.errors else 200


@blueprint.post("/consents/<purpose>/<uuid:consent_id>/refuse")
def refuse_consent(purpose: str, consent_id: UUID) -> Response:
    patient, consent = find(purpose, consent_id)
    case = consent_changes.refuse(work(), patient, consent)
    return thanks(case, _("You said no."), _("Nothing is shared for this. Your care here stays the same."))


@blueprint.route("/consents/<purpose>/<uuid:consent_id>/withdraw", methods=["GET", "POST"])
def withdraw_consent(purpose: str, consent_id: UUID) -> tuple[str, int] | Response:
    """As easy as giving: no password is asked, and the first press counts."""
    patient, consent = find(purpose, consent_id)
    if state(consent, work().today) not in (State.WAITING, State.IN_FORCE):
        raise NotPossible(_("This consent is no longer in force, so there is nothing to take back."))
    form = WithdrawForm()
    follows = consent_tables.consequences(work(), patient, consent)
    if form.validate_on_submit():
        shown = "\n".join(sentence for _title, sentences in follows for sentence in sentences)
        case = consent_changes.withdraw(work(), patient, consent, form.talk.data, shown)
        if consent.decision == Decision.DENY:
            return thanks(case, _("The limit is lifted."), _("We share again what your care needs."))
        return thanks(case, _("You took your consent back. We have stopped."), _("We tell everybody who has to know."))
    page = render_template("patient/consent_withdraw.html", form=form, follows=follows, **about(patient, consent))
    return page, 422 if form.errors else 200


@blueprint.route("/consents/care/limit", methods=["GET", "POST"])
def limit_sharing() -> tuple[str, int] | Response:
    """Choose, look at what follows, and only then it is stored."""
    whose = circle(Permission.CONSENT_CHANGE)
    care = purposes.find("care")
    form = LimitForm()
    providers = [each for each in recipients.every(work()) if each.kind in care.recipients]
    form.recipients.choices = [(str(each.id), each.name) for each in providers]
    sure = False
    if form.validate_on_submit():
        chosen = [each for each in providers if str(each.id) in (form.recipients.data or [])]
        kinds = frozenset(Category(each) for each in form.categories.data or [])
        if "do" in request.form:
            shown = f"{_(care.stops)}\n{_(care.stays)}"
            case = consent_changes.limit(work(), whose.chosen, chosen, kinds, shown)
            return thanks(case, _("Sharing is limited from now on."), _("Your care here stays the same."))
        sure = True
    page = render_template("patient/consent_limit.html", form=form, whose=whose, purpose=care, sure=sure)
    return page, 422 if form.errors else 200


def find(purpose: str, consent_id: UUID) -> tuple[Any, Any]:
    """The patient this page is about and her consent, for whoever may decide. Raises NotFound."""
    patient = circle(Permission.CONSENT_CHANGE).chosen
    consent = consents.find(work(), patient, consent_id)
    if consent.purpose != purpose:
        raise consents.nothing_there()
    return patient, consent


def about(patient: Any, consent: Any) -> dict[str, Any]:
    """What a page about one consent of hers shows."""
    purpose = purposes.find(consent.purpose)
    return {
        "patient": patient,
        "consent": consent,
        "purpose": purpose,
        "wording": purposes.wording(purpose, language()).paragraphs,
        "rows": consent_tables.rows(work(), patient, consent),
        "pictures": consent_pictures.of_consent(work(), patient, consent),
        "here": {} if patient.id == work().actor.patient_id else {"for": str(patient.id)},
    }


def shown(patient: Any, consent: Any, rows: list[tuple[str, str]]) -> str:
    """A digest of every word on the page: what she agrees to is what she saw."""
    words = purposes.wording(purposes.find(consent.purpose), language())
    told = [words.digest, *(f"{key}: {value}" for key, value in rows)]
    told += [each.digest for each in consent_pictures.of_consent(work(), patient, consent)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def thanks(case: Any, what: str, then: str) -> Response:
    """On to the page of the change, with what happened on top."""
    tell(what, then)
    return redirect(url_for("patient.consent_change", reference=case.reference), 303)
