"""A private chat between one client and one bot, as the client sees it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

MEDIA = (
    "photo",
    "video",
    "voice",
    "video_note",
    "audio",
    "animation",
    "document",
    "sticker",
    "location",
    "contact",
)


@dataclass(slots=True)
class Line:
    """One message of a chat: Telegram's own object, and what happened to it since."""

    message: dict[str, Any]
    by_bot: bool
    deleted: bool = False
    edits: list[str] = field(default_factory=list)  # earlier texts, oldest first
    reactions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)  # by "client", "bot"
    keyboard: dict[str, Any] | None = None  # a reply keyboard, which a Message does not carry
    callback_answer: dict[str, Any] | None = None

    @property
    def id(self) -> int:
        return int(self.message["message_id"])

    @property
    def text(self) -> str:
        return str(self.message.get("text") or self.message.get("caption") or "")

    def buttons(self) -> list[list[dict[str, Any]]]:
        markup = self.message.get("reply_markup") or {}
        rows: list[list[dict[str, Any]]] = markup.get("inline_keyboard", [])
        return rows

    def media(self) -> dict[str, Any] | None:
        """`{"kind": "photo", ...}` with the largest photo size, or None for plain text."""
        for kind in MEDIA:
            if kind in self.message and not (kind == "document" and "animation" in self.message):
                found = self.message[kind]
                return {"kind": kind, **(found[-1] if isinstance(found, list) else found)}
        return None

    def as_record(self) -> dict[str, Any]:
        return {slot: getattr(self, slot) for slot in self.__slots__}


class Chat:
    def __init__(self, *, bot_id: int, client_id: int, blocked: bool = False) -> None:
        self.bot_id = bot_id
        self.client_id = client_id
        self.blocked = blocked
        self.typing_until = 0.0  # unix seconds
        self.typing_action = "typing"
        self.lines: dict[int, Line] = {}

    @property
    def key(self) -> str:
        return f"{self.bot_id}/{self.client_id}"

    def seen(self) -> Iterator[Line]:
        return (line for line in self.lines.values() if not line.deleted)

    def line(self, message_id: int) -> Line | None:
        found = self.lines.get(message_id)
        return None if found is None or found.deleted else found

    def last(self, count: int) -> list[Line]:
        return list(deque(self.seen(), maxlen=count))

    def as_record(self) -> dict[str, Any]:
        return {"bot_id": self.bot_id, "client_id": self.client_id, "blocked": self.blocked}
