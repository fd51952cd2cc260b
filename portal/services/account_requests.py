"""Requests for an account: sent by anybody, settled by the office. What the sender reads never tells who is a patient.

What she wrote is sealed under a key of the request's own, which is destroyed when the request is settled.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError

from portal.domain import account_requests as rules
from portal.domain import resending
from portal.domain.account_requests import LEAST_WEIGHT, METHODS, WEIGHTS, Outcome, Proof, Wanted, digits
from portal.domain.addresses import spelled
from portal.domain.clocks import local_date
from portal.domain.dates import say_plain_date
from portal.domain.errors import Invalid, NotFound, NotPossible
from portal.domain.names import asked_for, fold
from portal.domain.policy import Permission
from portal.domain.words import _, speaking
from portal.models.account_requests import AccountRequest
from portal.models.people import Patient, PatientWord
from portal.models.scopes import visible_patients
from portal.services import audit, identity_papers, notices, patient_invitations, throttling
from portal.services.sealing import pin
from portal.services.work import Report, Work

MOST_ALIKE = 8


def count(work: Work, network: str) -> None:
    """Spend a try of this network. Raises TooManyTries."""
    throttling.spend(work, f"account-requests:{network}", throttling.ACCOUNT_REQUESTS_BY_NETWORK)


def is_there(work: Work, once: str, wanted: Wanted, proof: Proof) -> bool:
    """Whether this very form was sent before. Raises SentBefore where it says something else by now.

    What a settled request said is destroyed, so nothing can be the same as it.
    """
    row = work.db.scalars(select(AccountRequest).where(AccountRequest.once == once)).one_or_none()
    if row is not None:
        resending.must_be_the_same((_words_of(work, row), row.proof) == (wanted, proof.value))
    return row is not None


def send(work: Work, once: str, wanted: Wanted, proof: Proof, language: str, paper: tuple[str, Any] | None) -> None:
    """Keep a request; the same form sent twice is one. ``paper`` is (kind, what was looked at).

    Whether she is a patient, and whether she has an account, changes nothing here: nobody is looked for.
    """
    rules.check(wanted, proof, paper is not None, work.today)
    request = AccountRequest(once=once[:64], proof=proof.value, language=language, sent_at=work.now)
    request.key_wrapped = work.outside.vault.new_key(_owner(request))
    text = json.dumps(wanted.to_json(), ensure_ascii=False).encode()
    request.words_sealed = work.outside.vault.seal(_key(work, request), text, pin(request, "words_sealed"))
    try:
        with work.db.begin_nested():
            work.db.add(request)
    except IntegrityError:
        return  # the second click of two
    if paper is not None:
        identity_papers.keep(work, request, *paper)
    audit.record(work, "account_request.sent", request=str(request.id), proof=proof.value)


def waiting(work: Work) -> list[tuple[AccountRequest, Wanted]]:
    """The requests that nobody settled yet, oldest first, with what was written."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    still = select(AccountRequest).where(AccountRequest.decided_at.is_(None))
    rows = work.db.scalars(still.order_by(AccountRequest.sent_at, AccountRequest.id).limit(200))
    return [(row, words) for row in rows if (words := wanted_in(work, row)) is not None]


def how_many(work: Work) -> tuple[bool, int]:
    """Whether requests are this person's to settle, and how many wait."""
    if not work.may(Permission.ACCOUNT_REQUESTS_SETTLE):
        return False, 0
    still = select(func.count()).select_from(AccountRequest).where(AccountRequest.decided_at.is_(None))
    return True, work.db.scalar(still) or 0


def settled_lately(work: Work, limit: int = 25) -> list[AccountRequest]:
    """The last requests that were settled, and by whom."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    done = select(AccountRequest).where(AccountRequest.decided_at.is_not(None))
    return list(work.db.scalars(done.order_by(AccountRequest.decided_at.desc()).limit(limit)))


def find(work: Work, request_id: UUID) -> AccountRequest:
    """One request; locked when this work writes. Raises NotFound for all who do not settle them."""
    query = select(AccountRequest).where(AccountRequest.id == request_id)
    row = None
    if work.may(Permission.ACCOUNT_REQUESTS_SETTLE):
        row = work.db.scalars(query.with_for_update() if work.writes else query).one_or_none()
    if row is None:
        raise NotFound(_("There is no such page, or it is not yours to see."))
    return row


def opened(work: Work, request: AccountRequest) -> None:
    """Leave a trace that somebody of the clinic read it."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    audit.record(work, "account_request.read", request.patient_id, request=str(request.id))


def wanted_in(work: Work, request: AccountRequest) -> Wanted | None:
    """What was written; None once the request is settled, when it cannot be read any more."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    return _words_of(work, request)


def _words_of(work: Work, request: AccountRequest) -> Wanted | None:
    if request.key_wrapped is None or request.words_sealed is None:
        return None
    text = work.outside.vault.open(_key(work, request), request.words_sealed, pin(request, "words_sealed"))
    return Wanted.from_json(json.loads(text))


@dataclass(frozen=True)
class Alike:
    """A file that may be hers: which facts agree, and whether she signs in already."""

    patient: Patient
    agrees: tuple[str, ...]
    signs_in: bool

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[fact] for fact in self.agrees)


def alike(work: Work, wanted: Wanted) -> list[Alike]:
    """The files that may be hers, the likeliest first. Never shown to whoever asks for the account."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    ways = [Patient.birth_date == wanted.birth_date]
    if wanted.number:
        ways.append(Patient.number == wanted.number.strip().upper())
    word = PatientWord.word
    ways += [
        Patient.id.in_(select(PatientWord.patient_id).where(word >= first, word < before))
        for first, before in asked_for(wanted.family_name)
    ]
    query = visible_patients(work.actor).where(or_(*ways)).order_by(Patient.sort_key, Patient.id).limit(200)
    found = [alike_to(work, wanted, patient) for patient in work.db.scalars(query)]
    likely = [each for each in found if each.weight >= LEAST_WEIGHT]
    return sorted(likely, key=lambda each: -each.weight)[:MOST_ALIKE]


def alike_to(work: Work, wanted: Wanted, patient: Patient) -> Alike:
    """What of a request agrees with a file."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    phones = digits(wanted.phone)[-7:], digits(patient.phone or "")[-7:]
    same = {
        "number": bool(wanted.number) and wanted.number.strip().upper() == patient.number,
        "birth_date": wanted.birth_date == patient.birth_date,
        "family_name": fold(wanted.family_name) == fold(patient.family_name),
        "given_name": fold(wanted.given_name) == fold(patient.given_name),
        "phone": len(phones[0]) == 7 and phones[0] == phones[1],
        "email": bool(wanted.email) and spelled(wanted.email) == spelled(patient.email or ""),
    }
    return Alike(
        patient, tuple(fact for fact, agrees in same.items() if agrees), patient_invitations.signs_in(work, patient)
    )


def compared(work: Work, request: AccountRequest, patient: Patient) -> None:
    """Leave a trace, in the patient's own log, that her file was compared with a request."""
    work.must(Permission.ACCOUNT_INVITE, patient)
    audit.record(work, "account_request.compared", patient.id, request=str(request.id))


def accept(work: Work, request: AccountRequest, patient: Patient, method: str, way: str) -> None:
    """It is she: the request belongs to her file, and she gets her invitation.

    Raises NotPossible when somebody else settled it, or when she cannot be invited; Invalid for a choice there is not.
    """
    work.must(Permission.ACCOUNT_INVITE, patient)
    _still_open(work, request)
    if method not in METHODS:
        raise Invalid(_("Choose how you saw who it is."), "method")
    if method == "call_back" and not patient.phone:
        raise Invalid(_("No telephone number is on file, so nobody can be called back on it."), "method")
    patient_invitations.invite(work, patient, way)
    request.patient_id = patient.id
    _decide(work, request, Outcome.ACCEPTED, method=method)
    identity_papers.settled(work, request, patient.id)
    audit.record(work, "account_request.accepted", patient.id, request=str(request.id), method=method)


@dataclass(frozen=True)
class Told:
    """What becomes of a no: the sentence, and where it goes. Without an e-mail address somebody has to say it."""

    name: str
    sentence: str
    email: str
    phone: str


def refuse(work: Work, request: AccountRequest, reason_id: str) -> Told:
    """The request cannot be accepted, for a reason of the list; the answer is mailed where there is an address."""
    work.must(Permission.ACCOUNT_REQUESTS_SETTLE)
    _still_open(work, request)
    reason = rules.rules().reason(reason_id)
    wanted = wanted_in(work, request)
    email = wanted.email if wanted else ""
    if email:
        name = f"account_answer/{request.id}"
        sealed = base64.b64encode(work.outside.vault.seal_secret(email.encode(), name)).decode()
        work.promise("account_answer", name, pin=name, sealed=sealed, reason=reason.id, language=request.language)
    _decide(work, request, Outcome.REFUSED, reason=reason.id)
    identity_papers.settled(work, request, None)
    audit.record(work, "account_request.refused", request=str(request.id), reason=reason.id)
    with speaking(request.language):
        sentence = _(reason.words)
    return Told(wanted.name if wanted else "", sentence, email, wanted.phone if wanted else "")


def said(work: Work, request: AccountRequest) -> str:
    """Who settled it, when and how, in a sentence; empty while it waits."""
    if request.decided_at is None or request.decided_by is None:
        return ""
    name, day = request.decided_by.name, say_plain_date(local_date(work.profile, request.decided_at))
    if request.outcome == Outcome.ACCEPTED:
        return _("%(name)s accepted this request on %(day)s.", name=name, day=day)
    why = _(rules.rules().reason(request.reason or "").title)
    return _("%(name)s refused this request on %(day)s: %(why)s.", name=name, day=day, why=why)


def _still_open(work: Work, request: AccountRequest) -> None:
    """Two who settle one at once wait for each other: the second reads what the first did."""
    if sentence := said(work, request):
        raise NotPossible(sentence)


def _decide(
    work: Work, request: AccountRequest, outcome: Outcome, method: str | None = None, reason: str | None = None
) -> None:
    request.outcome, request.method, request.reason = outcome.value, method, reason
    request.decided_by_id, request.decided_at = work.actor.id, work.now
    request.key_wrapped = request.words_sealed = None


# The answer by e-mail, by the worker


def to_send(work: Work, payload: dict[str, Any]) -> tuple[str, str, str]:
    """(address, subject, text) of a no. It says nothing about who is a patient here."""
    address = work.outside.vault.open_secret(base64.b64decode(payload["sealed"]), payload["pin"]).decode()
    with speaking(payload["language"]):
        words = _(rules.rules().reason(payload["reason"]).words)
        text = work.outside.paper.render("emails/account_answer.txt", words=words)
        return address, _("Your request for an account"), text


def send_answer(work: Work, mail: tuple[str, str, str], report: Report) -> None:
    notices.send(work, mail, report)


def _owner(request: AccountRequest) -> str:
    return f"account_requests/{request.id}"


def _key(work: Work, request: AccountRequest) -> bytes:
    return work.outside.vault.unwrap(request.key_wrapped or b"", _owner(request))
