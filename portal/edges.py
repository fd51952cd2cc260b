"""Where the outside is put together from the configuration: for the web's factory, the command line and the worker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from config import Config
from portal.adapters import fhir, prose, uploads
from portal.adapters.fax import fax_from_url
from portal.adapters.incoming_folder import folder_from_path
from portal.adapters.mail import mail_from_url
from portal.adapters.oidc import Provider
from portal.adapters.paper import Paper
from portal.adapters.passkeys import Passkeys
from portal.adapters.password_strength import weigh
from portal.adapters.passwords import Passwords, totp_step, totp_uri
from portal.adapters.press import Press
from portal.adapters.signing import Signer, make_demo_certificate
from portal.adapters.store import store_from_url
from portal.adapters.vault import Vault
from portal.domain.actors import Actor
from portal.domain.clinics import Clinic
from portal.domain.errors import PortalError
from portal.domain.zones import zone
from portal.models.session import begin_to_write, engine_from_url, session_factory
from portal.services.outside import Outside
from portal.services.work import Work, settle

ROOT = Path(__file__).resolve().parents[1]
DEMO_RECORDS = ROOT / "portal" / "demo" / "records"
TEMPLATES, PRINT, FONTS = ROOT / "templates", ROOT / "static" / "print", ROOT / "static" / "built" / "fonts"


@dataclass(frozen=True)
class Edge:
    """The portal as one process sees it: its settings, its clinic, its outside, its database, its clock."""

    config: Config
    clinic: Clinic
    outside: Outside
    sessions: sessionmaker[Session]
    now: Callable[[], datetime]

    def begin(self, actor: Actor, writes: bool) -> Work:
        """A piece of work in a transaction of its own; the caller commits it with ``done`` or rolls back."""
        session = self.sessions()
        if writes:
            begin_to_write(session)
        return Work(session, actor, self.now(), self.outside, self.clinic, writes, self.now)

    def done(self, work: Work) -> None:
        """Commit, and do what is owed in one short transaction more. Raises when that cannot be written."""
        work.db.commit()
        if work.afterwards or work.regardless:
            begin_to_write(work.db)
            settle(work)
            work.db.commit()

    @contextmanager
    def work(self, actor: Actor, writes: bool = True) -> Iterator[Work]:
        """All or nothing: committed when the block ends, rolled back when it raises. A no keeps that it was said."""
        work = self.begin(actor, writes)
        try:
            yield work
            self.done(work)
        except PortalError:
            work.db.rollback()
            work.afterwards = []
            self.done(work)
            raise
        except BaseException:
            work.db.rollback()
            raise
        finally:
            work.db.close()


def build(config: Config) -> Edge:
    """Everything, from the configuration."""
    clinic = Clinic.from_toml(config.clinic)
    return Edge(
        config=config,
        clinic=clinic,
        outside=build_outside(config, clinic),
        sessions=session_factory(engine_from_url(config.database_url)),
        now=partial(_frozen, config.test_now) if config.test_now else _now,
    )


def build_outside(config: Config, clinic: Clinic) -> Outside:
    scratch = config.data_dir / "scratch"
    scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
    mail = mail_from_url(config.mail_url, config.data_dir / "outbox", clinic.email)
    return Outside(
        vault=Vault(config.master_keys),
        store=store_from_url(config.store_url, config.data_dir),
        passwords=Passwords(),
        weigh_password=weigh,
        passkeys=Passkeys(config.base_url, clinic.name),
        totp_step=totp_step,
        totp_uri=totp_uri,
        mail=mail,
        paper=Paper(TEMPLATES, clinic.time_zone, {"clinic": clinic}),
        press=press_of(clinic),
        signer=_signer(config, clinic),
        inspect=uploads.inspect,
        shrink=uploads.shrink,
        read_record=partial(fhir.read, zone=zone(clinic.time_zone)),
        prose=prose,
        base_url=config.base_url,
        scratch=scratch,
        demo=config.env == "demo",
        providers=_providers(config),
        fax=fax_from_url(config.fax_url, mail),
        incoming=folder_from_path(config.incoming_folder),
    )


def _providers(config: Config) -> dict[str, Provider]:
    """Those for the audiences that this process serves, by their names in addresses."""
    served = {"patient": "patient" in config.areas, "staff": "office" in config.areas}
    return {settings.slug: Provider(settings) for settings in config.oidc if served[settings.audience]}


def _signer(config: Config, clinic: Clinic) -> Signer:
    """The clinic's signature; a demo makes its own certificate the first time."""
    folder = config.data_dir / "signing"
    if config.env == "demo":
        make_demo_certificate(folder, clinic.name)
    return Signer(folder)


def press_of(clinic: Clinic) -> Press:
    """The press with the clinic's paper and colour; its children start with the first page."""
    return Press(PRINT, FONTS, clinic.paper.lower(), clinic.colours.primary)


def _now() -> datetime:
    return datetime.now(UTC)


def _frozen(at: datetime) -> datetime:
    return at
