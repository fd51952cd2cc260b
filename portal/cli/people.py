"""``portal account`` and ``portal demo``: who may come in."""

import click

from portal.cli import edge, group, main
from portal.domain.actors import OPERATOR, Role
from portal.edges import DEMO_RECORDS
from portal.services import accounts, demo

ROLES = [Role.PATIENT.value, Role.FRONT_OFFICE.value, Role.PHYSICIAN.value, Role.ADMINISTRATOR.value]
account = group("account", "Sign-ins.")


@account.command("add")
@click.argument("email")
@click.option("--role", "roles", required=True, multiple=True, type=click.Choice(ROLES))
@click.option("--name", default="", help="The person's full name, as letters carry it.")
@click.option("--title", default="", help="Such as Dermatologist.")
@click.option("--licence", default=None, help="A physician's licence number.")
def add(email: str, roles: tuple[str, ...], name: str, title: str, licence: str | None) -> None:
    """Make an account and print its one-time activation link."""
    with edge().work(OPERATOR) as work:
        made = accounts.add(work, email, name or email.partition("@")[0], frozenset(map(Role, roles)), title, licence)
        click.echo(accounts.give_link(work, made))


@account.command("reset")
@click.argument("email")
def reset(email: str) -> None:
    """Print a new one-time link for an account; once it is used, nothing that was given or set up before works."""
    with edge().work(OPERATOR) as work:
        click.echo(accounts.give_link(work, accounts.find(work, email), clears_proofs=True))


@main.command("demo")
def load_demo() -> None:
    """Load the demo clinic; refuses on a database that holds anybody already."""
    with edge().work(OPERATOR) as work:
        demo.load(work, DEMO_RECORDS)
    click.echo("The demo clinic is open.")
