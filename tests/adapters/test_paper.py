"""Letters, packages and e-mails without a request."""

from datetime import date
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from portal.adapters.paper import Paper
from portal.domain.words import speaking

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "letter.html").write_text(
        "<p>{{ _('Dear %(name)s,', name=name) }}</p><p>{{ on | plain_date }}</p>", "utf-8"
    )
    (tmp_path / "note.txt").write_text("{{ name }}, {{ clinic }}", "utf-8")
    (tmp_path / "which.html").write_text("{{ language }}", "utf-8")
    (tmp_path / "fragment.jinja").write_text("{{ name }}", "utf-8")
    return tmp_path


@pytest.fixture
def paper(folder: Path) -> Paper:
    return Paper(folder, "America/Vancouver", {"clinic": "Skin & Care"})


def test_a_letter_is_written_with_the_pages_own_filters_and_words(paper: Paper) -> None:
    written = paper.render("letter.html", name="Amina", on=date(2027, 2, 2))
    assert written == "<p>Dear Amina,</p><p>2 February 2027</p>"


def test_what_a_person_typed_is_never_markup_in_a_letter(paper: Paper) -> None:
    written = paper.render("letter.html", name="<img src=x>", on=date(2027, 2, 2))
    assert "<img" not in written
    assert "&lt;img src=x&gt;" in written


def test_a_template_is_escaped_whatever_its_ending_but_plain_text(paper: Paper) -> None:
    assert paper.render("fragment.jinja", name="<b>") == "&lt;b&gt;"
    assert paper.render("note.txt", name="O'Neil") == "O'Neil, Skin & Care"


def test_a_letter_with_a_hole_is_not_written(paper: Paper) -> None:
    with pytest.raises(UndefinedError):
        paper.render("letter.html", name="Amina")


def test_a_letter_is_written_in_the_language_spoken(paper: Paper) -> None:
    with speaking("fr_CA"):
        assert paper.render("which.html") == "fr_CA"
        assert "2 février 2027" in paper.render("letter.html", name="Amina", on=date(2027, 2, 2))


def test_a_running_worker_keeps_the_templates_it_began_with(paper: Paper, folder: Path) -> None:
    before = paper.render("note.txt", name="A")
    (folder / "note.txt").write_text("changed", "utf-8")
    assert paper.render("note.txt", name="A") == before


@pytest.mark.parametrize("kind", ["letters", "packages", "emails"])
def test_every_sheet_of_the_portal_can_be_read_as_a_template(kind: str) -> None:
    paper = Paper(TEMPLATES, "America/Vancouver")
    sheets = [path.relative_to(TEMPLATES).as_posix() for path in (TEMPLATES / kind).rglob("*.*")]
    assert sheets, f"there are no templates in {kind}"
    for sheet in sheets:
        paper.environment.get_template(sheet)
