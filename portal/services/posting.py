"""Letters on paper: the recipient is looked at, the worker prints, a batch goes into envelopes, and is handed over."""

import re
from datetime import date, timedelta
from enum import StrEnum

from portal.domain.clocks import local_date
from portal.domain.dates import say_date
from portal.domain.dispatches import CARRIED, PAPER, Event, Stage, Way
from portal.domain.errors import Invalid, NotPossible
from portal.domain.fax_numbers import check_fax, fax_digits
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.base import new_id
from portal.models.dispatches import Dispatch
from portal.services import dispatch_targets, dispatches, gone_letters, letters, secret_letters
from portal.services.dispatch_targets import Target
from portal.services.work import Work

TRACKING = re.compile(r"[A-Za-z0-9 -]{4,60}", re.ASCII)
LONG_AGO = timedelta(days=60)


def digest_of(target: Target) -> str:
    """What was shown, for the form that says it is right."""
    return "\n".join((target.name, *target.place, target.number))


def confirm(work: Work, found: Dispatch, seen: str) -> None:
    """The recipient that was shown is right: from now on the worker prints. ``seen`` is what was shown.

    Raises NotPossible when it has changed since, is not open, or something came back from there.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.way not in PAPER:
        raise NotPossible(_("This letter does not go out on paper. Open it again, and take the step that is offered."))
    target = _sure(work, found, seen)
    secret_letters.must_go(work, found.letter)
    if found.way in CARRIED and not target.place:
        raise NotPossible(_("No address may be used. Choose another way."))
    _print(work, found, target)


def confirm_fax(work: Work, found: Dispatch, seen: str, number: str, again: str, although: bool) -> None:
    """The same for a fax: the number was typed twice, from the paper or from what the recipient said.

    Raises Invalid unless both are one number, and it is the one on file or ``although`` it is not; NotPossible for a
    letter that does not go by fax.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.way != Way.FAX:
        raise NotPossible(_("This letter does not go by fax. Open it again, and take the step that is offered."))
    target = _sure(work, found, seen)
    dialled = check_fax(number, again)
    if not dispatch_targets.may_dial(work, found, dialled):
        raise Invalid(dispatch_targets.no_fax(), "number")
    if target.number and fax_digits(target.number) != dialled and not although:
        raise Invalid(
            _("This is not the number that was given to us. Compare them, and tick the box if it is right."), "number"
        )
    _print(work, found, target, dialled)


def _sure(work: Work, found: Dispatch, seen: str) -> Target:
    target = dispatch_targets.of(work, found, letters.read(work, found.letter))
    if digest_of(target) != seen:
        raise NotPossible(_("The recipient has changed since you looked. Look at it again."))
    if target.doubted:
        raise NotPossible(_("Something came back from there. Check it with the patient first."))
    return target


def _print(work: Work, found: Dispatch, target: Target, dialled: str = "") -> None:
    kept = {"lines": list(target.lines or (target.name,)), "number": dialled, "on_file": target.on_file}
    kept |= {"given": target.number, "reader": target.reader_id}
    dispatches.step(work, found, Event.CONFIRMED)
    dispatches.keep_target(work, found, kept)
    if found.way == Way.FAX and work.outside.fax is not None:
        work.promise("fax", f"fax/{new_id()}", dispatch=str(found.id))
    else:
        work.promise("dispatch", f"dispatch/{new_id()}", dispatch=str(found.id))


def is_right(work: Work, found: Dispatch) -> bool:
    """Whether the same person still reads it, and where it was to go is still open; asks, and takes nothing back."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    kept, target = dispatches.target_of(work, found), dispatch_targets.of(work, found, letters.read(work, found.letter))
    same = kept.get("lines") == list(target.lines or (target.name,)) and secret_letters.may_be_handed(
        work, found.letter
    )
    if not same or target.doubted or kept.get("reader", target.reader_id) != target.reader_id:
        return False
    if found.way != Way.FAX:
        return True
    given = kept.get("given", target.number) == target.number
    return given and dispatch_targets.may_dial(work, found, kept.get("number", ""))


def still_right(work: Work, found: Dispatch) -> bool:
    """The same; if it is not right any more, the letter is taken back to be looked at again, and that is kept."""
    if is_right(work, found):
        return True
    dispatches.step(work, found, Event.RECALLED)
    secret_letters.forget_sheets(work, found)
    found.file_id, found.batch_id, found.pages = None, None, 0
    return False


def must_not_go(work: Work, found: Dispatch) -> bool:
    """Whether it was looked at or printed for a recipient who is another one now."""
    return found.stage in (Stage.CONFIRMED, Stage.READY) and not is_right(work, found)


def took_back(work: Work, found: Dispatch) -> bool:
    """Take it back if it must not go like that; False when nothing has changed."""
    return must_not_go(work, found) and not still_right(work, found)


class Handed(StrEnum):
    """What came of the word that a letter was handed over."""

    GONE = "gone"
    BEFORE = "before"  # it was written down before
    RECALLED = "recalled"  # its recipient has changed: it must not go


def handed_over(work: Work, found: Dispatch, on: date | None, tracking: str = "") -> Handed:
    """It was given to the post or a courier, or a fax was sent by hand.

    What changed since it was printed is taken back, and that is no error: an error would take the recall back too.
    Raises Invalid for a day or a tracking number that cannot be.
    """
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.stage in (Stage.SENT, Stage.ARRIVED):
        return Handed.BEFORE
    day, number = check_handed(work, found, on, tracking)
    if not still_right(work, found):
        return Handed.RECALLED
    dispatches.step(work, found, Event.POSTED, on=day, tracking=number)
    gone_letters.went_out(work, found, day)
    return Handed.GONE


def check_handed(work: Work, found: Dispatch, on: date | None, tracking: str = "") -> tuple[date, str]:
    """The day and the number as they are kept. Raises Invalid for ``on`` or ``tracking`` that cannot be."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    day, number = check_day(work, on, local_date(work.profile, found.letter.written_at)), tracking.strip()
    if number and not TRACKING.fullmatch(number):
        raise Invalid(_("Write the tracking number as it stands on the receipt: letters and digits."), "tracking")
    return day, number


def at_the_desk(work: Work, found: Dispatch, how: str) -> bool:
    """She came and took it, and was known by ``how``; False when that was written down before."""
    work.must(Permission.CORRESPONDENCE_WORK, found)
    if found.stage == Stage.ARRIVED:
        return False
    if not how:
        raise Invalid(_("Choose how you knew that it was she."), "how")
    if not is_right(work, found):
        raise NotPossible(_("Somebody else reads this letter since it was printed. Choose another way for it."))
    dispatches.step(work, found, Event.HANDED, code=how)
    gone_letters.went_out(work, found, work.today)
    return True


def check_day(work: Work, on: date | None, written_on: date | None = None) -> date:
    """Raises Invalid for a day to come or long ago, or one before the letter was written."""
    if on is None or not work.today - LONG_AGO <= on <= work.today:
        raise Invalid(_("Give the day. It is not a day to come, and not more than two months ago."), "on")
    if written_on is not None and on < written_on:
        raise Invalid(
            _("This letter was written on %(day)s. Give that day or a later one.", day=say_date(written_on)), "on"
        )
    return on
