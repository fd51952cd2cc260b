"""Letters in plain words that have every part the law asks for, or are not sent."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any, cast

import pytest

from portal.domain import fees, letters
from portal.domain.access_requests import Delivery
from portal.domain.errors import Invalid, NotPossible
from portal.domain.letters import Disclosed, Given, Letter, LetterBlock, NotGiven, Recipient
from tests.domain.letter_samples import BC, CLINIC, FACTS, WISHES, text

FEE = fees.estimate(BC, "access", CLINIC.fees, {"pages": 100, "post": 1}, deposit=True)
GIVEN = [Given("Visits and notes", 31), Given("Photographs", 1), Given("Reports", 0)]
WITHHELD = [
    NotGiven("Letter", None, "other_person", False, "It names a relative."),
    NotGiven("Telephone note", date(2025, 5, 3), "harm_other", True),
]
RECIPIENTS = [Recipient("Island Coast Laboratories", date(2025, 2, 3), "a blood test"), Recipient("Old Insurer")]

NOTICE = Disclosed(
    clinic=CLINIC,
    profile=BC,
    number="AR-2026-000123-K",
    patient_name="Amina Rahman",
    reader_address=("12 Fern Road", "Nanaimo BC  V9R 0Y2"),
    recipient="Nanaimo General Hospital",
    recipient_address=("1 Quay Street", "Nanaimo BC"),
    on=date(2026, 6, 23),
    what="The list of your medicines",
    why="To treat you at once",
    law="If somebody’s health or safety is in danger, we may tell whoever can help.",
    provision="section 18(1)(k) of the Personal Information Protection Act",
    written_on=date(2026, 6, 24),
    note="You were found unconscious.",
)

ALL: dict[str, Callable[[], Letter]] = {
    "request": lambda: letters.request_letter(FACTS, WISHES),
    "acknowledgement": lambda: letters.acknowledgement(FACTS),
    "question": lambda: letters.question(FACTS, "Which years do you mean?"),
    "estimate": lambda: letters.estimate(FACTS, FEE),
    "estimate_waived": lambda: letters.estimate_outcome(FACTS, FEE, waived=True),
    "estimate_not_waived": lambda: letters.estimate_outcome(
        FACTS, FEE, waived=False, reason="The copies are on paper."
    ),
    "extension": lambda: letters.extension(FACTS, date(2026, 8, 7), "volume"),
    "released_in_full": lambda: letters.decision(FACTS, GIVEN, [], RECIPIENTS),
    "released_in_part": lambda: letters.decision(FACTS, GIVEN, WITHHELD, RECIPIENTS),
    "refused": lambda: letters.refusal(FACTS, WITHHELD, RECIPIENTS),
    "not_confirmed": lambda: letters.not_confirmed(FACTS),
    "no_record": lambda: letters.no_record(FACTS, ["the electronic record", "the paper archive"]),
    "withdrawal": lambda: letters.withdrawal(FACTS),
    "ready": lambda: letters.ready(FACTS, Delivery.DOWNLOAD, date(2026, 7, 24)),
    "disclosure_notice": lambda: letters.disclosure_notice(NOTICE),
}
REFUSAL_PARTS = {
    "reasons",
    "provision",
    "contact_name",
    "contact_title",
    "contact_address",
    "contact_phone",
    "review_right",
    "review_last_day",
}
NEEDED = {
    "released_in_full": {"records", "uses", "recipients"},
    "released_in_part": {"records", "uses", "recipients"} | REFUSAL_PARTS,
    "refused": {"uses", "recipients"} | REFUSAL_PARTS,
    "not_confirmed": REFUSAL_PARTS - {"reasons"},
    "no_record": REFUSAL_PARTS - {"reasons", "provision"},
    "extension": {"extension_reason", "extension_date", "extension_complaint"},
    "estimate": {"estimate_lines", "estimate_total", "estimate_choices", "fee_complaint"},
    "estimate_not_waived": {"fee_complaint"},
    "disclosure_notice": {f"notice_{part}" for part in ("recipient", "day", "what", "why", "provision")},
}


def without(block: LetterBlock, part: str) -> LetterBlock:
    """The block with that part emptied, wherever it stands."""
    if block.part == part:
        return replace(block, text=" ", items=(), rows=(("", " "),), blocks=())
    return replace(block, blocks=tuple(without(inner, part) for inner in block.blocks))


@pytest.mark.parametrize("kind", ALL)
def test_every_letter_is_complete_and_of_its_kind(kind: str) -> None:
    letter = ALL[kind]()
    assert letter.kind == kind
    assert letters.missing_parts(letter, BC) == ()
    assert letters.gap(letter, BC) is None


@pytest.mark.parametrize("kind", ALL)
def test_every_letter_survives_being_kept(kind: str) -> None:
    letter = ALL[kind]()
    assert Letter.from_json(json.loads(json.dumps(letter.to_json()))) == letter


@pytest.mark.parametrize("kind", ALL)
def test_every_letter_says_who_writes_to_whom_about_what(kind: str) -> None:
    letter = ALL[kind]()
    assert (letter.reference, letter.dated) == ("AR-2026-000123-K", date(2026, 6, 24))
    assert letter.blocks[0].text.startswith("Dear ")
    assert letter.blocks[-1].kind == "signature"
    assert letter.addressed_to[0] == ("Dr Femi Adeyemi" if kind == "request" else "Amina Rahman")
    assert "AR-2026-000123-K" in text(letter)


@pytest.mark.parametrize("kind", ALL)
def test_every_letter_speaks_plainly(kind: str) -> None:
    said = text(ALL[kind]())
    assert not re.search(r"\b[Ii]nvalid\b|[Pp]lease note|[Pp]ursuant|herein|hereby|%\(|\bNone\b|\d{4}-\d\d-\d\d", said)
    sentences = [s for s in re.split(r"[.!?:]\s+|\n", said) if s]
    assert max(len(s.split()) for s in sentences) <= 30


@pytest.mark.parametrize("kind", [kind for kind in ALL if kind != "request"])
def test_every_letter_of_the_clinic_ends_with_what_the_patient_can_do(kind: str) -> None:
    assert ALL[kind]().blocks[-2].text == "What you can do"


@pytest.mark.parametrize(("kind", "part"), [(kind, part) for kind, parts in NEEDED.items() for part in sorted(parts)])
def test_a_letter_that_lacks_any_lawful_part_cannot_be_sent(kind: str, part: str) -> None:
    letter = ALL[kind]()
    lacking = replace(letter, blocks=tuple(without(block, part) for block in letter.blocks))
    assert letters.missing_parts(lacking, BC) == (part,)
    words = next(each.words for each in BC.letter_parts if each.id == part)
    assert letters.gap(lacking, BC) == f"The letter cannot be sent yet. It does not say: {words}."


@pytest.mark.parametrize("kind", ALL)
def test_a_letter_needs_exactly_the_parts_of_the_law(kind: str) -> None:
    nothing = replace(ALL[kind](), blocks=())
    assert set(letters.missing_parts(nothing, BC)) == NEEDED.get(kind, set())


@pytest.mark.parametrize("field", ["name", "title", "phone"])
def test_a_contact_without_a_name_a_position_or_a_telephone_makes_the_letter_incomplete(field: str) -> None:
    contact = replace(CLINIC.privacy_contact, **cast(dict[str, Any], {field: ""}))
    facts = replace(FACTS, clinic=replace(CLINIC, privacy_contact=contact))
    assert letters.missing_parts(letters.refusal(facts, WITHHELD, []), BC) == (f"contact_{field}",)


def test_the_acknowledgement_gives_number_date_and_how_it_is_counted() -> None:
    said = text(ALL["acknowledgement"]())
    for part in (
        "Tuesday 12 May 2026",
        "by Wednesday 24 June 2026 at the latest",
        "Dr Femi Adeyemi",
        "Days counted: 30",
    ):
        assert part in said
    assert "You do not have to tell us why" in said


def test_neither_a_question_nor_an_estimate_moves_the_date_here() -> None:
    assert "stays the same: Wednesday 24 June 2026" in text(ALL["question"]())
    assert "does not stop the clock" in text(ALL["estimate"]())


def test_the_estimate_shows_every_line_the_total_and_the_deposit() -> None:
    letter = ALL["estimate"]()
    (table,) = [block for block in letter.walk() if block.kind == "table"]
    assert table.rows == (
        ("Paper copies", "100 pages", "40", "$0.25", "$15.00"),
        ("Registered post", "1 parcel", "0", "$14.00", "$14.00"),
    )
    assert "In all: $29.00." in text(letter)
    assert "$14.50 of this before we start" in text(letter)
    for choice in ("accept", "decline", "waive"):
        assert choice in text(letter)


def test_there_is_no_estimate_of_nothing() -> None:
    with pytest.raises(Invalid, match="nothing to pay"):
        letters.estimate(FACTS, fees.estimate(BC, "access", CLINIC.fees, {"pages": 40}))


def test_a_fee_that_stays_is_explained() -> None:
    with pytest.raises(Invalid, match="why the fee is not waived"):
        letters.estimate_outcome(FACTS, FEE, waived=False)


def test_the_extension_gives_its_reason_its_new_date_and_the_way_to_complain() -> None:
    said = text(ALL["extension"]())
    for part in ("Wednesday 24 June 2026", "large amount", "Friday 7 August 2026", "ask for an order", "250-387-5629"):
        assert part in said
    with pytest.raises(Invalid, match="detail, volume, consult"):
        letters.extension(FACTS, date(2026, 8, 7), "holidays")
    closed = replace(BC, limits={"access": BC.limit("correction")})
    with pytest.raises(NotPossible):
        letters.extension(replace(FACTS, profile=closed), date(2026, 8, 7), "volume")


def test_a_partial_answer_begins_with_what_is_given_then_what_is_not_and_why() -> None:
    said = text(ALL["released_in_part"]())
    order = [
        "Visits and notes: 31 entries",
        "Photographs: 1 entry",
        "Island Coast Laboratories",
        "What we do not give you",
        "Telephone note, Saturday 3 May 2025: the whole entry",
        "section 23(4)(a)",
        "Letter: some passages; you get the rest",
        "It names a relative.",
        "section 23(4)(c)",
        "What you can do",
        "the last day to ask is Friday 7 August 2026",
    ]
    places = [said.index(part) for part in order]
    assert places == sorted(places)
    assert "Reports" not in said


def test_even_a_refusal_tells_first_how_the_information_was_used_and_who_received_it() -> None:
    said = text(ALL["refused"]())
    assert said.index("How we have used") < said.index("Island Coast") < said.index("What we do not give you")


def test_a_refusal_that_leaves_open_whether_there_is_anything_tells_of_nothing() -> None:
    said = text(ALL["not_confirmed"]())
    assert "We neither confirm nor deny that we hold information" in said
    assert "section 30(2)" in said
    for telling in ("entry", "entries", "record", "withheld", "Island Coast", "How we have used"):
        assert telling not in said


def test_no_letter_names_a_last_day_for_a_review_that_is_too_early_however_late_it_comes() -> None:
    facts = replace(FACTS, written_on=date(2026, 3, 20))
    said = text(letters.refusal(facts, WITHHELD, []))
    assert "You are told on the day you get our letter." in said
    earliest = "If you got it on the day we wrote it, Friday 20 March 2026, the last day to ask is Tuesday 5 May 2026."
    assert earliest in said  # vector R4
    assert "If you got it later, the last day is later too." in said
    for kind, write in ALL.items():
        parts = {block.part: block.text for block in write().walk() if block.part == "review_last_day"}
        assert all("If you got it later" in words for words in parts.values()), kind


def test_an_empty_list_of_recipients_is_said_to_be_empty() -> None:
    nobody = "Our register shows that we have given your information to nobody outside the clinic."
    assert nobody in text(letters.decision(FACTS, GIVEN, [], []))


def test_that_what_is_hers_alone_can_be_missing_is_said_whether_it_is_or_not() -> None:
    """A letter of another case is read by whom a complaint names: it may not show that something was left out."""
    told = [text(letters.decision(FACTS, GIVEN, [], found)) for found in ([], [Recipient("Dr. Ito", None, "Letter")])]
    told.append(text(letters.refusal(FACTS, WITHHELD, [])))
    for words in told:
        assert "Something that we tell the patient alone can be missing here." in words
    assert "can be missing" not in text(letters.decision(replace(FACTS, tells_recipients=False), GIVEN, [], []))


def test_a_letter_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(Invalid, match="this is a refusal"):
        letters.decision(FACTS, [Given("Reports", 0)], WITHHELD, [])
    with pytest.raises(Invalid, match="nothing to refuse"):
        letters.refusal(FACTS, [], [])
    with pytest.raises(Invalid, match="where you looked"):
        letters.no_record(FACTS, [])
    with pytest.raises(Invalid, match="no ground called"):
        letters.refusal(FACTS, [NotGiven("Note", None, "upsetting", True)], [])


@pytest.mark.parametrize(
    ("delivery", "part"),
    [
        (Delivery.DOWNLOAD, "Sign in to the portal"),
        (Delivery.PICK_UP, "pick it up at the clinic"),
        (Delivery.POST, "by post"),
        (Delivery.FAX, "by fax"),
        (None, "view the original"),
    ],
)
def test_the_ready_notice_says_how_to_get_it(delivery: Delivery | None, part: str) -> None:
    assert part in text(letters.ready(FACTS, delivery))


def test_dates_are_said_the_way_the_caller_says_them() -> None:
    facts = replace(FACTS, say_date=lambda day: day.strftime("<%d.%m.%Y>"))
    assert "<24.06.2026>" in text(letters.acknowledgement(facts))


def test_a_letter_goes_to_who_asked_and_says_for_whom() -> None:
    own = letters.acknowledgement(FACTS)
    assert own.addressed_to == ("Amina Rahman", "12 Fern Road", "Nanaimo BC  V9R 0Y2")
    hers = letters.acknowledgement(replace(FACTS, asked_by="Ben Lindqvist", reader_address=("4 Reed Street",)))
    assert hers.addressed_to == ("Ben Lindqvist", "for the patient Amina Rahman", "4 Reed Street")


def test_the_notice_of_a_disclosure_says_who_received_what_when_why_and_where_to_complain() -> None:
    said = text(letters.disclosure_notice(NOTICE))
    order = [
        "On Tuesday 23 June 2026",
        "Nanaimo General Hospital",
        "The list of your medicines",
        "To treat you at once",
        "section 18(1)(k)",
        "You were found unconscious.",
        "It also tells us to write to you about it",
        "Who received your information",
        "250-387-5629",
    ]
    places = [said.index(part) for part in order]
    assert places == sorted(places)
    late = text(
        letters.disclosure_notice(replace(NOTICE, held_back="We told you of this later, because it was unsafe."))
    )
    assert "We told you of this later" in late
    assert "We told you of this later" not in said
