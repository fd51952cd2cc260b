"""Signing in with an account one has elsewhere: what a provider's word is good for, and what it never is."""

from dataclasses import dataclass
from datetime import timedelta

from portal.domain.actors import STAFF_ROLES, Role

PATIENT, STAFF = "patient", "staff"
TRIP_LASTS = timedelta(minutes=10)  # from our button to the provider and back


@dataclass(frozen=True)
class Departure:
    """A browser sent to a provider: to which address, and what it must bring back.

    ``state`` comes back in the address; ``secret`` stays in this browser. Everything else is made from the secret.
    """

    address: str
    state: str
    secret: str


@dataclass(frozen=True)
class Arrival:
    """Who came back, by the provider's proven word: never an e-mail address, which says nothing about an account here.

    ``strong``: it was proven with two proofs, just now. ``id_token`` is the word itself, needed to sign out there.
    """

    subject: str
    strong: bool
    id_token: str


class Unproven(Exception):
    """The provider's answer proves nothing; ``reason`` is a word for the trail, never anything about a person."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutOfReach(Unproven):
    """The provider did not answer, or not as a provider answers."""


def fits(audience: str, roles: frozenset[Role]) -> bool:
    """Whether a provider for ``audience`` may open an account with ``roles``.

    One who works here comes by the staff's provider only, also when she is a patient too: what a session may do is
    said by the account, and the patients' provider was not chosen to guard that.
    """
    works_here = bool(roles & STAFF_ROLES)
    return works_here if audience == STAFF else not works_here and Role.PATIENT in roles
