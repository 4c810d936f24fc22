"""What was said and what happened, in order: pages of it, and what changed since a seq.

A message stands at its `position`, everything else at its event's `seq`: the same numbers, so that
both are one line of time.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import TextClause, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.media import Media
from models.message import Direction, Message, MessageEdit
from models.timeline import Action, Event

PAGE = 50
MOST_CHANGED = 200  # items; past that the page is read anew
ALBUM_REACH = 60  # positions around a member in which the rest of its album is looked for

# Each speaks of a message in its `ref`.
OF_MESSAGES = (
    Action.CLIENT_WROTE, Action.MEDIA_FETCHED, Action.CLIENT_EDITED, Action.CLIENT_REACTED,
    Action.CLIENT_PRESSED, Action.MANAGER_WROTE, Action.PROCESS_SAID, Action.MESSAGE_SENT,
    Action.MESSAGE_FAILED, Action.MESSAGE_UNKNOWN, Action.MESSAGE_SETTLED,
    Action.MESSAGE_CANCELLED, Action.MESSAGE_REQUEUED,
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
class Bubble:
    """One message, or the members of a client's album."""

    messages: tuple[Message, ...]
    media: tuple[Media, ...] = ()
    edits: tuple[MessageEdit, ...] = ()
    reply: Message | None = None
    pressed: frozenset[str] = field(default_factory=frozenset)

    @property
    def message(self) -> Message:
        """The one that speaks for all: the member with the caption, else the first."""
        return next((one for one in self.messages if one.text), self.messages[0])

    @property
    def place(self) -> int:
        return self.messages[0].position or 0

    @property
    def name(self) -> str:
        """The browser's own key for what it sent: its pending bubble becomes this one."""
        first = self.messages[0]
        return first.client_key or f"m{first.id}"


@dataclass(frozen=True, kw_only=True)
class Line:
    """Something that happened."""

    event: Event

    @property
    def place(self) -> int:
        return self.event.seq

    @property
    def name(self) -> str:
        return f"e{self.event.lead_id}-{self.event.seq}"


Item = Bubble | Line


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
    return await _bubbled(session, lead_id, list(messages), events)


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
    return await _bubbled(
        session,
        lead_id,
        list((await session.execute(messages)).scalars()),
        list((await session.execute(events)).scalars()),
    )


async def _bubbled(
    session: AsyncSession, lead_id: int, messages: Sequence[Message], events: Sequence[Event]
) -> list[Item]:
    groups = _grouped([*messages, *await _rest_of_albums(session, lead_id, messages)])
    shown = [message for group in groups for message in group]
    media = await _files(session, [one.id or 0 for one in shown if one.kind != "text"])
    edits = await _edits(session, [one.id or 0 for one in shown if one.edited_at])
    replies = await _replies(session, lead_id, groups)
    pressed = await _pressed(session, lead_id, groups)
    bubbles: list[Item] = [
        Bubble(
            messages=tuple(group),
            media=tuple(file for one in group for file in media.get(one.id or 0, ())),
            edits=tuple(edit for one in group for edit in edits.get(one.id or 0, ())),
            reply=next(
                (replies[one.reply_to_id] for one in group if one.reply_to_id in replies), None
            ),
            pressed=frozenset(pressed.get(group[0].id or 0, ())),
        )
        for group in groups
    ]
    return sorted([*bubbles, *(Line(event=event) for event in events)], key=lambda item: item.place)


def _grouped(messages: Iterable[Message]) -> list[list[Message]]:
    groups: dict[object, dict[int, Message]] = {}
    for message in messages:
        key = message.group_key if _in_album(message) else message.id
        groups.setdefault(key, {})[message.id or 0] = message
    return [sorted(group.values(), key=lambda one: one.position or 0) for group in groups.values()]


def _in_album(message: Message) -> bool:
    """Of a client's album each member is a message; ours is one message with all its files."""
    return message.direction == Direction.IN and message.group_key is not None


async def _rest_of_albums(
    session: AsyncSession, lead_id: int, messages: Sequence[Message]
) -> list[Message]:
    members = [one for one in messages if _in_album(one) and one.position is not None]
    if not members:
        return []
    places = [one.position or 0 for one in members]
    query = select(Message).where(
        col(Message.lead_id) == lead_id,
        col(Message.position).between(min(places) - ALBUM_REACH, max(places) + ALBUM_REACH),
        col(Message.group_key).in_({one.group_key for one in members}),
    )
    return list((await session.execute(query)).scalars())


async def _files(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, list[Media]]:
    if not ids:
        return {}
    query = select(Media).where(col(Media.message_id).in_(ids)).order_by(col(Media.position))
    found: dict[int, list[Media]] = {}
    for row in (await session.execute(query)).scalars():
        found.setdefault(row.message_id or 0, []).append(row)
    return found


async def _edits(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, list[MessageEdit]]:
    if not ids:
        return {}
    query = select(MessageEdit).where(col(MessageEdit.message_id).in_(ids))
    found: dict[int, list[MessageEdit]] = {}
    for row in (await session.execute(query.order_by(col(MessageEdit.id)))).scalars():
        found.setdefault(row.message_id, []).append(row)
    return found


async def _replies(
    session: AsyncSession, lead_id: int, groups: Sequence[Sequence[Message]]
) -> dict[int | None, Message]:
    wanted = {one.reply_to_id for group in groups for one in group} - {None}
    if not wanted:
        return {}
    query = select(Message).where(col(Message.id).in_(wanted), col(Message.lead_id) == lead_id)
    return {one.id: one for one in (await session.execute(query)).scalars()}


async def _pressed(
    session: AsyncSession, lead_id: int, groups: Sequence[Sequence[Message]]
) -> dict[int, list[str]]:
    """Message id to the ids of its buttons that the client pressed."""
    asked = [one for group in groups for one in group if one.buttons]
    if not asked:
        return {}
    query = select(col(Event.ref), col(Event.particulars)).where(
        col(Event.lead_id) == lead_id,
        col(Event.seq) > min(one.position or 0 for one in asked),
        col(Event.kind) == Action.CLIENT_PRESSED,
        col(Event.ref).in_([one.id for one in asked]),
    )
    found: dict[int, list[str]] = {}
    for ref, particulars in await session.execute(query):
        found.setdefault(ref, []).append(str(particulars.get("button", "")))
    return found
