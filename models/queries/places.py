"""Places of a conversation that a reader asks for: a day, words, a message they reply to."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.message import Message

MOST_FOUND = 500
LONGEST = 100  # characters of a search


def sought(asked: str) -> list[str]:
    """The words of a search; each also means the words that begin with it."""
    return re.findall(r"\w+", asked[:LONGEST].lower())


async def of_words(session: AsyncSession, lead_id: int, words: Sequence[str]) -> list[int]:
    """Where all of them were said, newest first. One lead's messages are read one by one: the
    index of all leads' words is for searching them all."""
    if not words:
        return []
    asked = " & ".join(f"{word}:*" for word in words)
    query = (
        select(col(Message.position))
        .where(
            col(Message.lead_id) == lead_id,
            col(Message.position).is_not(None),
            func.to_tsvector("simple", col(Message.text)).op("@@")(
                func.to_tsquery("simple", asked)
            ),
        )
        .order_by(col(Message.position).desc())
        .limit(MOST_FOUND)
    )
    return [place for place in (await session.execute(query)).scalars() if place is not None]


async def since(session: AsyncSession, lead_id: int, moment: datetime) -> int | None:
    """The first message written then or later; the last one before it if there is none."""
    of_lead = select(col(Message.position)).where(
        col(Message.lead_id) == lead_id, col(Message.position).is_not(None)
    )
    later = of_lead.where(col(Message.written_at) >= moment).order_by(col(Message.position))
    latest = of_lead.order_by(col(Message.position).desc())
    found = (await session.execute(later.limit(1))).scalar()
    return found or (await session.execute(latest.limit(1))).scalar()
