"""The first page, the policy and the accessibility statement."""

from flask import render_template

from portal.domain.jurisdictions import profile
from portal.web.public.blueprint import blueprint
from portal.web.work import edge


@blueprint.get("/")
def index() -> str:
    return render_template("public/index.html")


@blueprint.get("/policy")
def policy() -> str:
    """The clinic's promises clause by clause, with what the law of its place adds."""
    return render_template("public/policy.html", law=profile(edge().clinic.jurisdiction))


@blueprint.get("/accessibility")
def accessibility() -> str:
    return render_template("public/accessibility.html")
