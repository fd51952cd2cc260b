"""The documents say what the code says."""

import re
from pathlib import Path

from portal.cli import main
from portal.domain.cases import KINDS
from portal.domain.workflow import Step
from portal.services.effects import EFFECTS
from portal.services.jobs import JOBS
from portal.services.recurring_jobs import RECURRING
from setup import documents

ROOT = Path(__file__).resolve().parents[1]
STEPS = [step for kind in KINDS.values() for step in kind.workflow.steps]


def test_the_drawn_pages_are_as_the_tables_are() -> None:
    for path, text in documents.pages().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name} is behind: run `make docs`"


def test_every_effect_a_workflow_names_has_a_hand_and_every_hand_is_used() -> None:
    named = {effect for step in STEPS for effect in step.effects}
    assert named == set(EFFECTS)


def test_every_job_has_a_hand() -> None:
    promised: set[str] = set()
    for path in (ROOT / "portal" / "services").glob("*.py"):
        promised |= set(re.findall(r'work\.promise\(\s*"(\w+)"', path.read_text()))
    assert promised | set(RECURRING) == set(JOBS)


def test_every_step_has_words_for_its_button() -> None:
    for step in STEPS:
        assert isinstance(step, Step)
        assert step.label[0].isupper()


def test_every_decision_is_numbered_titled_and_reasoned() -> None:
    numbers = []
    for path in sorted((ROOT / "docs" / "decisions").glob("*.md")):
        text = path.read_text(encoding="utf-8")
        assert re.match(r"# 0*\d+\.? \S", text), f"{path.name} has no number and title"
        assert len(text.split()) >= 60, f"{path.name} gives no reasons"
        numbers.append(path.name[:4])
    assert len(numbers) == len(set(numbers))


def test_the_readme_is_short_and_names_the_two_commands_first() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    start = "\n".join(lines[:25])
    assert "make run" in start
    assert "make test" in start


def test_every_command_is_described() -> None:
    def commands(group: object, path: str = "") -> set[str]:
        found: set[str] = set()
        for name, command in getattr(group, "commands", {}).items():
            inner = commands(command, f"{path}{name} ")
            found |= inner or {f"{path}{name}"}
        return found

    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    for name in commands(main):
        assert f"portal {name}" in text, f"`portal {name}` is not in docs/operations.md"


def test_no_document_names_a_machine() -> None:
    forbidden = re.compile("/" + "root/|/" + "work/|python" + "hosted|npm" + "js")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), *ROOT.glob("*.lock"), *(ROOT / "docs").rglob("*.md")]:
        assert not forbidden.search(path.read_text(encoding="utf-8")), path.name
