"""The photo registry: a consent for a picture is about that very picture, and shows it only to those who may see it."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from PIL import Image
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from portal.domain.consent_terms import Terms
from portal.domain.errors import Invalid
from portal.domain.record_items import Category
from portal.edges import DEMO_RECORDS, Edge
from portal.models.audit import AuditEntry
from portal.models.consents import ConsentPicture
from portal.models.record_items import RecordItem
from portal.services import (
    consent_changes,
    consent_pictures,
    consent_receipts,
    consent_reviews,
    consents,
    patients,
    record_imports,
)
from portal.services.work import Work
from portal.worker import Worker
from tests.adapters.test_fhir_consents import a_valid_consent
from tests.conftest import Clockwork
from tests.pages import ReadingClient
from tests.services.test_consent_changes import AMINA, WorkAs, recipient
from tests.services.test_consent_renewals import LAST_DAY_IS_NEAR, renewed

ClientOf = Callable[[str], ReadingClient]


def photographs(work: Work) -> list[RecordItem]:
    amina = patients.find(work, AMINA)
    query = select(RecordItem).where(
        RecordItem.patient_id == amina.id,
        RecordItem.category == Category.PHOTOGRAPHS,
        RecordItem.replaced_by_id.is_(None),
    )
    return list(work.db.scalars(query.order_by(RecordItem.id)))


def website(to: Any, item: UUID) -> Terms:
    return Terms("photos-website", {to.id: to.kind}, items=frozenset({item}), ends="date", expires_on=date(2027, 3, 31))


def asked(work_as: WorkAs) -> tuple[str, UUID, UUID]:
    """The patient's number, the consent and its one picture."""
    with work_as("dov") as work:
        amina, site = patients.find(work, AMINA), recipient(work, "clinic", "Our own site")
        consent = consent_changes.ask(work, amina, website(site, photographs(work)[0].id))
        (picture,) = consent_pictures.of_consent(work, amina, consent)
        return amina.number, consent.id, picture.id


def test_row_71_the_picture_is_shown_small_to_her_and_her_physician_and_to_nobody_else(
    client_of: ClientOf, work_as: WorkAs, worker: Worker, sqlite_only: None
) -> None:
    number, key, picture = asked(work_as)
    amina, page = client_of("amina"), f"/consents/photos-website/{key}"
    assert "We are making a small picture" in amina.get(page).text
    worker.drain()
    hers, theirs = f"{page}/pictures/{picture}", f"/office/patients/{number}/consents/{key}/pictures/{picture}"
    assert f'src="{hers}"' in amina.get(page).text
    got = amina.get(hers)
    assert (got.status_code, got.content_type) == (200, "image/jpeg")
    assert "no-store" in got.headers["Cache-Control"]
    assert max(Image.open(BytesIO(got.data)).size) == 240
    file = f"/office/patients/{number}/consents"
    assert f'src="{theirs}"' in client_of("femi").get(file).text
    assert client_of("femi").get(theirs).status_code == 200
    at_the_desk = client_of("dov").get(file).text
    assert "Only the patient and the responsible physician see it here." in at_the_desk
    assert theirs not in at_the_desk
    for name, address in (("dov", theirs), ("esi", theirs), ("lena", theirs), ("mei", hers), ("amina", theirs)):
        assert client_of(name).get(address).status_code in (302, 403, 404), name
    assert amina.get(f"/consents/research/{key}/pictures/{picture}").status_code == 404
    with work_as("system", writes=False) as work:
        looked = list(work.db.scalars(select(AuditEntry).where(AuditEntry.action == "consent.picture_read")))
        assert len(looked) == 1, "the physician's look, and none of hers"


def test_row_71_the_receipt_names_the_picture_by_its_digest(work_as: WorkAs, edge: Edge) -> None:
    _number, key, picture = asked(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        consent = consents.find(work, mine, key)
        consent_changes.give(work, mine, consent, "Amina Haddad")
        work.db.flush()
        (kept,) = consent_pictures.of_consent(work, mine, consent)
        receipt = consent_receipts.of_consent(work, mine, consent)[0].id
        assert len(kept.digest) == 64
        assert f'"sha256": "{kept.digest}"' in consent_receipts.as_json(work, mine, receipt)
        assert f'"value": "{kept.digest}"' in consent_receipts.as_fhir(work, mine, receipt)
    with pytest.raises(DatabaseError), work_as("operator") as work:
        work.db.execute(text("UPDATE consent_pictures SET item_id = file_id WHERE id = :id"), {"id": picture.hex})
    with work_as("system", writes=False) as work:
        assert work.db.get_one(ConsentPicture, picture).consent_id == key


def test_every_receipt_about_a_picture_is_a_valid_fhir_consent_renewed_and_withdrawn_too(
    work_as: WorkAs, clock: Clockwork, sqlite_only: None
) -> None:
    _number, key, _picture = asked(work_as)
    with work_as("amina") as work:
        mine = patients.own(work)
        reference = consent_changes.give(work, mine, consents.find(work, mine, key), "Amina Haddad").reference
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, str(reference)))
    clock.move(days=LAST_DAY_IS_NEAR)
    new, again = renewed(work_as, key)
    with work_as("femi") as work:
        consent_reviews.accept(work, consent_changes.find(work, again))
    with work_as("amina") as work:
        mine = patients.own(work)
        consent_changes.withdraw(work, mine, consents.find(work, mine, new), "no", "What follows was read.")
        work.db.flush()
        kept = [
            each
            for one in (key, new)
            for each in consent_receipts.of_consent(work, mine, consents.find(work, mine, one))
        ]
        digests = {each.digest for each in consent_pictures.of_consent(work, mine, consents.find(work, mine, key))}
        assert {row.event for row in kept} >= {"given", "accepted", "renewed", "withdrawn"}
        for row in kept:
            read = a_valid_consent(json.loads(consent_receipts.as_fhir(work, mine, row.id)))
            assert {each.reference.identifier.value for each in read.provision.data} == digests


def test_row_71_a_picture_an_import_replaces_stays_the_one_she_agreed_to(
    client_of: ClientOf, work_as: WorkAs, edge: Edge, sqlite_only: None
) -> None:
    number, key, _picture = asked(work_as)
    record = (DEMO_RECORDS / "amina.json").read_bytes()
    reading = edge.outside.read_record([("amina.json", record)], today=edge.now().date())
    at = next(n for n, each in enumerate(reading.items) if each.category == Category.PHOTOGRAPHS)
    with work_as("dov") as work:
        amina = patients.find(work, AMINA)
        before = {each.id for each in photographs(work)}
        (held,) = consent_pictures.of_consent(work, amina, consents.find(work, amina, key))
        for n in range(at, len(reading.items)):
            if reading.items[n].category == Category.PHOTOGRAPHS:
                other = replace(reading.items[n], original=f'{{"changed": {n}}}')
                reading = replace(reading, items=(*reading.items[:n], other, *reading.items[n + 1 :]))
        record_imports.take_in(work, reading, amina)
        assert not before & {each.id for each in photographs(work)}
    with work_as("dov", writes=False) as work:
        amina = patients.find(work, AMINA)
        (after,) = consent_pictures.of_consent(work, amina, consents.find(work, amina, key))
        assert (after.digest, after.replaced, held.replaced) == (held.digest, True, False)
    for page in (client_of("amina").get("/consents"), client_of("dov").get(f"/office/patients/{number}/consents")):
        assert "This consent is about the earlier one" in page.text


def test_an_entry_without_a_picture_is_no_picture_to_agree_to(work_as: WorkAs, sqlite_only: None) -> None:
    with work_as("dov") as work:
        amina, site = patients.find(work, AMINA), recipient(work, "clinic", "Our own site")
        words = select(RecordItem.id).where(
            RecordItem.patient_id == amina.id, RecordItem.category == Category.ALLERGIES
        )
        entry = work.db.scalars(words.limit(1)).one()
        with pytest.raises(Invalid, match="holds no picture"):
            consent_changes.ask(work, amina, website(site, entry))
