"""Who may agree in a patient's place: a power reaches no further than its part of the record, and ends with life."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from portal.domain.access_requests import Channel
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.models.audit import AuditEntry
from portal.models.consents import Consent
from portal.models.jobs import Job
from portal.models.people import Patient, Representation
from portal.services import (
    consent_changes,
    consent_ends,
    consent_receipts,
    consent_reviews,
    consent_tables,
    consents,
    patients,
)
from tests.services.test_consent_changes import AMINA, TALKED, WorkAs, accepted, asked, given, may, recipient, research

pytestmark = pytest.mark.usefixtures("sqlite_only")


def with_power(work_as: WorkAs, rights: str = "consent", slices: str = "") -> None:
    """Ben acts for Amina with these rights over this part."""
    with work_as("system") as work:
        ben = select(Representation.id).where(Representation.patient_id == patients.find(work, AMINA).id)
        changed = update(Representation).where(Representation.id.in_(ben)).values(rights=rights, slices=slices)
        work.db.execute(changed)


def amina_is(work_as: WorkAs, **facts: Any) -> None:
    with work_as("system") as work:
        work.db.execute(update(Patient).where(Patient.id == patients.find(work, AMINA).id).values(**facts))


def test_a_power_over_a_part_neither_sees_nor_decides_on_more(work_as: WorkAs) -> None:
    key = asked(work_as)
    with_power(work_as, slices="allergies")
    with work_as("ben") as work:
        amina = patients.acts_for(work)[0]
        consent = work.db.get_one(Consent, key)
        assert list(consents.of_patient(work, amina)) == []
        with pytest.raises(NotFound):
            consents.find(work, amina, key)
        for act in (
            lambda: consent_changes.give(work, amina, consent, "Ben"),
            lambda: consent_changes.refuse(work, amina, consent),
            lambda: consent_changes.withdraw(work, amina, consent, "no", "We stop."),
            lambda: consents.take_back(work, consent),
            lambda: consent_changes.limit(work, amina, [], frozenset(), "We stop."),
        ):
            with pytest.raises(NotAllowed, match="covers only: Allergies"):
                act()
    with work_as("ben", writes=False) as work:
        head = consent_tables.of_patient(work, patients.acts_for(work)[0]).head
        assert "Results" not in " ".join(head)


def test_who_acts_for_her_with_the_right_decides_and_stands_as_herself_for_her(work_as: WorkAs) -> None:
    key = asked(work_as)
    with_power(work_as, slices="results")
    with work_as("ben") as work:
        amina = patients.acts_for(work)[0]
        case = consent_changes.give(work, amina, consents.find(work, amina, key), work.actor.name)
        reference, ben = str(case.reference), work.actor
        body = consent_receipts.find(work, amina, consent_receipts.of_consent(work, amina, case.consent)[0].id)[1]
        assert body["event"]["entity_name"] == f"{ben.name} for Amina Haddad"
    with work_as("dov", writes=False) as work:
        case = consent_changes.find(work, reference)
        assert ("For whom", "Amina Haddad") in consent_tables.evidence(work, case.patient, case.consent)
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, reference))
    with work_as("system", writes=False) as work:
        told = work.db.scalars(select(Job.payload).where(Job.kind == "notice")).all()
        assert any(str(ben.id) in each and '"letter"' in each for each in told), "who gave it hears of it"


def test_a_right_to_ask_for_the_record_is_none_to_consent(work_as: WorkAs) -> None:
    key = asked(work_as)
    with_power(work_as, rights="ask download")
    with work_as("ben") as work:
        amina = patients.acts_for(work)[0]
        with pytest.raises(NotAllowed):
            consent_changes.give(work, amina, work.db.get_one(Consent, key), work.actor.name)


def test_reading_her_consents_for_her_leaves_a_line_she_reads(work_as: WorkAs) -> None:
    with work_as("ben") as work:
        consent_tables.opened(work, patients.acts_for(work)[0])
    with work_as("amina") as work:
        consent_tables.opened(work, patients.own(work))
        read = list(work.db.scalars(select(AuditEntry).where(AuditEntry.action == "consents.read")))
        assert len(read) == 1


def test_what_came_in_words_was_given_by_her_or_by_a_power_over_all_of_it(work_as: WorkAs) -> None:
    with_power(work_as, slices="allergies")
    with work_as("dov") as work:
        to, amina = recipient(work), patients.find(work, AMINA)
        ben = work.db.scalars(select(Representation).where(Representation.patient_id == amina.id)).one().account.name
        for name in ("Cora", ben):
            with pytest.raises(Invalid, match="Amina Haddad, or of somebody who is registered"):
                consent_changes.enter(work, amina, research(to), replace(TALKED, giver=name), Channel.PHONE)
    with_power(work_as, slices="results allergies")
    with work_as("dov") as work:
        amina, told = patients.find(work, AMINA), replace(TALKED, giver=f" {ben.upper()} ")
        case = consent_changes.enter(work, amina, research(recipient(work)), told, Channel.PHONE)
        assert case.consent.granted_by_name == ben.upper()


def test_a_child_does_not_agree_until_she_was_found_to_decide(work_as: WorkAs) -> None:
    key = asked(work_as)
    amina_is(work_as, birth_date=date(2014, 5, 1))
    with work_as("amina") as work, pytest.raises(NotPossible, match="Somebody else agrees for you"):
        consent_changes.give(work, patients.own(work), work.db.get_one(Consent, key), "Amina Haddad")
    with work_as("dov") as work, pytest.raises(Invalid, match="cannot agree to this herself"):
        consent_changes.enter(work, patients.find(work, AMINA), research(recipient(work)), TALKED, Channel.PHONE)
    with work_as("dov") as work:
        amina_is_found = patients.find(work, AMINA)
        amina_is_found.decides_since = work.now
    with work_as("amina") as work:
        consent_changes.give(work, patients.own(work), work.db.get_one(Consent, key), "Amina Haddad")


def test_a_child_takes_back_and_limits_all_the_same(work_as: WorkAs) -> None:
    key = accepted(work_as)
    amina_is(work_as, birth_date=date(2014, 5, 1))
    with work_as("amina") as work:
        consent_changes.withdraw(work, patients.own(work), work.db.get_one(Consent, key), "no", "We stop.")
    assert not may(work_as, key)


def test_after_a_death_nobody_is_asked_who_cannot_answer(work_as: WorkAs) -> None:
    amina_is(work_as, died_on=date(2026, 11, 20))
    with work_as("dov") as work:
        amina, terms = patients.find(work, AMINA), research(recipient(work))
        with pytest.raises(NotPossible, match="Nobody is registered"):
            consent_changes.ask(work, amina, terms)
        with pytest.raises(Invalid, match="cannot agree to this herself"):
            consent_changes.enter(work, amina, terms, TALKED, Channel.PHONE)


def test_an_event_ends_only_a_consent_that_holds_and_that_an_event_ends(work_as: WorkAs) -> None:
    key = accepted(work_as)
    with work_as("dov") as work, pytest.raises(NotPossible, match="no event ends it"):
        consent_ends.by_event(work, patients.find(work, AMINA), work.db.get_one(Consent, key))
    assert may(work_as, key)


def test_nobody_who_is_a_party_becomes_the_physician_of_a_consent(work_as: WorkAs) -> None:
    _key, reference = given(work_as)
    with work_as("dov") as work:
        case = consent_changes.find(work, reference)
        femi = case.responsible_id
        power = work.db.scalars(select(Representation).where(Representation.patient_id == case.patient_id)).one()
        power.account_id = femi
        work.db.flush()
        with pytest.raises(Invalid, match="a case of her own"):
            consent_reviews.name_physician(work, case, femi)
