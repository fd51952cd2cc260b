"""A page about a patient that comes back from a form was read like any other: it leaves the same trail."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from portal.domain.access_log import LOOKED, is_look
from portal.edges import Edge
from portal.models.accuracy_notes import CorrectionNotice
from portal.models.audit import AuditEntry
from portal.models.consent_changes import ConsentTask
from portal.models.consents import Consent
from portal.models.dispatches import Dispatch, IncomingPaper
from portal.services import complaints, incoming_papers, message_threads, messages, patients
from portal.services.incoming_papers import Came
from portal.services.messages import Said
from portal.web import reach
from tests.clinic_at_work import Clinic, template
from tests.services.test_accuracy_notes import pointed_out
from tests.services.test_complaints import WorkAs, said
from tests.services.test_correspondence import Looked
from tests.services.test_given_bundles import outside
from tests.test_routes import Matrix, methods, rules

__all__ = ["template"]
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("sqlite_only")]
STAFF = ("front-office", "administrator", "physician")
# What a form is about by a key of its own, and where that key is found.
KEYS: dict[str, Any] = {
    "consent_id": Consent,
    "task_id": ConsentTask,
    "notice_id": CorrectionNotice,
    "dispatch_id": Dispatch,
    "scan_id": IncomingPaper,
}
AT_LEAST = 25  # forms about a patient that staff could look at in this week


@pytest.fixture
def matrix(app: Flask, edge: Edge, work_as: WorkAs) -> Matrix:
    """The week, with complaints, a mistake in the record, papers that came in, and messages in every thread."""
    made = Matrix(app, edge, Clinic.of(edge))
    references = made.clinic.references
    references["mistake"] = pointed_out(work_as)
    with work_as("amina") as work:
        references["complaint"] = str(complaints.send(work, patients.own(work), said()).reference)
    references["outside"], bundle = outside(work_as)
    made.clinic.files["outside"] = str(bundle)
    with work_as("amina") as work:
        messages.send(work, message_threads.general(work, patients.own(work)), Said("What do you keep?"))
        for reference in references.values():
            messages.send(work, message_threads.find(work, reference), Said("Where is it?"))
    with work_as("dov") as work:
        for belongs in ("", made.clinic.number):
            incoming_papers.receive(work, Looked, Came("courier", work.today, "Counsel Pelican"), belongs)
    return made


def looks(edge: Edge, after: int) -> Counter[str]:
    """What was written since, of patients, that says somebody looked."""
    with edge.sessions() as db:
        query = select(AuditEntry.action).where(AuditEntry.id > after, AuditEntry.chain != "portal")
        return Counter(action for action in db.scalars(query) if is_look(action))


def newest(edge: Edge) -> int:
    with edge.sessions() as db:
        return db.scalar(select(func.max(AuditEntry.id))) or 0


def paths(edge: Edge, matrix: Matrix, rule: Rule) -> Iterator[str]:
    """Every place where this form may be found; one that names a paper or a consent, for a few of them."""
    named = [name for name in rule.arguments if name in KEYS]
    with edge.sessions() as db:
        keys = [str(key) for name in named for key in db.scalars(select(KEYS[name].id).limit(12))]
    for _stage, path in matrix.addresses(rule):
        if not named:
            yield path
        for key in keys:
            yield _with(rule, path, key)


def _with(rule: Rule, path: str, key: str) -> str:
    parts, wanted = path.split("/"), rule.rule.split("/")
    return "/".join(
        key if any(f":{name}>" in at for name in KEYS) else part for part, at in zip(parts, wanted, strict=True)
    )


def shown(matrix: Matrix, edge: Edge, rule: Rule, who: str) -> str | None:
    """The first place where this person sees the form."""
    return next((path for path in paths(edge, matrix, rule) if matrix.asks(who, "GET", path).status_code == 200), None)


def test_a_form_about_a_patient_that_comes_back_was_read_as_often_as_its_page(matrix: Matrix, edge: Edge) -> None:
    unseen, compared, traced = [], 0, 0
    for rule in rules(matrix.app):
        if not rule.rule.startswith("/office") or not {"GET", "POST"} <= set(methods(rule)):
            continue
        for who in STAFF:
            if who not in reach.table()["GET", rule.rule].admitted or (path := shown(matrix, edge, rule, who)) is None:
                continue
            began = newest(edge)
            matrix.asks(who, "GET", path)
            by_get, began = looks(edge, began), newest(edge)
            answer = matrix.asks(who, "POST", path)
            if answer.status_code not in (200, 422):  # the page of a no shows nothing of her
                continue
            compared += 1
            traced += bool(by_get)
            if lost := by_get - looks(edge, began):
                unseen.append(f"{who}: {path}: {answer.status_code} without {dict(lost)}")
    assert unseen == [], "\n".join(unseen)
    assert compared >= AT_LEAST, compared
    assert traced >= 3, traced


def test_what_says_that_somebody_looked_is_known_by_its_name() -> None:
    told = {action for action in LOOKED if is_look(action)}
    assert {"case.read", "message.file_read", "patient.sought", "incoming.opened", "record.counted"} <= told
    assert not told & {"message.answered", "case.handed_on", "package.downloaded", "file.added", "consent.checked"}
