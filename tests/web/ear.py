"""A browser's ear: what the event stream says to one person."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from models.user import User
from tests.eventually import eventually
from tests.web.website import Website


class Ear:
    """A browser's event stream and what it said so far."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.ended = False

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [one for one in self.heard if one["kind"] == kind]

    async def listen(self, answer: httpx.Response) -> None:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                self.heard.append(json.loads(line.removeprefix("data: ")))
        self.ended = True


@asynccontextmanager
async def listening(site: Website, person: User, *opened: int) -> AsyncIterator[Ear]:
    ear = Ear()
    async with site.visitor() as browser:
        browser.cookies.update(await site.cookie(person))
        async with browser.stream("GET", "/events", params={"open": list(opened)}) as answer:
            assert answer.status_code == 200
            assert answer.headers["x-accel-buffering"] == "no"
            assert "content-encoding" not in answer.headers
            job = asyncio.create_task(ear.listen(answer))
            await eventually(lambda: ear.of("hello"))
            yield ear
            job.cancel()
