"""Who acts for a patient: registered with a paper, checked, narrowed, ended; a young person's own word; a death."""

import json
from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain import representatives as rules
from portal.domain.access_requests import Delivery, Stage
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.record_items import Category
from portal.domain.representatives import EndReason, Life, Standing, Wanted
from portal.domain.rights import Right
from portal.domain.wishes import Scope, Wishes
from portal.models.accounts import Account
from portal.models.jobs import Job
from portal.models.people import Patient, Representation
from portal.models.scopes import in_force
from portal.services import (
    access_log,
    access_requests,
    disclosure_lists,
    files,
    letters,
    lives,
    notices,
    patients,
    powers,
    recurring_jobs,
    releases,
    representative_notices,
    representatives,
    representatives_list,
    sign_ins,
)
from portal.services.work import Report
from portal.worker import Worker
from tests.clinic_at_work import _picture
from tests.conftest import Clockwork
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs, power_over

BEN = ("ben@patients.example", "Ben Lindqvist")
PROOFS = ["signed_request", "status", "identity"]
PHOTOGRAPHS = Wishes(
    scope=Scope.CATEGORIES, categories=(Category.PHOTOGRAPHS,), delivery=Delivery.DOWNLOAD, also_disclosures=False
)


def scan(work: Any) -> Any:
    return files.look_at_scan(work.outside, "paper.png", _picture())


def child(work: Any, born: date = date(2012, 6, 1)) -> Patient:
    femi = work.db.scalars(select(Account.id).where(Account.email == "femi@clinic.example")).one()
    return patients.register(work, "Tess", "Moreau", born, responsible_id=femi)


def guardian(work: Any, patient: Patient, proofs: Any = (*PROOFS, "other_parent")) -> Representation:
    account, link = representatives.account_for(work, patient, *BEN)
    assert link is None
    everything = frozenset(representatives.rules_of(patient).power("guardian").rights)
    row = representatives.register(work, patient, account, Wanted("guardian", everything), scan(work))
    if proofs:
        representatives.verify(work, row, proofs, "original_seen")
    return row


def the_power_of_ben(work: Any) -> Representation:
    amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
    return work.db.scalars(select(Representation).where(Representation.patient_id == amina.id)).one()


def test_the_database_and_the_domain_say_alike_which_powers_hold(work_as: WorkAs) -> None:
    with work_as("system") as work:
        ben = work.db.scalars(select(Account.id).where(Account.email == BEN[0])).one()
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        today, hour = work.today, timedelta(hours=1)
        lives_led = [(amina.birth_date, None, None), (today.replace(year=2007), None, None)]
        lives_led += [(date(2012, 6, 1), None, decides) for decides in (None, work.now)]
        lives_led += [(date(1940, 1, 1), today, None), (date(2012, 6, 1), today, work.now)]
        kinds = [power.id for power in work.profile.representatives.powers] + ["written"]
        days = [(0, None), (1, None), (-3, -1), (-3, 0)]
        changes: list[dict[str, Any]] = [{}, {"verified_at": None}, {"ended_at": work.now, "end_reason": "court"}]
        changes += [{"shared_at": work.now + hour}, {"shared_at": work.now - hour}]
        for n, (born, died, decides) in enumerate(lives_led):
            one = Patient(number=f"P-8{n}", given_name="T", family_name="M", birth_date=born, jurisdiction="ca-bc")
            one.registered_at, one.died_on, one.decides_since = work.now, died, decides
            work.db.add(one)
            work.db.flush()
            for kind, (first, last), change in product(kinds, days, changes):
                ends = {"ends_on": today + timedelta(last) if last is not None else None}
                begins = today + timedelta(first)
                work.db.add(power_over(one.id, ben, begins, work.now, power=kind, **ends | change))
        work.db.flush()
        held = set(work.db.scalars(select(Representation.id).where(in_force(today))))
        law, said = work.profile.representatives, set()
        for row in work.db.scalars(select(Representation)):
            if rules.standing(law, row, Life.of(row.patient), today) == Standing.HOLDS:
                said.add(row.id)
        assert held == said
        assert len(held) > 20


def test_row_104_a_power_holds_from_the_moment_its_proof_was_checked(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        patient = child(work)
        row = guardian(work, patient, proofs=())
        assert not powers.held_by(work, row.account_id).get(patient.id)
        with pytest.raises(Invalid, match="still missing"):
            representatives.verify(work, row, PROOFS, "original_seen")
        representatives.verify(work, row, [*PROOFS, "other_parent"], "original_seen")
        with pytest.raises(NotPossible):
            representatives.verify(work, row, [*PROOFS, "other_parent"], "original_seen")
        assert powers.held_for(work, patient, row.account_id).has(Right.ASK)
        paper = representatives.paper_of(work, row)
        assert b"".join(files.stream(work, paper))
        assert paper.purpose == "power"
        assert "Paper" not in paper.added_by_name
    with work_as("ben", writes=False) as work:
        assert {each.name for each in patients.acts_for(work)} == {"Amina Haddad", "Tess Moreau"}
    with work_as("femi", writes=False) as work, pytest.raises(NotAllowed):
        representatives.find(work, patients.find_by_id(work, row.patient_id), row.id)


def test_row_103_nobody_registers_herself_and_no_slip_gives_power_to_a_stranger(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        patient = child(work)
        for email, name, words in (
            ("dov@clinic.example", "Dov Levin", "Nobody registers a power of her own"),
            ("esi@clinic.example", "Esi Owusu", "Ask for a private one"),
            ("cora@patients.example", "Ben Lindqvist", "has another name"),
        ):
            with pytest.raises(Invalid, match=words):
                representatives.account_for(work, patient, email, name)
        account, link = representatives.account_for(work, patient, "ines@patients.example", "Ines Moreau")
        assert link
        assert "/activate/" in link
        assert account.password_hash is None
        amina = patients.find(work, "amina@patients.example")
        with pytest.raises(Invalid, match="patient's own address"):
            representatives.account_for(work, amina, "amina@patients.example", "Amina Haddad")
        ben, _link = representatives.account_for(work, amina, *BEN)
        with pytest.raises(Invalid, match="acts for the patient already"):
            representatives.register(work, amina, ben, Wanted("attorney", frozenset({Right.ASK})), scan(work))


def test_row_106_a_power_over_photographs_reaches_nothing_else(work_as: WorkAs, worker: Worker) -> None:
    wide = stages.ready(work_as, worker, "ben")  # asked for while the power reached everything
    with work_as("dov") as work:
        row = the_power_of_ben(work)
        with pytest.raises(Invalid, match="only be narrowed"):
            representatives.restrict(work, row, frozenset(Right), frozenset({Category.PHOTOGRAPHS}))
        reached = frozenset({Right.ASK, Right.DOWNLOAD})
        representatives.restrict(work, row, reached, frozenset({Category.PHOTOGRAPHS}))
    with work_as("ben") as work:
        amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
        with pytest.raises(NotFound):
            access_requests.find(work, "AR-2026-000001-U")  # her own, and of everything
        draft = access_requests.start(work, amina)
        with pytest.raises(Invalid, match="these kinds of entries only: Photographs"):
            access_requests.save(work, draft, replace(PHOTOGRAPHS, scope=Scope.EVERYTHING))
        access_requests.save(work, draft, PHOTOGRAPHS)
        access_requests.send(work, draft)
        with pytest.raises(NotAllowed, match="Photographs"):
            releases.download(work, access_requests.find(work, wide))
        seen = access_requests.find(work, wide)
        assert "decision" not in {letter.kind for letter, _words in letters.of_case(work, seen)}
        with pytest.raises(NotFound):
            letters.find(work, seen, seen.answer_letter_id)  # it names entries beyond her reach
        for verb in (access_log.lines, disclosure_lists.of_patient):
            with pytest.raises(NotAllowed, match="does not cover this"):
                verb(work, amina)  # type: ignore[operator]


def test_who_received_information_is_in_no_answer_to_who_may_not_know(work_as: WorkAs, worker: Worker) -> None:
    with work_as("dov") as work:
        row = the_power_of_ben(work)
        everything = frozenset(Category)
        representatives.restrict(work, row, frozenset({Right.ASK, Right.DOWNLOAD}), everything)
    reference = stages.ready(work_as, worker, "ben")
    with work_as("ben", writes=False) as work:
        case = access_requests.find(work, reference)
        _row, letter = letters.find(work, case, case.answer_letter_id)
    words = json.dumps(letter.to_json(), ensure_ascii=False)
    assert "The power of the person who asked does not cover this" in words
    assert "given your information to nobody" not in words


def test_row_107_the_patient_ends_it_and_nothing_of_it_is_left(work_as: WorkAs) -> None:
    with work_as("ben") as work:
        (amina,) = patients.acts_for(work)
        draft = access_requests.start(work, amina)
        token = sign_ins.begin(work, work.actor.id, "127.0.0.0/24", "tests")  # type: ignore[arg-type]
    with work_as("amina") as work:
        row = the_power_of_ben(work)
        representatives.end_own(work, representatives.find_own(work, row.id))
        with pytest.raises(NotPossible, match="ended already"):
            representatives.end_own(work, row)
        (line,) = representatives_list.of_patient(work, patients.own(work))
        assert (line.standing, line.why_not) == (Standing.ENDED, "The patient ended it.")
        kept = work.db.get_one(type(draft), draft.id)
        assert kept.stage == Stage.DRAFT
    with work_as("system") as work:
        live = sign_ins.resume(work, token)
        assert live is not None
        assert not live.actor.represents
    with work_as("ben") as work:
        with pytest.raises(NotFound):
            access_requests.find_draft(work, draft.id)
        with pytest.raises(NotFound):
            access_requests.find(work, "AR-2026-000001-U")
        assert [each.patient for each in representatives_list.lapsed(work)] == ["Amina Haddad"]
    with work_as("mei") as work, pytest.raises(NotFound):
        representatives.find_own(work, row.id)


def test_row_107_a_mail_that_was_promised_before_the_end_is_not_sent(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "ben")
    with work_as("dov") as work:
        notices.tell_patient(work, access_requests.find(work, reference), "ready")
    with work_as("dov") as work:
        ben = the_power_of_ben(work)
        named = Job.name.contains("/ready/") & Job.name.endswith(str(ben.account_id))
        payload = json.loads(work.db.scalars(select(Job.payload).where(named)).one())
        assert notices.to_send(work, payload) is not None
        representatives.end_at_desk(work, ben, EndReason.COURT)
        assert notices.to_send(work, payload) is None


def test_row_107_both_are_told_once_before_a_power_ends_and_nothing_personal(work_as: WorkAs, clock: Clockwork) -> None:
    def told() -> list[str]:
        with work_as("system") as work:
            found = representative_notices.ending_soon(work, {})
            representative_notices.tell_of_ends(work, {}, found)
            work.db.flush()
            query = select(Job.payload).where(Job.kind == "representative_notice", Job.name.contains("/ending/"))
            return list(work.db.scalars(query))

    assert "powers_ending" in recurring_jobs.RECURRING
    with work_as("system") as work:
        the_power_of_ben(work).ends_on = work.today + timedelta(days=31)
    assert told() == []
    clock.move(days=1)
    assert len(told()) == 2
    assert len(told()) == 2  # once
    payload = json.loads(told()[0])
    with work_as("system") as work:
        mail = representative_notices.to_send(work, payload)
        subject, text = (mail.subject, mail.text) if mail else ("", "")
        assert subject
        assert not {"Amina", "Ben", "Haddad", "Lindqvist"} & set(f"{subject} {text}".split())
        representative_notices.send(work, None, Report("x", lambda _done, _all: None))
    clock.move(days=40)
    with work_as("system") as work:
        assert representative_notices.to_send(work, payload) is None


def test_row_105_a_young_person_decides_and_her_guardian_sees_nothing_more(work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("dov") as work:
        patient = child(work)
        row = guardian(work, patient)
        assert powers.held_for(work, patient, row.account_id).has(Right.ASK)
        with pytest.raises(Invalid, match="how it was seen"):
            lives.decides_herself(work, patient, "")
        lives.decides_herself(work, patient, "physician")
        assert not powers.held_for(work, patient, row.account_id).reaches
        cora = work.db.scalars(select(Patient).where(Patient.given_name == "Cora")).one()
        account_id, cora.account_id = cora.account_id, None
        work.db.flush()
        patient.account_id = account_id
        assert [job for job in work.db.scalars(select(Job)) if "/stopped/" in job.name]
    clock.move(hours=1)
    with work_as("ben") as work, pytest.raises(NotAllowed):
        representatives.share_again(work, representatives.find_own(work, row.id))
    with work_as("cora") as work:
        representatives.share_again(work, representatives.find_own(work, row.id))
        assert powers.held_for(work, patients.own(work), row.account_id).has(Right.ASK)
    with work_as("dov") as work, pytest.raises(NotPossible, match="no minor"):
        lives.decides_herself(work, patients.find(work, "amina@patients.example"), "physician")


def test_after_a_death_the_sign_in_ends_and_the_estate_acts(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        amina = patients.find(work, "amina@patients.example")
        old = the_power_of_ben(work)
        for on, how in ((work.today + timedelta(1), "certificate"), (date(1990, 1, 1), "certificate")):
            with pytest.raises(Invalid):
                lives.died(work, amina, on, how)
        lives.died(work, amina, work.today, "certificate")
        assert representatives.standing(work, old) == Standing.DIED
        account = work.db.get_one(Account, amina.account_id)
        assert account.disabled_at is not None
        ben, _link = representatives.account_for(work, amina, *BEN)
        with pytest.raises(Invalid, match="Only the estate"):
            representatives.register(work, amina, ben, Wanted("attorney", frozenset({Right.ASK})), scan(work))
        asked = Wanted("nearest_relative", frozenset({Right.ASK}), rank=1)
        relative = representatives.register(work, amina, ben, asked, scan(work))
        representatives.verify(work, relative, PROOFS, "original_seen")
        executor, _link = representatives.account_for(work, amina, "noor@patients.example", "Noor Aziz")
        estate = representatives.register(work, amina, executor, Wanted("estate", frozenset({Right.ASK})), scan(work))
        representatives.verify(work, estate, PROOFS, "issuer_confirmed")
        assert relative.end_reason == EndReason.OTHER_POWER
        with pytest.raises(NotPossible, match="acts for the estate already"):
            lives.take_death_back(work, amina)
        representatives.end_at_desk(work, estate, EndReason.MISTAKE)
        lives.take_death_back(work, amina)
        assert account.disabled_at is None
        assert representatives.standing(work, old) == Standing.HOLDS


def test_what_a_representative_does_and_looks_at_is_told_to_the_patient(work_as: WorkAs) -> None:
    with work_as("ben") as work:
        (amina,) = patients.acts_for(work)
        access_requests.opened(work, access_requests.find(work, "AR-2026-000001-U"))
        access_log.lines(work, amina)
        disclosure_lists.of_patient(work, amina)
    with work_as("amina", writes=False) as work:
        looks = [look for look in access_log.lines(work, patients.own(work)) if look.for_patient]
        assert {look.name for look in looks} == {"Ben Lindqvist"}
        assert len(looks) == 3
        acts = representatives_list.last_acts(work, the_power_of_ben(work))
        assert "opened your request" in [act.what for act in acts]
