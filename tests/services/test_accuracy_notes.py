"""An entry is wrong: she says so, the physician decides, it stands beside the entry, and who received it is told."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from portal.domain.accuracy_notes import Claim, Decision, Outcome, Stage
from portal.domain.disclosures import How, Wanted
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.jurisdictions.correction_rules import Statement
from portal.domain.record_items import Category
from portal.domain.reviews import Decision as ReviewDecision
from portal.domain.rights import Powers, Right
from portal.edges import Edge
from portal.models.accuracy_notes import AccuracyNote, Annotation, CorrectionNotice
from portal.models.cases import Case
from portal.models.jobs import Job
from portal.models.letters import Letter, StoredFile
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import (
    access_requests,
    accuracy_decisions,
    accuracy_notes,
    annotations,
    cases,
    clocks,
    correction_notices,
    correction_replies,
    disclosure_lists,
    disclosures,
    files,
    judgements,
    letters,
    patients,
    queues,
    recipients,
    releases,
    reviews,
)
from portal.services.accuracy_notes import Sent
from portal.services.queues import Which
from portal.services.sealing import seal
from portal.services.work import Work
from portal.worker import Worker
from tests.clinic_at_work import Week, _picture
from tests.conftest import Clockwork
from tests.services.test_staff import deactivate
from tests.services.test_whole_request import squeezed, words_of

WorkAs = Callable[..., AbstractContextManager[Work]]
AMINA = "amina@patients.example"
CLAIM = Claim("The list of allergies", "It says that I am allergic to penicillin.", "I never was. It was a virus rash.")
IN_PART = Decision(Outcome.IN_PART, "The rash of 2011 came with a virus.", "A test of the allergy was never made.")
SENT = Sent(Category.ALLERGIES, CLAIM)


def sends(work_as: WorkAs, sent: Sent = SENT) -> str:
    with work_as("amina") as work:
        return str(accuracy_notes.send(work, patients.own(work), sent).reference)


def does(work_as: WorkAs, who: str, reference: str, verb: Callable[..., object], *given: Any) -> None:
    with work_as(who) as work:
        verb(work, accuracy_notes.find(work, reference), *given)


def an_allergy(work: Work) -> RecordItem:
    amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
    query = select(RecordItem).where(RecordItem.patient_id == amina.id, RecordItem.category == "allergies")
    return work.db.scalars(query.order_by(RecordItem.id)).all()[0]


def pointed_out(work_as: WorkAs, sent: Sent = SENT) -> str:
    reference = sends(work_as, sent)
    with work_as("femi") as work:
        accuracy_decisions.point_out(work, accuracy_notes.find(work, reference), an_allergy(work).id)
    return reference


def decides(work_as: WorkAs, reference: str, decision: Decision = IN_PART) -> None:
    does(work_as, "femi", reference, accuracy_decisions.decide, decision)


def gave(work_as: WorkAs, name: str, *kinds: Category) -> UUID:
    """Something went to somebody for her care today."""
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        to = recipients.add_for(work, amina, name, "provider", "1 Quay Street\nVictoria BC").id
        return disclosures.disclose(work, amina, Wanted("care", to, kinds, "A letter", "Care", How.FAX)).id


BILLING = "Medical Services Plan (billing)"  # the demo's own; its line of before does not say what kinds were given


def lines(work_as: WorkAs, reference: str, who: str = "dov") -> list[correction_notices.Line]:
    """Who is told, besides the plan that pays."""
    with work_as(who, writes=False) as work:
        found = correction_notices.of_case(work, accuracy_notes.find(work, reference))
        return [line for line in found if line.recipient != BILLING]


def pays_only(work_as: WorkAs, reference: str) -> None:
    """The plan that pays is settled with a reason."""
    with work_as("dov") as work:
        case = accuracy_notes.find(work, reference)
        for line in correction_notices.of_case(work, case):
            if line.recipient == BILLING and line.open:
                correction_replies.settle_without(work, case, line.id, "They received codes for billing alone.")


def stands(work_as: WorkAs, reference: str) -> tuple[str, str | None, bool]:
    with work_as("dov", writes=False) as work:
        case = accuracy_notes.find(work, reference)
        return case.stage, case.outcome, case.is_open


def words_of_letter(work_as: WorkAs, reference: str, kind: str, who: str = "dov") -> str:
    with work_as(who, writes=False) as work:
        found = letters.of_case(work, accuracy_notes.find(work, reference))
        return " ".join(str(letter.to_json()) for row, letter in found if row.kind == kind)


def counted(work: Work) -> tuple[int, ...]:
    kept = (Case, AccuracyNote, Annotation, CorrectionNotice, Letter, StoredFile, Job)
    return tuple(work.db.scalar(select(func.count()).select_from(each)) or 0 for each in kept)


def test_row_74_she_files_it_online_with_a_number_a_date_and_a_letter(work_as: WorkAs) -> None:
    reference = sends(work_as)
    assert re.fullmatch(r"AN-2026-000001-[A-Z]", reference)
    with work_as("amina", writes=False) as work:
        case = accuracy_notes.find(work, reference)
        assert case.stage == Stage.IN_REVIEW
        clock = clocks.clock_of(case, work.today)
        assert clock is not None
        assert (case.due_on, clock.received) == (clock.due, work.today)
        assert clocks.why_no_extension(case, clock, work.today) == (
            "The law gives no more time for a correction: only a request for access can be extended."
        )
    said = words_of_letter(work_as, reference, "note_received", "amina")
    assert reference in said
    assert "It says that I am allergic to penicillin." in said
    assert "This costs you nothing." in said
    with work_as("femi", writes=False) as work:
        assert reference in [row.reference for row in queues.page(work, Which.MINE).rows]


def test_a_wrong_allergy_is_corrected_in_part_and_both_who_had_it_are_told(work_as: WorkAs) -> None:
    for name in ("Dr. Ito", "Coast Pharmacy"):
        gave(work_as, name, Category.ALLERGIES)
    gave(work_as, "Northern Laboratory", Category.RESULTS)
    reference = pointed_out(work_as)
    decides(work_as, reference)
    assert stands(work_as, reference) == (Stage.TELLING, Outcome.IN_PART, True)
    pays_only(work_as, reference)
    told = lines(work_as, reference)
    assert sorted(line.recipient for line in told) == ["Coast Pharmacy", "Dr. Ito"]
    assert "The rash of 2011 came with a virus." in words_of_letter(work_as, reference, "correction_notice")
    answer = words_of_letter(work_as, reference, "note_decision", "amina")
    for part in ("A test of the allergy was never made.", "Coast Pharmacy", "the last day to ask is", "Telephone"):
        assert part in answer
    with work_as("dov", writes=False) as work, pytest.raises(NotPossible, match="not settled yet: 2"):
        cases.check(work, accuracy_notes.find(work, reference), "finish_note")
    for line in told:
        does(work_as, "dov", reference, correction_replies.sent, line.id, "fax", date(2026, 11, 23))
    assert [line.open for line in lines(work_as, reference)] == [True, True]
    does(work_as, "dov", reference, correction_replies.acknowledged, told[0].id, "Nurse Park", date(2026, 11, 23))
    assert stands(work_as, reference)[0] == Stage.TELLING
    does(work_as, "dov", reference, correction_replies.settle_without, told[1].id, "The practice has closed for good.")
    assert stands(work_as, reference) == (Stage.DONE, Outcome.IN_PART, False)
    with work_as("amina", writes=False) as work:
        entries = disclosure_lists.of_patient(work, patients.own(work)).entries
        notices = [entry for entry in entries if reference in entry.what]
        assert sorted(entry.recipient for entry in notices) == ["Coast Pharmacy", "Dr. Ito"]
        assert notices[0].because.startswith("The law asks us to send a correction")
    shown = lines(work_as, reference, "amina")
    assert {line.acknowledged_by or line.without for line in shown} == {
        "Nurse Park",
        "The practice has closed for good.",
    }


def test_row_78_who_received_it_more_than_a_year_ago_is_not_told(work_as: WorkAs, clock: Clockwork) -> None:
    gave(work_as, "Dr. Ito", Category.ALLERGIES)
    clock.move(days=366)
    gave(work_as, "Coast Pharmacy", Category.ALLERGIES)
    reference = pointed_out(work_as)
    decides(work_as, reference)
    assert [line.recipient for line in lines(work_as, reference)] == ["Coast Pharmacy"]


def test_what_is_not_corrected_is_noted_without_being_asked_again(work_as: WorkAs) -> None:
    reference = pointed_out(work_as)
    with pytest.raises(Invalid, match="Write why"):
        decides(work_as, reference, Decision(Outcome.ANNOTATED, "", " "))
    decides(work_as, reference, Decision(Outcome.ANNOTATED, "", "The chart of 2011 names the test."))
    pays_only(work_as, reference)
    assert stands(work_as, reference) == (Stage.DONE, Outcome.ANNOTATED, False)
    with work_as("femi", writes=False) as work:
        case = accuracy_notes.find(work, reference)
        found = accuracy_decisions.entry(work, case)
        assert found is not None
        assert CLAIM.wrong in str(found[1])
        assert an_allergy(work).title_sealed == work.db.get_one(RecordItem, case.item_id).title_sealed


def test_row_75_every_step_of_a_note_stays_in_its_history(work_as: WorkAs) -> None:
    reference = pointed_out(work_as)
    decides(work_as, reference, Decision(Outcome.CORRECTED, "No allergy to penicillin is known.", ""))
    pays_only(work_as, reference)
    with work_as("amina", writes=False) as work:
        events = [row.event for row in cases.history(work, accuracy_notes.find(work, reference))]
    assert events == ["send_note", "pass_note_on", "point_out", "correct_entry", "settle_notice", "finish_note"]


def test_a_decision_needs_the_entry_that_is_meant(work_as: WorkAs) -> None:
    reference = sends(work_as)
    with pytest.raises(NotPossible, match="Choose first which entry"):
        decides(work_as, reference)
    with work_as("femi") as work:
        mei = work.db.scalars(select(Patient.id).where(Patient.given_name == "Mei")).one()
        hers = work.db.scalars(select(RecordItem.id).where(RecordItem.patient_id == mei)).first()
        with pytest.raises(Invalid, match="not in the patient's record"):
            accuracy_decisions.point_out(work, accuracy_notes.find(work, reference), hers)
    does(work_as, "femi", reference, accuracy_decisions.point_out, None)  # it is missing: it stands in no entry
    decides(work_as, reference)
    assert stands(work_as, reference)[1] == Outcome.IN_PART


def test_the_note_stays_beside_the_entry_when_a_newer_version_comes_in(work_as: WorkAs) -> None:
    reference = pointed_out(work_as)
    decides(work_as, reference)
    with work_as("femi") as work:
        case, old = accuracy_notes.find(work, reference), an_allergy(work)
        new = RecordItem(
            patient_id=old.patient_id,
            import_id=old.import_id,
            source_index=old.source_index,
            original_index="another",
            category=old.category,
            resource_type=old.resource_type,
        )
        for column, words in (("title_sealed", "Penicillin"), ("blocks_sealed", "[]"), ("original_sealed", "{}")):
            seal(work, old.patient_id, new, column, words)
        work.db.add(new)
        work.db.flush()
        old.replaced_by_id = new.id
        note = annotations.beside(work, case, new)[0]
        assert (note.reference, note.earlier) == (reference, True)
        assert not annotations.beside(work, case, old)[0].earlier
        work.db.rollback()


def test_what_stands_beside_an_entry_is_written_once(edge: Edge, work_as: WorkAs) -> None:
    decides(work_as, pointed_out(work_as))
    for change in ("UPDATE record_annotations SET kind = 'corrected'", "DELETE FROM record_annotations"):
        with pytest.raises(DBAPIError, match="written once"), edge.sessions() as db:
            db.execute(text(change))


def test_row_77_the_note_is_printed_with_every_later_copy(
    work_as: WorkAs, edge: Edge, worker: Worker, tmp_path: Path
) -> None:
    reference = pointed_out(work_as)
    decides(work_as, reference)
    missing = sends(work_as, replace(SENT, claim=replace(CLAIM, wrong="My allergy to latex is missing.")))
    does(work_as, "femi", missing, accuracy_decisions.point_out, None)
    decides(work_as, missing, Decision(Outcome.ANNOTATED, "", "It was never tested."))
    week = Week(work_as, edge)

    def releases_all(work: Work, request: Any) -> None:
        reviews.release_remaining(work, request)
        for place in judgements.places(work, request):
            if place.decision is None:
                reviews.judge(work, request, place.id, ReviewDecision.RELEASE, None, judgements.Reasoning())
        reviews.sign(work, request, judgements.digest(work, request))

    asked = week.does("femi", week.in_review(), releases_all)
    week.does("esi", asked, lambda w, r: releases.release(w, r, releases.shown_digest(w, r)))
    worker.drain()
    with work_as("amina") as work:
        request = access_requests.find(work, asked)
        (tmp_path / "package.pdf").write_bytes(b"".join(releases.download(work, request)[2]))
    said = words_of(tmp_path / "package.pdf")
    for words in (CLAIM.wrong, IN_PART.corrected, reference, "My allergy to latex is missing."):
        assert squeezed(words) in said


def test_the_register_says_which_notes_went_along(work_as: WorkAs) -> None:
    reference = pointed_out(work_as)
    decides(work_as, reference)
    for kind, along in ((Category.ALLERGIES, True), (Category.RESULTS, False)):
        key = gave(work_as, f"Dr. {kind}", kind)
        with work_as("amina", writes=False) as work:
            entries = disclosure_lists.of_patient(work, patients.own(work)).entries
            assert (reference in next(entry.what for entry in entries if entry.id == key)) is along


# Bad input: one effect, or none.


def test_a_form_that_is_sent_twice_is_one_note_with_one_number(work_as: WorkAs) -> None:
    twice = replace(SENT, key=uuid4())
    first = sends(work_as, twice)
    with work_as("amina") as work:
        before = counted(work)
        assert accuracy_notes.send(work, patients.own(work), twice).reference == first
        assert counted(work) == before


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        (replace(SENT, claim=replace(CLAIM, wrong=" ")), "what is wrong"),
        (replace(SENT, claim=replace(CLAIM, where="")), "where it stands"),
        (replace(SENT, claim=replace(CLAIM, right="word " * 50_000)), "at most 4000"),
        (replace(SENT, item_id=uuid4()), "one of the entries"),
        (replace(SENT, proofs=(None,) * 4), "at most 3"),
    ],
)
@pytest.mark.usefixtures("sqlite_only")
def test_what_cannot_be_taken_is_refused_in_a_sentence_and_nothing_is_kept(
    work_as: WorkAs, sent: Sent, sentence: str
) -> None:
    with work_as("dov", writes=False) as work:
        before = counted(work)
    with pytest.raises(Invalid, match=sentence):
        sends(work_as, sent)
    with work_as("dov", writes=False) as work:
        assert counted(work) == before


def test_markup_stays_as_it_was_written_and_the_portal_keeps_no_word_of_it_open(work_as: WorkAs, edge: Edge) -> None:
    hostile = "<script>alert(1)</script> {{ 7*7 }} %(day)s"
    reference = sends(work_as, replace(SENT, claim=Claim(hostile, hostile, hostile)))
    assert hostile in words_of_letter(work_as, reference, "note_received")
    with edge.sessions() as db:
        assert b"script" not in db.scalars(select(AccuracyNote.claim_sealed)).one()


# Who may.


def test_only_her_side_sends_and_only_the_responsible_physician_decides(work_as: WorkAs) -> None:
    reference = pointed_out(work_as)
    for who in ("mei", "lena"):
        with work_as(who, writes=False) as work, pytest.raises(NotFound):
            accuracy_notes.find(work, reference)
    for who in ("dov", "amina"):
        with pytest.raises(NotAllowed):
            does(work_as, who, reference, accuracy_decisions.decide, IN_PART)
    with work_as("mei") as work, pytest.raises(NotAllowed):
        accuracy_notes.send(work, work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one(), SENT)


def test_a_representative_needs_the_right_and_stays_in_her_part_of_the_record(work_as: WorkAs) -> None:
    with work_as("ben") as work:
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        part = Powers.over({Right.ACCURACY}, {Category.RESULTS})
        work.actor = replace(work.actor, represents=frozenset({amina.id}), powers={amina.id: part})
        with pytest.raises(NotAllowed):
            accuracy_notes.send(work, amina, SENT)
        work.actor = replace(work.actor, powers={amina.id: Powers.over({Right.RECORD})})
        with pytest.raises(NotAllowed):
            accuracy_notes.send(work, amina, SENT)
        work.actor = replace(work.actor, powers={amina.id: Powers.over({Right.ACCURACY})})
        assert accuracy_notes.send(work, amina, SENT).requested_by_id == work.actor.id


def test_she_takes_it_back_until_it_is_decided(work_as: WorkAs) -> None:
    reference = pointed_out(work_as)
    does(work_as, "amina", reference, accuracy_notes.take_back)
    assert stands(work_as, reference) == (Stage.DONE, Outcome.WITHDRAWN, False)
    with pytest.raises(NotPossible):
        decides(work_as, reference)


def test_papers_are_looked_at_kept_with_the_note_and_three_at_most(work_as: WorkAs, edge: Edge) -> None:
    with pytest.raises(Invalid):
        files.look_at(edge.outside, "../../etc/passwd\x00<script>.exe", b"MZ not a picture", "proof")
    looked = files.look_at(edge.outside, "../../<b>rash</b>.png", _picture(), "proof")
    reference = sends(work_as, replace(SENT, proofs=(looked,)))
    does(work_as, "amina", reference, accuracy_notes.add_proof, looked)
    does(work_as, "amina", reference, accuracy_notes.add_proof, looked)
    with pytest.raises(NotPossible, match="3 papers"):
        does(work_as, "amina", reference, accuracy_notes.add_proof, looked)
    with work_as("femi", writes=False) as work:
        names = [name for _row, name in accuracy_notes.proofs(work, accuracy_notes.find(work, reference))]
    assert len(names) == 3
    assert not any(sign in names[0] for sign in "/\\\x00")


def test_the_office_enters_what_came_on_paper_on_the_day_it_came(work_as: WorkAs) -> None:
    came = date(2026, 11, 19)
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        with pytest.raises(Invalid, match="day it came"):
            accuracy_notes.enter(work, amina, replace(SENT, received_on=work.today + timedelta(1)))
        case = accuracy_notes.enter(work, amina, replace(SENT, received_on=came))
        assert case.received_on == came
    with work_as("femi") as work, pytest.raises(NotAllowed):
        accuracy_notes.enter(work, patients.find(work, AMINA), replace(SENT, received_on=came))


def test_a_recipient_of_whom_she_may_not_know_yet_is_told_and_stays_hidden(work_as: WorkAs) -> None:
    key = gave(work_as, "Dr. Ito", Category.ALLERGIES)
    reference = pointed_out(work_as)
    decides(work_as, reference)
    with work_as("dov") as work:
        row = work.db.scalars(select(CorrectionNotice).where(CorrectionNotice.disclosure_id == key)).one()
        row.shown_from = work.today + timedelta(30)
    assert [line.recipient for line in lines(work_as, reference)] == ["Dr. Ito"]
    assert lines(work_as, reference, "amina") == []
    with work_as("amina", writes=False) as work:
        case = accuracy_notes.find(work, reference)
        row = work.db.scalars(select(CorrectionNotice).where(CorrectionNotice.disclosure_id == key)).one()
        assert row.letter_id not in {each.id for each in correction_notices.letters_to_her(work, case)}
        with pytest.raises(NotFound):
            correction_notices.find_letter(work, case, row.letter_id)


# Where the law gives her a statement of disagreement.


@pytest.fixture
def with_statement(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of a province that gives a statement of 500 words within 30 days, instead of a review."""
    law = clocks.rules_of

    def other(case: Any) -> Any:
        found = law(case)
        rule = Statement(500, 30, True, "You can add a statement of 500 words.", found.corrections.basis)
        return replace(found, corrections=replace(found.corrections, statement=rule))

    monkeypatch.setattr(clocks, "rules_of", other)


@pytest.mark.usefixtures("with_statement", "sqlite_only")
class TestStatement:
    def test_her_statement_stands_beside_the_entry_and_goes_to_who_was_told(self, work_as: WorkAs) -> None:
        gave(work_as, "Dr. Ito", Category.ALLERGIES)
        reference = pointed_out(work_as)
        decides(work_as, reference)
        assert "You can add a statement" in words_of_letter(work_as, reference, "note_decision")
        with pytest.raises(Invalid, match="at most 500 words"):
            does(work_as, "amina", reference, accuracy_decisions.state_disagreement, "no " * 501)
        does(work_as, "amina", reference, accuracy_decisions.state_disagreement, "I had a virus.")
        assert [line.recipient for line in lines(work_as, reference)] == ["Dr. Ito", "Dr. Ito"]
        assert "I had a virus." in words_of_letter(work_as, reference, "correction_notice")
        with pytest.raises(NotPossible):
            does(work_as, "amina", reference, accuracy_decisions.state_disagreement, "And again.")

    def test_it_is_awaited_until_its_last_day_or_until_she_chooses_a_review(
        self, work_as: WorkAs, clock: Clockwork
    ) -> None:
        first, second = pointed_out(work_as), pointed_out(work_as)
        for each in (first, second):
            decides(work_as, each)
            pays_only(work_as, each)
        assert stands(work_as, first)[0] == Stage.TELLING
        does(work_as, "amina", first, accuracy_decisions.choose_review)
        assert stands(work_as, first)[0] == Stage.DONE
        clock.move(days=31)
        with pytest.raises(NotPossible):
            does(work_as, "amina", second, accuracy_decisions.state_disagreement, "Too late.")
        does(work_as, "dov", second, accuracy_decisions.finish)
        assert stands(work_as, second)[0] == Stage.DONE


def test_who_leaves_the_clinic_hands_her_notes_on(work_as: WorkAs) -> None:
    reference = sends(work_as)
    deactivate(work_as, "femi", "lena", "dov")
    does(work_as, "lena", reference, lambda w, c: accuracy_decisions.lines(w, c, Category.ALLERGIES))
