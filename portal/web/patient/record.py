"""What the clinic holds about a patient, kind by kind: where from, why, how long."""

from flask import render_template

from portal.domain.keeping import keeping
from portal.domain.policy import Permission
from portal.domain.record_items import CATEGORY_NAMES
from portal.services import holdings
from portal.web.patient.blueprint import blueprint
from portal.web.patient.people import circle
from portal.web.work import work


@blueprint.get("/record")
def record() -> str:
    """Counts and reasons only: the entries themselves are asked for, and reviewed, first."""
    whose = circle(Permission.RECORD_COUNT)
    held = holdings.of_patient(work(), whose.chosen)
    words = keeping()
    return render_template(
        "patient/record.html",
        whose=whose,
        may_correct=work().may(Permission.ACCURACY_SEND, whose.chosen),
        held=held,
        rows=[(CATEGORY_NAMES[kind.category], kind, words.record[kind.category]) for kind in held.kinds],
        portal=words.portal,
        rules=work().profile.retention,
    )
