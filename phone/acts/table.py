"""Every act by its name in the control API."""

from collections.abc import Awaitable, Callable

from phone.acts import answering, writing
from phone.acts.act import Act

ACTS: dict[str, Callable[[Act], Awaitable[None]]] = {
    "start": writing.start,
    "text": writing.text,
    "flood": writing.flood,
    "photo": lambda act: writing.file(act, "photo"),
    "album": writing.album,
    "voice": lambda act: writing.file(act, "voice"),
    "video": lambda act: writing.file(act, "video"),
    "video_note": lambda act: writing.file(act, "video_note"),
    "audio": lambda act: writing.file(act, "audio"),
    "animation": lambda act: writing.file(act, "animation"),
    "document": lambda act: writing.file(act, "document"),
    "sticker": writing.sticker,
    "location": writing.location,
    "contact": writing.contact,
    "edit": answering.edit,
    "react": answering.react,
    "press": answering.press,
    "block": answering.block,
    "unblock": answering.unblock,
    "deactivate": answering.deactivate,
}
