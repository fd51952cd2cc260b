"""An assessment that an insurer or a public body asked for is flagged with the reason, and nothing else is."""

from datetime import date

import pytest

from portal.domain.jurisdictions import profile
from portal.domain.record_items import Block, Category, Field, Paragraph, Reading, ReadItem, ReadPatient
from portal.domain.third_party_reports import flagged

BC = profile("ca-bc")
MEI = ReadPatient("Patient/1", "Mei", "Leung", date(2001, 11, 2))


def read(title: str, *blocks: Block, kind: str = "DocumentReference", concerns: str | None = None) -> str | None:
    item = ReadItem("x/1", kind, Category.DOCUMENTS, title, None, blocks, "{}", concerns=concerns)
    (after,) = flagged(BC, Reading(MEI, (item,), 1)).items
    return after.concerns


@pytest.mark.parametrize(
    ("title", "block"),
    [
        ("Independent Medical Examination", Field("Status", "final")),
        ("Letter", Field("Written by", "Dr Roe for ICBC")),
        ("Letter", Field("Kept by", "WorkSafeBC, Claims")),
        ("Report", Field("Written by", "Coastal Insurance Company Ltd.")),
        ("Report", Field("Type", "Medico-legal report")),
        ("Form", Field("Category", "Fitness-for-work")),
    ],
)
@pytest.mark.parametrize("kind", ["Composition", "DiagnosticReport", "DocumentReference"])
def test_a_report_for_somebody_else_is_flagged_with_the_reason(title: str, block: Field, kind: str) -> None:
    told = read(title, block, kind=kind)
    assert told
    assert "ask the privacy contact" in told


@pytest.mark.parametrize(
    ("title", "block", "kind"),
    [
        ("Consultation letter", Field("Written by", "Dr Kiran Dhillon"), "DocumentReference"),
        ("Histology", Field("Done by", "Island Pathology Laboratory"), "DiagnosticReport"),
        ("Progress note", Paragraph("She is off work; ICBC was told."), "Composition"),
        ("Time sheet", Field("Type", "Anytime letter"), "DocumentReference"),
        ("ICBC", Field("Payer", "ICBC"), "Condition"),
    ],
)
def test_what_is_no_such_report_is_not_flagged(title: str, block: Block, kind: str) -> None:
    assert read(title, block, kind=kind) is None


def test_the_reason_stands_beside_another() -> None:
    told = read("ICBC report", concerns="This entry names another person: Jo.")
    assert told
    assert told.startswith("This entry names another person: Jo. This may be an assessment")
