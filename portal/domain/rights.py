"""What somebody may do in a patient's place: rights, each over a slice of the record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.domain.record_items import Category
from portal.domain.words import N_


class Right(StrEnum):
    """What can be done for a patient. The order is the order in which people read them."""

    ASK = "ask"
    DOWNLOAD = "download"
    RECORD = "record"
    ACCESS_LOG = "access_log"
    DISCLOSURES = "disclosures"
    CONSENT = "consent"
    ACCURACY = "accuracy"
    COMPLAIN = "complain"


RIGHT_NAMES = {
    Right.ASK: N_("Ask for the record"),
    Right.DOWNLOAD: N_("Receive what was asked for"),
    Right.RECORD: N_("See which kinds of entries there are"),
    Right.ACCESS_LOG: N_("See who looked"),
    Right.DISCLOSURES: N_("See who received information"),
    Right.CONSENT: N_("Give consent and take it back"),
    Right.ACCURACY: N_("Have a mistake put right"),
    Right.COMPLAIN: N_("Complain"),
}
WHOLE_RECORD = frozenset(Category)
# Of a case one may hear with any of these, by the kind of the case; of another kind with none.
RIGHTS_OF_CASE = {
    "access_request": (Right.ASK, Right.DOWNLOAD),
    "consent_change": (Right.CONSENT,),
    "accuracy_note": (Right.ACCURACY,),
    "complaint": (Right.COMPLAIN,),
}


@dataclass(frozen=True)
class Powers:
    """What one person may do for one patient: each right with the kinds of entries it reaches."""

    reaches: Mapping[Right, frozenset[Category]] = field(default_factory=dict)

    @classmethod
    def over(cls, rights: Iterable[Right], slices: Iterable[Category] = WHOLE_RECORD) -> "Powers":
        """All these rights over the same slice."""
        reach = frozenset(slices)
        return cls(dict.fromkeys(rights, reach))

    def __or__(self, other: "Powers") -> "Powers":
        """Two powers held together."""
        rights = {*self.reaches, *other.reaches}
        return Powers({right: self.reach(right) | other.reach(right) for right in rights})

    def reach(self, *rights: Right) -> frozenset[Category]:
        """The kinds of entries that any of these rights reaches; empty where none is held."""
        return frozenset().union(*(self.reaches.get(right, frozenset()) for right in rights))

    def has(self, *rights: Right) -> bool:
        """Whether any of these is held."""
        return bool(self.reach(*rights))


NO_POWERS = Powers()
EVERYTHING = Powers.over(Right)


def to_text(chosen: Iterable[StrEnum]) -> str:
    """As a column keeps it."""
    return " ".join(sorted(each.value for each in chosen))


def rights_in(text: str) -> frozenset[Right]:
    return frozenset(Right(word) for word in text.split())


def slices_in(text: str) -> frozenset[Category]:
    """The kinds of entries of a ``slices`` column; an empty one means the whole record."""
    return frozenset(Category(word) for word in text.split()) or WHOLE_RECORD
