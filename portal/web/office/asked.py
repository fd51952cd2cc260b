"""What a case asks for, in the office's words, and the people who have to do with it."""

from typing import Any

from portal.domain.access_requests import Channel, Delivery, Mode
from portal.domain.dates import say_plain_date
from portal.domain.wishes import Wishes
from portal.domain.words import N_, _
from portal.services import access_requests, contact_plans, leaves
from portal.web.languages import own_names
from portal.web.work import work

CHANNELS = {
    Channel.PORTAL: N_("in the portal"),
    Channel.PAPER: N_("on paper"),
    Channel.PHONE: N_("by telephone"),
    Channel.FAX: N_("by fax"),
    Channel.COUNTER: N_("at the counter"),
}
MODES = {Mode.COPY: N_("A copy to keep"), Mode.VIEW: N_("To view the original, with a member of staff present")}
DELIVERIES = {
    Delivery.DOWNLOAD: N_("Downloaded from the portal"),
    Delivery.PICK_UP: N_("Picked up at the clinic"),
    Delivery.POST: N_("Sent by post"),
    Delivery.FAX: N_("Sent by fax"),
}


def rows(case: Any) -> list[tuple[str, str]]:
    """The wishes, a line each; what was not asked for has no line."""
    wishes = access_requests.wishes_of(work(), case)
    told = [
        (_("What"), _(MODES[Mode(case.mode)])),
        (_("Which entries"), access_requests.in_words(work(), case)),
        (_("Uses and recipients"), _("Asked for too") if wishes.also_disclosures else _("Not asked for")),
    ]
    if case.mode == Mode.COPY:
        way = _(DELIVERIES[Delivery(case.delivery)])
        told.append((_("How it reaches the patient"), "\n".join(part for part in (way, _place(case, wishes)) if part)))
    told.append((_("Language"), dict(own_names()).get(wishes.language, wishes.language)))
    if wishes.format_needs:
        told.append((_("Needs"), wishes.format_needs))
    return told


def _place(case: Any, wishes: Wishes) -> str:
    """Where a copy goes that was asked for by post or fax; not the patient's home, once that is closed."""
    if contact_plans.may_post_to(work(), case.patient, wishes.delivery_to):
        return wishes.delivery_to
    return _(
        "Not to the address in the request: it looks like her home, where nothing may go. Ask her for another one."
    )


def people(case: Any) -> list[tuple[str, str, str]]:
    """(role, name, more) of everybody who has to do with the case."""
    patient = case.patient
    return [
        (_("Patient"), patient.name, patient.number),
        (_("Asked by"), *_asked_by(case)),
        (_("Responsible physician"), *_physician(case)),
        (_("Looks after it"), case.owner.name if case.owner else _("Nobody yet"), ""),
    ]


def _physician(case: Any) -> tuple[str, str]:
    """The responsible physician, and who acts in her place."""
    if case.responsible is None:
        return _("Nobody is named yet"), ""
    if away := leaves.stands_in(work(), case):
        until = say_plain_date(away.ends_on)
        return away.name, _("away until %(day)s; %(cover)s covers", day=until, cover=away.cover)
    decided = leaves.decides(work(), case)
    return case.responsible.name, "" if decided == case.responsible.name else _("%(name)s signed", name=decided)


def _asked_by(case: Any) -> tuple[str, str]:
    way = _(CHANNELS[Channel(case.channel)])
    by = case.requested_by
    if by is None or by.id == case.patient.account_id:
        return case.patient.name, way
    if case.channel != Channel.PORTAL:
        return case.patient.name, _("%(way)s, entered by %(name)s", way=way, name=by.name)
    return by.name, _("for %(patient)s, %(way)s", patient=case.patient.name, way=way)
