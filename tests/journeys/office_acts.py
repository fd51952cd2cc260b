"""What the people of the office do with a case, as acts of a visitor who is signed in."""

from pathlib import Path

from portal.demo.people import PASSWORD
from tests.journeys.visitor import Visitor

PROOF = "Your password, or your code of this minute"


def opens_the_case(somebody: Visitor, reference: str) -> None:
    somebody.goes_to(f"/office/cases/{reference}")


def checks_who_is_asking(dov: Visitor, reference: str) -> None:
    opens_the_case(dov, reference)
    dov.follows("Record the identity check")
    dov.chooses("Called back on the number in the file and asked three facts")
    dov.presses("Record the identity check")


def starts_gathering(dov: Visitor, reference: str) -> None:
    opens_the_case(dov, reference)
    dov.presses("Start gathering the record")


def brings_in(dov: Visitor, reference: str, bundle: Path) -> None:
    """Upload the EMR's export on the page of the case."""
    opens_the_case(dov, reference)
    dov.hands_in("FHIR files from the EMR", bundle)
    dov.presses("Bring in the record")


def sends_an_estimate(dov: Visitor, reference: str, line: str, units: int) -> None:
    opens_the_case(dov, reference)
    dov.follows("Send a fee estimate")
    dov.fills_in(line, str(units))
    dov.presses("Work it out")
    dov.presses("Send a fee estimate")


def refers(dov: Visitor, reference: str) -> None:
    opens_the_case(dov, reference)
    dov.follows("Refer to the physician")
    dov.presses("Refer to the physician")


def gathered(dov: Visitor, reference: str) -> None:
    """All the steps of the front desk with a record that the portal holds already, up to the physician."""
    checks_who_is_asking(dov, reference)
    starts_gathering(dov, reference)
    dov.goes_to(f"/office/cases/{reference}/record")
    dov.presses("Gather the record in the portal")
    refers(dov, reference)


def releases(esi: Visitor, reference: str) -> None:
    opens_the_case(esi, reference)
    esi.follows("Release the package")
    esi.fills_in(PROOF, PASSWORD)
    esi.presses("Release the package")
