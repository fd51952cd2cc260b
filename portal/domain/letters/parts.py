"""What a letter must contain before it may be sent: the law's list, held against the letter itself."""

from portal.domain.jurisdictions import Profile
from portal.domain.letters.letter import Letter
from portal.domain.words import _


def missing_parts(letter: Letter, profile: Profile) -> tuple[str, ...]:
    """The ids of the lawful parts this kind of letter needs and does not have; a blank block fulfils nothing."""
    there = {block.part for block in letter.walk() if not block.is_blank}
    return tuple(part.id for part in profile.letter_parts if letter.kind in part.letters and part.id not in there)


def gap(letter: Letter, profile: Profile) -> str | None:
    """Why the letter cannot be sent, in a sentence, or None when it has everything."""
    missing = missing_parts(letter, profile)
    if not missing:
        return None
    words = (_(part.words) for part in profile.letter_parts if part.id in missing)
    return _("The letter cannot be sent yet. It does not say: %(parts)s.", parts="; ".join(words))
