"""What holds a bound file together and is written last: page tree, structure root, names, bookmarks, metadata."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from portal.adapters.press.writer import Writer
from portal.domain.releases import Line

PRODUCER = "Procerus portal"
NAMES_A_NODE = 400
_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Producer>{producer}</pdf:Producer><xmp:CreateDate>{made_at}</xmp:CreateDate>{claim}
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""
_CLAIM = "<pdfuaid:part>1</pdfuaid:part>"


@dataclass(frozen=True)
class Facts:
    """What the whole file says of itself. ``lines`` become the bookmarks."""

    title: str
    language: str
    made_at: datetime
    lines: Sequence[Line] = ()


class Spine:
    def __init__(self, writer: Writer, facts: Facts) -> None:
        self.writer = writer
        self.facts = facts

    def pages(self, number: int, pages: Sequence[int]) -> None:
        self.writer.plain(number, b"<< /Type /Pages /Count %d /Kids %s >>" % (len(pages), references(pages)))

    def structure(self, tree: int, document: int, tops: Sequence[int], parents: Sequence[int], next_key: int) -> None:
        parent_tree = self._object(b"<< /Kids %s >>" % references(parents))
        root = b"<< /Type /StructTreeRoot /K [ %d 0 R ] /ParentTree %d 0 R /ParentTreeNextKey %d >>"
        self.writer.plain(tree, root % (document, parent_tree, next_key))
        element = b"<< /Type /StructElem /S /Document /P %d 0 R /K %s >>"
        self.writer.plain(document, element % (tree, references(tops)))

    def finish(self, pages: int, tree: int, places: Mapping[str, bytes], all_tagged: bool) -> None:
        """Write the catalogue and end the file. The accessible standard is claimed only where every page is tagged."""
        catalogue = [
            b"<< /Type /Catalog /Pages %d 0 R /StructTreeRoot %d 0 R" % (pages, tree),
            b"/Lang %s /MarkInfo << /Marked true >>" % string(self.facts.language),
            b"/ViewerPreferences << /DisplayDocTitle true >>",
            b"/Names << /Dests %d 0 R >>" % self._names(places),
            b"/Metadata %d 0 R" % self._metadata(all_tagged),
        ]
        if self.facts.lines:
            catalogue.append(b"/Outlines %d 0 R /PageMode /UseOutlines" % self._outline())
        root = self._object(b" ".join((*catalogue, b">>")))
        stamp = self.facts.made_at.strftime("D:%Y%m%d%H%M%S+00'00'")
        about = b"<< /Title %s /Producer %s /CreationDate %s >>"
        info = self._object(about % (string(self.facts.title), string(PRODUCER), string(stamp)))
        self.writer.finish(root, info)

    def _object(self, body: bytes) -> int:
        number = self.writer.allot()
        self.writer.plain(number, body)
        return number

    def _metadata(self, all_tagged: bool) -> int:
        number = self.writer.allot()
        xmp = _XMP.format(
            title=escape(self.facts.title), language=escape(self.facts.language), producer=PRODUCER,
            made_at=self.facts.made_at.strftime("%Y-%m-%dT%H:%M:%SZ"), claim=_CLAIM if all_tagged else "",
        )  # fmt: skip
        self.writer.stream(number, b"/Type /Metadata /Subtype /XML", xmp.encode())
        return number

    def _names(self, places: Mapping[str, bytes]) -> int:
        rows = sorted((name.encode(), place) for name, place in places.items())
        nodes = []
        for start in range(0, len(rows), NAMES_A_NODE):
            run = rows[start : start + NAMES_A_NODE]
            pairs = b" ".join(b"(%s) %s" % row for row in run)
            nodes.append(self._object(b"<< /Limits [ (%s) (%s) ] /Names [ %s ] >>" % (run[0][0], run[-1][0], pairs)))
        return self._object(b"<< /Kids %s >>" % references(nodes))

    def _outline(self) -> int:
        """Bookmarks in two levels, the second closed: chapters and categories, and the items under each."""
        root = self.writer.allot()
        chapters: list[tuple[Line, list[Line]]] = []
        for line in self.facts.lines:
            if line.depth == 1 or not chapters:
                chapters.append((line, []))
            else:
                chapters[-1][1].append(line)
        numbers = [self.writer.allot() for _chapter in chapters]
        for place, (line, items) in enumerate(chapters):
            kids = self._leaves(numbers[place], items)
            inside = b" /First %d 0 R /Last %d 0 R /Count -%d" % (kids[0], kids[-1], len(kids)) if kids else b""
            self._bookmark(line, root, numbers, place, inside)
        self.writer.plain(root, b"<< /Type /Outlines /First %d 0 R /Last %d 0 R /Count %d >>"
                          % (numbers[0], numbers[-1], len(numbers)))  # fmt: skip
        return root

    def _leaves(self, parent: int, lines: Sequence[Line]) -> list[int]:
        numbers = [self.writer.allot() for _line in lines]
        for place, line in enumerate(lines):
            self._bookmark(line, parent, numbers, place, b"")
        return numbers

    def _bookmark(self, line: Line, parent: int, row: Sequence[int], place: int, inside: bytes) -> None:
        before = b" /Prev %d 0 R" % row[place - 1] if place else b""
        after = b" /Next %d 0 R" % row[place + 1] if place + 1 < len(row) else b""
        body = b"<< /Title %s /Dest (%s) /Parent %d 0 R%s%s%s >>"
        self.writer.plain(row[place], body % (string(line.title), line.anchor.encode(), parent, before, after, inside))


def references(numbers: Sequence[int]) -> bytes:
    """An array of references."""
    return b"[ %s ]" % b" ".join(b"%d 0 R" % number for number in numbers)


def string(text: str) -> bytes:
    """A text string in any script."""
    return b"<%s>" % ("\ufeff" + text).encode("utf-16-be").hex().encode()
