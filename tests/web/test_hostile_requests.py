"""Requests that no page of ours would make: fields nobody asked for, forms without end, hosts that are not ours."""

import re
from collections.abc import Callable
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask

from portal.edges import Edge
from portal.services import access_requests
from tests.dumps import as_text, dump
from tests.pages import FORGED, ReadingClient
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs
from tests.web.public.signing_in import try_to_sign_in

ClientOf = Callable[[str], ReadingClient]
NOT_ASKED_FOR = {
    "role": "administrator",
    "roles": "administrator",
    "owner_id": "01a2049b-c84a-7a26-b3b7-bfbba0455b69",
    "patient_id": "01a2049b-c84a-7a26-b3b7-bfbba0455b69",
    "responsible_id": "01a2049b-c84a-7a26-b3b7-bfbba0455b69",
    "stage": "ready",
    "status": "ready",
    "outcome": "released_in_full",
    "fee_stage": "waived",
    "fee_waived": "1",
    "version": "99",
    "approved_by": "esi",
    "received_on": "1999-01-01",
    "second_factor_on": "",
}


def test_fields_nobody_asked_for_are_never_stored(client_of: ClientOf, work_as: WorkAs) -> None:
    draft = stages.drafted(work_as)
    mei, dov = client_of("mei"), client_of("dov")
    kind = mei.post(f"/access-requests/drafts/{draft}/kind", data={"mode": "copy", **NOT_ASKED_FOR})
    assert kind.status_code == 303
    with work_as("mei") as work:
        seen = access_requests.find_draft(work, UUID(draft)).version
    sent = mei.post(f"/access-requests/drafts/{draft}/check", data={**NOT_ASKED_FOR, "seen": str(seen)})
    reference = sent.headers["Location"].rpartition("/")[2]
    checked = dov.post(f"/office/cases/{reference}/identity", data={"method": "call_back", "note": "", **NOT_ASKED_FOR})
    assert checked.status_code == 303
    with work_as("dov") as work:
        case = access_requests.find(work, reference)
        assert (case.stage, case.outcome, case.fee_stage, case.owner_id) == ("received", None, "none", None)
        assert case.patient.given_name == "Mei"
        assert case.responsible.name == "Dr Femi Adeyemi"
        assert case.received_on == work.today
        assert case.version < 99


def test_what_every_form_of_the_tests_carries_besides_stands_nowhere(
    client_of: ClientOf, work_as: WorkAs, edge: Edge
) -> None:
    """The browser of the tests sends ``FORGED`` with every form, so that each of them asks this of its own page."""
    mei, draft = client_of("mei"), stages.drafted(work_as)
    assert mei.post(f"/access-requests/drafts/{draft}/kind", data={"mode": "copy"}).status_code == 303
    assert mei.post("/account", data={"language": "en"}).status_code in (302, 303)
    assert [where for where, text in as_text(edge) if FORGED["role"] in text] == []


def test_what_one_asks_for_oneself_is_no_way_to_more(client_of: ClientOf, edge: Edge) -> None:
    mei, before = client_of("mei"), dump(edge)["accounts"]
    assert mei.post("/account", data={"language": "en", **NOT_ASKED_FOR}).status_code in (302, 303)
    assert dump(edge)["accounts"] == before


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("path", ["/sign-in", "/language", "/activate/some-token"])
def test_a_form_without_end_is_refused_before_it_is_read(app: Flask, path: str) -> None:
    visitor = app.test_client()
    many = {f"field-{n}": "x" for n in range(10_000)}
    assert visitor.post(path, data=many).status_code == 413
    parts = dict(list(many.items())[:1500])
    assert visitor.post(path, data=parts, content_type="multipart/form-data").status_code == 413
    assert visitor.post(path, data={"a": "x" * 300_000}).status_code == 413
    assert visitor.post(path, data={"a" + "[b]" * 1000: "x"}).status_code < 500


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:8000", "127.0.0.1@evil.example"]
)
def test_a_host_that_is_not_ours_is_answered_by_no_page(app: Flask, host: str) -> None:
    response = app.test_client().get("/sign-in", headers={"Host": host})
    assert response.status_code == 400
    assert b"evil" not in response.data


@pytest.mark.usefixtures("sqlite_only")
def test_what_a_proxy_did_not_say_changes_no_address(app: Flask) -> None:
    headers = {"X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example", "X-Forwarded-Proto": "gopher"}
    response = app.test_client().get("/home", headers=headers)
    assert response.headers["Location"] == "/sign-in"


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize(
    "path", ["//evil.example/", "/\\evil.example", "/home%0d%0aSet-Cookie:a=b", "/office?next=//evil.example"]
)
def test_nobody_is_led_away_after_signing_in(app: Flask, path: str) -> None:
    visitor = app.test_client()
    visitor.get(path)
    location = visitor.get("/home").headers.get("Location", "")
    assert location == "/sign-in"
    with visitor.session_transaction() as session:
        after = str(session.get("after", "/"))
    assert after.startswith("/")
    assert not after.startswith(("//", "/\\"))


@pytest.mark.usefixtures("sqlite_only")
def test_the_cookie_is_kept_from_scripts_and_other_sites(app: Flask) -> None:
    cookie = app.test_client().get("/sign-in").headers["Set-Cookie"]
    for wanted in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert wanted in cookie
    assert "Domain" not in cookie
    assert "Expires" not in cookie


class Complaining(BytesIO):
    """A body in which the server finds a fault while it is read, as ``gunicorn`` does with a broken chunk."""

    def read(self, _size: int | None = -1) -> bytes:
        raise RuntimeError("Invalid chunk size: b'zz'")


@pytest.mark.usefixtures("sqlite_only")
def test_a_body_that_breaks_off_is_told_so_and_is_no_fault_of_ours(app: Flask) -> None:
    app.testing = False
    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = app.test_client().post("/sign-in", input_stream=Complaining(b"x" * 100), content_type=kind)
        assert answer.status_code == 400
        assert "What your browser sent was not complete, so we did not use it." in answer.text


@pytest.mark.parametrize("path", ["/access-requests/a%00b", "/office/cases/a%00b", "/office/patients/%00", "/a%0d%0ab"])
def test_an_address_with_a_control_character_is_none_of_ours(client_of: ClientOf, path: str) -> None:
    for name in ("mei", "dov"):
        assert client_of(name).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/access-requests/a%0d%0aSet-Cookie:a=b", f"/home?{'x' * 3000}"])
def test_an_address_that_no_cookie_or_header_holds_keeps_nobody_out(visitor: ReadingClient, path: str) -> None:
    visitor.get(path)
    assert try_to_sign_in(visitor, "mei").location == "/home"


def test_a_browser_whose_name_no_database_holds_is_let_in(visitor: ReadingClient) -> None:
    given = {"email": "mei@patients.example", "password": "demo-portal-2026"}
    assert visitor.post("/sign-in", data=given, headers={"User-Agent": "a\x00b\x7f"}).status_code == 303


NOTHING = "\0"


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("mei", "/disclosures?recipient=%00"),
        ("mei", "/access-log?until=a%00b"),
        ("dov", "/office/consent-check?patient=%00"),
        ("dov", "/office/patients?%00=1"),
    ],
)
def test_an_empty_sign_in_an_address_is_refused_on_every_database(client_of: ClientOf, who: str, path: str) -> None:
    refused = client_of(who).get(path)
    assert refused.status_code == 400
    assert "What your browser sent was not complete, so we did not use it." in refused.text


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("data", [{"purpose": NOTHING}, {f"purpose{NOTHING}": "research"}])
def test_an_empty_sign_in_a_form_is_refused(client_of: ClientOf, kind: str, data: dict[str, str], edge: Edge) -> None:
    mei, before = client_of("mei"), dump(edge)["paper_forms"]
    assert mei.post("/forms/consent/mine", data=data, content_type=kind).status_code == 400
    assert dump(edge)["paper_forms"] == before


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize("path", ["/sign-in", "/recover", "/activate", "/account-requests/new"])
def test_a_file_under_the_name_of_a_text_is_no_text(visitor: ReadingClient, path: str) -> None:
    """And the other way round: which of our fields are there, ``tests/web/test_fields.py`` asks one by one."""
    names = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', visitor.get(path).text)) - {"csrf_token"}
    files = {name: (BytesIO(b"no text"), "a.txt") for name in names}
    assert names
    assert visitor.post(path, data=files).status_code in (303, 422)
    assert visitor.post(path, data=dict.fromkeys(names, "text")).status_code in (303, 422)
    assert visitor.post(path, json=dict.fromkeys(names, 5)).status_code in (303, 422)
