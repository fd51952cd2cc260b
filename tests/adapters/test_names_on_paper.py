"""Every letter of a name has a glyph on paper: no empty box stands where somebody's name should."""

import csv
import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest

TEXT = Path(__file__).resolve().parents[3] / "shared" / "data" / "text"
# One sample of each script that the fonts of the set-up must have (setup/system.py), told in decision 0078.
SAMPLES = {
    "Latin": "Łukasz Šimůnek Nguyễn",
    "Salishan": "xʷməθkʷəy̓əm ʔaq̓am",
    "Syllabics": "ᓀᐦᐃᔭᐤ",
    "Greek": "Αλεξίου",
    "Cyrillic": "Їжакевич Ђорђе",
    "Armenian": "Գրիգորյան",
    "Georgian": "ბერიძე",
    "Hebrew": "אברהם",
    "Arabic": "محمد پارسا",
    "Devanagari": "प्रिया शर्मा",
    "Bengali": "রহমান",
    "Gurmukhi": "ਸਿੰਘ",
    "Gujarati": "પટેલ",
    "Tamil": "முருகன்",
    "Telugu": "రావు",
    "Thai": "สมชาย ใจดี",
    "Khmer": "សុខ",
    "Amharic": "ተስፋዬ",
    "Korean": "김민준",
    "Japanese": "佐藤花子 サトウ",
    "Chinese": "王小明 陳",
}


@pytest.fixture(scope="module")
def drawn() -> set[int]:
    """Every code point that some font of this machine has a glyph for."""
    if shutil.which("fc-list") is None:
        pytest.skip("fontconfig is not installed: run `make test`")
    listed = subprocess.run(["fc-list", ":", "charset"], capture_output=True, text=True, check=True).stdout
    found: set[int] = set()
    for span in set(listed.replace(":charset=", " ").replace(":", " ").split()):
        first, _dash, last = span.partition("-")
        found.update(range(int(first, 16), int(last or first, 16) + 1))
    return found


def missing(text: str, drawn: set[int]) -> set[str]:
    return {
        f"{sign} U+{ord(sign):04X}"
        for sign in text
        if ord(sign) not in drawn and unicodedata.category(sign)[0] in "LMN"
    }


@pytest.mark.parametrize("script", SAMPLES)
def test_a_script_has_its_letters(drawn: set[int], script: str) -> None:
    assert not missing(SAMPLES[script], drawn)


def test_every_name_of_the_shared_lists_can_be_printed(drawn: set[int]) -> None:
    if not TEXT.exists():
        pytest.skip("the names of many countries are not beside the project (../shared/data/text)")
    text = ""
    for kind in ("surnames", "forenames"):
        with (TEXT / "names" / f"common-{kind}-by-country.csv").open(encoding="utf-8-sig") as file:
            text += "".join(row["Localized Name"] for row in csv.DictReader(file))
    assert not missing(text, drawn)
