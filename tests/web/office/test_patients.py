"""Finding a patient, and her file."""

import re
from collections.abc import Callable

from portal.services import access_log, patients
from tests.pages import ReadingClient, text_of
from tests.web.office.stages import WorkAs, sent

Clients = Callable[[str], ReadingClient]


def found(client: ReadingClient, wanted: str) -> str:
    return text_of(client.post("/office/patients", data={"wanted": wanted}))


def test_a_patient_is_found_by_the_beginning_of_a_name_or_by_number(client_of: Clients) -> None:
    client = client_of("dov")
    for wanted in ("Had", "hadd ami", "AMINA", "p-004117"):
        page = found(client, wanted)
        assert "1 patient found" in page, wanted
        assert "Amina Haddad" in page


def test_what_is_typed_is_never_a_pattern(client_of: Clients) -> None:
    client = client_of("dov")
    for wanted in ("%", "_", "H%d", "' or 1=1"):
        assert "Nobody is on file under that name" in found(client, wanted), wanted


def test_names_are_not_sent_in_an_address(client_of: Clients) -> None:
    page = client_of("dov").get("/office/patients").get_data(as_text=True)
    assert re.search(r'<form[^>]* method="post"[^>]*>(?s:.*?)name="wanted"', page)
    assert "Amina" not in text_of(client_of("dov").get("/office/patients?wanted=Amina"))


def test_a_physician_finds_only_her_own_patients(client_of: Clients) -> None:
    assert "Nobody is on file" in found(client_of("lena"), "Haddad")
    without_a_tie = client_of("lena").get("/office/patients/P-004117")
    assert without_a_tie.location.endswith("/office/patients/P-004117/reason")


def test_the_file_tells_who_she_is_and_what_she_asked_for(client_of: Clients, work_as: WorkAs) -> None:
    reference = sent(work_as, "mei")
    with work_as("dov", writes=False) as work:
        number = patients.search(work, "Mei")[0].number
    page = text_of(client_of("dov").get(f"/office/patients/{number}"))
    for told in (number, "Mei Leung", "Dr Femi Adeyemi", reference, "Medications and prescriptions", "Enter a request"):
        assert told in page, told


def test_opening_a_file_leaves_a_trace_that_the_patient_can_read(client_of: Clients, work_as: WorkAs) -> None:
    client_of("esi").get("/office/patients/P-004117")
    with work_as("amina", writes=False) as work:
        looks = access_log.lines(work, patients.own(work))
    assert ("Esi Owusu", "opened your file") in {(look.name, look.what) for look in looks}


def test_a_physician_enters_no_requests(client_of: Clients) -> None:
    client = client_of("femi")
    assert "Enter a request" not in text_of(client.get("/office/patients/P-004117"))
    assert client.get("/office/patients/P-004117/requests/new").status_code == 403
