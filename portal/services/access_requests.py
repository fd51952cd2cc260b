"""A patient asks for her record: from the draft to the hand-over, in the office's words."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy import select

from portal.domain import jurisdictions
from portal.domain import wishes as rules
from portal.domain.access_requests import Channel, Stage
from portal.domain.clocks import LedgerEntry, LedgerKind, check_extension
from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.domain.representatives import check_wishes
from portal.domain.rights import Right
from portal.domain.wishes import Wishes
from portal.domain.words import _
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.cases import Case, CaseEvent
from portal.models.people import Patient
from portal.models.record_items import RecordImport
from portal.models.releases import ReleasePackage
from portal.services import audit, cases, clocks
from portal.services.sealing import blind_index, seal_json, unseal_json
from portal.services.work import Work

SHORTEST_QUESTION = 10
LONGEST_TEXT = 4000


def find(work: Work, reference: str) -> AccessRequest:
    """The access request of a reference, if this person may see it. Raises NotFound."""
    return _request(cases.find(work, reference))


def find_draft(work: Work, draft_id: UUID) -> AccessRequest:
    """What this person began, by its key: a draft of her own, or the request it has become. Raises NotFound."""
    request = _request(cases.find_by_id(work, draft_id))
    if request.requested_by_id != work.actor.id:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return request


def find_by_key(work: Work, case_id: UUID) -> AccessRequest:
    """An access request by its key, for the worker."""
    return _request(cases.find_by_id(work, case_id))


def _request(case: Case) -> AccessRequest:
    if not isinstance(case, AccessRequest):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return case


def start(work: Work, patient: Patient, channel: Channel = Channel.PORTAL) -> AccessRequest:
    """The patient's draft: the one she began, or a new one. Nothing is asked of the clinic until it is sent."""
    blank = AccessRequest(
        kind="access_request",
        patient_id=patient.id,
        requested_by_id=work.actor.id,
        channel=channel,
        responsible_id=patient.responsible_id,
        jurisdiction=patient.jurisdiction,
        rules_version=jurisdictions.profile(patient.jurisdiction).version,
        stage=Stage.DRAFT,
        started_at=work.now,
    )
    if channel == Channel.PORTAL:
        work.must(Permission.REQUEST_WRITE, blank)
        _one_at_a_time(work, patient)
        if begun := draft_of(work, patient):
            return begun
    else:
        work.must(Permission.REQUEST_REGISTER, blank)
    blank.patient = patient
    work.db.add(blank)
    work.db.flush()
    return blank


def _one_at_a_time(work: Work, patient: Patient) -> None:
    """Whoever begins a draft for the same patient at the same moment waits here, and then finds the one begun."""
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update(key_share=True))


def draft_of(work: Work, patient: Patient) -> AccessRequest | None:
    """The draft this person has begun for the patient, if any."""
    mine = select(AccessRequest).where(
        AccessRequest.patient_id == patient.id,
        AccessRequest.stage == Stage.DRAFT,
        AccessRequest.requested_by_id == work.actor.id,
    )
    draft = work.db.scalars(mine.order_by(AccessRequest.id.desc()).limit(1)).one_or_none()
    if draft is not None:
        work.must(Permission.REQUEST_WRITE, draft)
    return draft


def wishes_of(work: Work, request: AccessRequest) -> Wishes:
    """What is asked for, in plain values."""
    work.must(Permission.REQUEST_VIEW, request)
    return Wishes.from_json(unseal_json(work, request.patient_id, request, "wishes_sealed"))


def in_words(work: Work, request: AccessRequest) -> str:
    """What was asked for, in a phrase."""
    wishes = wishes_of(work, request)
    if wishes.scope == rules.Scope.CATEGORIES:
        return ", ".join(_(CATEGORY_NAMES[c]) for c in wishes.categories)
    if wishes.scope == rules.Scope.OWN_WORDS:
        return wishes.words
    if wishes.scope == rules.Scope.DATES:
        days = [say_date(day) if day else "…" for day in (wishes.since, wishes.until)]
        return _("Entries from %(since)s to %(until)s", since=days[0], until=days[1])
    return _("Everything in the record")


def save(work: Work, request: AccessRequest, wishes: Wishes) -> None:
    """Keep what is filled in so far; a draft may be incomplete, and stays the author's own until it is sent."""
    work.must(Permission.REQUEST_WRITE if request.channel == Channel.PORTAL else Permission.REQUEST_REGISTER, request)
    if request.stage != Stage.DRAFT:
        raise NotPossible(
            _("This request has been sent. It cannot be changed; you can withdraw it and make a new one.")
        )
    wishes = _within(work, request, wishes)
    seal_json(work, request.patient_id, request, "wishes_sealed", wishes.to_json())
    request.wishes_index = blind_index(work, "wishes", str(request.patient_id), wishes.in_one_line())
    request.mode = wishes.mode
    request.delivery = wishes.delivery or request.delivery
    request.complete = _is_complete(wishes, work.today)


def _within(work: Work, request: AccessRequest, wishes: Wishes) -> Wishes:
    """What a representative may ask for: raises Invalid beyond her kinds of entries; recipients with that right."""
    if not work.actor.stands_in_for(request.patient_id):
        return wishes
    check_wishes(wishes, work.actor.reach(request.patient_id, Right.ASK))
    told = wishes.also_disclosures and bool(work.actor.reach(request.patient_id, Right.DISCLOSURES))
    return replace(wishes, also_disclosures=told)


def _is_complete(wishes: Wishes, today: date) -> bool:
    try:
        rules.check(wishes, today)
    except Invalid:
        return False
    return True


def same_open_request(work: Work, request: AccessRequest) -> AccessRequest | None:
    """An open request of this patient that asks for the same thing; one that can be downloaded no more is none."""
    if request.stage != Stage.DRAFT:
        work.must(Permission.REQUEST_VIEW, request)
    if request.wishes_index is None:
        return None
    expired = select(ReleasePackage.id).where(ReleasePackage.expires_on < work.today)
    alike = select(AccessRequest).where(
        AccessRequest.patient_id == request.patient_id,
        AccessRequest.is_open.is_(True),
        AccessRequest.stage != Stage.DRAFT,
        AccessRequest.wishes_index == request.wishes_index,
        AccessRequest.id != request.id,
        AccessRequest.package_id.is_(None) | AccessRequest.package_id.not_in(expired),
    )
    return work.db.scalars(alike.order_by(AccessRequest.id).limit(1)).one_or_none()


def send(work: Work, request: AccessRequest, although_alike: bool = False) -> None:
    """Send the request to the responsible physician: it is received now, numbered, and the clock starts.

    Raises NotPossible when the same was asked already and is still open, unless the person says so.
    """
    _refuse_twice(work, request, although_alike)
    if work.actor.stands_in_for(request.patient_id):  # her power may have been narrowed since the draft was kept
        check_wishes(wishes_of(work, request), work.actor.reach(request.patient_id, Right.ASK))
    cases.take(work, request, "send", received_on=work.today)


def register(work: Work, request: AccessRequest, received_on: date, although_alike: bool = False) -> None:
    """Enter a request that came on paper, by telephone, fax or at the counter, as of the day it came."""
    if received_on > work.today:
        raise Invalid(
            _("The request cannot have come in the future. Give the day it reached the clinic."), "received_on"
        )
    _refuse_twice(work, request, although_alike)
    cases.take(work, request, "register", received_on=received_on)


def _refuse_twice(work: Work, request: AccessRequest, although_alike: bool) -> None:
    if not although_alike and (alike := same_open_request(work, request)):
        raise NotPossible(
            _(
                "The same was asked on %(day)s and is still open, as %(reference)s. "
                "Tick “send it all the same” if this is a second request.",
                day=say_date(alike.received_on) if alike.received_on else "",
                reference=alike.reference,
            )
        )


def discard(work: Work, request: AccessRequest) -> None:
    """Throw a draft away. Nothing had been asked, so nothing is kept."""
    work.must(Permission.REQUEST_WRITE, request)
    if request.stage != Stage.DRAFT:
        raise NotPossible(_("This request has been sent. You can withdraw it."))
    work.db.delete(request)


def withdraw(work: Work, request: AccessRequest) -> None:
    """The patient takes the request back, at any time before it is delivered."""
    cases.take(work, request, "withdraw")


def begin(work: Work, request: AccessRequest) -> None:
    """The front office takes the request on and starts to gather the record."""
    request.owner_id = work.actor.id
    cases.take(work, request, "begin")


def name_physician(work: Work, request: AccessRequest, physician_id: UUID) -> None:
    """Name another responsible physician for this request."""
    physician = work.db.get(Account, physician_id)
    if physician is None or "physician" not in physician.roles.split() or physician.disabled_at:
        raise Invalid(_("Choose a physician of the clinic."), "physician")
    request.responsible_id = physician.id
    cases.take(work, request, "name_physician", note=physician.name)


def refer(work: Work, request: AccessRequest) -> None:
    """Hand the request to the responsible physician for review."""
    cases.take(work, request, "refer")


def _looked_here_first(work: Work, request: AccessRequest) -> None:
    """Nobody answers that there is no record while the portal holds one that was not gathered for this request."""
    work.must(Permission.REQUEST_WORK, request)
    held = select(RecordImport.id).where(RecordImport.patient_id == request.patient_id).limit(1)
    gathered = select(CaseEvent.id).where(CaseEvent.case_id == request.id, CaseEvent.event == "gather").limit(1)
    if work.db.scalar(held) and not work.db.scalar(gathered):
        raise NotPossible(_("The portal holds a record of this patient. Gather it for this request first."))


def no_record(work: Work, request: AccessRequest, searched: str) -> None:
    """Answer that the clinic has no record, after a search that is described."""
    _looked_here_first(work, request)
    words = written(searched, "searched", _("Describe where you searched; the patient will read it."))
    cases.take(work, request, "no_record", note=words, searched=words)


def hand_over(work: Work, request: AccessRequest, how: str) -> None:
    """Record that the package was picked up, posted or faxed, or that the original was viewed."""
    cases.take(work, request, "hand_over", note=written(how, "how", _("Write how and to whom it was handed over.")))


def close(work: Work, request: AccessRequest) -> None:
    cases.take(work, request, "close")


def extend(work: Work, request: AccessRequest, ground: str, days: int) -> None:
    """Take more time, on one of the law's grounds; the patient is told why, until when, and that she may complain."""
    cases.check(work, request, "extend")
    law, entries = clocks.rules_of(request), clocks.ledger_of(request)
    check_extension(law, clocks.LIMITS[request.kind], entries, ground, days, work.today)
    entry = LedgerEntry(LedgerKind.EXTENDED, work.today, days=days, ground=ground)
    before = request.due_on
    clock = clocks.add_to_ledger(work, request, entry)
    cases.take(work, request, "extend", ground=ground, before=before, due=clock.due)


def opened(work: Work, request: AccessRequest) -> None:
    """Leave a trace that somebody else than the patient opened the request."""
    if work.looks_at_another(request.patient_id):
        audit.record_of(work, "case.read", request)


def written(text: str, field: str, missing: str) -> str:
    """A text somebody else will read: not empty, not endless. Raises Invalid with ``missing``."""
    words = text.strip()
    if len(words) < SHORTEST_QUESTION:
        raise Invalid(missing, field)
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("Use at most %(n)s characters here.", n=LONGEST_TEXT), field)
    return words
