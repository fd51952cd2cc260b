"""The clinic's own pages: what to do next, the lists of cases, the case with its steps, the patients' files."""

from portal.web.office import (
    access_requests,
    answers,
    case,
    extensions,
    fees,
    letters,
    my_work,
    paper_requests,
    patients,
    pauses,
    questions,
    queues,
    readmissions,
    record_items,
    releases,
    review_endings,
    reviews,
)
from portal.web.office.blueprint import blueprint

__all__ = [
    "access_requests",
    "answers",
    "blueprint",
    "case",
    "extensions",
    "fees",
    "letters",
    "my_work",
    "paper_requests",
    "patients",
    "pauses",
    "questions",
    "queues",
    "readmissions",
    "record_items",
    "releases",
    "review_endings",
    "reviews",
]
