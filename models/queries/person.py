"""The other chats of a lead's person, as far as the reader may see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.lead import Lead
from models.lead.row import called
from models.payment import Payment
from models.person import MOST_LEADS
from models.queries.visibility import visible_leads
from models.spot import Bot, Spot
from models.user import User

SHORTEST = 3  # characters that a search needs: the index is of three
MOST_FOUND = 8


class Other(NamedTuple):
    """Another lead; `mode`, `process_key` and `manual_until` say who leads it."""

    id: int
    first_name: str
    last_name: str
    username: str | None
    chat_id: int
    spot: str | None
    bot: str
    stage_key: str
    mode: str
    process_key: str | None
    manual_until: datetime | None
    last_action_at: datetime

    @property
    def name(self) -> str:
        return called(self.first_name, self.last_name, self.username, self.chat_id)


class Total(NamedTuple):
    kind: str
    currency: str
    many: int
    sum: Decimal


@dataclass(frozen=True, kw_only=True)
class Family:
    """`others` are in the lead's group, `alike` have its Telegram ID and are not; of either those
    that the reader does not see are only counted. `totals` are of the lead and the others seen."""

    others: Sequence[Other]
    alike: Sequence[Other]
    unseen: int
    totals: Sequence[Total]


async def family(session: AsyncSession, lead: Lead, person: User) -> Family:
    grouped = col(Lead.person_id) == lead.person_id if lead.person_id else None
    others = await _leads(session, lead, person, grouped) if grouped is not None else []
    same = _same_telegram(lead) if lead.telegram_id else None
    alike = await _leads(session, lead, person, same) if same is not None else []
    which = [one for one in (grouped, same) if one is not None]
    unseen = await _many(session, lead, or_(*which)) if which else 0
    return Family(
        others=others,
        alike=alike,
        unseen=max(0, unseen - len(others) - len(alike)),
        totals=await _totals(session, [lead.id, *(one.id for one in others)]) if others else (),
    )


async def _many(session: AsyncSession, lead: Lead, which: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Lead).where(which, Lead.id != lead.id)
    return int((await session.execute(query)).scalar_one())


async def found(session: AsyncSession, lead: Lead, person: User, typed: str) -> Sequence[Other]:
    """By a name, @username or Telegram ID; nothing for less than three characters."""
    words = typed.strip().lower()
    if len(words) < SHORTEST:
        return []
    said = col(Lead.search_text).contains(words, autoescape=True)
    apart = or_(col(Lead.person_id).is_(None), col(Lead.person_id).is_distinct_from(lead.person_id))
    return await _leads(session, lead, person, said & apart, most=MOST_FOUND)


def _same_telegram(lead: Lead) -> ColumnElement[bool]:
    """In private chats of any bot the chat has the client's own number: that is indexed."""
    bots = select(Bot.id).scalar_subquery()
    return (
        col(Lead.bot_id).in_(bots)
        & (col(Lead.chat_id) == lead.telegram_id)
        & or_(col(Lead.person_id).is_(None), col(Lead.person_id).is_distinct_from(lead.person_id))
    )


async def _leads(
    session: AsyncSession,
    lead: Lead,
    person: User,
    which: ColumnElement[bool],
    *,
    most: int = MOST_LEADS,
) -> list[Other]:
    query = (
        select(
            Lead.id, Lead.first_name, Lead.last_name, Lead.username, Lead.chat_id,
            col(Spot.name), Bot.username, Lead.stage_key, Lead.mode, Lead.process_key,
            Lead.manual_until, Lead.last_action_at,
        )
        .join(Bot, col(Bot.id) == Lead.bot_id)
        .outerjoin(Spot, col(Spot.id) == Lead.spot_id)
        .where(which, Lead.id != lead.id, visible_leads(person))
        .order_by(col(Lead.last_action_at).desc(), col(Lead.id).desc())
        .limit(most)
    )  # fmt: skip
    return [Other(*row) for row in await session.execute(query)]


async def _totals(session: AsyncSession, ids: Sequence[int]) -> list[Total]:
    query = (
        select(Payment.kind, Payment.currency, func.sum(Payment.counts), func.sum(Payment.amount))
        .where(col(Payment.lead_id).in_(ids))
        .group_by(Payment.kind, Payment.currency)
        .order_by(Payment.kind, Payment.currency)
    )
    return [Total(*row) for row in await session.execute(query)]
