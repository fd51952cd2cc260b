"""Signing in with an account one has elsewhere: a trip to a provider and back, and which account it opens here.

An account is linked only by the person who is signed in to it, or who holds its one-time link: never because an e-mail
address is the same (docs/decisions/0066-a-link-is-made-from-the-inside.md).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, delete, select, update
from sqlalchemy.exc import IntegrityError

from portal.domain.errors import NotFound, NotPossible
from portal.domain.providers import TRIP_LASTS, Arrival, Departure, Unproven, fits
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.providers import LinkedIdentity, ProviderTrip
from portal.services import account_notices, accounts, audit, passkeys, sign_ins
from portal.services.outside import Provider
from portal.services.sign_ins import SignedIn, digest_of
from portal.services.work import Work

TRIPS_KEPT = timedelta(days=1)  # longer than any session: what is needed to sign out at the provider waits so long


class Purpose(StrEnum):
    """What a browser is sent to a provider for."""

    SIGN_IN = "sign_in"
    LINK = "link"
    ACTIVATE = "activate"


@dataclass(frozen=True)
class Trip:
    """A trip that just ended, as it began."""

    id: UUID
    purpose: Purpose
    account_id: UUID | None
    sign_in_id: UUID | None


@dataclass(frozen=True)
class Visitor:
    """The browser that came back: where from, and what session it carried."""

    network: str
    agent: str
    live: SignedIn | None


@dataclass(frozen=True)
class Way:
    """A provider on the page of one's own ways in; ``linked_at`` is None until it is linked."""

    provider: Provider
    linked_at: datetime | None
    last_used_at: datetime | None


def depart(
    work: Work, provider: Provider, departure: Departure, purpose: Purpose, account_id: UUID | None = None
) -> None:
    """Write down that this browser is on its way; what it must bring back is kept as digests only."""
    work.db.execute(delete(ProviderTrip).where(ProviderTrip.began_at < work.now - TRIPS_KEPT))
    work.db.add(
        ProviderTrip(
            secret_digest=digest_of(departure.secret),
            state_digest=digest_of(departure.state),
            provider=provider.slug,
            purpose=purpose,
            account_id=account_id,
            sign_in_id=work.sign_in_id,
            began_at=work.now,
        )
    )


def arrive(work: Work, provider: Provider, secret: str, state: str) -> Trip:
    """End the trip that this browser left for, once. Raises Unproven for any other browser, provider, state or time."""
    taken = (
        update(ProviderTrip)
        .where(
            ProviderTrip.secret_digest == digest_of(secret),
            ProviderTrip.state_digest == digest_of(state),
            ProviderTrip.provider == provider.slug,
            ProviderTrip.used_at.is_(None),
            ProviderTrip.began_at > work.now - TRIP_LASTS,
        )
        .values(used_at=work.now)
        .execution_options(synchronize_session=False)
    )
    if work.db.execute(taken).rowcount != 1:  # type: ignore[attr-defined]
        raise Unproven("state")
    row = work.db.scalars(_of(secret)).one()
    return Trip(row.id, Purpose(row.purpose), row.account_id, row.sign_in_id)


def enter(work: Work, provider: Provider, trip: Trip, arrival: Arrival, visitor: Visitor, secret: str) -> str:
    """Open a session for whoever is linked to this identity, or is being linked by her one-time link; its token.

    The session this browser carried before is over. Raises Unproven, and changes nothing, when there is nobody.
    """
    if trip.purpose is Purpose.ACTIVATE:
        _link(work, provider, trip.account_id, arrival)
    identity = _identity(work, provider, arrival)
    if identity is None:
        raise Unproven("not linked")
    account = identity.account
    if account.disabled_at is not None or not fits(provider.audience, account.role_set):
        raise Unproven("account")
    if visitor.live is not None:
        sign_ins.end(work, visitor.live)
    token = sign_ins.begin(work, account.id, visitor.network, visitor.agent, arrival.strong)
    live = sign_ins.resume(work, token)
    if live is None or (live.factor_needed is not None and account.totp_sealed is None and not live.has_passkey):
        raise Unproven("second factor")
    identity.last_used_at = work.now
    audit.record(work, "sign_in.by_provider", account=str(account.id), provider=provider.slug)
    _keep_word(work, trip, live.id, arrival, secret)
    return token


def link(work: Work, provider: Provider, trip: Trip, arrival: Arrival, live: SignedIn | None) -> None:
    """Link the account of whoever left for it, in the session in which she asked. Raises Unproven otherwise."""
    same = (
        live is not None
        and live.factor_needed is None
        and (live.id, live.actor.id)
        == (
            trip.sign_in_id,
            trip.account_id,
        )
    )
    if live is None or not same or not sign_ins.is_live(work, live):
        raise Unproven("session")
    _link(work, provider, trip.account_id, arrival)


def _link(work: Work, provider: Provider, account_id: UUID | None, arrival: Arrival) -> None:
    account = work.db.get(Account, account_id) if account_id else None
    if account is None or account.disabled_at is not None or not fits(provider.audience, account.role_set):
        raise Unproven("account")
    there = _identity(work, provider, arrival)
    if there is not None:
        if there.account_id != account.id:
            raise Unproven("linked to another")
        return
    row = LinkedIdentity(issuer=provider.issuer, subject=arrival.subject, audience=provider.audience)
    row.account_id, row.linked_at = account.id, work.now
    try:
        with work.db.begin_nested():
            work.db.add(row)
    except IntegrityError:
        raise Unproven("linked to another") from None
    audit.record(work, "provider.linked", account=str(account.id), provider=provider.slug)
    account_notices.tell(work, account.id, "provider_linked")


def ways(work: Work) -> list[Way]:
    """The providers that whoever is signed in may use, with what she has linked."""
    account = accounts.own(work)
    linked = {(row.issuer, row.audience): row for row in _linked(work, account)}
    found = []
    for provider in work.outside.providers.values():
        if fits(provider.audience, account.role_set):
            row = linked.get((provider.issuer, provider.audience))
            found.append(Way(provider, row.linked_at if row else None, row.last_used_at if row else None))
    return found


def way(work: Work, slug: str) -> Way:
    """One of them. Raises NotFound for any other."""
    found = next((each for each in ways(work) if each.provider.slug == slug), None)
    if found is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return found


def unlink(work: Work, slug: str) -> None:
    """Whoever is signed in gives up a way in. Raises NotPossible when it is her last."""
    provider, account = way(work, slug).provider, accounts.own(work)
    row = next((each for each in _linked(work, account) if _is_of(each, provider)), None)
    if row is None:
        raise NotPossible(_("%(label)s is not linked to your sign-in here.", label=provider.label))
    other_ways = account.password_hash or passkeys.of_account(work, account.id) or len(_linked(work, account)) > 1
    if not other_ways:
        raise NotPossible(
            _(
                "%(label)s is your only way in, so it stays. Ask us for a link to set a password first.",
                label=provider.label,
            )
        )
    work.db.delete(row)
    audit.record(work, "provider.unlinked", account=str(account.id), provider=provider.slug)
    account_notices.tell(work, account.id, "provider_unlinked")


def refuse(work: Work, provider: Provider, reason: str) -> None:
    """Leave a trace of an answer that was not taken: by whom it was given and why, and nothing about anybody."""
    audit.record(work, "sign_in.provider_refused", provider=provider.slug, reason=reason)


def still_open(work: Work, live: SignedIn, secret: str) -> str | None:
    """The provider where the person of this session is signed in as well, when she can sign out there."""
    row = work.db.scalars(_of(secret)).one_or_none()
    if row is None or row.sign_in_id != live.id or row.word_sealed is None:
        return None
    return row.provider if row.provider in work.outside.providers else None


def word(work: Work, provider: Provider, secret: str) -> str | None:
    """The provider's word of a session that is over, to sign out there with; given once."""
    row = work.db.scalars(_of(secret)).one_or_none()
    if row is None or row.word_sealed is None or row.provider != provider.slug:
        return None
    sealed, row.word_sealed = row.word_sealed, None
    return work.outside.vault.open(_key(secret), sealed, _pin(row.id)).decode()


def _of(secret: str) -> Select[ProviderTrip]:
    return select(ProviderTrip).where(ProviderTrip.secret_digest == digest_of(secret))


def _identity(work: Work, provider: Provider, arrival: Arrival) -> LinkedIdentity | None:
    query = select(LinkedIdentity).where(
        LinkedIdentity.issuer == provider.issuer,
        LinkedIdentity.subject == arrival.subject,
        LinkedIdentity.audience == provider.audience,
    )
    return work.db.scalars(query).one_or_none()


def _linked(work: Work, account: Account) -> list[LinkedIdentity]:
    return list(work.db.scalars(select(LinkedIdentity).where(LinkedIdentity.account_id == account.id)))


def _is_of(row: LinkedIdentity, provider: Provider) -> bool:
    return (row.issuer, row.audience) == (provider.issuer, provider.audience)


def _keep_word(work: Work, trip: Trip, sign_in_id: UUID, arrival: Arrival, secret: str) -> None:
    """Until she signs out, under a key that her browser alone has: the database does not open it, nor do its keys."""
    row = work.db.get_one(ProviderTrip, trip.id)
    row.sign_in_id = sign_in_id
    if arrival.id_token:
        row.word_sealed = work.outside.vault.seal(_key(secret), arrival.id_token.encode(), _pin(row.id))


def _key(secret: str) -> bytes:
    return hashlib.sha256(f"word|{secret}".encode()).digest()


def _pin(trip_id: UUID) -> str:
    return f"provider_trips/word_sealed/{trip_id}"
