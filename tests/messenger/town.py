"""Anna and Boris talk, clients write to a bot; what Telegram and the engine would do is done by
hand, so that a test says exactly what has happened so far."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from zlib import crc32

from sqlalchemy import select

from activities.moves import Move
from activities.progress import progress
from models.database import Database
from models.lead.content import Content
from models.lead.lead import Lead
from models.lead.receiving import receive
from models.message import Message, State
from models.process.version import publish
from models.spot import Bot, Spot
from models.user import Role, Team, User

PROCESS = """
process: greeting
title: {ru: Знакомство, en: Greeting}
languages: [ru, en]
start: hello
steps:
  hello:
    title: {ru: Приветствие, en: Hello}
    send:
      text: {ru: "Здравствуйте, {{ lead.first_name }}", en: "Hello, {{ lead.first_name }}"}
    next: answer
  answer:
    title: {ru: Ждём ответ, en: Waiting for an answer}
    wait: {for: reply, timeout: 1d}
    if_timeout: nudge
    next: thanks
  nudge:
    title: {ru: Напоминание, en: Nudge}
    send:
      text: {ru: "Вы ещё здесь?", en: "Still there?"}
    next: done
  thanks:
    title: {ru: Спасибо, en: Thanks}
    send:
      text: {ru: "Спасибо за ответ", en: "Thanks for the answer"}
    next: done
  done:
    title: {ru: Конец, en: The end}
    end: done
scenarios:
  - name: answers
    given: {lead: {first_name: Иван}}
    events:
      - expect: {says: "Здравствуйте, Иван", step: answer, waits: 1d}
      - client: да
      - expect: {says: Спасибо за ответ, ended: done}
"""
PEOPLE = (
    ("anna", "Анна Ким", Role.MANAGER, 1),
    ("boris", "Борис Орлов", Role.MANAGER, 1),
    ("igor", "Игорь Лапин", Role.TEAM_LEAD, None),
    ("maria", "Мария Седова", Role.ADMIN, None),
    ("dora", "Дора Майер", Role.DESIGNER, None),
)
KEY = b"k" * 32
_ids = count(1000)


class Town:
    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime.now(UTC).replace(microsecond=0)

    async def settles(self, *, process: str | None = None) -> "Town":
        """A bot with a spot, and the people."""
        number = next(_ids)
        async with self.database.unit_of_work() as work:
            bot = Bot.of(
                f"{number}:{'t' * 30}", username="nova_bot", name="Nova", transport="webhook",
                key=KEY,
            )  # fmt: skip
            work.add(bot)
            team = Team(name=f"team {number}")
            work.add(team)
            await work.flush()
            people = [
                User(login=f"{login}{number}@nova.test", name=name, role=role, line=line,
                     team_id=team.id)
                for login, name, role, line in PEOPLE
            ]  # fmt: skip
            for person in people:
                work.add(person)
            await work.flush()
            self.anna, self.boris, self.igor, self.maria, self.dora = people
            self.team_id = team.id
            key = None
            if process:
                key = (await publish(work, process, files={})).key
            work.add(
                Spot(name=f"spot-{number}", bot_id=bot.id, process_key=key, is_default=True,
                     team_id=team.id)
            )  # fmt: skip
            self.bot_id = bot.id or 0
        return self

    def passes(self, **time: float) -> None:
        self.now += timedelta(**time)

    async def writes(self, name: str, text: str | None = None, **message: Any) -> int:
        """A client writes; the lead's id. The same name is the same client."""
        chat = 5000 + crc32(name.encode())
        first, _, last = name.partition(" ")
        sender = {"id": chat, "is_bot": False, "first_name": first, "last_name": last,
                  "username": f"{first.lower()}_{chat}", "language_code": "ru"}  # fmt: skip
        body = {"message_id": next(_ids), "date": int(self.now.timestamp()), "from": sender,
                "chat": {"id": chat, "type": "private"}} | message  # fmt: skip
        if text is not None:
            body["text"] = text
        return await self.sends_update({"message": body})

    async def sends_update(self, update: dict[str, Any]) -> int:
        raw = json.dumps({"update_id": next(_ids)} | update).encode()
        receipt = await receive(self.database, raw, bot_id=self.bot_id, now=self.now)
        assert receipt.lead_id is not None
        return receipt.lead_id

    async def moves(self, lead_id: int) -> Move:
        """The engine looks at the lead once."""
        async with self.database.unit_of_work(silent=True) as work:
            return await progress(work, await work.locked_lead(lead_id), now=self.now)

    async def answers(
        self, lead_id: int, text: str, *, by: User | None = None, key: str | None = None
    ) -> Message:
        async with self.database.unit_of_work() as work:
            lead = await work.locked_lead(lead_id)
            rows = await lead.write(
                Content(text=text), by=by or self.anna, key=key or f"key-{next(_ids)}", now=self.now
            )
        return rows[0]

    async def becomes(self, message: Message, state: State, *, because: str = "") -> None:
        """What Telegram said to it."""
        async with self.database.unit_of_work() as work:
            lead = await work.locked_lead(message.lead_id)
            found = await work.session.get_one(Message, message.id)
            match state:
                case State.SENT:
                    lead.sent(found, telegram_ids=[next(_ids)], at=self.now)
                case State.UNKNOWN:
                    lead.perhaps_sent(found, because=because, at=self.now)
                case State.FAILED:
                    await lead.refused(found, code=400, because=because, at=self.now)
                case _:
                    found.state = state

    async def lead(self, lead_id: int) -> Lead:
        async with self.database.reading() as session:
            return await session.get_one(Lead, lead_id)

    async def messages(self, lead_id: int) -> list[Message]:
        async with self.database.reading() as session:
            query = select(Message).where(Message.lead_id == lead_id).order_by(Message.position)
            return list((await session.execute(query)).scalars())
