"""Sentences of a letter that remember where their places are, so that a clinic can read and change them.

The letters say ``_`` from here instead of that of ``portal.domain.words``: the text is the same. Its ``pattern`` is the
sentence with its places open ("Dear {reader},"), as the administrator reads it; ``places`` are what stood in them.
"""

from portal.domain import words


class Place(str):
    """What stands in a place, where clinics know the place by another name than the catalogue does."""

    __slots__ = ("name",)
    name: str


class Sentence(str):
    """A sentence in the language spoken when it was made."""

    __slots__ = ("pattern", "places")
    pattern: str
    places: dict[str, str]


def place(name: str, value: object) -> Place:
    """``value`` for the place that clinics call ``name``."""
    made = Place(value)
    made.name = name
    return made


def _(message: str, **places: object) -> Sentence:
    """As ``portal.domain.words._``."""
    said = Sentence(words._(message, **places))
    names = {key: value.name if isinstance(value, Place) else key for key, value in places.items()}
    said.places = {names[key]: str(value) for key, value in places.items()}
    said.pattern = words._(message, **{key: f"{{{name}}}" for key, name in names.items()})
    return said


def whole(name: str, sentence: str) -> Sentence:
    """A sentence that the facts choose: for clinics it is one place."""
    said = Sentence(sentence)
    said.places, said.pattern = {name: sentence}, f"{{{name}}}"
    return said
