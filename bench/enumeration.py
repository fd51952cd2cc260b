"""Can a stranger tell who has an account? Every door where she could try, for every kind of account there is.

python -m bench.enumeration [--samples 200]
"""

import argparse
import json
import math
import secrets
import shutil
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update

from bench.houses import ROOT, environment, house
from bench.knocking import Visitor, address, knock
from bench.pages import server
from portal.domain.actors import OPERATOR
from portal.domain.patient_invitations import bare, new_code, rules
from portal.edges import DEMO_RECORDS, Edge
from portal.models.accounts import Account, ActivationLink, Bucket
from portal.models.patient_invitations import PatientInvitation
from portal.models.people import Patient
from portal.services import accounts, demo
from portal.services.sign_ins import digest_of
from portal.services.work import Work
from portal.web import create_app

PORT = 8393
AT_MOST_MS = 5.0
WARMING = 5


@dataclass(frozen=True)
class Door:
    """An entry point: its address and form, in which ``{who}`` is one of ``kinds``' values and ``{once}`` ever new."""

    name: str
    kinds: dict[str, str]
    path: str
    form: dict[str, str] | None = None

    def knock(self, visitor: Visitor, who: str, came_from: str) -> tuple[float, bytes]:
        """Milliseconds, and what was told."""
        filled = {"who": who, "once": secrets.token_urlsafe(24)}
        form = {name: value.format(**filled) for name, value in self.form.items()} if self.form is not None else None
        began = time.perf_counter()
        answer = knock(PORT, visitor, self.path.format(who=who), form, came_from)
        spent = (time.perf_counter() - began) * 1e3
        return spent, answer.told.replace(who.encode(), b"")  # what was typed is drawn again


BORN = {"birth_date-day": "27", "birth_date-month": "3", "birth_date-year": "1901"}
ASKING = {"given_name": "Olu", "family_name": "Adeyemi", **BORN, "email": "{who}", "proof": "counter", "once": "{once}"}


def doors(people: dict[str, str], links: dict[str, str], codes: dict[str, str]) -> list[Door]:
    """Every door. A new one is one line more."""
    return [
        Door("sign-in", people, "/sign-in", {"email": "{who}", "password": "not the password of anybody"}),
        Door("recovery", people, "/recover", {"email": "{who}"}),
        Door("activation", links, "/activate/{who}"),
        Door("code of a letter", codes, "/activate", {"code": "{who}", **BORN, "fact": "V0V 0V0"}),
        Door("asking for an account", people, "/account-requests/new", ASKING),
    ]


def people_of(edge: Edge) -> dict[str, str]:
    """An address of each kind."""
    kinds = {
        "existing": "mei@patients.example",
        "disabled": "cora@patients.example",
        "no password": "ben@patients.example",
    }
    with edge.work(OPERATOR) as work:
        _account(work, kinds["disabled"]).disabled_at = work.now
        _account(work, kinds["no password"]).password_hash = None
    return {**kinds, "unknown": "olu@patients.example"}


def links_of(edge: Edge) -> dict[str, str]:
    """A link of each kind that opens nothing."""
    found = {"unknown": "x" * 43}
    with edge.work(OPERATOR) as work:
        for kind, email in (("used", "mei@"), ("too old", "amina@"), ("disabled", "cora@")):
            account = _account(work, f"{email}patients.example")
            found[kind] = accounts.give_link(work, account).rpartition("/")[2]
            link = work.db.scalars(select(ActivationLink).where(ActivationLink.account_id == account.id)).all()[-1]
            link.used_at = work.now if kind == "used" else None
            link.expires_at -= timedelta(days=400 if kind == "too old" else 0)
    return found


def codes_of(edge: Edge) -> dict[str, str]:
    """A code of each kind; the birth date and the fact that go with them are nobody's."""
    found = {"unknown": new_code()}
    with edge.work(OPERATOR) as work:
        patient = work.db.scalars(select(Patient).where(Patient.account_id.is_(None))).first() or _patient(work)
        maker = work.db.scalars(select(Account).where(Account.email.startswith("dov@"))).one()
        for kind in ("live", "used", "too old", "stopped"):
            found[kind] = new_code()
            row = PatientInvitation(patient_id=patient.id, way="letter", fact=rules().facts[0].id, language="en")
            row.code_digest, row.letter_sealed = digest_of(bare(found[kind])), b""
            row.made_by_id, row.made_at, row.expires_at = maker.id, work.now, work.now + timedelta(days=7)
            row.used_at = work.now if kind == "used" else None
            row.ended_at = work.now if kind == "stopped" else None
            row.expires_at -= timedelta(days=30 if kind == "too old" else 0)
            work.db.add(row)
    return found


def _patient(work: Work) -> Patient:
    """Somebody who has no sign-in yet."""
    found = work.db.scalars(select(Patient)).first()
    assert found is not None
    found.account_id = None
    return found


def _account(work: Work, email: str) -> Account:
    return work.db.scalars(select(Account).where(Account.email == email)).one()


def run(samples: int = 200) -> dict[str, Any]:
    """Of each door: the medians by kind, their largest gap, the smallest p, and whether all bytes were the same."""
    folder = Path(tempfile.mkdtemp(prefix="bench-enumeration-"))
    try:
        edge = house(folder)
        with edge.work(OPERATOR) as work:
            demo.load(work, DEMO_RECORDS)
        asked = doors(people_of(edge), links_of(edge), codes_of(edge))
        visitor = Visitor.of(create_app(edge.config, edge))
        own = {**environment(folder), "PORTAL_BASE_URL": f"http://127.0.0.1:{PORT}"}
        with server(["wsgi:app"], ROOT, own, PORT):
            return _told(edge, visitor, asked, samples)
    finally:
        shutil.rmtree(folder)


def _told(edge: Edge, visitor: Visitor, asked: list[Door], samples: int) -> dict[str, Any]:
    taken: dict[str, dict[str, list[float]]] = {door.name: {kind: [] for kind in door.kinds} for door in asked}
    told: dict[str, set[bytes]] = {door.name: set() for door in asked}
    turns = secrets.SystemRandom()
    for number in range(samples + WARMING):
        _forget_tries(edge)
        knocks = [(door, kind) for door in asked for kind in door.kinds]
        turns.shuffle(knocks)
        for n, (door, kind) in enumerate(knocks):
            spent, answer = door.knock(visitor, door.kinds[kind], address(n))
            told[door.name].add(answer)
            if number >= WARMING:
                taken[door.name][kind].append(spent)
    return {door.name: _row(taken[door.name], len(told[door.name]) == 1) for door in asked}


def _forget_tries(edge: Edge) -> None:
    """The brakes are the same for everybody and would stop us."""
    with edge.work(OPERATOR) as work:
        work.db.execute(delete(Bucket))
        live = PatientInvitation.tries > 0
        work.db.execute(update(PatientInvitation).where(live).values(tries=0, ended_at=None))


def _row(taken: dict[str, list[float]], same: bool) -> dict[str, Any]:
    medians = {kind: round(statistics.median(found), 2) for kind, found in taken.items()}
    return {
        "medians_ms": medians,
        "gap_ms": round(max(medians.values()) - min(medians.values()), 2),
        "at_most": AT_MOST_MS,
        "least_p": round(min(rank_sum_p(one, other) for one, other in combinations(taken.values(), 2)), 4),
        "same_bytes": same,
    }


def rank_sum_p(one: list[float], other: list[float]) -> float:
    """How likely two samples lie so far apart by chance (Mann and Whitney, two-sided, by the normal curve)."""
    larger = sum((a > b) + (a == b) / 2 for a in one for b in other)
    n, m = len(one), len(other)
    spread = math.sqrt(n * m * (n + m + 1) / 12)
    return math.erfc(abs(larger - n * m / 2) / spread / math.sqrt(2))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=200)
    print(json.dumps(run(parser.parse_args().samples), indent=1))
