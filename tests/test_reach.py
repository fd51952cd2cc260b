"""The one table of who reaches what: it is read closely, the portal starts only with all of it, and it is a gate."""

from typing import Any

import pytest
from flask import Blueprint, Flask

from portal.domain.actors import Role
from portal.domain.policy import Permission
from portal.edges import Edge
from portal.web import create_app, reach
from portal.web.reach import Row, Unreachable, line_of, row_of
from tests.conftest import config_for, open_session
from tests.pages import text_of

PHYSICIANS = frozenset({Permission.RECORD_READ, Permission.REVIEW_DECIDE})


class TestTable:
    def test_a_row_is_written_as_it_is_read(self) -> None:
        for row in reach.table().values():
            assert row_of(line_of(row)) == row

    def test_groups_and_brackets_are_people(self) -> None:
        row = row_of("GET /there request:view,request:work patients (clinic) physician")
        assert row.asks == ("request:view", "request:work")
        assert row.reached == {"patient", "representative", "other-patient", "physician"}
        assert row.admitted == set(reach.SIGNED_IN)
        assert row_of("GET /there - everybody").admits(None)
        assert not row_of("GET /there - signed-in").admits(None)

    @pytest.mark.parametrize(
        "line", ["GET /there - somebody", "GET /there patient front-office", "GET /there x:y clinic"]
    )
    def test_nobody_and_nothing_unheard_of_is_named(self, line: str) -> None:
        with pytest.raises(Unreachable, match="names what there is not"):
            row_of(line)

    def test_what_only_physicians_may_read_is_reached_by_no_other_role(self) -> None:
        """The administrator's role opens no clinical content, nor does the front office's (security.md, A05)."""
        clinical = [row for row in reach.table().values() if PHYSICIANS & set(row.asks)]
        assert len(clinical) > 5
        assert {role for row in clinical for role in row.roles} == {Role.PHYSICIAN}

    def test_an_address_that_changes_something_for_nobody_is_at_the_door(self) -> None:
        doors = ("/sign-in", "/sign-out", "/recover", "/activate", "/language", "/account-requests", "/confirm-email")
        leaving = ("/leave", "/left-form", "/session/stay")
        for row in reach.table().values():
            if row.method == "POST" and row.admits(None):
                assert row.address.startswith((*doors, *leaving)), row.address


def told(here: set[tuple[str, str]], elsewhere: set[tuple[str, str]] = frozenset()) -> str:  # type: ignore[assignment]
    with pytest.raises(Unreachable) as refused:
        reach.check(here, elsewhere)
    return str(refused.value)


class TestStart:
    def test_an_address_without_a_row_is_named_with_what_to_write(self) -> None:
        sentence = told({*reach.table(), ("POST", "/new/<uuid:thing_id>")})
        assert "does not start" in sentence
        assert "POST  /new/<uuid:thing_id>" in sentence
        assert "portal/web/reach.txt" in sentence

    def test_a_row_without_an_address_is_named(self) -> None:
        assert "GET   /policy" in told(set(reach.table()) - {("GET", "/policy")})

    def test_what_another_process_serves_is_not_missed(self) -> None:
        away = {cell for cell in reach.table() if cell[1].startswith("/office")}
        reach.check(set(reach.table()) - away, away)

    @pytest.mark.usefixtures("sqlite_only")
    @pytest.mark.parametrize("areas", ["patient", "office", "patient,office"])
    def test_it_starts_for_every_area(self, edge: Edge, areas: str, tmp_path: Any) -> None:
        config = config_for(tmp_path / "data", edge.config.database_url, PORTAL_AREAS=areas)
        assert create_app(config, edge).blueprints

    def test_an_address_that_was_forgotten_stops_a_whole_portal(self) -> None:
        app, area = Flask("new"), Blueprint("new", __name__)
        area.get("/nobody-thought-of-it")(lambda: "secret")
        app.register_blueprint(area)
        with pytest.raises(Unreachable, match="/nobody-thought-of-it"):
            reach.init_app(app, [])


@pytest.mark.usefixtures("sqlite_only")
class TestGate:
    """A page whose service forgot to ask: the gate alone stands before it."""

    @pytest.fixture
    def forgetful(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
        for endpoint in list(app.view_functions):
            if endpoint != "static":
                app.view_functions[endpoint] = lambda **_parts: "all of it"
        app.test_client_class = None  # what it answers now is no page
        return app

    @pytest.mark.parametrize(
        ("name", "method", "path", "status"),
        [
            ("dov", "GET", "/office/people", 403),
            ("esi", "GET", "/office/people", 200),
            ("esi", "GET", "/office/cases/AR-1/review", 403),
            ("dov", "POST", "/office/cases/AR-1/review/sign", 403),
            ("femi", "POST", "/office/cases/AR-1/review/sign", 200),
            ("femi", "HEAD", "/office/cases/AR-1/extend", 403),
            ("femi", "OPTIONS", "/office/cases/AR-1/extend", 403),
            ("mei", "GET", "/office/people", 404),
            ("esi", "GET", "/home", 404),
        ],
    )
    def test_a_role_without_business_there_is_refused_before_the_page_runs(
        self, forgetful: Flask, edge: Edge, name: str, method: str, path: str, status: int
    ) -> None:
        client = forgetful.test_client()
        open_session(edge, client, name)
        answer = client.open(path, method=method)
        assert answer.status_code == status
        assert (b"all of it" in answer.data) is (status == 200 and method != "HEAD")

    def test_nobody_is_led_to_the_door_where_even_the_door_was_forgotten(self, forgetful: Flask) -> None:
        forgetful.before_request_funcs["office"] = forgetful.before_request_funcs["office"][-1:]
        answer = forgetful.test_client().get("/office/people")
        assert (answer.status_code, answer.location) == (303, "/sign-in")

    def test_the_no_is_told_in_words(self, app: Flask, edge: Edge) -> None:
        client = app.test_client()
        open_session(edge, client, "dov")
        assert "not yours to do" in text_of(client.get("/office/people"))


def test_a_row_without_people_admits_nobody() -> None:
    row = row_of("GET /there -")
    assert row == Row("GET", "/there", (), frozenset(), frozenset())
    assert not row.admits(None)
    assert not row.admits(frozenset(Role))
