"""What is entered into the register without our question "may we?": it went out before, or the law answers for us."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.domain import disclosures as rules
from portal.domain.disclosures import Basis
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Body
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.complaints import Complaint
from portal.models.disclosures import Disclosure
from portal.models.people import Patient
from portal.services import audit
from portal.services.disclosures import about_case, details_of, seal_words, told_of
from portal.services.work import Work


@dataclass(frozen=True)
class Past:
    """What went out without our check: before there was a portal, or by mistake. ``basis`` says what it rested on."""

    recipient: str
    on: date
    why: str
    what: str
    basis: str
    address: tuple[str, ...] = ()
    how: str = ""


def note_past(work: Work, patient: Patient, past: Past) -> Disclosure:
    """Enter what went out earlier without our check, so that the register is whole. The privacy contact's alone."""
    work.must(Permission.DISCLOSURES_NOTE, patient)
    if past.on > work.today:
        raise Invalid(_("That day has not come yet. Give the day it went out."), "on")
    for words, field in ((past.recipient, "recipient"), (past.what, "what"), (past.why, "why"), (past.basis, "basis")):
        rules.check_words(words, _("Fill this in, so that the patient knows it."), field)
    row = _begin(work, patient, past.on, recipient=past.recipient.strip()[:200], basis=Basis.NOTED.value)
    details = {"address": list(past.address), "how": past.how.strip(), "basis": past.basis.strip(), "categories": []}
    return _enter(work, row, past.why.strip(), past.what.strip(), details)


def enter_notice(
    work: Work, patient: Patient, before: Disclosure, how: str, why: str, what: str, on: date
) -> Disclosure:
    """Enter that one who received something was told of a correction: the law asks for it, so no consent is asked.

    It is told to the patient when the entry before it is, and to nobody else; about a case where that one is.
    """
    work.must(Permission.DISCLOSURES_RECORD, patient)
    law = work.profile.corrections.to_tell
    same = ("recipient", "recipient_id", "shown_from", "hers_alone", "kept_for", "case_id")
    row = _begin(work, patient, on, **{name: getattr(before, name) for name in same})
    row.basis, row.provision = Basis.LAW.value, law.provision
    details = _by_law(details_of(work, before).get("address", []), how, law.words)
    return _enter(work, row, why, what, details)


@dataclass(frozen=True)
class Papers:
    """What was given of a complaint to the office outside that has it: which bundle, how, when, and their own number.

    ``bundle`` is empty for an answer to a question of theirs. ``why`` and ``what`` are words the patient reads.
    """

    body: Body
    number: str
    bundle: str
    how: str
    on: date
    why: str
    what: str


def enter_papers(work: Work, case: Complaint, papers: Papers) -> Disclosure:
    """Enter that the papers of a complaint went to the office outside that has it: by law, so no consent is asked.

    It is told to whom the complaint is told: the patient alone; and at the clinic to who may see the complaint.
    """
    work.must(Permission.DISCLOSURES_RECORD, case.patient)
    if papers.body.papers is None:
        raise ValueError(f"no law is known by which {papers.body.id} may have papers")
    row = _begin(work, case.patient, papers.on, recipient=papers.body.name[:200], case_id=case.id)
    row.basis, row.provision = Basis.LAW.value, papers.body.papers.provision[:200]
    row.shown_from, row.hers_alone = None, audit.told_of(case).hers_alone
    details = _by_law(papers.body.address, papers.how, papers.body.papers.words)
    details |= {"number": papers.number, **({"bundle": papers.bundle} if papers.bundle else {})}
    return _enter(work, row, papers.why, papers.what, details)


def _begin(work: Work, patient: Patient, on: date, **known: Any) -> Disclosure:
    row = Disclosure(patient_id=patient.id, recorded_at=work.now, disclosed_on=on, void=False)
    row.hers_alone = False
    for name, value in known.items():
        setattr(row, name, value)
    row.done_by_id, row.done_by_name, row.done_by_role = work.actor.id, work.actor.name, work.actor.role.value
    return row


def _by_law(address: Sequence[str], how: str, words: str) -> dict[str, Any]:
    return {"address": list(address), "categories": [], "how": how, "note": "", "basis": words}


def _enter(work: Work, row: Disclosure, why: str, what: str, details: dict[str, Any]) -> Disclosure:
    seal_words(work, row, why, what, details)
    work.db.add(row)
    facts = {"disclosure": str(row.id), **about_case(work, row)}
    audit.record_told(work, told_of(row), "disclosure.recorded", row.patient_id, **facts)
    return row
