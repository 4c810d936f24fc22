"""What each person has on the desk now, and who waits for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.driving import Mode
from models.lead.lead import Lead
from models.queries.desk import Colleague, desk
from models.queries.people import TALKING
from models.queries.reports.scope import Scope
from models.user import Role, User

LONG, TOO_LONG = timedelta(minutes=10), timedelta(minutes=30)


@dataclass(frozen=True)
class Load:
    """`who` is None for leads that nobody has. All are leads outside of the archive; `overdue` have
    an open task whose time is past. `at_work` is since when the person is on shift."""

    who: Colleague | None
    leads: int = 0
    manual: int = 0
    unread: int = 0
    waiting: int = 0
    long: int = 0
    too_long: int = 0
    since: datetime | None = None
    overdue: int = 0
    at_work: datetime | None = None

    @property
    def idle(self) -> bool:
        return not self.leads


async def load(session: AsyncSession, scope: Scope) -> list[Load]:
    """A manager's own row; else everybody's who talks, who lets somebody wait longest first."""
    people = {one.id: one for one in (await desk(session)).people}
    waits = col(Lead.waiting_since)
    query = (
        select(
            col(Lead.owner_id),
            func.count(),
            _counted(col(Lead.mode) == Mode.MANUAL),
            _counted(col(Lead.unread) > 0),
            func.count(waits),
            _counted(waits <= scope.now - LONG),
            _counted(waits <= scope.now - TOO_LONG),
            func.min(waits),
            _counted(col(Lead.task_due_at) <= scope.now),
        )
        .where(*scope.leads(), col(Lead.archived_at).is_(None), col(Lead.ignored_at).is_(None))
        .group_by(Lead.owner_id)
    )
    shifts = select(col(User.id), col(User.on_shift_at)).where(col(User.on_shift_at).is_not(None))
    at_work: dict[int | None, datetime] = dict((await session.execute(shifts)).all())
    found = {
        owner: replace(
            Load(people.get(owner) if owner else None, *counts), at_work=at_work.get(owner)
        )
        for owner, *counts in await session.execute(query)
    }
    for one in people.values():
        if one.id not in found and _on_the_list(one, scope):
            found[one.id] = Load(one, at_work=at_work.get(one.id))
    return sorted(found.values(), key=lambda one: _pressing(one, scope.now))


def everything(loads: Sequence[Load]) -> Load:
    """All of them as one."""
    since = [one.since for one in loads if one.since]
    counts = {
        name: sum(getattr(one, name) for one in loads)
        for name in ("leads", "manual", "unread", "waiting", "long", "too_long", "overdue")
    }
    return Load(None, **counts, since=min(since, default=None))


def _counted(what: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.count().filter(what)


def _on_the_list(one: Colleague, scope: Scope) -> bool:
    """Who has nothing is there, too: that is what the page is looked at for."""
    person = scope.person
    if one.gone or one.role not in TALKING or scope.view.filters or scope.team is not None:
        return False
    if scope.alone:
        return one.id == person.id
    if one.role == Role.ADMIN:
        return False
    return person.role != Role.TEAM_LEAD or one.team_id == person.team_id


def _pressing(one: Load, now: datetime) -> tuple[datetime, int, str]:
    return (one.since or now, -one.leads, one.who.name if one.who else "")
