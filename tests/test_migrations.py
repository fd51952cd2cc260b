"""A database of before is brought up to date with all that was in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import DateTime, Uuid, bindparam, select, text, update

from portal.edges import Edge
from portal.models import schema
from portal.models.dispatches import Dispatch
from portal.models.jobs import Job
from portal.models.letters import Letter
from portal.services import (
    access_requests,
    correspondence,
    disclosure_notices,
    disclosure_register,
    sealing,
    untold_messages,
)
from portal.services.work import Work
from tests.services.test_disclosure_notices import forbids_her_address, gives, hospital, in_danger
from tests.services.test_messages import answers, asks, opens
from tests.web.office.stages import signed
from tests.web.patient import stages

WorkAs = Callable[..., AbstractContextManager[Work]]


def back_to(edge: Edge, revision: str) -> None:
    """The database as an earlier version of the portal left it."""
    with edge.sessions.kw["bind"].connect().execution_options(portal_writes=True) as connection:
        config = Config()
        config.set_main_option("script_location", str(schema.MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        connection.commit()


def test_a_review_of_before_still_says_who_decided(edge: Edge, work_as: WorkAs) -> None:
    reference = signed(work_as)
    engine = edge.sessions.kw["bind"]
    back_to(edge, "0002")
    with engine.connect() as connection:
        assert "wishes_digest" in connection.execute(text("SELECT * FROM access_requests")).keys()  # noqa: SIM118
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        assert request.judged_by_ids == {work.actor.id}
        assert isinstance(work.actor.id, UUID)
        assert access_requests.wishes_of(work, request).scope == "everything"


def test_a_request_of_before_is_not_taken_for_the_same_as_another(edge: Edge, work_as: WorkAs) -> None:
    reference = signed(work_as)
    back_to(edge, "0002")
    schema.upgrade(edge.sessions.kw["bind"])
    with work_as("mei") as work:
        request = access_requests.find(work, reference)
        assert request.wishes_index is None
        assert access_requests.same_open_request(work, request) is None


def test_what_was_settled_about_a_letter_of_no_safe_way_is_carried_over(edge: Edge, work_as: WorkAs) -> None:
    """What was settled, by whom, when, and the words stay on file; what is open stands with all other letters."""
    forbids_her_address(work_as)
    for_her = [gives(work_as, "dov", in_danger(hospital(work_as))) for _twice in range(2)]
    engine = edge.sessions.kw["bind"]
    back_to(edge, "0024")
    with engine.connect() as connection:
        tasks = connection.execute(text("SELECT id, letter_id, settled_at FROM disclosure_notices")).all()
        assert [each.settled_at for each in tasks] == [None, None], "an open one was a task of its own"
    settle_as_before(work_as, for_her[0])
    schema.upgrade(engine)
    assert schema.differences(engine) == []
    with work_as("dov") as work:
        settled, waiting = (standing(work, key) for key in for_her)
        assert (settled.done, settled.done_by, settled.open) == ("Given to her at her visit.", "Dov Levin", None)
        [task] = correspondence.page(work, correspondence.Tab.BACK).rows
        assert (task.dispatch.id, task.dispatch.problem) == (waiting.open, "no_safe_way")
        assert task.dispatch.post_by == waiting.post_by
        event = next(each for each in correspondence.events_of(work, [settled_id(work, for_her[0])]))
        assert event.on == work.today
    back_to(edge, "0024")
    schema.upgrade(engine)
    with work_as("dov") as work:
        assert standing(work, for_her[0]).done == "Given to her at her visit."
        assert len(correspondence.page(work, correspondence.Tab.BACK).rows) == 1, "there and back again, none is lost"


def settle_as_before(work_as: WorkAs, disclosure_id: UUID) -> None:
    """As the portal of then wrote it down: sealed under her key, at the old place."""
    with work_as("dov") as work:
        letter = work.db.scalars(select(Letter.id).where(Letter.disclosure_id == disclosure_id)).one()
        rows = text("SELECT id, patient_id FROM disclosure_notices WHERE letter_id = :letter").columns(
            id=Uuid(), patient_id=Uuid()
        )
        key, patient_id = work.db.execute(rows.bindparams(bindparam("letter", letter, Uuid()))).one()
        place, data_key = f"disclosure_notices/settled_sealed/{key}", sealing.data_key(work, patient_id)
        sealed = work.outside.vault.seal(data_key, b"Given to her at her visit.", place)
        change = text(
            "UPDATE disclosure_notices SET settled_at = :at, settled_by_name = :name, settled_sealed = :sealed"
            " WHERE id = :id"
        ).bindparams(bindparam("id", key, Uuid()), bindparam("at", work.now.replace(tzinfo=None), DateTime()))
        work.db.execute(change, {"name": "Dov Levin", "sealed": sealed})


def standing(work: Work, disclosure_id: UUID) -> Any:
    entry, patient = disclosure_register.find(work, disclosure_id)
    return disclosure_notices.standing(work, patient, entry)


def settled_id(work: Work, disclosure_id: UUID) -> UUID:
    ours = select(Dispatch.id).join(Letter, Letter.id == Dispatch.letter_id)
    return work.db.scalars(ours.where(Letter.disclosure_id == disclosure_id, Dispatch.stage == "settled")).one()


def test_an_e_mail_given_up_before_there_was_a_task_is_one_now(edge: Edge, work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "amina")
    answers(work_as, "dov", reference)
    answers(work_as, "dov", reference, "One thing more.")
    asks(work_as, None)
    answers(work_as, "esi", None)
    opens(work_as, "amina", None)  # what she has opened needs nobody
    with work_as("system") as work:
        work.db.execute(update(Job).where(Job.kind == "message_notice").values(status="dead"))
    back_to(edge, "0024")
    schema.upgrade(edge.sessions.kw["bind"])
    with work_as("dov", writes=False) as work:
        (task,) = untold_messages.waiting(work)
        assert (task.reader, task.thread.reference, task.row.why) == ("Amina Haddad", reference, "given_up")
        assert task.row.message.at <= work.now
