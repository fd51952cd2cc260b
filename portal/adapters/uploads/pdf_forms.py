"""Forms in a PDF become print: what was filled in is drawn on the page, or the file is refused."""

import codecs

from pikepdf import AcroForm, AcroFormField, Dictionary, Object, Pdf
from pikepdf.form import ExtendedAppearanceStreamGenerator

from portal.adapters.uploads.findings import Refusal
from portal.adapters.uploads.pdf_parts import empty, named

# The letters that our drawing of a field knows; a form program draws the others itself when it saves.
_DRAWN_LETTERS = "cp1252"

# Python finds the tables of letters only when they are first asked for, and by then the child cannot open files.
for _letters in (_DRAWN_LETTERS, "mac_roman", "pdfdoc", "utf_16", "ascii", "latin_1"):
    codecs.lookup(_letters)


def print_forms(pdf: Pdf, widgets: list[Object]) -> set[str]:
    """Draw every field as it looks on the screen and take the form away; codes for what was found.

    Each page's annotations must be its ``widgets`` alone while this runs. Raises Refusal.
    """
    found = {"form"} if widgets else set()
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, Dictionary):
        if "/XFA" in form:
            found.add("xfa")
            del form["/XFA"]
        _draw_values(pdf, every=bool(form.get("/NeedAppearances", False)))
        form["/NeedAppearances"] = False
    if any(named(widget, "/FT") == "/Sig" and "/V" in widget for widget in widgets):
        found.add("signature")
    pdf.flatten_annotations("all")
    for widget in widgets:
        empty(widget)
    return found


def _draw_values(pdf: Pdf, *, every: bool) -> None:
    """Draw the values that the form program has left undrawn: those without a look, or ``every`` one if it says so."""
    form = pdf.acroform
    drawn = [(field, every or not _has_looks(form, field)) for field in form.fields]
    for field in [field for field, undrawn in drawn if undrawn and _is_filled(field)]:
        try:
            field.value_as_string.encode(_DRAWN_LETTERS)
            _draw(pdf, form, field)
        except (ValueError, RuntimeError, TypeError, KeyError, AttributeError) as fault:
            raise Refusal("form-text") from fault
        if not _has_looks(form, field):
            raise Refusal("form-text")


def _draw(pdf: Pdf, form: AcroForm, field: AcroFormField) -> None:
    artist = ExtendedAppearanceStreamGenerator(pdf, form)
    if field.is_text:
        artist.generate_text(field)
    elif field.is_choice:
        artist.generate_choice(field)


def _is_filled(field: AcroFormField) -> bool:
    if field.is_text or field.is_choice:
        return bool(field.value_as_string)
    return (field.is_checkbox and field.is_checked) or field.is_radio_button


def _has_looks(form: AcroForm, field: AcroFormField) -> bool:
    return all("/N" in note.obj.get("/AP", Dictionary()) for note in form.get_annotations_for_field(field))
