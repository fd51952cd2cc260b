"""The clock of a case and its number: the ledger is kept, the dates are its replay."""

from datetime import date

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.domain import clocks, references
from portal.domain.clocks import Clock, LedgerEntry, LedgerKind
from portal.domain.errors import Invalid, NotPossible
from portal.domain.jurisdictions import Profile, profile
from portal.models.cases import Case, LedgerRow, ReferenceCounter
from portal.services.work import Work

PREFIXES = references.PREFIXES
LIMITS = {"access_request": "access", "consent_change": "consent", "accuracy_note": "correction"}


def rules_of(case: Case) -> Profile:
    """The law the case began under."""
    return profile(case.jurisdiction, case.rules_version)


def ledger_of(case: Case) -> list[LedgerEntry]:
    return [LedgerEntry(LedgerKind(r.kind), r.on, r.days, r.ground, r.event) for r in case.ledger]


def clock_of(case: Case, today: date | None = None) -> Clock | None:
    """The case's ledger, replayed; None before the request is received."""
    entries = ledger_of(case)
    return clocks.replay(rules_of(case), LIMITS[case.kind], entries, today) if entries else None


def add_to_ledger(work: Work, case: Case, entry: LedgerEntry) -> Clock:
    """Add an event to the clock and set the case's dates from the replay of the whole ledger."""
    row = LedgerRow(
        case_id=case.id,
        position=len(case.ledger) + 1,
        kind=entry.kind.value,
        on=entry.on,
        days=entry.days,
        ground=entry.ground,
        event=entry.event,
    )
    case.ledger.append(row)
    return set_dates(work, case)


def set_dates(work: Work, case: Case) -> Clock:
    """Set the case's dates from the replay of its whole ledger, as of today."""
    clock = clocks.replay(rules_of(case), LIMITS[case.kind], ledger_of(case), work.today)
    case.received_on, case.due_on, case.target_on = clock.received, clock.due, clock.internal_target
    return clock


def why_no_extension(case: Case, clock: Clock, today: date) -> str | None:
    """Why no time at all can be added to this clock today, in a sentence; None when some can."""
    extension = rules_of(case).limit(LIMITS[case.kind]).extension
    if extension and today < clock.due and clock.extended_days < extension.max:
        return None
    ground = extension.grounds[0].id if extension else ""
    try:
        clocks.check_extension(rules_of(case), LIMITS[case.kind], ledger_of(case), ground, 1, today)
    except (Invalid, NotPossible) as no:
        return no.sentence
    return None


def extended(case: Case, ground: str, days: int, today: date) -> Clock:
    """The clock as an extension would leave it; nothing is kept. Raises as ``access_requests.extend`` would."""
    law, entries = rules_of(case), ledger_of(case)
    clocks.check_extension(law, LIMITS[case.kind], entries, ground, days, today)
    more = LedgerEntry(LedgerKind.EXTENDED, today, days=days, ground=ground)
    return clocks.replay(law, LIMITS[case.kind], [*entries, more], today)


def give_reference(work: Work, case: Case, on: date) -> str:
    """The next number of the year for this kind of case, with its check character."""
    prefix = PREFIXES[case.kind]
    number = next_number(work.db, prefix, on.year)
    case.reference = references.make(prefix, on.year, number)
    return case.reference


def next_number(db: Session, prefix: str, year: int) -> int:
    """Count one up, gap-free: whoever counts the same at the same time waits until this transaction ends."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    counter = dialect.insert(ReferenceCounter).values(prefix=prefix, year=year, last=1)
    counter = counter.on_conflict_do_update(index_elements=["prefix", "year"], set_={"last": ReferenceCounter.last + 1})
    return int(db.execute(counter.returning(ReferenceCounter.last)).scalar_one())
