"""Two of our people let a patient in again who lost every proof; neither can do it alone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from portal.domain.errors import NotPossible
from portal.edges import Edge
from portal.models.accounts import Account
from portal.models.providers import LinkedIdentity
from portal.services import patients, readmissions, recovery_codes
from portal.worker import Worker
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import PASSWORD, WorkAs
from tests.web.public.signing_in import try_to_sign_in

ClientOf = Callable[[str], ReadingClient]
AT = "/office/patients/P-006230/way-in"  # Mei's
NEW = "seven tin boats at noon"
BOTH = {"password": NEW, "again": NEW}


def asks(client: ReadingClient, method: str = "photo_id") -> Any:
    return client.post(AT, data={"method": method})


def approves(client: ReadingClient, proof: str = PASSWORD) -> Any:
    page = client.get(AT)
    shown = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page.text)
    return client.post(f"{AT}/approve", data={"shown": shown[1] if shown else "", "proof": proof})


def link_on(page: Any) -> str:
    found = re.search(r"/activate/[\w-]{43}", page.text)
    assert found, text_of(page)
    return found[0]


def test_one_asks_another_approves_and_she_sets_a_new_password(client_of: ClientOf, visitor: ReadingClient) -> None:
    assert asks(client_of("dov")).location == AT
    assert "Dov Levin" in text_of(client_of("esi").get(AT))
    letter = approves(client_of("esi"))
    assert letter.status_code == 200
    assert "<svg" in letter.text
    assert visitor.post(link_on(letter), data=BOTH).location == "/sign-in"
    assert try_to_sign_in(visitor, "mei").status_code == 422
    assert try_to_sign_in(visitor, "mei", NEW).location == "/home"


def test_nobody_approves_what_she_asked_for_herself(client_of: ClientOf, work_as: WorkAs) -> None:
    asks(client_of("dov"))
    page = client_of("dov").get(AT)
    assert "somebody else at the clinic has to approve it" in text_of(page)
    assert "/approve" not in page.text
    assert approves(client_of("dov")).status_code == 422  # no page was drawn for her to approve on
    with work_as("dov") as work:
        mei = patients.find(work, "P-006230")
        waiting = readmissions.pending(work, mei)
        assert waiting is not None
        with pytest.raises(NotPossible, match="yourself"):
            readmissions.approve(work, mei, readmissions.digest(waiting))


def test_who_approves_proves_herself_again(client_of: ClientOf) -> None:
    asks(client_of("dov"))
    refused = approves(client_of("esi"), "not her password")
    assert refused.status_code == 422
    assert "/activate/" not in refused.text


def test_neither_a_physician_nor_a_patient_has_to_do_with_it(client_of: ClientOf) -> None:
    assert client_of("femi").get(AT).status_code == 403
    assert asks(client_of("femi")).status_code == 403
    assert client_of("mei").get(AT).status_code == 404


def test_it_waits_for_a_day_and_is_asked_for_once(client_of: ClientOf, clock: Any) -> None:
    asks(client_of("dov"))
    assert asks(client_of("esi")).status_code == 409
    clock.move(hours=24)
    assert approves(client_of("esi")).status_code == 422
    assert asks(client_of("dov")).location == AT


def test_how_she_was_known_is_said_and_a_voice_is_not_enough(client_of: ClientOf) -> None:
    for method in ("", "call_back", "signed_in", "documents"):
        assert asks(client_of("dov"), method).status_code == 422


def test_what_was_refused_lets_nobody_in(client_of: ClientOf) -> None:
    asks(client_of("dov"))
    assert client_of("esi").post(f"{AT}/refuse").location == "/office/patients/P-006230"
    assert approves(client_of("esi")).status_code == 422


def test_every_proof_that_was_lost_is_dead_once_the_link_is_used(
    client_of: ClientOf, visitor: ReadingClient, work_as: WorkAs
) -> None:
    with work_as("mei") as work:
        mine = work.db.get_one(Account, work.actor.id)
        mine.second_factor_on = True
        recovery_codes.new_set(work)
        stolen = LinkedIdentity(issuer="https://card.example", subject="a thief", audience="patient")
        stolen.account_id, stolen.linked_at = mine.id, work.now
        work.db.add(stolen)
    asks(client_of("dov"))
    link = link_on(approves(client_of("esi")))
    assert try_to_sign_in(visitor, "mei").location == "/sign-in/code"
    visitor.post("/sign-out")
    assert visitor.post(link, data=BOTH).status_code == 303
    assert try_to_sign_in(visitor, "mei", NEW).location == "/home"
    with work_as("mei", writes=False) as work:
        mine = work.db.get_one(Account, work.actor.id)
        assert mine.totp_sealed is None
        assert recovery_codes.left(work, mine.id) == 0
        assert work.db.scalar(select(LinkedIdentity.id)) is None


def test_she_reads_in_her_log_who_let_her_in_and_is_told_by_e_mail(
    client_of: ClientOf, worker: Worker, edge: Edge
) -> None:
    asks(client_of("dov"))
    approves(client_of("esi"))
    log = text_of(client_of("mei").get("/access-log"))
    for told in ("Dov Levin", "asked for a new way in for you", "Esi Owusu", "approved a new way in for you"):
        assert told in log
    worker.drain()
    sent = [each.read_text("utf-8").replace("=\n", "") for each in (edge.config.data_dir / "outbox").glob("*.eml")]
    assert any("gave out a new one-time link" in mail and "/activate/" not in mail for mail in sent)
