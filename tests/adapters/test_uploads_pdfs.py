"""PDF files written anew: what acts is gone from wherever it hides, what can be read stays."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from tests.adapters.upload_samples import acting_in, annotate, clean, looked, pdf, removed, taken

SCRIPT = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
LAUNCH = Dictionary(S=Name.Launch, F="calc.exe")
WEB = Dictionary(Type=Name.Action, S=Name.URI, URI="https://evil.example/?amina")


def words_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(page.get_textpage().get_text_bounded() for page in document)
    finally:
        document.close()


def opened(data: bytes) -> Pdf:
    return Pdf.open(BytesIO(data))


def attach(made: Pdf) -> None:
    made.attachments["virus.exe"] = b"MZ" * 50


def script_in_a_rendition(made: Pdf) -> None:
    annotate(made, Subtype=Name.Screen, A=Dictionary(S=Name.Rendition, OP=0, JS=made.make_stream(b"app.alert(1)")))


def outline(made: Pdf, action: Dictionary) -> None:
    item = made.make_indirect(Dictionary(Title="Chapter", A=action))
    made.Root.Outlines = made.make_indirect(Dictionary(First=item, Last=item, Count=1))
    item.Parent = made.Root.Outlines


def hooked_to_a_tag(**parts: Any) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        shown = annotate(made, **parts)
        element = Dictionary(Type=Name.StructElem, S=Name.Link, K=Dictionary(Type=Name.OBJR, Obj=shown))
        made.Root.StructTreeRoot = made.make_indirect(Dictionary(Type=Name.StructTreeRoot, K=element))

    return change


def inside_a_picture(made: Pdf) -> None:
    drawing = made.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
    drawing.Metadata = made.make_stream(b"<x>Amina</x>", Type=Name.Metadata)
    drawing.PieceInfo = Dictionary(Private="Amina")
    drawing.AF = Array([Dictionary(Type=Name.Filespec, F="x", EF=Dictionary(F=made.make_stream(b"MZ")))])
    made.pages[0].obj.Resources.XObject = Dictionary(X=drawing)


def form_that_is_sent(made: Pdf) -> None:
    action = Dictionary(S=Name.SubmitForm, F="https://evil.example")
    button = annotate(made, Subtype=Name.Widget, FT=Name.Btn, T="Send", Ff=65536, A=action)
    made.Root.AcroForm = Dictionary(Fields=[button])


def entitle(made: Pdf) -> None:
    made.docinfo["/Author"] = "Amina Haddad"


def set_root(key: str, value: Any) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        made.Root[key] = value

    return change


def on_page(**parts: Any) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        for key, value in parts.items():
            made.pages[0].obj[f"/{key}"] = value

    return change


def note(**parts: Any) -> Callable[[Pdf], None]:
    def change(made: Pdf) -> None:
        annotate(made, **parts)

    return change


HIDING_PLACES: dict[str, tuple[Callable[[Pdf], None], str]] = {
    "a script when the file opens": (set_root("/OpenAction", SCRIPT), "scripts"),
    "a program when the file opens": (set_root("/OpenAction", LAUNCH), "actions"),
    "a script when the file is printed": (set_root("/AA", Dictionary(WP=SCRIPT)), "scripts"),
    "a script named in the file": (
        set_root("/Names", Dictionary(JavaScript=Dictionary(Names=["a", SCRIPT]))),
        "scripts",
    ),
    "a script when a page opens": (on_page(AA=Dictionary(O=SCRIPT)), "scripts"),
    "a program behind a marking": (note(Subtype=Name.Highlight, Contents="x", A=LAUNCH), "actions"),
    "a script behind a marking": (note(Subtype=Name.Square, AA=Dictionary(E=SCRIPT)), "scripts"),
    "a script behind a harmless action": (
        note(Subtype=Name.Link, A=Dictionary(S=Name.Named, N=Name.NextPage, Next=Array([SCRIPT]))),
        "actions links scripts",
    ),
    "a link to the web": (note(Subtype=Name.Link, A=WEB), "links"),
    "a link to the web behind another key": (note(Subtype=Name.Link, PA=WEB, Dest="x"), "links"),
    "a script in a rendition": (script_in_a_rendition, "media scripts"),
    "a script behind a bookmark": (lambda made: outline(made, SCRIPT), "scripts"),
    "a link kept alive by a tag": (hooked_to_a_tag(Subtype=Name.Link, A=WEB), "links"),
    "a film kept alive by a tag": (hooked_to_a_tag(Subtype=Name.RichMedia, RichMediaContent=Dictionary()), "media"),
    "a form that is sent": (form_that_is_sent, "actions form"),
    "an attached file": (attach, "attachments"),
    "an attached file on the page": (
        note(Subtype=Name.FileAttachment, FS=Dictionary(Type=Name.Filespec, F="x", EF=Dictionary())),
        "attachments",
    ),
    "a film": (note(Subtype=Name.RichMedia, RichMediaContent=Dictionary()), "media"),
    "notes of a program in a picture": (inside_a_picture, "attachments metadata"),
    "a hidden second form": (set_root("/AcroForm", Dictionary(Fields=[], XFA="<xdp/>")), "xfa"),
    "title and author": (entitle, "metadata"),
}


@pytest.mark.parametrize("place", HIDING_PLACES)
def test_what_acts_or_hides_is_found_named_and_gone(place: str) -> None:
    change, codes = HIDING_PLACES[place]
    before = pdf(change)
    assert acting_in(before)
    found = taken(before)
    assert found.removed == removed(*codes.split())
    assert acting_in(found.clean or b"") == set()
    assert b"evil" not in (found.clean or b"")
    assert words_of(found.clean or b"") == "Hello 1"


def test_remarks_and_jumps_within_the_file_stay() -> None:
    def change(made: Pdf) -> None:
        there = Array([made.pages[1].obj, Name.Fit])
        annotate(made, Subtype=Name.Text, Contents="Please read this", T="Dr Femi")
        annotate(made, Subtype=Name.Link, A=Dictionary(S=Name.GoTo, D=there))
        outline(made, Dictionary(S=Name.GoTo, D=there))

    found = taken(pdf(change, pages=2))
    assert found.removed == ()
    with opened(found.clean or b"") as kept:
        remark, jump = kept.pages[0].obj.Annots
        assert (str(remark.Contents), str(remark.T)) == ("Please read this", "Dr Femi")
        for leading in (jump, kept.Root.Outlines.First):
            assert leading.Dest[0].objgen == kept.pages[1].obj.objgen
            assert "/A" not in leading


def test_parts_that_are_only_called_like_an_action_stay() -> None:
    """Names of fonts, colours and tags are free: a font may be called AA, a picture Metadata, a tag Sound."""

    def change(made: Pdf) -> None:
        resources = made.pages[0].obj.Resources
        font = resources.Font.F1
        for name in ("/AA", "/JS", "/A", "/EF", "/F\udce9"):
            resources.Font[name] = font
        drawing = made.make_stream(b"", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1])
        resources.XObject = Dictionary({"/Metadata": drawing, "/OpenAction": drawing})
        tree = made.make_indirect(Dictionary(Type=Name.StructTreeRoot, RoleMap=Dictionary({"/Sound": Name.P})))
        tree.K = Dictionary(S=Name.Sound, P=tree, A=Dictionary(O=Name.Layout))
        made.Root.StructTreeRoot = tree

    with opened(clean(pdf(change))) as kept:
        resources = kept.pages[0].obj.Resources
        assert {"/AA", "/JS", "/A", "/EF", "/F1"} < {str(key) for key in resources.Font.keys()}  # noqa: SIM118
        assert {"/Metadata", "/OpenAction"} == {str(key) for key in resources.XObject.keys()}  # noqa: SIM118
        assert str(kept.Root.StructTreeRoot.K.S) == "/Sound"
        assert str(kept.Root.StructTreeRoot.K.A.O) == "/Layout"


def test_names_need_not_be_utf_8() -> None:
    """Older programs wrote names in Latin-1; a file that has one is as good as any other."""

    def change(made: Pdf) -> None:
        annotate(made, Subtype=Name.Nota)
        made.pages[0].obj.Resources.Font["/Nota"] = made.pages[0].obj.Resources.Font.F1

    assert taken(pdf(change).replace(b"/Nota", b"/Not\xe1")).removed == removed("markings")


# Forms


def with_field(value: Any, field: Any = Name.Tx, needs: bool = False, **parts: Any) -> bytes:
    def change(made: Pdf) -> None:
        widget = annotate(made, Subtype=Name.Widget, FT=field, T="x", DA="/Helv 12 Tf 0 g", F=4, **parts)
        if value is not None:
            widget.V = value
        helvetica = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding
        )
        made.Root.AcroForm = Dictionary(
            Fields=[widget], DA="/Helv 12 Tf 0 g", DR=Dictionary(Font=Dictionary(Helv=helvetica)), NeedAppearances=needs
        )

    return pdf(change)


@pytest.mark.parametrize("needs", [True, False])
@pytest.mark.parametrize("field", [Name.Tx, Name.Ch])
def test_what_is_filled_into_a_form_becomes_print(field: Any, needs: bool) -> None:
    found = taken(with_field("Zoë Haddad", field, needs))
    assert found.removed == removed("form")
    assert "Zoë Haddad" in words_of(found.clean or b"")


def test_a_look_that_is_older_than_the_answer_is_drawn_anew() -> None:
    def change(made: Pdf) -> None:
        old = made.make_stream(b"BT /Helv 12 Tf (Old) Tj ET", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 90, 20])
        old.Resources = made.Root.AcroForm.DR
        made.Root.AcroForm.Fields[0].AP = Dictionary(N=old)

    for needs, word in ((True, "New"), (False, "Old")):
        with Pdf.open(BytesIO(with_field("New", needs=needs))) as made:
            change(made)
            out = BytesIO()
            made.save(out)
        assert word in words_of(clean(out.getvalue()))


def test_an_empty_form_is_taken() -> None:
    assert words_of(clean(with_field(None))) == "Hello 1"


@pytest.mark.parametrize("data", [with_field("漢字"), with_field(Name.Yes, Name.Btn, AS=Name.Yes)])
def test_a_form_whose_answers_we_cannot_draw_is_refused_rather_than_emptied(data: bytes) -> None:
    assert "would be lost" in str(looked(data).reason)


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("/NeedsRendering", True, "only in Adobe Reader"),
        ("/Collection", Dictionary(), "a folder of other files"),
    ],
)
def test_a_pdf_whose_pages_are_not_its_content_is_refused(key: str, value: Any, told: str) -> None:
    assert told in str(looked(pdf(set_root(key, value))).reason)
