"""The patient renews a consent that ends soon or has ended: she reads it again, and only then it is stored."""

from typing import Any
from uuid import UUID

from flask import render_template, request
from werkzeug.wrappers import Response

from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.words import _
from portal.services import consent_renewals
from portal.web import step_up
from portal.web.fields import blame
from portal.web.patient.blueprint import blueprint
from portal.web.patient.consent_answers import GiveForm, about, find, shown, thanks
from portal.web.work import work


@blueprint.route("/consents/<purpose>/<uuid:consent_id>/renew", methods=["GET", "POST"])
@step_up.needs_proof("consent")
def renew_consent(purpose: str, consent_id: UUID) -> tuple[str, int] | Response:
    form = GiveForm("consent")
    if request.method == "POST" and step_up.proven(form):
        patient, consent = find(purpose, consent_id)
        if form.shown.data != shown(patient, consent, _rows(patient, consent)):
            raise NotPossible(_("This changed since you looked, so nothing was stored. Open the page again."))
        try:
            case = consent_renewals.renew(work(), patient, consent, form.typed_name.data or "")
        except Invalid as no:
            blame(form, no)
        else:
            return thanks(
                case, _("Thank you. You renewed it."), _("It takes effect when the physician has accepted it.")
            )
    patient, consent = find(purpose, consent_id)
    rows = _rows(patient, consent)
    form.shown.data = shown(patient, consent, rows)
    page = render_template(
        "patient/consent_renew.html", form=form, **about(patient, consent) | {"rows": rows}, ends=consent.expires_on
    )
    return page, 422 if form.errors else 200


def _rows(patient: Any, consent: Any) -> list[tuple[str, str]]:
    """What it is about, with the last day it would have. Raises NotPossible when it cannot be renewed now."""
    last = consent_renewals.until(work(), patient, consent)
    if last is None:
        raise NotPossible(_("This cannot be renewed now. The page of your consents shows what is on file."))
    until = _("Until when")
    told = [(name, words) for name, words in about(patient, consent)["rows"] if name not in (until, _("It renews"))]
    return [*told, (until, _("Until %(day)s", day=say_plain_date(last)))]
