"""What every request must keep to, whatever the page."""

import pytest
from flask import Flask


@pytest.fixture
def guarded(app: Flask) -> Flask:
    """The portal as people meet it, where the token of a form is asked for."""
    app.config["WTF_CSRF_CHECK_DEFAULT"] = True
    app.before_request_funcs[None] = [f for f in app.before_request_funcs[None] if f.__name__ != "_trust_forms"]
    return app


def test_a_form_of_endless_fields_is_refused_before_its_token_is_looked_at(guarded: Flask) -> None:
    browser = guarded.test_client()
    assert browser.post("/sign-in", data={f"field-{n}": "1" for n in range(1001)}).status_code == 413
    assert browser.post("/sign-in", data={"field": "1"}).status_code == 403
