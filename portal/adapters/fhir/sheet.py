"""The page one record item is written on: labelled facts, paragraphs, tables and files, each said once."""

import re
from collections.abc import Callable, Iterable, Iterator

from portal.adapters.fhir.administrative_kinds import NAMED_ONLY
from portal.adapters.fhir.attachments import Content, file_name
from portal.adapters.fhir.narrative import clean, text_blocks
from portal.adapters.fhir.record import Record, contained
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.domain.record_items import Block, Enclosure, Field, Paragraph, ReadFile, Table
from portal.domain.words import _

# A fact longer than this, or of several lines, is running text.
LONGEST_FACT = 240
_WORD = re.compile(r"\w{2,}")


Special = Callable[["Sheet", Resource], frozenset[str]]


class Sheet:
    """``resource`` is what is written; ``heading`` goes before the labels of what belongs to a part of it.

    ``special`` writes what a kind of resource has of its own and returns the elements it has written.
    """

    def __init__(self, record: Record, resource: Resource, special: Special) -> None:
        self.record = record
        self.resource = resource
        # Where "#..." references are looked up: the resource, or the part of it being written.
        self.around = resource
        self.blocks: list[Block] = []
        self.files: list[ReadFile] = []
        self.people: dict[str, None] = {}
        self.special = special
        self.heading = ""
        self.written: set[int] = set()
        # Parts that stand in a table, each with the elements that its row shows.
        self.rows: dict[int, frozenset[str]] = {}
        self.pending: list[Resource] = []
        self._said: set[tuple[str, str, str]] = set()
        # The words on the sheet, as far as its blocks have been read for them.
        self._words: set[str] = set()
        self._read = 0
        self._parts = {id(entry.resource): entry.resource for entry in record.parts.get(id(resource), ())}

    def label(self, label: str) -> str:
        """``label`` with the heading of the part it belongs to."""
        return f"{self.heading} – {label}" if self.heading else label

    def fact(self, label: str, text: str) -> None:
        """ "Label: text"; running text where it is long; nothing where the same stands there already."""
        text = clean(text).strip()
        if not text or self.has_said(label, text):
            return
        self._said.add((self.heading, label, text.casefold()))
        label = self.label(label)
        if len(text) > LONGEST_FACT or "\n" in text:
            first, *others = text_blocks(text) or [Paragraph(text)]
            self.blocks += [Paragraph(f"{label}: {first.text}"), *others]
        else:
            self.blocks.append(Field(label, text))

    def has_said(self, label: str, text: str) -> bool:
        """Whether this very fact is told of the whole item, or of the part being written."""
        same = text.casefold()
        return ("", label, same) in self._said or (self.heading, label, same) in self._said

    def stands(self, text: str) -> bool:
        """Whether any fact on the sheet is this text, under whatever label."""
        same = text.casefold()
        return any(told == same for _heading, _label, told in self._said)

    def has_words(self, words: Iterable[str]) -> bool:
        """Whether all these words stand somewhere on the sheet."""
        for block in self.blocks[self._read :]:
            for text in _texts(block):
                self._words.update(words_in(text))
        self._read = len(self.blocks)
        return self._words.issuperset(words)

    def table(self, head: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """Rows under a head; columns in which nothing stands are left out."""
        names, lines = list(head), [[clean(cell) for cell in row] for row in rows]
        used = [column for column in range(len(names)) if any(line[column] for line in lines)]
        if lines and used:
            kept = tuple(tuple(line[column] for column in used) for line in lines)
            self.blocks.append(Table(tuple(names[column] for column in used), kept))

    def text(self, blocks: Iterable[Block]) -> None:
        """Paragraphs and tables as they were written."""
        self.blocks += blocks

    def file(self, title: str, content: Content) -> None:
        """A decoded file, enclosed."""
        name = file_name(title, content.media_type)
        self.blocks.append(Enclosure(str(len(self.files)), name, content.media_type))
        self.files.append(ReadFile(name, content.media_type, content.data or b""))

    def find(self, reference: Resource) -> Resource | None:
        """What a reference means, contained here or elsewhere in the export."""
        local = words_at(reference, "reference")
        if local.startswith("#"):
            return contained(self.around, local[1:]) or contained(self.resource, local[1:])
        return self.record.find(reference, self.around)

    def is_part(self, resource: Resource) -> bool:
        """Whether ``resource`` is told on this sheet and nowhere else, beyond its name."""
        if words_at(resource, "resourceType") in NAMED_ONLY:
            return False
        return id(resource) in self._parts or any(one is resource for one in self._contained())

    def _contained(self) -> list[Resource]:
        inside = objects(self.resource.get("contained"))
        return inside if self.around is self.resource else inside + objects(self.around.get("contained"))

    def wait_for(self, part: Resource) -> None:
        """Have ``part`` set out as soon as the fact that names it is written."""
        if id(part) not in self.written:
            self.written.add(id(part))
            self.pending.append(part)

    def parts_left(self) -> list[Resource]:
        """The parts that no fact has named yet."""
        return [part for part in (*self._contained(), *self._parts.values()) if id(part) not in self.written]

    def mention(self, name: str, relation: str = "") -> None:
        """Remember that the item speaks of somebody who is not the patient."""
        self.people.setdefault(_("%(name)s (%(relation)s)", name=name, relation=relation) if relation else name)


def words_in(text: str) -> list[str]:
    """The words of a text, to see whether another text has them too."""
    return _WORD.findall(text.casefold())


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Field):
        yield from (block.label, block.text)
    elif isinstance(block, Paragraph):
        yield block.text
    elif isinstance(block, Table):
        yield from (cell for row in (block.head, *block.rows) for cell in row)
