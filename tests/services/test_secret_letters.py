"""Letters that bring a code: on file without it, printed into the one sheet that goes out, and forgotten after that."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.dispatches import Event, Stage, Way
from portal.domain.errors import Invalid, NotPossible
from portal.edges import Edge
from portal.models.dispatches import AddressDoubt, Dispatch
from portal.models.letters import StoredFile
from portal.models.patient_invitations import PatientInvitation
from portal.services import (
    activations,
    correspondence,
    dispatch_tasks,
    dispatches,
    letter_batches,
    letters,
    patient_invitations,
    patients,
    posting,
)
from portal.services.correspondence import Tab
from portal.services.work import Work
from portal.worker import Worker
from tests.adapters.test_uploads_pdfs import words_of
from tests.conftest import Clockwork
from tests.services.test_correspondence import shown

WorkAs = Callable[..., AbstractContextManager[Work]]
ADDRESS = "12 Rose Street\nVictoria BC  V8V 1A1"
CODE = re.compile(r"\b[2-9A-Z]{4}(?:-[2-9A-Z]{4}){3}\b")


@pytest.fixture
def number(work_as: WorkAs) -> str:
    """A patient with a file and no sign-in."""
    with work_as("dov") as work:
        contact = {"address": ADDRESS, "email": "old@patients.example", "phone": "250-555-0177"}
        return patients.register(work, "Nour", "Al-Sayed", date(1985, 3, 27), **contact).number


def invited(work_as: WorkAs, number: str, way: str = patient_invitations.BY_POST) -> UUID:
    """The letter of an invitation where it lies to be printed."""
    with work_as("dov") as work:
        row = patient_invitations.invite(work, patients.find(work, number), way)
        sent = patient_invitations.sent_as(work, row)
        assert sent is not None
        return sent.id


def printed(work_as: WorkAs, edge: Edge, key: UUID) -> None:
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm(work, found, shown(work, found))
    Worker(edge).drain()


def sheet_of(work: Work, key: UUID) -> str:
    file, _name, data = letter_batches.sheets_of(work, dispatches.find(work, key))
    assert file.purpose == "post"
    return words_of(b"".join(data))


def went(work_as: WorkAs, key: UUID) -> None:
    with work_as("dov") as work:
        posting.handed_over(work, dispatches.find(work, key, lock=True), work.today)


def hers(work: Work, number: str) -> Dispatch:
    """The one letter of hers that is on a way."""
    query = select(Dispatch).where(Dispatch.patient_id == patients.find(work, number).id)
    return work.db.scalars(query).one()


def stands(work_as: WorkAs, key: UUID) -> tuple[str, bool]:
    """Where the letter is, and whether a print of it is kept."""
    with work_as("dov") as work:
        found = work.db.get_one(Dispatch, key)
        return found.stage, found.file_id is not None


def test_by_post_the_code_is_in_the_sheet_alone_and_forgotten_when_that_went_out(
    work_as: WorkAs, edge: Edge, number: str
) -> None:
    key = invited(work_as, number)
    printed(work_as, edge, key)
    with work_as("dov") as work:
        words = sheet_of(work, key)
        assert "12 Rose Street" in words
        code = CODE.search(words)
        assert code
        found = dispatches.find(work, key)
        assert code[0] not in str(letters.read(work, found.letter).to_json())
        assert "The code stood here" in str(letters.read(work, found.letter).to_json())
        batch = letter_batches.make(work, [key])
        assert [CODE.findall(words_of(each.data)) for each in letter_batches.taken(work, batch)] == [[code[0]]]
    went(work_as, key)
    assert stands(work_as, key) == (Stage.SENT, False)
    with work_as("dov") as work:
        row = work.db.scalars(select(PatientInvitation)).one()
        assert (row.code_sealed, row.given_at) == (None, work.now)
        assert patient_invitations.is_open(work, row)  # it is hers to use now
        assert work.db.scalars(select(StoredFile).where(StoredFile.purpose == "post")).all() == []
        with pytest.raises(NotPossible, match="not printed"):
            letter_batches.sheets_of(work, dispatches.find(work, key))
    uses(work_as, code[0])
    assert stands(work_as, key) == (Stage.ARRIVED, False)


def uses(work_as: WorkAs, code: str) -> None:
    """She sets up her sign-in, before anybody is signed in."""
    with work_as("system") as work:
        row = activations.try_code(work, code.replace("-", ""), date(1985, 3, 27), "V8V1A1", "here")
        assert row is not None
        activations.accept(work, row, "nour@patients.example", "a hash", "en")


def test_nothing_that_is_kept_can_hold_a_secret(work_as: WorkAs, number: str) -> None:
    with work_as("dov") as work:
        patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_LETTER)
        letter = patient_invitations.kept(work, patients.find(work, number))
    assert "7KQ4-M9XA" in str(letter.with_secret("7KQ4-M9XA"))
    assert letter.with_secret("7KQ4-M9XA").to_json() == letter.to_json()


def test_a_newer_code_takes_the_older_letter_out_of_the_lists(work_as: WorkAs, edge: Edge, number: str) -> None:
    older = invited(work_as, number)
    printed(work_as, edge, older)
    newer = invited(work_as, number)
    assert stands(work_as, older) == (Stage.SETTLED, False)
    assert stands(work_as, newer) == (Stage.WAITING, False)
    with work_as("dov") as work:
        assert [row.dispatch.id for row in correspondence.page(work, Tab.PRINT).rows] == [newer]
        with pytest.raises(NotPossible):
            posting.handed_over(work, dispatches.find(work, older, lock=True), work.today)


def test_an_invitation_that_is_stopped_while_the_worker_prints_is_not_printed(
    work_as: WorkAs, edge: Edge, number: str
) -> None:
    key = invited(work_as, number)
    with work_as("dov") as work:
        found = dispatches.find(work, key, lock=True)
        posting.confirm(work, found, shown(work, found))
        patient_invitations.end(work, patients.find(work, number))
    Worker(edge).drain()
    assert stands(work_as, key) == (Stage.SETTLED, False)


def test_a_code_that_was_not_used_in_time_is_forgotten_and_its_letter_settled(
    work_as: WorkAs, edge: Edge, number: str, clock: Clockwork
) -> None:
    key = invited(work_as, number)
    printed(work_as, edge, key)
    clock.move(days=8)
    with work_as("dov") as work:
        assert not posting.is_right(work, dispatches.find(work, key))  # before any night has passed
    with work_as("system") as work:
        found = patient_invitations.over(work, {})
        assert len(found) == 1
        patient_invitations.clear(work, {}, found)
        patient_invitations.clear(work, {}, found)  # a job may run twice
    assert stands(work_as, key) == (Stage.SETTLED, False)
    with work_as("system") as work:
        assert work.db.scalars(select(PatientInvitation)).one().code_sealed is None
        assert patient_invitations.over(work, {}) == []


def test_a_letter_that_came_back_makes_its_code_worthless_and_the_address_doubted(
    work_as: WorkAs, edge: Edge, number: str
) -> None:
    key = invited(work_as, number)
    printed(work_as, edge, key)
    went(work_as, key)
    with work_as("dov") as work:
        assert dispatch_tasks.came_back(work, dispatches.find(work, key, lock=True), "moved")
    with work_as("dov") as work:
        row = work.db.scalars(select(PatientInvitation)).one()
        assert not patient_invitations.is_open(work, row)
        assert work.db.scalars(select(AddressDoubt)).one().way == Way.POST
        found = dispatches.find(work, key, lock=True)
        with pytest.raises(NotPossible, match="Invite the patient again"):
            dispatch_tasks.settle(work, found, Way.POST, "photo_id")
        with pytest.raises(Invalid, match="no address that we may use"):
            patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_POST)
    with work_as("dov") as work:  # the new one, over the desk, leaves nothing to be done about the old
        patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_LETTER)
    with work_as("dov") as work:
        assert correspondence.waiting(work) == (0, 0)


def test_a_code_is_neither_faxed_nor_told(work_as: WorkAs, number: str) -> None:
    key = invited(work_as, number)
    with work_as("dov") as work:
        for way in (Way.FAX, Way.PHONE):
            with pytest.raises(Invalid, match="on paper alone"):
                dispatch_tasks.settle(work, dispatches.find(work, key, lock=True), way)
        with pytest.raises(Invalid, match="on paper alone"):
            dispatch_tasks.call(work, dispatches.find(work, key, lock=True))
        again = dispatch_tasks.settle(work, dispatches.find(work, key, lock=True), Way.COURIER)
        assert again is not None


def test_over_the_desk_it_is_on_file_how_she_was_known(work_as: WorkAs, number: str) -> None:
    with work_as("dov") as work:
        patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_LETTER)
        key, html = patient_invitations.to_print(work, patients.find(work, number))
        assert CODE.search(html)
        with pytest.raises(Invalid, match="how you knew"):
            patient_invitations.printed(work, patients.find(work, number), key, "call_back")
        patient_invitations.printed(work, patients.find(work, number), key, "known")
    with work_as("dov") as work:
        found = hers(work, number)
        events = [(each.event, each.code) for each in correspondence.events_of(work, [found.id])]
        assert (found.way, found.stage, events[-1]) == (Way.COUNTER, Stage.ARRIVED, (Event.HANDED, "known"))


def test_an_e_mail_with_a_code_is_a_letter_that_was_sent(work_as: WorkAs, edge: Edge, number: str) -> None:
    with work_as("dov") as work:
        patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_MAIL)
    Worker(edge).drain()
    with work_as("dov") as work:
        found = hers(work, number)
        assert (found.way, found.stage, found.letter.kind) == (Way.EMAIL, Stage.SENT, "invitation")
        row = correspondence.look(work, found)
        assert row.target.number == "old@patients.example"


def test_an_e_mail_with_a_code_that_was_given_up_needs_somebody_until_she_is_invited_anew(
    work_as: WorkAs, number: str
) -> None:
    with work_as("dov") as work:
        row = patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_MAIL)
        payload = {"invitation": str(row.id)}
    with work_as("system") as work:
        patient_invitations.give_up(work, payload)
    with work_as("dov") as work:
        assert correspondence.waiting(work) == (0, 1)
        assert hers(work, number).letter.invitation_id == row.id
        patient_invitations.invite(work, patients.find(work, number), patient_invitations.BY_LETTER)
    with work_as("dov") as work:
        assert correspondence.waiting(work) == (0, 0)
