"""What clients do, as facts: each update is stored once, then read; nothing of it is lost."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from models.database import Database, Work
from models.lead.arrival import (
    Arrival,
    Barred,
    Chat,
    Deleted,
    Edited,
    Ignored,
    Pressed,
    Reacted,
    Unreadable,
    Wrote,
    read,
)
from models.lead.lead import Lead
from models.lead.opening import opened
from models.message import Message, MessageEdit
from models.notice import Notice
from models.timeline import CLIENT, Action
from models.update import TelegramUpdate, UpdateState
from models.writing import CHANNEL

OURS = ("22", "23", "42804")  # SQLSTATEs of errors about our data, not about the database
MISREAD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)

# A client's message in one statement: the raw update, the row, its event, the lead's counters and
# the doorbell. Nothing at all when the update is known already or the lead is not.
WROTE = text(
    """
    with l as (
        select id, seq from lead where bot_id = :bot and chat_id = :chat
        and business_connection is not distinct from cast(:connection as text)
        and thread_id is not distinct from cast(:thread as bigint) for update),
    fresh as (
        insert into telegram_update (bot_id, update_id, digest, raw, state)
        select :bot, :update, :digest, :raw, 'done' from l
        on conflict (bot_id, digest) do nothing returning id),
    m as (
        insert into message (lead_id, position, direction, author, kind, text, entities, details,
            state, group_key, telegram_ids, quote, written_at, reply_to_id)
        select l.id, l.seq + 1, 'in', 'client', :kind, :text, cast(:entities as jsonb),
            cast(:details as jsonb), 'received', :album, array[cast(:telegram_id as bigint)],
            :quote, :sent_at,
            case when cast(:reply_to as bigint) is not null then
                (select r.id from message r where r.lead_id = l.id
                 and r.telegram_ids @> array[cast(:reply_to as bigint)]
                 order by r.position desc limit 1) end
        from l, fresh returning id, lead_id),
    f as (
        insert into media (lead_id, message_id, position, kind, state, file_id, file_unique_id,
            name, mime, size, width, height, duration, details)
        select m.lead_id, m.id, 0, x.kind, 'pending', x.file_id, x.file_unique_id,
            x.name, x.mime, x.size, x.width, x.height, x.duration, x.details
        from m, jsonb_to_recordset(cast(:media as jsonb)) as x(kind text, file_id text,
            file_unique_id text, name text, mime text, size bigint, width int, height int,
            duration int, details jsonb)),
    e as (
        insert into event (lead_id, seq, kind, ref, actor, at)
        select l.id, l.seq + 1, 'client_wrote', m.id, 'client', :now from l, m)
    update lead set seq = l.seq + 1,
        rung = case when lead.rung > lead.seen then lead.rung else l.seq + 1 end,
        last_action_at = greatest(last_action_at, :now), last_text = left(:text, 160),
        last_kind = :kind, last_author = 'client', last_state = 'received', unread = unread + 1,
        waiting_since = coalesce(waiting_since, :now), archived_at = null, blocked_at = null
    from l, m where lead.id = l.id
    returning lead.id, lead.seq, lead.rung = lead.seq as ring,
        pg_notify(:channel, '[[' || lead.id || ',' || lead.seq || ']]')
    """
)


@dataclass(frozen=True)
class Receipt:
    """`known`: this very update was here before. `answer`: a pressed button's query to answer."""

    lead_id: int | None = None
    known: bool = False
    poisoned: bool = False
    answer: str | None = None


async def receive(
    database: Database, raw: bytes, *, bot_id: int, now: datetime | None = None
) -> Receipt:
    """Stores an update and what it says. After it returns Telegram may forget the update.

    What cannot be read is kept as `poison` for an admin. Raises the database's own errors when
    they are not about our data: then nothing is stored and Telegram shall come again.
    """
    now = now or datetime.now(UTC)
    try:
        update_id, arrival = read(raw)
    except Unreadable as error:
        return await _poison(database, raw, bot_id=bot_id, error=str(error))
    try:
        if isinstance(arrival, Wrote):
            return await _wrote(database, raw, arrival, bot_id=bot_id, update_id=update_id, now=now)
        return await _other(database, raw, arrival, bot_id=bot_id, update_id=update_id, now=now)
    except MISREAD as error:
        because = f"{type(error).__name__}: {error}"
        return await _poison(database, raw, bot_id=bot_id, update_id=update_id, error=because)
    except DBAPIError as error:
        if not _about_our_data(error):
            raise
        return await _poison(
            database, raw, bot_id=bot_id, update_id=update_id, error=str(error.orig)
        )


async def replay(database: Database, update_row_id: int) -> Receipt:
    """Reads a poisoned update once more, by a newer reader; until that works it stays kept."""
    async with database.unit_of_work() as work:
        row = await work.session.get_one(TelegramUpdate, update_row_id, with_for_update=True)
        if row.state != UpdateState.POISON:
            return Receipt(known=True)
        row.digest = b"replayed %d" % row.id  # the same bytes may be stored again
    receipt = await receive(database, row.raw, bot_id=row.bot_id)
    async with database.unit_of_work() as work:
        kept = await work.session.get(TelegramUpdate, update_row_id, with_for_update=True)
        if kept is not None and receipt.poisoned:
            await _as_before(work, kept)
        elif kept is not None:
            await work.session.delete(kept)
    return receipt


async def _as_before(work: Work, kept: TelegramUpdate) -> None:
    """Its bytes were kept once more: one row is enough, the first, with what is wrong today."""
    same = _same(kept.raw, bot_id=kept.bot_id)
    query = select(TelegramUpdate).where(*same, TelegramUpdate.id != kept.id)
    again = (await work.execute(query)).scalar_one_or_none()
    if again is not None:
        await work.session.delete(again)
        await work.flush()
        kept.digest, kept.error = _digest(kept.raw), again.error


async def _wrote(
    database: Database, raw: bytes, wrote: Wrote, *, bot_id: int, update_id: int, now: datetime
) -> Receipt:
    values = _values(raw, wrote, bot_id=bot_id, update_id=update_id, now=now)
    if wrote.answers is None:
        stored = await database.single(WROTE, values)
        if stored is not None:
            if stored["ring"]:
                database.ring_beside(stored["id"], stored["seq"])
            return Receipt(lead_id=stored["id"])
    async with database.unit_of_work() as work:
        lead = await _lead(work, wrote.chat, bot_id=bot_id)
        if lead is None:
            lead = await opened(work, wrote, bot_id=bot_id, now=now)
        elif wrote.answers is not None and not await _known(work, raw, bot_id=bot_id):
            await lead.replied(wrote.answers, at=now)
        await work.flush()
        # Once more for a lead that was opened while we looked, by another message of this client.
        late = (await work.execute(WROTE, values)).mappings().first()
        if late is not None and late["ring"]:
            work.rings[late["id"]] = late["seq"]
    return Receipt(lead_id=lead.id, known=late is None)


async def _other(
    database: Database, raw: bytes, arrival: Arrival, *, bot_id: int, update_id: int, now: datetime
) -> Receipt:
    state = UpdateState.IGNORED if isinstance(arrival, Ignored) else UpdateState.DONE
    because = arrival.because if isinstance(arrival, Ignored) else None
    async with database.unit_of_work() as work:
        fresh = await _keep(
            work, raw, bot_id=bot_id, update_id=update_id, state=state, error=because
        )
        if not fresh:
            return Receipt(known=True)
        if isinstance(arrival, Ignored | Wrote):
            return Receipt()
        chat = arrival.wrote.chat if isinstance(arrival, Edited) else arrival.chat
        lead = await _lead(work, chat, bot_id=bot_id)
        answer = arrival.query_id if isinstance(arrival, Pressed) else None
        if lead is not None:
            await _apply(work, lead, arrival, now=now)
        return Receipt(lead_id=lead.id if lead else None, answer=answer)


async def _apply(work: Work, lead: Lead, arrival: Arrival, *, now: datetime) -> None:
    match arrival:
        case Edited(wrote=wrote, edited_at=edited_at):
            await _edited(work, lead, wrote, edited_at=edited_at, now=now)
        case Pressed(data=data, telegram_id=telegram_id):
            await lead.pressed(data, telegram_id=telegram_id, at=now)
        case Reacted(telegram_id=telegram_id, emoji=emoji):
            message = await _message(work, lead, telegram_id)
            if message is not None:
                ours = [one for one in message.reactions if one.get("by") != CLIENT]
                message.reactions = [*({"by": CLIENT, "emoji": one} for one in emoji), *ours]
                lead.record(Action.CLIENT_REACTED, by=CLIENT, at=now, ref=message.id, emoji=emoji)
        case Deleted(telegram_ids=gone):
            query = select(Message).where(
                Message.lead_id == lead.id, Message.telegram_ids.overlap(gone)
            )
            for message in (await work.execute(query)).scalars():
                message.deleted_at = message.deleted_at or now
                lead.record(Action.MESSAGE_DELETED, by=CLIENT, at=now, ref=message.id)
        case Barred(blocked=blocked):
            lead.blocked_at = now if blocked else None
            action = Action.CLIENT_BLOCKED if blocked else Action.CLIENT_UNBLOCKED
            lead.record(action, by=CLIENT, at=now)
            if blocked:
                lead.notice, lead.last_action_at = Notice.BLOCKED, max(lead.last_action_at, now)
            elif lead.notice == Notice.BLOCKED:
                lead.notice = None
            lead.ring()


async def _edited(work: Work, lead: Lead, wrote: Wrote, *, edited_at: float, now: datetime) -> None:
    """Telegram also says "edited" for things we do not show: those change nothing."""
    message = await _message(work, lead, wrote.telegram_id)
    if message is None or (message.text, message.entities) == (wrote.text, wrote.entities):
        return
    work.add(
        MessageEdit(
            message_id=message.id, text=message.text, entities=message.entities, replaced_at=now
        )
    )
    message.text, message.entities = wrote.text, wrote.entities
    message.edited_at = datetime.fromtimestamp(edited_at, UTC)
    lead.record(Action.CLIENT_EDITED, by=CLIENT, at=now, ref=message.id)


async def _message(work: Work, lead: Lead, telegram_id: int) -> Message | None:
    query = select(Message).where(
        Message.lead_id == lead.id, Message.telegram_ids.contains([telegram_id])
    )
    return (await work.execute(query)).scalars().first()


async def _lead(work: Work, chat: Chat, *, bot_id: int) -> Lead | None:
    query = select(Lead).where(
        Lead.bot_id == bot_id,
        Lead.chat_id == chat.chat_id,
        Lead.business_connection.is_not_distinct_from(chat.business_connection),
        Lead.thread_id.is_not_distinct_from(chat.thread_id),
    )
    return (await work.execute(query.with_for_update())).scalar_one_or_none()


async def _known(work: Work, raw: bytes, *, bot_id: int) -> bool:
    query = select(TelegramUpdate.id).where(*_same(raw, bot_id=bot_id))
    return (await work.execute(query)).first() is not None


def _same(raw: bytes, *, bot_id: int) -> tuple[ColumnElement[bool], ...]:
    return TelegramUpdate.bot_id == bot_id, TelegramUpdate.digest == _digest(raw)


async def _poison(
    database: Database, raw: bytes, *, bot_id: int, error: str, update_id: int | None = None
) -> Receipt:
    async with database.unit_of_work() as work:
        fresh = await _keep(
            work, raw, bot_id=bot_id, update_id=update_id, state=UpdateState.POISON, error=error
        )
    return Receipt(known=not fresh, poisoned=True)


async def _keep(
    work: Work, raw: bytes, *, bot_id: int, update_id: int | None, state: str, error: str | None
) -> bool:
    row = insert(TelegramUpdate).values(
        bot_id=bot_id, update_id=update_id, digest=_digest(raw), raw=raw, state=state, error=error
    )
    fresh = row.on_conflict_do_nothing().returning(TelegramUpdate.id)
    return (await work.execute(fresh)).first() is not None


def _values(
    raw: bytes, wrote: Wrote, *, bot_id: int, update_id: int, now: datetime
) -> dict[str, Any]:
    return {
        "bot": bot_id, "chat": wrote.chat.chat_id, "connection": wrote.chat.business_connection,
        "thread": wrote.chat.thread_id, "update": update_id, "digest": _digest(raw), "raw": raw,
        "kind": wrote.kind, "text": wrote.text, "entities": json.dumps(wrote.entities),
        "details": json.dumps(wrote.details), "album": wrote.album,
        "telegram_id": wrote.telegram_id, "quote": wrote.quote, "reply_to": wrote.reply_to,
        "sent_at": datetime.fromtimestamp(wrote.sent_at, UTC), "media": json.dumps(wrote.media),
        "now": now, "channel": CHANNEL,
    }  # fmt: skip


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def _about_our_data(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None) or ""
    return state.startswith(OURS)
