"""The fields of the portal's forms: what each asks, how it reads what was written, what it says when it cannot.

A form class stands at the top of the view module that shows it. Labels, hints and sentences are marked with ``N_`` and
translated where they are shown; ``portal.web.drawing`` draws each field with the design system's own macro.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import g, request
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from werkzeug.datastructures import MultiDict
from wtforms import Field, HiddenField, StringField
from wtforms.fields import (
    BooleanField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)
from wtforms.validators import StopValidation

from portal.domain import typed_text
from portal.domain.words import _
from portal.web.asked import Asked as Asked
from portal.web.asked import blame as blame
from portal.web.asked import clean as clean
from portal.web.asked import clean_line as clean_line
from portal.web.asked import required as required
from portal.web.asked import required_if as required_if
from portal.web.asked import required_without as required_without
from portal.web.asked import same_as as same_as
from portal.web.typed_dates import MissingParts, read_date

SHORT = 200
LONG = 4000
ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Form(FlaskForm):  # type: ignore[misc]
    """A form with its token. ``problems`` and the error summary come from ``portal.web.drawing``."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; on a page that is only looked at, what its reader typed before her session ran out.

            A file counts under the name of a file's field alone, and a text under any other: a field never meets what
            it cannot read. Our forms are sent as forms, so nothing else is one.
            """
            sent = super().wrap_formdata(form, formdata) if not request.is_json else None
            if sent is None:
                return g.get("left_form")
            uploads = {field.name for field in form._fields.values() if isinstance(field, FileField)}
            pairs = [(name, each) for name, values in sent.lists() for each in values]
            return MultiDict((name, each) for name, each in pairs if isinstance(each, str) is (name not in uploads))


class Text(Asked, StringField):
    """One line."""

    most = SHORT

    def __init__(
        self, label: str = "", validators: Sequence[Any] = (), *, most: int | None = None, **rest: Any
    ) -> None:
        self.most = most or self.most
        super().__init__(label, validators, **rest)

    def process_formdata(self, values: list[str]) -> None:
        self.data = clean_line(values[0]) if values else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.most:
            raise StopValidation(_("Use at most %(n)s characters here.", n=self.most))


class Email(Text):
    """An address for e-mail."""

    kind = "email"

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        if self.data and not ADDRESS.fullmatch(self.data):
            raise StopValidation(_("Write the e-mail address like this: name@example.com."))


class Phone(Text):
    """A telephone or fax number, as it was written."""

    kind = "tel"


class Code(Text):
    """A one-time code; blanks inside it are left out."""

    inputmode = "numeric"
    most = 12

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **rest: Any) -> None:
        super().__init__(label, validators, autocomplete=rest.pop("autocomplete", "one-time-code"), **rest)

    def process_formdata(self, values: list[str]) -> None:
        self.data = re.sub(r"\s+", "", clean_line(values[0])) if values else ""


class LongText(Asked, TextAreaField):
    """Several lines. ``limit`` is counted down below the box and held here."""

    macro = "characterCount"

    def __init__(
        self, label: str = "", validators: Sequence[Any] = (), *, limit: int = LONG, rows: int = 6, **rest: Any
    ) -> None:
        self.limit = limit
        self.rows = rows
        super().__init__(label, validators, **rest)

    def process_formdata(self, values: list[str]) -> None:
        self.data = clean(values[0]) if values else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > self.limit:
            over = len(self.data or "") - self.limit
            raise StopValidation(
                _("Use at most %(n)s characters here. It is %(over)s too long.", n=self.limit, over=over)
            )


class Address(LongText):
    """The lines of an envelope: no sign that cannot be seen stands in them."""

    def process_formdata(self, values: list[str]) -> None:
        self.data = typed_text.envelope(values[0]) if values else ""


class Password(Asked, PasswordField):
    """A password: never drawn again, and taken as it was typed."""

    macro = "passwordInput"

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **rest: Any) -> None:
        super().__init__(label, validators, autocomplete=rest.pop("autocomplete", "current-password"), **rest)


class Chosen(Asked):
    """What a field of choices adds: a hint for a choice, and a field that a choice opens (named in ``reveals``)."""

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] = (),
        *,
        choices: Iterable[tuple[str, str]] = (),
        hints: Mapping[str, str] | None = None,
        reveals: Mapping[str, str] | None = None,
        **rest: Any,
    ) -> None:
        self.hints = dict(hints or {})
        self.reveals = dict(reveals or {})
        super().__init__(label, validators, **rest)
        self.choices = list(choices)

    def iter_choices(self) -> list[tuple[str, str, bool]]:
        """Value, words and whether it is chosen. Pairs are ours to read: the library is giving them up."""
        given = self.given
        return [(value, words, value in given) for value, words in self.choices]

    @property
    def given(self) -> list[Any]:
        """What is chosen, as a list whether it is one or many."""
        data: Any = self.data  # type: ignore[attr-defined]
        return data if isinstance(data, list) else [data]

    def pre_validate(self, form: Any) -> None:
        known = {value for value, _words in self.choices}
        if any(value not in known for value in self.given if value not in (None, "")):
            raise StopValidation(_("Choose one of the answers that are offered."))


class Choice(Chosen, RadioField):  # type: ignore[misc]
    """One of a few answers. ``data`` is None until one is chosen."""

    macro = "radios"


class Choices(Chosen, SelectMultipleField):  # type: ignore[misc]
    """Any of a few answers: a list of values."""

    macro = "checkboxes"


class Select(Chosen, SelectField):  # type: ignore[misc]
    """One of many answers. Start the choices with ``("", …)`` so that nothing is chosen for the person."""

    macro = "select"


class Tick(Asked, BooleanField):
    """A single box to tick: True or False."""

    macro = "checkboxes"


class Number(Asked, IntegerField):
    """A whole number, or None. ``unit`` is said behind the box: what is counted."""

    inputmode = "numeric"

    def __init__(self, label: str = "", validators: Sequence[Any] = (), *, unit: str = "", **rest: Any) -> None:
        self.unit = unit
        super().__init__(label, validators, **rest)

    def process_formdata(self, values: list[str]) -> None:
        written = re.sub(r"[\s,\u00a0\u202f]", "", clean_line(values[0])) if values else ""
        if written and not re.fullmatch(r"-?\d{1,9}", written):
            self.data = None
            raise ValueError(_("Write a whole number, such as 30."))
        self.data = int(written) if written else None


class Money(Asked, StringField):
    """An amount in dollars as ``Decimal``, or None."""

    inputmode = "decimal"

    def process_formdata(self, values: list[str]) -> None:
        written = re.sub(r"[\s$\u00a0\u202f]", "", clean_line(values[0])) if values else ""
        self.data: Any = _amount(written) if written else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else f"{self.data:.2f}"


def _amount(written: str) -> Decimal:
    """``1,250.00`` and ``1250,00`` alike: the last mark before two digits is the decimal one."""
    plain = re.sub(r",(?=\d{1,2}$)", ".", written) if "." not in written else written
    try:
        amount = Decimal(plain.replace(",", ""))
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or not 0 <= amount < 10**7 or amount != round(amount, 2):
        raise ValueError(_("Write an amount in dollars, such as 25.00."))
    return round(amount, 2)


class Date(Asked, Field):
    """A day in three boxes, as a ``date`` or None. ``wrong`` names the boxes to put right."""

    macro = "dateInput"
    parts = ("day", "month", "year")

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **rest: Any) -> None:
        self.written = dict.fromkeys(self.parts, "")
        self.wrong: tuple[str, ...] = ()
        super().__init__(label, validators, **rest)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        if formdata is None or not any(f"{self.name}-{part}" in formdata for part in self.parts):
            super().process(None, data if data is not None else self.default, extra_filters)
            if isinstance(self.data, date):
                self.written = {part: str(getattr(self.data, part)) for part in self.parts}
            return
        self.process_errors: list[str] = []
        self.data: date | None = None
        self.written = {part: clean_line(formdata.get(f"{self.name}-{part}", ""))[:20] for part in self.parts}
        self.raw_data = list(self.written.values())
        try:
            self.data = read_date(**self.written)
        except MissingParts as missing:
            self.wrong = missing.parts
            self.process_errors.append(missing.sentence)

    @property
    def first_id(self) -> str:
        return f"{self.id}-{self.wrong[0] if self.wrong else 'day'}"


class Upload(Asked, FileField):  # type: ignore[misc]
    """A file; ``data`` is None when none was chosen. What it really is, the uploads adapter finds out."""

    macro = "fileUpload"

    def __init__(self, label: str = "", validators: Sequence[Any] = (), *, accept: str = "", **rest: Any) -> None:
        self.accept = accept
        super().__init__(label, validators, **rest)


class Hidden(HiddenField):
    """A value that travels with the form."""
