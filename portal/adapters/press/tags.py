"""Makes a rendered chunk's structure tree lean and right before it is written.

WeasyPrint writes one element for every anonymous box and every line of text. What carries no meaning is folded into
its parent, which leaves about a third of the objects and the same reading: a screen reader passes through both alike.
"""

from typing import Any

import pydyf  # type: ignore[import-untyped]

_MEANINGLESS = ("/NonStruct", "/Span")
_NO_TEXT_OF_ITS_OWN = ("/Document", "/Sect", "/Art", "/Table", "/TR", "/L")
PART_LINK = "part:"


def lighten(document: Any, pdf: pydyf.PDF) -> None:
    """A ``finisher`` for ``Document.write_pdf``: leaner tags, links between parts, streams compressed."""
    tree = _find(pdf, pdf.catalog["StructTreeRoot"])
    _Fold(pdf).document(_find(pdf, tree["K"][0]), _find(pdf, tree["ParentTree"])["Nums"])
    for page in document.pages:
        for _kind, target, _place, box in page.links:
            _link(box, target)
    for thing in pdf.objects:
        if isinstance(thing, pydyf.Stream) and "Filter" not in thing.extra:
            thing.compress = True


def _find(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _link(box: Any, target: str) -> None:
    """Name the link by its own words, and point a link to another part of the package there."""
    annotation = getattr(box, "link_annotation", None)
    if annotation is None:
        return
    annotation["Contents"] = pydyf.String("".join(child.text for child in box.descendants() if hasattr(child, "text")))
    if target.startswith(PART_LINK):
        del annotation["A"]
        annotation["Dest"] = pydyf.String(target.removeprefix(PART_LINK))


class _Fold:
    def __init__(self, pdf: pydyf.PDF) -> None:
        self.pdf = pdf
        self.moved: dict[bytes, bytes] = {}

    def document(self, element: pydyf.Dictionary, parent_tree: pydyf.Array) -> None:
        self._fold(element, "")
        parent_tree[:] = [self._now(entry) for entry in parent_tree]

    def _now(self, entry: Any) -> Any:
        """An entry of the parent tree with every element that was folded replaced by the one that took its content."""
        if isinstance(entry, pydyf.Array):
            return pydyf.Array([self._now(kid) for kid in entry])
        while entry in self.moved:
            entry = self.moved[entry]
        return entry

    def _fold(self, element: pydyf.Dictionary, above: str) -> None:
        kids = pydyf.Array()
        for kid in element["K"]:
            child = None if isinstance(kid, int) else _find(self.pdf, kid)
            if child is None or child.get("Type") != "/StructElem":
                kids.append(kid)
                continue
            self._fold(child, element["S"])
            if self._says_nothing(child, element):
                kids.extend(self._adopt(child, element))
            elif child["K"] or child["S"] in ("/TD", "/TH"):
                kids.append(kid)
        element["K"] = kids
        self._attributes(element, above)

    def _says_nothing(self, child: pydyf.Dictionary, parent: pydyf.Dictionary) -> bool:
        marks = any(isinstance(kid, int) for kid in child["K"])
        return child["S"] in _MEANINGLESS and not (marks and parent["S"] in _NO_TEXT_OF_ITS_OWN)

    def _adopt(self, child: pydyf.Dictionary, parent: pydyf.Dictionary) -> list[Any]:
        self.moved[child.reference] = parent.reference
        for kid in child["K"]:
            grandchild = None if isinstance(kid, int) else _find(self.pdf, kid)
            if grandchild is not None and "P" in grandchild:
                grandchild["P"] = parent.reference
        return list(child["K"])

    def _attributes(self, element: pydyf.Dictionary, above: str) -> None:
        """Scope instead of lists of header ids (which would collide between chunks); a figure's box in page units."""
        if element["S"] in ("/TH", "/TD"):
            self._cell(element)
        elif element["S"] == "/Figure" and "A" in element:
            height = _find(self.pdf, element["Pg"])["MediaBox"][3]
            left, top, right, bottom = (0.75 * side for side in element["A"]["BBox"])
            element["A"]["BBox"] = pydyf.Array((left, height - bottom, right, height - top))

    def _cell(self, element: pydyf.Dictionary) -> None:
        element.pop("ID", None)
        element["A"].pop("Headers", None)
        if element["S"] == "/TH":
            group = _find(self.pdf, _find(self.pdf, element["P"])["P"])["S"]
            element["A"]["Scope"] = "/Column" if group == "/THead" else "/Row"
        if len(element["A"]) == 1:
            del element["A"]
