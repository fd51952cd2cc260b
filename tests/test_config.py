"""Settings come from the environment; whatever is wrong is said all at once, and no secret is ever repeated."""

import base64
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config import SETTINGS, Config, ConfigError

ROOT = Path(__file__).resolve().parents[1]
KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(32, 64))).decode()
CLINIC = 'name = "North Shore Dermatology"\ntime_zone = "America/Vancouver"\n'


@pytest.fixture
def demo(tmp_path: Path) -> dict[str, str]:
    return {"PORTAL_DATA_DIR": str(tmp_path / "var")}


@pytest.fixture
def production(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "clinic.toml").write_text(CLINIC)
    return {
        "PORTAL_ENV": "production",
        "PORTAL_DATA_DIR": str(tmp_path / "data"),
        "PORTAL_DATABASE_URL": "postgresql+psycopg://portal:hush@db1/portal?host=db1:5432&host=db2:5432",
        "PORTAL_SECRET_KEY": "correct-horse-battery-staple-and-more-of-it",
        "PORTAL_MASTER_KEYS": KEY,
        "PORTAL_BASE_URL": "https://portal.clinic.example",
        "PORTAL_CLINIC": str(tmp_path / "clinic.toml"),
    }


def faults(environ: dict[str, str]) -> str:
    with pytest.raises(ConfigError) as refused:
        Config.from_environment(environ)
    return str(refused.value)


def test_a_demo_starts_without_any_setting(demo):
    config = Config.from_environment(demo)
    assert config.env == "demo"
    assert config.base_url == "http://127.0.0.1:8000"
    assert config.areas == ("patient", "office", "fhir")
    assert config.database_url == f"sqlite:///{config.data_dir}/portal.sqlite3"
    assert (config.store_url, config.mail_url, config.oidc, config.test_now) == ("", "", (), None)


def test_a_demo_makes_its_own_keys_once_and_keeps_them_to_itself(demo):
    first, second = Config.from_environment(demo), Config.from_environment(demo)
    assert first.secret_key == second.secret_key
    assert first.master_keys == second.master_keys
    assert [len(key) for key in first.master_keys] == [32]
    for name in ("secret-key", "master-keys"):
        assert (first.data_dir / name).stat().st_mode & 0o777 == 0o600


def test_two_demos_do_not_share_keys(demo, tmp_path):
    other = Config.from_environment({"PORTAL_DATA_DIR": str(tmp_path / "other")})
    mine = Config.from_environment(demo)
    assert other.secret_key != mine.secret_key
    assert other.master_keys != mine.master_keys


def test_two_processes_that_begin_at_once_get_the_same_keys(tmp_path):
    code = "from config import Config; c = Config.from_environment(); print(c.secret_key, c.master_keys)"
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PORTAL_DATA_DIR": str(tmp_path / "var")},
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    said = {start.communicate()[0] for start in starts}
    assert len(said) == 1
    assert len(list((tmp_path / "var").iterdir())) == 2


def test_port_moves_the_base_url_of_a_demo(demo):
    config = Config.from_environment(demo | {"PORT": "8080"})
    assert (config.port, config.base_url) == (8080, "http://127.0.0.1:8080")


def test_production_starts_with_what_it_needs(production):
    config = Config.from_environment(production)
    assert config.env == "production"
    assert config.master_keys == (bytes(range(32)),)
    assert config.clinic["name"] == "North Shore Dermatology"


def test_master_keys_are_listed_newest_first(production):
    config = Config.from_environment(production | {"PORTAL_MASTER_KEYS": f"{OTHER_KEY}, {KEY}"})
    assert config.master_keys == (bytes(range(32, 64)), bytes(range(32)))


def test_a_secret_may_come_from_a_file(production, tmp_path):
    del production["PORTAL_MASTER_KEYS"]
    (tmp_path / "keys").write_text(f"{KEY}\n")
    config = Config.from_environment(production | {"PORTAL_MASTER_KEYS_FILE": str(tmp_path / "keys")})
    assert config.master_keys == (bytes(range(32)),)


def test_a_secret_and_its_file_are_not_both_taken(production, tmp_path):
    (tmp_path / "keys").write_text(KEY)
    said = faults(production | {"PORTAL_MASTER_KEYS_FILE": str(tmp_path / "keys")})
    assert "PORTAL_MASTER_KEYS and PORTAL_MASTER_KEYS_FILE are both set" in said


def test_a_secret_file_that_cannot_be_read_is_named(production):
    said = faults(production | {"PORTAL_MAIL_URL_FILE": "/nowhere/mail"})
    assert "PORTAL_MAIL_URL_FILE names /nowhere/mail, which cannot be read" in said


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"PORTAL_ENV": "staging"}, "PORTAL_ENV is 'staging'. It can be demo or production."),
        (
            {"PORTAL_DATABSE_URL": "x"},
            "PORTAL_DATABSE_URL is not a setting of the portal. Was PORTAL_DATABASE_URL meant?",
        ),
        ({"PORTAL_DATABASE_URL": "mysql://db/portal"}, "PORTAL_DATABASE_URL must begin with"),
        ({"PORTAL_DATABASE_URL": "postgresql+psycopg2://db/portal"}, "PORTAL_DATABASE_URL must begin with"),
        ({"PORTAL_STORE_URL": "ftp://files"}, "PORTAL_STORE_URL must begin with file: or s3:."),
        ({"PORTAL_MAIL_URL": "mail.clinic.example"}, "PORTAL_MAIL_URL must begin with smtp: or smtps:."),
        ({"PORTAL_MAIL_URL": "smtp://mail:often"}, "PORTAL_MAIL_URL must begin with smtp: or smtps:."),
        ({"PORTAL_BASE_URL": "portal.clinic.example"}, "PORTAL_BASE_URL is 'portal.clinic.example'."),
        ({"PORTAL_BASE_URL": "http://portal.clinic.example"}, "PORTAL_BASE_URL must begin with https:// in production"),
        ({"PORTAL_BASE_URL": "https://clinic.example/portal"}, "PORTAL_BASE_URL is an origin only"),
        ({"PORTAL_BASE_URL": "https://me:hush@clinic.example"}, "PORTAL_BASE_URL is an origin only"),
        ({"PORTAL_AREAS": "patient,staff"}, "PORTAL_AREAS has 'staff'."),
        ({"PORTAL_CLINIC": "/nowhere/clinic.toml"}, "PORTAL_CLINIC names /nowhere/clinic.toml, which cannot be read"),
        ({"PORTAL_CLINIC": ""}, "PORTAL_CLINIC must name your clinic's own file in production"),
        ({"PORTAL_SECRET_KEY": "short"}, "PORTAL_SECRET_KEY is too easy to guess."),
        ({"PORTAL_SECRET_KEY": "a" * 64}, "PORTAL_SECRET_KEY is too easy to guess."),
        ({"PORTAL_SECRET_KEY": ""}, "PORTAL_SECRET_KEY is empty."),
        ({"PORTAL_MASTER_KEYS": "c2hvcnQ="}, "Key 1 of PORTAL_MASTER_KEYS is not 32 random bytes in base64."),
        ({"PORTAL_MASTER_KEYS": f"{KEY},???"}, "Key 2 of PORTAL_MASTER_KEYS is not 32 random bytes in base64."),
        ({"PORTAL_MASTER_KEYS": "A" * 43 + "="}, "Key 1 of PORTAL_MASTER_KEYS is not 32 random bytes in base64."),
        ({"PORTAL_MASTER_KEYS": f"{KEY},{KEY}"}, "PORTAL_MASTER_KEYS names a key twice."),
        ({"PORTAL_TEST_NOW": "2026-12-18"}, "PORTAL_TEST_NOW is for trying deadlines in the demo"),
        ({"PORT": "http"}, "PORT is 'http'."),
        ({"PORT": "70000"}, "PORT is '70000'."),
        ({"PORTAL_OIDC_BCSC_ISSUER": "https://id.example"}, "PORTAL_OIDC_BCSC_CLIENT_ID is missing."),
        ({"PORTAL_OIDC_BCSC_ISSUER": "http://id.example"}, "PORTAL_OIDC_BCSC_ISSUER is 'http://id.example'."),
        ({"PORTAL_OIDC_BCSC_AUDIENCE": "doctors"}, "PORTAL_OIDC_BCSC_AUDIENCE is 'doctors'."),
        ({"PORTAL_OIDC_BCSC_ISSUER": "http://127.0.0.1:9000"}, "It must begin with https://."),
        ({"PORTAL_OIDC_BCSC_ISSUER": "https://me@id.example"}, "It is an address only: no question mark"),
        ({"PORTAL_OIDC_BCSC_ISSUER": "https://id.example;x"}, "It is an address only: no question mark"),
        ({"PORTAL_OIDC_BCSC_ISSUER": "https://id.example?x=1"}, "It is an address only: no question mark"),
        ({"PORTAL_OIDC_BCSC_ISSUER": f"https://id.example/{'x' * 255}"}, "It is an address only"),
        ({"PORTAL_OIDC_BCSC_LABEL": "x" * 41}, "PORTAL_OIDC_BCSC_LABEL stands on a button"),
        ({"PORTAL_OIDC_BCSC_ACR": 'two "proofs"'}, "PORTAL_OIDC_BCSC_ACR has words apart by blanks or commas"),
        ({"PORTAL_OIDC_BCSC_SCOPES": "profile email"}, "openid is one of them"),
        ({"PORTAL_OIDC_BCSC_ISSUERS": "https://id.example"}, "PORTAL_OIDC_BCSC_ISSUERS is not a setting"),
        ({f"PORTAL_OIDC_{'X' * 31}_ISSUER": "https://id.example"}, "a provider's name has at most 30 characters"),
    ],
)
def test_a_wrong_setting_is_named_with_what_to_do(production, changes, sentence):
    assert sentence in faults(production | changes)


def test_everything_wrong_is_said_at_once(production):
    wrong = {"PORT": "0", "PORTAL_AREAS": "", "PORTAL_MAIL_URL": "x", "PORTAL_BASE_URL": "http://a.example"}
    with pytest.raises(ConfigError) as refused:
        Config.from_environment(production | wrong)
    assert len(refused.value.faults) == 3  # an empty setting counts as unset


def test_production_refuses_secrets_that_a_demo_made(production, demo, tmp_path):
    keys = Config.from_environment(demo)
    text = (tmp_path / "var" / "master-keys").read_text().strip()
    taken_over = {
        "PORTAL_DATA_DIR": demo["PORTAL_DATA_DIR"],
        "PORTAL_SECRET_KEY": keys.secret_key,
        "PORTAL_MASTER_KEYS": text,
    }
    said = faults(production | taken_over)
    assert "PORTAL_SECRET_KEY was made by a demo" in said
    assert "PORTAL_MASTER_KEYS were made by a demo" in said


def test_production_makes_no_secrets_of_its_own(production, tmp_path):
    for name in ("PORTAL_SECRET_KEY", "PORTAL_MASTER_KEYS"):
        del production[name]
    said = faults(production)
    assert "PORTAL_SECRET_KEY must be set in production" in said
    assert "PORTAL_MASTER_KEYS must be set in production" in said
    assert not (tmp_path / "data").exists()


def test_no_secret_is_repeated_in_a_fault_or_a_printed_config(production):
    config = repr(Config.from_environment(production | {"PORTAL_MAIL_URL": "smtp://clinic:hush@mail.example"}))
    said = faults(production | {"PORTAL_SECRET_KEY": "hush", "PORTAL_MASTER_KEYS": "hush", "PORTAL_MAIL_URL": "hush"})
    assert "hush" not in config + said
    assert production["PORTAL_SECRET_KEY"] not in config
    assert KEY not in config


def test_a_provider_for_signing_in_is_read_by_its_name(production):
    provider = {"ISSUER": "https://id.example", "CLIENT_ID": "portal", "SECRET": "hush", "AUDIENCE": "patient"}
    settings = {f"PORTAL_OIDC_BC_SERVICES_{key}": value for key, value in provider.items()}
    (found,) = Config.from_environment(production | settings).oidc
    assert (found.name, found.issuer, found.audience) == ("bc_services", "https://id.example", "patient")
    assert (found.slug, found.label, found.acr, found.scopes) == ("bc-services", "Bc Services", (), ("openid",))


def test_a_provider_may_say_what_stands_on_its_button_and_what_counts_as_two_proofs(production, tmp_path):
    (tmp_path / "secret").write_text("hush\n")
    settings = {
        "PORTAL_OIDC_CARD_ISSUER": "https://id.example",
        "PORTAL_OIDC_CARD_CLIENT_ID": "portal",
        "PORTAL_OIDC_CARD_SECRET_FILE": str(tmp_path / "secret"),
        "PORTAL_OIDC_CARD_AUDIENCE": "staff",
        "PORTAL_OIDC_CARD_LABEL": "BC Services Card",
        "PORTAL_OIDC_CARD_ACR": "urn:one, urn:two",
        "PORTAL_OIDC_CARD_SCOPES": "openid profile",
    }
    (found,) = Config.from_environment(production | settings).oidc
    assert (found.label, found.acr) == ("BC Services Card", ("urn:one", "urn:two"))
    assert (found.secret, found.scopes) == ("hush", ("openid", "profile"))
    assert "hush" not in repr(found)


def test_an_issuer_is_set_once_for_an_audience(production):
    provider = {"ISSUER": "https://id.example", "CLIENT_ID": "portal", "SECRET": "hush", "AUDIENCE": "patient"}
    twice = {f"PORTAL_OIDC_{name}_{key}": value for key, value in provider.items() for name in ("A", "B")}
    assert "PORTAL_OIDC_B_ISSUER is PORTAL_OIDC_A_ISSUER too." in faults(production | twice)
    staff = twice | {"PORTAL_OIDC_B_AUDIENCE": "staff"}
    assert len(Config.from_environment(production | staff).oidc) == 2


def test_a_provider_on_this_machine_may_speak_plainly_to_a_demo(demo):
    provider = {"ISSUER": "http://localhost:9000", "CLIENT_ID": "portal", "SECRET": "hush", "AUDIENCE": "patient"}
    settings = {f"PORTAL_OIDC_CARD_{key}": value for key, value in provider.items()}
    assert Config.from_environment(demo | settings).oidc[0].issuer == "http://localhost:9000"


def test_a_frozen_now_without_an_offset_is_the_clinics_own_time(demo):
    config = Config.from_environment(demo | {"PORTAL_TEST_NOW": "2026-12-18T09:00:00"})
    assert config.test_now is not None
    assert config.test_now.utcoffset() == timedelta(hours=-7)  # clocks stopped changing there in 2026
    assert config.test_now.astimezone(UTC) == datetime(2026, 12, 18, 16, tzinfo=UTC)


def test_the_folder_of_a_scanner_is_a_whole_path_and_none_of_the_portals_own(demo, tmp_path):
    assert Config.from_environment(demo).incoming_folder is None
    scans = tmp_path / "scans"
    assert Config.from_environment(demo | {"PORTAL_INCOMING_FOLDER": str(scans)}).incoming_folder == scans
    others = {"PORTAL_STORE_URL": f"file://{tmp_path}/files", "PORTAL_FAX_URL": f"spool:{tmp_path}/in/fax"}
    for wrong, sentence in (
        ("scans", "Write the whole path"),
        (demo["PORTAL_DATA_DIR"], "Give the scanner another one"),
        (f"{demo['PORTAL_DATA_DIR']}/scratch", "Give the scanner another one"),
        (str(tmp_path), "Give the scanner another one"),
        (f"{tmp_path}/files/a", "Give the scanner another one"),
        (f"{tmp_path}/in", "Give the scanner another one"),
    ):
        assert sentence in faults(demo | others | {"PORTAL_INCOMING_FOLDER": wrong}), wrong


def test_settings_for_other_programs_are_left_alone(demo):
    assert Config.from_environment(demo | {"PATH": "/bin", "PORTALS": "x", "HOME": "/"}).env == "demo"


def test_every_setting_is_documented():
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    assert [name for name in SETTINGS if f"`PORTAL_{name}`" not in page] == []
