"""``python -m setup.documents``: the pages of docs/ that are drawn from the tables, so that they cannot be wrong."""

from pathlib import Path

from portal.domain import access_requests, accuracy_notes, complaints, consent_changes
from portal.domain.policy import POLICY
from portal.domain.workflow import Workflow
from portal.web import reach
from setup import statuses

DOCS = Path(__file__).resolve().parents[1] / "docs"
DRAWN = "<!-- Drawn from the tables in portal/domain by `make docs`; change the tables, not this page. -->"
WORKFLOWS = {
    "An access request": access_requests.WORKFLOW,
    "A consent change": consent_changes.WORKFLOW,
    "An accuracy note": accuracy_notes.WORKFLOW,
    "A complaint": complaints.WORKFLOW,
}


def pages() -> dict[Path, str]:
    """Every drawn page with its text."""
    return {
        DOCS / "workflows.md": workflows(),
        DOCS / "permissions.md": permissions(),
        DOCS / "reach.md": reached(),
        DOCS / "status.md": statuses.drawn(DRAWN),
    }


def workflows() -> str:
    """The stages and steps of each kind of case."""
    parts = ["# Workflows", "", DRAWN, ""]
    for title, workflow in WORKFLOWS.items():
        parts += _workflow(title, workflow)
    return "\n".join(parts) + "\n"


def _workflow(title: str, workflow: Workflow) -> list[str]:
    head = "| from | step | to | who may | what must hold | what follows |"
    parts = [f"## {title}", "", head, "| --- | --- | --- | --- | --- | --- |"]
    names = workflow.stage_names
    for stage in names:
        for step in workflow.steps:
            if stage in step.sources:
                target = names[step.target] if step.target else "stays"
                guards = ", ".join(guard.__name__.replace("_", " ") for guard in step.guards)
                effects = ", ".join(effect.replace("_", " ") for effect in step.effects)
                step_words = f"{step.label} (`{step.event}`)"
                cells = (names[stage], step_words, target, f"`{step.may}`", guards, effects)
                parts.append(f"| {' | '.join(cells)} |")
    return [*parts, "", "```mermaid", "stateDiagram-v2", *_arrows(workflow), "```", ""]


def _arrows(workflow: Workflow) -> list[str]:
    return [
        f"  {stage} --> {step.target}: {step.event}"
        for stage in workflow.stage_names
        for step in workflow.steps
        if stage in step.sources and step.target is not None
    ]


def permissions() -> str:
    """Who may do what."""
    parts = ["# Permissions", "", DRAWN, "", "What is not in the table is refused.", ""]
    parts += ["| permission | who |", "| --- | --- |"]
    parts += [f"| `{permission}` | {rule.says} |" for permission, rule in POLICY.items()]
    return "\n".join(parts) + "\n"


def reached() -> str:
    """Who gets to which address."""
    parts = ["# Who reaches what", "", DRAWN.replace("portal/domain", "portal/web/reach.txt"), "", *REACH_SAYS, ""]
    parts += [f"| address | asks | {' | '.join(reach.ROLES)} |", f"| --- | --- |{' --- |' * len(reach.ROLES)}"]
    for row in reach.table().values():
        cells = [_mark(row, person) for person in reach.ROLES]
        asks = ", ".join(f"`{permission}`" for permission in row.asks)
        parts.append(f"| {row.method} `{row.address}` | {asks} | {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


REACH_SAYS = (
    "Every address of the portal by its method, the permissions it asks for, and who gets there when it is about one",
    "patient, Amina. Her representative, another patient, and a physician who is not responsible for her stand beside",
    "her. What has no mark is refused: with the way to the door for who is not signed in, with 404 for what is not",
    "hers to see, with 403 for what is not her role's to do. “Yes, later” marks what needs more than the tests' week",
    "has: a provider, a leave, a second proof.",
)


def _mark(row: reach.Row, person: str) -> str:
    if person in row.reached:
        return "yes"
    return "yes, later" if person in row.admitted else ""


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
