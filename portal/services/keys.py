"""Keys: every data key wrapped anew under the newest master key; what they seal is not touched."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.account_requests import AccountRequest, IdentityPaper
from portal.models.accounts import Account
from portal.models.dispatches import IncomingPaper
from portal.models.folder_files import FolderFile
from portal.models.keys import PatientKey, PortalKey
from portal.models.patient_invitations import PatientInvitation
from portal.services import audit
from portal.services.sealing import pin
from portal.services.sign_ins import totp_pin
from portal.services.work import Work


@dataclass(frozen=True)
class Wrapped:
    """Something that lies under a master key, and the three things that can be done with it."""

    value: bytes
    open: Callable[[], object]
    renew: Callable[[], None]


def rotate(work: Work) -> int:
    """Gives how many keys and secrets were wrapped anew; those under the newest master key already are left alone.

    Raises NotPossible, and wraps nothing, when one of them does not open with the master keys at hand.
    """
    work.must(Permission.AUDIT_VERIFY)
    if shut := unreadable(work):
        raise NotPossible(
            _(
                "%(n)s keys do not open with these master keys, so none was changed. "
                "Put the key they were wrapped with back into PORTAL_MASTER_KEYS.",
                n=shut,
            )
        )
    done = 0
    for one in _wrapped(work):
        if not work.outside.vault.is_current(one.value):
            one.renew()
            done += 1
    audit.record(work, "keys.rotated", n=str(done))
    return done


def unreadable(work: Work) -> int:
    """How many keys and secrets do not open with the master keys at hand."""
    work.must(Permission.AUDIT_VERIFY)
    return sum(not _opens(one) for one in _wrapped(work))


def _opens(one: Wrapped) -> bool:
    try:
        one.open()
    except Exception:  # the vault's own error: services do not know its name
        return False
    return True


def _wrapped(work: Work) -> list[Wrapped]:
    """Everything under a master key; locked when this work writes: a key destroyed meanwhile stays so."""
    patient_keys = select(PatientKey).where(PatientKey.destroyed_at.is_(None))
    accounts = select(Account).where(Account.totp_sealed.is_not(None))
    found: list[Wrapped] = []
    for query in (patient_keys, select(PortalKey), accounts):
        rows = work.db.scalars(query.with_for_update() if work.writes else query)
        found += [_of_account(work, row) if isinstance(row, Account) else _of_key(work, row) for row in rows]
    for kind in (AccountRequest, IdentityPaper, IncomingPaper):  # each with a key of its own, until it is destroyed
        own: Any = select(kind).where(kind.key_wrapped.is_not(None))
        # Its own row alone: what is read along with it may not be there, and PostgreSQL locks no such row.
        found += [
            _of_own_key(work, row) for row in work.db.scalars(own.with_for_update(of=kind) if work.writes else own)
        ]
    for row in work.db.scalars(select(PatientInvitation).where(PatientInvitation.code_sealed.is_not(None))):
        found.append(_of_secret(work, row, "code_sealed"))
    for file in work.db.scalars(select(FolderFile).where(FolderFile.told_sealed.is_not(None))):
        found.append(_of_secret(work, file, "told_sealed"))
    return found


def _of_key(work: Work, row: PatientKey | PortalKey) -> Wrapped:
    vault = work.outside.vault
    owner = str(row.patient_id) if isinstance(row, PatientKey) else row.name

    def renew() -> None:
        row.wrapped = vault.rewrap(row.wrapped, owner)

    return Wrapped(row.wrapped, lambda: vault.unwrap(row.wrapped, owner), renew)


def _of_own_key(work: Work, row: AccountRequest | IdentityPaper | IncomingPaper) -> Wrapped:
    vault, wrapped, owner = work.outside.vault, row.key_wrapped or b"", f"{row.__tablename__}/{row.id}"

    def renew() -> None:
        row.key_wrapped = vault.rewrap(wrapped, owner)

    return Wrapped(wrapped, lambda: vault.unwrap(wrapped, owner), renew)


def _of_secret(work: Work, row: PatientInvitation | FolderFile, column: str) -> Wrapped:
    vault, sealed, place = work.outside.vault, getattr(row, column), pin(row, column)

    def renew() -> None:
        setattr(row, column, vault.reseal_secret(sealed, place))

    return Wrapped(sealed, lambda: vault.open_secret(sealed, place), renew)


def _of_account(work: Work, row: Account) -> Wrapped:
    vault, sealed, pin = work.outside.vault, row.totp_sealed or b"", totp_pin(row)

    def renew() -> None:
        row.totp_sealed = vault.reseal_secret(sealed, pin)

    return Wrapped(sealed, lambda: vault.open_secret(sealed, pin), renew)
