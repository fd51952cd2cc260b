"""The people of the clinic: who can cover for whom, when a leave can be, and the texts that are data."""

from datetime import date, timedelta

import pytest

from portal.domain import file_reasons, undertakings
from portal.domain.actors import Role
from portal.domain.errors import Invalid
from portal.domain.staff import can_cover, check_leave, check_roles
from portal.domain.undertakings import Document

TODAY = date(2026, 11, 23)
DESK, DOCTOR, CHIEF = Role.FRONT_OFFICE, Role.PHYSICIAN, Role.ADMINISTRATOR


@pytest.mark.parametrize(
    ("absent", "cover", "can"),
    [
        ({DOCTOR}, {DOCTOR}, True),
        ({DOCTOR}, {CHIEF}, False),
        ({DOCTOR}, {DESK, CHIEF}, False),
        ({DESK}, {DESK}, True),
        ({DESK}, {CHIEF}, True),
        ({DESK}, {DOCTOR}, False),
        ({CHIEF}, {DESK}, False),
        ({CHIEF}, {CHIEF}, True),
        ({DOCTOR, CHIEF}, {DOCTOR}, False),
        ({DOCTOR, CHIEF}, {DOCTOR, CHIEF}, True),
        ({Role.PATIENT}, {DOCTOR}, False),
        (set(), {DOCTOR}, False),
    ],
)
def test_a_cover_may_do_all_the_work_of_who_is_away(absent: set[Role], cover: set[Role], can: bool) -> None:
    assert can_cover(absent, cover) is can


def test_a_leave_runs_forwards_and_is_not_over() -> None:
    check_leave(TODAY, TODAY, TODAY)
    check_leave(TODAY - timedelta(9), TODAY, TODAY)
    for first, last in ((TODAY, TODAY - timedelta(1)), (TODAY - timedelta(9), TODAY - timedelta(1))):
        with pytest.raises(Invalid) as no:
            check_leave(first, last, TODAY)
        assert no.value.field == "ends_on"


@pytest.mark.parametrize(
    ("roles", "title", "licence", "field"),
    [
        ({DOCTOR}, "Dermatologist", "", "licence"),
        ({DESK}, "", "", "title"),
        (set(), "Assistant", "", "roles"),
        ({Role.SYSTEM}, "Assistant", "", "roles"),
        ({DESK, Role.PATIENT}, "Assistant", "", "roles"),
    ],
)
def test_who_works_here_has_a_role_a_title_and_a_physician_a_licence(
    roles: set[Role], title: str, licence: str, field: str
) -> None:
    with pytest.raises(Invalid) as no:
        check_roles(frozenset(roles), title, licence)
    assert no.value.field == field


def test_a_reason_is_one_of_those_there_are_and_some_need_words() -> None:
    assert file_reasons.check("contact", "").id == "contact"
    assert file_reasons.check("other", "The court sent a summons.").own_words
    for reason, words, field in (("", "", "reason"), ("other", "why", "words"), ("contact", "x" * 501, "words")):
        with pytest.raises(Invalid) as no:
            file_reasons.check(reason, words)
        assert no.value.field == field


def test_a_reason_is_good_for_half_an_hour_and_each_speaks_to_the_patient() -> None:
    rules = file_reasons.rules()
    assert rules.lasts == timedelta(minutes=30)
    assert len({reason.id for reason in rules.reasons}) == len(rules.reasons)
    for reason in rules.reasons:
        assert file_reasons.in_words(reason.id, "") == reason.plain_words
    assert file_reasons.in_words("other", "A summons came.") == "Another reason: “A summons came.”"


def test_both_texts_have_a_version_and_are_asked_again_after_a_year() -> None:
    rules = undertakings.current()
    assert rules.every == timedelta(days=365)
    assert set(rules.titles) == set(Document)
    assert set(rules.versions) == set(Document) - {Document.POLICY}  # the policy has versions of its own
    assert len(rules.promises) >= 5
