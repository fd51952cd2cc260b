"""Letters about money: the written estimate that comes before any charge, and the answer to a plea to waive it."""

from portal.domain.errors import Invalid
from portal.domain.fees import EstimateLine, FeeEstimate, say_cents
from portal.domain.letters.facts import LetterFacts
from portal.domain.letters.letter import Letter, LetterBlock, LetterKind
from portal.domain.letters.sentences import _
from portal.domain.letters.wording import (
    about_request,
    bullets,
    from_clinic,
    how_to_reach,
    paragraph,
    slot,
    what_you_can_do,
    who_answers,
)


def estimate(facts: LetterFacts, fee: FeeEstimate, explanation: str = "") -> Letter:
    """What the answer would cost, before any work is charged for; ``Invalid`` when there is nothing to pay."""
    if fee.is_free:
        raise Invalid(_("There is nothing to pay, so there is no estimate to send."))
    rules = facts.profile.fees
    return from_clinic(
        LetterKind.ESTIMATE,
        _("What your request would cost"),
        facts,
        about_request(facts),
        slot("fee-law", paragraph(_(rules.words))),
        slot(
            "fee-table",
            _table(fee),
            paragraph(_("In all: %(total)s.", total=say_cents(fee.total_cents)), "estimate_total"),
            *_deposit(fee),
        ),
        slot("why-this-fee", *_because(fee), *((paragraph(explanation),) if explanation.strip() else ())),
        paragraph(_("We charge nothing before you accept.")),
        slot(
            "fee-and-the-date",
            paragraph(_("%(words)s It is %(due)s.", words=_(rules.clock_words), due=facts.say_date(facts.due))),
        ),
        what_you_can_do(
            slot("fee-choices", _choices()),
            slot("right-to-complain", *_complaint(facts)),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def estimate_outcome(facts: LetterFacts, fee: FeeEstimate, waived: bool, reason: str = "") -> Letter:
    """The answer to a plea to waive the fee; a no gives its ``reason`` and the way to complain."""
    return _waived(facts) if waived else _not_waived(facts, fee, reason)


def _waived(facts: LetterFacts) -> Letter:
    return from_clinic(
        LetterKind.ESTIMATE_WAIVED,
        _("You do not have to pay"),
        facts,
        about_request(facts),
        paragraph(_("You asked us to waive the fee, and we do. You have nothing to pay.")),
        paragraph(_("We go on with your request and answer by %(due)s.", due=facts.say_date(facts.due))),
        what_you_can_do(who_answers(facts.clinic.privacy_contact)),
    )


def _not_waived(facts: LetterFacts, fee: FeeEstimate, reason: str) -> Letter:
    if not reason.strip():
        raise Invalid(_("Say why the fee is not waived, so that the patient can understand it."), "reason")
    return from_clinic(
        LetterKind.ESTIMATE_NOT_WAIVED,
        _("About the fee you asked us to waive"),
        facts,
        about_request(facts),
        paragraph(_("You asked us to waive the fee of %(total)s. We cannot.", total=say_cents(fee.total_cents))),
        slot("why", paragraph(reason)),
        paragraph(_("We still charge nothing before you accept.")),
        what_you_can_do(
            bullets(_("You can accept the fee."), _("You can decline it, or ask for less or for another form.")),
            slot("right-to-complain", *_complaint(facts)),
            who_answers(facts.clinic.privacy_contact),
        ),
    )


def _choices() -> LetterBlock:
    return bullets(
        _("You can accept the fee."),
        _("You can decline it. Then tell us if you want less, or another form that costs less."),
        _("You can ask us to waive it, for example if you cannot pay."),
        part="estimate_choices",
    )


def _complaint(facts: LetterFacts) -> tuple[LetterBlock, ...]:
    words = paragraph(_(facts.profile.fees.complaint_words), "fee_complaint")
    return words, *how_to_reach(facts.profile.complaint_body)


def _table(fee: FeeEstimate) -> LetterBlock:
    head = (_("What for"), _("How many"), _("Free"), _("Each"), _("Amount"))
    return LetterBlock("table", head=head, rows=tuple(_row(each) for each in fee.lines), part="estimate_lines")


def _row(each: EstimateLine) -> tuple[str, ...]:
    return (
        _(each.label),
        _("%(n)s %(units)s", n=each.units, units=_(each.many)),
        str(each.free_units),
        say_cents(each.cents_each),
        say_cents(each.cents),
    )


def _deposit(fee: FeeEstimate) -> tuple[LetterBlock, ...]:
    if not fee.deposit_cents:
        return ()
    return (
        paragraph(
            _("We ask for %(deposit)s of this before we start.", deposit=say_cents(fee.deposit_cents)), "deposit"
        ),
    )


def _because(fee: FeeEstimate) -> tuple[LetterBlock, ...]:
    reasons = tuple(
        _("%(label)s: %(text)s", label=_(each.label), text=_(each.justification))
        for each in fee.lines
        if each.justification
    )
    return (paragraph(_("Why it costs this:")), bullets(*reasons)) if reasons else ()
