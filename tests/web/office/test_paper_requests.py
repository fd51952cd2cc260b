"""A request that came on paper, by telephone, by fax or at the counter."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image

from portal.domain.access_requests import Channel, Delivery
from portal.domain.contact_plans import Plan
from portal.domain.wishes import Scope
from portal.services import access_requests, contact_plans, files, patients, queues
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs
from tests.web.office.uploading import post

Clients = Callable[[str], ReadingClient]
PATH = "/office/patients/P-004117/requests/new"
ASKED = {
    "channel": "fax",
    "received_on__day": "19",
    "received_on__month": "11",
    "received_on__year": "2026",
    "mode": "copy",
    "scope": "own_words",
    "words": "Everything about the light treatment",
    "delivery": "post",
    "address": "Amina Haddad\n12-418 Machleary Lane\nNanaimo BC  V9R 0X4",
    "also_disclosures": "yes",
    "language": "fr",
}


def picture() -> bytes:
    """A photograph of a letter that says where it was taken."""
    image, told = Image.new("RGB", (60, 80), "white"), Image.Exif()
    told[0x010E] = "taken at the kitchen table"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=told)
    return out.getvalue()


def requests_of(work_as: WorkAs) -> list[Any]:
    with work_as("dov", writes=False) as work:
        from portal.services import patients

        amina = patients.find(work, "P-004117")
        return [case for case in queues.of_patient(work, amina.id) if case.channel != Channel.PORTAL]


def test_a_fax_becomes_a_request_with_its_day_its_letters_and_its_scan(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    answer = post(client, PATH, "scan", ("fax.jpg", picture()), **ASKED)
    assert answer.status_code == 303, text_of(answer)
    assert answer.headers["Location"].endswith("/identity")
    (case,) = requests_of(work_as)
    assert (case.stage, case.channel, case.delivery) == ("received", Channel.FAX, Delivery.POST)
    assert case.received_on.isoformat() == "2026-11-19"
    page = client.get(f"/office/cases/{case.reference}")
    told = text_of(page)
    assert "by fax, entered by Dov Levin" in told
    assert "Everything about the light treatment" in told
    assert "Français" in told
    with work_as("dov", writes=False) as work:
        request = access_requests.find(work, case.reference)
        assert access_requests.wishes_of(work, request).scope == Scope.OWN_WORDS
        ((scan, _name),) = files.of_case(work, request, "scan")
    shown = client.get(f"/office/cases/{case.reference}/files/{scan.id}")
    assert shown.status_code == 200
    assert shown.mimetype == "image/jpeg"
    assert b"kitchen" not in shown.data
    assert "sandbox" in shown.headers["Content-Security-Policy"]


def test_a_scan_that_is_none_is_refused_and_nothing_is_kept(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    for name, content in (("letter.pdf", b"MZ\x90 a program"), ("letter.html", b"<html><script>1</script></html>")):
        answer = post(client, PATH, "scan", (name, content), **ASKED)
        assert answer.status_code == 422, name
        assert 'id="scan-error"' in answer.get_data(as_text=True)
    assert requests_of(work_as) == []


def test_what_is_missing_is_told_at_its_field(client_of: Clients, work_as: WorkAs) -> None:
    client = client_of("dov")
    for lacking, field in (
        ("channel", "channel"),
        ("received_on__year", "received_on"),
        ("words", "words"),
        ("address", "address"),
        ("language", "language"),
    ):
        answer = client.post(PATH, data={k.replace("__", "-"): v for k, v in ASKED.items() if k != lacking})
        assert answer.status_code == 422, lacking
        assert f'id="{field}-error"' in answer.get_data(as_text=True), lacking
    assert requests_of(work_as) == []


def test_a_request_does_not_come_in_the_future(client_of: Clients, work_as: WorkAs) -> None:
    data = {k.replace("__", "-"): v for k, v in ASKED.items()} | {"received_on-year": "2027"}
    answer = client_of("dov").post(PATH, data=data)
    assert answer.status_code == 422
    assert "The request cannot have come in the future." in text_of(answer)
    assert requests_of(work_as) == []


def test_the_same_asked_twice_is_noticed_and_can_be_meant(client_of: Clients, work_as: WorkAs) -> None:
    client, data = client_of("dov"), {k.replace("__", "-"): v for k, v in ASKED.items()}
    assert client.post(PATH, data=data).status_code == 303
    again = client.post(PATH, data=data)
    assert again.status_code == 422
    assert "The same was asked on" in text_of(again)
    assert len(requests_of(work_as)) == 1
    assert client.post(PATH, data={**data, "although_alike": "yes"}).status_code == 303
    assert len(requests_of(work_as)) == 2


@pytest.mark.usefixtures("sqlite_only")
@pytest.mark.parametrize(
    ("never", "delivery", "place", "sentence"),
    [
        ("address", "post", "Amina Haddad\n12-418 Machleary Ln\nNanaimo", "This looks like her home"),
        ("address", "post", "The back door\nNanaimo BC V9R OX4", "This looks like her home"),
        ("phone", "fax", "+1 250 555 0142", "She does not want this number used."),
        ("address", "post", "Box 9\nVictoria BC  V8W 2B2", ""),
        ("phone", "fax", "604-555-0199", ""),
    ],
)
def test_the_clerk_is_told_what_to_do_where_a_place_is_one_that_she_closed(
    client_of: Clients, work_as: WorkAs, never: str, delivery: str, place: str, sentence: str
) -> None:
    with work_as("amina") as work:
        mine = patients.own(work)
        mine.phone = "250-555-0142 ext 3"
        contact_plans.keep(work, mine, Plan(channel="portal", never=(never,)), "", 0)
    to = {"post": "address", "fax": "fax"}[delivery]
    answer = post(client_of("dov"), PATH, "scan", **{**ASKED, "delivery": delivery, to: place})
    if not sentence:
        assert answer.status_code == 303, text_of(answer)
        return
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "or choose another way." in text_of(answer)
    assert "Everything about the light treatment" in answer.text
    assert requests_of(work_as) == []
