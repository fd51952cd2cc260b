"""The next version of the policy while it is written: one draft, clause by clause, until it is published or dropped.

Whoever saves says which state she began from. Where somebody else saved meanwhile, nothing is kept and nothing is lost:
she gets both texts back.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain import privacy_policy as rules
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.privacy_policy import Clause, Edition, Words, clause_from
from portal.domain.words import _
from portal.models.base import new_id
from portal.models.privacy_policy import PolicyDraft, PolicyDraftClause
from portal.services import audit, privacy_policy
from portal.services.work import Work

THE_ONE = "next"


class Overtaken(NotPossible):
    """Somebody else saved since the page was opened; who and when stand in the sentence."""


@dataclass(frozen=True)
class Draft:
    """The draft with its clauses in order, each with its row."""

    row: PolicyDraft
    rows: list[PolicyDraftClause]

    @property
    def clauses(self) -> tuple[Clause, ...]:
        return tuple(clause_of(row) for row in self.rows)

    @property
    def changes(self) -> dict[str, str]:
        return dict(json.loads(self.row.changes))


def clause_of(row: PolicyDraftClause) -> Clause:
    facts = {"act": row.act, "figure": row.figure, "adds": row.adds}
    return clause_from({"id": row.name, "words": json.loads(row.words), **facts})


def find(work: Work) -> Draft | None:
    """The draft there is; locked when this work writes, so that two who save wait for each other."""
    work.must(Permission.POLICY_WRITE)
    query = select(PolicyDraft)
    if work.writes:
        query = query.with_for_update().execution_options(populate_existing=True)
    row = work.db.scalars(query).one_or_none()
    if row is None:
        return None
    clauses = select(PolicyDraftClause).where(PolicyDraftClause.draft_id == row.id)
    found = clauses.order_by(PolicyDraftClause.position, PolicyDraftClause.id)
    return Draft(row, list(work.db.scalars(found.execution_options(populate_existing=True))))


def there(work: Work) -> Draft:
    """The draft. Raises NotFound where there is none, and for all but the administrator."""
    if not work.may(Permission.POLICY_WRITE):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    draft = find(work)
    if draft is None:
        raise NotFound(_("There is no draft of a new version. It was published or dropped."))
    return draft


def clause_row(draft: Draft, key: UUID) -> PolicyDraftClause:
    """One clause of the draft. Raises NotFound."""
    row = next((each for each in draft.rows if each.id == key), None)
    if row is None:
        raise NotFound(_("There is no such clause in the draft. Somebody may have taken it out."))
    return row


def newest(work: Work) -> Edition:
    """The version a draft begins from: the newest, whether its day has come or not."""
    work.must(Permission.POLICY_WRITE)
    return privacy_policy.editions(work)[0]


def begin(work: Work) -> Draft:
    """Begin the next version from the newest. Who begins second finds the draft of who came first."""
    work.must(Permission.POLICY_WRITE)
    base, dialect = newest(work), postgresql if work.db.get_bind().dialect.name == "postgresql" else sqlite
    key, by = new_id(), {"edited_by_name": work.actor.name, "edited_at": work.now}
    made = dialect.insert(PolicyDraft).values(
        id=key, slot=THE_ONE, based_on=base.number, changes="{}", version=1, **by,
        begun_by_name=work.actor.name, begun_at=work.now,
    )  # fmt: skip
    work.db.execute(made.on_conflict_do_nothing(index_elements=["slot"]))
    if there(work).row.id == key:
        for position, clause in enumerate(base.clauses):
            work.db.add(_row(work, key, position, clause))
        work.db.flush()
        audit.record(work, "policy.draft_begun", based_on=str(base.number))
    return there(work)


def _row(work: Work, draft_id: UUID, position: int, clause: Clause) -> PolicyDraftClause:
    words = {language: asdict(said) for language, said in clause.words.items()}
    return PolicyDraftClause(
        draft_id=draft_id, name=clause.id, position=position, act=clause.act, figure=clause.figure, adds=clause.adds,
        words=json.dumps(words, ensure_ascii=False), edited_by_name=work.actor.name, edited_at=work.now,
    )  # fmt: skip


def save_clause(work: Work, key: UUID, seen: int, clause: Clause) -> None:
    """Keep what was written in a clause; unfinished is no fault here. Raises Overtaken, Invalid."""
    row = clause_row(there(work), key)
    if row.version != seen:
        raise _overtaken(row)
    _check(clause)
    words = {**json.loads(row.words), **{name: asdict(said) for name, said in clause.words.items()}}
    row.words = json.dumps(words, ensure_ascii=False)
    row.act, row.figure, row.adds = clause.act, clause.figure, clause.adds
    row.edited_by_name, row.edited_at = work.actor.name, work.now
    audit.record(work, "policy.clause_written", clause=row.name)


def _overtaken(row: PolicyDraft | PolicyDraftClause) -> Overtaken:
    return Overtaken(
        _(
            "%(name)s saved this while you wrote. Nothing of yours is lost: it stands below, beside what was saved. "
            "Put both together, then save again.",
            name=row.edited_by_name,
        )
    )


def _check(clause: Clause) -> None:
    known = (
        (clause.act, rules.ACTS, "act"),
        (clause.figure, rules.FIGURES, "figure"),
        (clause.adds, rules.ADDS, "adds"),
    )
    for chosen, table, field in known:
        if chosen and chosen not in table:
            raise Invalid(_("Choose one of the answers that are offered."), field)


def add_clause(work: Work, heading: Mapping[str, str]) -> UUID:
    """Put a new clause at the end; what it says is written next. ``heading`` is a text for each language."""
    draft = there(work)
    if len(draft.rows) >= rules.MOST_CLAUSES:
        raise NotPossible(_("A policy has at most %(n)s clauses. Put two together first.", n=rules.MOST_CLAUSES))
    name = _name_from(next(filter(None, heading.values()), ""), {row.name for row in draft.rows})
    clause = Clause(name, {language: Words(heading=text) for language, text in heading.items()})
    row = _row(work, draft.row.id, max((row.position for row in draft.rows), default=0) + 1, clause)
    work.db.add(row)
    work.db.flush()
    audit.record(work, "policy.clause_added", clause=name)
    return row.id


def _name_from(heading: str, taken: set[str]) -> str:
    """A name for addresses, made of the heading's own words and never of a clause that is there."""
    plain = re.sub(r"[^a-z0-9]+", "-", heading.casefold()).strip("-")[:30].strip("-") or "clause"
    return plain if plain not in taken else f"{plain}-{secrets.token_hex(3)}"


def remove_clause(work: Work, key: UUID) -> None:
    """Take a clause out of the draft; the versions that were published keep it."""
    row = clause_row(there(work), key)
    work.db.delete(row)
    audit.record(work, "policy.clause_removed", clause=row.name)


def move_clause(work: Work, key: UUID, up: bool) -> None:
    """One place up or down; at the end of the list it stays."""
    draft = there(work)
    row = clause_row(draft, key)
    at = draft.rows.index(row)
    to = at + (-1 if up else 1)
    if 0 <= to < len(draft.rows):
        order = list(draft.rows)
        order[at], order[to] = order[to], order[at]
        # Plainly, past the version of each row: who writes a clause is not overtaken because it was moved.
        for position, each in enumerate(order):
            place = update(PolicyDraftClause).where(PolicyDraftClause.id == each.id).values(position=position)
            work.db.execute(place)
        audit.record(work, "policy.clause_moved", clause=row.name)


def save_changes(work: Work, seen: int, changes: Mapping[str, str], from_day: date | None) -> None:
    """Keep what patients read first, and the day the version holds from. Raises Overtaken, Invalid."""
    draft = there(work)
    if draft.row.version != seen:
        raise _overtaken(draft.row)
    if from_day is not None:
        check_day(work, from_day)
    draft.row.changes = json.dumps({**draft.changes, **changes}, ensure_ascii=False)
    draft.row.in_force_from = from_day
    draft.row.edited_by_name, draft.row.edited_at = work.actor.name, work.now
    audit.record(work, "policy.changes_written")


def check_day(work: Work, day: date) -> None:
    """Raises Invalid for a day that has passed, or before the version this one follows."""
    work.must(Permission.POLICY_WRITE)
    earliest = max(work.today, newest(work).in_force_from)
    if day < earliest:
        raise Invalid(
            _(
                "Choose %(day)s or a later day: no version begins before the one it follows.",
                day=say_plain_date(earliest),
            ),
            "in_force_from",
        )


def drop(work: Work) -> None:
    """Give the draft up."""
    draft = there(work)
    clear(work, draft)
    audit.record(work, "policy.draft_dropped", based_on=str(draft.row.based_on))


def clear(work: Work, draft: Draft) -> None:
    """The draft is over: published or dropped."""
    work.must(Permission.POLICY_WRITE)
    work.db.execute(delete(PolicyDraftClause).where(PolicyDraftClause.draft_id == draft.row.id))
    work.db.delete(draft.row)
