"""To whom and where a letter goes, as it is now: what is closed by her plan is not given, so nothing can go there."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from portal.domain import contact_plans as plans
from portal.domain.access_requests import Channel
from portal.domain.contact_plans import Reach
from portal.domain.dispatches import Way
from portal.domain.fax_numbers import fax_digits
from portal.domain.letters import Letter
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.dispatches import AddressDoubt, Dispatch
from portal.models.people import Patient
from portal.services import access_requests, contact_plans, letter_readers
from portal.services.letter_readers import LetterReader
from portal.services.sealing import unseal_json
from portal.services.work import Work


@dataclass(frozen=True)
class Target:
    """Where a letter would go now. ``lines`` begin with the name; ``place`` are those below it, empty where none is.

    ``on_file``: it is the address or number the office always had. ``doubted`` is the reason why something came back
    from there and nobody has asked her since. ``reader_id`` is whose address it is: a file, or an account without one.
    """

    name: str
    place: tuple[str, ...] = ()
    number: str = ""
    on_file: bool = False
    neutral: bool = False
    doubted: str = ""
    reader_id: str = ""

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
    reads = letter_readers.of(work, found)
    reader = reads.file
    if reader is None:
        number = fax_of(work, None, Reach(), found.case) if way == Way.FAX else ""
        return Target(reads.name, (), number, reader_id=str(reads.account.id if reads.account else ""))
    reach, known = contact_plans.open_ways(work, reader), str(reader.id)
    if way in (Way.POST, Way.COURIER):
        place, on_file = open_address(work, reader, reach, found.case)
        doubted = _doubt(work, reader, Way.POST, list(place))
        return Target(reads.name, place, "", on_file, reach.neutral, doubted, reader_id=known)
    number, on_file = _number(work, reads, reach, found.case, way)
    doubted = _doubt(work, reader, Way.FAX, [fax_digits(number)]) if way == Way.FAX and number else ""
    return Target(reads.name, (), number, on_file, reach.neutral, doubted, reader_id=known)


def _number(work: Work, reads: LetterReader, reach: Reach, case: Any, way: str) -> tuple[str, bool]:
    """What is dialled or written to on a way that carries no address, and whether it is what stands on file."""
    if way == Way.FAX:
        return fax_of(work, reads.file, reach, case), False
    if way == Way.EMAIL:
        box = contact_plans.letterbox(work, reads.account) if reads.account is not None else None
        invited = contact_plans.invitation_box(work, reads.file) if reads.account is None and reads.file else ""
        return (box.to if box else invited), plans.EMAIL not in reach.safe
    return reach.phone, plans.PHONE not in reach.safe


def open_address(work: Work, reader: Patient, reach: Reach, case: Any) -> tuple[tuple[str, ...], bool]:
    """The lines below the name, and whether they are the ones on file; for whoever found the letter, or writes it.

    Where the file has none, the address that was given in the request itself counts, unless it is a closed one.
    """
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


def undoubted(work: Work, patient: Patient) -> tuple[str, ...]:
    """Her open address, for a letter that is printed with no list before it; empty while something came back there."""
    lines = contact_plans.open_ways(work, patient).address
    return () if _doubt(work, patient, Way.POST, list(lines)) else lines


def fax_of(work: Work, reader: Patient | None, reach: Reach, case: Any) -> str:
    """The fax number that was given in the request, for the answer to go there; empty where it must not be dialled."""
    given = _given(work, case, Way.FAX)
    return given if given and _may_dial(work, reader, reach, given) else ""


def may_dial(work: Work, found: Dispatch, number: str) -> bool:
    """Whether this number may be dialled now for a letter, whoever typed it."""
    reader = None if found.outside else letter_readers.of(work, found).file
    reach = contact_plans.open_ways(work, reader) if reader is not None else Reach()
    return _may_dial(work, reader, reach, number)


def _may_dial(work: Work, reader: Patient | None, reach: Reach, number: str) -> bool:
    """A fax lies open beside its machine and its sheets name the clinic, which a plan may forbid."""
    if reach.neutral or reader is None:
        return not reach.neutral
    return plans.PHONE not in reach.closed or not plans.rings_there(number, contact_plans.on_file(work, reader))


def no_fax() -> str:
    """Why a number is not dialled, and what to do."""
    return _("No fax may go there: her plan closes this number, or nothing outside may name us. Choose another way.")


def _given(work: Work, case: Any, way: Way) -> str:
    """Where the request says that the answer is to go, while whoever wrote that may still hear the answer."""
    if not isinstance(case, AccessRequest) or case.delivery != way or case.wishes_sealed is None:
        return ""
    hers = case.channel != Channel.PORTAL or case.requested_by_id in (None, case.patient.account_id)
    if not hers and not letter_readers.of_case(work, case.patient, case).acts:
        return ""
    return access_requests.wishes_of(work, case).delivery_to


def _doubt(work: Work, reader: Patient, way: Way, target: list[str]) -> str:
    row = doubt(work, reader, way)
    if row is None or unseal_json(work, reader.id, row, "target_sealed") != target:
        return ""
    return row.reason


def doubt(work: Work, reader: Patient, way: Way) -> AddressDoubt | None:
    """What came back from an address or number of hers, while nobody has asked her about it.

    For whoever found the letter: its reader may be somebody whom the office knows, and it goes out all the same.
    """
    query = select(AddressDoubt).where(
        AddressDoubt.patient_id == reader.id, AddressDoubt.way == way, AddressDoubt.ended_at.is_(None)
    )
    return work.db.scalars(query).one_or_none()
