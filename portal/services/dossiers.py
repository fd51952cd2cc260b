"""All that lies in a case, for those who work it: read together, so that its page asks the database few questions."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import set_committed_value

from portal.domain import histories
from portal.domain.actors import Actor, Role
from portal.domain.errors import NotFound
from portal.domain.fees import FeeEstimate as Estimate
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest, FeeEstimate
from portal.models.accounts import Account
from portal.models.cases import Case, CaseEvent, IdentityCheck, LedgerRow
from portal.models.letters import Letter as LetterRow
from portal.models.people import Patient
from portal.models.record_items import RecordImport
from portal.models.scopes import cases_seen_by
from portal.services import cases
from portal.services.cases import who_did
from portal.services.identity import IDENTITY_METHODS
from portal.services.record_imports import Imported
from portal.services.sealing import unseal, unseal_json
from portal.services.work import Work

GIVES_BACK = frozenset({"return_review", "send_back"})
# A case with its people, and what lies in it. Put together once: making a statement costs as much as running it.
WHO = (AccessRequest.responsible, AccessRequest.owner, AccessRequest.requested_by)
WITH_PEOPLE = (
    select(AccessRequest)
    .options(*(joinedload(who).load_only(Account.name) for who in WHO))
    .where(Case.reference == bindparam("reference"))
)
LEDGER = select(LedgerRow).where(LedgerRow.case_id == bindparam("case")).order_by(LedgerRow.position)
LETTERS = (
    select(LetterRow)
    .where(LetterRow.case_id == bindparam("case"))
    .order_by(LetterRow.written_at.desc(), LetterRow.id.desc())
)


@dataclass(frozen=True)
class Told:
    """Something that was done, with what was noted then."""

    at: datetime
    what: str
    who: str
    note: str
    row: Any


@lru_cache(maxsize=256)
def _seen_by(actor: Actor) -> Select[AccessRequest]:
    return WITH_PEOPLE.where(cases_seen_by(actor))


def find(work: Work, reference: str) -> AccessRequest:
    """The access request of a reference with its people, to look at. Raises NotFound."""
    request = work.db.scalars(_seen_by(work.actor), {"reference": reference.upper()}).one_or_none()
    if request is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    set_committed_value(request, "ledger", list(work.db.scalars(LEDGER, {"case": request.id})))
    return request


def history(work: Work, request: Case, checks: Sequence[Told]) -> list[Told]:
    """The steps of a case in order, each in a past sentence with its note; ``checks`` are its identity checks."""
    methods = iter([check.row.method for check in checks])
    return [
        Told(
            row.at,
            histories.sentence(
                row.event,
                _did_for(request, row),
                Role(row.actor_role),
                next(methods, "") if row.event == "check_identity" else "",
            ),
            who_did(row),
            unseal(work, request.patient_id, row, "note_sealed"),
            row,
        )
        for row in cases.history(work, request)
    ]


def _did_for(request: Case, row: Any) -> str:
    """Who took a step; a representative with the patient she took it for."""
    if not row.for_patient:
        return who_did(row)
    return _("%(name)s for %(patient)s", name=who_did(row), patient=request.patient.name)


def given_back(work: Work, request: AccessRequest) -> Told | None:
    """Why the case came back to whoever has it now; nothing once anything else has happened since."""
    work.must(Permission.REQUEST_VIEW, request)
    newest = select(CaseEvent).where(CaseEvent.case_id == request.id).order_by(CaseEvent.position.desc()).limit(1)
    row = work.db.scalars(newest).one_or_none()
    if row is None or row.event not in GIVES_BACK:
        return None
    note = unseal(work, request.patient_id, row, "note_sealed")
    return Told(row.at, histories.sentence(row.event, who_did(row), Role(row.actor_role)), who_did(row), note, row)


def identity_checks(work: Work, request: AccessRequest) -> list[Told]:
    """How the clinic made sure who is asking, oldest first."""
    work.must(Permission.REQUEST_VIEW, request)
    query = select(IdentityCheck).where(IdentityCheck.case_id == request.id).order_by(IdentityCheck.at)
    return [
        Told(
            row.at,
            _(IDENTITY_METHODS[row.method]),
            row.by_name,
            unseal(work, request.patient_id, row, "note_sealed"),
            row,
        )
        for row in work.db.scalars(query)
    ]


def estimates(work: Work, request: AccessRequest) -> list[tuple[FeeEstimate, Estimate, str]]:
    """Every fee estimate of a case with its lines and what the patient wrote to it, newest first."""
    work.must(Permission.REQUEST_VIEW, request)
    query = select(FeeEstimate).where(FeeEstimate.case_id == request.id).order_by(FeeEstimate.made_at.desc())
    return [
        (row, Estimate.from_json(json.loads(row.lines)), unseal(work, request.patient_id, row, "reason_sealed"))
        for row in work.db.scalars(query)
    ]


def letters(work: Work, request: Case) -> tuple[list[LetterRow], Letter | None]:
    """The letters of a case, newest first, and what the newest says; the others stay unopened."""
    work.must(Permission.REQUEST_VIEW, request)
    rows = list(work.db.scalars(LETTERS, {"case": request.id}))
    if not rows:
        return rows, None
    return rows, Letter.from_json(unseal_json(work, request.patient_id, rows[0], "body_sealed"))


def last_import(work: Work, request: AccessRequest) -> tuple[RecordImport, Imported] | None:
    """The last reading of the EMR's export for this case, with what became of every resource."""
    work.must(Permission.RECORD_COUNT, request)
    query = select(RecordImport).where(RecordImport.case_id == request.id).order_by(RecordImport.at.desc()).limit(1)
    row = work.db.scalars(query).one_or_none()
    return (row, Imported(**json.loads(row.counts))) if row else None


def has_items(work: Work, patient: Patient) -> bool:
    """Whether the portal holds any entry of this patient's record."""
    work.must(Permission.RECORD_COUNT, patient)
    return work.db.scalar(select(RecordImport.id).where(RecordImport.patient_id == patient.id).limit(1)) is not None
