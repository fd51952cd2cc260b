"""How the press and its children talk over pipes: one JSON head, then raw bytes; nothing that could run when read."""

import json
from typing import Any, BinaryIO

HEAD = 4


def send(pipe: BinaryIO, head: dict[str, Any], body: bytes = b"") -> None:
    """Write one message and push it out."""
    text = json.dumps({**head, "size": len(body)}).encode()
    pipe.write(len(text).to_bytes(HEAD, "big") + text)
    pipe.write(body)
    pipe.flush()


def receive(pipe: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """Read one message. Raises ``EOFError`` when the other side has gone."""
    head: dict[str, Any] = json.loads(_exactly(pipe, int.from_bytes(_exactly(pipe, HEAD), "big")))
    return head, _exactly(pipe, head["size"])


def _exactly(pipe: BinaryIO, size: int) -> bytes:
    data = pipe.read(size)
    if len(data) != size:
        raise EOFError
    return data
