"""Acts that put a message before the bot."""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

from phone import media
from phone.acts.act import Act
from phone.acts.answering import unblock
from phone.files import Media
from phone.formatting import checked
from phone.refusals import Nonsense, Refused
from phone.shapes import file_fields, keep_media

ALBUM = range(1, 11)
BREATH = 100  # messages of a flood between which others get their turn


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


async def flood(act: Act) -> None:
    """`count` texts at once; the answer names only the last of them."""
    written = str(act.given.get("text") or "flood")
    for number in range(1, int(act.given.get("count") or 1000) + 1):
        act.write({"text": f"{written} {number}"})
        del act.lines[:-1], act.updates[:-1]
        if number % BREATH == 0:
            await asyncio.sleep(0)


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
