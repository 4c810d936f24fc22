"""One call of a method: its parameters, however they came."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from phone.chats import Chat
from phone.files import UPLOAD_LIMIT, Media, StoredFile
from phone.people import Bot, Client
from phone.refusals import Refused, bad_request, forbidden
from phone.world import World


@dataclass(slots=True)
class Call:
    world: World
    bot: Bot
    method: str
    params: dict[str, Any]
    uploads: dict[str, Media] = field(default_factory=dict)
    reference: str | None = None
    accepted: dict[str, Any] | None = None  # the journal's entry, once the client sees it

    # reading parameters: JSON has them typed, a form has them as text

    def text(self, name: str, default: str = "") -> str:
        value = self.params.get(name)
        return default if value is None else str(value)

    def integer(self, name: str, default: int | None = None) -> int | None:
        value = self.params.get(name)
        if value is None or value == "":
            return default
        try:
            return int(value)
        except (TypeError, ValueError):
            raise bad_request(f"{name} must be an Integer") from None

    def flag(self, name: str) -> bool:
        return str(self.params.get(name, "")).lower() in ("true", "1", "yes")

    def structure(self, name: str) -> Any:
        value = self.params.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except ValueError:
                raise bad_request(f"can't parse {name} JSON object") from None
        return value

    # whom it is about

    def client_id(self) -> int | None:
        try:
            return int(self.params["chat_id"])
        except (KeyError, TypeError, ValueError):
            return None

    def chat(self) -> tuple[Client, Chat]:
        """The client and the chat; refused as Telegram does when the bot cannot reach them."""
        if self.text("chat_id") == "":
            raise bad_request("chat_id is empty")
        client_id = self.client_id()
        client = self.world.clients.get(client_id or 0)
        chat = self.world.chats.get((self.bot.id, client_id or 0))
        if client is None or chat is None:
            raise bad_request("chat not found")
        if client.deactivated:
            raise forbidden("user is deactivated")
        if chat.blocked:
            raise forbidden("bot was blocked by the user")
        return client, chat

    # files

    def file(self, value: Any, field_name: str, kind: str) -> StoredFile | Media:
        """What this parameter points to: a stored file by its id, or an upload."""
        if isinstance(value, str) and value.startswith("attach://"):
            field_name, value = value.removeprefix("attach://"), None
        if value is None or value == "":
            if field_name not in self.uploads:
                raise bad_request(f"there is no {kind.replace('_', ' ')} in the request")
            return self.uploads[field_name]
        if str(value).startswith(("http://", "https://")):
            raise bad_request("failed to get HTTP URL content")
        return self.world.files.named(str(value), bot_id=self.bot.id)


async def read_parameters(request: Request) -> tuple[dict[str, Any], dict[str, Media]]:
    """Query string and body, in any of the three encodings Telegram takes."""
    params: dict[str, Any] = (
        dict(parse_qsl(request.scope["query_string"].decode(), keep_blank_values=True))
        if request.scope["query_string"]
        else {}
    )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        fields, uploads = await _read_multipart(request)
        return params | fields, uploads
    body = await request.body()
    if kind == "application/json" and body:
        try:
            given = json.loads(body)
        except ValueError:
            raise bad_request("can't parse JSON object") from None
        if not isinstance(given, dict):
            raise bad_request("expected a JSON object")
        return params | given, {}
    if kind == "application/x-www-form-urlencoded":
        try:
            return params | dict(parse_qsl(body.decode(), keep_blank_values=True)), {}
        except UnicodeDecodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
    return params, {}


async def _read_multipart(request: Request) -> tuple[dict[str, Any], dict[str, Media]]:
    fields: dict[str, Any] = {}
    uploads: dict[str, Media] = {}
    if int(request.headers.get("content-length", 0)) > UPLOAD_LIMIT + 1024 * 1024:
        async for _ in request.stream():
            pass
        raise Refused(413, "Request Entity Too Large")
    try:
        parser = MultiPartParser(request.headers, request.stream(), max_part_size=2**20)
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise bad_request("can't parse the multipart body") from None
    for name, value in form.multi_items():
        if isinstance(value, UploadFile):
            content = await value.read()
            if len(content) > UPLOAD_LIMIT:
                raise Refused(413, "Request Entity Too Large")
            uploads[name] = Media(
                kind="document",
                content=content,
                mime=value.content_type or "application/octet-stream",
                name=value.filename,
            )
            await value.close()
        else:
            fields[name] = value
    return fields, uploads
