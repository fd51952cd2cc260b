"""What the clinic answers an office outside leaves the clinic: it stands in the register like the papers."""

from datetime import timedelta
from typing import Any

import pytest

from portal.domain.errors import Invalid, NotPossible
from portal.services import complaint_work, complaints, disclosure_lists, patients
from portal.services.work import Work
from tests.services.test_complaints import WorkAs
from tests.services.test_given_bundles import OIPC, entries, listed, outside


def asked(work: Work, reference: str) -> tuple[Any, Any]:
    case = complaints.find(work, reference)
    complaint_work.outside_question(work, case, "Why did it take so long?", work.today + timedelta(days=9))
    return case, complaint_work.questions(work, case)[0].id


def test_an_answer_stands_in_the_register_and_says_to_whom_and_how(work_as: WorkAs) -> None:
    reference, _file = outside(work_as, names=("femi",))
    with work_as("esi") as work:
        case, question = asked(work, reference)
        complaint_work.outside_answer(work, case, question, "The desk was stuck.", "telephone", work.today)
    with work_as("amina", writes=False) as work:
        entry = disclosure_lists.of_patient(work, patients.own(work)).entries[0]
    assert (entry.recipient, entry.how, entry.reference) == (OIPC, "By telephone or in person, in words", reference)
    assert entry.what == (
        f"Our answer to a question of theirs about the complaint {reference}. Their file number is P26-01234."
    )
    assert OIPC in listed(work_as, "esi")
    assert OIPC not in listed(work_as, "femi")
    with work_as("esi") as work, pytest.raises(NotPossible):
        complaint_work.outside_answer(work, complaints.find(work, reference), question, "Once more", "fax", work.today)
    assert len(entries(work_as)) == 1


@pytest.mark.parametrize(
    ("how", "days", "field"), [("", 0, "how"), ("shown", 0, "how"), ("fax", 1, "on"), ("fax", -1, "on")]
)
@pytest.mark.usefixtures("sqlite_only")
def test_a_way_and_a_day_that_cannot_be_record_no_answer(work_as: WorkAs, how: str, days: int, field: str) -> None:
    reference, _file = outside(work_as)
    with work_as("esi") as work:
        _case, question = asked(work, reference)
        on = work.today + timedelta(days)
    with pytest.raises(Invalid) as no, work_as("esi") as work:
        complaint_work.outside_answer(work, complaints.find(work, reference), question, "The desk was stuck.", how, on)
    assert no.value.field == field
    assert entries(work_as) == []
    with work_as("esi", writes=False) as work:
        assert complaint_work.questions(work, complaints.find(work, reference))[0].answered_on is None
