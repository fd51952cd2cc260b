"""``portal doctor``: each part the portal needs, tried, with what is wrong with it."""

import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import click
from sqlalchemy import DateTime, func, select

from portal.adapters.incoming_folder import OutOfReach as OutOfReachFolder
from portal.cli import as_json, edge, main, say_json
from portal.domain.actors import OPERATOR
from portal.domain.clocks import local_date
from portal.domain.errors import Later
from portal.domain.jurisdictions import profile
from portal.domain.providers import OutOfReach
from portal.edges import FONTS, Edge
from portal.models import schema
from portal.services import keys, recurring_jobs

MAIL_PORTS = {"smtp": 25, "smtps": 465}
MAIL_SECONDS = 5
MOST_APART = timedelta(seconds=30)
PAGE = '<html lang="en"><title>Doctor</title><body><p>The portal can print.</p></body></html>'


class Fault(Exception):
    """What is wrong with a part, in a sentence."""


@main.command()
@as_json
def doctor(json_wanted: bool) -> None:
    """Try each part a running portal needs: one line each, exit code 1 on any fault."""
    faulty = False
    for name, fault in check_up(edge()):
        faulty |= fault is not None
        if json_wanted:
            say_json({"check": name, "ok": fault is None, "fault": fault})
        else:
            click.echo(f"{'ok   ' if fault is None else 'FAULT'}  {name}{f': {fault}' if fault else ''}")
    raise SystemExit(1 if faulty else 0)


def check_up(portal: Edge) -> Iterator[tuple[str, str | None]]:
    """Each part of the portal, with what is wrong with it or None."""
    yield "configuration", None  # read and checked when the edge was built, or we would not be here
    for name, look in CHECKS.items():
        yield name, _fault(look, portal)


def _fault(look: Callable[[Edge], object], portal: Edge) -> str | None:
    try:
        look(portal)
    except Fault as fault:
        return str(fault)
    except Exception as fault:
        # A library's words may quote a setting with its password: the kind is enough to look further.
        return f"it fails with {type(fault).__name__}."
    return None


def _database(portal: Edge) -> None:
    if not schema.is_current(portal.sessions.kw["bind"]):
        raise Fault("the schema is behind. Run `portal db upgrade`.")


def _keys(portal: Edge) -> None:
    with portal.work(OPERATOR, writes=False) as work:
        shut = keys.unreadable(work)
    if shut:
        raise Fault(f"{shut} keys do not open. Put the master key they were wrapped with back into PORTAL_MASTER_KEYS.")


def _store(portal: Edge) -> None:
    portal.outside.store.check()


def _fonts(_portal: Edge) -> None:
    if not any(FONTS.glob("*")):
        raise Fault("static/built/fonts is empty. Run `make setup`.")


def _printing(portal: Edge) -> None:
    """A page is printed, signed and checked: fonts, the press, the clinic's key and its certificate's dates."""
    with tempfile.TemporaryDirectory(dir=portal.outside.scratch) as folder:
        plain, signed = Path(folder, "page.pdf"), Path(folder, "signed.pdf")
        plain.write_bytes(portal.outside.press.letter(PAGE))
        portal.outside.signer.sign(plain, signed, reason="Doctor", contact=portal.clinic.privacy_contact.email)
        verdict = portal.outside.signer.verify(signed)
    if not verdict.good:
        raise Fault(verdict.sentence)


def _mail(portal: Edge) -> None:
    """The mail server answers; nothing is sent."""
    url = urlsplit(portal.config.mail_url)
    if not url.hostname:
        return  # mails are files under the data directory, which the store's check has written to
    try:
        socket.create_connection((url.hostname, url.port or MAIL_PORTS[url.scheme]), MAIL_SECONDS).close()
    except OSError:
        raise Fault(f"{url.hostname} does not answer. Mails wait until it does.") from None


def _fax(portal: Edge) -> None:
    """The fax server's folder can be written to; a gateway by e-mail is the mail server's matter."""
    if portal.outside.fax is None:
        return  # faxes are printed with their cover sheet and sent by hand
    try:
        portal.outside.fax.check()
    except Later as fault:
        raise Fault(f"{fault}. Faxes wait until it does.") from None


def _incoming(portal: Edge) -> None:
    """What a scanner or fax server writes can be read and taken out."""
    if portal.outside.incoming is None:
        return  # papers are scanned on the page of the tray
    try:
        portal.outside.incoming.check()
    except OutOfReachFolder as fault:
        raise Fault(f"{fault}. Papers wait there until it is mended.") from None


def _providers(portal: Edge) -> None:
    """Each provider for signing in says who it is, as the settings say it."""
    for each in portal.outside.providers.values():
        try:
            each.check()
        except OutOfReach as fault:
            why = f"nobody can sign in there ({fault.reason}). The other ways in still open."
            raise Fault(f"{each.label} at {each.issuer}: {why}") from None


def _clock(portal: Edge) -> None:
    """The database's clock and ours agree: leases, limits and the audit trail are measured by ours."""
    with portal.work(OPERATOR, writes=False) as work:
        theirs = work.db.scalar(select(func.now(type_=DateTime(timezone=True))))
    apart = abs(datetime.now(UTC) - theirs.replace(tzinfo=theirs.tzinfo or UTC)) if theirs else timedelta()
    if apart > MOST_APART:
        raise Fault(f"it is {apart.total_seconds():.0f} seconds apart from the database's. Set both by a time server.")


def _recurring(portal: Edge) -> None:
    """What is done once a day was done; a portal whose worker never ran has nothing to be late with."""
    with portal.work(OPERATOR, writes=False) as work:
        late = recurring_jobs.late(work)
    if late:
        told = ", ".join(
            f"{kind} (last done {at:%Y-%m-%d})" if at else f"{kind} (never done)" for kind, at in late.items()
        )
        raise Fault(f"these are overdue: {told}. Look whether a worker runs.")


def _zone_data(portal: Edge) -> None:
    local_date(profile(portal.clinic.jurisdiction), portal.now())


CHECKS: dict[str, Callable[[Edge], None]] = {
    "database": _database,
    "keys": _keys,
    "store": _store,
    "fonts": _fonts,
    "printing and signing": _printing,
    "mail": _mail,
    "fax": _fax,
    "incoming folder": _incoming,
    "providers for signing in": _providers,
    "clock": _clock,
    "zone data": _zone_data,
    "recurring jobs": _recurring,
}
