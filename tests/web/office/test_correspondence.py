"""The pages of the correspondence: the list, one letter, a batch, what came back, faxes, calls, papers that came in."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
from flask import g
from sqlalchemy import select

from portal.domain.access_requests import Delivery
from portal.domain.contact_plans import Plan
from portal.domain.dispatches import Event, Way
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.dispatches import Dispatch, LetterBatch
from portal.services import access_requests, contact_plans, dispatch_tasks, dispatches, letters, patients, posting
from portal.services.work import Work
from portal.worker import Worker
from tests.adapters.upload_samples import picture
from tests.conftest import Clockwork
from tests.pages import ReadingClient, text_of
from tests.services.test_correspondence import (
    answered,
    asks_at_the_counter,
    of_case,
    printed,
    shown,
    without_account,
)

Clients = Callable[[str], ReadingClient]
WorkAs = Callable[..., AbstractContextManager[Work]]
LIST = "/office/correspondence"
TODAY = {"on-day": "23", "on-month": "11", "on-year": "2026"}
pytestmark = pytest.mark.usefixtures("sqlite_only")


def test_a_letter_is_looked_at_printed_posted_and_comes_back(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    dov = client_of("dov")
    assert "Letters to send" in text_of(dov.get("/office"))
    listed = text_of(dov.get(LIST))
    assert "Nanaimo BC" in listed
    assert "Harbour Way" not in listed  # a list leaves no line in her log
    assert "She has no sign-in to the portal." in listed
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        key, seen = found.id, shown(work, found)
    page = f"{LIST}/{key}"
    assert "The recipient in full" in text_of(dov.get(page))
    assert dov.post(page, data={"seen": "Somebody\nElse"}).status_code == 409
    assert dov.post(page, data={"seen": seen}).status_code == 303
    Worker(edge).drain()
    assert dov.get(f"{page}/sheets.pdf").data.startswith(b"%PDF")
    assert dov.post(f"{LIST}/batches", data={}).status_code == 409
    batch = dov.post(f"{LIST}/batches", data={"letters": [str(key)]}).headers["Location"]
    assert "1 letter for the post" in text_of(dov.get(batch))
    for part in ("letters", "envelopes", "labels"):
        assert dov.get(f"{batch}/{part}.pdf").data.startswith(b"%PDF")
    read = lines_read(work_as, key)
    assert dov.post(f"{batch}/handed-over", data={}).status_code == 422
    assert lines_read(work_as, key) == read + 1  # the refused page shows the address too
    wrong = dov.post(f"{batch}/handed-over", data={**TODAY, f"tracking-{key}": "LM12?"})
    assert wrong.status_code == 422
    assert f'href="#tracking-{key}"' in wrong.text
    assert 'value="LM12?"' in wrong.text
    assert f"Letter {reference}: Write the tracking number" in text_of(wrong)
    assert dov.post(f"{batch}/handed-over", data={**TODAY, f"tracking-{key}": "LM123456785CA"}).status_code == 303
    assert dov.post(f"{batch}/handed-over", data=TODAY).status_code == 303
    assert "handed over" in text_of(dov.get(batch))
    assert dov.get(f"{batch}/letters.pdf").status_code == 409
    assert "Post: Handed over to be carried" in text_of(dov.get(f"/office/cases/{reference}"))
    assert dov.post(f"{page}/came-back", data={}).status_code == 422
    assert dov.post(f"{page}/came-back", data={"reason": "moved"}).status_code == 303
    assert "It came back." in text_of(dov.get(f"{LIST}?tab=came-back"))
    refused = dov.post(f"{page}/next", data={"choice": "post"})
    assert refused.status_code == 422
    assert "Say how you checked it with the patient." in text_of(refused)
    assert dov.post(f"{page}/next", data={"choice": "post", "how": "call_back"}).status_code == 303
    assert dov.post(f"{page}/next", data={"choice": "post", "how": "call_back"}).status_code == 409


def test_a_fax_is_sent_after_the_number_was_typed_twice(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    reference = asks_at_the_counter(work_as, number, delivery=Delivery.FAX, delivery_to="604-555-0177")
    with work_as("dov") as work:
        answered(work, reference)
        (found,) = [each for each in of_case(work, reference) if each.way == Way.FAX]
        page, seen = f"{LIST}/{found.id}", shown(work, found)
    dov = client_of("dov")
    listed = text_of(dov.get(f"{LIST}?tab=to-fax"))
    assert "number ends in 77" in listed
    assert "604-555" not in listed
    assert dov.post(page, data={"seen": seen}).status_code == 409  # the plain confirmation dials nothing
    assert "604-555-0177" in text_of(dov.get(f"{page}/fax"))
    wrong = dov.post(f"{page}/fax", data={"number": "604-555-0177", "again": "604-555-0117", "seen": seen})
    assert wrong.status_code == 422
    assert "The two numbers are not the same." in text_of(wrong)
    sent = dov.post(f"{page}/fax", data={"number": "604-555-0177", "again": "604-555-0177", "seen": seen})
    assert sent.status_code == 303
    Worker(edge).drain()  # no gateway is set up: the sheets are printed for the machine
    assert dov.post(f"{page}/handed-over", data=TODAY).status_code == 303
    assert "Fax: sent" in text_of(dov.get(f"{LIST}?tab=sent"))


def test_a_paper_that_came_in_is_put_where_it_belongs(client_of: Clients, work_as: WorkAs) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    dov = client_of("dov")
    came = {"way": "fax", "sender": "Ruth Quist", "hers": "y"}
    day = {"received_on-day": "20", "received_on-month": "11", "received_on-year": "2026"}
    without = dov.post(f"{LIST}/incoming", data={**came, **day})
    assert without.status_code == 422
    scan = {"scan": (BytesIO(picture("PNG")), "fax.png")}
    kept = dov.post(f"{LIST}/incoming", data={**came, **day, **scan}, content_type="multipart/form-data")
    assert kept.status_code == 303
    tray = dov.get(f"{LIST}/incoming")
    assert "3 days here" in text_of(tray)
    place = tray.text.split('href="/office/correspondence/incoming/')[1].split('"')[0]
    assert dov.get(f"{LIST}/incoming/{place}/scan").data
    assert "Ruth Quist" in text_of(dov.get(f"{LIST}/incoming/{place}"))
    nobody = dov.post(f"{LIST}/incoming/{place}", data={"what": "file", "belongs": "P-999999"})
    assert nobody.status_code == 422
    confirm = dov.post(f"{LIST}/incoming/{place}", data={"what": "file", "belongs": reference}).location
    assert dov.post(confirm).status_code == 303
    assert "Papers that came in" in text_of(dov.get(f"/office/cases/{reference}"))
    assert dov.get(f"{LIST}/incoming/{place}").status_code == 404


def test_a_paper_of_no_case_stands_on_the_patients_file(client_of: Clients, work_as: WorkAs) -> None:
    number, dov = without_account(work_as), client_of("dov")
    page = dov.get(f"{LIST}/incoming")
    assert not re.search(r'name="hers"[^>]*checked', page.text)
    assert "day of receipt" not in text_of(page)
    key = re.search(r'name="key"[^>]*value="([^"]+)"', page.text)
    assert key
    came = {"key": key[1], "way": "post", "sender": "Her sister", "belongs": number}
    day = {"received_on-day": "20", "received_on-month": "11", "received_on-year": "2026"}
    for _press in range(2):
        scan = {"scan": (BytesIO(picture("PNG")), "paper.png")}
        kept = dov.post(f"{LIST}/incoming", data={**came, **day, **scan}, content_type="multipart/form-data")
        assert kept.status_code == 303
    assert dov.post(kept.location).status_code == 303
    assert dov.get(f"/office/patients/{number}").location.endswith("/reason")
    reference = asks_at_the_counter(work_as, number)  # work with the file is a reason in itself
    file = dov.get(f"/office/patients/{number}").text
    [place] = re.findall(rf'href="(/office/patients/{number}/papers/[0-9a-f-]+)"', file)
    assert dov.get(place).data
    assert client_of("femi").get(place).status_code in (403, 404)
    assert dov.get(f"/office/patients/P-004117/papers/{place[-36:]}").status_code == 404
    wrong = dov.post(f"{place}/case", data={"belongs": "AR-2026-999999-X"})
    assert (wrong.status_code, "no case with this number" in text_of(wrong)) == (422, True)
    confirm = dov.post(f"{place}/case", data={"belongs": reference}).location
    assert dov.post(confirm).location.endswith(reference)
    assert dov.get(place).status_code == 404


def test_nobody_but_the_office_sees_the_correspondence(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    (key,) = printed(work_as, edge, reference)
    with work_as("dov") as work:
        assert work.db.scalar(select(Dispatch.id).where(Dispatch.id == key))
        assert work.db.scalar(select(LetterBatch.id)) is None
    for name, status in (("femi", 403), ("amina", 404), ("esi", 200)):
        assert client_of(name).get(LIST).status_code == status
    assert client_of("femi").get(f"{LIST}/{key}").status_code == 403


def lines_read(work_as: WorkAs, key: UUID) -> int:
    """How often her log says that somebody looked where this patient's letters go."""
    with work_as("dov") as work:
        chain = str(dispatches.find(work, key).patient_id)
        rows = select(AuditEntry.id).where(AuditEntry.chain == chain, AuditEntry.action == "dispatch.read")
        return len(work.db.scalars(rows).all())


def test_a_batch_writes_one_line_for_each_patient_in_it(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        letters.write(work, access_requests.find(work, reference), "question", {"question": "Which visit do you mean?"})
    keys = printed(work_as, edge, reference)
    assert len(keys) == 2
    others = printed(work_as, edge, asks_at_the_counter(work_as, without_account(work_as)))
    dov = client_of("dov")
    batch = dov.post(f"{LIST}/batches", data={"letters": [str(key) for key in (*keys, *others)]}).headers["Location"]
    assert "12 Harbour Way" in text_of(dov.get(batch))
    assert [lines_read(work_as, key) for key in (keys[0], others[0])] == [1, 1]


def test_a_letter_that_went_into_another_batch_is_named_on_both_pages(
    client_of: Clients, work_as: WorkAs, edge: Edge
) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    (key,) = printed(work_as, edge, reference)
    dov, esi = client_of("dov"), client_of("esi")
    first = dov.post(f"{LIST}/batches", data={"letters": [str(key)]}).headers["Location"]
    listed = esi.get(LIST).text
    assert "in a batch" in listed
    assert f'value="{key}" ' in listed
    assert "checked" not in listed.split(f'value="{key}"')[1].split(">")[0]
    second = esi.post(f"{LIST}/batches", data={"letters": [str(key)]}).headers["Location"]
    assert f"{reference} came over from a batch that Dov" in text_of(esi.get(second))
    assert f"{reference} is not in this batch any more. Esi" in text_of(dov.get(first))


def test_the_press_works_with_no_transaction_open(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    keys = printed(work_as, edge, asks_at_the_counter(work_as, without_account(work_as)))
    dov = client_of("dov")
    batch = dov.post(f"{LIST}/batches", data={"letters": [str(key) for key in keys]}).headers["Location"]
    begun = []

    class Watching:
        def __getattr__(self, name: str) -> Any:
            begun.append("work" in g)
            return getattr(press, name)

    press = edge.outside.press
    object.__setattr__(edge.outside, "press", Watching())
    try:
        for part in ("letters", "labels"):
            assert dov.get(f"{batch}/{part}.pdf").data.startswith(b"%PDF")
    finally:
        object.__setattr__(edge.outside, "press", press)
    assert begun
    assert not any(begun)


def moved_away(work_as: WorkAs, number: str) -> None:
    with work_as("dov") as work:
        patients.find(work, number).address = "9 New Street\nNanaimo BC  V9R 2B2"


def stage_of(work_as: WorkAs, key: UUID) -> str:
    with work_as("dov") as work:
        return dispatches.find(work, key).stage


def test_a_letter_whose_recipient_changed_is_taken_back_and_stays_so(
    client_of: Clients, work_as: WorkAs, edge: Edge
) -> None:
    number = without_account(work_as)
    (key,) = printed(work_as, edge, asks_at_the_counter(work_as, number))
    moved_away(work_as, number)
    dov = client_of("dov")
    assert dov.get(f"{LIST}/{key}/sheets.pdf").status_code == 409  # nobody gets the old address to print
    assert "It must not go there." in text_of(dov.get(f"{LIST}/{key}"))
    posted = dov.post(f"{LIST}/{key}/handed-over", data=TODAY)
    assert posted.status_code == 303
    assert "Take it out of its envelope" in text_of(dov.get(posted.headers["Location"]))
    assert stage_of(work_as, key) == "waiting"


def test_a_printed_letter_is_taken_back_from_its_own_page(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    number = without_account(work_as)
    (key,) = printed(work_as, edge, asks_at_the_counter(work_as, number))
    moved_away(work_as, number)
    back = client_of("dov").post(f"{LIST}/{key}", data={"seen": "whatever"})
    assert back.status_code == 303
    assert "9 New Street" in text_of(client_of("dov").get(back.headers["Location"]))
    assert stage_of(work_as, key) == "waiting"


def test_a_batch_leaves_out_what_must_not_go_and_says_which(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    gone, stays = without_account(work_as), without_account(work_as)
    old = asks_at_the_counter(work_as, gone)
    (first,) = printed(work_as, edge, old)
    (second,) = printed(work_as, edge, asks_at_the_counter(work_as, stays))
    moved_away(work_as, gone)
    dov = client_of("dov")
    alone = dov.post(f"{LIST}/batches", data={"letters": [str(first)]})
    assert alone.status_code == 303
    said = text_of(dov.get(alone.headers["Location"]))
    assert "1 letter was taken back" in said
    assert old in said
    assert stage_of(work_as, first) == "waiting"
    made = dov.post(f"{LIST}/batches", data={"letters": [str(first), str(second), "-" * 36]})
    assert "1 letter for the post" in text_of(dov.get(made.headers["Location"]))


def test_a_batch_gives_out_no_sheet_for_an_address_that_was_closed_since(
    client_of: Clients, work_as: WorkAs, edge: Edge
) -> None:
    number = without_account(work_as)
    (key,) = printed(work_as, edge, asks_at_the_counter(work_as, number))
    dov = client_of("dov")
    batch = dov.post(f"{LIST}/batches", data={"letters": [str(key)]}).headers["Location"]
    with work_as("dov") as work:
        plan = Plan(channel="post", address="PO Box 41\nNanaimo BC  V9R 9Z9", never=("address",))
        contact_plans.keep(work, patients.find(work, number), plan, "", 0, "photo_id")
    for part in ("letters", "envelopes", "labels"):
        assert dov.get(f"{batch}/{part}.pdf").status_code == 409
    page = text_of(dov.get(batch))
    assert "The recipient has changed: do not send it there" in page
    assert "Take back what may not go" in page
    assert dov.post(f"{batch}/handed-over", data=TODAY).status_code == 303
    assert stage_of(work_as, key) == "waiting"


def test_an_evening_event_shows_no_second_day(client_of: Clients, work_as: WorkAs, clock: Clockwork) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    clock.at = (clock.at + timedelta(days=1)).replace(hour=4)  # eight in the evening of the day before, at the clinic
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        dispatches.note(work, found, Event.NOT_REACHED)
        assert work.now.date() != work.today
        key = found.id
    page = client_of("dov").get(f"{LIST}/{key}").text
    line = next(each for each in page.split("<li>") if "Nobody was reached" in each)
    assert "(" not in line.split("Nobody was reached")[1].split("</li>")[0]


def test_what_never_left_is_not_said_to_have_come_back(client_of: Clients, work_as: WorkAs) -> None:
    asks_at_the_counter(work_as, without_account(work_as, address=None))
    dov = client_of("dov")
    assert "Letters and messages that need somebody" in text_of(dov.get("/office"))
    listed = text_of(dov.get(f"{LIST}?tab=came-back"))
    assert "Post: needs somebody" in listed
    assert "came back" not in listed.lower()


def test_only_what_is_carried_is_offered_for_a_batch(client_of: Clients, work_as: WorkAs, edge: Edge) -> None:
    reference = asks_at_the_counter(work_as, without_account(work_as))
    with work_as("dov") as work:
        (found,) = [each for each in of_case(work, reference) if each.way == Way.POST]
        counter = dispatch_tasks.settle(work, found, Way.COUNTER)
        assert counter is not None
        posting.confirm(work, counter, shown(work, counter))
        key = counter.id
    Worker(edge).drain()
    dov = client_of("dov")
    assert stage_of(work_as, key) == "ready"
    assert f'value="{key}"' not in dov.get(LIST).text
    refused = dov.post(f"{LIST}/batches", data={"letters": [str(key)]})
    assert refused.status_code == 409
    assert "for the post or a courier" in text_of(refused)


def test_a_paper_that_is_not_ours_is_put_aside_and_destroyed_by_somebody_else(client_of: Clients) -> None:
    dov, esi = client_of("dov"), client_of("esi")
    came = {"way": "fax", "sender": "Sunny Holidays"}
    day = {"received_on-day": "20", "received_on-month": "11", "received_on-year": "2026"}
    for _paper in range(2):
        scan = {"scan": (BytesIO(picture("PNG")), "fax.png")}
        dov.post(f"{LIST}/incoming", data={**came, **day, **scan}, content_type="multipart/form-data")
    first, second = re.findall(
        r'href="(/office/correspondence/incoming/[0-9a-f-]{36})"', dov.get(f"{LIST}/incoming").text
    )
    page = text_of(dov.get(f"{first}/aside"))
    assert "It lies aside until Wednesday 23 December 2026." in page
    assert "After that day the portal destroys the scan." in page
    why = {"reason": "advertising", "words": "A catalogue of trips to the sun."}
    for lacking in ({}, {**why, "reason": ""}, {**why, "words": "no"}):
        assert dov.post(f"{first}/aside", data=lacking).status_code == 422
    for place in (first, first, second):  # pressed twice, it has one effect
        assert dov.post(f"{place}/aside", data=why).status_code == 303
    assert dov.get(first).location == f"{first}/aside"
    assert dov.post(f"{first}/place?belongs=P-004117").status_code == 409
    listed = text_of(esi.get(f"{LIST}/incoming/aside"))
    assert "It is advertising, or was sent to many" in listed
    assert "The portal destroys the scan after" in listed
    assert "You put it aside yourself." in text_of(dov.get(f"{first}/aside"))
    assert dov.post(f"{first}/destroy").status_code == 409
    assert "A catalogue of trips to the sun." in text_of(esi.get(f"{first}/aside"))
    assert esi.get(f"{first}/scan").data
    assert esi.post(f"{first}/destroy").status_code == 303
    assert esi.post(f"{first}/destroy").status_code == 404
    for _press in range(2):
        assert esi.post(f"{second}/back").location == second
    left = text_of(dov.get(f"{LIST}/incoming/aside"))
    assert "Esi Owusu destroyed the scan on" in left
    assert "SHA-256" in left
    assert dov.get(f"{second}").status_code == 200
    assert client_of("femi").get(f"{LIST}/incoming/aside").status_code in (403, 404)
