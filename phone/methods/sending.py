"""send*: everything that puts a message of the bot before the client."""

import time
from typing import Any

from phone.chats import Chat, Line
from phone.files import PHOTO_LIMIT, StoredFile
from phone.formatting import checked, from_html, units
from phone.methods.call import Call
from phone.methods.markup import read_markup, read_reply
from phone.people import Client
from phone.refusals import bad_request
from phone.shapes import file_fields, keep_media

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
WITHOUT_CAPTION = {"video_note", "sticker"}
TOGETHER = [{"photo", "video"}, {"document"}, {"audio"}]  # kinds that may share an album


def formatted(
    source: str, parse_mode: str | None, entities: Any, *, limit: int, too_long: str
) -> tuple[str, list[dict[str, Any]]]:
    """(text, entities) without white space around; refused when it cannot be shown."""
    if parse_mode:
        if parse_mode.lower() != "html":
            raise bad_request("unsupported parse_mode")
        text, found = from_html(source)
    else:
        text, found = source, checked(source, entities) if entities else []
    if (stripped := text.strip()) != text:
        ahead = units(text[: len(text) - len(text.lstrip())])
        end = units(stripped)
        found = [
            {**entity, "offset": start, "length": stop - start}
            for entity in found
            if (start := max(0, entity["offset"] - ahead))
            < (stop := min(end, entity["offset"] - ahead + entity["length"]))
        ]
    if units(stripped) > limit:
        raise bad_request(too_long)
    return stripped, found


def read_text(call: Call) -> tuple[str, list[dict[str, Any]]]:
    text, entities = formatted(
        call.text("text"),
        call.text("parse_mode"),
        call.structure("entities"),
        limit=TEXT_LIMIT,
        too_long="message is too long",
    )
    if not text:
        raise bad_request("message text is empty")
    return text, entities


def caption_of(source: str, parse_mode: str, entities: Any) -> dict[str, Any]:
    text, found = formatted(
        source, parse_mode, entities, limit=CAPTION_LIMIT, too_long="message caption is too long"
    )
    if not text:
        return {}
    return {"caption": text} | ({"caption_entities": found} if found else {})


async def send_message(call: Call) -> dict[str, Any]:
    text, entities = read_text(call)
    client, chat = call.chat()
    content: dict[str, Any] = {"text": text}
    if entities:
        content["entities"] = entities
    return put(call, client, chat, content)


async def send_file(call: Call, kind: str) -> dict[str, Any]:
    """sendPhoto, sendVideo, … for the kind of the field that carries the file."""
    found = await stored(call, call.params.get(kind), kind, kind, call.params)
    content = {} if kind in WITHOUT_CAPTION else read_caption(call)
    client, chat = call.chat()
    return put(call, client, chat, {**await shape(call, found, kind), **content}, files=[found])


def read_caption(call: Call) -> dict[str, Any]:
    return caption_of(
        call.text("caption"), call.text("parse_mode"), call.structure("caption_entities")
    )


async def send_media_group(call: Call) -> list[dict[str, Any]]:
    items = call.structure("media")
    if not isinstance(items, list):
        raise bad_request("expected an Array of InputMedia")
    if not 2 <= len(items) <= 10:
        raise bad_request("wrong number of media: an album has from 2 to 10 items")
    kinds = {str(item.get("type")) if isinstance(item, dict) else "" for item in items}
    if not any(kinds <= together for together in TOGETHER):
        raise bad_request(f"{', '.join(sorted(kinds))} can't be mixed in an album")
    client, chat = call.chat()
    contents, files = [], []
    for item in items:
        kind = item["type"]
        file = await stored(call, item.get("media"), "media", kind, item)
        caption = caption_of(
            str(item.get("caption") or ""),
            str(item.get("parse_mode") or ""),
            item.get("caption_entities"),
        )
        contents.append({**await shape(call, file, kind), **caption})
        files.append(file)
    group = str(time.time_ns())
    reply = read_reply(call, chat)
    lines = [
        add(call, client, chat, {"media_group_id": group, **reply, **content})
        for content in contents
    ]
    record(call, chat, lines, files=files)
    return [line.message for line in lines]


async def send_location(call: Call) -> dict[str, Any]:
    client, chat = call.chat()
    try:
        place = {name: float(call.text(name)) for name in ("latitude", "longitude")}
    except ValueError:
        raise bad_request("latitude and longitude must be numbers") from None
    return put(call, client, chat, {"location": place})


async def send_contact(call: Call) -> dict[str, Any]:
    client, chat = call.chat()
    contact = {
        name: call.text(name)
        for name in ("phone_number", "first_name", "last_name", "vcard")
        if call.text(name)
    }
    if not {"phone_number", "first_name"} <= set(contact):
        raise bad_request("contact phone number and first name must be non-empty")
    return put(call, client, chat, {"contact": contact})


async def stored(
    call: Call, value: Any, field_name: str, kind: str, about: dict[str, Any]
) -> StoredFile:
    found = call.file(value, field_name, kind)
    if isinstance(found, StoredFile):
        return found
    if kind == "photo" and len(found.content) > PHOTO_LIMIT:
        raise bad_request(
            f"file of size {len(found.content)} bytes is too big for a photo;"
            f" the maximum size is {PHOTO_LIMIT} bytes"
        )
    if not found.content:
        raise bad_request("file must be non-empty")
    found.kind = kind
    for name in ("width", "height", "duration"):
        if str(about.get(name) or "").isdigit():
            setattr(found, name, int(about[name]))
    return await keep_media(call.world, found)


async def shape(call: Call, file: StoredFile, kind: str) -> dict[str, Any]:
    return await file_fields(call.world, file, kind, bot_id=call.bot.id)


def put(
    call: Call,
    client: Client,
    chat: Chat,
    content: dict[str, Any],
    *,
    files: list[StoredFile] | None = None,
) -> dict[str, Any]:
    reply = read_reply(call, chat)
    line = add(call, client, chat, {**reply, **content})
    record(call, chat, [line], files=files or [])
    return line.message


def add(call: Call, client: Client, chat: Chat, content: dict[str, Any]) -> Line:
    inline, keyboard = read_markup(call)
    message = call.world.new_message(call.bot, client, by_bot=True) | content
    if inline:
        message["reply_markup"] = inline
    if business := call.text("business_connection_id"):
        message["business_connection_id"] = business
    if call.flag("protect_content"):
        message["has_protected_content"] = True
    if effect := call.text("message_effect_id"):
        message["effect_id"] = effect
    return call.world.add_line(chat, message, by_bot=True, keyboard=keyboard)


def record(call: Call, chat: Chat, lines: list[Line], *, files: list[StoredFile]) -> None:
    """The accept: from here on the client sees it, whatever becomes of the answer."""
    first = lines[0]
    call.accepted = call.world.accept(
        {
            "at": time.time(),
            "monotonic": time.monotonic(),
            "bot": call.bot.id,
            "chat": chat.client_id,
            "method": call.method,
            "message_id": first.id,
            "message_ids": [line.id for line in lines],
            "text": first.text,
            "buttons": [
                button["callback_data"]
                for row in first.buttons()
                for button in row
                if "callback_data" in button
            ],
            "files": [{"name": f.name, "size": f.size, "sha256": f.sha256} for f in files],
            "reference": call.reference,
        }
    )
