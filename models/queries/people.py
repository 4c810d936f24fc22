"""Who the actors of a timeline are, in names."""

from collections.abc import Iterable, Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.token import Token
from models.user import Role, User

TALKING = (Role.MANAGER, Role.TEAM_LEAD, Role.ADMIN)


async def named(session: AsyncSession, actors: Iterable[str | None]) -> Mapping[str, str]:
    """`user:5` and `robot:3` to names; other actors have none."""
    wanted: dict[str, set[int]] = {"user": set(), "robot": set()}
    for actor in actors:
        kind, _, number = (actor or "").partition(":")
        if kind in wanted and number.isdigit():
            wanted[kind].add(int(number))
    found: dict[str, str] = {}
    if wanted["user"]:
        people = select(col(User.id), col(User.name)).where(col(User.id).in_(wanted["user"]))
        found |= {f"user:{id}": name for id, name in await session.execute(people)}
    if wanted["robot"]:
        robots = select(col(Token.id), col(Token.name)).where(col(Token.id).in_(wanted["robot"]))
        found |= {f"robot:{id}": name for id, name in await session.execute(robots)}
    return found
