"""Who reaches which address: the one table (``reach.txt``) that is document, start-up check, gate and the tests' input.

Source: security.md section 1 (POL, MATRIX). The gate is a second lock: it knows roles, and refuses before a page runs
whoever's role has no business at the address at all. Whose case it is, the services ask.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Blueprint, Flask, redirect, request, url_for
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from portal.domain.actors import Role
from portal.domain.errors import NotAllowed
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.web.work import signed_in

TABLE = Path(__file__).with_name("reach.txt")
NOBODY, HALF_WAY = "nobody", "half-way"
# Whom the table knows, by what they are to Amina; that is for the services to ask, their role is for the gate.
ROLES: dict[str, Role | None] = {
    NOBODY: None,
    HALF_WAY: None,
    "patient": Role.PATIENT,
    "representative": Role.PATIENT,
    "other-patient": Role.PATIENT,
    "front-office": Role.FRONT_OFFICE,
    "administrator": Role.ADMINISTRATOR,
    "physician": Role.PHYSICIAN,
    "other-physician": Role.PHYSICIAN,
}
PATIENTS = ("patient", "representative", "other-patient")
CLINIC = ("front-office", "administrator", "physician", "other-physician")
SIGNED_IN = PATIENTS + CLINIC
GROUPS = {"everybody": tuple(ROLES), "signed-in": SIGNED_IN, "patients": PATIENTS, "clinic": CLINIC}
NOTHING = "-"


class Unreachable(Exception):
    """The portal does not start: the table and the addresses there are do not fit together."""


@dataclass(frozen=True)
class Row:
    """One method at one address: the permissions it asks, who gets there, and who could if there were more there."""

    method: str
    address: str
    asks: tuple[str, ...]
    reached: frozenset[str]
    admitted: frozenset[str]

    @property
    def roles(self) -> frozenset[Role]:
        """The roles of those who get there."""
        return frozenset(role for who in self.admitted if (role := ROLES[who]) is not None)

    def admits(self, roles: frozenset[Role] | None) -> bool:
        """Whether such a person may knock; ``None`` stands for nobody signed in."""
        return NOBODY in self.admitted if roles is None else bool(self.roles & roles)


def row_of(line: str) -> Row:
    """A line of the table. Raises Unreachable when it names people or permissions that there are not."""
    method, address, asks, *who = [*line.split(), NOTHING] if len(line.split()) < 3 else line.split()
    permissions = () if asks == NOTHING else tuple(asks.split(","))
    names = [name.strip("()") for name in who]
    unknown = [name for name in names if name not in ROLES and name not in GROUPS]
    unknown += [name for name in permissions if name not in set(Permission)]
    if unknown:
        raise Unreachable(f"reach.txt: {method} {address} names what there is not: {', '.join(unknown)}.")
    sure = [name for name in who if not name.startswith("(")]
    return Row(method, address, permissions, _people(sure), _people(names))


def _people(names: list[str]) -> frozenset[str]:
    return frozenset(person for name in names for person in GROUPS.get(name, (name,)))


def line_of(row: Row) -> str:
    """The row as it stands in the table."""
    people = _shortened(row.reached)
    people += [f"({name})" for name in _shortened(row.admitted) if name not in people and name not in row.reached]
    return f"{row.method:<5} {row.address:<80} {','.join(row.asks) or NOTHING:<29} {' '.join(people)}".rstrip()


def _shortened(people: frozenset[str]) -> list[str]:
    """The same people by the largest groups that hold no others."""
    left, said = set(people), []
    for name, group in GROUPS.items():
        if set(group) <= left:
            said.append(name)
            left -= set(group)
    return said + [name for name in ROLES if name in left]


@cache
def table() -> dict[tuple[str, str], Row]:
    """Every row by method and address. Raises Unreachable for a row that is there twice."""
    found: dict[tuple[str, str], Row] = {}
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            row = row_of(line)
            if (row.method, row.address) in found:
                raise Unreachable(f"reach.txt has {row.method} {row.address} twice.")
            found[row.method, row.address] = row
    return found


def cells(rules: list[Rule]) -> set[tuple[str, str]]:
    """(method, address) of every page and form of ours; styles and pictures are for everybody."""
    return {
        (method, rule.rule)
        for rule in rules
        if rule.endpoint != "static"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def init_app(app: Flask, elsewhere: list[Blueprint]) -> None:
    """Check the table against the addresses of ``app``, and set the gate; ``elsewhere`` are areas not served here."""
    check(cells(list(app.url_map.iter_rules())), _addresses_of(elsewhere))
    for name in app.blueprints:
        # After the doors: who is not signed in has been led to sign in, and what she sent was kept.
        app.before_request_funcs.setdefault(name, []).append(_gate(name))


def _addresses_of(blueprints: list[Blueprint]) -> set[tuple[str, str]]:
    aside = Flask("elsewhere", static_folder=None)
    for blueprint in blueprints:
        aside.register_blueprint(blueprint)
    return cells(list(aside.url_map.iter_rules()))


def check(here: set[tuple[str, str]], elsewhere: set[tuple[str, str]]) -> None:
    """Raises Unreachable, with what to write, for an address without a row or a row without an address."""
    kept = set(table())
    missing, stray = sorted(here - kept), sorted(kept - here - elsewhere)
    if not missing and not stray:
        return
    parts = []
    if missing:
        rows = "\n".join(f"{method:<5} {address:<80} ASKS WHO" for method, address in missing)
        parts.append(f"These addresses are open to nobody until portal/web/reach.txt has a row for each:\n{rows}")
    if stray:
        rows = "\n".join(f"{method:<5} {address}" for method, address in stray)
        parts.append(f"These rows of portal/web/reach.txt lead nowhere; take them out:\n{rows}")
    raise Unreachable("The portal does not start. " + "\n".join(parts))


def _gate(area: str) -> Callable[[], Response | None]:
    rows = table()
    both = {address for _method, address in rows}
    either = {address: [row for row in rows.values() if row.address == address] for address in both}

    def gate() -> Response | None:
        rule = request.url_rule
        if rule is None or request.blueprint != area:  # an area within an area has a door of its own, and comes later
            return None
        method = "GET" if request.method == "HEAD" else request.method
        row = rows.get((method, rule.rule))
        asked = [row] if row else either.get(rule.rule, [])  # OPTIONS: as for any method of the address
        if any(NOBODY in each.admitted for each in asked):
            return None
        return _refuse_strangers(asked)

    return gate


def _refuse_strangers(asked: list[Row]) -> Response | None:
    """Lead those who are not all the way in to the door. Raises NotAllowed for a role that has no business here."""
    live = signed_in()
    if live is None:
        return redirect(url_for("public.sign_in"), 303)
    if live.factor_needed is not None:
        half_way = any(HALF_WAY in row.admitted for row in asked)
        return None if half_way else redirect(url_for("public.second_factor"), 303)
    if any(row.admits(live.actor.roles) for row in asked):
        return None
    raise NotAllowed(_("This is not yours to do. If you think it should be, ask the office administrator."))
