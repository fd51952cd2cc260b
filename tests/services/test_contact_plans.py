"""Every letter and e-mail goes by the patient's plan; while she may be watched, nobody acts for her, or learns why."""

import email
import email.policy
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from portal.domain.access_log import LOOKED
from portal.domain.contact_plans import Plan
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.policy import Permission, allows
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.audit import AuditEntry
from portal.models.contact_plans import ContactPlan
from portal.models.people import Patient, Representation
from portal.services import (
    access_log,
    access_requests,
    account_notices,
    audit,
    contact_plans,
    letters,
    notices,
    patient_invitations,
    patients,
    recoveries,
    representative_notices,
    representatives,
    representatives_list,
    sign_ins,
    watches,
)
from portal.services.work import Work
from portal.worker import Worker
from tests.conftest import actor_of
from tests.web.patient import stages

WorkAs = Callable[..., AbstractContextManager[Work]]
SAFE = Plan(
    channel="portal", email="quiet@elsewhere.example", address="Box 9\nVictoria BC  V8W 2B2", phone="604-555-0199"
)
BOX = ("Box 9", "Victoria BC  V8W 2B2")
CLINIC = ("Procerus", "clinic.example", "250-555-0100", "skin", "127.0.0.1")


def keeps(work_as: WorkAs, name: str, plan: Plan, code_word: str = "") -> None:
    with work_as(name) as work:
        mine = patients.own(work)
        contact_plans.keep(work, mine, plan, code_word, contact_plans.of(work, mine).version)


def is_watched(work_as: WorkAs, name: str) -> None:
    with work_as(name) as work:
        watches.begin(work, patients.own(work))


def sent_mails(edge: Edge) -> list[EmailMessage]:
    """What the worker sends from now on, but for what the demo clinic's open request still owed Amina."""
    folder = edge.config.data_dir / "outbox"
    before = set(folder.glob("*.eml"))
    Worker(edge).drain()
    found = sorted(set(folder.glob("*.eml")) - before)
    mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in found]
    return [mail for mail in mails if mail["To"] != "amina@patients.example"]


def everything_is_told(work_as: WorkAs, name: str) -> None:
    """One notice about a case, one about her sign-in."""
    reference = stages.sent(work_as, name)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        notices.tell_patient(work, request, "ready")
        account_notices.tell(work, request.patient.account_id, "codes")


def test_every_e_mail_goes_to_the_address_she_named_and_to_no_other(edge: Edge, work_as: WorkAs) -> None:
    keeps(work_as, "mei", SAFE)
    everything_is_told(work_as, "mei")
    assert {mail["To"] for mail in sent_mails(edge)} == {"quiet@elsewhere.example"}


def test_from_a_neutral_sender_nothing_of_an_e_mail_says_who_writes(edge: Edge, work_as: WorkAs) -> None:
    keeps(work_as, "mei", replace(SAFE, neutral=True))
    everything_is_told(work_as, "mei")
    mails = sent_mails(edge)
    assert len(mails) >= 2
    for mail in mails:
        whole = mail.as_string().replace("=\n", "")
        assert not [word for word in CLINIC if word.casefold() in whole.casefold()], whole
        assert mail["From"] == "Lantern Street Desk <desk@lantern-street.example>"
        assert mail["Subject"] == "A message for you"
        for word in ("notice", "ready", "codes", "account", "http"):
            assert word not in whole.casefold().replace("auto-generated", ""), whole


def test_she_who_forbade_her_e_mails_gets_none(edge: Edge, work_as: WorkAs) -> None:
    keeps(work_as, "mei", Plan(channel="portal", never=("email",)))
    everything_is_told(work_as, "mei")
    assert sent_mails(edge) == []


def test_without_a_neutral_sender_in_the_settings_nothing_goes_out_that_must_be_neutral(
    edge: Edge, work_as: WorkAs
) -> None:
    keeps(work_as, "mei", replace(SAFE, neutral=True))
    everything_is_told(work_as, "mei")
    assert sent_mails(replace(edge, clinic=replace(edge.clinic, neutral=replace(edge.clinic.neutral, email="")))) == []


def test_a_notice_that_was_promised_before_the_switch_is_not_sent_to_the_old_address(
    edge: Edge, work_as: WorkAs
) -> None:
    everything_is_told(work_as, "mei")
    is_watched(work_as, "mei")
    assert sent_mails(edge) == []


def test_a_link_for_a_new_password_goes_only_where_she_signs_in_and_only_while_that_is_safe(
    edge: Edge, work_as: WorkAs
) -> None:
    def asks() -> list[str]:
        with work_as("system") as work:
            recoveries.ask(work, "mei@patients.example", "127.0.0.0/24")
        return [mail["To"] for mail in sent_mails(edge)]

    keeps(work_as, "mei", SAFE)
    assert asks() == ["mei@patients.example"]
    is_watched(work_as, "mei")
    assert asks() == []
    keeps(work_as, "mei", replace(SAFE, email="mei@patients.example"))
    assert asks() == ["mei@patients.example"]


# Letters


def test_a_letter_carries_the_safe_address_and_one_made_before_keeps_its_own(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "mei")
    keeps(work_as, "mei", SAFE)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        home = tuple(request.patient.address_lines)
        assert letters.draft(work, request, "acknowledgement").addressed_to == (request.patient.name, *BOX)
        kinds = {row.kind: letter for row, letter in letters.of_case(work, request)}
        assert kinds["acknowledgement"].addressed_to == (request.patient.name, *home)


def test_where_somebody_acts_for_her_a_safe_address_stands_in_no_letter_he_could_read(work_as: WorkAs) -> None:
    keeps(work_as, "amina", SAFE)
    reference = stages.sent(work_as, "amina")
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        for kind in ("acknowledgement", "request"):
            written = json.dumps(letters.draft(work, request, kind).to_json())
            assert "Box 9" not in written
        assert contact_plans.reach_of(work, request.patient).address == BOX


def test_while_she_may_be_watched_no_letter_carries_her_home(work_as: WorkAs) -> None:
    reference = stages.sent(work_as, "mei")
    is_watched(work_as, "mei")
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        assert letters.draft(work, request, "acknowledgement").addressed_to == (request.patient.name,)
        assert not contact_plans.may_post_to(work, request.patient, "\n".join(request.patient.address_lines))
        assert contact_plans.may_post_to(work, request.patient, "Somewhere else\nVictoria")


def test_her_letters_are_in_the_language_and_the_print_she_asked_for(
    work_as: WorkAs, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = stages.sent(work_as, "mei")
    keeps(work_as, "mei", Plan(channel="portal", language="fr", formats=("large_print",)))
    printed: list[str] = []
    press = edge.outside.press.letter
    monkeypatch.setattr(type(edge.outside.press), "letter", lambda _self, html: printed.append(html) or press(html))
    Worker(edge).drain()
    hers = [html for html in printed if "Mei Leung" in html]
    assert hers
    assert all(('<body class="letter large">' in html) == (html in hers) for html in printed)
    with work_as("dov") as work:
        request = access_requests.find(work, reference)
        request.wishes_sealed = None  # nothing was said in the request
        assert letters.language_of(work, request) == "fr"


# Who acts for her


def session_of(edge: Edge, name: str) -> tuple[frozenset[object], frozenset[object]]:
    """(acts for, rests) of a fresh session of somebody of the cast."""
    with edge.work(actor_of(edge, "system")) as work:
        account = work.db.scalars(select(Account).where(Account.email.like(f"{name}@%"))).one()
        live = sign_ins.resume(work, sign_ins.begin(work, account.id, "127.0.0.0/24", "tests"))
        assert live is not None
        return live.actor.represents, live.actor.paused


def test_the_switch_pauses_every_power_at_once_and_gives_it_back(edge: Edge, work_as: WorkAs) -> None:
    amina = actor_of(edge, "amina").patient_id
    assert session_of(edge, "ben") == ({amina}, frozenset())
    is_watched(work_as, "amina")
    assert session_of(edge, "ben") == (frozenset(), {amina})
    with work_as("amina") as work:
        with pytest.raises(Invalid):
            watches.end(work, patients.own(work), sure=False)
        watches.end(work, patients.own(work), sure=True)
        with pytest.raises(NotPossible):
            watches.end(work, patients.own(work), sure=True)
    assert session_of(edge, "ben") == ({amina}, frozenset())


def test_nobody_whose_power_rests_is_told_anything_not_even_what_was_promised_before(
    edge: Edge, work_as: WorkAs
) -> None:
    reference = stages.sent(work_as, "ben")
    with work_as("dov") as work:
        notices.tell_patient(work, access_requests.find(work, reference), "ready")
    is_watched(work_as, "amina")
    assert not [mail["To"] for mail in sent_mails(edge) if "ben@" in mail["To"]]


def test_word_about_who_may_act_goes_by_her_plan_too(edge: Edge, work_as: WorkAs) -> None:
    keeps(work_as, "amina", replace(SAFE, neutral=True))
    with work_as("dov") as work:
        ben = work.db.scalars(select(Representation)).first()
        assert ben is not None
        representatives.end_at_desk(work, ben, "court")
    told = sent_mails(edge)
    assert {mail["To"] for mail in told} == {"ben@patients.example", SAFE.email}
    hers = next(mail for mail in told if mail["To"] == SAFE.email)
    assert not [
        word for word in CLINIC if word.lower() in f"{hers['From']} {hers['Subject']} {hers.get_content()}".lower()
    ]


def test_a_power_that_rests_stands_on_no_page_of_who_holds_it(edge: Edge, work_as: WorkAs) -> None:
    with work_as("ben", writes=False) as work:
        [line] = representatives_list.of_actor(work)
    is_watched(work_as, "amina")
    with work_as("ben") as work:
        assert representatives_list.of_actor(work) == []
        assert representatives_list.lapsed(work) == []
        with pytest.raises(NotFound):
            representatives.find_own(work, line.row.id)
    with work_as("dov") as work:  # and nobody writes it down a second time meanwhile
        row = work.db.get_one(Representation, line.row.id)
        assert [each.id for each in representatives.holding(work, row.patient)] == [row.id]


def test_after_a_death_the_estate_acts_whatever_was_switched_on_before(edge: Edge, work_as: WorkAs) -> None:
    is_watched(work_as, "amina")
    with work_as("system") as work:
        row = work.db.scalars(select(Representation)).one()
        row.power, row.patient.died_on = "estate", work.today
    amina = actor_of(edge, "amina").patient_id
    assert session_of(edge, "ben") == ({amina}, frozenset())


def test_a_power_that_rests_is_not_said_to_end_soon(edge: Edge, work_as: WorkAs) -> None:
    with work_as("system") as work:
        row = work.db.scalars(select(Representation)).one()
        row.ends_on = work.today
        work.db.flush()
        representative_notices.tell_of_ends(work, {}, representative_notices.ending_soon(work, {}))
    is_watched(work_as, "amina")
    assert sent_mails(edge) == []


def test_no_code_is_mailed_to_an_address_she_forbade_or_that_may_be_watched(edge: Edge, work_as: WorkAs) -> None:
    with work_as("dov") as work:
        nour = patients.register(
            work, "Nour", "Al-Sayed", date(1985, 3, 27), email="old@patients.example", phone="6045550111"
        )
        nour.address = "12 Rose Street\nVictoria BC  V8V 1A1"
        patient_invitations.invite(work, nour, "mail")
    with work_as("dov") as work:
        nour = patients.find(work, nour.number)
        watches.begin(work, nour, "photo_id")
    assert sent_mails(edge) == []
    with work_as("dov") as work:
        nour = patients.find(work, nour.number)
        row = patient_invitations.newest(work, nour)
        assert row is not None
        assert not patient_invitations.is_open(work, row)  # the office sees that it never went out
        with pytest.raises(Invalid, match="no e-mail address that we may use"):
            patient_invitations.invite(work, nour, "mail")
        patient_invitations.invite(work, nour, "letter")
        _key, html = patient_invitations.to_print(work, nour)
        assert "Rose Street" not in html


def test_one_of_us_who_acts_for_her_does_not_become_a_stranger_who_may_work_on_it(edge: Edge, work_as: WorkAs) -> None:
    with work_as("system") as work:
        dov = actor_of(edge, "dov").id
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        work.db.add(stages.power_over(amina.id, dov, work.today, work.now))
    is_watched(work_as, "amina")
    represents, paused = session_of(edge, "dov")
    actor = replace(actor_of(edge, "dov"), represents=represents, paused=paused)
    assert not represents
    for permission in (Permission.PATIENT_VIEW, Permission.CONTACT_VIEW, Permission.CODE_WORD_READ):
        assert not allows(actor, permission, amina)
    with edge.work(actor) as work, pytest.raises(Exception, match="no such patient"):
        patients.find(work, amina.number)


def test_a_representative_reads_neither_plan_nor_switch_nor_any_line_about_them(edge: Edge, work_as: WorkAs) -> None:
    keeps(work_as, "amina", SAFE, "marigold")
    with work_as("dov") as work:
        amina = patients.find(work, "P-004117")
        assert contact_plans.read_code_word(work, amina) == "marigold"
    with work_as("ben", writes=False) as work:
        for act in (contact_plans.of, contact_plans.reach_of, watches.on, contact_plans.read_code_word, watches.begin):
            with pytest.raises(NotAllowed):
                act(work, amina)
        lines = [look.what for look in access_log.lines(work, amina)]
        assert not [line for line in lines if "code word" in line]
    with work_as("amina", writes=False) as work:
        assert "read your code word, to talk to you on the telephone" in [
            look.what for look in access_log.lines(work, amina)
        ]


def test_who_acts_for_her_does_not_read_that_she_gets_a_way_in_of_her_own(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        amina = patients.find(work, "P-004117")
        for action in ("readmission.asked", "invitation.made", "account_request.accepted", "identity_paper.opened"):
            audit.record(work, action, amina.id)

    def told(work: Work) -> set[str]:
        return {look.what for look in access_log.lines(work, amina)}

    with work_as("amina", writes=False) as hers, work_as("ben", writes=False) as his:
        secret = told(hers) - told(his)
        assert {LOOKED["readmission.asked"], LOOKED["invitation.made"]} <= secret
        assert {LOOKED["account_request.accepted"], LOOKED["identity_paper.opened"]} <= secret


def test_the_switch_is_written_down_and_stands_in_no_access_log(edge: Edge, work_as: WorkAs) -> None:
    is_watched(work_as, "amina")
    is_watched(work_as, "amina")  # a second press changes nothing
    with work_as("amina") as work:
        mine = patients.own(work)
        trail = select(AuditEntry.action).where(AuditEntry.chain == str(mine.id))
        assert [action for action in work.db.scalars(trail) if action.startswith("watch.")] == ["watch.begun"]
        assert not [action for action in LOOKED if action.startswith("watch.")]
    with work_as("esi", writes=False) as work:
        assert audit.verify(work).first_bad is None


# Who writes it down


def test_the_plan_is_sealed_and_nobody_writes_over_what_she_did_not_see(work_as: WorkAs) -> None:
    keeps(work_as, "mei", SAFE, "marigold")
    with work_as("mei") as work:
        mine = patients.own(work)
        row = work.db.scalars(select(ContactPlan)).one()
        assert b"quiet" not in row.plan_sealed
        assert b"marigold" not in (row.code_word_sealed or b"")
        with pytest.raises(NotPossible):
            contact_plans.keep(work, mine, SAFE, "", 0)
        contact_plans.keep(work, mine, SAFE, "", 1)
        assert contact_plans.of(work, mine).has_code_word


def test_the_office_says_how_it_knew_her_and_never_turns_the_switch_off_for_who_can_sign_in(work_as: WorkAs) -> None:
    with work_as("dov") as work:
        mei = patients.find(work, "mei@patients.example")
        for how in ("", "portal", "she sounded right"):
            with pytest.raises(Invalid):
                contact_plans.keep(work, mei, SAFE, "", 0, how)
            with pytest.raises(Invalid):
                watches.begin(work, mei, how)
        contact_plans.keep(work, mei, SAFE, "", 0, "photo_id")
        watches.begin(work, mei, "code_word")
        with pytest.raises(NotAllowed):
            watches.end(work, mei, sure=True, how="photo_id")
        mei.account_id = None
        with pytest.raises(Invalid):
            watches.end(work, mei, sure=True, how="code_word")
        watches.end(work, mei, sure=True, how="photo_id")
        assert not watches.on(work, mei)


def test_a_clinic_of_one_country_writes_in_its_kind_of_the_language_she_named(work_as: WorkAs, edge: Edge) -> None:
    canadian = replace(edge, clinic=replace(edge.clinic, languages=("en_CA", "fr_CA")))
    keeps(work_as, "amina", replace(SAFE, language="fr"))
    with canadian.work(actor_of(edge, "dov"), writes=False) as work:
        amina = work.db.scalars(select(Patient).where(Patient.given_name == "Amina")).one()
        assert contact_plans.written_in(work, amina) == "fr_CA"
        assert contact_plans.written_in(work, amina, "en") == "en_CA"
        assert contact_plans.written_in(work, amina, "de") == "fr_CA"
