"""A patient gives, refuses, limits or takes back a consent, online, on paper or in words."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from portal.domain import consent_terms, jurisdictions, purposes
from portal.domain.access_requests import Channel
from portal.domain.consent_changes import Change, Stage, Talk
from portal.domain.consent_terms import Evidence, Terms
from portal.domain.consents import Decision, Ends, State, state
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.words import _, language
from portal.models.consent_changes import ConsentChange
from portal.models.consents import Consent, ConsentInformation, ConsentRecipient, Recipient
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.models.record_items import RecordItem
from portal.services import audit, cases, consent_givers, consent_pictures, consents, files, tray_entries
from portal.services.consent_givers import plain
from portal.services.sealing import seal, seal_json
from portal.services.work import Work


def find(work: Work, reference: str) -> ConsentChange:
    """The consent change of a reference, if this person may see it. Raises NotFound."""
    case = cases.find(work, reference)
    if not isinstance(case, ConsentChange):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return case


# The clinic asks, or enters what came on paper or in words


def ask(work: Work, patient: Patient, terms: Terms) -> Consent:
    """Ask the patient for a consent: it stands on her page until she answers. Raises Invalid for half a question."""
    work.must(Permission.CONSENT_WORK, patient)
    consent_terms.check(jurisdictions.profile(patient.jurisdiction), terms, work.today)
    consent_givers.check_somebody(work, patient)
    consent = draw_up(work, patient, terms)
    consent.asked_at, consent.asked_by_name = work.now, work.actor.name
    audit.record(work, "consent.asked", patient.id, consent=str(consent.id))
    return consent


def enter(
    work: Work, patient: Patient, terms: Terms, evidence: Evidence, channel: Channel, scan: Any = None
) -> ConsentChange:
    """Enter a consent given on paper or in words, with all its evidence. Raises Invalid; nothing is then kept.

    ``scan`` is the paper, cleaned or lying in the tray, whose day of receipt then counts.
    """
    work.must(Permission.CONSENT_WORK, patient)
    law = jurisdictions.profile(patient.jurisdiction)
    consent_terms.check(law, terms, work.today)
    if channel == Channel.PAPER:
        consent_terms.check_paper(evidence, scan is not None, work.today)
    else:
        consent_terms.check_verbal(law, evidence, work.today)
    consent = draw_up(work, patient, terms)
    consent_givers.check(work, patient, consent, evidence.giver)
    facts = consent_terms.evidence_json(evidence, channel, work.actor.name, work.actor.title)
    seal_json(work, patient.id, consent, "evidence_sealed", facts)
    case = start(work, patient, consent, Change.GRANT, channel)
    if scan is not None:
        consent.scan_id = _keep_scan(work, case, scan).id
    return _give(work, case, evidence.giver.strip(), came_on=tray_entries.day_of(scan))


def _keep_scan(work: Work, case: ConsentChange, scan: Any) -> StoredFile:
    row = tray_entries.keep(work, case, scan)
    work.db.flush()
    return row


def scans(work: Work, case: ConsentChange) -> list[tuple[StoredFile, str]]:
    """The paper on which it was taken back, scanned, with its name; the form that was signed to give it is none."""
    return [(row, name) for row, name in files.of_case(work, case, "scan") if row.id != case.consent.scan_id]


# The patient answers


def give(work: Work, patient: Patient, consent: Consent, typed_name: str) -> ConsentChange:
    """The patient agrees online: she read the wording, typed her name and proved herself.

    Raises Invalid for another name, NotPossible when it was answered already.
    """
    work.must(Permission.CONSENT_CHANGE, patient)
    consents.must_reach(work, consent)
    _still_asked(work, consent)
    return agree(work, patient, consent, typed_name)


def agree(work: Work, patient: Patient, consent: Consent, typed_name: str, receipt: str = "given") -> ConsentChange:
    """The agreement itself, with its evidence. Raises Invalid for another name than hers who agrees."""
    work.must(Permission.CONSENT_CHANGE, patient)
    consent_givers.check_herself(work, patient)
    if plain(typed_name) != plain(work.actor.name):
        raise Invalid(_("Type your name as it stands here: %(name)s.", name=work.actor.name), "typed_name")
    _read(work, consent)
    facts = {"channel": Channel.PORTAL.value, "typed_name": typed_name.strip(), "proved": True}
    if work.actor.stands_in_for(patient.id):
        facts["for"] = patient.name
    seal_json(work, patient.id, consent, "evidence_sealed", facts)
    return _give(work, start(work, patient, consent, Change.GRANT), work.actor.name, receipt)


def _give(
    work: Work, case: ConsentChange, name: str, receipt: str = "given", came_on: date | None = None
) -> ConsentChange:
    consents.hold(work, case.patient_id)
    consent = case.consent
    consent.channel, consent.granted_at = case.channel, work.now
    consent.granted_by_id, consent.granted_by_name = work.actor.id, name
    cases.take(work, case, "give_consent", received_on=came_on or work.today, receipt=receipt)
    return pass_on(work, case)


def refuse(work: Work, patient: Patient, consent: Consent) -> ConsentChange:
    """The patient says no. Nothing follows from it, and she has a receipt."""
    work.must(Permission.CONSENT_CHANGE, patient)
    consents.must_reach(work, consent)
    _still_asked(work, consent)
    _read(work, consent)
    consent.refused_at, consent.channel = work.now, Channel.PORTAL
    case = start(work, patient, consent, Change.REFUSAL)
    cases.take(work, case, "refuse_consent", received_on=work.today, receipt="refused")
    return case


def _still_asked(work: Work, consent: Consent) -> None:
    consents.hold(work, consent.patient_id)
    work.db.refresh(consent)
    if state(consent, work.today) != State.ASKED:
        raise NotPossible(_("This was answered already. The page of your consents shows what is on file."))
    if consent.expires_on is not None and consent.expires_on < work.today:
        raise NotPossible(_("The time for this has passed. Nothing was stored."))


def withdraw(
    work: Work,
    patient: Patient,
    consent: Consent,
    talk: str,
    shown: str,
    channel: Channel = Channel.PORTAL,
    came_on: date | None = None,
) -> ConsentChange:
    """Take a consent back; it counts from now. ``shown`` is what she was told would follow, and is kept.

    ``came_on`` is the day a paper that says so reached the clinic, where it is another one than today.

    One that the physician has not accepted yet ends in its own case, since nobody has received anything. A renewal
    that waits is taken back with what it renews.
    """
    work.must(Permission.CONSENT_CHANGE, patient)
    if talk not in set(Talk):
        raise Invalid(_("Say whether you want a talk with the physician. You do not have to have one."), "talk")
    consents.must_reach(work, consent)
    how = (talk, shown, channel, came_on or work.today)
    case = _take_back(work, patient, consent, how)
    for renewal in work.db.scalars(select(Consent).where(Consent.renews_id == consent.id)).all():
        if state(renewal, work.today) == State.WAITING:
            _take_back(work, patient, renewal, how)
    return case


def _take_back(work: Work, patient: Patient, consent: Consent, how: tuple[str, str, Channel, date]) -> ConsentChange:
    talk, shown, channel, came_on = how
    pending = _pending(work, consent)
    consents.hold(work, patient.id)
    if pending is not None:
        pending.talk = talk
        seal(work, patient.id, pending, "consequences_sealed", shown)
        cases.take(work, pending, "overtake", receipt="withdrawn")
        return pending
    lifts = consent.decision == Decision.DENY
    case = start(work, patient, consent, Change.LIFT if lifts else Change.WITHDRAWAL, channel)
    case.talk = talk
    seal(work, patient.id, case, "consequences_sealed", shown)
    event, receipt = ("lift_limit", "lifted") if lifts else ("withdraw_consent", "withdrawn")
    cases.take(work, case, event, received_on=came_on, receipt=receipt)
    return pass_on(work, case)


def _pending(work: Work, consent: Consent) -> ConsentChange | None:
    """The open case in which this consent was given, locked."""
    query = select(ConsentChange.id).where(
        ConsentChange.consent_id == consent.id, ConsentChange.change == Change.GRANT, ConsentChange.is_open.is_(True)
    )
    key = work.db.scalar(query)
    case = cases.find_by_id(work, key) if key else None
    return case if isinstance(case, ConsentChange) and case.is_open else None


def limit(
    work: Work, patient: Patient, recipients: Sequence[Recipient], categories: frozenset[Category], shown: str
) -> ConsentChange:
    """Stop sharing for care: with these providers, else with everybody; these kinds of entry, else everything."""
    work.must(Permission.CONSENT_CHANGE, patient)
    care = purposes.find("care")
    if any(each.kind not in care.recipients for each in recipients):
        raise Invalid(_("One of these is not somebody who cares for you. Choose others."), "recipients")
    terms = Terms("care", {each.id: each.kind for each in recipients}, categories, ends=Ends.NONE)
    consents.hold(work, patient.id)
    consent = draw_up(work, patient, terms, Decision.DENY)
    consent.everyone, consent.everything = not recipients, not categories
    consents.must_reach(work, consent)
    consent.channel, consent.granted_at, consent.effective_at = Channel.PORTAL, work.now, work.now
    consent.granted_by_id, consent.granted_by_name = work.actor.id, work.actor.name
    case = start(work, patient, consent, Change.LIMIT)
    seal(work, patient.id, case, "consequences_sealed", shown)
    cases.take(work, case, "limit_sharing", received_on=work.today, receipt="limited")
    return pass_on(work, case)


def pass_on(work: Work, case: ConsentChange) -> ConsentChange:
    """To the responsible physician, where there is one."""
    if case.responsible_id is not None:
        cases.take(work, case, "pass_on")
    return case


# How a consent and its case are made


def draw_up(work: Work, patient: Patient, terms: Terms, decision: Decision = Decision.PERMIT) -> Consent:
    """A consent with these terms and the wording of now, that nobody has given yet."""
    work.must(Permission.CONSENT_CHANGE, patient)
    for_patient = RecordItem.patient_id == patient.id
    known = set(work.db.scalars(select(RecordItem.id).where(for_patient, RecordItem.id.in_(terms.items))))
    if known != terms.items:
        raise Invalid(_("One of these entries is not in the patient's record. Choose again."), "items")
    consent = Consent(patient_id=patient.id, purpose=terms.purpose, decision=decision, ends=terms.ends)
    consent.expires_on = terms.expires_on if terms.ends == Ends.DATE else None
    if terms.ends_words.strip():
        seal(work, patient.id, consent, "ends_sealed", terms.ends_words.strip())
    if terms.details:
        seal_json(work, patient.id, consent, "details_sealed", dict(terms.details))
    _read(work, consent)
    work.db.add(consent)
    work.db.flush()
    about = [ConsentInformation(category=each.value) for each in sorted(terms.categories)]
    about += [ConsentInformation(item_id=each) for each in sorted(terms.items)]
    consent.information = about
    consent.recipients = [ConsentRecipient(recipient_id=each) for each in sorted(terms.recipients)]
    work.db.flush()
    consent_pictures.bind(work, consent, terms.items)
    return consent


def _read(work: Work, consent: Consent) -> None:
    """The wording as it is now, in the language spoken now, kept word for word."""
    words = purposes.wording(purposes.find(consent.purpose), language())
    consent.wording_version, consent.wording_digest, consent.language = words.version, words.digest, words.language
    seal(work, consent.patient_id, consent, "wording_sealed", "\n".join(words.paragraphs))


def start(
    work: Work, patient: Patient, consent: Consent, change: Change, channel: Channel = Channel.PORTAL
) -> ConsentChange:
    """A case for this change, inside this work only until a step of it is taken."""
    law = jurisdictions.profile(patient.jurisdiction)
    case = ConsentChange(
        kind="consent_change",
        patient_id=patient.id,
        requested_by_id=work.actor.id,
        channel=channel,
        responsible_id=patient.responsible_id,
        jurisdiction=law.id,
        rules_version=law.version,
        stage=Stage.DRAFT,
        started_at=work.now,
        change=change,
        consent_id=consent.id,
    )
    case.patient, case.consent = patient, consent
    work.db.add(case)
    work.db.flush()
    return case
