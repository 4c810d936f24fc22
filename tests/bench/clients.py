"""Clients who write: updates posted to a webhook over kept connections, as Telegram does."""

import asyncio
import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from typing import cast

from tests.bench.telegram import Telegram

YES, NO = "да", "нет"
_updates, _messages = count(int(time.time() * 1000) % 10**9), count(1)


@dataclass(frozen=True, kw_only=True)
class Hook:
    """Where updates for a bot go."""

    port: int
    path: str
    secret: str


class _Line(asyncio.Protocol):
    """One kept connection: a request, its status, the next request."""

    def __init__(self) -> None:
        self._read = b""
        self._answer: asyncio.Future[int] | None = None
        self.closed = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        if self._answer and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the connection was closed"))

    async def post(self, head: bytes, body: bytes) -> int:
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(head % len(body) + body)
        return await self._answer

    def data_received(self, data: bytes) -> None:
        # our webhooks answer with an empty body
        self._read += data
        if self._read.endswith(b"\r\n\r\n") and self._answer:
            answer, self._read = self._read, b""
            if not self._answer.done():
                self._answer.set_result(int(answer[9:12]))


class Webhook:
    """Posts to one hook over as many connections as are in use at once."""

    def __init__(self, hook: Hook) -> None:
        self.hook = hook
        self._head = (
            f"POST {hook.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {hook.secret}\r\n"
        ).encode() + b"Content-Length: %d\r\n\r\n"
        self._free: list[_Line] = []

    async def post(self, body: bytes) -> None:
        while self._free and self._free[-1].closed:
            self._free.pop()
        line = self._free.pop() if self._free else await self._connected()
        try:
            status = await line.post(self._head, body)
        except ConnectionError:  # servers close what idles; a repeated update is known to them
            line = await self._connected()
            status = await line.post(self._head, body)
        self._free.append(line)
        assert status == 200, f"{self.hook.path} answered {status}"

    async def _connected(self) -> _Line:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(_Line, "127.0.0.1", self.hook.port))[1]


def update(chat: int, text: str) -> bytes:
    """A text message from a private chat, as Telegram writes it."""
    person = {"id": chat, "is_bot": False, "first_name": "Иван", "language_code": "ru"}
    message = {
        "message_id": next(_messages),
        "from": person,
        "chat": {"id": chat, "first_name": "Иван", "type": "private"},
        "date": int(time.time()),
        "text": text,
    }
    return json.dumps(
        {"update_id": next(_updates), "message": message}, ensure_ascii=False
    ).encode()


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One message and its reply: seconds of the wall clock."""

    written_at: float
    received_at: float
    replied_at: float

    @property
    def seconds(self) -> float:
        return self.replied_at - self.written_at


async def asks(webhook: Webhook, telegram: Telegram, chat: int, text: str = YES) -> Turn:
    """The client writes and hears the reply."""
    heard = telegram.hears(chat)
    written_at = time.time()
    await webhook.post(update(chat, text))
    received_at = time.time()
    replied_at = await asyncio.wait_for(heard, 30)
    return Turn(written_at=written_at, received_at=received_at, replied_at=replied_at)


async def chatter(
    webhook: Webhook, telegram: Telegram, chats: Iterable[int], *, seconds: float
) -> int:
    """Everybody writes again as soon as they hear the reply; how many replies came in time."""
    end = time.monotonic() + seconds

    async def talks(chat: int) -> int:
        heard = 0
        while time.monotonic() < end:
            await asks(webhook, telegram, chat, (YES, NO)[heard % 2])
            heard += time.monotonic() < end
        return heard

    return sum(await asyncio.gather(*map(talks, chats)))
