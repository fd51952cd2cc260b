"""The administrator's pages about who works here."""

import re
from collections.abc import Callable

import pytest

from portal.services import staff
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import PASSWORD, WorkAs, referred

Clients = Callable[[str], ReadingClient]
NOOR = {
    "name": "Dr Noor Aziz",
    "email": "noor@clinic.example",
    "roles": "physician",
    "title": "Dermatologist",
    "licence": "CPSBC 9900611",
    "way": "paper",
    "proof": PASSWORD,
}

WEEK = {
    "starts_on-day": "23",
    "starts_on-month": "11",
    "starts_on-year": "2026",
    "ends_on-day": "27",
    "ends_on-month": "11",
    "ends_on-year": "2026",
}


@pytest.fixture
def page_of(work_as: WorkAs) -> Callable[[str], str]:
    def address(name: str) -> str:
        with work_as("esi", writes=False) as work:
            line = next(each for each in staff.everybody(work) if each.email.startswith(f"{name}@"))
            return f"/office/people/{line.id}"

    return address


def shown(client: ReadingClient, path: str) -> str:
    found = re.search(r'name="shown"[^>]*value="(\w+)"', client.get(path).get_data(as_text=True))
    assert found
    return found[1]


def sends(client: ReadingClient, path: str, **data: str) -> str:
    """Post a form that asks for a proof as its page stands; gives the words of what came."""
    answer = client.post(path, data={"shown": shown(client, path), "proof": PASSWORD, **data}, follow_redirects=True)
    return text_of(answer)


def test_the_list_tells_name_role_title_licence_and_state(client_of: Clients) -> None:
    page = text_of(client_of("esi").get("/office/people"))
    for told in ("Dr Femi Adeyemi Active physician Dermatologist CPSBC 9900417", "Dov Levin Active front office"):
        assert told in page, told


def test_only_the_administrator_is_shown_the_way_there(client_of: Clients) -> None:
    assert "/office/people" in client_of("esi").get("/office").get_data(as_text=True)
    for name in ("dov", "femi"):
        client = client_of(name)
        assert "/office/people" not in client.get("/office").get_data(as_text=True)
        assert client.get("/office/people").status_code == 403
        assert client.get("/office/people/invite").status_code == 403
        assert client.post("/office/people/invite", data=NOOR).status_code == 403


def test_an_invitation_shows_its_link_once(client_of: Clients) -> None:
    client = client_of("esi")
    answer = client.post("/office/people/invite", data=NOOR)
    assert answer.status_code == 200
    link = re.search(r"/activate/([\w-]{43})", answer.get_data(as_text=True))
    assert link
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    people = client.get("/office/people").get_data(as_text=True)
    assert "Invited" in people
    person = re.search(r'href="(/office/people/[\w-]{36})">Dr Noor', people)
    assert person
    for path in ("", "/link", "/details", "/rights"):
        assert link[1] not in client.get(person[1] + path).get_data(as_text=True), path
    assert client_of("dov").application.test_client().get(f"/activate/{link[1]}").status_code == 200


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"proof": "not hers at all"}, "That is not your password or your code of this minute."),
        ({"proof": ""}, "Type your password, or the code your app shows now."),
        ({"licence": ""}, "A physician needs a licence number: letters and decisions carry it."),
        ({"title": ""}, "Write the title that letters carry, such as Dermatologist."),
        ({"email": "femi@clinic.example"}, "Somebody signs in with this address already."),
        ({"email": "nobody"}, "Write the e-mail address like this: name@example.com."),
        ({"roles": "system"}, "Choose one of the answers that are offered."),
        ({"way": ""}, "Choose how the link gets there."),
    ],
)
def test_an_invitation_that_cannot_be_makes_nobody(client_of: Clients, change: dict[str, str], sentence: str) -> None:
    client = client_of("esi")
    answer = client.post("/office/people/invite", data=NOOR | change)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "Noor" not in client.get("/office/people").get_data(as_text=True)


def test_letters_carry_the_title_that_was_changed(client_of: Clients, page_of: Callable[[str], str]) -> None:
    client, femi = client_of("esi"), page_of("femi")
    answer = client.post(f"{femi}/details", data={"title": "Dermatologist, FRCPC", "licence": "CPSBC 9900417"})
    assert answer.status_code == 303
    assert "Dermatologist, FRCPC" in text_of(client.get(femi))
    assert client.post(f"{femi}/details", data={"title": "", "licence": ""}).status_code == 422


def test_a_role_is_given_after_a_proof_and_signs_that_person_out(
    client_of: Clients, page_of: Callable[[str], str]
) -> None:
    esi, dov = client_of("esi"), client_of("dov")
    assert dov.get("/office").status_code == 200
    path = f"{page_of('dov')}/rights"
    assert "is not your password" in sends(esi, path, roles="administrator", proof="a guess of somebody")
    assert dov.get("/office").status_code == 200
    assert "The roles are changed." in sends(esi, path, roles="administrator")
    assert dov.get("/office").headers["Location"] == "/sign-in"


def test_what_the_administrator_cannot_do_to_herself_says_why(
    client_of: Clients, page_of: Callable[[str], str]
) -> None:
    client, esi = client_of("esi"), page_of("esi")
    page = text_of(client.get(esi))
    assert "You cannot change your own roles." in page
    assert "You cannot deactivate yourself." in page
    assert "You cannot deactivate yourself." in text_of(client.get(f"{esi}/deactivate"))
    assert "You cannot deactivate yourself." in sends_blind(client, f"{esi}/deactivate", esi)
    assert "You cannot change your own roles." in sends(client, f"{esi}/rights", roles="front_office")


def sends_blind(client: ReadingClient, path: str, person: str) -> str:
    """As somebody would who writes the form herself."""
    digest = shown(client, f"{person}/rights")
    return text_of(client.post(path, data={"shown": digest, "proof": PASSWORD}))


def test_ended_sessions_are_over_at_the_next_click(client_of: Clients, page_of: Callable[[str], str]) -> None:
    esi, dov = client_of("esi"), client_of("dov")
    answer = esi.post(f"{page_of('dov')}/end-sessions", follow_redirects=True)
    assert "1 session is ended." in text_of(answer)
    assert dov.get("/office").headers["Location"] == "/sign-in"


def test_who_is_deactivated_is_out_at_the_next_click(
    client_of: Clients, page_of: Callable[[str], str], work_as: WorkAs
) -> None:
    reference, esi, femi = referred(work_as), client_of("esi"), client_of("femi")
    path = f"{page_of('femi')}/deactivate"
    asked = text_of(esi.get(path))
    assert "1 open request waits for a responsible physician." in asked or "2 open requests wait" in asked
    assert "Choose a physician." in sends(esi, path)
    assert femi.get("/office").status_code == 200
    lena = page_of("lena").rpartition("/")[2]
    assert "Dr Femi Adeyemi can no longer come in." in sends(esi, path, physician=lena)
    assert femi.get("/office").headers["Location"] == "/sign-in"
    assert client_of("lena").get(f"/office/cases/{reference}").status_code == 200


def test_who_left_can_be_invited_back(client_of: Clients, page_of: Callable[[str], str]) -> None:
    esi, dov = client_of("esi"), page_of("dov")
    sends(esi, f"{dov}/deactivate")
    assert "This person can no longer come in." in text_of(esi.get(dov))
    assert "Dov Levin is invited back." in sends(esi, f"{dov}/invite-back", roles="front_office")
    assert "This person can no longer come in." not in text_of(esi.get(dov))


def test_a_leave_shows_who_covers_on_every_page(
    client_of: Clients, page_of: Callable[[str], str], work_as: WorkAs
) -> None:
    reference, esi = referred(work_as), client_of("esi")
    days = {
        f"{which}-{part}": n for which in ("starts_on", "ends_on") for part, n in (("month", "11"), ("year", "2026"))
    }
    lena = page_of("lena").rpartition("/")[2]
    data = days | {"starts_on-day": "23", "ends_on-day": "27", "cover": lena}
    answer = esi.post(f"{page_of('femi')}/leave", data=data, follow_redirects=True)
    assert "Away from 23 November 2026 to 27 November 2026. Dr Lena Hartmann covers." in text_of(answer)
    assert "On leave until 27 November 2026" in text_of(esi.get("/office/people"))
    assert "away until 27 November 2026; Dr Lena Hartmann covers" in text_of(esi.get(f"/office/cases/{reference}"))
    hers = text_of(client_of("mei").get(f"/access-requests/{reference}"))
    assert "Dr Lena Hartmann is going through your record." in hers
    assert "is away until 27 November 2026; until then Dr Lena Hartmann decides" in hers
    assert reference in client_of("lena").get("/office").get_data(as_text=True)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends_on-day": "20"}, "The last day away is before the first."),
        ({"cover": ""}, "Choose the colleague who covers."),
        ({"starts_on-day": ""}, "day"),
    ],
)
def test_a_leave_that_cannot_be_is_not_written_down(
    client_of: Clients, page_of: Callable[[str], str], change: dict[str, str], sentence: str
) -> None:
    client, femi = client_of("esi"), page_of("femi")
    data = WEEK | {"cover": page_of("lena").rpartition("/")[2]}
    answer = client.post(f"{femi}/leave", data=data | change)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "No leave is written down." in text_of(client.get(femi))


def test_a_leave_is_ended_by_the_administrator(client_of: Clients, page_of: Callable[[str], str]) -> None:
    client, femi = client_of("esi"), page_of("femi")
    data = WEEK | {"cover": page_of("lena").rpartition("/")[2]}
    client.post(f"{femi}/leave", data=data)
    key = re.search(r'name="leave" value="([\w-]+)"', client.get(femi).get_data(as_text=True))
    assert key
    assert client.post(f"{femi}/end-leave", data={"leave": "nonsense"}).status_code == 404
    answer = client.post(f"{femi}/end-leave", data={"leave": key[1]}, follow_redirects=True)
    assert "The leave is ended." in text_of(answer)
    assert client.post(f"{femi}/end-leave", data={"leave": key[1]}).status_code == 404
