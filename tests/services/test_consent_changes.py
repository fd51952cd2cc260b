"""Consent that is kept: given, looked at, in force, taken back, and everybody told."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from portal.domain.access_requests import Channel
from portal.domain.consent_changes import Change
from portal.domain.consent_receipts import MANDATORY, PARTY
from portal.domain.consent_terms import Evidence, Terms
from portal.domain.consents import Decision
from portal.domain.errors import Invalid, NotAllowed, NotPossible
from portal.domain.record_items import Category
from portal.models.cases import Case
from portal.models.consent_changes import ConsentChange, Place, Receipt
from portal.models.consents import Consent, Recipient
from portal.models.jobs import Job
from portal.models.letters import Letter
from portal.models.record_items import RecordItem
from portal.services import (
    consent_changes,
    consent_ends,
    consent_receipts,
    consent_reviews,
    consents,
    departures,
    patients,
    queues,
    staff,
)
from portal.services.queues import Which
from portal.services.sealing import seal
from portal.services.work import Work
from tests.conftest import Clockwork

WorkAs = Callable[..., AbstractContextManager[Work]]
AMINA = "amina@patients.example"
STUDY = {
    "study": "Light and lesions", "researcher": "Dr. Ana Sol", "sponsor": "Coast University", "ethics_board": "Board A",
    "ethics_number": "H26-01", "ethics_ends": "2027-06-30", "contact": "250-555-0111", "ethics_contact": "250-555-0112",
}  # fmt: skip
TALKED = Evidence(
    giver="Amina Haddad", on=date(2026, 11, 23), method="call_back", at="09:40", place="By telephone", read_out=True,
    questions="She asked who sees the pictures; we said the team alone.",
)  # fmt: skip


def recipient(work: Work, kind: str = "researcher", name: str = "The Lesion Study") -> Recipient:
    row = Recipient(name=name, kind=kind, address="1 Quad\nVictoria BC", added_by_name="Dov", added_at=work.now)
    work.db.add(row)
    work.db.flush()
    return row


def research(to: Recipient, **changes: Any) -> Terms:
    terms = Terms(
        "research",
        {to.id: to.kind},
        frozenset({Category.RESULTS}),
        ends="date",
        expires_on=date(2027, 3, 31),
        details=STUDY,
    )
    return replace(terms, **changes)


def asked(work_as: WorkAs) -> UUID:
    with work_as("dov") as work:
        return consent_changes.ask(work, patients.find(work, AMINA), research(recipient(work))).id


def given(work_as: WorkAs) -> tuple[UUID, str]:
    key = asked(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        case = consent_changes.give(work, mine, consents.find(work, mine, key), "amina  HADDAD")
        return key, str(case.reference)


def accepted(work_as: WorkAs) -> UUID:
    key, reference = given(work_as)
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, reference))
    return key


def may(work_as: WorkAs, key: UUID) -> bool:
    with work_as("dov", writes=False) as work:
        consent = work.db.get_one(Consent, key)
        to = consent.recipients[0].recipient
        return consents.may_we(work, patients.find(work, AMINA), consent.purpose, to, {Category.RESULTS}).yes


def counted(work: Work) -> tuple[int, ...]:
    return tuple(
        work.db.scalar(select(func.count()).select_from(each)) or 0 for each in (Consent, Case, Receipt, Letter, Job)
    )


def test_a_grant_takes_effect_when_the_physician_accepts_it(work_as: WorkAs) -> None:
    key, reference = given(work_as)
    assert reference.startswith("CC-2026-000001-")
    assert not may(work_as, key)
    with work_as("femi", writes=False) as work:
        rows = queues.page(work, Which.MINE, stage="in_review").rows
        assert (reference, "consent_change", Change.GRANT) in [(r.reference, r.kind, r.change) for r in rows]
        assert work.db.scalar(select(Job.id).where(Job.kind == "notice", Job.payload.contains("physician")))
    with work_as("femi") as work:
        consent_reviews.offer_talk(work, consent_changes.find(work, reference))
        consent_reviews.accept(work, consent_changes.find(work, reference))
    assert may(work_as, key)
    with work_as("amina", writes=False) as work:
        case = consent_changes.find(work, reference)
        assert (case.stage, case.outcome, case.is_open) == ("done", "granted", False)
        events = [r.event for r in consent_receipts.of_consent(work, patients.own(work), case.consent)]
        assert sorted(events) == ["accepted", "given"]


def test_a_physician_declines_with_a_reason_the_patient_reads(work_as: WorkAs) -> None:
    key, reference = given(work_as)
    with work_as("femi") as work:
        case = consent_changes.find(work, reference)
        with pytest.raises(Invalid):
            consent_reviews.decline(work, case, "no")
    with work_as("femi") as work:
        consent_reviews.decline(work, consent_changes.find(work, reference), "The study has closed in the meantime.")
    assert not may(work_as, key)
    with work_as("amina", writes=False) as work:
        mine = patients.own(work)
        newest = consent_receipts.of_consent(work, mine, consents.find(work, mine, key))[0]
        _row, body = consent_receipts.find(work, mine, newest.id)
        assert body["event"]["reason"] == "The study has closed in the meantime."


def test_row_68_a_withdrawal_at_midnight_is_carried_to_places_and_people(work_as: WorkAs, clock: Clockwork) -> None:
    key = accepted(work_as)
    with work_as("dov") as work:
        consent = work.db.get_one(Consent, key)
        place = Place(consent_id=key, added_by_name="Dov", added_at=work.now)
        seal(work, consent.patient_id, place, "name_sealed", "The website, page on lesions")
        work.db.add(place)
    clock.move(hours=15)
    with work_as("amina") as work:
        mine = patients.own(work)
        consent = consents.find(work, mine, key)
        case = consent_changes.withdraw(work, mine, consent, "after", "We send nothing more.")
        reference = str(case.reference)
        assert (case.outcome, case.tasks_open, case.talk) == ("withdrawn", 2, "after")
    assert not may(work_as, key)
    with work_as("dov") as work:
        case = consent_changes.find(work, reference)
        todo = consent_reviews.tasks(work, case)
        assert {bool(task.letter_id) for task in todo} == {True, False}, "a letter to the recipient, none to a page"
        with pytest.raises(Invalid):
            consent_reviews.do_task(work, case, todo[0].id, "ok")
        for task in todo:
            consent_reviews.do_task(work, case, task.id, "They wrote on Tuesday that it is destroyed.")
        with pytest.raises(NotPossible):
            consent_reviews.do_task(work, case, todo[0].id, "They wrote on Tuesday that it is destroyed.")
    with work_as("femi") as work:
        case = consent_changes.find(work, reference)
        assert case.is_open, "the physician has not seen it yet"
        consent_reviews.acknowledge(work, case)
        assert (case.stage, case.is_open) == ("done", False)
        assert work.db.scalars(select(Place)).one().taken_down_at


def test_a_consent_can_be_taken_back_before_it_is_accepted(work_as: WorkAs) -> None:
    key, reference = given(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        consent_changes.withdraw(work, mine, consents.find(work, mine, key), "no", "Nothing was shared.")
    with work_as("femi") as work:
        case = consent_changes.find(work, reference)
        assert (case.stage, case.outcome) == ("done", "withdrawn")
        with pytest.raises(NotPossible):
            consent_reviews.accept(work, case)
    assert not may(work_as, key)


def test_a_refusal_has_its_receipt_and_changes_nothing(work_as: WorkAs) -> None:
    key = asked(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        consent_changes.refuse(work, mine, consents.find(work, mine, key))
    with work_as("amina") as work:
        mine = patients.own(work)
        consent = consents.find(work, mine, key)
        assert [r.event for r in consent_receipts.of_consent(work, mine, consent)] == ["refused"]
        with pytest.raises(NotPossible, match="answered already"):
            consent_changes.give(work, mine, consent, "Amina Haddad")


def test_another_name_than_hers_agrees_to_nothing(work_as: WorkAs) -> None:
    key = asked(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        before = counted(work)
        with pytest.raises(Invalid, match="Type your name"):
            consent_changes.give(work, mine, consents.find(work, mine, key), "Somebody Else")
        assert counted(work) == before
    with work_as("ben") as work:
        amina, consent = patients.acts_for(work)[0], work.db.get_one(Consent, key)
    with work_as("cora") as work, pytest.raises(NotAllowed):
        consent_changes.give(work, amina, consent, "Cora")


def test_a_verbal_consent_by_telephone_is_whole_or_not_there(work_as: WorkAs) -> None:
    halves = [
        replace(TALKED, giver=""), replace(TALKED, on=None), replace(TALKED, on=date(2026, 11, 24)),
        replace(TALKED, on=date(2026, 11, 1)), replace(TALKED, method=""), replace(TALKED, at="noon"),
        replace(TALKED, place=""), replace(TALKED, read_out=False), replace(TALKED, questions=" "),
    ]  # fmt: skip
    with work_as("dov") as work:
        to, amina = recipient(work), patients.find(work, AMINA)
        before = counted(work)
        for half in halves:
            with pytest.raises(Invalid):
                consent_changes.enter(work, amina, research(to), half, Channel.PHONE)
        with pytest.raises(Invalid, match="scan"):
            consent_changes.enter(work, amina, research(to), TALKED, Channel.PAPER)
        assert counted(work) == before, "nothing is stored half"
        case = consent_changes.enter(work, amina, research(to), TALKED, Channel.PHONE)
        assert (case.stage, case.consent.granted_by_name) == ("in_review", "Amina Haddad")
        assert b"telephone" not in (case.consent.evidence_sealed or b""), "sealed"


def test_terms_that_are_not_whole_are_refused_in_one_sentence(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        to, other, amina = recipient(work), recipient(work, "insurer", "Harbour"), patients.find(work, AMINA)
        foreign = work.db.scalars(select(RecordItem.id).where(RecordItem.patient_id != amina.id)).first()
        assert foreign
        bad = [
            research(to, purpose="research photos-website"), research(to, purpose="care"), research(to, recipients={}),
            research(to, recipients={other.id: other.kind}), research(to, categories=frozenset()),
            research(to, ends=""), research(to, ends="none", ends_words="It never ends for us."),
            research(to, expires_on=date(2026, 11, 22)), research(to, expires_on=date(2027, 7, 1)),
            research(to, details={**STUDY, "sponsor": ""}),
            research(to, details={**STUDY, "ethics_ends": "2026-01-01"}),
            research(to, items=frozenset({foreign})),
            research(to, purpose="photos-teaching", recipients={other.id: "teaching"}),
        ]  # fmt: skip
        before = counted(work)
        for terms in bad:
            with pytest.raises(Invalid) as no:
                consent_changes.ask(work, amina, terms)
            assert no.value.sentence.endswith("."), terms
        assert counted(work) == before


def test_sharing_for_care_is_limited_at_once_and_the_limit_lifted(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        lab = recipient(work, "provider", "Coast Laboratory").id

    def shared() -> bool:
        with work_as("dov", writes=False) as work:
            to = work.db.get_one(Recipient, lab)
            return consents.may_we(work, patients.find(work, AMINA), "care", to, {Category.RESULTS}).yes

    assert shared()
    with work_as("amina") as work:
        to = [work.db.get_one(Recipient, lab)]
        case = consent_changes.limit(work, patients.own(work), to, frozenset({Category.RESULTS}), "We stop.")
        key = case.consent_id
        assert case.consent.decision == Decision.DENY
    assert not shared()
    with work_as("amina") as work:
        mine = patients.own(work)
        consent_changes.withdraw(work, mine, consents.find(work, mine, key), "no", "We share again.")
    assert shared()


def test_row_70_a_consent_ends_by_itself_and_she_is_reminded_before(work_as: WorkAs, clock: Clockwork) -> None:
    key = accepted(work_as)

    def a_day() -> None:
        with work_as("system") as work:
            consent_ends.carry_out(work, {}, consent_ends.due(work, {}))

    a_day()
    clock.move(days=110)
    a_day()
    a_day()
    with work_as("system", writes=False) as work:
        names = list(work.db.scalars(select(Job.name).where(Job.name.startswith("renew/"))))
        assert names == [f"renew/{key}/2027-03-31"], "once"
    assert may(work_as, key)
    clock.move(days=20)
    assert not may(work_as, key), "the day after its last day, before any job has run"
    a_day()
    a_day()
    with work_as("system", writes=False) as work:
        ended = list(work.db.scalars(select(ConsentChange).where(ConsentChange.change == Change.END)))
        assert [(case.outcome, case.tasks_open) for case in ended] == [("expired", 1)]


def test_an_open_consent_is_handed_over_when_its_physician_leaves(work_as: WorkAs) -> None:
    key, reference = given(work_as)
    with work_as("esi") as work:
        people = {line.email.partition("@")[0]: line.id for line in staff.everybody(work)}
        member = staff.find(work, people["femi"])
        assert departures.hangs_on(work, member).answers_for >= 1
        departures.deactivate(work, member, people["lena"], None, staff.rights_digest(work, member))
    with work_as("lena") as work:
        assert reference in [row.reference for row in queues.page(work, Which.MINE, stage="in_review").rows]
        consent_reviews.accept(work, consent_changes.find(work, reference))
    assert may(work_as, key)
    with work_as("amina", writes=False) as work:
        assert consent_changes.find(work, reference).responsible_id == people["lena"]


def test_every_receipt_has_the_mandatory_fields_and_maps_to_fhir(work_as: WorkAs) -> None:
    key = accepted(work_as)
    with work_as("amina", writes=False) as work:
        mine = patients.own(work)
        for row in consent_receipts.of_consent(work, mine, consents.find(work, mine, key)):
            _row, body = consent_receipts.find(work, mine, row.id)
            for section, fields in MANDATORY.items():
                assert all(body[section][each] for each in fields), (row.event, section)
            parties = body["processing"]["pii_controllers"] + body["processing"]["recipient_third_parties"]
            assert all(party[each] for party in parties for each in PARTY)
            assert '"resourceType": "Consent"' in consent_receipts.as_fhir(work, mine, row.id)
            assert "Light and lesions" in consent_receipts.as_json(work, mine, row.id)
