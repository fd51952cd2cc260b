"""A mail server in a process of its own, to be killed: ``python -m tests.postoffice PORT FOLDER``.

A mail is on disk before the server says that it took it, so that a kill in between leaves one that arrived and of which
the sender knows nothing.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiosmtpd.controller import Controller

SLOW = 0.01  # seconds between a mail that arrived and the word of it


class Letterbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        whole = self.folder / f"{uuid4()}.part"
        whole.write_bytes(envelope.content)
        whole.rename(whole.with_suffix(".eml"))
        await asyncio.sleep(SLOW)
        return "250 OK"


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    server = Controller(Letterbox(folder), hostname="127.0.0.1", port=port)
    server.start()
    print("open", flush=True)
    sys.stdin.read()  # until whoever started it is gone


if __name__ == "__main__":
    main()
