"""Who was told no, and who tried one thing after another: for the administrator."""

from flask import render_template

from portal.domain.actors import ROLE_NAMES, Role
from portal.domain.words import _
from portal.services import alarms
from portal.web.office.blueprint import blueprint
from portal.web.work import work


@blueprint.get("/office/alarms")
def alarms_page() -> str:
    lines = [(each, _(ROLE_NAMES[Role(each.role)])) for each in alarms.recent(work())]
    return render_template("office/alarms.html", lines=lines, days=alarms.SHOWN.days)
