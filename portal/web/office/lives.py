"""A young person decides for herself; a patient has died: written down by the office, with how it was seen."""

from typing import Any

from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.services import lives, patients, representatives
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.representative_forms import DeathForm, DecidesForm
from portal.web.office.representatives import back, digest, page, put_right
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

PLACE = "/office/patients/<number>"


def _rules(number: str) -> Any:
    """Asked before a proof is looked at: raises NotFound, or NotAllowed for whoever may not write this down."""
    with glance() as looking:
        found = patients.find(looking, number)
        looking.must(Permission.REPRESENTATIVES_KEEP, found)
        return representatives.rules_of(found)


def _shown(found: Any) -> str:
    return digest(found.id, found.decides_since, found.died_on)


@blueprint.route(f"{PLACE}/decides-herself", methods=["GET", "POST"])
@needs_proof("patient.decides")
def decides_herself(number: str) -> Answer:
    form, law = DecidesForm("patient.decides"), _rules(number)
    form.how.choices = [(each.id, each.title) for each in law.capability_ways]
    if form.is_submitted() and proven(form):
        found = patients.find(work(), number)
        try:
            _as_shown(form, found)
            lives.decides_herself(work(), found, form.how.data or "")
            tell(_("It is written down."), _("Her parents and guardians see nothing more. She can share again."))
            return back(found)
        except (Invalid, NotPossible) as no:
            put_right(form, no)
    found = patients.find(work(), number)
    if found.decides_since is not None or not lives.is_minor(work(), found):
        raise NotPossible(_("This is written down already, or the patient is no minor."))
    form.shown.data = _shown(found)
    return page("decides", found, form)


@blueprint.route(f"{PLACE}/death", methods=["GET", "POST"])
@needs_proof("patient.died")
def death(number: str) -> Answer:
    form, law = DeathForm("patient.died"), _rules(number)
    form.how.choices = [(each.id, each.title) for each in law.death_ways]
    if form.is_submitted() and proven(form):
        found = patients.find(work(), number)
        try:
            _as_shown(form, found)
            day = form.died_on.data or work().today  # the form asks for it, so it is there
            lives.died(work(), found, day, form.how.data or "")
            tell(_("The death is written down."), _("Now the estate or the nearest relative can be registered."))
            return back(found)
        except (Invalid, NotPossible) as no:
            put_right(form, no)
    found = patients.find(work(), number)
    if found.died_on is not None:
        raise NotPossible(_("The death is written down already."))
    form.shown.data = _shown(found)
    return page("death", found, form)


@blueprint.route(f"{PLACE}/death/take-back", methods=["GET", "POST"])
@needs_proof("patient.death_taken_back")
def take_death_back(number: str) -> Answer:
    """It was the wrong file, or a wrong message."""
    form = StepUpForm("patient.death_taken_back")
    _rules(number)
    if form.is_submitted() and proven(form):
        found = patients.find(work(), number)
        try:
            _as_shown(form, found)
            lives.take_death_back(work(), found)
            tell(_("The death is taken back."), _("The patient can sign in again."))
            return back(found)
        except NotPossible as no:
            put_right(form, no)
    found = patients.find(work(), number)
    if found.died_on is None:
        raise NotPossible(_("No death is written down."))
    form.shown.data = _shown(found)
    return page("death_taken_back", found, form)


def _as_shown(form: StepUpForm, found: Any) -> None:
    if form.shown.data != _shown(found):
        raise NotPossible(_("This changed since you looked. Open the page again."))
