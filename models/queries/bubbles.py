"""What one place of a conversation shows: a message with all that belongs to it, or a line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.change import IS_OPEN, Change
from models.media import Media
from models.message import Direction, Message, MessageEdit
from models.timeline import Action, Event

ALBUM_REACH = 60  # positions around a member in which the rest of its album is looked for


@dataclass(frozen=True, kw_only=True)
class Bubble:
    """One message, or the members of a client's album."""

    messages: tuple[Message, ...]
    media: tuple[Media, ...] = ()
    edits: tuple[MessageEdit, ...] = ()
    reply: Message | None = None
    pressed: frozenset[str] = field(default_factory=frozenset)
    changes: tuple[Change, ...] = ()

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


# Of a message in the statement around it: something that was asked for is not done.
CHANGING = text(
    "exists (select from message_change where message_id = message.id"
    f" and message_change.{IS_OPEN.text}) as changing"
)


async def bubbled(
    session: AsyncSession,
    lead_id: int,
    messages: Sequence[Message],
    events: Sequence[Event],
    *,
    changing: bool,
) -> list[Item]:
    """`changing`: one of the messages is."""
    groups = _grouped([*messages, *await _rest_of_albums(session, lead_id, messages)])
    shown = [message for group in groups for message in group]
    changing = changing or len(shown) > len(messages)
    media = await _files(session, [one.id or 0 for one in shown if one.kind != "text"])
    edits = await _edits(session, [one.id or 0 for one in shown if one.edited_at])
    replies = await _replies(session, lead_id, groups)
    pressed = await _pressed(session, lead_id, groups)
    changes = await _changes(session, [one.id or 0 for one in shown]) if changing else {}
    bubbles: list[Item] = [
        Bubble(
            messages=tuple(group),
            media=tuple(file for one in group for file in media.get(one.id or 0, ())),
            edits=tuple(edit for one in group for edit in edits.get(one.id or 0, ())),
            reply=next(
                (replies[one.reply_to_id] for one in group if one.reply_to_id in replies), None
            ),
            pressed=frozenset(pressed.get(group[0].id or 0, ())),
            changes=tuple(one for each in group for one in changes.get(each.id or 0, ())),
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


async def _changes(session: AsyncSession, ids: Sequence[int]) -> Mapping[int, list[Change]]:
    """What was asked to be done to these messages and is not done."""
    if not ids:
        return {}
    query = select(Change).where(col(Change.message_id).in_(ids), IS_OPEN)
    found: dict[int, list[Change]] = {}
    for row in (await session.execute(query.order_by(col(Change.id)))).scalars():
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
