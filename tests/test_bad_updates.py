"""Updates that Telegram never sends: each is kept for an admin, and none of them comes again."""

import json
from typing import Any

import pytest
from sqlalchemy import select, text

from models.database import Database
from models.lead.receiving import receive
from models.message import Message
from models.update import TelegramUpdate, UpdateState

BOT = 1
IVAN = {"id": 501, "first_name": "Иван"}
CHAT = {"id": 501, "type": "private"}
MESSAGE = {"message_id": 7, "date": 1_767_000_000, "chat": CHAT, "from": IVAN, "text": "привет"}
HUGE = 2**70


def message(**other: Any) -> dict[str, Any]:
    return {"update_id": 7, "message": {**MESSAGE, **other}}


def press(**other: Any) -> dict[str, Any]:
    query = {"id": "1", "from": IVAN, "data": "1.1.yes", "message": MESSAGE}
    return {"update_id": 7, "callback_query": {**query, **other}}


BAD: dict[str, Any] = {
    "not an object": [],
    "without an id": {"message": MESSAGE},
    "an id that is no number": {"update_id": "7", "message": MESSAGE},
    "a huge id": {"update_id": HUGE, "message": MESSAGE},
    "without a chat": {"update_id": 7, "message": {"message_id": 7}},
    "a huge chat": message(chat={"id": HUGE, "type": "private"}),
    "a chat that is text": message(chat={"id": "x", "type": "private"}),
    "a date far away": message(date=1e20),
    "a date that is no number": message(date=float("nan")),
    "a huge message id": message(message_id=HUGE),
    "a text that is a number": message(text=5),
    "a user name that is a number": message(**{"from": {**IVAN, "username": 5}}),
    "a language that is an object": message(**{"from": {**IVAN, "language_code": {}}}),
    "entities that are a number": message(entities=5),
    "a reply to nothing": message(reply_to_message={"message_id": "x"}),
    "a reply to what was said far away": message(
        reply_to_message={"message_id": 5, "from": {"id": 1}, "date": 1e20, "text": "да"}
    ),
    "a quote that is a number": message(quote={"text": 5}),
    "a photo without sizes": message(text=None, photo=[]),
    "a file whose size is text": message(document={"file_id": "a", "file_size": "big"}),
    "a press of a number": press(data=5),
}


@pytest.fixture
async def at_home(database: Database) -> Database:
    """Ivan has written before, so that there is a lead to go wrong with."""
    async with database.statement() as connection:
        await connection.execute(
            text(
                "insert into bot (id, username, name, token, transport, path, secret, failures,"
                " update_offset) values (1, 'b', 'b', '', 'polling', 'p', '', 0, 0)"
            )
        )
    first = {"update_id": 1, "message": {**MESSAGE, "message_id": 1, "text": "/start"}}
    await receive(database, json.dumps(first).encode(), bot_id=BOT)
    return database


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD.keys())
async def test_what_cannot_be_read_is_kept_and_the_next_message_comes_through(
    at_home: Database, bad: Any
) -> None:
    raw = json.dumps(bad).encode()
    assert (await receive(at_home, raw, bot_id=BOT)).poisoned
    assert (await receive(at_home, raw, bot_id=BOT)).known
    next_one = {"update_id": 8, "message": {**MESSAGE, "message_id": 8, "text": "дальше"}}
    await receive(at_home, json.dumps(next_one).encode(), bot_id=BOT)
    async with at_home.reading() as session:
        kept = (await session.execute(select(TelegramUpdate).order_by(TelegramUpdate.id))).scalars()
        assert [(one.state, one.raw) for one in kept][1] == (UpdateState.POISON, raw)
        words = (await session.execute(select(Message.text).order_by(Message.position))).scalars()
        assert list(words) == ["/start", "дальше"]


@pytest.mark.parametrize(
    "data", ["", "x", "²", "1.²", "1.1", "99999999999999999999.1.yes", "0.0.0"]
)
async def test_a_forged_button_is_no_button_and_no_poison(at_home: Database, data: str) -> None:
    receipt = await receive(at_home, json.dumps(press(data=data)).encode(), bot_id=BOT)
    assert not receipt.poisoned
    assert receipt.answer == "1"


async def test_what_postgresql_cannot_hold_is_replaced_and_kept_in_the_raw_bytes(
    at_home: Database,
) -> None:
    raw = json.dumps(message(text="до\x00после\ud800")).encode()
    assert not (await receive(at_home, raw, bot_id=BOT)).poisoned
    async with at_home.reading() as session:
        query = select(Message.text).order_by(Message.position.desc()).limit(1)
        assert (await session.execute(query)).scalar_one() == "до\ufffdпосле\ufffd"
        raws = (await session.execute(select(TelegramUpdate.raw))).scalars()
        assert raw in list(raws)
