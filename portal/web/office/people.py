"""The people of the clinic, for the administrator: who works here, invitations, roles, sessions, one-time links."""

import hashlib
from typing import Any
from uuid import UUID

from flask import make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.domain.actors import ROLE_NAMES, STAFF_ROLES, Role
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.staff import STANDING_NAMES, Standing
from portal.domain.words import N_, _, ngettext
from portal.services import invitations, leaves, staff
from portal.web.fields import Choice, Choices, Email, Form, Text, blame, required
from portal.web.notices import tell
from portal.web.office.blueprint import blueprint
from portal.web.office.step_pages import Answer, glance
from portal.web.step_up import StepUpForm, needs_proof, proven
from portal.web.work import work

ROLES = [(role.value, ROLE_NAMES[role]) for role in (Role.PHYSICIAN, Role.FRONT_OFFICE, Role.ADMINISTRATOR)]
WHAT_ROLES_DO = {
    Role.PHYSICIAN.value: N_("Decides about the record of patients she is responsible for or covers for."),
    Role.FRONT_OFFICE.value: N_("Works on requests and opens patients' files. Never reads what an entry says."),
    Role.ADMINISTRATOR.value: N_("All that the front office does; refuses requests; says who works here and as what."),
}
KINDS = {Standing.ACTIVE: "done", Standing.INVITED: "waiting", Standing.ON_LEAVE: "waiting", Standing.LEFT: "plain"}
BY_MAIL, ON_PAPER = "mail", "paper"
WAYS = [
    (BY_MAIL, N_("By e-mail, to the address above")),
    (ON_PAPER, N_("On a letter that I print now and hand over")),
]
DETAILS = {
    "title": {"label": N_("Title"), "hint": N_("As letters carry it, such as Dermatologist.")},
    "licence": {"label": N_("Licence number"), "hint": N_("For physicians, such as CPSBC 9900417.")},
}
ROLE_FIELD: dict[str, Any] = {"label": N_("What will this person do here?"), "choices": ROLES, "hints": WHAT_ROLES_DO}
WAY_FIELD: dict[str, Any] = {"label": N_("How does the one-time link reach this person?"), "choices": WAYS}


class InviteForm(StepUpForm):
    name = Text(N_("Full name"), [required(N_("Write the full name, as letters carry it."))], most=240)
    email = Email(N_("E-mail address"), [required(N_("Write the e-mail address to sign in with."))], most=254)
    roles = Choices(validators=[required(N_("Choose at least one role."))], **ROLE_FIELD)
    title = Text(**DETAILS["title"], most=80)
    licence = Text(**DETAILS["licence"], most=40, width=20)
    way = Choice(validators=[required(N_("Choose how the link gets there."))], **WAY_FIELD)


class DetailsForm(Form):
    title = Text(**DETAILS["title"], most=80)
    licence = Text(**DETAILS["licence"], most=40, width=20)


class RightsForm(StepUpForm):
    roles = Choices(validators=[required(N_("Choose at least one role."))], **ROLE_FIELD)


class LinkForm(StepUpForm):
    way = Choice(validators=[required(N_("Choose how the link gets there."))], **WAY_FIELD)


@blueprint.get("/office/people")
def people() -> str:
    lines = staff.everybody(work())
    return render_template("office/people/list.html", lines=[(line, roles_of(line), standing(line)) for line in lines])


def roles_of(line: staff.Line) -> str:
    return ", ".join(_(ROLE_NAMES[Role(role)]) for role, _words in ROLES if role in line.roles)


def standing(line: staff.Line) -> tuple[str, str]:
    """(words, how they look) of how somebody stands."""
    words = _(STANDING_NAMES[line.standing])
    return words % {"day": say_plain_date(line.until)} if line.until else words, KINDS[line.standing]


@blueprint.get("/office/people/<uuid:person_id>")
def person(person_id: UUID) -> str:
    member = staff.find(work(), person_id)
    line = staff.line_of(work(), member)
    return render_template(
        "office/people/person.html",
        who=line,
        standing=standing(line),
        facts=_facts(line),
        sessions=staff.open_sessions(work(), member),
        leaves=leaves.of_member(work(), member),
        covers=leaves.covering(work(), member),
        myself=member.account_id == work().actor.id,
        address=url_for("office.person", person_id=person_id),
    )


def _facts(line: staff.Line) -> list[tuple[str, str]]:
    return [
        (_("Works as"), roles_of(line) or _("No role any more")),
        (_("Title"), line.title or _("None")),
        (_("Licence number"), line.licence or _("None")),
        (_("E-mail"), line.email),
    ]


@blueprint.route("/office/people/invite", methods=["GET", "POST"])
@needs_proof("staff.invite")
def invite() -> Answer:
    form = InviteForm("staff.invite")
    if not form.is_submitted():
        work().must(Permission.STAFF_MANAGE)
    else:
        _only_the_administrator()
    if form.is_submitted() and proven(form, on=_digest(form.email.data, form.roles.data)):
        try:
            account, link = staff.invite(
                work(),
                form.email.data or "",
                form.name.data or "",
                frozenset(map(Role, form.roles.data or [])),
                form.title.data or "",
                form.licence.data or "",
                form.way.data == BY_MAIL,
            )
            return given(account.id, account.name, link)
        except Invalid as no:
            blame(form, no)
    return render_template("office/people/invite.html", form=form), 422 if form.errors else 200


def _only_the_administrator() -> None:
    """Asked before a proof is looked at, so that nobody else spends a try of it."""
    with glance() as looking:
        looking.must(Permission.STAFF_MANAGE)


def _digest(*shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def given(person_id: UUID, name: str, link: str | None) -> Response:
    """The link is on its way by mail; or it stands on this page, to be printed, and is never shown again."""
    if link is None:
        tell(_("The one-time link goes out by e-mail now."), _("It works once, for seven days."))
        return redirect(url_for("office.person", person_id=person_id), 303)
    page = render_template("office/people/link_once.html", name=name, link=link, person_id=person_id)
    response = make_response(page)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@blueprint.route("/office/people/<uuid:person_id>/details", methods=["GET", "POST"])
def details(person_id: UUID) -> Answer:
    member, form = staff.find(work(), person_id), DetailsForm()
    if not form.is_submitted():
        form.title.data, form.licence.data = member.title, member.licence_number or ""
    elif form.validate():
        try:
            staff.change_details(work(), member, form.title.data or "", form.licence.data or "")
            return back(person_id, _("Letters carry this from now on. Those that went out stay as they were."))
        except Invalid as no:
            blame(form, no)
    return page("details", member, form)


@blueprint.route("/office/people/<uuid:person_id>/rights", methods=["GET", "POST"])
@needs_proof("staff.rights")
def rights(person_id: UUID) -> Answer:
    form = RightsForm("staff.rights")
    if form.is_submitted():
        seen(person_id)
        if proven(form):
            member, roles = staff.find(work(), person_id), frozenset(map(Role, form.roles.data or []))
            try:
                staff.change_rights(work(), member, roles, form.shown.data or "")
                return back(person_id, _("The roles are changed."), _("Every session of this person has ended."))
            except (Invalid, NotPossible) as no:
                refused(form, no)
    member = staff.find(work(), person_id)
    if not form.is_submitted():
        form.roles.data = sorted(member.account.role_set & STAFF_ROLES)
    form.shown.data = staff.rights_digest(work(), member)
    return page("rights", member, form)


@blueprint.post("/office/people/<uuid:person_id>/end-sessions")
def end_sessions(person_id: UUID) -> Response:
    ended = staff.end_sessions(work(), staff.find(work(), person_id))
    return back(person_id, ngettext("%(n)s session is ended.", "%(n)s sessions are ended.", ended))


@blueprint.route("/office/people/<uuid:person_id>/link", methods=["GET", "POST"])
@needs_proof("staff.link")
def link(person_id: UUID) -> Answer:
    """A new one-time link: the first got lost, or the phone with the codes did."""
    seen(person_id)
    form = LinkForm("staff.link")
    with glance() as looking:
        came_in = invitations.has_come_in(looking, staff.find(looking, person_id).account)
    if came_in:
        del form.way
    if form.is_submitted() and proven(form):
        member = staff.find(work(), person_id)
        try:
            staff.as_shown(work(), member, form.shown.data or "")
            once = staff.new_link(work(), member, came_in or form.way.data == BY_MAIL)
            return given(person_id, member.account.name, once)
        except (Invalid, NotPossible) as no:
            refused(form, no)
    member = staff.find(work(), person_id)
    form.shown.data = staff.rights_digest(work(), member)
    return page("link", member, form, came_in=came_in)


def seen(person_id: UUID) -> None:
    """Whether this person is there to be seen, asked before a proof is looked at. Raises NotFound."""
    with glance() as looking:
        staff.find(looking, person_id)


def refused(form: Form, no: Invalid | NotPossible) -> None:
    """What the service says no to, on the form: what was filled in stays there."""
    if isinstance(no, Invalid):
        blame(form, no)
    else:
        form.form_errors = [*form.form_errors, no.sentence]


def page(template: str, member: Any, form: Form, **more: Any) -> tuple[str, int]:
    """A page about one person; 422 when something in its form has to be put right."""
    html = render_template(
        f"office/people/{template}.html",
        who=staff.line_of(work(), member),
        form=form,
        address=url_for("office.person", person_id=member.account_id),
        **more,
    )
    return html, 422 if form.errors else 200


def back(person_id: UUID, happened: str, comes_next: str = "") -> Response:
    tell(happened, comes_next)
    return redirect(url_for("office.person", person_id=person_id), 303)
