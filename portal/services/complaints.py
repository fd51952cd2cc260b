"""A patient complains, reads how it stands, says whether the answer satisfies, and sends it on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import arithmetic, complaint_rules, complaints, jurisdictions, resending
from portal.domain.access_requests import BEFORE_RELEASE, Channel
from portal.domain.access_requests import Stage as Asked
from portal.domain.complaints import Stage
from portal.domain.dates import say_date
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _, ngettext
from portal.models.cases import Case
from portal.models.complaints import Complaint, ComplaintPerson
from portal.models.letters import StoredFile
from portal.models.people import Patient
from portal.services import audit, cases, clocks, complaint_people, consents, files, tray_entries
from portal.services.sealing import seal, unseal
from portal.services.work import Work

RUNNING = BEFORE_RELEASE | {Asked.PREPARING}


@dataclass(frozen=True)
class Said:
    """What somebody complains about. ``once`` is what the form was drawn with: the same never makes two complaints.

    ``linked`` is the reference of the case it is about, ``people`` whom it names, ``straight`` that it is to go to the
    administrator. ``verified`` says how the office made sure who was speaking, where it did not come by the portal.
    """

    about: str
    words: str
    once: str
    wish: str = ""
    linked: str = ""
    people: frozenset[UUID] = frozenset()
    straight: bool = False
    verified: str = ""


def find(work: Work, reference: str) -> Complaint:
    """The complaint of a reference, if this person may see it. Raises NotFound: also for whom it names."""
    case = cases.find(work, reference)
    if not isinstance(case, Complaint):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return case


def of_patient(work: Work, patient: Patient) -> Sequence[Complaint]:
    """Every complaint about this patient's matters that this person may see, newest first."""
    work.must(Permission.COMPLAINT_MAKE, patient)
    query = select(Complaint).where(Complaint.patient_id == patient.id, Complaint.stage != Stage.DRAFT)
    found = work.db.scalars(query.order_by(Complaint.id.desc()))
    return [case for case in found if work.may(Permission.REQUEST_VIEW, case)]


def send(work: Work, patient: Patient, said: Said) -> Complaint:
    """The patient, or who may complain for her, sends a complaint. A second press gives the first one back.

    Raises Invalid for what has to be put right; nothing is kept then.
    """
    work.must(Permission.COMPLAINT_MAKE, patient)
    if first := _sent_before(work, patient, said):
        return first
    case = _start(work, patient, said, Channel.PORTAL)
    cases.take(work, case, "send_complaint", received_on=work.today)
    return _route(work, case, said.straight)


def enter(work: Work, patient: Patient, said: Said, channel: Channel, came_on: date, scan: Any = None) -> Complaint:
    """Enter a complaint that came by telephone, on paper, by fax or at the counter, as of the day it came.

    ``scan`` is the paper it came on, as ``files.look_at_scan`` gives it, or lying in the tray. Raises Invalid; nothing
    is kept then.
    """
    work.must(Permission.COMPLAINT_WORK, patient)
    if came_on > work.today:
        raise Invalid(_("The complaint cannot have come in the future. Give the day it reached us."), "came_on")
    if not said.verified.strip():
        raise Invalid(_("Write how you made sure who it was."), "verified")
    if first := _sent_before(work, patient, said, (channel, came_on), scan):
        return first
    case = _start(work, patient, said, channel)
    seal(work, patient.id, case, "verified_sealed", said.verified.strip())
    cases.take(work, case, "enter_complaint", received_on=came_on)
    if scan is not None:
        tray_entries.keep(work, case, scan)
    return _route(work, case, said.straight)


def _sent_before(
    work: Work, patient: Patient, said: Said, came: tuple[Channel, date] | None = None, scan: Any = None
) -> Complaint | None:
    """Whoever presses twice at once waits here, and the second finds what the first made.

    Raises SentBefore where the form says something else by now.
    """
    consents.hold(work, patient.id)
    case = work.db.scalars(select(Complaint).where(Complaint.once == said.once)).one_or_none()
    if case is not None and case.patient_id != patient.id:
        raise NotPossible(_("This form is no longer whole. Open the page again."))
    if case is None or not work.may(Permission.REQUEST_VIEW, case):
        return case
    same = _says(work, patient, case, said)
    if came is not None:
        told = (Channel(case.channel), case.received_on), unseal(work, patient.id, case, "verified_sealed")
        kept = [row for row, _name in scans(work, case)]
        same = same and told == (came, said.verified.strip()) and tray_entries.came_on(work, case, kept, scan)
    resending.must_be_the_same(same)
    return case


def _says(work: Work, patient: Patient, case: Complaint, said: Said) -> bool:
    """Whether a complaint says what this form does: by its words, whom it names, and where it was to go.

    Somebody whom the office named since is no difference.
    """
    linked, events = _linked(work, patient, said.linked), {row.event for row in cases.history(work, case)}
    words = [unseal(work, patient.id, case, column) for column in ("words_sealed", "wish_sealed")]
    named = frozenset(case.about_ids)
    return (
        words == [said.words.strip(), said.wish.strip()]
        and (case.about, case.linked_id) == (said.about, linked.id if linked is not None else None)
        and (named == said.people or ("name_person" in events and said.people < named))
        and (not said.straight or "to_provider" not in events)
    )


def _start(work: Work, patient: Patient, said: Said, channel: Channel) -> Complaint:
    complaint_rules.find_kind(said.about)
    words = complaint_rules.check_words(said.words, "words", complaint_rules.longest())
    linked = _linked(work, patient, said.linked)
    _check_people(work, patient, said.people)
    law, targets = jurisdictions.profile(patient.jurisdiction), work.clinic.complaints
    case = Complaint(
        kind="complaint",
        patient_id=patient.id,
        requested_by_id=work.actor.id,
        channel=channel,
        responsible_id=complaint_people.provider_for(work, patient, said.people),
        jurisdiction=law.id,
        rules_version=law.version,
        stage=Stage.DRAFT,
        started_at=work.now,
        about=said.about,
        linked_id=linked.id if linked is not None else None,
        once=said.once,
        acknowledge_days=targets.acknowledge_working_days,
        answer_days=targets.answer_days,
    )
    case.patient, case.linked = patient, linked
    case.people = [ComplaintPerson(account_id=each) for each in sorted(said.people, key=str)]
    seal(work, patient.id, case, "words_sealed", words)
    if said.wish.strip():
        wish = said.wish.strip()
        seal(work, patient.id, case, "wish_sealed", complaint_rules.check_words(wish, "wish", 4000, least=1))
    if linked is not None and (counted := arithmetic_of(work, linked)):
        seal(work, patient.id, case, "arithmetic_sealed", counted)
    work.db.add(case)
    work.db.flush()
    return case


def _check_people(work: Work, patient: Patient, people: frozenset[UUID]) -> None:
    if people - {each.id for each in complaint_people.choices(work, patient)}:
        raise Invalid(_("One of these people does not work here. Choose again."), "people")
    if work.actor.id in people:
        raise Invalid(_("You are named in this yourself, so somebody else has to send it."), "people")


def _linked(work: Work, patient: Patient, reference: str) -> Case | None:
    """The case it is about. Raises Invalid where there is none of this number that this person may see."""
    if not reference.strip():
        return None
    try:
        found = cases.find(work, reference.strip())
    except NotFound:
        found = None
    if found is None or found.patient_id != patient.id or found.kind == "complaint":
        raise Invalid(_("We know no such number for this patient. Look at it again, or leave it empty."), "linked")
    return found


def _route(work: Work, case: Complaint, straight: bool) -> Complaint:
    """First the provider; straight to the administrator when the patient wants that, or no provider may have it."""
    past = straight or complaints.provider_free(case) is not None
    cases.take(work, case, "to_administrator" if past else "to_provider", began_on=case.received_on)
    return case


def arithmetic_of(work: Work, linked: Case) -> str:
    """How the days of a request were counted until today, and how late it is: nobody has to prove a date."""
    work.must(Permission.REQUEST_VIEW, linked)
    running = linked.is_open and linked.stage in RUNNING
    clock = clocks.clock_of(linked, work.today if running else None)
    if clock is None:
        return ""
    told = [arithmetic.summary(clock), _("The answer is due by %(day)s.", day=say_date(clock.due))]
    if running and work.today > clock.due:
        days = (work.today - clock.due).days
        told.append(ngettext("It is %(n)s day late.", "It is %(n)s days late.", days))
    return " ".join(told)


# What the patient does with it


def send_on(work: Work, case: Complaint) -> None:
    """Not satisfied, or not willing to wait: the administrator has it now."""
    cases.take(work, case, "send_on")


def satisfied(work: Work, case: Complaint) -> None:
    cases.take(work, case, "satisfied")


def not_satisfied(work: Work, case: Complaint) -> None:
    """After the provider's answer it goes to the administrator; after the administrator's the ways outside are left."""
    cases.take(work, case, "send_on" if case.stage == Stage.ANSWERED else "not_satisfied")


def take_back(work: Work, case: Complaint) -> None:
    if case.stage == Stage.CLOSED:
        raise NotPossible(_("This complaint is closed already."))
    cases.take(work, case, "take_back")


# Reading it


def opened(work: Work, case: Complaint) -> None:
    """Leave a trace that somebody else read it."""
    work.must(Permission.REQUEST_VIEW, case)
    if work.looks_at_another(case.patient_id):
        audit.record_of(work, "complaint.read", case)


def scans(work: Work, case: Complaint) -> list[tuple[StoredFile, str]]:
    """The paper it came on, scanned, with its name; for whoever may see the complaint."""
    return files.of_case(work, case, "scan") if case.channel != Channel.PORTAL else []


def words_of(work: Work, case: Complaint, row: Any, column: str) -> str:
    """What was written in a sealed column of a complaint or of what lies in it, for whoever may see the complaint."""
    work.must(Permission.REQUEST_VIEW, case)
    return unseal(work, case.patient_id, row, column)
