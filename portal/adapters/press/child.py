"""The press's child process: lays out one chunk after another and hands the pages back as a tagged PDF.

It runs with an empty environment, holds no secret, opens nothing that a page asks for but our own fonts, and dies with
its parent. ``python -m portal.adapters.press.child`` is started by ``children.py`` only.
"""

import gc
import io
import logging
import os
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from portal.adapters.press import assets, tags, wire

DATA_LIMIT = 512 * 2**20
VARIANT = "pdf/ua-1"


class Table:
    """A set table: fonts and style sheets are read once and serve every chunk."""

    def __init__(self, styles: Path, fonts: Path, paper: str, brand: str) -> None:
        self.fonts = FontConfiguration()
        self.fetcher = assets.Fetcher(fonts)
        texts = [sheet.read_text("utf-8") for sheet in assets.style_sheets(styles, paper, fonts)]
        self.sheets = [
            CSS(string=text, url_fetcher=self.fetcher, font_config=self.fonts)
            for text in (f":root {{ --brand: {brand} }}", *texts)
        ]

    def print(self, html: str) -> tuple[dict[str, Any], bytes]:
        """One chunk: how many pages it has, where its anchors are (page, x, y), and the PDF."""
        source = HTML(string=html, url_fetcher=self.fetcher)
        document = source.render(font_config=self.fonts, stylesheets=self.sheets, pdf_variant=VARIANT)
        pdf = io.BytesIO()
        document.write_pdf(pdf, finisher=tags.lighten, pdf_variant=VARIANT, uncompressed_pdf=True)
        anchors: dict[str, tuple[int, float, float]] = {}
        for number, page in enumerate(document.pages):
            for name, place in page.anchors.items():
                # What runs over a page has its anchor on each of them: it begins on the first.
                anchors.setdefault(name, (number, 0.75 * place[0], 0.75 * (page.height - place[1])))
        return {"pages": len(document.pages), "anchors": anchors}, pdf.getvalue()


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer until the parent closes the pipe. A fault is answered by its kind only: its text could quote a patient."""
    head, _body = wire.receive(requests)
    table = Table(Path(head["styles"]), Path(head["fonts"]), head["paper"], head["brand"])
    gc.collect()
    gc.freeze()
    wire.send(answers, {"ready": True})
    while True:
        try:
            _head, body = wire.receive(requests)
        except EOFError:
            return
        wire.send(answers, *_answer(table, body.decode()))


def _answer(table: Table, html: str) -> tuple[dict[str, Any], bytes]:
    # The collector walks millions of layout boxes and finds nothing while a chunk grows: a third of the time.
    gc.disable()
    try:
        head, pdf = table.print(html)
    except assets.Refused as refused:
        return {"refused": str(refused)}, b""
    except Exception as fault:
        return {"fault": f"{type(fault).__name__} in {_place(fault)}"}, b""
    finally:
        gc.enable()
    gc.collect()
    return {**head, "resident": _resident()}, pdf


def _place(fault: BaseException) -> str:
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"


def _resident() -> int:
    """Bytes of memory this process holds now."""
    with open("/proc/self/statm", encoding="ascii") as statm:
        return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (DATA_LIMIT, DATA_LIMIT))
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(requests, answers)


if __name__ == "__main__":
    main()
