"""``portal deadline``: the lawful date and its arithmetic, line by line."""

from datetime import date

import click

from portal.cli import as_json, main, say_json
from portal.domain import arithmetic, clocks
from portal.domain.clocks import Clock, LedgerEntry, LedgerKind
from portal.domain.errors import Invalid
from portal.domain.jurisdictions import Profile, profile
from portal.domain.words import _


@main.command()
@click.option("--jurisdiction", required=True, help="Such as ca-bc.")
@click.option("--kind", required=True, help="access or correction.")
@click.option(
    "--received", "received", required=True, multiple=True, help="A date such as 2026-12-18; may be repeated."
)
@click.argument("more", nargs=-1)
@as_json
def deadline(jurisdiction: str, kind: str, received: tuple[str, ...], more: tuple[str, ...], json_wanted: bool) -> None:
    """The lawful date for a request received on a date, with every counted and skipped day."""
    law = profile(jurisdiction)
    days = [_day(text) for text in (*received, *more)]
    found = [clocks.replay(law, kind, [LedgerEntry(LedgerKind.RECEIVED, day)]) for day in days]
    for clock in found:
        if json_wanted:
            say_json(arithmetic.deadline_facts(clock))
        elif len(found) > 1:
            click.echo(arithmetic.deadline_line(clock))
        else:
            _print(law, kind, clock)


def _print(law: Profile, kind: str, clock: Clock) -> None:
    for line in arithmetic.deadline_lines(law, kind, clock):
        click.echo(line)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid(_("%(text)s is not a date. Write it as year-month-day, such as 2026-12-18.", text=text)) from None
