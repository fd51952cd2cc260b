"""Snippets: the administrator writes, changes and retires them; whoever answers puts them into her text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from portal.domain import messages as rules
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.snippets import Snippet, SnippetVersion
from portal.services import audit
from portal.services.work import Work


@dataclass(frozen=True)
class Text:
    """A snippet in one version: its title, and what it says by language."""

    id: UUID
    number: int
    title: str
    words: Mapping[str, str]
    by: str
    at: datetime
    retired_at: datetime | None = None


def offered(work: Work) -> list[Text]:
    """Every snippet that is not retired, by title."""
    work.must(Permission.SNIPPETS_USE)
    return [each for each in _newest(work) if each.retired_at is None]


def everything(work: Work) -> list[Text]:
    """Every snippet there is, the retired ones last."""
    work.must(Permission.SNIPPETS_WRITE)
    return sorted(_newest(work), key=lambda each: each.retired_at is not None)


def _newest(work: Work) -> list[Text]:
    last = select(SnippetVersion.snippet_id, func.max(SnippetVersion.number).label("number"))
    newest = last.group_by(SnippetVersion.snippet_id).subquery()
    query = (
        select(SnippetVersion, Snippet.retired_at)
        .join(Snippet, Snippet.id == SnippetVersion.snippet_id)
        .join(newest, (newest.c.snippet_id == Snippet.id) & (newest.c.number == SnippetVersion.number))
        .order_by(SnippetVersion.title, Snippet.id)
    )
    return [_text(row, retired_at) for row, retired_at in work.db.execute(query)]


def _text(row: SnippetVersion, retired_at: datetime | None) -> Text:
    return Text(row.snippet_id, row.number, row.title, json.loads(row.words), row.by_name, row.at, retired_at)


def versions(work: Work, snippet_id: UUID) -> Sequence[Text]:
    """All that a snippet said, newest first. Raises NotFound."""
    work.must(Permission.SNIPPETS_WRITE)
    kept = _one(work, snippet_id)
    query = select(SnippetVersion).where(SnippetVersion.snippet_id == kept.id).order_by(SnippetVersion.number.desc())
    return [_text(row, kept.retired_at) for row in work.db.scalars(query)]


def add(work: Work, title: str, words: Mapping[str, str]) -> UUID:
    """Write a new snippet. Raises Invalid for one that says nothing, or whose title another one has."""
    work.must(Permission.SNIPPETS_WRITE)
    said = _checked(work, title, words, None)
    row = Snippet(made_at=work.now)
    work.db.add(row)
    work.db.flush()
    _keep(work, row.id, 1, *said)
    audit.record(work, "snippet.added", snippet=str(row.id))
    return row.id


def change(work: Work, snippet_id: UUID, seen: int, title: str, words: Mapping[str, str]) -> None:
    """Let it say something else from now on; what it said is kept. ``seen`` is the version that was changed.

    Raises NotPossible when somebody changed it meanwhile, or it is retired.
    """
    work.must(Permission.SNIPPETS_WRITE)
    row = _one(work, snippet_id)
    now = versions(work, snippet_id)[0]
    if row.retired_at is not None:
        raise NotPossible(_("This snippet is retired. Write a new one."))
    said = _checked(work, title, words, snippet_id)
    if said == (now.title, dict(now.words)):  # also a second press
        return
    if now.number != seen:
        raise NotPossible(
            _("Somebody changed this snippet while you did. Look at it again; nothing of yours was kept.")
        )
    _keep(work, row.id, now.number + 1, *said)
    audit.record(work, "snippet.changed", snippet=str(row.id), version=str(now.number + 1))


def retire(work: Work, snippet_id: UUID) -> None:
    """Offer it no more. What was sent with it stays as it was sent."""
    work.must(Permission.SNIPPETS_WRITE)
    row = _one(work, snippet_id)
    if row.retired_at is None:
        row.retired_at, row.retired_by_name = work.now, work.actor.name
        audit.record(work, "snippet.retired", snippet=str(row.id))


def _one(work: Work, snippet_id: UUID) -> Snippet:
    query = select(Snippet).where(Snippet.id == snippet_id)
    row = work.db.scalars(query.with_for_update() if work.writes else query).one_or_none()
    if row is None:
        raise NotFound(_("There is no such snippet."))
    return row


def _checked(work: Work, title: str, words: Mapping[str, str], own: UUID | None) -> tuple[str, dict[str, str]]:
    limits = rules.limits()
    named = rules.check_text(title, "title", limits.snippet_title)
    said = {tongue: text.strip() for tongue, text in words.items() if text.strip()}
    if not said:
        raise Invalid(_("Write what it says, in one language at least."))
    for tongue, text in said.items():
        rules.check_text(text, f"words_{tongue}", limits.snippet_longest)
    if any(each.title.casefold() == named.casefold() for each in offered(work) if each.id != own):
        raise Invalid(_("There is a snippet with this title. Give another."), "title")
    return named, said


def _keep(work: Work, snippet_id: UUID, number: int, title: str, words: Mapping[str, str]) -> None:
    row = SnippetVersion(snippet_id=snippet_id, number=number, title=title, by_name=work.actor.name, at=work.now)
    row.words = json.dumps(words, ensure_ascii=False, sort_keys=True)
    work.db.add(row)
    work.db.flush()
