"""What every field of ours has, and what may be asked of an answer: that it is there, that two are alike."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from portal.domain import typed_text
from portal.domain.errors import Invalid, SentBefore
from portal.domain.words import N_, _

KEYS = ("key", "once")  # what a form carries so that a second press of it is known


class Asked:
    """What our fields carry beyond the library's: a hint, the browser's ``autocomplete``, a width in characters."""

    macro = "input"
    kind = "text"
    inputmode: str | None = None

    def __init__(
        self,
        label: str = "",
        validators: Sequence[Any] = (),
        *,
        hint: str = "",
        autocomplete: str | None = None,
        width: int | None = None,
        **rest: Any,
    ) -> None:
        self.hint = hint
        self.autocomplete = autocomplete
        self.width = width
        # The form itself, so that a choice can draw the field it reveals.
        self.form = rest.get("_form")
        super().__init__(label, validators, **rest)  # type: ignore[call-arg]

    @property
    def first_id(self) -> str:
        """The element the error summary leads to."""
        return str(self.id)  # type: ignore[attr-defined]


def clean(text: Any) -> str:
    """What a person typed in a box of several lines, made plain. A file that came under the name of a text is none."""
    return typed_text.several_lines(text) if isinstance(text, str) else ""


def clean_line(text: Any) -> str:
    """The same for a box of one line."""
    return typed_text.one_line(text) if isinstance(text, str) else ""


class required:  # noqa: N801 - reads as a word in a list of validators
    """Something must be written, chosen, ticked or attached; the sentence says what."""

    def __init__(self, sentence: str = N_("Fill this in.")) -> None:
        self.sentence = sentence

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation
        empty = field.data is None or field.data is False or field.data == []
        if empty or (isinstance(field.data, str) and not field.data.strip()):
            field.errors[:] = []
            raise StopValidation(_(self.sentence))


class required_without(required):  # noqa: N801
    """As ``required``, unless the field ``other`` says it instead: a passkey in place of what is typed."""

    def __init__(self, other: str, sentence: str) -> None:
        super().__init__(sentence)
        self.other = other

    def __call__(self, form: Any, field: Any) -> None:
        if not form[self.other].data:
            super().__call__(form, field)


class required_if(required):  # noqa: N801
    """As ``required``, when the field ``other`` has the value (or one of the values) ``chosen``."""

    def __init__(self, other: str, chosen: str | Iterable[str], sentence: str) -> None:
        super().__init__(sentence)
        self.other = other
        self.chosen = {chosen} if isinstance(chosen, str) else set(chosen)

    def __call__(self, form: Any, field: Any) -> None:
        given = form[self.other].data
        if self.chosen & set(given if isinstance(given, list) else [given]):
            super().__call__(form, field)


class same_as:  # noqa: N801
    """Typed twice alike, as with a new password."""

    def __init__(self, other: str, sentence: str) -> None:
        self.other = other
        self.sentence = sentence

    def __call__(self, form: Any, field: Any) -> None:
        if field.data != form[self.other].data:
            raise StopValidation(_(self.sentence))


def blame(form: FlaskForm, error: Invalid) -> None:
    """Hang a service's no on the field it names, or on the form as a whole; the page is then shown again with 422.

    A form that said something else when it was sent before gets a key of its own, so that the next press sends it.
    """
    if isinstance(error, SentBefore):
        for key in (form[name] for name in KEYS if name in form):
            key.data = str(uuid4())
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.sentence]
    else:
        form.form_errors = [*form.form_errors, error.sentence]
