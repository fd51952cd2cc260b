"""What came back or could not be sent: why, what is done then, and the address that nobody uses until it was checked.

And letters told by telephone, which are on file like all others: who was called, how she was known, what was said.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import contact_plans as plans
from portal.domain.access_requests import Outcome
from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import CARRIED, NOTHING_MORE, PAPER, Event, Stage, Way, find_return
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.dispatches import AddressDoubt, Dispatch
from portal.models.people import Patient
from portal.services import (
    contact_plans,
    dispatch_targets,
    dispatches,
    gone_letters,
    letter_readers,
    letters,
    notice_chains,
    posting,
    secret_letters,
    untold_messages,
)
from portal.services.sealing import seal_json
from portal.services.work import Work

LONGEST = 4000
CHOICES = (Way.POST, Way.COURIER, Way.FAX, Way.PHONE, Way.COUNTER)


def came_back(work: Work, found: Dispatch, reason: str, words: str = "") -> bool:
    """A letter that was sent came back; False when that was written down before. The address is doubted from now on."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    why = find_return(reason)
    if found.stage == Stage.TASK:
        return False
    dispatches.step(work, found, Event.RETURNED, code=why.id, words=_short(words, "words"))
    found.problem, found.post_by = "returned", None  # it was on its way: what the law wants by a day is over
    if why.doubts and not found.outside and found.way in (*CARRIED, Way.FAX):
        _doubt(work, found, why.id)
    secret_letters.came_back(work, found)
    gone_letters.did_not_arrive(work, found)
    return True


def _doubt(work: Work, found: Dispatch, reason: str) -> None:
    """The address or number is not used again before somebody has asked the patient."""
    kept = dispatches.target_of(work, found)
    way = Way.FAX if found.way == Way.FAX else Way.POST
    target = [kept.get("number", "")] if way == Way.FAX else list(kept.get("lines", ())[1:])
    reader = _went_to(work, found, kept)
    if reader is None:
        return
    row = dispatch_targets.doubt(work, reader, way)
    if row is None:
        row = AddressDoubt(patient_id=reader.id, way=way)
    seal_json(work, reader.id, row, "target_sealed", target)
    row.reason, row.since, row.by_name = reason, work.now, work.actor.name
    work.db.add(row)


def _went_to(work: Work, found: Dispatch, kept: dict[str, Any]) -> Patient | None:
    """Whose address it was when it went out; None for somebody who has no file here."""
    if "reader" not in kept:
        return letter_readers.of(work, found).file
    return work.db.get(Patient, UUID(kept["reader"])) if kept["reader"] else None


def settle(work: Work, found: Dispatch, choice: str, how: str = "", words: str = "") -> Dispatch | None:
    """What is done about a letter now: it goes once more, by the same or another way, or nothing more is to be done.

    ``how`` is how the address was checked with the patient; needed while it is doubted, at whatever stage the letter
    is. Gives the new try. Raises Invalid for what is missing.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if choice != NOTHING_MORE and choice not in CHOICES:
        raise Invalid(_("Choose what to do."), "choice")
    if choice == NOTHING_MORE and not words.strip():
        raise Invalid(_("Write why nothing more is to be done. The patient has a right to this letter."), "words")
    before = Stage(found.stage)
    if choice != NOTHING_MORE:
        _is_open(work, found, Way(choice), asked=bool(how))
    if how:
        _checked(work, found, choice, how)
    dispatches.step(work, found, Event.SETTLED, code=choice, words=_short(words, "words"))
    secret_letters.forget_sheets(work, found)
    if choice == NOTHING_MORE:
        return None
    why = "again" if before is Stage.TASK and choice == found.way else "chosen"
    planned = Planned(Way(choice), why)
    return dispatches.make(work, found.letter, planned, found.account_id, found.outside, follows=found)


def _checked(work: Work, found: Dispatch, choice: str, how: str) -> None:
    """Somebody asked her who reads it: what came back counts again, or another address is on file by now.

    It is the chosen way she was asked about or, where that needs no address, the way it went before.
    """
    if plans.entry(plans.choices().verified, how) is None:
        raise Invalid(_("Choose how you knew that it was she."), "how")
    asked_about = choice if choice in (*CARRIED, Way.FAX) else found.way
    reader = letter_readers.of(work, found).file
    if reader is None or found.outside:
        return
    row = dispatch_targets.doubt(work, reader, Way.FAX if asked_about == Way.FAX else Way.POST)
    if row is not None:
        row.ended_at, row.ended_by_name, row.ended_how = work.now, work.actor.name, how


def _is_open(work: Work, found: Dispatch, way: Way, asked: bool = False) -> None:
    """Raises Invalid when this way leads nowhere; ``asked`` when the patient was asked about what came back."""
    notice_chains.must_count(work, found.letter)
    if secret_letters.is_secret(found.letter):
        secret_letters.must_go(work, found.letter)
        if way not in PAPER:
            raise Invalid(_("A code goes out on paper alone. Choose the post, a courier or the front desk."), "choice")
    target = dispatch_targets.of(work, found, letters.read(work, found.letter), way)
    if way in CARRIED and not target.place:
        raise Invalid(_("No address may be used for this. Choose another way."), "choice")
    if way == Way.FAX and target.neutral:
        raise Invalid(dispatch_targets.no_fax(), "choice")
    if way == Way.PHONE and not found.outside and not target.number:
        raise Invalid(_("No number may be called for this. Choose another way."), "choice")
    if way in (*CARRIED, Way.FAX) and target.doubted and not asked:
        raise Invalid(_("Something came back from there. Say how you checked it with the patient."), "how")


def told(work: Work, found: Dispatch, how: str, words: str, seen: str | None = None) -> bool:
    """She was told by telephone; False when that was written down before. Raises Invalid for what is missing.

    ``seen`` is whom the page named, so that nobody is written down as told who reads it no more.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.stage == Stage.ARRIVED:
        return False
    target = dispatch_targets.of(work, found, letters.read(work, found.letter))
    if seen is not None and seen != posting.digest_of(target):
        raise NotPossible(_("The recipient has changed since you looked. Look at it again."))
    if not found.outside and not target.number:
        raise NotPossible(_("No number may be called for this. Choose another way."))
    if not found.outside and plans.entry(plans.choices().verified, how) is None:
        raise Invalid(_("Choose how you knew that it was she."), "how")
    if not words.strip():
        raise Invalid(_("Write down what was said."), "words")
    dispatches.step(work, found, Event.TOLD, code=how, words=_short(words, "words"))
    gone_letters.went_out(work, found, work.today)
    return True


def not_reached(work: Work, found: Dispatch, words: str = "") -> None:
    """Nobody answered, or it was not she: the letter stays on the list."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    dispatches.step(work, found, Event.NOT_REACHED, words=_short(words, "words"))


def call(work: Work, found: Dispatch) -> Dispatch:
    """A letter is told by telephone besides the way it takes: that is a way of its own.

    Pressed twice, it has one effect: the call that nobody has made yet is given back.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    to_make = (Dispatch.follows_id == found.id, Dispatch.way == Way.PHONE, Dispatch.stage == Stage.WAITING)
    begun = work.db.scalars(select(Dispatch).where(*to_make).order_by(Dispatch.id).limit(1)).one_or_none()
    if begun is not None:
        return begun
    _is_open(work, found, Way.PHONE)
    to_call = Planned(Way.PHONE, "chosen")
    made = dispatches.make(work, found.letter, to_call, found.account_id, found.outside, follows=found)
    dispatches.write_line(work, made, "call_planned")
    return made


def _short(words: str, field: str) -> str:
    if len(words) > LONGEST:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST), field)
    return words.strip()


def doubts_of(work: Work, patient: Patient) -> list[AddressDoubt]:
    """What came back from this patient's address or number, for whoever reaches out to her."""
    work.must(Permission.CONTACT_VIEW, patient)
    if not work.may(Permission.CORRESPONDENCE_WORK, patient):
        return []
    found = [dispatch_targets.doubt(work, patient, way) for way in (Way.POST, Way.FAX)]
    return [row for row in found if row is not None]


def notice_sent(work: Work, payload: dict[str, Any], sent: bool | None) -> None:
    """The e-mail about a case went out: that stands with each letter of the case which its reader was to be told of."""
    if not sent:
        _find_another_way(work, payload)
        return
    _note_mail(work, payload, Stage.SENT, Event.SENT, "")
    if "case" in payload:
        theirs = Dispatch.case_id == UUID(payload["case"]), Dispatch.account_id == UUID(payload["account"])
        given_up = Dispatch.problem == "mail_given_up"  # what somebody wrote down as returned is not answered by this
        dispatches.settle_mails(work, "reached", *theirs, given_up)
        untold_messages.case_notice_sent(work, payload)


def _find_another_way(work: Work, payload: dict[str, Any]) -> None:
    """No e-mail was safe when it was to go: a letter with nothing but the portal gets the way of who gets none.

    Not when the mail was kept back for another reason: her power is over, or the case was withdrawn.
    """
    for found in dispatches.untold(work, payload):
        account = letter_readers.of(work, found).account
        withdrawn = found.case is not None and found.case.outcome == Outcome.WITHDRAWN
        if account is None or account.id != found.account_id or account.disabled_at is not None or withdrawn:
            continue
        if contact_plans.letterbox(work, account) is None:
            dispatches.plan_instead(work, found)


def notice_given_up(work: Work, payload: dict[str, Any]) -> None:
    """It did not go through: a task for the office, with each letter she has not opened yet."""
    _note_mail(work, payload, Stage.TASK, Event.FAILED, "mail_given_up")


def _note_mail(work: Work, payload: dict[str, Any], stage: Stage, event: Event, problem: str) -> None:
    for row in dispatches.untold(work, payload):
        found = dispatches.make(work, row.letter, Planned(Way.EMAIL, "told_by_email"), row.account_id)
        found.stage, found.problem = stage, problem
        dispatches.note(work, found, event, code=problem)
