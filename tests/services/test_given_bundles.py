"""What was given to an office outside stands in the register, and nobody whom the complaint names learns of it."""

from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from portal.domain.actors import Actor, Role
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.policy import Permission, allows
from portal.domain.rights import EVERYTHING
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.cases import Case
from portal.models.disclosures import Disclosure
from portal.models.people import Patient
from portal.models.scopes import disclosures_seen_by
from portal.services import (
    access_log,
    cases,
    complaint_bundles,
    complaint_work,
    complaints,
    disclosure_lists,
    disclosure_register,
    disclosures,
    files,
    given_bundles,
    patients,
    unasked_disclosures,
)
from portal.services.disclosure_lists import Only
from portal.services.disclosures import Correction
from portal.services.work import Work
from tests.conftest import Clockwork, actor_of
from tests.services.test_complaints import AMINA, WorkAs, account, sent
from tests.services.test_disclosures import gives, letter_to, somebody

OIPC = "Office of the Information and Privacy Commissioner for British Columbia"
GAVE = "wrote down that we gave your information to somebody outside the clinic"
Bundle = tuple[str, UUID]


def outside(work_as: WorkAs, body: str = "complaint", **changes: Any) -> Bundle:
    """A complaint that an office outside has, with one bundle of its papers."""
    reference = sent(work_as, straight=True, **changes)
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        complaint_work.take_outside(work, case, body, "P26-01234", work.today)
        return reference, a_bundle(work, case)


def a_bundle(work: Work, case: Any) -> UUID:
    about = {"name": "papers.pdf", "media_type": "application/pdf", "purpose": "bundle", "case_id": case.id}
    return files.keep_bytes(work, case.patient_id, b"%PDF", **about).id


def give(work_as: WorkAs, bundle: Bundle, how: str = "courier", days: int = 0, **more: Any) -> None:
    with work_as("esi") as work:
        case = complaints.find(work, bundle[0])
        given_bundles.give(work, case, bundle[1], how, work.today + timedelta(days), **more)


def given(work_as: WorkAs, bundle: Bundle) -> UUID:
    """The key of the newest entry about a complaint, after it was given."""
    give(work_as, bundle)
    return entries(work_as)[-1].id


def entries(work_as: WorkAs) -> list[Disclosure]:
    with work_as("system", writes=False) as work:
        return list(work.db.scalars(select(Disclosure).where(Disclosure.case_id.is_not(None)).order_by(Disclosure.id)))


def name(work_as: WorkAs, reference: str, who: str) -> None:
    with work_as("esi") as work:
        complaint_work.name_person(work, complaints.find(work, reference), account(work, who))


def listed(work_as: WorkAs, who: str, only: Only = disclosure_register.ALL) -> list[str]:
    with work_as(who, writes=False) as work:
        return [line.recipient for line in disclosure_register.register(work, only).lines]


def test_what_was_given_stands_in_the_register_and_the_patient_reads_all_of_it(work_as: WorkAs) -> None:
    reference, file_id = outside(work_as)
    give(work_as, (reference, file_id))
    with work_as("amina", writes=False) as work:
        entry = disclosure_lists.of_patient(work, patients.own(work)).entries[0]
        assert (entry.recipient, entry.address[0], entry.how) == (OIPC, "PO Box 9038, Stn. Prov. Govt.", "Courier")
        assert (entry.on, entry.done_by, entry.reference) == (work.today, "Esi Owusu", reference)
        assert entry.what.startswith(f"The papers of the complaint {reference} in one PDF")
        assert "P26-01234" in entry.what
        assert entry.why == "You, or somebody for you, took the complaint to them. They got this to look into it."
        assert entry.because.startswith("The Commissioner looks into a complaint")
        assert "section 18(1) of the Personal Information Protection Act" in entry.because
        assert OIPC in disclosure_lists.recipients(work, patients.own(work))
        look = next(look for look in access_log.lines(work, patients.own(work)) if look.what == GAVE)
        assert (look.disclosure, look.reference) == (str(entry.id), reference)
        assert [row.event for row in cases.history(work, complaints.find(work, reference))][-1] == "give_papers"
    assert listed(work_as, "dov")[0] == OIPC
    with work_as("system", writes=False) as work:
        assert work.db.get_one(Disclosure, entry.id).consent_id is None
        assert disclosures.details_of(work, work.db.get_one(Disclosure, entry.id))["bundle"] == str(file_id)


def test_a_step_that_moved_nothing_is_told_to_nobody_on_her_side(work_as: WorkAs) -> None:
    reference, file_id = outside(work_as)
    give(work_as, (reference, file_id))
    with work_as("amina") as work, pytest.raises(NotPossible) as no:
        complaints.satisfied(work, complaints.find(work, reference))
    assert "papers" not in no.value.sentence
    with work_as("esi") as work, pytest.raises(NotPossible) as no:
        cases.check(work, complaints.find(work, reference), "take_outside")
    assert "papers" not in no.value.sentence, "she did it herself"


def test_pressed_twice_it_is_one_entry_and_another_copy_is_entered_on_purpose(work_as: WorkAs, clock: Any) -> None:
    bundle = outside(work_as)
    give(work_as, bundle)
    give(work_as, bundle)
    give(work_as, bundle, again=True)  # the same way on the same day says nothing new
    assert len(entries(work_as)) == 1
    for how, days in (("fax", 0), ("courier", 1)):
        clock.move(days=days)
        with pytest.raises(Invalid, match="they have these papers") as no:
            give(work_as, bundle, how)
        assert no.value.field == "again"
    give(work_as, bundle, "courier", again=True)
    assert len(entries(work_as)) == 2


@pytest.mark.usefixtures("sqlite_only")
def test_a_way_and_a_day_that_cannot_be_enter_nothing(work_as: WorkAs, clock: Clockwork) -> None:
    bundle = outside(work_as)
    clock.move(days=3)
    for how, days, field in (
        ("telephone", 0, "how"),
        ("shown", 0, "how"),
        ("", 0, "how"),
        ("post", 1, "on"),
        ("post", -4, "on"),
    ):
        with pytest.raises(Invalid) as no:
            give(work_as, bundle, how, days)
        assert no.value.field == field
    with work_as("esi") as work:
        complaints.find(work, bundle[0]).outside_on = work.today - timedelta(1)
    with pytest.raises(Invalid, match="They have had the complaint since"):
        give(work_as, bundle, "post", -2)
    assert entries(work_as) == []
    give(work_as, bundle, "post", -1)
    assert [row.disclosed_on for row in entries(work_as)] == [clock().date() - timedelta(1)]


@pytest.mark.usefixtures("sqlite_only")
def test_it_is_recorded_by_who_decides_and_only_while_an_office_outside_has_had_it(work_as: WorkAs) -> None:
    reference = sent(work_as, straight=True)
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        key = a_bundle(work, case)
        with pytest.raises(NotPossible, match="No office outside has this complaint"):
            given_bundles.give(work, case, key, "post", work.today)
        complaint_work.take_outside(work, case, "conduct", "C-9", work.today)
    for who in ("dov", "femi"):
        with work_as(who) as work, pytest.raises(NotAllowed):
            given_bundles.give(work, complaints.find(work, reference), key, "post", work.today)
    with work_as("esi") as work, pytest.raises(NotFound):
        given_bundles.give(work, complaints.find(work, reference), account(work, "esi"), "post", work.today)
    with work_as("esi") as work:
        complaint_work.end_outside(work, complaints.find(work, reference), "settled")
    give(work_as, (reference, key), "post")  # what went out before it ended, recorded late
    (row,) = entries(work_as)
    assert row.recipient == "College of Physicians and Surgeons of British Columbia"
    with work_as("esi", writes=False) as work:
        case = complaints.find(work, reference)
        assert (case.stage, cases.history(work, case)[-1].event) == ("closed", "give_papers")


@pytest.mark.usefixtures("sqlite_only")
def test_given_to_one_office_is_not_given_to_the_other(work_as: WorkAs) -> None:
    reference, key = outside(work_as)
    give(work_as, (reference, key))
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        complaint_work.end_outside(work, case, "settled")
        complaint_work.take_outside(work, case, "conduct", "C-9", work.today)
        complaint_bundles.take(work, case, key)
    with work_as("esi", writes=False) as work:
        (bundle,) = given_bundles.bundles(work, complaints.find(work, reference))
        assert (bundle.taken_on, len(bundle.given)) == (work.today, 1)
    give(work_as, (reference, key))
    assert len({row.recipient for row in entries(work_as)}) == 2


def test_who_downloaded_it_and_recorded_nothing_is_reminded(work_as: WorkAs, clock: Clockwork) -> None:
    reference = sent(work_as, straight=True)

    def reminded() -> bool:
        with work_as("esi", writes=False) as work:
            (bundle,) = given_bundles.bundles(work, complaints.find(work, reference))
            return bundle.taken_on is not None

    with work_as("esi") as work:
        case = complaints.find(work, reference)
        key = a_bundle(work, case)
        complaint_bundles.take(work, case, key)  # to look at, before anybody outside had it
    clock.move(days=1)
    with work_as("esi") as work:
        complaint_work.take_outside(work, complaints.find(work, reference), "complaint", "P26-1", work.today)
    assert not reminded()
    with work_as("esi") as work:
        complaint_bundles.take(work, complaints.find(work, reference), key)
    assert reminded()
    give(work_as, (reference, key))
    assert not reminded()
    with work_as("esi") as work:
        row = entries(work_as)[0]
        disclosures.correct(work, patients.find(work, AMINA), row.id, Correction("The courier never came.", void=True))
    assert reminded(), "what was not given after all has still to be given"
    with work_as("esi") as work:
        case = complaints.find(work, reference)
        a_bundle(work, case)
        older, newer = given_bundles.bundles(work, case)
    assert (older.taken_on, newer.taken_on) == (None, None), "an older one may be a draft that she looked at"


# Whom the complaint names.


def signs(work_as: WorkAs, who: str) -> list[object]:
    """Everything in the office by which somebody could learn that there is an entry."""
    found: list[object] = []
    with work_as(who, writes=False) as work:
        amina = patients.find(work, AMINA)
        for only in (Only(), Only(number=amina.number), Only(basis="law"), Only(since=work.today)):
            page = disclosure_register.register(work, only)
            found.append(([line.id for line in page.lines], page.next))
        found.append([row.id for row in disclosures.received_since(work, amina, work.today)])
        found.append([row.recipient for row, _why, _what in disclosures.recorded(work, amina.id)])
    return found


def test_whom_the_complaint_names_finds_the_entry_nowhere_and_cannot_touch_it(work_as: WorkAs) -> None:
    ito = somebody(work_as, "Dr. Ito", "provider")
    for n in range(disclosure_lists.PAGE - len(listed(work_as, "femi"))):  # one page, and not one line more
        gives(work_as, "esi", replace(letter_to(ito), what=f"Letter {n}"))
    before = {who: signs(work_as, who) for who in ("femi", "dov")}
    assert before["femi"][0][1] is None  # type: ignore[index]
    entry = given(work_as, outside(work_as, names=("femi", "dov")))
    for who, seen in before.items():
        assert signs(work_as, who) == seen, who
        with work_as(who) as work:
            amina = patients.find(work, AMINA)
            with pytest.raises(NotFound):
                disclosure_register.find(work, entry)
            with pytest.raises(NotFound):
                disclosures.correct(work, amina, entry, Correction("It is not so.", void=True))
    assert signs(work_as, "esi")[0] != before["femi"][0]
    with work_as("amina", writes=False) as work:
        assert entry in [each.id for each in disclosure_lists.of_patient(work, patients.own(work)).entries]


def test_a_person_named_later_loses_it_at_once_and_letters_of_other_cases_leave_it_out(work_as: WorkAs) -> None:
    before = signs(work_as, "femi")
    reference, key = outside(work_as)
    entry = given(work_as, (reference, key))
    for who in ("femi", "dov"):
        assert OIPC in listed(work_as, who), who
        assert entry in signs(work_as, who)[4], who  # type: ignore[operator]
        assert OIPC not in str(signs(work_as, who)[5]), "who reads a letter of another case later cannot be known"
    with work_as("femi") as work:
        row, amina = disclosure_register.find(work, entry)
        assert disclosure_register.one(work, amina, row).reference == reference
    with work_as("system") as work:
        case = complaints.find(work, reference)
        case.people.append(complaint_work.ComplaintPerson(account_id=account(work, "femi")))
    assert signs(work_as, "femi") == before
    with work_as("femi", writes=False) as work, pytest.raises(NotFound):
        disclosure_register.find(work, entry)
    with work_as("dov", writes=False) as work:
        amina = patients.find(work, AMINA)
        assert OIPC in listed(work_as, "dov"), "he works the complaint"
        assert OIPC not in [row.recipient for row, _why, _what in disclosures.recorded(work, amina.id)]
        assert disclosures.received_since(work, amina, work.today) == []


def test_the_list_and_the_leave_agree(work_as: WorkAs, edge: Edge) -> None:
    """For every mix of roles, named or not, who covers for somebody named, or acts for the patient."""
    open_to_all = given(work_as, outside(work_as))
    about_femi = given(work_as, outside(work_as, names=("femi",)))
    about_dov = given(work_as, outside(work_as, names=("dov",), body="conduct"))
    keys = {who: actor_of(edge, who).id for who in ("femi", "lena", "dov", "esi")}
    work_roles = (Role.FRONT_OFFICE, Role.PHYSICIAN, Role.ADMINISTRATOR, Role.PATIENT)
    mixes = [frozenset({a, b}) for a, b in product(work_roles, work_roles)]
    seen: set[UUID] = set()
    with work_as("system", writes=False) as work:
        amina = patients.find(work, AMINA)
        rows = list(work.db.scalars(select(Disclosure).where(Disclosure.patient_id == amina.id)))
        for who, roles, covers, acts in product(keys, mixes, (False, True), (False, True)):
            covered = frozenset({keys["femi"]} if covers and keys["femi"] else ())
            held = {amina.id: EVERYTHING} if acts else {}
            actor = Actor(keys[who], who, roles, None, frozenset(held), covers=covered, powers=held)
            found = set(work.db.scalars(select(Disclosure.id).where(disclosures_seen_by(actor))))
            assert found & {row.id for row in rows} == {row.id for row in rows if opens(work, actor, row)}, actor
            named = {"femi": about_femi, "dov": about_dov}.get(who)
            assert named not in found, actor
            seen |= found
        assert {open_to_all, about_femi, about_dov} <= seen


def opens(work: Work, actor: Actor, row: Disclosure) -> bool:
    at_work = replace(actor, roles=actor.roles - {Role.PATIENT})
    if not allows(at_work, Permission.DISCLOSURES_RECORD, work.db.get_one(Patient, row.patient_id)):
        return False
    return row.case_id is None or allows(at_work, Permission.REQUEST_VIEW, work.db.get_one(Case, row.case_id))


@pytest.mark.usefixtures("sqlite_only")
def test_who_acts_for_her_reads_nothing_of_it_also_where_he_is_a_colleague(work_as: WorkAs, edge: Edge) -> None:
    ben, amina = actor_of(edge, "ben"), actor_of(edge, "amina").patient_id
    assert amina is not None
    colleague = replace(ben, roles=frozenset({Role.PATIENT, Role.FRONT_OFFICE}))

    def reads(actor: Actor) -> list[object]:
        with edge.work(actor) as work:
            hers = work.db.get_one(Patient, amina)
            looks = access_log.lines(work, hers, limit=1000)
            return [
                [each.id for each in disclosure_lists.of_patient(work, hers).entries],
                disclosure_lists.recipients(work, hers),
                [(look.what, look.reference) for look in looks if look.actor != str(actor.id)],
                [name for key, name in access_log.people(work, hers) if key != str(actor.id)],
            ]

    bundle = outside(work_as)
    before = {actor: reads(actor) for actor in (ben, colleague)}
    entry = given(work_as, bundle)
    with work_as("esi") as work:
        row, patient = disclosure_register.find(work, entry)
        disclosure_register.one(work, patient, row)
        disclosures.correct(work, patient, entry, Correction("It was the other envelope.", void=False, what="All"))
    for actor, seen in before.items():
        assert reads(actor) == seen, actor.roles
    with edge.work(colleague, writes=False) as work:
        assert OIPC not in [line.recipient for line in disclosure_register.register(work).lines]
        with pytest.raises(NotFound):
            disclosure_register.find(work, entry)
    with work_as("system", writes=False) as work:
        of_it = select(AuditEntry).where(AuditEntry.text.contains(str(row.case_id)))
        assert all(line.hers_alone for line in work.db.scalars(of_it))
        reads_of_it = of_it.where(AuditEntry.action == "register.read").subquery()
        assert work.db.scalar(select(func.count()).select_from(reads_of_it)) == 1


# Corrections, and what is bound later.


@pytest.mark.usefixtures("sqlite_only")
def test_a_correction_stays_with_its_complaint(work_as: WorkAs) -> None:
    entry = given(work_as, outside(work_as, names=("dov",)))
    with work_as("esi") as work:
        amina = patients.find(work, AMINA)
        disclosures.correct(work, amina, entry, Correction("It went to a lawyer.", void=False, recipient="Counsel"))
    first, second = entries(work_as)
    assert (second.case_id, second.hers_alone, second.basis) == (first.case_id, True, "noted")
    assert "Counsel" not in listed(work_as, "dov")
    with work_as("amina", writes=False) as work:
        shown = {each.id: each for each in disclosure_lists.of_patient(work, patients.own(work)).entries}
    assert shown[second.id].because == "It was written down afterwards, without our check."
    assert shown[second.id].address == ()


@pytest.mark.usefixtures("sqlite_only")
def test_our_letter_to_them_about_a_correction_stays_with_the_complaint_too(work_as: WorkAs) -> None:
    """And one that came back is taken back by whoever opens the post, also where she may not see the complaint."""
    reference, key = outside(work_as)
    entry = given(work_as, (reference, key))
    with work_as("dov") as work:
        amina, before = patients.find(work, AMINA), work.db.get_one(Disclosure, entry)
        told = unasked_disclosures.enter_notice(work, amina, before, "post", "So that they know", "Letter", work.today)
        key = told.id
    name(work_as, reference, "dov")
    assert OIPC not in listed(work_as, "dov")
    with work_as("dov") as work:
        disclosures.take_back(work, patients.find(work, AMINA), key, "It came back.")
    assert [row.void for row in entries(work_as)] == [False, False, True]
    assert OIPC not in listed(work_as, "dov")
    with work_as("esi", writes=False) as work:
        assert len(given_bundles.of_case(work, complaints.find(work, reference))) == 1


@pytest.mark.usefixtures("sqlite_only")
def test_papers_that_are_bound_later_say_what_was_given_before(work_as: WorkAs) -> None:
    bundle = outside(work_as)

    def chapters() -> dict[str, Any]:
        with work_as("system", writes=False) as work:
            bound = complaint_bundles.to_bind(work, {"case": str(complaints.find(work, bundle[0]).id)})
            assert bound is not None
            return {chapter.anchor: chapter for chapter in bound.chapters}

    assert "given" not in chapters()
    give(work_as, bundle)
    assert chapters()["given"].rows == (("Monday 23 November 2026", OIPC, "Courier", "Esi Owusu"),)
