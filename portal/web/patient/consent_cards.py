"""Consents on the patient's first page: what changes now, and what the clinic asks her."""

from typing import Any

from flask import url_for

from portal.domain import purposes
from portal.domain.consent_changes import CHANGE_NAMES, Change
from portal.domain.dates import say_plain_date
from portal.domain.policy import Permission
from portal.domain.standing import Names
from portal.domain.status import people, say
from portal.domain.words import _
from portal.services import consent_renewals, consents, leaves
from portal.web.patient.cards import Card, Need
from portal.web.work import work


def sentence(case: Any) -> str:
    """Where it stands, and who waits for whom."""
    return say(case, people(work().actor, case), Names(case.patient.name, leaves.decides(work(), case)))


def card(case: Any) -> Card:
    """The card of a consent that changes."""
    return Card(
        title=_(CHANGE_NAMES[Change(case.change)]),
        href=url_for("patient.consent_change", reference=case.reference),
        reference=case.reference,
        sentence=sentence(case),
        kind="calm",
        steps=(),
        current=0,
        due=None,
        late=False,
    )


def needs(patient: Any) -> list[Need]:
    """What the clinic asks this patient to decide on, of whoever may decide it."""
    if not work().may(Permission.CONSENT_VIEW, patient):
        return []
    whose: dict[str, Any] = {"for": str(patient.id)}
    asked = [
        Need(
            _("We ask for your consent: %(purpose)s.", purpose=_(purposes.find(each.purpose).title)),
            url_for("patient.answer_consent", purpose=each.purpose, consent_id=each.id, **whose),
            _("Read and decide"),
        )
        for each in consents.asked_of(work(), patient)
    ]
    return asked + [_renewal(each.consent, whose) for each in consent_renewals.of_patient(work(), patient)]


def _renewal(consent: Any, whose: dict[str, Any]) -> Need:
    places = {"purpose": _(purposes.find(consent.purpose).title), "day": say_plain_date(consent.expires_on)}
    ended = consent.expires_on < work().today
    return Need(
        _("A consent of yours ended on %(day)s: %(purpose)s.", **places)
        if ended
        else _("A consent of yours is good until %(day)s: %(purpose)s.", **places),
        url_for("patient.renew_consent", purpose=consent.purpose, consent_id=consent.id, **whose),
        _("Read it again, and decide"),
    )
