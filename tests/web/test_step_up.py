"""A proof is for one act, on what was shown, in one session, from a page that was drawn of late, and for once."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.domain.step_ups import ACTS
from portal.edges import Edge
from portal.models.accounts import Account, Approval
from portal.models.audit import AuditEntry
from portal.services import accounts, alarms
from portal.services.throttling import Allowance
from portal.web import create_app, step_up
from portal.web.account.blueprint import blueprint
from tests.clinic_at_work import Clinic, template
from tests.conftest import Clockwork
from tests.dumps import fingerprint
from tests.pages import DRAWN, ReadingClient, text_of
from tests.test_routes import Matrix
from tests.web.public.signing_in import code_at, token_of

__all__ = ["template"]
ClientOf = Callable[[str], ReadingClient]
PASSWORD = "demo-portal-2026"
DOWNLOADS, CODES = "/account/downloads", "/account/codes"
TRAIL = {"audit_entries", "audit_heads", "sign_ins", "buckets"}


@pytest.fixture
def esi(client_of: ClientOf) -> ReadingClient:
    return client_of("esi")


def form_of(client: ReadingClient, path: str) -> dict[str, str]:
    """What the page of an act would send, with the right proof."""
    page = client.get(path).get_data(as_text=True)
    shown = re.search(r'name="shown"[^>]*value="([^"]*)"', page)
    return {"shown": shown[1] if shown else "", "drawn": DRAWN.findall(page)[-1], "proof": PASSWORD}


def refusals(edge: Edge) -> list[tuple[str, str]]:
    with edge.sessions() as db:
        found = db.scalars(select(AuditEntry.text).where(AuditEntry.action == "step_up.refused"))
        return [(facts["act"], facts["why"]) for facts in map(json.loads, found)]


def strict(edge: Edge, name: str = "esi") -> bool:
    with edge.sessions() as db:
        return db.scalars(select(Account).where(Account.email.like(f"{name}@%"))).one().strict_downloads


def test_a_page_is_good_for_five_minutes(esi: ReadingClient, edge: Edge, clock: Clockwork) -> None:
    form = form_of(esi, DOWNLOADS)
    clock.move(minutes=5)
    late = esi.post(DOWNLOADS, data=form)
    assert late.status_code == 422
    assert "You opened this page more than five minutes ago." in text_of(late)
    assert (strict(edge), refusals(edge)) == (False, [("downloads", "too old")])
    # It was drawn anew with that, so that she types her proof and is done.
    assert esi.post(DOWNLOADS, data={**form, "drawn": DRAWN.findall(late.text)[-1]}).status_code == 303
    assert strict(edge)


def test_a_page_is_good_for_one_act(esi: ReadingClient, edge: Edge) -> None:
    form = form_of(esi, "/account/recovery-codes")
    assert esi.post("/account/recovery-codes", data=form).status_code == 200
    again = esi.post("/account/recovery-codes", data=form)
    assert again.status_code == 422
    assert "This page was used already, and is good for once." in text_of(again)
    assert refusals(edge) == [("recovery codes", "used before")]
    with edge.sessions() as db:
        assert len(db.scalars(select(Approval)).all()) == 1


@pytest.mark.usefixtures("sqlite_only")
def test_what_was_drawn_for_another_act_session_or_object_is_refused(
    esi: ReadingClient, client_of: ClientOf, edge: Edge
) -> None:
    mine = form_of(esi, DOWNLOADS)
    others = {
        "another act": form_of(esi, CODES)["drawn"],
        "another session": form_of(client_of("esi"), DOWNLOADS)["drawn"],
        "nothing": "",
        "made up": mine["drawn"][:-2] + "xx",
    }
    for what, drawn in others.items():
        assert esi.post(DOWNLOADS, data={**mine, "drawn": drawn}).status_code == 422, what
    assert esi.post(DOWNLOADS, data={**mine, "shown": "0" * 64}).status_code == 422
    assert not strict(edge)
    assert refusals(edge) == [("downloads", "not of this session, act or object")] * 5


def test_once_an_act_is_done_the_session_has_another_token(esi: ReadingClient, app: Flask) -> None:
    cookie, before = esi.get_cookie("portal"), token_of(esi)
    assert esi.post(DOWNLOADS, data=form_of(esi, DOWNLOADS)).status_code == 303
    assert token_of(esi) not in (None, before)
    assert esi.get("/account").status_code == 200
    copied = app.test_client()
    copied.set_cookie("portal", cookie.value if cookie else "")
    assert copied.get("/account").location == "/sign-in"


def test_who_wished_for_her_second_proof_cannot_be_talked_out_of_it_by_her_password(
    esi: ReadingClient, edge: Edge
) -> None:
    esi.post(DOWNLOADS, data=form_of(esi, DOWNLOADS))
    refused = esi.post(DOWNLOADS, data=form_of(esi, DOWNLOADS))
    assert (refused.status_code, strict(edge)) == (422, True)
    assert "You wanted your second proof asked for here." in text_of(refused)


@pytest.mark.usefixtures("sqlite_only")
def test_a_proof_that_was_just_changed_rests_for_a_day(
    esi: ReadingClient, edge: Edge, clock: Clockwork, work_as: Any
) -> None:
    with work_as("esi") as begun:
        mine = accounts.own(begun)
        mine.strict_downloads = True
        secret = accounts.new_totp_secret()
        accounts.set_codes(begun, mine, secret, code_at(clock.at, secret))
    clock.move(minutes=1)
    early = esi.post(DOWNLOADS, data={**form_of(esi, DOWNLOADS), "proof": code_at(clock.at, secret)})
    assert early.status_code == 422
    assert "Your second proof was changed less than a day ago." in text_of(early)
    assert strict(edge)


class TestTheList:
    def test_every_act_on_it_has_a_page_and_none_is_besides(self, app: Flask) -> None:
        named = {act for acts in step_up.pages(app).values() for act in acts}
        assert named == set(ACTS)

    @pytest.mark.usefixtures("sqlite_only")
    def test_the_portal_does_not_start_with_an_act_that_has_no_page(
        self, edge: Edge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(ACTS, "destroy", "destruction")
        with pytest.raises(RuntimeError, match="no page asks for a proof before: destroy"):
            create_app(edge.config, edge)
        create_app(replace(edge.config, areas=("patient",)), edge)  # one audience has not all of the pages

    @pytest.mark.usefixtures("sqlite_only")
    def test_what_such_a_page_changes_without_a_proof_is_taken_back(
        self, app: Flask, client_of: ClientOf, work_as: Any
    ) -> None:
        name, esi = f"{blueprint.name}.overview", client_of("esi")
        app.view_functions[name] = step_up.needs_proof("downloads")(app.view_functions[name])
        app.testing = False
        assert esi.post("/account", data={"language": "fr"}).status_code == 500
        with work_as("esi", writes=False) as looking:
            assert accounts.own(looking).language == "en"

    @pytest.mark.usefixtures("sqlite_only")
    def test_who_gave_no_reason_for_a_file_is_asked_for_it_and_nothing_breaks(
        self, app: Flask, client_of: ClientOf
    ) -> None:
        """The way to the page that asks why is taken before the work begins; else it looks like a change."""
        dov = client_of("dov")
        guarded, asked = step_up.pages(app), set()
        for rule in app.url_map.iter_rules():
            if rule.endpoint not in guarded or rule.arguments != {"number"}:
                continue
            path = str(rule).replace("<number>", "P-006230")
            for data in ({}, {"proof": PASSWORD, "shown": "x", "drawn": "x"}):
                answer = dov.post(path, data=data)
                assert answer.status_code < 500, path
                asked |= {path} if (answer.location or "").endswith("/reason") else set()
        assert {f"/office/patients/P-006230/{page}" for page in ("contact", "representatives/new")} <= asked

    @pytest.mark.slow
    @pytest.mark.usefixtures("sqlite_only")
    def test_without_a_proof_none_of_them_changes_anything(
        self, app: Flask, edge: Edge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A thief with the cookie and nothing else: every act, by everybody who may do it."""
        monkeypatch.setattr(alarms, "NOES_BY_ACCOUNT", Allowance(10_000, 1))  # so many noes would be an alarm
        matrix = Matrix(app, edge, Clinic.of(edge))
        before = fingerprint(edge, TRAIL)
        guarded = step_up.pages(app)
        for rule in (rule for rule in app.url_map.iter_rules() if rule.endpoint in guarded):
            for _stage, path in matrix.addresses(rule):
                for who in ("patient", "front-office", "administrator", "physician"):
                    client, _cookie = matrix.clients[who]
                    for proof in ("", "a guess"):
                        matrix.asks(who, "GET", path)
                        answer = client.post(path, data={"proof": proof, "shown": "x", "drawn": "x"})
                        assert answer.status_code >= 400 or "/sign-in" in answer.headers["Location"], f"{who}: {path}"
        assert fingerprint(edge, TRAIL) == before
