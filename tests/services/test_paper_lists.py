"""What came in on paper is listed to its end: a page of twenty-five, and the next one after the last row."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal.models.folder_files import FolderFile
from portal.services import incoming_papers, paper_lists, papers_aside
from portal.services.incoming_papers import Came
from portal.services.work import Work
from tests.pages import ReadingClient
from tests.services.test_correspondence import Looked

WorkAs = Callable[..., AbstractContextManager[Work]]
MANY = 60
pytestmark = pytest.mark.usefixtures("sqlite_only")


def many_in_the_tray(work_as: WorkAs) -> list[UUID]:
    """So many that came on four days, the oldest first as the tray shows them."""
    with work_as("dov") as work:
        made = [incoming_papers.receive(work, Looked, Came("post", work.today - timedelta(days=n % 4)))
                for n in range(MANY)]  # fmt: skip
        return [row.id for row in sorted(made, key=lambda row: (row.received_on, row.id))]


def walked(work: Work, page: Callable[..., paper_lists.Page]) -> list[list[UUID]]:
    found, after = [], None
    while not found or after:
        got = page(work, after)
        found.append([row.id for row in got.rows])
        after = got.next
    return found


def test_every_paper_of_the_tray_stands_on_one_of_its_pages(work_as: WorkAs) -> None:
    keys = many_in_the_tray(work_as)
    with work_as("dov") as work:
        pages = walked(work, paper_lists.tray)
        assert [len(page) for page in pages] == [25, 25, 10]
        assert [key for page in pages for key in page] == keys
        assert paper_lists.how_many(work) == MANY


def test_a_paper_that_was_put_away_meanwhile_still_says_where_the_next_page_begins(work_as: WorkAs) -> None:
    keys = many_in_the_tray(work_as)
    with work_as("dov") as work:
        last = paper_lists.tray(work).next
        incoming_papers.put_away(work, incoming_papers.find(work, keys[24], lock=True), "P-004117")
        assert [row.id for row in paper_lists.tray(work, last).rows] == keys[25:50]
        assert paper_lists.how_many(work) == MANY - 1


def test_what_lies_aside_and_what_the_folder_refused_have_pages_too(work_as: WorkAs) -> None:
    keys = many_in_the_tray(work_as)
    with work_as("dov") as work:
        for key in keys:
            papers_aside.put_aside(
                work, incoming_papers.find(work, key, lock=True), "another_addressee", "To the dentist."
            )
        for _n in range(30):
            row = FolderFile(id=uuid4(), told_sealed=b"x", way="fax", received_on=work.today, taken_at=work.now)
            work.db.add(row)
    with work_as("dov") as work:
        assert sorted(key for page in walked(work, paper_lists.aside) for key in page) == sorted(keys)
        assert [len(page) for page in walked(work, paper_lists.refused)] == [25, 5]
        assert (paper_lists.how_many(work), paper_lists.how_many_aside(work)) == (30, MANY)
        last = paper_lists.aside(work).next
        papers_aside.bring_back(work, incoming_papers.find(work, last or keys[0], lock=True))
        assert len(paper_lists.aside(work, last).rows) == 25, "a row that has no place any more begins anew"


def test_the_page_of_the_tray_leads_to_the_next_one_and_back(
    work_as: WorkAs, client_of: Callable[[str], ReadingClient]
) -> None:
    keys, dov, place = many_in_the_tray(work_as), client_of("dov"), "/office/correspondence/incoming"
    first = dov.get(place).text
    assert (str(keys[24]) in first, f"{place}/{keys[25]}" in first) == (True, False)
    second: Any = dov.get(f"{place}?after={keys[24]}").text
    assert f"{place}/{keys[25]}" in second
    assert f'href="{place}"' in second
    assert dov.get(f"{place}?after=nonsense").status_code == 200
