"""Who may do what: one table, asked by services, pages, buttons and tests alike.

A permission is asked about a thing. The thing is a case, or anything else that names its patient with ``patient_id``.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from portal.domain.actors import Actor, Role
from portal.domain.words import N_, _


class Permission(StrEnum):
    REQUEST_VIEW = "request:view"
    REQUEST_WRITE = "request:write"
    REQUEST_REGISTER = "request:register"
    REQUEST_WORK = "request:work"
    REQUEST_RELEASE = "request:release"
    REQUEST_REFUSE = "request:refuse"
    REQUEST_BUILD = "request:build"
    REVIEW_DECIDE = "review:decide"
    RECORD_IMPORT = "record:import"
    RECORD_READ = "record:read"
    RECORD_COUNT = "record:count"
    PACKAGE_DOWNLOAD = "package:download"
    PACKAGE_PRINT = "package:print"
    ACCESS_LOG_VIEW = "access_log:view"
    DISCLOSURES_VIEW = "disclosures:view"
    DISCLOSURES_RECORD = "disclosures:record"
    DISCLOSURES_NOTE = "disclosures:note"
    CONSENT_VIEW = "consent:view"
    CONSENT_CHECK = "consent:check"
    CONSENT_CHANGE = "consent:change"
    CONSENT_PASS_ON = "consent:pass_on"
    CONSENT_WORK = "consent:work"
    CONSENT_REVIEW = "consent:review"
    CONSENT_FINISH = "consent:finish"
    CONSENT_END = "consent:end"
    RECIPIENTS_SEE = "recipients:see"
    RECIPIENTS_KEEP = "recipients:keep"
    PATIENT_VIEW = "patient:view"
    PATIENT_REGISTER = "patient:register"
    ACCOUNT_READMIT = "account:readmit"
    QUEUE_VIEW = "queue:view"
    STAFF_MANAGE = "staff:manage"
    AUDIT_VERIFY = "audit:verify"
    UPKEEP = "portal:upkeep"


class Rule:
    """A yes-or-no question about an actor and a thing; rules join with ``&``, ``|`` and ``~``.

    ``because`` tells the person, in a sentence, why the answer is no, where there is more to say than that it is no.
    """

    def __init__(
        self, asks: Callable[[Actor, Any], bool], says: str, because: Callable[[Actor, Any], str] = lambda *_: ""
    ) -> None:
        self.asks = asks
        self.says = says
        self.because = because

    def __call__(self, actor: Actor, thing: Any) -> bool:
        return bool(self.asks(actor, thing))

    def __and__(self, other: "Rule") -> "Rule":
        both = f"{self.says}, {other.says}"
        return Rule(
            lambda a, t: self(a, t) and other(a, t), both, lambda a, t: self.because(a, t) or other.because(a, t)
        )

    def __or__(self, other: "Rule") -> "Rule":
        return Rule(lambda a, t: self(a, t) or other(a, t), f"{self.says}, or {other.says}")

    def called(self, says: str) -> "Rule":
        """The same rule under a name of its own, for the documents."""
        return Rule(self.asks, says, self.because)

    def telling(self, sentence: str) -> "Rule":
        """The same rule with the sentence for whoever it refuses."""
        return Rule(self.asks, self.says, lambda a, t: "" if self(a, t) else _(sentence))

    def __invert__(self) -> "Rule":
        return Rule(lambda a, t: not self(a, t), f"not {self.says}")


def role(name: Role, says: str) -> Rule:
    return Rule(lambda actor, _: name in actor.roles, says)


front_office = role(Role.FRONT_OFFICE, "the front office")
administrator = role(Role.ADMINISTRATOR, "the office administrator")
physician = role(Role.PHYSICIAN, "a physician")
operator = role(Role.OPERATOR, "the operator at the machine")
portal = role(Role.SYSTEM, "the portal itself")

office = Rule(lambda a, t: front_office(a, t) or administrator(a, t), "the front office or the administrator")
staff = Rule(lambda actor, _: actor.is_staff, "anyone who works at the clinic")
subject = Rule(
    lambda actor, thing: actor.patient_id is not None and actor.patient_id == thing.patient_id,
    "the patient it is about",
)
signed_in_as_patient = Rule(lambda actor, _: actor.is_patient, "signed in as a patient")
representative = Rule(lambda actor, thing: thing.patient_id in actor.represents, "her representative")
patient_side = Rule(
    lambda a, t: signed_in_as_patient(a, t) and (subject(a, t) or representative(a, t)),
    "the patient or her representative",
)
own = Rule(lambda a, t: subject(a, t) or representative(a, t), "a party to it")
responsible = Rule(
    lambda actor, thing: thing.responsible_id is not None and thing.responsible_id in actor.answers_for,
    "the responsible physician or who covers for her",
)
about = Rule(lambda actor, thing: actor.id in getattr(thing, "about_ids", ()), "the person it is about")
reviewer = Rule(
    lambda actor, thing: (
        actor.id is not None
        and (actor.id == getattr(thing, "reviewer_id", None) or actor.id in getattr(thing, "judged_by_ids", ()))
    ),
    "who signed the review or decided on any entry",
)

sent = Rule(lambda _, thing: getattr(thing, "stage", None) != "draft", "once it is sent")

nobody_of_their_own = ~own & ~about
works = (office & nobody_of_their_own).called("the front office or the administrator, never on a case of their own")
reviews = (physician & responsible & nobody_of_their_own).called(
    "the responsible physician or the physician who covers for her, never on a case of their own"
)
sends = (~reviewer).telling(
    N_("You decided on an entry of this record. Somebody else has to release and print the answer.")
)

POLICY: dict[Permission, Rule] = {
    Permission.REQUEST_VIEW: patient_side
    | ((works | reviews) & sent).called(f"{works.says}, or {reviews.says}, once it is sent")
    | portal,
    Permission.REQUEST_WRITE: patient_side,
    Permission.REQUEST_REGISTER: works,
    Permission.REQUEST_WORK: works,
    Permission.REQUEST_RELEASE: works & sends,
    Permission.REQUEST_REFUSE: administrator & nobody_of_their_own & sends,
    Permission.REQUEST_BUILD: portal,
    Permission.REVIEW_DECIDE: reviews,
    Permission.RECORD_IMPORT: works | operator,
    Permission.RECORD_READ: reviews | portal,
    Permission.RECORD_COUNT: patient_side | works | reviews | operator | portal,
    Permission.PACKAGE_DOWNLOAD: patient_side,
    Permission.PACKAGE_PRINT: works & sends,
    Permission.ACCESS_LOG_VIEW: patient_side,
    Permission.DISCLOSURES_VIEW: patient_side | portal,
    Permission.DISCLOSURES_RECORD: works | reviews,
    Permission.DISCLOSURES_NOTE: (administrator & nobody_of_their_own) | operator,
    Permission.CONSENT_VIEW: patient_side | works | reviews | portal,
    Permission.CONSENT_CHECK: works | reviews | portal,
    Permission.CONSENT_CHANGE: patient_side | works,
    Permission.CONSENT_PASS_ON: patient_side | works | portal,
    Permission.CONSENT_WORK: works,
    Permission.CONSENT_REVIEW: reviews,
    Permission.CONSENT_FINISH: works | reviews | portal,
    Permission.CONSENT_END: portal,
    Permission.RECIPIENTS_SEE: signed_in_as_patient | staff | operator,
    Permission.RECIPIENTS_KEEP: office | operator,
    Permission.PATIENT_VIEW: works | reviews | operator | portal,
    Permission.PATIENT_REGISTER: office | operator,
    Permission.ACCOUNT_READMIT: works,
    Permission.QUEUE_VIEW: staff,
    Permission.STAFF_MANAGE: administrator | operator,
    Permission.AUDIT_VERIFY: administrator | operator,
    Permission.UPKEEP: portal,
}


def allows(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Whether ``actor`` may do ``permission`` to ``thing``; what is not in the table is no."""
    return POLICY[permission](actor, thing)


def because(actor: Actor, permission: Permission, thing: Any = None) -> str:
    """Why not, in a sentence for the person; empty where there is no more to say than that it is not hers to do."""
    return POLICY[permission].because(actor, thing)
