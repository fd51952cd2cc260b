"""What somebody of the clinic reads before she reaches out to a patient: which ways are open, and which are closed."""

from dataclasses import dataclass
from typing import Any

from portal.domain import contact_plans as rules
from portal.domain.contact_plans import Entry, Reach, choices, entry
from portal.domain.dates import say_plain_date
from portal.domain.dispatches import find_return
from portal.domain.policy import Permission
from portal.domain.words import _
from portal.domain.zones import zone
from portal.services import contact_plans, dispatch_tasks
from portal.services.contact_plans import Kept
from portal.web.languages import own_names
from portal.web.work import work


@dataclass(frozen=True)
class Panel:
    """``rows`` are (what, words); ``quiet`` when the patient said nothing, so that there is nothing to warn of."""

    number: str
    watched: bool
    rows: list[tuple[str, str]]
    warnings: list[str]
    has_code_word: bool
    quiet: bool
    can_write: bool


def panel(patient: Any, looking: Any = None) -> Panel:
    """The panel of a patient, for whoever works on her requests; ``looking`` when the page has no work yet."""
    begun = looking or work()
    kept, reach = contact_plans.of(begun, patient), contact_plans.reach_of(begun, patient)
    doubted = [_came_back(row) for row in dispatch_tasks.doubts_of(begun, patient)]
    return Panel(
        number=patient.number,
        watched=reach.watched,
        rows=_rows(kept, reach),
        warnings=[*doubted, *_warnings(kept, reach)],
        has_code_word=kept.has_code_word,
        quiet=not kept.version and not reach.watched and not doubted,
        can_write=begun.may(Permission.CONTACT_PLAN, patient),
    )


def _came_back(row: Any) -> str:
    day = say_plain_date(row.since.astimezone(zone(work().clinic.time_zone)).date())
    what = _(find_return(row.reason).title)
    return _("Something came back on %(day)s: %(what)s. Check her address and numbers with her.", day=day, what=what)


def _rows(kept: Kept, reach: Reach) -> list[tuple[str, str]]:
    plan = kept.plan
    rows = [(_("She wants to be reached"), _office(choices().channels, plan.channel))] if plan.channel else []
    rows += [(_("Telephone"), _telephone(kept, reach)), (_("Post"), _post(reach)), (_("E-mail"), _mail(reach))]
    if plan.language:
        rows.append((_("Language"), dict(own_names()).get(plan.language, plan.language)))
    rows += [(_("She needs"), "\n".join(_office(choices().formats, each) for each in plan.formats))]
    return [(what, words) for what, words in rows if words]


def _telephone(kept: Kept, reach: Reach) -> str:
    if not reach.phone:
        return _("Do not call. There is no number that is safe.")
    if rules.PHONE not in reach.safe:
        return _("%(number)s, the number on file.", number=reach.phone)
    call = _("Call only %(number)s.", number=reach.phone)
    when = _("When: %(when)s.", when=kept.plan.phone_when.rstrip(".")) if kept.plan.phone_when else ""
    message = _("You may leave a message.") if kept.plan.message_ok else _("Do not leave a message.")
    word = _("Ask for the code word before you say anything.") if kept.has_code_word else ""
    return " ".join(filter(None, (call, when, message, word)))


def _post(reach: Reach) -> str:
    if not reach.address:
        return _("Do not post anything. There is no address that is safe.")
    return "\n".join(reach.address)


def _mail(reach: Reach) -> str:
    if not reach.email:
        return _("The portal sends her no e-mail, since no address is safe. Tell her another way that something waits.")
    sender = work().clinic.neutral
    if reach.neutral and not sender.email:
        return _("The portal sends her no e-mail: the clinic's settings name no neutral sender.")
    return reach.email


def _warnings(kept: Kept, reach: Reach) -> list[str]:
    said = [_office(choices().never, each) for each in kept.plan.never]
    if reach.neutral:
        sender = work().clinic.neutral
        back = ", ".join((sender.name, *sender.return_address))
        said.append(
            _("Nothing outside may name the clinic. On envelopes write as the sender: %(sender)s.", sender=back)
        )
    return said


def _office(offered: tuple[Entry, ...], wanted: str) -> str:
    found = entry(offered, wanted)
    return _(found.office) if found else ""
