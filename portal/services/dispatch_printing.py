"""The sheets of a letter that goes out on paper or by fax, made by the worker: three parts, as every print.

They are not the letter's own print: the address is the one that is open now, at the place of the envelope's window.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.domain import posting as rules
from portal.domain.contact_plans import LARGE_PRINT
from portal.domain.dispatches import Event, Stage, Way
from portal.domain.letters import Letter
from portal.domain.posting import Box
from portal.domain.words import ngettext, speaking
from portal.models.dispatches import Dispatch
from portal.models.letters import StoredFile
from portal.services import contact_plans, dispatches, files, gone_letters, letters, posting, secret_letters
from portal.services.work import Work

BELOW_WINDOW = 8.0  # millimetres kept free under it


@dataclass(frozen=True)
class Place:
    """The address where the window shows it: lines, box, size of type in points; the text begins ``below``."""

    lines: tuple[str, ...]
    box: Box
    size: float
    below: float


@dataclass(frozen=True)
class Sheets:
    """What is to be printed, with no database at hand any more."""

    dispatch_id: UUID
    patient_id: UUID
    case_id: UUID | None
    language: str
    letter: Letter
    lines: tuple[str, ...]
    number: str
    way: str
    large: bool


@dataclass(frozen=True)
class Made:
    """What was printed, and for which recipient: who it was printed for may be another one by now."""

    file: StoredFile
    pages: int
    lines: tuple[str, ...]
    number: str


def place_of(side: str, paper: str, lines: tuple[str, ...]) -> Place:
    """Where these lines stand on a sheet of this paper, for a window on this side."""
    window = rules.window(side, paper)
    below = window.window.top + window.window.height + BELOW_WINDOW
    return Place(lines, window.text, rules.type_size(lines, window.text), below)


def number_of(dispatch_id: UUID) -> str:
    """A short number by which a letter on its way is called, such as F-9A3C41: it says nothing else."""
    return f"F-{dispatch_id.hex[-6:].upper()}"


def to_print(work: Work, payload: dict[str, Any]) -> Sheets | None:
    """The sheets of a job; None when it was taken back, is done already, or may not go where it was to go any more."""
    found = work.db.get(Dispatch, UUID(payload["dispatch"]))
    if found is None or found.stage != Stage.CONFIRMED or not posting.is_right(work, found):
        return None
    target = dispatches.target_of(work, found)
    letter = secret_letters.filled(work, found.letter, letters.read(work, found.letter))
    return Sheets(
        dispatch_id=found.id,
        patient_id=found.patient_id,
        case_id=found.case_id,
        language=letter.language,
        letter=letter,
        lines=tuple(target["lines"]),
        number=target["number"],
        way=found.way,
        large=not found.outside and contact_plans.wants(work, found.patient, LARGE_PRINT),
    )


def print_sheets(work: Work, wanted: Sheets | None, _report: Any) -> Made | None:
    """Print and seal them; no database is held meanwhile."""
    if wanted is None:
        return None
    data = _faxed(work, wanted) if wanted.way == Way.FAX else posted(work, wanted)
    return _kept(work, wanted, data)


def posted(work: Work, wanted: Sheets) -> bytes:
    """The letter with its address in the window, and on every sheet whose it is and how many there are."""
    with speaking(wanted.language):
        pages = work.outside.press.pages(_letter(work, wanted, " "))
        return _letter(work, wanted, mark_of(work, wanted, pages))


def mark_of(work: Work, wanted: Sheets, pages: int) -> str:
    n = rules.sheets(pages, work.clinic.post.duplex)
    named = wanted.letter.reference or number_of(wanted.dispatch_id)
    return ngettext("%(name)s: %(n)s sheet", "%(name)s: %(n)s sheets", n, name=named)


def _letter(work: Work, wanted: Sheets, mark: str) -> bytes:
    place = place_of(work.clinic.post.window, work.clinic.paper, wanted.lines) if wanted.way != Way.FAX else None
    facts = {"letter": wanted.letter, "large": wanted.large, "place": place, "mark": mark}
    return work.outside.press.letter(work.outside.paper.render("letters/letter.html", **facts))


def _faxed(work: Work, wanted: Sheets) -> bytes:
    """The cover sheet, which says nothing of what the fax is about, and the letter."""
    with speaking(wanted.language):
        letter = _letter(work, wanted, "")
        facts = {
            "recipient": wanted.lines[0],
            "number": wanted.number,
            "number_of_ours": number_of(wanted.dispatch_id),
            "pages": work.outside.press.pages(letter) + 1,
            "day": work.today,
        }
        cover = work.outside.press.letter(work.outside.paper.render("letters/fax_cover.html", **facts))
    return work.outside.press.stack([cover, letter], duplex=False)


def _kept(work: Work, wanted: Sheets, data: bytes) -> Made:
    name = f"{wanted.letter.reference or number_of(wanted.dispatch_id)}-{wanted.way}.pdf"
    about = {"name": name, "media_type": "application/pdf", "purpose": "post", "case_id": wanted.case_id}
    file = files.put_bytes(work, wanted.patient_id, data, **about)
    return Made(file, work.outside.press.pages(data), wanted.lines, wanted.number)


def keep_print(work: Work, payload: dict[str, Any], made: Made | None) -> None:
    """The sheets are there: the letter is ready to be put into its envelope."""
    found = kept(work, payload, made)
    if found is not None:
        dispatches.step(work, found, Event.PRINTED)


def kept(work: Work, payload: dict[str, Any], made: Made | None) -> Dispatch | None:
    """The letter with its sheets; None when it does not wait for these any more, and they are gone then."""
    if made is None:
        _take_back(work, payload)
        return None
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    target = dispatches.target_of(work, found)
    same = (tuple(target.get("lines", ())), target.get("number")) == (made.lines, made.number)
    if found.stage != Stage.CONFIRMED or not same:  # looked at anew meanwhile, it is printed anew
        drop(work, made)
        return None
    work.db.add(made.file)
    work.db.flush()
    found.file_id, found.pages = made.file.id, made.pages
    return found


def _take_back(work: Work, payload: dict[str, Any]) -> None:
    """Nothing was printed: where the recipient has changed, it goes back to be looked at."""
    row = work.db.get(Dispatch, UUID(payload["dispatch"]))
    if row is not None and row.stage == Stage.CONFIRMED:
        posting.still_right(work, dispatches.find(work, row.id, lock=True))


def drop(work: Work, made: Made | None) -> None:
    """Another worker has the job: what was made for it goes."""
    if made is not None:
        work.outside.store.delete(made.file.stored_digest)


def failed(work: Work, found: Dispatch, problem: str) -> None:
    """It cannot be sent like that, or did not arrive: it is a task for the office."""
    dispatches.step(work, found, Event.FAILED, code=problem)
    found.problem = problem
    gone_letters.did_not_arrive(work, found)


def give_up(work: Work, payload: dict[str, Any]) -> None:
    """The last try to print has failed."""
    found = dispatches.find(work, UUID(payload["dispatch"]), lock=True)
    if found.stage == Stage.CONFIRMED:
        failed(work, found, "print_given_up")
