"""Where Telegram's webhooks come in. Answers 200 with an empty body after the commit, and only
then; 503 sends Telegram away for two seconds while the database does not answer."""

import hmac

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from models.lead import receiving
from models.seal import BrokenSeal
from models.spot import Bot

LARGEST = 1024 * 1024
SECRET = "x-telegram-bot-api-secret-token"  # noqa: S105


async def create(request: Request) -> Response:
    state = request.app.state
    try:
        known = await _bot(request)
        if known is None:
            return Response(status_code=404)
        bot_id, secret = known
        if not hmac.compare_digest(request.headers.get(SECRET, "").encode(), secret.encode()):
            return Response(status_code=401)
        receipt = await receiving.receive(state.database, await _body(request), bot_id=bot_id)
    except (SQLAlchemyError, OSError, BrokenSeal):
        return Response(status_code=503, headers={"Retry-After": "2"})
    except ClientDisconnect:
        return Response(status_code=400)
    if receipt.answer:
        state.poller.answer(await state.poller.token(bot_id), receipt.answer)
    return Response(status_code=200)


async def _bot(request: Request) -> tuple[int, str] | None:
    """By the path, which is not the token; remembered, because a bot's secret never changes."""
    known: dict[str, tuple[int, str]] = request.app.state.webhooks
    path = request.path_params["path"]
    if path not in known:
        async with request.app.state.database.reading() as session:
            bot = (await session.execute(select(Bot).where(Bot.path == path))).scalar_one_or_none()
        if bot is None:
            return None
        known[path] = (bot.id, bot.open_secret(request.app.state.settings.key()))
    return known[path]


async def _body(request: Request) -> bytes:
    """Of what is larger than any real update its beginning is kept, for an admin to see."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return bytes(body[:LARGEST])
    return bytes(body)


class Door:
    """Before all that pages need: it is knocked at more often than at all others together."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http":
            match, knocked = HOOK.matches(scope)
            if match == Match.FULL:
                scope.update(knocked)
                app = HOOK.app
        await app(scope, receive, send)


HOOK = Route("/telegram/{path}", create, methods=["POST"])
