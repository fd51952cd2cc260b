"""Finding a case to change it: whoever waited for somebody else sees what she did meanwhile."""

import threading
import time
from contextlib import AbstractContextManager
from typing import Any

import pytest

from portal.domain.access_requests import FeeStage, Stage
from portal.domain.errors import NotPossible
from portal.edges import Edge
from portal.services import access_requests, fees
from portal.services.work import Work
from tests.clinic_at_work import ON_PAPER, Week


@pytest.fixture
def waiver_asked(work_as: Any, edge: Edge) -> str:
    week = Week(work_as, edge)
    reference = week.does(
        "dov", week.gathered(ON_PAPER), lambda w, r: fees.estimate(w, r, {"photographs": 3}, deposit=False)
    )
    return week.does("amina", reference, lambda w, r: fees.ask_waiver(w, r, ""))


def test_who_waited_for_a_case_decides_on_what_the_other_left(work_as: Any, waiver_asked: str) -> None:
    heard: list[object] = []

    def keep_the_fee(esi: AbstractContextManager[Work]) -> None:
        try:
            with esi as work:
                fees.keep(work, access_requests.find(work, waiver_asked), "The photographs cost us this much.")
        except Exception as no:
            heard.append(no)

    with work_as("dov") as work:
        request = access_requests.find(work, waiver_asked)
        other = threading.Thread(target=keep_the_fee, args=(work_as("esi"),))
        other.start()
        time.sleep(0.5)  # long enough for her to stand in the queue; were it not, she would only come later
        fees.waive(work, request)
    other.join()
    assert [type(no) for no in heard] == [NotPossible]
    with work_as("dov") as work:
        request = access_requests.find(work, waiver_asked)
        assert (request.stage, request.fee_stage) == (Stage.GATHERING, FeeStage.WAIVED)
