"""What goes wrong in the house becomes a page that says what to do."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from portal.edges import Edge


def _locked(*_args: Any, **_named: Any) -> None:
    raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))


@pytest.mark.parametrize("where", ["begin", "done"])
def test_a_busy_database_asks_to_come_back_soon(app: Flask, client_of: Any, monkeypatch: Any, where: str) -> None:
    client = client_of("mei")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(Edge, where, _locked)
    answer = client.get("/home")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
