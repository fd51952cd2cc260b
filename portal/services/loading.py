"""Synthetic cases in bulk, for measuring a portal that is as full as a real one; never beside real people."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import insert

from portal.domain import clocks, references
from portal.domain.access_requests import Channel, Delivery, FeeStage, Mode, Outcome, Stage
from portal.domain.clocks import LedgerEntry, LedgerKind
from portal.domain.errors import NotPossible
from portal.domain.names import sort_key
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.base import new_id
from portal.models.cases import Case, CaseEvent, LedgerRow
from portal.models.keys import PatientKey
from portal.models.people import Patient, PatientWord, word_rows
from portal.services import demo
from portal.services.work import Work

GIVEN = ("Ana", "Boris", "Chloé", "Deniz", "Elif", "Farid", "Greta", "Hugo", "Inès", "Jamal")
FAMILY = ("Abbott", "Brandt", "Castillo", "Dlamini", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jansen")
STAGES = (Stage.RECEIVED, Stage.GATHERING, Stage.AWAITING_PATIENT, Stage.IN_REVIEW, Stage.DECIDING, Stage.CLOSED)
PATIENTS_A_CASE = 3
BATCH = 1000


def fill(work: Work, number: int) -> None:
    """Make ``number`` cases, a third as many patients, and two physicians. Raises NotPossible unless it is empty."""
    work.must(Permission.PATIENT_REGISTER)
    if not demo.is_empty(work):
        raise NotPossible(_("There are people in this database already, so no synthetic cases are put into it."))
    physicians = [
        Account(email=f"physician{n}@load.example", name=f"Dr Load {n}", roles="physician", made_at=work.now)
        for n in (1, 2)
    ]
    work.db.add_all(physicians)
    work.db.flush()
    patients = [_patient(work, n, physicians[n % 2]) for n in range(max(1, number // PATIENTS_A_CASE))]
    _insert(work, Patient.__table__, patients)
    named = ((p["id"], p["given_name"], p["family_name"]) for p in patients)
    _insert(work, PatientWord.__table__, (row for each in named for row in word_rows(*each)))
    keys = ({"patient_id": p["id"], "wrapped": _wrapped(work, p), "made_at": work.now} for p in patients)
    _insert(work, PatientKey.__table__, keys)
    made = [_case(work, n, patients[n % len(patients)]) for n in range(number)]
    for table, rows in (
        (Case.__table__, (case for case, _request in made)),
        (AccessRequest.__table__, (request for _case, request in made)),
        (LedgerRow.__table__, (_ledger(case) for case, _request in made)),
        (CaseEvent.__table__, (_event(case) for case, _request in made)),
    ):
        _insert(work, table, rows)


def _insert(work: Work, table: Any, rows: Any) -> None:
    for batch in _batches(iter(rows)):
        work.db.execute(insert(table), batch)


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch


def _wrapped(work: Work, patient: dict[str, Any]) -> bytes:
    return work.outside.vault.new_key(str(patient["id"]))


def _patient(work: Work, n: int, physician: Account) -> dict[str, Any]:
    given, family = GIVEN[n % len(GIVEN)], FAMILY[n // len(GIVEN) % len(FAMILY)]
    return {
        "id": new_id(),
        "number": f"L-{n:07d}",
        "given_name": given,
        "family_name": family,
        "sort_key": sort_key(given, family),
        "birth_date": work.today - timedelta(days=7000 + n % 20000),
        "language": "en",
        "jurisdiction": work.clinic.jurisdiction,
        "responsible_id": physician.id,
        "registered_at": work.now,
    }


def _case(work: Work, n: int, patient: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    received = work.today - timedelta(days=n * 7919 % 60)
    clock = _clock(work, received)
    stage = STAGES[n // 7 % len(STAGES)]
    case = {
        "id": new_id(),
        "kind": "access_request",
        "reference": references.make("AR", 2000 + n // references.MOST, n % references.MOST + 1),
        "patient_id": patient["id"],
        "channel": Channel.PAPER,
        "responsible_id": patient["responsible_id"],
        "jurisdiction": patient["jurisdiction"],
        "rules_version": work.profile.version,
        "stage": stage,
        "outcome": Outcome.RELEASED_IN_FULL if stage == Stage.CLOSED else None,
        "started_at": work.now,
        "received_on": received,
        "due_on": clock.due,
        "target_on": clock.internal_target,
        "closed_at": work.now if stage == Stage.CLOSED else None,
        "is_open": stage != Stage.CLOSED,
        "version": 1,
    }
    request = {
        "id": case["id"],
        "mode": Mode.COPY,
        "delivery": Delivery.DOWNLOAD,
        "complete": True,
        "fee_stage": FeeStage.NONE,
        "items_gathered": 0,
        "items_judged": 0,
        "items_released": 0,
        "package_built": False,
        "package_failed": False,
    }
    return case, request


_CLOCKS: dict[Any, clocks.Clock] = {}


def _clock(work: Work, received: Any) -> clocks.Clock:
    if received not in _CLOCKS:
        entry = LedgerEntry(LedgerKind.RECEIVED, received)
        _CLOCKS[received] = clocks.replay(work.profile, "access", [entry])
    return _CLOCKS[received]


def _ledger(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": case["id"],
        "position": 1,
        "kind": LedgerKind.RECEIVED,
        "on": case["received_on"],
    }


def _event(case: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": case["id"],
        "position": 1,
        "event": "register",
        "stage_before": Stage.DRAFT,
        "stage_after": Stage.RECEIVED,
        "actor_name": "Load",
        "actor_role": "operator",
        "for_patient": False,
        "at": case["started_at"],
    }
