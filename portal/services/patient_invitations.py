"""Inviting a patient: a code on a letter or by e-mail, good once for seven days, with which she sets up her sign-in.

Only a digest of the code is kept; the code itself, sealed, until it was given out. Beside the code she gives her birth
date and one more fact on file, so that a letter in the wrong hands opens nothing. The letter is on file like others.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import exists, or_, select, update

from portal.domain import jurisdictions
from portal.domain import patient_invitations as rules
from portal.domain.clocks import local_date
from portal.domain.contact_plans import choices, entry
from portal.domain.dispatch_plans import Planned
from portal.domain.dispatches import Stage, Way
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.letters import InvitationFacts, Letter, invitation
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.dispatches import Dispatch
from portal.models.letters import Letter as LetterRow
from portal.models.patient_invitations import PatientInvitation
from portal.models.people import Patient
from portal.services import (
    audit,
    contact_plans,
    dispatch_targets,
    dispatches,
    letter_readers,
    letter_wordings,
    letters,
    notices,
    secret_letters,
)
from portal.services.sealing import pin, unseal_json
from portal.services.sign_ins import digest_of
from portal.services.work import Report, Work

BY_LETTER, BY_POST, BY_MAIL = "letter", "post", "mail"  # over the desk, by post, by e-mail
KIND = "invitation"
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
    return secret_letters.opens(row, work.now)


def invite(work: Work, patient: Patient, way: str) -> PatientInvitation:
    """A fresh code; an earlier one opens nothing any more. Raises NotPossible when she cannot be invited.

    By mail it goes to the address on file, by post to her open address through the list of letters. For the letter over
    the desk the code waits, sealed, until that is printed.
    """
    work.must(Permission.ACCOUNT_INVITE, patient)
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())
    if no := why_not(work, patient):
        raise NotPossible(no)
    if way == BY_MAIL and not mail_to(work, patient):
        raise Invalid(_("There is no e-mail address that we may use for this. Print a letter instead."), "way")
    if way == BY_POST and not post_to(work, patient):
        raise Invalid(_("There is no address that we may use for this. Hand the letter over at the front desk."), "way")
    end_all(work, patient)
    fact = rules.rules().fact_on_file(patient)
    code = rules.new_code()
    row = PatientInvitation(patient_id=patient.id, patient=patient, way=way, made_at=work.now)
    row.code_digest, row.fact = digest_of(rules.bare(code)), fact.id if fact else ""
    row.language = contact_plans.written_in(work, patient)
    row.made_by_id, row.expires_at = work.actor.id, work.now + rules.rules().lasts  # type: ignore[assignment]
    row.code_sealed = work.outside.vault.seal_secret(code.encode(), pin(row, "code_sealed"))
    work.db.add(row)
    work.db.flush()
    sheet = letters.put_on_file(
        work, LetterRow(patient_id=patient.id, invitation_id=row.id, kind=KIND), _letter(work, row)
    )
    work.db.flush()
    audit.record(work, "invitation.made", patient.id, way=way)
    if way == BY_POST:
        dispatches.make(work, sheet, Planned(Way.POST, secret_letters.WHY))
    if way == BY_MAIL:
        work.promise("patient_invitation", f"patient_invitation/{row.id}", invitation=str(row.id))
    return row


def mail_to(work: Work, patient: Patient) -> str:
    """The address to which the code may be mailed, by her plan; empty when there is none."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    return contact_plans.invitation_box(work, patient)


def post_to(work: Work, patient: Patient) -> tuple[str, ...]:
    """The lines of the address to which the letter may be posted, by her plan; empty when there is none."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    return dispatch_targets.undoubted(work, patient)


def end_all(work: Work, patient: Patient) -> int:
    """No code of this patient opens anything any more. Gives how many there were that did."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    theirs = select(PatientInvitation).where(PatientInvitation.patient_id == patient.id)
    ended = 0
    for row in work.db.scalars(theirs.order_by(PatientInvitation.id).with_for_update()):
        if row.used_at is None and row.ended_at is None:
            row.ended_at, row.code_sealed, ended = work.now, None, ended + 1
        secret_letters.settle(work, row.id, "ended")  # also a letter that came back, or an e-mail that was given up
    return ended


def over(work: Work, _payload: dict[str, Any]) -> list[UUID]:
    """The invitations that open nothing any more and left something behind: the code, a letter in a list."""
    work.must(Permission.UPKEEP)
    dead = or_(
        PatientInvitation.used_at.is_not(None),
        PatientInvitation.ended_at.is_not(None),
        PatientInvitation.expires_at <= work.now,
    )
    on_its_way = exists().where(
        LetterRow.invitation_id == PatientInvitation.id,
        Dispatch.letter_id == LetterRow.id,
        Dispatch.stage.in_((Stage.WAITING, Stage.CONFIRMED, Stage.READY)),
    )
    query = select(PatientInvitation.id).where(dead, or_(PatientInvitation.code_sealed.is_not(None), on_its_way))
    return list(work.db.scalars(query.order_by(PatientInvitation.id)))


def as_they_are(_work: Work, found: list[UUID], _report: Report) -> list[UUID]:
    return found


def clear(work: Work, _payload: dict[str, Any], found: list[UUID]) -> None:
    """Forget the codes that open nothing any more, and take their letters out of the lists."""
    work.must(Permission.UPKEEP)
    for key in found:
        row = work.db.get_one(PatientInvitation, key, with_for_update=True)
        row.code_sealed = None
        secret_letters.settle(work, row.id, "ended")


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
    sheet = _on_file(work, row)
    if sheet is None:
        return Letter.from_json(unseal_json(work, patient.id, row, "letter_sealed"))
    return letters.read(work, sheet)


def _on_file(work: Work, row: PatientInvitation) -> LetterRow | None:
    """Its letter; None for an invitation made before these were letters on file."""
    return work.db.scalars(select(LetterRow).where(LetterRow.invitation_id == row.id)).one_or_none()


def sent_as(work: Work, row: PatientInvitation) -> Dispatch | None:
    """The letter of an invitation on its way; None while it is not printed, or mailed."""
    work.must(Permission.ACCOUNT_INVITE, row.patient)
    return secret_letters.on_its_way(work, row)


def to_print(work: Work, patient: Patient) -> tuple[UUID, str]:
    """The whole letter with its code, for the press. Raises NotPossible when it was printed, or opens nothing."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    row = newest(work, patient)
    if row is None or row.way != BY_LETTER or row.code_sealed is None or not is_open(work, row):
        raise secret_letters.gone()
    sheet = _on_file(work, row)
    if sheet is None:  # made out before these were letters on file: it has no place for the code
        raise secret_letters.gone()
    letter = secret_letters.filled(work, sheet, letters.read(work, sheet))
    with speaking(row.language):
        return row.id, work.outside.paper.render("letters/letter.html", letter=letter)


def printed(work: Work, patient: Patient, invitation_id: UUID, how: str) -> None:
    """The letter was made and handed to her who was known by ``how``: the portal forgets the code.

    Raises NotPossible when somebody else printed it just now, Invalid when ``how`` is no way to know her.
    """
    work.must(Permission.ACCOUNT_INVITE, patient)
    if (known := entry(choices().verified, how)) is None or not known.in_person:
        raise Invalid(_("Choose how you knew that it was she."), "how")
    mine = update(PatientInvitation).where(PatientInvitation.id == invitation_id)
    once = mine.where(PatientInvitation.code_sealed.is_not(None), PatientInvitation.ended_at.is_(None))
    done: Any = work.db.execute(once.values(code_sealed=None, given_at=work.now))
    if done.rowcount != 1:
        raise secret_letters.gone()
    audit.record(work, "invitation.printed", patient.id)
    if (sheet := _on_file(work, work.db.get_one(PatientInvitation, invitation_id))) is not None:
        secret_letters.over_the_desk(work, sheet, how)


def _letter(work: Work, row: PatientInvitation) -> Letter:
    patient = row.patient
    with speaking(row.language):
        facts = InvitationFacts(
            clinic=work.clinic,
            number=patient.number,
            patient_name=patient.name,
            reader_address=dispatch_targets.undoubted(work, patient),
            page=f"{work.outside.base_url}{PAGE}",
            asked_for=_(rules.rules().fact(row.fact).asked_for),
            until=local_date(work.profile, row.expires_at),
            written_on=local_date(work.profile, row.made_at),
            wording=letter_wordings.for_letters(work, jurisdictions.profile(patient.jurisdiction)),
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
    code = secret_letters.code_of(work, row)
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
    row.code_sealed, sheet = None, _on_file(work, row)
    if sent and sheet is not None:
        secret_letters.by_mail(work, sheet, sent=True)
    if sent:
        row.given_at = work.now
    elif row.given_at is None and row.used_at is None:
        row.ended_at = row.ended_at or work.now


def give_up(work: Work, payload: dict[str, Any]) -> None:
    """The mail could not be sent: the code is dead, and the file says that it never went out."""
    row = work.db.get(PatientInvitation, UUID(payload["invitation"]))
    if row is not None:
        row.code_sealed, row.ended_at = None, row.ended_at or work.now
        if (sheet := _on_file(work, row)) is not None:
            secret_letters.by_mail(work, sheet, sent=False)
