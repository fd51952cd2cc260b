"""The two letters of a complaint: that it came, and the answer; both name the ways outside."""

from dataclasses import replace
from typing import Any

from portal.domain import complaint_rules
from portal.domain import letters as compose_letters
from portal.domain.complaints import FINDING_SENTENCES, Finding
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.services import letters, patients
from portal.services.sealing import unseal
from portal.services.work import Work


def compose(work: Work, case: Any, kind: str, facts: dict[str, Any]) -> Letter:
    """The letter in the reader's language; ``facts`` holds the answer where there is one."""
    work.must(Permission.REQUEST_VIEW, case)
    with speaking(letters.language_of(work, case)):
        known = replace(letters.facts_of(work, case), received_on=case.received_on, due=case.due_on)
        if kind == "complaint_receipt":
            title = _(complaint_rules.find_kind(case.about).title)
            counted = unseal(work, case.patient_id, case, "arithmetic_sealed")
            return compose_letters.complaint_receipt(known, title, case.linked_reference, counted)
        answer = facts["answer"]
        name, title, _licence = patients.title_of(work, work.actor.id)
        told = [
            unseal(work, case.patient_id, answer, column)
            for column in ("findings_sealed", "remedy_sealed", "change_sealed")
        ]
        signed = replace(known, signed_by=(name or work.actor.name, title or work.actor.title))
        return compose_letters.complaint_answer(signed, _(FINDING_SENTENCES[Finding(answer.finding)]), *told)
