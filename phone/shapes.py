"""A file as it stands in a message, in the shape Telegram gives each kind."""

import asyncio
from typing import Any

from phone.files import Media, StoredFile
from phone.media import measured, thumbnail
from phone.world import World


async def keep_media(world: World, media: Media) -> StoredFile:
    file = world.files.add(await asyncio.to_thread(measured, media))
    world.keep_file(file)
    return file


async def file_fields(world: World, file: StoredFile, kind: str, *, bot_id: int) -> dict[str, Any]:
    """`{kind: …}` of a Message; a photo comes in two sizes, small first."""
    base = file.as_telegram(bot_id)
    if kind == "photo":
        size = {**base, "width": file.width, "height": file.height}
        if max(file.width, file.height) <= 320:
            return {"photo": [size]}
        small = await asyncio.to_thread(thumbnail, world.files.content(file))
        small_file = await keep_media(world, small)
        smaller = {**small_file.as_telegram(bot_id), "width": small.width, "height": small.height}
        return {"photo": [smaller, size]}
    if kind == "sticker":
        return {"sticker": {**base, **STICKER, "emoji": "🙂"}}
    about: dict[str, Any] = dict(base)
    if kind in ("video", "animation"):
        about |= {"width": file.width, "height": file.height, "duration": file.duration}
    elif kind == "video_note":
        about |= {"length": file.width or 240, "duration": file.duration}
    elif kind in ("voice", "audio"):
        about |= {"duration": file.duration}
    if kind != "video_note" and file.mime:
        about["mime_type"] = file.mime
    if kind in ("video", "animation", "audio", "document") and file.name:
        about["file_name"] = file.name
    if kind == "animation":
        return {"animation": about, "document": {**base, "mime_type": file.mime}}
    return {kind: about}


STICKER = {
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
}
