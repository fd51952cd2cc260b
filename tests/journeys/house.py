"""A portal that runs: a web server with threads of its own, a worker beside it, and an outbox on disk."""

import email
import email.policy
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from portal.adapters.passkeys import Passkeys
from portal.edges import Edge
from portal.web import create_app
from portal.worker import Worker
from tests.conftest import COMPILED

BREATH = 0.1  # seconds between two looks for a job


class Quiet(WSGIRequestHandler):
    """Serves without telling the terminal about every request."""

    def log(self, type: str, message: str, *args: object) -> None:
        pass


class House:
    """The running portal as people outside meet it: an address, and what its post box sends."""

    def __init__(self, edge: Edge, app: Flask) -> None:
        self.edge = edge
        self.app = app

    @property
    def address(self) -> str:
        return self.edge.config.base_url

    @property
    def data(self) -> Path:
        return self.edge.config.data_dir

    def letters_by_mail(self) -> list[EmailMessage]:
        """Every e-mail that left the house, oldest first."""
        found = sorted((self.data / "outbox").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]

    @contextmanager
    def worker_at_work(self) -> Iterator[None]:
        """A worker does what is waiting, and what comes; when the block ends it finishes what is ready."""
        stop, worker, faults = threading.Event(), Worker(self.edge), []

        def work() -> None:
            try:
                while worker.once() or not stop.wait(BREATH):
                    pass
            except Exception as fault:
                faults.append(fault)

        hands = threading.Thread(target=work, name="worker")
        hands.start()
        try:
            yield
        finally:
            stop.set()
            hands.join()
        if faults:
            raise faults[0]


@contextmanager
def open_house(edge: Edge) -> Iterator[House]:
    """Serve ``edge`` on a free port until the block ends."""
    reserved = make_server("127.0.0.1", 0, Flask("nothing yet"), threaded=True, request_handler=Quiet)
    address = f"http://127.0.0.1:{reserved.port}"
    outside = replace(edge.outside, base_url=address, passkeys=Passkeys(address, edge.clinic.name))
    edge = replace(edge, config=replace(edge.config, base_url=address), outside=outside)
    app = create_app(edge.config, edge)
    app.jinja_env.bytecode_cache = COMPILED
    reserved.app = app
    serving = threading.Thread(target=reserved.serve_forever, name="web")
    serving.start()
    try:
        yield House(edge, app)
    finally:
        _close(reserved)
        serving.join()


def _close(server: BaseWSGIServer) -> None:
    server.shutdown()
    server.server_close()
