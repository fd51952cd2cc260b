"""A patient says that something in her record is wrong: sent by her, by who acts for her, or entered by the office."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import jurisdictions, resending
from portal.domain.access_requests import Channel, Outcome
from portal.domain.access_requests import Stage as RequestStage
from portal.domain.accuracy_notes import MOST_PROOFS, Claim, Stage, check_claim
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.reviews import Decision
from portal.domain.rights import WHOLE_RECORD, Right
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.accuracy_notes import AccuracyNote
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.record_items import Judgement, RecordItem
from portal.models.scopes import cases_seen_by
from portal.services import audit, cases, files, powers
from portal.services.sealing import seal_json, unseal_json
from portal.services.work import Work

PROOF = "proof"
RECEIVED_BY_HER = (RequestStage.DELIVERED, RequestStage.CLOSED)
GIVEN = (Outcome.RELEASED_IN_FULL, Outcome.RELEASED_IN_PART)


@dataclass(frozen=True)
class Entry:
    """An entry she has received, by kind and day: no more of it stands on a page that asks for no second proof."""

    id: UUID
    category: Category
    name: str


@dataclass(frozen=True)
class Sent:
    """What is sent: the kind of entry, the entry where one was chosen, her words, papers, and the form's own key."""

    category: Category
    claim: Claim
    item_id: UUID | None = None
    proofs: Sequence[Any] = ()
    key: UUID | None = None
    channel: Channel = Channel.PORTAL
    received_on: date | None = None


def find(work: Work, reference: str) -> AccuracyNote:
    """The accuracy note of a reference, if this person may see it. Raises NotFound."""
    case = cases.find(work, reference)
    if not isinstance(case, AccuracyNote) or not within_reach(work, case):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    prepare(work, case)
    return case


def prepare(work: Work, case: AccuracyNote) -> None:
    """Say on the case what its guards ask about today."""
    case.statement_awaited = case.statement_until is not None and work.today <= case.statement_until


def within_reach(work: Work, case: AccuracyNote) -> bool:
    """Whether the kind of entry lies within the power of whoever acts for the patient."""
    return Category(case.category) in _reach(work, case.patient_id)


def kinds(work: Work, patient: Patient) -> list[Category]:
    """The kinds of entry this person may choose from."""
    work.must(Permission.ACCURACY_SEND, patient)
    return [each for each in Category if each in _reach(work, patient.id)]


def _reach(work: Work, patient_id: UUID) -> frozenset[Category]:
    """The kinds of entry about which this person may say that something is wrong."""
    return work.actor.reach(patient_id, Right.ACCURACY) if work.actor.stands_in_for(patient_id) else WHOLE_RECORD


def of_patient(work: Work, patient: Patient) -> list[AccuracyNote]:
    """Every accuracy note of a patient that this person may see, newest first."""
    work.must(Permission.ACCURACY_SEND, patient)
    query = select(AccuracyNote).where(AccuracyNote.patient_id == patient.id, cases_seen_by(work.actor))
    return [case for case in work.db.scalars(query.order_by(AccuracyNote.id.desc())) if within_reach(work, case)]


def received_entries(work: Work, patient: Patient, category: Category) -> list[Entry]:
    """The entries of a kind that were given to her whole, the newest first: what she can point at."""
    work.must(Permission.ACCURACY_SEND, patient)
    query = (
        select(RecordItem)
        .join(Judgement, Judgement.item_id == RecordItem.id)
        .join(AccessRequest, AccessRequest.id == Judgement.case_id)
        .where(
            RecordItem.patient_id == patient.id,
            RecordItem.category == category,
            Judgement.decision == Decision.RELEASE,
            AccessRequest.stage.in_(RECEIVED_BY_HER),
            AccessRequest.outcome.in_(GIVEN),
            cases_seen_by(work.actor),
        )
    )
    rows = {row.id: row for row in work.db.scalars(query)}.values()
    return list(_named(sorted(rows, key=lambda row: (-(row.occurred_on or date.min).toordinal(), row.id))))


def _named(rows: Iterable[RecordItem]) -> Iterable[Entry]:
    """Each by its day; of several of one day the second is called so, as it comes in the package."""
    seen: dict[str, int] = {}
    for row in rows:
        day = row.occurred_in_words or (say_plain_date(row.occurred_on) if row.occurred_on else _("without a day"))
        seen[day] = seen.get(day, 0) + 1
        name = day if seen[day] == 1 else _("%(day)s (number %(n)s of that day)", day=day, n=seen[day])
        yield Entry(row.id, Category(row.category), name)


def send(work: Work, patient: Patient, sent: Sent) -> AccuracyNote:
    """Send it: number, clock and letter at once. A form that was sent before gives the note it made then.

    Raises Invalid when it does not say what is wrong, or names an entry that is not one of hers; nothing is then kept.
    """
    work.must(Permission.ACCURACY_SEND, patient)
    _one_at_a_time(work, patient)
    if made := _made_before(work, patient, sent):
        return made
    _check(work, patient, sent)
    case = _start(work, patient, sent)
    seal_json(work, patient.id, case, "claim_sealed", sent.claim.to_json())
    for looked in sent.proofs:
        _keep(work, case, looked)
    cases.take(work, case, "send_note", received_on=sent.received_on or work.today)
    pass_on(work, case)
    return case


def enter(work: Work, patient: Patient, sent: Sent) -> AccuracyNote:
    """Enter what came on paper, by telephone or at the counter; the office's. Raises as ``send``."""
    work.must(Permission.ACCURACY_WORK, patient)
    if sent.received_on is None or sent.received_on > work.today:
        raise Invalid(_("Give the day it came. It cannot be a day to come."), "received_on")
    return send(work, patient, sent)


def _one_at_a_time(work: Work, patient: Patient) -> None:
    """Whoever sends the same form at the same moment waits here, and then finds the note that was made."""
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update(key_share=True))


def _made_before(work: Work, patient: Patient, sent: Sent) -> AccuracyNote | None:
    """The note this form made; raises SentBefore where it says something else by now.

    An entry that the physician pointed out since, and a paper that was added, are no difference.
    """
    if sent.key is None:
        return None
    mine = (AccuracyNote.sent_by_id == work.actor.id, AccuracyNote.sent_key == sent.key)
    made = work.db.scalars(select(AccuracyNote).where(*mine)).one_or_none()
    if made is not None and made.patient_id != patient.id:
        raise NotPossible(_("This form is no longer whole. Open the page again."))
    if made is not None:
        claim = Claim.from_json(unseal_json(work, patient.id, made, "claim_sealed"))
        pointed = sent.item_id == made.item_id or (sent.item_id is None and made.item_id is not None)
        kind = made.category == sent.category or made.item_id is not None
        kept = [row for row, _name in proofs(work, made)]
        resending.must_be_the_same(
            claim == sent.claim and pointed and kind and files.are_among(work, kept, sent.proofs)
        )
    return made


def _check(work: Work, patient: Patient, sent: Sent) -> None:
    if sent.category not in _reach(work, patient.id):
        raise NotAllowed(_("Your power to act for this patient does not cover this."))
    check_claim(sent.claim, sent.item_id is not None)
    if sent.item_id is not None and sent.item_id not in {
        each.id for each in received_entries(work, patient, sent.category)
    }:
        raise Invalid(_("Choose one of the entries that are offered, or describe it in your own words."), "item")
    if len(sent.proofs) > MOST_PROOFS:
        raise Invalid(_("Attach at most %(n)s papers.", n=MOST_PROOFS), PROOF)


def _start(work: Work, patient: Patient, sent: Sent) -> AccuracyNote:
    law = jurisdictions.profile(patient.jurisdiction)
    case = AccuracyNote(
        kind="accuracy_note",
        patient_id=patient.id,
        requested_by_id=work.actor.id if work.actor.is_patient else patient.account_id,
        channel=sent.channel,
        responsible_id=patient.responsible_id,
        jurisdiction=law.id,
        rules_version=law.version,
        stage=Stage.DRAFT,
        started_at=work.now,
        category=sent.category,
        item_id=sent.item_id,
        nowhere=False,
        notices_open=0,
        sent_by_id=work.actor.id,
        sent_key=sent.key,
    )
    case.patient = patient
    work.db.add(case)
    work.db.flush()
    return case


def add_proof(work: Work, case: AccuracyNote, looked: Any) -> None:
    """Add a paper until it is decided. Raises NotPossible for one too many."""
    cases.check(work, case, "add_proof")
    if len(proofs(work, case)) >= MOST_PROOFS:
        raise NotPossible(_("There are %(n)s papers already. Bring more to the front desk.", n=MOST_PROOFS))
    _keep(work, case, looked)
    cases.take(work, case, "add_proof")


def _keep(work: Work, case: AccuracyNote, looked: Any) -> StoredFile:
    facts = {"name": looked.safe_name, "media_type": looked.media_type, "purpose": PROOF, "case_id": case.id}
    row = files.keep_bytes(work, case.patient_id, looked.clean, **facts)
    work.db.flush()
    audit.record_of(work, "file.added", case, file=str(row.id))
    return row


def take_back(work: Work, case: AccuracyNote) -> None:
    """She takes it back before it is decided: nothing is changed."""
    cases.take(work, case, "take_note_back")


def pass_on(work: Work, case: AccuracyNote) -> None:
    """To the responsible physician, where there is one."""
    if case.responsible_id is not None:
        cases.take(work, case, "pass_note_on")


def name_physician(work: Work, case: AccuracyNote, physician_id: UUID) -> None:
    """Name who decides, where the patient has no responsible physician yet."""
    work.must(Permission.ACCURACY_WORK, case)
    physician = work.db.get(Account, physician_id)
    if physician is None or "physician" not in physician.roles.split() or physician.disabled_at:
        raise Invalid(_("Choose a physician of the clinic."), "physician")
    if physician.id == case.patient.account_id or powers.held_for(work, case.patient, physician.id).has(*Right):
        name = physician.name
        raise Invalid(_("%(name)s cannot decide on a case of her own. Choose another.", name=name), "physician")
    case.responsible_id = physician.id
    cases.take(work, case, "pass_note_on")


def proofs(work: Work, case: AccuracyNote) -> list[tuple[StoredFile, str]]:
    """The papers she attached, with their names."""
    return files.of_case(work, case, PROOF)


def opened(work: Work, case: AccuracyNote) -> None:
    """Leave a trace that somebody else than the patient opened it."""
    work.must(Permission.REQUEST_VIEW, case)
    if work.looks_at_another(case.patient_id):
        audit.record_of(work, "accuracy.read", case)
