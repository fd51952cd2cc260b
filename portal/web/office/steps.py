"""The steps of a case as buttons: which is next, where each leads, and the reason under those that cannot be taken."""

from dataclasses import dataclass
from typing import Any

from portal.domain.access_requests import FeeStage
from portal.domain.clocks import Clock
from portal.domain.words import _
from portal.domain.workflow import Offer
from portal.services import cases, clocks, fees, pauses
from portal.web.work import work

# Where a step asks for more, below the address of its case; the others are done by pressing them.
PAGES = {
    "check_identity": "identity",
    "gather": "record",
    "ask": "question",
    "go_on": "go-on",
    "estimate": "estimate",
    "waive_fee": "waiver",
    "keep_fee": "waiver",
    "name_physician": "physician",
    "extend": "extend",
    "stop_clock": "commissioner-asked",
    "restart_clock": "commissioner-decided",
    "refer": "refer",
    "no_record": "no-record",
    "judge": "review",
    "send_back": "review/send-back",
    "sign": "review/sign",
    "return_review": "return-review",
    "release": "release",
    "offer_viewing": "offer-viewing",
    "refuse": "refuse",
    "hand_over": "hand-over",
}
PRESSED = {"begin": "begin", "rebuild": "rebuild", "close": "close"}
# The way a case takes when nothing comes between: the first of these that can be taken is what to do next.
MAIN = (
    "check_identity",
    "begin",
    "waive_fee",
    "keep_fee",
    "gather",
    "refer",
    "sign",
    "judge",
    "release",
    "offer_viewing",
    "refuse",
    "rebuild",
    "hand_over",
    "close",
)


@dataclass(frozen=True)
class Button:
    """A step: an address to go to, one to post to, or the reason why neither."""

    event: str
    label: str
    href: str | None
    action: str | None
    why_not: str | None
    style: str = "secondary"


def buttons(case: Any, address: str, clock: Clock | None) -> list[Button]:
    """What this person may do with the case: what is next first, what cannot be done now last."""
    offers = [offer for offer in cases.offers(work(), case) if _is_called_for(case, offer.event)]
    reasons = {offer.event: _why_not(case, offer, clock) for offer in offers}
    main = next((event for event in MAIN if reasons.get(event, "") is None and _is_due(case, event)), None)
    made = [_button(offer, reasons[offer.event], address, offer.event == main) for offer in offers]
    return sorted(made, key=lambda button: _rank(case, button))


def _is_called_for(case: Any, event: str) -> bool:
    """Whether a step has anything to answer yet: what nobody asked for is not shown, not even as closed."""
    if event == "restart_clock":
        return bool(case.paused_for)
    if event in ("waive_fee", "keep_fee"):
        return bool(case.fee_stage == FeeStage.WAIVER_ASKED)
    return True


def _rank(case: Any, button: Button) -> tuple[bool, bool, int]:
    """What is next; what else moves the case, what can be done besides or again; at the end what cannot be done now."""
    on_the_way = button.event in MAIN
    besides = 1 if not on_the_way else 0 if _is_due(case, button.event) else 2
    return button.style != "primary", button.why_not is not None, besides


def _button(offer: Offer, why_not: str | None, address: str, is_main: bool) -> Button:
    event = offer.event
    return Button(
        event=event,
        label=_(offer.step.label),
        href=f"{address}/{PAGES[event]}" if event in PAGES else None,
        action=f"{address}/{PRESSED[event]}" if event in PRESSED else None,
        why_not=why_not,
        style="primary" if is_main else "secondary",
    )


def _why_not(case: Any, offer: Offer, clock: Clock | None) -> str | None:
    """The workflow's reason; for more time also the clock's, asked only while it runs; for a fee the schedule's."""
    if offer.event == "extend" and offer.why_not is None and clock is not None:
        return clocks.why_no_extension(case, clock, work().today)
    if offer.event == "stop_clock" and offer.why_not is None:
        return pauses.why_not_stop(case)
    if offer.event == "estimate" and offer.why_not is None:
        return fees.why_nothing_is_charged(work(), case)
    return offer.why_not


def _is_due(case: Any, event: str) -> bool:
    """Whether a step that can be taken more than once is still to be done."""
    if event == "check_identity":
        return not case.identity_checked_at
    if event == "gather":
        return not case.items_gathered
    if event == "waive_fee":
        return bool(case.fee_stage == FeeStage.WAIVER_ASKED)
    return True
