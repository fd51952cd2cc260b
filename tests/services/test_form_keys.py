"""The key of a form makes a second press no second act; it never makes something else out of another form."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

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
    """Ben sends for himself and for Amina: the same form is about one of them."""
    key = uuid4()

    def sends(work: Work, patient: Any) -> None:
        if what == "complaint":
            complaints.send(work, patient, said(once=str(key)))
        else:
            accuracy_notes.send(work, patient, replace(SENT, key=key))

    with work_as("amina") as work:
        amina = patients.own(work).id
    with work_as("ben") as work:
        hers = next(person for person in patients.acts_for(work) if person.id == amina)
        sends(work, hers)
    with work_as("ben") as work:
        own = next((person for person in patients.acts_for(work) if person.id != amina), None)
        if own is None:
            pytest.skip("Ben is nobody's patient")
        with pytest.raises(NotPossible, match="no longer whole"):
            sends(work, own)
