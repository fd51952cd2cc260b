"""How a patient may be reached: her plan kept and read, and the one answer to "by which way?" for whoever sends.

Every e-mail asks ``letterbox``, every letter ``where_to_write``, every page of the office ``reach_of``: nobody else
looks at the telephone, the e-mail or the address on file to reach out (tests/test_senders.py holds the list).
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select

from portal.domain import contact_plans as rules
from portal.domain.contact_plans import OnFile, Plan, Reach
from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.models.accounts import Account
from portal.models.contact_plans import ContactPlan
from portal.models.dispatches import IncomingPaper
from portal.models.people import Patient, Representation
from portal.services import audit, watches
from portal.services.sealing import seal, seal_json, unseal, unseal_json
from portal.services.work import Work

PORTAL = "portal"  # how we knew that it was she: she was signed in


@dataclass(frozen=True)
class Kept:
    """The plan as it is kept: who wrote it down, how it was known that it was she, and its version; 0 without one.

    ``came_on`` is the day on which the form on paper reached the clinic, where it was written down from one.
    """

    plan: Plan
    has_code_word: bool = False
    version: int = 0
    by: str = ""
    how: str = ""
    at: Any = None
    came_on: date | None = None


@dataclass(frozen=True)
class Letterbox:
    """Where an e-mail to an account may go; ``neutral`` when nothing of it may say who writes."""

    to: str
    neutral: bool


def of(work: Work, patient: Patient) -> Kept:
    """The patient's plan, for her and for who works on her requests; never for who represents her."""
    work.must(Permission.CONTACT_VIEW, patient)
    row = _row(work, patient.id)
    if row is None:
        return Kept(Plan())
    facts = (bool(row.code_word_sealed), row.version, row.set_by_name, row.set_how, row.set_at)
    paper = work.db.get(IncomingPaper, row.paper_id) if row.paper_id else None
    return Kept(_plan(work, row), *facts, paper.received_on if paper else None)


def keep(
    work: Work,
    patient: Patient,
    plan: Plan,
    code_word: str,
    seen: int,
    how: str = PORTAL,
    paper_id: UUID | None = None,
) -> None:
    """Keep the plan, instead of version ``seen``. An empty code word leaves the one she has.

    ``how`` is how the office knew that it was she, ``paper_id`` the form on paper it came on, filed already
    (``tray_entries.keep_plan``). Raises Invalid for what cannot be, NotPossible when it was changed
    meanwhile.
    """
    work.must(Permission.CONTACT_PLAN, patient)
    check_how(work, patient, how)
    rules.check(plan, on_file(work, patient))
    if plan.language and plan.language not in work.clinic.languages:
        raise Invalid(_("Choose one of the languages in the list."), "language")
    if code_word:
        rules.check_code_word(code_word)
    lock(work, patient)
    row = _row(work, patient.id)
    if (row.version if row else 0) != seen:
        raise NotPossible(_("This was changed in another window or by somebody else. Open the page again."))
    if row is None:
        row = ContactPlan(patient_id=patient.id, version=0)
    seal_json(work, patient.id, row, "plan_sealed", plan.to_json())
    if code_word:
        seal(work, patient.id, row, "code_word_sealed", code_word)
    row.set_by_name, row.set_how, row.set_at, row.version = work.actor.name, how, work.now, seen + 1
    row.paper_id = paper_id
    work.db.add(row)
    action = "contact_plan.written" if work.actor.patient_id != patient.id else "contact_plan.kept"
    audit.record(work, action, patient.id, how=how)


def check_how(work: Work, patient: Patient, how: str) -> None:
    """The patient herself is known by her session; the office says how it knew her."""
    herself = work.actor.is_patient and work.actor.patient_id == patient.id
    if not herself and rules.entry(rules.choices().verified, how) is None:
        raise Invalid(_("Choose how you knew that it was she."), "how")


def lock(work: Work, patient: Patient) -> None:
    """Two who change what is kept about one patient wait for each other here."""
    work.must(Permission.CONTACT_VIEW, patient)
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())


def read_code_word(work: Work, patient: Patient) -> str:
    """The code word, for somebody who is about to talk to her on the telephone; she can see that it was read."""
    work.must(Permission.CODE_WORD_READ, patient)
    row = _row(work, patient.id)
    if row is None or row.code_word_sealed is None:
        raise NotPossible(_("This patient has given no code word."))
    audit.record(work, "code_word.read", patient.id)
    return unseal(work, patient.id, row, "code_word_sealed")


def reach_of(work: Work, patient: Patient) -> Reach:
    """The ways that are open now, for whoever of the office reaches out."""
    work.must(Permission.CONTACT_VIEW, patient)
    return open_ways(work, patient)


def address_for_a_form(work: Work, patient: Patient) -> list[str]:
    """Name and address as a form of a request begins with them, which whoever represents her may read later."""
    if not work.may(Permission.REQUEST_WRITE, patient):
        work.must(Permission.REQUEST_REGISTER, patient)
    return [patient.name, *where_to_write(work, patient)]


def may_post_to(work: Work, patient: Patient, typed: str) -> bool:
    """Whether an address that stands in a request may be used now: not her home, once that is closed."""
    work.must(Permission.CONTACT_VIEW, patient)
    home = rules.goes_home(typed, on_file(work, patient))
    return not home or rules.ADDRESS not in open_ways(work, patient).closed


def check_place(work: Work, patient: Patient, typed: str, by_fax: bool = False) -> None:
    """Where the office enters that an answer is to go. Raises Invalid, with what to do, for what her plan closes."""
    work.must(Permission.REQUEST_REGISTER, patient)
    closed, known = open_ways(work, patient).closed, on_file(work, patient)
    if by_fax and rules.PHONE in closed and rules.rings_there(typed, known):
        sentence = _("She does not want this number used. Ask her for another one, or choose another way.")
        raise Invalid(sentence, "delivery_to")
    if not by_fax and rules.ADDRESS in closed and rules.goes_home(typed, known):
        raise Invalid(
            _("This looks like her home, where nothing may go. Ask her for another address, or choose another way."),
            "delivery_to",
        )


# For those who send: what is given here goes to the patient, or into the office's hands.


def where_to_write(work: Work, patient: Patient) -> tuple[str, ...]:
    """The lines of the address window of a letter; empty when nothing may be posted, or a representative would read it.

    A representative reads the patient's letters in the portal, so a safe address stands only on the office's pages.
    """
    reach = open_ways(work, patient)
    hidden = rules.ADDRESS in reach.safe or reach.watched
    return () if hidden and somebody_represents(work, patient.id) else reach.address


def letterbox(work: Work, account: Account, at_sign_in: bool = False) -> Letterbox | None:
    """Where an e-mail to this account may go; None when there is no way that is safe.

    ``at_sign_in``: what goes only to the address she signs in with, since whoever gets it gets in.
    """
    patient = _patient_of(work, account)
    if patient is None:
        return Letterbox(account.email, neutral=False)
    reach = open_ways(work, patient, account)
    return _box(work, reach, account.email if at_sign_in else reach.email)


def invitation_box(work: Work, patient: Patient) -> str:
    """Where an e-mail with the code of her first sign-in may go; empty when no way is safe, or nothing may name us."""
    row = _row(work, patient.id)
    plan = _plan(work, row) if row else Plan()
    reach = rules.reach(plan, OnFile(emails=tuple(filter(None, [patient.email]))), watches.is_on(work, patient.id))
    return "" if reach.neutral else reach.email


def old_letterbox(work: Work, account: Account, address: str) -> Letterbox | None:
    """The same for an address that is, or was, on file: to tell it that it is to be another one."""
    patient = _patient_of(work, account)
    if patient is None:
        return Letterbox(address, neutral=False)
    return _box(work, open_ways(work, patient, account), address)


def _box(work: Work, reach: Reach, address: str) -> Letterbox | None:
    forbidden = rules.EMAIL in reach.closed and address.casefold() != reach.email.casefold()
    if not address or forbidden or (reach.neutral and not work.clinic.neutral.email):
        return None
    return Letterbox(address, reach.neutral)


def _patient_of(work: Work, account: Account) -> Patient | None:
    return work.db.scalars(select(Patient).where(Patient.account_id == account.id)).one_or_none()


def language_of(work: Work, patient: Patient) -> str:
    """The language of her plan, empty where she said nothing."""
    row = _row(work, patient.id)
    return _plan(work, row).language if row else ""


def written_in(work: Work, patient: Patient, asked: str = "") -> str:
    """The language we write to her in: the one she asked for here, if we speak it, else her plan's, else her file's."""
    known = work.clinic.languages
    spoken = {name.split("_")[0]: name for name in reversed(known)} | {name: name for name in known}
    wanted = (asked, language_of(work, patient), patient.language)
    return next((spoken[each] for each in wanted if each in spoken), known[0])


def channel_of(work: Work, patient: Patient) -> str:
    """The way she likes best, empty where she said nothing."""
    row = _row(work, patient.id)
    return _plan(work, row).channel if row else ""


def wants(work: Work, patient: Patient, form: str) -> bool:
    """Whether she asked for this form of writing, such as large print."""
    row = _row(work, patient.id)
    return row is not None and form in _plan(work, row).formats


def on_file(work: Work, patient: Patient, account: Account | None = None) -> OnFile:
    """What the office always had. The sign-in's address is the first, since it is what e-mails went to."""
    if account is None and patient.account_id:
        account = work.db.get(Account, patient.account_id)
    emails = [account.email if account else "", patient.email or ""]
    return OnFile(patient.phone or "", tuple(patient.address_lines), tuple(filter(None, emails)))


def open_ways(work: Work, patient: Patient, account: Account | None = None) -> Reach:
    """The ways that are open, for those who send by themselves."""
    row = _row(work, patient.id)
    plan = _plan(work, row) if row else Plan()
    return rules.reach(plan, on_file(work, patient, account), watches.is_on(work, patient.id))


def _row(work: Work, patient_id: UUID) -> ContactPlan | None:
    return work.db.scalars(select(ContactPlan).where(ContactPlan.patient_id == patient_id)).one_or_none()


def _plan(work: Work, row: ContactPlan) -> Plan:
    return Plan.from_json(unseal_json(work, row.patient_id, row, "plan_sealed"))


def somebody_represents(work: Work, patient_id: UUID) -> bool:
    """Whether anybody has a power over her that is not over, be it at rest or still to begin."""
    lasting = or_(Representation.ends_on.is_(None), Representation.ends_on >= work.today)
    query = select(Representation.id).where(Representation.patient_id == patient_id, lasting)
    return work.db.scalar(query.limit(1)) is not None
