"""The register as the patient reads it: her list, page by page, and what she takes along; and an entry ready to show.

The office's list is in ``disclosure_register``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select, tuple_

from portal.domain import actors, purposes
from portal.domain.disclosures import HOW_NAMES, Basis
from portal.domain.errors import Invalid
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.words import _
from portal.models.cases import Case
from portal.models.disclosures import Disclosure
from portal.models.people import Patient
from portal.models.scopes import told_to
from portal.models.skipping import distinct_values
from portal.services import audit
from portal.services.disclosures import details_of
from portal.services.sealing import unseal
from portal.services.work import Work

PAGE = 25
MOST_TAKEN = 5_000  # entries of one download
NEWEST_FIRST = (Disclosure.disclosed_on.desc(), Disclosure.id.desc())


@dataclass(frozen=True)
class Entry:
    """One line, ready to show. ``because`` is why the clinic could, ``held_back`` why the patient was told later.

    ``corrects`` and ``corrected_by`` are the keys of the entries before and after it; ``wrong`` says what was wrong.
    ``reference`` is the number of the complaint whose papers were given.
    """

    id: UUID
    recipient: str
    address: tuple[str, ...]
    on: date
    recorded_at: datetime
    purpose: str
    why: str
    what: str
    categories: tuple[Category, ...]
    how: str
    basis: Basis
    because: str
    note: str
    done_by: str
    second: str
    wrong: str
    void: bool
    corrects: UUID | None
    corrected_by: UUID | None
    shown_from: date | None
    held_back: str
    reference: str

    @property
    def people(self) -> tuple[str, ...]:
        """Who did it, as the patient is told; who noted something afterwards did not do it."""
        return () if self.basis is Basis.NOTED else tuple(filter(None, (self.done_by, self.second)))


@dataclass(frozen=True)
class Only:
    """What a reader wants to see; ``number`` is a patient's, for the office."""

    recipient: str = ""
    since: date | None = None
    until: date | None = None
    basis: str = ""
    number: str = ""


@dataclass(frozen=True)
class Page:
    """A page of entries; ``next`` is the place to go on from, or None at the end."""

    entries: list[Entry]
    next: str | None


def of_patient(work: Work, patient: Patient, only: Only = Only(), after: str | None = None, most: int = PAGE) -> Page:
    """What this patient, or who acts for her, may be told today, newest first."""
    work.must(Permission.DISCLOSURES_VIEW, patient)
    if work.actor.stands_in_for(patient.id):
        audit.record(work, "disclosures.read", patient.id)
    query = select(Disclosure).where(*_told(work, patient))
    if only.recipient:
        query = query.where(Disclosure.recipient == only.recipient)
    found = list(work.db.scalars(from_place(between(query, only), after).limit(most + 1)))
    later = corrected(work, found[:most])
    return Page([entry_of(work, row, later) for row in found[:most]], next_place(found, most))


def taken_along(work: Work, patient: Patient, only: Only, most: int) -> Page:
    """The same, for a file she keeps; that it was taken is written down."""
    page = of_patient(work, patient, only, most=most)
    audit.record(work, "register.taken", patient.id)
    return page


def recipients(work: Work, patient: Patient) -> list[str]:
    """The names to choose from: everybody of whom this reader may be told today."""
    work.must(Permission.DISCLOSURES_VIEW, patient)
    return list(work.db.scalars(distinct_values(Disclosure.recipient, *_told(work, patient))))


def _told(work: Work, patient: Patient) -> list[Any]:
    herself = work.actor.patient_id == patient.id
    return [Disclosure.patient_id == patient.id, told_to(herself, work.today, Disclosure)]


def basis_of(kept: str) -> Basis:
    """Lines of before the register was checked have words there."""
    return Basis(kept) if kept in set(Basis) else Basis.NOTED


def between(query: Select[Any], only: Only) -> Select[Any]:
    """Only what was given from a day to a day, both counted."""
    if only.since is not None:
        query = query.where(Disclosure.disclosed_on >= only.since)
    return query.where(Disclosure.disclosed_on <= only.until) if only.until is not None else query


def from_place(query: Select[Any], after: str | None) -> Select[Any]:
    """The newest first, from the place where the page before ended."""
    if after:
        query = query.where(tuple_(Disclosure.disclosed_on, Disclosure.id) < _place(after))
    return query.order_by(*NEWEST_FIRST)


def next_place(found: Sequence[Any], most: int) -> str | None:
    """The place to go on from, where one more was found than fits on a page."""
    last = found[most - 1] if len(found) > most else None
    return f"{last.disclosed_on.isoformat()}~{last.id}" if last is not None else None


def _place(after: str) -> tuple[date, UUID]:
    day, _tilde, key = after.partition("~")
    try:
        return date.fromisoformat(day), UUID(key)
    except ValueError:
        raise Invalid(_("This address of a page is cut off. Go back to the beginning of the list.")) from None


def corrected(work: Work, rows: Sequence[Disclosure]) -> dict[UUID, UUID]:
    """Which of these entries was corrected, and by which one."""
    query = select(Disclosure.corrects_id, Disclosure.id).where(Disclosure.corrects_id.in_([row.id for row in rows]))
    return {before: later for before, later in work.db.execute(query) if before is not None}


def entry_of(work: Work, row: Disclosure, later: dict[UUID, UUID]) -> Entry:
    """An entry ready to show, for whoever found it; ``later`` are those that were corrected."""
    details = details_of(work, row)
    held = work.profile.disclosures.held_back(row.kept_for) if row.kept_for else None
    return Entry(
        id=row.id,
        recipient=row.recipient,
        address=tuple(details.get("address", ())),
        on=row.disclosed_on,
        recorded_at=row.recorded_at,
        purpose=purpose_in_words(work, row.purpose or ""),
        why=unseal(work, row.patient_id, row, "purpose_sealed"),
        what=unseal(work, row.patient_id, row, "description_sealed"),
        categories=tuple(Category(each) for each in details.get("categories", ())),
        how=_(HOW_NAMES.get(details.get("how", ""), details.get("how", ""))),
        basis=basis_of(row.basis),
        because=_because(work, row, details) if row.basis in set(Basis) else row.basis,
        note=details.get("note", ""),
        done_by=actors.said(row.done_by_name or "", row.done_by_role),
        second=row.second_name or "",
        wrong=details.get("wrong", ""),
        void=row.void,
        corrects=row.corrects_id,
        corrected_by=later.get(row.id),
        shown_from=row.shown_from,
        held_back=_(held.words) if held else "",
        reference=(work.db.get_one(Case, row.case_id).reference or "") if row.case_id else "",
    )


def purpose_in_words(work: Work, purpose: str) -> str:
    """A purpose, or a case the law names, as people read it; nothing for entries of before."""
    law = work.profile.consents.lawful_row(purpose)
    if law is not None:
        return _(law.title)
    return _(purposes.find(purpose).title) if purposes.exists(purpose) else ""


def _because(work: Work, row: Disclosure, details: dict[str, Any]) -> str:
    """Why the clinic could give it, in plain words for the patient."""
    basis, law = Basis(row.basis), work.profile.consents.lawful_row(row.purpose or "")
    if basis == Basis.CONSENT:
        return _("You agreed to “%(purpose)s”.", purpose=purpose_in_words(work, row.purpose or ""))
    if basis == Basis.CARE:
        return _(work.profile.consents.implied_words)
    if basis == Basis.LAW and law is not None:
        return _("%(words)s (%(provision)s)", words=_(law.words), provision=_(row.provision or law.provision))
    if basis == Basis.LAW and details.get("basis"):
        return _("%(words)s (%(provision)s)", words=_(details["basis"]), provision=_(row.provision or ""))
    return str(details.get("basis") or _("It was written down afterwards, without our check."))
