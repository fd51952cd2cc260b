"""Writes the demo records: ``python -m portal.demo.make_records`` turns the stories into FHIR bundles.

Everything is fixed: the same stories give the same ids, dates, letters and drawings. Pictures depend on the version of
Pillow in their last bits, nothing else does.
"""

import json
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from portal.demo.making import administration, care, papers, results
from portal.demo.making.bundle import Bundle, Entry, Json
from portal.demo.people import Person, person

HERE = Path(__file__).resolve().parent
RECORDS = HERE / "records"
MADE = "2026-10-30T12:00:00-07:00"

_LANGUAGES = {"en": ("en-CA", "English"), "ar": ("ar", "Arabic"), "yue": ("yue", "Cantonese")}
# Owner: sign-in, kind of bundle, languages (the preferred one first).
PATIENTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "amina": ("amina@patients.example", "transaction", ("en", "ar")),
    "mei": ("mei@patients.example", "collection", ("en", "yue")),
    "cora": ("cora@patients.example", "collection", ("en",)),
}

# In the order in which they must be added: what others refer to comes first.
_SIMPLE: dict[str, Callable[[Bundle, Entry], None]] = {
    "related": administration.related,
    "visit": care.visit,
    "condition": care.condition,
    "allergy": care.allergy,
    "medication": care.medication,
    "vaccine": care.vaccine,
    "procedure": care.procedure,
    "family": care.family,
    "plan": care.plan,
    "order": results.order,
    "specimen": results.specimen,
    "report": results.report,
    "letter": papers.letter,
    "composition": papers.composition,
    "message": papers.message,
    "consent": papers.consent,
    "claim": administration.claim,
}


def story(owner: str) -> dict[str, list[Entry]]:
    """All entries of one patient by kind, in the order told."""
    told: dict[str, list[Entry]] = {}
    folder = HERE / "stories" / owner
    for path in sorted(folder.glob("*.toml")) if folder.is_dir() else [folder.with_suffix(".toml")]:
        for kind, entries in _toml(path).items():
            told.setdefault(kind, []).extend(entries)
    return told


def record(owner: str, *, draw: bool = True) -> Json:
    """The bundle of ``owner``; without ``draw`` its pictures are empty."""
    email, kind, languages = PATIENTS[owner]
    told, around = story(owner), _toml(HERE / "stories" / "clinic.toml")
    tests = _toml(HERE / "stories" / "tests.toml")
    bundle = Bundle(owner, kind, around)
    _begin(bundle, person(email), told, [_LANGUAGES[code] for code in languages])
    for name, write in _SIMPLE.items():
        for entry in told.get(name, []):
            write(bundle, entry)
    for entry in told["visit"]:
        if "note" in entry:
            papers.visit_note(bundle, entry)
    for entry in told.get("measure", []):
        results.measure(bundle, entry, tests)
    for entry in told.get("panel", []):
        results.panel(bundle, entry, tests)
    for entry in told.get("photo", []):
        papers.photo(bundle, entry, draw)
    return bundle.as_json(MADE)


def _begin(bundle: Bundle, who: Person, told: dict[str, list[Entry]], languages: list[tuple[str, str]]) -> None:
    """Who and where, before what."""
    physician = who.responsible.partition("@")[0]
    named = {"clinic", physician} | set(_named(told))
    administration.clinic(bundle, bundle.clinic, named)
    administration.patient(bundle, who, languages, physician)
    if "claim" in told:
        administration.coverage(bundle, who)


def _named(told: dict[str, list[Entry]]) -> Iterator[str]:
    for kind, entries in told.items():
        for entry in entries:
            if kind == "panel":
                yield entry.get("home", "lab")
            for field in ("who", "home", "to"):
                if isinstance(entry.get(field), str):
                    yield entry[field]


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def as_text(bundle: Json) -> str:
    """A bundle as it is kept: two spaces, letters as they are, a line end."""
    return json.dumps(bundle, ensure_ascii=False, indent=2, default=_plain) + "\n"


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no place in a bundle")


def main() -> None:
    for owner in PATIENTS:
        text = as_text(record(owner))
        (RECORDS / f"{owner}.json").write_text(text, encoding="utf-8", newline="\n")
        print(f"{owner}.json: {text.count('resourceType') - 1} resources, {len(text.encode()) / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
