"""Who acts for me, and for whom I act: seen by both, ended by either, shared again by a patient who decides herself."""

import hashlib
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.representatives import Standing
from portal.domain.words import _
from portal.services import patients, representatives, representatives_list
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import apart, signed_in, work

PLACE = "/representatives/<uuid:power_id>"


@blueprint.get("/representatives")
def own_representatives() -> str:
    mine = patients.own(work()) if work().actor.patient_id else None
    lines = representatives_list.of_patient(work(), mine) if mine else []
    return render_template(
        "patient/representatives.html",
        mine=mine,
        lines=lines,
        acts={line.row.id: representatives_list.last_acts(work(), line.row) for line in lines},
        others=representatives_list.of_actor(work()),
        Standing=Standing,
    )


@blueprint.route(f"{PLACE}/end", methods=["GET", "POST"])
@needs_proof("representative.end")
def end_power(power_id: UUID) -> tuple[str, int] | Response:
    """The patient takes the power back, or the representative no longer acts."""
    form = StepUpForm("representative.end")
    if form.is_submitted():
        _seen(power_id)
        if proven(form):
            row = representatives.find_own(work(), power_id)
            _as_shown(form, row)
            representatives.end_own(work(), row)
            tell(_("It is ended."), _("From this moment nobody can act with this power."))
            return redirect(url_for("patient.own_representatives"), 303)
    row = representatives.find_own(work(), power_id)
    if row.ended_at is not None:
        raise NotPossible(_("This power has ended already."))
    return _page("end_power", form, row)


@blueprint.route(f"{PLACE}/share", methods=["GET", "POST"])
@needs_proof("representative.share")
def share_power(power_id: UUID) -> tuple[str, int] | Response:
    """A patient who decides for herself lets her parent or guardian act again."""
    form = StepUpForm("representative.share")
    if form.is_submitted():
        _seen(power_id)
        if proven(form):
            row = representatives.find_own(work(), power_id)
            _as_shown(form, row)
            representatives.share_again(work(), row)
            name = row.account.name
            tell(_("%(name)s can act for you again.", name=name), _("You can end it at any time."))
            return redirect(url_for("patient.own_representatives"), 303)
    row = representatives.find_own(work(), power_id)
    if row.patient_id != work().actor.patient_id or representatives.standing(work(), row) != Standing.SHE_DECIDES:
        raise NotPossible(_("There is nothing to share again: look at the list."))
    return _page("share_power", form, row)


def _seen(power_id: UUID) -> None:
    """Whether it is there for this person, asked before a proof is looked at. Raises NotFound."""
    if (live := signed_in()) is not None:
        with apart(writes=False, actor=live.actor) as looking:
            representatives.find_own(looking, power_id)


def _as_shown(form: StepUpForm, row: Any) -> None:
    if form.shown.data != _digest(row):
        raise NotPossible(_("This changed since you looked. Open the page again."))


def _digest(row: Any) -> str:
    """What the confirm page showed."""
    shown = (str(row.id), row.rights, row.slices, str(row.verified_at), str(row.shared_at))
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _page(template: str, form: StepUpForm, row: Any) -> tuple[str, int]:
    form.shown.data = _digest(row)
    line = representatives_list.line(work(), row)
    html = render_template(f"patient/{template}.html", form=form, line=line, hers=_is_hers(row))
    return html, 422 if form.errors else 200


def _is_hers(row: Any) -> bool:
    return bool(row.patient_id == work().actor.patient_id)
