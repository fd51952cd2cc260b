"""The patient's own pages: how we reach her, the switch, a change of contact, and the address she signs in with."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import select

from portal.demo.people import PASSWORD
from portal.domain.errors import Invalid, NotPossible
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.audit import AuditEntry
from portal.models.contact_plans import ContactChange
from portal.models.people import Patient
from portal.services import contact_changes, contact_plans, email_changes, patients, watches
from portal.services.work import Work
from tests.pages import ReadingClient, text_of
from tests.services.test_contact_plans import SAFE, is_watched, keeps
from tests.services.test_contact_plans import sent_mails as mails
from tests.web.patient import stages

Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]
PLAN = {"channel": "portal", "email": "quiet@elsewhere.example", "language": "en", "code_word": "marigold"}
HOME_AGAIN = "Unit 305, 1260 Seabird Cres\nNanaimo BC V9S0Y7"


def shown(page: Any) -> str:
    """What the page's proof is bound to."""
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page.text)
    assert found is not None
    return found[1]


def posts(client: ReadingClient, place: str, to: str = "", proof: str = PASSWORD, **more: object) -> Any:
    return client.post(to or place, data={"shown": shown(client.get(place)), "proof": proof, **more})


def test_she_says_how_to_reach_her_with_her_password_and_the_code_word_is_not_shown_again(
    client_of: Clients, work_as: WorkAs
) -> None:
    client = client_of("mei")
    wrong = posts(client, "/contact", proof="not hers", **PLAN)
    assert wrong.status_code == 422
    assert "quiet@elsewhere.example" in wrong.text
    assert posts(client, "/contact", **PLAN).status_code == 303
    page = client.get("/contact")
    assert "You have a code word." in text_of(page)
    assert "marigold" not in page.text
    with work_as("mei", writes=False) as work:
        assert contact_plans.of(work, patients.own(work)).plan.email == "quiet@elsewhere.example"


@pytest.mark.usefixtures("sqlite_only")
def test_what_cannot_be_comes_back_with_all_that_was_typed_and_nothing_kept(
    client_of: Clients, work_as: WorkAs
) -> None:
    client = client_of("mei")
    for wrong, sentence in (
        ({"phone": "call me maybe"}, "Write the telephone number with its area code"),
        ({"address": "Box 9"}, "Write the address in two to six lines"),
        ({"channel": "phone", "never": "phone"}, "You chose the telephone. Write the number we may call."),
        ({"email": "a@b.ca\r\nBcc: c@d.ca"}, "Write the e-mail address like this"),
        ({"never": "address", "address": HOME_AGAIN}, "Further up you forbid us this address."),
    ):
        page = posts(client, "/contact", **{**PLAN, "phone_when": "mornings only", **wrong})
        assert page.status_code == 422
        assert sentence in text_of(page)
        assert "mornings only" in page.text
    with work_as("mei", writes=False) as work:
        assert contact_plans.of(work, patients.own(work)).version == 0


@pytest.mark.usefixtures("sqlite_only")
def test_an_old_window_does_not_write_over_a_newer_plan(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("mei")
    old = shown(client.get("/contact"))
    keeps(work_as, "mei", SAFE)
    assert client.post("/contact", data={"shown": old, "proof": PASSWORD, **PLAN}).status_code == 409


def test_the_switch_kills_a_representatives_open_page_like_a_power_that_is_over(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = stages.sent(work_as, "amina")
    ben, amina = client_of("ben"), client_of("amina")
    page = f"/access-requests/{reference}"
    assert ben.get(page).status_code == 200
    assert posts(amina, "/contact/watched", "/contact/watched/on", proof="guess").status_code == 422
    assert ben.get(page).status_code == 200
    done = posts(amina, "/contact/watched", "/contact/watched/on")
    assert done.location == "/contact"
    gone = ben.get(page)
    assert gone.status_code == 404
    assert gone.data == ben.get("/access-requests/AR-2026-999999-A").data or "watch" not in gone.text.casefold()
    assert ben.get("/access-log").status_code == 404
    assert "Amina" not in ben.get("/home").text
    assert "watch" not in text_of(ben.get("/home")).casefold()
    assert amina.get(page).status_code == 200
    assert "The switch is on." in text_of(amina.get("/contact/watched"))
    for other in ("/home", "/contact", "/account", "/access-log"):
        assert "switch is on" not in text_of(amina.get(other))


def test_turning_it_off_asks_again_and_for_a_proof(client_of: Clients, work_as: WorkAs) -> None:
    is_watched(work_as, "amina")
    amina = client_of("amina")
    place, off = "/contact/watched", "/contact/watched/off"
    assert "Tick this if it is safe" in text_of(posts(amina, place, off))
    assert posts(amina, place, off, proof="guess", sure="y").status_code == 422
    assert posts(amina, place, off, sure="y").status_code == 303
    with work_as("amina", writes=False) as work:
        assert not watches.on(work, patients.own(work))


# A change of contact waits until somebody has looked at it.


def asks(work_as: WorkAs, name: str = "mei", **changes: str) -> str:
    """Ask for a change; gives the key of what waits."""
    with work_as(name) as work:
        mine = patients.own(work)
        old = contact_changes.details_of(mine)
        contact_changes.ask(work, mine, type(old)(**{**old.to_json(), **changes}))
        return str(contact_changes.waiting(work, mine).row.id)  # type: ignore[union-attr]


def test_a_change_of_contact_is_reviewed_before_it_counts_and_the_old_address_is_told(
    client_of: Clients, work_as: WorkAs, edge: Edge
) -> None:
    mei = client_of("mei")
    form = {"given_name": "Mei", "family_name": "Leung", "email": "new@elsewhere.example", "phone": "604-555-0177"}
    bad = mei.post("/contact/changes", data={**form, "phone": "six oh four", "address": "1 Elm\nNanaimo"})
    assert bad.status_code == 422
    assert "six oh four" in bad.text
    assert mei.post("/contact/changes", data={**form, "address": "1 Elm Street\nNanaimo BC"}).status_code == 303
    told = mails(edge)
    assert [mail["To"] for mail in told] == ["mei@patients.example"]
    assert "Somebody asked us to change how we reach you." in told[0].get_content()
    assert "604" not in told[0].get_content()
    assert "until somebody here has looked at it" in text_of(mei.get("/contact"))
    with work_as("dov") as work:
        patient = patients.find(work, "mei@patients.example")
        assert patient.phone != "604-555-0177"
        waiting = contact_changes.waiting(work, patient)
        assert waiting is not None
        contact_changes.accept(work, patient, str(waiting.row.id), "called")
        assert (patient.phone, patient.email) == ("604-555-0177", "new@elsewhere.example")
        assert work.db.get_one(Account, patient.account_id).email == "mei@patients.example"
    assert "We made the change you asked for" in text_of(mei.get("/contact/changes"))


@pytest.mark.usefixtures("sqlite_only")
def test_who_sits_down_at_her_open_page_cannot_find_out_which_home_she_forbade(
    client_of: Clients, work_as: WorkAs
) -> None:
    mei, form = client_of("mei"), {"given_name": "Mei", "family_name": "Leung", "phone": "604-555-0177"}
    answers = []
    for never in ({}, {"never": "address"}):
        assert posts(mei, "/contact", **PLAN, **never).status_code == 303
        answers.append(mei.post("/contact/changes", data={**form, "address": HOME_AGAIN}))
        mei.post("/contact/changes/take-back", data={"change": waiting_of(work_as, "mei")})
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, "/contact/changes")}


def waiting_of(work_as: WorkAs, name: str) -> str:
    with work_as(name, writes=False) as work:
        waiting = contact_changes.waiting(work, patients.own(work))
        assert waiting is not None
        return str(waiting.row.id)


def test_no_word_goes_to_an_address_that_somebody_may_read(work_as: WorkAs, edge: Edge) -> None:
    is_watched(work_as, "mei")
    asks(work_as, phone="604-555-0177")
    assert mails(edge) == []


def test_a_word_that_was_promised_before_the_switch_is_not_sent_after_it(work_as: WorkAs, edge: Edge) -> None:
    asks(work_as, phone="604-555-0177")
    is_watched(work_as, "mei")
    assert mails(edge) == []


def test_of_two_who_decide_one_does_and_the_patient_can_take_it_back_before(work_as: WorkAs) -> None:
    key = asks(work_as, family_name="Wong")
    with work_as("mei") as work, pytest.raises(NotPossible):
        contact_changes.ask(work, patients.own(work), contact_changes.Details("Somebody", "Else"))
    with work_as("dov") as work:
        mei = patients.find(work, "mei@patients.example")
        with pytest.raises(Invalid):
            contact_changes.refuse(work, mei, key, "because")
        contact_changes.refuse(work, mei, key, "proof_of_name")
    for decide in (
        lambda work, mei: contact_changes.accept(work, mei, key, "called"),
        lambda work, mei: contact_changes.refuse(work, mei, key, "not_she"),
    ):
        with work_as("esi") as work, pytest.raises(NotPossible, match="Somebody else decided this"):
            decide(work, patients.find(work, "mei@patients.example"))
    again = asks(work_as, family_name="Wong")
    with work_as("mei") as work:
        contact_changes.take_back(work, patients.own(work), again)
        assert patients.own(work).family_name == "Leung"
        outcomes = set(work.db.scalars(select(ContactChange.outcome)))
        assert outcomes == {"refused", "taken_back"}
    with work_as("system") as work:
        trail = set(work.db.scalars(select(AuditEntry.action)))
        assert {"contact_change.asked", "contact_change.refused", "contact_change.taken_back"} <= trail


def test_what_changed_on_file_meanwhile_is_not_written_over(work_as: WorkAs) -> None:
    key = asks(work_as, phone="604-555-0177")
    with work_as("system") as work:
        work.db.scalars(select(Patient).where(Patient.given_name == "Mei")).one().phone = "250-555-0000"
    with work_as("dov") as work, pytest.raises(NotPossible, match="has changed since"):
        contact_changes.accept(work, patients.find(work, "mei@patients.example"), key, "called")


# The address she signs in with.


def link_in(sent: list[Any]) -> str:
    found = re.search(r"/confirm-email/[\w-]+", "".join(mail.get_content() for mail in sent).replace("=\n", ""))
    assert found is not None
    return found[0]


def test_another_address_to_sign_in_with_counts_once_its_link_is_opened(
    client_of: Clients, visitor: ReadingClient, work_as: WorkAs, edge: Edge
) -> None:
    mei = client_of("mei")
    assert posts(mei, "/account/email", proof="guess", email="mei@elsewhere.example").status_code == 422
    assert posts(mei, "/account/email", email="MEI@patients.example").status_code == 422
    assert posts(mei, "/account/email", email="Mei@Elsewhere.example").status_code == 303
    sent = mails(edge)
    assert sorted(mail["To"] for mail in sent) == ["mei@elsewhere.example", "mei@patients.example"]
    link = link_in(sent)
    page = visitor.get(link)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    with work_as("system") as work:
        assert work.db.scalar(select(Account.id).where(Account.email == "mei@patients.example"))
    assert visitor.post(link).location == "/sign-in"
    assert visitor.get(link).status_code == 404
    assert mei.get("/account").location == "/sign-in"
    told = mails(edge)
    assert [mail["To"] for mail in told] == ["mei@patients.example"]
    assert "was changed" in told[0].get_content()
    with work_as("system") as work:
        assert work.db.scalar(select(Account.id).where(Account.email == "mei@elsewhere.example"))
        trail = set(work.db.scalars(select(AuditEntry.action)))
        assert {"account.email_asked", "account.email_changed"} <= trail


def test_an_address_that_is_somebody_elses_gets_no_link_and_nobody_learns_so(client_of: Clients, edge: Edge) -> None:
    assert posts(client_of("mei"), "/account/email", email="cora@patients.example").status_code == 303
    assert [mail["To"] for mail in mails(edge)] == ["mei@patients.example"]


def test_a_newer_link_kills_the_older_and_so_does_taking_it_back_or_a_day(
    client_of: Clients, visitor: ReadingClient, edge: Edge, clock: Any
) -> None:
    mei = client_of("mei")
    posts(mei, "/account/email", email="one@elsewhere.example")
    first = link_in(mails(edge))
    posts(mei, "/account/email", email="two@elsewhere.example")
    second = link_in(mails(edge))
    assert visitor.get(first).status_code == 404
    assert visitor.get(second).status_code == 200
    assert mei.post("/account/email/take-back").status_code == 303
    assert visitor.get(second).status_code == 404
    posts(mei, "/account/email", email="three@elsewhere.example")
    third = link_in(mails(edge))
    clock.move(hours=24)
    assert visitor.get(third).status_code == 404
    assert visitor.post(third).status_code == 404


def test_the_old_address_is_not_told_when_she_may_be_watched(
    client_of: Clients, work_as: WorkAs, edge: Edge, visitor: ReadingClient
) -> None:
    is_watched(work_as, "mei")
    posts(client_of("mei"), "/account/email", email="mei@elsewhere.example")
    sent = mails(edge)
    assert [mail["To"] for mail in sent] == ["mei@elsewhere.example"]
    assert "Procerus" not in sent[0].as_string()
    visitor.post(link_in(sent))
    assert mails(edge) == []


def test_a_link_is_good_for_one_confirmation_only(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    posts(client_of("mei"), "/account/email", email="mei@elsewhere.example")
    token = link_in(mails(edge)).rpartition("/")[2]
    with work_as("system") as work:
        email_changes.confirm(work, token)
        with pytest.raises(Exception, match="used or is too old"):
            email_changes.confirm(work, token)
