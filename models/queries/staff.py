"""Everybody who works here, as the page of people shows them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.lead import Lead
from models.session import Session
from models.user import Team, User


class Member(NamedTuple):
    """`leads` they own; `seen_at` is when they were here last."""

    person: User
    team: str | None
    leads: int
    seen_at: datetime | None

    @property
    def standing(self) -> str:
        if self.person.disabled_at:
            return "disabled"
        return "works" if self.person.password else "invited"


async def members(session: AsyncSession) -> Sequence[Member]:
    """By name, who left last."""
    leads = (
        select(func.count()).where(col(Lead.owner_id) == col(User.id)).correlate(User)
    ).scalar_subquery()
    seen = (
        select(func.max(col(Session.used_at))).where(col(Session.user_id) == col(User.id))
    ).scalar_subquery()
    query = (
        select(User, col(Team.name), leads, seen)
        .outerjoin(Team, col(Team.id) == User.team_id)
        .order_by(col(User.disabled_at).is_not(None), col(User.name), col(User.id))
    )
    return [Member(*row) for row in await session.execute(query)]


async def teams(session: AsyncSession) -> Sequence[Team]:
    return list((await session.execute(select(Team).order_by(col(Team.name)))).scalars())
