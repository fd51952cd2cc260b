"""Somebody of the clinic goes: on leave with a cover, or for good; and comes back."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, request, url_for
from werkzeug.wrappers import Response

from portal.domain.actors import Role
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.words import N_, _
from portal.services import departures, leaves, staff
from portal.web.fields import Choices, Date, Form, Select, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.people import ROLE_FIELD, back, page, refused, seen
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work


class LeaveForm(Form):
    starts_on = Date(N_("First day away"), [required(N_("Give the first day away."))])
    ends_on = Date(N_("Last day away"), [required(N_("Give the last day away."))])
    cover = Select(
        N_("Who has the work meanwhile?"),
        [required(N_("Choose the colleague who covers."))],
        hint=N_("Only colleagues who may do all of it. A physician's cover is a physician."),
    )


class DepartureForm(StepUpForm):
    physician = Select(N_("Who becomes the responsible physician?"), [required(N_("Choose a physician."))])
    desk = Select(N_("Who looks after the cases?"), [required(N_("Choose a colleague."))])


class ReturnForm(StepUpForm):
    roles = Choices(validators=[required(N_("Choose at least one role."))], **ROLE_FIELD)


@blueprint.route("/office/people/<uuid:person_id>/leave", methods=["GET", "POST"])
def leave(person_id: UUID) -> Answer:
    member, form = staff.find(work(), person_id), LeaveForm()
    if member.left_at is not None:
        raise NotPossible(_("%(name)s has left.", name=member.account.name))
    form.cover.choices = _offered(leaves.can_stand_in(work(), member))
    if form.validate_on_submit():
        first, last = form.starts_on.data or date.min, form.ends_on.data or date.min
        try:
            leaves.arrange(work(), member, UUID(form.cover.data), first, last)
            until = say_plain_date(last)
            return back(person_id, _("The leave is written down."), _("It ends by itself after %(day)s.", day=until))
        except Invalid as no:
            blame(form, no)
    return page("leave", member, form, nobody=len(form.cover.choices) == 1)


def _offered(people: list[tuple[UUID, str]]) -> list[tuple[str, str]]:
    return [("", _("Choose")), *((str(key), name) for key, name in people)]


@blueprint.post("/office/people/<uuid:person_id>/end-leave")
def end_leave(person_id: UUID) -> Response:
    member = staff.find(work(), person_id)
    try:
        key = UUID(request.form.get("leave", ""))
    except ValueError:
        raise NotFound(_("There is no such leave, or it is over.")) from None
    leaves.end(work(), member, key)
    return back(person_id, _("The leave is ended."), _("The cover no longer has the work."))


@blueprint.route("/office/people/<uuid:person_id>/deactivate", methods=["GET", "POST"])
@needs_proof("staff.deactivate")
def deactivate(person_id: UUID) -> Answer:
    seen(person_id)
    form = DepartureForm("staff.deactivate")
    with glance() as looking:
        hanging = _ask_for_heirs(looking, person_id, form)
    if form.is_submitted() and proven(form):
        member = staff.find(work(), person_id)
        try:
            physician, desk = (UUID(form[each].data) if each in form else None for each in ("physician", "desk"))
            alone = departures.deactivate(work(), member, physician, desk, form.shown.data or "")
            return _gone(member.account.name, [away.name for away in alone])
        except (Invalid, NotPossible) as no:
            refused(form, no)
    member = staff.find(work(), person_id)
    form.shown.data = staff.rights_digest(work(), member)
    return page("deactivate", member, form, hanging=hanging, myself=member.account_id == work().actor.id)


def _ask_for_heirs(looking: Any, person_id: UUID, form: DepartureForm) -> departures.HangsOn:
    """The form asks only for those who are needed."""
    member = staff.find(looking, person_id)
    hanging = departures.hangs_on(looking, member)
    form.physician.choices = _offered(departures.next_physicians(looking, member))
    form.desk.choices = _offered(departures.next_at_the_desk(looking, member))
    if not hanging.needs_physician:
        del form.physician
    if not hanging.looks_after:
        del form.desk
    return hanging


def _gone(name: str, alone: list[str]) -> Response:
    then = _("Every session has ended, and no link opens anything any more.")
    if alone:
        then += " " + _("Name another cover for %(names)s.", names=", ".join(alone))
    tell(_("%(name)s can no longer come in.", name=name), then)
    return redirect(url_for("office.people"), 303)


@blueprint.route("/office/people/<uuid:person_id>/invite-back", methods=["GET", "POST"])
@needs_proof("staff.invite_back")
def invite_back(person_id: UUID) -> Answer:
    seen(person_id)
    form = ReturnForm("staff.invite_back")
    if form.is_submitted() and proven(form):
        member, roles = staff.find(work(), person_id), frozenset(map(Role, form.roles.data or []))
        try:
            departures.invite_back(work(), member, roles, form.shown.data or "")
            told = _("%(name)s is invited back.", name=member.account.name)
            return back(person_id, told, _("The one-time link goes out by e-mail now."))
        except (Invalid, NotPossible) as no:
            refused(form, no)
    member = staff.find(work(), person_id)
    form.shown.data = staff.rights_digest(work(), member)
    return page("invite_back", member, form)
