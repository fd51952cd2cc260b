"""Papers and faxes that came in: scanned to their case, or into the tray until somebody knows whose they are.

The day on which a paper reached the clinic is kept with it. It starts no clock: a request on paper is entered as one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid5

from sqlalchemy import select

from portal.domain import resending
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import N_, _
from portal.models.accounts import Account
from portal.models.astray_papers import AstrayPaper
from portal.models.base import new_id
from portal.models.dispatches import IncomingPaper
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.services import audit, case_reach, cases, files, patients
from portal.services.outside import Outside
from portal.services.sealing import pin, seal, unseal
from portal.services.work import Work

WAYS = {
    "post": N_("By post"),
    "courier": N_("By courier"),
    "fax": N_("By fax"),
    "counter": N_("At the front desk"),
}
PURPOSE = "incoming"
LONG_AGO = timedelta(days=365)
LONGEST_SENDER = 200
BLOCK = 256 * 1024
FILED = "filed"
OPENED_BY_HER_SIDE = "incoming.hers_opened"
HIDDEN, SHOWN, OPENED = "hidden", "shown", "opened"  # what the side of a patient saw of a paper that is not hers


@dataclass(frozen=True)
class Came:
    """How a paper came: by which way, on which day, from whom as far as it says; ``hers`` when it is from her side."""

    way: str
    on: date | None
    sender: str = ""
    hers: bool = False


def look_at(outside: Outside, name: str, data: bytes) -> Any:
    """A scan, known by its content and cleaned. Raises Invalid with the reason. Takes a while."""
    return files.look_at(outside, name, data, "scan")


def receive(work: Work, looked: Any, came: Came, belongs: str = "", key: UUID | None = None) -> IncomingPaper:
    """Keep a scan that ``look_at`` cleaned: with the case or patient of the number ``belongs``, else in the tray.

    ``key`` is the form's own: a second press of the same form gives the paper that was kept the first time.
    Raises Invalid for a way, day or number that cannot be.
    """
    work.must(Permission.INCOMING_SORT)
    _check(work, came)
    work.db.scalars(select(Account.id).where(Account.id == work.actor.id).with_for_update()).one_or_none()
    own_id = uuid5(work.actor.id, str(key)) if key and work.actor.id else new_id()
    if first := work.db.get(IncomingPaper, own_id):
        kept, come = (first.way, first.received_on, first.media_type, first.size), (came.way, came.on)
        resending.must_be_the_same(kept == (*come, looked.media_type, len(looked.clean)))
        return first
    case, patient = owner_by(work, belongs)
    row = _row(work, own_id, looked, came)
    row.hers = came.hers and case is not None  # whose paper it is says who put it to a case
    if patient is None:
        lay_into_the_tray(work, row, looked.clean, came.sender)
        audit.record(work, "incoming.kept", paper=str(row.id), way=came.way)
    else:
        _file(work, row, patient, case, looked.clean, came.sender)
    return row


def bring(work: Work, looked: Any, came: Came) -> IncomingPaper:
    """Put what a scanner or fax server wrote into the tray; nobody but the portal does so."""
    work.must(Permission.INCOMING_BRING)
    row = _row(work, new_id(), looked, came)
    lay_into_the_tray(work, row, looked.clean, came.sender)
    audit.record(work, "incoming.kept", paper=str(row.id), way=came.way)
    return row


def _row(work: Work, own_id: UUID, looked: Any, came: Came) -> IncomingPaper:
    row = IncomingPaper(id=own_id, way=came.way, received_on=came.on)
    row.media_type, row.size = looked.media_type, len(looked.clean)
    row.entered_by_id, row.entered_by_name, row.entered_at = work.actor.id, work.actor.name, work.now
    work.db.add(row)
    return row


def _check(work: Work, came: Came) -> None:
    if came.way not in WAYS:
        raise Invalid(_("Choose how it came."), "way")
    if came.on is None or not work.today - LONG_AGO <= came.on <= work.today:
        raise Invalid(_("Give the day on which it reached the clinic. It is not a day to come."), "received_on")
    if len(came.sender) > LONGEST_SENDER:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_SENDER), "sender")


def owner_by(work: Work, number: str) -> tuple[Any, Patient | None]:
    """The case or the patient of a number that somebody typed; nobody for an empty one. Raises Invalid."""
    number = number.strip()
    if not number:
        return None, None
    try:
        if number.upper().startswith("P-"):
            return None, patients.find(work, number)
        case = cases.find(work, number)
    except NotFound:
        raise Invalid(
            _("We find no case and no patient with this number. Look it up, or leave it empty for now."), "belongs"
        ) from None
    return case, case.patient


def lay_into_the_tray(work: Work, row: IncomingPaper, data: bytes, sender: str) -> None:
    """Seal a scan under a key of its own; for whoever made or found the paper."""
    vault = work.outside.vault
    row.key_wrapped = vault.new_key(owner_of(row))
    key = vault.unwrap(row.key_wrapped, owner_of(row))
    blocks = (data[start : start + BLOCK] for start in range(0, len(data), BLOCK))
    row.stored_digest = work.outside.store.put(vault.seal_stream(key, blocks, pin(row, "data")))
    row.from_sealed = vault.seal(key, sender.encode(), pin(row, "from_sealed"))


def _file(work: Work, row: IncomingPaper, patient: Patient, case: Any, data: bytes, sender: str) -> None:
    """It is the patient's from now on: a file of hers, under her key."""
    work.must(Permission.CORRESPONDENCE_WORK, case if case is not None else patient)
    row.patient_id, row.case_id = patient.id, case.id if case is not None else None
    end = {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg"}.get(row.media_type, "bin")
    name = _("Paper of %(day)s.%(end)s", day=row.received_on.isoformat(), end=end)
    about = {"name": name, "media_type": row.media_type, "purpose": PURPOSE, "case_id": row.case_id}
    file = files.keep_bytes(work, patient.id, data, **about)
    work.db.flush()
    row.file_id = file.id
    work.db.flush()
    work.db.refresh(row, ["case"])
    seal(work, patient.id, row, "from_sealed", sender)
    row.settled_at, row.settled_by_name, row.settled_how = work.now, work.actor.name, FILED
    facts = {"paper": str(row.id), "way": row.way}
    if case is not None:
        audit.record_of(work, "incoming.filed", case, **facts)
    else:
        audit.record(work, "incoming.filed", patient.id, **facts)
    _tell_where_it_was(work, row, patient, case)


def _tell_where_it_was(work: Work, row: IncomingPaper, patient: Patient, case: Any) -> None:
    """A paper that stood with another patient, whose side could see it there: she reads that in her access log."""
    others = (AstrayPaper.paper_id == row.id, AstrayPaper.patient_id != patient.id, AstrayPaper.seen != HIDDEN)
    seen = set(work.db.scalars(select(AstrayPaper.seen).where(*others)))
    if not seen:
        return
    action = "incoming.was_opened_by_others" if OPENED in seen else "incoming.was_shown_to_others"
    if case is not None:
        audit.record_of(work, action, case, paper=str(row.id))
    else:
        audit.record(work, action, patient.id, paper=str(row.id))


def find(work: Work, paper_id: UUID, lock: bool = False) -> IncomingPaper:
    """A paper in the tray, or put aside from it. Raises NotFound for any other."""
    work.must(Permission.INCOMING_SORT)
    query = select(IncomingPaper).where(IncomingPaper.id == paper_id)
    if lock:
        query = query.with_for_update(of=IncomingPaper).execution_options(populate_existing=True)
    row = work.db.scalars(query).one_or_none()
    if row is None or row.settled_at is not None:
        raise NotFound(
            _("There is no such paper here any more. It was put where it belongs, or its scan was destroyed.")
        )
    return row


def sender_of(work: Work, row: IncomingPaper) -> str:
    """From whom a paper in the tray says it is."""
    work.must(Permission.INCOMING_SORT)
    if row.from_sealed is None:
        return ""
    return work.outside.vault.open(key_of(work, row), row.from_sealed, pin(row, "from_sealed")).decode()


def read(work: Work, row: IncomingPaper) -> Iterator[bytes]:
    """A paper in the tray as it was scanned; who looked is written down."""
    work.must(Permission.INCOMING_SORT)
    audit.record(work, "incoming.read", paper=str(row.id))
    sealed = work.outside.store.read(row.stored_digest or "")
    return work.outside.vault.open_stream(key_of(work, row), sealed, pin(row, "data"))


def put_away(work: Work, row: IncomingPaper, belongs: str, hers: bool = False) -> IncomingPaper:
    """A paper of the tray is put where it belongs; ``hers`` if it is from her side.

    Raises Invalid for a number that nobody has, NotPossible for a paper that was put aside.
    """
    work.must(Permission.INCOMING_SORT)
    if not belongs.strip():
        raise Invalid(_("Type the number of the case or of the patient."), "belongs")
    case, patient = owner_by(work, belongs)
    if patient is None:
        raise Invalid(_("Type the number of the case or of the patient."), "belongs")
    move(work, row, patient, case, hers)
    return row


def move(work: Work, row: IncomingPaper, patient: Patient, case: Any = None, hers: bool = False) -> None:
    """A paper of the tray, locked, becomes a file of this patient's, with this case where there is one.

    Raises NotPossible for a paper that was put aside.
    """
    work.must(Permission.INCOMING_SORT)
    if row.aside_at is not None:
        raise NotPossible(_("Somebody has put this paper aside. Bring it back to the tray first."))
    sender, data = sender_of(work, row), b"".join(_data(work, row))
    empty(row)
    row.hers = hers and case is not None
    _file(work, row, patient, case, data, sender)


def empty(row: IncomingPaper) -> None:
    """The tray's key goes, and the sweep takes what it sealed; for whoever found the paper."""
    row.key_wrapped = row.stored_digest = None


def _data(work: Work, row: IncomingPaper) -> Iterator[bytes]:
    sealed = work.outside.store.read(row.stored_digest or "")
    return work.outside.vault.open_stream(key_of(work, row), sealed, pin(row, "data"))


def key_of(work: Work, row: IncomingPaper) -> bytes:
    return work.outside.vault.unwrap(row.key_wrapped or b"", owner_of(row))


def owner_of(row: IncomingPaper) -> str:
    return f"{row.__tablename__}/{row.id}"


@dataclass(frozen=True)
class Filed:
    """A paper that stands on a case: when and how it came, from whom, and its file."""

    row: IncomingPaper
    file: StoredFile
    name: str
    sender: str


def of_case(work: Work, case: Any) -> list[Filed]:
    """The papers that came in about a case, the oldest first: all for the clinic, hers for the patient's side."""
    work.must(Permission.REQUEST_VIEW, case)
    if not case_reach.covers(work, case):
        return []
    query = select(IncomingPaper, StoredFile).join(StoredFile, StoredFile.id == IncomingPaper.file_id)
    if not _is_of_the_clinic(work, case):
        query = query.where(IncomingPaper.hers.is_(True))
    found = work.db.execute(
        query.where(IncomingPaper.case_id == case.id).order_by(IncomingPaper.received_on, IncomingPaper.id)
    )
    return [
        Filed(row, file, files.name_of(work, file), unseal(work, case.patient_id, row, "from_sealed"))
        for row, file in found
    ]


def file_of_case(work: Work, case: Any, file_id: UUID) -> StoredFile:
    """The file of one of them. Raises NotFound; leaves a trace when somebody else than the patient opens it."""
    work.must(Permission.REQUEST_VIEW, case)
    row = work.db.get(StoredFile, file_id)
    if row is None or row.case_id != case.id or row.purpose != PURPOSE or not _may_open(work, case, row):
        raise NotFound(_("There is no such file, or it is not yours to see."))
    if work.looks_at_another(case.patient_id):
        audit.record_of(work, "file.read", case, file=str(row.id))
    if not _is_of_the_clinic(work, case):  # a paper may turn out not to be hers
        audit.record_of(work, OPENED_BY_HER_SIDE, case, file=str(row.id))
    return row


def _may_open(work: Work, case: Any, file: StoredFile) -> bool:
    query = select(IncomingPaper.hers).where(IncomingPaper.file_id == file.id)
    return _is_of_the_clinic(work, case) or (case_reach.covers(work, case) and bool(work.db.scalar(query)))


def _is_of_the_clinic(work: Work, case: Any) -> bool:
    """Somebody of the clinic is on the patient's side of a case of her own."""
    parties = {work.actor.patient_id, *work.actor.represents}
    return work.actor.is_staff and case.patient_id not in parties
