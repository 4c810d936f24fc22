"""What a bot does to messages that exist, and what leaves no message."""

import time
from typing import Any

from phone.chats import Chat, Line
from phone.methods.call import Call
from phone.methods.markup import read_markup
from phone.methods.sending import read_caption, read_text
from phone.refusals import bad_request

TOO_OLD_TO_DELETE = 48 * 3600  # seconds
ACTION_LASTS = 5.0  # seconds
SAME = (
    "message is not modified: specified new message content and reply markup are exactly the"
    " same as a current content and reply markup of the message"
)


async def edit_message_text(call: Call) -> dict[str, Any]:
    text, entities = read_text(call)
    chat, line = own_line(call)
    if "text" not in line.message:
        raise bad_request("there is no text in the message to edit")
    content: dict[str, Any] = {"text": text} | ({"entities": entities} if entities else {})
    return change(call, chat, line, content, replaced=("text", "entities"))


async def edit_message_caption(call: Call) -> dict[str, Any]:
    content = read_caption(call)
    chat, line = own_line(call)
    if line.media() is None:
        raise bad_request("there is no caption in the message to edit")
    return change(call, chat, line, content, replaced=("caption", "caption_entities"))


async def edit_message_reply_markup(call: Call) -> dict[str, Any]:
    chat, line = own_line(call)
    return change(call, chat, line, {}, replaced=())


async def delete_message(call: Call) -> bool:
    _, chat = call.chat()
    line = chat.line(call.integer("message_id", 0) or 0)
    if line is None:
        raise bad_request("message to delete not found")
    if time.time() - line.message["date"] > TOO_OLD_TO_DELETE:
        raise bad_request("message can't be deleted")
    _delete(call, chat, line)
    return True


async def delete_messages(call: Call) -> bool:
    ids = call.structure("message_ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= 100:
        raise bad_request("there must be from 1 to 100 message identifiers")
    _, chat = call.chat()
    for message_id in ids:
        if (line := chat.line(int(message_id))) is not None:
            _delete(call, chat, line)
    return True


async def send_chat_action(call: Call) -> bool:
    action = call.text("action")
    if not action:
        raise bad_request("wrong parameter action in request")
    _, chat = call.chat()
    chat.typing_until = time.time() + ACTION_LASTS
    chat.typing_action = action
    call.world.live.publish(
        "typing",
        {"bot": chat.bot_id, "client": chat.client_id, "action": action, "seconds": ACTION_LASTS},
    )
    return True


async def answer_callback_query(call: Call) -> bool:
    query = call.world.queries.pop(call.text("callback_query_id"), None)
    if query is None or query[0] != call.bot.id:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    _, client_id, message_id = query
    chat = call.world.chats[call.bot.id, client_id]
    if (line := chat.line(message_id)) is not None:
        line.callback_answer = {
            "text": call.text("text")[:200],
            "show_alert": call.flag("show_alert"),
            "at": time.time(),
        }
        call.world.line_changed(chat, line)
    return True


async def set_message_reaction(call: Call) -> bool:
    reactions = call.structure("reaction") or []
    _, chat = call.chat()
    line = chat.line(call.integer("message_id", 0) or 0)
    if line is None:
        raise bad_request("message to react not found")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    line.reactions["bot"] = list(reactions)
    call.world.line_changed(chat, line)
    return True


def own_line(call: Call) -> tuple[Chat, Line]:
    _, chat = call.chat()
    line = chat.line(call.integer("message_id", 0) or 0)
    if line is None:
        raise bad_request("message to edit not found")
    if not line.by_bot:
        raise bad_request("message can't be edited")
    return chat, line


def change(
    call: Call, chat: Chat, line: Line, content: dict[str, Any], *, replaced: tuple[str, ...]
) -> dict[str, Any]:
    inline, _ = read_markup(call)
    earlier = line.message
    message = {
        k: v for k, v in earlier.items() if k not in (*replaced, "reply_markup", "edit_date")
    }
    message |= content
    if inline:
        message["reply_markup"] = inline
    if message == {k: v for k, v in earlier.items() if k != "edit_date"}:
        raise bad_request(SAME)
    if replaced:
        line.edits.append(line.text)
        message["edit_date"] = int(time.time())
    line.message = message
    call.world.line_changed(chat, line)
    return message


def _delete(call: Call, chat: Chat, line: Line) -> None:
    line.deleted = True
    call.world.line_changed(chat, line)
