"""Messages: written, read, answered and settled; who may, who answers, who hears of it, and what never moves."""

import re
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError

from portal.domain.actors import Actor, Role
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible, SentBefore
from portal.domain.policy import Permission, allows
from portal.domain.record_items import Category
from portal.domain.rights import EVERYTHING, Powers, Right
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.jobs import Job
from portal.models.messages import Message, MessageRead, MessageThread
from portal.models.people import Patient, Representation
from portal.models.scopes import answerable_threads
from portal.models.staff import Leave
from portal.services import (
    access_log,
    access_requests,
    complaint_work,
    complaints,
    holdings,
    incoming_papers,
    internal_notes,
    message_answerers,
    message_lists,
    message_readings,
    message_threads,
    messages,
    patients,
    representatives,
)
from portal.services.incoming_papers import Came
from portal.services.message_lists import Which
from portal.services.messages import Said
from portal.services.work import Work
from portal.worker import Worker
from tests.clinic_at_work import Week
from tests.conftest import Clockwork
from tests.services.test_complaints import said as complaint
from tests.services.test_correspondence import Looked
from tests.services.test_representatives import the_power_of_ben
from tests.web.patient import stages

WorkAs = Callable[..., AbstractContextManager[Work]]
AMINA = "amina@patients.example"
WORDS = "Do you keep the wallflower photographs for ever?"


def account(work: Work, name: str) -> UUID:
    return work.db.scalars(select(Account.id).where(Account.email.like(f"{name}@%"))).one()


def thread_of(work: Work, reference: str | None) -> message_threads.Thread:
    """The thread of a case, or Amina's general one."""
    if reference:
        return message_threads.find(work, reference)
    own = work.actor.patient_id is not None and work.actor.is_patient
    return message_threads.general(work, patients.own(work) if own else patients.find(work, AMINA))


def asks(work_as: WorkAs, reference: str | None, words: str = WORDS, who: str = "amina", **more: Any) -> UUID:
    with work_as(who) as work:
        return messages.send(work, thread_of(work, reference), Said(words, **more)).id


def answers(work_as: WorkAs, who: str, reference: str | None, words: str = "No.", **more: Any) -> UUID:
    """With everything read, unless it says otherwise."""
    with work_as(who) as work:
        thread = thread_of(work, reference)
        return messages.answer(work, thread, Said(words, **{"seen": newest(work, thread), **more})).id


def newest(work: Work, thread: message_threads.Thread) -> UUID | None:
    return message_readings.page(work, thread, limit=1).newest


def opens(work_as: WorkAs, who: str, reference: str | None) -> list[message_readings.Shown]:
    with work_as(who, writes=False) as work:
        thread = thread_of(work, reference)
        page = message_readings.page(work, thread)
        message_readings.opened(work, thread, page)
        return page.messages


def waits(work_as: WorkAs, reference: str | None) -> bool:
    with work_as("system", writes=False) as work:
        return thread_of(work, reference).is_waiting


@pytest.fixture
def request_of_hers(work_as: WorkAs, edge: Edge) -> str:
    return Week(work_as, edge).sent()


def test_a_message_waits_until_somebody_answers_and_no_date_of_the_case_moves(
    work_as: WorkAs, request_of_hers: str
) -> None:
    def case_of(work: Work) -> tuple[Any, ...]:
        case = access_requests.find(work, request_of_hers)
        return case.due_on, case.target_on, case.stage, case.version, len(case.ledger), len(case.events)

    with work_as("system", writes=False) as work:
        before = case_of(work)
    asks(work_as, request_of_hers)
    with work_as("dov", writes=False) as work:
        thread = thread_of(work, request_of_hers)
        assert thread.is_waiting
        assert thread.row is not None
        assert str(thread.row.due_on) == "2026-11-26"
        [row] = [row for row in message_lists.page(work, Which.WAITING).rows if row.reference == request_of_hers]
        assert (row.new, row.answers.name) == (1, "")
    answers(work_as, "dov", request_of_hers)
    assert not waits(work_as, request_of_hers)
    with work_as("dov", writes=False) as work:
        assert message_answerers.named(work, thread_of(work, request_of_hers)).account == work.actor.id
        assert case_of(work) == before


def test_the_oldest_message_that_nobody_answered_sets_the_day(
    work_as: WorkAs, request_of_hers: str, clock: Clockwork
) -> None:
    asks(work_as, request_of_hers)
    clock.move(days=2)
    asks(work_as, request_of_hers, "One more thing.")
    with work_as("dov", writes=False) as work:
        row = thread_of(work, request_of_hers).row
        assert row is not None
        assert str(row.due_on) == "2026-11-26"


def test_a_message_on_a_closed_case_stands_as_unanswered(work_as: WorkAs, request_of_hers: str) -> None:
    with work_as("amina") as work:
        access_requests.withdraw(work, access_requests.find(work, request_of_hers))
    asks(work_as, request_of_hers)
    with work_as("dov", writes=False) as work:
        assert request_of_hers in [row.reference for row in message_lists.page(work, Which.WAITING).rows]


def test_a_second_press_writes_nothing_twice_and_a_key_of_another_thread_is_refused(
    work_as: WorkAs, request_of_hers: str
) -> None:
    key = uuid4()
    assert asks(work_as, request_of_hers, key=key) == asks(work_as, request_of_hers, key=key)
    with pytest.raises(NotPossible):
        asks(work_as, None, key=key)
    with work_as("amina") as work, pytest.raises(SentBefore):
        messages.send(work, thread_of(work, request_of_hers), Said("Something else.", key))
    with work_as("amina") as work, pytest.raises(SentBefore):
        messages.send(work, thread_of(work, request_of_hers), Said(WORDS, key, [Looked]))
    with work_as("system", writes=False) as work:
        thread = thread_of(work, request_of_hers)
        assert thread.row is not None
        query = select(func.count()).where(Message.thread_id == thread.row.id)
        assert work.db.scalar(query) == 1


def test_nobody_answers_what_she_has_not_read(work_as: WorkAs, request_of_hers: str) -> None:
    first = asks(work_as, request_of_hers)
    second = asks(work_as, request_of_hers, "And stop, please.")
    with pytest.raises(Invalid, match="Somebody wrote here while you did"):
        answers(work_as, "dov", request_of_hers, seen=first)
    answers(work_as, "dov", request_of_hers, seen=second)


def test_who_drew_the_page_while_nothing_was_written_does_not_answer_what_came_meanwhile(
    work_as: WorkAs, request_of_hers: str
) -> None:
    asks(work_as, request_of_hers)
    with pytest.raises(Invalid, match="Somebody wrote here while you did"):
        answers(work_as, "dov", request_of_hers, "A word from us.", seen=None)
    with work_as("dov") as work, pytest.raises(Invalid, match="Somebody wrote here while you did"):
        messages.no_answer(work, thread_of(work, request_of_hers), "thanks", Said(""))
    assert waits(work_as, request_of_hers)


def test_a_power_that_was_narrowed_opens_no_thread_about_what_it_reaches_no_more(
    work_as: WorkAs, worker: Worker
) -> None:
    wide = stages.ready(work_as, worker, "ben")
    asks(work_as, wide, who="ben")
    came = Came("post", date(2026, 11, 12), hers=True)
    with work_as("dov") as work:
        kept = incoming_papers.receive(work, Looked, came, wide).file_id
        assert kept
        row = the_power_of_ben(work)
        representatives.restrict(work, row, frozenset({Right.ASK, Right.DOWNLOAD}), frozenset({Category.PHOTOGRAPHS}))
    with work_as("ben", writes=False) as work:
        with pytest.raises(NotFound):
            thread_of(work, wide)
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        assert wide not in [each.thread.reference for each in message_threads.of_patient(work, amina)]
        seen = access_requests.find(work, wide)
        assert incoming_papers.of_case(work, seen) == []
        with pytest.raises(NotFound):
            incoming_papers.file_of_case(work, seen, kept)
    assert opens(work_as, "amina", wide)


@pytest.mark.parametrize("words", ["", "   ", "x" * 8001])
def test_what_has_to_be_put_right_stores_nothing(work_as: WorkAs, request_of_hers: str, words: str) -> None:
    with pytest.raises(Invalid):
        asks(work_as, request_of_hers, words)
    with work_as("system", writes=False) as work:
        assert thread_of(work, request_of_hers).row is None


def test_the_first_reading_of_each_side_is_kept_with_who_and_when(
    work_as: WorkAs, request_of_hers: str, clock: Clockwork
) -> None:
    asks(work_as, request_of_hers)
    assert opens(work_as, "dov", request_of_hers)[0].is_new
    clock.move(hours=1)
    opens(work_as, "esi", request_of_hers)
    answers(work_as, "dov", request_of_hers)
    assert [each.is_new for each in opens(work_as, "ben", request_of_hers)] == [False, True]
    clock.move(hours=1)
    assert [each.is_new for each in opens(work_as, "amina", request_of_hers)] == [False, True]
    question, answer = opens(work_as, "esi", request_of_hers)
    [read] = question.reads
    assert (read.side, read.name.split()[0]) == ("clinic", "Dov")
    assert read.at == clock() - timedelta(hours=2)
    assert [read.side for read in answer.reads] == ["representative", "patient"]
    with work_as("amina", writes=False) as work:
        told = [look.what for look in access_log.lines(work, patients.own(work), limit=10)]
    assert told.count("read your messages with us") == 4  # Dov, Esi twice, and Ben
    assert "wrote you a message" in told


def test_the_database_changes_no_message_and_no_reading(work_as: WorkAs, edge: Edge) -> None:
    for table in ("messages", "message_reads", "snippet_versions"):
        for statement in (f"UPDATE {table} SET at = at", f"DELETE FROM {table}"):  # noqa: S608
            with pytest.raises(DBAPIError, match="written once"), edge.sessions.kw["bind"].begin() as connection:
                connection.execute(text(statement))


def test_no_answer_needed_leaves_no_promise(work_as: WorkAs, request_of_hers: str) -> None:
    asks(work_as, request_of_hers, "Thank you!")
    key = uuid4()
    for _press in range(2):
        with work_as("dov") as work:
            thread = thread_of(work, request_of_hers)
            said = Said("You are welcome.", key, seen=newest(work, thread))
            messages.no_answer(work, thread, "thanks", said)
    for reason, words in (("thanks", "Oh, and do come in."), ("settled", "You are welcome.")):
        with work_as("dov") as work, pytest.raises((SentBefore, Invalid)):
            messages.no_answer(work, thread_of(work, request_of_hers), reason, Said(words, key))
    assert not waits(work_as, request_of_hers)
    _question, settled = opens(work_as, "amina", request_of_hers)
    assert settled.no_answer
    assert settled.text == "We have read this. We took it that you wait for no answer.\n\nYou are welcome."
    with work_as("dov") as work, pytest.raises(NotPossible):
        messages.no_answer(work, thread_of(work, request_of_hers), "thanks", Said(""))


def test_strangers_find_no_thread(work_as: WorkAs, request_of_hers: str) -> None:
    for who in ("mei", "lena"):
        with work_as(who, writes=False) as work, pytest.raises(NotFound):
            thread_of(work, request_of_hers)
    with work_as("lena", writes=False) as work, pytest.raises(NotFound):
        patients.find(work, AMINA)
    with work_as("femi", writes=False) as work:
        assert thread_of(work, request_of_hers).patient.given_name == "Amina"
    with work_as("dov") as work, pytest.raises(NotAllowed):
        messages.send(work, thread_of(work, request_of_hers), Said("As if I were she."))
    with work_as("amina") as work, pytest.raises(NotAllowed):
        messages.answer(work, thread_of(work, request_of_hers), Said("As if I were the clinic."))


def test_her_general_thread_is_hers_and_a_representative_is_in_the_threads_his_rights_reach(
    work_as: WorkAs, request_of_hers: str
) -> None:
    with work_as("ben", writes=False) as work:
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        with pytest.raises(NotAllowed):
            message_threads.general(work, amina)
        listed = message_threads.of_patient(work, amina)
        assert request_of_hers in [each.thread.reference for each in listed]
        assert "" not in [each.thread.reference for each in listed]
    asks(work_as, request_of_hers, who="ben")
    [message] = opens(work_as, "amina", request_of_hers)
    assert (message.for_patient, message.by.split()[0]) == (True, "Ben")


def test_for_a_patient_without_a_sign_in_whoever_holds_every_right_writes_in_general(work_as: WorkAs) -> None:
    with work_as("system", writes=False) as work:
        mei = work.db.scalars(select(Patient).where(Patient.given_name == "Mei")).one()
        alone = Patient(id=mei.id, account_id=None)
        some = Powers.over(set(Right) - {Right.COMPLAIN})
        for held, hers, may in ((EVERYTHING, mei, False), (EVERYTHING, alone, True), (some, alone, False)):
            powers = {mei.id: held}
            actor = Actor(uuid4(), "Her mother", frozenset({Role.PATIENT}), None, frozenset(powers), powers=powers)
            assert allows(actor, Permission.MESSAGES_WRITE, hers) is may


def test_whom_a_complaint_names_sees_nothing_of_its_thread(work_as: WorkAs, worker: Worker) -> None:
    with work_as("amina") as work:
        people = frozenset({account(work, "femi"), account(work, "dov")})
        reference = str(complaints.send(work, patients.own(work), complaint(people=people)).reference)
    asks(work_as, reference)
    for who in ("femi", "dov"):
        with work_as(who, writes=False) as work:
            with pytest.raises(NotFound):
                thread_of(work, reference)
            for which in Which:
                assert reference not in [row.reference for row in message_lists.page(work, which).rows]
    with work_as("esi", writes=False) as work:
        assert reference in [row.reference for row in message_lists.page(work, Which.WAITING).rows]
        thread = thread_of(work, reference)
        named = {name for _key, name in message_answerers.colleagues(work, thread)}
        assert not {name for name in named if name.startswith(("Dov", "Dr Femi", "Femi"))}
    with work_as("esi") as work, pytest.raises(Invalid):
        message_answerers.hand_on(work, thread_of(work, reference), account(work, "dov"))
    answers(work_as, "esi", reference)
    with work_as("ben", writes=False) as work:
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        told = [look.reference for look in access_log.lines(work, amina, limit=50)]
        assert reference not in told
        assert reference not in [each.thread.reference for each in message_threads.of_patient(work, amina)]


def test_somebody_who_is_named_later_answers_no_more(work_as: WorkAs) -> None:
    with work_as("amina") as work:
        reference = str(complaints.send(work, patients.own(work), complaint()).reference)
    asks(work_as, reference)
    with work_as("dov") as work:
        message_answerers.take_over(work, thread_of(work, reference))
    with work_as("esi") as work:
        complaint_work.name_person(work, complaints.find(work, reference), account(work, "dov"))
    with work_as("esi", writes=False) as work:
        assert message_answerers.named(work, thread_of(work, reference)).account != account(work, "dov")


def test_the_list_and_the_leave_to_answer_agree(work_as: WorkAs, request_of_hers: str) -> None:
    with work_as("amina") as work:
        named = frozenset({account(work, "femi")})
        about_femi = complaints.send(work, patients.own(work), complaint(people=named))
        messages.send(work, message_threads.of_case(work, about_femi), Said(WORDS))
    asks(work_as, request_of_hers)
    with work_as("system", writes=False) as work:
        rows = list(work.db.scalars(select(MessageThread)))
        assert len(rows) >= 4
        amina = next(row.patient for row in rows if row.patient.given_name == "Amina")
        shown = 0
        selves = [account(work, name) for name in ("femi", "lena", "dov")]
        for roles in ({Role.FRONT_OFFICE}, {Role.PHYSICIAN}, {Role.ADMINISTRATOR, Role.PATIENT}, {Role.PATIENT}):
            for self_id in selves:
                for own, held, covers in (
                    (None, {}, frozenset[UUID]()),
                    (amina.id, {}, frozenset(selves)),
                    (None, {amina.id: EVERYTHING}, frozenset[UUID]()),
                ):
                    actor = Actor(self_id, "X", frozenset(roles), own, frozenset(held), covers=covers, powers=held)
                    found = set(work.db.scalars(select(MessageThread.id).where(answerable_threads(actor))))
                    may = {row.id for row in rows if allows(actor, Permission.MESSAGES_ANSWER, row.about)}
                    assert found == may, actor
                    shown += len(found)
        assert shown


def notices(work: Work, notice: str) -> list[UUID]:
    jobs = work.db.scalars(select(Job).where(Job.kind == "message_notice", Job.payload.contains(f'"{notice}"')))
    return [UUID(job.name.rpartition("/")[2]) for job in jobs]


def outbox(edge: Edge) -> str:
    found = sorted((edge.config.data_dir / "outbox").glob("*.eml"))
    return "\n".join(path.read_text("utf-8") for path in found)


def test_e_mails_go_to_whoever_answers_and_to_the_patients_side_and_say_nothing(
    work_as: WorkAs, request_of_hers: str, edge: Edge, worker: Worker
) -> None:
    asks(work_as, request_of_hers)  # the case is nobody's yet
    with work_as("system", writes=False) as work:
        assert account(work, "dov") not in notices(work, "message_waits")
    with work_as("dov") as work:
        message_answerers.take_over(work, thread_of(work, request_of_hers))
    answers(work_as, "dov", request_of_hers, "They stay ten years, pelican.")
    asks(work_as, request_of_hers, "Thank you.")
    asks(work_as, request_of_hers, "And one more question.")
    with work_as("system", writes=False) as work:
        assert notices(work, "message_waits").count(account(work, "dov")) == 1  # nothing new waits with the second
        assert account(work, "amina") in notices(work, "message")
    worker.drain()
    sent = outbox(edge)
    assert "A message waits for your answer" in sent
    for secret in ("pelican", "wallflower", request_of_hers, "Amina"):
        assert secret not in sent.replace("amina@patients.example", "")


def test_while_she_is_away_her_cover_answers_and_is_told(work_as: WorkAs, request_of_hers: str) -> None:
    asks(work_as, request_of_hers)
    answers(work_as, "dov", request_of_hers)
    with work_as("system") as work:
        dov, esi = account(work, "dov"), account(work, "esi")
        leave = Leave(account_id=dov, cover_id=esi, starts_on=work.today, ends_on=work.today, arranged_at=work.now)
        work.db.add(leave)
    asks(work_as, request_of_hers)
    with work_as("esi", writes=False) as work:
        found = message_answerers.named(work, thread_of(work, request_of_hers))
        assert (found.account, bool(found.for_name)) == (work.actor.id, True)
        assert work.actor.id in notices(work, "message_waits")
        assert request_of_hers in [row.reference for row in message_lists.page(work, Which.MINE).rows]


def test_an_e_mail_that_was_promised_does_not_go_to_somebody_who_may_no_longer_hear(
    work_as: WorkAs, request_of_hers: str, edge: Edge, worker: Worker
) -> None:
    worker.drain()
    asks(work_as, request_of_hers, who="ben")
    answers(work_as, "dov", request_of_hers)
    with work_as("amina") as work:
        row = work.db.scalars(select(Representation).where(Representation.patient_id == patients.own(work).id)).one()
        row.ended_at = work.now
    before = outbox(edge).count("ben@patients.example")
    worker.drain()
    assert outbox(edge).count("ben@patients.example") == before
    assert "There is a message for you" in outbox(edge)


def test_the_list_goes_on_page_by_page_by_its_days(work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("system") as work:
        mei = work.db.scalars(select(Patient).where(Patient.given_name == "Mei")).one()
        for n in range(30):
            extra = Patient(
                number=f"P-9{n:05d}", given_name="Ann", family_name=str(n), birth_date=mei.birth_date,
                jurisdiction="ca-bc", registered_at=work.now,
            )  # fmt: skip
            work.db.add(extra)
            work.db.flush()
            due = work.today + timedelta(days=n % 7)
            work.db.add(MessageThread(patient_id=extra.id, waiting_since=work.now, due_on=due, last_at=work.now))
    with work_as("dov", writes=False) as work:
        first = message_lists.page(work, Which.WAITING)
        second = message_lists.page(work, Which.WAITING, first.next)
        assert (len(first.rows), second.next) == (25, None)
        days = [row.due_on for row in (*first.rows, *second.rows)]
        assert days == sorted(days, key=str)
        assert len({row.number for row in (*first.rows, *second.rows)}) == len(days) >= 31
        assert message_lists.count(work, Which.WAITING) == len(days)
        with pytest.raises(Invalid):
            message_lists.page(work, Which.WAITING, "cut")


def test_an_internal_note_is_written_once_and_read_by_colleagues_alone(work_as: WorkAs, request_of_hers: str) -> None:
    key = uuid4()
    for _press in range(2):
        with work_as("dov") as work:
            internal_notes.write(work, thread_of(work, request_of_hers), "Ask Femi first, zebra.", key)
    with work_as("femi", writes=False) as work:
        assert [note.text for note in internal_notes.of_thread(work, thread_of(work, request_of_hers))] == [
            "Ask Femi first, zebra."
        ]
    for who in ("amina", "ben"):
        with work_as(who, writes=False) as work, pytest.raises(NotAllowed):
            internal_notes.of_thread(work, thread_of(work, request_of_hers))
    with work_as("amina") as work, pytest.raises(NotAllowed):
        internal_notes.write(work, thread_of(work, request_of_hers), "Mine.")


def test_what_we_hold_counts_the_messages_this_reader_may_see(work_as: WorkAs, request_of_hers: str) -> None:
    asks(work_as, request_of_hers)
    with work_as("amina", writes=False) as work:
        mine = patients.own(work)
        hers = holdings.of_patient(work, mine).messages
    with work_as("ben", writes=False) as work:
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        his = holdings.of_patient(work, amina).messages
    assert (hers.number, his.number) == (3, 1)  # two of hers are in the general thread of the demo clinic


def test_two_who_open_it_at_once_leave_one_first_reading(work_as: WorkAs, request_of_hers: str) -> None:
    asks(work_as, request_of_hers)
    with work_as("dov") as first:
        thread = thread_of(first, request_of_hers)
        page = message_readings.page(first, thread)
        message_readings.opened(first, thread, page)
        message_readings.opened(first, thread, page)  # as drawn before the first was kept
        query = select(func.count()).select_from(MessageRead).where(MessageRead.message_id == page.messages[0].id)
        assert first.db.scalar(query) == 1


def test_new_messages_are_counted_without_reading_all_readings_of_everybody(work_as: WorkAs, edge: Edge) -> None:
    """Every home page asks this: the readings are found by their message, whatever else there is."""
    asked: list[tuple[str, Any]] = []
    with work_as("amina") as work:
        messages.send(work, message_threads.general(work, patients.own(work)), Said("What do you keep?"))
    with work_as("amina", writes=False) as work:
        connection = work.db.connection()
        event.listen(
            connection, "before_cursor_execute", lambda _c, _cursor, said, given, *_more: asked.append((said, given))
        )
        message_threads.of_patient(work, patients.own(work))
        [(statement, given)] = [each for each in asked if "message_reads" in each[0]]
        if connection.dialect.name == "sqlite":
            plan = lines_of(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given))
            assert re.search(r"SEARCH message_reads USING .*\(message_id=\?", plan), plan
        else:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")  # so small a table is read whole otherwise
            plan = lines_of(connection.exec_driver_sql(f"EXPLAIN {statement}", given))
            assert re.search(r"on message_reads.*\n *.*Index Cond: \(\(message_id = ", plan), plan
    assert not re.search(r"(SCAN|Seq Scan on) message_reads", plan), plan


def lines_of(rows: Iterable[Any]) -> str:
    return "\n".join(str(row[-1]) for row in rows)
