"""The clinic's own words for its letters: what there is in each language, and the next version.

A wording is in force from the moment it is published, for every letter written from then on. It counts while it has all
the law asks for: one that a newer law or a newer portal no longer fits is passed over, the portal's own words are used,
and the list says so. So no letter waits for somebody to rewrite it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

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

# Written to colleagues and offices outside, in the clinic's first language alone.
LONGEST_REASON = 500


class Overtaken(NotPossible):
    """Somebody else published since the page was opened; who stands in the sentence."""


@dataclass(frozen=True)
class Line:
    """One letter in one language: the newest version, None where there never was one, and whether it can be used."""

    kind: LetterKind
    language: str
    newest: LetterWording | None
    fits: bool

    @property
    def is_own(self) -> bool:
        """Whether letters are written in the clinic's own words now."""
        return self.newest is not None and self.newest.text is not None and self.fits


def for_letters(work: Work, law: Profile, at: datetime | None = None) -> WordingFor:
    """How a letter finds the clinic's own words under the law of its case, in the language spoken, as of ``at``."""
    return lambda kind: _in_force(work, law, kind, language(), at)


def _in_force(work: Work, law: Profile, kind: LetterKind, tongue: str, at: datetime | None) -> Wording | None:
    if kind not in OUTLINES:
        return None
    row = _newest(work, law.id, kind, tongue, at)
    wording = wording_of(row) if row else None
    return wording if wording and not rules.faults(kind, wording, law) else None


def _newest(
    work: Work, jurisdiction: str, kind: LetterKind, tongue: str, at: datetime | None = None
) -> LetterWording | None:
    query = select(LetterWording).where(
        LetterWording.jurisdiction == jurisdiction, LetterWording.kind == kind, LetterWording.language == tongue
    )
    if at is not None:
        query = query.where(LetterWording.published_at <= at)
    return work.db.scalars(query.order_by(LetterWording.number.desc()).limit(1)).one_or_none()


def wording_of(row: LetterWording) -> Wording | None:
    """What a version says; None where it says to use the portal's own words."""
    return None if row.text is None else Wording(row.title or "", row.text, str(row.id))


def languages_of(work: Work, kind: LetterKind) -> tuple[str, ...]:
    """The languages a letter of this kind is written in."""
    work.must(Permission.WORDING_WRITE)
    known = tuple(work.clinic.languages)
    return known[:1] if kind in TO_OTHERS else known


def there(work: Work, kind: str, tongue: str) -> LetterKind:
    """The kind of letter of that name. Raises NotFound for what the clinic does not write, and for all but who may."""
    found = next((each for each in OUTLINES if each == kind), None)
    if not work.may(Permission.WORDING_WRITE) or found is None or tongue not in languages_of(work, found):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return found


def overview(work: Work) -> list[Line]:
    """Every letter the clinic writes, in each of its languages."""
    work.must(Permission.WORDING_WRITE)
    ours = select(LetterWording).where(LetterWording.jurisdiction == work.profile.id)
    newest = {(row.kind, row.language): row for row in work.db.scalars(ours.order_by(LetterWording.number))}
    return [
        _line(work, kind, tongue, newest.get((kind.value, tongue)))
        for kind in OUTLINES
        for tongue in languages_of(work, kind)
    ]


def _line(work: Work, kind: LetterKind, tongue: str, row: LetterWording | None) -> Line:
    wording = wording_of(row) if row else None
    return Line(kind, tongue, row, wording is None or not rules.faults(kind, wording, work.profile))


def versions(work: Work, kind: LetterKind, tongue: str) -> Sequence[LetterWording]:
    """Every version of a letter in a language, newest first."""
    work.must(Permission.WORDING_WRITE)
    query = select(LetterWording).where(
        LetterWording.jurisdiction == work.profile.id, LetterWording.kind == kind, LetterWording.language == tongue
    )
    return work.db.scalars(query.order_by(LetterWording.number.desc())).all()


def version(work: Work, kind: LetterKind, tongue: str, number: int) -> LetterWording:
    """One version. Raises NotFound."""
    work.must(Permission.WORDING_WRITE)
    found = next((row for row in versions(work, kind, tongue) if row.number == number), None)
    if found is None:
        raise NotFound(_("There is no such version of this letter."))
    return found


def said_by(work: Work, kind: LetterKind, tongue: str, row: LetterWording | None) -> Wording:
    """The words of a version as they are typed; the portal's own where it says so, and before there is a first."""
    work.must(Permission.WORDING_WRITE)
    return (wording_of(row) if row else None) or portals_own(work, kind, tongue)


def portals_own(work: Work, kind: LetterKind, tongue: str) -> Wording:
    """The words the portal comes with, as the clinic would type them."""
    work.must(Permission.WORDING_WRITE)
    with speaking(tongue):
        return rules.portals_own(rules.example(kind, work.clinic, work.profile, work.today))


def preview(work: Work, kind: LetterKind, tongue: str, wording: Wording) -> Letter:
    """The letter in these words, to a patient who does not exist."""
    work.must(Permission.WORDING_WRITE)
    with speaking(tongue):
        return rules.example(kind, work.clinic, work.profile, work.today, lambda _kind: wording)


def faults(work: Work, kind: LetterKind, tongue: str, wording: Wording) -> list[str]:
    """All that stands in the way of publishing these words."""
    work.must(Permission.WORDING_WRITE)
    found = rules.faults(kind, wording, work.profile)
    if _same(said_by(work, kind, tongue, _newest(work, work.profile.id, kind, tongue)), wording):
        found.append(_("Nothing has changed yet. There is nothing to publish."))
    return found


def is_portals(work: Work, kind: LetterKind, tongue: str, wording: Wording) -> bool:
    """Whether these are the portal's own words, unchanged."""
    return _same(portals_own(work, kind, tongue), wording)


def shown_digest(kind: LetterKind, tongue: str, seen: int, wording: Wording) -> str:
    """What publishing is bound to: every word, and the version they follow."""
    return digest_of([kind.value, tongue, seen, wording.title, wording.text])


def _same(one: Wording, other: Wording) -> bool:
    return (one.title, _lines(one)) == (other.title, _lines(other))


def _lines(wording: Wording) -> list[str]:
    return wording.text.strip().splitlines()


def publish(work: Work, kind: LetterKind, tongue: str, seen: int, wording: Wording, reason: str) -> LetterWording:
    """The words of every letter of this kind from now on. ``seen`` is the number of the version they were made from.

    The portal's own words, published unchanged, are kept as such: they change when a newer portal words them better.
    Raises Overtaken, Invalid for a reason that lacks or is too long, NotPossible with the first fault.
    """
    work.must(Permission.WORDING_WRITE)
    newest = _newest(work, work.profile.id, kind, tongue)
    if newest is not None and newest.number != seen:
        raise overtaken(newest)
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise Invalid(_("Say in a sentence or two why the words change."), "reason")
    if found := faults(work, kind, tongue, wording):
        raise NotPossible(found[0])
    own = is_portals(work, kind, tongue, wording)
    row = _keep(work, kind, tongue, seen + 1, None if own else wording, reason.strip())
    facts = {"letter": kind.value, "language": tongue, "version": str(row.number), "wording": str(row.id)}
    facts["words"] = "the portal's own" if own else "the clinic's own"
    audit.record(work, "wording.published", None, **facts)
    return row


def _keep(
    work: Work, kind: LetterKind, tongue: str, number: int, wording: Wording | None, reason: str
) -> LetterWording:
    """Keep the version; whoever published the same number first is not overwritten."""
    key, dialect = new_id(), postgresql if work.db.get_bind().dialect.name == "postgresql" else sqlite
    made = dialect.insert(LetterWording).values(
        id=key, jurisdiction=work.profile.id, rules_version=work.profile.version, kind=kind.value, language=tongue,
        number=number, title=wording.title if wording else None, text=wording.text if wording else None,
        reason=reason, published_at=work.now, published_by_id=work.actor.id, published_by_name=work.actor.name,
    )  # fmt: skip
    work.db.execute(made.on_conflict_do_nothing(index_elements=["jurisdiction", "kind", "language", "number"]))
    newest = _newest(work, work.profile.id, kind, tongue)
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
