"""Two hundred file names that mean harm: each is kept as plain text, shown as it is and offered under one name."""

import html
import re
from collections.abc import Callable

import pytest
from werkzeug.http import parse_options_header

from portal.adapters.uploads.names import safe_name
from portal.edges import Edge
from portal.services import access_requests, files
from portal.web import downloads
from tests.clinic_at_work import Week
from tests.pages import ReadingClient
from tests.services.test_consent_changes import WorkAs

pytestmark = pytest.mark.usefixtures("sqlite_only")

PATHS = ("", "../", "..\\..\\", "/etc/", "C:\\Windows\\", "\\\\host\\share\\", "....//", "%2e%2e%2f", "~/", "file:///")
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "\"><iframe src=//evil.example>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}",
    "{% include 'config.py' %}",
    "%(name)s%n%s",
    "a\r\nSet-Cookie: x=y",
    "a%0d%0aLocation: //evil.example",
    'a"; filename="b.exe',
    "a; filename*=UTF-8''b.exe",
    "photo\u202egpj.exe",
    "photo.jpg\x00.html",
    "=HYPERLINK(\"//evil.example\")",
    "+cmd|' /C calc'!A0",
    "@SUM(1)",
    "\x1b[2Jgone",
    "&lt;b&gt;",
    "CON",
    ".htaccess",
)  # fmt: skip
NAMES = [f"{path}{payload}.png" for path in PATHS for payload in PAYLOADS]


def test_there_are_two_hundred_of_them() -> None:
    assert len(set(NAMES)) >= 200


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_hostile_name_is_one_name_of_a_download(payload: str) -> None:
    for path in PATHS:
        safe = safe_name(f"{path}{payload}.png", "png")
        response = downloads.named(safe)
        assert not set(response) & set("\r\n\x00\x1b")
        how, parts = parse_options_header(f"attachment; {response}")
        assert how == "attachment"
        assert set(parts) == {"filename"}
        assert parts["filename"].endswith(".png")
        assert not set(parts["filename"]) & set("/\\")


def test_two_hundred_hostile_names_stand_on_a_page_as_they_are_and_do_nothing(
    client_of: Callable[[str], ReadingClient], work_as: WorkAs, edge: Edge
) -> None:
    reference = Week(work_as, edge).on_paper()
    kept = [safe_name(name, "png") for name in NAMES]
    with work_as("dov") as work:
        case = access_requests.find(work, reference)
        for name in kept:
            row = files.keep_bytes(
                work, case.patient_id, b"x", name=name, media_type="image/png", purpose="scan", case_id=case.id
            )
            assert files.name_of(work, row) == name
    page = client_of("dov").get(f"/office/cases/{reference}").text
    for name in kept:
        assert (
            html.escape(name) in page or html.escape(name).replace("&#x27;", "&#39;").replace("&quot;", "&#34;") in page
        )
    assert not re.search(r"<(script|img|svg|iframe)[^>]*(alert|onerror|onload|evil)", page)
    assert not re.search(r"<[^>]*\bonmouseover=", page)
    assert "49.png" not in page
