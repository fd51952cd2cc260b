"""What was done is told in past sentences."""

from portal.domain import histories
from portal.domain.cases import KINDS
from portal.services.identity import IDENTITY_METHODS


def test_every_step_and_every_way_to_check_has_its_sentence() -> None:
    assert set(histories.DONE) == {step.event for kind in KINDS.values() for step in kind.workflow.steps}
    assert set(histories.CHECKED) == set(IDENTITY_METHODS)


def test_a_sentence_says_who_did_what_and_how() -> None:
    assert histories.sentence("refer", "Dov") == "Dov referred the request to the physician."
    assert histories.sentence("check_identity", "Dov", "call_back") == "Dov checked who is asking by calling back."
    assert histories.sentence("check_identity", "Dov") == "Dov checked who is asking."
