"""Good sign-ins a second beside bare hashes, and what two hundred wrong ones a second do to somebody's page.

python -m bench.sign_ins [--seconds 15]
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import pyotp

from bench.houses import ROOT, environment, house
from bench.knocking import Visitor, address, knock, request_of
from bench.pages import cookie_of, server
from portal.adapters.passwords import Passwords
from portal.demo.people import PASSWORD
from portal.domain.actors import OPERATOR
from portal.edges import DEMO_RECORDS, Edge
from portal.models.accounts import Account
from portal.services import demo, sign_ins
from portal.web import create_app

PORT = 8394
CONNECTIONS = 4
WRONG_A_SECOND = 200
ACCOUNTS = 1500
MOST_MS = 500.0  # of a reading page's 95th hundredth, security.md B14
REFUSED_MS = 100.0
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def fill(edge: Edge) -> None:
    """The demo clinic, and many patients with the same password and codes."""
    stored = edge.outside.passwords.hash(PASSWORD)
    with edge.work(OPERATOR) as work:
        demo.load(work, DEMO_RECORDS)
        for n in range(ACCOUNTS):
            account = Account(email=f"p{n}@many.example", name=f"Patient {n}", roles="patient", made_at=work.now)
            account.password_hash, account.second_factor_on = stored, True
            work.db.add(account)
            work.db.flush()
            account.totp_sealed = work.outside.vault.seal_secret(SECRET.encode(), sign_ins.totp_pin(account))


def good_sign_ins(visitor: Visitor, seconds: float) -> dict[str, Any]:
    """People who come from everywhere, each with her password and her code, four at a time."""
    people, until, done = count(), time.perf_counter() + seconds, []

    def keep_signing_in(_number: int) -> None:
        while (now := time.perf_counter()) < until and (n := next(people)) < ACCOUNTS:
            typed = {"email": f"p{n}@many.example", "password": PASSWORD}
            inside = knock(PORT, visitor, "/sign-in", typed, address(n))
            if inside.status == 503:
                continue
            # The session is a new one, and its form has a token of its own.
            half_way = Visitor(inside.cookie(visitor.cookie), "")
            asked = knock(PORT, half_way, "/sign-in/code", came_from=address(n))
            ready = Visitor(asked.cookie(half_way.cookie), asked.form_token)
            last = knock(PORT, ready, "/sign-in/code", {"code": pyotp.TOTP(SECRET).now()}, address(n))
            if (inside.status, last.status) != (303, 303):
                raise RuntimeError(f"a good sign-in was answered {inside.status}, {last.status}")
            done.append((time.perf_counter() - now) * 1e3)

    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(keep_signing_in, range(CONNECTIONS)))
    return {
        "a_second": round(len(done) / (time.perf_counter() - began), 1),
        "median_ms": round(statistics.median(done), 1),
    }


def bare_hashes(seconds: float) -> float:
    """Hashes a second with nothing around them, one process a core."""
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        return round(sum(pool.map(_hash_for, [seconds] * (os.cpu_count() or 1))), 1)


def _hash_for(seconds: float) -> float:
    passwords = Passwords()
    began, made = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        passwords.burn("not the password of anybody")
        made += 1
    return made / (time.perf_counter() - began)


def reading(cookie: str, seconds: float) -> dict[str, Any]:
    """Somebody reads her first page, over and over."""
    visitor, until, taken = Visitor(cookie, ""), time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        began = time.perf_counter()
        if knock(PORT, visitor, "/home").status != 200:
            raise RuntimeError("the page did not come")
        taken.append((time.perf_counter() - began) * 1e3)
        time.sleep(0.05)
    return {**_spread(taken), "pages": len(taken)}


def attack(visitor: Visitor, seconds: float, told: Any) -> None:
    """So many wrong passwords a second, from two hundred networks; a process of its own, as light as it can be."""
    told.put(asyncio.run(_attack(visitor, seconds)))


async def _attack(visitor: Visitor, seconds: float) -> list[tuple[int, float]]:
    began = time.perf_counter()

    async def try_one(n: int) -> tuple[int, float]:
        await asyncio.sleep(began + n / WRONG_A_SECOND - time.perf_counter())
        asked = time.perf_counter()
        typed = {"email": f"p{n % ACCOUNTS}@many.example", "password": "wrong"}
        try:
            status = await _bare_knock(request_of(PORT, visitor, "/sign-in", typed), address(n % 200))
        except OSError:
            status = 0
        return status, (time.perf_counter() - asked) * 1e3

    return list(await asyncio.gather(*(try_one(n) for n in range(int(seconds * WRONG_A_SECOND)))))


async def _bare_knock(request: bytes, came_from: str) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT, local_addr=(came_from, 0))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return int(answer.split(b" ", 2)[1]) if answer else 0


def under_attack(visitor: Visitor, cookie: str, seconds: float) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    told = context.Queue()
    attacker = context.Process(target=attack, args=(visitor, seconds, told))
    attacker.start()
    time.sleep(2)  # it is starting
    page = reading(cookie, seconds - 2)
    answers = told.get(timeout=120)
    attacker.join()
    by_status = {
        status: [ms for got, ms in answers if got == status] for status in sorted({got for got, _ms in answers})
    }
    return {"page": page, "wrong": {status: {"answers": len(ms), **_spread(ms)} for status, ms in by_status.items()}}


def _spread(taken: list[float]) -> dict[str, float]:
    ordered = sorted(taken)
    return {
        "median_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def run(seconds: float = 15) -> dict[str, Any]:
    """All of it, in one run."""
    folder = Path(tempfile.mkdtemp(prefix="bench-sign-ins-"))
    try:
        edge = house(folder)
        fill(edge)
        app = create_app(edge.config, edge)
        visitor, mei = Visitor.of(app), cookie_of(edge, app, "mei@patients.example")
        own = {**environment(folder), "PORTAL_BASE_URL": f"http://127.0.0.1:{PORT}"}
        with server(["wsgi:app"], ROOT, own, PORT):
            hashes = bare_hashes(3)
            good = good_sign_ins(visitor, min(10.0, seconds))
            alone = reading(mei, min(5.0, seconds))
            attacked = under_attack(visitor, mei, seconds)
        return {
            "bare_hashes_a_second": hashes,
            "good": {**good, "beside_hashes": round(good["a_second"] / hashes, 2)},
            "page_alone": alone,
            "under_attack": {"wrong_a_second": WRONG_A_SECOND, **attacked, "page_at_most_p95_ms": MOST_MS},
            "refused_at_most_ms": REFUSED_MS,
        }
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    print(json.dumps(run(parser.parse_args().seconds), indent=1))
