"""Two people press at the same moment, an old link is followed, somebody else's case is looked for."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from playwright.sync_api import expect

from portal.services import accounts
from portal.services.work import Work
from tests.journeys import office_acts, patient_acts
from tests.journeys.house import House
from tests.journeys.visitor import Visitor
from tests.web.patient import stages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
NOT_THERE = "We have no page at this address, or none that you can see."


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told_who(arrives: Arrives, work_as: WorkAs) -> None:
    # Given a case that two people have open before them, with the same button,
    reference = stages.sent(work_as)
    dov, esi = arrives("dov"), arrives("esi")
    office_acts.checks_who_is_asking(dov, reference)
    office_acts.opens_the_case(esi, reference)
    office_acts.opens_the_case(dov, reference)

    # when both press it in the same instant,
    for somebody in (dov, esi):
        somebody.button("Start gathering the record").evaluate("button => button.form.requestSubmit(button)")
    for somebody in (dov, esi):
        won = somebody.page.get_by_text("The case is yours.")
        expect(won.or_(somebody.page.get_by_role("heading", name="This cannot be done now"))).to_be_visible()

    # then one has the case, and the other reads whose it is.
    lost = [somebody for somebody in (dov, esi) if "The case is yours." not in somebody.words]
    assert len(lost) == 1
    winner = "Esi Owusu" if lost == [dov] else "Dov Levin"
    lost[0].reads(
        f"The last step was “Start gathering the record”, by {winner}.", "What you just pressed changed nothing."
    )


def test_a_second_click_sends_nothing_twice(arrives: Arrives, work_as: WorkAs) -> None:
    she = arrives("mei")
    draft = stages.drafted(work_as)
    she.goes_to(f"/access-requests/drafts/{draft}/check")
    other = she.another_window()
    other.goes_to(f"/access-requests/drafts/{draft}/check")
    she.presses("Send the request")
    reference = patient_acts.reference_of(she)
    other.presses("Send the request")
    assert patient_acts.reference_of(other) == reference


def test_a_used_link_and_somebody_elses_case_are_not_there(
    house: House, arrives: Arrives, visit: Arrives, work_as: WorkAs
) -> None:
    reference = stages.sent(work_as)
    # Amina, and a physician who has nothing to do with Mei, look for her case; and for one that never was.
    amina, lena = arrives("amina"), arrives("lena")
    for path in (f"/access-requests/{reference}", "/access-requests/AR-2026-999999-A", f"/office/cases/{reference}"):
        amina.goes_to(path)
        amina.reads(NOT_THERE)
    for path in (f"/office/cases/{reference}", f"/office/cases/{reference}/review", f"/access-requests/{reference}"):
        lena.goes_to(path)
        lena.reads(NOT_THERE)
    # Somebody follows a link that a newer one has replaced.
    with work_as("operator") as work:
        account = accounts.find(work, "cora@patients.example")
        older, newer = accounts.give_link(work, account), accounts.give_link(work, account)
    somebody = visit("somebody")
    somebody.goes_to(f"/activate/{older.rpartition('/')[2]}")
    somebody.reads(NOT_THERE)
    somebody.goes_to(f"/activate/{newer.rpartition('/')[2]}")
    somebody.reads("Set up your sign-in")
