"""Who is asking: how the clinic made sure, and who did it."""

from portal.domain.errors import Invalid
from portal.domain.words import N_, _
from portal.models.access_requests import AccessRequest
from portal.models.cases import IdentityCheck
from portal.services import cases
from portal.services.sealing import seal
from portal.services.work import Work

IDENTITY_METHODS = {
    "signed_in": N_("Signed in to the portal; the account was opened after an identity check"),
    "photo_id": N_("Government photo identification seen at the counter"),
    "call_back": N_("Called back on the number in the file and asked three facts"),
    "known": N_("Known in person to a member of staff, who is named in the note"),
    "documents": N_("Copies of documents compared with the file"),
}


def check_identity(work: Work, request: AccessRequest, method: str, note: str) -> None:
    """Record how the clinic made sure who is asking, and that this person did it."""
    if method not in IDENTITY_METHODS:
        raise Invalid(_("Choose how the identity was checked."), "method")
    if method == "known" and not note.strip():
        raise Invalid(_("Write in the note who knows the patient in person."), "note")
    cases.take(work, request, "check_identity")
    check = IdentityCheck(case_id=request.id, method=method, by_id=work.actor.id, by_name=work.actor.name, at=work.now)
    if note.strip():
        seal(work, request.patient_id, check, "note_sealed", note.strip())
    work.db.add(check)
    request.identity_checked_at = work.now
