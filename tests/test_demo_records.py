"""The demo clinic's own people and records: made for this project, true to FHIR R4 and to one another."""

import base64
import io
import json
import re
from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from PIL import Image

from portal.demo import people
from portal.demo.make_records import MADE, PATIENTS, RECORDS, as_text, record
from portal.demo.making import scenes
from portal.demo.making.dice import Dice
from portal.demo.making.pdf import letter
from portal.domain.access_requests import Channel, Delivery, Mode
from portal.domain.actors import Role
from portal.domain.wishes import Scope

Resource = dict[str, Any]
OWNERS = sorted(PATIENTS)


def text_of(owner: str) -> str:
    return (RECORDS / f"{owner}.json").read_text(encoding="utf-8")


def resources(owner: str, kind: str = "") -> list[Resource]:
    entries = json.loads(text_of(owner))["entry"]
    return [e["resource"] for e in entries if kind in ("", e["resource"]["resourceType"])]


def attachments(owner: str, media_type: str) -> list[tuple[str, bytes]]:
    """Title and bytes of every inline file of that kind, wherever it stands."""
    found: list[tuple[str, bytes]] = []

    def walk(value: object) -> None:
        if isinstance(value, dict):
            if str(value.get("contentType", "")).startswith(media_type) and "data" in value:
                found.append((value["title"], base64.b64decode(value["data"], validate=True)))
            for inner in value.values():
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(resources(owner))
    return found


def without_drawings(value: Any) -> Any:
    """Everything but the bytes that depend on the version of the drawing library."""
    if isinstance(value, dict):
        drawn = value.get("contentType") in ("image/jpeg", "image/png") or "Cedar Strait" in value.get("title", "")
        hidden = ("data", "size") if drawn and "contentType" in value else ()
        return {k: without_drawings(v) for k, v in value.items() if k not in hidden}
    return [without_drawings(v) for v in value] if isinstance(value, list) else value


def written(owner: str) -> str:
    """All running text of a bundle: notes, remarks, calls and letters."""
    plain = [data.decode() for _, data in attachments(owner, "text/plain")]
    calls = [p["contentString"] for r in resources(owner, "Communication") for p in r["payload"]]
    remarks = [r["text"]["div"] for r in resources(owner, "Encounter") if "text" in r]
    return "\n\n".join([*plain, *calls, *remarks])


@pytest.mark.parametrize("owner", OWNERS)
def test_the_stories_give_the_records_that_ship(owner: str) -> None:
    again = json.loads(as_text(record(owner, draw=False)))
    assert without_drawings(again) == without_drawings(json.loads(text_of(owner)))


@pytest.mark.parametrize(("owner", "least", "most"), [("amina", 150, 190), ("mei", 28, 40), ("cora", 18, 24)])
def test_each_record_has_its_promised_length_and_stays_small(owner: str, least: int, most: int) -> None:
    assert least <= len(resources(owner)) <= most
    assert len(text_of(owner).encode()) < 2_000_000


@pytest.mark.parametrize("owner", OWNERS)
def test_every_id_is_there_once_and_every_reference_leads_somewhere(owner: str) -> None:
    bundle = json.loads(text_of(owner))
    names = [entry["fullUrl"] for entry in bundle["entry"]]
    relative = {f"{e['resource']['resourceType']}/{e['resource']['id']}" for e in bundle["entry"]}
    assert len(set(names)) == len(names) == len(relative)
    wanted = set(re.findall(r'"reference": "([^"]+)"', text_of(owner)))
    assert wanted
    assert wanted <= set(names) | relative


def test_the_bundles_come_in_two_kinds() -> None:
    kinds = {owner: json.loads(text_of(owner))["type"] for owner in OWNERS}
    assert kinds == {"amina": "transaction", "cora": "collection", "mei": "collection"}
    assert all(e["request"]["method"] == "POST" for e in json.loads(text_of("amina"))["entry"])


@pytest.mark.parametrize("owner", OWNERS)
def test_the_bundle_is_about_the_person_who_signs_in(owner: str) -> None:
    (patient,) = resources(owner, "Patient")
    who = people.person(PATIENTS[owner][0])
    assert who.record == f"{owner}.json"
    assert patient["name"][0]["family"] == who.family_name
    assert patient["birthDate"] == str(who.birth_date)
    assert who.patient_number in [number["value"] for number in patient["identifier"]]
    assert who.email in [line["value"] for line in patient["telecom"]]
    assert patient["address"][0]["city"] in who.address


def test_amina_has_what_a_reviewer_must_think_about() -> None:
    by_kind = Counter(r["resourceType"] for r in resources("amina"))
    assert by_kind["DocumentReference"] >= 20
    assert by_kind["Media"] >= 10
    assert {"FamilyMemberHistory", "RelatedPerson", "Claim", "Coverage", "CarePlan", "Composition"} <= set(by_kind)
    restricted = [r for r in resources("amina", "DocumentReference") if "securityLabel" in r]
    words = {r["id"]: base64.b64decode(r["content"][0]["attachment"]["data"]) for r in restricted}
    (sister,) = [r for r in restricted if "related" in r.get("context", {})]
    assert "Samira" in sister["context"]["related"][0]["display"]
    assert "sister" not in sister["description"].casefold()
    assert sum(b"Samira" in text for text in words.values()) == 1
    assert any(b"safety at serious risk" in text for text in words.values())
    assert any(text.startswith(b"%PDF") for text in words.values()), "the insurer's report"


def test_the_sisters_note_can_be_severed_paragraph_by_paragraph() -> None:
    (note,) = [text for _, text in attachments("amina", "text/plain") if b"Samira" in text]
    paragraphs = note.decode().split("\n\n")
    assert any("Samira" in p for p in paragraphs)
    assert any("Amina" in p and "Samira" not in p and "sister" not in p for p in paragraphs)


def test_the_sister_is_named_nowhere_else() -> None:
    elsewhere = [
        r
        for r in resources("amina")
        if r["resourceType"] != "RelatedPerson" and "Samira" in json.dumps(r, ensure_ascii=False)
    ]
    assert [r["resourceType"] for r in elsewhere] == ["DocumentReference"]


def test_no_sentence_is_said_twice_in_the_notes() -> None:
    said = re.split(r"(?<=[.?!])\s+", "\n".join(written(owner) for owner in OWNERS))
    long = Counter(s for s in (" ".join(one.split()) for one in said) if len(s) > 30)
    assert len(long) > 300
    assert [sentence for sentence, times in long.items() if times > 1] == []


def test_notes_differ_in_length_from_three_lines_to_a_page() -> None:
    lengths = sorted(len(data.decode().split()) for _, data in attachments("amina", "text/plain"))
    assert lengths[0] < 80
    assert lengths[-1] > 350


@pytest.mark.parametrize("owner", OWNERS)
def test_every_measured_number_has_a_unit_and_is_judged_by_its_range(owner: str) -> None:
    judged = 0
    for observation in resources(owner, "Observation"):
        for part in [observation, *observation.get("component", [])]:
            value = part.get("valueQuantity")
            if not value:
                continue
            assert value["unit"], part["code"]["text"]
            for ends in part.get("referenceRange", []):
                low, high = (ends.get(end, {"value": value["value"]})["value"] for end in ("low", "high"))
                right = "L" if value["value"] < low else "H" if value["value"] > high else "N"
                assert part["interpretation"][0]["coding"][0]["code"] == right, part["code"]["text"]
                judged += 1
    assert judged >= {"amina": 20, "mei": 2, "cora": 0}[owner]


def test_a_liver_test_above_its_range_says_so() -> None:
    high = [
        (o["code"]["text"], o["valueQuantity"]["value"])
        for o in resources("amina", "Observation")
        if o.get("interpretation", [{}])[0].get("coding", [{}])[0].get("code") == "H"
    ]
    assert ("Alanine aminotransferase (ALT)", 71) in high


@pytest.mark.parametrize("owner", OWNERS)
def test_nothing_happens_before_birth_or_after_the_record_was_made(owner: str) -> None:
    born = people.person(PATIENTS[owner][0]).birth_date
    days = {date.fromisoformat(found) for found in re.findall(r'": "(\d{4}-\d\d-\d\d)', text_of(owner))}
    assert born is not None
    assert born <= min(days)
    assert max(days) <= datetime.fromisoformat(MADE).date()


@pytest.mark.parametrize(
    ("day", "offset"),
    [("2018-03-21", "-07:00"), ("2021-01-13", "-08:00"), ("2026-01-14", "-08:00"), ("2026-09-30", "-07:00")],
)
def test_times_carry_the_clock_of_british_columbia(day: str, offset: str) -> None:
    starts = [e["period"]["start"] for e in resources("amina", "Encounter") if e["period"]["start"].startswith(day)]
    assert starts
    assert all(start.endswith(offset) for start in starts)


@pytest.mark.parametrize("owner", OWNERS)
def test_every_telephone_number_and_address_is_made_for_fiction(owner: str) -> None:
    everywhere = text_of(owner) + written(owner) + (Path(people.__file__)).read_text(encoding="utf-8")
    numbers = re.findall(r"\b\d{3}[- ]\d{3}[- ]\d{4}\b", everywhere)
    mail = re.findall(r"[\w.]+@([\w.]+)", everywhere)
    assert numbers
    assert all(re.fullmatch(r"250-555-01\d\d", number) for number in numbers)
    assert all(domain.endswith(".example") for domain in mail)


def test_no_demo_health_number_can_be_a_real_one() -> None:
    weights = (2, 4, 8, 5, 10, 9, 7, 3)
    for who in people.PEOPLE:
        digits = [int(c) for c in who.health_number if c.isdigit()]
        if digits:
            total = sum(d * w % 11 for d, w in zip(digits[1:9], weights, strict=True))
            assert digits[9] != 11 - total % 11, who.email


@pytest.mark.parametrize("owner", OWNERS)
def test_pictures_open_and_carry_no_metadata(owner: str) -> None:
    pictures = attachments(owner, "image/")
    assert pictures
    for title, data in pictures:
        with Image.open(io.BytesIO(data)) as picture:
            picture.load()
            assert min(picture.size) >= 600, title
            assert not picture.getexif(), title
            assert len(picture.convert("L").histogram()) == 256


def test_every_scene_that_is_drawn_is_shown() -> None:
    stories = "\n".join(p.read_text(encoding="utf-8") for p in (RECORDS.parent / "stories").rglob("*.toml"))
    assert set(re.findall(r'^scene = "(\w+)"', stories, re.MULTILINE)) == set(scenes.SCENES)


def test_a_drawing_comes_out_the_same_twice() -> None:
    draw = scenes.SCENES["body_map_mei"][1]
    assert draw() == draw()
    assert [Dice(7).chance() for _ in range(3)] == [Dice(7).chance() for _ in range(3)]


def test_letters_are_pdf_with_text_and_the_fax_is_a_picture() -> None:
    papers = dict(attachments("amina", "application/pdf"))
    assert len(papers) == 4
    for title, data in papers.items():
        with pikepdf.open(io.BytesIO(data)) as pdf:
            assert len(pdf.pages) == 1
            fonts = "/Font" in pdf.pages[0].Resources
            assert fonts == ("Cedar Strait" not in title), title


def test_a_long_letter_runs_over_pages_and_keeps_brackets() -> None:
    text = "\n\n".join(f"Paragraph {n} (with brackets) and a backslash \\ in it." for n in range(60))
    made = letter(("A clinic", "A street"), date(2026, 10, 1), "Somebody", text, "A long letter")
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert len(pdf.pages) == 3
        last = pdf.pages[2].Contents.read_bytes()
    assert rb"Paragraph 59 \(with brackets\) and a backslash \\ in it." in last


def test_demo_accounts_have_known_roles_and_physicians_a_licence() -> None:
    emails = {who.email for who in people.PEOPLE}
    assert len(emails) == len(people.PEOPLE) == 8
    for who in people.PEOPLE:
        assert who.roles <= {role.value for role in Role}
        assert bool(who.licence) == ("physician" in who.roles)
        assert who.responsible in emails | {""}
        assert (
            bool(who.responsible)
            == bool(who.patient_number)
            == bool(who.record)
            == (who.birth_date is not None and who.email != "ben@patients.example")
        )
    assert people.person("femi@clinic.example").full_name == "Dr Femi Adeyemi"


def test_what_is_under_way_names_people_and_ways_that_exist() -> None:
    emails = {who.email for who in people.PEOPLE}
    for request in people.OPEN_REQUESTS:
        assert request.patient in emails
        assert request.mode in set(Mode)
        assert request.delivery in set(Delivery)
        assert request.channel in set(Channel)
        assert request.scope in set(Scope)
    for line in people.DISCLOSURES:
        assert line.patient in emails
        assert len(line.footing) <= 80
        assert line.disclosed_on <= datetime.fromisoformat(MADE).date()
    (ben,) = people.REPRESENTATIONS
    assert {ben.representative, ben.patient} <= emails
