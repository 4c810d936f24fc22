"""How the control API and the page tell of lines, chats and updates."""

import json
import time
from typing import Any

from phone.chats import MEDIA, Chat, Line
from phone.people import Bot
from phone.updates import Update


def line_as_json(line: Line) -> dict[str, Any]:
    """A message as the client sees it. `text` is the caption when there is a file."""
    message = line.message
    media = line.media()
    if media and "file_unique_id" in media:
        media["url"] = f"/control/files/{media['file_unique_id']}"
    reply = message.get("reply_to_message")
    return {
        "message_id": line.id,
        "from": "bot" if line.by_bot else "client",
        "date": message["date"],
        "text": line.text,
        "entities": message.get("entities") or message.get("caption_entities") or [],
        "media": media,
        "album": message.get("media_group_id"),
        "buttons": [[_button(button) for button in row] for row in line.buttons()],
        "keyboard": line.keyboard,
        "reply_to": reply and reply["message_id"],
        "reply_text": reply and (reply.get("text") or reply.get("caption") or ""),
        "quote": (message.get("quote") or {}).get("text"),
        "edited_at": message.get("edit_date"),
        "edits": line.edits,
        "reactions": {who: [r.get("emoji", "") for r in by] for who, by in line.reactions.items()},
        "callback_answer": line.callback_answer,
        "deleted": line.deleted,
    }


def _button(button: dict[str, Any]) -> dict[str, Any]:
    return {"text": button["text"], "data": button.get("callback_data"), "url": button.get("url")}


def chat_as_json(chat: Chat, *, since: int = 0, limit: int = 0) -> dict[str, Any]:
    """Lines with an id above `since`; with a `limit` only the newest of them."""
    lines = [line for line in chat.lines.values() if line.id > since]
    return {
        "bot": chat.bot_id,
        "client": chat.client_id,
        "blocked": chat.blocked,
        "typing": chat.typing_action if chat.typing_until > time.time() else None,
        "lines": [line_as_json(line) for line in lines[-limit:]],
    }


def event_of_line(chat: Chat, line: Line) -> dict[str, Any]:
    return {"bot": chat.bot_id, "client": chat.client_id, "line": line_as_json(line)}


def event_of_update(bot: Bot, update: Update) -> dict[str, Any]:
    state = "dropped" if update.dropped else "waiting" if update.waiting else "confirmed"
    return {
        "bot": bot.id,
        "serial": update.serial,
        "update_id": update.id,
        "kind": update.kind,
        "client": int(update.chat) if update.chat.isdigit() else None,
        "state": state,
        "attempts": update.attempts,
        "error": update.last_error if state == "waiting" else None,
        "made_at": update.made_at,
        "at": update.confirmed_at or update.delivered_at or update.made_at,
        **_gist(update),
    }


def _gist(update: Update) -> dict[str, Any]:
    """A few words of what it says, and the kind of file in it."""
    try:
        payload = json.loads(update.body)[update.kind]
        words = payload.get("text") or payload.get("data") or payload.get("caption") or ""
        content = next((kind for kind in MEDIA if kind in payload), None)
        if update.kind == "my_chat_member":
            content = payload["new_chat_member"]["status"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"gist": "", "content": None}
    return {"gist": str(words)[:80], "content": content}
