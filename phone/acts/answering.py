"""Acts on what is there already: a message, a button, the bot itself."""

import secrets
import time
from typing import Any

from phone.acts.act import Act
from phone.chats import Line
from phone.refusals import Nonsense, Unknown


async def edit(act: Act) -> None:
    """Changes an own text or caption."""
    line, written = act.line(), str(act.given.get("text") or "")
    if line.by_bot:
        raise Nonsense("only an own message can be edited")
    line.edits.append(line.text)
    field_name = "text" if "text" in line.message else "caption"
    changed = {field_name: written, "edit_date": int(time.time())}
    line.message = {k: v for k, v in line.message.items() if k != "entities"} | changed
    act.world.line_changed(act.chat, line)
    act.lines.append(line)
    act.send("edited_message", line.message)


async def react(act: Act) -> None:
    """Sets the emoji on a message, or takes it away with none."""
    line, emoji = act.line(), act.given.get("emoji")
    old = line.reactions.get("client", [])
    line.reactions["client"] = [{"type": "emoji", "emoji": emoji}] if emoji else []
    act.world.line_changed(act.chat, line)
    act.lines.append(line)
    act.send(
        "message_reaction",
        {
            "chat": act.client.as_chat(),
            "message_id": line.id,
            "user": act.client.as_user(),
            "date": int(time.time()),
            "old_reaction": old,
            "new_reaction": line.reactions["client"],
        },
    )


async def press(act: Act) -> None:
    """Presses an inline button, named by `button`: its data, its text, or its number.

    Without `message_id` it is the newest message that has such a button.
    """
    named = act.given.get("button", 0)
    if act.given.get("message_id"):
        candidates = [act.line()]
    else:
        candidates = [line for line in reversed(list(act.chat.seen())) if line.buttons()]
    for line in candidates:
        buttons = [b for row in line.buttons() for b in row if b.get("callback_data")]
        for number, button in enumerate(buttons):
            if named in (number, button["callback_data"], button["text"]):
                return _pressed(act, line, button)
    raise Unknown(f"no button {named} to press")


def _pressed(act: Act, line: Line, button: dict[str, Any]) -> None:
    query_id = str(secrets.randbits(62))
    act.world.queries[query_id] = (act.bot.id, act.client.id, line.id)
    line.callback_answer = None
    act.lines.append(line)
    act.send(
        "callback_query",
        {
            "id": query_id,
            "from": act.client.as_user(),
            "message": line.message,
            "chat_instance": str(act.bot.id * 1_000_003 + act.client.id),
            "data": button["callback_data"],
        },
    )


async def block(act: Act) -> None:
    _member(act, "member", "kicked")


async def unblock(act: Act) -> None:
    _member(act, "kicked", "member")


def _member(act: Act, old: str, new: str) -> None:
    if act.chat.blocked == (new == "kicked"):
        return
    act.chat.blocked = new == "kicked"
    act.world.keep_chat(act.chat)
    act.world.live.publish(
        "blocked", {"bot": act.bot.id, "client": act.client.id, "blocked": act.chat.blocked}
    )

    def member(status: str) -> dict[str, Any]:
        until = {"until_date": 0} if status == "kicked" else {}
        return {"user": act.bot.as_user(), "status": status} | until

    act.send(
        "my_chat_member",
        {
            "chat": act.client.as_chat(),
            "from": act.client.as_user(),
            "date": int(time.time()),
            "old_chat_member": member(old),
            "new_chat_member": member(new),
        },
    )


async def deactivate(act: Act) -> None:
    """The account is gone: sends are refused with 403 until it is reactivated."""
    act.client.deactivated = bool(act.given.get("deactivated", True))
    act.world.keep_client(act.client)
    act.world.live.publish("people", {})
