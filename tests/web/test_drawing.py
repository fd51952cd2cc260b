"""How fields are drawn: as the design system's own macros draw them, escaped, and tied to their words."""

import re
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader
from werkzeug.datastructures import MultiDict

from portal.adapters import formats
from portal.domain import words
from portal.web import drawing
from portal.web.drawing import Pen
from portal.web.fields import (
    Choice,
    Choices,
    Code,
    Date,
    Email,
    Form,
    LongText,
    Money,
    Number,
    Password,
    Phone,
    Select,
    Text,
    Tick,
    Upload,
    required,
)

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
KIT = {
    "characterCount": "character-count",
    "passwordInput": "password-input",
    "dateInput": "date-input",
    "fileUpload": "file-upload",
}
NASTY = '"><script>alert(1)</script>&amp;'
NEEDED = [required("Fill this in, please: <b>all</b>.")]


class Plain(Form):
    scope = Choice(
        "What?", choices=[("all", "All"), ("part", "Part")], hints={"all": "All & more"}, reveals={"part": "words"}
    )
    words = LongText("Words", limit=50, rows=3)
    kinds = Choices("Kinds", choices=[("v", "Visits"), ("r", "Results")], hints={"v": "At the clinic"})
    language = Select("Language", choices=[("", "Choose"), ("en", "English")])
    since = Date("Since")
    born = Date("Born", autocomplete="bday")
    name = Text("Name", autocomplete="name")
    email = Email("E-mail")
    phone = Phone("Phone", width=20)
    pages = Number("Pages", width=4)
    fee = Money("Fee", width=10)
    secret = Password("Password")
    code = Code("Code", width=10)
    sure = Tick("Sure")
    scan = Upload("Scan", accept=".pdf")


class Hinted(Form):
    scope = Choice(
        f"What {NASTY}", NEEDED, hint=NASTY, choices=[("all", NASTY), ("part", "Part")], hints={"all": NASTY}
    )
    words = LongText(f"Words {NASTY}", NEEDED, hint=NASTY, limit=50)
    kinds = Choices("Kinds", NEEDED, hint=NASTY, choices=[(NASTY, NASTY)])
    language = Select("Language", NEEDED, hint=NASTY, choices=[("", NASTY), ("en", "English")])
    since = Date("Since", NEEDED, hint=NASTY)
    name = Text("Name", NEEDED, hint=NASTY)
    pages = Number("Pages", NEEDED, hint=NASTY)
    secret = Password("Password", NEEDED, hint=NASTY, autocomplete="new-password")
    sure = Tick(f"Sure {NASTY}", NEEDED, hint=NASTY)
    scan = Upload("Scan", NEEDED, hint=NASTY)


@pytest.fixture(scope="module")
def app() -> Flask:
    app = Flask("drawing", template_folder=str(TEMPLATES))
    app.config.update(SECRET_KEY="for these tests", WTF_CSRF_ENABLED=False)
    env = app.jinja_env
    env.undefined = ChainableUndefined
    env.autoescape = True
    env.auto_reload = False
    env.loader = ChoiceLoader([FileSystemLoader(str(TEMPLATES)), PackageLoader("nhsuk_frontend_jinja")])
    env.globals["_"] = words._
    env.filters["unbroken"] = formats.filters("America/Vancouver")["unbroken"]
    drawing.init_app(app)
    return app


@pytest.fixture
def pen(app: Flask) -> Iterator[Pen]:
    with app.test_request_context(method="POST"):
        yield Pen(app.jinja_env)


def forms() -> dict[str, Form]:
    nasty = MultiDict(dict.fromkeys(("scope", "words", "kinds", "language", "name", "pages", "fee", "email"), NASTY))
    nasty.update({"since-day": NASTY, "since-month": "2", "since-year": ""})
    chosen = {
        "scope": "part",
        "kinds": ["v"],
        "language": "en",
        "since": date(2027, 2, 3),
        "sure": True,
        "words": "A\nB",
    }
    made = {
        "plain, empty": Plain(formdata=None),
        "plain, filled": Plain(formdata=None, data=chosen),
        "plain, nasty": Plain(formdata=nasty),
        "hinted, empty": Hinted(formdata=MultiDict()),
        "hinted, nasty": Hinted(formdata=nasty),
    }
    for name, form in made.items():
        if "nasty" in name or "hinted" in name:
            form.validate()
    return made


class Tree(HTMLParser):
    """Tags with their attributes in one order, and text without its blanks."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[Any] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, sorted((name, " ".join(sorted((value or "").split()))) for name, value in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if data.strip():
            self.found.append(" ".join(data.split()))


def by_the_kit(app: Flask, macro: str, params: dict[str, Any]) -> str:
    template = app.jinja_env.get_template(f"nhsuk/components/{KIT.get(macro, macro)}/macro.jinja")
    return str(getattr(template.module, macro)(params))


@pytest.mark.parametrize("heading", [False, True])
@pytest.mark.parametrize("form", ["plain, empty", "plain, filled", "plain, nasty", "hinted, empty", "hinted, nasty"])
def test_every_field_is_drawn_as_the_kit_draws_it(app: Flask, pen: Pen, form: str, heading: bool) -> None:
    for field in forms()[form]:
        ours = Tree(pen.field(field, heading=heading)).found
        theirs = Tree(by_the_kit(app, field.macro, pen.params(field, heading=heading))).found
        assert ours == theirs, field.name


def test_nothing_a_person_or_a_setting_says_becomes_markup(pen: Pen) -> None:
    for form in forms().values():
        for field in form:
            drawn = pen.field(field)
            assert "<script" not in drawn, field.name
            assert "<b>" not in drawn, field.name


def test_a_password_is_never_drawn_again(pen: Pen) -> None:
    form = Plain(formdata=MultiDict({"secret": "correct horse"}))
    assert "correct horse" not in pen.field(form.secret)


def test_every_box_has_a_label_and_every_reference_leads_somewhere(pen: Pen) -> None:
    for form in forms().values():
        for field in form:
            drawn = str(pen.field(field))
            ids = re.findall(r'\bid="([^"]+)"', drawn)
            assert len(ids) == len(set(ids)), field.name
            boxes = re.findall(r'<(?:input|select|textarea)[^>]*\bid="([^"]+)"', drawn)
            assert boxes
            assert set(boxes) <= set(re.findall(r'<label[^>]*\bfor="([^"]+)"', drawn)), field.name
            for references in re.findall(r'aria-describedby="([^"]+)"', drawn):
                assert set(references.split()) <= set(ids), field.name


def test_the_error_summary_leads_to_boxes_that_are_there(app: Flask, pen: Pen) -> None:
    form = forms()["hinted, empty"]
    drawn = "".join(pen.field(field) for field in form)
    found = list(drawing.problems(form))
    assert len(found) == len(list(form))
    assert all(f'id="{where}"' in drawn for where, _sentence in found)


def test_the_question_can_be_the_heading_of_its_page(pen: Pen) -> None:
    form = Plain(formdata=None)
    for field in form:
        if field.name != "sure":
            assert pen.field(field, heading=True).count("<h1") == 1, field.name


def test_what_a_choice_opens_stands_below_it(pen: Pen) -> None:
    drawn = str(pen.field(Plain(formdata=None).scope))
    assert drawn.index('value="part"') < drawn.index('<textarea class="nhsuk-textarea') < len(drawn)


def test_nothing_inline_is_drawn(pen: Pen) -> None:
    for field in forms()["hinted, empty"]:
        assert not re.search(r"\s(style|on\w+)=", str(pen.field(field)))
