"""Sending files as a browser does; the body is made in memory, so that a test leaves no file open behind it."""

import io
from typing import Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart

from tests.pages import ReadingClient


def post(client: ReadingClient, path: str, field: str, *files: tuple[str, bytes], **answers: str | list[str]) -> Any:
    """Post a form with ``files`` (name, content) in one field and plain answers in the others."""
    parts: list[tuple[str, Any]] = [(field, FileStorage(io.BytesIO(content), name, field)) for name, content in files]
    for name, value in answers.items():
        parts += [(name.replace("__", "-"), each) for each in (value if isinstance(value, list) else [value])]
    boundary, body = encode_multipart(MultiDict(parts))
    return client.post(path, data=body, content_type=f'multipart/form-data; boundary="{boundary}"')
