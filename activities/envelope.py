"""A message row as the Telegram method that sends it."""

from collections.abc import Callable
from typing import Any

from aiogram import methods, types
from aiogram.methods.base import TelegramMethod

from activities.clients.storage import Storage
from models.lead.lead import Lead
from models.media import Media
from models.message import Message

BY_KIND: dict[str, tuple[type[TelegramMethod[Any]], str]] = {
    "photo": (methods.SendPhoto, "photo"),
    "video": (methods.SendVideo, "video"),
    "voice": (methods.SendVoice, "voice"),
    "video_note": (methods.SendVideoNote, "video_note"),
    "audio": (methods.SendAudio, "audio"),
    "animation": (methods.SendAnimation, "animation"),
    "sticker": (methods.SendSticker, "sticker"),
    "document": (methods.SendDocument, "document"),
}
IN_ALBUM: dict[str, Callable[..., types.MediaUnion]] = {
    "photo": types.InputMediaPhoto,
    "video": types.InputMediaVideo,
    "audio": types.InputMediaAudio,
    "document": types.InputMediaDocument,
}
WITHOUT_CAPTION = ("video_note", "sticker")


def envelope(
    lead: Lead,
    message: Message,
    media: list[Media],
    *,
    reply_to: Message | None,
    storage: Storage,
) -> TelegramMethod[Any]:
    """Raises ValueError for a row that Telegram has no method for, OSError for a lost file."""
    address: dict[str, Any] = {
        "chat_id": lead.chat_id,
        "message_thread_id": lead.thread_id,
        "business_connection_id": lead.business_connection,
        "reply_parameters": _reply(message, reply_to),
    }
    entities = [types.MessageEntity(**entity) for entity in message.entities] or None
    buttons = _buttons(message)
    if message.kind == "text":
        preview = message.details.get("link_preview", True)
        return methods.SendMessage(
            **address,
            text=message.text,
            entities=entities,
            reply_markup=buttons,
            link_preview_options=None if preview else types.LinkPreviewOptions(is_disabled=True),
        )
    if not media:
        raise ValueError("the message has lost its file")
    if len(media) > 1:
        return methods.SendMediaGroup(
            **address, media=_album(media, message.text, entities, storage=storage)
        )
    method, field = BY_KIND[media[0].kind]
    caption = (
        {}
        if media[0].kind in WITHOUT_CAPTION
        else {"caption": message.text or None, "caption_entities": entities}
    )
    return method(
        **address, **{field: _file(media[0], storage=storage)}, **caption, reply_markup=buttons
    )


def button_data(message: Message, button: str) -> str:
    """What a press brings back: evidence that this attempt arrived, and which button it was."""
    return f"{message.id}.{message.attempt}.{button}"


def _album(
    media: list[Media],
    caption: str,
    entities: list[types.MessageEntity] | None,
    *,
    storage: Storage,
) -> list[Any]:
    members: list[types.MediaUnion] = []
    for position, one in enumerate(media):
        words: dict[str, Any] = (
            {"caption": caption, "caption_entities": entities} if position == 0 and caption else {}
        )
        members.append(IN_ALBUM[one.kind](media=_file(one, storage=storage), **words))
    return members


def _file(media: Media, *, storage: Storage) -> str | types.InputFile:
    if media.sha256 is None:
        if media.file_id is None:
            raise ValueError("the file is neither here nor at Telegram")
        return media.file_id
    path = storage.path(media.sha256)
    path.stat()
    return types.FSInputFile(path, filename=(media.name or media.kind).rsplit("/", 1)[-1])


def _reply(message: Message, reply_to: Message | None) -> types.ReplyParameters | None:
    if reply_to is None or not reply_to.telegram_ids:
        return None
    return types.ReplyParameters(
        message_id=reply_to.telegram_ids[0],
        quote=message.quote,
        allow_sending_without_reply=True,
    )


def _buttons(message: Message) -> types.InlineKeyboardMarkup | None:
    if not message.buttons:
        return None
    return types.InlineKeyboardMarkup(
        inline_keyboard=[
            [
                types.InlineKeyboardButton(text=button["text"], url=button["url"])
                if button.get("url")
                else types.InlineKeyboardButton(
                    text=button["text"], callback_data=button_data(message, button["id"])
                )
                for button in row
            ]
            for row in message.buttons
        ]
    )
