"""A thread as rows of a table on paper: when, who, what; with the names of its files and who read it first."""

from collections.abc import Callable
from datetime import datetime

from portal.domain.words import _
from portal.models.cases import Case
from portal.services import message_readings, message_threads
from portal.services.message_readings import Shown
from portal.services.work import Work

AT_ONCE = 500  # messages that are read at a time


def rows(work: Work, case: Case, when: Callable[[datetime], str]) -> tuple[tuple[str, str, str], ...]:
    """Every message about a case, oldest first. That they are read here is no reading by the clinic."""
    thread = message_threads.of_case(work, case)
    found: list[tuple[str, str, str]] = []
    page = message_readings.page(work, thread, limit=AT_ONCE)
    while True:
        older = [(when(each.at), _who(each, case.patient.name), _what(each, when)) for each in page.messages]
        found[:0] = older
        if page.earlier is None:
            return tuple(found)
        page = message_readings.page(work, thread, page.earlier, AT_ONCE)


def _who(each: Shown, patient: str) -> str:
    if each.from_clinic:
        return _("%(name)s, for the clinic", name=each.by)
    return _("%(name)s, for %(patient)s", name=each.by, patient=patient) if each.for_patient else each.by


def _what(each: Shown, when: Callable[[datetime], str]) -> str:
    told = [each.text]
    told += [_("File: %(name)s", name=file.name) for file in each.files]
    told += [_("First opened by %(name)s on %(at)s", name=read.name, at=when(read.at)) for read in each.reads]
    return "\n".join(told)
