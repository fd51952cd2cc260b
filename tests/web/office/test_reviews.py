"""The review on the page: an entry at a time, three choices, and a signature under all of them."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.domain.access_requests import Stage
from portal.domain.record_items import Enclosure, Paragraph
from portal.domain.reviews import Decision
from portal.domain.wishes import Scope
from portal.edges import Edge
from portal.models.audit import AuditEntry
from portal.models.cases import CaseEvent
from portal.services import access_requests, judgements, questions, review_items
from portal.services.judgements import Place, Reasoning
from portal.services.review_items import Opened
from portal.web.office import review_list
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import FACTS, PASSWORD, WorkAs, gathering, referred, signed
from tests.web.patient.stages import EVERYTHING

Clients = Callable[[str], ReadingClient]
WHOLE = "Every sentence of it names her sister and what she said."
SEVER = {"decision": "sever", "ground": "other_person", "facts": FACTS}
WITHHOLD = {"decision": "withhold", "ground": "other_person", "facts": FACTS, "why_not_severing": WHOLE}
HARM = {
    "decision": "withhold",
    "ground": "harm_other",
    "who_at_risk": "other",
    "what_harm": "Her brother may beat their mother again, as he did in March.",
    "facts": "On 3 May 2026 the mother rang in tears: her son broke her wrist in March and reads his sister's mail.",
    "link": "The note names the mother as the caller. He opens the post, so he would learn who spoke to us.",
    "why_not_severing": "Every line of this telephone note is about the call; nothing would be left.",
    "lesser_step": "We thought of reading it together at the clinic, but the patient asked for a copy at home.",
}


def address(reference: str, key: object = "") -> str:
    return f"/office/cases/{reference}/review" + (f"/{key}" if key else "")


def places(work_as: WorkAs, reference: str) -> list[Place]:
    with work_as("femi", writes=False) as work:
        return judgements.places(work, access_requests.find(work, reference))


def entry(work_as: WorkAs, reference: str, title: str) -> Opened:
    with work_as("femi", writes=False) as work:
        request = access_requests.find(work, reference)
        line = next(line for line in review_items.lines(work, request) if line.title.startswith(title))
        found = review_items.open_item(work, request, line.id)
        work.afterwards.clear()
        return found


def stage(work_as: WorkAs, reference: str) -> str:
    with work_as("femi", writes=False) as work:
        return access_requests.find(work, reference).stage


def html(response: TestResponse) -> str:
    return unescape(response.get_data(as_text=True))


def where(response: TestResponse) -> str:
    assert response.status_code in (302, 303), response.status_code
    return response.location.partition("#")[0]


# Looking


def test_the_review_opens_at_the_first_entry_without_a_decision(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    femi, (first, second, *_rest) = client_of("femi"), places(work_as, reference)
    assert where(femi.get(address(reference))) == address(reference, first.id)
    femi.post(address(reference, first.id), data={"decision": "release", "go": "next"})
    assert where(femi.get(address(reference))) == address(reference, second.id)


def test_an_entry_is_shown_with_its_list_and_three_choices(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    found = entry(work_as, reference, "Progress note, consultation")
    page = client_of("femi").get(address(reference, found.line.id))
    words = text_of(page)
    for told in (
        found.item.title,
        "What becomes of this entry?",
        "Release",
        "Sever a passage",
        "Withhold",
        "0 of 27 looked at",
        "Save and stop",
        "Release all remaining 27",
        "Visits and notes",
        "Photographs",
    ):
        assert told in words, told
    passage = next(block.text for block in found.item.blocks if isinstance(block, Paragraph))
    assert " ".join(passage.split()) in words


def test_the_keys_come_from_a_script_of_this_page_alone(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    femi, (first, *_rest) = client_of("femi"), places(work_as, reference)
    page = html(femi.get(address(reference, first.id)))
    assert re.search(r'<script type="module" src="/static/js/review.js" nonce="[^"]+">', page)
    assert "review.js" not in html(femi.get(f"/office/cases/{reference}"))
    for key in "rsw":
        assert f"<kbd hidden>{key}</kbd>" in page  # shown by the script that listens to it
    assert "Turn the keys off" in page


def test_an_entry_that_may_tell_about_somebody_else_says_so(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as, "amina")
    flagged = next(place for place in places(work_as, reference) if place.flagged)
    page = text_of(client_of("femi").get(address(reference, flagged.id)))
    assert "Look twice:" in page
    assert "Samira Haddad (Sister)" in page


def test_opening_an_entry_leaves_a_trace(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    client_of("femi").get(address(reference, places(work_as, reference)[0].id))
    with work_as("operator", writes=False) as work:
        read = work.db.scalars(select(AuditEntry.text).where(AuditEntry.action == "record.read")).all()
        assert len(read) == 1
        assert reference in read[0]


def test_of_a_long_record_only_the_kind_that_is_read_is_opened(
    client_of: Clients, work_as: WorkAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = referred(work_as)
    femi, listed = client_of("femi"), places(work_as, reference)
    results = [place for place in listed if place.category == "results"]
    whole = html(femi.get(address(reference, results[0].id)))
    assert all(str(place.id) in whole for place in listed)
    monkeypatch.setattr(review_list, "MOST_OPENED", 5)
    short = html(femi.get(address(reference, results[0].id)))
    assert all(str(place.id) in short for place in results)
    assert f"{sum(place.category == 'encounters' for place in listed)} entries to decide" in short
    assert sum(str(place.id) in short for place in listed) < len(listed) - 5


@pytest.mark.parametrize(("name", "status"), [("dov", 403), ("esi", 403), ("lena", 404), ("mei", 404)])
def test_nobody_else_reaches_an_entry(client_of: Clients, work_as: WorkAs, name: str, status: int) -> None:
    reference = referred(work_as)
    key, client = places(work_as, reference)[0].id, client_of(name)
    assert client.get(address(reference, key)).status_code == status
    assert client.post(address(reference, key), data={"decision": "release"}).status_code == status
    for more in ("release-remaining", "sign", "send-back"):
        assert client.get(f"{address(reference)}/{more}").status_code == status


def test_an_entry_of_another_request_is_not_found(client_of: Clients, work_as: WorkAs) -> None:
    mine, other = referred(work_as, "mei"), referred(work_as, "amina")
    foreign = places(work_as, other)[0].id
    assert client_of("femi").get(address(mine, foreign)).status_code == 404


# Files


def picture_of(work_as: WorkAs, reference: str, title: str) -> tuple[object, str]:
    found = entry(work_as, reference, title)
    return found.line.id, next(block.file for block in found.item.blocks if isinstance(block, Enclosure))


def test_a_picture_is_shown_to_the_reviewer_and_cannot_do_anything_else(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    key, file = picture_of(work_as, reference, "Right elbow crease")
    femi = client_of("femi")
    assert f'<img class="p-blocks__picture" src="{address(reference, key)}/files/{file}"' in html(
        femi.get(address(reference, key))
    )
    shown = femi.get(f"{address(reference, key)}/files/{file}")
    assert shown.status_code == 200
    assert shown.content_type == "image/jpeg"
    assert shown.headers["Content-Disposition"].startswith("inline;")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert "no-store" in shown.headers["Cache-Control"]
    assert shown.get_data().startswith(b"\xff\xd8\xff")


def test_a_pdf_is_handed_over_and_not_shown(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as, "amina")
    key, file = picture_of(work_as, reference, "Letter to the family doctor")
    got = client_of("femi").get(f"{address(reference, key)}/files/{file}")
    assert got.content_type == "application/pdf"
    assert got.headers["Content-Disposition"].startswith("attachment;")


def test_a_file_is_for_the_reviewer_through_its_own_entry(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    key, file = picture_of(work_as, reference, "Right elbow crease")
    elsewhere = places(work_as, reference)[0].id
    assert client_of("femi").get(f"{address(reference, elsewhere)}/files/{file}").status_code == 404
    for name, status in (("dov", 403), ("lena", 404), ("mei", 404)):
        assert client_of(name).get(f"{address(reference, key)}/files/{file}").status_code == status


# Deciding


def test_saving_leads_to_the_next_entry_and_after_the_last_to_the_signature(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    femi, listed = client_of("femi"), places(work_as, reference)
    release = {"decision": "release", "go": "next"}
    assert where(femi.post(address(reference, listed[-1].id), data=release)) == address(reference, listed[0].id)
    for place, after in pairwise(listed[:-1]):
        assert where(femi.post(address(reference, place.id), data=release)) == address(reference, after.id)
    assert where(femi.post(address(reference, listed[-2].id), data=release)) == f"{address(reference)}/sign"


def test_what_was_typed_is_kept_when_more_is_asked_and_the_entry_is_left_by_release_all(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    femi, (first, *rest) = client_of("femi"), places(work_as, reference)
    half = {**HARM, "what_harm": "Her brother beats their mother.", "facts": "", "ground": "harm_other", "go": "next"}
    assert femi.post(address(reference, first.id), data=half).status_code == 422
    again = html(femi.get(address(reference, first.id)))
    assert "Her brother beats their mother." in again
    assert "Not decided yet" in again
    asked = text_of(femi.get(f"{address(reference)}/release-remaining"))
    assert "You began to withhold this entry, and something was still missing." in asked
    assert re.search(r"You opened 0 of these \d+ entries\.", asked)
    femi.post(f"{address(reference)}/release-remaining")
    after = {place.id: place for place in places(work_as, reference)}
    assert (after[first.id].decision, after[first.id].begun) == (None, Decision.WITHHOLD)
    assert any(after[place.id].decision is Decision.RELEASE for place in rest)
    femi.post(address(reference, first.id), data={"decision": "release", "go": "next"})
    assert places(work_as, reference)[0].begun is None


def test_a_choice_without_a_ground_is_remembered_and_a_made_up_ground_is_not(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    femi, (first, *_rest) = client_of("femi"), places(work_as, reference)
    for ground in ("", "no such ground" * 20):
        data = {"decision": "sever", "quotes": "her sister", "ground": ground, "go": "stop"}
        assert femi.post(address(reference, first.id), data=data).status_code == 422
        there = places(work_as, reference)[0]
        assert (there.decision, there.begun) == (None, Decision.SEVER)
        assert "her sister</textarea>" in html(femi.get(address(reference, first.id)))


def test_a_review_is_left_midway_and_taken_up_again(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    femi, (first, second, *_rest) = client_of("femi"), places(work_as, reference)
    left = femi.post(address(reference, first.id), data={**WITHHOLD, "go": "stop"})
    assert where(left) == f"/office/cases/{reference}"
    assert "1 of 27 entries are looked at" in text_of(femi.get(left.location))
    assert where(femi.get(address(reference))) == address(reference, second.id)
    assert where(femi.post(address(reference, second.id), data={"go": "stop"})) == f"/office/cases/{reference}"
    kept = html(femi.get(address(reference, first.id)))
    assert FACTS in kept
    assert re.search(r'value="withhold"[^>]* checked', kept)


def test_a_severed_entry_is_shown_as_the_patient_will_read_it(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    found = entry(work_as, reference, "Progress note, urgent visit")
    place, passage = next((n, b) for n, b in enumerate(found.item.blocks) if isinstance(b, Paragraph))
    femi, here = client_of("femi"), address(reference, found.line.id)
    sent = femi.post(here, data={**SEVER, "passages": [f"b{place}"], "quotes": "urgent\n\n", "go": "look"})
    assert where(sent) == here
    page = html(femi.get(here))
    shown = page[page.index("What the patient will read") : page.index("Tick what you take out")]
    assert "Taken out." in shown
    assert "This part tells about another person" in shown
    assert passage.text[:40] not in shown
    assert "urgent" not in shown.casefold()
    assert re.search(rf'value="b{place}" checked', page)
    assert ">urgent</textarea>" in page


def test_everything_that_is_missing_is_named_at_once_and_everything_typed_is_kept(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    found = entry(work_as, reference, "Progress note, urgent visit")
    half = {"decision": "withhold", "ground": "harm_other", "link": HARM["link"], "explanation": "Come and see me."}
    answer = client_of("femi").post(address(reference, found.line.id), data=half)
    assert answer.status_code == 422
    page = html(answer)
    for asked, name in (
        ("Say who is at risk", "who_at_risk"),
        ("Say what harm you expect", "what_harm"),
        ("Say what happened or what you saw", "facts"),
        ("Say why taking out passages is not enough", "why_not_severing"),
        ("Say which lesser step you considered", "lesser_step"),
    ):
        assert re.search(rf'<a href="#{name}">{asked}', page), name
        assert f'id="{name}-error"' in page
    assert HARM["link"] in page
    assert "Come and see me." in page
    assert re.search(r'value="harm_other"[^>]* checked', page)
    assert places(work_as, reference)[0].decision is None


def test_ticks_and_words_are_kept_when_something_has_to_be_put_right(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    found = entry(work_as, reference, "Progress note, urgent visit")
    wrong = {**SEVER, "passages": ["b0", "b1"], "quotes": "her uncle in Perth", "facts": "Her uncle's own illness."}
    answer = client_of("femi").post(address(reference, found.line.id), data=wrong)
    assert answer.status_code == 422
    page = html(answer)
    assert "“her uncle in Perth” does not stand in this entry" in page
    assert page.count('name="passages" value="b0" checked') == page.count('name="passages" value="b1" checked') == 1
    assert ">her uncle in Perth</textarea>" in page


@pytest.mark.parametrize(
    ("wrong", "field", "told"),
    [
        ({"decision": ""}, "decision", "Choose what becomes of this entry"),
        ({**WITHHOLD, "ground": ""}, "ground", "Choose the lawful ground"),
        ({**WITHHOLD, "ground": "commercial"}, "ground", "Choose one of the answers"),
        ({**WITHHOLD, "facts": "It would reveal information about another person."}, "facts", "only repeats"),
        ({**WITHHOLD, "why_not_severing": ""}, "why_not_severing", "Part of this .* could be given"),
        (HARM | {"who_at_risk": "requester"}, "who_at_risk", "you say that the patient is at risk"),
        (SEVER, "passages", "Mark at least one passage"),
        ({**SEVER, "passages": "b99"}, "passages", "not in this entry"),
    ],
)
def test_what_the_law_asks_for_is_asked_for(
    client_of: Clients, work_as: WorkAs, wrong: dict[str, str], field: str, told: str
) -> None:
    reference = referred(work_as)
    key = places(work_as, reference)[0].id
    answer = client_of("femi").post(address(reference, key), data=wrong)
    assert answer.status_code == 422
    assert re.search(rf'<a href="#{field}">[^<]*{told}', html(answer))
    assert places(work_as, reference)[0].decision is None


def test_a_file_that_stays_must_have_been_looked_at(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    found = entry(work_as, reference, "Right elbow crease")
    femi, here = client_of("femi"), address(reference, found.line.id)
    answer = femi.post(here, data={**SEVER, "passages": "b0"})
    assert answer.status_code == 422
    assert '<a href="#files_looked_at">' in html(answer)
    assert femi.post(here, data={**SEVER, "passages": "b0", "files_looked_at": "yes"}).status_code == 303


def test_a_release_leaves_out_of_account_what_was_filled_in_for_another_choice(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    femi, (first, *_rest) = client_of("femi"), places(work_as, reference)
    femi.post(address(reference, first.id), data=WITHHOLD)
    changed = {**WITHHOLD, "passages": "b0", "decision": "release"}
    assert femi.post(address(reference, first.id), data=changed).status_code == 303
    assert places(work_as, reference)[0].decision == Decision.RELEASE
    with work_as("femi", writes=False) as work:
        request = access_requests.find(work, reference)
        assert review_items.open_item(work, request, first.id).reasoning == Reasoning()


# The end


def test_a_plain_record_takes_three_clicks_to_the_signature(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    femi, clicks = client_of("femi"), 0
    case = html(femi.get(f"/office/cases/{reference}"))
    review = re.search(r'<a [^>]*href="([^"]+)"[^>]*>Review the record<', case)
    assert review
    page, clicks = femi.get(review[1], follow_redirects=True), clicks + 1
    together = re.search(r'<a [^>]*href="([^"]+)"[^>]*>Release all remaining', html(page))
    assert together
    confirm, clicks = femi.get(together[1]), clicks + 1
    assert "27 entries will be released as they are" in text_of(confirm)
    assert re.search(r"<button [^>]*type=\"submit\"[^>]*>Release 27 entries<", html(confirm))
    signature, clicks = femi.post(together[1], follow_redirects=True), clicks + 1
    assert signature.request.path == f"{address(reference)}/sign"
    assert "Sign the review" in text_of(signature)
    assert "The request ends: released in full." in text_of(signature)
    assert clicks <= 3


def test_flagged_entries_are_named_and_left_for_a_look(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as, "amina")
    femi, flagged = client_of("femi"), [place for place in places(work_as, reference) if place.flagged]
    page = femi.get(f"{address(reference)}/release-remaining")
    assert f"{len(flagged)} entries need your look first" in text_of(page)
    assert all(f"{address(reference)}/{place.id}" in html(page) for place in flagged)
    done = femi.post(f"{address(reference)}/release-remaining")
    assert where(done) == address(reference)
    assert where(femi.get(address(reference))) == address(reference, flagged[0].id)
    assert [place.id for place in places(work_as, reference) if place.decision is None] == [p.id for p in flagged]


def test_the_signature_waits_until_every_entry_is_decided(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    femi, key = client_of("femi"), places(work_as, reference)[0].id
    assert femi.get(f"{address(reference)}/sign").status_code == 409
    assert re.search(r'<button [^>]*aria-disabled="true"[^>]*>Sign<', html(femi.get(address(reference, key))))
    femi.post(f"{address(reference)}/release-remaining")
    assert re.search(rf'href="{address(reference)}/sign"', html(femi.get(address(reference, key))))


def all_decided(client_of: Clients, work_as: WorkAs) -> tuple[ReadingClient, str, str]:
    """One entry withheld, the rest released; gives the fingerprint on the page."""
    reference = referred(work_as)
    femi = client_of("femi")
    femi.post(address(reference, places(work_as, reference)[0].id), data=WITHHOLD)
    femi.post(f"{address(reference)}/release-remaining")
    page = femi.get(f"{address(reference)}/sign")
    words = text_of(page)
    for told in ("26 released", "0 severed", "1 withheld", "It tells about another person", "PIPA s.23(4)(c)"):
        assert told in words, told
    assert "The request ends: released in part." in words
    shown = re.search(r'name="shown" type="hidden" value="(\w+)"', html(page))
    assert shown
    return femi, reference, shown[1]


def test_the_physician_signs_with_her_password(client_of: Clients, work_as: WorkAs) -> None:
    femi, reference, shown = all_decided(client_of, work_as)
    wrong = femi.post(f"{address(reference)}/sign", data={"shown": shown, "proof": "not it"})
    assert wrong.status_code == 422
    assert stage(work_as, reference) == Stage.IN_REVIEW
    right = femi.post(f"{address(reference)}/sign", data={"shown": shown, "proof": PASSWORD})
    assert where(right) == f"/office/cases/{reference}"
    assert stage(work_as, reference) == Stage.DECIDING


def test_a_signature_is_for_what_was_shown(client_of: Clients, work_as: WorkAs) -> None:
    femi, reference, shown = all_decided(client_of, work_as)
    femi.post(address(reference, places(work_as, reference)[1].id), data=WITHHOLD)
    late = femi.post(f"{address(reference)}/sign", data={"shown": shown, "proof": PASSWORD})
    assert late.status_code == 409
    assert "changed since you looked" in text_of(late)
    assert stage(work_as, reference) == Stage.IN_REVIEW


def test_entries_that_still_say_what_was_taken_out_are_named_before_signing(
    client_of: Clients, work_as: WorkAs
) -> None:
    reference = referred(work_as)
    found = entry(work_as, reference, "Progress note, urgent visit")
    femi = client_of("femi")
    femi.post(address(reference, found.line.id), data={**SEVER, "quotes": "Femi Adeyemi"})
    femi.post(f"{address(reference)}/release-remaining")
    assert "still say words you took out of another one" in text_of(femi.get(f"{address(reference)}/sign"))


def test_after_signing_the_review_can_be_read_and_not_changed(client_of: Clients, work_as: WorkAs) -> None:
    reference = signed(work_as, withheld=1)
    femi, key = client_of("femi"), places(work_as, reference)[0].id
    page = femi.get(address(reference, key))
    assert page.status_code == 200
    assert "The entry is withheld." in text_of(page)
    assert 'id="judgement"' not in html(page)
    assert "Save and next" not in text_of(page)
    for more in (f"/{key}", "/release-remaining"):
        assert femi.post(address(reference) + more, data={"decision": "release"}).status_code == 409
    for more in ("release-remaining", "sign", "send-back"):
        assert femi.get(f"{address(reference)}/{more}").status_code == 409
    assert places(work_as, reference)[0].decision == Decision.WITHHOLD


def test_a_request_goes_back_to_the_front_office_with_what_is_missing(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    femi = client_of("femi")
    assert femi.post(f"{address(reference)}/send-back", data={"note": ""}).status_code == 422
    sent = femi.post(f"{address(reference)}/send-back", data={"note": "The letter of the allergy clinic is missing."})
    assert where(sent) == f"/office/cases/{reference}"
    assert stage(work_as, reference) == Stage.GATHERING
    assert "The letter of the allergy clinic is missing." in text_of(client_of("dov").get(sent.location))
    with work_as("dov", writes=False) as work:
        events = work.db.scalars(select(CaseEvent.event).order_by(CaseEvent.at)).all()
        assert "send_back" in events


# Grounds that the law allows and does not demand


def test_a_further_ground_is_offered_apart_and_asks_why_it_weighs_more(
    app: Flask, edge: Edge, client_of: Clients, work_as: WorkAs
) -> None:
    app.extensions["portal"] = replace(edge, clinic=replace(edge.clinic, further_grounds=("privilege",)))
    reference = referred(work_as)
    key = places(work_as, reference)[0].id
    femi = client_of("femi")
    page = html(femi.get(address(reference, key)))
    assert page.index('value="confidential_source"') < page.index("Further grounds") < page.index('value="privilege"')
    assert "The law allows these and does not demand them." in page
    data = {
        "decision": "withhold",
        "ground": "privilege",
        "facts": "Our lawyer's letter of 4 April about the laser burn.",
        "why_not_severing": "The whole letter is her answer to us.",
        "go": "next",
    }
    answer = femi.post(address(reference, key), data=data)
    assert answer.status_code == 422
    assert '<a href="#balance">' in html(answer)
    weighed = {**data, "balance": "The lawsuit is open, and the letter says how we mean to answer it."}
    assert femi.post(address(reference, key), data=weighed).status_code == 303
    assert places(work_as, reference)[0].decision is Decision.WITHHOLD
    assert weighed["balance"] in html(femi.get(address(reference, key)))


def test_without_the_setting_only_what_the_law_demands_is_offered(client_of: Clients, work_as: WorkAs) -> None:
    reference = referred(work_as)
    page = html(client_of("femi").get(address(reference, places(work_as, reference)[0].id)))
    assert 'value="harm_other"' in page
    assert "Further grounds" not in page
    assert 'name="balance"' not in page


def test_the_physician_reads_what_was_asked_for_and_what_was_answered(client_of: Clients, work_as: WorkAs) -> None:
    reference = gathering(work_as, "mei", replace(EVERYTHING, scope=Scope.OWN_WORDS, words="Only about my eczema"))
    with work_as("dov") as work:
        questions.ask(work, access_requests.find(work, reference), "Do you want the photographs too?")
    with work_as("mei") as work:
        questions.answer(work, access_requests.find(work, reference), "Yes, all of them.")
    with work_as("dov") as work:
        access_requests.refer(work, access_requests.find(work, reference))
    page = text_of(client_of("femi").get(address(reference), follow_redirects=True))
    assert "Asked for: Only about my eczema" in page
    assert "We asked: “Do you want the photographs too?” The answer: “Yes, all of them.”" in page
