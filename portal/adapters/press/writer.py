"""Writes a PDF straight to a file, object by object, keeping of each only where it lies.

Small objects are gathered into compressed object streams and the cross-reference is a stream (PDF 1.5), so a package of
any length costs a few bytes of memory an object.
"""

import hashlib
import zlib
from array import array
from typing import BinaryIO

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
GATHERED = 250
IN_FILE, IN_STREAM = 1, 2


class Writer:
    """Numbers are allotted first and written later, in any order; each must be written once before ``finish``."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._kinds = array("B", [0])
        self._places = array("Q", [0])
        self._indexes = array("I", [0])
        self._gathered: list[tuple[int, bytes]] = []
        self._digest = hashlib.sha256()
        self._position = 0
        self._write(HEADER)

    def allot(self) -> int:
        """A new object's number."""
        self._kinds.append(0)
        self._places.append(0)
        self._indexes.append(0)
        return len(self._kinds) - 1

    def plain(self, number: int, body: bytes) -> None:
        """Write an object that is not a stream."""
        self._gathered.append((number, body))
        if len(self._gathered) >= GATHERED:
            self._flush()

    def stream(self, number: int, facts: bytes, data: bytes) -> None:
        """Write a stream; ``facts`` is the inside of its dictionary without ``/Length``."""
        self._place(number, IN_FILE, self._position, 0)
        self._stream(number, facts, data)

    def _stream(self, number: int, facts: bytes, data: bytes) -> None:
        self._write(b"%d 0 obj\n<< %s /Length %d >>\nstream\n" % (number, facts, len(data)))
        self._write(data)
        self._write(b"\nendstream\nendobj\n")

    def deflated(self, number: int, facts: bytes, data: bytes) -> None:
        """Write a stream that is compressed here."""
        self.stream(number, facts + b" /Filter /FlateDecode", zlib.compress(data))

    def finish(self, root: int, info: int) -> None:
        """Write the cross-reference and the end of the file. Raises ``ValueError`` when a number was never written."""
        self._flush()
        number = self.allot()
        self._place(number, IN_FILE, self._position, 0)
        if 0 in self._kinds[1:]:
            raise ValueError("an object was promised and not written")
        start = self._position
        name = self._digest.hexdigest()[:32].encode()
        facts = b"/Type /XRef /Filter /FlateDecode /W [ 1 8 4 ] /Size %d /Root %d 0 R /Info %d 0 R /ID [ <%s> <%s> ]"
        self._stream(number, facts % (len(self._kinds), root, info, name, name), zlib.compress(self._table()))
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _table(self) -> bytes:
        rows = zip(self._kinds, self._places, self._indexes, strict=True)
        return b"".join(k.to_bytes(1, "big") + p.to_bytes(8, "big") + i.to_bytes(4, "big") for k, p, i in rows)

    def _flush(self) -> None:
        if not self._gathered:
            return
        holder = self.allot()
        heads, bodies, offset = [], [], 0
        for index, (number, body) in enumerate(self._gathered):
            self._place(number, IN_STREAM, holder, index)
            heads.append(b"%d %d" % (number, offset))
            bodies.append(body)
            offset += len(body) + 1
        head = b" ".join(heads) + b"\n"
        facts = b"/Type /ObjStm /N %d /First %d" % (len(bodies), len(head))
        self._gathered.clear()
        self.deflated(holder, facts, head + b"\n".join(bodies))

    def _place(self, number: int, kind: int, place: int, index: int) -> None:
        if self._kinds[number]:
            raise ValueError("an object was written twice")
        self._kinds[number], self._places[number], self._indexes[number] = kind, place, index

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self._position += len(data)
