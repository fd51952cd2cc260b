"""Papers put aside; a letter of no safe way stands with all other letters; the real day of a task about a consent.

What ``disclosure_notices`` held is carried over: an open row becomes a letter that needs somebody, a settled one its
history. What was written stays sealed as it is. The seal names its old place, so the event has the old row's key and
the code ``brought``, by which it is opened as from there (``dispatches.note_of``).
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.domain import zones

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

PROBLEM, CODE = "no_safe_way", "brought"
# As the only jurisdiction there was said when these letters were written: its zone, and [disclosures.notice].
ZONE, WITHIN = "America/Vancouver", timedelta(days=1)
ASIDE: dict[str, Any] = {
    "aside_at": sa.DateTime(),
    "aside_by_id": sa.Uuid(),
    "aside_by_name": sa.String(length=240),
    "aside_reason": sa.String(length=24),
    "aside_sealed": sa.LargeBinary(),
    "aside_until": sa.Date(),
    "destroyed_digest": sa.String(length=64),
}
LETTERS = sa.table("letters", sa.column("id", sa.Uuid()), sa.column("kind"), sa.column("written_at", sa.DateTime()))
NOTICES = sa.table(
    "disclosure_notices",
    *(sa.column(name, sa.Uuid()) for name in ("id", "patient_id", "letter_id")),
    *(sa.column(name, sa.DateTime()) for name in ("made_at", "settled_at")),
    sa.column("settled_by_name", sa.String()),
    sa.column("settled_sealed", sa.LargeBinary()),
)
DISPATCHES = sa.table(
    "letter_dispatches",
    *(sa.column(name, sa.Uuid()) for name in ("id", "letter_id", "patient_id")),
    *(sa.column(name, sa.String()) for name in ("way", "why", "stage", "problem")),
    sa.column("outside", sa.Boolean()),
    sa.column("pages", sa.Integer()),
    *(sa.column(name, sa.DateTime()) for name in ("made_at", "changed_at")),
    sa.column("post_by", sa.Date()),
)
EVENTS = sa.table(
    "dispatch_events",
    *(sa.column(name, sa.Uuid()) for name in ("id", "dispatch_id")),
    *(sa.column(name, sa.String()) for name in ("event", "by_name", "code", "tracking")),
    sa.column("on", sa.Date()),
    sa.column("at", sa.DateTime()),
    sa.column("note_sealed", sa.LargeBinary()),
)
STILL_TO_GO = ("waiting", "confirmed", "ready", "task")
BY_HAND = ("post", "courier", "counter", "fax", "phone")


def upgrade() -> None:
    with op.batch_alter_table("incoming_papers") as papers:
        for name, kind in ASIDE.items():
            papers.add_column(sa.Column(name, kind, nullable=True))
        papers.create_foreign_key(op.f("fk_incoming_papers_aside_by_id"), "accounts", ["aside_by_id"], ["id"])
    op.create_index(
        op.f("ix_incoming_papers_settled_at_aside_until_id"), "incoming_papers", ["settled_at", "aside_until", "id"]
    )
    op.add_column("consent_tasks", sa.Column("done_on", sa.Date(), nullable=True))
    op.add_column("letter_dispatches", sa.Column("post_by", sa.Date(), nullable=True))
    _give_last_days()
    for notice in op.get_bind().execute(sa.select(NOTICES).order_by(NOTICES.c.id)).mappings().all():
        _carry_over(dict(notice))
    op.drop_table("disclosure_notices")


def _give_last_days() -> None:
    """The letters of the law that have not gone out get the last day they had all along."""
    bind, still = op.get_bind(), DISPATCHES.c.stage.in_(STILL_TO_GO) & DISPATCHES.c.way.in_(BY_HAND)
    query = sa.select(DISPATCHES.c.id, LETTERS.c.written_at).join(LETTERS, LETTERS.c.id == DISPATCHES.c.letter_id)
    for key, written_at in bind.execute(query.where(LETTERS.c.kind == "disclosure_notice", still)).all():
        bind.execute(sa.update(DISPATCHES).where(DISPATCHES.c.id == key).values(post_by=_last_day(written_at)))


def _last_day(written_at: datetime) -> date:
    return zones.date_in(ZONE, written_at.replace(tzinfo=UTC)) + WITHIN


def _carry_over(notice: dict[str, Any]) -> None:
    """One task of before. Where the letter stands in the lists already, an open task says nothing more."""
    bind, settled = op.get_bind(), notice["settled_at"] is not None
    ours = (DISPATCHES.c.letter_id == notice["letter_id"]) & DISPATCHES.c.way.in_(BY_HAND)
    listed = bind.execute(sa.select(DISPATCHES.c.id).where(ours, DISPATCHES.c.stage.in_(STILL_TO_GO)).limit(1)).first()
    if listed is not None and not settled:
        return
    written_at = bind.execute(sa.select(LETTERS.c.written_at).where(LETTERS.c.id == notice["letter_id"])).scalar_one()
    row = {"id": notice["id"], "letter_id": notice["letter_id"], "patient_id": notice["patient_id"]}
    row |= {"way": "post", "why": "law", "problem": PROBLEM, "outside": False, "pages": 0}
    row |= {"stage": "settled" if settled else "task", "post_by": None if settled else _last_day(written_at)}
    row |= {"made_at": notice["made_at"], "changed_at": notice["settled_at"] or notice["made_at"]}
    there = DISPATCHES.c.id == notice["id"]  # from before a downgrade
    if bind.execute(sa.update(DISPATCHES).where(there).values(row)).rowcount == 0:
        bind.execute(sa.insert(DISPATCHES).values(row))
    if settled:
        _carry_event(notice)


def _carry_event(notice: dict[str, Any]) -> None:
    bind, settled_on = op.get_bind(), zones.date_in(ZONE, notice["settled_at"].replace(tzinfo=UTC))
    if bind.execute(sa.select(EVENTS.c.id).where(EVENTS.c.id == notice["id"])).first() is not None:
        return  # it was carried over once before, and events are written once
    event = {"id": notice["id"], "dispatch_id": notice["id"], "event": "settled", "code": CODE, "tracking": ""}
    event |= {"on": settled_on, "at": notice["settled_at"], "by_name": notice["settled_by_name"] or ""}
    bind.execute(sa.insert(EVENTS).values({**event, "note_sealed": notice["settled_sealed"]}))


def downgrade() -> None:
    """Open ones become tasks of their own again; what was settled before this stays with its letter."""
    op.create_table(
        "disclosure_notices",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("letter_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("settled_at", sa.DateTime(), nullable=True),
        sa.Column("settled_by_name", sa.String(length=240), nullable=True),
        sa.Column("settled_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_disclosure_notices_patient_id")),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_disclosure_notices_letter_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure_notices")),
        sa.UniqueConstraint("letter_id", name=op.f("uq_disclosure_notices_letter_id")),
    )
    op.create_index(op.f("ix_disclosure_notices_settled_at_id"), "disclosure_notices", ["settled_at", "id"])
    _take_back()
    op.drop_column("letter_dispatches", "post_by")
    op.drop_column("consent_tasks", "done_on")
    op.drop_index(op.f("ix_incoming_papers_settled_at_aside_until_id"), "incoming_papers")
    with op.batch_alter_table("incoming_papers") as papers:
        papers.drop_constraint(op.f("fk_incoming_papers_aside_by_id"), type_="foreignkey")
        for name in ASIDE:
            papers.drop_column(name)


def _take_back() -> None:
    bind = op.get_bind()
    mine = DISPATCHES.c.problem == PROBLEM
    for found in bind.execute(sa.select(DISPATCHES).where(mine).order_by(DISPATCHES.c.id)).mappings().all():
        told = sa.select(EVENTS).where(EVENTS.c.id == found["id"], EVENTS.c.code == CODE)
        event = bind.execute(told).mappings().first()
        if event is None and found["stage"] != "task":
            continue
        row = {"id": found["id"], "patient_id": found["patient_id"], "letter_id": found["letter_id"]}
        row |= {"made_at": found["made_at"], "settled_at": event["at"] if event else None}
        row |= {"settled_by_name": event["by_name"] if event else None}
        row |= {"settled_sealed": event["note_sealed"] if event else None}
        bind.execute(sa.insert(NOTICES).values(row))
    bind.execute(sa.update(DISPATCHES).where(mine).values(stage="settled", problem=""))
