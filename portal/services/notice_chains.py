"""Which letter about a disclosure counts: entries are corrected by new ones, and each of them can have a letter."""

from sqlalchemy import select

from portal.domain.dispatches import BROUGHT, NOTHING_MORE, Event, Stage, Way
from portal.domain.errors import Invalid
from portal.domain.words import _
from portal.models.disclosures import Disclosure
from portal.models.dispatches import Dispatch, DispatchEvent
from portal.models.letters import Letter as LetterRow
from portal.services.work import Work


def chain(work: Work, row: Disclosure) -> list[Disclosure]:
    """The entry that others correct and those that correct it, oldest first, for whoever found one of them."""
    while row.corrects_id is not None:
        row = work.db.get_one(Disclosure, row.corrects_id)
    found = [row]
    while (later := work.db.scalar(select(Disclosure).where(Disclosure.corrects_id == found[-1].id))) is not None:
        found.append(later)
    return found


def as_corrected(work: Work, row: Disclosure) -> Disclosure:
    """The entry that holds now."""
    return chain(work, row)[-1]


def letters_of(work: Work, row: Disclosure) -> list[LetterRow]:
    """The letters about an entry and about those it corrects or is corrected by, oldest first: the last one counts."""
    keys = [each.id for each in chain(work, row)]
    found = {
        each.disclosure_id: each for each in work.db.scalars(select(LetterRow).where(LetterRow.disclosure_id.in_(keys)))
    }
    return [found[key] for key in keys if key in found]


def counts(work: Work, letter: LetterRow) -> bool:
    """Whether what a letter says is what the register says by now. Any letter that is not about a disclosure counts."""
    if letter.disclosure_id is None:
        return True
    entry = work.db.get_one(Disclosure, letter.disclosure_id)
    return letters_of(work, entry)[-1].id == letter.id and not as_corrected(work, entry).void


def must_count(work: Work, letter: LetterRow) -> None:
    """Raises Invalid for a letter that is wrong by now: it goes out no more, by whatever way."""
    if not counts(work, letter):
        raise Invalid(
            _("What this letter says was wrong, so it goes out no more. Choose that nothing more is to be done."),
            "choice",
        )


def reached_her(work: Work, letter: LetterRow) -> Dispatch | None:
    """The way on which the letter may have reached her; None when it went out on none, or came back from each."""
    by_hand = select(DispatchEvent.dispatch_id).where(
        DispatchEvent.event == Event.SETTLED, DispatchEvent.code.in_((NOTHING_MORE, BROUGHT))
    )
    went = Dispatch.stage.in_((Stage.SENT, Stage.ARRIVED)) | Dispatch.id.in_(by_hand)
    query = select(Dispatch).where(Dispatch.letter_id == letter.id, Dispatch.way != Way.EMAIL, went)
    return work.db.scalars(query.order_by(Dispatch.id.desc()).limit(1)).one_or_none()
