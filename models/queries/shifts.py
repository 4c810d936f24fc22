"""Who is at work and what they have to do; how leads go to them by themselves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.distribution import OPEN, Distribution
from models.lead.lead import Lead
from models.queries.people import TALKING
from models.shift import WHO_WORK, Span, plan_of, works_in_shifts
from models.user import LINES, Role, Team, User


@dataclass(frozen=True)
class AtWork:
    """`load` counts their open leads."""

    person: User
    load: int
    may_work: bool

    @property
    def since(self) -> datetime | None:
        return self.person.on_shift_at

    @property
    def plan(self) -> Mapping[int, Span]:
        return {one.day: one for one in plan_of(self.person)}


@dataclass(frozen=True)
class Office:
    """A team (None: leads and people without one), its distributions by line, and its people: who
    is at work first, then who has least to do."""

    team: Team | None
    ways: Mapping[int, Distribution]
    people: Sequence[AtWork]

    @property
    def name(self) -> str:
        return str(self.team.id) if self.team else "none"


async def offices(session: AsyncSession, person: User) -> list[Office]:
    """Those that the person decides for: an admin for all, a team lead for the team."""
    query = select(Team).order_by(col(Team.name))
    if person.role != Role.ADMIN:
        query = query.where(col(Team.id) == person.team_id)
    teams: list[Team | None] = list((await session.execute(query)).scalars())
    if person.role == Role.ADMIN:
        teams.append(None)
    ways = list((await session.execute(select(Distribution))).scalars())
    colleagues = await _people(session)
    load = await loads(session, [one.id for one in colleagues])
    return [_office(team, ways, colleagues, load) for team in teams]


async def at_work(session: AsyncSession, *, team_id: int | None) -> list[AtWork]:
    """Who may be given a lead of a team."""
    everybody = await _people(session)
    theirs = [one for one in everybody if team_id is None or one.team_id in (None, team_id)]
    load = await loads(session, [one.id for one in theirs])
    found = (await session.execute(select(Team))).scalars()
    teams: dict[int | None, Team | None] = {one.id: one for one in found}
    return _ordered(theirs, load, teams)


async def loads(session: AsyncSession, people: Iterable[int]) -> Mapping[int, int]:
    """Open leads by owner."""
    query = select(col(Lead.owner_id), func.count()).where(
        col(Lead.owner_id).in_(list(people)), text(OPEN)
    )
    found = await session.execute(query.group_by(col(Lead.owner_id)))
    return {owner: many for owner, many in found if owner is not None}


async def _people(session: AsyncSession) -> list[User]:
    query = select(User).where(col(User.disabled_at).is_(None), col(User.role).in_(TALKING))
    return list((await session.execute(query.order_by(col(User.name), col(User.id)))).scalars())


def _office(
    team: Team | None,
    ways: Sequence[Distribution],
    people: Sequence[User],
    load: Mapping[int, int],
) -> Office:
    number = team.id if team else None
    kept = {one.line: one for one in ways if one.team_id == number}
    lines = {line: kept.get(line) or Distribution(team_id=number, line=line) for line in LINES}
    theirs = [one for one in people if one.team_id == number and one.role in WHO_WORK]
    return Office(team, lines, _ordered(theirs, load, {number: team}))


def _ordered(
    people: Sequence[User], load: Mapping[int, int], teams: Mapping[int | None, Team | None]
) -> list[AtWork]:
    found = []
    for one in people:
        works = one.on_shift_at is not None or not works_in_shifts(one, teams.get(one.team_id))
        found.append(AtWork(one, load.get(one.id, 0), works))
    return sorted(
        found, key=lambda one: (one.since is None, not one.may_work, one.load, one.person.name)
    )
