"""Pages of the portal beside the whole-page and write references, in CPU a request, in one run.

    python -m bench.pages [--rounds 3] [--requests 300]

The reference is ``../shared/reference`` (app_flask.py: session, user query, 25 rows by keyset, 16 KB of page; and its
audited write). Both run under gunicorn with two workers of four threads; one small client asks both in turns over
four connections. CPU is read from the kernel's account of each server's processes, divided by the answers.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import select

from bench.houses import ROOT, environment, house
from portal.domain.access_requests import Channel, Delivery, Mode
from portal.domain.actors import OPERATOR, SYSTEM, Actor, Role
from portal.domain.wishes import Scope, Wishes
from portal.edges import DEMO_RECORDS, Edge
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account, SignIn
from portal.models.people import Patient
from portal.services import access_requests, demo, loading, queues, sign_ins

REFERENCE = ROOT.parent / "shared" / "reference"
CASES, REFERENCE_ROWS = 10_000, 200_000
CONNECTIONS = 4
OUR_PORT, THEIR_PORT = 8391, 8392
TICK = os.sysconf("SC_CLK_TCK")
TARGETS = {"home": 2.0, "queue": 2.0, "case": 3.0, "submit": 3.0}


@dataclass
class Target:
    """Something to ask: a page by its address, or a change by a form that is sent once each."""

    name: str
    port: int
    pid: int
    cookie: str
    path: str = ""
    sends: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    beside: str = "reference page"


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process, its living children and those it waited for."""
    total = 0
    for process in [pid, *_children(pid)]:
        try:
            facts = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += int(facts[11]) + int(facts[12])
        if process == pid:
            total += int(facts[13]) + int(facts[14])
    return total / TICK


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def ask(target: Target, requests: int) -> float:
    """CPU microseconds a request over so many requests; raises when an answer is not as it should be."""
    if target.sends:
        jobs = [target.sends.pop() for _n in range(min(requests, len(target.sends)))]
    else:
        jobs = [(target.path, {})] * requests
    before = cpu_seconds(target.pid)
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(lambda part: _ask_all(target, part), [jobs[n::CONNECTIONS] for n in range(CONNECTIONS)]))
    return (cpu_seconds(target.pid) - before) / len(jobs) * 1e6


def _ask_all(target: Target, jobs: list[tuple[str, dict[str, str]]]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=60)
    for path, form in jobs:
        headers = {"Cookie": target.cookie}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if form else "GET", path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        answer.read()
        good = answer.status in (201, 302, 303) if form else answer.status == 200
        if not good:
            raise RuntimeError(f"{target.name}: {answer.status} {answer.getheader('Location') or ''}")
    connection.close()


@contextmanager
def server(command: list[str], folder: Path, environ: dict[str, str], port: int) -> Iterator[int]:
    """A gunicorn on loopback until the block ends; gives its pid."""
    bind = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--worker-class", "gthread", "--threads", "4"]
    whole = [sys.executable, "-m", "gunicorn", *bind, "--log-level", "warning", *command]
    running = subprocess.Popen(whole, cwd=folder, env={**os.environ, **environ, "PYTHONDONTWRITEBYTECODE": "1"})
    try:
        _wait(port)
        yield running.pid
    finally:
        running.terminate()
        running.wait(20)


def _wait(port: int) -> None:
    for _try in range(200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            connection.getresponse().read()
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


def fill(folder: Path) -> Edge:
    """10,000 cases, then the demo clinic beside them."""
    edge = house(folder)
    with edge.work(OPERATOR) as work:
        loading.fill(work, CASES)
    with edge.work(OPERATOR) as work:
        demo.open_clinic(work, DEMO_RECORDS)
    return edge


def cookie_of(edge: Edge, app: Any, email: str) -> str:
    """A signed-in browser's cookie, with a token for its forms in it."""
    with edge.work(SYSTEM) as work:
        account = work.db.scalars(select(Account).where(Account.email == email)).one()
        token = sign_ins.begin(work, account.id, "127.0.0.0/24", "bench")
        row = work.db.scalars(select(SignIn).where(SignIn.token_digest == sign_ins.digest_of(token))).one()
        row.factor_needed = None
    serializer = app.session_interface.get_signing_serializer(app)
    value = serializer.dumps({"sid": token, "csrf_token": "b" * 40})
    return f"{app.config['SESSION_COOKIE_NAME']}={value}"


def form_token(app: Any) -> str:
    from itsdangerous import URLSafeTimedSerializer

    return URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps("b" * 40)


def drafts(edge: Edge, number: int) -> list[str]:
    """So many finished drafts of Mei's, each asking for something else; their keys."""
    with edge.work(SYSTEM) as work:
        patient = work.db.scalars(
            select(Patient)
            .join(Account, Account.id == Patient.account_id)
            .where(Account.email == "mei@patients.example")
        ).one()
        work.actor = Actor(patient.account_id, patient.name, frozenset({Role.PATIENT}), patient_id=patient.id)
        made = []
        for n in range(number):
            draft = AccessRequest(
                kind="access_request",
                patient_id=patient.id,
                requested_by_id=patient.account_id,
                channel=Channel.PORTAL,
                responsible_id=patient.responsible_id,
                jurisdiction=patient.jurisdiction,
                rules_version=work.profile.version,
                stage="draft",
                started_at=work.now,
            )
            draft.patient = patient
            work.db.add(draft)
            words = f"Everything about visit number {n}"
            wishes = Wishes(mode=Mode.COPY, scope=Scope.OWN_WORDS, words=words, delivery=Delivery.DOWNLOAD,
                            answered=frozenset({"mode", "scope", "delivery", "form"}))  # fmt: skip
            access_requests.save(work, draft, wishes)
            made.append(str(draft.id))
        return made


def targets(edge: Edge, ours: int, theirs: int, sends: int) -> list[Target]:
    """Everything that is asked, ours and the reference's."""
    from portal.web import create_app

    app = create_app(edge.config, edge)
    token = form_token(app)
    mei, amina, dov = (
        cookie_of(edge, app, email)
        for email in ("mei@patients.example", "amina@patients.example", "dov@clinic.example")
    )
    with edge.work(SYSTEM) as work:
        amina_id = work.db.scalars(select(Account.id).where(Account.email == "amina@patients.example")).one()
        patient = work.db.scalars(select(Patient).where(Patient.account_id == amina_id)).one()
        reference = queues.of_patient(work, patient.id)[0].reference
    sent = [(f"/access-requests/drafts/{key}/check", {"csrf_token": token}) for key in drafts(edge, sends)]
    login = http.client.HTTPConnection("127.0.0.1", THEIR_PORT, timeout=10)
    login.request("GET", "/signin")
    answer = login.getresponse()
    answer.read()
    their_cookie = "; ".join(re.findall(r"^[^;]+", answer.getheader("Set-Cookie") or ""))
    writes = [("/write-sqlite", {"name": "Ana", "kind": "access", "n": str(n)}) for n in range(sends)]
    return [
        Target("reference page", THEIR_PORT, theirs, their_cookie, "/cases-sqlite?k=4711"),
        Target("home", OUR_PORT, ours, amina, "/home"),
        Target("queue", OUR_PORT, ours, dov, "/office/cases"),
        Target("case", OUR_PORT, ours, dov, f"/office/cases/{reference}"),
        Target("reference write", THEIR_PORT, theirs, "", sends=writes),
        Target("submit", OUR_PORT, ours, mei, sends=sent, beside="reference write"),
    ]


def run(rounds: int = 3, requests: int = 300) -> dict[str, Any]:
    """CPU microseconds a request of each target and its ratio beside its reference: medians of interleaved rounds."""
    if not REFERENCE.exists():
        return {"skipped": "../shared/reference is not there, so there is nothing to measure beside"}
    folder = Path(tempfile.mkdtemp(prefix="bench-pages-"))
    try:
        edge = fill(folder / "ours")
        their = {"REF_SQLITE": str(folder / "reference.db"), "REF_ROWS": str(REFERENCE_ROWS)}
        subprocess.run(
            [sys.executable, "seed.py"], cwd=REFERENCE, check=True, stdout=subprocess.DEVNULL,
            env={**os.environ, **their, "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        own = {**environment(folder / "ours"), "PORTAL_BASE_URL": f"http://127.0.0.1:{OUR_PORT}"}
        with (
            server(["wsgi:app"], ROOT, own, OUR_PORT) as ours,
            server(["app_flask:app"], REFERENCE, their, THEIR_PORT) as theirs,
        ):
            return _measure(targets(edge, ours, theirs, (rounds + 1) * requests), rounds, requests)
    finally:
        shutil.rmtree(folder)


def _measure(asked: list[Target], rounds: int, requests: int) -> dict[str, Any]:
    figures: dict[str, list[float]] = {target.name: [] for target in asked}
    for number in range(rounds + 1):
        for target in asked:
            spent = ask(target, requests if number else max(40, requests // 4))
            if number:  # the first round warms up
                figures[target.name].append(spent)
    median = {name: statistics.median(found) for name, found in figures.items()}
    return {
        target.name: {
            "cpu_us": round(median[target.name]),
            "ratio": round(median[target.name] / median[target.beside], 2),
            "at_most": TARGETS.get(target.name),
            "beside": target.beside,
        }
        for target in asked
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--requests", type=int, default=300)
    chosen = parser.parse_args()
    print(json.dumps(run(chosen.rounds, chosen.requests), indent=1))
