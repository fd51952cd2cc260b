"""``python -m setup.words``: the catalogue of every sentence a person reads, and its translations.

Sentences come from three places: calls in Python, calls in templates, and the tables in TOML whose fields are shown
through ``_``. ``python -m setup.words compile`` makes what the portal reads at run time; set-up calls it.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from setup import ROOT

LOCALES = ROOT / "locales"
TEMPLATE = LOCALES / "messages.pot"  # for a new language; drawn anew and not kept
CALLS = ("_", "N_", "ngettext")
WIDTH = 120
Message = str | tuple[str, str]

# The fields of each table that people read; "*" stands for any name or for each entry of a list.
JURISDICTION = (
    "name",
    "limits.*.window.words",
    "limits.*.pauses.*.title",
    "limits.*.pauses.*.words",
    "limits.*.extension.permission_beyond",
    "limits.*.extension.complaint_words",
    "limits.*.extension.grounds.*.title",
    "limits.*.extension.grounds.*.words",
    "limits.*.no_extension.words",
    "review_window.words",
    "review_window.more_words",
    "order_window.words",
    "fees.words",
    "fees.clock_words",
    "fees.complaint_words",
    "grounds.*.title",
    "grounds.*.plain_words",
    "grounds.*.provision",
    "grounds.*.off_reason",
    "grounds.*.test",
    "third_party_reports.words",
    "confirm_or_deny.words",
    "confirm_or_deny.provision",
    "access_answer_parts.*.words",
    "refusal_letter_parts.*.words",
    "extension_letter_parts.*.words",
    "estimate_letter_parts.*.words",
    "disclosure_notice_parts.*.words",
    "bodies.*.name",
    "bodies.*.words",
    "bodies.*.papers.words",
    "bodies.*.papers.provision",
    "retention.words",
    "retention.after_use.words",
    "retention.then.words",
    "corrections.words",
    "corrections.provision",
    "corrections.to_tell.words",
    "corrections.to_tell.provision",
    "disclosures.holding_back.*.title",
    "disclosures.holding_back.*.words",
    "disclosures.holding_back.*.provision",
    "disclosures.notice.words",
    "disclosures.notice.provision",
    "breach.words",
    "breach.provision",
    "breach.clinic.words",
    "representatives.powers.*.title",
    "representatives.powers.*.words",
    "representatives.powers.*.proof_words",
    *(f"representatives.{named}.*.title" for named in ("relations", "proofs", "ways", "capability_ways", "death_ways")),
    "consents.verbal.words",
    "consents.implied.words",
    "consents.implied.provision",
    "consents.withdrawal.words",
    "consents.lawful.*.title",
    "consents.lawful.*.words",
    "consents.lawful.*.more_words",
    "consents.lawful.*.provision",
    "consents.publication.*.words",
)
CALENDAR = ("weekdays.*.name", "holidays.*.name")
CLINIC = (
    "hours.*",
    "uses_of_information.*",
    "privacy_contact.title",
    "fees.lines.*.label",
    "fees.lines.*.unit",
    "fees.lines.*.unit_plural",
    "fees.lines.*.justification",
)
FILE_REASONS = ("reasons.*.title", "reasons.*.plain_words")
INCOMING_PAPERS = ("reasons.*.title",)
DISPATCHES = ("returns.*.title", "returns.*.patient")
MESSAGES = ("no_answer.*.title", "no_answer.*.words")
CONTACT = tuple(
    f"{group}.*.{part}"
    for group in ("channels", "formats", "never", "verified", "refusals", "told")
    for part in ("title", "hint", "office", "plain_words")
)
ACCOUNT_REQUESTS = ("kinds.*.title", "reasons.*.title", "reasons.*.words")
PATIENT_INVITATIONS = ("facts.*.title", "facts.*.asked_for")
KEEPING = (
    "record.*.comes_from",
    "record.*.why",
    "portal.*.what",
    "portal.*.comes_from",
    "portal.*.why",
    "portal.*.how_long",
)
PURPOSES = (
    "purposes.*.title",
    "purposes.*.plain_words",
    "purposes.*.refusal",
    "purposes.*.stops",
    "purposes.*.stays",
    "purposes.*.versions.*.parts.*.words",
)
COMPLAINTS = ("kinds.*.title", "kinds.*.office")
UNDERTAKINGS = ("confidentiality.title", "confidentiality.opening", "confidentiality.promises.*", "policy.title")
TABLES = {
    "portal/domain/jurisdictions/*.toml": JURISDICTION,
    "portal/domain/jurisdictions/calendars/*.toml": CALENDAR,
    "portal/domain/file_reasons.toml": FILE_REASONS,
    "portal/domain/incoming_papers.toml": INCOMING_PAPERS,
    "portal/domain/dispatches.toml": DISPATCHES,
    "portal/domain/messages.toml": MESSAGES,
    "portal/domain/contact.toml": CONTACT,
    "portal/domain/keeping.toml": KEEPING,
    "portal/domain/undertakings.toml": UNDERTAKINGS,
    "portal/domain/account_requests.toml": ACCOUNT_REQUESTS,
    "portal/domain/patient_invitations.toml": PATIENT_INVITATIONS,
    "portal/domain/purposes.toml": PURPOSES,
    "portal/domain/complaints.toml": COMPLAINTS,
    "portal/demo/clinic.toml": CLINIC,
}


def sentences() -> Catalog:
    """Everything that has to be translated, as it stands in the sources now."""
    found = Catalog()
    for message in (*_from_python(), *_from_templates(), *_from_tables()):
        found.add(message)
    return found


def catalogues() -> dict[str, Path]:
    """The languages there are, each with its file of translations."""
    return {path.parents[1].name: path for path in sorted(LOCALES.glob("*/LC_MESSAGES/messages.po"))}


def load(language: str, path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def update() -> Iterator[str]:
    """Bring every catalogue into step with the sources; says what is left to do in each.

    A sentence that changed is a new one: a guess at its old translation is never kept, since nobody would look at it.
    """
    template = sentences()
    LOCALES.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(_written(template))
    for language, path in catalogues().items():
        catalogue = load(language, path)
        catalogue.update(template, no_fuzzy_matching=True)
        dropped = len(catalogue.obsolete)
        catalogue.obsolete.clear()
        path.write_bytes(_written(catalogue))
        missing = [message for message in catalogue if message.id and not _is_full(message.string)]
        yield f"{language}: {len(catalogue)} sentences, {len(missing)} to translate, {dropped} no longer said and gone."


def compile_all() -> None:
    """Make the compiled catalogues that are missing or older than their source."""
    for language, path in catalogues().items():
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= path.stat().st_mtime:
            continue
        made = BytesIO()
        write_mo(made, load(language, path), use_fuzzy=False)
        unfinished = compiled.with_suffix(".part")
        unfinished.write_bytes(made.getvalue())
        unfinished.replace(compiled)


def _from_python() -> Iterator[Message]:
    for path in sorted((ROOT / "portal").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
                # What is looked up in a table, as in _(NAMES[kind]), is marked with N_ where the table stands.
                texts = tuple(arg.value for arg in node.args if isinstance(arg, ast.Constant))
                yield from _messages(node.func.id, texts)


def _from_templates() -> Iterator[Message]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        with path.open("rb") as file:
            for _line, call, message, _comments in babel_extract(file, CALLS, [], {"silent": "false"}):
                yield from _messages(call or "_", message if isinstance(message, tuple) else (message,))


def _from_tables() -> Iterator[Message]:
    for pattern, fields in TABLES.items():
        for path in sorted(ROOT.glob(pattern)):
            table = tomllib.loads(path.read_text(encoding="utf-8"))
            for field in fields:
                yield from _values(table, field.split("."))


def _messages(call: str, texts: tuple[Any, ...]) -> Iterator[Message]:
    """One sentence, or its forms for one thing and for many."""
    said = [text for text in texts if isinstance(text, str) and text]
    if call == "ngettext" and len(said) == 2:
        yield (said[0], said[1])
    elif call != "ngettext" and said:
        yield said[0]


def _values(value: Any, steps: list[str]) -> Iterator[str]:
    if not steps:
        if isinstance(value, str) and value:
            yield value
        return
    step, *rest = steps
    if step == "*":
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _values(inner, rest)
    elif isinstance(value, dict) and step in value:
        yield from _values(value[step], rest)


def _is_full(string: Any) -> bool:
    return all(string) if isinstance(string, (tuple, list)) else bool(string)


def _written(catalogue: Catalog) -> bytes:
    """Sorted, without places, people or times, so that two changes meet only where they say the same sentence."""
    body = BytesIO()
    write_po(body, catalogue, width=WIDTH, no_location=True, sort_output=True, omit_header=True)
    head = ['msgid ""', 'msgstr ""', '"Content-Type: text/plain; charset=utf-8\\n"']
    if catalogue.locale:
        head += [f'"Language: {catalogue.locale}\\n"', f'"Plural-Forms: {catalogue.plural_forms}\\n"']
    return "\n".join(head).encode() + b"\n\n" + body.getvalue().lstrip()


def main(arguments: list[str]) -> int:
    if arguments == ["compile"]:
        compile_all()
        return 0
    for line in update():
        print(line)
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
