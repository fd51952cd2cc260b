"""Names in any script: found however they are typed, sorted as people expect, and every real name both ways."""

import csv
import unicodedata
from pathlib import Path

import pytest

from portal.domain.names import asked_for, sort_key, words_of

TEXT = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"


def finds(typed: str, given: str, family: str) -> bool:
    """Whether what is typed finds this person, as the database does it."""
    words = words_of(given, family)
    ranges = asked_for(typed)
    return bool(ranges) and all(any(first <= word < before for word in words) for first, before in ranges)


@pytest.mark.parametrize(
    ("typed", "given", "family"),
    [
        ("zoe", "Zoë", "Tremblay"),
        ("ZOË TREM", "Zoë", "Tremblay"),
        ("okeefe", "Felipa", "O’Keefe"),
        ("o'keefe", "Felipa", "O'Keefe"),
        ("keefe", "Felipa", "O’Keefe"),
        ("slazak lukasz", "Łukasz", "Ślązak"),
        ("strasse", "Jo", "Straße"),
        ("nguyen", "Thị", "Nguyễn"),
        ("tran", "Đức", "Trần"),
        ("duc", "Đức", "Trần"),
        ("ИВАН", "Пётр", "Иванов"),
        ("петр", "Пётр", "Иванов"),
        ("王小明", "小明", "王"),
        ("小明", "小明", "王"),
        ("김민", "민준", "김"),
        ("さとう", "花", "サトウ"),
        ("محم", "مُحَمَّد", "الأحمد"),
        ("الاحمد", "محمد", "الأحمد"),
        ("كريم", "کریم", "رضایی"),
        ("कुमार", "राज", "कुमार"),
        ("ใจ", "สมชาย", "ใจดี"),
        ("xwmeθ", "Ada", "xʷməθkʷəy̓əm"),
        ("aqam", "Ada", "ʔaq̓am"),
        ("smith", "Ann", "Jones-Smith"),
        ("🌸", "🌸", "Sato"),
        ("ﬁsher", "Jo", "Fisher"),
    ],
)
def test_a_name_is_found_without_accents_case_or_the_keyboard_it_needs(typed: str, given: str, family: str) -> None:
    assert finds(typed, given, family)


@pytest.mark.parametrize(
    ("typed", "given", "family"),
    [
        ("%", "Ana", "Abbott"),
        ("_", "Ana", "Abbott"),
        ("bbott", "Ana", "Abbott"),
        ("か", "", "が"),
        ("ana x", "Ana", "B"),
    ],
)
def test_what_is_another_name_is_not_found(typed: str, given: str, family: str) -> None:
    assert not finds(typed, given, family)


def test_names_stand_in_the_order_people_expect() -> None:
    in_order = [
        "Andersson", "Ångström", "Émile", "Eric", "Obama", "O’Brien", "Ødegaard", "Olsen", "van Berg", "Vanberg",
        "Zorn",
        "Αλεξίου", "Ωνάσης", "Иванов", "Йорк", "Іваненко", "Ковач", "Яков", "אברהם", "بابک", "پارسا", "تاج",
        "กมล", "จันทร์", "ใจดี", "가", "각", "김", "さとう", "パク", "王", "🌸",
    ]  # fmt: skip
    assert sorted(in_order, key=lambda name: sort_key("", name)) == in_order


def test_the_given_name_decides_between_the_same_family_names_and_accents_only_after_that() -> None:
    people = [("Ana", "Côté"), ("Zoë", "Cote"), ("Ana", "Cote"), ("Ben", "Coté")]
    assert sorted(people, key=lambda person: sort_key(*person)) == [
        ("Ana", "Cote"), ("Ana", "Côté"), ("Ben", "Coté"), ("Zoë", "Cote"),
    ]  # fmt: skip


def real_names() -> list[str]:
    if not TEXT.exists():
        pytest.skip("the names of many countries are not beside the project (../shared/data/text)")
    found = []
    for kind in ("surnames", "forenames"):
        with (TEXT / "names" / f"common-{kind}-by-country.csv").open(encoding="utf-8-sig") as file:
            found += [row["Localized Name"] for row in csv.DictReader(file)]
    for line in (TEXT / "bc-indigenous" / "strings.txt").read_text("utf-8").splitlines():
        found.append(line)
    return [name.strip() for name in found if any(sign.isalpha() for sign in name)]


def test_every_name_of_the_shared_lists_is_found_by_itself_in_any_spelling_of_unicode() -> None:
    names = real_names()
    assert len(names) > 4000
    for name in names:
        for form in ("NFC", "NFD"):
            typed = unicodedata.normalize(form, name)
            for way in (typed, typed.upper(), typed.lower()):
                assert finds(way, "Ada", name[:120]), (name, way)


def test_every_name_of_the_shared_lists_has_one_place_in_the_order() -> None:
    for name in real_names():
        key = sort_key("Ada", name)
        assert key == sort_key("Ada", name)
        assert len(key) < 2600  # what an index of PostgreSQL takes
        assert sort_key("Ada", unicodedata.normalize("NFD", name))[:8] == key[:8], name


def test_a_name_of_any_length_has_a_key_that_an_index_takes() -> None:
    assert len(sort_key("ﷺ" * 120, "🌸" * 120)) < 2700
