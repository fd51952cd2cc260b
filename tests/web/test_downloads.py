"""Files on their way out."""

from collections.abc import Iterator

import pytest
from flask import Flask

from portal.web import downloads


@pytest.fixture(autouse=True)
def _bare_app() -> Iterator[None]:
    with Flask("bare").test_request_context():
        yield


def test_a_file_comes_under_its_name_and_cannot_run() -> None:
    response = downloads.attachment("AR-2026-000001-U.pdf", "application/pdf", 6, iter([b"%PDF", b"-1"]))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="AR-2026-000001-U.pdf"')
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Length"] == "6"
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.get_data() == b"%PDF-1"


def test_a_name_in_other_letters_is_kept_and_has_a_plain_fallback() -> None:
    named = downloads.named("Prüfung größer.pdf")
    assert named == "filename=\"Prufung groer.pdf\"; filename*=UTF-8''Pr%C3%BCfung%20gr%C3%B6%C3%9Fer.pdf"
    assert downloads.named("病歷").startswith('filename="file"')


def test_a_name_cannot_break_out_of_the_header() -> None:
    named = downloads.named('a"b\r\nSet-Cookie: x=y; c\\d/../e.pdf')
    assert "\r" not in named
    assert "\n" not in named
    assert named.count('"') == 2
    assert "/" not in named.split("filename*")[0]


def test_a_picture_is_shown_and_anything_else_is_handed_over() -> None:
    def how(media_type: str) -> str:
        shown = downloads.picture("a", media_type, 1, iter([b"a"]))
        return shown.headers["Content-Disposition"].split(";")[0]

    assert how("image/png") == "inline"
    assert how("image/svg+xml") == "attachment"
    assert how("text/html") == "attachment"


def test_a_file_that_cannot_be_opened_is_an_error_before_the_answer_begins() -> None:
    def broken() -> Iterator[bytes]:
        raise ValueError("changed")
        yield b""

    with pytest.raises(ValueError, match="changed"):
        downloads.attachment("a.pdf", "application/pdf", 1, broken())
