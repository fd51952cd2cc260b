"""The letters of a case, as a page and as the PDF that the worker prints."""

import re
from collections.abc import Callable

from portal.services import access_log, patients
from portal.worker import Worker
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, sent

Clients = Callable[[str], ReadingClient]


def test_a_letter_is_read_on_a_page_and_then_as_a_pdf(client_of: Clients, work_as: WorkAs, worker: Worker) -> None:
    client, reference = client_of("dov"), sent(work_as, "mei")
    page = client.get(f"/office/cases/{reference}").get_data(as_text=True)
    found = re.search(r'href="(/office/cases/[^"]+/letters/[0-9a-f-]+)">Acknowledgement<', page)
    assert found is not None
    assert "Dear Mei Leung" in text_of(client.get(found[1]))
    early = client.get(f"{found[1]}.pdf")
    assert early.status_code == 409
    assert "still being printed" in text_of(early)
    worker.drain()
    printed = client.get(f"{found[1]}.pdf")
    assert printed.data.startswith(b"%PDF-")
    assert printed.headers["Content-Disposition"].startswith("attachment;")
    with work_as("mei", writes=False) as work:
        looks = access_log.lines(work, patients.own(work))
    assert any(look.name == "Dov Levin" and look.what == "read a letter of your request" for look in looks)


def test_a_letter_of_another_case_is_not_found(client_of: Clients, work_as: WorkAs) -> None:
    client, mine, other = client_of("dov"), sent(work_as, "mei"), sent(work_as, "cora")
    page = client.get(f"/office/cases/{mine}").get_data(as_text=True)
    found = re.search(r"/letters/([0-9a-f-]{36})", page)
    assert found is not None
    assert client.get(f"/office/cases/{other}/letters/{found[1]}").status_code == 404
    assert client.get(f"/office/cases/{other}/files/{found[1]}").status_code == 404
