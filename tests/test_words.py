"""The words a patient reads: short sentences, common words, nobody blamed."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = ROOT / "templates"
MARKS = ("_", "N_", "gettext", "ngettext")
GRADE = 8.0  # years of school that a text may ask for, on the average of its page (Flesch and Kincaid)
LONGEST_SENTENCE = 30
PLACE = re.compile(r"%\(\w+\)[sd]")
NEVER = (
    "please note",
    "invalid",
    "illegal",
    "forbidden",
    "failed to",
    "in order to",
    "pursuant",
    "herein",
    "must be a ",
)
PATIENTS_PAGES = ("patient", "account", "public", "errors", "emails", "letters", "packages", "components", "layouts")
SPOKEN = ("letters", "standing.py", "wishes.py", "access_requests.py", "errors.py")


def said_by_template(path: Path) -> Iterator[str]:
    with path.open("rb") as source:
        for _line, _call, message, _comments in babel_extract(source, MARKS, [], {"silent": "false"}):
            yield from filter(None, message if isinstance(message, tuple) else (message,))


def said_by_code(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKS:
            yield from (arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


def sources() -> dict[str, list[str]]:
    """Every file that speaks to a patient, with what it says."""
    templates = [path for folder in PATIENTS_PAGES for path in (TEMPLATES / folder).rglob("*.*")]
    domain = [path for name in SPOKEN for path in _modules(ROOT / "portal" / "domain" / name)]
    pages = [path for folder in ("patient", "public") for path in (ROOT / "portal" / "web" / folder).glob("*.py")]
    said = {path: list(said_by_template(path)) for path in templates}
    said |= {path: list(said_by_code(path)) for path in (*domain, *pages)}
    return {str(path.relative_to(ROOT)): texts for path, texts in said.items() if texts}


def _modules(path: Path) -> list[Path]:
    return sorted(path.glob("*.py")) if path.is_dir() else [path]


def sentences(text: str) -> list[str]:
    """The sentences of a text; what is put into a place is a short word."""
    filled = PLACE.sub("Ann", text).replace("%%", "percent")
    return [part.strip() for part in re.split(r"(?<=[.!?:;])\s+|\n+", filled) if part.strip()]


def words(sentence: str) -> list[str]:
    return re.findall(r"[A-Za-z]+(?:['’-][A-Za-z]+)*", sentence)


def syllables(word: str) -> int:
    """Groups of vowels; a last silent e does not count."""
    plain = re.sub(r"[^a-z]", "", word.casefold())
    plain = re.sub(r"(?<=[^aeiouyl])e$|(?<=[^aeiouydt])ed$|(?<=[^aeiouyszxc])es$", "", plain)
    return max(1, len(re.findall(r"[aeiouy]+", plain)))


def grade(texts: list[str]) -> float:
    """The school year for which these sentences are easy (Flesch–Kincaid)."""
    spoken = [words(sentence) for text in texts for sentence in sentences(text)]
    all_words = [word for sentence in spoken for word in sentence]
    length = len(all_words) / max(1, len(spoken))
    return 0.39 * length + 11.8 * sum(map(syllables, all_words)) / max(1, len(all_words)) - 15.59


def whole_sentences(texts: list[str]) -> list[str]:
    """Labels and headings left out: they are short, and would make a hard text look easy."""
    return [text for text in texts if re.search(r"[.?!]", text) and len(words(text)) > 3]


FILES = sources()


@pytest.mark.parametrize("file", sorted(FILES))
def test_no_sentence_is_too_long(file: str) -> None:
    for text in FILES[file]:
        for sentence in sentences(text):
            assert len(words(sentence)) <= LONGEST_SENTENCE, f"{file}: {sentence}"


def test_what_a_patient_reads_asks_for_eight_years_of_school() -> None:
    whole = [text for texts in FILES.values() for text in whole_sentences(texts)]
    assert len(whole) > 300
    assert grade(whole) <= GRADE - 1


LONG_ONES = sorted(name for name, texts in FILES.items() if len(words(" ".join(whole_sentences(texts)))) > 100)


@pytest.mark.parametrize("file", LONG_ONES)
def test_no_page_asks_for_much_more_than_the_others(file: str) -> None:
    assert grade(whole_sentences(FILES[file])) <= GRADE, (
        f"{file} is for grade {grade(whole_sentences(FILES[file])):.1f}"
    )


@pytest.mark.parametrize("file", sorted(FILES))
def test_nobody_is_scolded_or_spoken_to_like_a_form(file: str) -> None:
    for text in FILES[file]:
        assert not [phrase for phrase in NEVER if phrase in text.casefold()], f"{file}: {text}"


def test_the_measure_tells_plain_from_difficult() -> None:
    assert grade(["The cat sat on the mat.", "We write to you soon."]) < 2
    assert grade(["Notwithstanding the aforementioned considerations, disclosure necessitates authorisation."]) > 20
    assert [syllables(word) for word in ("record", "asked", "time", "you", "physician", "date")] == [2, 1, 1, 1, 3, 1]
