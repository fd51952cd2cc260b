"""A page of somebody else tries to put ours inside itself, to read it, or to send its forms."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route

from portal.edges import Edge
from tests.dumps import fingerprint
from tests.journeys.house import House
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser]

ELSEWHERE = "http://elsewhere.example/"


def trap(page: Page, html: str) -> None:
    """Another site, whose page this is."""

    def answer(route: Route) -> None:
        route.fulfill(content_type="text/html", body=f"<!doctype html><title>Elsewhere</title>{html}")

    page.route(f"{ELSEWHERE}**", answer)
    page.goto(ELSEWHERE)


def test_another_site_cannot_frame_show_read_or_send_what_is_ours(
    house: House, arrives: Callable[..., Visitor], edge: Edge
) -> None:
    mei = arrives("mei")
    kept = fingerprint(edge, frozenset({"sign_ins"}))
    page = mei.context.new_page()
    trap(
        page,
        f'<iframe src="{house.address}/home"></iframe>'
        f'<img src="{house.address}/static/favicon.svg" alt="">'
        f'<form method="post" action="{house.address}/access-requests/new"><button>Win a prize</button></form>',
    )
    page.wait_for_load_state("load")
    framed = page.frames[1]
    assert "Hello Mei" not in framed.content()
    assert page.evaluate("document.images[0].naturalWidth") == 0
    read = page.evaluate(
        f"fetch('{house.address}/home', {{credentials: 'include'}}).then(a => a.text(), () => 'refused')"
    )
    assert read == "refused"
    page.evaluate(f"window.theirs = open('{house.address}/home')")
    page.wait_for_function("window.theirs === null || window.theirs.closed")  # it opens, out of reach
    page.get_by_role("button").click()
    page.wait_for_load_state("load")
    assert "Win a prize" not in page.content()
    assert "record do you ask for" not in page.content()
    assert fingerprint(edge, frozenset({"sign_ins"})) == kept
