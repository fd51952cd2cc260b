"""``portal record import``, ``portal inspect`` and ``portal verify``: what comes in and what goes out."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from portal.adapters import uploads
from portal.cli import as_json, edge, group, main, say_json
from portal.domain.actors import OPERATOR
from portal.domain.errors import Invalid
from portal.domain.record_items import CATEGORY_NAMES, Category
from portal.domain.words import _
from portal.edges import Edge
from portal.services import patients, record_imports
from portal.services.record_imports import Imported

LARGEST = 50 * 1024 * 1024
PARTS, ADMINISTRATIVE = "part_of_another_entry", "administrative"
record = group("record", "What the clinic holds about a patient.")


@record.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--patient", "reference", help="The patient's number or sign-in e-mail.")
@click.option("--create", is_flag=True, help="Open a file for the patient of the bundle.")
@click.option("--dry-run", is_flag=True, help="Read and count, but store nothing.")
@as_json
def import_(files: tuple[Path, ...], reference: str | None, create: bool, dry_run: bool, json_wanted: bool) -> None:
    """Read FHIR R4 bundles (JSON or NDJSON) into record items: all or nothing, and twice adds nothing twice."""
    if bool(reference) == create:
        raise click.UsageError("Give either --patient REF or --create.")
    read = [(path.name, _bytes(path)) for path in files]
    try:
        done = _bring_in(edge(), read, reference, dry_run)
    except Invalid as no:
        raise _naming([name for name, _data in read], no) from None
    if json_wanted:
        say_json(_facts(done, dry_run))
    else:
        _tell(done, dry_run)


def _bring_in(portal: Edge, files: list[tuple[str, bytes]], reference: str | None, dry_run: bool) -> Imported:
    """Nobody waits while the files are read: what can be refused by reading is refused before anything is locked."""
    with portal.work(OPERATOR, writes=False) as looking:
        today = looking.today
        if reference:
            patients.find(looking, reference)
    reading = record_imports.read(portal.outside, files, today)
    work = portal.begin(OPERATOR, writes=True)
    try:
        patient = patients.find(work, reference) if reference else None
        done = record_imports.take_in(work, reading, patient, create=patient is None, dry_run=dry_run)
        work.db.rollback() if dry_run else portal.done(work)
    finally:
        work.db.close()
    return done


def _naming(names: list[str], no: Invalid) -> Invalid:
    """A sentence about the whole record says as well which files it is about."""
    return no if any(name in no.sentence for name in names) else Invalid(f"{', '.join(names)}: {no.sentence}")


def _facts(done: Imported, dry_run: bool) -> dict[str, Any]:
    """The counts by category add up to ``resources``: each resource is an entry, told inside one, or administrative."""
    elsewhere = {PARTS: done.parts, ADMINISTRATIVE: done.administrative}
    return {
        "patient": done.patient_number,
        "resources": done.resources,
        "items": done.items,
        "parts": done.parts,
        "administrative": done.administrative,
        "flagged": done.flagged,
        "added": done.added,
        "categories": {**done.categories, **{name: number for name, number in elsewhere.items() if number}},
        "folded": done.folded,
        "left_out": done.left_out,
        "dry_run": dry_run,
    }


def _bytes(path: Path) -> bytes:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Invalid(_("%(name)s is not a file. Give the path of a file.", name=path.name))
        if path.stat().st_size > LARGEST:
            raise Invalid(
                _(
                    "%(name)s is larger than %(n)s MB. Export the record in smaller files.",
                    name=path.name,
                    n=LARGEST >> 20,
                )
            )
        return path.read_bytes()
    except OSError as fault:
        raise Invalid(_("We cannot read %(name)s: %(why)s.", name=path.name, why=fault.strerror)) from None


def _tell(done: Imported, dry_run: bool) -> None:
    click.echo(f"{done.patient_name} ({done.patient_number})")
    click.echo(_("%(n)s resources were read:", n=done.resources))
    for category in Category:
        if number := done.categories.get(category.value):
            click.echo(f"  {number:>6}  {_(CATEGORY_NAMES[category])}")
    for title, counted in ((_("shown as part of another entry"), done.folded), (_("left out"), done.left_out)):
        for what, number in sorted(counted.items()):
            click.echo(f"  {number:>6}  {title}: {what}")
    click.echo(_("%(n)s entries are flagged for the physician to look at twice.", n=done.flagged))
    end = _("Nothing was stored.") if dry_run else _("%(n)s entries were added.", n=done.added)
    click.echo(end)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@as_json
def inspect(files: tuple[Path, ...], json_wanted: bool) -> None:
    """Say what the portal would do with each upload: accepted (what is removed) or refused (why)."""
    looked = [_look(path) for path in files]
    for facts in looked:
        say_json(facts) if json_wanted else _tell_look(facts)
    raise SystemExit(1 if any(facts["verdict"] != "accepted" for facts in looked) else 0)


def _look(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = {"file": path.name, "verdict": "refused", "kind": None, "pages": None, "pixels": None}
    try:
        seen = uploads.inspect(path.name, _bytes(path))
    except Invalid as no:
        return {**facts, "removed": [], "reason": no.sentence}
    facts |= {"verdict": seen.verdict, "kind": seen.kind, "pages": seen.pages, "pixels": seen.pixels}
    return {**facts, "removed": list(seen.removed), "reason": seen.reason}


def _tell_look(facts: Mapping[str, Any]) -> None:
    size = facts["pages"] or facts["pixels"] or ""
    click.echo(f"{facts['file']}: {facts['verdict']} {facts['kind'] or ''} {size}".rstrip())
    for sentence in facts["removed"]:
        click.echo(f"  {sentence}")
    if facts["reason"]:
        click.echo(f"  {facts['reason']}")


@main.command()
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def verify(file: Path, json_wanted: bool) -> None:
    """Check a released package against its signature."""
    try:
        verdict = edge().outside.signer.verify(file)
    except OSError as fault:
        raise Invalid(_("We cannot read %(name)s: %(why)s.", name=file.name, why=fault.strerror)) from None
    say_json(asdict(verdict)) if json_wanted else click.echo(verdict.sentence)
    raise SystemExit(0 if verdict.good else 1)
