"""The parts of a PDF: which may stay where they are, and how everything that acts is found wherever it hides.

Two nets, one behind the other. What a page or a document may consist of is listed, and the rest is unhooked; and every
dictionary in the file, hooked anywhere or not, is emptied when it is an action or an attached file. An action is known
by what it is (PDF 32000-1, 12.6.4) and not by the key that leads to it: a script may sit in a Rendition action.
"""

from collections.abc import Iterator
from typing import TypeGuard

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

DOCUMENT_PARTS = frozenset(
    "/Type /Pages /Outlines /Names /Dests /PageLabels /MarkInfo /StructTreeRoot /Lang /OCProperties"
    " /OutputIntents".split()
)
PAGE_PARTS = frozenset(
    "/Type /Parent /Resources /MediaBox /CropBox /BleedBox /TrimBox /ArtBox /Contents /Rotate /Group /Annots /Tabs"
    " /StructParents /UserUnit".split()
)
ACTIONS = {
    "/GoTo": None,
    "/JavaScript": "scripts",
    "/URI": "links",
    "/GoToR": "links",
    "/GoToE": "links",
    "/GoToDp": "links",
    "/Thread": "links",
    "/Launch": "actions",
    "/SubmitForm": "actions",
    "/ResetForm": "actions",
    "/ImportData": "actions",
    "/Named": "actions",
    "/Hide": "actions",
    "/SetOCGState": "actions",
    "/Trans": "actions",
    "/Rendition": "media",
    "/Sound": "media",
    "/Movie": "media",
    "/GoTo3DView": "media",
    "/RichMediaExecute": "media",
}
_NAME_TREES = {"/JavaScript": "scripts", "/EmbeddedFiles": "attachments", "/Renditions": "media"}
# Of a stream: private notes of programs, and references to data that lies in another file.
_STREAM_EXTRAS = frozenset(
    "/Metadata /PieceInfo /LastModified /PTEX.FileName /PTEX.InfoDict /PTEX.PageNumber /OPI /Ref /AF /PS /Alternates"
    " /F /FFilter /FDecodeParms".split()
)


def is_dictionary(part: object) -> TypeGuard[Object]:
    return isinstance(part, Dictionary | Stream)


def named(part: Object, key: str) -> str:
    """The name under ``key``, with its slash; empty where there is none. A name is bytes and often not UTF-8."""
    value = part.get(key)
    return bytes(value).decode("latin-1") if isinstance(value, Name) else ""


def keys_of(part: Object) -> list[str]:
    return list(map(str, part.keys()))


def empty(part: Object) -> None:
    """Take everything out of a part, so that whoever still refers to it finds nothing."""
    if isinstance(part, Stream):
        part.write(b"")
    keep_only(part, frozenset({"/Length"} if isinstance(part, Stream) else ()))


def keep_only(part: Object, keys: frozenset[str]) -> None:
    for key in keys_of(part):
        if key not in keys:
            del part[key]


def dictionaries(pdf: Pdf) -> Iterator[Object]:
    """Every dictionary in the file, also those nobody refers to and those inside others."""
    for whole in pdf.objects:
        waiting = [whole] if is_dictionary(whole) or isinstance(whole, Array) else []
        while waiting:
            part = waiting.pop()
            if is_dictionary(part):
                yield part
            inner = [part[key] for key in keys_of(part)] if is_dictionary(part) else list(part.as_list())
            waiting += [item for item in inner if isinstance(item, Dictionary | Array) and not item.is_indirect]


def is_action(part: Object) -> bool:
    """Whether a dictionary is an action; elements of the tag tree also have an ``/S``, and always a parent ``/P``."""
    return named(part, "/S") in ACTIONS and named(part, "/Type") in {"", "/Action"} and "/P" not in part


def is_attached_file(part: Object) -> bool:
    inside = part.get("/EF")
    return named(part, "/Type") in {"/Filespec", "/F", "/EmbeddedFile"} or (
        isinstance(inside, Dictionary) and any(isinstance(inside[key], Stream) for key in keys_of(inside))
    )


def disarm(pdf: Pdf) -> set[str]:
    """Empty every action, attached file and note of a program; codes for what was found.

    Jumps within the file are kept as plain destinations, which lead the same way and cannot do anything else.
    """
    # All are listed before any is touched: what is emptied no longer leads to what hung on it.
    everything = list(dictionaries(pdf))
    found: set[str] = set()
    for part in everything:
        found |= _codes(part)
        action = part.get("/A")
        if isinstance(action, Dictionary) and named(action, "/S"):
            if named(action, "/S") == "/GoTo" and "/D" in action and "/Dest" not in part:
                part["/Dest"] = action["/D"]
            del part["/A"]
    for part in everything:
        found |= _emptied(part)
    return found


def _codes(part: Object) -> set[str]:
    """What the person is told about one dictionary."""
    if not is_action(part):
        return set()
    code = ACTIONS[named(part, "/S")]
    return ({code} if code else set()) | ({"scripts"} if "/JS" in part else set())


def _emptied(part: Object) -> set[str]:
    if is_action(part):
        empty(part)
        return set()
    if is_attached_file(part):
        codes = {"attachments"} if "/EF" in part else set()
        empty(part)
        return codes
    return _without_notes(part)


def _without_notes(part: Object) -> set[str]:
    """Take away what programs have noted down about one part."""
    extras = _STREAM_EXTRAS if isinstance(part, Stream) else frozenset({"/Metadata"})
    taken = {key for key in extras & set(keys_of(part)) if isinstance(part, Stream) or _is_metadata(part[key])}
    for key in taken:
        del part[key]
    return {"metadata"} if taken & {"/Metadata", "/PieceInfo", "/PTEX.InfoDict"} else set()


def _is_metadata(part: object) -> bool:
    """A dictionary of resources may well call a picture ``/Metadata``; that one stays."""
    return isinstance(part, Stream) and named(part, "/Type") == "/Metadata"


def keep_only_pages(pdf: Pdf) -> set[str]:
    """Unhook all that is not pages, their outline and their tags; codes for what was found."""
    found = {"metadata"} if "/Metadata" in pdf.Root or len(pdf.docinfo) else set()
    names = pdf.Root.get("/Names")
    if is_dictionary(names):
        found |= {code for key, code in _NAME_TREES.items() if key in names}
        keep_only(names, frozenset({"/Dests"}))
    keep_only(pdf.Root, DOCUMENT_PARTS)
    keep_only(pdf.trailer, frozenset({"/Root", "/ID"}))
    # The writer corrects the size but, where a damaged file has none, writes none: a file nobody can open.
    pdf.trailer["/Size"] = 1
    for page in pdf.pages:
        keep_only(page.obj, PAGE_PARTS)
    return found


def leftovers(pdf: Pdf) -> list[str]:
    """What a finished file still holds that must not be there; empty for a file that may be kept."""
    left = [f"action {named(part, '/S')}" for part in dictionaries(pdf) if is_action(part)]
    left += ["attached file" for part in dictionaries(pdf) if is_attached_file(part)]
    left += [key for key in keys_of(pdf.Root) if key not in DOCUMENT_PARTS]
    left += [key for page in pdf.pages for key in keys_of(page.obj) if key not in PAGE_PARTS]
    return left
