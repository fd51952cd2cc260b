"""Who looked: every reading or handling of a patient's information, in plain sentences, newest first."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from flask import render_template, request, url_for

from portal.domain.actors import ROLE_NAMES, Role
from portal.domain.clocks import local_date
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import audit, file_reasons, identity_papers
from portal.services.audit import Look
from portal.web.patient.blueprint import blueprint
from portal.web.patient.people import Circle, circle
from portal.web.work import work

PAGE = 50


@dataclass(frozen=True)
class Line:
    """One sentence; the same act of the same person for the same request on one day is told once, with its times."""

    day: date
    sentence: str
    times: tuple[datetime, ...]
    reference: str
    reason: str


@blueprint.get("/access-log")
def access_log() -> str:
    whose = circle(Permission.ACCESS_LOG_VIEW)
    after = request.args.get("after", "")
    last_shown = int(after) if after.isascii() and after.isdecimal() and len(after) <= 18 else None
    looks = audit.access_log(work(), whose.chosen, last_shown, PAGE + 1)
    more = looks[PAGE - 1].id if len(looks) > PAGE else None
    shown: dict[str, Any] = {"for": whose.chosen.id} if whose.several else {}
    return render_template(
        "patient/access_log.html",
        whose=whose,
        notes=identity_papers.notes(work(), whose.chosen),
        lines=_lines(looks[:PAGE], whose, file_reasons.in_words(work(), whose.chosen, (look.given for look in looks))),
        next=url_for("patient.access_log", after=more, **shown) if more else None,
        first=url_for("patient.access_log", **shown) if last_shown else None,
    )


def _lines(looks: list[Look], whose: Circle, reasons: dict[str, str]) -> list[Line]:
    alike = groupby(looks, key=lambda look: (_day(look), look.actor, look.what, look.reference, look.given))
    return [_line([*group], whose, reasons) for _same, group in alike]


def _line(looks: list[Look], whose: Circle, reasons: dict[str, str]) -> Line:
    look = looks[0]
    who = _who(look, whose)
    if len(looks) > 1:
        sentence = _("%(who)s %(did)s, %(n)s times.", who=who, did=_(look.what), n=len(looks))
    else:
        sentence = _("%(who)s %(did)s.", who=who, did=_(look.what))
    return Line(_day(look), sentence, tuple(each.at for each in looks), look.reference, reasons.get(look.given, ""))


def _who(look: Look, whose: Circle) -> str:
    if look.actor == str(work().actor.id):
        return _("You")
    if look.role == Role.SYSTEM:
        return _("The portal")
    if look.role == Role.OPERATOR:
        return _("The operator of the portal")
    if look.for_patient:
        return _("%(name)s, for %(patient)s,", name=look.name, patient=whose.chosen.name)
    if look.role == Role.PATIENT:
        return look.name
    return _("%(name)s, %(role)s,", name=look.name, role=_(ROLE_NAMES[Role(look.role)]))


def _day(look: Look) -> date:
    return local_date(work().profile, look.at)
