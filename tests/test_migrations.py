"""A database of before is brought up to date with all that was in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import text, update

from portal.edges import Edge
from portal.models import schema
from portal.models.jobs import Job
from portal.services import access_requests, untold_messages
from portal.services.work import Work
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
