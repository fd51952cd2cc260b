"""Who works here: inviting, changing roles, leaving and coming back; and what ends with it, in the same transaction."""

import email
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from portal.domain.actors import Role
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.staff import Standing
from portal.edges import Edge
from portal.models.accounts import Account, ActivationLink, LeftForm, SignIn
from portal.models.audit import AuditEntry
from portal.models.cases import Case
from portal.models.jobs import Job
from portal.models.people import Patient, Representation
from portal.models.releases import ReleasePackage
from portal.services import (
    access_requests,
    accounts,
    departures,
    invitations,
    leaves,
    left_forms,
    releases,
    sign_ins,
    staff,
)
from portal.services.staff import Line
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import Clockwork
from tests.test_concurrency import one_after_the_other, refused
from tests.web.office.stages import WorkAs, referred
from tests.web.patient.stages import released

DESK, DOCTOR, CHIEF = (frozenset({role}) for role in (Role.FRONT_OFFICE, Role.PHYSICIAN, Role.ADMINISTRATOR))


def lines(work: Work) -> dict[str, Line]:
    return {line.email.partition("@")[0]: line for line in staff.everybody(work)}


def key_of(work_as: WorkAs, name: str) -> UUID:
    with work_as("esi", writes=False) as work:
        return lines(work)[name].id


def deactivate(work_as: WorkAs, name: str, physician: str = "", desk: str = "", by: str = "esi") -> Any:
    keys = [key_of(work_as, each) if each else None for each in (name, physician, desk)]
    with work_as(by) as work:
        assert keys[0]
        member = staff.find(work, keys[0])
        return departures.deactivate(work, member, keys[1], keys[2], staff.rights_digest(work, member))


def invite(work_as: WorkAs, name: str = "noor", roles: frozenset[Role] = DESK, by_mail: bool = False) -> str | None:
    with work_as("esi") as work:
        return staff.invite(work, f"{name}@clinic.example", name.title(), roles, "Assistant", "X 1", by_mail)[1]


def signed_in(edge: Edge, work_as: WorkAs, name: str) -> str:
    key = key_of(work_as, name)
    with work_as("system") as work:
        token = sign_ins.begin(work, key, "here", "a browser")
        digest = sign_ins.digest_of(token)
        work.db.scalars(select(SignIn).where(SignIn.token_digest == digest)).one().factor_needed = None
    return token


def still_in(work_as: WorkAs, token: str) -> bool:
    with work_as("system", writes=False) as work:
        return sign_ins.resume(work, token) is not None


def invitations_sent(edge: Edge) -> list[str]:
    """Whom a one-time link was mailed to."""
    mails = [email.message_from_bytes(path.read_bytes()) for path in (edge.config.data_dir / "outbox").glob("*.eml")]
    return [str(mail["To"]) for mail in mails if b"/activate/" in bytes(mail.get_payload(decode=True) or b"")]


def audited(work_as: WorkAs, action: str) -> int:
    with work_as("system", writes=False) as work:
        return len(work.db.scalars(select(AuditEntry).where(AuditEntry.action == action)).all())


class TestTheList:
    def test_it_tells_how_everybody_stands(self, work_as: WorkAs) -> None:
        invite(work_as)
        with work_as("esi") as work:
            by_name = lines(work)
            femi = staff.find(work, by_name["femi"].id)
            leaves.arrange(work, femi, by_name["lena"].id, work.today, work.today)
        deactivate(work_as, "dov")
        with work_as("esi", writes=False) as work:
            now = lines(work)
            assert {name: line.standing for name, line in now.items()} == {
                "esi": Standing.ACTIVE,
                "lena": Standing.ACTIVE,
                "femi": Standing.ON_LEAVE,
                "noor": Standing.INVITED,
                "dov": Standing.LEFT,
            }
            assert now["femi"].until == work.today
            assert list(now)[-1] == "dov"
            assert (now["lena"].title, now["lena"].licence) == ("Dermatologist", "CPSBC 9900523")

    @pytest.mark.parametrize("who", ["dov", "femi", "amina"])
    def test_it_is_the_administrators(self, work_as: WorkAs, who: str) -> None:
        dov = key_of(work_as, "dov")
        with work_as(who, writes=False) as work:
            with pytest.raises(NotAllowed):
                staff.everybody(work)
            with pytest.raises(NotFound):
                staff.find(work, dov)


class TestInviting:
    def test_the_link_is_given_once_and_opens_the_door(self, work_as: WorkAs) -> None:
        link = invite(work_as)
        assert link
        with work_as("system", writes=False) as work:
            found = accounts.activation(work, link.rpartition("/")[2])
            assert (found.email, found.needs_code) == ("noor@clinic.example", True)
        assert audited(work_as, "account.added") == 1

    def test_by_mail_the_link_reaches_its_owner_and_the_portal_forgets_it(
        self, edge: Edge, work_as: WorkAs, worker: Worker
    ) -> None:
        assert invite(work_as, by_mail=True) is None
        worker.drain()
        assert invitations_sent(edge) == ["noor@clinic.example"]
        with work_as("system", writes=False) as work:
            (row,) = work.db.scalars(select(ActivationLink))
            assert row.token_sealed is None
            assert row.used_at is None

    def test_what_somebody_promised_who_may_not_any_more_is_not_sent(
        self, edge: Edge, work_as: WorkAs, worker: Worker
    ) -> None:
        with work_as("operator") as work:
            accounts.add(work, "ruth@clinic.example", "Ruth", CHIEF, "Administrator")
            work.db.scalars(select(Account).where(Account.email == "ruth@clinic.example")).one().password_hash = "x"
        with work_as("ruth") as work:
            staff.invite(work, "noor@clinic.example", "Noor", DESK, "Assistant", "", by_mail=True)
        deactivate(work_as, "ruth")
        worker.drain()
        assert invitations_sent(edge) == []
        with work_as("system", writes=False) as work:
            assert [row.used_at is not None for row in work.db.scalars(select(ActivationLink))] == [True]
            assert [job.status for job in work.db.scalars(select(Job).where(Job.kind == "invitation"))] == ["done"]

    def test_an_address_that_signs_in_already_is_not_taken(self, work_as: WorkAs) -> None:
        with work_as("esi") as work, pytest.raises(Invalid, match="signs in with this address already"):
            staff.invite(work, "Amina@patients.example", "Amina", DESK, "Assistant", "", by_mail=True)

    def test_who_came_in_before_gets_a_link_by_mail_only(self, work_as: WorkAs) -> None:
        femi = key_of(work_as, "femi")
        with work_as("esi") as work, pytest.raises(NotPossible, match="own e-mail address only"):
            staff.new_link(work, staff.find(work, femi), by_mail=False)

    @pytest.mark.parametrize("who", ["dov", "femi"])
    def test_nobody_else_gives_staff_a_way_in(self, work_as: WorkAs, who: str) -> None:
        with work_as(who) as work:
            account = work.db.scalars(select(Account).where(Account.email.like("esi@%"))).one()
            for act in (
                lambda: accounts.add(work, "a@b.example", "A", DOCTOR, "T", "L"),
                lambda: accounts.give_link(work, account),
                lambda: invitations.give(work, account, by_mail=True),
            ):
                with pytest.raises(NotAllowed):
                    act()


class TestRoles:
    def change(self, work_as: WorkAs, name: str, roles: frozenset[Role], by: str = "esi") -> None:
        key = key_of(work_as, name)
        with work_as(by) as work:
            member = staff.find(work, key)
            staff.change_rights(work, member, roles, staff.rights_digest(work, member))

    def test_a_change_ends_every_session_of_that_person_and_nobody_elses(self, edge: Edge, work_as: WorkAs) -> None:
        dov, esi = signed_in(edge, work_as, "dov"), signed_in(edge, work_as, "esi")
        self.change(work_as, "dov", DESK | CHIEF)
        assert not still_in(work_as, dov)
        assert still_in(work_as, esi)
        assert audited(work_as, "staff.rights_changed") == 1

    def test_nobody_changes_her_own(self, work_as: WorkAs) -> None:
        with pytest.raises(NotPossible, match="your own roles"):
            self.change(work_as, "esi", CHIEF | DOCTOR)

    def test_the_last_administrator_stays_one(self, work_as: WorkAs) -> None:
        with pytest.raises(NotPossible, match="last administrator"):
            self.change(work_as, "esi", DESK, by="operator")
        invite(work_as, roles=CHIEF)
        with pytest.raises(NotPossible, match="last administrator"):
            self.change(work_as, "esi", DESK, by="operator")

    def test_a_physician_with_patients_stays_one(self, work_as: WorkAs) -> None:
        with pytest.raises(NotPossible, match="responsible physician of patients"):
            self.change(work_as, "femi", DESK)

    def test_what_changed_while_one_looked_is_not_changed_again(self, work_as: WorkAs) -> None:
        dov = key_of(work_as, "dov")
        with work_as("esi", writes=False) as work:
            shown = staff.rights_digest(work, staff.find(work, dov))
        self.change(work_as, "dov", DESK | CHIEF)
        with work_as("esi") as work, pytest.raises(NotPossible, match="while you looked"):
            staff.change_rights(work, staff.find(work, dov), CHIEF, shown)

    def test_being_a_patient_too_is_not_touched(self, work_as: WorkAs) -> None:
        with work_as("system") as work:
            work.db.scalars(select(Account).where(Account.email.like("dov@%"))).one().roles = "front_office patient"
        self.change(work_as, "dov", CHIEF)
        with work_as("system", writes=False) as work:
            account = work.db.scalars(select(Account).where(Account.email.like("dov@%"))).one()
            assert account.role_set == CHIEF | {Role.PATIENT}


class TestLeaving:
    def test_sessions_links_and_leaves_end_at_once(self, edge: Edge, work_as: WorkAs) -> None:
        token, link = signed_in(edge, work_as, "lena"), None
        with work_as("esi") as work:
            by_name = lines(work)
            femi, lena = (staff.find(work, by_name[name].id) for name in ("femi", "lena"))
            leaves.arrange(work, femi, lena.account_id, work.today, work.today)
        with work_as("operator") as work:
            link = accounts.give_link(work, accounts.find(work, "lena@clinic.example"))
        with work_as("system") as work:
            assert left_forms.keep(work, token, "/office/cases/AR-1/question", [("text", "half a question")])
        alone = deactivate(work_as, "lena", physician="femi")
        assert [each.name for each in alone] == ["Dr Femi Adeyemi"]
        assert not still_in(work_as, token)
        with work_as("system", writes=False) as work:
            with pytest.raises(NotFound):
                accounts.activation(work, link.rpartition("/")[2])
            assert leaves.away_today(work, by_name["femi"].id) is None
            assert work.db.scalars(select(LeftForm)).all() == []
            assert sign_ins.check_password(work, "lena@clinic.example", "demo-portal-2026") is None

    def test_open_cases_and_patients_go_to_a_named_colleague(self, work_as: WorkAs) -> None:
        reference = referred(work_as)
        with pytest.raises(Invalid) as no:
            deactivate(work_as, "femi")
        assert no.value.field == "physician"
        deactivate(work_as, "femi", physician="lena")
        lena, femi = key_of(work_as, "lena"), key_of(work_as, "femi")
        with work_as("lena", writes=False) as work:
            assert access_requests.find(work, reference).responsible_id == lena
        with work_as("system", writes=False) as work:
            left = [Case.responsible_id == femi, Case.is_open.is_(True)]
            assert not work.db.scalars(select(Case).where(*left)).all()
            assert not work.db.scalars(select(Patient).where(Patient.responsible_id == femi)).all()
            case = access_requests.find(work, reference)
            assert (case.events[-1].event, case.events[-1].actor_name) == ("name_physician", "Esi Owusu")

    def test_what_she_looked_after_goes_to_a_named_colleague(self, work_as: WorkAs) -> None:
        reference = referred(work_as)
        with pytest.raises(Invalid) as no:
            deactivate(work_as, "dov")
        assert no.value.field == "desk"
        deactivate(work_as, "dov", desk="esi")
        with work_as("esi", writes=False) as work:
            assert access_requests.find(work, reference).owner_id == work.actor.id

    def test_nobody_becomes_responsible_for_a_case_of_her_own(self, work_as: WorkAs) -> None:
        reference, lena = referred(work_as), key_of(work_as, "lena")
        with work_as("system") as work:
            work.db.scalars(select(Patient).where(Patient.given_name == "Mei")).one().account_id = lena
        with pytest.raises(Invalid, match=reference):
            deactivate(work_as, "femi", physician="lena")
        with work_as("femi", writes=False) as work:
            assert access_requests.find(work, reference).responsible_id == work.actor.id

    def test_nobody_deactivates_herself_or_the_last_administrator(self, work_as: WorkAs) -> None:
        with pytest.raises(NotPossible, match="yourself"):
            deactivate(work_as, "esi")
        with pytest.raises(NotPossible, match="last administrator"):
            deactivate(work_as, "esi", by="operator")

    def test_who_is_a_patient_too_stays_one(self, work_as: WorkAs) -> None:
        with work_as("system") as work:
            work.db.scalars(select(Account).where(Account.email.like("dov@%"))).one().roles = "front_office patient"
        deactivate(work_as, "dov")
        with work_as("system", writes=False) as work:
            account = work.db.scalars(select(Account).where(Account.email.like("dov@%"))).one()
            assert account.role_set == {Role.PATIENT}
            assert account.disabled_at is None

    def test_what_she_verified_stays_verified_by_her(self, work_as: WorkAs) -> None:
        dov = key_of(work_as, "dov")
        with work_as("system") as work:
            work.db.scalars(select(Representation)).one().verified_by_id = dov
        deactivate(work_as, "dov")
        with work_as("system", writes=False) as work:
            assert work.db.scalars(select(Representation)).one().verified_by_id == dov

    def test_a_package_she_released_is_not_made_without_somebody_who_may(self, work_as: WorkAs, worker: Worker) -> None:
        reference = released(work_as)
        with work_as("operator") as work:
            accounts.add(work, "ruth@clinic.example", "Ruth", CHIEF, "Administrator")
            work.db.scalars(select(Account).where(Account.email == "ruth@clinic.example")).one().password_hash = "x"
        deactivate(work_as, "esi", by="ruth")
        worker.drain()
        with work_as("ruth") as work:
            request = access_requests.find(work, reference)
            assert (request.stage, request.package_failed) == ("preparing", True)
            releases.rebuild(work, request)
        worker.drain()
        with work_as("system", writes=False) as work:
            assert access_requests.find(work, reference).stage == "ready"
            makers = [each.released_by_name for each in work.db.scalars(select(ReleasePackage)) if each.file_id]
            assert makers == ["Ruth"]

    def test_she_can_be_invited_back_with_new_secrets(
        self, edge: Edge, work_as: WorkAs, worker: Worker, clock: Clockwork
    ) -> None:
        deactivate(work_as, "dov")
        clock.move(days=30)
        dov = key_of(work_as, "dov")
        with work_as("esi") as work:
            member = staff.find(work, dov)
            departures.invite_back(work, member, DESK, staff.rights_digest(work, member))
            assert lines(work)["dov"].standing is not Standing.LEFT
        worker.drain()
        assert invitations_sent(edge) == ["dov@clinic.example"]
        with work_as("system", writes=False) as work:
            assert sign_ins.check_password(work, "dov@clinic.example", "demo-portal-2026") is None


def test_two_administrators_who_deactivate_each_other_at_once_do_not_both_go(work_as: WorkAs) -> None:
    with work_as("operator") as work:
        accounts.add(work, "ruth@clinic.example", "Ruth", CHIEF, "Administrator")
        work.db.scalars(select(Account).where(Account.email == "ruth@clinic.example")).one().password_hash = "x"
    keys = {name: key_of(work_as, name) for name in ("esi", "ruth")}

    def removes(name: str) -> Callable[[Work], object]:
        def act(work: Work) -> object:
            member = staff.find(work, keys[name])
            return departures.deactivate(work, member, None, None, staff.rights_digest(work, member))

        return act

    (no,) = refused(one_after_the_other(work_as, ("esi", removes("ruth")), ("ruth", removes("esi"))))
    assert "last administrator" in no.sentence


def test_two_leaves_that_need_each_other_are_not_both_arranged(work_as: WorkAs) -> None:
    keys = {name: key_of(work_as, name) for name in ("femi", "lena")}

    def sends_away(who: str, cover: str) -> Callable[[Work], object]:
        def act(work: Work) -> object:
            return leaves.arrange(work, staff.find(work, keys[who]), keys[cover], work.today, work.today)

        return act

    both = one_after_the_other(work_as, ("esi", sends_away("femi", "lena")), ("operator", sends_away("lena", "femi")))
    (no,) = refused(both)
    assert "is away in these days too" in no.sentence


def test_ending_the_sessions_of_one_person_is_written_down(edge: Edge, work_as: WorkAs) -> None:
    dov, again, esi = (signed_in(edge, work_as, name) for name in ("dov", "dov", "esi"))
    key = key_of(work_as, "dov")
    with work_as("esi") as work:
        assert staff.end_sessions(work, staff.find(work, key)) == 2
    assert [still_in(work_as, token) for token in (dov, again, esi)] == [False, False, True]
    assert audited(work_as, "staff.sessions_ended") == 1
