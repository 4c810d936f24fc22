"""What somebody has promised to do for a lead, and until when."""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Index, Text, text
from sqlmodel import Field, SQLModel

from models.columns import identity, moment, reference, stamped
from models.errors import Refused

LONGEST = 1000  # characters of what is to be done, and of what came of it
AHEAD = timedelta(days=5 * 366)
DAY_ENDS = time(18)  # of who is given a date without a time
OPEN = text("outcome is null")


class Outcome(StrEnum):
    DONE = "done"
    CANCELLED = "cancelled"


class Task(SQLModel, table=True):
    """Open as long as it has no `outcome`. `by` is an actor; nobody does a task without
    `assignee_id`, and who leads the lead is reminded of it.

    `reminded_for` is the due time that was told last: one reminder for each due time. `step_key`
    says which step of which run of a process waits for the outcome (`2:check_documents`).
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("task_open_of_lead", "lead_id", "due_at", "id", postgresql_where=OPEN),
        Index("task_open_of_person", "assignee_id", "due_at", "id", postgresql_where=OPEN),
        Index("task_open", "due_at", "id", postgresql_where=OPEN),
        Index(
            "task_of_step",
            "lead_id",
            "step_key",
            unique=True,
            postgresql_where=text("outcome is null and step_key is not null"),
        ),
        Index(
            "task_closed_of_lead",
            "lead_id",
            text("closed_at desc"),
            postgresql_where=text("outcome is not null"),
        ),
        Index(
            "task_closed_of_person",
            "assignee_id",
            text("closed_at desc"),
            text("id desc"),
            postgresql_where=text("outcome is not null"),
        ),
        Index(
            "task_closed",
            text("closed_at desc"),
            text("id desc"),
            postgresql_where=text("outcome is not null"),
        ),
    )

    id: int = identity()
    lead_id: int = reference("lead.id", nullable=False)
    what: str
    due_at: datetime = moment(nullable=False)
    assignee_id: int | None = reference("user_account.id")
    by: str = Field(description="an actor, as in the timeline")
    step_key: str | None = None
    reminded_for: datetime | None = moment()
    outcome: Outcome | None = Field(default=None, sa_type=Text)
    result: str | None = None
    closed_at: datetime | None = moment()
    closed_by: str | None = None
    created_at: datetime = stamped()


class Terms(NamedTuple):
    """What is promised: by whom is nobody for None."""

    what: str
    due_at: datetime
    assignee_id: int | None


def due(day: str, clock: str, *, zone: str, now: datetime) -> datetime:
    """The moment that a form's date (2026-11-23) and time (18:30) mean in a person's zone.

    Without a time it is the end of their working day, or of the day where that is over; without
    either it is not known. A time that is left out by the clocks going forward is the one after it.
    Raises Refused.
    """
    try:
        when = date.fromisoformat(day.strip())
        at = time.fromisoformat(clock.strip()) if clock.strip() else None
    except ValueError:
        raise Refused("There is no such date or time") from None
    there = ZoneInfo(zone)
    try:
        found = datetime.combine(when, at or DAY_ENDS, tzinfo=there).astimezone(now.tzinfo)
        if at is None and found <= now:
            found = datetime.combine(when, time(23, 59), tzinfo=there).astimezone(now.tzinfo)
    except OverflowError:
        raise Refused("There is no such date or time") from None
    return found


def possible(due_at: datetime, *, now: datetime) -> datetime:
    """Raises Refused: what is past cannot be promised, and what is years away is a slip."""
    if due_at <= now:
        raise Refused("This time has passed already: choose a later one")
    if due_at > now + AHEAD:
        raise Refused("This is more than five years away: check the date")
    return due_at
