"""Binds chunks and whole files into one tagged PDF: pages, structure tree, bookmarks, numbers at the foot."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, BinaryIO

import pikepdf

from portal.adapters.press import backbone
from portal.adapters.press.children import Chunk
from portal.adapters.press.copying import Copy
from portal.adapters.press.stamps import FONT_NAME, Stamp
from portal.adapters.press.writer import Writer


@dataclass(frozen=True)
class Leaf:
    """A page that has been written except for its foot: its object, its foot's object, its width in points."""

    number: int
    foot: int
    width: float


@dataclass(frozen=True)
class Laid:
    """What one chunk or file became: its pages, and its elements at the top of the structure tree."""

    leaves: tuple[Leaf, ...]
    tops: tuple[int, ...]


class Binding:
    """Takes pages in any order and puts them in theirs at ``finish``."""

    def __init__(self, out: BinaryIO, stamp: Stamp) -> None:
        self.writer = Writer(out)
        self.stamp = stamp
        self.all_tagged = True
        self.pages, self.tree, self.document, self.font, self.opening = (self.writer.allot() for _each in range(5))
        self.writer.stream(self.opening, b"", b"q")
        stamp.write_font(self.writer, self.font)
        self._places: dict[str, bytes] = {}
        self._next_key = 0
        self._parents: list[int] = []

    def chunk(self, chunk: Chunk) -> Laid:
        """Write the pages of a chunk. Only this chunk is held in memory."""
        with pikepdf.open(io.BytesIO(chunk.pdf)) as source:
            tree = source.Root.StructTreeRoot
            document = tree.K[0]
            copy = Copy(source, self.writer, {source.Root.Pages.objgen: self.pages, document.objgen: self.document})
            pages = [page.obj for page in source.pages]
            leaves = tuple(self._leaf(copy, page) for page in pages)
            for page, leaf in zip(pages, leaves, strict=True):
                self._prepare(copy, page, leaf)
                self.writer.plain(leaf.number, copy.text(page))
            self._parent_tree(copy, tree.ParentTree.Nums)
            tops = tuple(copy.number(kid.objgen) for kid in document.K)
            copy.run()
        for name, (count, x, y) in chunk.anchors.items():
            self._places[name] = b"[ %d 0 R /XYZ %.2f %.2f null ]" % (leaves[count].number, x, y)
        return Laid(leaves, tops)

    def key(self, elements: bytes) -> int:
        """A new key of the parent tree for a page whose marked content belongs to these elements."""
        key, self._next_key = self._next_key, self._next_key + 1
        self._keys(key, key, b"[ %d %s ]" % (key, elements))
        return key

    def place(self, anchor: str, leaf: Leaf) -> None:
        """Let ``anchor`` be the top of a page."""
        self._places[anchor] = b"[ %d 0 R /Fit ]" % leaf.number

    def finish(self, laid: Iterable[Laid], facts: backbone.Facts) -> int:
        """Write the feet, the trees and the end of the file; the number of pages."""
        laid = list(laid)
        leaves = [leaf for piece in laid for leaf in piece.leaves]
        for count, leaf in enumerate(leaves, 1):
            self.writer.stream(leaf.foot, b"", self.stamp.drawing(leaf.width, count, len(leaves)))
        spine = backbone.Spine(self.writer, facts)
        spine.pages(self.pages, [leaf.number for leaf in leaves])
        tops = [top for piece in laid for top in piece.tops]
        spine.structure(self.tree, self.document, tops, self._parents, self._next_key)
        spine.finish(self.pages, self.tree, self._places, self.all_tagged)
        return len(leaves)

    def _leaf(self, copy: Copy, page: Any) -> Leaf:
        leaf = Leaf(self.writer.allot(), self.writer.allot(), float(page.MediaBox[2]))
        copy.known[page.objgen] = leaf.number
        return leaf

    def _prepare(self, copy: Copy, page: Any, leaf: Leaf) -> None:
        """Shift a page's keys into the common parent tree and give it its foot."""
        page.StructParents += self._next_key
        for annotation in page.get("/Annots", ()):
            annotation.StructParent += self._next_key
        page.Contents = pikepdf.Array(
            [self._stand_in(copy, self.opening), page.Contents, self._stand_in(copy, leaf.foot)]
        )
        if "/Font" not in page.Resources:
            page.Resources["/Font"] = pikepdf.Dictionary()
        if FONT_NAME not in page.Resources["/Font"]:
            page.Resources["/Font"][FONT_NAME] = self._stand_in(copy, self.font)

    def _stand_in(self, copy: Copy, number: int) -> Any:
        """An object of the source that means object ``number`` of ours."""
        thing = copy.source.make_indirect(pikepdf.Dictionary())
        copy.known[thing.objgen] = number
        return thing

    def _parent_tree(self, copy: Copy, entries: Any) -> None:
        first = self._next_key
        for place in range(0, len(entries), 2):
            entries[place] = int(entries[place]) + first
        self._next_key = int(entries[-2]) + 1
        self._keys(first, self._next_key - 1, copy.text(entries))

    def _keys(self, first: int, last: int, entries: bytes) -> None:
        self._parents.append(self.writer.allot())
        self.writer.plain(self._parents[-1], b"<< /Limits [ %d %d ] /Nums %s >>" % (first, last, entries))
