"""``portal record import``: all or nothing, twice adds nothing twice, and every resource is accounted for."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from portal.edges import DEMO_RECORDS, Edge
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from tests.adapters.fhir_exports import AMINA, ECZEMA, bundle, corpus, encoded
from tests.cli.conftest import Terminal, holdings

REAL = [
    "synthea-r4",
    "ms-fhir-server/R4_SmartPatientA.json",
    "hl7-r4/Bundle-father.json",
    "bulk-ndjson-one-patient",
]
RASH = {**ECZEMA, "id": "rash", "code": {"text": "Rash"}}


def counts(output: str) -> dict[str, Any]:
    """The facts of one import, once they add up."""
    facts: dict[str, Any] = json.loads(output)
    assert facts["items"] + facts["parts"] + facts["administrative"] == facts["resources"]
    assert sum(facts["categories"].values()) == facts["resources"]
    assert sum(facts["left_out"].values()) == facts["administrative"]
    assert sum(facts["folded"].values()) == facts["parts"]
    assert 0 <= facts["flagged"] <= facts["items"]
    return facts


def names_of_real_exports() -> list[str]:
    """Found when the tests are collected; one name that is then skipped where there are none."""
    from tests.adapters.fhir_exports import CORPUS

    synthea = sorted((CORPUS / "synthea-r4").glob("*.json*"), key=lambda p: p.stat().st_size)
    chosen = [f"synthea-r4/{path.name}" for path in (synthea[0], synthea[-1])] if synthea else REAL[:1]
    return [*chosen, *REAL[1:]]


@pytest.mark.parametrize("name", names_of_real_exports())
def test_every_resource_of_a_real_export_is_counted_once(
    name: str, terminal: Terminal, edge: Edge, tmp_path: Path
) -> None:
    there = corpus(name)
    files = sorted(there.glob("*.ndjson")) if there.is_dir() else [_unpacked(there, tmp_path)]
    first = terminal("record", "import", *files, "--create", "--json")
    assert first.exit_code == 0, first.stderr
    done = counts(first.stdout)
    assert done["added"] == done["items"] > 0
    with edge.sessions() as db:
        of_patient = select(RecordItem.category).join(Patient, Patient.id == RecordItem.patient_id)
        kept = list(db.scalars(of_patient.where(Patient.number == done["patient"])))
    assert {c: kept.count(c) for c in set(kept)} == {
        c: n for c, n in done["categories"].items() if c not in ("part_of_another_entry", "administrative")
    }
    before = holdings(edge)
    again = counts(terminal("record", "import", *files, "--patient", done["patient"], "--json").stdout)
    assert (again["added"], again["items"]) == (0, done["items"])
    rows, stored = holdings(edge)
    grown = {table: n - before[0][table] for table, n in rows.items() if n != before[0][table]}
    assert set(grown) <= {"record_imports", "audit_entries"}
    assert stored == before[1]


def _unpacked(path: Path, folder: Path) -> Path:
    if path.suffix != ".gz":
        return path
    plain = folder / path.stem
    plain.write_bytes(gzip.decompress(path.read_bytes()))
    return plain


def test_an_export_of_several_files_is_read_as_one_record(terminal: Terminal, tmp_path: Path) -> None:
    (tmp_path / "patient.ndjson").write_bytes(encoded(AMINA) + b"\n")
    (tmp_path / "conditions.ndjson").write_bytes(encoded(ECZEMA) + b"\n" + encoded(RASH) + b"\n")
    files = [tmp_path / "patient.ndjson", tmp_path / "conditions.ndjson"]
    done = counts(terminal("record", "import", *files, "--patient", "amina@patients.example", "--json").stdout)
    assert (done["resources"], done["categories"]["conditions"]) == (3, 2)


def test_it_says_what_it_did_in_words(terminal: Terminal, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_bytes(encoded(bundle(AMINA, ECZEMA)))
    told = terminal("record", "import", export, "--patient", "amina@patients.example").stdout
    assert "Amina Haddad" in told
    assert "2 resources were read" in told
    assert "1  Conditions" in told


def test_a_dry_run_counts_and_stores_nothing(terminal: Terminal, edge: Edge, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    export.write_bytes(encoded(bundle(AMINA, ECZEMA)))
    before = holdings(edge)
    for whose in (["--create"], ["--patient", "amina@patients.example"]):
        done = counts(terminal("record", "import", export, *whose, "--dry-run", "--json").stdout)
        assert (done["added"], done["dry_run"]) == (2, True)
        assert holdings(edge) == before


def test_what_changed_in_the_emr_replaces_what_was_there(terminal: Terminal, tmp_path: Path) -> None:
    export = tmp_path / "export.json"
    amina = ["--patient", "amina@patients.example", "--json"]
    export.write_bytes(encoded(bundle(AMINA, ECZEMA)))
    terminal("record", "import", export, *amina)
    export.write_bytes(encoded(bundle(AMINA, {**ECZEMA, "code": {"text": "Eczema of both hands"}})))
    assert counts(terminal("record", "import", export, *amina).stdout)["added"] == 1


@pytest.mark.parametrize("whose", ["amina@patients.example", "nobody@patients.example", "P-999999"])
def test_a_record_of_somebody_else_is_refused(whose: str, terminal: Terminal, edge: Edge) -> None:
    before = holdings(edge)
    result = terminal("record", "import", DEMO_RECORDS / "cora.json", "--patient", whose)
    assert (result.exit_code, result.stdout) == (1, "")
    one_sentence = result.stderr.strip()
    assert "\n" not in one_sentence
    assert (
        one_sentence.startswith("cora.json: This record is about Cora Whitfield") or "no such patient" in one_sentence
    )
    assert holdings(edge) == before


@pytest.mark.parametrize("options", [[], ["--create", "--patient", "amina@patients.example"], ["--nonsense"]])
def test_wrong_usage_ends_with_two(options: list[str], terminal: Terminal) -> None:
    assert terminal("record", "import", DEMO_RECORDS / "mei.json", *options).exit_code == 2


def _sparse(path: Path) -> None:
    path.write_bytes(b"{")
    with path.open("r+b") as file:
        file.truncate(50 * 1024 * 1024 + 1)


GOOD = encoded(bundle(AMINA, ECZEMA, RASH))
ANOTHER = {**AMINA, "id": "another", "name": [{"text": "Mei Leung"}]}
OF_ANOTHER = {**RASH, "subject": {"reference": "Patient/another"}}
STU3 = {**ECZEMA, "clinicalStatus": "active"}
R5 = {"resourceType": "DeviceUsage", "id": "d", "patient": {"reference": "Patient/amina"}}
ZOE = {**AMINA, "name": [{"family": "Lévesque", "given": ["Zoë"]}]}
Bad = bytes | Callable[[Path], None]
# What is wrong with the file, and words of the sentence: the place, and what to do.
BAD: dict[str, tuple[Bad, list[str]]] = {
    "truncated": (GOOD[:-40], ["breaks off at line 1", "again"]),
    "not-fhir": (b'{"hello": "world"}', ["resourceType"]),
    "not-json": (b"hello", ["is not FHIR in JSON"]),
    "stu3": (encoded(bundle(AMINA, STU3)), ["entry 2 (Condition/eczema)", "STU3", "Export the record again"]),
    "r5": (encoded(bundle(AMINA, R5)), ["entry 2 (DeviceUsage/d)", "R5", "Export the record again"]),
    "several": (encoded(bundle(AMINA, ANOTHER, ECZEMA, OF_ANOTHER)), ["several patients", "one patient at a time"]),
    "nobody": (encoded(bundle(ECZEMA)), ["holds no patient"]),
    "twice": (
        encoded(bundle(AMINA, ECZEMA, {**ECZEMA, "code": {"text": "Rash"}})),
        ["entry 3 (Condition/eczema)", "same id"],
    ),
    "unborn": (encoded(bundle({**AMINA, "birthDate": "2099-01-01"})), ["entry 1 (Patient/amina)", "in the future"]),
    "no-birth": (
        encoded(bundle({k: v for k, v in AMINA.items() if k != "birthDate"})),
        ["entry 1 (Patient/amina)", "no birth date", "Correct it"],
    ),
    "huge": (_sparse, ["50 MB"]),
    "empty": (b"", ["is empty"]),
    "latin1": (json.dumps(bundle(ZOE), ensure_ascii=False).encode("latin-1"), ["UTF-8", "Save it as UTF-8"]),
    "utf16": (json.dumps(bundle(ZOE), ensure_ascii=False).encode("utf-16"), ["UTF-16"]),
    "folder": (Path.mkdir, ["cannot read"]),
    "missing": (lambda path: None, ["cannot read"]),
}


def test_a_bad_file_is_told_in_one_sentence_and_nothing_is_stored(
    terminal: Terminal, edge: Edge, tmp_path: Path
) -> None:
    good = tmp_path / "good.json"
    good.write_bytes(encoded(bundle(AMINA, ECZEMA)))
    before = holdings(edge)
    for name, (bad, words) in BAD.items():
        path = tmp_path / f"{name}.json"
        path.write_bytes(bad) if isinstance(bad, bytes) else bad(path)
        result = terminal("record", "import", path, "--create", "--json")
        assert (result.exit_code, result.stdout) == (1, ""), name
        for word in (path.name, *words):
            assert word in result.stderr
        assert "\n" not in result.stderr.strip()
        if name != "nobody":  # of several files one has the patient
            together = terminal("record", "import", good, path, "--patient", "amina@patients.example")
            assert (together.exit_code, together.stdout) == (1, ""), name
            assert path.name in together.stderr
    assert holdings(edge) == before
