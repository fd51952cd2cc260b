"""Letters, packages and e-mails from the templates, without a request: for the worker, the command line and tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from portal.adapters import formats
from portal.adapters.qr_codes import qr_picture
from portal.domain.words import _, language, ngettext


class Paper:
    """The folder of templates with the pages' own filters and words.

    ``facts`` are what every sheet may use, such as ``clinic``. Templates are read once: a running worker prints with
    those it began with. A name that is not there is an error: a letter with a hole must never leave.
    """

    def __init__(self, templates: Path, zone_name: str, facts: Mapping[str, Any] | None = None) -> None:
        self.environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=_is_markup,  # noqa: S701
            auto_reload=False,
            undefined=StrictUndefined,
        )
        self.environment.filters.update(formats.filters(zone_name), qr_picture=qr_picture)
        self.environment.globals.update(_=_, ngettext=ngettext, **(facts or {}))

    def render(self, template: str, **context: Any) -> str:
        """The template with these facts, in the language spoken now."""
        return self.environment.get_template(template).render(language=language(), **context)


def _is_markup(template: str | None) -> bool:
    """Everything is escaped but plain text, where ``&amp;`` would be read as it stands."""
    return template is None or not template.endswith(".txt")
