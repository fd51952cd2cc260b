"""The papers of a complaint, given to the office outside that has it: whatever goes out stands in the register.

Making a bundle and downloading it gives nothing to anybody. That it went out is recorded here, once for each time.
"""

import json
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import select

from portal.domain.clocks import local_date
from portal.domain.dates import say_date
from portal.domain.disclosures import HOW_NAMES, OF_PAPERS, How
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.jurisdictions import Body, profile
from portal.domain.policy import Permission
from portal.domain.words import N_, _, speaking
from portal.domain.zones import zone
from portal.models.access_requests import AccessRequest
from portal.models.audit import AuditEntry
from portal.models.complaints import Complaint
from portal.models.disclosures import Disclosure
from portal.models.letters import StoredFile
from portal.services import cases, contact_plans, files, unasked_disclosures
from portal.services.disclosures import STANDING, details_of
from portal.services.unasked_disclosures import Papers
from portal.services.work import Work

WHY = N_("You, or somebody for you, took the complaint to them. They got this to look into it.")


@dataclass(frozen=True)
class Giving:
    """That a bundle went out: to whom, when and how, and who wrote it down. ``entry`` is its line of the register."""

    entry: UUID
    bundle: str
    recipient: str
    on: date
    way: str
    by: str

    @property
    def how(self) -> str:
        return _(HOW_NAMES[How(self.way)])


@dataclass(frozen=True)
class Bundle:
    """A bundle as its page shows it. ``taken_on`` is when it was downloaded last since the office outside has the
    complaint, where it is the newest and nobody recorded that it was given to them: an older one may be a draft."""

    file: StoredFile
    name: str
    given: tuple[Giving, ...]
    taken_on: date | None


def to_whom(work: Work, case: Complaint) -> Body:
    """The office outside that has the complaint. Raises NotPossible while none has it."""
    work.must(Permission.COMPLAINT_DECIDE, case)
    if case.outside_body is None:
        raise NotPossible(_("No office outside has this complaint. Enter first that it was taken there."))
    return profile(case.jurisdiction).taken_to(case.outside_body)


def of_case(work: Work, case: Complaint) -> list[Giving]:
    """What was given of this complaint, as the register says it now, oldest first: for who decides, and the bundle."""
    if not work.may(Permission.UPKEEP):
        work.must(Permission.COMPLAINT_DECIDE, case)
    query = select(Disclosure).where(Disclosure.case_id == case.id, *STANDING)
    rows = work.db.scalars(query.order_by(Disclosure.disclosed_on, Disclosure.id))
    told = ((row, details_of(work, row)) for row in rows)
    return [
        Giving(row.id, about["bundle"], row.recipient, row.disclosed_on, about["how"], row.done_by_name or "")
        for row, about in told
        if "bundle" in about  # else it is an answer to a question, or our letter to them about a correction
    ]


def bundles(work: Work, case: Complaint) -> list[Bundle]:
    """The bundles that were made, oldest first, with what became of each."""
    work.must(Permission.COMPLAINT_DECIDE, case)
    given, taken = of_case(work, case), _taken(work, case)
    has_it = to_whom(work, case).name if case.outside_body is not None else ""
    made = files.of_case(work, case, "bundle")
    found = []
    for row, name in made:
        hers = tuple(each for each in given if each.bundle == str(row.id))
        owed = row is made[-1][0] and not any(each.recipient == has_it for each in hers)
        found.append(Bundle(row, name, hers, taken.get(str(row.id)) if owed else None))
    return found


def find(work: Work, case: Complaint, file_id: UUID) -> Bundle:
    """One of them. Raises NotFound."""
    found = next((each for each in bundles(work, case) if each.file.id == file_id), None)
    if found is None:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    return found


def _taken(work: Work, case: Complaint) -> dict[str, date]:
    """By the keys of the bundles: the day each was downloaded last since the office outside has the complaint."""
    if case.outside_on is None:
        return {}
    since = datetime.combine(case.outside_on, time(), zone(work.profile.time_zone))
    of_it = (AuditEntry.chain == str(case.patient_id), AuditEntry.action == "complaint.bundle_taken")
    query = select(AuditEntry.at, AuditEntry.text).where(*of_it, AuditEntry.at >= since).order_by(AuditEntry.id)
    rows = ((local_date(work.profile, at), json.loads(text)) for at, text in work.db.execute(query))
    return {facts["file"]: day for day, facts in rows}


def is_read(case: Complaint) -> bool:
    """Whether the patient can read in the portal what is hers alone: she has a sign-in, and lives."""
    return case.patient.account_id is not None and case.patient.died_on is None


def words(work: Work, case: Complaint) -> tuple[str, str]:
    """What for and what, as the patient reads it in her own language."""
    work.must(Permission.COMPLAINT_DECIDE, case)
    about = {"reference": case.reference, "linked": case.linked_reference, "number": case.outside_number}
    with speaking(contact_plans.written_in(work, case.patient)):
        why = _(WHY)
        if isinstance(case.linked, AccessRequest):
            return why, _(
                "The papers of the complaint %(reference)s and of %(linked)s in one PDF: the complaint, our answers, "
                "decisions, letters, messages, and the list of what was done. Their file number is %(number)s.",
                **about,
            )
        if case.linked_reference:
            return why, _(
                "The papers of the complaint %(reference)s and of %(linked)s in one PDF: the complaint, our answers, "
                "letters, messages, and the list of what was done. Their file number is %(number)s.",
                **about,
            )
        return why, _(
            "The papers of the complaint %(reference)s in one PDF: the complaint, our answers, letters, messages, and "
            "the list of what was done. Their file number is %(number)s.",
            **about,
        )


def give(work: Work, case: Complaint, file_id: UUID, how: str, on: date, again: bool = False) -> None:
    """Record that a bundle was given to the office outside that has the complaint: it stands in the register from now.

    The same bundle to the same office on the same day by the same way is one entry, however often it is sent. Another
    one is a copy that went out too, and is entered only where ``again`` says so. Raises Invalid for a way or a day that
    cannot be, NotPossible while no office outside has it.
    """
    body, bundle = to_whom(work, case), find(work, case, file_id)
    if how not in OF_PAPERS:
        raise Invalid(_("Choose how the papers went."), "how")
    _check_day(work, case, bundle, on)
    before = [each for each in bundle.given if each.recipient == body.name]
    if (on, how) in [(each.on, each.way) for each in before]:
        return
    if before and not again:
        raise Invalid(
            _("It is recorded that they have these papers. If another copy went out too, tick the box."), "again"
        )
    why, what = words(work, case)
    key, number = str(bundle.file.id), case.outside_number or ""
    unasked_disclosures.enter_papers(work, case, Papers(body, number, key, how, on, why, what))
    cases.take_or_note(work, case, "give_papers")


def _check_day(work: Work, case: Complaint, bundle: Bundle, on: date) -> None:
    made_on = local_date(work.profile, bundle.file.added_at)
    if on < made_on:
        raise Invalid(_("The papers were made on %(day)s. Give that day or a later one.", day=say_date(made_on)), "on")
    check_day(work, case, on)


def check_day(work: Work, case: Complaint, on: date) -> None:
    """Raise Invalid unless something can have gone to the office outside on that day."""
    if on > work.today:
        raise Invalid(_("That day has not come yet. Give the day it went out."), "on")
    if case.outside_on is not None and on < case.outside_on:
        day = say_date(case.outside_on)
        raise Invalid(_("They have had the complaint since %(day)s. Give that day or a later one.", day=day), "on")
