"""Consents as the patient sees them: what she agreed to, what is implied, what the law allows, and who may get what."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template
from werkzeug.wrappers import Response

from portal.domain import purposes
from portal.domain.consent_receipts import EVENT_NAMES
from portal.domain.consents import STATE_NAMES, Decision, State, state
from portal.domain.jurisdictions import profile
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import (
    consent_changes,
    consent_pictures,
    consent_places,
    consent_receipts,
    consent_renewals,
    consent_tables,
    consents,
    files,
    incoming_papers,
)
from portal.web import downloads
from portal.web.letters import printed
from portal.web.patient.blueprint import blueprint
from portal.web.patient.consent_cards import sentence
from portal.web.patient.letter_ways import said
from portal.web.patient.people import circle
from portal.web.work import work

MOODS = {State.IN_FORCE: "done", State.ASKED: "yours", State.WAITING: "calm"}


@dataclass(frozen=True)
class Line:
    """One consent, ready to show."""

    key: UUID
    purpose: str
    title: str
    state: str
    mood: str
    asked: bool
    held: bool
    denial: bool
    rows: list[tuple[str, str]]
    receipts: list[tuple[UUID, str, Any]]
    pictures: list[consent_pictures.Pictured]
    places: list[consent_places.Shown]
    renew: bool


@blueprint.get("/consents")
def consents_page() -> str:
    whose = circle(Permission.CONSENT_VIEW)
    patient = whose.chosen
    consent_tables.opened(work(), patient)
    law = profile(patient.jurisdiction)
    lines = [_line(patient, each) for each in reversed(consents.of_patient(work(), patient))]
    return render_template(
        "patient/consents.html",
        whose=whose,
        asked=[line for line in lines if line.asked],
        held=[line for line in lines if line.held],
        past=[line for line in lines if not line.asked and not line.held],
        purposes=purposes.every(),
        lawful=law.consents.lawful,
        implied=law.consents.implied_words,
        table=consent_tables.of_patient(work(), patient),
    )


@blueprint.get("/consents/<purpose>")
def consent_purpose(purpose: str) -> str:
    """One purpose: its wording, what is on file. A case the law names has a page too: why, and that it stays."""
    whose = circle(Permission.CONSENT_VIEW)
    law = profile(whose.chosen.jurisdiction)
    if row := law.consents.lawful_row(purpose):
        return render_template("patient/consent_law.html", whose=whose, row=row)
    chosen = consent_tables.purpose_or_nothing(purpose)
    consent_tables.opened(work(), whose.chosen)
    mine = [each for each in reversed(consents.of_patient(work(), whose.chosen)) if each.purpose == chosen.id]
    return render_template(
        "patient/consent_purpose.html",
        whose=whose,
        purpose=chosen,
        wording=purposes.wording(chosen, "").paragraphs,
        lines=[_line(whose.chosen, each) for each in mine],
        gate=law.consents.gate(chosen.id),
        implied=law.consents.implied_words,
    )


def _line(patient: Any, consent: Any) -> Line:
    now = state(consent, work().today)
    receipts = consent_receipts.of_consent(work(), patient, consent)
    return Line(
        key=consent.id,
        purpose=consent.purpose,
        title=_(purposes.find(consent.purpose).title),
        state=_("You limited this")
        if consent.decision == Decision.DENY and now == State.IN_FORCE
        else _(STATE_NAMES[now]),
        mood=MOODS.get(now, "calm"),
        asked=now == State.ASKED,
        held=now in (State.WAITING, State.IN_FORCE),
        denial=consent.decision == Decision.DENY,
        rows=consent_tables.rows(work(), patient, consent),
        receipts=[(row.id, _(EVENT_NAMES[row.event]), row.made_at) for row in receipts],
        pictures=consent_pictures.of_consent(work(), patient, consent),
        places=consent_places.of_consent(work(), patient, consent),
        renew=consent_renewals.until(work(), patient, consent) is not None,
    )


@blueprint.get("/consents/changes/<reference>")
def consent_change(reference: str) -> str:
    """One change of hers: where it stands, and its letters."""
    case = consent_changes.find(work(), reference)
    return render_template(
        "patient/consent_change.html",
        case=case,
        sentence=sentence(case),
        scans=consent_changes.scans(work(), case),
        letters=(rows := consent_tables.letters(work(), case)),
        ways=said(case, [row.id for row in rows]),
        papers=incoming_papers.of_case(work(), case),
    )


@blueprint.get("/consents/changes/<reference>/letters/<uuid:letter_id>.pdf")
def consent_letter(reference: str, letter_id: UUID) -> Response:
    return printed(consent_changes.find(work(), reference), letter_id)


@blueprint.get("/consents/changes/<reference>/files/<uuid:file_id>")
def consent_change_paper(reference: str, file_id: UUID) -> Response:
    """The paper on which it was given or taken back: a picture is shown, a PDF is handed over."""
    case = consent_changes.find(work(), reference)
    file = files.find_in_case(work(), case, file_id, "scan")
    return downloads.picture(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))


@blueprint.get("/consents/<purpose>/<uuid:consent_id>/pictures/<uuid:picture_id>")
def consent_picture(purpose: str, consent_id: UUID, picture_id: UUID) -> Response:
    """The very picture, small, for her and for who may decide for her."""
    patient = circle(Permission.CONSENT_VIEW).chosen
    consent = consents.find(work(), patient, consent_id)
    if consent.purpose != purpose:
        raise consents.nothing_there()
    file, content = consent_pictures.show(work(), patient, consent, picture_id)
    return downloads.picture("picture.jpg", file.media_type, file.size, content)


@blueprint.get("/consents/receipts/<uuid:receipt_id>")
def consent_receipt(receipt_id: UUID) -> Response:
    """The receipt in the fields of ISO/IEC TS 27560."""
    return _json(
        consent_receipts.as_json(work(), circle(Permission.CONSENT_VIEW).chosen, receipt_id),
        f"receipt-{receipt_id}.json",
    )


@blueprint.get("/consents/receipts/<uuid:receipt_id>/fhir")
def consent_fhir(receipt_id: UUID) -> Response:
    """The receipt as a FHIR R4 Consent."""
    return _json(
        consent_receipts.as_fhir(work(), circle(Permission.CONSENT_VIEW).chosen, receipt_id),
        f"consent-{receipt_id}.json",
    )


def _json(text: str, name: str) -> Response:
    data = text.encode()
    return downloads.attachment(name, "application/json", len(data), iter((data,)))
