"""A real provider for signing in, run by Node.js on a free port: ``genuine.mjs`` says how it is set up."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from config_oidc import OidcProvider
from setup import node

SCRIPT = Path(__file__).with_name("genuine.mjs")
PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / "oidc-provider"
CLIENT, SECRET = "portal", "a-secret-between-the-two-of-us"
STRONG = "urn:example:two"


@dataclass(frozen=True)
class Genuine:
    issuer: str

    def settings(self, name: str = "card", audience: str = "patient", **more: Any) -> OidcProvider:
        return OidcProvider(name, self.issuer, CLIENT, audience, SECRET, name.title(), **more)


@contextmanager
def genuine() -> Iterator[Genuine]:
    """One that runs until the block ends; skips the test where it is not installed."""
    found = node.present()
    if found is None or not PACKAGE.exists():
        pytest.skip("oidc-provider or Node.js is not installed: run `make test`")
    command = [str(found.node), "--no-warnings", str(SCRIPT), CLIENT, SECRET]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as run:
        assert run.stdin
        assert run.stdout
        assert run.stderr
        try:
            port = run.stdout.readline().strip()
            assert port.isdigit(), run.stderr.read()
            yield Genuine(f"http://localhost:{port}")
        finally:
            run.stdin.close()
            run.wait(10)
