"""The look at a request before it is sent: the answers, the letter as it will be on file, and what will be kept."""

from typing import Any
from uuid import UUID

from flask import redirect, render_template
from werkzeug.wrappers import Response

from portal.domain.access_requests import Delivery, Mode, Stage
from portal.domain.dates import say_date
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.wishes import DELIVERY_NAMES, MODE_NAMES, SCOPE_NAMES, Scope, Wishes
from portal.domain.words import N_, _
from portal.services import access_requests, letters
from portal.web.fields import Form, Hidden, Tick
from portal.web.languages import own_names
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.patient.drafts import address, open_step, sent_already
from portal.web.work import work


class SendForm(Form):
    """``seen`` is the draft as it was shown, so that what was changed in another window is not sent unseen."""

    seen = Hidden()
    although_alike = Tick(N_("Send it all the same: this is a second request"))


@blueprint.route("/access-requests/drafts/<uuid:draft_id>/check", methods=["GET", "POST"])
def check_draft(draft_id: UUID) -> tuple[str, int] | Response:
    """Send it, once: a second click lands on the request that the first one made."""
    case = access_requests.find_draft(work(), draft_id)
    if case.stage != Stage.DRAFT:
        return sent_already(case)
    wishes = access_requests.wishes_of(work(), case)
    if (step := open_step(case, wishes)) != "check":
        return redirect(address(case, step), 303)
    form, alike = SendForm(), access_requests.same_open_request(work(), case)
    if form.validate_on_submit() and _as_seen(form, case, alike):
        access_requests.send(work(), case, bool(form.although_alike.data))
        day = say_date(case.due_on or work().today)
        due = _("We must answer you by %(day)s. We write to you when we need you.", day=day)
        tell(_("Your request is on its way to us."), due)
        return sent_already(case)
    return _page(form, case, wishes, alike), 422 if form.errors else 200


def _as_seen(form: SendForm, case: Any, alike: Any) -> bool:
    """Whether what would be sent is what was shown, and a second like it is meant; the reason why not on the form."""
    if form.seen.data != str(case.version):
        form.form_errors = [_("You changed an answer in another window. Look at the letter again, then send it.")]
    if alike is not None and not form.although_alike.data:
        form.although_alike.errors = [_("You asked for the same already. Tick this if you want to ask for it twice.")]
    return not form.errors


def _page(form: SendForm, case: Any, wishes: Wishes, alike: Any) -> str:
    form.seen.data = str(case.version)
    return render_template(
        "patient/draft_check.html",
        form=form,
        case=case,
        alike=alike,
        rows=[(key, words, address(case, step, change=1), key) for step, key, words in summary(wishes)],
        letter=letters.draft(work(), case, "request"),
        physician=case.responsible.name if case.responsible else "",
        back=address(case, "needs"),
    )


def summary(wishes: Wishes) -> list[tuple[str, str, str]]:
    """(step, question, answer) of everything that was asked."""
    rows = [("kind", _("Copy or original"), _(MODE_NAMES[wishes.mode]))]
    rows.append(("what", _("What you want to see"), _(SCOPE_NAMES[wishes.scope]) if wishes.scope else ""))
    if which := _which(wishes):
        rows.append(("which", which[0], which[1]))
    also = _("Yes") if wishes.also_disclosures else _("No")
    rows.append(("what", _("How your information was used, and who got it"), also))
    if wishes.mode == Mode.COPY and wishes.delivery:
        rows.append(("delivery", _("How you get it"), _delivery(wishes)))
    rows.append(("needs", _("Language"), dict(own_names()).get(wishes.language, wishes.language)))
    rows.append(("needs", _("What you need"), wishes.format_needs or _("Nothing special")))
    return rows


def _which(wishes: Wishes) -> tuple[str, str] | None:
    if wishes.scope == Scope.CATEGORIES:
        return _("Kinds of entries"), "\n".join(_(CATEGORY_NAMES[category]) for category in wishes.categories)
    if wishes.scope == Scope.OWN_WORDS:
        return _("In your own words"), wishes.words
    if wishes.scope == Scope.DATES:
        first = say_date(wishes.since) if wishes.since else _("the first entry")
        last = say_date(wishes.until) if wishes.until else _("today")
        return _("Period"), _("From %(first)s to %(last)s", first=first, last=last)
    return None


def _delivery(wishes: Wishes) -> str:
    words = _(DELIVERY_NAMES[Delivery(wishes.delivery or Delivery.DOWNLOAD)])
    return f"{words}\n{wishes.delivery_to}" if wishes.delivery_to else words
