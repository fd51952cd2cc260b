"""The design system is built in the clinic's own colours, reaches for no other host, and its font can spell names."""

import subprocess
import sys

import pytest

from portal.domain.colours import Colours
from setup import ROOT, SetupError, design, fonts, node

NAMES = "Zoë Łukasz Šimůnek Đorđe Ñuñez Çelik Ødegård ĄĘŚŹŻ ąęśźż “µmol/L” ½ °C"


def test_what_was_built_names_no_other_host():
    sheets = [*design.BUILT.rglob("*.css"), *design.BUILT.rglob("*.js")]
    assert len(sheets) >= 2
    assert {path.name: design.addresses(path.read_text("utf-8")) for path in sheets} == {p.name: set() for p in sheets}


def test_what_was_built_has_neither_name_logo_nor_font_of_the_health_service():
    sheet = (design.BUILT / "portal.css").read_text("utf-8").lower()
    assert "frutiger" not in sheet
    assert "atkinson hyperlegible" in sheet
    assert [path.name for path in design.BUILT.rglob("*") if "logo" in path.name or "favicon" in path.name] == []


def test_every_file_the_sheet_names_lies_beside_it():
    named = {name for _, name in design.NAMED.findall((design.BUILT / "portal.css").read_text("utf-8"))}
    assert named
    assert [name for name in named if not (design.BUILT / name).is_file()] == []


@pytest.mark.parametrize(
    "sheet",
    [
        '@import "//assets.example.org/a.css";',
        "a{background:url(https://assets.example.org/a.png)}",
        "@font-face{src:url('http://fonts.example.org/a.woff2')}",
    ],
)
def test_an_address_outside_the_portal_is_found(tmp_path, sheet):
    assert len(design.addresses(sheet)) == 1
    (tmp_path / "portal.css").write_text(sheet)
    with pytest.raises(SetupError, match=r"portal\.css reaches for other hosts"):
        design.refuse_addresses(tmp_path)


def test_the_name_of_a_drawing_language_is_no_address():
    assert design.addresses("url(\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'\")") == set()


def test_a_file_that_no_package_has_is_refused(tmp_path):
    (tmp_path / "portal.css").write_text("a{background:url(/assets/images/logo.svg)}")
    with pytest.raises(SetupError, match="names /assets/images/logo.svg"):
        design.take_named_files(tmp_path / "portal.css")


def test_the_clinics_colours_reach_the_sheet(tmp_path, monkeypatch):
    monkeypatch.setattr(design, "BUILD", tmp_path)
    design.compile_sheet(Colours(primary="#123456", hover="#0a1b2c", panel="#fdfcfb"), tmp_path / "portal.css")
    sheet = (tmp_path / "portal.css").read_text("utf-8")
    assert {"#123456", "#0a1b2c", "#fdfcfb"} <= {
        colour for colour in ("#123456", "#0a1b2c", "#fdfcfb") if colour in sheet
    }
    assert Colours().primary not in sheet


def test_colours_come_from_the_clinics_file(tmp_path):
    (tmp_path / "clinic.toml").write_text('[colours]\nprimary = "#123456"\n')
    assert design.clinic_colours(str(tmp_path / "clinic.toml")) == Colours(primary="#123456")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[colours]\nprimary = "#ffff00"\n', "to 1"),
        ('[colours]\nprimary = "teal"\n', "six hex digits"),
        ('[colours]\naccent = "#123456"\n', "could not be read"),
        ("[colours\n", "could not be read"),
    ],
)
def test_colours_that_will_not_do_stop_the_build_with_the_reason(tmp_path, text, said):
    (tmp_path / "clinic.toml").write_text(text)
    with pytest.raises(SetupError, match=said):
        design.clinic_colours(str(tmp_path / "clinic.toml"))


def test_other_colours_make_another_build():
    assert design.digest(Colours()) != design.digest(Colours(primary="#123456"))


def test_the_font_for_paper_draws_each_letter_of_a_name_as_that_letter(tmp_path):
    """The joined file must draw what each half drew for its own letters: WeasyPrint once mixed the halves up."""
    from fontTools.pens.recordingPen import DecomposingRecordingPen
    from fontTools.ttLib import TTFont

    def drawn(font, letter):
        glyphs = font.getGlyphSet()
        pen = DecomposingRecordingPen(glyphs)
        glyphs[font.getBestCmap()[ord(letter)]].draw(pen)
        return pen.value

    for style in fonts.STYLES:
        whole = TTFont(design.BUILT / "fonts" / "paper" / f"{fonts.FAMILY}-{style}.ttf")
        latin, extended = (
            TTFont(design.FONT / "files" / f"{fonts.FAMILY}-{half}-{style}.woff2") for half in fonts.HALVES
        )
        for letter in NAMES.replace(" ", ""):
            half = latin if ord(letter) in latin.getBestCmap() else extended
            assert drawn(whole, letter) == drawn(half, letter), letter


def test_the_fonts_licence_travels_with_it():
    assert "SIL Open Font License" in (design.BUILT / "fonts" / "paper" / "LICENSE").read_text("utf-8")


@pytest.mark.parametrize(
    ("version", "good"), [("v18.19.0", False), ("v20.18.3", False), ("v20.19.0", True), ("v24.1.0", True), ("", False)]
)
def test_a_node_older_than_the_compiler_needs_is_passed_over(tmp_path, monkeypatch, version, good):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {version}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/nowhere")
    assert (node.on_this_machine() is not None) is good


def test_a_node_without_npm_is_passed_over(tmp_path, monkeypatch):
    (tmp_path / "node").write_text("#!/bin/sh\necho v24.1.0\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert node.on_this_machine() is None


def test_set_up_says_how_it_is_called():
    answer = subprocess.run(
        [sys.executable, "-m", "setup", "everything"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 2
    assert "run|tests|bench" in answer.stderr
