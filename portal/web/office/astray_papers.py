"""“This paper is not hers”: taken back to the tray; then what is decided about a notice."""

from uuid import UUID

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.jurisdictions.breach_rules import Told
from portal.domain.words import N_, _
from portal.services import papers_astray, patients
from portal.services.incoming_papers import HIDDEN, OPENED, SHOWN
from portal.services.papers_astray import LONGEST
from portal.web.fields import Form, LongText, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.incoming_papers import came_in
from portal.web.office.step_pages import Answer, done
from portal.web.work import work

LAY = N_("The paper lies in the tray again, with the day on which it came.")
NEXT = {
    HIDDEN: N_("Only the clinic could see it where it stood. Put it where it belongs as soon as you know."),
    SHOWN: N_("It was shown on the patient's page, and nobody opened it. Put it where it belongs."),
    OPENED: N_(
        "Somebody on the patient's side had opened it. The privacy contact decides whether the patient whose it is "
        "must be told."
    ),
}


class NotHersForm(Form):
    reason = LongText(
        N_("How do you know that it is not hers?"),
        [required(N_("Say in a sentence how you know that it is not hers."))],
        hint=N_("This stays with her file or her case. Do not name the other person, nor what the paper says."),
        limit=LONGEST,
        rows=3,
    )


class DecisionForm(Form):
    words = LongText(
        N_("What did you decide about a notice, and why?"),
        [required(N_("Write what you decided about a notice, and why."))],
        hint=N_("Whom you told and on which day, or why nobody has to be told."),
        limit=LONGEST,
        rows=4,
    )


@blueprint.route("/office/patients/<number>/papers/<uuid:scan_id>/not-hers", methods=["GET", "POST"])
def paper_not_hers(number: str, scan_id: UUID) -> Answer:
    patient, form = patients.find(work(), number), NotHersForm()
    paper = papers_astray.find(work(), patient, scan_id, lock=work().writes)
    began = papers_astray.is_what_it_began_with(work(), paper)
    if form.validate_on_submit() and done(form, _take, patient, paper, form.reason.data or ""):
        return redirect(url_for("office.incoming_paper", scan_id=scan_id), 303)
    line = came_in(paper.row, work().today)
    facts = {"patient": patient, "paper": paper, "line": line, "began": began}
    html = render_template("office/correspondence/not_hers.html", form=form, **facts)
    return html, 422 if form.errors else 200


def _take(*asked: object) -> None:
    kept = papers_astray.take_back(*asked)  # type: ignore[arg-type]
    tell(_(LAY), _(NEXT[kept.seen]))


@blueprint.get("/office/correspondence/incoming/astray")
def astray_papers() -> str:
    """What somebody opened whose it was not, the oldest first."""
    lines = [(line, came_in(line.paper, work().today)) for line in papers_astray.to_decide(work())]
    return render_template("office/correspondence/astray.html", lines=lines)


@blueprint.route("/office/correspondence/incoming/astray/<uuid:astray_id>", methods=["GET", "POST"])
def astray_paper(astray_id: UUID) -> Answer:
    line, form = papers_astray.find_to_decide(work(), astray_id), DecisionForm()
    if form.validate_on_submit() and done(form, papers_astray.decide, line, form.words.data or ""):
        return _decided()
    came, law = came_in(line.paper, work().today), work().profile
    facts = {"line": line, "came": came, "law": law}
    facts["body"] = law.review_body if Told.REVIEW_BODY in law.breach.clinic_tells else None
    html = render_template("office/correspondence/astray_paper.html", form=form, **facts)
    return html, 422 if form.errors else 200


def _decided() -> Response:
    tell(_("What you decided is kept."), _("It stands with the line of this paper, with your name and the day."))
    return redirect(url_for("office.astray_papers"), 303)
