"""Two people press at once: one wins, the other is told who did what, and nothing is counted twice or lost."""

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal.domain import references
from portal.domain.access_requests import Stage
from portal.domain.errors import NotPossible, PortalError, TooManyTries
from portal.domain.reviews import Decision
from portal.edges import Edge
from portal.models import session as connections
from portal.models.access_requests import AccessRequest
from portal.models.accounts import Account
from portal.models.audit import AuditEntry
from portal.models.cases import CaseEvent
from portal.models.jobs import Job
from portal.models.people import Patient
from portal.models.releases import ReleasePackage
from portal.services import (
    access_requests,
    audit,
    complaint_bundles,
    complaints,
    fees,
    identity,
    judgements,
    left_forms,
    patients,
    releases,
    review_items,
    reviews,
    sign_ins,
    throttling,
)
from portal.services.judgements import Reasoning
from portal.services.throttling import Allowance
from portal.services.work import Work
from portal.web import create_app
from tests.clinic_at_work import A_LITTLE, ON_PAPER, Week
from tests.conftest import Clockwork, actor_of, open_session
from tests.pages import ReadingClient
from tests.services.test_complaints import sent as sent_complaint
from tests.services.test_given_bundles import entries, give, outside
from tests.web.office.stages import gathering
from tests.web.public.signing_in import code_at

WorkAs = Callable[..., AbstractContextManager[Work]]


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each act gave, or the error it raised, when all began at the same instant."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        start.wait(30)
        try:
            return act()
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(run, acts))


def one_after_the_other(work_as: WorkAs, *people: tuple[str, Callable[[Work], object]]) -> list[object]:
    """The first has begun and taken its step when the second begins; only then does the first commit."""
    (first, act), (second, act_too) = people
    begun = threading.Event()

    def quick() -> object:
        with work_as(first) as work:
            given = act(work)
            work.db.flush()
            begun.set()
            threading.Event().wait(0.4)  # so that the second waits for us inside the database
        return given

    def slow() -> object:
        begun.wait(30)
        with work_as(second) as work:
            return act_too(work)

    return at_once(quick, slow)


def step(reference: str, act: Callable[[Work, Any], object]) -> Callable[[Work], object]:
    return lambda work: act(work, access_requests.find(work, reference))


def refused(given: list[object]) -> list[PortalError]:
    unexpected = [each for each in given if isinstance(each, Exception) and not isinstance(each, PortalError)]
    assert not unexpected, unexpected
    return [each for each in given if isinstance(each, PortalError)]


@pytest.fixture
def week(work_as: WorkAs, edge: Edge) -> Week:
    return Week(work_as, edge)


def test_of_two_clerks_who_begin_at_once_one_is_told_who_was_quicker(week: Week, work_as: WorkAs, edge: Edge) -> None:
    reference = week.does("dov", week.sent(), lambda w, r: identity.check_identity(w, r, "call_back", ""))

    def begins(who: str) -> Callable[[], object]:
        def act() -> object:
            with work_as(who) as work:
                access_requests.begin(work, access_requests.find(work, reference))
            return who

        return act

    given = at_once(begins("dov"), begins("esi"))
    (no,) = refused(given)
    (winner,) = (each for each in given if isinstance(each, str))
    name = actor_of(edge, winner).name
    assert isinstance(no, NotPossible)
    assert f"by {name}" in no.sentence
    with edge.sessions() as db:
        request = db.scalars(select(AccessRequest).where(AccessRequest.reference == reference)).one()
        begun = db.scalars(select(CaseEvent).where(CaseEvent.case_id == request.id, CaseEvent.event == "begin")).all()
        assert [event.actor_name for event in begun] == [name]
        assert request.owner_id == actor_of(edge, winner).id


def test_who_waited_for_a_step_sees_what_it_did(week: Week, work_as: WorkAs, edge: Edge) -> None:
    reference = week.failed()
    given = one_after_the_other(
        work_as, ("dov", step(reference, releases.rebuild)), ("esi", step(reference, releases.rebuild))
    )
    (no,) = refused(given)
    assert "still being made" in no.sentence
    with edge.sessions() as db:
        assert len(db.scalars(select(ReleasePackage)).all()) == 2
        assert len(db.scalars(select(Job).where(Job.kind == "package")).all()) == 2


def test_a_fee_is_waived_once(week: Week, work_as: WorkAs, edge: Edge) -> None:
    line = edge.clinic.fees.lines[0]
    reference = week.does(
        "dov", week.gathered(ON_PAPER), lambda w, r: fees.estimate(w, r, {line.id: 500}, deposit=False)
    )
    week.does("amina", reference, lambda w, r: fees.ask_waiver(w, r, ""))
    given = one_after_the_other(work_as, ("dov", step(reference, fees.waive)), ("esi", step(reference, fees.waive)))
    assert len(refused(given)) == 1


def test_the_same_draft_sent_twice_at_once_is_one_request(work_as: WorkAs, edge: Edge) -> None:
    with work_as("mei") as work:
        draft = access_requests.start(work, patients.own(work))
        access_requests.save(work, draft, A_LITTLE)
        key = draft.id

    def sends() -> object:
        with work_as("mei") as work:
            request = access_requests.find_draft(work, key)
            access_requests.send(work, request)
            return request.reference

    given = at_once(*[sends] * 4)
    assert len(refused(given)) == 3
    with edge.sessions() as db:
        mei = db.scalars(select(Patient.id).where(Patient.given_name == "Mei")).one()
        requests = db.scalars(select(AccessRequest).where(AccessRequest.patient_id == mei)).all()
        assert [(r.stage, r.reference) for r in requests] == [(Stage.RECEIVED, next(filter(_is_text, given)))]


def test_a_patient_who_begins_twice_at_once_has_one_draft(
    work_as: WorkAs, client_of: Callable[[str], ReadingClient]
) -> None:
    browsers = [client_of("mei") for _tab in range(4)]
    answers = at_once(*(lambda tab=tab: tab.post("/access-requests/new") for tab in browsers))  # type: ignore[misc]
    assert [getattr(answer, "status_code", answer) for answer in answers] == [303] * 4
    with work_as("mei") as work:
        mine = AccessRequest.requested_by_id == work.actor.id, AccessRequest.stage == Stage.DRAFT
        assert len(work.db.scalars(select(AccessRequest).where(*mine)).all()) == 1


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def test_twenty_numbers_given_at_once_are_distinct_and_without_gaps(work_as: WorkAs, edge: Edge) -> None:
    keys = []
    with work_as("mei") as work:
        mei = patients.own(work)
        for _draft in range(20):
            draft = access_requests.start(work, mei)
            access_requests.save(work, draft, A_LITTLE)
            keys.append(draft.id)
            draft.requested_by_id = None  # so that the next is another draft
            work.db.flush()
        me = work.actor.id
        for draft in work.db.scalars(select(AccessRequest).where(AccessRequest.id.in_(keys))):
            draft.requested_by_id = me

    def sends(key: Any) -> Callable[[], object]:
        def act() -> object:
            with work_as("mei") as work:
                request = access_requests.find_draft(work, key)
                access_requests.send(work, request, although_alike=True)
                return request.reference

        return act

    given = at_once(*(sends(key) for key in keys))
    assert not refused(given)
    numbers = sorted(int(str(reference).split("-")[2]) for reference in given)
    assert numbers == list(range(numbers[0], numbers[0] + 20))
    assert all(references.is_reference(str(reference)) for reference in given)


def test_the_audit_trail_holds_under_eight_writers(work_as: WorkAs, edge: Edge) -> None:
    with work_as("system") as work:
        mei = patients.find(work, "mei@patients.example").id
    with work_as("operator", writes=False) as work:
        before = audit.verify(work).entries

    def writes(number: int) -> Callable[[], object]:
        def act() -> object:
            for turn in range(5):
                with work_as("system", writes=turn % 2 == 0) as work:  # a reading page adds its line at the end
                    audit.record(work, "patient.read", mei, turn=f"{number}/{turn}")
            return None

        return act

    assert not refused(at_once(*map(writes, range(8))))
    with work_as("operator", writes=False) as work:
        verdict = audit.verify(work)
    assert verdict.first_bad is None
    assert verdict.entries == before + 40


def test_a_chain_that_two_begin_at_once_is_one_chain(work_as: WorkAs, edge: Edge) -> None:
    chain = uuid4()

    def writes() -> object:
        with work_as("system") as work:
            audit.record(work, "patient.read", chain)
        return None

    assert not refused(at_once(*[writes] * 6))
    with work_as("operator", writes=False) as work:
        assert audit.verify(work).first_bad is None


def test_twenty_tries_at_once_spend_no_more_than_there_are(work_as: WorkAs) -> None:
    allowance = Allowance(5, 60)

    def tries() -> object:
        with work_as("system") as work:
            throttling.spend(work, "account:somebody", allowance)
        return "let in"

    given = at_once(*[tries] * 20)
    assert given.count("let in") == 5
    assert all(isinstance(no, TooManyTries) for no in refused(given))


def test_a_form_sent_late_by_two_clicks_is_kept_once(work_as: WorkAs, edge: Edge) -> None:
    with work_as("mei") as work:
        assert work.actor.id is not None
        token = sign_ins.begin(work, work.actor.id, "127.0.0.0/24", "tests")

    def keeps(words: str) -> Callable[[Work], object]:
        return lambda work: left_forms.keep(work, token, "/access-requests/AR/answer", [("text", words)])

    given = one_after_the_other(work_as, ("mei", keeps("the first click")), ("mei", keeps("the second click")))
    assert given == [True, True]
    with work_as("mei", writes=False) as work:
        found = left_forms.find(work, work.actor.id, "/access-requests/AR/answer")
        assert found == [("text", "the second click")]


def test_a_code_used_twice_at_once_opens_one_session(work_as: WorkAs, edge: Edge, clock: Clockwork) -> None:
    code = code_at(clock.at)
    with work_as("system") as work:
        dov = work.db.scalars(select(Account.id).where(Account.email.like("dov@%"))).one()

    def uses() -> object:
        with work_as("system") as work:
            return sign_ins.use_code(work, dov, code)

    assert sorted(map(str, at_once(*[uses] * 5))) == ["False"] * 4 + ["True"]


def test_what_is_judged_meanwhile_is_not_signed_unseen(week: Week, work_as: WorkAs) -> None:
    reference = week.in_review()
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        lines = review_items.lines(work, request)
        for line in lines:
            reviews.judge(work, request, line.id, Decision.RELEASE, None, Reasoning())
        seen = judgements.digest(work, request)
    reasoning = Reasoning(
        facts="The neighbour Aurelia told this about her own illness, and asked that it stay here.",
        why_not_severing="Every line of the entry tells about Aurelia.",
    )

    def withholds(work: Work) -> object:
        request = access_requests.find(work, reference)
        reviews.judge(work, request, lines[0].id, Decision.WITHHOLD, "other_person", reasoning)
        return "withheld"

    def signs(work: Work) -> object:
        reviews.sign(work, access_requests.find(work, reference), seen)
        return "signed"

    given = one_after_the_other(work_as, ("femi", withholds), ("femi", signs))
    assert given[0] == "withheld"
    (no,) = refused(given)
    assert "changed since you looked" in no.sentence
    other_way = at_once(
        lambda: _does(work_as, withholds), lambda: _does(work_as, lambda w: _signs_afresh(w, reference))
    )
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        assert request.stage in (Stage.IN_REVIEW, Stage.DECIDING)
        assert (request.stage == Stage.DECIDING) == ("signed" in other_way)
        assert request.items_judged == len(lines)


def _signs_afresh(work: Work, reference: str) -> object:
    request = access_requests.find(work, reference)
    reviews.sign(work, request, judgements.digest(work, request))
    return "signed"


def _does(work_as: WorkAs, act: Callable[[Work], object]) -> object:
    with work_as("femi") as work:
        return act(work)


def test_two_judgements_at_once_are_both_counted(week: Week, work_as: WorkAs) -> None:
    reference = week.in_review()
    with work_as("femi") as work:
        keys = [line.id for line in review_items.lines(work, access_requests.find(work, reference))][:4]

    def judges(key: Any) -> Callable[[], object]:
        def act(work: Work) -> object:
            request = access_requests.find(work, reference)
            return reviews.judge(work, request, key, Decision.RELEASE, None, Reasoning())

        return lambda: _does(work_as, act)

    assert not refused(at_once(*map(judges, keys)))
    with work_as("femi") as work:
        assert access_requests.find(work, reference).items_judged == len(keys)


def test_two_patients_registered_at_once_have_two_numbers(work_as: WorkAs, edge: Edge) -> None:
    def registers(name: str) -> Callable[[], object]:
        def act() -> object:
            with work_as("dov") as work:
                return patients.register(work, name, "Okafor", work.today.replace(year=1990)).number

        return act

    given = at_once(*map(registers, ("Ada", "Bola", "Chidi", "Dayo")))
    assert not refused(given)
    assert len(set(given)) == 4


@pytest.fixture
def impatient(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """The same portal, but a writer waits a tenth of a second only for another."""
    monkeypatch.setattr(connections, "BUSY_MILLISECONDS", 100)
    engine = connections.engine_from_url(edge.config.database_url)
    yield replace(edge, sessions=connections.session_factory(engine))
    engine.dispose()


def test_a_database_that_stays_busy_is_a_page_that_says_so(
    sqlite_only: None, impatient: Edge, edge: Edge, work_as: WorkAs
) -> None:
    app = create_app(impatient.config, impatient)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    open_session(edge, client, "mei")
    with work_as("system"):  # somebody writes, and takes their time
        busy = client.post("/access-requests/new")
        read = client.get("/policy")
    assert busy.status_code == 503
    assert int(busy.headers["Retry-After"]) > 0
    words = re.sub(r"<[^>]*>", " ", busy.get_data(as_text=True))
    assert "locked" not in words
    assert "OperationalError" not in words
    assert read.status_code == 200


def test_a_form_that_is_sent_twenty_times_at_once_is_carried_out_once(edge: Edge, work_as: WorkAs, app: Any) -> None:
    """The identity check and the gathering can be done again, but not twice from one page (security.md G01)."""
    reference = gathering(work_as)
    dov = app.test_client()
    open_session(edge, dov, "dov")
    cookie = dov.get_cookie("portal").value
    for path, event, form in (
        ("identity", "check_identity", {"method": "photo_id", "note": "Her card."}),
        ("gather", "gather", {}),
    ):
        page = dov.get(f"/office/cases/{reference}{'/identity' if path == 'identity' else ''}").text
        (steps,) = re.findall(r'name="steps"[^>]*value="(\d+)"', page)
        before = len(steps_of(work_as, reference, event))

        def send(path: str = path, sent: dict[str, str] = {**form, "steps": steps}) -> int:  # noqa: B006
            browser = app.test_client()
            browser.set_cookie("portal", cookie)
            return int(browser.post(f"/office/cases/{reference}/{path}", data=sent).status_code)

        assert set(at_once(*[send] * 20)) == {303}
        assert len(steps_of(work_as, reference, event)) == before + 1


def steps_of(work_as: WorkAs, reference: str, event: str) -> list[CaseEvent]:
    with work_as("dov", writes=False) as work:
        case = access_requests.find(work, reference)
        query = select(CaseEvent).where(CaseEvent.case_id == case.id, CaseEvent.event == event)
        return list(work.db.scalars(query))


def test_two_clicks_for_the_papers_of_a_complaint_are_one_bundle(edge: Edge, work_as: WorkAs) -> None:
    """In the same second, by two writers; once the worker has it, a third is another bundle."""
    reference = sent_complaint(work_as)

    def orders(work: Work) -> None:
        complaint_bundles.order(work, complaints.find(work, reference))

    for press in (1, 2):
        assert one_after_the_other(work_as, ("esi", orders), ("esi", orders)) == [None, None]
        with work_as("system") as work:
            jobs = list(work.db.scalars(select(Job).where(Job.kind == "bundle")))
            told = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "complaint.bundled")
            assert (len(jobs), work.db.scalar(told)) == (press, press)
            for job in jobs:
                job.status = "running"


def test_two_clicks_that_the_papers_were_given_are_one_entry(work_as: WorkAs) -> None:
    bundle = outside(work_as)
    assert at_once(*[lambda: give(work_as, bundle) for _click in range(4)]) == [None] * 4
    assert len(entries(work_as)) == 1
