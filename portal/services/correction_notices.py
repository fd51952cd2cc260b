"""Who must be told of a correction: found in the register, with a letter for each of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.domain import letters as compose
from portal.domain.accuracy_notes import Outcome
from portal.domain.disclosures import HOW_NAMES, How
from portal.domain.errors import NotFound
from portal.domain.letters import Corrected, Letter
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.accuracy_notes import AccuracyNote, CorrectionNotice
from portal.models.consents import Recipient
from portal.models.disclosures import Disclosure
from portal.models.letters import Letter as LetterRow
from portal.models.scopes import names_nobody, told_to
from portal.services import clocks, contact_plans, disclosures, letters
from portal.services.sealing import unseal_json
from portal.services.work import Work

LETTER = "correction_notice"


@dataclass(frozen=True)
class Line:
    """One who is told, as a page shows it; ``without`` is why nobody waits for an answer. ``came_back_on`` is when our
    letter was known not to have arrived, while no other has gone since.

    ``unsure`` says that our register does not tell whether this very kind of information went to them.
    """

    id: UUID
    recipient: str
    letter_id: UUID
    sent_on: date | None
    sent_how: str
    sent_by: str
    came_back_on: date | None
    acknowledged_on: date | None
    acknowledged_by: str
    without: str
    open: bool
    unsure: bool


def to_tell(work: Work, case: AccuracyNote, outcome: Outcome) -> list[Disclosure]:
    """The newest entry of the register for each who received this kind of information in the time the law names.

    What was given on the day itself counts too: it had the mistake in it. Where the register does not say which kinds
    were given, it may have been this one.
    """
    work.must(Permission.REQUEST_VIEW, case)
    rule = clocks.rules_of(case).corrections.to_tell
    if outcome not in rule.outcomes:
        return []
    since = rule.since(case.received_on or work.today, case.decided_on or work.today)
    found: dict[str, Disclosure] = {}
    for row in disclosures.received_since(work, case.patient, since or date.min):
        kinds = disclosures.details_of(work, row).get("categories", ())
        if not kinds or case.category in kinds:
            found[row.recipient.casefold()] = row
    return list(found.values())


def told_before(work: Work, case: AccuracyNote) -> list[Disclosure]:
    """The entries of the register that letters of this case follow from already, but for papers of a complaint that
    names somebody by now."""
    work.must(Permission.REQUEST_VIEW, case)
    keys = select(CorrectionNotice.disclosure_id).where(CorrectionNotice.case_id == case.id)
    query = select(Disclosure).where(Disclosure.id.in_(keys), names_nobody(Disclosure))
    return list(work.db.scalars(query.order_by(Disclosure.id)))


def names_to_tell(work: Work, case: AccuracyNote, rows: Sequence[Disclosure]) -> tuple[str, ...]:
    """Their names, as far as the letter to whoever asked may say them today."""
    alone = not contact_plans.somebody_represents(work, case.patient_id)
    return tuple(
        row.recipient
        for row in rows
        if (row.shown_from is None or row.shown_from <= work.today) and (alone or not row.hers_alone)
    )


def letter(work: Work, case: AccuracyNote, row: Disclosure, about: Corrected) -> Letter:
    """The letter to one of them, as it would be written now."""
    work.must(Permission.REQUEST_VIEW, case)
    recipient = work.db.get(Recipient, row.recipient_id) if row.recipient_id else None
    known = disclosures.details_of(work, row).get("address", ())
    address = tuple(recipient.address_lines if recipient else known)
    with speaking(work.clinic.languages[0]):
        return compose.correction_notice(letters.facts_of(work, case), row.recipient, address, about)


def make(work: Work, case: AccuracyNote, about: Corrected) -> None:
    """One letter and one task for each of them; a later statement goes to whom the decision went."""
    rows = told_before(work, case) if about.statement else to_tell(work, case, about.decision.outcome)
    for row in rows:
        written = letters.write(work, case, LETTER, {"letter": letter(work, case, row, about)})
        work.db.flush()
        notice = CorrectionNotice(case_id=case.id, disclosure_id=row.id, letter_id=written.id, recipient=row.recipient)
        notice.made_at, notice.shown_from, notice.hers_alone = work.now, row.shown_from, row.hers_alone
        work.db.add(notice)
    case.notices_open += len(rows)


def of_case(work: Work, case: AccuracyNote) -> list[Line]:
    """Who is told, as this person may know it: the patient as she may read the register, the clinic all."""
    work.must(Permission.REQUEST_VIEW, case)
    query = select(CorrectionNotice).where(CorrectionNotice.case_id == case.id)
    if not work.actor.is_staff or work.actor.patient_id == case.patient_id:
        query = query.where(told_to(work.actor.patient_id == case.patient_id, work.today, CorrectionNotice))
    return [_line(work, case, row) for row in work.db.scalars(query.order_by(CorrectionNotice.id))]


def letters_to_her(work: Work, case: AccuracyNote) -> list[LetterRow]:
    """The letters of a case she may read, newest first: those to recipients of whom she may not know are left out."""
    rows = letters.of_case(work, case)
    known = {line.letter_id for line in of_case(work, case)}
    return [row for row, _words in rows if row.kind != LETTER or row.id in known]


def find_letter(work: Work, case: AccuracyNote, letter_id: UUID) -> LetterRow:
    """One of them. Raises NotFound for any other."""
    row = next((row for row in letters_to_her(work, case) if row.id == letter_id), None)
    if row is None:
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    return row


def _line(work: Work, case: AccuracyNote, row: CorrectionNotice) -> Line:
    details = unseal_json(work, case.patient_id, row, "details_sealed") or {}
    return Line(
        id=row.id,
        recipient=row.recipient,
        letter_id=row.letter_id,
        sent_on=row.sent_on,
        sent_how=_(HOW_NAMES[How(row.sent_how)]) if row.sent_how else "",
        sent_by=row.sent_by_name or "",
        came_back_on=row.came_back_on if row.sent_on is None else None,
        acknowledged_on=row.acknowledged_on,
        acknowledged_by=details.get("acknowledged_by", ""),
        without=details.get("without", ""),
        open=row.settled_at is None,
        unsure=not is_sure(work, case, row),
    )


def is_sure(work: Work, case: AccuracyNote, row: CorrectionNotice) -> bool:
    """Whether the register says which kinds of information they received."""
    work.must(Permission.REQUEST_VIEW, case)
    before = work.db.get_one(Disclosure, row.disclosure_id)
    return bool(disclosures.details_of(work, before).get("categories"))


def find(work: Work, case: AccuracyNote, notice_id: UUID) -> CorrectionNotice:
    """One of this case. Raises NotFound."""
    work.must(Permission.ACCURACY_WORK, case)
    row = work.db.get(CorrectionNotice, notice_id)
    if row is None or row.case_id != case.id:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return row
