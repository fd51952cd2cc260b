"""Notes, narratives and attached files: words become paragraphs, files are kept, and nothing that could run is."""

import base64
from typing import Any

import pytest

from portal.adapters.fhir.narrative import html_blocks, text_blocks
from portal.domain.record_items import Category, Enclosure, Paragraph, Table
from tests.adapters.fhir_exports import ABOUT_AMINA, ECZEMA, facts, only_item, read_with_amina, words

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 8
PDF = b"%PDF-1.7\n%%EOF"


def coded(data: bytes | str) -> str:
    return base64.b64encode(data.encode() if isinstance(data, str) else data).decode()


def document(*attachments: dict[str, Any], **more: Any) -> dict[str, Any]:
    content = [{"attachment": one} for one in attachments]
    return {"resourceType": "DocumentReference", "id": "d", "content": content, **ABOUT_AMINA, **more}


def paragraphs(blocks: Any) -> list[str]:
    return [block.text for block in blocks if isinstance(block, Paragraph)]


def test_html_becomes_paragraphs_lists_and_tables() -> None:
    blocks = html_blocks(
        "<div><h1>Visit</h1><p>Red   <b>rash</b> &amp; itch<br/>since May</p><ul><li>hands</li><li>feet</li></ul>"
        "<table><thead><tr><td>Drug</td><td>Since</td></tr></thead><tr><td>Cetirizine</td></tr></table>"
        "<table><tr><td>Smoker</td><td>no</td></tr></table><pre>a  b\n  c</pre></div>"
    )
    assert blocks == [
        Paragraph("Visit"),
        Paragraph("Red rash & itch\nsince May"),
        Paragraph("– hands\n– feet"),
        Table(("Drug", "Since"), (("Cetirizine", ""),)),
        Paragraph("Smoker: no"),
        Paragraph("a  b\n  c"),
    ]


def test_scripts_styles_and_comments_are_left_out() -> None:
    hostile = (
        "<p>before<script>alert('x') < 1 && 2 > 1; document.write('<p>y</p>')</script><style>p{}</style>"
        "<!-- <b>hidden</b> --><img src=x onerror=alert(1) alt='Photo of hand'/>after</p>"
    )
    assert paragraphs(html_blocks(hostile)) == ["before Photo of hand after"]


@pytest.mark.parametrize("mark", ["<a", "<!--", "</", "<a b='\"", "<![CDATA[", "<table><p>x", "<li>x", "<pre>", "&#"])
def test_marks_that_are_never_closed_do_not_keep_the_reader_busy(mark: str) -> None:
    # The standard library's parser needs minutes for some of these; a hang here is the failure.
    assert isinstance(html_blocks(mark * 50_000), list)


def test_a_plain_note_keeps_its_lines_and_loses_the_marks_of_its_headings() -> None:
    note = "\r\n# Plan\r\nCream at night\r\n- twice\r\n\r\n\r\n  See in May\x00\f#1 wound\n"
    assert text_blocks(note) == [
        Paragraph("Plan\nCream at night\n- twice"),
        Paragraph("See in May"),
        Paragraph("#1 wound"),
    ]


def test_a_clinical_note_is_filed_with_the_visits_as_paragraphs() -> None:
    kind = {"coding": [{"system": "http://loinc.org", "code": "11506-3", "display": "Progress note"}]}
    item = only_item(document({"contentType": "text/plain; charset=utf-8", "data": coded("Itch – better")}, type=kind))
    assert item.category is Category.ENCOUNTERS
    assert paragraphs(item.blocks) == ["Itch – better"]
    assert item.files == ()


def test_a_note_in_another_character_set_is_read_by_what_it_declares() -> None:
    latin = {"contentType": "text/plain; charset=ISO-8859-1", "data": coded("Lésion".encode("latin-1"))}
    unsaid = {"contentType": "text/plain", "data": coded("Lésion".encode("cp1252"))}
    assert paragraphs(only_item(document(latin)).blocks) == ["Lésion"]
    assert paragraphs(only_item(document(unsaid)).blocks) == ["Lésion"]


def test_an_html_note_is_read_as_text() -> None:
    item = only_item(document({"contentType": "text/html", "data": coded("<p>Well.</p><script>x</script>")}))
    assert paragraphs(item.blocks) == ["Well."]


def test_a_file_is_known_by_its_first_bytes() -> None:
    item = only_item(
        document({"contentType": "application/octet-stream", "title": "Letter: May/June", "data": coded(PDF)})
    )
    (file,) = item.files
    assert (file.name, file.media_type, file.data) == ("Letter May June.pdf", "application/pdf", PDF)
    assert item.category is Category.DOCUMENTS
    assert Enclosure("0", file.name, file.media_type) in item.blocks


def test_a_picture_is_filed_with_the_photographs() -> None:
    item = only_item(document({"contentType": "image/png", "data": coded(PNG)}, description="Left hand"))
    assert (item.category, item.title) == (Category.PHOTOGRAPHS, "Left hand")
    assert item.files[0].name == "Left hand.png"


def test_a_photograph_kept_as_media_is_one_too_and_a_recording_is_a_document() -> None:
    media = {"resourceType": "Media", "id": "m", "status": "completed", "view": {"text": "Left elbow"}, **ABOUT_AMINA}
    picture = only_item({**media, "content": {"contentType": "image/png", "data": coded(PNG)}})
    sound = only_item({**media, "content": {"contentType": "audio/mpeg", "data": coded(b"ID3")}})
    assert (picture.category, picture.title, picture.files[0].name) == (
        Category.PHOTOGRAPHS,
        "Left elbow",
        "Left elbow.png",
    )
    assert sound.category is Category.DOCUMENTS


def test_base64_in_lines_is_decoded() -> None:
    lines = coded(PDF)[:8] + "\n    " + coded(PDF)[8:]
    assert only_item(document({"contentType": "application/pdf", "data": lines})).files[0].data == PDF


def test_a_damaged_file_is_said_to_be_damaged() -> None:
    item = only_item(document({"contentType": "application/pdf", "data": "not base64!"}))
    assert facts(item)["File"] == "The file is damaged in the export and cannot be opened."
    assert item.files == ()


def test_a_file_that_was_not_exported_is_said_to_be_missing() -> None:
    item = only_item(document({"contentType": "application/pdf", "url": "https://emr.example/Binary/9", "title": "CT"}))
    assert facts(item)["File"] == "CT\nThe file was not part of the export (application/pdf)."


def test_a_file_in_an_entry_of_its_own_is_enclosed_where_it_belongs() -> None:
    binary = {"resourceType": "Binary", "id": "scan", "contentType": "application/pdf", "data": coded(PDF)}
    (item,) = read_with_amina(document({"contentType": "application/pdf", "url": "Binary/scan"}), binary)
    assert item.files[0].data == PDF
    alone = only_item(binary)
    assert (alone.title, alone.files[0].data) == ("File", PDF)


def test_a_note_says_who_wrote_it_and_when() -> None:
    note = {"authorString": "Joy Mabanta", "time": "2024-05-02", "text": "Less itch.\n\nSleeps well."}
    item = only_item({**ECZEMA, "note": [note]})
    assert facts(item)["Note by"] == "Joy Mabanta, 2 May 2024"
    assert paragraphs(item.blocks) == ["Less itch.", "Sleeps well."]


def test_a_narrative_is_shown_when_it_says_more_than_the_entry() -> None:
    same = {"status": "generated", "div": "<div>Hand eczema, 1 May 2024</div>"}
    more = {"status": "generated", "div": "<div>Hand eczema, worse in winter</div>"}
    tool = {"status": "generated", "div": "<div><p>Generated Narrative with Details</p><p>id: eczema</p></div>"}
    assert paragraphs(only_item({**ECZEMA, "text": same}).blocks) == []
    assert paragraphs(only_item({**ECZEMA, "text": more}).blocks) == ["Hand eczema, worse in winter"]
    assert paragraphs(only_item({**ECZEMA, "text": tool}).blocks) == []


def test_the_sections_of_a_document_stand_in_order_with_their_parts() -> None:
    composition = {
        "resourceType": "Composition",
        "id": "c",
        "title": "Discharge letter",
        "date": "2024-05-01",
        "section": [
            {
                "title": "Plan",
                "text": {"status": "additional", "div": "<div><p>Cream.</p><p>Rest.</p></div>"},
                "section": [{"title": "At home", "text": {"status": "additional", "div": "<div>Sleep.</div>"}}],
            },
            {"title": "Problems", "entry": [{"reference": "Condition/eczema"}]},
        ],
        **ABOUT_AMINA,
    }
    item = next(one for one in read_with_amina(composition, ECZEMA) if one.resource_type == "Composition")
    assert words(item).splitlines() == [
        "Title: Discharge letter",
        "Date: 1 May 2024",
        "Plan: Cream.",
        "Rest.",
        "Plan – At home: Sleep.",
        "Problems – entries: Hand eczema, 1 May 2024",
        "Discharge letter",
    ]


def test_a_questionnaire_is_its_questions_and_answers() -> None:
    response = {
        "resourceType": "QuestionnaireResponse",
        "id": "q",
        "item": [
            {
                "linkId": "1",
                "text": "Your skin",
                "item": [
                    {"linkId": "1.1", "text": "Does it itch?", "answer": [{"valueBoolean": True}]},
                    {"linkId": "1.2", "text": "Where?", "answer": [{"valueString": "hands"}, {"valueString": "feet"}]},
                    {"linkId": "1.3", "text": "Since when?"},
                ],
            }
        ],
        **ABOUT_AMINA,
    }
    item = only_item(response)
    assert paragraphs(item.blocks) == ["Your skin"]
    assert facts(item) == {"Does it itch?": "yes", "Where?": "hands\nfeet", "Since when?": "not answered"}
