"""Patients: finding a file by name or number, and the file's page. Names are sent by POST, never in an address."""

from typing import Any

from flask import render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.cases import KINDS, is_over, stage_name
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.words import N_, _
from portal.services import file_reasons, patients, queues, readmissions, record_items
from portal.web.fields import Form, Text, required
from portal.web.languages import own_names
from portal.web.office.blueprint import blueprint
from portal.web.office.file_reasons import asked_first
from portal.web.office.queues import what
from portal.web.office.step_pages import glance
from portal.web.work import work

MOST = 25


class SearchForm(Form):
    wanted = Text(
        N_("Name or number of the patient"),
        [required(N_("Type the beginning of a name, or the patient's number."))],
        hint=N_("The beginning of a name is enough, such as Had or Ami Had. A number looks like P-000123."),
        most=100,
        width=30,
    )


@blueprint.route("/office/patients", methods=["GET", "POST"])
def find_patients() -> tuple[str, int]:
    form, found = SearchForm(), None
    if form.validate_on_submit():
        with glance() as looking:
            found = [
                (each.number, each.name, each.birth_date)
                for each in patients.search(looking, form.wanted.data or "", MOST)
            ]
    return render_template("office/patients.html", form=form, found=found, most=MOST), 422 if form.errors else 200


@blueprint.get("/office/patients/<number>")
def patient(number: str) -> str | Response:
    """A patient's file: who she is, what she asked for, how many entries there are. Opening it leaves a trace.

    Whoever has no work with it says why first.
    """
    found = patients.find(work(), number)
    if ask := asked_first(work(), found):
        return ask
    patients.opened(work(), found, file_reasons.in_force(work(), found))
    counts = record_items.counts_by_category(work(), found)
    return render_template(
        "office/patient.html",
        patient=found,
        facts=_facts(found),
        cases=[_line(case) for case in queues.of_patient(work(), found.id)],
        counts=[(CATEGORY_NAMES[category], number) for category, number in counts],
        may_readmit=readmissions.may(work(), found),
        may_enter=work().may(Permission.REQUEST_REGISTER, found),
        may_disclose=work().may(Permission.DISCLOSURES_RECORD, found),
        may_note=work().may(Permission.DISCLOSURES_NOTE, found),
    )


def _facts(found: Any) -> list[tuple[str, str]]:
    nothing = _("Not on file")
    return [
        (_("Number"), found.number),
        (_("Telephone"), found.phone or nothing),
        (_("E-mail"), found.email or nothing),
        (_("Address"), "\n".join(found.address_lines) or nothing),
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
