"""Inviting a patient: a code on a letter or by e-mail, good once for seven days, with which she sets up her sign-in.

Only a digest of the code is kept; the code itself, sealed, until it was printed or mailed. Beside the code she gives
her birth date and one more fact on file, so that a letter in the wrong hands opens nothing.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from portal.domain import jurisdictions
from portal.domain import patient_invitations as rules
from portal.domain.clocks import local_date
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.letters import InvitationFacts, Letter, invitation
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.patient_invitations import PatientInvitation
from portal.models.people import Patient
from portal.services import audit, contact_plans, dispatch_targets, letter_readers, letter_wordings, notices
from portal.services.sealing import pin, seal_json, unseal_json
from portal.services.sign_ins import digest_of
from portal.services.work import Report, Work

BY_LETTER, BY_MAIL = "letter", "mail"
PAGE = "/activate"


def may(work: Work, patient: Patient) -> bool:
    """Whether this person may invite this patient, and she has no sign-in that she uses."""
    return work.may(Permission.ACCOUNT_INVITE, patient) and not signs_in(work, patient)


def signs_in(work: Work, patient: Patient) -> bool:
    """Whether the patient has a sign-in of her own that she came in by, or could."""
    if patient.account is None:
        return False
    return letter_readers.comes_in(work, patient.account)


def why_not(work: Work, patient: Patient) -> str | None:
    """Why this patient cannot be invited now, in a sentence that says what to do; None when she can."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    if signs_in(work, patient):
        return _("This patient has a sign-in already. If she cannot get in, give her a new way in.")
    if rules.rules().fact_on_file(patient) is None:
        return _(
            "Neither a postal code nor a telephone number is on file, so she could not show that it is she. "
            "Put one of them on file first."
        )
    return None


def newest(work: Work, patient: Patient) -> PatientInvitation | None:
    """The last invitation of this patient, whatever became of it."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    theirs = select(PatientInvitation).where(PatientInvitation.patient_id == patient.id)
    newest_first = theirs.order_by(PatientInvitation.made_at.desc(), PatientInvitation.id.desc())
    return work.db.scalars(newest_first.limit(1)).one_or_none()


def is_open(work: Work, row: PatientInvitation) -> bool:
    """Whether the code opens something now."""
    closed = row.patient.account is not None and row.patient.account.disabled_at is not None
    return row.used_at is None and row.ended_at is None and work.now < row.expires_at and not closed


def invite(work: Work, patient: Patient, way: str) -> PatientInvitation:
    """A fresh code; an earlier one opens nothing any more. Raises NotPossible when she cannot be invited.

    By mail it goes to the address on file. For a letter it waits, sealed, until it is printed.
    """
    work.must(Permission.ACCOUNT_INVITE, patient)
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())
    if no := why_not(work, patient):
        raise NotPossible(no)
    if way == BY_MAIL and not mail_to(work, patient):
        raise Invalid(_("There is no e-mail address that we may use for this. Print a letter instead."), "way")
    end_all(work, patient)
    fact = rules.rules().fact_on_file(patient)
    code = rules.new_code()
    row = PatientInvitation(patient_id=patient.id, patient=patient, way=way, made_at=work.now)
    row.code_digest, row.fact = digest_of(rules.bare(code)), fact.id if fact else ""
    row.language = contact_plans.written_in(work, patient)
    row.made_by_id, row.expires_at = work.actor.id, work.now + rules.rules().lasts  # type: ignore[assignment]
    row.code_sealed = work.outside.vault.seal_secret(code.encode(), pin(row, "code_sealed"))
    seal_json(work, patient.id, row, "letter_sealed", _letter(work, row, None).to_json())
    work.db.add(row)
    audit.record(work, "invitation.made", patient.id, way=way)
    if way == BY_MAIL:
        work.promise("patient_invitation", f"patient_invitation/{row.id}", invitation=str(row.id))
    return row


def mail_to(work: Work, patient: Patient) -> str:
    """The address to which the code may be mailed, by her plan; empty when there is none."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    return contact_plans.invitation_box(work, patient)


def end_all(work: Work, patient: Patient) -> int:
    """No code of this patient opens anything any more. Gives how many there were that did."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    theirs = update(PatientInvitation).where(PatientInvitation.patient_id == patient.id)
    still = theirs.where(PatientInvitation.used_at.is_(None), PatientInvitation.ended_at.is_(None))
    ended: Any = work.db.execute(still.values(ended_at=work.now, code_sealed=None))
    return int(ended.rowcount)


def end(work: Work, patient: Patient) -> None:
    """Take the invitation back. Raises NotPossible when there is none to take back."""
    if not end_all(work, patient):
        raise NotPossible(_("No code of this patient is open any more."))
    audit.record(work, "invitation.ended", patient.id)


def kept(work: Work, patient: Patient) -> Letter:
    """The letter as it is on file, without the code. Raises NotFound when there never was one."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    row = newest(work, patient)
    if row is None:
        raise NotFound(_("There is no such letter, or it is not yours to see."))
    return Letter.from_json(unseal_json(work, patient.id, row, "letter_sealed"))


def to_print(work: Work, patient: Patient) -> tuple[UUID, str]:
    """The whole letter with its code, for the press. Raises NotPossible when it was printed, or opens nothing."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    row = newest(work, patient)
    if row is None or row.way != BY_LETTER or row.code_sealed is None or not is_open(work, row):
        raise _printed_before()
    code = work.outside.vault.open_secret(row.code_sealed, pin(row, "code_sealed")).decode()
    with speaking(row.language):
        return row.id, work.outside.paper.render("letters/letter.html", letter=_letter(work, row, code))


def printed(work: Work, patient: Patient, invitation_id: UUID) -> None:
    """The letter was made: the portal forgets the code. Raises NotPossible when somebody else printed it just now."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    mine = update(PatientInvitation).where(PatientInvitation.id == invitation_id)
    once = mine.where(PatientInvitation.code_sealed.is_not(None), PatientInvitation.ended_at.is_(None))
    done: Any = work.db.execute(once.values(code_sealed=None, given_at=work.now))
    if done.rowcount != 1:
        raise _printed_before()
    audit.record(work, "invitation.printed", patient.id)


def _printed_before() -> NotPossible:
    return NotPossible(_("The code was printed before, or opens nothing any more. Invite the patient again."))


def _letter(work: Work, row: PatientInvitation, code: str | None) -> Letter:
    patient = row.patient
    with speaking(row.language):
        facts = InvitationFacts(
            clinic=work.clinic,
            number=patient.number,
            patient_name=patient.name,
            reader_address=dispatch_targets.undoubted(work, patient),
            page=f"{work.outside.base_url}{PAGE}",
            code=code,
            asked_for=_(rules.rules().fact(row.fact).asked_for),
            until=local_date(work.profile, row.expires_at),
            written_on=local_date(work.profile, row.made_at),
            # The words of the day it was made: what is printed says what is on file.
            wording=letter_wordings.for_letters(work, jurisdictions.profile(patient.jurisdiction), row.made_at),
        )
        return invitation(facts)


# By e-mail, by the worker


def to_send(work: Work, payload: dict[str, Any]) -> tuple[str, str, str] | None:
    """(address, subject, text); None when the code opens nothing any more, or no address is safe by now."""
    row = work.db.get(PatientInvitation, UUID(payload["invitation"]))
    if row is None or row.code_sealed is None or not is_open(work, row):
        return None
    if not (address := contact_plans.invitation_box(work, row.patient)):
        return None
    code = work.outside.vault.open_secret(row.code_sealed, pin(row, "code_sealed")).decode()
    with speaking(row.language):
        text = work.outside.paper.render(
            "emails/patient_invitation.txt",
            code=code,
            link=f"{work.outside.base_url}{PAGE}",
            fact=_(rules.rules().fact(row.fact).asked_for),
        )
        return address, _("Your way in to our portal"), text


def send(work: Work, mail: tuple[str, str, str] | None, report: Report) -> bool:
    notices.send(work, mail, report)
    return mail is not None


def keep(work: Work, payload: dict[str, Any], sent: bool) -> None:
    """The code is with the patient, or will never be: then it is dead, and the office sees that it is."""
    row = work.db.get(PatientInvitation, UUID(payload["invitation"]))
    if row is None:
        return
    row.code_sealed = None
    if sent:
        row.given_at = work.now
    elif row.given_at is None and row.used_at is None:
        row.ended_at = row.ended_at or work.now


def give_up(work: Work, payload: dict[str, Any]) -> None:
    """The mail could not be sent: the code is dead, and the file says that it never went out."""
    row = work.db.get(PatientInvitation, UUID(payload["invitation"]))
    if row is not None:
        row.code_sealed, row.ended_at = None, row.ended_at or work.now
