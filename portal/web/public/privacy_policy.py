"""The policy, which is the front door: the version in force with buttons and figures, and every version."""

from flask import render_template

from portal.domain.words import language
from portal.services import privacy_policy, promise_figures
from portal.web import clauses
from portal.web.public.blueprint import blueprint
from portal.web.work import work


@blueprint.get("/policy")
def policy() -> str:
    """The clinic's promises, clause by clause: what exercises each, what the law adds, how well it is kept."""
    held = privacy_policy.in_force(work())
    return render_template(
        "public/policy.html",
        policy=clauses.shown(held, promise_figures.shown(work())),
        to_come=privacy_policy.to_come(work()),
    )


@blueprint.get("/policy/versions")
def policy_versions() -> str:
    held = privacy_policy.in_force(work())
    rows = [(each, clauses.to_html(each.changed(language()))) for each in privacy_policy.editions(work())]
    return render_template("public/policy_versions.html", rows=rows, held=held, today=work().today)


@blueprint.get("/policy/versions/<int:version>")
def policy_version(version: int) -> str:
    """One version in full, with what changed in it, clause by clause."""
    edition = privacy_policy.edition(work(), version)
    before = privacy_policy.before(work(), edition)
    return render_template(
        "public/policy_version.html",
        policy=clauses.shown(edition),
        before=before,
        changes=clauses.changes(before, edition) if before else [],
        held=privacy_policy.in_force(work()),
        today=work().today,
    )
