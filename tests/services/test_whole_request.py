"""A patient asks for her record and receives it: the whole way through the services, on each kind of database."""

import re
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from portal.domain.access_requests import Delivery, Mode, Outcome, Stage
from portal.domain.errors import NotAllowed, NotFound, NotPossible
from portal.domain.record_items import Paragraph
from portal.domain.reviews import Decision
from portal.domain.wishes import Scope, Wishes
from portal.edges import Edge
from portal.services import (
    access_log,
    access_requests,
    audit,
    binding,
    cases,
    identity,
    judgements,
    letters,
    patients,
    releases,
    review_items,
    reviews,
    sign_ins,
)
from portal.services.judgements import Reasoning
from portal.services.work import Work
from portal.worker import Worker

WorkAs = Callable[..., AbstractContextManager[Work]]
EVERYTHING = Wishes(mode=Mode.COPY, scope=Scope.EVERYTHING, delivery=Delivery.DOWNLOAD)


def mei_asks(work_as: WorkAs, wishes: Wishes = EVERYTHING) -> str:
    with work_as("mei") as work:
        request = access_requests.start(work, patients.own(work))
        access_requests.save(work, request, wishes)
        access_requests.send(work, request)
        assert request.reference
        return request.reference


def office_gathers(work_as: WorkAs, reference: str) -> int:
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        identity.check_identity(work, request, "call_back", "")
        access_requests.begin(work, request)
        count = reviews.gather(work, request)
        access_requests.refer(work, request)
        return count


def femi_reviews(work_as: WorkAs, reference: str, withhold: bool = False) -> tuple[str, str]:
    """Releases all, but with ``withhold`` the first entry that tells something; gives words (kept back, given)."""
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        kept = given = ""
        for line in review_items.lines(work, request):
            opened = review_items.open_item(work, request, line.id)
            told = max((b.text for b in opened.item.blocks if isinstance(b, Paragraph)), key=len, default="")
            if withhold and len(told) > 60 and not kept:
                kept = told
                reasoning = Reasoning(
                    facts="Her sister told Dr Adeyemi this in confidence on the telephone in March.",
                    why_not_severing="Every sentence of the note repeats what the sister said about herself.",
                )
                reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", reasoning)
            elif opened.line.flagged:
                reviews.judge(work, request, line.id, Decision.RELEASE, None, Reasoning())
            if told and told != kept:
                given = told
        reviews.release_remaining(work, request)
        reviews.sign(work, request, judgements.digest(work, request))
        return kept, given


def released_and_built(work_as: WorkAs, worker: Worker, reference: str) -> None:
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        releases.release(work, request, releases.shown_digest(work, request))
    worker.drain()


def test_she_asks_and_gets_one_signed_file(work_as: WorkAs, worker: Worker, edge: Edge, tmp_path: Path) -> None:
    reference = mei_asks(work_as)
    gathered = office_gathers(work_as, reference)
    assert gathered > 10
    withheld, given = femi_reviews(work_as, reference, withhold=True)
    released_and_built(work_as, worker, reference)
    with work_as("mei") as work:
        request = access_requests.find(work, reference)
        assert request.stage == Stage.READY
        assert request.outcome == Outcome.RELEASED_IN_PART
        _file, name, content = releases.download(work, request)
        (tmp_path / name).write_bytes(b"".join(content))
        assert request.stage == Stage.DELIVERED
        looks = access_log.lines(work, patients.own(work))
        assert {(look.name, look.what) for look in looks} >= {
            ("Dr Femi Adeyemi", "read an entry of your record"),
            ("The portal", "put your package together"),
            ("Mei Leung", "downloaded your package"),
        }
    text = words_of(tmp_path / name)
    assert squeezed(reference) in text
    assert given
    assert withheld
    assert squeezed(given)[:80] in text
    for sentence in re.split(r"(?<=[.!?])\s+", withheld):
        assert len(sentence) < 20 or squeezed(sentence) not in text
    assert edge.outside.signer.verify(tmp_path / name).good
    assert not list(edge.outside.scratch.iterdir())


def words_of(path: Path) -> str:
    """The text of a PDF without blanks, which no line break and no hyphen can hide anything in."""
    printed = subprocess.run(["pdftotext", path, "-"], check=True, capture_output=True, text=True)
    return squeezed(printed.stdout)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\u2010-]+", "", text)


def test_a_letter_is_written_for_each_written_step_and_printed(work_as: WorkAs, worker: Worker) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    femi_reviews(work_as, reference)
    released_and_built(work_as, worker, reference)
    with work_as("mei") as work:
        request = access_requests.find(work, reference)
        found = letters.of_case(work, request)
        kinds = [row.kind for row, _letter in found]
        assert kinds == ["ready", "decision", "acknowledgement", "request"]
        assert all(letters.printed(work, row) for row, _letter in found)


def test_the_reviewer_cannot_release(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    femi_reviews(work_as, reference)
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        shown = releases.shown_digest(work, request)
        with pytest.raises(NotAllowed):
            releases.release(work, request, shown)


def test_nobody_else_finds_the_request(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    for stranger in ("amina", "cora", "ben", "lena"):
        with pytest.raises(NotFound), work_as(stranger) as work:
            access_requests.find(work, reference)


def test_a_request_for_the_same_thing_is_caught_while_the_first_is_open(work_as: WorkAs) -> None:
    first = mei_asks(work_as)
    with pytest.raises(NotPossible, match=first):
        mei_asks(work_as)
    with work_as("mei") as work:
        request = access_requests.start(work, patients.own(work))
        access_requests.save(work, request, EVERYTHING)
        access_requests.send(work, request, although_alike=True)


def test_what_was_shown_binds_the_signature(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        for line in review_items.lines(work, request):
            reviews.judge(work, request, line.id, Decision.RELEASE, None, Reasoning())
        seen = judgements.digest(work, request)
        first = review_items.lines(work, request)[0]
        reviews.judge(
            work,
            request,
            first.id,
            Decision.WITHHOLD,
            "other_person",
            Reasoning(
                facts="The neighbour's own illness is described in the second line.",
                why_not_severing="The whole entry is the neighbour's story, told by him.",
            ),
        )
    with pytest.raises(NotPossible, match="changed since you looked"), work_as("femi") as work:
        reviews.sign(work, access_requests.find(work, reference), seen)


def test_the_second_of_two_who_press_at_once_is_told_who_did_what(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        identity.check_identity(work, request, "call_back", "")
        access_requests.begin(work, request)
    with pytest.raises(NotPossible, match="by Dov Levin"), work_as("esi") as work:
        access_requests.begin(work, access_requests.find(work, reference))


def test_a_crash_while_the_package_is_made_leaves_nothing_and_it_is_done_again(
    work_as: WorkAs, worker: Worker, edge: Edge, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    femi_reviews(work_as, reference)

    def falls_over(*_args: object) -> None:
        raise RuntimeError("the machine stopped here")

    with monkeypatch.context() as patched:
        patched.setattr(binding, "_digest", falls_over)
        released_and_built(work_as, worker, reference)
    with work_as("mei") as work:
        request = access_requests.find(work, reference)
        assert request.stage == Stage.PREPARING
        with pytest.raises(NotFound):
            releases.download(work, request)
    assert not list(edge.outside.scratch.iterdir())
    clock.move(minutes=5)
    worker.drain()
    with work_as("mei") as work:
        assert access_requests.find(work, reference).stage == Stage.READY


def test_a_package_that_cannot_be_made_is_shown_to_the_office_and_made_again_on_their_word(
    work_as: WorkAs, worker: Worker, monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    femi_reviews(work_as, reference)

    def falls_over(*_args: object) -> None:
        raise RuntimeError("the machine stopped here")

    with monkeypatch.context() as patched:
        patched.setattr(binding, "_print", falls_over)
        released_and_built(work_as, worker, reference)
        for _try in range(6):
            clock.move(minutes=15)
            worker.drain()
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        assert request.package_failed
        releases.rebuild(work, request)
    worker.drain()
    with work_as("mei") as work:
        assert access_requests.find(work, reference).stage == Stage.READY


def test_a_refused_request_closes_with_a_letter_that_has_every_lawful_part(work_as: WorkAs) -> None:
    reference = mei_asks(
        work_as, Wishes(mode=Mode.COPY, scope=Scope.CATEGORIES, categories=("photographs",), delivery=Delivery.DOWNLOAD)
    )  # type: ignore[arg-type]
    office_gathers(work_as, reference)
    reasoning = Reasoning(
        facts="Each picture shows another patient's face beside hers, taken in the waiting room.",
        why_not_severing="The two faces overlap, so nothing of the picture is left without the other.",
    )
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        for line in review_items.lines(work, request):
            reviews.judge(work, request, line.id, Decision.WITHHOLD, "other_person", reasoning)
        reviews.sign(work, request, judgements.digest(work, request))
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        shown = releases.shown_digest(work, request)
        with pytest.raises(NotAllowed):
            releases.refuse(work, request, shown)
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        releases.refuse(work, request, releases.shown_digest(work, request))
        assert (request.stage, request.outcome) == (Stage.CLOSED, Outcome.REFUSED)
        row, letter = letters.of_case(work, request)[0]
        assert row.kind == "refusal"
        parts = {block.part for block in letter.walk()}
        assert {"reasons", "provision", "contact_name", "review_right", "review_last_day"} <= parts


def test_she_can_withdraw_at_any_time_before_it_is_delivered(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    with work_as("mei") as work:
        request = access_requests.find(work, reference)
        access_requests.withdraw(work, request)
        assert (request.stage, request.outcome, request.is_open) == (Stage.CLOSED, Outcome.WITHDRAWN, False)


def test_the_dates_of_a_case_are_the_replay_of_its_ledger(work_as: WorkAs) -> None:
    from portal.services import clocks

    reference = mei_asks(work_as)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        before = request.due_on
        access_requests.extend(work, request, "volume", 10)
        clock = clocks.clock_of(request, work.today)
        assert clock is not None
        assert (request.received_on, request.due_on, request.target_on) == (
            clock.received,
            clock.due,
            clock.internal_target,
        )
        assert before == clock.original_due
        assert request.due_on > before  # type: ignore[operator]
    with work_as("mei") as work:
        row, letter = letters.of_case(work, access_requests.find(work, reference))[0]
        assert row.kind == "extension"
        assert {"extension_reason", "extension_date", "extension_complaint"} <= {b.part for b in letter.walk()}


def test_a_step_is_refused_by_the_service_whatever_the_page_says(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    with pytest.raises(NotPossible), work_as("dov") as work:
        cases.take(work, access_requests.find(work, reference), "refer")
    with pytest.raises(NotAllowed), work_as("mei") as work:
        cases.take(work, access_requests.find(work, reference), "begin")


def test_the_letter_of_her_own_request_is_on_file_with_its_number_and_date(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    with work_as("mei") as work:
        request = access_requests.find(work, reference)
        row, letter = next(pair for pair in letters.of_case(work, request) if pair[0].kind == "request")
        assert row.from_patient
        assert letter.reference == reference
        assert letter.dated == work.today


def test_the_audit_trail_holds_and_a_tampered_row_is_named(work_as: WorkAs, edge: Edge) -> None:
    from sqlalchemy import text

    mei_asks(work_as)
    with work_as("operator", writes=False) as work:
        assert audit.verify(work).first_bad is None
    with edge.sessions.kw["bind"].begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER USER"))
        else:
            connection.execute(text("DROP TRIGGER audit_entries_no_update"))
        connection.execute(
            text("UPDATE audit_entries SET text = replace(text, 'Mei', 'Moi') WHERE action = 'case.send'")
        )
    with work_as("operator", writes=False) as work:
        assert audit.verify(work).first_bad is not None


def test_the_database_refuses_to_change_what_is_written_once(edge: Edge, work_as: WorkAs) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    mei_asks(work_as)
    for statement in (
        "UPDATE audit_entries SET text = ''",
        "DELETE FROM audit_entries",
        "UPDATE case_events SET event = 'x'",
        "DELETE FROM case_events",
        "DELETE FROM disclosures",
    ):
        with pytest.raises(DBAPIError, match="written once"), edge.sessions.kw["bind"].begin() as connection:
            connection.execute(text(statement))


def test_a_row_that_is_there_cannot_be_put_in_its_own_place(edge: Edge, work_as: WorkAs) -> None:
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    if edge.sessions.kw["bind"].dialect.name != "sqlite":
        pytest.skip("only SQLite knows INSERT OR REPLACE")
    mei_asks(work_as)
    for table in ("audit_entries", "case_events", "disclosures"):
        with pytest.raises(DBAPIError, match="written once"), edge.sessions.kw["bind"].begin() as connection:
            connection.execute(text(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"))  # noqa: S608


def test_who_judged_an_entry_cannot_release_though_somebody_else_signed(work_as: WorkAs) -> None:
    reference = mei_asks(work_as)
    office_gathers(work_as, reference)
    with work_as("femi") as work:
        request = access_requests.find(work, reference)
        first = review_items.lines(work, request)[0]
        reviews.judge(work, request, first.id, Decision.RELEASE, None, Reasoning())
        assert work.actor.id in request.judged_by_ids
        judged_by = work.actor.id
    femi_reviews(work_as, reference)
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        shown = releases.shown_digest(work, request)
        request.reviewer_id = None
        work.actor = replace(work.actor, id=judged_by)
        with pytest.raises(NotAllowed, match="Somebody else"):
            releases.release(work, request, shown)


def test_a_wrong_password_is_refused_and_a_used_code_cannot_be_used_again(work_as: WorkAs, edge: Edge) -> None:
    import pyotp

    from portal.demo.people import PASSWORD, TOTP_SECRET

    with work_as("system") as work:
        assert sign_ins.check_password(work, "dov@clinic.example", "not it") is None
        account_id = sign_ins.check_password(work, "DOV@clinic.example ", PASSWORD)
        assert account_id
        token = sign_ins.begin(work, account_id, "n", "a")
    with work_as("system") as work:
        live = sign_ins.resume(work, token)
        assert live
        assert live.factor_needed == "code"
        code = pyotp.TOTP(TOTP_SECRET).at(work.now)
        rotated = sign_ins.give_code(work, live, code)
        assert rotated
        assert rotated != token
    with work_as("system") as work:
        assert sign_ins.resume(work, token) is None
        again = sign_ins.begin(work, account_id, "n", "a")
    with work_as("system") as work:
        live = sign_ins.resume(work, again)
        assert live
        assert sign_ins.give_code(work, live, code) is None


def test_a_draft_belongs_to_its_author_until_it_is_sent(work_as: WorkAs) -> None:
    with work_as("mei") as work:
        request = access_requests.start(work, patients.own(work))
        access_requests.save(work, request, EVERYTHING)
        draft_id = request.id
    with pytest.raises(NotFound), work_as("dov") as work:
        cases.find_by_id(work, draft_id)
    with work_as("mei") as work:
        again = access_requests.start(work, patients.own(work))
        assert again.id == draft_id
        assert access_requests.wishes_of(work, again) == EVERYTHING
