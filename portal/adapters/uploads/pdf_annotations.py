"""What lies on the pages of a PDF: remarks and markings stay, forms become print, all that leads or plays goes."""

from pikepdf import Array, Dictionary, Object, Pdf

from portal.adapters.uploads.pdf_forms import print_forms
from portal.adapters.uploads.pdf_parts import empty, keep_only, keys_of, named

# Remarks and markings; a Link is passive when all it has is a place in this file (see pdf_parts.disarm).
_PASSIVE = frozenset(
    "/Text /FreeText /Line /Square /Circle /Polygon /PolyLine /Highlight /Underline /Squiggly /StrikeOut /Stamp /Caret"
    " /Ink /Popup /Redact /Watermark".split()
)
_PASSIVE_PARTS = frozenset(
    "/Type /Subtype /Rect /Contents /P /NM /M /F /AP /AS /Border /BS /BE /C /IC /CA /T /Subj /CreationDate /Popup"
    " /Parent /Open /Name /IRT /RT /DA /DS /Q /RD /IT /L /LE /LL /LLE /CP /CL /Cap /Vertices /InkList /QuadPoints"
    " /StructParent /H /Dest /Lang /OC".split()
)
_GONE = {
    "/Link": "links",
    "/FileAttachment": "attachments",
    "/Sound": "media",
    "/Movie": "media",
    "/Screen": "media",
    "/RichMedia": "media",
    "/3D": "media",
}


def settle(pdf: Pdf) -> set[str]:
    """Print what is filled into forms onto the pages and keep only what is passive; codes for what was found.

    An annotation that goes is emptied too, since the tag tree may still refer to it.
    """
    found: set[str] = set()
    kept: list[list[Object]] = []
    fields: list[Object] = []
    for page in pdf.pages:
        passive, widgets, others = _sorted(page.obj)
        for other in others:
            found.add(_GONE.get(named(other, "/Subtype"), "markings"))
            empty(other)
        page.obj["/Annots"] = Array(widgets)
        kept.append(passive)
        fields += widgets
    found |= print_forms(pdf, fields)
    for page, passive in zip(pdf.pages, kept, strict=True):
        for annotation in passive:
            _plain(annotation)
        page.obj["/Annots"] = Array(passive)
    return found


def still_acting(pdf: Pdf) -> list[str]:
    """The annotations of a finished file that are not passive; empty for a file that may be kept."""
    left = []
    for page in pdf.pages:
        passive, widgets, others = _sorted(page.obj)
        left += [named(annotation, "/Subtype") for annotation in widgets + others]
        left += [key for annotation in passive for key in keys_of(annotation) if key not in _PASSIVE_PARTS]
    return left


def _sorted(page: Object) -> tuple[list[Object], list[Object], list[Object]]:
    """A page's passive annotations, its form fields, and the others."""
    passive: list[Object] = []
    widgets: list[Object] = []
    others: list[Object] = []
    annotations = page.get("/Annots")
    for annotation in annotations.as_list() if isinstance(annotations, Array) else []:
        if not isinstance(annotation, Dictionary):
            continue
        subtype = named(annotation, "/Subtype")
        if subtype == "/Widget":
            widgets.append(annotation)
        elif subtype in _PASSIVE or (subtype == "/Link" and "/Dest" in annotation):
            passive.append(annotation)
        else:
            others.append(annotation)
    return passive, widgets, others


def _plain(annotation: Object) -> None:
    """The annotation as it looks when nobody touches it."""
    keep_only(annotation, _PASSIVE_PARTS)
    looks = annotation.get("/AP")
    if isinstance(looks, Dictionary):
        keep_only(looks, frozenset({"/N"}))
