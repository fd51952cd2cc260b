"""Letters that bring a secret: the code of an invitation, the link of a readmission.

On file they say that a secret stood there. It is printed into the one sheet that is given out: by post through the list
of letters, or over the desk at once. When the sheet was given out, or the secret opens nothing any more, the portal
forgets the secret and what was printed with it.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import BY_HAND, PAPER, Event, Stage, Way
from portal.domain.errors import NotPossible
from portal.domain.letters import Letter
from portal.domain.words import _
from portal.models.dispatches import Dispatch
from portal.models.letters import Letter as LetterRow
from portal.models.letters import StoredFile
from portal.models.patient_invitations import PatientInvitation
from portal.services import dispatches
from portal.services.sealing import pin
from portal.services.work import Work

WHY = "invited"
UNSENT = (Stage.WAITING, Stage.CONFIRMED, Stage.READY, Stage.TASK)


def invitation_of(work: Work, letter: LetterRow) -> PatientInvitation | None:
    """The invitation whose code a letter brings, for whoever found the letter; None for any other letter."""
    return work.db.get(PatientInvitation, letter.invitation_id) if letter.invitation_id else None


def is_secret(letter: LetterRow) -> bool:
    """Whether a letter brings what is given out once: it goes on paper or by its own e-mail, and no other way."""
    return letter.invitation_id is not None or letter.readmission_id is not None


def opens(row: PatientInvitation, now: datetime) -> bool:
    """Whether the code of an invitation opens something now."""
    closed = row.patient.account is not None and row.patient.account.disabled_at is not None
    return row.used_at is None and row.ended_at is None and now < row.expires_at and not closed


def may_go(work: Work, letter: LetterRow) -> bool:
    """Whether a letter may still go out: always, but for one whose secret was given out or opens nothing any more."""
    if not is_secret(letter):
        return True
    row = invitation_of(work, letter)
    return row is not None and row.code_sealed is not None and opens(row, work.now)


def may_be_handed(work: Work, letter: LetterRow) -> bool:
    """Whether what was printed may still be given to her: a new way in has its one sheet, which is nowhere else."""
    return letter.readmission_id is not None or may_go(work, letter)


def must_go(work: Work, letter: LetterRow) -> None:
    """Raises NotPossible for a letter whose secret was given out or opens nothing any more."""
    if not may_go(work, letter):
        raise gone()


def gone() -> NotPossible:
    return NotPossible(_("The code was given out before, or opens nothing any more. Invite the patient again."))


def filled(work: Work, row: LetterRow, letter: Letter) -> Letter:
    """The letter as it is printed to be given out. Any other letter comes back as it is."""
    if not is_secret(row):
        return letter
    found = invitation_of(work, row)
    if found is None or not may_go(work, row):
        raise gone()
    return letter.with_secret(code_of(work, found))


def code_of(work: Work, row: PatientInvitation) -> str:
    """The code itself, for what brings it. Raises NotPossible when the portal has forgotten it."""
    if row.code_sealed is None:
        raise gone()
    return work.outside.vault.open_secret(row.code_sealed, pin(row, "code_sealed")).decode()


def went_out(work: Work, found: Dispatch) -> None:
    """The sheet was given out: the portal forgets the code, and the print that shows it."""
    if not is_secret(found.letter):
        return
    row = invitation_of(work, found.letter)
    if row is not None:
        row.code_sealed, row.given_at = None, row.given_at or work.now
    forget_sheets(work, found)


def forget_sheets(work: Work, found: Dispatch) -> None:
    """What was printed for this way is no file any more; its sealed bytes go with the next sweep of the store."""
    if not is_secret(found.letter) or found.file_id is None:
        return
    file, found.file_id = work.db.get_one(StoredFile, found.file_id), None
    work.db.flush()
    work.db.delete(file)


def came_back(work: Work, found: Dispatch) -> None:
    """Whoever had the envelope may have read the code: it opens nothing any more."""
    row = invitation_of(work, found.letter)
    if row is not None and row.used_at is None:
        row.code_sealed, row.ended_at = None, row.ended_at or work.now


def settle(work: Work, invitation_id: UUID, code: str) -> None:
    """An invitation was used or ended: what lies in the lists needs nobody any more. It asks no leave of its own."""
    mine = select(LetterRow.id).where(LetterRow.invitation_id == invitation_id)
    query = select(Dispatch).where(Dispatch.letter_id.in_(mine)).order_by(Dispatch.id)
    for found in work.db.scalars(query.with_for_update(of=Dispatch)):
        way, stage = Way(found.way), Stage(found.stage)
        if stage is Stage.SENT and code == "used" and way in PAPER:
            dispatches.follows(work, found, Event.ARRIVED, code)
        elif stage in UNSENT and (way in BY_HAND or stage is Stage.TASK):
            dispatches.follows(work, found, Event.SETTLED, code)
        forget_sheets(work, found)


def over_the_desk(work: Work, letter: LetterRow, how: str) -> None:
    """The letter was printed and handed over just now, to her who was known by ``how``."""
    found = to_hand_over(work, letter)
    dispatches.step(work, found, Event.HANDED, code=how)


def to_hand_over(work: Work, letter: LetterRow) -> Dispatch:
    """The sheet is on the screen, to be printed and given to her who stands at the desk."""
    found = dispatches.make(work, letter, Planned(Way.COUNTER, WHY))
    dispatches.keep_target(work, found, {"lines": [found.patient.name], "number": "", "on_file": False})
    dispatches.follows(work, found, Event.CONFIRMED)
    dispatches.follows(work, found, Event.PRINTED)
    return found


def by_mail(work: Work, letter: LetterRow, sent: bool) -> None:
    """The e-mail with the code went out, or could not be sent for a day: then somebody has to do something."""
    found = dispatches.make(work, letter, Planned(Way.EMAIL, WHY))
    found.stage, found.problem = (Stage.SENT, "") if sent else (Stage.TASK, "mail_given_up")
    dispatches.note(work, found, Event.SENT if sent else Event.FAILED, code=found.problem)


def on_its_way(work: Work, invitation: PatientInvitation) -> Dispatch | None:
    """The newest way of an invitation's letter, for whoever found the invitation."""
    query = select(Dispatch).join(LetterRow, LetterRow.id == Dispatch.letter_id)
    mine = query.where(LetterRow.invitation_id == invitation.id).order_by(Dispatch.id.desc())
    return work.db.scalars(mine.limit(1)).one_or_none()
