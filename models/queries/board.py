"""Published processes with the leads on them: by version, by step, by who leads."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from models.errors import Missing
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.process.version import Version
from models.queries.visibility import visible_leads
from models.user import User

LATE = timedelta(minutes=1)
TROUBLES = ("failed", "unknown")


@dataclass(frozen=True)
class Count:
    """Leads at one place: each stands in one of the three."""

    auto: int = 0
    manual: int = 0
    stuck: int = 0

    def __add__(self, other: "Count") -> "Count":
        return Count(self.auto + other.auto, self.manual + other.manual, self.stuck + other.stuck)

    @property
    def all(self) -> int:
        return self.auto + self.manual + self.stuck


@dataclass(frozen=True, kw_only=True)
class Published:
    """A version without its definition; `by` is empty for what was published by a command."""

    key: str
    number: int
    title: Mapping[str, str]
    at: datetime
    by: str
    leads: Count


@dataclass(frozen=True)
class Board:
    """One process: its versions, the newest first."""

    key: str
    versions: Sequence[Published]

    @property
    def newest(self) -> Published:
        return self.versions[0]

    @property
    def older(self) -> Sequence[Published]:
        """Versions that still lead somebody."""
        return [version for version in self.versions[1:] if version.leads.all]

    @property
    def leads(self) -> Count:
        return sum((version.leads for version in self.versions), Count())


async def boards(session: AsyncSession, person: User, *, now: datetime) -> list[Board]:
    """All published processes with the leads that this person may see."""
    leads = await _counted(session, person, col(Lead.process_key), col(Lead.version), now=now)
    versions: dict[str, list[Published]] = defaultdict(list)
    for row in await _published(session):
        versions[row.key].append(_told(row, leads))
    return [Board(key, versions[key]) for key in sorted(versions)]


async def board(session: AsyncSession, person: User, key: str, *, now: datetime) -> Board:
    """Raises Missing."""
    here = col(Lead.process_key) == key
    leads = await _counted(
        session, person, col(Lead.process_key), col(Lead.version), now=now, where=here
    )
    versions = [_told(row, leads) for row in await _published(session, key)]
    if not versions:
        raise Missing("There is no such process")
    return Board(key, versions)


async def at_steps(
    session: AsyncSession, person: User, key: str, number: int, *, now: datetime
) -> dict[str, Count]:
    """By step of one version; a step nobody is at is not there."""
    here = and_(col(Lead.process_key) == key, col(Lead.version) == number)
    leads = await _counted(session, person, col(Lead.step), now=now, where=here)
    return {step: count for (step,), count in leads.items()}


async def version_of(session: AsyncSession, key: str, number: int) -> Version:
    """With its source. Raises Missing."""
    query = select(Version).where(col(Version.key) == key, col(Version.number) == number)
    found = (await session.execute(query)).scalar_one_or_none()
    if found is None:
        raise Missing("There is no such process")
    return found


def stands(now: datetime) -> ColumnElement[bool]:
    """Something must be done about this lead before its process can be trusted to go on."""
    late = now - LATE
    return or_(
        col(Lead.notice).in_(TROUBLES),
        col(Lead.due_at) < late,
        and_(col(Lead.seq) > col(Lead.seen), col(Lead.last_action_at) < late),
    )


async def _counted(
    session: AsyncSession,
    person: User,
    *columns: ColumnElement[Any] | Mapped[Any],
    now: datetime,
    where: ColumnElement[bool] | None = None,
) -> dict[tuple[Any, ...], Count]:
    """Leads in a process, by these columns."""
    by_hand = col(Lead.mode) == Mode.MANUAL
    place = case((stands(now), "stuck"), (by_hand, "manual"), else_="auto").label("place")
    query: Select[*tuple[Any, ...]] = select(*columns, place, func.count())
    query = query.where(visible_leads(person), col(Lead.step).is_not(None))
    if where is not None:
        query = query.where(where)
    found: dict[tuple[Any, ...], Count] = defaultdict(Count)
    for *at, standing, count in await session.execute(query.group_by(*columns, place)):
        found[tuple(at)] += Count(**{standing: count})
    return dict(found)


async def _published(session: AsyncSession, key: str | None = None) -> Iterable[Row[Any]]:
    query: Select[*tuple[Any, ...]] = (
        select(
            col(Version.key), col(Version.number), col(Version.title), col(Version.published_at),
            col(User.name).label("by"),
        )
        .join(User, col(User.id) == col(Version.published_by_id), isouter=True)
        .order_by(col(Version.key), col(Version.number).desc())
    )  # fmt: skip
    query = query if key is None else query.where(col(Version.key) == key)
    return list(await session.execute(query))


def _told(row: Any, on_version: Mapping[tuple[Any, ...], Count]) -> Published:
    return Published(
        key=row.key, number=row.number, title=row.title, at=row.published_at, by=row.by or "",
        leads=on_version.get((row.key, row.number), Count()),
    )  # fmt: skip
