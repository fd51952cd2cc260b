"""Imports run one way: down. The table is the architecture's (docs/architecture.md)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest

ROOT = Path(__file__).resolve().parents[1]
PORTAL = ROOT / "portal"
# A layer, and the layers it may import. ``demo`` is plain data made for the demo clinic.
BELOW: dict[str, set[str]] = {
    "domain": set(),
    "demo": set(),
    "models": {"domain"},
    "adapters": {"domain"},
    "services": {"domain", "models", "demo"},
    "edges": {"domain", "models", "adapters", "services"},
    "web": {"domain", "services", "edges"},
    "cli": {"domain", "services", "adapters", "edges", "worker", "models", "demo"},
    "worker": {"domain", "services", "edges"},
}
# What only some modules of a layer may import besides, and why.
EXCEPTIONS = {
    "portal/web/__init__.py": {"adapters"},  # the factory alone builds adapters
}
FOREIGN = {
    "domain": {"flask", "sqlalchemy", "config", "weasyprint", "jinja2"},
    "models": {"flask", "config"},
    "adapters": {"flask", "sqlalchemy", "config"},
    "services": {"flask", "config", "weasyprint", "jinja2", "pikepdf", "cryptography", "PIL"},
    "web": {"sqlalchemy"},
}
FOREIGN_EXCEPTIONS = {"portal/web/work.py": {"sqlalchemy"}}  # one error class: the database is out of reach
DOMAIN_DATA = {"tzdata"}  # zone files, read through importlib.resources
CLI_MODELS = {"portal.models.schema", "portal.models.session", "portal.models"}
AUDIENCES = {"public", "account", "patient", "office", "fhir"}
HOMELESS = {"utils", "helpers", "common", "misc", "manager", "handler"}
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 300, 45, 8

MODULES = sorted(PORTAL.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_run_down(path: Path) -> None:
    layer = path.relative_to(PORTAL).parts[0].removesuffix(".py")
    if layer == "__init__":
        return
    below = BELOW[layer] | EXCEPTIONS.get(name_of(path), set()) | {layer}
    for name in imports(path):
        head, _dot, rest = name.partition(".")
        if head == "portal" and rest:
            assert rest.split(".")[0] in below, f"{name_of(path)} imports {name}"
        foreign = FOREIGN.get(layer, set()) - FOREIGN_EXCEPTIONS.get(name_of(path), set())
        assert head not in foreign, f"{name_of(path)} imports {name}"


@pytest.mark.parametrize("path", sorted((PORTAL / "cli").glob("*.py")), ids=name_of)
def test_a_command_knows_of_the_models_only_the_schema_and_the_connection(path: Path) -> None:
    for name in imports(path):
        if name.startswith("portal.models"):
            assert any(name == known or name.startswith(f"{known}.") for known in CLI_MODELS - {"portal.models"}) or (
                name == "portal.models.schema"
            ), f"{name_of(path)} imports {name}"


@pytest.mark.parametrize("path", sorted((PORTAL / "web").rglob("*.py")), ids=name_of)
def test_audiences_never_import_one_another(path: Path) -> None:
    own = path.relative_to(PORTAL / "web").parts[0]
    if own not in AUDIENCES:
        return
    for name in imports(path):
        parts = name.split(".")
        if parts[:2] == ["portal", "web"] and len(parts) > 2:
            assert parts[2] not in AUDIENCES - {own}, f"{name_of(path)} imports {name}"


def test_the_domain_needs_the_standard_library_only() -> None:
    import sys

    for path in sorted((PORTAL / "domain").rglob("*.py")):
        for name in imports(path):
            head = name.split(".")[0]
            assert head in sys.stdlib_module_names or head == "portal" or head in DOMAIN_DATA, f"{path} imports {name}"


def test_only_the_workflow_moves_a_case() -> None:
    for path in MODULES:
        # A letter on its way has stages of its own, by the rules of ``domain/dispatches``.
        if path.name in ("workflow.py", "dispatches.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            targets = node.targets if isinstance(node, ast.Assign) else []
            moved = [t for t in targets if isinstance(t, ast.Attribute) and t.attr == "stage"]
            assert not moved, f"{name_of(path)}:{node.lineno} sets a stage"


def test_only_the_audit_service_writes_the_trail() -> None:
    for path in MODULES:
        if path.relative_to(PORTAL).as_posix() in ("services/audit.py", "models/audit.py"):
            continue
        assert "AuditEntry(" not in path.read_text(), name_of(path)


def test_only_the_sign_ins_service_opens_a_session() -> None:
    for path in MODULES:
        if path.relative_to(PORTAL).as_posix() not in ("services/sign_ins.py", "models/accounts.py"):
            assert not re.search(r"\bSignIn\(", path.read_text()), name_of(path)


def test_nobody_but_the_edges_commits() -> None:
    edges = {"portal/edges.py", "portal/worker.py", "portal/models/schema.py"}
    for path in MODULES:
        if name_of(path) not in edges:
            assert ".commit()" not in path.read_text(), f"{name_of(path)} commits"


def test_no_module_is_a_drawer_for_everything() -> None:
    for path in MODULES:
        assert path.stem not in HOMELESS, name_of(path)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_file_has_one_subject_and_a_function_fits_in_one_look(path: Path) -> None:
    text = path.read_text()
    assert len(text.splitlines()) <= LONGEST_FILE, f"{name_of(path)} has grown two subjects"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{name_of(path)}:{node.name} has {length} lines"


def test_most_functions_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    ]
    assert median(lengths) <= MEDIAN_FUNCTION


@pytest.mark.parametrize("path", [p for p in MODULES if p.stat().st_size], ids=name_of)
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), name_of(path)


def test_templates_never_switch_escaping_off() -> None:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text()
        for forbidden in ("|safe", "| safe", "autoescape false"):
            assert forbidden not in text, f"{path.relative_to(ROOT)} has {forbidden}"
        assert not re.search(r"<[a-z][^>{}]*\s(style|on[a-z]+)=", text), (
            f"{path.relative_to(ROOT)} is styled or scripted inline"
        )
        # Where an address stands on a sheet is reckoned for each format; these are pressed and never served.
        if path.relative_to(ROOT).as_posix() not in (
            "templates/letters/window.html",
            "templates/letters/envelopes.html",
        ):
            assert "<style" not in text, path.relative_to(ROOT)
