"""The clinic's own words for its letters: published, kept, used, and never short of what the law asks."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta
from importlib.resources import as_file
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, text, update
from sqlalchemy.exc import DatabaseError

from portal.domain import jurisdictions
from portal.domain import letters as rules
from portal.domain.errors import Invalid, NotAllowed, NotFound, NotPossible
from portal.domain.letters import OUTLINES, Letter, LetterKind, Wording
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.letter_wordings import LetterWording
from portal.services import access_requests, letter_wordings, letters, patient_invitations, patients
from portal.services.letter_wordings import Overtaken, WordedLetter
from portal.services.work import Work
from tests.conftest import Clockwork
from tests.domain.letter_samples import text as read
from tests.test_concurrency import at_once
from tests.web.patient import stages

WorkAs = Callable[..., AbstractContextManager[Work]]
ACK = LetterKind.ACKNOWLEDGEMENT
WORDS = Wording(
    "Good to hear from you",
    "Hello {reader},\n\nYour number is {reference}. You have our answer by {due}.\n\n{for-whom}\n\n{who-answers}",
)
OTHER = replace(WORDS, title="We have it")


def of(work: Work, kind: LetterKind = ACK, tongue: str = "en", law: str = "ca-bc") -> WordedLetter:
    return letter_wordings.there(work, kind.value, law, tongue)


def publish(work: Work, wording: Wording = WORDS, seen: int = 0, law: str = "ca-bc", **which: Any) -> UUID:
    return letter_wordings.publish(work, of(work, law=law, **which), seen, wording, "It was too long.").id


def newest_letter(work: Work, reference: str, kind: str = "acknowledgement") -> tuple[UUID | None, Letter]:
    rows = letters.of_case(work, access_requests.find(work, reference))
    row, letter = next((row, letter) for row, letter in rows if row.kind == kind)
    return row.wording_id, letter


def test_the_next_letter_carries_the_words_and_an_older_one_stays(work_as: WorkAs, clock: Clockwork) -> None:
    before = stages.sent(work_as)
    clock.move(days=1)
    with work_as("esi") as work:
        key = publish(work)
    after = stages.sent(work_as, "cora")
    with work_as("dov", writes=False) as work:
        old, was = newest_letter(work, before)
        new, letter = newest_letter(work, after)
        assert (old, was.title) == (None, "We have your request")
        assert (new, letter.title, letter.wording) == (key, "Good to hear from you", str(key))
        assert after in letter.blocks[1].text
        assert work.clinic.privacy_contact.name in read(letter)
        assert letters.draft(work, access_requests.find(work, before), "acknowledgement").title == letter.title


def test_who_asks_for_another_is_greeted_and_told_for_whom(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        publish(work)
    reference = stages.sent(work_as, "ben")
    with work_as("dov", writes=False) as work:
        _key, letter = newest_letter(work, reference)
        assert letter.blocks[0].text == "Hello Ben Lindqvist,"
        assert "Amina Haddad" in letter.blocks[2].text


def test_a_letter_is_in_the_words_of_its_own_language(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        publish(work)
    in_french = stages.sent(work_as, wishes=replace(stages.EVERYTHING, language="fr"))
    with work_as("dov", writes=False) as work:
        key, letter = newest_letter(work, in_french)
        assert (key, letter.language) == (None, "fr")
    with work_as("esi") as work:
        publish(work, replace(WORDS, title="Merci"), tongue="fr")
    with work_as("dov", writes=False) as work:
        case = access_requests.find(work, in_french)
        assert letters.draft(work, case, "acknowledgement").title == "Merci"


def test_the_portals_words_come_back_as_a_version_of_their_own(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        own = letter_wordings.portals_own(work, of(work))
        with pytest.raises(NotPossible, match="Nothing has changed yet"):
            publish(work, own)
        publish(work)
        back = letter_wordings.publish(work, of(work), 1, own, "The other one was better.")
        assert (back.number, back.title, back.text) == (2, None, None)
        assert letter_wordings.said_by(work, of(work), back) == own
        assert [row.number for row in letter_wordings.versions(work, of(work))] == [2, 1]
        line = next(each for each in letter_wordings.overview(work, work.profile) if each.of == of(work))
        assert not line.is_own
    reference = stages.sent(work_as)
    with work_as("dov", writes=False) as work:
        assert newest_letter(work, reference)[0] is None


def test_what_lacks_a_lawful_part_is_not_published_and_the_part_is_named(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        for kind in (LetterKind.REFUSED, LetterKind.RELEASED_IN_PART, LetterKind.NO_RECORD):
            own = letter_wordings.portals_own(work, of(work, kind))
            short = replace(own, text=own.text.replace("{review-right}", ""))
            with pytest.raises(NotPossible, match="the right to ask the Commissioner for a review.*{review-right}"):
                publish(work, short, kind=kind)
        with pytest.raises(Invalid, match="why the words change"):
            letter_wordings.publish(work, of(work), 0, WORDS, " ")
        assert work.db.scalars(select(LetterWording)).all() == []


def test_words_that_a_newer_law_no_longer_fits_are_passed_over_and_the_list_says_so(
    work_as: WorkAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A letter that is owed is never held up by a wording: it goes out in the portal's words."""
    with work_as("esi") as work:
        publish(work)
    law = jurisdictions.profile("ca-bc")
    part = replace(law.refusal_letter_parts[0], id="reasons", letters=("acknowledgement",))
    harder = replace(law, extension_letter_parts=(*law.extension_letter_parts, part))
    monkeypatch.setitem(rules.slots.PARTS, "how-counted", ("reasons",))
    with work_as("esi", writes=False) as work:
        assert letter_wordings.for_letters(work, law)(ACK) is not None
        assert letter_wordings.for_letters(work, harder)(ACK) is None
        line = next(each for each in letter_wordings.overview(work, harder) if each.newest)
        assert (line.fits, line.is_own) == (False, False)


def test_an_invitation_is_printed_in_the_words_that_are_on_file(work_as: WorkAs, clock: Clockwork, edge: Edge) -> None:
    """The code is printed later than the letter is kept: both say the same."""
    typed = "Hello {reader},\n\n{code}\n\nGo to {page} with {fact} by {until}."
    with work_as("dov") as work:
        contact = {"address": "4 Fern Road\nNanaimo BC  V9R 0Y2", "email": "", "phone": "250-555-0177"}
        patient = patients.register(work, "Nour", "Al-Sayed", date(1980, 1, 2), **contact)
        patient_invitations.invite(work, patient, patient_invitations.BY_LETTER)
        number = patient.number
    clock.move(hours=1)
    with work_as("esi") as work:
        publish(work, Wording("Come in", typed), kind=LetterKind.INVITATION)
    with work_as("dov") as work:
        patient = patients.find(work, number)
        _key, html = patient_invitations.to_print(work, patient)
        assert patient_invitations.kept(work, patient).title in html
        assert "Come in" not in html
        patient_invitations.invite(work, patient, patient_invitations.BY_LETTER)
        assert patient_invitations.kept(work, patient).title == "Come in"
        _key, html = patient_invitations.to_print(work, patient)
        assert "Come in" in html


def test_two_publish_at_once_and_the_second_is_told(work_as: WorkAs) -> None:
    def act(wording: Wording) -> Callable[[], object]:
        def run() -> object:
            with work_as("esi") as work:
                return publish(work, wording)

        return run

    given = at_once(act(WORDS), act(OTHER))
    assert sorted(type(each).__name__ for each in given) == ["Overtaken", "UUID"]
    with work_as("esi") as work:
        with pytest.raises(Overtaken, match="Esi Owusu published other words"):
            publish(work, replace(WORDS, title="A third"))
        publish(work, replace(WORDS, title="A third"), seen=1)
        assert [row.number for row in letter_wordings.versions(work, of(work))] == [2, 1]


def test_what_was_published_is_written_once_and_leaves_a_trace(work_as: WorkAs, edge: Edge) -> None:
    with work_as("esi") as work:
        key = publish(work)
        entry = work.db.scalars(select(AuditEntry).where(AuditEntry.action == "wording.published")).one()
        facts = json.loads(entry.text)
        assert (facts["letter"], facts["language"], facts["version"]) == ("acknowledgement", "en", "1")
        assert facts["wording"] == str(key)
    for change in (update(LetterWording).values(text="x"), text("DELETE FROM letter_wordings")):
        with pytest.raises(DatabaseError, match="written once"), edge.sessions() as db, db.begin():
            db.execute(change)


@pytest.mark.usefixtures("sqlite_only")
def test_only_the_administrator_reads_or_writes_the_words(work_as: WorkAs) -> None:
    for who in ("dov", "femi", "amina"):
        with work_as(who) as work:
            with pytest.raises(NotAllowed):
                letter_wordings.overview(work, work.profile)
            for hidden in (lambda w=work: letter_wordings.under(w, "ca-bc"), lambda w=work: of(w)):
                with pytest.raises(NotFound):
                    hidden()
        with pytest.raises(NotAllowed), work_as(who) as work:
            letter_wordings.publish(work, WordedLetter(ACK, work.profile, "en"), 0, WORDS, "It was too long.")
    with work_as("esi", writes=False) as work:
        for name, tongue in (("request", "en"), ("acknowledgement", "de"), ("consent_notice", "fr")):
            with pytest.raises(NotFound):
                letter_wordings.there(work, name, "ca-bc", tongue)
        with pytest.raises(NotFound):
            letter_wordings.version(work, of(work), 1)
        lines = letter_wordings.overview(work, work.profile)
        assert {line.of.kind for line in lines} == set(OUTLINES)
        assert all(line.newest is None and line.fits for line in lines)


def test_a_moment_before_it_was_published_the_words_were_others(work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("esi") as work:
        publish(work)
        at = work.now
        assert letter_wordings.for_letters(work, work.profile, at - timedelta(seconds=1))(ACK) is None
        assert letter_wordings.for_letters(work, work.profile, at)(ACK) is not None


# A wording belongs to one law.

HARDER = """
[[extension_letter_parts]]
id = "contact_name"
words = "who answers questions"
letters = ["acknowledgement"]
citation = "made up"
source = "HOUSE"
as_of = 2026-11-22
verified = "U"
"""


@pytest.fixture
def two_laws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Beside British Columbia a made-up place whose law wants more of one letter, and knows no notice."""
    with as_file(jurisdictions.FOLDER) as real:
        shutil.copytree(real, tmp_path / "laws")
    bc = (tmp_path / "laws" / "ca-bc.toml").read_text("utf-8")
    other = bc.replace('id = "ca-bc"', 'id = "xx-zz"', 1).replace('name = "British Columbia"', 'name = "Elsewhere"', 1)
    other = other.replace("[disclosures.notice]", "[disclosures.not_known]", 1) + HARDER
    (tmp_path / "laws" / "xx-zz.toml").write_text(other, "utf-8")
    cached = (jurisdictions.known, jurisdictions.profile)
    monkeypatch.setattr(jurisdictions, "FOLDER", tmp_path / "laws")
    for each in cached:
        each.cache_clear()
    yield
    for each in cached:
        each.cache_clear()


@pytest.mark.usefixtures("two_laws")
def test_a_letter_takes_the_words_for_the_law_of_its_case_and_never_anothers(work_as: WorkAs) -> None:
    here, there = stages.sent(work_as), stages.sent(work_as, "cora")
    with work_as("system") as work:
        access_requests.find(work, there).jurisdiction = "xx-zz"

    def titles() -> tuple[str, str]:
        with work_as("dov", writes=False) as work:
            cases = (access_requests.find(work, each) for each in (here, there))
            one, other = (letters.draft(work, case, "acknowledgement").title for case in cases)
            return one, other

    ours = titles()[0]
    with work_as("esi") as work:
        publish(work)
    assert titles() == ("Good to hear from you", ours)
    with work_as("esi") as work:
        publish(work, OTHER, law="xx-zz")  # the first version there, though British Columbia has one
    assert titles() == ("Good to hear from you", "We have it")
    with work_as("esi", writes=False) as work:
        found = [letter_wordings.versions(work, of(work, law=law)) for law in ("ca-bc", "xx-zz")]
        assert [[(row.number, row.title) for row in rows] for rows in found] == [
            [(1, "Good to hear from you")],
            [(1, "We have it")],
        ]


@pytest.mark.usefixtures("two_laws", "sqlite_only")
def test_what_a_law_asks_for_is_held_against_its_own_letters(work_as: WorkAs) -> None:
    short = replace(WORDS, text=WORDS.text.replace("{who-answers}", ""))
    with work_as("esi") as work:
        assert [law.id for law in letter_wordings.laws(work)] == ["ca-bc", "xx-zz"]
        with pytest.raises(NotPossible, match="who answers questions.*{who-answers}"):
            publish(work, short, law="xx-zz")
        publish(work, short)
        one, other = (letter_wordings.overview(work, law) for law in letter_wordings.laws(work))
        assert [line.of.law.id for line in one if line.newest] == ["ca-bc"]
        assert not [line for line in other if line.newest]
        with pytest.raises(NotFound):  # that law knows no notice, so no letter of the kind is written there
            of(work, LetterKind.DISCLOSURE_NOTICE, law="xx-zz")
        assert {line.of.kind for line in one} - {line.of.kind for line in other} == {LetterKind.DISCLOSURE_NOTICE}
        with pytest.raises(NotFound):
            letter_wordings.under(work, "ca-on")


@pytest.mark.usefixtures("two_laws", "sqlite_only")
def test_what_was_looked_at_under_one_law_is_not_published_under_another(work_as: WorkAs) -> None:
    with work_as("esi") as work:
        digests = {letter_wordings.shown_digest(of(work, law=law), 0, WORDS) for law in ("ca-bc", "xx-zz")}
        assert len(digests) == 2


def test_the_overview_reads_the_newest_version_of_each_letter_alone(work_as: WorkAs, clock: Clockwork) -> None:
    with work_as("esi") as work:
        publish(work)
        publish(work, tongue="fr")
        for seen in range(1, 6):
            clock.move(minutes=1)
            publish(work, replace(WORDS, title=f"Version {seen + 1}"), seen)
    read_here: list[int] = []
    with work_as("esi", writes=False) as work:

        def note(row: LetterWording, _context: Any) -> None:
            read_here.append(row.number)

        event.listen(LetterWording, "load", note)
        try:
            lines = [each for each in letter_wordings.overview(work, work.profile) if each.newest]
        finally:
            event.remove(LetterWording, "load", note)
        assert sorted((each.of.language, each.newest.number) for each in lines if each.newest) == [("en", 6), ("fr", 1)]
    assert sorted(read_here) == [1, 6], "the text of what was replaced is not read"
