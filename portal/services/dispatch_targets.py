"""To whom and where a letter goes, as it is now: what is closed by her plan is not given, so nothing can go there."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from portal.domain import contact_plans as plans
from portal.domain.contact_plans import Reach
from portal.domain.dispatches import Way
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.models.access_requests import AccessRequest
from portal.models.dispatches import AddressDoubt, Dispatch
from portal.models.people import Patient
from portal.services import access_requests, contact_plans
from portal.services.sealing import unseal_json
from portal.services.work import Work


@dataclass(frozen=True)
class Target:
    """Where a letter would go now. ``lines`` begin with the name; ``place`` are those below it, empty where none is.

    ``on_file``: it is the address or number the office always had. ``doubted`` is the reason why something came back
    from there and nobody has asked her since.
    """

    name: str
    place: tuple[str, ...] = ()
    number: str = ""
    on_file: bool = False
    neutral: bool = False
    doubted: str = ""
    warnings: tuple[str, ...] = field(default_factory=tuple)

    @property
    def lines(self) -> tuple[str, ...]:
        return (self.name, *self.place) if self.place else ()


def of(work: Work, found: Dispatch, letter: Letter, way: str = "") -> Target:
    """The recipient of a letter on its way, as it is open now; ``way`` is another one than the one it takes."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    way = way or found.way
    if found.outside:
        lines = letter.addressed_to
        return Target(lines[0] if lines else "", tuple(lines[1:]))
    reader = _reader_of(work, found)
    if reader is None:
        return Target(found.case.requested_by.name if found.case and found.case.requested_by else found.patient.name)
    reach = contact_plans.open_ways(work, reader)
    if way in (Way.POST, Way.COURIER):
        place, on_file = address(work, reader, reach, found.case)
        name = reader.name
        return Target(name, place, "", on_file, reach.neutral, _doubt(work, reader, Way.POST, list(place)))
    number = fax_of(work, found.case) if way == Way.FAX else reach.phone
    doubted = _doubt(work, reader, Way.FAX, [number]) if way == Way.FAX else ""
    return Target(reader.name, (), number, plans.PHONE not in reach.safe, reach.neutral, doubted)


def address(work: Work, reader: Patient, reach: Reach, case: Any) -> tuple[tuple[str, ...], bool]:
    """The lines below the name, and whether they are the ones on file.

    Where the file has none, the address that was given in the request itself counts, unless it is a closed one.
    """
    work.must(Permission.CORRESPONDENCE_WORK, reader)
    return open_address(work, reader, reach, case)


def open_address(work: Work, reader: Patient, reach: Reach, case: Any) -> tuple[tuple[str, ...], bool]:
    """``address`` for the portal's own use, when a letter is written by whomever."""
    if reach.address:
        return reach.address, plans.ADDRESS not in reach.safe
    given = _given(work, case, Way.POST)
    lines = [line for line in plans.lines_of(given) if line.casefold() != reader.name.casefold()]
    closed = plans.ADDRESS in reach.closed
    if len(lines) < plans.FEWEST_LINES or reach.watched:
        return (), False
    return (
        ((), False) if closed and plans.goes_home(given, contact_plans.on_file(work, reader)) else (tuple(lines), False)
    )


def fax_of(work: Work, case: Any) -> str:
    """The fax number that was given in the request, for the answer to go there."""
    return _given(work, case, Way.FAX)


def _given(work: Work, case: Any, way: Way) -> str:
    if not isinstance(case, AccessRequest) or case.delivery != way or case.wishes_sealed is None:
        return ""
    return access_requests.wishes_of(work, case).delivery_to


def _reader_of(work: Work, found: Dispatch) -> Patient | None:
    """The patient, or the own file of whoever asked in her place; None when that person has no file here."""
    if found.account_id is None or found.account_id == found.patient.account_id:
        return found.patient
    return work.db.scalars(select(Patient).where(Patient.account_id == found.account_id)).one_or_none()


def _doubt(work: Work, reader: Patient, way: Way, target: list[str]) -> str:
    row = doubt(work, reader, way)
    if row is None or unseal_json(work, reader.id, row, "target_sealed") != target:
        return ""
    return row.reason


def doubt(work: Work, reader: Patient, way: Way) -> AddressDoubt | None:
    """What came back from an address or number of hers, while nobody has asked her about it."""
    work.must(Permission.CORRESPONDENCE_WORK, reader)
    query = select(AddressDoubt).where(
        AddressDoubt.patient_id == reader.id, AddressDoubt.way == way, AddressDoubt.ended_at.is_(None)
    )
    return work.db.scalars(query).one_or_none()
