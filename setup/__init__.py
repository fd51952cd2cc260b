"""Gets a machine ready for the portal: system packages, Python packages, design system. Standard library only.

``python3 -m setup run`` (or ``tests``, ``bench``) from the project's directory does what is missing and nothing twice.
"""

import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - set-up is the one part that meets whatever Python the machine has
    sys.exit(
        f"The portal needs Python 3.11 or later and this is {sys.version.split()[0]}. "
        "Point make at a newer one: make run PYTHON=python3.12"
    )

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"  # what set-up keeps for itself between runs
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
PURPOSES = ("run", "tests", "bench")  # each includes "run"; "bench" includes "tests"


class SetupError(Exception):
    """Set-up cannot go on; the sentence says why and what to do."""
