"""``make lock``: writes the lock files anew at the newest versions that fit together, with hashes and no host names.

uv resolves for every platform and Python version at once; it is taken with pip for the moment and not kept.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from setup import ROOT, node

RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"
BUILD = ROOT / "requirements-build.lock"
NODE = ROOT / "requirements-node.lock"
HEADER = "# Written by `make lock` from pyproject.toml. Do not edit.\n"
NPM_LOCK = ROOT / "package-lock.json"


def main() -> None:
    """Write the five lock files."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        subprocess.run([f"{folder}/bin/python", "-m", "pip", "install", "--quiet", "uv"], check=True)
        uv = Path(folder) / "bin" / "uv"
        lock(uv, RUNTIME, "pyproject.toml")
        # One environment holds them all, so each agrees with what was locked before it.
        lock(uv, DEVELOPMENT, "pyproject.toml", "--group=dev", f"--constraint={RUNTIME}")
        lock(uv, BUILD, "--group=build", f"--constraint={DEVELOPMENT}")
        lock(uv, NODE, "--group=node")
    lock_node_modules()


def lock(uv: Path, path: Path, *what: str) -> None:
    """Resolve ``what`` for every platform into ``path``."""
    options = ["--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--no-annotate", "--upgrade"]
    command = [str(uv), "pip", "compile", "--quiet", "--no-config", *options, *what]
    answer = subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    path.write_text(HEADER + answer.stdout, "utf-8")


def lock_node_modules() -> None:
    """``package-lock.json`` with every file's hash; from where it comes is each machine's own setting."""
    node.take().run_npm("install", "--package-lock-only", "--loglevel=error")
    tree = json.loads(NPM_LOCK.read_text("utf-8"))
    for package in tree["packages"].values():
        package.pop("resolved", None)
        package.pop("funding", None)
    NPM_LOCK.write_text(json.dumps(tree, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
