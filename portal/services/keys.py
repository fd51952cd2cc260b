"""Keys: every data key wrapped anew under the newest master key; what they seal is not touched."""

from sqlalchemy import select

from portal.domain.policy import Permission
from portal.models.accounts import Account
from portal.models.keys import PatientKey, PortalKey
from portal.services import audit
from portal.services.sign_ins import totp_pin
from portal.services.work import Work


def rotate(work: Work) -> int:
    """Gives how many keys and secrets were wrapped anew; those under the newest master key already are left alone."""
    work.must(Permission.AUDIT_VERIFY)
    vault, done = work.outside.vault, 0
    for key in work.db.scalars(select(PatientKey).where(PatientKey.destroyed_at.is_(None))):
        if not vault.is_current(key.wrapped):
            key.wrapped = vault.rewrap(key.wrapped, str(key.patient_id))
            done += 1
    for own in work.db.scalars(select(PortalKey)):
        if not vault.is_current(own.wrapped):
            own.wrapped = vault.rewrap(own.wrapped, own.name)
            done += 1
    for account in work.db.scalars(select(Account).where(Account.totp_sealed.is_not(None))):
        if not vault.is_current(account.totp_sealed or b""):
            account.totp_sealed = vault.reseal_secret(account.totp_sealed or b"", totp_pin(account))
            done += 1
    audit.record(work, "keys.rotated", n=str(done))
    return done
