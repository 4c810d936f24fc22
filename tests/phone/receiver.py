"""A web server that a bot's owner might run: it takes updates and answers as told."""

import json
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.eventually import eventually


@dataclass
class Received:
    body: bytes
    headers: dict[str, str]
    status: int

    @property
    def update(self) -> dict[str, Any]:
        update: dict[str, Any] = json.loads(self.body)
        return update

    @property
    def text(self) -> str:
        return str(self.update.get("message", {}).get("text"))


@dataclass
class Receiver:
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)  # then 200
    refused_chats: set[int] = field(default_factory=set)  # these get 500
    received: list[Received] = field(default_factory=list)
    url: str = ""

    async def start(self) -> None:
        application = web.Application()
        application.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook"

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        body = await request.read()
        status, headers = self.answers.popleft() if self.answers else (200, {})
        taken = Received(body, dict(request.headers), status)
        try:
            if taken.update["message"]["chat"]["id"] in self.refused_chats:
                taken.status = status = 500
        except (ValueError, KeyError, TypeError):
            pass  # what is no message of a chat is taken as it is
        self.received.append(taken)
        return web.Response(status=status, headers=headers)

    async def has(self, count: int) -> list[Received]:
        await eventually(lambda: len(self.received) >= count, because=f"{count} updates came")
        return self.received
