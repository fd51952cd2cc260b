"""What fields read, and what they say when it cannot be read."""

import importlib
import pkgutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage, MultiDict
from wtforms.fields.core import UnboundField

from portal.domain.errors import Invalid
from portal.domain.words import speaking
from portal.web.drawing import problems
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
    Select,
    Text,
    Tick,
    Upload,
    blame,
    required,
    required_if,
    same_as,
)


class Asking(Form):
    class Meta:
        csrf = False

    scope = Choice("What?", choices=[("all", "Everything"), ("part", "A part")], validators=[required("Choose one.")])
    words = LongText("Words", limit=10, validators=[required_if("scope", "part", "Say it in your own words.")])
    kinds = Choices("Kinds", choices=[("v", "Visits"), ("r", "Results")])
    language = Select("Language", choices=[("", "Choose"), ("en", "English")])
    since = Date("Since")
    name = Text("Name", most=5)
    email = Email("E-mail")
    again = Email("Again", validators=[same_as("email", "Write the same address twice.")])
    pages = Number("Pages", validators=[])
    fee = Money("Fee")
    code = Code("Code")
    sure = Tick("Sure", validators=[required("Tick this.")])
    scan = Upload("Scan")


@pytest.fixture(autouse=True)
def request_context() -> Iterator[None]:
    app = Flask("fields")
    app.secret_key = "for these tests"
    with app.test_request_context(method="POST"):
        yield


def filled(**values: Any) -> Asking:
    facts = MultiDict({"scope": "all", "sure": "yes"})
    for name, value in values.items():
        facts.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    form = Asking(formdata=facts)
    form.validate()
    return form


def said(form: Asking, name: str) -> list[str]:
    return list(form[name].errors)


def test_a_plain_answer_is_taken() -> None:
    form = filled(scope="all", kinds=["v", "r"], language="en", name="Mei", code=" 123 456 ", sure="yes")
    assert not form.errors
    assert form.kinds.data == ["v", "r"]
    assert (form.scope.data, form.language.data, form.name.data) == ("all", "en", "Mei")
    assert form.code.data == "123456"
    assert form.sure.data is True


def test_text_is_trimmed_composed_and_free_of_control_characters() -> None:
    form = filled(name=" Zoe\u0308\x00 ")
    assert form.name.data == "Zoë"


def test_line_breaks_count_once_however_the_browser_sends_them() -> None:
    assert filled(words="1234\r\n6789a").words.data == "1234\n6789a"
    assert not filled(words="1234\r\n6789a").errors


def test_a_text_that_is_too_long_is_told_by_how_much() -> None:
    assert said(filled(words="x" * 13), "words") == ["Use at most 10 characters here. It is 3 too long."]
    assert said(filled(name="Alexandra"), "name") == ["Use at most 5 characters here."]


def test_a_choice_that_was_not_made_asks_for_it_in_our_words() -> None:
    assert said(filled(scope=[]), "scope") == ["Choose one."]
    assert said(filled(sure=[]), "sure") == ["Tick this."]


@pytest.mark.parametrize("name", ["scope", "kinds", "language"])
def test_an_answer_that_was_not_offered_is_refused(name: str) -> None:
    assert said(filled(**{name: "<script>"}), name) == ["Choose one of the answers that are offered."]


def test_what_a_choice_opens_is_asked_for_only_when_it_is_chosen() -> None:
    assert said(filled(scope="all"), "words") == []
    assert said(filled(scope="part"), "words") == ["Say it in your own words."]


def test_an_e_mail_address_needs_its_shape_and_may_be_left_out() -> None:
    assert said(filled(), "email") == []
    assert said(filled(email="amina"), "email") == ["Write the e-mail address like this: name@example.com."]
    assert said(filled(email="a@b.ca", again="a@b.com"), "again") == ["Write the same address twice."]


def dated(day: str, month: str, year: str) -> Asking:
    return filled(since__day=day, since__month=month, since__year=year)


def test_three_boxes_are_one_date() -> None:
    assert dated("7", "03", "2020").since.data == date(2020, 3, 7)
    assert dated("29", "2", "2028").since.data == date(2028, 2, 29)


def test_a_month_may_be_written_by_name_in_the_language_spoken() -> None:
    assert dated("7", "March", "2020").since.data == date(2020, 3, 7)
    assert dated("7", "mar.", "2020").since.data == date(2020, 3, 7)
    with speaking("fr_CA"):
        assert dated("7", "Août", "2020").since.data == date(2020, 8, 7)


def test_three_empty_boxes_are_no_date() -> None:
    form = dated("", " ", "")
    assert form.since.data is None
    assert not form.since.errors


@pytest.mark.parametrize(
    ("parts", "sentence", "wrong"),
    [
        (("7", "", "2020"), "The date lacks the month. Write it like this: 27 3 2027.", ("month",)),
        (("", "", "2020"), "The date lacks the day and month. Write it like this: 27 3 2027.", ("day", "month")),
        (("7", "3", "20"), "Write the year with four digits, such as 2027.", ("year",)),
        (("7", "13", "2020"), "There is no such date.", ("month",)),
        (("30", "2", "2020"), "There is no such date.", ("day", "month", "year")),
        (("-1", "2", "2020"), "There is no such date.", ("day",)),
        (("²", "2", "2020"), "There is no such date.", ("day",)),
        (("0", "2", "2020"), "There is no such date.", ("day", "month", "year")),
    ],
)
def test_a_wrong_date_gets_one_sentence_and_names_its_boxes(
    parts: tuple[str, str, str], sentence: str, wrong: tuple[str, ...]
) -> None:
    form = dated(*parts)
    assert len(form.since.errors) == 1
    assert form.since.errors[0].startswith(sentence)
    assert form.since.data is None
    assert form.since.wrong == wrong
    assert tuple(form.since.written.values()) == parts


def test_a_date_that_is_known_fills_its_boxes() -> None:
    form = Asking(formdata=None, data={"since": date(2020, 3, 7)})
    assert form.since.written == {"day": "7", "month": "3", "year": "2020"}


@pytest.mark.parametrize(("written", "number"), [("30", 30), (" 1,200 ", 1200), ("١٢", 12), ("", None)])
def test_a_number_is_read_as_people_write_it(written: str, number: int | None) -> None:
    assert filled(pages=written).pages.data == number


@pytest.mark.parametrize("written", ["ten", "1.5", "9" * 30])
def test_what_is_no_number_is_told_in_one_sentence(written: str) -> None:
    form = filled(pages=written)
    assert form.pages.data is None
    assert said(form, "pages") == ["Write a whole number, such as 30."]


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("25", "25.00"),
        ("$1,250.50", "1250.50"),
        ("12,5", "12.50"),
        ("25,00 $", "25.00"),
        ("1,250", "1250.00"),
        ("", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(written: str, amount: str | None) -> None:
    assert filled(fee=written).fee.data == (None if amount is None else Decimal(amount))


@pytest.mark.parametrize("written", ["-1", "1.234", "NaN", "inf", "1e9", "free"])
def test_what_is_no_amount_is_told_in_one_sentence_and_kept_for_correcting(written: str) -> None:
    form = filled(fee=written)
    assert said(form, "fee") == ["Write an amount in dollars, such as 25.00."]
    assert form.fee._value() == written


def test_a_file_that_was_not_chosen_is_none() -> None:
    assert Asking(formdata=MultiDict({"scan": FileStorage(BytesIO(), filename="")})).scan.data is None
    chosen = FileStorage(BytesIO(b"%PDF"), filename="letter.pdf")
    assert Asking(formdata=MultiDict({"scan": chosen})).scan.data is chosen


def test_what_the_service_refuses_is_hung_on_the_field_it_names() -> None:
    form = filled(scope="all", sure="yes")
    blame(form, Invalid("The first day is in the future.", "since"))
    blame(form, Invalid("Somebody else was quicker."))
    assert list(problems(form)) == [
        ("since-day", "The first day is in the future."),
        (None, "Somebody else was quicker."),
    ]
    assert form.errors


def test_problems_stand_in_the_order_of_the_page_and_lead_to_the_first_wrong_box() -> None:
    form = filled(scope=[], since__day="7", since__month="", since__year="2020", sure=[])
    assert [where for where, _sentence in problems(form)] == ["scope", "since-month", "sure"]


def every_form() -> list[type[Form]]:
    """Every form of the portal; ``FlaskForm`` itself and the forms of these tests aside."""
    import portal.web as web

    for found in pkgutil.walk_packages(web.__path__, "portal.web."):
        importlib.import_module(found.name)
    known, waiting = [], [Form]
    while waiting:
        waiting += (below := waiting.pop().__subclasses__())
        known += [each for each in below if each.__module__.startswith("portal.")]
    return list(dict.fromkeys(known))


def test_no_form_takes_a_file_for_a_text_or_a_text_for_a_file() -> None:
    """Whoever builds a request by hand may send either under any name."""
    seen: set[str] = set()
    for kind in every_form():
        fields = {name: each for name, each in vars(kind).items() if isinstance(each, UnboundField)}
        for base in kind.__mro__:
            fields |= {name: each for name, each in vars(base).items() if isinstance(each, UnboundField)}
        bare = type("Bare", (Form,), {"Meta": type("Meta", (), {"csrf": False}), **fields})
        names = [f"{name}{part}" for name in fields for part in ("", "-day", "-month", "-year")]
        handed = [(name, FileStorage(BytesIO(b"no text"), "a.txt")) for name in names]
        form = bare(formdata=MultiDict(handed))

        for field in form:
            if isinstance(field, Upload):
                assert isinstance(field.data, FileStorage), f"{kind.__name__}.{field.name}"
            else:
                assert field.data in (None, "", False, []), f"{kind.__name__}.{field.name}: {field.data!r}"
            seen.add(type(field).__name__)
        form = bare(formdata=MultiDict((name, "text") for name in names))
        assert not [field.name for field in form if isinstance(field, Upload) and field.data], kind.__name__
    assert {"Text", "LongText", "Email", "Code", "Password", "Hidden", "Tick", "Date", "Upload"} <= seen
