"""One request: where it stands, the lawful date with its arithmetic, what happened, and what can be done now."""

from typing import Any

from flask import render_template, url_for

from portal.domain import arithmetic
from portal.domain.access_requests import BEFORE_RELEASE, Channel, Outcome, Stage
from portal.domain.dates import say_plain_date
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import access_requests, cases, clocks, leaves, pauses, releases
from portal.web.patient.blueprint import blueprint
from portal.web.patient.cards import RUNNING, Need, card, downloadable, is_late, need
from portal.web.patient.timeline import timeline
from portal.web.work import work


@blueprint.get("/access-requests/<reference>")
def access_request(reference: str) -> str:
    case = access_requests.find(work(), reference)
    access_requests.opened(work(), case)
    package = releases.package_of(work(), case)
    asked = need(case)
    clock = clocks.clock_of(case, work().today) if case.stage in RUNNING else None
    return render_template(
        "patient/access_request.html",
        case=case,
        card=card(case),
        need=asked,
        clock=clock,
        paused=[rule.words for rule in pauses.still_open(case)] if clock else [],
        count_words=arithmetic.summary(clock) if clock else "",
        entries=timeline(case),
        people=_people(case),
        actions=_actions(case, package, asked),
        package=package,
        preparing=case.stage == Stage.PREPARING,
    )


def _people(case: Any) -> list[tuple[str, str, str]]:
    """Who has to do with it."""
    rows = [(_("Patient"), case.patient.name, "")]
    if case.channel == Channel.PORTAL and case.requested_by and case.requested_by_id != case.patient.account_id:
        rows.append((_("Asked by"), case.requested_by.name, _("for %(name)s", name=case.patient.name)))
    if case.responsible:
        rows.append((_("Responsible physician"), case.responsible.name, _what_she_does(case)))
    if case.owner:
        rows.append((_("Looks after it"), case.owner.name, _("at the front office")))
    return rows


def _what_she_does(case: Any) -> str:
    """The physician decides, or somebody else does in her place: who, and until when."""
    if away := leaves.stands_in(work(), case):
        until = say_plain_date(away.ends_on)
        return _("is away until %(day)s; until then %(cover)s decides", day=until, cover=away.cover)
    decided = leaves.decides(work(), case)
    if decided != case.responsible.name:
        return _("was away; %(cover)s decided", cover=decided)
    return _("decides what you get")


def _actions(case: Any, package: Any, asked: Need | None) -> list[tuple[str, str]]:
    """(words, address) of what this person can do now besides what she is asked, by the workflow's own table."""
    offered = {offer.event for offer in cases.offers(work(), case) if offer.why_not is None}
    found = []
    if downloadable(case, package):
        found.append((_("Download the package"), url_for("patient.download", reference=case.reference)))
    if "answer" in offered:
        found.append((_("Answer the question"), url_for("patient.answer", reference=case.reference)))
    if "accept_fee" in offered:
        found.append((_("Answer the estimate"), url_for("patient.answer_fee", reference=case.reference)))
    if "withdraw" in offered:
        found.append((_("Withdraw the request"), url_for("patient.withdraw", reference=case.reference)))
    if (about := complained_of(case)) is not None:
        place = url_for("patient.new_complaint", linked=case.reference, about=about, **_whose(case))
        found.append((_("Complain about this"), place))
    if _is_refused(case):
        found.append((_("Print a form to ask for a review"), url_for("public.forms", _anchor="review")))
    return [(words, href) for words, href in found if asked is None or href != asked.href]


def complained_of(case: Any) -> str | None:
    """What a complaint about this request would be about, where it is late or was not granted in full."""
    if not work().may(Permission.COMPLAINT_MAKE, case.patient):
        return None
    if is_late(case):
        return "access_late"
    return "access_refused" if _is_refused(case) else None


def _is_refused(case: Any) -> bool:
    """Whether she was told no, or not got all of it."""
    return case.outcome in (Outcome.REFUSED, Outcome.RELEASED_IN_PART) and case.stage not in BEFORE_RELEASE


def _whose(case: Any) -> dict[str, Any]:
    return {} if case.patient_id == work().actor.patient_id else {"for": str(case.patient_id)}
