"""``portal db``, ``audit``, ``keys``, ``load``: looking after a running portal."""

from dataclasses import asdict

import click

from config import Config
from portal.cli import as_json, edge, engine, group, main, say_json
from portal.domain.actors import OPERATOR
from portal.models import schema
from portal.services import audit as trail
from portal.services import keys as keyring
from portal.services import loading

db = group("db", "The database's schema.")
audit = group("audit", "The audit trail.")
keys = group("keys", "The keys that seal what patients tell us.")


@db.command()
def upgrade() -> None:
    """Bring the schema up to date; on an empty database, make it."""
    schema.upgrade(engine(Config.from_environment()))
    click.echo("The database is up to date.")


@db.command()
def check() -> None:
    """Say whether the schema is current; exit code 1 when it is not."""
    current = schema.is_current(engine(Config.from_environment()))
    click.echo("The database is up to date." if current else "The database is behind: run `portal db upgrade`.")
    raise SystemExit(0 if current else 1)


@audit.command()
@as_json
def verify(json_wanted: bool) -> None:
    """Walk every chain and checkpoint; exit code 1 and the first broken one when one does not hold."""
    with edge().work(OPERATOR, writes=False) as work:
        found = trail.verify(work)
    if json_wanted:
        say_json(asdict(found))
    elif found.first_bad is None:
        click.echo(
            f"{found.entries} entries in {found.chains} chains and {found.checkpoints} checkpoints hold together."
        )
    else:
        click.echo(f"The first entry that does not fit is {found.first_bad}. Do not change anything; call for help.")
    raise SystemExit(0 if found.first_bad is None else 1)


@keys.command()
def rotate() -> None:
    """Wrap every data key anew under the newest master key."""
    with edge().work(OPERATOR) as work:
        done = keyring.rotate(work)
    click.echo(f"{done} keys are now wrapped under the newest master key.")


@main.command()
@click.option("--cases", "number", required=True, type=click.IntRange(1, 1_000_000))
def load(number: int) -> None:
    """Fill an empty database with synthetic cases, for measuring."""
    with edge().work(OPERATOR) as work:
        loading.fill(work, number)
    click.echo(f"{number} cases were made.")
