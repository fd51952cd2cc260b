"""The portal's settings, read once from the environment; whatever is wrong is said all at once, before anything starts.

Every setting is described in docs/settings.md. Imports nothing of the portal.
"""

import base64
import difflib
import os
import secrets
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

import config_oidc
from config_oidc import OidcProvider

ROOT = Path(__file__).resolve().parent
DEMO_CLINIC = ROOT / "portal" / "demo" / "clinic.toml"
PREFIX = "PORTAL_"
ADDRESSES = ("BASE_URL", "DATABASE_URL", "MAIL_URL", "FAX_URL", "STORE_URL", "S3_ENDPOINT")
SETTINGS = (
    "ENV",
    "DATA_DIR",
    "CLINIC",
    "AREAS",
    "TEST_NOW",
    "SECRET_KEY",
    "MASTER_KEYS",
    "CLINIC_NETWORKS",
    "INCOMING_FOLDER",
    *ADDRESSES,
)
ENVIRONMENTS = ("demo", "production")
AREAS = ("patient", "office", "fhir")
DATABASES = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
DEMO_MARK = "demo-"  # begins every secret that a demo made for itself
SECRET_CHARACTERS = 32
KEY_BYTES = 32


class ConfigError(Exception):
    """The settings cannot be used; ``faults`` has one sentence for each thing that is wrong. No secret is repeated."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("\n".join(["The portal cannot start with these settings:", *(f"- {f}" for f in faults)]))
        self.faults = tuple(faults)


@dataclass(frozen=True)
class Config:
    """Every setting, checked. An empty ``store_url`` or ``mail_url`` means the folder under ``data_dir``."""

    env: str
    data_dir: Path
    base_url: str
    port: int
    clinic_path: Path
    clinic: dict[str, Any] = field(repr=False)
    areas: tuple[str, ...]
    s3_endpoint: str
    test_now: datetime | None
    database_url: str = field(repr=False)
    store_url: str = field(repr=False)
    mail_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    master_keys: tuple[bytes, ...] = field(repr=False)
    fax_url: str = field(default="", repr=False)
    oidc: tuple[OidcProvider, ...] = ()
    clinic_networks: tuple[str, ...] = ()
    incoming_folder: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """The settings of ``environ``; ``ConfigError`` lists every fault. A demo makes its own keys on first use."""
        reader = _Reader(environ)
        config = reader.config(cls)
        if reader.faults:
            raise ConfigError(reader.faults)
        return config


class _Reader:
    """Reads what it can and notes every fault, so that an operator mends the settings once."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.faults: list[str] = []
        self.fault = self.faults.append

    def config(self, make: type[Config]) -> Config:
        self.unknown()
        self.env = self.text("ENV") or "demo"
        if self.env not in ENVIRONMENTS:
            self.fault(f"PORTAL_ENV is {self.env!r}. It can be {_either(ENVIRONMENTS)}.")
        self.data_dir = Path(self.text("DATA_DIR") or ROOT / "var").absolute()
        port = self.port()
        clinic_path = Path(self.text("CLINIC") or DEMO_CLINIC).absolute()
        clinic = self.clinic(clinic_path)
        return make(
            env=self.env,
            data_dir=self.data_dir,
            base_url=self.base_url(port),
            port=port,
            clinic_path=clinic_path,
            clinic=clinic,
            areas=self.areas(),
            s3_endpoint=self.text("S3_ENDPOINT"),
            test_now=self.test_now(clinic),
            database_url=self.database_url(),
            store_url=self.address("STORE_URL", ("file", "s3")),
            mail_url=self.address("MAIL_URL", ("smtp", "smtps")),
            fax_url=self.text("FAX_URL"),
            secret_key=self.secret_key(),
            master_keys=self.master_keys(),
            oidc=self.oidc(),
            clinic_networks=self.clinic_networks(),
            incoming_folder=self.incoming_folder(),
        )

    def text(self, name: str) -> str:
        """The setting, from the environment or from the file that ``PORTAL_<name>_FILE`` names; empty when unset."""
        plain, path = (self.environ.get(f"{PREFIX}{name}{end}", "").strip() for end in ("", "_FILE"))
        if not path:
            return plain
        if plain:
            self.fault(f"PORTAL_{name} and PORTAL_{name}_FILE are both set. Keep one of them.")
        try:
            return Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            self.fault(
                f"PORTAL_{name}_FILE names {path}, which cannot be read: {getattr(fault, 'strerror', 'no text')}."
            )
            return plain

    def unknown(self) -> None:
        for name in sorted(self.environ):
            known = name.removesuffix("_FILE")
            if (
                not name.startswith(PREFIX)
                or known.removeprefix(PREFIX) in SETTINGS
                or config_oidc.SETTING.fullmatch(known)
            ):
                continue
            near = difflib.get_close_matches(known, [f"{PREFIX}{setting}" for setting in SETTINGS], n=1)
            meant = f" Was {near[0]} meant?" if near else ""
            self.fault(f"{name} is not a setting of the portal.{meant}")

    def port(self) -> int:
        value = self.environ.get("PORT", "").strip() or "8000"
        if value.isascii() and value.isdigit() and 0 < int(value) < 65536:
            return int(value)
        self.fault(f"PORT is {value!r}. It must be a number from 1 to 65535.")
        return 8000

    def base_url(self, port: int) -> str:
        value = (self.text("BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
        parts = _split(value)
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            self.fault(f"PORTAL_BASE_URL is {value!r}. Write it like https://portal.clinic.example.")
        elif value != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
            self.fault("PORTAL_BASE_URL is an origin only: no path, question mark, user name or password.")
        elif self.env == "production" and parts.scheme != "https":
            self.fault("PORTAL_BASE_URL must begin with https:// in production; records must not travel open.")
        return value

    def clinic(self, path: Path) -> dict[str, Any]:
        if self.env == "production" and path == DEMO_CLINIC:
            self.fault("PORTAL_CLINIC must name your clinic's own file in production; the demo clinic is made up.")
        try:
            return tomllib.loads(path.read_text("utf-8"))
        except OSError as fault:
            self.fault(f"PORTAL_CLINIC names {path}, which cannot be read: {fault.strerror}.")
        except ValueError as fault:
            self.fault(f"PORTAL_CLINIC names {path}, which is not TOML: {fault}.")
        return {}

    def areas(self) -> tuple[str, ...]:
        named = [area.strip() for area in (self.text("AREAS") or ",".join(AREAS)).split(",")]
        for area in named:
            if area not in AREAS:
                self.fault(f"PORTAL_AREAS has {area!r}. It lists {_either(AREAS)}, with commas between.")
        return tuple(dict.fromkeys(named))

    def test_now(self, clinic: Mapping[str, Any]) -> datetime | None:
        value = self.text("TEST_NOW")
        if value and self.env == "production":
            self.fault("PORTAL_TEST_NOW is for trying deadlines in the demo; production must not set it.")
        try:
            moment = datetime.fromisoformat(value) if value else None
            naive = moment is not None and moment.tzinfo is None
            return moment.replace(tzinfo=_zone(clinic.get("time_zone", "UTC"))) if moment and naive else moment
        except (OSError, TypeError, ValueError):
            self.fault(f"PORTAL_TEST_NOW is {value!r}. Write it like 2026-12-18T09:00:00-07:00.")
            return None

    def database_url(self) -> str:
        value = self.text("DATABASE_URL") or f"sqlite:///{self.data_dir / 'portal.sqlite3'}"
        if value.partition("://")[0] not in DATABASES or "://" not in value:
            self.fault("PORTAL_DATABASE_URL must begin with postgresql+psycopg://user@host/name or sqlite:///path.")
        return value

    def address(self, name: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name)
        parts = _split(value)
        if value and (parts is None or parts.scheme not in schemes):
            self.fault(f"PORTAL_{name} must begin with {_either(tuple(f'{scheme}:' for scheme in schemes))}.")
        return value

    def secret_key(self) -> str:
        value = self.secret("SECRET_KEY", lambda: DEMO_MARK + secrets.token_urlsafe(48))
        if value and (len(value) < SECRET_CHARACTERS or len(set(value)) < SECRET_CHARACTERS // 4):
            self.fault(f"PORTAL_SECRET_KEY is too easy to guess. Use {SECRET_CHARACTERS} random characters or more.")
        if self.env == "production" and value.startswith(DEMO_MARK):
            self.fault("PORTAL_SECRET_KEY was made by a demo. Production needs one of its own.")
        return value

    def master_keys(self) -> tuple[bytes, ...]:
        setting = self.secret("MASTER_KEYS", lambda: base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode())
        keys = []
        for number, text in enumerate(setting.split(",") if setting else (), start=1):
            key = _key(text.strip())
            if len(key) != KEY_BYTES or len(set(key)) < KEY_BYTES // 4:
                self.fault(f"Key {number} of PORTAL_MASTER_KEYS is not {KEY_BYTES} random bytes in base64.")
            keys.append(key)
        if len(set(keys)) != len(keys):
            self.fault("PORTAL_MASTER_KEYS names a key twice.")
        demo = self.data_dir / "master-keys"
        if self.env == "production" and demo.is_file() and demo.read_text("utf-8").strip() == setting:
            self.fault("PORTAL_MASTER_KEYS were made by a demo. Production needs keys of its own.")
        return tuple(keys)

    def secret(self, name: str, make: Callable[[], str]) -> str:
        value = self.text(name)
        if value or any(f"{PREFIX}{name}{end}" in self.environ for end in ("", "_FILE")):
            if not value:
                self.fault(f"PORTAL_{name} is empty.")
            return value
        if self.env != "demo":
            self.fault(f"PORTAL_{name} must be set in production, or PORTAL_{name}_FILE with a file that holds it.")
            return ""
        try:
            return _kept(self.data_dir / name.lower().replace("_", "-"), make())
        except OSError as fault:
            self.fault(f"PORTAL_DATA_DIR is {self.data_dir}, which cannot be written to: {fault.strerror}.")
            return ""

    def clinic_networks(self) -> tuple[str, ...]:
        named = tuple(filter(None, map(str.strip, self.text("CLINIC_NETWORKS").split(","))))
        for name in named:
            with suppress(ValueError):
                if (network := ip_network(name)).prefixlen <= {4: 24, 6: 64}[network.version]:
                    continue
            self.fault(f"PORTAL_CLINIC_NETWORKS has {name!r}. Write networks like 198.51.100.0/24, no finer than /24.")
        return named

    def incoming_folder(self) -> Path | None:
        """Whether it is there is the doctor's to say: a share may be mounted later than the portal starts."""
        value = self.text("INCOMING_FOLDER")
        if not value:
            return None
        path, urls = Path(value), (self.text("STORE_URL"), self.text("FAX_URL"))
        own = [self.data_dir, *(Path(url.partition(":")[2]) for url in urls if url.startswith(("file:/", "spool:/")))]
        if not path.is_absolute():
            self.fault(f"PORTAL_INCOMING_FOLDER is {value!r}. Write the whole path, such as /srv/scans.")
        elif any(_overlap(path.resolve(), each.resolve()) for each in own):
            self.fault("PORTAL_INCOMING_FOLDER lies in a folder of the portal's own. Give the scanner another one.")
        return path

    def oidc(self) -> tuple[OidcProvider, ...]:
        return config_oidc.read(self.environ, self.text, self.fault, loopback=self.env == "demo")


def _kept(path: Path, fresh: str) -> str:
    """What the file holds; ``fresh`` when it was not there. Of two processes that begin at once both get the same."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(fresh + "\n", "utf-8")
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text("utf-8").strip()


def _overlap(one: Path, other: Path) -> bool:
    return one.is_relative_to(other) or other.is_relative_to(one)


def _key(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return b""


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts


def _zone(name: str) -> ZoneInfo:
    """From the pinned package, as portal/domain/zones.py does: British Columbia's own table changed in 2026."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as table:
        return ZoneInfo.from_file(table, key=name)


def _either(choices: tuple[str, ...]) -> str:
    return " or ".join((", ".join(choices[:-1]), choices[-1]))
