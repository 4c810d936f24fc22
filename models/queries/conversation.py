"""What was said and what happened, in order: pages of it, and what changed since a seq.

A message stands at its `position`, everything else at its event's `seq`: the same numbers, so that
both are one line of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.message import Message
from models.queries.bubbles import Bubble, Item, Line, bubbled
from models.timeline import Action, Event

__all__ = ["Bubble", "Item", "Line", "Stretch", "after", "around", "before", "changes", "newest"]

PAGE = 50
MOST_CHANGED = 200  # items; past that the page is read anew

# Each speaks of a message in its `ref`.
OF_MESSAGES = (
    Action.CLIENT_WROTE, Action.MEDIA_FETCHED, Action.CLIENT_EDITED, Action.CLIENT_REACTED,
    Action.CLIENT_PRESSED, Action.MANAGER_WROTE, Action.PROCESS_SAID, Action.MESSAGE_SENT,
    Action.MESSAGE_FAILED, Action.MESSAGE_UNKNOWN, Action.MESSAGE_SETTLED,
    Action.MESSAGE_CANCELLED, Action.MESSAGE_REQUEUED, Action.MESSAGE_EDITED,
    Action.MESSAGE_DELETED, Action.MESSAGE_REACTED, Action.CHANGE_ASKED, Action.CHANGE_FAILED,
    Action.CHANGE_DROPPED,
)  # fmt: skip
# Lines of their own in the conversation; the rest is seen in the messages.
TOLD = tuple(set(Action) - set(OF_MESSAGES) | {Action.CLIENT_PRESSED, Action.MESSAGE_SETTLED})

# The places of the next items in one direction: messages and lines together.
BEFORE = text(
    """
    select place from (
        (select position as place from message where lead_id = :lead
         and position < :edge order by position desc limit :most)
        union
        (select seq from event where lead_id = :lead
         and seq < :edge and kind = any(:told) order by seq desc limit :most)
    ) places order by place desc limit :most
    """
)
AFTER = text(
    """
    select place from (
        (select position as place from message where lead_id = :lead
         and position > :edge order by position limit :most)
        union
        (select seq from event where lead_id = :lead
         and seq > :edge and kind = any(:told) order by seq limit :most)
    ) places order by place limit :most
    """
)
# What changed: the messages events speak of, those that may have changed without one, and lines.
CHANGED = text(
    """
    select distinct ref as id from event where lead_id = :lead and seq > :after
        and kind = any(:of_messages) and ref is not null
    union
    select id from message where lead_id = :lead and state in ('queued', 'sending')
    order by id desc limit :most
    """
)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Items in order. `older`, `newer`: the place to go on from, None at the very end."""

    items: Sequence[Item]
    older: int | None = None
    newer: int | None = None


async def newest(session: AsyncSession, lead_id: int, *, size: int = PAGE) -> Stretch:
    return await before(session, lead_id, place=2**62, size=size)


async def before(session: AsyncSession, lead_id: int, *, place: int, size: int = PAGE) -> Stretch:
    places, more = await _places(session, lead_id, BEFORE, edge=place, size=size)
    items = await _items(session, lead_id, places)
    return Stretch(items=items, older=min(places) if more else None)


async def after(session: AsyncSession, lead_id: int, *, place: int, size: int = PAGE) -> Stretch:
    places, more = await _places(session, lead_id, AFTER, edge=place, size=size)
    items = await _items(session, lead_id, places)
    return Stretch(items=items, newer=max(places) if more else None)


async def around(session: AsyncSession, lead_id: int, *, place: int, size: int = PAGE) -> Stretch:
    """A found message with what was said before and after it."""
    earlier = await before(session, lead_id, place=place, size=size // 2)
    later = await after(session, lead_id, place=place - 1, size=size)
    known = {item.name for item in later.items}
    return Stretch(
        items=[*(item for item in earlier.items if item.name not in known), *later.items],
        older=earlier.older, newer=later.newer,
    )  # fmt: skip


async def changes(session: AsyncSession, lead_id: int, *, since: int) -> list[Item] | None:
    """Everything that looks different than it did at `since`; None when that is too much."""
    changed = await session.execute(
        CHANGED,
        {
            "lead": lead_id,
            "after": since,
            "of_messages": list(OF_MESSAGES),
            "most": MOST_CHANGED + 1,
        },
    )
    ids = list(changed.scalars())
    query = (
        select(Event)
        .where(col(Event.lead_id) == lead_id, col(Event.seq) > since)
        .where(col(Event.kind).in_(TOLD))
        .order_by(col(Event.seq))
        .limit(MOST_CHANGED + 1)
    )
    events = list((await session.execute(query)).scalars())
    if len(ids) + len(events) > MOST_CHANGED:
        return None
    messages = (await session.execute(select(Message).where(col(Message.id).in_(ids)))).scalars()
    return await bubbled(session, lead_id, list(messages), events)


async def told(session: AsyncSession, lead_id: int) -> int:
    """The seq of the last line: what surrounds the messages changes with lines only."""
    query = select(col(Event.seq)).where(col(Event.lead_id) == lead_id, col(Event.kind).in_(TOLD))
    return (await session.execute(query.order_by(col(Event.seq).desc()).limit(1))).scalar() or 0


async def _places(
    session: AsyncSession, lead_id: int, query: TextClause, *, edge: int, size: int
) -> tuple[list[int], bool]:
    values = {"lead": lead_id, "edge": edge, "told": list(TOLD), "most": size + 1}
    places = list((await session.execute(query, values)).scalars())
    return places[:size], len(places) > size


async def _items(session: AsyncSession, lead_id: int, places: Sequence[int]) -> list[Item]:
    if not places:
        return []
    first, last = min(places), max(places)
    messages = select(Message).where(
        col(Message.lead_id) == lead_id, col(Message.position).between(first, last)
    )
    events = select(Event).where(
        col(Event.lead_id) == lead_id,
        col(Event.seq).between(first, last),
        col(Event.kind).in_(TOLD),
    )
    return await bubbled(
        session,
        lead_id,
        list((await session.execute(messages)).scalars()),
        list((await session.execute(events)).scalars()),
    )
