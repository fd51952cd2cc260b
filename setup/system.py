"""The Debian and Ubuntu packages the portal stands on: which are missing, and how they come."""

import importlib.util
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from setup import SetupError

# Pango lays out every PDF (pangoft2 is loaded at run time, harfbuzz-subset makes embedded fonts small). The fonts are
# for what people are called: a letter must not print boxes where a name stands. DejaVu and Noto cover the alphabets of
# Europe, the Middle East, South Asia, First Nations and Inuit languages; WenQuanYi covers Chinese, Japanese and Korean.
LIBRARIES = (
    "libpango-1.0-0",
    "libpangoft2-1.0-0",
    "libharfbuzz-subset0",
    "fonts-dejavu-core",
    "fonts-noto-core",
    "fonts-wqy-zenhei",
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
POSTGRES = "/usr/lib/postgresql"
APT_LISTS = Path("/var/lib/apt/lists")
OS_RELEASE = Path("/etc/os-release")
TRIES = 3

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def ensure(purpose: str) -> None:
    """Install what ``purpose`` needs and this machine lacks; ``SetupError`` with the one line to run when not root."""
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        _elsewhere()
        return
    packages = missing(purpose)
    if not packages:
        return
    if os.geteuid() != 0:
        raise SetupError(advice(packages))
    print(f"Installing system packages: {' '.join(packages)}", flush=True)
    install(packages)


def missing(purpose: str) -> list[str]:
    """The Debian packages to install for ``purpose``, in a stable order."""
    found = installed(LIBRARIES)
    packages = [name for name in LIBRARIES if name not in found]
    if importlib.util.find_spec("ensurepip") is None:
        packages.append("python3-venv")  # Debian's python3 comes without the means to make a virtual environment
    if purpose in {"tests", "bench"}:
        packages += _for_tests()
    if purpose == "bench" and shutil.which("wrk") is None:
        packages.append("wrk")
    return packages


def _for_tests() -> list[str]:
    packages = []
    if shutil.which("pdftotext") is None:
        packages.append("poppler-utils")
    if not any(Path(POSTGRES).glob("*/bin/initdb")):
        packages.append("postgresql")
    if not any(map(shutil.which, BROWSERS)):
        if distribution() == "ubuntu":  # there the package only asks for a snap, which no container can install
            print("No Chromium here, so the tests in a browser will be skipped: sudo snap install chromium", flush=True)
        else:
            packages.append("chromium")
    return packages


def installed(names: Sequence[str]) -> set[str]:
    """Which of ``names`` dpkg knows as installed."""
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        capture_output=True,
        text=True,
        check=False,  # it ends with 1 when one of the names is unknown
    )
    pairs = (line.split() for line in answer.stdout.splitlines())
    return {pair[0] for pair in pairs if len(pair) == 2 and pair[1] == "installed"}


def distribution(release: Path = OS_RELEASE) -> str:
    """The machine's own name for its distribution, such as ``debian`` or ``ubuntu``."""
    lines = release.read_text("utf-8").splitlines() if release.exists() else []
    names = [line.partition("=")[2].strip("\"'") for line in lines if line.startswith("ID=")]
    return names[0] if names else "unknown"


def advice(packages: Sequence[str]) -> str:
    """What somebody who is not root is told: one line to run."""
    update = "" if _have_lists() else "sudo apt-get update && "
    return (
        "Some system packages are missing. Please run this line, then the same make command again:\n\n"
        f"    {update}sudo apt-get install -y --no-install-recommends {' '.join(packages)}\n"
    )


def install(packages: Sequence[str], run: Run = subprocess.run, wait: Callable[[float], None] = time.sleep) -> None:
    """Install with apt-get; fresh package lists are fetched when there are none and whenever a try fails."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    options = ["-q", "-o", "Acquire::Retries=3", "-o", "DPkg::Lock::Timeout=120"]
    for attempt in range(TRIES):
        if attempt or not _have_lists():
            run(["apt-get", "update", *options], env=environment, check=False)
        command = ["apt-get", "install", "-y", "--no-install-recommends", *options, *packages]
        if run(command, env=environment, check=False).returncode == 0:
            return
        wait(2 * (attempt + 1))
    raise SetupError(f"apt-get could not install {' '.join(packages)}; its own words stand above.")


def _have_lists() -> bool:
    return any(APT_LISTS.glob("*_Packages*"))


def _elsewhere() -> None:
    """Neither Debian nor Ubuntu: say what has to be there, and go on."""
    if shutil.which("pango-view") is None and not any(Path("/usr").glob("lib*/**/libpangoft2-1.0*")):
        print("This is neither Debian nor Ubuntu: please see that Pango 1.50 or later is installed.", flush=True)
