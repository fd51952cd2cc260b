"""A database of before is brought up to date with all that was in it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from portal.edges import Edge
from portal.models import schema
from portal.services import access_requests
from portal.services.work import Work
from tests.web.office.stages import signed

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
