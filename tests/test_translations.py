"""Every language the portal speaks says every sentence, with its places filled and its words in its own spelling."""

import re
import tomllib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from portal.adapters import formats
from portal.domain import actors, fees
from portal.domain.dates import say_date, say_plain_date
from portal.domain.words import _, ngettext, speaking
from setup import words

LANGUAGES = words.catalogues()
PLACE = re.compile(r"%\(\w+\)s|%\{\w+\}")
# Said in English for now. Whoever adds a sentence translates it; what is put here is counted and asked about.
UNTRANSLATED: dict[str, set[str]] = {"fr": set()}
MOST_UNTRANSLATED = 0
# Spelled the same in both languages; a sentence of places and signs alone is not asked about.
SAME = {
    "fr": {
        *("Allergies", "Code", "Conclusion", "Date", "Description", "Document", "Message", "Note", "Page", "Patients"),
        *("Plan", "Question", "Questions", "Section", "Substance", "Test", "Total", "Type"),
        *("marketing", "minute", "minutes", "normal", "page", "pages"),
    }
}
# The fields of tables that are words for people, and what is none: where a text was read, and the policy, which has its
# own French beside each clause.
SAID = {
    "title",
    "words",
    "more_words",
    "plain_words",
    "proof_words",
    "provision",
    "hint",
    "office",
    "patient",
    "asked_for",
}
NOT_SAID = {"sources", "source"}
OF_ITS_OWN = {"privacy_policy.toml"}
STEP = "Run `make words`, then translate what is empty in locales/{}/LC_MESSAGES/messages.po."


def forms(value: Any) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value,)


def sentences(language: str) -> list[tuple[Any, tuple[str, ...]]]:
    return [(m.id, forms(m.string)) for m in words.load(language, LANGUAGES[language]) if m.id]


@pytest.fixture(scope="module")
def sources() -> Catalog:
    return words.sentences()


def test_there_is_a_french_portal() -> None:
    assert "fr" in LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_is_in_step_with_what_is_said(language: str, sources: Catalog) -> None:
    said = {message.id for message in sources if message.id}
    known = {identifier for identifier, _forms in sentences(language)}
    step = STEP.format(language)
    assert not said - known, f"{len(said - known)} sentences are not in the catalogue. {step}"
    assert not known - said, f"{len(known - said)} sentences are no longer said. {step}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_in_every_form(language: str) -> None:
    empty = {forms(identifier)[0] for identifier, made in sentences(language) if not all(made)}
    assert empty == UNTRANSLATED[language], STEP.format(language)
    assert len(empty) <= MOST_UNTRANSLATED
    counted = [
        identifier for identifier, made in sentences(language) if isinstance(identifier, tuple) != (len(made) > 1)
    ]
    assert counted == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_has_the_places_of_its_sentence(language: str) -> None:
    for identifier, made in sentences(language):
        ways = [sorted(PLACE.findall(text)) for text in forms(identifier)]
        for text in filter(None, made):
            assert sorted(PLACE.findall(text)) in ways, f"{identifier}: {text}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_left_in_english(language: str) -> None:
    for identifier, made in sentences(language):
        for text in set(forms(identifier)) & set(made):
            rest = PLACE.sub("", text).replace("UTC", "")
            assert text in SAME[language] or set(re.findall(r"[^\W\d]+", rest)) <= SAME[language], text


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_a_guess(language: str) -> None:
    assert [message.id for message in words.load(language, LANGUAGES[language]) if message.id and message.fuzzy] == []


def test_french_is_spelled_as_canadians_spell_it() -> None:
    """A hard blank before a colon and inside « », none before ? and !, and an apostrophe that is one."""
    settings = re.compile(r"PORTAL_\w+|[a-z]+://\S+|`[^`]*`")
    for _identifier, made in sentences("fr"):
        for text in made:
            plain = settings.sub("", text)
            assert not re.search(r" [:»](?:\s|$)|« |\s[?!;](?:\s|$)|[\"']|[“”]", plain), text


def test_a_guess_is_never_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8"\n'
    body = '#, fuzzy\nmsgid "One"\nmsgstr "Deviné"\n\nmsgid "Two"\nmsgstr "Deux"\n'
    (folder / "messages.po").write_text(f"{head}\n{body}", encoding="utf-8")
    monkeypatch.setattr(words, "LOCALES", tmp_path)
    words.compile_all()
    compiled = (folder / "messages.mo").read_bytes()
    assert b"Deux" in compiled
    assert "Deviné".encode() not in compiled


def test_what_the_law_and_the_clinic_say_is_among_the_sentences(sources: Catalog) -> None:
    for said in (
        "30 days, not counting Saturdays, Sundays and holidays",
        "It could put somebody else in danger",
        "section 23(4)(a) of the Personal Information Protection Act",
        "National Day for Truth and Reconciliation",
        "Paper copies",
        "We used it where the law told us to.",
    ):
        assert said in sources, said


def test_no_sentence_of_a_table_is_forgotten(sources: Catalog) -> None:
    """What a table says in words goes through ``_`` somewhere: a field nobody named here stays English for ever."""
    known = {text for message in sources if message.id for text in forms(message.id)}
    for path in sorted((words.ROOT / "portal/domain").rglob("*.toml")):
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        forgotten = set(said_in({key: value for key, value in table.items() if key not in NOT_SAID})) - known
        assert path.name in OF_ITS_OWN or not forgotten, f"{path.name}: {sorted(forgotten)}"


def said_in(value: Any, key: str = "") -> Iterator[str]:
    """Every text of a table that is for people, by the name of its field."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from said_in(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from said_in(inner, key)
    elif isinstance(value, str) and value and key in SAID:
        yield value


def test_dates_and_amounts_are_written_as_in_french() -> None:
    with speaking("fr"):
        assert say_date(date(2026, 11, 22)) == "dimanche 22 novembre 2026"
        assert say_plain_date(date(2027, 2, 1)) == "1er février 2027"
        assert fees.say_cents(1250) == formats.cents(1250) == "12,50\u00a0$"
        assert fees.say_cents(123456) == formats.cents(123456) == "1\u00a0234,56\u00a0$"
        assert formats.file_size(1_400_000) == "1,4 Mo"
        late = datetime(2026, 11, 22, 22, 31, tzinfo=UTC)
        assert formats.Clinic("UTC").time(late) == "22\u00a0h\u00a031", "an hour stays on one line"


def test_the_portal_and_its_operator_are_named_in_the_language_of_the_page_and_people_never() -> None:
    with speaking("fr"):
        assert actors.said(actors.OPERATOR.name, actors.Role.OPERATOR) == "La personne qui exploite le portail"
        assert actors.said("The operator", actors.Role.FRONT_OFFICE) == "The operator"


def test_the_portal_says_what_is_in_the_catalogue() -> None:
    with speaking("fr"):
        assert _("Sign in") == "Se connecter"
        assert _("Friday") == "vendredi"
        assert _("") == ""
        assert ngettext("%(n)s entry", "%(n)s entries", 0) == "0 élément"
        assert ngettext("%(n)s entry", "%(n)s entries", 2) == "2 éléments"
    with speaking("de"):
        assert _("Sign in") == "Sign in"
