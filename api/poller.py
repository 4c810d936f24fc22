"""Long polling: exactly one poller per bot, over all web processes; webhooks set at the start.

The offset is confirmed by the next call, after the commit; a repeat is known by its bytes.
"""

import asyncio
import json
import logging
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.clients.telegram import Accepted, Answer, Declined, Method, Telegram
from models.database import Database
from models.lead.receiving import receive
from models.settings import Settings
from models.spot import Bot

ALLOWED = [
    "message", "edited_message", "callback_query", "my_chat_member", "message_reaction",
    "business_connection", "business_message", "edited_business_message",
    "deleted_business_messages",
]  # fmt: skip
LOCK = 0x6C6F6F6D  # namespace of our advisory locks
WAIT = 25  # seconds a poll may wait for news
LOOK_EVERY = 2  # seconds between looks for new bots
LONGEST_PAUSE = 30

log = logging.getLogger(__name__)


class Poller:
    """`run` until cancelled. It asks the database which bots there are, and keeps asking."""

    def __init__(self, database: Database, telegram: Telegram, settings: Settings) -> None:
        self.database = database
        self.telegram = telegram
        self.settings = settings
        self._polling: dict[int, asyncio.Task[None]] = {}
        self._hooked: set[int] = set()
        self._sealed: set[int] = set()
        self._answering: set[asyncio.Task[Answer]] = set()

    async def run(self) -> None:
        try:
            while True:
                try:
                    await self._look()
                except (SQLAlchemyError, OSError) as error:
                    log.warning("bots not looked up: %s", type(error).__name__)
                await asyncio.sleep(LOOK_EVERY)
        finally:
            for polling in self._polling.values():
                polling.cancel()

    def answer(self, token: str, query_id: str) -> None:
        """Stops the button's spinner; nothing waits for it and it may fail."""
        method = Method("answerCallbackQuery", callback_query_id=query_id)
        answering = asyncio.create_task(self.telegram.call(token, method, seconds=5))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)

    async def token(self, bot_id: int) -> str:
        async with self.database.reading() as session:
            bot = await session.get_one(Bot, bot_id)
        return bot.open_token(self.settings.key())

    async def _look(self) -> None:
        async with self.database.reading() as session:
            bots = (await session.execute(select(Bot).where(Bot.disabled_at.is_(None)))).scalars()
            alive = list(bots)
        wanted = {bot.id for bot in alive if bot.transport == "polling"}
        for bot in filter(self._opens, alive):
            if bot.transport == "webhook" and bot.id not in self._hooked:
                await self._hook(bot)
            elif bot.id in wanted and self._finished(bot.id):
                self._polling[bot.id] = asyncio.create_task(self._poll(bot))
        for bot_id in set(self._polling) - wanted:
            self._polling.pop(bot_id).cancel()

    def _opens(self, bot: Bot) -> bool:
        """A bot sealed with another key is named once, and the others go on."""
        if bot.opens(self.settings.key()):
            self._sealed.discard(bot.id)
            return True
        if bot.id not in self._sealed:
            self._sealed.add(bot.id)
            log.error(
                "the token of @%s was sealed with another LEADLOOM_SECRET_KEY: give that one back,"
                " or see “Change the secret key” in docs/operating.md",
                bot.username,
            )
        return False

    def _finished(self, bot_id: int) -> bool:
        polling = self._polling.get(bot_id)
        return polling is None or polling.done()

    async def _hook(self, bot: Bot) -> None:
        key = self.settings.key()
        method = Method(
            "setWebhook",
            url=f"{self.settings.own_address}/telegram/{bot.path}",
            secret_token=bot.open_secret(key),
            allowed_updates=ALLOWED,
            max_connections=40,
        )
        answer = await self.telegram.call(bot.open_token(key), method)
        if isinstance(answer, Accepted):
            self._hooked.add(bot.id)
        else:
            log.warning("webhook of @%s not set: %s", bot.username, answer)

    async def _poll(self, bot: Bot) -> None:
        """While this process holds the bot's lock; another process takes over when it is gone."""
        try:
            async with self.database.engine.connect() as held:
                held = await held.execution_options(isolation_level="AUTOCOMMIT")
                if not await _locked(held, bot.id):
                    return
                await self._poll_alone(bot, held)
        except (SQLAlchemyError, OSError) as error:
            log.warning("polling @%s stopped: %s", bot.username, type(error).__name__)

    async def _poll_alone(self, bot: Bot, held: AsyncConnection) -> None:
        token, offset = bot.open_token(self.settings.key()), bot.update_offset
        await self.telegram.call(token, Method("deleteWebhook", drop_pending_updates=False))
        pause = 1
        while True:
            method = Method("getUpdates", offset=offset, timeout=WAIT, allowed_updates=ALLOWED)
            answer = await self.telegram.call(token, method, seconds=WAIT + 10)
            await held.execute(text("select 1"))  # the lock is as alive as its connection
            match answer:
                case Accepted(updates):
                    offset = await self._receive(bot, token, updates, offset=offset)
                    pause = 1
                    continue
                case Declined(code=401 | 404, description=why):
                    await self._disable(bot, why)
                    return
                case Declined(code=409):
                    log.warning("somebody else polls @%s", bot.username)
                case _:
                    log.warning("no updates for @%s: %s", bot.username, answer)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _receive(
        self, bot: Bot, token: str, updates: list[dict[str, Any]], *, offset: int
    ) -> int:
        for each in updates:
            raw = json.dumps(each, ensure_ascii=False, separators=(",", ":"))
            receipt = await receive(
                self.database, raw.encode("utf-8", "surrogatepass"), bot_id=bot.id
            )
            if receipt.answer:
                self.answer(token, receipt.answer)
            offset = each["update_id"] + 1
        if updates:
            async with self.database.unit_of_work() as work:
                await work.execute(update(Bot).where(Bot.id == bot.id).values(update_offset=offset))
        return offset

    async def _disable(self, bot: Bot, why: str) -> None:
        async with self.database.unit_of_work() as work:
            now = (await work.execute(text("select now()"))).scalar_one()
            (await work.session.get_one(Bot, bot.id)).disable(because=why, now=now)


async def _locked(held: AsyncConnection, bot_id: int) -> bool:
    key = (LOCK << 32) ^ bot_id
    taken = await held.execute(text("select pg_try_advisory_lock(:key)"), {"key": key})
    return bool(taken.scalar())
