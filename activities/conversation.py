"""Delivering: one attempt for one message. Files: fetching what a client sent."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity

from activities.bare import Damaged
from activities.clients.storage import Storage, TooBig, Unreachable
from activities.clients.telegram import (
    Accepted,
    Answer,
    Declined,
    Method,
    NotSent,
    PerhapsSent,
    Telegram,
)
from activities.envelope import Parcel, envelope
from activities.moves import Delivery, Move
from activities.parcels import contents, files_of, has_forgotten, messages_of, now_known
from activities.progress import progress
from models.database import Database
from models.lead.lead import Lead
from models.lead.listening import Sight
from models.lead.waking import LOOK
from models.media import DAMAGED, OURS, Media, MediaState
from models.message import Message, State
from models.seal import BrokenSeal, open_sealed
from models.settings import Settings
from models.spot import Bot

# One statement, committed before the first byte. The fence of automatic messages is `epoch`; a
# paused bot lets one message through when its pause ends, and that one decides for all.
CLAIM = text(
    """
    with l as (select id, mode, epoch, bot_id, chat_id, thread_id, business_connection
               from lead where id = :lead for update),
    b as (select bot.id, bot.token, bot.paused_until from bot, l
          where bot.id = l.bot_id and bot.disabled_at is null
          and (bot.paused_until is null or bot.paused_until <= :now)),
    probe as (update bot set probing_until = cast(:now as timestamptz) + interval '5 s' from b
              where bot.id = b.id and b.paused_until is not null
              and (bot.probing_until is null or bot.probing_until <= :now)
              returning bot.id)
    update message m
    set state = 'sending', attempt = m.attempt + 1, claimed_at = clock_timestamp()
    from l, b
    where m.id = :message and m.lead_id = l.id and m.state = 'queued'
    and (b.paused_until is null or exists (select 1 from probe))
    and (m.not_before is null or m.not_before <= :now)
    and (m.epoch is null or (m.epoch = l.epoch and l.mode = 'auto'))
    and not exists (select 1 from message e where e.lead_id = l.id
                    and e.state in ('queued', 'sending') and e.position < m.position)
    returning m.id, m.attempt, m.kind, m.text, m.entities, m.buttons, m.details, m.quote,
        (select r.telegram_ids[1] from message r where r.id = m.reply_to_id) as reply_to,
        l.chat_id, l.thread_id, l.business_connection,
        b.id as bot_id, b.token, b.paused_until is not null as probes
    """
)
LARGEST_DOWNLOAD = 20 * 1024 * 1024
HEARTBEAT = 3  # seconds; the engine notices a killed deliverer after a few of them

ATTEMPTS = 4  # of fetching a file; one more is the engine's, should even that not be stored
log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Claimed(Parcel):
    """`token` is sealed. `probes`: the first one after the bot's pause, which decides for all."""

    bot_id: int
    token: bytes
    probes: bool


class Conversation:
    def __init__(
        self, database: Database, telegram: Telegram, storage: Storage, settings: Settings
    ) -> None:
        self._database = database
        self._telegram = telegram
        self._storage = storage
        self._settings = settings

    @activity.defn
    async def deliver(self, delivery: Delivery) -> Move:
        """One attempt, its outcome and the next move. Safe to run again: the row knows.

        What has begun is finished even when the engine has given it up: only this process learns
        what Telegram answers. Then the workflow does not hear it from here, and is rung.
        """
        attempt = asyncio.ensure_future(self._attempt(delivery))
        given_up = False
        while not attempt.done():
            try:
                await asyncio.wait({attempt}, timeout=HEARTBEAT)
                if not attempt.done():
                    activity.heartbeat()
            except asyncio.CancelledError:
                given_up = True
        if given_up:
            self._database.ring_beside(delivery.lead_id, LOOK)
        return attempt.result()

    @activity.defn
    async def show_typing(self, delivery: Delivery) -> None:
        """“Typing…” in the client's chat: lasts five seconds there, and may fail."""
        async with self._database.reading() as session:
            lead = await session.get_one(Lead, delivery.lead_id)
            bot = await session.get_one(Bot, lead.bot_id)
        action = Method(
            "sendChatAction",
            chat_id=lead.chat_id, action="typing",
            business_connection_id=lead.business_connection,
            message_thread_id=lead.thread_id,
        )  # fmt: skip
        await self._telegram.call(bot.open_token(self._settings.key()), action, seconds=5)

    @activity.defn
    async def fetch_media(self, media_id: int) -> None:
        """Copies a client's file from Telegram. What cannot be had says why; the message stands."""
        async with self._database.reading() as session:
            media = await session.get_one(Media, media_id)
            lead = await session.get_one(Lead, media.lead_id)
            bot = await session.get_one(Bot, lead.bot_id)
        if media.state != MediaState.PENDING:
            return
        found: dict[str, Any]
        if (media.size or 0) > LARGEST_DOWNLOAD:
            found = {"state": MediaState.TOO_BIG, "reason": "too_big"}
        else:
            try:
                found = await self._download(media, bot.open_token(self._settings.key()))
            except Exception as error:  # whatever it was: the last attempt says so
                if activity.info().attempt < ATTEMPTS:
                    raise
                log.exception("media %s: not fetched", media_id)
                found = {"state": MediaState.FAILED, "reason": f"{OURS}{type(error).__name__}"}
        async with self._database.unit_of_work(silent=True) as work:
            lead = await work.locked_lead(media.lead_id)
            lead.media_fetched(await work.session.get_one(Media, media_id), **found)

    async def _attempt(self, delivery: Delivery) -> Move:
        assert delivery.now is not None
        begun = monotonic()  # before the claim: its answer may be long on its way
        claimed = await self._claim(delivery)
        if claimed is not None:
            answer = await self._send(claimed, begun=begun)
            return await self._keep_trying_to_record(delivery, claimed, answer)
        async with self._database.unit_of_work(silent=True) as work:
            lead = await work.locked_lead(delivery.lead_id)
            move = await progress(work, lead, now=delivery.now)
        if move.deliver == delivery.message_id:  # refused and offered again: not in a tight loop
            move.deliver, move.due_at = None, delivery.now + timedelta(seconds=1)
        return move

    def limit(self, kind: str) -> timedelta:
        """How long a message may be `sending` before only a person can say what became of it."""
        settings = self._settings
        return settings.sending_limit if kind == "text" else settings.upload_limit

    async def _claim(self, delivery: Delivery) -> Claimed | None:
        asked = {"lead": delivery.lead_id, "message": delivery.message_id, "now": delivery.now}
        claimed = await self._database.single(CLAIM, asked)
        return Claimed(**claimed) if claimed else None

    async def _send(self, claimed: Claimed, *, begun: float) -> Answer:
        limit = self.limit(claimed.kind)
        purpose = f"bot.token:{claimed.bot_id}"
        try:
            token = open_sealed(claimed.token, key=self._settings.key(), purpose=purpose)
        except BrokenSeal:
            return NotSent("token_sealed")

        async def call(*, anew: bool) -> Answer:
            files = await contents(self._storage, media, anew=anew)
            return await self._telegram.call(
                token,
                envelope(claimed, media, contents=files),
                seconds=limit.total_seconds() * 0.5,
                write_until=begun + limit.total_seconds() * 0.25,
                reference=f"{claimed.id}.{claimed.attempt}",
            )

        try:
            async with self._database.reading() as session:
                media = await files_of(session, claimed)
            answer = await call(anew=False)
            return await call(anew=True) if has_forgotten(answer, media) else answer
        except (SQLAlchemyError, Unreachable) as error:
            return NotSent(type(error).__name__, ours=True)
        except Damaged:
            return Declined(code=400, description=DAMAGED)
        except (ValueError, OSError) as error:
            return Declined(code=400, description=f"{type(error).__name__}: {error}"[:200])

    async def _keep_trying_to_record(
        self, delivery: Delivery, claimed: Claimed, answer: Answer
    ) -> Move:
        """Telegram's answer is known once: it is offered to the database until that takes it.

        When what comes next cannot be done, the outcome is stored without it.
        """
        try:
            return await self._record(delivery, claimed, answer)
        except Exception as failure:
            pause = 0.1
            while True:
                try:
                    await self._record(delivery, claimed, answer, onwards=False)
                except (SQLAlchemyError, OSError):
                    log.warning("message %s: outcome not stored yet", delivery.message_id)
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, 5)
                else:
                    raise failure

    async def _record(
        self, delivery: Delivery, claimed: Claimed, answer: Answer, *, onwards: bool = True
    ) -> Move:
        now = delivery.now
        assert now is not None
        async with self._database.unit_of_work(silent=True) as work:
            lead = await work.locked_lead(delivery.lead_id)
            sight: Sight | None = await lead.look(now=now) if onwards else None
            message = await lead.outgoing(delivery.message_id)
            if message.attempt == claimed.attempt and _is_news(answer, message):
                await _apply(answer, lead, message, now=now)
                if isinstance(answer, Accepted):
                    now_known(await files_of(work.session, claimed), messages_of(answer))
                if claimed.probes or not isinstance(answer, Accepted):
                    tell_bot(await Bot.locked(work, lead.bot_id), answer, now=now)
                    sight = None
            return await progress(work, lead, now=now, sight=sight) if onwards else Move()

    async def _download(self, media: Media, token: str) -> dict[str, Any]:
        answer = await self._telegram.call(token, Method("getFile", file_id=media.file_id or ""))
        match answer:
            case Accepted(result) if result.get("file_path"):
                try:
                    digest, size = await self._storage.keep(
                        self._telegram.download(token, result["file_path"]), most=LARGEST_DOWNLOAD
                    )
                except TooBig:
                    return {"state": MediaState.TOO_BIG, "reason": "too_big"}
                except httpx.HTTPError as error:
                    return self._again_or_never(media, type(error).__name__)
                except OSError as error:
                    return self._again_or_never(media, error.strerror or "disk")
                return {"state": MediaState.READY, "sha256": digest, "size": size}
            case Declined(description=description) if "too big" in description:
                return {"state": MediaState.TOO_BIG, "reason": "too_big"}
            case Declined(description=description):
                return {"state": MediaState.FAILED, "reason": description}
            case _:
                return self._again_or_never(media, "no clear answer")

    def _again_or_never(self, media: Media, because: str) -> dict[str, Any]:
        """The engine repeats the activity; then a person may ask again."""
        if activity.info().attempt < ATTEMPTS:
            raise RuntimeError(f"media {media.id}: {because}")
        return {"state": MediaState.FAILED, "reason": because}


def _is_news(answer: Answer, message: Message) -> bool:
    """Not when it is stored already, or when somebody has settled the message meanwhile."""
    match answer:
        case Accepted():
            return message.state != State.SENT or not message.telegram_ids
        case PerhapsSent():
            return message.state == State.SENDING
        case _:
            return message.state in (State.SENDING, State.UNKNOWN)


async def _apply(answer: Answer, lead: Lead, message: Message, *, now: datetime) -> None:
    """What Telegram's answer means for the message (delivery.md's table)."""
    match answer:
        case Accepted():
            ids = [one["message_id"] for one in messages_of(answer)]
            lead.sent(message, telegram_ids=ids, at=now)
        case PerhapsSent(because):
            lead.perhaps_sent(message, because=because, at=now)
        case NotSent(because):
            lead.not_sent(message, because=because, at=now)
        case Declined(code=429):
            lead.not_sent(message, because="too_many_requests", at=now)
        case Declined(code=401 | 404):
            lead.not_sent(message, because="bot_disabled", at=now)
        case Declined(migrate_to_chat_id=int() as chat_id):
            lead.chat_id = chat_id
            lead.not_sent(message, because="chat_migrated", at=now)
        case Declined(code=code, description=description):
            await lead.refused(message, code=code, because=description, at=now)


def tell_bot(bot: Bot, answer: Answer, *, now: datetime) -> None:
    """What it means for the bot: a pause, the end of one, or that it cannot work at all."""
    match answer:
        case NotSent(ours=False):
            bot.stumble(now=now)
        case Declined(code=429, retry_after=seconds):
            bot.pause(until=now + timedelta(seconds=seconds or 1))
        case Declined(code=401 | 404, description=description):
            bot.disable(because=description, now=now)
        case Accepted() | Declined():
            bot.resume()
