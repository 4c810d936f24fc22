"""A claimed message as the Telegram method that sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from activities.clients.telegram import Method, Upload
from models.media import Media

BY_KIND = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "voice": "sendVoice",
    "video_note": "sendVideoNote",
    "audio": "sendAudio",
    "animation": "sendAnimation",
    "sticker": "sendSticker",
    "document": "sendDocument",
}
WITHOUT_CAPTION = ("video_note", "sticker")


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A message as its claim found it, and where it goes. `reply_to` is Telegram's id."""

    id: int
    attempt: int
    kind: str
    chat_id: int
    thread_id: int | None = None
    business_connection: str | None = None
    text: str = ""
    entities: list[Any] = field(default_factory=list)
    buttons: list[Any] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)
    reply_to: int | None = None
    quote: str | None = None


def envelope(message: Parcel, media: list[Media], *, contents: Mapping[int, bytes]) -> Method:
    """`contents` are of the files that Telegram does not have, by id. Raises ValueError for a row
    that Telegram has no method for."""
    address: dict[str, Any] = {
        "chat_id": message.chat_id,
        "message_thread_id": message.thread_id,
        "business_connection_id": message.business_connection,
        "reply_parameters": _reply(message),
    }
    entities = message.entities or None
    buttons = _buttons(message)
    if message.kind == "text":
        preview = message.details.get("link_preview", True)
        return Method(
            "sendMessage",
            **address,
            text=message.text,
            entities=entities,
            reply_markup=buttons,
            link_preview_options=None if preview else {"is_disabled": True},
        )
    if not media:
        raise ValueError("the message has lost its file")
    caption = {"caption": message.text or None, "caption_entities": entities}
    files = [_file(one, contents) for one in media]
    if len(media) > 1:
        members = [
            {"type": one.kind, "media": file} for one, file in zip(media, files, strict=True)
        ]
        return Method("sendMediaGroup", **address, media=[members[0] | caption, *members[1:]])
    kind = media[0].kind
    words = {} if kind in WITHOUT_CAPTION else caption
    spoken = {"duration": media[0].duration} if kind == "voice" else {}
    return Method(
        BY_KIND[kind], **address, **{kind: files[0]}, **words, **spoken, reply_markup=buttons
    )


@dataclass(frozen=True, kw_only=True)
class Amended(Parcel):
    """A change of a message, as its claim found it; the message's own `id`, `kind` and `buttons`
    stand beside the new `text` and `entities`."""

    act: str
    emoji: str | None = None
    telegram_ids: list[int] = field(default_factory=list)


def amendment(change: Amended) -> Method:
    """Buttons are said again: an edit without them takes them away."""
    chat = {"chat_id": change.chat_id}
    first = {**chat, "message_id": change.telegram_ids[0]}
    business = change.business_connection
    if change.act == "react":
        reaction = [{"type": "emoji", "emoji": change.emoji}] if change.emoji else []
        return Method("setMessageReaction", **first, reaction=reaction)
    if change.act == "delete" and business:
        ids = change.telegram_ids
        return Method("deleteBusinessMessages", business_connection_id=business, message_ids=ids)
    if change.act == "delete" and len(change.telegram_ids) > 1:
        return Method("deleteMessages", **chat, message_ids=change.telegram_ids)
    if change.act == "delete":
        return Method("deleteMessage", **first)
    words = {"entities": change.entities or None, "text": change.text}
    if change.kind != "text":
        words = {"caption_entities": change.entities or None, "caption": change.text}
    preview = change.details.get("link_preview", True) or change.kind != "text"
    return Method(
        "editMessageText" if change.kind == "text" else "editMessageCaption",
        **first,
        **words,
        business_connection_id=business,
        reply_markup=_buttons(change),
        link_preview_options=None if preview else {"is_disabled": True},
    )


def button_data(message: Parcel, button: str) -> str:
    """What a press brings back: evidence that this attempt arrived, and which button it was."""
    return f"{message.id}.{message.attempt}.{button}"


def _file(media: Media, contents: Mapping[int, bytes]) -> str | Upload:
    content = contents.get(media.id)
    if content is not None:
        return Upload(content, (media.name or media.kind).rsplit("/", 1)[-1])
    if media.file_id is None:
        raise ValueError("the file is neither here nor at Telegram")
    return media.file_id


def _reply(message: Parcel) -> dict[str, Any] | None:
    if message.reply_to is None:
        return None
    return {
        "message_id": message.reply_to,
        "quote": message.quote,
        "allow_sending_without_reply": True,
    }


def _buttons(message: Parcel) -> dict[str, Any] | None:
    if not message.buttons:
        return None
    rows = [[_button(message, button) for button in row] for row in message.buttons]
    return {"inline_keyboard": rows}


def _button(message: Parcel, button: dict[str, str]) -> dict[str, str]:
    if button.get("url"):
        return {"text": button["text"], "url": button["url"]}
    return {"text": button["text"], "callback_data": button_data(message, button["id"])}
