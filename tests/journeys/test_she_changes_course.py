"""The patient asks, is asked, and changes her mind: questions, fees and withdrawal, each in both people's browsers."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from portal.services.work import Work
from tests.journeys import office_acts, patient_acts
from tests.journeys.visitor import Visitor
from tests.web.patient import stages

pytestmark = [pytest.mark.browser, pytest.mark.slow]

Arrives = Callable[..., Visitor]
WorkAs = Callable[..., AbstractContextManager[Work]]
DAY = "Wednesday 6 January 2027"


def test_she_withdraws_a_request_that_is_under_way(arrives: Arrives, work_as: WorkAs) -> None:
    # Given a request for which the record is being gathered,
    reference = stages.gathering(work_as)
    she, dov = arrives("mei"), arrives("dov")

    # when she withdraws it,
    patient_acts.looks_at_the_request(she, reference)
    she.follows("Withdraw the request")
    she.reads("Do you want to withdraw this request?", "that you withdrew it, and when")
    she.presses("Withdraw the request")

    # then it is over for both of them, and the letter of it is on file.
    she.reads("You withdrew this request. You can make a new one at any time.")
    office_acts.opens_the_case(dov, reference)
    dov.reads("This case is closed. Nobody waits.", "Mei Leung withdrew the request.")
    dov.does_not_read("Refer to the physician")


def test_she_is_asked_a_question_and_answers_it(arrives: Arrives, work_as: WorkAs) -> None:
    # Given a request that can be read in two ways, the front desk asks.
    reference = stages.gathering(work_as)
    dov, she = arrives("dov"), arrives("mei", phone=True)
    office_acts.opens_the_case(dov, reference)
    dov.follows("Ask the patient a question")
    dov.fills_in("Your question", "Do you mean the photographs of 2024, or those of this year as well?")
    dov.presses("Ask the patient a question")
    dov.reads(f"The front office waits for Mei Leung to answer a question. Our answer is still due by {DAY}.")

    # When she answers, on her phone,
    she.goes_to("/home")
    she.reads("We need something from you", f"We have a question about your request {reference}.")
    she.follows("Answer the question")
    she.reads("Do you mean the photographs of 2024, or those of this year as well?")
    she.fills_in("Your answer", "All of them, and the body map too.")
    she.presses("Send the answer")

    # then the desk reads her answer and goes on.
    she.reads("Thank you. We have your answer.", f"We must answer you by {DAY}.")
    office_acts.opens_the_case(dov, reference)
    dov.reads("All of them, and the body map too.", "Mei Leung waits for the front office to refer the request.")


def test_she_accepts_a_fee(arrives: Arrives, work_as: WorkAs) -> None:
    # Given an estimate that waits for her,
    reference = stages.estimated(work_as)
    she = arrives("mei")
    patient_acts.looks_at_the_request(she, reference)
    she.reads(f"We are waiting for you: please say whether you agree to the fee. We must answer you by {DAY}.")

    # when she accepts it, the desk goes on.
    patient_acts.accepts_the_fee(she, reference)
    she.reads("You accepted the fee.")
    office_acts.refers(arrives("dov"), reference)


def test_she_declines_a_fee_and_is_asked_for_none(arrives: Arrives, work_as: WorkAs) -> None:
    # Given an estimate of 25 dollars that she does not want to pay,
    reference = stages.estimated(work_as)
    she, dov = arrives("mei"), arrives("dov")
    patient_acts.looks_at_the_request(she, reference)
    she.follows("Answer the estimate")
    she.reads("We would ask you for $25.00. Nothing is charged unless you accept it.")
    she.chooses("No, I do not accept the fee")
    she.presses("Send my answer")
    she.reads(f"You declined the fee. The front office looks for another way. We must answer you by {DAY}.")

    # then the desk cannot go on as if she had accepted.
    office_acts.opens_the_case(dov, reference)
    dov.reads(
        f"Mei Leung declined the fee and waits for the front office. Answer due by {DAY}.",
        "The patient has not accepted the fee. Send a new estimate, or waive the fee, first.",
    )


def test_she_asks_to_have_the_fee_waived_and_it_is(arrives: Arrives, work_as: WorkAs) -> None:
    reference = stages.estimated(work_as)
    she, dov = arrives("mei"), arrives("dov")
    patient_acts.looks_at_the_request(she, reference)
    she.follows("Answer the estimate")
    she.chooses("I ask you to waive the fee")
    she.fills_in("Why? You can leave this empty.", "I am a student and live on a loan.")
    she.presses("Send my answer")
    she.reads(f"You asked us to waive the fee. The front office decides on that now. We must answer you by {DAY}.")

    office_acts.opens_the_case(dov, reference)
    dov.reads(f"Mei Leung waits for the front office to decide on waiving the fee. Answer due by {DAY}.")
    dov.follows("Waive the fee")
    dov.reads("I am a student and live on a loan.")
    dov.chooses("Waive the fee")
    dov.presses("Send this decision")
    dov.reads("The fee is waived.")
    patient_acts.looks_at_the_request(she, reference)
    she.reads(
        f"Your record is gathered. The front office passes it to Dr Femi Adeyemi now. We must answer you by {DAY}."
    )
