"""What Telegram refuses is refused here, in its words."""

import json
from typing import Any

import httpx
import pytest

from tests.phone_process import Client, Phone


async def refused(answer: httpx.Response) -> tuple[int, str]:
    given = answer.json()
    assert given["ok"] is False
    assert given["error_code"] == answer.status_code
    return answer.status_code, given["description"]


async def test_an_unknown_token_and_an_unknown_method(phone: Phone, api: httpx.AsyncClient) -> None:
    async with httpx.AsyncClient(trust_env=False, verify=False) as anyone:
        answer = await anyone.get(f"{phone.url}/bot1:wrong/getMe")
    assert await refused(answer) == (401, "Unauthorized")
    assert (await refused(await api.get("getNothing")))[0] == 404
    assert (await api.get("GETME")).status_code == 200, "methods have no case"


AS_JSON = {"content-type": "application/json"}
TEXTS: list[tuple[dict[str, Any], str]] = [
    ({"text": " \n "}, "message text is empty"),
    ({"text": "🙂" * 2049}, "message is too long"),
    ({"text": "<b>x", "parse_mode": "HTML"}, "can't parse entities: can't find end tag"),
    ({"text": "<x>y</x>", "parse_mode": "HTML"}, "can't parse entities: unsupported start tag"),
    ({"text": "a</b>", "parse_mode": "HTML"}, "can't parse entities: unexpected end tag"),
    ({"text": "<b><i>x</b></i>", "parse_mode": "HTML"}, "can't parse entities: unmatched end tag"),
    ({"text": "a < b", "parse_mode": "HTML"}, "can't parse entities: unclosed start tag"),
    ({"text": "abc", "entities": [{"type": "bold", "offset": 1, "length": 3}]}, "entity"),
    ({"text": "🙂", "entities": [{"type": "bold", "offset": 1, "length": 1}]}, "entity"),
    ({"text": "abc", "entities": [{"type": "bold", "offset": -1, "length": 1}]}, "entity"),
    ({"text": "a", "reply_parameters": {"message_id": 999_999}}, "message to be replied not found"),
    (
        {
            "text": "a",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "я" * 33}]]},
        },
        "BUTTON_DATA_INVALID",
    ),
    ({"text": "a", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}}, "can't parse inline"),
    ({"text": "a", "reply_markup": "{"}, "can't parse reply_markup JSON object"),
    ({"text": "\ud800"}, "strings must be encoded in UTF-8"),
]


@pytest.mark.parametrize(("given", "reason"), TEXTS, ids=[reason for _, reason in TEXTS])
async def test_a_text_that_cannot_be_sent(
    api: httpx.AsyncClient, ivan: Client, given: dict[str, Any], reason: str
) -> None:
    body = json.dumps({"chat_id": ivan.id, **given})
    answer = await api.post("sendMessage", content=body, headers=AS_JSON)
    code, description = await refused(answer)
    assert code == 400
    assert description.startswith(f"Bad Request: {reason}")
    assert await ivan.heard() == []


async def test_the_longest_text_is_sent(api: httpx.AsyncClient, ivan: Client) -> None:
    longest = {"chat_id": ivan.id, "text": "🙂" * 2048}
    assert (await api.post("sendMessage", json=longest)).status_code == 200


async def test_a_missing_message_need_not_stop_a_reply(
    api: httpx.AsyncClient, ivan: Client
) -> None:
    reply = {"message_id": 999_999, "allow_sending_without_reply": True}
    given = {"chat_id": ivan.id, "text": "a", "reply_parameters": reply}
    answer = await api.post("sendMessage", json=given)
    assert answer.status_code == 200
    assert "reply_to_message" not in answer.json()["result"]


async def test_who_cannot_be_reached(api: httpx.AsyncClient, phone: Phone, ivan: Client) -> None:
    async def told(client: Client) -> tuple[int, str]:
        return await refused(
            await api.post("sendMessage", json={"chat_id": client.id, "text": "a"})
        )

    stranger = await phone.client("Stranger")
    assert await told(stranger) == (400, "Bad Request: chat not found")
    await ivan.blocks()
    assert await told(ivan) == (403, "Forbidden: bot was blocked by the user")
    await ivan.starts()
    await ivan.leaves_telegram()
    assert await told(ivan) == (403, "Forbidden: user is deactivated")


async def test_limits_of_files(api: httpx.AsyncClient, ivan: Client) -> None:
    async def tried(method: str, kind: str, content: bytes, **more: str) -> tuple[int, str]:
        data = {"chat_id": str(ivan.id), **more}
        return await refused(await api.post(method, data=data, files={kind: content}))

    code, reason = await tried("sendPhoto", "photo", bytes(10 * 2**20 + 1))
    assert code == 400
    assert "too big for a photo" in reason
    assert await tried("sendPhoto", "photo", b"x") == (400, "Bad Request: IMAGE_PROCESS_FAILED")
    assert (await tried("sendDocument", "document", bytes(50 * 2**20 + 1)))[0] == 413
    too_long = await tried("sendDocument", "document", b"x", caption="x" * 1025)
    assert too_long == (400, "Bad Request: message caption is too long")


async def test_a_file_of_64_megabytes_is_known_but_not_given(
    api: httpx.AsyncClient, ivan: Client, phone: Phone
) -> None:
    sent = await ivan.sends("document", name="film.mkv", declared_size=64 * 2**20)
    assert sent.messages[0].media
    file_id = sent.messages[0].media["file_id"]
    assert sent.messages[0].media["file_size"] == 64 * 2**20
    answer = await api.get("getFile", params={"file_id": file_id})
    assert await refused(answer) == (400, "Bad Request: file is too big")


@pytest.mark.parametrize("count", [1, 11])
async def test_an_album_has_from_two_to_ten(
    api: httpx.AsyncClient, ivan: Client, count: int
) -> None:
    given = {"chat_id": ivan.id, "media": [{"type": "photo", "media": "x"}] * count}
    assert (await refused(await api.post("sendMediaGroup", json=given)))[0] == 400


async def test_an_edit_must_change_something(api: httpx.AsyncClient, ivan: Client) -> None:
    sent = (await api.post("sendMessage", json={"chat_id": ivan.id, "text": "раз"})).json()
    place = {"chat_id": ivan.id, "message_id": sent["result"]["message_id"]}
    code, reason = await refused(await api.post("editMessageText", json={**place, "text": "раз"}))
    assert (code, reason[:39]) == (400, "Bad Request: message is not modified: s")
    assert (await api.post("editMessageText", json={**place, "text": "два"})).status_code == 200
    line = await ivan.hears("два")
    assert line.edits == ["раз"]
    assert (await api.post("deleteMessage", json=place)).status_code == 200
    assert await ivan.heard() == []
    assert await refused(await api.post("deleteMessage", json=place)) == (
        400,
        "Bad Request: message to delete not found",
    )


async def test_a_press_is_answered_once(api: httpx.AsyncClient, ivan: Client) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    asked = {"chat_id": ivan.id, "text": "?", "reply_markup": keyboard}
    await api.post("sendMessage", json=asked)
    pressed = await ivan.presses("yes")
    query = json.loads(pressed.updates[0]["body"])["callback_query"]
    answer = {"callback_query_id": query["id"], "text": "Принято"}
    assert (await api.post("answerCallbackQuery", json=answer)).status_code == 200
    line = await ivan.hears("?")
    assert line.callback_answer
    assert line.callback_answer["text"] == "Принято"
    assert (await refused(await api.post("answerCallbackQuery", json=answer)))[0] == 400
