"""The register of disclosures: nothing enters unasked, nothing leaves it, and what is held back shows by itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.domain.disclosures import How, Wanted
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.record_items import Category
from portal.edges import Edge
from portal.models.consents import Consent, Recipient
from portal.models.disclosures import ConsentCheck, Disclosure
from portal.services import (
    access_log,
    consent_checks,
    consents,
    disclosure_lists,
    disclosure_plans,
    disclosure_register,
    disclosures,
    letter_composers,
    letters,
    patients,
    recipients,
    unasked_disclosures,
)
from portal.services.consent_checks import Asked
from portal.services.disclosures import Correction
from portal.services.unasked_disclosures import Past
from portal.services.work import Work
from tests.clinic_at_work import Week
from tests.services.test_may_we import AMINA, a_study, in_force

WorkAs = Callable[..., AbstractContextManager[Work]]
# What whoever reads the lists for her leaves in them by reading.
OWN_LOOKS = {"looked who had opened your information", "looked who had received your information"}


def somebody(work_as: WorkAs, name: str, kind: str) -> UUID:
    with work_as("dov") as work:
        return recipients.add_for(work, patients.find(work, AMINA), name, kind, "1 Quay Street\nVictoria BC").id


def letter_to(recipient: UUID) -> Wanted:
    return Wanted("care", recipient, (Category.REPORTS,), "Letter of today", "Shared care", How.FAX)


def to_police(recipient: UUID, **more: Any) -> Wanted:
    wanted = Wanted("police", recipient, (Category.ENCOUNTERS,), "The visit of 3 March", "An assault", How.BY_HAND)
    return replace(wanted, note="Written request in file 26-1234.", **more)


def gives(work_as: WorkAs, who: str, wanted: Wanted) -> UUID:
    with work_as(who) as work:
        return disclosures.disclose(work, patients.find(work, AMINA), wanted).id


def by_two(work_as: WorkAs, wanted: Wanted, first: str = "dov", second: str = "esi") -> UUID:
    with work_as(first) as work:
        plan = disclosure_plans.plan(work, patients.find(work, AMINA), wanted).id
    with work_as(second) as work:
        row, _patient, _wanted = disclosure_plans.find(work, plan)
        return disclosure_plans.let_go(work, plan, disclosure_plans.digest(row)).id


def shown(work_as: WorkAs, who: str = "amina") -> list[str]:
    with work_as(who, writes=False) as work:
        amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
        return [entry.recipient for entry in disclosure_lists.of_patient(work, amina).entries]


def told(work_as: WorkAs, who: str = "amina") -> list[str]:
    with work_as(who, writes=False) as work:
        amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
        lines = access_log.lines(work, amina, limit=100)
        return [look.what for look in lines if look.what not in OWN_LOOKS]


def test_row_86_the_register_says_to_whom_what_when_why_and_who_did_it(work_as: WorkAs) -> None:
    ito = somebody(work_as, "Dr. Ito", "provider")
    gives(work_as, "femi", letter_to(ito))
    with work_as("amina", writes=False) as work:
        entry = disclosure_lists.of_patient(work, patients.own(work)).entries[0]
    assert (entry.recipient, entry.address) == ("Dr. Ito", ("1 Quay Street", "Victoria BC"))
    assert (entry.what, entry.why, entry.how) == ("Letter of today", "Shared care", "Fax")
    assert entry.done_by == "Dr Femi Adeyemi"
    assert (entry.on, entry.recorded_at) == (work.today, work.now)
    assert entry.because == work.profile.consents.implied_words


def test_an_entry_keeps_the_name_and_address_of_then(work_as: WorkAs) -> None:
    ito = somebody(work_as, "Dr. Ito", "provider")
    gives(work_as, "dov", letter_to(ito))
    with work_as("dov") as work:
        row = work.db.get_one(Recipient, ito)
        row.name, row.address = "Dr. Ito and Partners", "2 Other Road\nNanaimo BC"
    with work_as("amina", writes=False) as work:
        entry = disclosure_lists.of_patient(work, patients.own(work)).entries[0]
    assert (entry.recipient, entry.address[0]) == ("Dr. Ito", "1 Quay Street")


@pytest.mark.parametrize("table", ["disclosures", "consent_checks"])
def test_row_87_the_database_refuses_to_change_or_remove_an_entry(work_as: WorkAs, edge: Edge, table: str) -> None:
    gives_and_asks(work_as)
    on_server = edge.sessions.kw["bind"].dialect.name == "postgresql"
    statements = [f"UPDATE {table} SET purpose = 'x'", f"DELETE FROM {table}"]  # noqa: S608
    again = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"  # noqa: S608
    statements.append(f"TRUNCATE {table} CASCADE" if on_server else again)
    for statement in statements:
        with pytest.raises(DBAPIError, match="written once"), edge.sessions.kw["bind"].begin() as connection:
            connection.execute(text(statement))


def gives_and_asks(work_as: WorkAs) -> None:
    ito = somebody(work_as, "Dr. Ito", "provider")
    gives(work_as, "dov", letter_to(ito))
    with work_as("dov") as work:
        asked = Asked("care", (Category.REPORTS,))
        assert consent_checks.ask(work, patients.find(work, AMINA), asked, work.db.get_one(Recipient, ito)).yes


def test_nothing_is_entered_under_a_consent_that_is_not_live(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        study = a_study(work).id
    wanted = replace(letter_to(study), purpose="research", categories=(Category.RESULTS,))
    before = len(shown(work_as))
    with pytest.raises(NotPossible, match="has not agreed"):
        gives(work_as, "dov", wanted)
    with work_as("dov") as work:
        key = in_force(work, work.db.get_one(Recipient, study), Category.RESULTS).id
    made = gives(work_as, "dov", wanted)
    with work_as("amina") as work:
        assert work.db.get_one(Disclosure, made).consent_id == key
        consents.take_back(work, work.db.get_one(Consent, key))
    with pytest.raises(NotPossible, match="took her consent back"):
        gives(work_as, "dov", wanted)
    assert len(shown(work_as)) == before + 1
    assert (
        told(work_as).count("wanted to give your information to somebody outside the clinic, and the portal refused")
        == 2
    )


def test_a06_a_consent_that_ends_while_a_disclosure_waits_stops_it_and_both_sides_see_why(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        study = a_study(work)
        key, recipient = in_force(work, study, Category.RESULTS).id, study.id
    wanted = replace(letter_to(recipient), purpose="research", categories=(Category.RESULTS,))
    with work_as("dov") as work:
        plan = disclosure_plans.plan(work, patients.find(work, AMINA), wanted).id
    with work_as("amina") as work:
        consents.take_back(work, work.db.get_one(Consent, key))
    before = shown(work_as)
    with work_as("dov", writes=False) as work:
        seen = disclosure_plans.digest(disclosure_plans.find(work, plan)[0])
    said = "This may not go out. The patient took her consent back"
    with pytest.raises(NotPossible, match=said), work_as("dov") as work:
        disclosure_plans.let_go(work, plan, seen)
    assert shown(work_as) == before
    assert "wanted to give your information to somebody outside the clinic, and the portal refused" in told(work_as)


def test_without_consent_it_takes_the_provision_a_note_and_two_people_where_the_profile_says_so(
    work_as: WorkAs,
) -> None:
    police = somebody(work_as, "Nanaimo RCMP", "police")
    with pytest.raises(NotPossible, match="needs two people"):
        gives(work_as, "esi", to_police(police))
    with pytest.raises(Invalid, match="what was so"):
        gives(work_as, "esi", replace(to_police(police), note=""))
    with pytest.raises(NotPossible, match="asked for this yourself"):
        by_two(work_as, to_police(police), "esi", "esi")
    with pytest.raises(NotPossible, match="has to be one of the two"):
        by_two(work_as, to_police(police), "femi", "dov")
    made = by_two(work_as, to_police(police), "dov", "esi")
    with work_as("dov", writes=False) as work:
        row = work.db.get_one(Disclosure, made)
        assert (row.done_by_name, row.second_name) == ("Dov Levin", work.db.get_one(Disclosure, made).second_name)
        assert row.second_name != row.done_by_name
        assert row.provision is not None
        assert row.provision.startswith("section 18(1)")


def test_a_law_is_no_leave_to_tell_somebody_it_does_not_name(work_as: WorkAs) -> None:
    paper = somebody(work_as, "The Daily Paper", "publisher")
    with pytest.raises(NotPossible, match="does not allow us to tell The Daily Paper"):
        by_two(work_as, to_police(paper))


def test_only_who_works_with_the_file_enters_a_disclosure(work_as: WorkAs) -> None:
    ito = somebody(work_as, "Dr. Ito", "provider")
    for who in ("amina", "ben"):
        with pytest.raises(NotAllowed):
            gives(work_as, who, letter_to(ito))
    with pytest.raises(NotFound):
        gives(work_as, "lena", letter_to(ito))


def test_what_went_out_before_is_noted_by_the_privacy_contact_and_says_so(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        past = Past("A wrong fax number", work.today - timedelta(3), "By mistake", "One letter", "Sent by mistake")
        unasked_disclosures.note_past(work, patients.find(work, AMINA), past)
    for who in ("dov", "femi", "amina"):
        with work_as(who) as work, pytest.raises(NotAllowed):
            unasked_disclosures.note_past(work, patients.find(work, AMINA), past)
    with work_as("amina", writes=False) as work:
        entry = disclosure_lists.of_patient(work, patients.own(work)).entries[0]
    assert (entry.recipient, entry.because) == ("A wrong fax number", "Sent by mistake")


def test_a_correction_is_a_new_entry_and_the_first_stays(work_as: WorkAs) -> None:
    first = gives(work_as, "dov", letter_to(somebody(work_as, "Dr. Ito", "provider")))
    with work_as("dov") as work:
        wrong = Correction("It went to Dr. Sato.", void=False, recipient="Dr. Sato")
        second = disclosures.correct(work, patients.find(work, AMINA), first, wrong).id
    with work_as("dov") as work, pytest.raises(NotPossible, match="corrected already"):
        disclosures.correct(work, patients.find(work, AMINA), first, wrong)
    with work_as("amina", writes=False) as work:
        newer, older = disclosure_lists.of_patient(work, patients.own(work)).entries[:2]
    assert {newer.id, older.id} == {first, second}
    by_id = {each.id: each for each in (newer, older)}
    assert by_id[first].corrected_by == second
    assert (by_id[second].recipient, by_id[second].wrong) == ("Dr. Sato", "It went to Dr. Sato.")
    assert by_id[second].because == "It was written down afterwards, without our check.", "nobody asked about Dr. Sato"
    with work_as("dov", writes=False) as work:
        names = [row.recipient for row, _why, _what in disclosures.recorded(work, patients.find(work, AMINA).id)]
    assert "Dr. Sato" in names
    assert "Dr. Ito" not in names


def test_an_entry_of_nothing_leaves_letters_and_notices_and_stays_in_the_register(work_as: WorkAs) -> None:
    first = gives(work_as, "dov", letter_to(somebody(work_as, "Dr. Ito", "provider")))
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        assert [row.id for row in disclosures.received_since(work, amina, work.today)] == [first]
        disclosures.correct(work, amina, first, Correction("The fax never went.", void=True))
        assert disclosures.received_since(work, amina, work.today) == []
    assert shown(work_as)[:2] == ["Dr. Ito", "Dr. Ito"]


# Held back until a day, then there by itself.


def hidden_signs(work_as: WorkAs, edge: Edge, reference: str, who: str) -> list[object]:
    """Everything in which an entry that is held back could show, for her or who acts for her."""
    with work_as(who, writes=False) as work:
        amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
        page = disclosure_lists.of_patient(work, amina)
        looks = access_log.lines(work, amina, limit=200)
        found = [
            [entry.id for entry in page.entries],
            disclosure_lists.recipients(work, amina),
            [(look.what, look.name) for look in looks if look.what not in OWN_LOOKS],
            access_log.people(work, amina),
        ]
    with work_as("dov", writes=False) as work:
        case = work.db.scalars(select(letters.Case).where(letters.Case.reference == reference)).one()
        found.append([each.name for each in letter_composers.recipients(work, case)])
    return found


def test_row_idea_18_an_entry_held_back_hints_at_nothing_and_then_shows_by_itself(
    work_as: WorkAs, edge: Edge, clock: Any
) -> None:
    reference = Week(work_as, edge).gathered()
    police = somebody(work_as, "Nanaimo RCMP", "police")
    hidden_signs(work_as, edge, reference, "ben")  # from here on he stands among those who looked
    before = {who: hidden_signs(work_as, edge, reference, who) for who in ("amina", "ben")}
    with work_as("dov", writes=False) as work:
        until = work.today + timedelta(30)
    held = to_police(police, kept_for="investigation", shown_from=until)
    made = by_two(work_as, held)
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        question = Asked("police", (Category.ENCOUNTERS,), "investigation", until)
        consent_checks.ask(work, amina, question, work.db.get_one(Recipient, police))
        row, _amina = disclosure_register.find(work, made)
        disclosure_register.one(work, amina, row)
        disclosures.correct(work, amina, made, Correction("It was the visit of 4 March.", void=False, what="4 March"))
    with pytest.raises(NotPossible), work_as("esi") as work:
        disclosures.disclose(work, patients.find(work, AMINA), held)
    for who, signs in before.items():
        assert hidden_signs(work_as, edge, reference, who) == signs, who
    with work_as("esi", writes=False) as work:
        office = disclosure_register.register(work, disclosure_lists.Only())
        assert [line.shown_from for line in office.lines[:2]] == [until, until]

    clock.move(days=29)
    assert hidden_signs(work_as, edge, reference, "amina") == before["amina"]
    clock.move(days=1)
    for who in ("amina", "ben"):
        with work_as(who, writes=False) as work:
            amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
            found = [each for each in disclosure_lists.of_patient(work, amina).entries if each.shown_from]
        assert len(found) == 2
        assert {each.recipient for each in found} == {"Nanaimo RCMP"}
        assert found[0].held_back.startswith("We told you of this later, because an investigation was open")
        assert "asked whether we may give your information to somebody outside the clinic" in told(work_as, who)
    after = hidden_signs(work_as, edge, reference, "amina")
    assert "Nanaimo RCMP" in str(after[1])
    assert "Nanaimo RCMP" in str(after[4])


def test_what_was_held_back_for_somebodys_safety_is_never_told_to_who_acts_for_her(work_as: WorkAs, clock: Any) -> None:
    police = somebody(work_as, "Nanaimo RCMP", "police")
    with work_as("dov", writes=False) as work:
        until = work.today + timedelta(5)
    by_two(work_as, to_police(police, kept_for="safety", shown_from=until))
    lines = told(work_as, "ben")
    clock.move(days=6)
    assert "Nanaimo RCMP" in shown(work_as, "amina")
    assert "Nanaimo RCMP" not in shown(work_as, "ben")
    assert told(work_as, "ben") == lines
    with work_as("ben", writes=False) as work:
        amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
        assert "Nanaimo RCMP" not in disclosure_lists.recipients(work, amina)


def test_the_question_and_its_answer_are_kept_even_when_it_is_no(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        study = a_study(work).id
    wanted = replace(letter_to(study), purpose="research", categories=(Category.RESULTS,))
    with pytest.raises(NotPossible), work_as("dov") as work:
        disclosure_plans.plan(work, patients.find(work, AMINA), wanted)
    with work_as("dov", writes=False) as work:
        (line,) = consent_checks.log(work).rows
        assert (line.asked_by, line.yes, line.recipient) == ("Dov Levin", False, "The Lesion Study")
        assert "has not agreed" in line.because
        assert len(work.db.scalars(select(ConsentCheck)).all()) == 1
    assert "asked whether we may give your information to somebody outside the clinic" in told(work_as)
    with work_as("lena", writes=False) as work:
        assert consent_checks.log(work).rows == []


def test_a_plan_waits_three_days_and_not_longer(work_as: WorkAs, clock: Any) -> None:
    police = somebody(work_as, "Nanaimo RCMP", "police")
    with work_as("dov") as work:
        plan = disclosure_plans.plan(work, patients.find(work, AMINA), to_police(police)).id
    with work_as("esi", writes=False) as work:
        assert [row.id for row, _patient in disclosure_plans.waiting(work)] == [plan]
        seen = disclosure_plans.digest(disclosure_plans.find(work, plan)[0])
    clock.move(days=3)
    with work_as("esi") as work:
        assert disclosure_plans.waiting(work) == []
        with pytest.raises(NotPossible, match="waits no longer"):
            disclosure_plans.let_go(work, plan, seen)


def test_the_register_goes_on_page_after_page(work_as: WorkAs, sqlite_only: None) -> None:
    ito = somebody(work_as, "Dr. Ito", "provider")
    for n in range(60):
        with work_as("dov") as work:
            wanted = replace(letter_to(ito), what=f"Letter {n}")
            disclosures.disclose(work, patients.find(work, AMINA), wanted)
    seen, after = [], None
    with work_as("amina", writes=False) as work:
        while True:
            only = disclosure_lists.Only(recipient="Dr. Ito")
            page = disclosure_lists.of_patient(work, patients.own(work), only, after)
            seen += [entry.what for entry in page.entries]
            if (after := page.next) is None:
                break
    assert seen == [f"Letter {n}" for n in reversed(range(60))]
    with work_as("dov", writes=False) as work:
        first = disclosure_register.register(work, disclosure_lists.Only(basis="care"))
        second = disclosure_register.register(work, disclosure_lists.Only(basis="care"), first.next)
    assert len({line.id for line in (*first.lines, *second.lines)}) == 50
