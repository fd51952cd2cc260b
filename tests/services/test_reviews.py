"""The physician goes through a record: what may be decided and how, what leaves a trace, what a signature binds."""

import subprocess
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from portal.domain.access_requests import Outcome, Stage
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.record_items import Category, Enclosure, Paragraph, Reading, ReadItem, ReadPatient, Severed
from portal.domain.reviews import Decision, HarmEvidence
from portal.domain.severing import MARK, TITLE
from portal.edges import Edge
from portal.models.access_requests import AccessRequest
from portal.models.audit import AuditEntry
from portal.models.people import Patient
from portal.models.record_items import Judgement, RecordItem
from portal.services import (
    access_requests,
    judgements,
    letters,
    record_imports,
    record_items,
    releases,
    review_items,
    reviews,
)
from portal.services.judgements import Reasoning
from portal.services.review_items import Line
from portal.services.sealing import seal, unseal
from portal.services.work import Work
from portal.worker import Worker
from tests.web.office.stages import FACTS, WorkAs, gathering, referred, signed

WHOLE = "Every sentence of it names her sister and what she said."
ABOUT = Reasoning(facts=FACTS, why_not_severing=WHOLE)
HARM = HarmEvidence(
    who_at_risk="other",
    what_harm="Her brother may beat their mother again, as he did in March.",
    facts="On 3 May 2026 the mother rang reception in tears: her son broke her wrist and reads his sister's mail.",
    link="The note names the mother as the caller; he opens the post and would learn who spoke to us.",
    why_not_severing="Every line of this note is about the call; nothing would be left.",
    lesser_step="We thought of reading it together at the clinic, but the patient asked for a copy at home.",
)


def opened(work: Work, reference: str) -> AccessRequest:
    return access_requests.find(work, reference)


def named(work: Work, request: AccessRequest, title: str) -> Line:
    return next(line for line in review_items.lines(work, request) if line.title.startswith(title))


def traces(work: Work, action: str) -> int:
    return len(work.db.scalars(select(AuditEntry.id).where(AuditEntry.action == action)).all())


# The list and the entry


def test_entries_stand_in_the_order_of_the_package(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi", writes=False) as work:
        lines = review_items.lines(work, opened(work, reference))
        assert [line.number for line in lines] == list(range(1, len(lines) + 1))
        kinds = [line.category for line in lines]
        assert kinds == sorted(kinds, key=list(type(kinds[0])).index)
        for before, after in pairwise(lines):
            if before.category == after.category and before.occurred_on and after.occurred_on:
                assert before.occurred_on >= after.occurred_on


def test_of_a_long_record_one_kind_can_be_opened_alone(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi", writes=False) as work:
        request = opened(work, reference)
        everything = review_items.lines(work, request)
        results = [line for line in everything if line.category == "results"]
        assert review_items.lines(work, request, results[0].category) == results


def test_the_review_opens_at_the_first_entry_without_a_decision(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        first, second, third, *_rest = review_items.lines(work, request)
        assert review_items.open_item(work, request, None).line.id == first.id
        reviews.judge(work, request, first.id, Decision.RELEASE, None, Reasoning())
        there = review_items.open_item(work, request, None)
        assert (there.line.id, there.previous_id, there.next_id) == (second.id, first.id, third.id)
        last = review_items.open_item(work, request, review_items.lines(work, request)[-1].id)
        assert (last.next_id, last.next_open_id) == (None, second.id)


def test_opening_an_entry_leaves_a_trace(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi", writes=False) as work:
        review_items.open_item(work, opened(work, reference), None)
    with work_as("operator", writes=False) as work:
        assert traces(work, "record.read") == 1


def test_what_the_reviewer_sees_is_what_the_patient_will_read(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        note = named(work, request, "Progress note, consultation")
        before = review_items.open_item(work, request, note.id)
        assert before.left == before.item.blocks
        place, passage = next((n, block) for n, block in enumerate(before.item.blocks) if isinstance(block, Paragraph))
        words = before.item.title.split()[-1]
        cut = Reasoning(passages=(f"b{place}",), quotes=(words,), facts=FACTS)
        reviews.judge(work, request, note.id, Decision.SEVER, "other_person", cut)
        after = review_items.open_item(work, request, note.id)
        assert passage not in after.left
        assert any(isinstance(block, Severed) for block in after.left)
        assert MARK in after.title_left
        assert words not in after.title_left
        reviews.judge(work, request, note.id, Decision.WITHHOLD, "other_person", ABOUT)
        assert review_items.open_item(work, request, note.id).left == ()


@pytest.mark.parametrize("name", ["dov", "esi", "lena"])
def test_nobody_but_the_responsible_physician_reads_the_record(work_as: WorkAs, name: str) -> None:
    reference = referred(work_as)
    with pytest.raises((NotAllowed, NotFound)), work_as(name) as work:
        review_items.lines(work, opened(work, reference))
    with work_as("dov") as work:
        request = opened(work, reference)
        for look in (
            review_items.lines,
            review_items.kept_back,
            review_items.remaining,
            reviews.outcome,
            review_items.said_elsewhere,
        ):
            with pytest.raises(NotAllowed):
                look(work, request)  # type: ignore[operator]
        key = work.db.scalars(select(Judgement.id).where(Judgement.case_id == request.id).limit(1)).one()
        for act in (
            lambda: review_items.open_item(work, request, key),
            lambda: reviews.judge(work, request, key, Decision.RELEASE, None, Reasoning()),
            lambda: reviews.release_remaining(work, request),
            lambda: review_items.enclosure(work, request, key, uuid4()),
        ):
            with pytest.raises(NotAllowed):
                act()


def test_nobody_reviews_a_record_of_her_own(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi", writes=False) as work:
        request = opened(work, reference)
        work.actor = replace(work.actor, patient_id=request.patient_id)
        with pytest.raises(NotAllowed):
            review_items.open_item(work, request, None)


def test_the_record_is_not_read_before_it_is_referred(work_as: WorkAs) -> None:
    reference = gathering(work_as)
    with work_as("femi", writes=False) as work, pytest.raises(NotPossible, match="not with you for review"):
        review_items.lines(work, opened(work, reference))


def test_an_entry_of_another_request_is_not_found(work_as: WorkAs) -> None:
    mine, other = referred(work_as, "mei"), referred(work_as, "amina")
    with work_as("femi") as work:
        foreign = judgements.places(work, opened(work, other))[0].id
        request = opened(work, mine)
        with pytest.raises(NotFound):
            review_items.open_item(work, request, foreign)
        with pytest.raises(NotFound):
            reviews.judge(work, request, foreign, Decision.RELEASE, None, Reasoning())
        with pytest.raises(NotFound):
            review_items.enclosure(work, request, foreign, uuid4())


# Files


def photograph(work: Work, request: AccessRequest) -> tuple[Line, UUID]:
    line = next(line for line in review_items.lines(work, request) if line.category == "photographs")
    blocks = review_items.open_item(work, request, line.id).item.blocks
    return line, UUID(next(block.file for block in blocks if isinstance(block, Enclosure)))


def test_a_file_of_an_entry_is_handed_over_and_leaves_a_trace(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi", writes=False) as work:
        request = opened(work, reference)
        line, key = photograph(work, request)
        file, name, content = review_items.enclosure(work, request, line.id, key)
        assert (file.media_type, name.rpartition(".")[2]) == ("image/jpeg", "jpg")
        assert b"".join(content).startswith(b"\xff\xd8\xff")
    with work_as("operator", writes=False) as work:
        assert traces(work, "file.read") == 1


def test_a_file_is_found_through_its_own_entry_only(work_as: WorkAs) -> None:
    mine, other = referred(work_as, "mei"), referred(work_as, "amina")
    with work_as("femi") as work:
        _line, foreign = photograph(work, opened(work, other))
        request = opened(work, mine)
        line, key = photograph(work, request)
        elsewhere = named(work, request, "Progress note")
        for entry, file in ((line.id, foreign), (elsewhere.id, key), (line.id, uuid4())):
            with pytest.raises(NotFound):
                review_items.enclosure(work, request, entry, file)


# Decisions


def test_the_words_of_the_law_alone_are_no_reason(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        law = replace(ABOUT, facts="It would reveal personal information about another individual.")
        with pytest.raises(Invalid, match="only repeats") as no:
            reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", law)
        assert no.value.field == "facts"
        thin = Reasoning(evidence=replace(HARM, link="It could threaten her safety."))
        with pytest.raises(Invalid) as no:
            reviews.judge(work, request, line.id, Decision.WITHHOLD, "harm_other", thin)
        assert no.value.field == "link"
        assert judgements.tally(work, request) == {"open": request.items_gathered}


def test_a_harm_ground_with_its_six_answers_is_kept_sealed(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        reviews.judge(work, request, line.id, Decision.WITHHOLD, "harm_other", Reasoning(evidence=HARM))
        assert review_items.open_item(work, request, line.id).reasoning.evidence == HARM
        row = work.db.get_one(Judgement, line.id)
        assert b"mother" not in (row.reasoning_sealed or b"")
        assert request.items_judged == 1


def test_a_ground_that_is_off_cannot_be_used(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        with pytest.raises(Invalid, match="privacy contact"):
            reviews.judge(work, request, line.id, Decision.WITHHOLD, "commercial", ABOUT)


def test_words_to_take_out_must_stand_in_the_entry(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = named(work, request, "Progress note")
        cut = Reasoning(quotes=("her uncle in Perth",), facts=FACTS)
        with pytest.raises(Invalid) as no:
            reviews.judge(work, request, line.id, Decision.SEVER, "other_person", cut)
        assert no.value.field == "quotes"
        blank = Reasoning(quotes=("  ", ""), facts=FACTS)
        with pytest.raises(Invalid, match="at least one passage"):
            reviews.judge(work, request, line.id, Decision.SEVER, "other_person", blank)


def test_a_file_stays_in_a_severed_entry_only_when_it_was_looked_at(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line, _key = photograph(work, request)
        cut = Reasoning(passages=(TITLE,), facts=FACTS)
        with pytest.raises(Invalid) as no:
            reviews.judge(work, request, line.id, Decision.SEVER, "other_person", cut)
        assert no.value.field == "files_looked_at"
        looked = replace(cut, files_looked_at=True)
        reviews.judge(work, request, line.id, Decision.SEVER, "other_person", looked)
        there = review_items.open_item(work, request, line.id)
        assert there.title_left == ""
        assert any(isinstance(block, Enclosure) for block in there.left)


def test_what_the_patient_is_told_cannot_say_what_was_taken_out(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = named(work, request, "Progress note")
        words = review_items.open_item(work, request, line.id).item.title
        telling = Reasoning(quotes=(words,), facts=FACTS, explanation=f"This was a {words.upper()}.")
        with pytest.raises(Invalid) as no:
            reviews.judge(work, request, line.id, Decision.SEVER, "other_person", telling)
        assert no.value.field == "explanation"


def test_a_decision_that_is_changed_to_release_leaves_no_reasons_behind(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", ABOUT)
        assert (request.items_judged, request.items_released) == (1, 0)
        reviews.judge(work, request, line.id, Decision.RELEASE, None, Reasoning())
        row = work.db.get_one(Judgement, line.id)
        assert (row.ground_id, row.reasoning_sealed) == (None, None)
        assert (request.items_judged, request.items_released) == (1, 1)


def test_all_that_is_plain_is_released_together_and_what_is_flagged_is_left(work_as: WorkAs) -> None:
    reference = referred(work_as, "amina")
    with work_as("femi") as work:
        request = opened(work, reference)
        lines = review_items.lines(work, request)
        reviews.judge(work, request, lines[0].id, Decision.WITHHOLD, "other_person", ABOUT)
        flagged = [line for line in lines if line.flagged]
        assert flagged
        remaining = review_items.remaining(work, request)
        assert [each.line.id for each in remaining.left] == [line.id for line in flagged]
        assert all(each.why for each in remaining.left)
        plain = remaining.plain
        assert reviews.release_remaining(work, request) == (plain, len(flagged))
        after = {line.id: line.decision for line in review_items.lines(work, request)}
        assert after[lines[0].id] == Decision.WITHHOLD
        assert all(after[line.id] is None for line in flagged)
        with pytest.raises(NotPossible, match=rf"{len(flagged)} of {len(lines)} \w+ have no decision"):
            reviews.sign(work, request, judgements.digest(work, request))


@pytest.mark.parametrize("before", [None, Decision.RELEASE])
@pytest.mark.parametrize("wanted", [Decision.WITHHOLD, Decision.SEVER])
def test_what_she_began_to_keep_back_is_not_released_with_the_rest(
    work_as: WorkAs, wanted: Decision, before: Decision | None
) -> None:
    reference = referred(work_as)
    typed = Reasoning(facts="It names", evidence=replace(HARM, facts="It names"), quotes=("Ann",))
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        if before:
            reviews.judge(work, request, line.id, before, None, Reasoning())
        reviews.begin(work, request, line.id, wanted, "other_person", typed)
        left = review_items.remaining(work, request).left
        assert [each.line.id for each in left if "You began to" in each.why] == [line.id]
        reviews.release_remaining(work, request)
        there = review_items.open_item(work, request, line.id)
        assert (there.line.decision, there.line.begun, there.ground) == (None, wanted, "other_person")
        assert there.reasoning == typed
        with pytest.raises(NotPossible, match="no decision"):
            reviews.sign(work, request, judgements.digest(work, request))
        reviews.judge(work, request, line.id, Decision.RELEASE, None, Reasoning())
        row = work.db.get_one(Judgement, line.id)
        assert (row.begun, row.reasoning_sealed, row.decision) == (None, None, Decision.RELEASE)


def test_before_all_are_released_she_is_told_how_many_of_them_she_opened(work_as: WorkAs) -> None:
    reference, other = referred(work_as), referred(work_as, "amina")
    with work_as("femi") as work:
        request, elsewhere = opened(work, reference), opened(work, other)
        review_items.open_item(work, elsewhere, judgements.places(work, elsewhere)[0].id)
        first, second, *_rest = judgements.places(work, request)
        for key in (first.id, first.id, second.id):
            review_items.open_item(work, request, key)
        assert review_items.remaining(work, request).opened == 2
        reviews.judge(work, request, first.id, Decision.RELEASE, None, Reasoning())
        assert review_items.remaining(work, request).opened == 1


def test_a_report_that_an_insurer_asked_for_is_left_for_the_physician(work_as: WorkAs) -> None:
    title = "Independent medical examination"
    item = ReadItem("DocumentReference/ime", "DocumentReference", Category.DOCUMENTS, title, None, (), "{}")
    mei = ReadPatient("Patient/1", "Mei", "Leung", date(2001, 1, 1))
    with work_as("operator") as work:
        patient = work.db.scalars(select(Patient).where(Patient.family_name == "Leung")).one()
        reading = Reading(replace(mei, birth_date=patient.birth_date), (item,), 1)
        assert record_imports.take_in(work, reading, patient).flagged == 1
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        assert {each.line.title: each.why for each in review_items.remaining(work, request).left}[title]
        reviews.release_remaining(work, request)
        assert named(work, request, title).decision is None


def test_entries_that_still_say_what_was_taken_out_of_another_are_named(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        reviews.release_remaining(work, request)
        assert review_items.said_elsewhere(work, request) == []
        note = named(work, request, "Progress note, consultation")
        cut = Reasoning(quotes=("Femi Adeyemi",), facts=FACTS)
        reviews.judge(work, request, note.id, Decision.SEVER, "other_person", cut)
        elsewhere = review_items.said_elsewhere(work, request)
        assert elsewhere
        assert note.id not in {line.id for line in elsewhere}
        other = elsewhere[0]
        reviews.judge(work, request, other.id, Decision.SEVER, "other_person", replace(cut, files_looked_at=True))
        assert other.id not in {line.id for line in review_items.said_elsewhere(work, request)}


# The end


def test_what_is_kept_back_is_shown_with_its_ground_before_signing(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", ABOUT)
        (kept,) = review_items.kept_back(work, request)
        assert (kept.line.id, kept.ground.id, kept.reasoning) == (line.id, "other_person", ABOUT)
        with pytest.raises(NotPossible):
            reviews.outcome(work, request)
        reviews.release_remaining(work, request)
        assert reviews.outcome(work, request) == Outcome.RELEASED_IN_PART


def test_after_signing_nothing_can_be_changed(work_as: WorkAs) -> None:
    reference = signed(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        for act in (
            lambda: reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", ABOUT),
            lambda: reviews.release_remaining(work, request),
            lambda: reviews.send_back(work, request, "Something is missing here."),
            lambda: reviews.sign(work, request, judgements.digest(work, request)),
        ):
            with pytest.raises(NotPossible):
                act()
        assert request.stage == Stage.DECIDING


def test_a_review_that_is_returned_keeps_its_decisions(work_as: WorkAs) -> None:
    reference = signed(work_as, withheld=1)
    with work_as("dov") as work:
        reviews.return_review(work, opened(work, reference), "The second visit belongs to another patient.")
    with work_as("femi") as work:
        request = opened(work, reference)
        assert (request.stage, request.outcome, request.reviewer_id) == (Stage.IN_REVIEW, None, None)
        assert review_items.lines(work, request)[0].decision == Decision.WITHHOLD


def test_a_request_can_go_back_to_the_front_office_with_a_note(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        reviews.judge(work, request, review_items.lines(work, request)[0].id, Decision.RELEASE, None, Reasoning())
        with pytest.raises(Invalid):
            reviews.send_back(work, request, "more")
        reviews.send_back(work, request, "The letter of the allergy clinic is missing.")
        assert (request.stage, request.items_judged) == (Stage.GATHERING, 1)


def test_who_stands_behind_the_decisions_is_whoever_decided_last_on_each(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request, femi = opened(work, reference), work.actor.id
        first, second, *_rest = review_items.lines(work, request)
        for line in (first, second):
            reviews.judge(work, request, line.id, Decision.RELEASE, None, Reasoning())
        reviews.send_back(work, request, "Dr Park knows this patient better than I do.")
    with work_as("lena", writes=False) as work:
        lena = work.actor.id
    with work_as("dov") as work:
        request = opened(work, reference)
        assert request.judged_by_ids == {femi}
        request.responsible_id = lena
        access_requests.refer(work, request)
    with work_as("lena") as work:
        request = opened(work, reference)
        reviews.judge(work, request, first.id, Decision.RELEASE, None, Reasoning())
        assert request.judged_by_ids == {femi, lena}
        reviews.judge(work, request, second.id, Decision.RELEASE, None, Reasoning())
        assert request.judged_by_ids == {lena}


def test_an_entry_that_changed_in_the_emr_meanwhile_stands_beside_its_older_self(work_as: WorkAs) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        line = review_items.lines(work, request)[0]
        reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", ABOUT)
        reviews.send_back(work, request, "The visit of May was corrected in the EMR.")
        gathered = request.items_gathered
    with work_as("dov") as work:
        request = opened(work, reference)
        replaced(work, work.db.get_one(Judgement, line.id).item)
        assert reviews.gather(work, request) == gathered + 1
        access_requests.refer(work, request)
    with work_as("femi", writes=False) as work:
        request = opened(work, reference)
        assert named(work, request, "Corrected").decision is None
        assert review_items.open_item(work, request, line.id).line.decision == Decision.WITHHOLD


def replaced(work: Work, old: RecordItem) -> None:
    """As an import does with an entry whose original changed."""
    new = RecordItem(
        patient_id=old.patient_id,
        import_id=old.import_id,
        source_index=old.source_index,
        original_index="0" * 64,
        category=old.category,
        resource_type=old.resource_type,
        occurred_on=old.occurred_on,
    )
    seal(work, old.patient_id, new, "title_sealed", "Corrected")
    seal(work, old.patient_id, new, "blocks_sealed", unseal(work, old.patient_id, old, "blocks_sealed"))
    seal(work, old.patient_id, new, "original_sealed", "{}")
    work.db.add(new)
    work.db.flush()
    old.replaced_by_id = new.id
    work.db.flush()


def test_the_original_is_not_opened_for_a_review_or_a_package(work_as: WorkAs, monkeypatch: pytest.MonkeyPatch) -> None:
    reference = signed(work_as, withheld=1)
    columns: list[str] = []
    plain = record_items.unseal

    def noted(work: Work, patient_id: UUID, row: RecordItem, column: str) -> str:
        columns.append(column)
        return plain(work, patient_id, row, column)

    monkeypatch.setattr(record_items, "unseal", noted)
    with work_as("femi", writes=False) as work:
        request = opened(work, reference)
        review_items.open_item(work, request, None)
        for row in judgements.rows_in_order(work, request):
            record_items.show(work, row.item)
            assert "original_sealed" not in vars(row.item)
    assert set(columns) == {"title_sealed", "concerns_sealed"}


@pytest.mark.usefixtures("sqlite_only")
def test_the_printed_package_holds_nothing_of_what_was_severed(
    work_as: WorkAs, worker: Worker, edge: Edge, tmp_path: Path
) -> None:
    reference = referred(work_as)
    with work_as("femi") as work:
        request = opened(work, reference)
        note = named(work, request, "Progress note, urgent visit")
        item = review_items.open_item(work, request, note.id).item
        place, passage = next((n, b) for n, b in enumerate(item.blocks) if isinstance(b, Paragraph))
        cut = Reasoning(passages=(f"b{place}",), quotes=("urgent",), facts=FACTS)
        reviews.judge(work, request, note.id, Decision.SEVER, "other_person", cut)
        reviews.release_remaining(work, request)
        for line in review_items.said_elsewhere(work, request):
            looked = replace(cut, passages=(), files_looked_at=True)
            reviews.judge(work, request, line.id, Decision.SEVER, "other_person", looked)
        reviews.sign(work, request, judgements.digest(work, request))
    with work_as("esi") as work:
        request = opened(work, reference)
        releases.release(work, request, releases.shown_digest(work, request))
    worker.drain()
    with work_as("mei") as work:
        _file, _name, content = releases.download(work, opened(work, reference))
        (tmp_path / "package.pdf").write_bytes(b"".join(content))
    command = ["pdftotext", tmp_path / "package.pdf", "-"]
    text = " ".join(subprocess.run(command, check=True, capture_output=True, text=True).stdout.split())
    assert "tells about another person" in text
    assert "urgent" not in text.casefold()
    for sentence in passage.text.split(". "):
        assert " ".join(sentence.split()) not in text


@pytest.mark.parametrize(
    ("ground", "setting", "kind"),
    [
        ("investigation", True, "not_confirmed"),
        ("investigation", False, "refused"),
        ("other_person", True, "refused"),
    ],
)
def test_a_refusal_leaves_open_what_there_is_only_where_law_and_clinic_let_it(
    work_as: WorkAs, edge: Edge, ground: str, setting: bool, kind: str
) -> None:
    reference = referred(work_as)
    clinic = replace(edge.clinic, further_grounds=("investigation",), neither_confirm_nor_deny=setting)
    why = Reasoning(
        facts="Statements collected for the College's complaint file of May.",
        why_not_severing="All of it is a witness's statement.",
        balance="The hearing is in March, and the witness asked us to wait for it.",
    )
    with work_as("femi") as work:
        work.clinic = clinic
        request = access_requests.find(work, reference)
        for line in review_items.lines(work, request):
            reviews.judge(work, request, line.id, Decision.WITHHOLD, ground, why)
        reviews.sign(work, request, judgements.digest(work, request))
    with work_as("esi") as work:
        work.clinic = clinic
        request = access_requests.find(work, reference)
        releases.refuse(work, request, releases.shown_digest(work, request))
        row, letter = letters.of_case(work, request)[0]
        assert (row.kind, letter.kind) == ("refusal", kind)
