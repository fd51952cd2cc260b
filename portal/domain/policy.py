"""Who may do what: one table, asked by services, pages, buttons and tests alike.

A permission is asked about a thing. The thing is a case, or anything else that names its patient with ``patient_id``.
"""

from enum import StrEnum
from typing import Any

from portal.domain.actors import Actor, Role
from portal.domain.rights import RIGHT_NAMES, RIGHTS_OF_CASE, WHOLE_RECORD, Right
from portal.domain.rules import Rule, role
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
    CONSENT_PICTURE = "consent:picture"
    RECIPIENTS_SEE = "recipients:see"
    RECIPIENTS_KEEP = "recipients:keep"
    PATIENT_VIEW = "patient:view"
    PATIENT_OPEN = "patient:open"
    PATIENT_REGISTER = "patient:register"
    ACCOUNT_READMIT = "account:readmit"
    REPRESENTATIVES_VIEW = "representatives:view"
    REPRESENTATIVES_KEEP = "representatives:keep"
    REPRESENTATIVES_END = "representatives:end"
    REPRESENTATIVES_SHARE = "representatives:share"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_REQUESTS_SETTLE = "account_requests:settle"
    QUEUE_VIEW = "queue:view"
    STAFF_MANAGE = "staff:manage"
    AUDIT_VERIFY = "audit:verify"
    UPKEEP = "portal:upkeep"
    CONTACT_VIEW = "contact:view"
    CONTACT_PLAN = "contact:plan"
    CONTACT_CHANGE = "contact:change"
    CONTACT_DECIDE = "contact:decide"
    CODE_WORD_READ = "code_word:read"
    WATCH_BEGIN = "watch:begin"
    WATCH_END = "watch:end"
    ACCURACY_SEND = "accuracy:send"
    ACCURACY_PASS_ON = "accuracy:pass_on"
    ACCURACY_WITHDRAW = "accuracy:withdraw"
    ACCURACY_DECIDE = "accuracy:decide"
    ACCURACY_WORK = "accuracy:work"
    ACCURACY_FINISH = "accuracy:finish"
    POLICY_WRITE = "policy:write"
    POLICY_ACKNOWLEDGE = "policy:acknowledge"
    WORDING_WRITE = "wording:write"
    COMPLAINT_MAKE = "complaint:make"
    COMPLAINT_PASS = "complaint:pass"
    COMPLAINT_WORK = "complaint:work"
    COMPLAINT_WORK_ON = "complaint:work_on"
    COMPLAINT_ANSWER = "complaint:answer"
    COMPLAINT_DECIDE = "complaint:decide"
    COMPLAINT_CLIMB = "complaint:climb"
    PAPER_FORM_PRINT = "paper_form:print"
    MESSAGES_VIEW = "messages:view"
    MESSAGES_WRITE = "messages:write"
    MESSAGES_ANSWER = "messages:answer"
    NOTES_KEEP = "notes:keep"
    SNIPPETS_USE = "snippets:use"
    SNIPPETS_WRITE = "snippets:write"
    CORRESPONDENCE_WORK = "correspondence:work"
    INCOMING_SORT = "incoming:sort"
    INCOMING_BRING = "incoming:bring"
    ASTRAY_DECIDE = "astray:decide"


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
acts_for = Rule(lambda actor, thing: thing.patient_id in actor.represents, "her representative")
patient_side = Rule(
    lambda a, t: signed_in_as_patient(a, t) and (subject(a, t) or acts_for(a, t)),
    "the patient or her representative",
)
own_power = Rule(lambda actor, thing: actor.id is not None and actor.id == thing.account_id, "whose power it is")


def representative(*rights: Right) -> Rule:
    """Her representative with any of these rights; with a part of the record only, in what she asked for herself."""

    def asks(actor: Actor, thing: Any) -> bool:
        reach = actor.reach(thing.patient_id, *rights)
        return reach == WHOLE_RECORD or (bool(reach) and getattr(thing, "requested_by_id", actor.id) == actor.id)

    named = " or ".join(RIGHT_NAMES[right].lower() for right in rights)
    return Rule(asks, f"her representative with the right to {named}")


def patient_or(*rights: Right) -> Rule:
    """The patient herself, or her representative where a right of these was given to her; says so where it was not."""
    may = representative(*rights)

    def because(actor: Actor, thing: Any) -> str:
        outside = not acts_for(actor, thing) or may(actor, thing)
        return "" if outside else _("Your power to act for this patient does not cover this.")

    return Rule(
        lambda a, t: signed_in_as_patient(a, t) and (subject(a, t) or may(a, t)),
        f"the patient, or {may.says}",
        because,
    )


_BY_KIND = {kind: patient_or(*rights) for kind, rights in RIGHTS_OF_CASE.items()}
patient_of_case = Rule(
    lambda a, t: _BY_KIND[getattr(t, "kind", "access_request")](a, t),
    "; ".join(f"{kind.replace('_', ' ')}: {rule.says}" for kind, rule in _BY_KIND.items()),
    lambda a, t: _BY_KIND[getattr(t, "kind", "access_request")].because(a, t),
)


# Somebody whose power rests is a party all the same: she does not become a stranger who may work on the case.
paused = Rule(lambda actor, thing: thing.patient_id in actor.paused, "her representative whose power rests")
own = Rule(lambda a, t: subject(a, t) or acts_for(a, t) or paused(a, t), "a party to it")
herself = (signed_in_as_patient & subject).called("the patient herself")
without_sign_in = Rule(lambda _, thing: thing.account_id is None, "for a patient who has no sign-in")
responsible = Rule(
    lambda actor, thing: thing.responsible_id is not None and thing.responsible_id in actor.answers_for,
    "the responsible physician or who covers for her",
)
about = Rule(lambda actor, thing: actor.id in getattr(thing, "about_ids", ()), "the person it is about")
# Who covers for the person a case is about has no way to it in her place.
about_her_own = Rule(
    lambda _, thing: getattr(thing, "responsible_id", None) in getattr(thing, "about_ids", ()),
    "where the responsible physician is the person it is about",
)
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
reviews = (physician & responsible & nobody_of_their_own & ~about_her_own).called(
    "the responsible physician or the physician who covers for her, never on a case of their own"
)
colleagues = (physician & nobody_of_their_own).called("any physician, for a reason, never a file of their own")
sends = (~reviewer).telling(
    N_("You decided on an entry of this record. Somebody else has to release and print the answer.")
)

# The thread of a case is a part of the case. The general one is the patient's own: whoever acts for her is in it only
# where she has no sign-in, and with every right over the whole record.
with_every_right = Rule(
    lambda actor, thing: all(actor.reach(thing.patient_id, right) == WHOLE_RECORD for right in Right),
    "her representative with every right",
)
own_thread = herself | (signed_in_as_patient & with_every_right & without_sign_in).called(
    f"{with_every_right.says}, {without_sign_in.says}"
)
in_the_case = (patient_of_case & ~about).called("in the thread of a case whoever may see it on the patient's side")
writes_to_us = Rule(
    lambda a, t: in_the_case(a, t) if hasattr(t, "kind") else own_thread(a, t),
    f"{own_thread.says}; {in_the_case.says}",
)

POLICY: dict[Permission, Rule] = {
    Permission.REQUEST_VIEW: (patient_of_case & ~about).called(patient_of_case.says)
    | ((works | reviews) & sent).called(f"{works.says}, or {reviews.says}, once it is sent")
    | portal,
    Permission.REQUEST_WRITE: patient_or(Right.ASK),
    Permission.REQUEST_REGISTER: works,
    Permission.REQUEST_WORK: works,
    Permission.REQUEST_RELEASE: works & sends,
    Permission.REQUEST_REFUSE: administrator & nobody_of_their_own & sends,
    Permission.REQUEST_BUILD: portal,
    Permission.REVIEW_DECIDE: reviews,
    Permission.RECORD_IMPORT: works | operator,
    Permission.RECORD_READ: reviews | portal,
    Permission.RECORD_COUNT: patient_or(Right.RECORD) | works | reviews | operator | portal,
    Permission.PACKAGE_DOWNLOAD: patient_or(Right.DOWNLOAD),
    Permission.PACKAGE_PRINT: works & sends,
    Permission.ACCESS_LOG_VIEW: patient_or(Right.ACCESS_LOG),
    Permission.DISCLOSURES_VIEW: patient_or(Right.DISCLOSURES) | portal,
    Permission.DISCLOSURES_RECORD: works | reviews | portal,
    Permission.DISCLOSURES_NOTE: (administrator & nobody_of_their_own) | operator,
    Permission.CONSENT_VIEW: patient_or(Right.CONSENT) | works | reviews | portal,
    Permission.CONSENT_CHECK: works | reviews | portal,
    Permission.CONSENT_CHANGE: patient_or(Right.CONSENT) | works,
    Permission.CONSENT_PASS_ON: patient_or(Right.CONSENT) | works | portal,
    Permission.CONSENT_WORK: works | portal,
    Permission.CONSENT_REVIEW: reviews,
    Permission.CONSENT_FINISH: works | reviews | portal,
    Permission.CONSENT_END: portal,
    Permission.CONSENT_PICTURE: patient_or(Right.CONSENT) | reviews,
    Permission.RECIPIENTS_SEE: signed_in_as_patient | staff | operator,
    Permission.RECIPIENTS_KEEP: office | operator,
    Permission.PATIENT_VIEW: works | reviews | operator | portal,
    Permission.PATIENT_OPEN: works | colleagues | operator | portal,
    Permission.PATIENT_REGISTER: office | operator,
    Permission.ACCOUNT_READMIT: works,
    Permission.REPRESENTATIVES_VIEW: herself | works,
    Permission.REPRESENTATIVES_KEEP: works | portal,
    Permission.REPRESENTATIVES_END: herself | (signed_in_as_patient & own_power) | works,
    Permission.REPRESENTATIVES_SHARE: herself,
    Permission.ACCOUNT_INVITE: works,
    Permission.ACCOUNT_REQUESTS_SETTLE: office,
    Permission.QUEUE_VIEW: staff,
    Permission.STAFF_MANAGE: administrator | operator,
    Permission.AUDIT_VERIFY: administrator | operator,
    Permission.UPKEEP: portal,
    # Whoever may see a number reads first how it is safe.
    Permission.CONTACT_VIEW: herself | works | colleagues | portal,
    Permission.CONTACT_PLAN: herself | works,
    Permission.CONTACT_CHANGE: herself,
    Permission.CONTACT_DECIDE: works,
    Permission.CODE_WORD_READ: works | reviews,
    Permission.WATCH_BEGIN: herself | works,
    Permission.WATCH_END: herself | (works & without_sign_in).called(f"{works.says}, for a patient who has no sign-in"),
    Permission.ACCURACY_SEND: patient_or(Right.ACCURACY) | works,
    Permission.ACCURACY_PASS_ON: patient_or(Right.ACCURACY) | works,
    Permission.ACCURACY_WITHDRAW: patient_or(Right.ACCURACY),
    Permission.ACCURACY_DECIDE: reviews,
    Permission.ACCURACY_WORK: works | portal,
    Permission.ACCURACY_FINISH: works | reviews | patient_or(Right.ACCURACY),
    Permission.POLICY_WRITE: administrator,
    Permission.POLICY_ACKNOWLEDGE: signed_in_as_patient,
    Permission.WORDING_WRITE: administrator,
    Permission.COMPLAINT_MAKE: patient_or(Right.COMPLAIN) & ~about,
    Permission.COMPLAINT_PASS: (patient_or(Right.COMPLAIN) & ~about) | works | portal,
    Permission.COMPLAINT_WORK: works,
    Permission.COMPLAINT_WORK_ON: works | reviews,
    Permission.COMPLAINT_ANSWER: reviews,
    Permission.COMPLAINT_DECIDE: administrator & nobody_of_their_own,
    Permission.COMPLAINT_CLIMB: portal,
    Permission.PAPER_FORM_PRINT: herself | works,
    Permission.MESSAGES_VIEW: writes_to_us | ((works | reviews) & sent) | portal,
    Permission.MESSAGES_WRITE: writes_to_us & sent,
    Permission.MESSAGES_ANSWER: (works | reviews) & sent,
    Permission.NOTES_KEEP: (works | reviews) & sent,
    Permission.SNIPPETS_USE: staff,
    Permission.SNIPPETS_WRITE: administrator,
    Permission.CORRESPONDENCE_WORK: works | portal,
    Permission.INCOMING_SORT: office,
    Permission.INCOMING_BRING: portal,
    Permission.ASTRAY_DECIDE: administrator,
}


def allows(actor: Actor, permission: Permission, thing: Any = None) -> bool:
    """Whether ``actor`` may do ``permission`` to ``thing``; what is not in the table is no."""
    return POLICY[permission](actor, thing)


def because(actor: Actor, permission: Permission, thing: Any = None) -> str:
    """Why not, in a sentence for the person; empty where there is no more to say than that it is not hers to do."""
    return POLICY[permission].because(actor, thing)
