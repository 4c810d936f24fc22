"""What a form says of a task, and the form itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Form
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from api.language import gettext as _
from api.language import local
from api.sight import Sight
from models.lead.lead import Lead
from models.queries.people import TALKING
from models.task import Task, Terms, due
from models.user import User

MORNING = 10  # o'clock


@dataclass(frozen=True, kw_only=True)
class TaskForm:
    """Of a new task, or of one that is there. `whoever` see the lead and may do it."""

    task: Task | None
    whoever: Sequence[User]
    assignee_id: int | None
    day: str
    clock: str
    chips: Sequence[tuple[str, str]]


@dataclass
class Written:
    """A task as its form is sent. `when` is one of `soon`, or "date" with a day and a clock."""

    what: Annotated[str, Form(max_length=20_000)] = ""
    when: Annotated[str, Form(max_length=20)] = "date"
    day: Annotated[str, Form(max_length=40)] = ""
    clock: Annotated[str, Form(max_length=40)] = ""
    assignee: Annotated[str, Form(max_length=20)] = ""

    def asked(self, person: User, *, now: datetime, was: datetime | None = None) -> Terms:
        """In the person's zone. `was` is kept where its minute is unchanged. Raises Refused."""
        return Terms(self.what, self.due_at(person, now=now, was=was), number(self.assignee))

    def due_at(self, person: User, *, now: datetime, was: datetime | None = None) -> datetime:
        if self.when in SOON:
            return soon(self.when, zone=person.time_zone, now=now)
        found = due(self.day, self.clock, zone=person.time_zone, now=now)
        return was if was and was.replace(second=0, microsecond=0) == found else found


SOON = ("hour", "tomorrow", "three_days")


def soon(which: str, *, zone: str, now: datetime) -> datetime:
    """An hour from now, or ten in the morning there of a day to come."""
    if which == "hour":
        return now.replace(second=0, microsecond=0) + timedelta(hours=1)
    there = now.astimezone(ZoneInfo(zone)) + timedelta(days=1 if which == "tomorrow" else 3)
    return there.replace(hour=MORNING, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)


def chips() -> Sequence[tuple[str, str]]:
    """The usual due times, and what they are called."""
    return (("hour", _("in an hour")), ("tomorrow", _("tomorrow 10:00")),
            ("three_days", _("in 3 days, 10:00")))  # fmt: skip


def number(said: str) -> int | None:
    """A person's id as a form says it; nobody for anything that is none."""
    return int(said) if said.isdigit() and len(said) < 19 else None


async def form(
    session: AsyncSession, lead: Lead, person: User, *, now: datetime, task: Task | None = None
) -> TaskForm:
    """Read for who looks at it."""
    people = select(User).where(col(User.disabled_at).is_(None), col(User.role).in_(TALKING))
    found = (await session.execute(people.order_by(col(User.name), col(User.id)))).scalars()
    there = local(task.due_at) if task else None
    return TaskForm(
        task=task,
        whoever=[one for one in found if Sight(one).sees(lead)],
        assignee_id=task.assignee_id if task else person.id,
        day=there.date().isoformat() if there else "",
        clock=there.strftime("%H:%M") if there else "",
        chips=chips(),
    )
