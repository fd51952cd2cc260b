"""The draft becomes a version of the policy: checked whole, shown whole, then written once."""

import json
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import func, select

from portal.domain import privacy_policy as rules
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.privacy_policy import Clause, Edition, Fault, Words, digest_of, name_of
from portal.domain.words import _
from portal.models.privacy_policy import PolicyVersion
from portal.services import audit
from portal.services.policy_drafts import Draft, check_day, clear, newest, there
from portal.services.work import Work


def faults(work: Work, draft: Draft) -> list[Fault]:
    """All that stands in the way of publishing."""
    work.must(Permission.POLICY_WRITE)
    languages = work.clinic.languages
    found = list(rules.faults(draft.clauses, draft.changes, languages))
    for number, clause in enumerate(draft.clauses, 1):
        for language in languages:
            said = clause.words.get(language, Words())
            for sentence in (*work.outside.prose.faults(said.body), *work.outside.prose.faults(said.how)):
                where = {"number": number, "language": name_of(language)}
                found.append(Fault(clause.id, _("Clause %(number)s in %(language)s:", **where) + " " + sentence))
    for language in languages:
        found += [Fault("", each) for each in work.outside.prose.faults(draft.changes.get(language, ""))]
    if not differs(newest(work).clauses, draft.clauses):
        found.append(Fault("", _("Nothing has changed yet. There is nothing to publish.")))
    return found


def differs(before: tuple[Clause, ...], after: tuple[Clause, ...]) -> bool:
    return digest_of([asdict(each) for each in before]) != digest_of([asdict(each) for each in after])


def as_edition(work: Work, draft: Draft) -> Edition:
    """The draft as the version it would become: cleared of languages the clinic does not speak."""
    work.must(Permission.POLICY_WRITE)
    known = work.clinic.languages
    clauses = tuple(
        Clause(
            each.id,
            {name: said for name, said in each.words.items() if name in known},
            each.act,
            each.figure,
            each.adds,
        )
        for each in draft.clauses
    )
    changes = {name: text for name, text in draft.changes.items() if name in known}
    day = draft.row.in_force_from or max(work.today, newest(work).in_force_from)
    return Edition(newest(work).number + 1, day, clauses, changes, work.now, work.actor.name)


def shown_digest(work: Work, draft: Draft) -> str:
    """What publishing is bound to: every word, the day, and what it follows."""
    work.must(Permission.POLICY_WRITE)
    made = as_edition(work, draft)
    return digest_of([made.digest, made.number, made.in_force_from.isoformat(), dict(made.changes)])


def publish(work: Work, shown: str) -> Edition:
    """Publish the draft for good. Raises NotPossible with the first reason why not."""
    draft = there(work)
    if shown_digest(work, draft) != shown:
        raise NotPossible(_("The draft has changed since you looked at it, so nothing was published. Look again."))
    if found := faults(work, draft):
        raise NotPossible(found[0].sentence)
    made = as_edition(work, draft)
    check_day(work, made.in_force_from)
    _keep_the_shipped(work)
    _keep(work, made, work.actor.id)
    clear(work, draft)
    day = made.in_force_from.isoformat()
    audit.record(work, "policy.published", version=made.identity, text_digest=made.digest, in_force_from=day)
    return made


def _keep_the_shipped(work: Work) -> None:
    """Beside the clinic's first own version, the one it follows is kept as it was: a newer portal may bring another."""
    if not work.db.scalar(select(func.count()).select_from(PolicyVersion)):
        _keep(work, rules.shipped(), None)


def _keep(work: Work, made: Edition, by: UUID | None) -> None:
    work.db.add(
        PolicyVersion(
            number=made.number, in_force_from=made.in_force_from, published_at=work.now, published_by_id=by,
            published_by_name=made.published_by, clauses=rules.to_json(made.clauses),
            changes=json.dumps(dict(made.changes), ensure_ascii=False), digest=made.digest,
        )
    )  # fmt: skip
    work.db.flush()
