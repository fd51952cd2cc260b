"""The patient's pages: what she can do, what is happening, what we need from her."""

from portal.web.patient import (
    access_log,
    access_request,
    access_requests,
    answers,
    consent_answers,
    consents,
    contact_changes,
    contact_plans,
    disclosures,
    draft_check,
    drafts,
    home,
    letters,
    package,
    privacy_policy,
    record,
    representatives,
)
from portal.web.patient.blueprint import blueprint

__all__ = [
    "access_log",
    "access_request",
    "access_requests",
    "answers",
    "blueprint",
    "consent_answers",
    "consents",
    "contact_changes",
    "contact_plans",
    "disclosures",
    "draft_check",
    "drafts",
    "home",
    "letters",
    "package",
    "privacy_policy",
    "record",
    "representatives",
]
