"""Rotating the master key: everything is wrapped anew, nothing sealed is touched, and the old key can go."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.adapters.vault import Unreadable, Vault
from portal.domain.actors import OPERATOR, SYSTEM
from portal.domain.errors import NotAllowed, NotPossible
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.audit import AuditEntry
from portal.models.keys import PatientKey
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import keys, record_items, sign_ins
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.web.public.signing_in import code_at

WorkAs = Callable[..., AbstractContextManager[Work]]
NEW = b"a-new-master-key-of-32-bytes-ok!"


def with_keys(edge: Edge, *masters: bytes) -> Edge:
    """The same portal, started with other master keys."""
    return replace(edge, outside=replace(edge.outside, vault=Vault(masters)))


def rotated(edge: Edge) -> int:
    with edge.work(OPERATOR) as work:
        return keys.rotate(work)


def titles(edge: Edge) -> list[str]:
    with edge.work(SYSTEM, writes=False) as work:
        return [record_items.title_of(work, row) for row in work.db.scalars(select(RecordItem).order_by(RecordItem.id))]


def test_after_a_rotation_the_old_key_is_needed_no_more(edge: Edge, clock: Clockwork) -> None:
    old = edge.config.master_keys
    before = titles(edge)
    with edge.sessions() as db:
        sealed = db.scalars(select(RecordItem.title_sealed).order_by(RecordItem.id)).all()
        under_master = len(db.scalars(select(PatientKey)).all()) + 1  # the index key
        under_master += len(db.scalars(select(Account).where(Account.totp_sealed.is_not(None))).all())
    assert rotated(with_keys(edge, NEW, *old)) == under_master
    alone = with_keys(edge, NEW)
    assert titles(alone) == before
    with edge.sessions() as db:
        assert db.scalars(select(RecordItem.title_sealed).order_by(RecordItem.id)).all() == sealed
    with alone.work(SYSTEM) as work:
        dov = work.db.scalars(select(Account.id).where(Account.email.like("dov@%"))).one()
        assert sign_ins.use_code(work, dov, code_at(clock.at))
    with pytest.raises(Unreadable):
        titles(edge)


def test_a_second_rotation_has_nothing_to_do(edge: Edge) -> None:
    both = with_keys(edge, NEW, *edge.config.master_keys)
    rotated(both)
    assert rotated(both) == 0


def test_what_is_new_meanwhile_is_under_the_newest_key(edge: Edge) -> None:
    both = with_keys(edge, NEW, *edge.config.master_keys)
    from portal.services import patients

    with both.work(OPERATOR) as work:
        patients.register(work, "Ada", "Okafor", work.today.replace(year=1990))
    with edge.sessions() as db:
        total = len(db.scalars(select(PatientKey)).all())
    with_new = rotated(both)
    assert with_new > 0
    with edge.sessions() as db:
        wrapped = db.scalars(select(PatientKey)).all()
    assert len(wrapped) == total
    assert all(both.outside.vault.is_current(key.wrapped) for key in wrapped)


def test_with_a_key_missing_nothing_is_changed_and_it_is_said(edge: Edge) -> None:
    with edge.sessions() as db:
        before = db.scalars(select(PatientKey.wrapped).order_by(PatientKey.patient_id)).all()
    with pytest.raises(NotPossible, match="do not open"):
        rotated(with_keys(edge, NEW))
    with edge.sessions() as db:
        assert db.scalars(select(PatientKey.wrapped).order_by(PatientKey.patient_id)).all() == before


def test_a_destroyed_key_stays_destroyed(edge: Edge) -> None:
    with edge.work(SYSTEM) as work:
        mei = work.db.scalars(select(Patient.id).where(Patient.given_name == "Mei")).one()
        key = work.db.get_one(PatientKey, mei)
        key.wrapped, key.destroyed_at = b"", work.now
    rotated(with_keys(edge, NEW, *edge.config.master_keys))
    with edge.sessions() as db:
        assert db.get_one(PatientKey, mei).wrapped == b""


def test_a_rotation_is_in_the_trail_and_not_everybodys(edge: Edge, work_as: WorkAs) -> None:
    rotated(edge)
    with edge.sessions() as db:
        assert "keys.rotated" in db.scalars(select(AuditEntry.action)).all()
    for name in ("mei", "dov", "femi"):
        with work_as(name) as work, pytest.raises(NotAllowed):
            keys.rotate(work)
