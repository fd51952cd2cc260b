"""Snippets: written by the administrator in versions, used by everybody who answers."""

from uuid import uuid4

import pytest

from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.services import snippets
from tests.services.test_messages import WorkAs


def test_every_version_is_kept_and_the_newest_is_offered(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        key = snippets.add(work, "Opening hours", {"en": "We are open till five.", "fr": " "})
        snippets.change(work, key, 1, "Opening hours", {"en": "We are open till six."})
        snippets.change(work, key, 1, "Opening hours", {"en": "We are open till six."})  # a second press
    with work_as("esi", writes=False) as work:
        said = snippets.versions(work, key)
        assert [(each.number, dict(each.words)) for each in said] == [
            (2, {"en": "We are open till six."}),
            (1, {"en": "We are open till five."}),
        ]
    with work_as("dov", writes=False) as work:
        assert "We are open till six." in [each.words.get("en") for each in snippets.offered(work)]
    with work_as("esi") as work:
        snippets.retire(work, key)
    with work_as("dov", writes=False) as work:
        assert key not in [each.id for each in snippets.offered(work)]
    with work_as("esi") as work, pytest.raises(NotPossible):
        snippets.change(work, key, 2, "Opening hours", {"en": "Never."})


def test_a_change_of_an_old_version_is_refused(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        key = snippets.add(work, "Hours", {"en": "One."})
        snippets.change(work, key, 1, "Hours", {"en": "Two."})
        with pytest.raises(NotPossible):
            snippets.change(work, key, 1, "Hours", {"en": "Three."})


def test_only_the_administrator_writes_and_what_is_wrong_is_said(work_as: WorkAs) -> None:
    for who in ("dov", "femi"):
        with work_as(who) as work, pytest.raises(NotAllowed):
            snippets.add(work, "Mine", {"en": "Text."})
    with work_as("amina", writes=False) as work, pytest.raises(NotAllowed):
        snippets.offered(work)
    with work_as("esi") as work:
        snippets.add(work, "Hours", {"en": "One."})
        for title, words in (
            ("", {"en": "x"}),
            ("New", {"en": " "}),
            ("hours", {"en": "x"}),
            ("New", {"en": "x" * 4001}),
        ):
            with pytest.raises(Invalid):
                snippets.add(work, title, words)
        with pytest.raises(NotFound):
            snippets.retire(work, uuid4())
