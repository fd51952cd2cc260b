"""Fields on the page: the parameters of the design system's macros, with their words translated, and their drawing.

The kit's own macros take a millisecond or two a field. ``templates/components/fields`` writes the same markup directly
for what we use of them; a test draws every field both ways and compares.
"""

from collections.abc import Hashable, Iterator
from functools import lru_cache
from typing import Any

from flask import Flask
from jinja2 import Environment
from markupsafe import Markup

from portal.domain.words import N_, _, language
from portal.web.fields import Choice, Choices, Date, LongText, Number, Password, Select, Tick, Upload

PART_LABELS = {"day": N_("Day"), "month": N_("Month"), "year": N_("Year")}
Params = dict[str, Any]


class Pen:
    """Draws fields in one environment of templates; every macro is looked up once."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self.macros: dict[str, Any] = {}

    def field(self, field: Any, heading: bool = False, size: str | None = None, classes: str = "") -> Markup:
        """The field with label, hint and error. ``heading`` makes its question the page's ``h1``."""
        return self._draw(field.macro, self.params(field, heading, size, classes))

    def params(self, field: Any, heading: bool = False, size: str | None = None, classes: str = "") -> Params:
        """What the kit's macro of that field would be given."""
        title: Params = {"text": _say(field.label.text), "size": size or ("xl" if heading else None)}
        if heading:
            title["isPageHeading"] = True
        params: Params = {"name": field.name, "hint": _say(field.hint), "classes": classes, **_error(field)}
        return params | self._particulars(field, title)

    def _particulars(self, field: Any, title: Params) -> Params:
        if isinstance(field, (Choice, Choices)):
            items = [self._item(field, *each) for each in field.iter_choices()]
            return {"idPrefix": field.id, "fieldset": {"legend": title}, "items": items}
        if isinstance(field, Tick):
            return {
                "idPrefix": field.id,
                "items": [{"value": "yes", "text": title["text"], "checked": bool(field.data)}],
            }
        if isinstance(field, Date):
            return {"id": field.id, "fieldset": {"legend": title}, "items": _three_boxes(field)}
        return {"id": field.id, "label": title} | _asks(field)

    def _item(self, field: Any, value: Any, text: str, chosen: bool) -> Params:
        item: Params = {"value": value, "text": _say(text), "checked": chosen}
        if hint := field.hints.get(value):
            item["hint"] = {"text": _say(hint)}
        if opens := field.reveals.get(value):
            item["conditional"] = {"html": self.field(field.form[opens])}
        return item

    def _draw(self, macro: str, params: Params) -> Markup:
        if macro not in self.macros:
            name = "".join(f"_{c.lower()}" if c.isupper() else c for c in macro)
            self.macros[macro] = getattr(self.environment.get_template(f"components/fields/{name}.html").module, macro)
        # The macro has escaped what it was given.
        return Markup(self.macros[macro](params))  # noqa: S704


def problems(form: Any) -> Iterator[tuple[str | None, str]]:
    """What has to be put right: the element to go to and one sentence each, in the order of the page."""
    for field in form:
        if not field.errors:
            continue
        if field.name == "csrf_token":
            yield None, _("This page was open for too long. Nothing is lost: send it again.")
        else:
            yield getattr(field, "first_id", field.id), str(field.errors[0])
    for sentence in form.form_errors:
        yield None, str(sentence)


@lru_cache(maxsize=1024)
def _drawn(macro: Any, _spoken: str, *arguments: Hashable) -> Markup:
    drawn: Markup = macro(*arguments)
    return drawn


def drawn_once(macro: Any, *arguments: Hashable) -> Markup:
    """What ``macro`` draws of these values in the language spoken now, drawn the first time only.

    For what depends on its arguments alone, such as the days of a clock: many cases have the same.
    """
    return _drawn(macro, language(), *arguments)


def init_app(app: Flask) -> None:
    """Give the templates ``field``, ``problems`` and ``drawn_once``."""
    app.jinja_env.globals.update(field=Pen(app.jinja_env).field, problems=problems, drawn_once=drawn_once)


def _say(text: Any) -> Any:
    """A marked text in the language spoken now; markup and nothing as they are."""
    return _(text) if isinstance(text, str) and text and not isinstance(text, Markup) else text or None


def _error(field: Any) -> Params:
    if not field.errors:
        return {}
    return {"errorMessage": {"text": str(field.errors[0]), "visuallyHiddenText": _("Problem")}}


def _asks(field: Any) -> Params:
    """What the input itself carries."""
    if isinstance(field, Upload):
        return {"attributes": {"accept": field.accept}} if field.accept else {}
    if isinstance(field, Select):
        return {"items": [{"value": v, "text": _say(t), "selected": on} for v, t, on in field.iter_choices()]}
    asks: Params = {"autocomplete": field.autocomplete}
    if isinstance(field, LongText):
        return asks | {"value": field.data or "", "rows": field.rows, "maxlength": field.limit} | _count_words()
    if isinstance(field, Password):
        return asks | _password_words()
    value = field.raw_data[0] if isinstance(field, Number) and field.raw_data else field._value()
    asks |= {"value": value, "type": field.kind, "width": field.width, "inputmode": field.inputmode}
    return asks | ({"unit": _say(field.unit)} if isinstance(field, Number) and field.unit else {})


def _three_boxes(field: Date) -> list[Params]:
    wrong = field.wrong or (field.parts if field.errors else ())
    birthday = field.autocomplete == "bday"
    return [
        {
            "id": f"{field.id}-{part}",
            "name": f"{field.name}-{part}",
            "label": _(PART_LABELS[part]),
            "value": field.written[part],
            "width": 4 if part == "year" else 2,
            "error": part in wrong,
            "autocomplete": f"bday-{part}" if birthday else None,
        }
        for part in field.parts
    ]


def _count_words() -> Params:
    return {
        "textareaDescriptionText": _("You can use up to %{count} characters"),
        "charactersUnderLimitText": {
            "one": _("You have %{count} character left"),
            "other": _("You have %{count} characters left"),
        },
        "charactersAtLimitText": _("You have no characters left"),
        "charactersOverLimitText": {
            "one": _("You have %{count} character too many"),
            "other": _("You have %{count} characters too many"),
        },
    }


def _password_words() -> Params:
    return {
        "showPasswordText": _("Show"),
        "hidePasswordText": _("Hide"),
        "showPasswordAriaLabelText": _("Show the password"),
        "hidePasswordAriaLabelText": _("Hide the password"),
        "passwordShownAnnouncementText": _("Your password is shown"),
        "passwordHiddenAnnouncementText": _("Your password is hidden"),
    }
