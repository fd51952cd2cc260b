"""What the audit trail holds about the cases of a complaint, told in words beside the trail's own names of it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from portal.domain import histories
from portal.domain.access_log import LOOKED
from portal.domain.actors import Role
from portal.domain.words import _
from portal.domain.zones import zone
from portal.models.audit import AuditEntry
from portal.models.cases import Case, CaseEvent
from portal.services import cases
from portal.services.work import Work

AT_ONCE = 500  # lines that are held while they are read
# The clinic's own work on a complaint: no office outside reads of it, as the patient does not.
INTERNAL = frozenset({"investigate"})
Table = tuple[tuple[str, ...], ...]


def of_cases(work: Work, about: Sequence[Case]) -> tuple[tuple[str, ...], Table]:
    """The head and every line about these cases, oldest first, each with the beginning of its digest.

    Of a chain that may be long only these lines are read, and none of them is left out.
    For whoever was allowed to have the papers of the complaint, who asks leave.
    """
    keys, numbers = {str(case.id) for case in about}, {case.reference for case in about if case.reference}
    named = or_(*(AuditEntry.text.contains(name, autoescape=True) for name in sorted(keys | numbers)))
    columns = AuditEntry.at, AuditEntry.action, AuditEntry.text, AuditEntry.digest
    query = select(*columns).where(AuditEntry.chain == str(about[0].patient_id), named).order_by(AuditEntry.position)
    rows = []
    for entry in work.db.execute(query.execution_options(yield_per=AT_ONCE)):
        facts = json.loads(entry.text)
        if facts.get("case") in keys or facts.get("reference") in numbers:
            if not (words := _in_words(entry.action, facts)):
                continue
            rows.append((when(work, entry.at), facts["name"], words, entry.action, entry.digest[:16]))
    head = (_("When"), _("Who"), _("What, as the patient reads it"), _("Entry"), _("Fingerprint"))
    return head, tuple(rows)


def steps(work: Work, case: Case) -> list[CaseEvent]:
    """What happened in a case, but for the clinic's own work on it. For whoever was allowed to have the papers."""
    return [row for row in cases.history(work, case) if row.event not in INTERNAL]


def _in_words(action: str, facts: Any) -> str:
    """A line of the trail as a sentence; empty for what the patient does not read either."""
    area, _dot, event = action.partition(".")
    if area == "case" and event in INTERNAL:
        return ""
    if area == "case" and event in histories.DONE:
        return histories.sentence(event, facts["name"], Role(facts["role"]))
    return _(LOOKED[action]) if action in LOOKED else ""


def when(work: Work, at: datetime) -> str:
    """Day and time at the clinic."""
    return at.astimezone(zone(work.clinic.time_zone)).strftime("%Y-%m-%d %H:%M")
