"""Fees: a written estimate before any charge, and what the patient says to it."""

import json
from collections.abc import Mapping

from sqlalchemy import select

from portal.domain import fees as rules
from portal.domain.errors import Invalid
from portal.domain.fees import FeeEstimate as Estimate
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest, FeeEstimate
from portal.services import cases, clocks
from portal.services.sealing import seal, unseal
from portal.services.work import Work

LONGEST_REASON = 2000


def form_of(request: AccessRequest) -> str:
    """The form of the answer, as the fee schedule names it."""
    return rules.form_of(request.mode, request.delivery)


def why_nothing_is_charged(work: Work, request: AccessRequest) -> str | None:
    """Why there is nothing to estimate for this request, in a sentence; None when there is."""
    work.must(Permission.REQUEST_VIEW, request)
    return rules.why_nothing_is_charged(work.clinic.fees, form_of(request))


def draw_up(work: Work, request: AccessRequest, units: Mapping[str, int], deposit: bool) -> Estimate:
    """The estimate for so many units of each line of the clinic's schedule. Raises Invalid or NotPossible."""
    work.must(Permission.REQUEST_WORK, request)
    rules.check_form(work.clinic.fees, units, form_of(request))
    law = clocks.rules_of(request)
    return rules.estimate(law, clocks.LIMITS[request.kind], work.clinic.fees, units, deposit)


def estimate(work: Work, request: AccessRequest, units: Mapping[str, int], deposit: bool) -> FeeEstimate:
    """Send the patient a written estimate. A fee of zero needs none, and is refused here."""
    drawn = draw_up(work, request, units, deposit)
    if drawn.is_free:
        raise Invalid(
            _("This comes to nothing, so no estimate is needed. Refer the request to the physician."), "units"
        )
    row = FeeEstimate(case_id=request.id, lines=json.dumps(drawn.to_json()), total_cents=drawn.total_cents)
    row.deposit_cents = drawn.deposit_cents
    row.made_by_name, row.made_at = work.actor.name, work.now
    work.db.add(row)
    cases.take(work, request, "estimate", estimate=drawn)
    return row


def accept(work: Work, request: AccessRequest) -> None:
    cases.take(work, request, "accept_fee")
    _answer(work, request, "accepted")


def decline(work: Work, request: AccessRequest) -> None:
    cases.take(work, request, "decline_fee")
    _answer(work, request, "declined")


def ask_waiver(work: Work, request: AccessRequest, reason: str) -> None:
    """The patient asks to have the fee waived; she may say why, and need not."""
    if len(reason) > LONGEST_REASON:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_REASON), "reason")
    cases.take(work, request, "ask_waiver")
    row = _answer(work, request, "waiver_asked")
    if reason.strip():
        seal(work, request.patient_id, row, "reason_sealed", reason.strip())


def waive(work: Work, request: AccessRequest) -> None:
    cases.take(work, request, "waive_fee", estimate=latest(work, request))
    _answer(work, request, "waived")


def keep(work: Work, request: AccessRequest, reason: str) -> None:
    """Refuse the waiver, with the reason the patient will read; she may still accept, decline or withdraw."""
    if len(reason.strip()) < 10:
        raise Invalid(_("Say why the fee stays, in a full sentence. The patient will read it."), "reason")
    cases.take(work, request, "keep_fee", note=reason.strip(), reason=reason.strip(), estimate=latest(work, request))
    _answer(work, request, None)


def latest_row(work: Work, request: AccessRequest) -> FeeEstimate | None:
    work.must(Permission.REQUEST_VIEW, request)
    query = (
        select(FeeEstimate)
        .where(FeeEstimate.case_id == request.id)
        .order_by(FeeEstimate.made_at.desc(), FeeEstimate.id.desc())
        .limit(1)
    )
    return work.db.scalars(query).one_or_none()


def latest(work: Work, request: AccessRequest) -> Estimate | None:
    """The estimate the patient has before her, in plain values."""
    row = latest_row(work, request)
    return Estimate.from_json(json.loads(row.lines)) if row else None


def waiver_reason(work: Work, request: AccessRequest) -> str:
    row = latest_row(work, request)
    return unseal(work, request.patient_id, row, "reason_sealed") if row else ""


def _answer(work: Work, request: AccessRequest, answer: str | None) -> FeeEstimate:
    row = latest_row(work, request)
    if row is None:
        raise Invalid(_("There is no fee estimate."))
    row.answer, row.answered_at = answer, work.now if answer else None
    return row
