"""Puts the pages of a whole PDF file into the package: each shrunk to fit above the foot, its text still text.

What is inside such a page was not tagged by us, so its text is one paragraph in the file's own order, and a page
without any text is a figure with words for it. The package then no longer claims the accessible standard.
"""

import io
from typing import Any

import pikepdf

from portal.adapters.press.backbone import string
from portal.adapters.press.binding import Binding, Laid, Leaf
from portal.adapters.press.copying import Copy
from portal.adapters.press.stamps import FONT_NAME
from portal.domain.releases import Attached, NotPrinted
from portal.domain.words import _

PAPERS = {"a4": (595.28, 841.89), "letter": (612.0, 792.0)}
EDGE, FOOT = 20.0, 48.0
_PAGE = (
    b"<< /Type /Page /Parent %d 0 R /MediaBox [ 0 0 %.2f %.2f ] /Resources << %s >>"
    b" /Contents [ %d 0 R %d 0 R %d 0 R ] /StructParents %d /Tabs /S >>"
)


def bind(binding: Binding, part: Attached, paper: str) -> Laid:
    """Write every page of the file. Raises ``NotPrinted`` when it cannot be read."""
    try:
        with pikepdf.open(io.BytesIO(part.data)) as source:
            source.generate_appearance_streams()
            source.flatten_annotations("print")
            laid = _File(binding, source, part, paper).write()
    except (pikepdf.PdfError, pikepdf.PasswordError):
        raise NotPrinted("An attached file could not be read as a PDF.") from None
    binding.all_tagged = False
    binding.place(part.anchor, laid.leaves[0])
    return laid


class _File:
    def __init__(self, binding: Binding, source: pikepdf.Pdf, part: Attached, paper: str) -> None:
        self.binding = binding
        self.writer = binding.writer
        self.copy = Copy(source, binding.writer, {})
        self.part = part
        self.paper = PAPERS[paper]
        self.section = self.writer.allot()

    def write(self) -> Laid:
        pages = list(self.copy.source.pages)
        if not pages:
            raise NotPrinted("An attached file has no page.")
        leaves, elements = [], []
        for count, page in enumerate(pages, 1):
            leaf, element = self._page(page, _("Page %(page)s of %(pages)s of %(name)s",
                                               page=count, pages=len(pages), name=self.part.name))  # fmt: skip
            leaves.append(leaf)
            elements.append(b"%d 0 R" % element)
        self.copy.run()
        section = b"<< /Type /StructElem /S /Sect /P %d 0 R /T %s /K [ %s ] >>"
        facts = (self.binding.document, string(self.part.name), b" ".join(elements))
        self.writer.plain(self.section, section % facts)
        return Laid(tuple(leaves), (self.section,))

    def _page(self, page: pikepdf.Page, words: str) -> tuple[Leaf, int]:
        width, height = self._size(page)
        leaf = Leaf(self.writer.allot(), self.writer.allot(), width)
        drawn, element = self.writer.allot(), self.writer.allot()
        form = self.copy.source.make_indirect(page.as_form_xobject())
        spot = pikepdf.Rectangle(EDGE, FOOT, width - EDGE, height - EDGE)
        drawing = page.calc_form_xobject_placement(
            form, pikepdf.Name.Whole, spot, invert_transformations=True, allow_shrink=True, allow_expand=False
        )
        kind, alt = (b"/P", b"") if _has_text(page) else (b"/Figure", b" /Alt " + string(words))
        self.writer.deflated(drawn, b"", b"%s << /MCID 0 >> BDC\n%s\nEMC" % (kind, drawing))
        key = self.binding.key(b"[ %d 0 R ]" % element)
        body = b"<< /Type /StructElem /S %s /P %d 0 R /Pg %d 0 R /K [ 0 ]%s >>"
        self.writer.plain(element, body % (kind, self.section, leaf.number, alt))
        inside = b"/XObject << /Whole %d 0 R >> /Font << %s %d 0 R >>"
        resources = inside % (self.copy.number(form.objgen), FONT_NAME.encode(), self.binding.font)
        facts = (self.binding.pages, width, height, resources, self.binding.opening, drawn, leaf.foot, key)
        self.writer.plain(leaf.number, _PAGE % facts)
        return leaf, element

    def _size(self, page: pikepdf.Page) -> tuple[float, float]:
        """Our paper, turned when the page lies on its side."""
        box = [float(side) for side in page.cropbox]
        wide = (box[2] - box[0] > box[3] - box[1]) != (int(page.obj.get("/Rotate", 0)) % 180 == 90)
        return (self.paper[1], self.paper[0]) if wide else self.paper


def _has_text(page: pikepdf.Page) -> bool:
    """Whether the page, or a drawing inside it, names a font."""
    seen: list[Any] = [page.obj.get("/Resources", {})]
    for resources in seen:
        if resources.get("/Font"):
            return True
        drawings = [form for form in resources.get("/XObject", {}).values() if form.get("/Subtype") == "/Form"]
        seen += [form.Resources for form in drawings if "/Resources" in form][: 50 - len(seen)]
    return False
