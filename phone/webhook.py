"""Delivery of updates to a bot's webhook, as tdlib's bot API server does it.

Order is kept per chat and a failing head blocks its chat. A failure is tried again at once,
then after 1, 2, 4 … seconds up to a cap; `Retry-After` of the answer is obeyed. An update
older than a day is dropped.
"""

import asyncio
import http
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import aiohttp

from phone.faults import Faults
from phone.people import Bot
from phone.updates import KEPT_FOR, Update, Updates

PATIENCE = 60.0  # seconds to answer
LONGEST_RETRY_AFTER = 3600.0


class Webhook:
    """The delivering half of one bot, alive while its webhook is set."""

    def __init__(
        self,
        *,
        bot: Bot,
        updates: Updates,
        faults: Faults,
        session: aiohttp.ClientSession,
        longest_pause: float,
        changed: Callable[[Bot, Update], None],
    ) -> None:
        assert bot.webhook is not None
        self.bot = bot
        self.updates = updates
        self.faults = faults
        self.session = session
        self.longest_pause = longest_pause
        self.changed = changed
        self.url: str = bot.webhook["url"]
        self.secret: str | None = bot.webhook["secret_token"]
        self.slots = asyncio.Semaphore(bot.webhook["max_connections"])
        self.released = asyncio.Event()
        self._chats: dict[str, deque[Update]] = {}
        self._walks: set[asyncio.Task[None]] = set()
        if not updates.held:
            self.released.set()
        for update in updates.pending.values():
            self.feed(update)

    def feed(self, update: Update) -> None:
        if update.chat in self._chats:
            self._chats[update.chat].append(update)
            return
        self._chats[update.chat] = deque([update])
        walk = asyncio.create_task(self._walk(update.chat))
        self._walks.add(walk)
        walk.add_done_callback(self._walks.discard)

    def refeed(self) -> None:
        """Starts over with what waits, in its present order."""
        self.stop()
        self._chats.clear()
        for update in self.updates.pending.values():
            self.feed(update)

    def stop(self) -> None:
        for walk in self._walks:
            walk.cancel()
        self._walks.clear()

    async def _walk(self, chat: str) -> None:
        queue = self._chats[chat]
        while queue:
            update = queue[0]
            if update.waiting:
                await self._deliver(update)
            queue.popleft()
        del self._chats[chat]

    async def _deliver(self, update: Update) -> None:
        failures = 0
        repeats = self._strike("repeat_updates")
        deliveries = repeats[0].times if repeats else 1
        if self._strike("reorder_updates"):
            await asyncio.sleep(random.uniform(0, 0.3))  # others overtake it
        while True:
            await self.released.wait()
            if time.time() - update.made_at > KEPT_FOR:
                self.updates.drop(update)
                self.changed(self.bot, update)
                return
            async with self.slots:
                error, retry_after = await self._post(update)
            if error is None:
                deliveries -= 1
                update.delivered_at = update.delivered_at or time.time()
                if deliveries <= 0:
                    self.updates.confirm(update)
                    self.changed(self.bot, update)
                    return
                continue
            failures += 1
            update.last_error = error
            self.bot.last_error = {
                "last_error_date": int(time.time()),
                "last_error_message": error,
            }
            self.changed(self.bot, update)
            pause = 0.0 if failures == 1 else min(2.0 ** (failures - 2), self.longest_pause)
            await asyncio.sleep(retry_after if retry_after is not None else pause)

    async def _post(self, update: Update) -> tuple[str | None, float | None]:
        """(what went wrong or None, the seconds that the answer asks to wait or None)."""
        headers = {"Content-Type": "application/json"}
        if self.secret:
            headers["X-Telegram-Bot-Api-Secret-Token"] = self.secret
        update.attempts += 1
        try:
            async with self.session.post(
                self.url,
                data=update.body,
                headers=headers,
                allow_redirects=False,
                timeout=aiohttp.ClientTimeout(total=PATIENCE),
            ) as answer:
                await answer.read()
                if 200 <= answer.status < 300:
                    return None, None
                reason = answer.reason or http.HTTPStatus(answer.status).phrase
                return (
                    f"Wrong response from the webhook: {answer.status} {reason}",
                    _seconds(answer.headers.get("Retry-After")),
                )
        except TimeoutError:
            return "Read timeout expired", None
        except aiohttp.ClientConnectorError:
            return "Connection refused", None
        except (aiohttp.ClientError, OSError) as problem:
            return f"Connection closed: {type(problem).__name__}", None

    def _strike(self, kind: str) -> list[Any]:
        return self.faults.strike((kind,), method="update", bot=self.bot.id, client=None)


def _seconds(retry_after: str | None) -> float | None:
    if retry_after is None or not retry_after.strip().isdigit():
        return None
    return min(float(retry_after), LONGEST_RETRY_AFTER)
