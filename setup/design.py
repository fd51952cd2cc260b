"""The design system: compiled in the clinic's own colours into ``static/built``, with nothing from any other host.

``static/built`` holds ``portal.css`` and the fonts and images it names, ``nhsuk-frontend.min.js`` (an ES module) and
``fonts/paper/*.ttf`` for letters and packages.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

from portal.domain import colours
from portal.domain.colours import Colours
from setup import BUILD, ROOT, VENV_PYTHON, SetupError, node

SCSS = ROOT / "static" / "scss"
BUILT = ROOT / "static" / "built"
STAMP = BUILT / ".stamp"
MODULES = ROOT / "node_modules"
MODULES_STAMP = BUILD / "node_modules.json"
NPM_LOCK = ROOT / "package-lock.json"
FONT = MODULES / "@fontsource" / "atkinson-hyperlegible"
KIT = MODULES / "nhsuk-frontend" / "dist" / "nhsuk"
DEMO_CLINIC = ROOT / "portal" / "demo" / "clinic.toml"

# Where a file named in the style sheet may come from, by the folder it is named in.
SOURCES = {"fonts": FONT / "files", "images": KIT / "assets" / "images"}
NAMED = re.compile(r"""url\(\s*(["']?)(?!data:)([^"')]+)\1\s*\)""")
NAMESPACES = re.compile(r"http://www\.w3\.org/[\w./]+")  # names of XML vocabularies inside drawn icons, never fetched
ADDRESS = re.compile(r"(?:https?:|wss?:)?//[A-Za-z0-9-]+\.[A-Za-z0-9.-]+")
SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=.*")


def ensure(purpose: str) -> None:
    """Build what is out of date; instant when nothing is."""
    chosen = clinic_colours(os.environ.get("PORTAL_CLINIC", ""))
    stamp = digest(chosen)
    everything = purpose != "run"  # the page checkers too
    if not _modules_are_current(everything):
        _install_modules(everything)
    if not STAMP.exists() or STAMP.read_text("utf-8") != stamp:
        print("Building the design system into static/built", flush=True)
        build(chosen, stamp)


def clinic_colours(setting: str) -> Colours:
    """The colours of the clinic's TOML file, without one the demo clinic's; ``SetupError`` when they will not do."""
    path = Path(setting) if setting else DEMO_CLINIC
    if not setting and not path.exists():
        return Colours()
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("colours", {})
        chosen = Colours(**table)
    except (OSError, ValueError, TypeError) as fault:
        raise SetupError(f"The colours of the clinic's file {path} could not be read: {fault}") from None
    faults = list(colours.faults(chosen))
    if faults:
        raise SetupError("\n".join([f"The colours of the clinic's file {path} cannot be used:", *faults]))
    return chosen


def digest(chosen: Colours) -> str:
    """Changes whenever something that goes into the build does."""
    facts = hashlib.sha256(repr(chosen).encode())
    makers = (Path(__file__), Path(__file__).with_name("fonts.py"))
    for path in (NPM_LOCK, *makers, *sorted(SCSS.rglob("*.scss"))):
        facts.update(f"\0{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return facts.hexdigest()


def build(chosen: Colours, stamp: str) -> None:
    """Build beside the old files and change places at the end, so that a running portal never sees half a build."""
    fresh = BUILD / "built"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    compile_sheet(chosen, fresh / "portal.css")
    take_named_files(fresh / "portal.css")
    script = (KIT / "nhsuk-frontend.min.js").read_text("utf-8")
    (fresh / "nhsuk-frontend.min.js").write_text(SOURCE_MAP.sub("", script), "utf-8")
    subprocess.run(
        [str(VENV_PYTHON), "-m", "setup.fonts", str(FONT), str(fresh / "fonts" / "paper")], check=True, cwd=ROOT
    )
    refuse_addresses(fresh)
    (fresh / STAMP.name).write_text(stamp, "utf-8")
    shutil.rmtree(BUILT, ignore_errors=True)
    fresh.rename(BUILT)


def compile_sheet(chosen: Colours, target: Path) -> None:
    """``portal.css`` from ``static/scss/portal.scss`` with the clinic's colours as Sass variables."""
    entry = BUILD / "clinic.scss"
    variables = f"$brand: {chosen.primary}, $brand-dark: {chosen.hover}, $panel: {chosen.panel}"
    entry.write_text(f'@use "portal" with ({variables});\n', "utf-8")
    paths = [f"--load-path={SCSS}", f"--load-path={MODULES}"]
    options = ["--style=compressed", "--no-source-map", "--quiet-deps"]
    node.take().run(str(MODULES / "sass" / "sass.js"), *options, *paths, str(entry), str(target))


def take_named_files(sheet: Path) -> None:
    """Copy every font and image the sheet names beside it; ``SetupError`` for a name that no package has."""
    for name in sorted({name for _, name in NAMED.findall(sheet.read_text("utf-8"))}):
        folder, _, file = name.removeprefix("./").partition("/")
        source = SOURCES.get(folder, ROOT / "nowhere") / file
        if not source.is_file():
            raise SetupError(f"The style sheet names {name}, which no package has.")
        (sheet.parent / folder).mkdir(exist_ok=True)
        shutil.copyfile(source, sheet.parent / folder / file)


def refuse_addresses(folder: Path) -> None:
    """No page may load anything from another host: refuse a sheet or script that names one."""
    for path in sorted([*folder.rglob("*.css"), *folder.rglob("*.js")]):
        found = addresses(path.read_text("utf-8"))
        if found:
            raise SetupError(f"{path.name} reaches for other hosts: {', '.join(sorted(found))}")


def addresses(text: str) -> set[str]:
    """The hosts a style sheet or script names."""
    return set(ADDRESS.findall(NAMESPACES.sub("", text)))


def _modules_are_current(everything: bool) -> bool:
    try:
        stamp = json.loads(MODULES_STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return False
    same = stamp.get("digest") == _lock_digest() and MODULES.is_dir()
    return bool(same and (stamp.get("everything") or not everything))


def _install_modules(everything: bool) -> None:
    print("Installing the design system's packages into node_modules", flush=True)
    MODULES_STAMP.unlink(missing_ok=True)
    leave_out = ["--omit=optional"] if everything else ["--omit=optional", "--omit=dev"]
    node.take().run_npm("ci", "--loglevel=error", "--no-audit", "--no-fund", *leave_out)
    MODULES_STAMP.write_text(json.dumps({"digest": _lock_digest(), "everything": everything}), "utf-8")


def _lock_digest() -> str:
    return hashlib.sha256(NPM_LOCK.read_bytes()).hexdigest()
