"""The letter the law wants for a disclosure without consent: written once, to her alone, on the day she is told."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.domain.contact_plans import Plan
from portal.domain.disclosures import How, Wanted
from portal.domain.dispatches import Event
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.record_items import Category
from portal.edges import Edge
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch
from portal.models.jobs import Job
from portal.models.letters import Letter
from portal.services import (
    access_log,
    contact_plans,
    correspondence,
    disclosure_notices,
    disclosure_register,
    disclosures,
    dispatch_tasks,
    dispatches,
    letter_wordings,
    letters,
    patients,
    posting,
)
from portal.services.disclosures import Correction
from portal.services.work import Work
from portal.worker import Worker
from tests.domain.letter_samples import text as words_of
from tests.services.test_correspondence import asks_at_the_counter, without_account
from tests.services.test_disclosures import gives, letter_to, somebody
from tests.services.test_may_we import AMINA

WorkAs = Callable[..., AbstractContextManager[Work]]
ACTION = "wrote you a letter about what we gave to somebody outside the clinic"


def in_danger(recipient: UUID, **more: Any) -> Wanted:
    wanted = Wanted("danger", recipient, (Category.MEDICATIONS,), "Her medicines", "To treat her", How.TELEPHONE)
    return replace(wanted, note="She was found unconscious.", **more)


def hospital(work_as: WorkAs) -> UUID:
    return somebody(work_as, "Nanaimo General", "provider")


def written(work_as: WorkAs) -> list[Letter]:
    with work_as("system") as work:
        return list(work.db.scalars(select(Letter).where(Letter.disclosure_id.is_not(None)).order_by(Letter.id)))


def says(work_as: WorkAs, row: Letter) -> str:
    with work_as("system") as work:
        return words_of(disclosure_notices.read(work, work.db.get_one(Letter, row.id)))


def standing(work_as: WorkAs, key: UUID) -> Any:
    with work_as("dov") as work:
        entry, patient = disclosure_register.find(work, key)
        return disclosure_notices.standing(work, patient, entry)


def test_what_is_given_in_danger_is_written_about_in_the_same_breath(work_as: WorkAs, worker: Worker) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    (row,) = written(work_as)
    assert (row.case_id, row.disclosure_id, row.kind) == (None, key, "disclosure_notice")
    said = says(work_as, row)
    for part in ("Nanaimo General", "Her medicines", "To treat her", "She was found unconscious.", "section 18(1)(k)"):
        assert part in said
    worker.drain()
    with work_as("amina") as work:
        mine, _words = disclosure_notices.her_letter(work, key)
        file = letters.printed(work, mine)
        assert file is not None
        assert file.case_id is None
        told = [look.what for look in access_log.lines(work, patients.own(work), limit=50)]
        assert ACTION in told
        assert disclosure_notices.hers(work, patients.own(work), [key]) == {key}


def ways_of(work_as: WorkAs, row: Letter) -> list[tuple[str, str, str]]:
    with work_as("dov") as work:
        query = select(Dispatch).where(Dispatch.letter_id == row.id).order_by(Dispatch.id)
        return [(each.way, each.why, each.problem) for each in work.db.scalars(query)]


def test_the_law_wants_it_posted_so_it_stands_among_what_goes_out_today(work_as: WorkAs) -> None:
    gives(work_as, "dov", in_danger(hospital(work_as)))
    (row,) = written(work_as)
    assert ("post", "law", "") in ways_of(work_as, row)
    with work_as("dov") as work:
        listed = correspondence.page(work, correspondence.Tab.PRINT)
        assert [each for each in listed.rows if each.dispatch.letter_id == row.id]


def test_nothing_is_written_where_the_law_asks_for_no_letter(work_as: WorkAs) -> None:
    key = gives(work_as, "dov", letter_to(hospital(work_as)))
    assert written(work_as) == []
    assert standing(work_as, key) is None


def test_what_is_held_back_is_written_about_by_itself_on_the_day_it_shows_and_once(
    work_as: WorkAs, worker: Worker, clock: Any
) -> None:
    hospital_id = hospital(work_as)
    with work_as("dov", writes=False) as work:
        day = work.today + timedelta(days=5)
    key = gives(work_as, "dov", in_danger(hospital_id, kept_for="safety", shown_from=day))
    worker.drain()
    assert written(work_as) == []
    assert standing(work_as, key).on == day
    with work_as("amina") as work, pytest.raises(NotFound):
        disclosure_notices.her_letter(work, key)
    for _night in range(3):
        clock.move(days=2)
        worker.beaten_at = clock() - timedelta(days=1)
        worker.drain()
    (row,) = written(work_as)
    assert "because telling you earlier could have put somebody in danger" in says(work_as, row)
    assert standing(work_as, key).letter_id == row.id


def test_nobody_who_acts_for_her_sees_the_letter_or_that_there_is_one(work_as: WorkAs) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    with work_as("ben") as work:
        amina = next(each for each in patients.acts_for(work) if each.given_name == "Amina")
        assert disclosure_notices.hers(work, amina, [key]) == set()
        assert ACTION not in [look.what for look in access_log.lines(work, amina, limit=50)]
        with pytest.raises(NotFound):
            disclosure_notices.her_letter(work, key)
    with work_as("cora") as work, pytest.raises(NotFound):
        disclosure_notices.her_letter(work, key)
    with work_as("system") as work:
        jobs = [job.payload for job in work.db.scalars(select(Job).where(Job.name.startswith("disclosure_letter/")))]
    assert len(jobs) == 1, "the e-mail goes to her account alone"


def test_a_correction_is_written_about_anew_and_what_was_corrected_in_time_is_told_right(
    work_as: WorkAs, worker: Worker, clock: Any
) -> None:
    hospital_id = hospital(work_as)
    at_once = gives(work_as, "dov", in_danger(hospital_id))
    with work_as("dov", writes=False) as work:
        day = work.today + timedelta(days=2)
    right = gives(work_as, "dov", in_danger(hospital_id, kept_for="safety", shown_from=day))
    never = gives(work_as, "dov", in_danger(hospital_id, kept_for="safety", shown_from=day))
    corrections = (
        (at_once, Correction("The wrong list", False, "Nanaimo General", "Her allergies", "To treat her")),
        (right, Correction("The wrong list", False, "Nanaimo General", "Her allergies", "To treat her")),
        (never, Correction("Nobody called", True)),
    )
    for key, correction in corrections:
        with work_as("dov") as work:
            disclosures.correct(work, patients.find(work, AMINA), key, correction)
    with work_as("dov") as work:
        newer = work.db.scalars(select(Disclosure.id).where(Disclosure.corrects_id == at_once)).one()
    assert [row.disclosure_id for row in written(work_as)] == [at_once, newer]
    clock.move(days=3)
    worker.beaten_at = clock() - timedelta(days=1)
    worker.drain()
    rows = {row.disclosure_id: row for row in written(work_as)}
    assert set(rows) == {at_once, newer, right}
    assert "Her allergies" in says(work_as, rows[newer])
    assert "Her medicines" in says(work_as, rows[at_once])
    assert "Her allergies" in says(work_as, rows[right])
    assert "nothing was given" in standing(work_as, never).never.lower()
    with work_as("dov") as work:
        later = work.db.scalars(select(Disclosure).where(Disclosure.corrects_id == at_once)).one()
        assert disclosure_notices.office_letter(work, patients.find(work, AMINA), later)[0].disclosure_id == newer


def forbids_her_address(work_as: WorkAs) -> None:
    with work_as("amina") as work:
        contact_plans.keep(work, patients.own(work), Plan(channel="portal", never=("address",)), "", 0)


def test_where_no_address_is_safe_nothing_stands_in_the_window_and_it_needs_somebody(work_as: WorkAs) -> None:
    forbids_her_address(work_as)
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    (row,) = written(work_as)
    with work_as("system") as work:
        letter = disclosure_notices.read(work, work.db.get_one(Letter, row.id))
    assert letter.addressed_to == ("Amina Haddad",)
    before = standing(work_as, key)
    assert before.needs_somebody
    with work_as("dov") as work:
        assert not [
            each for each in correspondence.page(work, correspondence.Tab.PRINT).rows if each.dispatch.why == "law"
        ]
        [task] = correspondence.page(work, correspondence.Tab.BACK).rows
        found = task.dispatch
        assert (found.letter_id, found.problem, found.post_by) == (row.id, "no_safe_way", before.post_by)
        assert task.target.place == ()
        with pytest.raises(Invalid, match="No address may be used"):  # her plan holds for whoever settles it
            dispatch_tasks.settle(work, found, "post")
        with pytest.raises(Invalid, match="why nothing more"):
            dispatch_tasks.settle(work, found, "nothing", "", "  ")
        dispatch_tasks.settle(work, found, "nothing", "", "She read it in the portal, and wants no paper.")
    with work_as("esi") as work:
        assert correspondence.page(work, correspondence.Tab.BACK).rows == []
        with pytest.raises(NotPossible, match="has gone on"):
            dispatch_tasks.settle(work, dispatches.find(work, found.id, lock=True), "nothing", "", "Again")
    left = standing(work_as, key)
    assert (left.open, left.done_by) == (None, "Dov Levin")
    assert left.done == "She read it in the portal, and wants no paper."


def test_she_takes_it_at_the_desk_where_no_address_is_safe(work_as: WorkAs, worker: Worker) -> None:
    forbids_her_address(work_as)
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    with work_as("dov") as work:
        [task] = correspondence.page(work, correspondence.Tab.BACK).rows
        at_desk = dispatch_tasks.settle(work, task.dispatch, "counter")
        assert at_desk is not None
        assert at_desk.post_by == task.dispatch.post_by, "the last day goes with it"
        [row] = correspondence.page(work, correspondence.Tab.PRINT).rows
        posting.confirm(work, row.dispatch, posting.digest_of(row.target))
    worker.drain()
    with work_as("dov") as work:
        posting.at_the_desk(work, dispatches.find(work, at_desk.id, lock=True), "photo_id")
    left = standing(work_as, key)
    assert (left.gone, left.open, left.needs_somebody) == ("handed", None, False)


def test_what_is_overdue_stands_on_top_and_what_is_due_before_all_else(work_as: WorkAs, clock: Any) -> None:
    asks_at_the_counter(work_as, without_account(work_as))
    gives(work_as, "dov", in_danger(hospital(work_as)))
    clock.move(days=2)
    gives(work_as, "dov", in_danger(hospital(work_as)))
    with work_as("dov") as work:
        rows = correspondence.page(work, correspondence.Tab.PRINT).rows
        overdue, due, *others = [each.dispatch.post_by for each in rows]
        assert overdue is not None
        assert due is not None
        assert overdue < work.today <= due
        assert others
        assert set(others) == {None}
        assert correspondence.with_last_day(work) == (2, 1)
        page = correspondence.page(work, correspondence.Tab.PRINT, after=rows[0].dispatch.id)
        assert [each.dispatch.id for each in page.rows] == [each.dispatch.id for each in rows[1:]]


def test_a_safe_address_stands_in_the_window_also_where_somebody_acts_for_her(work_as: WorkAs) -> None:
    with work_as("amina") as work:
        plan = Plan(channel="post", address="PO Box 7\nNanaimo BC  V9R 0Y9", never=("address",))
        contact_plans.keep(work, patients.own(work), plan, "", 0)
    gives(work_as, "dov", in_danger(hospital(work_as)))
    (row,) = written(work_as)
    with work_as("system") as work:
        letter = disclosure_notices.read(work, work.db.get_one(Letter, row.id))
    assert letter.addressed_to == ("Amina Haddad", "PO Box 7", "Nanaimo BC  V9R 0Y9")


def test_a_letter_is_about_one_thing_and_there_is_one_about_each(work_as: WorkAs, edge: Edge) -> None:
    gives(work_as, "dov", in_danger(hospital(work_as)))
    engine = edge.sessions.kw["bind"]
    for statement in (
        "UPDATE letters SET disclosure_id = NULL WHERE case_id IS NULL",
        "UPDATE letters SET case_id = (SELECT max(id) FROM cases) WHERE case_id IS NULL"
        if engine.dialect.name == "sqlite"
        else "UPDATE letters SET case_id = (SELECT id FROM cases LIMIT 1) WHERE case_id IS NULL",
    ):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(text(statement))


def held_back(work_as: WorkAs, recipient: UUID) -> UUID:
    with work_as("dov", writes=False) as work:
        day = work.today + timedelta(days=2)
    return gives(work_as, "dov", in_danger(recipient, kept_for="safety", shown_from=day))


def night(worker: Worker, clock: Any) -> None:
    clock.move(days=3)
    worker.beaten_at = clock() - timedelta(days=1)
    worker.drain()


def test_one_letter_that_lacks_something_stops_no_other_and_its_entry_says_so(
    work_as: WorkAs, worker: Worker, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, lacking, last = (held_back(work_as, hospital(work_as)) for _entry in range(3))
    whole = disclosure_notices._facts

    def facts(work: Work, patient: Any, row: Disclosure, address: Any) -> Any:
        if row.id == lacking:
            raise NotPossible("The letter lacks something.")
        return whole(work, patient, row, address)

    monkeypatch.setattr(disclosure_notices, "_facts", facts)
    night(worker, clock)
    assert {row.disclosure_id for row in written(work_as)} == {first, last}
    assert "could not write the letter" in standing(work_as, lacking).never
    with work_as("system") as work:
        assert disclosure_notices.due(work, {}) == [lacking]


def test_what_was_taken_back_and_letters_to_the_dead_do_not_come_up_again_each_night(
    work_as: WorkAs, clock: Any
) -> None:
    never = held_back(work_as, hospital(work_as))
    owed = held_back(work_as, hospital(work_as))
    with work_as("dov") as work:
        disclosures.correct(work, patients.find(work, AMINA), never, Correction("Nobody called", True))
    clock.move(days=3)
    with work_as("system") as work:
        assert disclosure_notices.due(work, {}) == [owed]
        patients.find(work, AMINA).died_on = work.today
        work.db.flush()
        assert disclosure_notices.due(work, {}) == []


def test_once_it_was_posted_the_entry_says_so_until_it_comes_back(work_as: WorkAs) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    (row,) = written(work_as)
    assert standing(work_as, key).gone_on is None
    for event, gone in ((Event.POSTED, True), (Event.RETURNED, False)):
        with work_as("dov") as work:
            found = work.db.scalars(select(Dispatch).where(Dispatch.letter_id == row.id, Dispatch.way == "post")).one()
            dispatches.note(work, found, event)
            today = work.today
        assert standing(work_as, key).gone_on == (today if gone else None)


def test_she_opens_it_and_a_mail_about_it_that_was_given_up_is_a_task(work_as: WorkAs) -> None:
    key = gives(work_as, "dov", in_danger(hospital(work_as)))
    (row,) = written(work_as)
    with work_as("system") as work:
        job = work.db.scalars(select(Job).where(Job.name.startswith("disclosure_letter/"))).one()
        dispatch_tasks.notice_given_up(work, json.loads(job.payload))
    with work_as("dov") as work:
        [lost] = correspondence.page(work, correspondence.Tab.BACK).rows
        assert (lost.dispatch.letter_id, lost.dispatch.problem) == (row.id, "mail_given_up")
    with work_as("amina", writes=False) as work:
        disclosure_notices.her_letter(work, key)
    with work_as("dov") as work:
        in_portal = work.db.scalars(select(Dispatch).where(Dispatch.letter_id == row.id, Dispatch.way == "portal"))
        assert [each.stage for each in in_portal] == ["arrived"]
        assert correspondence.page(work, correspondence.Tab.BACK).rows == []


def test_it_is_written_in_the_clinics_words_where_there_are_any(work_as: WorkAs) -> None:
    recipient = hospital(work_as)
    gives(work_as, "dov", in_danger(recipient))
    with work_as("esi") as work:
        notice = letter_wordings.there(work, "disclosure_notice", "ca-bc", "en")
        own = letter_wordings.portals_own(work, notice)
        for name in ("day-given", "who-received", "what-was-given", "what-it-was-for", "law-that-allowed"):
            lacks = replace(own, text=own.text.replace(f"{{{name}}}", ""))
            assert [each for each in letter_wordings.faults(work, notice, lacks) if f"{{{name}}}" in each]
        ours = replace(own, title="We told somebody about you")
        key = letter_wordings.publish(work, notice, 0, ours, "Shorter.").id
    gives(work_as, "dov", in_danger(recipient))
    before, after = written(work_as)
    assert (before.wording_id, after.wording_id) == (None, key)
    with work_as("system") as work:
        one, other = (disclosure_notices.read(work, work.db.get_one(Letter, row.id)) for row in (before, after))
        assert (one.title, other.title) == ("We gave information about you to somebody", "We told somebody about you")
        assert one.blocks == other.blocks
