"""The audit trail: who did and who looked, one chain a patient, and the proof that nothing was changed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, exists, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.audit import PORTAL_CHAIN, START, canonical, chained, first_broken
from portal.domain.dispatches import INCOMING_LOOKED, OUTSIDE_LOOKED
from portal.domain.policy import Permission
from portal.domain.words import N_
from portal.models.audit import AuditEntry, AuditHead
from portal.models.session import read_one_state
from portal.services import checkpoints
from portal.services.work import Work

# What a patient is told in her access log when somebody looked at or handled her information.
LOOKED = {
    "case.read": N_("opened your request"),
    "record.counted": N_("saw how many entries your record has, by kind"),
    "record.read": N_("read an entry of your record"),
    "record.imported": N_("brought your record into the portal"),
    "letter.read": N_("read a letter of your request"),
    "file.read": N_("opened a file of your request"),
    "patient.sought": N_("looked you up by your number or your name"),
    "consent.read": N_("opened a consent of yours"),
    "accuracy.read": N_("opened what you said is wrong in your record"),
    "annotation.read": N_("read a note beside an entry of your record"),
    "complaint.read": N_("opened a complaint of yours"),
    "complaint.bundled": N_("put the papers of a complaint together for an office outside"),
    "complaint.bundle_taken": N_("downloaded the papers of a complaint for an office outside"),
    "consents.read": N_("saw what you agreed to"),
    "patient.read": N_("opened your file"),
    "package.printed": N_("printed your package"),
    "package.downloaded": N_("downloaded your package"),
    "readmission.asked": N_("saw that it is you and asked for a new way in for you"),
    "readmission.approved": N_("approved a new way in for you"),
    "readmission.refused": N_("refused a new way in for you"),
    "invitation.made": N_("made out a code by which you set up your sign-in"),
    "invitation.printed": N_("printed the letter with the code for your sign-in"),
    "invitation.ended": N_("stopped a code for your sign-in"),
    "invitation.refused": N_("stopped a wrong try to use the code for your sign-in"),
    "invitation.used": N_("set up your sign-in with the code"),
    "account_request.read": N_("read a request for an account in your name"),
    "account_request.compared": N_("compared your file with a request for an account"),
    "account_request.accepted": N_("saw that it is you and accepted your request for an account"),
    "identity_paper.opened": N_("opened the copy of your identity paper"),
    "identity_paper.destroyed": N_("destroyed the copy of your identity paper"),
    "package.built": N_("put your package together"),
    "access_log.read": N_("looked who had opened your information"),
    "disclosures.read": N_("looked who had received your information"),
    "representative.registered": N_("wrote down who is to act for you"),
    "representative.verified": N_("checked the proof of who acts for you"),
    "representative.restricted": N_("narrowed what somebody may do for you"),
    "representative.ended": N_("ended the power of somebody to act for you"),
    "representative.shared": N_("let somebody act for you again"),
    "representative.paper_read": N_("opened the paper of who acts for you"),
    "patient.decides": N_("wrote down that you decide for yourself"),
    "patient.died": N_("wrote down a death"),
    "patient.death_taken_back": N_("took back that a death was written down"),
    "code_word.read": N_("read your code word, to talk to you on the telephone"),
    "contact_plan.written": N_("wrote down for you how we may reach you"),
    "contact_change.accepted": N_("accepted the change of your name or contact"),
    "contact_change.refused": N_("refused the change of your name or contact"),
    "patient.registered": N_("opened a file for you in the portal"),
    "case.check_identity": N_("checked who asks for your information"),
    "case.handed_on": N_("took over your file or your request from a colleague"),
    "review.begun": N_("decided about an entry of your record"),
    "review.judged": N_("decided about an entry of your record"),
    "review.released_remaining": N_("decided about several entries of your record at once"),
    "file.added": N_("added a file to your request"),
    "consent.asked": N_("asked for your consent"),
    "consent.withdrawn": N_("took a consent of yours back"),
    "consent.ended": N_("wrote down that a consent of yours came to its end"),
    "consent.picture_read": N_("saw a picture you were asked about, made small"),
    "consent.place_added": N_("wrote down where something of yours is shown"),
    "consent.checked": N_("asked whether we may give your information to somebody outside the clinic"),
    "disclosure.recorded": N_("wrote down that we gave your information to somebody outside the clinic"),
    "disclosure.corrected": N_("corrected an entry of who received your information"),
    "disclosure.refused": N_("wanted to give your information to somebody outside the clinic, and the portal refused"),
    "disclosure.dropped": N_("decided not to give your information to somebody outside the clinic"),
    "disclosure_notice.written": N_("wrote you a letter about what we gave to somebody outside the clinic"),
    "disclosure_notice.read": N_("read the letter to you about what we gave to somebody outside the clinic"),
    "disclosure_notice.settled": N_("wrote down how you got the letter about what we gave to somebody outside"),
    "paper_form.printed": N_("printed a form with your name on it"),
    "paper_form.entered": N_("entered a form of yours that came on paper"),
    "register.read": N_("read who received your information"),
    "register.taken": N_("downloaded the list of who received your information"),
    "access_log.taken": N_("downloaded the list of who looked at your information"),
    "message.read": N_("read your messages with us"),
    "message.file_read": N_("opened a file of your messages with us"),
    "message.answered": N_("wrote you a message"),
    "message.settled": N_("wrote that a message of yours needs no answer, and why"),
    "message.handed_on": N_("named who answers your messages"),
    "dispatch.read": N_("looked how a letter to you goes out"),
    "dispatch.confirmed": N_("looked at where a letter to you goes, and said that it is right"),
    "dispatch.recalled": N_("took a letter to you back, since where it goes has changed"),
    "dispatch.printed": N_("printed a letter to you"),
    "dispatch.taken": N_("took the printed sheets of a letter to you, to put them into the envelope"),
    "dispatch.posted": N_("handed a letter to you over to be carried"),
    "dispatch.handed": N_("gave you a letter at the front desk"),
    "dispatch.sent": N_("sent you word of a letter, or the letter by fax"),
    "dispatch.arrived": N_("wrote down that a letter to you arrived"),
    "dispatch.told": N_("told you a letter on the telephone"),
    "dispatch.not_reached": N_("tried to reach you on the telephone about a letter"),
    "dispatch.failed": N_("wrote down that a letter to you could not be sent"),
    "dispatch.returned": N_("wrote down that a letter to you came back"),
    "dispatch.settled": N_("decided by which way a letter to you goes on"),
    **OUTSIDE_LOOKED,
    **INCOMING_LOOKED,
    "access.refused": N_("tried to open your file or your request, and the portal refused"),
    "access.not_allowed": N_("tried to do something with your request, and the portal refused"),
}
# What is told elsewhere, or with another line; a test asks of every other line about a patient that it is told.
TOLD_ELSEWHERE = {
    "patient.reason_given": "stands beside the line that says the file was opened",
    "dispatch.*": "each of them is named above",
    "case.*": "every step of a request stands on the request's own page",
    "representative.*": "each of them is named above",
    "watch.*": "it stands on her page of safe contact alone: whoever watches her may read this list with her",
    "contact_change.asked": "her own act, which her account page shows until it is decided",
    "contact_change.taken_back": "her own act",
    "policy.acknowledged": "her own act",
    "message.sent": "it stands in the thread, with who wrote it",
    "internal_note.written": "the clinic's own work; that her messages were read beside it stands in a line of its own",
}
# What only the patient herself may read: who acts for her must not learn that there is a safe way besides, nor that she
# gets a way in of her own.
HERS_ALONE = frozenset(
    {"code_word.read", "contact_plan.written", "contact_change.accepted", "contact_change.refused"}
    | {f"readmission.{what}" for what in ("asked", "approved", "refused")}
    | {f"invitation.{what}" for what in ("made", "printed", "ended", "refused", "used")}
    | {f"account_request.{what}" for what in ("compared", "accepted")}
    | {f"identity_paper.{what}" for what in ("opened", "destroyed")}
    | {f"disclosure_notice.{what}" for what in ("written", "read", "settled")}
    | {f"complaint.{what}" for what in ("read", "bundled", "bundle_taken")}
    | {action for action in LOOKED if action.startswith(("dispatch.", "incoming."))}
)


@dataclass(frozen=True)
class Told:
    """Until ``shown_from`` the patient is not told; those who act for her never are where it is ``hers_alone``."""

    shown_from: date | None = None
    hers_alone: bool = False


AT_ONCE = Told()


def record(work: Work, action: str, patient_id: UUID | None = None, **facts: str) -> None:
    """Add one entry, in the same transaction as the act; a reading page adds it just before the page is sent."""
    work.later(_appends(work, AT_ONCE, action, patient_id, facts))


def record_told(work: Work, told: Told, action: str, patient_id: UUID, **facts: str) -> None:
    """The same for what the patient may not be told at once."""
    work.later(_appends(work, told, action, patient_id, facts))


def record_anyway(work: Work, told: Told, action: str, patient_id: UUID, **facts: str) -> None:
    """The same for what was refused: the entry is kept although all else is taken back."""
    work.anyway(_appends(work, told, action, patient_id, facts))


def _appends(
    work: Work, told: Told, action: str, patient_id: UUID | None, facts: dict[str, str]
) -> Callable[[Work], None]:
    actor, at = work.actor, work.now
    line = {
        "v": "1",
        "at": at.isoformat(),
        "action": action,
        "actor": str(actor.id) if actor.id else actor.role.value,
        "name": actor.name,
        "role": actor.role.value,
        "title": actor.title,
        **({"for": "patient"} if patient_id and actor.stands_in_for(patient_id) else {}),
        **facts,
    }
    if told.shown_from is not None:
        line |= {"shown_from": told.shown_from.isoformat()}
    line |= {"hers_alone": "yes"} if told.hers_alone else {}
    chain = str(patient_id) if patient_id else PORTAL_CHAIN
    text = canonical({**line, "chain": chain})
    found_by = {"chain": chain, "action": action, "actor_id": actor.id, "at": at, **vars(told)}
    return lambda w: _append(w, text, found_by)


_HEADS: Any = AuditHead.__table__
_ENTRIES: Any = AuditEntry.__table__
# Written on every page that shows a patient's information: plain statements, built once.
_HEAD = select(_HEADS.c.position, _HEADS.c.digest).where(_HEADS.c.chain == bindparam("name")).with_for_update()
_MOVE = (
    update(_HEADS)
    .where(_HEADS.c.chain == bindparam("name"))
    .values(position=bindparam("to"), digest=bindparam("sealed_by"))
)
_ADD = insert(_ENTRIES)


def _append(work: Work, text: str, found_by: dict[str, Any]) -> None:
    work.db.flush()
    connection, chain = work.db.connection(), found_by["chain"]
    head = connection.execute(_HEAD, {"name": chain}).one_or_none() or _first_head(connection, chain)
    position, previous = head.position + 1, head.digest
    digest = chained(previous, text, None)
    entry = {**found_by, "position": position, "text": text, "previous": previous, "digest": digest}
    connection.execute(_MOVE, {"name": chain, "to": position, "sealed_by": digest})
    connection.execute(_ADD, entry)


def _first_head(connection: Connection, chain: str) -> Any:
    """Begin a chain; of two who begin the same one at once, the second waits and goes on where the first ends."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    begin = dialect.insert(_HEADS).values(chain=chain, position=0, digest=START)
    connection.execute(begin.on_conflict_do_nothing(index_elements=["chain"]))
    return connection.execute(_HEAD, {"name": chain}).one()


def items_read(work: Work, patient_id: UUID, reference: str) -> set[str]:
    """The keys of the record items that whoever acts has opened for this request."""
    query = select(AuditEntry.text).where(
        AuditEntry.chain == str(patient_id), AuditEntry.action == "record.read", AuditEntry.actor_id == work.actor.id
    )
    read = (json.loads(text) for text in work.db.scalars(query))
    return {facts["item"] for facts in read if facts.get("reference") == reference and "item" in facts}


@dataclass(frozen=True)
class Verdict:
    """What a walk over the trail found; ``first_bad`` is ``chain:position``, ``checkpoint:number`` or None."""

    entries: int
    chains: int
    checkpoints: int
    first_bad: str | None


def verify(work: Work) -> Verdict:
    """Walk every chain from its start to its head, and every checkpoint; name the first that does not fit.

    It must be the first thing this work asks of the database: the trail grows meanwhile, and is walked as it was when
    the walk began.
    """
    work.must(Permission.AUDIT_VERIFY)
    read_one_state(work.db)
    walk = _Walk(work)
    bad = [*walk.broken(), *walk.without_entries()]
    made, forged = checkpoints.verify(work)
    return Verdict(walk.entries, walk.chains, made, next(iter([*bad, *forged]), None))


class _Walk:
    """One pass over all entries, chain by chain, streamed and counted."""

    def __init__(self, work: Work) -> None:
        self.work, self.entries, self.chains = work, 0, 0

    def broken(self) -> list[str]:
        """The first entry of the first chain that does not hold to its head, if there is one."""
        found: list[str] = []
        for (name, position, digest), entries in groupby(self._rows(), attrgetter("chain", "end", "end_digest")):
            self.chains += 1
            bad = first_broken(entries, position or 0, digest or START)
            if bad is not None and not found:
                found.append(f"{name}:{bad}")
        return found

    def _rows(self) -> Iterator[Any]:
        columns = (
            AuditEntry.chain,
            AuditEntry.position,
            AuditEntry.text,
            AuditEntry.detail_sealed,
            AuditEntry.previous,
            AuditEntry.digest,
            AuditHead.position.label("end"),
            AuditHead.digest.label("end_digest"),
        )
        query = select(*columns).outerjoin(AuditHead, AuditHead.chain == AuditEntry.chain)
        query = query.order_by(AuditEntry.chain, AuditEntry.position)
        for row in self.work.db.execute(query.execution_options(yield_per=1000)):
            self.entries += 1
            yield row

    def without_entries(self) -> list[str]:
        """The first chain of which nothing is left but its head, if there is one."""
        empty = ~exists().where(AuditEntry.chain == AuditHead.chain)
        self.chains += self.work.db.scalar(select(func.count()).select_from(AuditHead).where(empty)) or 0
        query = select(AuditHead.chain).where(empty, AuditHead.position != 0).order_by(AuditHead.chain).limit(1)
        return [f"{name}:1" for name in self.work.db.scalars(query)]
