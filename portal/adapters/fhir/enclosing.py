"""Files and running text on a sheet: what was attached to an entry, and what was written beside it."""

from portal.adapters.fhir.attachments import content_of, is_html, is_text, text_in
from portal.adapters.fhir.dates import date_words
from portal.adapters.fhir.labels import label_of
from portal.adapters.fhir.narrative import html_blocks, text_blocks
from portal.adapters.fhir.plumbing import TOOLS_NARRATIVE
from portal.adapters.fhir.saying import OPEN
from portal.adapters.fhir.shapes import Resource, words_at
from portal.adapters.fhir.sheet import Sheet, words_in
from portal.domain.record_items import Block, Paragraph, Table
from portal.domain.words import _


def write_narrative(sheet: Sheet, resource: Resource) -> None:
    """The text that a person or a tool wrote beside the entry, unless all its words stand on the sheet already."""
    narrative = resource.get("text")
    blocks = html_blocks(words_at(narrative, "div"))
    words = " ".join(_block_words(block) for block in blocks)
    if words.startswith(TOOLS_NARRATIVE) and words_at(narrative, "status") == "generated":
        return
    if words_in(words) and not sheet.has_words(words_in(words)):
        if sheet.heading:
            sheet.fact(_("Text"), words)
        else:
            sheet.text(blocks)


def write_attachment(sheet: Sheet, label: str, attachment: Resource) -> None:
    """A file: its text on the page, or the file itself enclosed, or the word that the export left it out."""
    title = words_at(attachment, "title")
    if not sheet.stands(title):
        sheet.fact(_("File"), title)
    created = words_at(attachment, "creation")
    sheet.fact(_("File written"), date_words(created) or created)
    content = content_of(attachment)
    if content is None:
        address = sheet.record.references.find(words_at(attachment, "url"))
        if address is not None and address.type == "Binary":
            sheet.written.add(id(address.resource))
            content = content_of(address.resource)
    if label in (label_of(key) for key in OPEN):
        label = _("File")
    if content is None:
        sheet.fact(
            label, _("The file was not part of the export (%(kind)s).", kind=words_at(attachment, "contentType") or "?")
        )
    elif content.data is None:
        sheet.fact(label, _("The file is damaged in the export and cannot be opened."))
    elif is_html(content.media_type):
        sheet.text(html_blocks(text_in(content)))
    elif is_text(content.media_type):
        sheet.text(text_blocks(text_in(content)))
    else:
        sheet.file(title or sheet.record.title_of(sheet.resource), content)


def _block_words(block: Block) -> str:
    if isinstance(block, Paragraph):
        return block.text
    return " · ".join(" · ".join(row) for row in (block.head, *block.rows)) if isinstance(block, Table) else ""
