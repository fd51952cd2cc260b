"""The operators' small commands: what each prints, its ``--json``, and how it ends (0, 1 or 2)."""

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from portal.domain.actors import SYSTEM
from portal.edges import Edge
from portal.models.accounts import Account
from portal.services import accounts, patients, record_items
from portal.services.work import Work
from tests.adapters.upload_samples import pdf, picture
from tests.cli.conftest import Terminal, environment, holdings
from tests.conftest import KEYS
from tests.providers.hostile import hostile

DEADLINE = ("deadline", "--jurisdiction", "ca-bc", "--kind", "access", "--received")
ANOTHER_KEY = "YW5vdGhlci1rZXktb2YtdGhlLXRlc3RzLXRoaXJ0eTI="


def facts(output: str) -> list[Any]:
    return [json.loads(line) for line in output.splitlines()]


def test_the_lawful_date_is_told_with_every_day(sqlite_only: None, terminal: Terminal) -> None:
    told = terminal(*DEADLINE, "2026-12-18").stdout
    assert "Due on Tuesday 2 February 2027 (2027-02-02)" in told
    assert "2026-12-25  Friday      not counted: Christmas Day" in told
    assert "2027-02-02  Tuesday     day 30" in told


def test_several_dates_have_a_line_each(sqlite_only: None, terminal: Terminal) -> None:
    result = terminal(*DEADLINE, "2026-12-18", "2026-12-19")
    assert (result.exit_code, result.stdout) == (0, "2026-12-18 due 2027-02-02\n2026-12-19 due 2027-02-02\n")
    repeated = terminal(*DEADLINE, "2026-12-18", "--received", "2026-12-19")
    assert repeated.stdout == result.stdout


def test_a_deadline_as_json_is_one_object_a_date(sqlite_only: None, terminal: Terminal) -> None:
    first, second = facts(terminal(*DEADLINE, "2026-12-18", "2027-03-01", "--json").stdout)
    assert (first["received"], first["due"]) == ("2026-12-18", "2027-02-02")
    assert [day["number"] for day in first["days"] if day["number"]] == list(range(1, 31))
    assert date.fromisoformat(second["due"]) > date(2027, 3, 1)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((*DEADLINE, "tomorrow"), "tomorrow is not a date"),
        ((*DEADLINE, "2026-02-30"), "2026-02-30 is not a date"),
        ((*DEADLINE, "2026-12-18", "never"), "never is not a date"),
        ((*DEADLINE, "2199-01-01"), "calendar"),
        (("deadline", "--jurisdiction", "xx", "--kind", "access", "--received", "2026-12-18"), "ca-bc"),
        (("deadline", "--jurisdiction", "ca-bc", "--kind", "tea", "--received", "2026-12-18"), "access, correction"),
    ],
)
def test_a_date_that_cannot_be_counted_is_told(
    given: tuple[str, ...], told: str, sqlite_only: None, terminal: Terminal
) -> None:
    result = terminal(*given)
    assert (result.exit_code, result.stdout) == (1, "")
    assert told in result.stderr


@pytest.mark.parametrize("wrong", [("deadline",), ("nonsense",), ("account", "add", "a@b.example"), ("record",)])
def test_wrong_usage_ends_with_two(wrong: tuple[str, ...], sqlite_only: None, terminal: Terminal) -> None:
    assert terminal(*wrong).exit_code == 2


def test_an_upload_is_judged_as_the_pages_would(sqlite_only: None, terminal: Terminal, tmp_path: Path) -> None:
    good, bad = tmp_path / "scan.png", tmp_path / "virus.exe"
    good.write_bytes(picture("PNG"))
    bad.write_bytes(b"MZ" + bytes(200))
    result = terminal("inspect", good, bad, tmp_path / "missing.pdf", "--json")
    accepted, refused, missing = facts(result.stdout)
    assert result.exit_code == 1
    assert {"file", "verdict", "kind", "removed", "reason"} <= set(accepted)
    assert (accepted["file"], accepted["verdict"], accepted["kind"]) == ("scan.png", "accepted", "png")
    assert (refused["verdict"], missing["verdict"]) == ("refused", "refused")
    assert refused["reason"]
    assert "missing.pdf" in missing["reason"]
    alone = terminal("inspect", good)
    assert (alone.exit_code, alone.stdout.split(":")[0]) == (0, "scan.png")


def test_a_signed_file_is_verified_in_one_sentence(
    sqlite_only: None, terminal: Terminal, edge: Edge, tmp_path: Path
) -> None:
    plain, signed = tmp_path / "plain.pdf", tmp_path / "signed.pdf"
    plain.write_bytes(pdf())
    edge.outside.signer.sign(plain, signed, reason="Release package", contact="privacy@clinic.example")
    good = terminal("verify", signed)
    assert (good.exit_code, good.stdout) == (
        0,
        "This file is as “Procerus Skin Care” signed it. Nothing was changed.\n",
    )
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(signed.read_bytes().replace(b"Hello", b"Hullo") + b"\n%%EOF")
    assert terminal("verify", changed).exit_code == 1
    assert facts(terminal("verify", signed, "--json").stdout)[0]["intact"] is True
    assert "not signed" in terminal("verify", plain).stdout
    nowhere = terminal("verify", tmp_path / "none.pdf")
    assert (nowhere.exit_code, nowhere.stdout) == (1, "")
    assert "none.pdf" in nowhere.stderr


def test_the_audit_trail_is_walked_and_the_first_bad_entry_named(terminal: Terminal, edge: Edge) -> None:
    fine = terminal("audit", "verify", "--json")
    (found,) = facts(fine.stdout)
    assert (fine.exit_code, found["first_bad"]) == (0, None)
    assert {"entries", "chains", "checkpoints", "first_bad"} == set(found)
    assert found["entries"] >= found["chains"] > 1
    with edge.sessions.kw["bind"].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        connection.execute(text("UPDATE audit_entries SET text = replace(text, 'registered', 'forgotten')"))
    broken = terminal("audit", "verify", "--json")
    assert broken.exit_code == 1
    first_bad = facts(broken.stdout)[0]["first_bad"]
    assert first_bad in terminal("audit", "verify").stdout
    assert first_bad.rpartition(":")[2].isdigit()


def test_the_schema_is_checked(terminal: Terminal, edge: Edge) -> None:
    assert terminal("db", "check").exit_code == 0
    with edge.sessions.kw["bind"].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    behind = terminal("db", "check")
    assert (behind.exit_code, "portal db upgrade" in behind.stdout) == (1, True)
    with edge.sessions.kw["bind"].begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    newer = terminal("db", "upgrade")
    assert (newer.exit_code, newer.stderr.count("\n")) == (1, 1)
    assert "another version of the portal" in newer.stderr


def test_a_database_that_is_not_there_yet_is_told_in_a_sentence(
    sqlite_only: None, terminal: Terminal, tmp_path: Path
) -> None:
    empty = {"PORTAL_DATABASE_URL": f"sqlite:///{tmp_path}/empty.db"}
    for command in (["audit", "verify"], ["demo"], ["account", "reset", "a@b.example"]):
        result = terminal(*command, **empty)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "portal doctor" in result.stderr
    assert terminal("db", "check", **empty).exit_code == 1
    assert terminal("db", "upgrade", **empty).exit_code == 0
    assert terminal("db", "check", **empty).exit_code == 0
    assert terminal("load", "--cases", "30", **empty).stdout == "30 cases were made.\n"
    assert terminal("load", "--cases", "30", **empty).exit_code == 1


def test_the_demo_is_refused_where_there_are_people(terminal: Terminal, edge: Edge) -> None:
    before = holdings(edge)
    refused = terminal("demo")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "people in this database" in refused.stderr
    assert holdings(edge) == before


def test_wrong_settings_are_told_all_at_once(sqlite_only: None, terminal: Terminal) -> None:
    result = terminal("db", "check", PORTAL_ENV="staging", PORTAL_DATABASE_URL="mysql://x", PORTAL_COLOUR="red")
    assert (result.exit_code, result.stdout) == (1, "")
    for setting in ("PORTAL_ENV", "PORTAL_DATABASE_URL", "PORTAL_COLOUR"):
        assert setting in result.stderr


def test_an_account_is_added_and_its_link_opens_it(terminal: Terminal, edge: Edge) -> None:
    added = terminal("account", "add", "Nour@clinic.example", "--role", "physician", "--name", "Dr Nour Saleh")
    again = terminal("account", "add", "nour@clinic.example", "--role", "physician")
    reset = terminal("account", "reset", "nour@clinic.example")
    assert (added.exit_code, again.exit_code, reset.exit_code) == (0, 1, 0)
    assert "Reset it instead" in again.stderr
    first, second = (each.stdout.strip().rpartition("/activate/")[2] for each in (added, reset))
    assert first != second
    with edge.work(SYSTEM) as work:
        assert accounts.activation(work, second).name == "Dr Nour Saleh"
        assert "physician" in work.db.scalars(select(Account.roles).where(Account.email == "nour@clinic.example")).one()
    with pytest.raises(Exception, match="used or is too old"), edge.work(SYSTEM) as work:
        accounts.activation(work, first)
    assert terminal("account", "add", "nour", "--role", "physician").exit_code == 1
    assert terminal("account", "add", "x@clinic.example", "--role", "king").exit_code == 2
    assert terminal("account", "reset", "nobody@clinic.example").exit_code == 1


def test_keys_are_rotated_and_the_old_key_is_needed_no_more(
    terminal: Terminal, work_as: Callable[..., AbstractContextManager[Work]]
) -> None:
    old = KEYS["PORTAL_MASTER_KEYS"]
    without = terminal("keys", "rotate", PORTAL_MASTER_KEYS=ANOTHER_KEY)
    assert (without.exit_code, without.stdout) == (1, "")
    assert "do not open" in without.stderr
    rotated = terminal("keys", "rotate", PORTAL_MASTER_KEYS=f"{ANOTHER_KEY},{old}")
    assert rotated.exit_code == 0
    assert int(rotated.stdout.split()[0]) > 4  # patients, the index, the codes of the staff
    assert terminal("keys", "rotate", PORTAL_MASTER_KEYS=f"{ANOTHER_KEY},{old}").stdout.startswith("0 keys")
    assert terminal("keys", "rotate", PORTAL_MASTER_KEYS=ANOTHER_KEY).exit_code == 0
    with work_as("system") as work:
        mei = patients.find(work, "mei@patients.example")
        first = record_items.items_of(work, mei.id)[0]
        with pytest.raises(Exception, match="could not be opened"):
            record_items.title_of(work, first)  # this work still has the old master key only


def test_the_doctor_looks_at_every_part(terminal: Terminal, edge: Edge) -> None:
    well = terminal("doctor", "--json")
    found = {each["check"]: each["ok"] for each in facts(well.stdout)}
    assert well.exit_code == 0, well.stdout
    assert {"configuration", "database", "keys", "store", "fonts", "mail", "clock", "zone data"} <= set(found)
    assert all(found.values())
    nobody_listens = "smtp://clerk:hidden-word@127.0.0.1:9"
    ill = terminal("doctor", PORTAL_MASTER_KEYS=ANOTHER_KEY, PORTAL_MAIL_URL=nobody_listens)
    assert ill.exit_code == 1
    faults = [line for line in ill.stdout.splitlines() if line.startswith("FAULT")]
    assert [line.split()[1].rstrip(":") for line in faults] == ["keys", "mail"]
    assert "hidden-word" not in ill.stdout + ill.stderr
    assert not list(edge.outside.scratch.iterdir())


def test_the_doctor_asks_each_provider_for_signing_in(terminal: Terminal, clock: Any) -> None:
    with hostile(clock) as there:
        provider = {"ISSUER": there.issuer, "CLIENT_ID": "portal", "SECRET": "hidden-word", "AUDIENCE": "patient"}
        settings = {f"PORTAL_OIDC_CARD_{name}": value for name, value in provider.items()}
        assert terminal("doctor", **settings).exit_code == 0
        there.document = {"issuer": "https://elsewhere.example"}
        ill = terminal("doctor", **settings)
    assert ill.exit_code == 1
    assert f"FAULT  providers for signing in: Card at {there.issuer}: nobody can sign in there" in ill.stdout
    assert "hidden-word" not in ill.stdout


def test_the_console_script_answers_in_a_process_of_its_own(sqlite_only: None, edge: Edge) -> None:
    command = [sys.executable, "-m", "portal.cli.run", "audit", "verify", "--json"]
    done = subprocess.run(command, env={"PATH": "/usr/bin", **environment(edge)}, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["first_bad"] is None
