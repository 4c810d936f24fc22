"""Reading an update: what of Telegram's JSON we understand. Pure; raises Unreadable.

`str` values are cleaned of what PostgreSQL's text cannot hold (NUL, lone surrogates); the raw bytes
keep them.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from models.unstorable import storable

FILES = (
    "animation", "audio", "document", "photo", "sticker", "video", "video_note", "voice",
)  # fmt: skip
# A venue has a location, a game's dice nothing else: the first that is there names the message.
PLAIN = ("venue", "location", "contact", "poll", "dice")
SAID_BY = {"user": "sender_user", "chat": "sender_chat", "channel": "chat"}
MOST_OPTIONS = 12  # of a poll, as Telegram allows them
LONGEST_PAYLOAD = 64
LARGEST_ID = 2**63 - 1


class Unreadable(Exception):
    """The update is not what Telegram's documentation says."""


@dataclass(frozen=True, kw_only=True)
class Sender:
    telegram_id: int
    first_name: str
    last_name: str
    username: str | None
    language: str | None


@dataclass(frozen=True, kw_only=True)
class Chat:
    """The key of a lead's chat within a bot."""

    chat_id: int
    business_connection: str | None = None
    thread_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A message that a client replies to and has not written: as Telegram shows it."""

    telegram_id: int
    sent_at: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Wrote:
    chat: Chat
    sender: Sender
    telegram_id: int
    sent_at: float
    kind: str
    text: str = ""
    entities: list[dict[str, Any]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    album: str | None = None
    reply_to: int | None = None
    answers: Answered | None = None
    quote: str | None = None
    media: list[dict[str, Any]] = field(default_factory=list)

    @property
    def payload(self) -> str | None:
        """What came with the link: `/start PAYLOAD`."""
        command, _, rest = self.text.partition(" ")
        return rest.strip()[:LONGEST_PAYLOAD] or None if command == "/start" else None


@dataclass(frozen=True, kw_only=True)
class Edited:
    wrote: Wrote
    edited_at: float


@dataclass(frozen=True, kw_only=True)
class Pressed:
    chat: Chat
    telegram_id: int
    query_id: str
    data: str


@dataclass(frozen=True, kw_only=True)
class Reacted:
    chat: Chat
    telegram_id: int
    emoji: list[str]


@dataclass(frozen=True, kw_only=True)
class Deleted:
    """Messages taken out of a business account's chat, by either side."""

    chat: Chat
    telegram_ids: list[int]


@dataclass(frozen=True, kw_only=True)
class Barred:
    """The client blocked the bot, or let it in again."""

    chat: Chat
    blocked: bool


@dataclass(frozen=True, kw_only=True)
class Ignored:
    """Read, and nothing of ours: a group, a kind we do not use."""

    because: str


Arrival = Wrote | Edited | Pressed | Reacted | Deleted | Barred | Ignored


def read(raw: bytes) -> tuple[int, Arrival]:
    """(update id, what arrived). Raises Unreadable."""
    try:
        update = storable(json.loads(raw))
        update_id = update["update_id"]
        if not isinstance(update_id, int) or isinstance(update_id, bool) or update_id > LARGEST_ID:
            raise Unreadable("update_id is not a number")
        return update_id, _arrival(update)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise Unreadable(f"{type(error).__name__}: {error}"[:300]) from error


def _arrival(update: dict[str, Any]) -> Arrival:
    for kind in ("message", "business_message"):
        if kind in update:
            return _wrote(update[kind])
    for kind in ("edited_message", "edited_business_message"):
        if kind in update:
            message = update[kind]
            wrote = _wrote(message)
            if isinstance(wrote, Ignored):
                return wrote
            return Edited(wrote=wrote, edited_at=float(message["edit_date"]))
    if "callback_query" in update:
        query = update["callback_query"]
        if "message" not in query:
            return Ignored(because="a press outside a chat")
        return Pressed(
            chat=_chat(query["message"]),
            telegram_id=int(query["message"]["message_id"]),
            query_id=str(query["id"]),
            data=_text(query.get("data")),
        )
    if "message_reaction" in update:
        reaction = update["message_reaction"]
        emoji = [one.get("emoji", "⭐") for one in reaction["new_reaction"]]
        return Reacted(chat=_chat(reaction), telegram_id=int(reaction["message_id"]), emoji=emoji)
    if "deleted_business_messages" in update:
        gone = update["deleted_business_messages"]
        return Deleted(chat=_chat(gone), telegram_ids=[int(one) for one in gone["message_ids"]])
    if "my_chat_member" in update:
        change = update["my_chat_member"]
        if change["chat"]["type"] != "private":
            return Ignored(because="not a private chat")
        return Barred(chat=_chat(change), blocked=change["new_chat_member"]["status"] == "kicked")
    known = sorted(set(update) - {"update_id"})
    return Ignored(because=f"kind {', '.join(known) or 'none'}"[:200])


def _wrote(message: dict[str, Any]) -> Wrote | Ignored:
    if message["chat"]["type"] != "private":
        return Ignored(because="not a private chat")
    sender = message["from"]
    kind, media, details = _content(message)
    return Wrote(
        chat=_chat(message),
        sender=Sender(
            telegram_id=int(sender["id"]),
            first_name=_text(sender.get("first_name")),
            last_name=_text(sender.get("last_name")),
            username=_text(sender.get("username")) or None,
            language=_text(sender.get("language_code")) or None,
        ),
        telegram_id=int(message["message_id"]),
        sent_at=float(message["date"]),
        kind=kind,
        text=_text(message.get("text", message.get("caption"))),
        entities=list(message.get("entities", message.get("caption_entities")) or []),
        details=details | _forwarded(message),
        album=_text(message.get("media_group_id")) or None,
        reply_to=(message.get("reply_to_message") or {}).get("message_id"),
        answers=_answered(message),
        quote=_text((message.get("quote") or {}).get("text")) or None,
        media=media,
    )


def _answered(message: dict[str, Any]) -> Answered | None:
    answered = message.get("reply_to_message") or {}
    if not answered.keys() >= {"from", "date"} or answered["from"]["id"] == message["from"]["id"]:
        return None
    return Answered(
        telegram_id=int(answered["message_id"]),
        sent_at=float(answered["date"]),
        text=_text(answered.get("text", answered.get("caption"))),
    )


def _content(message: dict[str, Any]) -> tuple[str, list[dict[str, Any]], dict[str, Any]]:
    """(kind, files, particulars): an animation also carries a document, so order matters."""
    for kind in FILES:
        if kind in message:
            file = message[kind]
            if kind == "photo":
                file = max(file, key=lambda size: size.get("width", 0) * size.get("height", 0))
            return kind, [_file(kind, file)], {}
    for kind in PLAIN:
        if kind in message:
            read = {"poll": _poll, "dice": _dice}.get(kind, dict)
            return kind, [], read(message[kind])
    if "text" in message:
        return "text", [], {}
    known = {"message_id", "from", "chat", "date", "sender_chat", "message_thread_id"}
    return "unsupported", [], {"kinds": sorted(set(message) - known)[:5]}


def _forwarded(message: dict[str, Any]) -> dict[str, Any]:
    """From whom it came to the client: a name, as far as Telegram tells one."""
    origin = message.get("forward_origin")
    if not isinstance(origin, dict):
        return {}
    kind = _text(origin.get("type"))
    whose = dict(origin.get(SAID_BY.get(kind, "")) or {})
    names = [_text(whose.get(part)) for part in ("title", "first_name", "last_name")]
    name = _text(origin.get("sender_user_name")) or " ".join(filter(None, names))
    return {"forwarded": {"from": name, "kind": kind}}


def _poll(poll: dict[str, Any]) -> dict[str, Any]:
    return {
        "question": _text(poll.get("question")),
        "options": [
            {"text": _text(one.get("text")), "voter_count": int(one.get("voter_count") or 0)}
            for one in list(poll.get("options") or [])[:MOST_OPTIONS]
        ],
        "type": _text(poll.get("type")),
        "several": bool(poll.get("allows_multiple_answers")),
    }


def _dice(dice: dict[str, Any]) -> dict[str, Any]:
    return {"emoji": _text(dice.get("emoji")), "value": int(dice.get("value") or 0)}


def _file(kind: str, file: dict[str, Any]) -> dict[str, Any]:
    details = {name: file[name] for name in ("emoji", "is_animated", "is_video") if name in file}
    return {
        "kind": kind,
        "file_id": file["file_id"],
        "file_unique_id": file.get("file_unique_id"),
        "name": file.get("file_name"),
        "mime": file.get("mime_type"),
        "size": file.get("file_size"),
        "width": file.get("width") or file.get("length"),
        "height": file.get("height") or file.get("length"),
        "duration": file.get("duration"),
        "details": details,
    }


def _chat(message: dict[str, Any]) -> Chat:
    return Chat(
        chat_id=int(message["chat"]["id"]),
        business_connection=message.get("business_connection_id"),
        thread_id=message.get("message_thread_id") if message.get("is_topic_message") else None,
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable("a text is not a text")
    return value
