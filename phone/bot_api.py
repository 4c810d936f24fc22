"""`/bot<TOKEN>/<method>` and `/file/bot<TOKEN>/<path>`: the lookalike's front door.

Written straight on ASGI: the hot path of benches, and the place where connections break.
"""

import asyncio
import json
import time
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive, Scope, Send

from phone.faults import AFTER, BEFORE, Fault
from phone.files import DOWNLOAD_LIMIT
from phone.listener import cut_connection, reset_connection
from phone.methods.call import Call, read_parameters
from phone.methods.table import METHODS
from phone.refusals import Refused
from phone.world import World

REFERENCE = b"x-sender-reference"


class Broken(Exception):
    """The connection was broken on purpose; there is nothing to answer."""


class BotApi:
    def __init__(self, world: World) -> None:
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith("/file/bot"):
            await self.download(path.removeprefix("/file/bot"), scope, receive, send)
        else:
            await self.method(path.removeprefix("/bot"), scope, receive, send)

    async def method(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, name = path.partition("/")
        entry: dict[str, Any] = {"at": time.time(), "method": name, "bot": None, "chat": None}
        struck: list[Fault] = []
        try:
            status, body = await self.answer(token, name, entry, struck, scope, receive)
            body = await self.spoil_after(entry, struck, scope, body)
        except ClientDisconnect:
            entry |= {"outcome": "hung_up", "status": None}
        except Broken:
            await until_gone(receive)
        except Refused as refusal:
            entry |= {"outcome": "refused", "status": refusal.code}
            entry["description"] = refusal.description
            await respond(send, refusal.code, json.dumps(refusal.as_json()).encode())
        else:
            await respond(send, status, body)
        finally:
            if struck:
                entry["faults"] = [fault.kind for fault in struck]
            self.record(entry)

    async def answer(
        self,
        token: str,
        name: str,
        entry: dict[str, Any],
        struck: list[Fault],
        scope: Scope,
        receive: Receive,
    ) -> tuple[int, bytes]:
        """(status, body) of a method that did what it was asked."""
        request = Request(scope, receive)
        params, uploads = await read_parameters(request)
        bot = self.world.by_token.get(token)
        if bot is None:
            raise Refused(401, "Unauthorized")
        entry["bot"] = bot.id
        known = METHODS.get(name.lower())
        if known is None:
            raise Refused(404, "Not Found: method not found")
        entry["method"], method = known
        call = Call(self.world, bot, entry["method"], params, uploads)
        for key, value in scope["headers"]:
            if key == REFERENCE:
                call.reference = entry["reference"] = value.decode("latin-1")
        entry["chat"] = call.client_id()
        await self.spoil_before(entry, struck, scope)
        result = await method(call)
        if call.accepted is not None:
            entry["accept"] = call.accepted["n"]
            entry["message_id"] = call.accepted["message_id"]
        entry |= {"outcome": "ok", "status": 200}
        if not isinstance(result, bytes):
            result = json.dumps(result, ensure_ascii=False).encode()
        return 200, b'{"ok":true,"result":' + result + b"}"

    async def spoil_before(self, entry: dict[str, Any], struck: list[Fault], scope: Scope) -> None:
        """What happens before Telegram has done anything: nothing will be accepted."""
        for fault in self._strike(BEFORE, entry, struck):
            match fault.kind:
                case "slow":
                    await asyncio.sleep(fault.seconds)
                case "429":
                    raise Refused(
                        429,
                        f"Too Many Requests: retry after {fault.retry_after}",
                        retry_after=fault.retry_after,
                    )
                case "403":
                    raise Refused(
                        403, fault.description or "Forbidden: bot was blocked by the user"
                    )
                case "400":
                    raise Refused(400, fault.description or "Bad Request: chat not found")
                case "5xx_before":
                    raise Refused(fault.status, fault.description or "Internal Server Error")
                case _:
                    entry |= {"outcome": fault.kind, "status": None}
                    reset_connection(scope)
                    raise Broken

    async def spoil_after(
        self, entry: dict[str, Any], struck: list[Fault], scope: Scope, body: bytes
    ) -> bytes:
        """What happens when the client sees the message already and the bot does not know."""
        for fault in self._strike(AFTER, entry, struck):
            match fault.kind:
                case "slow_after":
                    await asyncio.sleep(fault.seconds)
                case "5xx_after":
                    raise Refused(fault.status, fault.description or "Internal Server Error")
                case "garbage":
                    entry["outcome"] = "garbage"
                    return b"<html>\x00\xff it was accepted, but who can read this"
                case "reset_after":
                    entry |= {"outcome": "reset_after", "status": None}
                    reset_connection(scope)
                    raise Broken
                case "eof_after":
                    entry |= {"outcome": "eof_after", "status": None}
                    cut_connection(scope)
                    raise Broken
        return body

    def _strike(
        self, kinds: tuple[str, ...], entry: dict[str, Any], struck: list[Fault]
    ) -> list[Fault]:
        found = self.world.faults.strike(
            kinds, method=entry["method"], bot=entry["bot"], client=entry["chat"]
        )
        struck += found
        # first the waiting, then what ends the call
        return sorted(found, key=lambda fault: not fault.kind.startswith("slow"))

    async def download(self, path: str, scope: Scope, receive: Receive, send: Send) -> None:
        token, _, name = path.partition("/")
        file = self.world.files.by_path.get(name)
        bot = self.world.by_token.get(token)
        entry: dict[str, Any] = {"at": time.time(), "method": "download", "chat": None}
        entry |= {"bot": bot.id if bot else None, "path": name, "outcome": "ok", "status": 200}
        struck: list[Fault] = []
        try:
            await self.spoil_before(entry, struck, scope)
            if bot is None or file is None or file.size > DOWNLOAD_LIMIT:
                raise Refused(404, "Not Found")
            await respond(send, 200, self.world.files.content(file), kind=file.mime.encode())
        except Broken:
            await until_gone(receive)
        except Refused as refusal:
            entry |= {"outcome": "refused", "status": refusal.code}
            await respond(send, refusal.code, json.dumps(refusal.as_json()).encode())
        finally:
            self.record(entry)

    def record(self, entry: dict[str, Any]) -> None:
        written = self.world.requests.write(entry)
        if self.world.live.watched and entry["method"] != "getUpdates":
            self.world.live.publish("request", written)


async def respond(
    send: Send, status: int, body: bytes, *, kind: bytes = b"application/json"
) -> None:
    headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def until_gone(receive: Receive) -> None:
    """Waits for the end of a connection that was broken, so that nothing is written to it."""
    while (await receive())["type"] != "http.disconnect":
        pass
