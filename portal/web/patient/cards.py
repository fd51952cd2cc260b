"""A request as its patient reads of it: the sentence, how far it is, the date, and what we need from her."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for

from portal.domain.access_requests import BEFORE_RELEASE, Delivery, Mode, Outcome, Stage, Waiting
from portal.domain.dates import say_date
from portal.domain.fees import say_cents
from portal.domain.standing import STEP_AT, STEPS, Names, WaitsFor, turn
from portal.domain.status import people, say
from portal.domain.words import _
from portal.services import fees, leaves, releases
from portal.web.work import work

RUNNING = BEFORE_RELEASE | {Stage.PREPARING}
RELEASED = frozenset({Outcome.RELEASED_IN_FULL, Outcome.RELEASED_IN_PART})


@dataclass(frozen=True)
class Card:
    """One request, ready to show."""

    title: str
    href: str
    reference: str
    sentence: str
    kind: str
    steps: tuple[str, ...]
    current: int
    due: date | None
    late: bool


@dataclass(frozen=True)
class Need:
    """Something that waits for the patient, with the one button that settles it, if the portal can."""

    text: str
    href: str | None = None
    action: str = ""
    gift: bool = False
    over: bool = False

    @property
    def heading(self) -> str:
        return heading([self])


def heading(needs: list[Need]) -> str:
    """What stands over the panel: a question is asked, a thing is handed over, or its time has run out."""
    if all(each.over for each in needs):
        return _("Something is no longer there for you")
    if all(each.gift for each in needs):
        return _("Something is ready for you")
    return _("We need something from you")


def card(case: Any) -> Card:
    """The card of a request that was sent."""
    late = is_late(case)
    return Card(
        title=title(case),
        href=url_for("patient.access_request", reference=case.reference),
        reference=case.reference,
        sentence=sentence(case),
        kind=mood(case, late),
        steps=tuple(_(step) for step in STEPS),
        current=STEP_AT[Stage(case.stage)],
        due=case.due_on if case.stage in RUNNING else None,
        late=late,
    )


def title(case: Any) -> str:
    """What was asked for, and for whom when it is somebody else's."""
    mine = case.patient_id == work().actor.patient_id
    if case.mode == Mode.VIEW:
        return _("Viewing your record") if mine else _("Viewing the record of %(name)s", name=case.patient.name)
    return _("A copy of your record") if mine else _("A copy of the record of %(name)s", name=case.patient.name)


def sentence(case: Any) -> str:
    """Where it stands, and who waits for whom."""
    if ended := _ended_on(case):
        return _("You could download your package until %(day)s. That day has passed.", day=say_date(ended))
    due = say_date(case.due_on) if case.due_on else ""
    return say(case, people(work().actor, case), Names(case.patient.name, leaves.decides(work(), case), due))


def mood(case: Any, late: bool) -> str:
    """How the sentence looks: calm, yours, done or late."""
    if case.stage in (Stage.DELIVERED, Stage.CLOSED):
        return "done"
    if turn(case) == WaitsFor.PATIENT:
        return "yours"
    return "late" if late else "calm"


def is_late(case: Any) -> bool:
    return bool(case.stage in RUNNING and case.due_on and work().today > case.due_on)


def need(case: Any) -> Need | None:
    """What the request waits for from the patient, if anything."""
    if case.stage == Stage.AWAITING_PATIENT:
        return _fee(case) if case.waiting_for == Waiting.FEE else _question(case)
    if case.stage == Stage.READY and case.mode == Mode.COPY:
        return _package(case)
    return None


def _question(case: Any) -> Need:
    text = _("We have a question about your request %(reference)s.", reference=case.reference)
    return Need(text, url_for("patient.answer", reference=case.reference), _("Answer the question"))


def _fee(case: Any) -> Need:
    estimate = fees.latest(work(), case)
    text = _(
        "Your request %(reference)s would cost %(fee)s. Tell us if we should go on.",
        reference=case.reference,
        fee=say_cents(estimate.total_cents if estimate else 0),
    )
    return Need(text, url_for("patient.answer_fee", reference=case.reference), _("Answer the estimate"))


def _package(case: Any) -> Need | None:
    if ended := _ended_on(case):
        text = _(
            "What you asked for in %(reference)s could be downloaded until %(day)s. To get it now, ask for it again.",
            reference=case.reference,
            day=say_date(ended),
        )
        return Need(text, url_for("patient.new_request"), _("Ask for your record again"), over=True)
    if case.delivery == Delivery.DOWNLOAD:
        text = _("What you asked for in %(reference)s is ready.", reference=case.reference)
        return Need(text, url_for("patient.download", reference=case.reference), _("Download it"), gift=True)
    if case.delivery == Delivery.PICK_UP:
        text = _(
            "What you asked for in %(reference)s is ready. Pick it up at the clinic and bring photo identification.",
            reference=case.reference,
        )
        return Need(text, gift=True)
    return None


def _ended_on(case: Any) -> date | None:
    """The last day of a download that was not fetched in time; None while there is time, or nothing to download."""
    if case.stage != Stage.READY or case.mode != Mode.COPY or case.delivery != Delivery.DOWNLOAD:
        return None
    package = releases.package_of(work(), case)
    ended: date | None = package.expires_on if package is not None else None
    return ended if ended is not None and work().today > ended else None


def downloadable(case: Any, package: Any) -> bool:
    """Whether the patient can have the package here and now."""
    finished = package is not None and package.built_at is not None
    if not finished or case.mode != Mode.COPY or case.delivery != Delivery.DOWNLOAD:
        return False
    in_time = package.expires_on is None or work().today <= package.expires_on
    return bool(in_time and (case.stage in (Stage.READY, Stage.DELIVERED) or case.outcome in RELEASED))
