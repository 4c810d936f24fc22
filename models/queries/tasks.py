"""Who may do a task, and the tasks that a person sees: by their time, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from models.database import Work
from models.errors import Refused
from models.lead.lead import Lead
from models.lead.row import called
from models.queries.notices import microseconds, moment
from models.queries.people import TALKING
from models.queries.visibility import visible_leads
from models.task import Outcome, Task
from models.user import Role, User

PAGE, MOST = 50, 99
_assignee, _closer = aliased(User), aliased(User)


class Shown(NamedTuple):
    """A task with whose it is; `closer` is the person who closed it."""

    task: Task
    lead_id: int
    name: str
    country: str | None
    assignee: str | None
    closer: str | None


@dataclass(frozen=True)
class Page:
    """`after` is the cursor of the next page; None: this was the last."""

    tasks: Sequence[Shown]
    after: str | None = None


async def who_does(work: Work, lead: Lead, number: int | None) -> User | None:
    """Whoever is to do a task must see its lead. Raises Refused."""
    if number is None:
        return None
    person = await work.session.get(User, number)
    if person is None or person.role not in TALKING:
        raise Refused("There is no such person to do it")
    if person.disabled_at is not None:
        raise Refused("%(name)s does not work here any more", name=person.name)
    await work.flush()
    sees = select(col(Lead.id)).where(col(Lead.id) == lead.id, visible_leads(person))
    if (await work.execute(sees)).first() is None:
        raise Refused("%(name)s does not see this chat and cannot do it", name=person.name)
    return person


async def named_or_owner(work: Work, lead: Lead, login: str | None) -> User | None:
    """Who does what a process promises: the person named, else the lead's owner, else nobody."""
    named = await User.named(work.session, login) if login else None
    for number in (named.id if named else None, lead.owner_id):
        try:
            if number is not None:
                return await who_does(work, lead, number)
        except Refused:
            continue
    return None


async def open_ones(
    session: AsyncSession,
    person: User,
    *among: ColumnElement[bool],
    after: str | None = None,
    size: int = PAGE,
) -> Page:
    """What is due first comes first. Raises Refused for a cursor that is none of ours."""
    at, number = col(Task.due_at), col(Task.id)
    query = _seen(person).where(col(Task.outcome).is_(None), *among)
    if after is not None:
        query = query.where(tuple_(at, number) > tuple_(*_place(after)))
    return await _page(session, query.order_by(at, number), size, at="due_at")


async def counts(
    session: AsyncSession,
    person: User,
    spans: Mapping[str, tuple[datetime | None, datetime | None]],
    *among: ColumnElement[bool],
) -> dict[str, int]:
    """How many open ones are due in each span (from, before), no further than one past MOST."""
    at = col(Task.due_at)
    parts = []
    for begins, ends in spans.values():
        within = [at >= begins] if begins else []
        within += [at < ends] if ends else []
        found = (
            select(col(Task.id))
            .join(Lead, col(Lead.id) == col(Task.lead_id))
            .where(col(Task.outcome).is_(None), visible_leads(person), *among, *within)
            .limit(MOST + 1)
            .subquery()
        )
        parts.append(select(func.count()).select_from(found).scalar_subquery())
    return dict(zip(spans, (await session.execute(select(*parts))).one(), strict=True))


class Load(NamedTuple):
    """Of a colleague: how many tasks are overdue, and of those for today how many are left and
    done. None is counted further than one past MOST."""

    id: int
    name: str
    late: int
    left: int
    done: int


async def loads(
    session: AsyncSession, person: User, *, now: datetime, today: datetime, tomorrow: datetime
) -> list[Load]:
    """Of those whom a team lead leads; an admin sees everybody who talks."""
    open_one, mine = col(Task.outcome).is_(None), col(Task.assignee_id) == col(User.id)
    spans = (
        (open_one, col(Task.due_at) < now),
        (open_one, col(Task.due_at) < tomorrow),
        (col(Task.outcome) == Outcome.DONE, col(Task.outcome).is_not(None),
         col(Task.closed_at) >= today),
    )  # fmt: skip
    parts = []
    for span in spans:
        found = select(col(Task.id)).where(mine, *span).limit(MOST + 1).correlate(User).subquery()
        parts.append(select(func.count()).select_from(found).scalar_subquery())
    query = select(col(User.id), col(User.name), *parts).where(
        col(User.disabled_at).is_(None), col(User.role).in_(TALKING)
    )
    if person.role != Role.ADMIN:
        query = query.where(col(User.team_id) == person.team_id)
    rows = await session.execute(query.order_by(col(User.name), col(User.id)).limit(MOST))
    return [Load(*row) for row in rows]


async def closed(
    session: AsyncSession,
    person: User,
    *among: ColumnElement[bool],
    after: str | None = None,
    size: int = PAGE,
) -> Page:
    """Done and cancelled, the latest first. Raises Refused for a cursor that is none of ours."""
    at, number = col(Task.closed_at), col(Task.id)
    query = _seen(person).where(col(Task.outcome).is_not(None), *among)
    if after is not None:
        query = query.where(tuple_(at, number) < tuple_(*_place(after)))
    return await _page(session, query.order_by(at.desc(), number.desc()), size, at="closed_at")


def _seen(person: User) -> Select[Any]:
    return (
        select(
            Task, col(Lead.id), col(Lead.first_name), col(Lead.last_name), col(Lead.username),
            col(Lead.chat_id), col(Lead.country), _assignee.name, _closer.name,
        )
        .join(Lead, col(Lead.id) == col(Task.lead_id))
        .outerjoin(_assignee, col(_assignee.id) == col(Task.assignee_id))
        .outerjoin(_closer, literal("user:") + cast(col(_closer.id), Text) == col(Task.closed_by))
        .where(visible_leads(person))
    )  # fmt: skip


async def _page(session: AsyncSession, query: Select[Any], size: int, *, at: str) -> Page:
    rows = (await session.execute(query.limit(size + 1))).all()
    found = [
        Shown(task, lead_id, called(first, last, username, chat_id), country, assignee, closer)
        for task, lead_id, first, last, username, chat_id, country, assignee, closer in rows[:size]
    ]
    if len(rows) <= size:
        return Page(found)
    last_one = found[-1].task
    moment_of: datetime = getattr(last_one, at)
    return Page(found, f"{microseconds(moment_of)}.{last_one.id}")


def _place(cursor: str) -> tuple[datetime, int]:
    at, _, number = cursor.partition(".")
    try:
        return moment(int(at)), int(number)
    except ValueError as error:
        raise Refused("This page of the list does not exist") from error
