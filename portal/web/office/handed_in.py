"""A form on paper that becomes no case, in somebody's hands: how and when it came, and its scan, with what it says."""

from typing import Any

from flask import request

from portal.domain.words import N_
from portal.services import files
from portal.services.incoming_papers import WAYS, Came
from portal.services.tray_entries import HandedIn, Lying
from portal.web.fields import Choice, Date, Upload, required
from portal.web.work import edge


class PaperFields:
    """Put before a form; the tray knows all three of a scan that lies there."""

    way = Choice(N_("How did it come?"), [required(N_("Choose how it came."))], choices=list(WAYS.items()))
    received_on = Date(
        N_("When did it reach the clinic?"),
        [required(N_("Give the day on which it reached the clinic."))],
        hint=N_("This day is kept with the paper, whoever scans it later. For example 27 3 2026."),
    )
    scan = Upload(
        N_("The scan of the form"),
        [required(N_("Choose the scan of the form."))],
        hint=N_("PDF, JPEG or PNG, up to 10 MB. If something else has to be put right, choose it again."),
        accept=".pdf,.jpg,.jpeg,.png",
    )


def is_asked_for(beside: Lying | None) -> bool:
    """Whether the page was opened by the code of a form whose scan is not in the tray."""
    return beside is None and bool(request.args.get("code"))


def paper_of(form: Any, beside: Lying | None) -> Lying | HandedIn | None:
    """The paper a valid form came on; None for none. The scan is looked at here, before anything is locked.

    Raises Invalid for one that cannot be taken.
    """
    if beside is not None or not isinstance(form, PaperFields):
        return beside
    sent: Any = form.scan.data
    looked = files.look_at(edge().outside, sent.filename or "", sent.read(), "scan")
    return HandedIn(looked, Came(form.way.data or "", form.received_on.data, hers=True))
