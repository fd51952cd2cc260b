"""The key of a form makes a second press no second act; it never makes something else out of another form."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from portal.domain.access_requests import Channel
from portal.domain.errors import NotPossible
from portal.models.internal_notes import InternalNote
from portal.services import accuracy_notes, complaints, internal_notes, message_threads, patients
from portal.services.work import Work
from tests.services.test_accuracy_notes import SENT
from tests.services.test_complaints import said, sent

WorkAs = Callable[..., AbstractContextManager[Work]]
pytestmark = pytest.mark.usefixtures("sqlite_only")


def test_a_note_beside_another_thread_does_not_vanish_with_the_key_of_the_first(work_as: WorkAs) -> None:
    one, other, key = sent(work_as), sent(work_as), uuid4()
    for _press in range(2):
        with work_as("dov") as work:
            internal_notes.write(work, message_threads.find(work, one), "Beside the first.", key)
    with work_as("dov") as work, pytest.raises(NotPossible, match="no longer whole"):
        internal_notes.write(work, message_threads.find(work, other), "Beside the other.", key)
    with work_as("dov") as work:
        thread = message_threads.general(work, message_threads.find(work, one).patient)
        with pytest.raises(NotPossible, match="no longer whole"):
            internal_notes.write(work, thread, "Beside none of them.", key)
    with work_as("dov", writes=False) as work:
        assert work.db.scalar(select(func.count()).select_from(InternalNote)) == 1


@pytest.mark.parametrize("what", ["complaint", "accuracy_note"])
def test_the_key_of_a_form_about_one_patient_is_good_for_no_other(work_as: WorkAs, what: str) -> None:
    """Dov enters for Amina, and with the same form for Mei: it is about one of them."""
    key = uuid4()

    def enters(work: Work, email: str) -> Any:
        patient = patients.find(work, email)
        if what == "complaint":
            sent = said(once=str(key), verified="Called back.")
            return complaints.enter(work, patient, sent, Channel.PHONE, work.today).id
        return accuracy_notes.enter(work, patient, replace(SENT, key=key, received_on=work.today)).id

    made = set()
    for _press in range(2):
        with work_as("dov") as work:
            made.add(enters(work, "amina@patients.example"))
    assert len(made) == 1
    with work_as("dov") as work, pytest.raises(NotPossible, match="no longer whole"):
        enters(work, "mei@patients.example")
