"""Answers and updates have Telegram's shapes: aiogram, which knows them, reads them."""

import json
from functools import partial
from typing import Any

import httpx
import pytest
from aiogram.types import File, Message, Update, User, WebhookInfo

from phone import media
from tests.phone.conftest import result
from tests.phone_process import Bot, Client, Phone

FILES = {
    "photo": ("sendPhoto", media.photo(label="ours")),
    "video": ("sendVideo", media.video(seconds=1)),
    "animation": ("sendAnimation", media.video(seconds=1)),
    "video_note": ("sendVideoNote", media.video(seconds=1, width=240, height=240)),
    "voice": ("sendVoice", media.voice(seconds=1)),
    "audio": ("sendAudio", media.voice(seconds=1)),
    "document": ("sendDocument", media.document(name="offer.pdf")),
    "sticker": ("sendSticker", media.sticker()),
}


async def test_the_bot_knows_itself(api: httpx.AsyncClient, phone: Phone) -> None:
    me = User.model_validate(await result(await api.get("getMe")))
    assert (me.id, me.username, me.is_bot) == (phone.bot.id, phone.bot.username, True)
    assert WebhookInfo.model_validate(await result(await api.get("getWebhookInfo"))).url == ""


@pytest.mark.parametrize("how", ["json", "data", "params"])
async def test_a_text_goes_out_in_every_encoding(
    api: httpx.AsyncClient, ivan: Client, how: str
) -> None:
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    given: dict[str, Any] = {"chat_id": ivan.id, "text": "<b>Привет</b> 🙂", "parse_mode": "HTML"}
    posted: Any = partial(api.post, "sendMessage")
    given["reply_markup"] = keyboard if how == "json" else json.dumps(keyboard)
    message = Message.model_validate(await result(await posted(**{how: given})))
    assert message.text == "Привет 🙂"
    assert message.html_text == "<b>Привет</b> 🙂"
    assert message.reply_markup
    assert message.reply_markup.inline_keyboard[0][0].callback_data == "yes"
    line = await ivan.hears("Привет")
    assert line.message_id == message.message_id
    assert line.buttons == [[{"text": "Да", "data": "yes", "url": None}]]


@pytest.mark.parametrize("kind", FILES)
async def test_a_file_goes_out_and_again_by_its_id(
    api: httpx.AsyncClient, ivan: Client, phone: Phone, kind: str
) -> None:
    method, made = FILES[kind]
    sent = await result(
        await api.post(
            method,
            data={"chat_id": ivan.id, **({} if kind == "sticker" else {"caption": "вот"})},
            files={kind: (made.name or "file", made.content, made.mime)},
        )
    )
    message = Message.model_validate(sent)
    assert message.content_type == kind
    known = sent[kind][-1] if kind == "photo" else sent[kind]
    again = await result(await api.post(method, json={"chat_id": ivan.id, kind: known["file_id"]}))
    assert (again[kind][-1] if kind == "photo" else again[kind]) == known
    file = File.model_validate(
        await result(await api.get("getFile", params={"file_id": known["file_id"]}))
    )
    async with httpx.AsyncClient(trust_env=False, verify=False) as anyone:
        bytes_back = await anyone.get(f"{phone.url}/file/bot{phone.bot.token}/{file.file_path}")
    assert bytes_back.content == made.content


async def test_an_album_is_an_array_of_messages(api: httpx.AsyncClient, ivan: Client) -> None:
    items = [
        {"type": "photo", "media": "attach://one", "caption": "<i>три шага</i>"},
        {"type": "photo", "media": "attach://two"},
    ]
    items[0]["parse_mode"] = "HTML"
    sent = await result(
        await api.post(
            "sendMediaGroup",
            data={"chat_id": str(ivan.id), "media": json.dumps(items)},
            files={"one": media.photo(seed=1).content, "two": media.photo(seed=2).content},
        )
    )
    messages = [Message.model_validate(item) for item in sent]
    assert len(messages) == 2
    assert len({message.media_group_id for message in messages}) == 1
    assert messages[0].caption == "три шага"
    assert messages[1].caption is None


async def test_a_reply_carries_what_it_answers(api: httpx.AsyncClient, ivan: Client) -> None:
    asked = await ivan.writes("Какой документ нужен?")
    reply = {"message_id": asked.message_id, "quote": "документ"}
    given = {"chat_id": ivan.id, "text": "Паспорт", "reply_parameters": reply}
    message = Message.model_validate(await result(await api.post("sendMessage", json=given)))
    assert message.reply_to_message
    assert message.reply_to_message.message_id == asked.message_id
    assert message.quote
    assert (message.quote.text, message.quote.position) == ("документ", 6)


async def test_a_business_connection_comes_back_on_the_message(
    api: httpx.AsyncClient, ivan: Client
) -> None:
    given = {"chat_id": ivan.id, "text": "x", "business_connection_id": "biz1"}
    message = Message.model_validate(await result(await api.post("sendMessage", json=given)))
    assert message.business_connection_id == "biz1"


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        ("start", "text"),
        ("photo", "photo"),
        ("voice", "voice"),
        ("video", "video"),
        ("video_note", "video_note"),
        ("audio", "audio"),
        ("animation", "animation"),
        ("document", "document"),
        ("sticker", "sticker"),
        ("location", "location"),
        ("contact", "contact"),
    ],
)
async def test_what_a_client_sends_is_an_update_with_a_message(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient, act: str, kind: str
) -> None:
    priya = await phone.client("Priya", bot=own_bot, language_code="hi")
    await priya.does(act)
    (given,) = await result(await own_api.get("getUpdates"))
    update = Update.model_validate(given)
    assert update.message
    assert update.message.from_user
    assert update.message.from_user.language_code == "hi"
    assert update.message.chat.id == priya.id
    assert update.message.content_type == kind


async def test_acts_on_messages_are_updates_of_their_own_kinds(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    await own_api.post("getUpdates", json={"allowed_updates": [*EVERYTHING]})
    priya = await phone.client("Priya", bot=own_bot)
    wrote = await priya.writes("привет", reply_to=(await priya.starts()).message_id)
    await priya.edits(wrote.message_id, "Привет!")
    await priya.reacts(wrote.message_id, "👍")
    keyboard = {"inline_keyboard": [[{"text": "Да", "callback_data": "yes"}]]}
    asked = {"chat_id": priya.id, "text": "?", "reply_markup": keyboard}
    await own_api.post("sendMessage", json=asked)
    await priya.presses("Да")
    await priya.blocks()
    await priya.unblocks()
    updates = [
        Update.model_validate(update) for update in await result(await own_api.get("getUpdates"))
    ]
    assert [update.event_type for update in updates] == [
        "message",
        "message",
        "edited_message",
        "message_reaction",
        "callback_query",
        "my_chat_member",
        "my_chat_member",
    ]
    assert updates[2].edited_message
    assert updates[2].edited_message.text == "Привет!"
    assert updates[4].callback_query
    assert updates[4].callback_query.data == "yes"
    assert updates[5].my_chat_member
    assert updates[5].my_chat_member.new_chat_member.status == "kicked"
    ids = [update.update_id for update in updates]
    assert ids == list(range(ids[0], ids[0] + 7))


EVERYTHING = ("message", "edited_message", "message_reaction", "callback_query", "my_chat_member")


async def test_reactions_come_only_to_a_bot_that_asked_for_them(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    priya = await phone.client("Priya", bot=own_bot)
    reacted = await priya.reacts((await priya.writes("привет")).message_id, "👍")
    assert reacted.updates == []
    assert reacted.messages[0].reactions == {"client": ["👍"]}
    assert len(await result(await own_api.get("getUpdates"))) == 1


async def test_an_album_comes_as_one_update_for_each_photo(
    phone: Phone, own_bot: Bot, own_api: httpx.AsyncClient
) -> None:
    priya = await phone.client("Priya", bot=own_bot)
    await priya.sends("album", count=5, caption="мои документы")
    updates = [
        Update.model_validate(update) for update in await result(await own_api.get("getUpdates"))
    ]
    messages = [update.message for update in updates if update.message]
    assert len(messages) == 5
    assert len({message.media_group_id for message in messages}) == 1
    assert [message.caption for message in messages] == ["мои документы", *[None] * 4]
