"""What the clinic holds about a patient, counted by kind."""

from flask import render_template

from portal.domain.record_items import CATEGORY_NAMES
from portal.services import record_items
from portal.web.patient.blueprint import blueprint
from portal.web.patient.people import circle
from portal.web.work import work


@blueprint.get("/record")
def record() -> str:
    """Counts only: the entries themselves are asked for, and reviewed, first."""
    whose = circle()
    counts = record_items.counts_by_category(work(), whose.chosen)
    rows = [(CATEGORY_NAMES[category], number) for category, number in counts]
    return render_template("patient/record.html", whose=whose, rows=rows, total=sum(number for _kind, number in counts))
