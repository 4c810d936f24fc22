"""The application: the Bot API in front, the control API and the page behind."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from phone import page
from phone.bot_api import BotApi
from phone.control import people, wires
from phone.refusals import Nonsense, Unknown
from phone.world import World


class Application:
    def __init__(self, world: World) -> None:
        self.bot_api = BotApi(world)
        self.rest = Starlette(
            routes=[Mount("/control", routes=[*people.routes, *wires.routes]), *page.routes],
            exception_handlers={
                ClientDisconnect: said_so(400),
                Unknown: said_so(404),
                Nonsense: said_so(422),
                TypeError: said_so(422),
                ValueError: said_so(422),
            },
        )
        self.rest.state.world = world
        self.rest.state.listener = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith(("/bot", "/file/bot")):
            await self.bot_api(scope, receive, send)
        elif foreign(scope):
            await JSONResponse({"error": "only the page itself may ask this"}, 403)(
                scope, receive, send
            )
        else:
            await self.rest(scope, receive, send)


def foreign(scope: Scope) -> bool:
    """Another site's page in the same browser must not play with the phones."""
    return any(
        name == b"sec-fetch-site" and value in (b"cross-site", b"same-site")
        for name, value in scope["headers"]
    ) and scope["path"].startswith("/control")


def said_so(status: int) -> Callable[[Request, Any], Awaitable[Response]]:
    async def answer(_: Request, problem: Exception) -> Response:
        return JSONResponse({"error": str(problem)}, status)

    return answer
