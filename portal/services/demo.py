"""The demo clinic: its people, their records, and a request under way. Nothing here is a real person."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from portal.demo import people as cast
from portal.demo.making.pdf import letter
from portal.demo.people import OpenRequest, Person
from portal.demo.people import Representation as Given
from portal.demo.recipients import RECIPIENTS
from portal.domain.access_requests import Channel, Delivery, Mode
from portal.domain.actors import STAFF_ROLES, Actor, Role
from portal.domain.errors import NotPossible
from portal.domain.policy import Permission
from portal.domain.undertakings import Document
from portal.domain.wishes import Scope, Wishes
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.people import Patient, Representation, StaffMember
from portal.services import (
    access_requests,
    demo_messages,
    files,
    patients,
    privacy_policy,
    recipients,
    record_imports,
    unasked_disclosures,
    undertakings,
)
from portal.services.representatives import PURPOSE
from portal.services.sealing import seal
from portal.services.sign_ins import totp_pin
from portal.services.unasked_disclosures import Past
from portal.services.work import Work

# Demo people begin as if they had stood by the texts: there is no page whose words could be digested.
NOT_SHOWN = dict.fromkeys(Document, "demo")
# The others find on their home that there is a policy to read.
HAVE_READ_THE_POLICY = ("amina@patients.example", "ben@patients.example", "mei@patients.example")


def is_empty(work: Work) -> bool:
    """Whether nobody is in the database yet."""
    work.must(Permission.PATIENT_REGISTER)
    return not work.db.scalar(select(func.count()).select_from(Account)) and not work.db.scalar(
        select(func.count()).select_from(Patient)
    )


def load(work: Work, records: Path) -> None:
    """Open the demo clinic. Raises NotPossible on a database that holds anybody already."""
    if not is_empty(work):
        raise NotPossible(_("There are people in this database already, so the demo clinic is not loaded into it."))
    open_clinic(work, records)


def open_clinic(work: Work, records: Path) -> None:
    """Put the demo clinic's people and their records into the database, whoever is there."""
    work.must(Permission.PATIENT_REGISTER)
    hashed = work.outside.passwords.hash(cast.PASSWORD)
    accounts = {person.email: _account(work, person, hashed) for person in cast.PEOPLE}
    opened = {p.email: _patient(work, p, accounts) for p in cast.PEOPLE if p.patient_number}
    for given in cast.REPRESENTATIONS:
        _representation(work, given, opened[given.patient], accounts)
    for email in HAVE_READ_THE_POLICY:
        _has_read_the_policy(work, accounts[email], opened.get(email))
    for email, patient in opened.items():
        name = cast.person(email).record
        record_imports.bring_in(work, [(name, (records / name).read_bytes())], patient)
    for each in RECIPIENTS:
        recipients.add(work, each.name, each.kind, each.address, phone=each.phone)
    for made in cast.DISCLOSURES:
        past = Past(
            made.recipient,
            made.disclosed_on,
            made.purpose,
            made.what,
            made.footing,
            tuple(made.recipient_address.splitlines()),
            made.how,
        )
        unasked_disclosures.note_past(work, opened[made.patient], past)
    for asked in cast.OPEN_REQUESTS:
        _request(work, asked, opened[asked.patient], accounts[asked.patient].id)
    demo_messages.write(work, opened, accounts)


def _account(work: Work, person: Person, hashed: str) -> Account:
    account = Account(
        email=person.email,
        name=person.full_name,
        roles=" ".join(sorted(person.roles)),
        password_hash=hashed,
        language=person.language,
        demo=True,
        made_at=work.now,
    )
    account.totp_sealed = work.outside.vault.seal_secret(cast.TOTP_SECRET.encode(), totp_pin(account))
    account.second_factor_on = bool({Role(r) for r in person.roles} & STAFF_ROLES)
    work.db.add(account)
    work.db.flush()
    if account.second_factor_on:
        work.db.add(StaffMember(account_id=account.id, title=person.title, licence_number=person.licence or None))
        undertakings.acknowledge(replace(work, actor=Actor(account.id, account.name, account.role_set)), NOT_SHOWN)
    return account


def _has_read_the_policy(work: Work, account: Account, file: Patient | None) -> None:
    hers = Actor(account.id, account.name, account.role_set, patient_id=file.id if file else None)
    privacy_policy.acknowledge(replace(work, actor=hers), privacy_policy.in_force(work).identity, account.language)


def _patient(work: Work, person: Person, accounts: dict[str, Account]) -> Patient:
    assert person.birth_date is not None  # noqa: S101 (everybody with a number has one)
    patient = patients.register(
        work,
        person.given_name,
        person.family_name,
        person.birth_date,
        number=person.patient_number,
        responsible_id=accounts[person.responsible].id,
        email=person.email,
        phone=person.phone,
        address=person.address.replace(", ", "\n"),
        language=person.language,
    )
    patient.account_id = accounts[person.email].id
    return patient


def _representation(work: Work, given: Given, patient: Patient, accounts: dict[str, Account]) -> None:
    """A power with its paper, as it was registered and checked on its first day."""
    day = datetime.combine(given.since, time(18), UTC)
    drawn = letter((patient.name, ""), given.since, "", given.paper, given.paper_title)
    about = {"name": f"{given.paper_title}.pdf", "media_type": "application/pdf", "purpose": PURPOSE}
    paper = files.keep_bytes(replace(work, now=day), patient.id, drawn, **about)
    work.db.flush()
    row = Representation(
        patient_id=patient.id,
        account_id=accounts[given.representative].id,
        power=given.power,
        rights=" ".join(sorted(given.rights)),
        proofs=" ".join(sorted(given.proofs)),
        starts_on=given.since,
        ends_on=given.until,
        document_id=paper.id,
        registered_at=day,
        registered_by_id=accounts[given.checked_by].id,
        verified_at=day,
        verified_by_id=accounts[given.checked_by].id,
        verified_how=given.how,
    )
    seal(work, patient.id, row, "note_sealed", given.note)
    work.db.add(row)


def _request(work: Work, asked: OpenRequest, patient: Patient, account_id: UUID) -> None:
    hers = Actor(account_id, patient.name, frozenset({Role.PATIENT}), patient_id=patient.id)
    then = replace(work, actor=hers, now=work.now - timedelta(days=asked.received_days_ago))
    request = access_requests.start(then, patient, Channel(asked.channel))
    wishes = Wishes(
        mode=Mode(asked.mode),
        scope=Scope(asked.scope),
        words=asked.words,
        delivery=Delivery(asked.delivery),
        language=asked.language,
        format_needs=asked.needs,
        answered=frozenset({"mode", "scope", "delivery", "form"}),
    )
    access_requests.save(then, request, wishes)
    access_requests.send(then, request)
