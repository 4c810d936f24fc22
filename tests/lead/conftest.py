"""A bot with a spot and its campaigns, and a client who writes by hand-made updates."""

import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, text

from models.database import Database
from models.lead.lead import Lead
from models.lead.receiving import Receipt, receive
from models.message import Message
from models.process.version import publish
from models.spot import Bot, Campaign, Spot
from models.update import TelegramUpdate
from tests.engine.processes import GREETING

BOT = 7_100_000_001
KEY = bytes(32)


@dataclass
class Inbox:
    """Telegram's side of one bot: makes updates and hands them over."""

    database: Database
    ids: "count[int]" = field(default_factory=lambda: count(1))

    def update(self, *, chat: int = 501, **content: Any) -> dict[str, Any]:
        number = next(self.ids)
        return {
            "update_id": number,
            "message": {
                "message_id": number, "date": 1_790_000_000 + number,
                "chat": {"id": chat, "type": "private"},
                "from": {"id": chat, "is_bot": False, "first_name": "Иван",
                         "last_name": "Петров", "username": "ivan", "language_code": "ru"},
                **content,
            },
        }  # fmt: skip

    async def gets(self, update: dict[str, Any] | bytes) -> Receipt:
        raw = update if isinstance(update, bytes) else json.dumps(update).encode()
        return await receive(self.database, raw, bot_id=BOT)

    async def writes(self, words: str, *, chat: int = 501) -> Receipt:
        return await self.gets(self.update(text=words, chat=chat))

    async def lead(self, chat: int = 501) -> Lead:
        async with self.database.reading() as session:
            return (await session.execute(select(Lead).where(Lead.chat_id == chat))).scalar_one()

    async def messages(self) -> list[Message]:
        async with self.database.reading() as session:
            rows = await session.execute(
                select(Message).order_by(Message.lead_id, Message.position)
            )
            return list(rows.scalars())

    async def updates(self) -> list[TelegramUpdate]:
        async with self.database.reading() as session:
            rows = await session.execute(select(TelegramUpdate).order_by(TelegramUpdate.id))
            return list(rows.scalars())

    async def events(self, chat: int = 501) -> list[tuple[int, str]]:
        lead = await self.lead(chat)
        async with self.database.reading() as session:
            rows = await session.execute(
                text("select seq, kind from event where lead_id = :lead order by seq"),
                {"lead": lead.id},
            )
            return [(row.seq, row.kind) for row in rows]


@pytest.fixture
async def inbox(database: Database) -> Inbox:
    async with database.unit_of_work() as work:
        token = f"{BOT}:AAE-token-of-a-bot-for-tests"
        work.add(Bot.of(token, username="nova", name="Nova", transport="webhook", key=KEY))
        await work.flush()
        await publish(work, GREETING, files={})
        nova = Spot(name="nova", bot_id=BOT, process_key="greeting", is_default=True)
        work.add(nova)
        await work.flush()
        work.add(
            Campaign(payload="br_02", spot_id=nova.id, buyer="Максим", source="Facebook",
                     campaign="BR_Nov", ad="video_4")
        )  # fmt: skip
    return Inbox(database)
