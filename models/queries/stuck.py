"""What does not move by itself: for whoever has to look after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, and_, func, not_, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from models.change import IS_OPEN, Change
from models.lead.lead import Lead
from models.media import Media, MediaState
from models.message import Message, State
from models.queries.visibility import visible_leads
from models.spot import Bot
from models.timeline import Event
from models.update import TelegramUpdate, UpdateState
from models.user import Role, User

LATE = timedelta(minutes=1)
SHOWN = 50
COUNTED = 1000  # more are "1000+": nobody reads an exact number of them
LOOKED_AFTER = timedelta(days=7)  # a file that could not be had before that is nobody's worry now

OPEN_CHANGE = text(f"message_change.{IS_OPEN.text}")  # as the index of them says it

T = TypeVar("T")
Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True)
class Section(Generic[T]):
    """The first of them, and how many there are, counted up to COUNTED."""

    rows: Sequence[T]
    total: int

    @property
    def many(self) -> bool:
        return self.total >= COUNTED


@dataclass(frozen=True)
class Halted:
    """A bot through which nothing leaves, and how many leads wait for it. `sealed`: with a key that
    is not ours."""

    bot: Bot
    leads: int
    sealed: bool


@dataclass(frozen=True)
class Stuck:
    """`updates` and `bots` are None for those who only look after leads."""

    updates: Section[tuple[TelegramUpdate, str]] | None
    bots: Section[Halted] | None
    unknown: Section[tuple[Message, Lead]]
    failed: Section[tuple[Message, Lead]]
    changes: Section[tuple[Change, Message, Lead]]
    late: Section[tuple[Lead]]
    unread: Section[tuple[Lead, datetime]]
    media: Section[tuple[Media, Lead]]

    @property
    def nothing(self) -> bool:
        sections = (self.updates, self.bots, self.unknown, self.failed, self.changes, self.late,
                    self.unread, self.media)  # fmt: skip
        return not any(section.total for section in sections if section)


def looks_after_machines(person: User) -> bool:
    return person.role in (Role.ADMIN, Role.OPS)


async def stuck(session: AsyncSession, person: User, *, now: datetime, key: bytes) -> Stuck:
    """`key` is the one that seals bots' tokens."""
    mine, late = visible_leads(person), now - LATE
    machines = looks_after_machines(person)
    return Stuck(
        updates=await _section(session, _poison()) if machines else None,
        bots=await _halted(session, now=now, key=key) if machines else None,
        unknown=await _section(session, _sends(State.UNKNOWN).where(mine)),
        # who has opened the chat since has seen the failure there
        failed=await _section(
            session, _sends(State.FAILED).where(mine, col(Lead.notice).is_not(None))
        ),
        changes=await _section(session, _changes().where(mine)),
        late=await _section(
            session,
            select(Lead).where(mine, col(Lead.due_at) < late).order_by(col(Lead.due_at)),
        ),
        unread=await _section(session, _unread(late).where(mine)),
        media=await _section(session, _media(now, late).where(mine)),
    )


def _poison() -> Rows:
    return (
        select(TelegramUpdate, col(Bot.username))
        .join(Bot, col(Bot.id) == col(TelegramUpdate.bot_id), isouter=True)
        .where(col(TelegramUpdate.state) == UpdateState.POISON)
        .order_by(col(TelegramUpdate.id).desc())
    )


def _sends(state: State) -> Rows:
    return (
        select(Message, Lead)
        .join(Lead, col(Lead.id) == col(Message.lead_id))
        .where(col(Message.state) == state, col(Message.reason).is_distinct_from("forgotten"))
        .order_by(col(Message.id).desc())
    )


def _changes() -> Rows:
    """As with messages: a failure that was looked at in the chat is nobody's worry now."""
    looked_at = and_(col(Change.state) == State.FAILED, col(Lead.notice).is_(None))
    return (
        select(Change, Message, Lead)
        .join(Message, col(Message.id) == col(Change.message_id))
        .join(Lead, col(Lead.id) == col(Change.lead_id))
        .where(OPEN_CHANGE, col(Change.state).in_([State.FAILED, State.UNKNOWN]), not_(looked_at))
        .order_by(col(Change.id).desc())
    )


def _unread(late: datetime) -> Rows:
    """Leads with an event that their process should have looked at, and since when."""
    return (
        select(Lead, col(Event.received_at))
        .join(Event, and_(col(Event.lead_id) == col(Lead.id), col(Event.seq) == col(Lead.seen) + 1))
        .where(col(Lead.seq) > col(Lead.seen), col(Event.received_at) < late)
        .order_by(col(Event.received_at))
    )


def _media(now: datetime, late: datetime) -> Rows:
    """Files that could not be had; not those that Telegram never gives to bots."""
    waiting = and_(col(Media.state) == MediaState.PENDING, col(Media.created_at) < late)
    return (
        select(Media, Lead)
        .join(Lead, col(Lead.id) == col(Media.lead_id))
        .where(
            or_(waiting, col(Media.state) == MediaState.FAILED),
            col(Media.message_id).is_not(None),
            col(Media.created_at) > now - LOOKED_AFTER,
        )
        .order_by(col(Media.id).desc())
    )


async def _halted(session: AsyncSession, *, now: datetime, key: bytes) -> Section[Halted]:
    waiting = (
        select(col(Lead.bot_id), func.count(func.distinct(col(Lead.id))).label("leads"))
        .join(Message, col(Message.lead_id) == col(Lead.id))
        .where(col(Message.state) == State.QUEUED)
        .group_by(col(Lead.bot_id))
        .subquery()
    )
    query = (
        select(Bot, func.coalesce(waiting.c.leads, 0))
        .join(waiting, waiting.c.bot_id == col(Bot.id), isouter=True)
        .order_by(col(Bot.username))
    )
    bots = [
        Halted(bot, leads, sealed=not bot.opens(key)) for bot, leads in await session.execute(query)
    ]
    found = [
        one
        for one in bots
        if one.sealed or one.bot.disabled_at or (one.bot.paused_until or now) > now
    ]
    return Section(found[:SHOWN], len(found))


async def _section(session: AsyncSession, query: Rows) -> Section[Any]:
    rows = [tuple(row) for row in await session.execute(query.limit(SHOWN))]
    if len(rows) < SHOWN:
        return Section(rows, len(rows))
    capped = query.order_by(None).limit(COUNTED).subquery()
    total = (await session.execute(select(func.count()).select_from(capped))).scalar_one()
    return Section(rows, int(total))
