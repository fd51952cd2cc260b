"""The demo clinic's messages, written by the same verbs as everybody's."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import delete

from portal.demo import messages as demo
from portal.domain.actors import Actor, Role
from portal.models.accounts import Account
from portal.models.jobs import Job
from portal.models.people import Patient
from portal.services import message_readings, message_threads, messages, snippets
from portal.services.messages import Said
from portal.services.work import Work


def write(work: Work, patients: Mapping[str, Patient], accounts: Mapping[str, Account]) -> None:
    """Each question on its day, read and answered on its day where it was; and the snippets, by the administrator."""
    esi = next(each for each in accounts.values() if Role.ADMINISTRATOR in each.role_set)
    for phrase in demo.PHRASES:
        snippets.add(_as(work, esi), phrase.title, phrase.words)
    for each in demo.EXCHANGES:
        patient = patients[each.patient]
        hers = _as(work, accounts[each.patient], patient)
        asked = _days_ago(hers, each.asked_days_ago)
        messages.send(asked, message_threads.general(asked, patient), Said(each.question))
        if each.answer:
            theirs = _days_ago(_as(work, accounts[each.answered_by]), each.answered_days_ago)
            _reads(theirs, patient)
            thread = message_threads.general(theirs, patient)
            read = message_readings.page(theirs, thread, limit=1).newest
            messages.answer(theirs, thread, Said(each.answer, seen=read))
            _reads(_days_ago(hers, each.answered_days_ago), patient)
    # These are stories of days that are over: nobody is sent an e-mail about them.
    work.db.execute(delete(Job).where(Job.kind == "message_notice"))


def _reads(work: Work, patient: Patient) -> None:
    thread = message_threads.general(work, patient)
    message_readings.opened(work, thread, message_readings.page(work, thread))


def _as(work: Work, account: Account, patient: Patient | None = None) -> Work:
    hers = patient.id if patient is not None else None
    return replace(work, actor=Actor(account.id, account.name, account.role_set, hers))


def _days_ago(work: Work, days: int) -> Work:
    """That day's work: what is locked then is not moved to now."""
    return replace(work, now=work.now - timedelta(days=days), clock=None)
