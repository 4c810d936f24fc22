"""What someone wants to say, and the messages Telegram needs to say it."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from models.errors import Refused
from models.formatting import Formatted, split, utf16_length
from models.media import Media

UNSEEN = ("Cc", "Cf")
LONGEST_TEXT, LONGEST_CAPTION, LARGEST_ALBUM = 4096, 1024, 10
# Telegram mixes photos and videos in an album; documents and audio go with their own kind.
ALBUMS = {"photo": "visual", "video": "visual", "document": "document", "audio": "audio"}


@dataclass(frozen=True, kw_only=True)
class Content:
    """`entities` are Telegram's, in UTF-16 units. `media` rows exist already, in their order.
    `if_silent`: it is for later, and goes only if the client says nothing before. `gives_back`:
    the process goes on after it."""

    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    buttons: list[list[dict[str, str]]] = field(default_factory=list)
    language: str | None = None
    reply_to_id: int | None = None
    quote: str | None = None
    link_preview: bool = True
    if_silent: bool = False
    gives_back: bool = False

    @property
    def details(self) -> dict[str, Any]:
        """What a message keeps of it besides its columns."""
        usual = {"link_preview": True, "if_silent": False, "gives_back": False}
        given = {name: getattr(self, name) for name in usual}
        return {name: value for name, value in given.items() if value != usual[name]}

    @property
    def kind(self) -> str:
        if not self.media:
            return "text"
        return "album" if len(self.media) > 1 else self.media[0].kind


def pieces(content: Content) -> list[Content]:
    """One content a Telegram message, in sending order. Raises Refused when there is nothing."""
    if not _says_something(content.text) and not content.media:
        raise Refused("The message is empty")
    albums = list(_albums(content.media))
    text = Formatted(content.text, tuple(content.entities))
    if not albums:
        chunks = [replace(content, text=c.text, entities=list(c.entities)) for c in split(text)]
    else:
        fits = utf16_length(content.text) <= LONGEST_CAPTION and albums[0][0].kind != "video_note"
        chunks = [replace(content, media=album, text="", entities=[]) for album in albums]
        if fits:
            chunks[0] = replace(chunks[0], text=content.text, entities=content.entities)
        elif _says_something(content.text):
            chunks += [
                replace(content, media=[], text=c.text, entities=list(c.entities))
                for c in split(text)
            ]
    first = replace(chunks[0], buttons=[])
    rest = [replace(chunk, buttons=[], reply_to_id=None, quote=None) for chunk in chunks[1:]]
    chunks = [first, *rest]
    # Telegram has no buttons on albums: they go under the last message that can carry them.
    if content.buttons and chunks[-1].kind != "album":
        chunks[-1] = replace(chunks[-1], buttons=content.buttons)
    return chunks


def _says_something(text: str) -> bool:
    """Spaces, and signs that nobody sees, are nothing to Telegram, too."""
    return any(not one.isspace() and unicodedata.category(one) not in UNSEEN for one in text)


def _albums(media: Iterable[Media]) -> Iterable[list[Media]]:
    for family, members in groupby(media, key=lambda one: ALBUMS.get(one.kind, "")):
        several = list(members)
        size = LARGEST_ALBUM if family else 1
        yield from (several[i : i + size] for i in range(0, len(several), size))
