"""Every method there is, by the name Telegram gives it, in lower case as it compares them."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from phone.methods import changing, listening, sending
from phone.methods.call import Call

Method = Callable[[Call], Awaitable[Any]]

NAMED: dict[str, Method] = {
    "getMe": listening.get_me,
    "getUpdates": listening.get_updates,
    "setWebhook": listening.set_webhook,
    "deleteWebhook": listening.delete_webhook,
    "getWebhookInfo": listening.get_webhook_info,
    "getFile": listening.get_file,
    "sendMessage": sending.send_message,
    "sendPhoto": partial(sending.send_file, kind="photo"),
    "sendVideo": partial(sending.send_file, kind="video"),
    "sendVoice": partial(sending.send_file, kind="voice"),
    "sendVideoNote": partial(sending.send_file, kind="video_note"),
    "sendAudio": partial(sending.send_file, kind="audio"),
    "sendAnimation": partial(sending.send_file, kind="animation"),
    "sendDocument": partial(sending.send_file, kind="document"),
    "sendSticker": partial(sending.send_file, kind="sticker"),
    "sendLocation": sending.send_location,
    "sendContact": sending.send_contact,
    "sendMediaGroup": sending.send_media_group,
    "editMessageText": changing.edit_message_text,
    "editMessageCaption": changing.edit_message_caption,
    "editMessageReplyMarkup": changing.edit_message_reply_markup,
    "deleteMessage": changing.delete_message,
    "deleteMessages": changing.delete_messages,
    "sendChatAction": changing.send_chat_action,
    "answerCallbackQuery": changing.answer_callback_query,
    "setMessageReaction": changing.set_message_reaction,
}
METHODS: dict[str, tuple[str, Method]] = {
    name.lower(): (name, method) for name, method in NAMED.items()
}
