"""What the portal keeps: SQLAlchemy declarative classes, and the scopes that say which rows an actor may see.

Importing this package maps every class, so that a relation can be named before its class is read.
"""

from portal.models import (
    access_requests,
    account_requests,
    accounts,
    accuracy_notes,
    audit,
    cases,
    complaints,
    consent_changes,
    consents,
    contact_plans,
    disclosures,
    jobs,
    keys,
    letters,
    patient_invitations,
    people,
    privacy_policy,
    proofs,
    providers,
    record_items,
    releases,
    staff,
)

__all__ = [
    "access_requests",
    "account_requests",
    "accounts",
    "accuracy_notes",
    "audit",
    "cases",
    "complaints",
    "consent_changes",
    "consents",
    "contact_plans",
    "disclosures",
    "jobs",
    "keys",
    "letters",
    "patient_invitations",
    "people",
    "privacy_policy",
    "proofs",
    "providers",
    "record_items",
    "releases",
    "staff",
]
