"""The clinic's own words for its letters: what there is under each law in each language, and the next version.

A wording belongs to one kind of letter, one jurisdiction and one language; a letter takes that of the rules it is
written under, and never another's. It is in force from the moment it is published, for every letter written from then
on, and counts while it has all the law asks for: one that a newer law or a newer portal no longer fits is passed over,
the portal's own words are used, and the list says so. So no letter waits for somebody to rewrite it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain import jurisdictions
from portal.domain import letters as rules
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.jurisdictions import Profile
from portal.domain.letters import OUTLINES, Letter, LetterKind, Wording
from portal.domain.letters.letter import TO_OTHERS
from portal.domain.letters.letter_wordings import WordingFor
from portal.domain.policy import Permission
from portal.domain.privacy_policy import digest_of
from portal.domain.words import _, language, speaking
from portal.models.base import new_id
from portal.models.letter_wordings import LetterWording
from portal.services import audit
from portal.services.work import Work

LONGEST_REASON = 500


class Overtaken(NotPossible):
    """Somebody else published since the page was opened; who stands in the sentence."""


@dataclass(frozen=True)
class WordedLetter:
    """What a wording belongs to: a kind of letter, the rules it is written under, and its language."""

    kind: LetterKind
    law: Profile
    language: str


@dataclass(frozen=True)
class Line:
    """One of them: the newest version, None where there never was one, and whether it can be used."""

    of: WordedLetter
    newest: LetterWording | None
    fits: bool

    @property
    def is_own(self) -> bool:
        """Whether letters are written in the clinic's own words now."""
        return self.newest is not None and self.newest.text is not None and self.fits


def for_letters(work: Work, law: Profile, at: datetime | None = None) -> WordingFor:
    """How a letter finds the clinic's own words under the law of its case, in the language spoken, as of ``at``."""
    return lambda kind: _in_force(work, WordedLetter(kind, law, language()), at)


def _in_force(work: Work, of: WordedLetter, at: datetime | None) -> Wording | None:
    if of.kind not in OUTLINES:
        return None
    row = _newest(work, of, at)
    wording = wording_of(row) if row else None
    return wording if wording and not rules.faults(of.kind, wording, of.law) else None


def _newest(work: Work, of: WordedLetter, at: datetime | None = None) -> LetterWording | None:
    query = select(LetterWording).where(*_is(of))
    if at is not None:
        query = query.where(LetterWording.published_at <= at)
    return work.db.scalars(query.order_by(LetterWording.number.desc()).limit(1)).one_or_none()


def _is(of: WordedLetter) -> tuple[Any, ...]:
    theirs = (LetterWording.kind == of.kind, LetterWording.language == of.language)
    return (LetterWording.jurisdiction == of.law.id, *theirs)


def wording_of(row: LetterWording) -> Wording | None:
    """What a version says; None where it says to use the portal's own words."""
    return None if row.text is None else Wording(row.title or "", row.text, str(row.id))


def laws(work: Work) -> list[Profile]:
    """Every jurisdiction the portal has rules for, the clinic's own first."""
    work.must(Permission.WORDING_WRITE)
    others = (jurisdictions.profile(each) for each in jurisdictions.known() if each != work.profile.id)
    return [work.profile, *others]


def languages_of(work: Work, kind: LetterKind) -> tuple[str, ...]:
    """The languages a letter of this kind is written in: to colleagues and offices outside, the clinic's first."""
    work.must(Permission.WORDING_WRITE)
    known = tuple(work.clinic.languages)
    return known[:1] if kind in TO_OTHERS else known


def under(work: Work, jurisdiction: str) -> Profile:
    """The rules of that name as they are now. Raises NotFound for all but who may, and where there are none."""
    found = _laws(work).get(jurisdiction) if work.may(Permission.WORDING_WRITE) else None
    if found is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return found


def _laws(work: Work) -> dict[str, Profile]:
    return {law.id: law for law in laws(work)}


def there(work: Work, kind: str, jurisdiction: str, tongue: str) -> WordedLetter:
    """The letter of that name. Raises NotFound for what the clinic does not write there, and for all but who may."""
    law, found = under(work, jurisdiction), next((each for each in OUTLINES if each == kind), None)
    if found is None or tongue not in languages_of(work, found) or not _is_written(work, found, law):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return WordedLetter(found, law, tongue)


def _is_written(work: Work, kind: LetterKind, law: Profile) -> bool:
    """Not every law knows every letter: one may allow no more time, or ask for no notice."""
    try:
        rules.example(kind, work.clinic, law, work.today)
    except KeyError:
        return False
    return True


def overview(work: Work, law: Profile) -> list[Line]:
    """Every letter the clinic writes under these rules, in each of its languages."""
    work.must(Permission.WORDING_WRITE)
    newest = {(row.kind, row.language): row for row in _newest_of_each(work, law)}
    return [
        _line(WordedLetter(kind, law, tongue), newest.get((kind.value, tongue)))
        for kind in OUTLINES
        if _is_written(work, kind, law)
        for tongue in languages_of(work, kind)
    ]


def _newest_of_each(work: Work, law: Profile) -> Sequence[LetterWording]:
    """The newest version of each letter in each language; the text of those before it stays where it is."""
    key = (LetterWording.kind, LetterWording.language)
    last = select(*key, func.max(LetterWording.number).label("number")).where(LetterWording.jurisdiction == law.id)
    newest = last.group_by(*key).subquery()
    is_newest = (newest.c.kind == LetterWording.kind) & (newest.c.language == LetterWording.language)
    query = select(LetterWording).join(newest, is_newest & (newest.c.number == LetterWording.number))
    return work.db.scalars(query.where(LetterWording.jurisdiction == law.id)).all()


def _line(of: WordedLetter, row: LetterWording | None) -> Line:
    wording = wording_of(row) if row else None
    return Line(of, row, wording is None or not rules.faults(of.kind, wording, of.law))


def versions(work: Work, of: WordedLetter) -> Sequence[LetterWording]:
    """Every version of a letter under its law in its language, newest first."""
    work.must(Permission.WORDING_WRITE)
    return work.db.scalars(select(LetterWording).where(*_is(of)).order_by(LetterWording.number.desc())).all()


def version(work: Work, of: WordedLetter, number: int) -> LetterWording:
    """One version. Raises NotFound."""
    work.must(Permission.WORDING_WRITE)
    found = next((row for row in versions(work, of) if row.number == number), None)
    if found is None:
        raise NotFound(_("There is no such version of this letter."))
    return found


def said_by(work: Work, of: WordedLetter, row: LetterWording | None) -> Wording:
    """The words of a version as they are typed; the portal's own where it says so, and before there is a first."""
    work.must(Permission.WORDING_WRITE)
    return (wording_of(row) if row else None) or portals_own(work, of)


def portals_own(work: Work, of: WordedLetter) -> Wording:
    """The words the portal comes with, as the clinic would type them."""
    work.must(Permission.WORDING_WRITE)
    with speaking(of.language):
        return rules.portals_own(rules.example(of.kind, work.clinic, of.law, work.today))


def preview(work: Work, of: WordedLetter, wording: Wording) -> Letter:
    """The letter in these words and under its law, to a patient who does not exist."""
    work.must(Permission.WORDING_WRITE)
    with speaking(of.language):
        return rules.example(of.kind, work.clinic, of.law, work.today, lambda _kind: wording)


def faults(work: Work, of: WordedLetter, wording: Wording) -> list[str]:
    """All that stands in the way of publishing these words."""
    work.must(Permission.WORDING_WRITE)
    found = rules.faults(of.kind, wording, of.law)
    if _same(said_by(work, of, _newest(work, of)), wording):
        found.append(_("Nothing has changed yet. There is nothing to publish."))
    return found


def is_portals(work: Work, of: WordedLetter, wording: Wording) -> bool:
    """Whether these are the portal's own words, unchanged."""
    return _same(portals_own(work, of), wording)


def shown_digest(of: WordedLetter, seen: int, wording: Wording) -> str:
    """What publishing is bound to: every word, the law they were held against, and the version they follow."""
    return digest_of([of.kind.value, of.law.id, of.law.version, of.language, seen, wording.title, wording.text])


def _same(one: Wording, other: Wording) -> bool:
    return (one.title, _lines(one)) == (other.title, _lines(other))


def _lines(wording: Wording) -> list[str]:
    return wording.text.strip().splitlines()


def publish(work: Work, of: WordedLetter, seen: int, wording: Wording, reason: str) -> LetterWording:
    """The words of every such letter from now on. ``seen`` is the number of the version they were made from.

    The portal's own words, published unchanged, are kept as such: they change when a newer portal words them better.
    Raises Overtaken, Invalid for a reason that lacks or is too long, NotPossible with the first fault.
    """
    work.must(Permission.WORDING_WRITE)
    newest = _newest(work, of)
    if newest is not None and newest.number != seen:
        raise overtaken(newest)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid(_("Say in a sentence or two why the words change."), "reason")
    if found := faults(work, of, wording):
        raise NotPossible(found[0])
    own = is_portals(work, of, wording)
    row = _keep(work, of, seen + 1, None if own else wording, reason.strip())
    facts = {"letter": of.kind.value, "jurisdiction": of.law.id, "language": of.language, "version": str(row.number)}
    facts["words"] = "the portal's own" if own else "the clinic's own"
    audit.record(work, "wording.published", None, **facts, wording=str(row.id))
    return row


def _keep(work: Work, of: WordedLetter, number: int, wording: Wording | None, reason: str) -> LetterWording:
    """Keep the version; whoever published the same number first is not overwritten."""
    key, dialect = new_id(), postgresql if work.db.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(LetterWording).values(
        id=key, jurisdiction=of.law.id, rules_version=of.law.version, kind=of.kind.value, language=of.language,
        number=number, title=wording.title if wording else None, text=wording.text if wording else None,
        reason=reason, published_at=work.now, published_by_id=work.actor.id, published_by_name=work.actor.name,
    )  # fmt: skip
    work.db.execute(made.on_conflict_do_nothing(index_elements=["jurisdiction", "kind", "language", "number"]))
    newest = _newest(work, of)
    if newest is None or newest.id != key:
        raise overtaken(newest)
    return newest


def overtaken(newest: LetterWording | None) -> Overtaken:
    return Overtaken(
        _(
            "%(name)s published other words for this letter while you wrote. Nothing of yours is lost: it stands "
            "below, beside what was published. Put both together, then look again.",
            name=newest.published_by_name if newest else _("Somebody"),
        )
    )
