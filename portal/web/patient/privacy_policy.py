"""A version of the policy the patient has not read yet: what changed, first; and her word that she has read it."""

from dataclasses import dataclass

from flask import redirect, request
from werkzeug.wrappers import Response

from portal.domain.errors import NotPossible
from portal.domain.privacy_policy import Edition
from portal.domain.words import _, language
from portal.services import privacy_policy
from portal.web import clauses
from portal.web.notices import tell
from portal.web.patient.blueprint import blueprint
from portal.web.work import work


@dataclass(frozen=True)
class PolicyNews:
    """What the home page says of it; ``changed`` is HTML, and ``first`` says that she has read no version before."""

    edition: Edition
    changed: str
    first: bool


def policy_news() -> PolicyNews | None:
    """None when the reader has read the version in force."""
    found = privacy_policy.news(work())
    if found is None:
        return None
    return PolicyNews(found.edition, clauses.to_html(found.edition.changed(language())), found.known is None)


@blueprint.post("/policy/acknowledgements")
def acknowledge_policy() -> Response:
    """Nothing waits for this: every right can be used without it."""
    try:
        privacy_policy.acknowledge(work(), request.form.get("version", ""), language())
        tell(_("Thank you. We wrote down that you have read it."), _("You find the policy at the foot of every page."))
    except NotPossible as no:
        tell(no.sentence, kind="problem")
    return redirect("/home", 303)
