"""The correspondence: what must go out, by which way and to whom; one letter on its way; what came back."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.clocks import local_date
from portal.domain.contact_plans import choices
from portal.domain.dates import say_plain_date
from portal.domain.dispatches import (
    CARRIED,
    EVENT_NAMES,
    FOLLOWED_FROM,
    NOTHING_MORE,
    PAPER,
    PROBLEM_NAMES,
    STAGE_NAMES,
    WAY_NAMES,
    WHY_NAMES,
    Event,
    Stage,
    Way,
    find_return,
    returns,
)
from portal.domain.errors import Invalid, NotFound
from portal.domain.glimpses import ending, town
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.services import (
    correspondence,
    dispatch_tasks,
    dispatches,
    notice_chains,
    paper_lists,
    posting,
    secret_letters,
    untold_messages,
)
from portal.services.correspondence import TAB_NAMES, Row, Tab
from portal.services.dispatch_printing import number_of
from portal.web.fields import Choice, Form, Hidden, LongText, required, required_if
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.letters import TITLES
from portal.web.office.step_pages import Answer, done
from portal.web.office.untold_messages import line as untold_line
from portal.web.work import work

EMPTY = {
    Tab.PRINT: N_(
        "Nothing is to be printed. A letter appears here when its reader does not get it in the portal alone."
    ),
    Tab.FAX: N_("Nothing is to be faxed. A letter appears here when somebody asked for it by fax."),
    Tab.CALL: N_("Nobody is to be called about a letter."),
    Tab.BACK: N_("Nothing came back, and everything could be sent."),
    Tab.SENT: N_("Nothing was sent in the last thirty days."),
}


class ConfirmForm(Form):
    """``seen`` is the recipient that was shown."""

    seen = Hidden()


class DeskForm(Form):
    how = Choice(
        N_("How did you know that it was she?"),
        [required(N_("Choose how you knew that it was she."))],
        choices=[(each.id, each.title) for each in choices().verified if each.in_person],
    )


class ReturnForm(Form):
    reason = Choice(
        N_("Why did it come back?"),
        [required(N_("Choose why it came back."))],
        choices=[(each.id, each.title) for each in returns()],
    )
    words = LongText(N_("Anything else? You can leave this empty."), rows=3, limit=1000)


class NextForm(Form):
    choice = Choice(
        N_("What do we do now?"),
        [required(N_("Choose what to do."))],
        choices=[
            (Way.POST.value, N_("Send it by post")),
            (Way.COURIER.value, N_("Send it by courier")),
            (Way.FAX.value, N_("Send it by fax")),
            (Way.PHONE.value, N_("Tell her on the telephone")),
            (Way.COUNTER.value, N_("Keep it at the front desk for her")),
            (NOTHING_MORE, N_("Nothing more is to be done")),
        ],
        reveals={NOTHING_MORE: "words"},
    )
    words = LongText(
        N_("Why is nothing more to be done?"),
        [required_if("choice", NOTHING_MORE, N_("Write why nothing more is to be done."))],
        rows=3,
        limit=1000,
    )
    how = Choice(
        N_("If it came back: how did you check the address with her?"),
        choices=[("", N_("I did not ask her")), *((each.id, each.title) for each in choices().verified)],
        default="",
    )


# What brings a code or a link goes no other way.
ON_PAPER = (*PAPER, NOTHING_MORE)


@blueprint.get("/office/correspondence")
def correspondence_list() -> str:
    work().must(Permission.INCOMING_SORT)
    tab = _tab()
    page = correspondence.page(work(), tab, _after())
    counts: dict[Tab, int] = {each: correspondence.count(work(), each) for each in Tab if each != Tab.SENT}
    counts[Tab.BACK] = correspondence.needing_somebody(work())
    lost = untold_messages.waiting(work()) if tab == Tab.BACK and not request.args.get("after") else []
    return render_template(
        "office/correspondence/list.html",
        tab=tab,
        tabs=[(each, _(name), counts.get(each)) for each, name in TAB_NAMES.items()],
        lines=[line(row) for row in page.rows],
        untold=[untold_line(each) for each in lost],
        empty_text=_(EMPTY[tab]),
        tray=paper_lists.how_many(work()),
        next=url_for("office.correspondence_list", tab=tab.value, after=page.next) if page.next else None,
        first=url_for("office.correspondence_list", tab=tab.value) if request.args.get("after") else None,
    )


def _tab() -> Tab:
    try:
        return Tab(request.args.get("tab") or Tab.PRINT)
    except ValueError:
        raise Invalid(_("There is no such list. Choose one from the page of correspondence.")) from None


def _after() -> UUID | None:
    try:
        return UUID(request.args["after"]) if request.args.get("after") else None
    except ValueError:
        raise NotFound(_("There is no such page, or it is not yours to see.")) from None


def line(row: Row) -> dict[str, Any]:
    """A letter on its way, ready for a list: of its recipient the name, and of the place no more than a town."""
    found = row.dispatch
    return {
        "id": found.id,
        "href": url_for("office.dispatch", dispatch_id=found.id),
        "title": _(TITLES.get(found.letter.kind, N_("Letter"))),
        "since": found.changed_at if found.stage in (Stage.SENT, Stage.ARRIVED) else found.made_at,
        "patient": found.patient.name,
        "number": found.patient.number,
        "reference": found.case.reference if found.case is not None else "",
        "way": _(WAY_NAMES[Way(found.way)]),
        "why": _(WHY_NAMES[found.why]),
        "stage": _(STAGE_NAMES[Stage(found.stage)]),
        "ready": found.stage == Stage.READY and found.way in CARRIED,
        "waiting": found.stage == Stage.WAITING,
        "problem": _(PROBLEM_NAMES[found.problem]) if found.problem and found.stage == Stage.TASK else "",
        "name": row.target.name,
        "place": _place(row.target),
        "batch": found.batch_id if found.stage == Stage.READY else None,
        "secret": secret_letters.is_secret(found.letter),
        "doubted": row.target.doubted,
        "last_day": last_day(found, work().today),
        "overdue": found.post_by is not None and found.post_by < work().today,
    }


def last_day(found: Any, today: date) -> str:
    """By when the law wants a letter posted that has not gone out, in words; empty where it names no day."""
    if found.post_by is None or found.stage not in (Stage.WAITING, Stage.CONFIRMED, Stage.READY, Stage.TASK):
        return ""
    if found.post_by < today:
        return _("It was to be posted by %(day)s.", day=say_plain_date(found.post_by))
    if found.stage == Stage.TASK or found.way not in CARRIED:
        return _("She is to have it by %(day)s.", day=say_plain_date(found.post_by))
    return _("Post it by %(day)s.", day=say_plain_date(found.post_by))


def _place(target: Any) -> str:
    """Where it goes, as far as a list that leaves no trace may say it."""
    end = ending(target.number)
    if not end:
        return town(target.lines)
    return _("number ends in %(end)s", end=end)


def shown(found: Any) -> dict[str, Any]:
    """What every page about one letter on its way shows; that it was looked at is written down."""
    row = correspondence.look(work(), found)
    return {
        "row": row,
        "counts": notice_chains.counts(work(), found.letter),
        "line": line(row) | {"lines": row.target.lines or (row.target.name,), "call": row.target.number},
        "seen": posting.digest_of(row.target),
        "changed": posting.must_not_go(work(), found),
        "doubted": _(find_return(row.target.doubted).title) if row.target.doubted else "",
        "happened": [_happened(found, event) for event in row.events],
        "ours": number_of(found.id),
        "Way": Way,
        "Stage": Stage,
    }


def _happened(found: Any, event: Any) -> dict[str, Any]:
    known = {each.id: each.title for each in choices().verified} | {each.id: each.title for each in returns()}
    known |= FOLLOWED_FROM
    return {
        "at": event.at,
        "on": event.on if event.on != local_date(work().profile, event.at) else None,
        "title": _(EVENT_NAMES[Event(event.event)]),
        "by": event.by_name,
        "code": _(known[event.code]) if event.code in known else "",
        "tracking": event.tracking,
        "words": correspondence.words_of(work(), found, event),
    }


@blueprint.route("/office/correspondence/<uuid:dispatch_id>", methods=["GET", "POST"])
def dispatch(dispatch_id: UUID) -> Answer:
    """The recipient in full, before anything is printed; then where the letter is."""
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = ConfirmForm()
    if form.validate_on_submit() and posting.took_back(work(), found):
        tell(_("The letter was taken back: its recipient has changed."), _("Look at the recipient again."))
        return redirect(url_for("office.dispatch", dispatch_id=found.id), 303)
    if form.validate_on_submit():
        posting.confirm(work(), found, (form.seen.data or "").replace("\r\n", "\n"))
        tell(_("The recipient is right. The letter is being printed."), _("It can go into a batch in a minute."))
        return redirect(url_for("office.correspondence_list", tab=Tab.PRINT.value), 303)
    facts = shown(found)
    form.seen.data = facts["seen"]
    return render_template("office/correspondence/one.html", form=form, **facts), 422 if form.errors else 200


@blueprint.route("/office/correspondence/<uuid:dispatch_id>/handed", methods=["GET", "POST"])
def dispatch_handed(dispatch_id: UUID) -> Answer:
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = DeskForm()
    if form.validate_on_submit() and done(form, posting.at_the_desk, found, form.how.data or ""):
        return _back(found, _("It is recorded that she has the letter."))
    return _step(form, found, _("She took the letter at the front desk"), _("Record it"))


@blueprint.route("/office/correspondence/<uuid:dispatch_id>/came-back", methods=["GET", "POST"])
def dispatch_came_back(dispatch_id: UUID) -> Answer:
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = ReturnForm()
    if form.validate_on_submit() and done(
        form, dispatch_tasks.came_back, found, form.reason.data or "", form.words.data or ""
    ):
        tell(_("It is recorded that it came back."), _("Check the address with the patient, then choose what to do."))
        return redirect(url_for("office.dispatch_next", dispatch_id=found.id), 303)
    return _step(form, found, _("It came back"), _("Record that it came back"))


@blueprint.route("/office/correspondence/<uuid:dispatch_id>/next", methods=["GET", "POST"])
def dispatch_next(dispatch_id: UUID) -> Answer:
    found = dispatches.find(work(), dispatch_id, lock=work().writes)
    form = NextForm()
    if secret_letters.is_secret(found.letter):
        form.choice.choices = [each for each in form.choice.choices if each[0] in ON_PAPER]
    if not notice_chains.counts(work(), found.letter):
        form.choice.choices = [each for each in form.choice.choices if each[0] == NOTHING_MORE]
    if form.validate_on_submit():
        values = (form.choice.data or "", form.how.data or "", form.words.data or "")
        if done(form, dispatch_tasks.settle, found, *values):
            tell(_("It is settled."), _("What is to be done next stands in the list."))
            return redirect(url_for("office.correspondence_list", tab=_tab_of(form.choice.data or "")), 303)
    return _step(form, found, _("What do we do now?"), _("Go on"))


def _tab_of(choice: str) -> str:
    tabs: dict[str, str] = {Way.FAX: Tab.FAX, Way.PHONE: Tab.CALL}
    return tabs.get(choice, Tab.PRINT)


def _step(form: Form, found: Any, title: str, submit: str) -> Answer:
    facts = shown(found)
    html = render_template("office/correspondence/step.html", form=form, title=title, submit=submit, **facts)
    return html, 422 if form.errors else 200


def _back(found: Any, happened: str) -> Response:
    tell(happened)
    return redirect(url_for("office.dispatch", dispatch_id=found.id), 303)
