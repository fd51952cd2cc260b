"""What every field of ours has, and what may be asked of an answer: that it is there, that two are alike."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms.validators import StopValidation

from portal.domain.errors import Invalid
from portal.domain.words import N_, _

CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


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


def clean(text: str | None) -> str:
    """What a person typed: composed characters, one kind of line break, no control characters, no blanks around it."""
    text = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n").replace("\r", "\n")
    return CONTROLS.sub("", text).strip()


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
    """Hang a service's no on the field it names, or on the form as a whole; the page is then shown again with 422."""
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, error.sentence]
    else:
        form.form_errors = [*form.form_errors, error.sentence]
