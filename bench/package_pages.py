"""Package pages a second and peak memory: the press beside one single WeasyPrint call, same content, same run.

    python bench/package_pages.py [--pages 100 500 1000] [--rounds 1] [--full] [--json FILE]

Every measurement is a process of its own, the two ways take turns, and both print the same entries with the same
templates, style sheets and fonts to a tagged PDF. Above 500 pages the single call is left out unless ``--full`` is
given: it needs minutes and gigabytes there.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pikepdf  # noqa: E402

from portal.adapters.paper import Paper  # noqa: E402
from portal.adapters.press import Press, assets, chunks  # noqa: E402
from portal.domain.clinics import Clinic  # noqa: E402
from portal.domain.record_items import CATEGORY_NAMES, Block, Category, Field, Paragraph, Table  # noqa: E402
from portal.domain.releases import Contents, Line, Section, weigh  # noqa: E402

STYLES, FONTS = ROOT / "static" / "print", ROOT / "static" / "built" / "fonts"
REFERENCE, TITLE, SINGLE_UP_TO = "AR-2026-000123-K", "Your record", 500
CLINIC = Clinic.from_toml(tomllib.loads((ROOT / "portal" / "demo" / "clinic.toml").read_text("utf-8")))
PAPER = Paper(ROOT / "templates", CLINIC.time_zone, {"clinic": CLINIC})
SHARES = {Category.ENCOUNTERS: 0.5, Category.CONDITIONS: 0.1, Category.MEDICATIONS: 0.15, Category.RESULTS: 0.25}
WORDS = (
    "the a of and with on no since patient reports itching redness left right forearm scalp lesion border colour even "
    "brown millimetres plan review months cream twice daily sun advised dermatoscopy pattern regular photograph taken "
    "for comparison stable improved discussed options agreed follow up sooner if it grows bleeds or changes"
).split()
Thing = TypeVar("Thing")
TESTS = ("Haemoglobin", "Sodium", "Potassium", "Creatinine", "Ferritin", "Thyroid hormone", "Liver enzyme", "Glucose")


class Dice:
    """The same throws every time, so that every round and both ways print the same words."""

    def __init__(self) -> None:
        self._state = 7

    def throw(self, least: int, most: int) -> int:
        self._state = (self._state * 6364136223846793005 + 1442695040888963407) % 2**64
        return least + (self._state >> 33) % (most - least + 1)

    def one(self, things: Sequence[Thing]) -> Thing:
        return things[self.throw(0, len(things) - 1)]


def sentence(chance: Dice, words: int) -> str:
    text = []
    while words > 0:
        run = chance.throw(6, 16)
        text.append(" ".join(chance.one(WORDS) for _each in range(run)).capitalize() + ".")
        words -= run
    return " ".join(text)


def blocks(chance: Dice, category: Category) -> list[Block]:
    """What one entry says, about as long as such entries are."""
    if category is Category.RESULTS:
        rows = tuple(
            (test, f"{chance.throw(1, 2000) / 10}", "mmol/L", "3.5 to 145", chance.one(("", "", "high")))
            for test in TESTS[: chance.throw(3, 8)]
        )
        return [Field("Status", "final"), Table(("Test", "Result", "Unit", "Expected", "Remark"), rows)]
    if category is Category.ENCOUNTERS:
        facts = [Field("Seen by", "Dr Femi Adeyemi"), Field("Where", CLINIC.name), Field("Why", "Itching skin")]
        return [*facts, *(Paragraph(sentence(chance, chance.throw(40, 140))) for _each in range(2))]
    return [Field("Status", "active"), Field("Since", "2 February 2021"), Paragraph(sentence(chance, 30))]


def parts(pages: int) -> Iterator[Section]:
    """Entries of about this many pages, sorted by kind, from the same seed every time."""
    chance, number = Dice(), 0
    for category, share in SHARES.items():
        anchor, title = f"category-{category.value}", CATEGORY_NAMES[category]
        heading = PAPER.render("packages/category.html", anchor=anchor, title=title, count=99)
        yield Section(anchor, heading, 0.08, title, 1)
        weight = 0.0
        while weight < pages * share:
            number += 1
            item = section(f"item-{number}", chance, category)
            weight += item.weight
            yield item


def section(anchor: str, chance: Dice, category: Category) -> Section:
    said, day = blocks(chance, category), f"{chance.throw(1, 28)} March 20{chance.throw(10, 26)}"
    title = CATEGORY_NAMES[category] + " " + anchor.partition("-")[2]
    item = {"anchor": anchor, "title": title, "day": day, "source": "", "blocks": said, "notes": []}
    return Section(anchor, PAPER.render("packages/item.html", item=item), weigh(said), title, 2, day)


def front(contents: Contents) -> Iterator[Section]:
    package = {
        "reference": REFERENCE, "dated": date(2027, 2, 2), "addressed_to": ["Amina Rahman", "Nanaimo"], "released": 612,
        "patient": "Amina Rahman", "asked_on": date(2027, 1, 4), "asked_by": "", "request": "Everything", "severed": 0,
        "withheld": 0, "signed_by": ("Esi Owusu", "Privacy contact"),
    }  # fmt: skip
    cover = PAPER.render("packages/cover.html", package=package, removed="removed", contents=contents)
    yield Section("cover", cover, 1, "Letter", 1)
    for leaf in contents.leaves():
        yield Section(f"contents-{leaf.number}", PAPER.render("packages/contents.html", leaf=leaf), 1)


def by_press(pages: int, out: Path) -> None:
    """The package as the portal makes it."""
    press = Press(STYLES, FONTS)
    press.book(out, front=front, parts=parts(pages), title=TITLE, language="en", footer=REFERENCE)
    press.close()


def by_single_call(pages: int, out: Path) -> None:
    """The same HTML in one call. Its contents get page numbers for nothing, so it is not charged for finding them."""
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    body = list(parts(pages))
    lines = tuple(Line(part.anchor, part.title, part.depth, 100, part.day) for part in body)
    html = chunks.page([*front(Contents(lines, "0" * 64)), *body], TITLE, "en").replace('href="part:', 'href="#')
    foot = f"@bottom-left {{ content: '{REFERENCE}' }} @bottom-right {{ content: counter(page) ' of ' counter(pages) }}"
    sheets = [sheet.read_text("utf-8") for sheet in assets.style_sheets(STYLES, "a4", FONTS)]
    fonts, fetcher = FontConfiguration(), assets.Fetcher(FONTS)
    styles = [
        CSS(string=text, font_config=fonts, url_fetcher=fetcher)
        for text in (":root { --brand: #0b5563 }", *sheets, f"@page {{ {foot} }}")
    ]
    source = HTML(string=html, url_fetcher=fetcher)
    source.write_pdf(out, stylesheets=styles, font_config=fonts, pdf_variant="pdf/ua-1")


WAYS = {"press": by_press, "single": by_single_call}


def measure_here(way: str, pages: int) -> dict[str, float]:
    """One measurement, in this process: wall and CPU seconds, pages made, the largest process."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "package.pdf"
        begun = time.perf_counter()
        WAYS[way](pages, out)
        wall = time.perf_counter() - begun
        own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        with pikepdf.open(out) as pdf:
            made, tagged = len(pdf.pages), "/StructTreeRoot" in pdf.Root and bool(pdf.Root.MarkInfo.Marked)
        cpu = own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime
        return {
            "pages": made, "tagged": tagged, "wall": wall, "cpu": cpu, "kb": out.stat().st_size // 1000,
            "own_mb": own.ru_maxrss / 1024, "child_mb": children.ru_maxrss / 1024,
        }  # fmt: skip


def measure(way: str, pages: int) -> dict[str, float]:
    """The same in a fresh process, so that nothing is warm and memory is its own."""
    command = [sys.executable, __file__, "--one", way, str(pages)]
    facts: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    speed, thrift = facts["pages"] / facts["wall"], _thrift(facts)
    told = f"{way:7} {pages:5} asked, {facts['pages']:5.0f} pages {facts['wall']:7.1f} s {speed:6.1f} pages/s"
    told += f" {thrift:6.1f} pages/CPU s  own {facts['own_mb']:5.0f} MB  child {facts['child_mb']:5.0f} MB"
    print(f"{told} {facts['kb']:6.0f} kB  tagged {bool(facts['tagged'])}", flush=True)
    return facts


def summary(rows: dict[tuple[str, int], list[dict[str, float]]]) -> list[dict[str, float]]:
    """The fastest of the rounds for each way (other work only ever makes it slower), their ratio, the highest peak."""
    found = []
    for pages in sorted({pages for _way, pages in rows}):
        ours = min(rows["press", pages], key=lambda facts: facts["wall"])
        line = {
            "asked": pages,
            "pages_a_second": ours["pages"] / ours["wall"],
            "peak_mb": max(max(facts["own_mb"], facts["child_mb"]) for facts in rows["press", pages]),
        }
        if other := rows.get(("single", pages)):
            single = min(other, key=lambda facts: facts["wall"])
            line |= {"single_pages_a_second": single["pages"] / single["wall"], "single_peak_mb": single["own_mb"]}
            line["ratio"] = line["pages_a_second"] / line["single_pages_a_second"]
            line["ratio_cpu"] = _thrift(ours) / _thrift(single)
        found.append(line)
    return found


def _thrift(facts: dict[str, float]) -> float:
    """Pages for a second of CPU: what is left of the comparison when the machine has other work to do."""
    return facts["pages"] / facts["cpu"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--pages", type=int, nargs="+", default=[100, 500, 1000])
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--full", action="store_true", help="the single call above 500 pages too")
    options.add_argument("--json", type=Path)
    options.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(measure_here(chosen.one[0], int(chosen.one[1]))))
        return
    rows: dict[tuple[str, int], list[dict[str, float]]] = {}
    for pages in chosen.pages:
        for _round in range(chosen.rounds):
            for way in WAYS:
                if way == "press" or chosen.full or pages <= SINGLE_UP_TO:
                    rows.setdefault((way, pages), []).append(measure(way, pages))
    found = summary(rows)
    for line in found:
        ratio = ""
        if "ratio" in line:
            ratio = f", {line['ratio']:.2f} times the single call ({line['ratio_cpu']:.2f} for a CPU second)"
        speed = f"{line['asked']:5} pages: {line['pages_a_second']:.1f} pages/s{ratio}"
        print(f"{speed}; peak {line['peak_mb']:.0f} MB a process")
    if chosen.json:
        chosen.json.write_text(json.dumps({"package_pages": found}, indent=1))


if __name__ == "__main__":
    main()
