"""A patient asks for her record and receives it: from her own browser at home to the opened PDF."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from portal.demo.people import PASSWORD
from portal.domain.actors import Role
from portal.edges import DEMO_RECORDS
from portal.services import accounts, patients
from tests.conftest import actor_of
from tests.journeys import office_acts, patient_acts, review_acts
from tests.journeys.house import House
from tests.journeys.opened_pdf import as_the_clinic_signed_it, squeezed, words_of
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SYNTHEA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea-r4"
DAY = "Wednesday 6 January 2027"
COUNTED = "Days counted: 30. Days left out: 14."


@dataclass(frozen=True)
class Story:
    """Whose record it is, what the physician keeps back of it, and what can then be read and what cannot."""

    name: str
    full_name: str
    bundle: Path
    kind: str
    kept_back: str
    given: tuple[str, ...]
    withheld: tuple[str, ...]


# The largest record there is: 567 resources of sixty years.
FELIPA = Story(
    name="felipa",
    full_name="Felipa O'Keefe",
    bundle=SYNTHEA / "Felipa_OKeefe.json",
    kind="Conditions",
    kept_back="Miscarriage in first trimester",
    given=("Perennial allergic rhinitis", "Colonoscopy", "Prescription: Simvistatin 10 MG", "Suture open wound"),
    withheld=("Miscarriage", "first trimester"),
)
MEI = Story(
    name="mei",
    full_name="Mei Leung",
    bundle=DEMO_RECORDS / "mei.json",
    kind="Visits and notes",
    kept_back="Consultation note, first consultation",
    given=("Two years of doing everything right", "Mometasone furoate 0.1% ointment", "Bacterial infection of eczema"),
    withheld=("It slept through high school", "Gloves of nitrile", "carries an auto-injector"),
)


@pytest.mark.parametrize("story", [FELIPA, MEI], ids=lambda story: story.name)
def test_she_asks_and_receives(
    story: Story, house: House, visit: Callable[..., Visitor], arrives: Callable[..., Visitor], tmp_path: Path
) -> None:
    if not story.bundle.exists():
        pytest.skip(f"{story.bundle.name} is not on this machine: the shared records lie beside the project")

    if story is MEI and FELIPA.bundle.exists() and "postgresql" in house.edge.config.database_url:
        pytest.skip("the largest record is here, and takes the same way on this database")

    # Given a patient who signs in at home.
    she = comes_for_the_first_time(house, visit) if story is FELIPA else arrives(story.name)
    password = HER_PASSWORD if story is FELIPA else PASSWORD

    # When she asks for everything, she gets the letter of her own request, with its number and the lawful day.
    reference = patient_acts.asks_for_everything(she)
    she.reads(f"Number {reference}", "Request for access to my record")
    she.opens("How we count")
    she.reads(COUNTED)
    reads_her_own_letter(she, reference, story)

    # The front desk checks who she is, and starts.
    dov = arrives("dov")
    stand(
        she,
        dov,
        reference,
        hers=f"We have your request and will first check who is asking. We must answer you by {DAY}.",
        theirs=f"{story.full_name} waits for the front office to check who is asking. Answer due by {DAY}.",
    )
    office_acts.checks_who_is_asking(dov, reference)
    office_acts.starts_gathering(dov, reference)
    stand(
        she,
        dov,
        reference,
        hers=f"The front office is gathering your record. We must answer you by {DAY}.",
        theirs=f"{story.full_name} waits for the front office to gather the record. Answer due by {DAY}.",
    )

    # He brings her record in from the EMR, and sends an estimate, which she accepts.
    office_acts.brings_in(dov, reference, story.bundle)
    office_acts.sends_an_estimate(dov, reference, "Paper files fetched from the archive and scanned", 2)
    stand(
        she,
        dov,
        reference,
        hers=f"We are waiting for you: please say whether you agree to the fee. We must answer you by {DAY}.",
        theirs=f"The front office waits for {story.full_name} to answer the fee estimate. "
        f"Our answer is still due by {DAY}.",
    )
    patient_acts.accepts_the_fee(she, reference)
    she.reads("You accepted the fee.")

    # He refers the request to her physician.
    office_acts.refers(dov, reference)
    stand(
        she,
        dov,
        reference,
        hers=f"Dr Femi Adeyemi is going through your record. We must answer you by {DAY}.",
        theirs=f"{story.full_name} waits for Dr Femi Adeyemi to review the record. Answer due by {DAY}.",
    )

    # The physician keeps one entry back, with a ground and its facts, releases the rest, and signs.
    femi = arrives("femi")
    review_acts.begins_the_review(femi, reference)
    review_acts.opens_the_entry(femi, story.kind, story.kept_back)
    review_acts.withholds(
        femi,
        facts="Her sister Rosa told this about herself on the telephone in March and asked that it stay with us.",
        why_not_severing="Every line of the entry is about Rosa, so nothing would be left of it.",
    )
    review_acts.releases_all_remaining(femi, reference)
    femi.reads("1 withheld", story.kept_back, "The request ends: released in part.")
    review_acts.signs(femi)
    stand(
        she,
        dov,
        reference,
        hers=f"Dr Femi Adeyemi has finished. The front office checks the answer and then sends it, by {DAY}.",
        theirs=f"Dr Femi Adeyemi has signed. {story.full_name} waits for the front office or the administrator "
        f"to release the answer, due by {DAY}.",
    )
    office_acts.opens_the_case(femi, reference)
    femi.does_not_read("Release the package")

    # The administrator, who did not review it, releases the answer.
    esi = arrives("esi")
    office_acts.releases(esi, reference)
    stand(
        she,
        esi,
        reference,
        hers="We are putting the package together, and tell you when it is ready.",
        theirs=f"The portal is making the package for {story.full_name}. Answer due by {DAY}.",
    )

    # The worker makes the package, and says how far it is; then it tells her, and says nothing personal.
    with house.worker_at_work():
        steps = patient_acts.waits_for_the_package(she, reference)
    assert any("parts are ready" in step for step in steps)
    stand(
        she,
        esi,
        reference,
        hers="Your package is ready. You can download it now.",
        theirs=f"The package is ready; the clinic waits for {story.full_name} to download it.",
    )
    the_mail_says_nothing_personal(house, story, reference)

    # She confirms her password, downloads one signed PDF, and opens it.
    package = patient_acts.downloads_the_package(she, reference, password, tmp_path)
    text = words_of(package)
    assert squeezed(reference) in text
    for words in story.given:
        assert squeezed(words) in text, f"{words!r} was released, and is not in the file"
    for words in (*story.withheld, "Rosa", "on the telephone in March"):
        assert squeezed(words).casefold() not in text.casefold(), f"{words!r} was withheld, and is in the file"
    assert as_the_clinic_signed_it(house.edge, package)

    # Then everybody's page says that she has it, and hers says who looked.
    stand(
        she,
        dov,
        reference,
        hers="You have what you asked for. We close this request now. You can still read everything here.",
        theirs=f"{story.full_name} has the answer. The case waits for the front office to close it.",
    )
    dov.presses("Close the case")
    stand(
        she,
        dov,
        reference,
        hers="This request is closed. You received part of the record. The letter says what you did not get, and why.",
        theirs="This case is closed. Nobody waits.",
    )
    she.goes_to("/access-log")
    she.reads("Dr Femi Adeyemi", "Dov Levin", "Esi Owusu")


HER_PASSWORD = "seven herons at the ferry"


def comes_for_the_first_time(house: House, visit: Callable[..., Visitor]) -> Visitor:
    """The clinic opens Felipa's file and gives her a link; at home she sets her password with it, and signs in."""
    email = "felipa@patients.example"
    with house.edge.work(actor_of(house.edge, "esi")) as work:
        femi = actor_of(house.edge, "femi")
        file = patients.register(
            work, "Felipa", "O'Keefe", date(1959, 8, 26), responsible_id=femi.id, email=email, phone="250-555-0188"
        )
        account = accounts.add(work, email, "Felipa O'Keefe", frozenset({Role.PATIENT}))
        file.account_id = account.id
        link = accounts.give_link(work, account)
    she = visit("felipa")
    she.goes_to(link)
    she.fills_in("A new password", HER_PASSWORD)
    she.fills_in("The same password again", HER_PASSWORD)
    she.presses("Set up my sign-in")
    she.fills_in("E-mail address", email)
    she.fills_in("Password", HER_PASSWORD)
    she.presses("Sign in")
    return she


def stand(she: Visitor, office: Visitor, reference: str, hers: str, theirs: str) -> None:
    """Each of them sees, in a whole sentence, who waits for whom."""
    patient_acts.looks_at_the_request(she, reference)
    she.reads(hers)
    office_acts.opens_the_case(office, reference)
    office.reads(theirs)


def reads_her_own_letter(she: Visitor, reference: str, story: Story) -> None:
    she.follows("Read the whole letter", exact=False)
    she.reads(story.full_name, reference, "23 November 2026", "Everything in the record.")


def the_mail_says_nothing_personal(house: House, story: Story, reference: str) -> None:
    """Only that something waits behind the sign-in: no case, no physician, nothing of the record."""
    mails = [mail for mail in house.letters_by_mail() if story.name in str(mail["To"])]
    assert any("ready" in str(mail["Subject"]) for mail in mails)
    for mail in mails:
        whole = f"{mail['Subject']}\n{mail.get_content()}".casefold()
        assert house.address in whole
        for word in (reference, "adeyemi", "record", "package", "request", story.kept_back, *story.given):
            assert word.casefold() not in whole
