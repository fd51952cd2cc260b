"""The operators' commands: each calls one service, says what it did, and ends with 0, 1 (bad input) or 2 (usage)."""

import json
import sys
from collections.abc import Callable
from typing import Any

import click
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from config import Config, ConfigError
from portal.domain.errors import PortalError
from portal.domain.words import _
from portal.edges import Edge, build
from portal.models.session import engine_from_url


class Spoken(click.Group):
    """A group of commands whose faults are told in words: one sentence on stderr, exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (PortalError, ConfigError) as fault:
            click.echo(getattr(fault, "sentence", str(fault)), err=True)
        except DBAPIError:
            # Not the error's own text: it quotes the values of the statement.
            click.echo(_("The database could not be used. Nothing was changed. Run `portal doctor`."), err=True)
        except CommandError:
            click.echo(
                _("The database was made by another version of the portal than this one. Run the newer of the two."),
                err=True,
            )
        except BrokenPipeError:
            sys.stdout = None  # whoever read along has enough; say nothing more at the end
        sys.exit(1)


@click.group(cls=Spoken)
def main() -> None:
    """The Procerus patient portal, for operators."""


def edge() -> Edge:
    """The portal as the environment describes it; its connections are closed when the command ends."""
    built = build(Config.from_environment())
    click.get_current_context().call_on_close(built.sessions.kw["bind"].dispose)
    return built


def engine(config: Config) -> Engine:
    """The database alone, for what is done to its schema; closed when the command ends."""
    made = engine_from_url(config.database_url)
    click.get_current_context().call_on_close(made.dispose)
    return made


def as_json(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds ``--json``: the same facts as one JSON object."""
    return click.option("--json", "json_wanted", is_flag=True, help="Print the facts as JSON.")(command)


def say_json(facts: Any) -> None:
    click.echo(json.dumps(facts, ensure_ascii=False, default=str))


def group(name: str, about: str) -> click.Group:
    """A group of commands below ``portal``."""
    made = click.Group(name, help=about)
    main.add_command(made)
    return made


# Each module adds its commands to ``main`` when it is read.
from portal.cli import doctor, law, people, records, serving, upkeep  # noqa: E402, F401
