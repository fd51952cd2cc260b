"""Documents made of sections, and questionnaires made of questions: set out in the order they were written."""

from portal.adapters.fhir.enclosing import write_attachment
from portal.adapters.fhir.labels import label_of
from portal.adapters.fhir.narrative import html_blocks, text_blocks
from portal.adapters.fhir.saying import DEEPEST, TooDeep, said
from portal.adapters.fhir.shapes import Resource, objects, words_at
from portal.adapters.fhir.sheet import Sheet
from portal.adapters.fhir.writing import write_value
from portal.domain.record_items import Paragraph
from portal.domain.words import _

_SECTION = frozenset({"title", "text", "section", "code", "id", "entry", "mode", "orderedBy"})
_ITEM = frozenset({"text", "linkId", "definition", "answer", "item", "id"})


def write_sections(sheet: Sheet, composition: Resource) -> frozenset[str]:
    """The sections of a Composition; returns the elements that are written."""
    for section in objects(composition.get("section")):
        _write_section(sheet, section, "", 0)
    return frozenset({"section"})


def _write_section(sheet: Sheet, section: Resource, above: str, depth: int) -> None:
    if depth > DEEPEST:
        raise TooDeep
    code = section.get("code")
    coded = said(code, "code", sheet) if isinstance(code, dict) else ""
    title = words_at(section, "title") or coded or _("Section")
    heading = f"{above} – {title}" if above else title
    narrative = section.get("text")
    blocks = html_blocks(words_at(narrative, "div")) if isinstance(narrative, dict) else []
    if blocks and isinstance(blocks[0], Paragraph):
        sheet.fact(heading, blocks[0].text)
        blocks = blocks[1:]
    elif blocks:
        sheet.text([Paragraph(heading)])
    sheet.text(blocks)
    sheet.fact(_("%(section)s – entries", section=heading), _entries(sheet, section))
    if coded and coded != title:
        sheet.fact(_("%(section)s – kind", section=heading), coded)
    for key, value in section.items():
        if key not in _SECTION or key in ("mode", "orderedBy"):
            write_value(sheet, f"{heading} – {label_of(key)}", key, value, depth)
    for inner in objects(section.get("section")):
        _write_section(sheet, inner, heading, depth + 1)


def _entries(sheet: Sheet, section: Resource) -> str:
    named = (said(one, "entry", sheet) for one in objects(section.get("entry")))
    return "; ".join(dict.fromkeys(name for name in named if name))


def write_answers(sheet: Sheet, response: Resource) -> frozenset[str]:
    """The questions of a questionnaire with their answers; returns the elements that are written."""
    for item in objects(response.get("item")):
        _write_answer(sheet, item, "", 0)
    return frozenset({"item"})


def _write_answer(sheet: Sheet, item: Resource, above: str, depth: int) -> None:
    if depth > DEEPEST:
        raise TooDeep
    question = words_at(item, "text") or words_at(item, "linkId") or _("Question")
    heading = f"{above} – {question}" if above else question
    for answer in objects(item.get("answer")):
        for key, value in answer.items():
            if key.startswith("value"):
                write_value(sheet, heading, key, value, depth)
            elif key not in ("item", "id"):
                write_value(sheet, f"{heading} – {label_of(key)}", key, value, depth)
        for inner in objects(answer.get("item")):
            _write_answer(sheet, inner, heading, depth + 1)
    for key, value in item.items():
        if key not in _ITEM:
            write_value(sheet, f"{heading} – {label_of(key)}", key, value, depth)
    inner_items = objects(item.get("item"))
    if words_at(item, "text") and not item.get("answer") and inner_items and not above:
        sheet.text(text_blocks(question))
    for inner in inner_items:
        _write_answer(sheet, inner, "" if not above and not item.get("answer") else heading, depth + 1)
    if not item.get("answer") and not inner_items:
        sheet.fact(heading, _("not answered"))


def write_binary(sheet: Sheet, binary: Resource) -> frozenset[str]:
    """A file that stands in the export by itself; returns the elements that are written."""
    write_attachment(sheet, _("File"), {**binary, "url": ""})
    return frozenset({"contentType", "data"})
