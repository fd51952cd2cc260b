"""The house the tests live in: a fresh database of each kind for every test, with the demo clinic in it.

What a test asks for by ``edge``, ``work_as`` or ``client_of`` runs twice, on SQLite and on PostgreSQL. The database and
the store are copied from a template that is made once a run, so a test may commit what it likes.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Dialect, Engine, select
from werkzeug.routing import Rule

from config import Config
from portal import edges
from portal.domain.actors import OPERATOR, SYSTEM, Actor, Role
from portal.edges import DEMO_RECORDS, Edge
from portal.models import schema
from portal.models.accounts import Account, SignIn
from portal.models.people import Patient, StaffMember
from portal.models.session import engine_from_url, session_factory
from portal.services import demo, leaves, powers, sign_ins
from portal.services.work import Work
from portal.web import create_app
from portal.web.work import TOKEN
from portal.worker import Worker
from tests import postgres
from tests.pages import ReadingClient
from tests.postgres import pytest_configure, pytest_unconfigure
from tests.sampling import pytest_addoption, pytest_collection_modifyitems
from tests.templates import Template, empty, once_a_run

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_configure", "pytest_unconfigure"]

settings.register_profile("portal", deadline=None)  # machines are noisy: a timing is never an assertion
settings.load_profile("portal")

MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # nine in the morning at the clinic
KINDS = ("sqlite", "postgresql")


class Clockwork:
    """The tests' time: it stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


def config_for(data_dir: Path, url: str, **settings: str) -> Config:
    """The settings of a portal of the tests' own."""
    environ = {"PORTAL_DATA_DIR": str(data_dir), "PORTAL_DATABASE_URL": url, **KEYS, **settings}
    return Config.from_environment(environ)


KEYS = {
    "PORTAL_SECRET_KEY": "demo-4t7Kq9ZxW2vLr8NbYc3HdUe6JmPa5GsF",  # made for the tests
    "PORTAL_MASTER_KEYS": "a2V5LW9mLXRoZS10ZXN0cy10aGlydHktdHdvLWJ5dGU=",
}


@pytest.fixture(scope="session")
def press() -> Iterator[Any]:
    """One warm press for a whole run: its children take seconds to start."""
    clinic_press = edges.press_of(demo_clinic())
    yield clinic_press
    clinic_press.close()


def demo_clinic() -> Any:
    from portal.domain.clinics import Clinic

    environ = {"PORTAL_DATA_DIR": os.devnull + "-none", "PORTAL_DATABASE_URL": "sqlite://", **KEYS}
    return Clinic.from_toml(Config.from_environment(environ).clinic)


@pytest.fixture(scope="session", params=KINDS)
def template(request: pytest.FixtureRequest, press: Any) -> Template:
    """The demo clinic, made once a run."""

    def open_clinic(url: str, folder: Path) -> None:
        edge = edge_at(folder, url, Clockwork(), press)
        schema.upgrade(edge.sessions.kw["bind"])
        with edge.work(OPERATOR) as work:
            demo.load(work, DEMO_RECORDS)
        _let_go(edge)

    return once_a_run("demo", request.param, empty(request.param), open_clinic)


def edge_at(folder: Path, url: str, clock: Clockwork, press: Any) -> Edge:
    """A portal over the database at ``url``, with its files in ``folder``."""
    config = config_for(folder, url)
    edge = edges.build(config)
    _share_compiled_statements(edge.sessions.kw["bind"])
    return replace(edge, now=clock, outside=replace(edge.outside, press=press))


SPOKEN: dict[str, tuple[Dialect, dict[Any, Any]]] = {}


def _share_compiled_statements(engine: Engine) -> None:
    """Every test has an engine of its own, and all ask the same things: a statement is compiled once a process.

    What is compiled is kept by dialect, so the engines of one kind speak through one dialect, which has met its server.
    """
    if engine.dialect.name not in SPOKEN:
        with engine.connect():
            SPOKEN[engine.dialect.name] = engine.dialect, {}
    engine.dialect, compiled = SPOKEN[engine.dialect.name]
    engine.update_execution_options(compiled_cache=compiled)


def _let_go(edge: Edge) -> None:
    edge.sessions.kw["bind"].dispose()


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def edge(template: Template, tmp_path: Path, clock: Clockwork, press: Any) -> Iterator[Edge]:
    """A portal of the test's own, with the demo clinic in it, on each kind of database."""
    url = template.copy_to(tmp_path / "data")
    made = edge_at(tmp_path / "data", url, clock, press)
    yield made
    _let_go(made)
    if template.kind == "postgresql":
        postgres.shared().drop_database(url)


@pytest.fixture
def work_as(edge: Edge) -> Callable[..., AbstractContextManager[Work]]:
    """A piece of work done by somebody of the cast: ``with work_as("amina") as work``."""

    def begin(name: str, writes: bool = True) -> AbstractContextManager[Work]:
        return edge.work(actor_of(edge, name), writes)

    return begin


def actor_of(edge: Edge, name: str) -> Actor:
    """Somebody of the cast as the rules see her: a demo sign-in's first name, ``system`` or ``operator``."""
    if name in ("system", "operator"):
        return SYSTEM if name == "system" else OPERATOR
    with edge.sessions() as db:
        account = db.scalars(select(Account).where(Account.email.like(f"{name}@%"))).one()
        patient = db.scalars(select(Patient.id).where(Patient.account_id == account.id)).one_or_none()
        title = db.scalars(select(StaffMember.title).where(StaffMember.account_id == account.id)).one_or_none()
    with edge.work(SYSTEM, writes=False) as work:
        covers = leaves.covered_by(work, account.id, account.role_set)
        held = powers.held_by(work, account.id)
    return Actor(account.id, account.name, account.role_set, patient, frozenset(held), title or "", covers, held)


@pytest.fixture
def worker(edge: Edge) -> Worker:
    return Worker(edge)


APPS: list[Flask] = []


@pytest.fixture
def app(edge: Edge) -> Iterator[Flask]:
    """The portal over this test's database. Making an application takes as long as many a test, so a process makes one:
    each test finds it as it was made, whatever the one before it changed."""
    if not APPS:
        APPS.append(app_over(edge))
    made = APPS[0]
    settings, client = dict(made.config), made.test_client_class
    before, pages = {**made.before_request_funcs}, dict(made.view_functions)
    made.extensions["portal"] = edge
    yield made
    made.config.clear()
    made.config.update(settings)
    made.test_client_class = client
    made.before_request_funcs.clear()
    made.before_request_funcs.update(before)
    made.view_functions.clear()
    made.view_functions.update(pages)


class Compiled(BytecodeCache):
    """The templates compiled once a process: every test has an application of its own, and all have the same pages."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


COMPILED = Compiled()


@pytest.fixture(scope="session", autouse=True)
def _addresses_compiled_once() -> Iterator[None]:
    """Werkzeug writes and compiles a function an address for every application; all of ours have the same addresses."""
    made: dict[tuple[str, bool], Any] = {}
    compiled = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:
            return compiled(rule, append_unknown)
        if (rule.rule, append_unknown) not in made:
            made[rule.rule, append_unknown] = compiled(rule, append_unknown)
        return made[rule.rule, append_unknown]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Rule, "_compile_builder", once)
        yield


def app_over(edge: Edge) -> Flask:
    """The portal over ``edge``, with browsers that read every page closely."""
    made = create_app(edge.config, edge)
    made.jinja_env.bytecode_cache = COMPILED
    made.test_client_class = ReadingClient
    made.testing = True
    # Tokens are drawn into every form but asked of nobody, so that a test may post at once.
    made.config["WTF_CSRF_CHECK_DEFAULT"] = False
    made.before_request(_trust_forms)
    return made


def _trust_forms() -> None:
    g.csrf_valid = True


@pytest.fixture
def client_of(app: Flask, edge: Edge) -> Callable[[str], ReadingClient]:
    """A browser in which somebody of the cast is signed in, all factors given."""

    def signed_in(name: str) -> ReadingClient:
        client = app.test_client()
        assert isinstance(client, ReadingClient)
        open_session(edge, client, name)
        return client

    return signed_in


def open_session(edge: Edge, client: Any, name: str) -> None:
    with edge.work(SYSTEM) as work:
        account = work.db.scalars(select(Account).where(Account.email.like(f"{name}@%"))).one()
        token = sign_ins.begin(work, account.id, "127.0.0.0/24", "tests")
        row = work.db.scalars(select(SignIn).where(SignIn.token_digest == sign_ins.digest_of(token))).one()
        row.factor_needed = None
    with client.session_transaction() as session:
        session[TOKEN] = token


@pytest.fixture
def visitor(app: Flask) -> ReadingClient:
    """A browser in which nobody is signed in."""
    client = app.test_client()
    assert isinstance(client, ReadingClient)
    return client


@pytest.fixture
def sqlite_only(template: Template) -> None:
    """For what does not depend on the database: run once."""
    if template.kind != "sqlite":
        pytest.skip("the same on every database")


__all__ += [
    "MONDAY",
    "Clockwork",
    "Role",
    "Template",
    "actor_of",
    "app_over",
    "config_for",
    "edge_at",
    "engine_from_url",
    "open_session",
    "session_factory",
]
