"""The table of a consent change, and the features of the field that no other system has (peers, rows 63 to 73)."""

from dataclasses import dataclass, replace
from itertools import product
from uuid import uuid4

import pytest

from portal.domain import cases, consent_changes, purposes
from portal.domain.actors import Actor, Role
from portal.domain.consent_changes import CHANGE_NAMES, WORKFLOW, Change, Outcome, Stage
from portal.domain.consent_receipts import EVENT_NAMES, STATUS, ReceiptFacts, fhir, receipt
from portal.domain.jurisdictions import profile
from portal.domain.standing import Names
from tests.domain.consent_samples import NOON

FEMI = Actor(uuid4(), "Femi", frozenset({Role.PHYSICIAN}))


@dataclass
class Sample:
    stage: str = Stage.IN_REVIEW
    change: str = Change.GRANT
    outcome: str | None = None
    tasks_open: int = 0
    responsible_id: object = FEMI.id
    patient_id: object = None
    kind: str = "consent_change"


def test_every_stage_change_and_outcome_has_its_sentence_for_both_sides() -> None:
    """All of them, so that no page ever stands without a word."""
    names = Names("Amina Haddad", "Dr Femi Adeyemi")
    seen = set()
    for stage, change, outcome in product(Stage, Change, Outcome):
        if stage == Stage.DRAFT:
            continue
        case = Sample(stage, change, outcome)
        for say in (consent_changes.for_patient, consent_changes.for_office):
            told = say(case, names)
            assert told.endswith(".")
            assert "%(" not in told
            seen.add(told)
        assert consent_changes.turn(case)
        assert cases.is_over(case) == (stage == Stage.DONE)
    assert len(seen) >= 14
    assert set(CHANGE_NAMES) == set(Change)


def test_row_73_a_talk_is_an_offer_and_never_a_gate() -> None:
    """No step asks for a talk, and what stops sharing is in the very step the patient takes."""
    for step in WORKFLOW.steps:
        assert not any("talk" in guard.__name__ for guard in step.guards), step.event
    taken = {step.event: step for step in WORKFLOW.steps}
    assert taken["withdraw_consent"].guards == ()
    assert "take_back" in taken["withdraw_consent"].effects


def test_only_the_physician_accepts_and_only_a_grant() -> None:
    def offered(case: Sample) -> dict[str, str | None]:
        return {offer.event: offer.why_not for offer in WORKFLOW.offers(case, FEMI)}

    grant, withdrawal = offered(Sample()), offered(Sample(change=Change.WITHDRAWAL))
    assert grant["accept_consent"] is None
    assert grant["acknowledge"]
    assert withdrawal["accept_consent"]
    assert withdrawal["acknowledge"] is None
    dov = Actor(None, "Dov", frozenset({Role.FRONT_OFFICE}))
    assert "accept_consent" not in {offer.event for offer in WORKFLOW.offers(Sample(), dov)}


def test_a_withdrawal_is_not_finished_while_somebody_is_not_told() -> None:
    dov = Actor(None, "Dov", frozenset({Role.FRONT_OFFICE}))
    case = Sample(Stage.TASKS, Change.WITHDRAWAL, tasks_open=1)
    assert {o.event: o.why_not for o in WORKFLOW.offers(case, dov)}["finish"]
    case.tasks_open = 0
    assert {o.event: o.why_not for o in WORKFLOW.offers(case, dov)}["finish"] is None


def test_row_72_what_the_law_allows_is_locked_and_says_why() -> None:
    rows = profile("ca-bc").consents.lawful
    assert len({row.id for row in rows}) == len(rows) >= 12
    for row in rows:
        assert not purposes.exists(row.id), "a locked row is no purpose that could be taken back"
        assert row.words.endswith(".")
        assert row.provision


FACTS = ReceiptFacts(
    receipt_id="r", record_id="c", reference="CC-2026-000001-A", principal="P-1", event="given", at=NOON, by="Amina",
    by_id="a", purpose="research", purpose_words="Research", decision="permit", information=("Results",),
    parties=(("1", "Study", "1 Quad", "by post", "researcher"),), controller=("Clinic", "Street", "mail"),
    wording="words", wording_version="1", wording_digest="0" * 64, language="en", jurisdiction="ca-bc", act="PIPA",
    validity="Until then", expires_on="2027-03-31", withdrawal="Any time", details={},
)  # fmt: skip
# FHIR R4 Consent: http://hl7.org/fhir/R4/consent.html, the required elements and the bound codes.
R4_STATUS = {"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}
R4_ELEMENTS = {
    "resourceType", "id", "identifier", "status", "scope", "category", "patient", "dateTime", "performer",
    "organization", "policyRule", "provision",
}  # fmt: skip


@pytest.mark.parametrize("event", sorted(EVENT_NAMES))
@pytest.mark.parametrize("purpose", [each.id for each in purposes.every()])
def test_row_69_a_receipt_says_what_happened_and_is_a_fhir_consent(event: str, purpose: str) -> None:
    resource = fhir(receipt(replace(FACTS, event=event, purpose=purpose)))
    assert set(resource) <= R4_ELEMENTS
    assert resource["status"] == STATUS[event]
    assert resource["status"] in R4_STATUS
    assert resource["scope"]["coding"]
    assert resource["category"]
    assert resource["policyRule"], "ppc-1: a policy or a rule"
    assert resource["provision"]["type"] in ("permit", "deny")
    assert resource["provision"]["actor"][0]["role"]["coding"]
    assert resource["provision"]["actor"][0]["reference"]
