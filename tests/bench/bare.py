"""The references of the web: the messenger's own template over rows fetched plainly, and a hub
that reads the message a notification names and says its words, for a page that shows just them.
A process of its own, without sign-in and middleware.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import psycopg
import uvicorn
import uvloop
from markupsafe import Markup
from psycopg_pool import AsyncConnectionPool
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response, StreamingResponse
from starlette.routing import Route

from api import lists, messenger
from api.app import create_app
from api.rendering import environment, render
from models.database import Database
from models.queries.card import seen_lead
from models.queries.inbox import PAGE, Chat
from models.queries.view import View
from models.settings import settings
from models.user import User

BARE_CHANNEL = "bare"
LIST = "select * from lead where archived_at is null order by last_action_at desc, id desc limit %s"
CONVERSATION = "select * from message where lead_id = %s order by position desc limit %s"
EVENTS = "select * from event where lead_id = %s order by seq desc limit %s"
SAID = "select text from message where lead_id = %s and position = %s"
SHOWS = """<!doctype html><title>bare</title><body><script>
const source = new EventSource("/events")
source.onopen = () => (document.documentElement.dataset.link = "live")
source.onmessage = ({ data }) => document.body.append(data, document.createElement("br"))
</script>"""


class Bare:
    def __init__(self) -> None:
        self._url = settings().postgres
        self._streams: set[asyncio.Queue[str]] = set()
        self._drawn: dict[int, tuple[Request, dict[str, Any]]] = {}

    async def begin(self) -> None:
        url = self._url.replace("postgresql+psycopg", "postgresql")
        self._pool = AsyncConnectionPool(
            url, min_size=4, max_size=4, open=False,
            kwargs={"autocommit": True, "prepare_threshold": 1},
        )  # fmt: skip
        await self._pool.open(wait=True)
        self._listening = asyncio.create_task(self._listen(url))

    async def page(self, request: Request) -> Response:
        """The same rows and the same template; what the page makes of the rows was made before."""
        lead_id = int(request.path_params["lead"])
        async with self._pool.connection() as connection:
            await (await connection.execute(LIST, [PAGE + 1])).fetchall()
            await (await connection.execute(CONVERSATION, [lead_id, PAGE])).fetchall()
            await (await connection.execute(EVENTS, [lead_id, PAGE])).fetchall()
        if lead_id not in self._drawn:
            self._drawn[lead_id] = await self._around(lead_id, int(request.query_params["person"]))
        asked, around = self._drawn[lead_id]
        return render(asked, "leads/index", **around)

    async def shows(self, request: Request) -> Response:
        """A page that puts whatever is said into its body."""
        return HTMLResponse(SHOWS)

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._stream(), media_type="text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        heard: asyncio.Queue[str] = asyncio.Queue()
        self._streams.add(heard)
        try:
            yield "data: hello\n\n"
            while True:
                yield f"data: {await heard.get()}\n\n"
        finally:
            self._streams.discard(heard)

    async def _listen(self, url: str) -> None:
        connection = await psycopg.AsyncConnection.connect(url, autocommit=True)
        await connection.execute(f"listen {BARE_CHANNEL}".encode())
        async for notice in connection.notifies():
            for place in json.loads(notice.payload):
                async with self._pool.connection() as reading:
                    said = await (await reading.execute(SAID, place)).fetchone()
                for stream in self._streams:
                    stream.put_nowait(str(said and said[0]))

    async def _around(self, lead_id: int, person_id: int) -> tuple[Request, dict[str, Any]]:
        database = Database(self._url, pool=2)
        async with database.reading() as session:
            person = await session.get_one(User, person_id)
            lead = await seen_lead(session, lead_id, person)
            around = await messenger.opened(session, lead, person, settings())
            around |= await lists.around(session, person, View(), now=datetime.now(UTC))
        await database.close()
        scope = {
            "type": "http", "method": "GET", "path": f"/leads/{lead_id}", "query_string": b"",
            "headers": [], "state": {"person": person, "csrf": "c" * 43},
            "app": SimpleNamespace(state=create_app().state),
        }  # fmt: skip
        return Request(scope), around | {"current": lead_id}


def _drawn_anew(chat: Chat, current: int | None = None) -> Markup:
    """What ours keeps drawn."""
    drawn: Any = environment.get_template("_ui.html").module
    row: Markup = drawn.row(chat, (), current)
    return row


def main() -> None:
    """`PORT`."""
    uvloop.run(_serve(int(sys.argv[1])))


async def _serve(port: int) -> None:
    environment.globals["chat_row"] = _drawn_anew
    bare = Bare()
    await bare.begin()
    app = Starlette(
        routes=[
            Route("/", bare.shows),
            Route("/page/{lead}", bare.page),
            Route("/events", bare.events),
        ]
    )
    chosen = uvicorn.Config(
        app, host="127.0.0.1", port=port, loop="uvloop", http="httptools", access_log=False,
        log_level="warning",
    )  # fmt: skip
    await uvicorn.Server(chosen).serve()
