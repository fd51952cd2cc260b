"""Representatives: registered with a paper, checked by staff, narrowed, ended. What holds is computed from these facts.

Nobody registers herself. The patient sees all of it and ends it; so does the representative with her own.
"""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import select

from portal.domain import representatives as rules
from portal.domain.actors import Role
from portal.domain.addresses import spelled
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.jurisdictions import profile
from portal.domain.jurisdictions.powers import RepresentativeRules
from portal.domain.policy import Permission
from portal.domain.record_items import Category
from portal.domain.representatives import EndReason, Life, Standing, Wanted
from portal.domain.rights import WHOLE_RECORD, Right, rights_in, slices_in, to_text
from portal.domain.words import _
from portal.models import scopes
from portal.models.accounts import Account
from portal.models.letters import StoredFile
from portal.models.people import Patient, Representation
from portal.services import accounts, audit, email_changes, files, powers, representative_notices, tray_entries
from portal.services.sealing import seal
from portal.services.tray_entries import HandedIn, Lying
from portal.services.work import Work

FORM = "representative"  # of ours, on paper
PURPOSE = "power"  # of the stored file: the paper a power rests on


def rules_of(patient: Patient) -> RepresentativeRules:
    """What the jurisdiction of a patient says about representatives."""
    return profile(patient.jurisdiction).representatives


def account_for(work: Work, patient: Patient, email: str, name: str) -> tuple[Account, str | None]:
    """The account that will act, and its one-time link when it had to be made. Raises Invalid when it cannot be.

    The name has to be the account's own, so that a slip in the address gives no power to a stranger.
    """
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    address = spelled(email)
    account = work.db.scalars(select(Account).where(Account.email == address)).one_or_none()
    if account is None:
        account = accounts.add(work, address, name.strip(), frozenset({Role.PATIENT}))
        email_changes.to_prove(work, account)
        return account, accounts.give_link(work, account)
    if account.id == work.actor.id:
        raise Invalid(_("Nobody registers a power of her own. Ask a colleague to do it."), "email")
    if account.id == patient.account_id:
        raise Invalid(_("This is the patient's own address. Write the address of who will act for her."), "email")
    if Role.PATIENT not in account.role_set or account.disabled_at is not None:
        raise Invalid(_("With this address nobody can act for a patient. Ask for a private one."), "email")
    if account.name.casefold().split() != name.casefold().split():
        raise Invalid(_("The account of this address has another name. Check the address and the name."), "email")
    return account, None


def register(work: Work, patient: Patient, account: Account, wanted: Wanted, looked: Any) -> Representation:
    """Write a power down with its paper. It lets nobody do anything until somebody has checked the proof.

    ``looked`` is the scan as ``files.look_at_scan`` gave it, or our form on paper. Raises Invalid naming the field.
    """
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    _not_herself(work, account.id)
    _one_at_a_time(work, patient)
    law = rules_of(patient)
    power = rules.check(law, wanted, Life.of(patient), work.today)
    acting = holding(work, patient)
    if any(row.account_id == account.id for row in acting):
        raise Invalid(_("This person acts for the patient already. Change or end that power first."), "email")
    rules.check_rank(law, power, wanted, acting)
    row = Representation(
        patient_id=patient.id,
        account_id=account.id,
        power=power.id,
        rank=wanted.rank if power.ranked else None,
        rights=to_text(wanted.rights),
        slices=_slices_text(wanted.slices),
        starts_on=wanted.starts_on or work.today,
        ends_on=wanted.ends_on,
        registered_by_id=work.actor.id,
        registered_at=work.now,
    )
    for column, text in (("note_sealed", wanted.note), ("why_not_higher_sealed", wanted.why_not_higher)):
        if text.strip():
            seal(work, patient.id, row, column, text.strip())
    if isinstance(looked, Lying | HandedIn):
        paper = tray_entries.file(work, looked, patient, form=FORM)
        row.document_id, row.paper_id = paper.file_id, paper.id
    else:
        row.document_id = _keep_paper(work, patient, looked).id
    work.db.add(row)
    work.db.flush()
    _written_down(work, row, "registered")
    return row


def _keep_paper(work: Work, patient: Patient, looked: Any) -> StoredFile:
    about = {"name": looked.safe_name, "media_type": looked.media_type, "purpose": PURPOSE}
    paper = files.keep_bytes(work, patient.id, looked.clean, **about)
    work.db.flush()
    return paper


def _slices_text(slices: Iterable[Category]) -> str:
    chosen = frozenset(slices)
    return "" if chosen == WHOLE_RECORD else to_text(chosen)


def find(work: Work, patient: Patient, power_id: UUID) -> Representation:
    """A power to act for this patient, for the office. Raises NotFound."""
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    row = work.db.get(Representation, power_id)
    if row is None or row.patient_id != patient.id:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return row


def find_own(work: Work, power_id: UUID) -> Representation:
    """A power that this person gave or holds, with which she may do something. Raises NotFound.

    One that rests is not there for who holds it, as no page of it is (decision 0086).
    """
    row = work.db.get(Representation, power_id)
    theirs = row is not None and row.account_id == work.actor.id and not powers.rests(work, row)
    if row is None or not (theirs or row.patient_id == work.actor.patient_id):
        raise NotFound(_("There is no such page, or it is not yours to see."))
    work.must(Permission.REPRESENTATIVES_END, row)
    return row


def holding(work: Work, patient: Patient) -> list[Representation]:
    """The powers to act for this patient that hold today, also those that rest: they will act again."""
    work.must(Permission.REPRESENTATIVES_KEEP, patient)
    query = select(Representation).where(Representation.patient_id == patient.id, scopes.holding(work.today))
    return list(work.db.scalars(query.order_by(Representation.registered_at)))


def standing(work: Work, row: Representation) -> Standing:
    """How a power stands today."""
    return rules.standing(rules_of(row.patient), row, Life.of(row.patient), work.today)


def verify(work: Work, row: Representation, seen: Iterable[str], how: str) -> None:
    """Say that the proof was checked: from now on the power holds. Raises Invalid for what is missing."""
    work.must(Permission.REPRESENTATIVES_KEEP, row)
    _not_herself(work, row.account_id)
    _one_at_a_time(work, row.patient)
    if row.verified_at is not None or row.ended_at is not None:
        raise NotPossible(_("This power was checked or ended already. Look at the list again."))
    law, proofs = rules_of(row.patient), sorted(set(seen))
    power = law.power(row.power)
    rules.check_proofs(law, power, proofs, how)
    row.proofs, row.verified_how = " ".join(proofs), how
    row.verified_by_id, row.verified_at = work.actor.id, work.now
    work.db.flush()
    if power.after_death and not power.ranked:
        for relative in (each for each in holding(work, row.patient) if law.power(each.power).ranked):
            end(work, relative, EndReason.OTHER_POWER)
    _written_down(work, row, "verified")


def end(work: Work, row: Representation, reason: EndReason) -> None:
    """End a power at this instant. The next page its holder asks for is refused."""
    work.must(Permission.REPRESENTATIVES_END, row)
    _one_at_a_time(work, row.patient)
    if row.ended_at is not None:
        raise NotPossible(_("This power has ended already."))
    row.ended_at, row.ended_by_id, row.end_reason = work.now, work.actor.id, reason
    work.db.flush()
    _written_down(work, row, "ended")


def end_own(work: Work, row: Representation) -> None:
    """The patient takes the power back, or the representative no longer acts."""
    hers = row.patient_id == work.actor.patient_id
    end(work, row, EndReason.PATIENT if hers else EndReason.REPRESENTATIVE)


def end_at_desk(work: Work, row: Representation, reason: str) -> None:
    """The office ends a power, and says why. Raises Invalid without a reason of the list."""
    work.must(Permission.REPRESENTATIVES_KEEP, row)
    if reason not in set(rules.OFFICE_REASONS):
        raise Invalid(_("Choose why it ends."), "reason")
    end(work, row, EndReason(reason))


def restrict(work: Work, row: Representation, rights: frozenset[Right], slices: frozenset[Category]) -> None:
    """Let the power reach less from now on. To reach more, it is registered anew with its paper. Raises Invalid."""
    work.must(Permission.REPRESENTATIVES_KEEP, row)
    _one_at_a_time(work, row.patient)
    if row.ended_at is not None:
        raise NotPossible(_("This power has ended already."))
    if not rights or not slices:
        raise Invalid(_("Something has to be left. To leave nothing, end the power."), "rights")
    if rights - rights_in(row.rights):
        raise Invalid(_("A power can only be narrowed here. To widen it, register it anew with its paper."), "rights")
    if slices - slices_in(row.slices):
        raise Invalid(_("A power can only be narrowed here. To widen it, register it anew with its paper."), "slices")
    row.rights, row.slices = to_text(rights), _slices_text(slices)
    work.db.flush()
    _written_down(work, row, "restricted")


def share_again(work: Work, row: Representation) -> None:
    """A patient who decides for herself lets somebody act for her again, until she ends it."""
    work.must(Permission.REPRESENTATIVES_SHARE, row)
    _one_at_a_time(work, row.patient)
    if standing(work, row) != Standing.SHE_DECIDES:
        raise NotPossible(_("There is nothing to share again: look at the list."))
    row.shared_at = work.now
    work.db.flush()
    _written_down(work, row, "shared")


def paper_of(work: Work, row: Representation) -> StoredFile:
    """The paper a power rests on, for the office; opening it leaves a trace. Raises NotFound when none is kept."""
    work.must(Permission.REPRESENTATIVES_KEEP, row)
    paper = work.db.get(StoredFile, row.document_id) if row.document_id else None
    if paper is None:
        raise NotFound(_("There is no such file, or it is not yours to see."))
    audit.record(work, "representative.paper_read", row.patient_id, file=str(paper.id))
    return paper


def _not_herself(work: Work, account_id: UUID) -> None:
    if account_id == work.actor.id:
        raise NotPossible(_("Nobody registers a power of her own. Ask a colleague to do it."))


def _one_at_a_time(work: Work, patient: Patient) -> None:
    """Of two who change who acts for a patient, the second waits here and sees what the first did."""
    work.db.execute(select(Patient.id).where(Patient.id == patient.id).with_for_update())
    work.db.flush()
    work.db.expire_all()


def _written_down(work: Work, row: Representation, what: str) -> None:
    facts = {"power": row.power, "account": str(row.account_id), "row": str(row.id)}
    scope = {"rights": row.rights, "slices": row.slices} if what in ("registered", "restricted") else {}
    reason = {"reason": row.end_reason} if row.end_reason else {}
    audit.record(work, f"representative.{what}", row.patient_id, **facts, **scope, **reason)
    representative_notices.tell(work, row, what)
