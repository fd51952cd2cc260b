"""The download: shown, proved, streamed, written down."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from portal.demo.people import PASSWORD
from portal.domain.access_requests import Stage
from portal.edges import Edge
from portal.services import access_requests, accounts
from portal.worker import Worker
from tests.pages import ReadingClient, text_of
from tests.web.patient import stages
from tests.web.patient.stages import WorkAs
from tests.web.public.signing_in import code_at, wrong_code_at

ClientOf = Callable[[str], ReadingClient]


@pytest.fixture
def mei(client_of: ClientOf) -> ReadingClient:
    return client_of("mei")


@pytest.fixture
def address(work_as: WorkAs, worker: Worker) -> str:
    return f"/access-requests/{stages.ready(work_as, worker)}/download"


def shown(page: Any) -> str:
    found = re.search(r'name="shown"[^>]*value="([0-9a-f]{64})"', page.text)
    assert found
    return found[1]


def stage_of(work_as: WorkAs, address: str) -> str:
    with work_as("mei", writes=False) as work:
        return access_requests.find(work, address.split("/")[2]).stage


def approvals(edge: Edge) -> list[Any]:
    with edge.sessions() as db:
        return list(db.connection().exec_driver_sql("select act, shown_digest, factor from approvals"))


def test_she_downloads_it_with_her_password(mei: ReadingClient, address: str, edge: Edge, work_as: WorkAs) -> None:
    page = mei.get(address)
    assert "signed by the clinic" in text_of(page)
    answer = mei.post(address, data={"shown": shown(page), "proof": PASSWORD})
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF")
    assert len(answer.data) == answer.content_length
    assert answer.headers["Content-Disposition"].startswith(f'attachment; filename="{address.split("/")[2]}.pdf"')
    assert stage_of(work_as, address) == Stage.DELIVERED
    assert approvals(edge) == [("download", shown(page), "password")]
    assert "You downloaded your package" in text_of(mei.get("/access-log"))


def test_she_downloads_it_again_while_she_can(mei: ReadingClient, address: str, clock: Any) -> None:
    for _time in range(2):
        page = mei.get(address)
        assert mei.post(address, data={"shown": shown(page), "proof": PASSWORD}).status_code == 200
    assert f'href="{address}"' in mei.get(address.removesuffix("/download")).text


def test_after_its_last_day_it_is_gone(mei: ReadingClient, client_of: ClientOf, address: str, clock: Any) -> None:
    page = mei.get(address)
    clock.move(days=91)
    client = client_of("mei")
    assert client.get(address).status_code == 409
    assert client.post(address, data={"shown": shown(page), "proof": PASSWORD}).status_code == 409
    assert "Download the package" not in text_of(client.get(address.removesuffix("/download")))


def test_a_code_of_this_minute_will_do_once(mei: ReadingClient, address: str, clock: Any, edge: Edge) -> None:
    page = mei.get(address)
    proof = {"shown": shown(page), "proof": code_at(clock.at)}
    assert mei.post(address, data=proof).status_code == 200
    assert [factor for _act, _shown, factor in approvals(edge)] == ["code"]
    assert "This page was used already" in text_of(mei.post(address, data=proof))
    again = mei.post(address, data=proof)
    assert again.status_code == 422
    assert "That is not your password or your code of this minute." in text_of(again)


def test_who_wished_so_gives_her_second_proof(
    mei: ReadingClient, address: str, clock: Any, edge: Edge, work_as: WorkAs
) -> None:
    with work_as("mei") as work:
        mine = accounts.own(work)
        mine.second_factor_on = mine.strict_downloads = True
    page = mei.get(address)
    refused = mei.post(address, data={"shown": shown(page), "proof": PASSWORD})
    assert refused.status_code == 422
    assert "You wanted your second proof asked for here." in text_of(refused)
    assert approvals(edge) == []
    assert mei.post(address, data={"shown": shown(page), "proof": code_at(clock.at)}).status_code == 200


def test_without_a_proof_nothing_is_handed_over_and_soon_one_has_to_wait(
    mei: ReadingClient, address: str, clock: Any, edge: Edge, work_as: WorkAs
) -> None:
    seen = shown(mei.get(address))
    for wrong in ("", "not my password", wrong_code_at(clock.at), "a guess", "a guess", "a guess", "a guess"):
        answer = mei.post(address, data={"shown": seen, "proof": wrong})
        assert answer.status_code == 422
        assert "%PDF" not in answer.text
    for late in ("a guess", PASSWORD):
        assert mei.post(address, data={"shown": seen, "proof": late}).status_code == 429
    assert stage_of(work_as, address) == Stage.READY
    assert approvals(edge) == []


def test_a_proof_is_bound_to_what_was_shown(mei: ReadingClient, address: str, edge: Edge, work_as: WorkAs) -> None:
    answer = mei.post(address, data={"shown": "0" * 64, "proof": PASSWORD})
    assert answer.status_code == 422
    assert "This page was opened for something else" in text_of(answer)
    assert stage_of(work_as, address) == Stage.READY
    assert approvals(edge) == []


def test_a_withdrawn_package_is_not_handed_over(mei: ReadingClient, address: str) -> None:
    page = mei.get(address)
    mei.post(address.replace("/download", "/withdraw"))
    assert mei.get(address).status_code == 409
    assert mei.post(address, data={"shown": shown(page), "proof": PASSWORD}).status_code == 409
