"""What was done is told in past sentences."""

from portal.domain import histories
from portal.domain.actors import Role
from portal.domain.cases import KINDS
from portal.services.identity import IDENTITY_METHODS


def test_every_step_and_every_way_to_check_has_its_sentence() -> None:
    assert set(histories.DONE) == {step.event for kind in KINDS.values() for step in kind.workflow.steps}
    assert set(histories.CHECKED) == set(IDENTITY_METHODS)


DESK = Role.FRONT_OFFICE


def test_a_sentence_says_who_did_what_and_how() -> None:
    assert histories.sentence("refer", "Dov", DESK) == "Dov referred the request to the physician."
    assert (
        histories.sentence("check_identity", "Dov", DESK, "call_back") == "Dov checked who is asking by calling back."
    )
    assert histories.sentence("check_identity", "Dov", DESK) == "Dov checked who is asking."


def test_what_the_clinic_enters_for_the_patient_is_not_told_as_the_clinics_own_act() -> None:
    assert histories.sentence("give_consent", "Amina", Role.PATIENT) == "Amina gave a consent."
    assert histories.sentence("give_consent", "Dov", DESK) == "Dov entered a consent of the patient."
    assert histories.sentence("pass_on", "Amina", Role.PATIENT) == "It went to the physician."
    assert histories.sentence("pass_on", "Dov", DESK) == "Dov passed it on to the physician."
    assert set(histories.ENTERED) | set(histories.PASSED) <= set(histories.DONE)
