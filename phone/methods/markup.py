"""What hangs on a message: buttons below it, and the message it answers."""

from typing import Any

from phone.chats import Chat
from phone.formatting import units
from phone.methods.call import Call
from phone.refusals import bad_request

ACTIONS = {
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
}


def read_markup(call: Call) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """(inline keyboard, reply keyboard or its removal), checked."""
    markup = call.structure("reply_markup")
    if markup is None:
        return None, None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        return None, markup or None
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" must be of type Array')
    for row in rows:
        if not isinstance(row, list):
            raise bad_request('field "inline_keyboard" must be an Array of Arrays')
        for button in row:
            _check(button)
    rows = [[_bare(button) for button in row] for row in rows if row]
    return ({"inline_keyboard": rows} if rows else None), None


def _check(button: Any) -> None:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not str(button.get("text") or "").strip():
        raise bad_request("can't parse inline keyboard button: text must be non-empty")
    actions = [key for key in ACTIONS if button.get(key) is not None]
    if not actions:
        raise bad_request(
            "can't parse inline keyboard button: text buttons are unallowed in the inline keyboard"
        )
    if "callback_data" in actions:
        data = button["callback_data"]
        if not isinstance(data, str) or not 1 <= len(data.encode("utf-8", "replace")) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    if "url" in actions and not str(button["url"]).startswith(("http://", "https://", "tg://")):
        raise bad_request("BUTTON_URL_INVALID")


def _bare(button: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in button.items() if value is not None}


def read_reply(call: Call, chat: Chat) -> dict[str, Any]:
    """The fields `reply_to_message` and `quote` of the new message."""
    parameters = call.structure("reply_parameters")
    if parameters is None:
        message_id = call.integer("reply_to_message_id")
        if message_id is None:
            return {}
        parameters = {
            "message_id": message_id,
            "allow_sending_without_reply": call.flag("allow_sending_without_reply"),
        }
    if not isinstance(parameters, dict) or not isinstance(parameters.get("message_id"), int):
        raise bad_request("can't parse reply parameters: message_id must be an Integer")
    line = chat.line(parameters["message_id"])
    if line is None:
        if parameters.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    answered = {k: v for k, v in line.message.items() if k not in ("reply_to_message", "quote")}
    fields: dict[str, Any] = {"reply_to_message": answered}
    if quote := parameters.get("quote"):
        place = line.text.find(quote)
        if place < 0 or units(quote) > 1024:
            raise bad_request("QUOTE_TEXT_INVALID")
        fields["quote"] = {"text": quote, "position": units(line.text[:place]), "is_manual": True}
    return fields
