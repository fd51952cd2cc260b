"""A physician withholds with a ground and the facts behind it, not with a tick."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.access_requests import Outcome
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import profile
from portal.domain.reviews import (
    BALANCE,
    HARM_QUESTIONS,
    Decision,
    HarmEvidence,
    Judged,
    check_complete,
    check_judgement,
    enabled_grounds,
    outcome,
)

BC = profile("ca-bc")
OTHER = HarmEvidence(
    who_at_risk="other",
    what_harm="Her brother may beat their mother again, as he did in March.",
    facts="On 3 May 2026 the mother rang reception in tears. She said her son broke her wrist in March and that he "
    "reads his sister's mail. The emergency report of 9 March confirms the fracture.",
    link="The note names the mother as the caller. He opens his sister's post, so he would learn who spoke to us.",
    why_not_severing="Every line of this telephone note is about the call; nothing would be left.",
    lesser_step="We thought of reading it together at the clinic, but the patient asked for a copy at home.",
)
REQUESTER = HarmEvidence(
    who_at_risk="requester",
    what_harm="She may try to end her life, as in November 2025.",
    facts="She took 40 tablets on 14 November 2025 after opening a letter about her scans alone. Her psychiatrist, "
    "Dr Chu, wrote on 2 June that the plan is to tell her about the melanoma with her partner beside her.",
    link="The pathology summary gives a survival figure; she would meet it by herself at night on her telephone.",
    why_not_severing="The figure is repeated in each paragraph and in the drawing.",
    lesser_step="Dr Chu will go through it with her on 20 June; after that visit we release it.",
)
# Ways to say the test again without telling anything.
EMPTY = {
    "harm_other": [
        "The disclosure could reasonably be expected to threaten the safety or mental health of an individual",
        "DISCLOSURE COULD REASONABLY BE EXPECTED TO THREATEN ANOTHER INDIVIDUAL'S SAFETY!!!",
        "In my professional opinion releasing it would put another person's physical or mental well-being in danger.",
        "I believe that sharing this information is likely to be harmful to the health and safety of a third party.",
        "Someone else could be at serious risk if the patient were given access to this document.",
        "Releasing would endanger somebody. It would endanger somebody. It would endanger somebody.",
        "I am satisfied that the threshold is met under section 23.",
    ],
    "harm_requester": [
        "The disclosure can reasonably be expected to cause immediate or grave harm to the physical or mental health",
        "There is a significant probability of serious, immediate harm to the patient's own psychological health.",
        "As her physician I judge that access would be severely detrimental to the patient's mental wellbeing.",
        "Seeing it would hurt her.",
        "À mon avis, la divulgation pourrait causer un préjudice grave et immédiat à la santé mentale de la patiente.",
    ],
}
# Written after the word lists were settled, to see whether they hold for what nobody thought of.
UNFORESEEN = [
    ("harm_other", "Access must be denied as it would place others in harm's way, which outweighs her right to know."),
    ("harm_other", "There exists a credible concern for the physical security of persons connected with the patient."),
    (
        "harm_other",
        "My professional assessment, based on years of experience, is that a third party would be affected.",
    ),
    ("harm_other", "Not safe to release - someone may get hurt."),
    ("harm_requester", "Considering her present mental condition, disclosure would be injurious to her recovery."),
    ("harm_requester", "She is not emotionally ready to receive this and it could tip her over the edge."),
    ("harm_requester", "Knowing this could be devastating and might have irreversible consequences for her health."),
    (
        "harm_requester",
        "Lecture de ce document dangereuse pour la santé psychologique de la patiente, risque imminent.",
    ),
]
SHORT_BUT_TRUE = [
    "Her father phoned on 2 May and threatened to burn down the house if she found out he had called.",
    "Court order 12345 forbids contact between her and Mr K.",
    "Patient stated on 2026-02-01 she would jump from the bridge if the biopsy showed cancer.",
    "Le 3 mai, son frère a cassé le poignet de leur mère; le rapport d'urgence le confirme.",
]
GENUINE = {"harm_other": OTHER, "harm_requester": REQUESTER}
RESTATED = [(ground, text) for ground, texts in EMPTY.items() for text in texts]


def withhold(ground: str, evidence: HarmEvidence) -> None:
    check_judgement(BC, Decision.WITHHOLD, ground, evidence=evidence)


def field_of(ground: str, evidence: HarmEvidence) -> str | None:
    with pytest.raises(Invalid) as no:
        withhold(ground, evidence)
    return no.value.field


def test_releasing_needs_nothing() -> None:
    check_judgement(BC, Decision.RELEASE)


def test_releasing_with_a_ground_or_with_marked_passages_is_a_slip_and_refused() -> None:
    with pytest.raises(Invalid, match="Clear one of the two"):
        check_judgement(BC, Decision.RELEASE, "harm_other")
    with pytest.raises(Invalid, match="passages are marked"):
        check_judgement(BC, Decision.RELEASE, passages=1)


@pytest.mark.parametrize("ground", ["", None])
@pytest.mark.parametrize("decision", [Decision.SEVER, Decision.WITHHOLD])
def test_without_a_ground_an_item_has_to_be_released(decision: Decision, ground: str | None) -> None:
    with pytest.raises(Invalid, match="Choose the lawful ground") as no:
        check_judgement(BC, decision, ground, passages=1)
    assert no.value.field == "ground"


def test_a_ground_the_law_does_not_know_is_refused() -> None:
    with pytest.raises(Invalid, match="no ground called upsetting"):
        check_judgement(BC, Decision.WITHHOLD, "upsetting", facts="It would upset her partner Jo very much.")


def test_an_optional_ground_works_only_when_the_privacy_contact_switched_it_on() -> None:
    facts = "Letter of 4 April from Marsh and Lee about the lawsuit over the laser burn."
    with pytest.raises(Invalid, match="privacy contact must switch it on"):
        check_judgement(BC, Decision.WITHHOLD, "privilege", facts=facts, severable=False)
    on = {"facts": facts, "severable": False, "enabled": {"privilege"}}
    check_judgement(BC, Decision.WITHHOLD, "privilege", balance="The lawsuit over the burn is still open.", **on)
    for balance in ("", "It is privileged."):
        with pytest.raises(Invalid, match="does not make you") as no:
            check_judgement(BC, Decision.WITHHOLD, "privilege", balance=balance, **on)
        assert no.value.field == "balance"
    assert [g.id for g in enabled_grounds(BC)] == [
        "harm_other",
        "harm_requester",
        "other_person",
        "confidential_source",
    ]
    assert "privilege" in [g.id for g in enabled_grounds(BC, {"privilege"})]


@pytest.mark.parametrize("ground", GENUINE)
def test_a_harm_ground_with_its_facts_is_accepted(ground: str) -> None:
    withhold(ground, GENUINE[ground])


@pytest.mark.parametrize("ground", GENUINE)
@pytest.mark.parametrize("name", ["who_at_risk", *HARM_QUESTIONS])
def test_each_of_the_six_answers_is_needed(ground: str, name: str) -> None:
    for empty in ("", "  \n", "-"):
        assert field_of(ground, replace(GENUINE[ground], **{name: empty})) == name


def test_a_harm_ground_without_any_answers_is_refused() -> None:
    with pytest.raises(Invalid, match="who is at risk"):
        check_judgement(BC, Decision.WITHHOLD, "harm_other")


def test_the_ground_and_the_person_at_risk_must_agree() -> None:
    assert field_of("harm_other", replace(OTHER, who_at_risk="requester")) == "who_at_risk"
    assert field_of("harm_requester", replace(REQUESTER, who_at_risk="other")) == "who_at_risk"


@pytest.mark.parametrize(("ground", "text"), RESTATED)
@pytest.mark.parametrize("name", HARM_QUESTIONS)
def test_saying_the_laws_test_again_is_no_answer_to_any_question(ground: str, text: str, name: str) -> None:
    assert field_of(ground, replace(GENUINE[ground], **{name: text})) == name


@pytest.mark.parametrize(("ground", "text"), UNFORESEEN)
def test_ways_nobody_foresaw_of_claiming_harm_are_not_facts_either(ground: str, text: str) -> None:
    assert field_of(ground, replace(GENUINE[ground], facts=text)) == "facts"


@pytest.mark.parametrize("ground", GENUINE)
@pytest.mark.parametrize("facts", SHORT_BUT_TRUE)
def test_one_concrete_sentence_of_facts_is_enough(ground: str, facts: str) -> None:
    withhold(ground, replace(GENUINE[ground], facts=facts))


def test_the_laws_words_do_no_harm_beside_facts() -> None:
    text = EMPTY["harm_other"][0] + " " + OTHER.facts
    withhold("harm_other", replace(OTHER, facts=text))


@pytest.mark.parametrize("few", ["He is violent.", "See the file of 2019.", "Her ex-husband."])
def test_a_hint_is_not_yet_the_facts(few: str) -> None:
    with pytest.raises(Invalid, match="does not say enough yet"):
        withhold("harm_other", replace(OTHER, facts=few))


def test_one_answer_pasted_into_two_places_is_noticed() -> None:
    with pytest.raises(Invalid, match="say the same"):
        withhold("harm_other", replace(OTHER, link=OTHER.facts.upper()))


def test_an_endless_answer_is_refused() -> None:
    with pytest.raises(Invalid, match="4000 characters"):
        withhold("harm_other", replace(OTHER, facts="He hit her. " * 400))


@given(st.sampled_from(RESTATED), st.integers(1, 5), st.sampled_from([str.upper, str.title, str.swapcase]))
def test_neither_case_nor_repetition_turns_the_test_into_facts(pair: tuple[str, str], times: int, case: object) -> None:
    ground, text = pair
    assert field_of(ground, replace(GENUINE[ground], facts=" ... ".join([case(text)] * times))) == "facts"  # type: ignore[operator]


def test_severing_needs_a_marked_passage() -> None:
    with pytest.raises(Invalid, match="at least one passage"):
        check_judgement(BC, Decision.SEVER, "other_person", facts="Paragraph 2 gives her sister's diagnosis.")
    check_judgement(BC, Decision.SEVER, "other_person", facts="Paragraph 2 gives her sister's diagnosis.", passages=1)


def test_severing_for_harm_does_not_ask_why_severing_is_not_enough() -> None:
    evidence = replace(OTHER, why_not_severing="")
    check_judgement(BC, Decision.SEVER, "harm_other", evidence=evidence, passages=2)
    with pytest.raises(Invalid):
        check_judgement(BC, Decision.SEVER, "harm_other", evidence=replace(evidence, facts=""), passages=2)


def test_a_ground_that_covers_whole_items_cannot_be_severed_under() -> None:
    with pytest.raises(Invalid, match="covers a whole entry"):
        check_judgement(BC, Decision.SEVER, "lien", facts="x", passages=1, enabled={"lien"})


@pytest.mark.parametrize(
    "facts", ["", "It is about another person.", "It reveals personal information about a third party."]
)
def test_the_other_grounds_need_a_note_of_the_facts(facts: str) -> None:
    with pytest.raises(Invalid) as no:
        check_judgement(BC, Decision.SEVER, "other_person", facts=facts, passages=1)
    assert no.value.field == "facts"


@pytest.mark.parametrize(
    "facts", ["It is about her brother.", "It names her husband.", "The lawyer's letter of 4 April."]
)
def test_a_plain_short_reason_is_enough_where_the_law_asks_for_no_more(facts: str) -> None:
    check_judgement(BC, Decision.SEVER, "other_person", facts=facts, passages=1)


@pytest.mark.parametrize(
    "why",
    ["The whole entry is about him.", "It is all about him.", "Nothing of it is hers.", "Every line names her sister."],
)
def test_that_all_of_an_entry_is_meant_says_why_severing_is_not_enough(why: str) -> None:
    check_judgement(BC, Decision.WITHHOLD, "other_person", facts="Her brother's illness.", why_not_severing=why)
    check_complete(BC, [Judged("Note", Decision.WITHHOLD, "other_person", severable=True, why_not_severing=why)])
    withhold("harm_other", replace(OTHER, why_not_severing=why))


def test_what_is_refused_is_told_with_an_example_that_would_do() -> None:
    for ground in BC.grounds:
        on = {ground.id}
        if ground.needs == "facts":
            with pytest.raises(Invalid, match="For example: “") as no:
                check_judgement(
                    BC,
                    Decision.WITHHOLD,
                    ground.id,
                    facts=ground.test,
                    severable=False,
                    balance=BALANCE.example,
                    enabled=on,
                )
            assert ground.example in str(no.value)
            why = BALANCE.example
            check_judgement(
                BC, Decision.WITHHOLD, ground.id, facts=ground.example, severable=False, balance=why, enabled=on
            )
        else:
            assert field_of(ground.id, replace(GENUINE[ground.id], facts=ground.test)) == "facts"
            withhold(ground.id, replace(GENUINE[ground.id], facts=ground.example))
    for name, question in HARM_QUESTIONS.items():
        withhold("harm_other", replace(OTHER, **{name: question.example}))


def test_withholding_whole_what_could_be_severed_needs_to_say_why() -> None:
    facts = "The entry is her mother's allergy list, filed here by mistake."
    with pytest.raises(Invalid, match="Part of this entry could be given") as no:
        check_judgement(BC, Decision.WITHHOLD, "other_person", facts=facts)
    assert no.value.field == "why_not_severing"
    check_judgement(BC, Decision.WITHHOLD, "other_person", facts=facts, severable=False)
    check_judgement(
        BC, Decision.WITHHOLD, "other_person", facts=facts, why_not_severing="Nothing here concerns her own skin."
    )


@pytest.mark.parametrize(
    ("decisions", "ends"),
    [
        ("rrr", Outcome.RELEASED_IN_FULL),
        ("rsr", Outcome.RELEASED_IN_PART),
        ("s", Outcome.RELEASED_IN_PART),
        ("rw", Outcome.RELEASED_IN_PART),
        ("ww", Outcome.REFUSED),
    ],
)
def test_the_decisions_make_the_outcome(decisions: str, ends: Outcome) -> None:
    made = {"r": Decision.RELEASE, "s": Decision.SEVER, "w": Decision.WITHHOLD}
    assert outcome(made[letter] for letter in decisions) is ends


def test_nothing_decided_has_no_outcome() -> None:
    with pytest.raises(NotPossible):
        outcome([])
    with pytest.raises(NotPossible):
        check_complete(BC, [])


def test_a_review_is_complete_when_every_item_is_decided() -> None:
    done = [Judged("Note", Decision.RELEASE), Judged("Scan", Decision.SEVER, "other_person")]
    check_complete(BC, done)
    with pytest.raises(NotPossible, match="1 of 3 entries"):
        check_complete(BC, [*done, Judged("Letter", None)])


def test_a_full_refusal_is_impossible_while_something_is_severable() -> None:
    whole = Judged("Photograph", Decision.WITHHOLD, "harm_requester", severable=False)
    check_complete(BC, [whole])
    could = Judged("Visit note", Decision.WITHHOLD, "harm_requester", severable=True)
    with pytest.raises(NotPossible, match="“Visit note” could be given"):
        check_complete(BC, [whole, could])
    check_complete(BC, [whole, replace(could, why_not_severing=REQUESTER.why_not_severing)])
    check_complete(BC, [Judged("Bill", Decision.WITHHOLD, "lien", severable=True)])
