"""What a list can be filtered by: the values there are, for the panel and for the chips."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from models.lead.lead import Lead
from models.payment import LeadMoney
from models.queries.desk import Colleague, Desk, Newest, desk
from models.queries.visibility import visible_leads
from models.spot import Spot
from models.stage import Tag
from models.user import User

MOST = 200  # values of one field


@dataclass(frozen=True, kw_only=True)
class Choices:
    desk: Desk
    tags: Sequence[Tag]
    processes: Sequence[Newest]
    owners: Sequence[Colleague]
    spots: Sequence[Spot]
    countries: Sequence[str]
    buyers: Sequence[str]
    sources: Sequence[str]
    campaigns: Sequence[str]
    currencies: Sequence[str]


async def choices(session: AsyncSession, person: User) -> Choices:
    """Values of leads only as far as the person sees a lead that has them."""
    around = await desk(session)
    return Choices(
        desk=around,
        tags=around.tags,
        processes=around.processes,
        owners=around.owners(team_id=person.team_id),
        spots=list((await session.execute(select(Spot).order_by(Spot.name))).scalars()),
        countries=await values(session, person, "country"),
        buyers=await values(session, person, "buyer"),
        sources=await values(session, person, "source"),
        campaigns=await values(session, person, "campaign"),
        currencies=await _currencies(session),
    )


async def tags(session: AsyncSession) -> list[Tag]:
    return list((await session.execute(select(Tag).order_by(Tag.name))).scalars())


async def _currencies(session: AsyncSession) -> list[str]:
    """Those that anybody has paid in: who pays in what says nothing."""
    step = select(func.min(LeadMoney.currency).label("code")).cte("step", recursive=True)
    following = select(func.min(LeadMoney.currency)).where(LeadMoney.currency > step.c.code)
    step = step.union_all(select(following.scalar_subquery()).where(step.c.code.is_not(None)))
    query = select(step.c.code).where(step.c.code.is_not(None)).limit(MOST)
    return list((await session.execute(query)).scalars())


async def values(session: AsyncSession, person: User, name: str) -> list[str]:
    """Those of an indexed field that the person may know: from one value to the next by its index,
    where a "distinct" would read every lead."""
    column = getattr(Lead, name)
    first = select(column.label("value")).where(column.is_not(None)).order_by(column).limit(1)
    step = first.cte("step", recursive=True)
    following = select(column).where(column > step.c.value).order_by(column).limit(1)
    step = step.union_all(select(following.scalar_subquery()).where(step.c.value.is_not(None)))
    theirs = select(Lead.id).where(column == step.c.value, visible_leads(person)).exists()
    query = select(step.c.value).where(step.c.value.is_not(None), theirs).limit(MOST)
    return [value for value in (await session.execute(query)).scalars() if value]
