"""One case and its letters, for the tests of letters."""

import tomllib
from datetime import date
from pathlib import Path

import portal
from portal.domain.access_requests import Delivery
from portal.domain.clinics import Clinic
from portal.domain.jurisdictions import profile
from portal.domain.letters import Letter, LetterFacts
from portal.domain.wishes import Scope, Wishes

BC = profile("ca-bc")
CLINIC = Clinic.from_toml(
    tomllib.loads((Path(str(portal.__file__)).parent / "demo" / "clinic.toml").read_text(encoding="utf-8"))
)
FACTS = LetterFacts(
    profile=BC,
    clinic=CLINIC,
    reference="AR-2026-000123-K",
    patient_name="Amina Rahman",
    reader_address=("12 Fern Road", "Nanaimo BC  V9R 0Y2"),
    physician="Dr Femi Adeyemi",
    received_on=date(2026, 5, 12),
    due=date(2026, 6, 24),
    written_on=date(2026, 6, 24),
    count_words="Days counted: 30. Days left out: 13.",
)
WISHES = Wishes(scope=Scope.EVERYTHING, delivery=Delivery.DOWNLOAD)


def text(letter: Letter) -> str:
    """Everything a person reads, in reading order."""
    lines = [letter.title]
    for block in letter.walk():
        lines += [block.text, *block.items, *(cell for row in block.rows for cell in row)]
    return "\n".join(line for line in lines if line)
