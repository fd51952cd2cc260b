"""What a jurisdiction says about consent: how it may be given, what it must state, and what needs none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.domain.jurisdictions.profile import Basis


@dataclass(frozen=True)
class Lawful:
    """A case in which the law asks for no consent: a locked row.

    ``kinds`` are the recipients it is about. ``condition`` must be true each time, and whoever discloses says so;
    where ``by_contact``, only the privacy contact decides. ``notice`` says that the patient is told afterwards.
    """

    id: str
    title: str
    words: str
    condition: str
    provision: str
    kinds: frozenset[str]
    by_contact: bool
    notice: bool
    basis: "Basis"


@dataclass(frozen=True)
class Publication:
    """Whether something may be shown to the public although the patient agreed: allowed, conditional or blocked."""

    purposes: frozenset[str]
    rule: str
    words: str
    basis: "Basis"


@dataclass(frozen=True)
class ConsentRules:
    """``must_state`` are the parts each purpose's wording has to have; ``ends`` the ends a consent for it may have."""

    verbal: bool
    verbal_words: str
    implied_words: str
    implied_provision: str
    withdrawal_words: str
    must_state: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ends: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lawful: tuple[Lawful, ...] = ()
    publication: tuple[Publication, ...] = ()

    def lawful_row(self, wanted: str) -> Lawful | None:
        return next((row for row in self.lawful if row.id == wanted), None)

    def gate(self, purpose: str) -> Publication | None:
        """What stands between a consent for ``purpose`` and the public; None where nothing does."""
        return next((each for each in self.publication if purpose in each.purposes), None)


def read_consent_rules(table: Mapping[str, Any], basis: Any) -> ConsentRules:
    """The rules of a jurisdiction's ``[consents]``; ``basis`` reads where a value comes from."""
    return ConsentRules(
        verbal=table["verbal"]["allowed"],
        verbal_words=table["verbal"]["words"],
        implied_words=table["implied"]["words"],
        implied_provision=table["implied"]["provision"],
        withdrawal_words=table["withdrawal"]["words"],
        must_state={purpose: frozenset(each["parts"]) for each in table["must_state"] for purpose in each["purposes"]},
        ends={purpose: frozenset(each["kinds"]) for each in table["ends"] for purpose in each["purposes"]},
        lawful=tuple(_lawful(each, basis(each)) for each in table["lawful"]),
        publication=tuple(
            Publication(frozenset(each["purposes"]), each["rule"], each["words"], basis(each))
            for each in table["publication"]
        ),
    )


def _lawful(table: Mapping[str, Any], basis: "Basis") -> Lawful:
    return Lawful(
        id=table["id"],
        title=table["title"],
        words=table["words"],
        condition=table["more_words"],
        provision=table["provision"],
        kinds=frozenset(table["kinds"]),
        by_contact=table.get("by_contact", False),
        notice=table.get("notice", False),
        basis=basis,
    )
