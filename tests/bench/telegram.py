"""A Telegram that costs nearly nothing: it accepts at once and notes the moment.

The phone of the demo keeps journals and chats; here its work would hide what is measured.
"""

import asyncio
import re
import time
from collections import defaultdict
from itertools import count
from typing import cast

CHAT = re.compile(rb"chat_id(?:=|\":\s*)(-?\d+)")
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)


class Telegram:
    """`await telegram.hears(chat)` is the wall clock's time (s) of the chat's next message."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.accepted = 0
        self._waiting: dict[int, list[asyncio.Future[float]]] = defaultdict(list)
        self._numbers = count(1_000_000)

    async def __aenter__(self) -> "Telegram":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Call(self), "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    def hears(self, chat: int) -> "asyncio.Future[float]":
        heard: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting[chat].append(heard)
        return heard

    def accept(self, path: bytes, body: bytes) -> bytes:
        if b"/send" not in path:
            return b'{"ok":true,"result":true}'
        self.accepted += 1
        found = CHAT.search(body)
        chat = int(found[1]) if found else 0
        for heard in self._waiting.pop(chat, ()):
            if not heard.done():
                heard.set_result(time.time())
        number, now = next(self._numbers), int(time.time())
        return (
            b'{"ok":true,"result":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"private"}}}'
            % (number, now, chat)
        )


class _Call(asyncio.Protocol):
    """HTTP/1.1 with keep-alive and Content-Length, which is all that our clients speak."""

    def __init__(self, telegram: Telegram) -> None:
        self._telegram = telegram
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end]
            found = LENGTH.search(head)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self._read) < size:
                return
            body, self._read = self._read[end + 4 : size], self._read[size:]
            answer = self._telegram.accept(head.split(b"\r\n", 1)[0], body)
            self._transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (len(answer), answer)
            )
