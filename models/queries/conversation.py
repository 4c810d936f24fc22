"""What was said and what happened, in order: pages of it, and what changed since a seq.

A message stands at its `position`, everything else at its event's `seq`: the same numbers, so that
both are one line of time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.lead.lead import Lead
from models.message import Direction, Message
from models.queries.bubbles import CHANGING, Bubble, Item, Line, bubbled
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
    Action.CHANGE_DROPPED, Action.FILE_RENAMED, Action.FILE_DELETED,
)  # fmt: skip
# Lines of their own in the conversation; the rest is seen in the messages.
TOLD = tuple(
    set(Action) - set(OF_MESSAGES)
    | {
        Action.CLIENT_PRESSED, Action.MESSAGE_SETTLED, Action.FILE_RENAMED, Action.FILE_DELETED,
    }
)  # fmt: skip

# What happened since, the messages that this speaks of, and those that may have changed without an
# event: with the lead and the seq of its last line, in one statement.
_happened = (
    select(Event)
    .where(col(Event.lead_id) == bindparam("lead"), col(Event.seq) > bindparam("since"))
    .order_by(col(Event.seq))
    .limit(bindparam("most"))
    .cte("happened")
)
_of_them = text(
    """
    message.id = any(array(
        select ref from happened where kind = any(:of_messages) union
        (select id from message where lead_id = :lead and state in ('queued', 'sending')
        limit :most)))
    """
)
CHANGED = (
    select(
        Lead,
        text(
            "(select seq from event where lead_id = :lead and kind = any(:told)"
            " order by seq desc limit 1) as told"
        ),
        text("(select jsonb_agg(to_jsonb(happened) order by seq) from happened) as happened"),
        Message,
        CHANGING,
    )
    .add_cte(_happened)
    .outerjoin(Message, _of_them)
    .where(col(Lead.id) == bindparam("lead"))
)


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Items in order. `older`, `newer`: the place to go on from, None at the very end."""

    items: Sequence[Item]
    older: int | None = None
    newer: int | None = None


@dataclass(frozen=True, kw_only=True)
class Changes:
    """`told` is the seq of the last line. `whole`: there was so much that it is the newest page."""

    lead: Lead
    told: int
    items: Sequence[Item]
    whole: Stretch | None


async def newest(session: AsyncSession, lead_id: int, *, size: int = PAGE) -> Stretch:
    return await before(session, lead_id, place=2**62, size=size)


async def before(session: AsyncSession, lead_id: int, *, place: int, size: int = PAGE) -> Stretch:
    items, onward = await _beside(session, lead_id, place, size, older=True)
    return Stretch(items=items, older=onward)


async def after(session: AsyncSession, lead_id: int, *, place: int, size: int = PAGE) -> Stretch:
    items, onward = await _beside(session, lead_id, place, size, older=False)
    return Stretch(items=items, newer=onward)


async def around(session: AsyncSession, lead_id: int, *, place: int, size: int = PAGE) -> Stretch:
    """A found message with what was said before and after it."""
    earlier = await before(session, lead_id, place=place, size=size // 2)
    later = await after(session, lead_id, place=place - 1, size=size)
    known = {item.name for item in later.items}
    return Stretch(
        items=[*(item for item in earlier.items if item.name not in known), *later.items],
        older=earlier.older, newer=later.newer,
    )  # fmt: skip


async def unread_from(session: AsyncSession, lead: Lead) -> int | None:
    """The place of the first message that nobody has read."""
    incoming = select(col(Message.position)).where(
        col(Message.lead_id) == lead.id, col(Message.direction) == Direction.IN
    )
    nth = incoming.order_by(col(Message.position).desc()).offset(lead.unread - 1).limit(1)
    return (await session.execute(nth)).scalar()


async def changes(session: AsyncSession, lead_id: int, *, since: int) -> Changes | None:
    """What looks different than it did at `since`; None when there is no such lead."""
    values = {
        "lead": lead_id, "since": since, "most": MOST_CHANGED + 1, "told": list(TOLD),
        "of_messages": list(OF_MESSAGES),
    }  # fmt: skip
    rows = (await session.execute(CHANGED, values)).all()
    if not rows:
        return None
    lead, told, happened = rows[0][:3]
    messages = [row[3] for row in rows if row[3] is not None]
    stretch = None
    if max(len(happened or ()), len(messages)) <= MOST_CHANGED:
        lines = [_event(one) for one in happened or () if one["kind"] in TOLD]
        changing = any(row[4] for row in rows)
        items = await bubbled(session, lead_id, messages, lines, changing=changing)
    else:
        stretch = await newest(session, lead_id)
        items = list(stretch.items)
    return Changes(lead=lead, told=told or 0, items=items, whole=stretch)


def _event(row: dict[str, Any]) -> Event:
    return Event(
        **row | {name: datetime.fromisoformat(row[name]) for name in ("at", "received_at")}
    )


async def _beside(
    session: AsyncSession, lead_id: int, edge: int, size: int, *, older: bool
) -> tuple[list[Item], int | None]:
    """The next messages and lines in one direction, and the place to go on from."""
    position, seq = col(Message.position), col(Event.seq)
    said = select(Message, CHANGING).where(
        col(Message.lead_id) == lead_id, position < edge if older else position > edge
    )
    said = said.order_by(position.desc() if older else position).limit(size + 1)
    rows = (await session.execute(said)).all()
    messages = [row[0] for row in rows]
    lines = select(Event).where(
        col(Event.lead_id) == lead_id,
        col(Event.kind).in_(TOLD),
        seq < edge if older else seq > edge,
    )
    if len(messages) > size:  # what lies beyond is another page's
        last = messages[-1].position
        lines = lines.where(seq > last if older else seq < last)
    lines = lines.order_by(seq.desc() if older else seq).limit(size + 1)
    events = list((await session.execute(lines)).scalars())
    places = [one.position or 0 for one in messages] + [one.seq for one in events]
    shown = set(sorted(places, reverse=older)[:size])
    items = await bubbled(
        session,
        lead_id,
        [one for one in messages if one.position in shown],
        [one for one in events if one.seq in shown],
        changing=any(row[1] for row in rows),
    )
    more = len(places) > size
    return items, (min if older else max)(shown) if more else None
