"""She has no sign-in: she asks at the counter, and every letter reaches her by post, the one that came back too."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.services import access_requests, letters, patients
from portal.services.work import Work
from tests.journeys.house import House
from tests.journeys.visitor import Visitor
from tests.services.test_correspondence import asks_at_the_counter, without_account

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
LIST = "/office/correspondence"


def looks_at_the_first(dov: Visitor) -> None:
    """Open the first letter that is to be looked at, compare the recipient, and have it printed."""
    dov.goes_to(LIST)
    dov.page.locator("tr.p-queue__row--soon a").first.click()
    dov.reads("The recipient in full", "Ruth Quist")
    dov.presses("The recipient is right: print it")
    dov.reads("The recipient is right. The letter is being printed.")


def test_her_letters_go_by_post_in_one_batch_and_one_comes_back(
    arrives: Arrives, work_as: WorkAs, house: House
) -> None:
    # Given Ruth, who has no sign-in, asked on paper at the counter, and two letters to her were written,
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number)
    with work_as("dov") as work:
        case = access_requests.find(work, reference)
        letters.write(work, case, "question", {"question": "Which of your two visits do you mean?"})

    # when the front office looks at the recipient of each, and the worker prints,
    dov = arrives("dov")
    with house.worker_at_work():
        looks_at_the_first(dov)
        looks_at_the_first(dov)

    # both go into one batch, and its file for the printer is there;
    dov.goes_to(LIST)
    dov.presses("Put the chosen letters into a batch")
    dov.reads("2 letters for the post", "12 Harbour Way")
    sheets = dov.page.request.get(f"{dov.page.url}/letters.pdf")
    assert sheets.ok
    assert sheets.body().startswith(b"%PDF")
    dov.presses("I have put them into the envelopes and handed them over")
    dov.reads("2 letters were handed over.")

    # when one comes back,
    dov.page.locator("tbody tr", has_text=reference).first.locator("a").first.click()
    dov.follows("It came back")
    dov.chooses("Moved, or not known at this address")
    dov.presses("Record that it came back")
    dov.reads("It is recorded that it came back.", "Something came back from there")

    # nothing goes there until Ruth was asked; her new address is on file by then,
    with work_as("dov") as work:
        patients.find(work, number).address = "9 New Street\nNanaimo BC  V9R 2B2"
    dov.chooses("Send it by post")
    dov.chooses("On the telephone: I called her back on her safe number and asked three facts")
    dov.presses("Go on")
    dov.reads("It is settled.", "Nanaimo BC")

    # and it goes again, to the new one; the case says all of it.
    with house.worker_at_work():
        looks_at_the_first(dov)
    dov.goes_to(LIST)
    dov.presses("Put the chosen letters into a batch")
    dov.reads("1 letter for the post", "9 New Street")
    dov.presses("I have put them into the envelopes and handed them over")
    dov.goes_to(f"/office/cases/{reference}")
    dov.reads("Post: Settled", "Post: Handed over to be carried")
