"""What a person does with a phone. Every act says what message and updates it made."""

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from phone import media
from phone.chats import Chat, Line
from phone.files import Media
from phone.formatting import checked, units
from phone.people import Bot, Client
from phone.refusals import Nonsense, Refused, Unknown
from phone.shapes import file_fields, keep_media
from phone.updates import Update
from phone.views import line_as_json
from phone.world import World

ALBUM = range(1, 11)


@dataclass
class Act:
    """One act of `client` towards `bot`; `given` is what the request said about it."""

    world: World
    bot: Bot
    client: Client
    given: dict[str, Any]
    upload: list[Media] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    updates: list[Update] = field(default_factory=list)

    @property
    def chat(self) -> Chat:
        return self.world.chat(self.bot, self.client)

    def line(self, name: str = "message_id") -> Line:
        line = self.chat.line(int(self.given.get(name) or 0))
        if line is None:
            raise Unknown(f"no message {self.given.get(name)} in this chat")
        return line

    def send(self, kind: str, payload: dict[str, Any]) -> None:
        update = self.world.make_update(self.bot, kind, payload, chat=str(self.client.id))
        if update is not None:
            self.updates.append(update)

    def write(self, content: dict[str, Any]) -> Line:
        """Puts a message of the client before the bot."""
        if self.client.deactivated:
            raise Nonsense(f"{self.client.name} is deactivated")
        chat = self.chat
        if chat.blocked:
            raise Nonsense(f"{self.client.name} has blocked the bot: unblock or start it first")
        message = self.world.new_message(self.bot, self.client, by_bot=False)
        message |= self._answered() | content
        line = self.world.add_line(chat, message, by_bot=False)
        self.lines.append(line)
        self.send("message", message)
        return line

    def _answered(self) -> dict[str, Any]:
        if not self.given.get("reply_to"):
            return {}
        line = self.line("reply_to")
        answered = {k: v for k, v in line.message.items() if k not in ("reply_to_message", "quote")}
        fields: dict[str, Any] = {"reply_to_message": answered}
        if quote := self.given.get("quote"):
            if (place := line.text.find(quote)) < 0:
                raise Nonsense("the quote is not a part of that message")
            position = units(line.text[:place])
            fields["quote"] = {"text": quote, "position": position, "is_manual": True}
        return fields

    async def write_file(self, made: Media, **more: Any) -> Line:
        file = await keep_media(self.world, made)
        content = await file_fields(self.world, file, made.kind, bot_id=self.bot.id)
        return self.write(content | captioned(self.given) | more)

    def as_json(self) -> dict[str, Any]:
        lines = [line_as_json(line) for line in self.lines]
        updates = [update.as_json() for update in self.updates]
        return {
            "message": lines[0] if lines else None,
            "messages": lines,
            "update": updates[0] if updates else None,
            "updates": updates,
        }


def captioned(given: dict[str, Any]) -> dict[str, Any]:
    return {"caption": given["caption"]} if given.get("caption") else {}


async def start(act: Act) -> None:
    """Presses START, perhaps through a link with a payload; this unblocks the bot, too."""
    if act.chat.blocked:
        await unblock(act)
    payload = str(act.given.get("payload") or "")
    text = f"/start {payload}" if payload else "/start"
    command = {"type": "bot_command", "offset": 0, "length": len("/start")}
    act.write({"text": text, "entities": [command]})


async def text(act: Act) -> None:
    written = str(act.given.get("text") or "")
    if not written.strip():
        raise Nonsense("text is empty")
    content: dict[str, Any] = {"text": written}
    if entities := act.given.get("entities"):
        try:
            content["entities"] = checked(written, entities)
        except Refused as refusal:
            raise Nonsense(refusal.description) from None
    act.write(content)


async def file(act: Act, kind: str) -> None:
    """A photo, voice, video, … : the uploaded one, or a made one."""
    await act.write_file(await chosen(act, kind))


async def album(act: Act) -> None:
    """`count` photos under one media_group_id, one update each; the caption is the first's."""
    photos = list(act.upload)
    count = len(photos) or int(act.given.get("count") or 3)
    if count not in ALBUM:
        raise Nonsense("an album has from 1 to 10 photos")
    group = str(time.time_ns())
    for number in range(count):
        if photos:
            made = copy_of(photos[number], "photo")
        else:
            made = await making(media.photo, seed=number, label=f"{number + 1} / {count}")
        await act.write_file(made, media_group_id=group)
        act.given.pop("caption", None)


async def sticker(act: Act) -> None:
    made = await making(media.sticker, seed=random.randrange(3))
    stored = await keep_media(act.world, made)
    content = await file_fields(act.world, stored, "sticker", bot_id=act.bot.id)
    content["sticker"]["emoji"] = act.given.get("emoji") or "🙂"
    act.write(content)


async def location(act: Act) -> None:
    latitude = float(act.given.get("latitude", -23.5505))
    longitude = float(act.given.get("longitude", -46.6333))
    act.write({"location": {"latitude": latitude, "longitude": longitude}})


async def contact(act: Act) -> None:
    own = {"first_name": act.client.first_name, "user_id": act.client.id}
    if act.client.last_name:
        own["last_name"] = act.client.last_name
    own["phone_number"] = f"+{79_000_000_000 + act.client.id % 1_000_000_000}"
    act.write({"contact": own | (act.given.get("contact") or {})})


async def edit(act: Act) -> None:
    """Changes an own text or caption."""
    line, written = act.line(), str(act.given.get("text") or "")
    if line.by_bot:
        raise Nonsense("only an own message can be edited")
    line.edits.append(line.text)
    field_name = "text" if "text" in line.message else "caption"
    changed = {field_name: written, "edit_date": int(time.time())}
    line.message = {k: v for k, v in line.message.items() if k != "entities"} | changed
    act.world.line_changed(act.chat, line)
    act.lines.append(line)
    act.send("edited_message", line.message)


async def react(act: Act) -> None:
    """Sets the emoji on a message, or takes it away with none."""
    line, emoji = act.line(), act.given.get("emoji")
    old = line.reactions.get("client", [])
    line.reactions["client"] = [{"type": "emoji", "emoji": emoji}] if emoji else []
    act.world.line_changed(act.chat, line)
    act.lines.append(line)
    act.send(
        "message_reaction",
        {
            "chat": act.client.as_chat(),
            "message_id": line.id,
            "user": act.client.as_user(),
            "date": int(time.time()),
            "old_reaction": old,
            "new_reaction": line.reactions["client"],
        },
    )


async def press(act: Act) -> None:
    """Presses an inline button, named by `button`: its data, its text, or its number.

    Without `message_id` it is the newest message that has such a button.
    """
    named = act.given.get("button", 0)
    if act.given.get("message_id"):
        candidates = [act.line()]
    else:
        candidates = [line for line in reversed(list(act.chat.seen())) if line.buttons()]
    for line in candidates:
        buttons = [b for row in line.buttons() for b in row if b.get("callback_data")]
        for number, button in enumerate(buttons):
            if named in (number, button["callback_data"], button["text"]):
                return _pressed(act, line, button)
    raise Unknown(f"no button {named} to press")


def _pressed(act: Act, line: Line, button: dict[str, Any]) -> None:
    query_id = str(secrets.randbits(62))
    act.world.queries[query_id] = (act.bot.id, act.client.id, line.id)
    line.callback_answer = None
    act.lines.append(line)
    act.send(
        "callback_query",
        {
            "id": query_id,
            "from": act.client.as_user(),
            "message": line.message,
            "chat_instance": str(act.bot.id * 1_000_003 + act.client.id),
            "data": button["callback_data"],
        },
    )


async def block(act: Act) -> None:
    _member(act, "member", "kicked")


async def unblock(act: Act) -> None:
    _member(act, "kicked", "member")


def _member(act: Act, old: str, new: str) -> None:
    if act.chat.blocked == (new == "kicked"):
        return
    act.chat.blocked = new == "kicked"
    act.world.keep_chat(act.chat)
    act.world.live.publish(
        "blocked", {"bot": act.bot.id, "client": act.client.id, "blocked": act.chat.blocked}
    )

    def member(status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": act.bot.as_user(), "status": status} | until

    act.send(
        "my_chat_member",
        {
            "chat": act.client.as_chat(),
            "from": act.client.as_user(),
            "date": int(time.time()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        },
    )


async def deactivate(act: Act) -> None:
    """The account is gone: sends are refused with 403 until it is reactivated."""
    act.client.deactivated = bool(act.given.get("deactivated", True))
    act.world.keep_client(act.client)
    act.world.live.publish("people", {})


async def making(make: Callable[..., Media], **about: Any) -> Media:
    return copy_of(await asyncio.to_thread(make, **about), None)


def copy_of(made: Media, kind: str | None) -> Media:
    """A copy that may be changed: made media are shared."""
    return Media(**{**made.__dict__, "kind": kind or made.kind})


async def chosen(act: Act, kind: str) -> Media:
    """The uploaded file as this kind, else a made one as the request describes it."""
    given = act.given

    def numbers(*names: str) -> dict[str, int]:
        return {name: int(given[name]) for name in names if given.get(name)}

    if act.upload:
        made = copy_of(act.upload[0], kind)
    elif kind == "photo":
        about = numbers("width", "height", "seed", "size")
        made = await making(media.photo, **about, label=given.get("label") or "")
    elif kind == "voice":
        made = await making(media.voice, **numbers("seconds", "seed"))
    elif kind == "video_note":
        about = {"width": 240, "height": 240} | numbers("seconds", "seed")
        made = await making(media.video, **about, kind=kind)
    elif kind in ("video", "animation"):
        about = numbers("seconds", "width", "height", "seed")
        made = await making(media.video, **about, kind=kind)
    elif kind == "audio":
        made = await making(media.voice, **numbers("seconds", "seed"))
        made.kind, made.name = "audio", given.get("name") or "song.ogg"
    else:
        made = await making(
            media.document,
            name=given.get("name") or "document.pdf",
            label=given.get("label") or "",
        )
    if given.get("declared_size"):
        made.declared_size = int(given["declared_size"])
    return made


ACTS: dict[str, Callable[[Act], Awaitable[None]]] = {
    "start": start,
    "text": text,
    "photo": lambda act: file(act, "photo"),
    "album": album,
    "voice": lambda act: file(act, "voice"),
    "video": lambda act: file(act, "video"),
    "video_note": lambda act: file(act, "video_note"),
    "audio": lambda act: file(act, "audio"),
    "animation": lambda act: file(act, "animation"),
    "document": lambda act: file(act, "document"),
    "sticker": sticker,
    "location": location,
    "contact": contact,
    "edit": edit,
    "react": react,
    "press": press,
    "block": block,
    "unblock": unblock,
    "deactivate": deactivate,
}
