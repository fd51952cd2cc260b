"""Copies what is reachable in an open PDF into the file being written, under new numbers, one object at a time."""

import re

import pikepdf

from portal.adapters.press.writer import Writer

# Strings come first so that nothing inside them is taken for a reference; qpdf escapes every parenthesis in them.
_TOKEN = re.compile(rb"\((?:[^\\()]|\\.)*\)|<[0-9a-fA-F]*>|(?<![\w.#/])(\d+) (\d+) R\b", re.DOTALL)

Name = tuple[int, int]


class Copy:
    """One source file. ``known`` says which of its objects already have a number (pages, the tree's top, our fonts)."""

    def __init__(self, source: pikepdf.Pdf, writer: Writer, known: dict[Name, int]) -> None:
        self.source = source
        self.writer = writer
        self.known = known
        self._waiting: list[Name] = []

    def text(self, thing: pikepdf.Object) -> bytes:
        """The object as it is to be written, every reference renumbered; what it refers to will be copied too."""
        return _TOKEN.sub(self._reference, thing.unparse(resolved=True))

    def number(self, name: Name) -> int:
        """The new number of an object of the source."""
        if name not in self.known:
            self.known[name] = self.writer.allot()
            self._waiting.append(name)
        return self.known[name]

    def run(self) -> None:
        """Write all that has been referred to so far, and what that refers to in turn."""
        while self._waiting:
            name = self._waiting.pop()
            thing, number = self.source.get_object(name), self.known[name]
            if isinstance(thing, pikepdf.Stream):
                data, facts = thing.read_raw_bytes(), thing.stream_dict
                del facts["/Length"]
                self.writer.stream(number, self.text(facts).strip()[2:-2], data)
            else:
                self.writer.plain(number, self.text(thing))

    def _reference(self, token: re.Match[bytes]) -> bytes:
        if token[1] is None:
            return token[0]
        return b"%d 0 R" % self.number((int(token[1]), int(token[2])))
