"""The policy as a page shows it: each clause in the reader's language, with its button and its figure if any.

What a clause is exercised with is looked up when it is shown: an address that nobody serves here yet has no button.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app

from portal.domain.jurisdictions import Profile, profile
from portal.domain.policy_changes import Change, How, compare
from portal.domain.privacy_policy import ACTS, Clause, Edition
from portal.domain.words import N_, _, language
from portal.services.promise_figures import Counted
from portal.web.work import edge

ADDRESSES = {
    "ask_record": "/access-requests/new",
    "my_requests": "/access-requests",
    "record": "/record",
    "access_log": "/access-log",
    "disclosures": "/disclosures",
    "consents": "/consents",
    "accuracy_notes": "/accuracy-notes/new",
    "complaints": "/complaints/new",
    "representatives": "/representatives",
    "account": "/account",
}
HOW_NAMES = {
    How.SAME: N_("As before"),
    How.MOVED: N_("Moved to another place"),
    How.CHANGED: N_("Changed"),
    How.NEW: N_("New"),
    How.GONE: N_("Taken out"),
}
HOW_KINDS = {How.SAME: "plain", How.MOVED: "info", How.CHANGED: "waiting", How.NEW: "done", How.GONE: "late"}


@dataclass(frozen=True)
class ShownClause:
    """A clause ready to draw: ``body`` and ``how`` are HTML made of its Markdown."""

    number: int
    id: str
    heading: str
    body: str
    how: str
    href: str
    action: str
    adds: str
    figure: Counted | None


@dataclass(frozen=True)
class ShownPolicy:
    """A version in the language spoken now; ``changed`` is HTML."""

    edition: Edition
    clauses: list[ShownClause]
    changed: str
    law: Profile


def shown(edition: Edition, figures: Mapping[str, Counted] | None = None) -> ShownPolicy:
    """A version as its reader sees it; without ``figures`` the promises alone."""
    clauses = [show_clause(number, clause, figures or {}) for number, clause in enumerate(edition.clauses, 1)]
    return ShownPolicy(edition, clauses, to_html(edition.changed(language())), law())


def show_clause(number: int, clause: Clause, figures: Mapping[str, Counted]) -> ShownClause:
    said = clause.told(language())
    href = ADDRESSES.get(clause.act, "")
    served = href if is_served(href) else ""
    return ShownClause(
        number=number,
        id=clause.id,
        heading=said.heading,
        body=to_html(said.body),
        how=to_html(said.how),
        href=served,
        action=_(ACTS[clause.act]) if served else "",
        adds=clause.adds,
        figure=figures.get(clause.figure),
    )


def is_served(address: str) -> bool:
    """Whether this process has a page at an address; one without parts in it."""
    return any(rule.rule == address and "GET" in (rule.methods or ()) for rule in current_app.url_map.iter_rules())


def to_html(text: str) -> str:
    """The clinic's Markdown as HTML, with its places filled."""
    return edge().outside.prose.to_html(text, places())


def places() -> dict[str, str]:
    """What fills the places of a clause, in the language spoken now."""
    clinic, rules = edge().clinic, law()
    contact = clinic.privacy_contact
    return {
        "clinic": clinic.name,
        "phone": clinic.phone,
        "contact": contact.name,
        "contact_title": _(contact.title),
        "contact_phone": contact.phone,
        "contact_email": contact.email,
        "law": rules.act,
        "province": _(rules.name),
        "access_limit": _(rules.limit("access").words),
    }


def law() -> Profile:
    return profile(edge().clinic.jurisdiction)


def changes(before: Edition, after: Edition, tongue: str = "") -> list[tuple[Change, str, str]]:
    """What became of each clause in a language, that spoken now when none is named; with its name and its colour."""
    found = compare(before.clauses, after.clauses, tongue or language())
    return [(change, _(HOW_NAMES[change.how]), HOW_KINDS[change.how]) for change in found]
