"""Where a thread stands in the office: below its case, or below the patient's file."""

from typing import Any
from uuid import UUID

from flask import url_for

from portal.domain.words import _
from portal.services import message_threads, patients
from portal.services.message_threads import Thread
from portal.web.office.headings import title
from portal.web.work import work

CASE, FILE = "/office/cases/<reference>/messages", "/office/patients/<number>/messages"


def find(reference: str = "", number: str = "") -> Thread:
    """The thread of a case, or of a patient in general, for whoever works it. Raises NotFound for all others."""
    if reference:
        return message_threads.find(work(), reference)
    return message_threads.general(work(), patients.find(work(), number))


def parts(thread: Thread) -> dict[str, Any]:
    """What the address of each of its pages has."""
    return {"reference": thread.reference} if thread.case is not None else {"number": thread.patient.number}


def address(thread: Thread, page: str = "thread", **more: Any) -> str:
    return url_for(f"office.{page}", **parts(thread), **more)


def back_to(thread: Thread) -> tuple[str, str]:
    """The page it belongs to, and what that is called."""
    if thread.case is not None:
        return url_for("office.case", reference=thread.reference), thread.reference
    return url_for("office.patient", number=thread.patient.number), thread.patient.name


def heading(thread: Thread) -> str:
    """What it is about."""
    if thread.case is not None:
        return title(thread.case)
    return _("%(name)s: questions about privacy", name=thread.patient.name)


def file_url(thread: Thread) -> Any:
    def of(file_id: UUID) -> str:
        return address(thread, "message_file", file_id=file_id)

    return of
