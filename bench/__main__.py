"""``make bench``: every figure beside its reference, as a table and as var/bench.json."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench import enumeration, pages, record_import, sign_ins

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "var" / "bench.json"


def main() -> None:
    found: dict[str, Any] = {}
    print("Bringing in a record …", flush=True)
    found["record_import"] = record_import.run()
    print("Pages of the portal …", flush=True)
    found["pages"] = pages.run()
    print("Who can be told apart at the doors …", flush=True)
    found["enumeration"] = enumeration.run()
    print("Signing in …", flush=True)
    found["sign_ins"] = sign_ins.run()
    print("Pages of a package (some minutes) …", flush=True)
    found["package_pages"] = package_pages()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(found, indent=1) + "\n")
    table(found)


def package_pages() -> Any:
    """The press is measured by processes of its own."""
    out = ROOT / "var" / "package-pages.json"
    out.parent.mkdir(exist_ok=True)
    subprocess.run([sys.executable, "bench/package_pages.py", "--json", str(out)], cwd=ROOT, check=True)
    return json.loads(out.read_text())


def table(found: dict[str, Any]) -> None:
    """The figures as people read them."""
    print("\n| what | ours | beside | ratio | at most |\n| --- | --- | --- | --- | --- |")
    brought = found["record_import"]
    ours, beside = f"{brought['ours_ms']} ms", f"{brought['reference_ms']} ms"
    print(f"| import of {brought['bundle']} | {ours} | {beside} | {brought['ratio']} | |")
    for name, row in found["pages"].items():
        if isinstance(row, dict):
            print(f"| {name} | {row['cpu_us']} µs | {row['beside']} | {row['ratio']} | {row['at_most'] or ''} |")
        else:
            print(f"| pages | {row} | | | |")
    for door, row in found["enumeration"].items():
        same = "the same bytes" if row["same_bytes"] else "DIFFERENT BYTES"
        print(f"| {door}: gap {row['gap_ms']} ms, {same} | | p {row['least_p']} | {row['at_most']} ms |")
    _sign_ins(found["sign_ins"])
    print(f"\nThe press: {json.dumps(found['package_pages'])}\nAll figures are in {OUT.relative_to(ROOT)}.")


def _sign_ins(found: dict[str, Any]) -> None:
    good, attacked = found["good"], found["under_attack"]
    beside = f"{found['bare_hashes_a_second']} hashes/s"
    print(f"| good sign-ins | {good['a_second']}/s | {beside} | {good['beside_hashes']} | |")
    alone, page = found["page_alone"]["p95_ms"], attacked["page"]["p95_ms"]
    most = attacked["page_at_most_p95_ms"]
    print(
        f"| a page at {attacked['wrong_a_second']} wrong sign-ins/s, p95 | {page} ms | {alone} ms alone | | {most} ms |"
    )
    for status, row in attacked["wrong"].items():
        print(f"| wrong sign-ins answered {status} | {row['answers']}, median {row['median_ms']} ms | | | |")


if __name__ == "__main__":
    main()
