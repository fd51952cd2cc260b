"""The draft becomes a version for good: what patients read first, every changed word, a proof of who did it."""

from flask import redirect, render_template, url_for

from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.words import _
from portal.services import policy_drafts, policy_publishing
from portal.web import clauses
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.people import refused
from portal.web.office.policy_drafts import tongues
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work


@blueprint.route("/office/policy/publish", methods=["GET", "POST"])
@needs_proof("policy.publish")
def publish_policy() -> Answer:
    form = StepUpForm("policy.publish")
    if form.is_submitted():
        with glance() as looking:
            policy_drafts.there(looking)  # nobody spends a try on what is not hers, or not there
        if proven(form):
            try:
                made = policy_publishing.publish(work(), form.shown.data or "")
                told = _("Version %(number)s is published.", number=made.number)
                tell(told, _("It holds from %(day)s.", day=say_date(made.in_force_from)))
                return redirect(url_for("office.policy"), 303)
            except (Invalid, NotPossible) as no:
                refused(form, no)
    return _confirm(form)


def _confirm(form: StepUpForm) -> tuple[str, int]:
    draft = policy_drafts.there(work())
    made, base = policy_publishing.as_edition(work(), draft), policy_drafts.newest(work())
    form.shown.data = policy_publishing.shown_digest(work(), draft)
    html = render_template(
        "office/policy/publish.html",
        form=form,
        made=made,
        base=base,
        faults=policy_publishing.faults(work(), draft),
        told=[(name, clauses.to_html(made.changes.get(tongue, ""))) for tongue, name in tongues()],
        compared=[(name, clauses.changes(base, made, tongue)) for tongue, name in tongues()],
    )
    return html, 422 if form.errors or form.form_errors else 200
