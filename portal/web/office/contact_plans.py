"""How a patient may be reached, as she tells it on the telephone or at the counter, and the switch on her word.

Each is written down with how it was known that it was she. The code word is shown on purpose only, and she sees it.
"""

import hashlib
from typing import Any

from flask import redirect, render_template, request, url_for

from portal.domain.contact_plans import choices
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import contact_plans, patients, tray_entries, watches
from portal.services.tray_entries import HandedIn, Lying
from portal.web import contact_form
from portal.web.contact_form import PlanFields
from portal.web.fields import Choice, Hidden, Tick, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.contact_panel import panel
from portal.web.office.file_reasons import asked_first
from portal.web.office.handed_in import PaperFields, is_asked_for, paper_of
from portal.web.office.paper_codes import came_in
from portal.web.office.step_pages import Answer, glance
from portal.web.office.tray_entry import from_the_tray
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

PLACE = "/office/patients/<number>/contact"
PLAN, ON, OFF = "contact plan", "watch on", "watch off"
HOW: dict[str, Any] = {"label": N_("How did you know that it was she?")}
IN_PERSON = [(each.id, each.title) for each in choices().verified if each.in_person]
WAYS = [(each.id, each.title) for each in choices().verified]


class OfficePlanForm(PlanFields, StepUpForm):
    """``seen`` is the version of the plan that was shown."""

    how = Choice(validators=[required(N_("Choose how you knew that it was she."))], choices=WAYS, **HOW)
    seen = Hidden()


class PaperPlanForm(PaperFields, OfficePlanForm):
    """The same from a form on paper, with how and when it came and its scan."""


class SwitchForm(StepUpForm):
    how = Choice(validators=[required(N_("Choose how you knew that it was she."))], choices=WAYS, **HOW)


class SwitchOffForm(StepUpForm):
    how = Choice(validators=[required(N_("Choose how you knew that it was she."))], choices=IN_PERSON, **HOW)
    sure = Tick(
        N_("She says that it is safe to go back to the old ways"),
        [required(N_("Tick this if it is safe to go back to the old ways."))],
    )


@blueprint.route(PLACE, methods=["GET", "POST"])
@from_the_tray
@needs_proof(PLAN)
def contact(number: str, beside: Lying | None) -> Answer:
    """At an open desk nobody else turns a patient's letters and e-mails to himself: it asks for a proof."""
    kind = PaperPlanForm if is_asked_for(beside) else OfficePlanForm
    form = kind(PLAN)
    contact_form.offer_languages(form)
    paper = _paper(form, beside)
    with glance() as looking:
        found = patients.find(looking, number)
        looking.must(Permission.CONTACT_PLAN, found)
        if ask := asked_first(looking, found, good=request.method == "GET"):
            return ask
    sent = form.is_submitted() and not form.errors and proven(form)
    found = patients.find(work(), number)
    if sent and _kept(form, found, paper):
        came_in(found)
        tell(_("It is kept, and counts from now on."))
        return redirect(url_for("office.patient", number=found.number), 303)
    kept = contact_plans.of(work(), found)
    if not form.is_submitted():
        form = kind(PLAN, data=contact_form.given(kept.plan, found.language) | {"seen": str(kept.version)})
        contact_form.offer_languages(form)
        form.shown.data = _shown(number, str(kept.version))
    asks = (*contact_form.ASKS, "how")
    facts = {"panel": panel(found), "kept": kept, "act": PLAN, "beside": beside}
    page = render_template("office/contact.html", form=form, patient=found, asks=asks, **facts)
    return page, 422 if form.errors else 200


def _paper(form: OfficePlanForm, beside: Lying | None) -> Lying | HandedIn | None:
    """The paper it came on. What has to be put right is left on the form."""
    try:
        return paper_of(form, beside) if form.validate_on_submit() else beside
    except Invalid as no:
        blame(form, no)
        return None


def _shown(number: str, version: str) -> str:
    return hashlib.sha256(f"contact/{number}/{version}".encode()).hexdigest()


def _kept(form: OfficePlanForm, found: Any, paper: Lying | HandedIn | None) -> bool:
    seen = form.seen.data or ""
    if form.shown.data != _shown(found.number, seen) or not (seen.isascii() and seen.isdecimal() and len(seen) < 9):
        raise NotPossible(_("This was changed in another window or by somebody else. Open the page again."))
    try:
        plan, word = contact_form.told(form), form.code_word.data or ""
        tray_entries.keep_plan(work(), found, paper, (plan, word, int(seen), form.how.data or ""))
    except Invalid as no:
        blame(form, no)
        return False
    return True


@blueprint.post(f"{PLACE}/code-word")
def code_word(number: str) -> Answer:
    found = patients.find(work(), number)
    if ask := asked_first(work(), found):
        return ask
    word = contact_plans.read_code_word(work(), found)
    return render_template("office/code_word.html", patient=found, word=word, panel=panel(found)), 200


@blueprint.get(f"{PLACE}/watched")
def watched(number: str) -> Answer:
    found = patients.find(work(), number)
    work().must(Permission.WATCH_BEGIN, found)
    if ask := asked_first(work(), found):
        return ask
    return _switch(found, SwitchOffForm(OFF) if watches.on(work(), found) else SwitchForm(ON))


@blueprint.post(f"{PLACE}/watched/on")
@needs_proof(ON)
def begin_watch(number: str) -> Answer:
    _must(Permission.WATCH_BEGIN, number)
    form = SwitchForm(ON)
    if not proven(form):
        return _switch(patients.find(work(), number), form)
    found = patients.find(work(), number)
    watches.begin(work(), found, form.how.data or "")
    tell(_("It is on. Whoever acts for her is paused, and nothing on file is used to reach her."))
    return redirect(url_for("office.patient", number=found.number), 303)


@blueprint.post(f"{PLACE}/watched/off")
@needs_proof(OFF)
def end_watch(number: str) -> Answer:
    """Only for a patient who has no sign-in of her own: all others turn it off themselves."""
    _must(Permission.WATCH_END, number)
    form = SwitchOffForm(OFF)
    if not proven(form):
        return _switch(patients.find(work(), number), form)
    found = patients.find(work(), number)
    watches.end(work(), found, bool(form.sure.data), form.how.data or "")
    tell(_("It is off. All is as it was before."))
    return redirect(url_for("office.patient", number=found.number), 303)


def _must(permission: Permission, number: str) -> None:
    """Asked before a proof is looked at, so that nobody else spends a try of it."""
    with glance() as looking:
        looking.must(permission, patients.find(looking, number))


def _switch(found: Any, form: SwitchForm | SwitchOffForm) -> tuple[str, int]:
    on = isinstance(form, SwitchOffForm)
    act = OFF if on else ON
    form.shown.data = hashlib.sha256(f"{act}/{found.id}".encode()).hexdigest()
    page = render_template(
        "office/watched.html", form=form, act=act, on=on, patient=found, may_end=watches.may_end(work(), found)
    )
    return page, 422 if form.errors else 200
