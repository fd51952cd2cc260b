"""Who may agree in a patient's place, whatever way it comes: she herself, or somebody whose power covers all of it."""

from sqlalchemy import select

from portal.domain.errors import Invalid, NotPossible
from portal.domain.policy import Permission
from portal.domain.rights import Right, rights_in, slices_in
from portal.domain.words import _
from portal.models.consents import Consent
from portal.models.people import Patient, Representation
from portal.models.scopes import in_force
from portal.services import consents, lives
from portal.services.work import Work


def plain(name: str) -> str:
    """A name as it is compared: neither capitals nor spaces count."""
    return " ".join(name.split()).casefold()


def decides(work: Work, patient: Patient) -> bool:
    """Whether the patient agrees for herself: she lives, and is of age or was found to decide for herself.

    Source: BC PIPA Regulations s.2: a guardian acts for a minor who is not capable; law.md section 13.
    """
    work.must(Permission.CONSENT_CHANGE, patient)
    return patient.died_on is None and (patient.decides_since is not None or not lives.is_minor(work, patient))


def check(work: Work, patient: Patient, consent: Consent, giver: str) -> None:
    """Raise Invalid unless the one named as giver may give this consent today: her own name, or that of a power."""
    names = {plain(patient.name)} if decides(work, patient) else set()
    kinds = consents.kinds_of(work, consent)
    names |= {plain(row.account.name) for row in _holding(work, patient) if kinds <= slices_in(row.slices)}
    if plain(giver) not in names:
        raise Invalid(_no_giver(work, patient), "giver")


def _no_giver(work: Work, patient: Patient) -> str:
    if decides(work, patient):
        return _(
            "Write the name of %(name)s, or of somebody who is registered to consent to all of this for her.",
            name=patient.name,
        )
    return _("%(name)s cannot agree to this herself. Write who is registered to consent for her.", name=patient.name)


def check_herself(work: Work, patient: Patient) -> None:
    """Raise NotPossible for a young patient, alone at her sign-in, for whom somebody else still decides."""
    if work.actor.patient_id == patient.id and not decides(work, patient):
        raise NotPossible(_("Somebody else agrees for you until we have talked with you. Call us; nothing was stored."))


def check_somebody(work: Work, patient: Patient) -> None:
    """Raise NotPossible when there is nobody who could answer."""
    if not decides(work, patient) and not _holding(work, patient):
        raise NotPossible(_("Nobody is registered who can consent for this patient. Register who acts for her first."))


def _holding(work: Work, patient: Patient) -> list[Representation]:
    query = select(Representation).where(Representation.patient_id == patient.id, in_force(work.today))
    return [row for row in work.db.scalars(query) if Right.CONSENT in rights_in(row.rights)]
