"""Accounts: who may sign in, with what, from which sessions, and how often it was tried."""

from datetime import datetime
from functools import cache
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Connection, ForeignKey, LargeBinary, String, event, false, inspect
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.domain.actors import Role
from portal.domain.addresses import skeleton
from portal.models.base import Keyed, Model


class Account(Keyed, Model):
    """A sign-in. ``password_hash`` is empty until the account is activated.

    ``email`` is kept in its one spelling; no two accounts have addresses that look alike (``domain/addresses``).
    While ``email_unproven``, nobody has opened a link that went to it.
    ``proof_changed_at`` is set when a second proof changes of somebody who wants it asked for before downloads. The
    devices known for an account are those of its ``device_round``.
    """

    __tablename__ = "accounts"

    email: Mapped[str] = mapped_column(String(254), unique=True)
    looks_like: Mapped[str] = mapped_column(String(300), index=True, unique=True, default="")
    name: Mapped[str] = mapped_column(String(240))
    roles: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None] = mapped_column(BigInteger)
    second_factor_on: Mapped[bool] = mapped_column(default=False)
    strict_downloads: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(12), default="en")
    demo: Mapped[bool] = mapped_column(default=False)
    made_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    proof_changed_at: Mapped[datetime | None]
    device_round: Mapped[int] = mapped_column(default=0, server_default="0")
    email_unproven: Mapped[bool] = mapped_column(default=False, server_default=false())

    @property
    def role_set(self) -> frozenset[Role]:
        return roles_in(self.roles)


@event.listens_for(Account, "before_insert")
@event.listens_for(Account, "before_update")
def _look_anew(_mapper: Any, _connection: Connection, account: Account) -> None:
    if inspect(account).attrs.email.history.has_changes():
        account.looks_like = skeleton(account.email)


@cache
def roles_in(names: str) -> frozenset[Role]:
    """The roles of an account's ``roles`` column."""
    return frozenset(Role(name) for name in names.split())


class SignIn(Keyed, Model):
    """One session of one browser. Only a digest of its token is kept; the token changes at every change of rights.

    ``held_at`` is set when it turned up elsewhere: it opens nothing until the person has proved herself again.
    """

    __tablename__ = "sign_ins"

    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), index=True)
    began_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    factor_needed: Mapped[str | None] = mapped_column(String(20))
    factor_tries: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None]
    network: Mapped[str] = mapped_column(String(64), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")
    held_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship()


class Approval(Keyed, Model):
    """A step-up: this person proved herself again for this act on exactly what was shown.

    ``page`` names the drawing of the page it came from, which is good for one act.
    """

    __tablename__ = "approvals"

    sign_in_id: Mapped[UUID] = mapped_column(ForeignKey("sign_ins.id"))
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    act: Mapped[str] = mapped_column(String(40))
    shown_digest: Mapped[str] = mapped_column(String(64))
    factor: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    page: Mapped[str | None] = mapped_column(String(40), unique=True, index=True)


class ActivationLink(Keyed, Model):
    """A one-time link by which a person sets her own password; ``clears_proofs`` when she lost all that she had.

    Its token is kept, sealed, only until it was mailed.
    """

    __tablename__ = "activation_links"

    token_digest: Mapped[str] = mapped_column(String(64), unique=True)
    token_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"))
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    clears_proofs: Mapped[bool] = mapped_column(default=False)

    account: Mapped[Account] = relationship()


class LeftForm(Keyed, Model):
    """What was sent after a session had run out, sealed and pinned to account and page; one an account, for a day."""

    __tablename__ = "left_forms"

    LONGEST_ADDRESS: ClassVar[int] = 400

    account_id: Mapped[UUID] = mapped_column(ForeignKey("accounts.id"), unique=True)
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    typed_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]


class Bucket(Model):
    """A token bucket: how many tries are left for an account or a network, refilled as time passes.

    ``refilled`` is seconds of POSIX time, so that one UPDATE can do the arithmetic on every database.
    """

    __tablename__ = "buckets"

    key: Mapped[str] = mapped_column(String(120), primary_key=True)
    tokens: Mapped[float]
    refilled: Mapped[float]
