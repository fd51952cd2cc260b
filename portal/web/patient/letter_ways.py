"""How a letter went, in the words of the pages that its reader sees."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from werkzeug.wrappers import Response

from portal.domain.dates import say_plain_date
from portal.domain.dispatches import Event, Way, returns
from portal.domain.words import N_, _
from portal.services import cases, files, incoming_papers, letter_ways
from portal.services.letter_ways import Went
from portal.web import downloads
from portal.web.patient.blueprint import blueprint
from portal.web.work import work

SENTENCES = {
    (Way.POST, Event.POSTED): N_("We sent it by post on %(day)s."),
    (Way.COURIER, Event.POSTED): N_("We sent it by courier on %(day)s."),
    (Way.COURIER, Event.ARRIVED): N_("The courier brought it on %(day)s."),
    (Way.FAX, Event.POSTED): N_("We sent it by fax on %(day)s."),
    (Way.FAX, Event.SENT): N_("We sent it by fax on %(day)s."),
    (Way.FAX, Event.ARRIVED): N_("The fax arrived on %(day)s."),
    (Way.EMAIL, Event.SENT): N_("An e-mail said on %(day)s that it is here."),
    (Way.EMAIL, Event.FAILED): N_("Our e-mail about it did not go through."),
    (Way.PORTAL, Event.OPENED): N_("It was opened in the portal on %(day)s."),
    (Way.COUNTER, Event.HANDED): N_("We handed it over at our front desk on %(day)s."),
    (Way.PHONE, Event.TOLD): N_("We told you by telephone on %(day)s what it says."),
}
HOME = {
    Way.POST: N_("We sent it by post on %(day)s to your address on file."),
    Way.COURIER: N_("We sent it by courier on %(day)s to your address on file."),
}
REASONS = {each.id: each.patient for each in returns()}


def said(case: Any, letter_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """By letter: what its reader is told of how it went, the oldest first."""
    found = letter_ways.of_letters(work(), case, letter_ids)
    return {key: [words for went in all_of_it if (words := _words(went))] for key, all_of_it in found.items()}


def _words(went: Went) -> str:
    day = say_plain_date(went.on)
    if went.event == Event.RETURNED:
        why = _(REASONS.get(went.code, "")) if went.code in REASONS else ""
        if went.settled:
            return _("It came back to us on %(day)s: %(why)s.", day=day, why=why)
        return _("It came back to us on %(day)s: %(why)s. We look for another way.", day=day, why=why)
    if went.event == Event.SETTLED:
        return _("We have not sent it again. Ask us how you can get it.")
    if went.event == Event.FAILED and went.way != Way.EMAIL:
        if went.settled:
            return _("It could not be sent on %(day)s.", day=day)
        return _("It could not be sent on %(day)s. We look for another way.", day=day)
    if went.event == Event.OPENED and went.by_reader:
        return _("You opened it on %(day)s.", day=day)
    if went.event == Event.POSTED and went.home and went.way in HOME:
        return _(HOME[went.way], day=day) + _tracked(went)
    sentence = SENTENCES.get((went.way, went.event))
    return _(sentence, day=day) + _tracked(went) if sentence else ""


def _tracked(went: Went) -> str:
    return " " + _("Its tracking number is %(number)s.", number=went.tracking) if went.tracking else ""


@blueprint.get("/cases/<reference>/papers/<uuid:file_id>")
def case_paper(reference: str, file_id: UUID) -> Response:
    """A paper of hers that was scanned to a case, of whatever kind."""
    file = incoming_papers.file_of_case(work(), cases.find(work(), reference), file_id)
    return downloads.picture(files.name_of(work(), file), file.media_type, file.size, files.stream(work(), file))
