"""A house with a bot, people and leads, behind a running website; its leads are moved by hand."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import select, text

from activities.progress import progress
from models.database import Database
from models.lead.lead import Lead
from models.lead.receiving import receive
from models.message import Direction, Message, State
from models.process.version import Version, publish
from models.spot import Bot, Spot
from models.user import Role, User
from tests.web.website import Website

_numbers = count(1)
FIRST_CONTACT = Path("workflows/definitions/first_contact.yaml")

SHORT = """
process: short
title: {ru: Короткий, en: Short}
languages: [ru, en]
start: greet
steps:
  greet:
    title: {ru: Поздороваться, en: Greet}
    send: {text: {ru: Здравствуйте, en: Hello}}
    next: ask
  ask:
    title: {ru: Ждать ответа, en: Wait for an answer}
    wait: {for: reply, timeout: 2h}
    if_timeout: again
    next: thank
  again:
    title: {ru: Ещё раз, en: Once more}
    jump: {to: ask, at_most: 2}
    otherwise: bye
  thank:
    title: {ru: Поблагодарить, en: Thank}
    send: {text: {ru: Спасибо, en: Thank you}}
    next: bye
  bye: {title: {ru: Конец, en: The end}, end: done}
scenarios:
  - name: молчит и прощается
    events:
      - expect: {says: Здравствуйте, step: ask}
      - wait: 12h
      - expect: {ended: done}
"""


class House:
    """Anna (line 1) and Boris (line 2) talk, Igor leads the team, Dora designs, Maria is the
    admin, Oleg is ops."""

    def __init__(self, site: Website) -> None:
        self.site = site
        self.now = datetime.now(UTC)

    @property
    def database(self) -> Database:
        return self.site.database

    async def built(self) -> "House":
        self.anna = await self.person("anna", "Анна Ким", line=1)
        self.boris = await self.person("boris", "Борис Орлов", line=2)
        self.igor = await self.person("igor", "Игорь Лапин", role=Role.TEAM_LEAD)
        self.dora = await self.person("dora", "Дора Майер", role=Role.DESIGNER)
        self.maria = await self.person("maria", "Мария Седова", role=Role.ADMIN)
        self.oleg = await self.person("oleg", "Олег Панов", role=Role.OPS)
        async with self.database.unit_of_work() as work:
            self.bot = Bot.of(
                "7000000001:AAE-a-token-of-a-test-that-is-long", username="nova_bot",
                name="Nova", transport="webhook", key=self.site.app.state.settings.key(),
            )  # fmt: skip
            work.add(self.bot)
            await work.flush()
            work.add(Spot(name="nova", bot_id=self.bot.id, process_key="short", is_default=True))
        return self

    async def person(self, login: str, name: str, **given: Any) -> User:
        async with self.database.unit_of_work(silent=True) as work:
            person = User(login=f"{login}@house.test", name=name, **given)
            work.add(person)
        return person

    async def publishes(self, source: str = SHORT, by: User | None = None, **files: Any) -> Version:
        async with self.database.unit_of_work() as work:
            return await publish(work, source, files=files, by=by or self.dora)

    async def lead(self, name: str = "Lucas", **given: Any) -> Lead:
        """Somebody who has written /start, and stands where the process waits for them."""
        number = next(_numbers)
        await self.hears(number, "/start", name=name)
        async with self.database.unit_of_work(silent=True) as work:
            lead = await work.locked_lead(await self._id(number))
            move = await progress(work, lead, now=self.now)
            while move.deliver:
                said = await work.session.get_one(Message, move.deliver)
                lead.sent(said, telegram_ids=[move.deliver], at=self.now)
                await work.flush()
                move = await progress(work, lead, now=self.now)
            await progress(work, lead, now=self.now)
            for field, value in given.items():
                setattr(lead, field, value)
        return lead

    async def hears(self, client: int, text: str, *, name: str = "Lucas") -> None:
        sender = {"id": 500_000 + client, "first_name": name, "is_bot": False,
                  "language_code": "ru", "username": f"{name.lower()}_{client}"}  # fmt: skip
        message = {
            "message_id": next(_numbers), "date": int(self.now.timestamp()), "text": text,
            "from": sender, "chat": {"id": 500_000 + client, "type": "private"},
        }  # fmt: skip
        update = {"update_id": next(_numbers), "message": message}
        await receive(self.database, json.dumps(update).encode(), bot_id=self.bot.id, now=self.now)

    async def writes(self, lead: Lead, text: str) -> None:
        await self.hears(lead.chat_id - 500_000, text, name=lead.first_name)

    async def said(self, lead: Lead) -> list[Message]:
        async with self.database.reading() as session:
            query = select(Message).where(
                Message.lead_id == lead.id, Message.direction == Direction.OUT
            )
            return list((await session.execute(query.order_by(Message.id))).scalars())

    async def sends(self, lead: Lead, state: State, **given: Any) -> Message:
        """A message of the process in that state."""
        async with self.database.unit_of_work(silent=True) as work:
            locked = await work.locked_lead(lead.id or 0)
            message = Message(
                lead_id=lead.id, position=locked.seq, direction=Direction.OUT,
                author="process:short/greet", text="Здравствуйте", state=state,
                epoch=locked.epoch, written_at=self.now, **given,
            )  # fmt: skip
            work.add(message)
            if state in (State.UNKNOWN, State.FAILED):
                locked.notice = state
        return message

    async def changed(self, lead: Lead, **given: Any) -> None:
        async with self.database.unit_of_work(silent=True) as work:
            locked = await work.locked_lead(lead.id or 0)
            for field, value in given.items():
                setattr(locked, field, value)

    async def received_at(self, lead: Lead, at: datetime) -> None:
        """As if all its events had come then."""
        async with self.database.unit_of_work(silent=True) as work:
            await work.execute(
                text("update event set received_at = :at where lead_id = :lead"),
                {"at": at, "lead": lead.id},
            )

    async def read(self, lead: Lead) -> Lead:
        async with self.database.reading() as session:
            return await session.get_one(Lead, lead.id)

    def ago(self, **span: float) -> datetime:
        return self.now - timedelta(**span)

    async def _id(self, number: int) -> int:
        async with self.database.reading() as session:
            query = select(Lead.id).where(Lead.chat_id == 500_000 + number)
            return int((await session.execute(query)).scalar_one())
