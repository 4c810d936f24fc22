"""Leads by what a robot knows of them."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.dealing import LeadTag
from models.lead.lead import Lead
from models.message import Message
from models.stage import Tag

MOST = 50


def by_telegram_id(telegram_id: int) -> ColumnElement[bool]:
    """The searched text is indexed; the number itself is not."""
    return and_(
        col(Lead.search_text).contains(str(telegram_id), autoescape=True),
        col(Lead.telegram_id) == telegram_id,
    )


def by_username(username: str) -> ColumnElement[bool]:
    """With or without @, in any case."""
    name = username.removeprefix("@").lower()
    return and_(
        col(Lead.search_text).contains(f"@{name}", autoescape=True),
        func.lower(col(Lead.username)) == name,
    )


async def found(session: AsyncSession, which: ColumnElement[bool]) -> list[Lead]:
    """The one acted on last first: one person may be the lead of several bots."""
    query = select(Lead).where(which).order_by(col(Lead.last_action_at).desc(), col(Lead.id).desc())
    return list((await session.execute(query.limit(MOST))).scalars())


async def tags_of(session: AsyncSession, leads: Sequence[Lead]) -> dict[int, list[str]]:
    query = (
        select(col(LeadTag.lead_id), col(Tag.name))
        .join(Tag, col(Tag.id) == col(LeadTag.tag_id))
        .where(col(LeadTag.lead_id).in_([lead.id for lead in leads]))
        .order_by(col(Tag.name))
    )
    tags: dict[int, list[str]] = defaultdict(list)
    for lead_id, name in await session.execute(query):
        tags[lead_id].append(name)
    return tags


async def messages_of(session: AsyncSession, lead_id: int, ids: Sequence[int]) -> list[Message]:
    """These of the lead's messages, as they are now."""
    query = select(Message).where(col(Message.id).in_(ids), col(Message.lead_id) == lead_id)
    return list((await session.execute(query.order_by(col(Message.position)))).scalars())
