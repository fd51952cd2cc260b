"""Patients: finding a file by name or number, and the file's page. Names are sent by POST, never in an address."""

from datetime import date
from typing import Any, cast

from flask import render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.actors import Role
from portal.domain.cases import KINDS, is_over, stage_name
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.words import N_, _
from portal.services import (
    account_requests,
    contact_changes,
    file_reasons,
    patient_invitations,
    patient_papers,
    patients,
    queues,
    readmissions,
    record_items,
    throttling,
)
from portal.services.sign_ins import SignedIn
from portal.web.fields import Date, Form, Text, required
from portal.web.languages import own_names
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.file_reasons import asked_first
from portal.web.office.message_panel import general_thread
from portal.web.office.queues import what
from portal.web.office.step_pages import glance
from portal.web.work import apart, signed_in, work

MOST = 25


class SearchForm(Form):
    """The birth date is asked of physicians, for whom a name alone finds only their own patients."""

    wanted = Text(
        N_("Name or number of the patient"),
        [required(N_("Type the beginning of a name, or the patient's number."))],
        hint=N_("The beginning of a name is enough, such as Had or Ami Had. A number looks like P-000123."),
        most=100,
        width=30,
    )
    born = Date(
        N_("Birth date, for somebody else's patient"),
        hint=N_("A name finds your own patients. To find another, give the exact number, or full name and birth date."),
    )


@blueprint.route("/office/patients", methods=["GET", "POST"])
def find_patients() -> tuple[str, int]:
    form, found, live = SearchForm(), None, cast(SignedIn, signed_in())
    if live.actor.roles & {Role.FRONT_OFFICE, Role.ADMINISTRATOR}:
        del form.born  # they find everybody by name
    if form.validate_on_submit():
        found = _found(form.wanted.data or "", form.born.data if "born" in form else None, live)
    with glance() as looking:
        may_settle, asked = account_requests.how_many(looking)
    html = render_template(
        "office/patients.html", form=form, found=found, most=MOST, may_settle=may_settle, asked=asked
    )
    return html, 422 if form.errors else 200


def _found(wanted: str, born: date | None, live: SignedIn) -> list[tuple[str, str, date]]:
    """(number, name, birth date) of those in one's own lists, else of those whose number or name and date is exact."""
    with glance() as looking:
        own = [(each.number, each.name, each.birth_date) for each in patients.search(looking, wanted, MOST)]
    if own:
        return own
    with apart() as counting:
        throttling.spend(counting, f"files:{live.actor.id}", throttling.FILES_OF_OTHERS)
    with glance() as looking:
        exact = patients.search_exactly(looking, wanted, born)
        return [(each.number, each.name, each.birth_date) for each in exact]


@blueprint.get("/office/patients/<number>")
def patient(number: str) -> str | Response:
    """A patient's file: who she is, what she asked for, how many entries there are. Opening it leaves a trace.

    Whoever has no work with it says why first.
    """
    found = patients.find_to_open(work(), number)
    if ask := asked_first(work(), found):
        return ask
    patients.opened(work(), found, file_reasons.in_force(work(), found))
    may_count = work().may(Permission.RECORD_COUNT, found)
    counts = record_items.counts_by_category(work(), found) if may_count else []
    return render_template(
        "office/patient.html",
        patient=found,
        facts=_facts(found),
        panel=panel(found),
        change=contact_changes.waiting(work(), found) if work().may(Permission.CONTACT_DECIDE, found) else None,
        cases=[_line(case) for case in queues.of_patient(work(), found.id)],
        may_count=may_count,
        papers=_papers(found),
        messages=general_thread(found),
        counts=[(CATEGORY_NAMES[category], number) for category, number in counts],
        may_readmit=readmissions.may(work(), found),
        may_represent=work().may(Permission.REPRESENTATIVES_KEEP, found),
        may_invite=patient_invitations.may(work(), found),
        may_enter=work().may(Permission.REQUEST_REGISTER, found),
        may_disclose=work().may(Permission.DISCLOSURES_RECORD, found),
        may_note=work().may(Permission.DISCLOSURES_NOTE, found),
    )


def _papers(found: Any) -> list[Any]:
    may = work().may(Permission.CORRESPONDENCE_WORK, found)
    return patient_papers.of_patient(work(), found) if may else []


def _facts(found: Any) -> list[tuple[str, str]]:
    return [
        (_("Number"), found.number),
        (_("Language"), dict(own_names()).get(found.language, found.language)),
        (_("Responsible physician"), found.responsible.name if found.responsible else _("Nobody is named yet")),
        (_("Signs in to the portal"), _("Yes") if found.account_id else _("No")),
    ]


def _line(case: Any) -> dict[str, Any]:
    ended = is_over(case) and case.outcome
    return {
        "href": url_for("office.case", reference=case.reference),
        "reference": case.reference,
        "what": what(case),
        "received": case.received_on,
        "stage": _(KINDS[case.kind].outcomes[case.outcome]) if ended else _(stage_name(case)),
        "kind": "plain" if ended else "waiting",
    }
