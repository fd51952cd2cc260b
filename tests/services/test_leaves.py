"""Leave with a named cover: from its first day to its last, and not a day more."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from portal.domain.actors import Role
from portal.domain.errors import Invalid, NotAllowed, NotFound
from portal.domain.policy import Permission
from portal.domain.reviews import Decision
from portal.models.jobs import Job
from portal.models.people import Patient
from portal.services import (
    access_requests,
    accounts,
    jobs,
    judgements,
    leaves,
    letters,
    queues,
    releases,
    review_items,
    reviews,
    staff,
)
from portal.services.judgements import Reasoning
from portal.services.queues import Which
from portal.services.work import Work
from tests.clinic_at_work import ABOUT_ANOTHER
from tests.conftest import Clockwork
from tests.web.office.stages import WorkAs, referred, signed
from tests.web.patient.stages import gathering, power_over

MONDAY = date(2026, 11, 23)
FRIDAY = date(2026, 11, 27)


def away(work_as: WorkAs, who: str = "femi", cover: str = "lena", first: date = MONDAY, last: date = FRIDAY) -> None:
    with work_as(cover, writes=False) as work:
        cover_id = work.actor.id
    with work_as(who, writes=False) as work:
        own_id = work.actor.id
    with work_as("esi") as work:
        assert cover_id
        assert own_id
        leaves.arrange(work, staff.find(work, own_id), cover_id, first, last)


def listed(work: Work) -> list[str]:
    return [row.reference for row in queues.page(work, Which.MINE).rows]


def test_while_it_lasts_the_cover_has_the_work_and_not_a_day_longer(work_as: WorkAs, clock: Clockwork) -> None:
    reference = referred(work_as)
    away(work_as, first=MONDAY + timedelta(1), last=MONDAY + timedelta(2))
    for day, hers in enumerate((False, True, True, False)):
        with work_as("lena", writes=False) as work:
            assert work.today == MONDAY + timedelta(day)
            assert (reference in listed(work)) is hers, f"day {day}"
            if hers:
                assert work.may(Permission.REVIEW_DECIDE, access_requests.find(work, reference))
            else:
                with pytest.raises(NotFound):
                    access_requests.find(work, reference)
        clock.move(days=1)


def test_the_cover_reviews_and_signs_and_everything_names_her(work_as: WorkAs) -> None:
    reference = referred(work_as)
    away(work_as)
    with work_as("lena") as work:
        request = access_requests.find(work, reference)
        for n, line in enumerate(review_items.lines(work, request)):
            decision, ground = (Decision.RELEASE, None) if n else (Decision.WITHHOLD, "other_person")
            reviews.judge(work, request, line.id, decision, ground, Reasoning() if n else ABOUT_ANOTHER)
        reviews.sign(work, request, judgements.digest(work, request))
        assert request.reviewer_id == work.actor.id
    with work_as("esi") as work:
        request = access_requests.find(work, reference)
        releases.release(work, request, releases.shown_digest(work, request))
        said = str(letters.of_case(work, request)[0][1].to_json())
        assert "Dr Lena Hartmann decided on every entry" in said
        assert [event.actor_name for event in request.events if event.event == "sign"] == ["Dr Lena Hartmann"]


def test_an_answer_after_the_leave_still_names_who_signed(work_as: WorkAs) -> None:
    reference = signed(work_as)
    away(work_as)
    with work_as("esi", writes=False) as work:
        request = access_requests.find(work, reference)
        assert leaves.decides(work, request) == "Dr Femi Adeyemi"
        assert leaves.stands_in(work, request) is None


def test_the_notice_of_a_referral_goes_to_who_decides_today(work_as: WorkAs) -> None:
    reference = gathering(work_as)
    away(work_as)
    with work_as("lena", writes=False) as work:
        cover = str(work.actor.id)
    with work_as("dov") as work:
        access_requests.refer(work, access_requests.find(work, reference))
        told = [jobs.facts(job.payload) for job in work.db.query(Job) if job.kind == "notice"]
    assert [each["account"] for each in told if each["notice"] == "physician"] == [cover]


def test_a_cover_never_has_a_case_of_her_own(work_as: WorkAs) -> None:
    """Lena acts for Mei, whose physician Femi is: what is Mei's stays shut to her as physician."""
    reference = referred(work_as, "mei")
    away(work_as)
    with work_as("system") as work:
        mei = work.db.query(Patient).filter_by(given_name="Mei").one()
        lena = actor_of_lena(work_as)
        work.db.add(power_over(mei.id, lena, MONDAY, work.now))
    with work_as("lena", writes=False) as work, pytest.raises(NotFound):
        access_requests.find(work, reference)


def actor_of_lena(work_as: WorkAs) -> UUID:
    with work_as("lena", writes=False) as work:
        assert work.actor.id is not None
        return work.actor.id


def test_a_leave_that_is_called_off_gives_the_work_back_at_once(work_as: WorkAs) -> None:
    reference = referred(work_as)
    away(work_as)
    with work_as("femi", writes=False) as work:
        femi = work.actor.id
    with work_as("esi") as work:
        assert femi
        member = staff.find(work, femi)
        (leave,) = leaves.of_member(work, member)
        leaves.end(work, member, leave.id)
        with pytest.raises(NotFound):
            leaves.end(work, member, leave.id)
    with work_as("lena", writes=False) as work:
        assert reference not in listed(work)


def test_only_who_may_do_all_of_the_work_can_cover_it(work_as: WorkAs) -> None:
    for who, cover in (("femi", "dov"), ("femi", "esi"), ("femi", "femi"), ("esi", "dov"), ("dov", "lena")):
        with pytest.raises(Invalid) as no:
            away(work_as, who, cover)
        assert no.value.field == "cover", (who, cover)
    away(work_as, "dov", "esi")


def test_nobody_covers_while_away_herself(work_as: WorkAs) -> None:
    with work_as("operator") as work:
        accounts.add(work, "noor@clinic.example", "Dr Noor Aziz", frozenset({Role.PHYSICIAN}), "Dermatologist", "X 1")
    away(work_as)
    with pytest.raises(Invalid, match="Dr Lena Hartmann covers for Dr Femi Adeyemi until Friday 27 November 2026"):
        away(work_as, "lena", "noor", last=MONDAY)
    with pytest.raises(Invalid, match="is away until Friday 27 November 2026 already"):
        away(work_as, first=FRIDAY, last=FRIDAY)
    away(work_as, first=FRIDAY + timedelta(1), last=FRIDAY + timedelta(2))


def test_a_cover_who_is_away_in_these_days_is_not_taken(work_as: WorkAs) -> None:
    away(work_as, "lena", "femi")
    with pytest.raises(Invalid, match="Dr Lena Hartmann is away in these days too"):
        away(work_as)


def test_only_the_administrator_arranges_a_leave(work_as: WorkAs) -> None:
    with work_as("esi", writes=False) as work:
        (femi, lena) = (line for line in staff.everybody(work) if "physician" in line.roles)
        member = staff.find(work, femi.id)
    for who in ("dov", "femi", "amina"):
        with work_as(who) as work, pytest.raises(NotAllowed):
            leaves.arrange(work, member, lena.id, MONDAY, FRIDAY)
