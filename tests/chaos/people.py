"""The town's people: clients who write and press, managers who take over, write and give back."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from models.change import Change
from models.database import Database
from models.errors import Refused
from models.formatting import Formatted
from models.lead.content import Content
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.message import Message, State
from models.process.version import definition_of
from models.user import Role, User
from tests.chaos.town import Town
from tests.phone_process import Client

T = TypeVar("T")
WORDS = ("да", "да, расскажите", "нет", "а сколько стоит?", "подумаю", "кто вы?")


def now() -> datetime:
    return datetime.now(UTC)


class Crowd:
    """Clients who together say `messages` things, each one after another."""

    def __init__(
        self, town: Town, *, clients: int, messages: int, chance: random.Random, pause: float = 1.0
    ) -> None:
        self.town, self.chance, self.pause = town, chance, pause
        self.size, self.left = clients, messages
        self.said = 0
        self.clients: list[Client] = []

    async def talk(self) -> None:
        self.clients = [await self.town.client(number) for number in range(self.size)]
        await asyncio.gather(*(self._talk(client) for client in self.clients))

    async def _talk(self, client: Client) -> None:
        await asyncio.sleep(self.chance.random() * 3)
        await client.starts()
        self._counted()
        while self.left > 0:
            await asyncio.sleep(self.chance.expovariate(1 / self.pause))
            if self.left > 0:
                self._counted()
                await self._say(client)

    def falls_silent(self) -> None:
        self.left = 0

    def _counted(self) -> None:
        self.left -= 1
        self.said += 1

    async def _say(self, client: Client) -> None:
        if self.chance.random() < 0.25:
            lines = [line for line in await client.lines() if line.buttons]
            if lines:
                line = lines[-1]
                button = self.chance.choice(line.buttons[0])
                await client.presses(button["text"], message_id=line.message_id)
                return
        await client.writes(f"{self.chance.choice(WORDS)} {self.said}")


class Desk:
    """Vera at her desk. A database that does not answer makes her try again."""

    def __init__(
        self, database: Database, *, chance: random.Random, promised: set[str] | None = None
    ) -> None:
        self.database, self.chance = database, chance
        self.promised = set() if promised is None else promised
        self.keys = (f"vera-{number}" for number in count())
        self.vera = User(login="vera@nova.test", name="Вера Лис", role=Role.MANAGER, line=1)

    async def sits_down(self) -> None:
        async with self.database.unit_of_work() as work:
            work.add(self.vera)

    async def works(self, crowd: Crowd, *, pause: float) -> None:
        """As long as the crowd talks: now here, now there."""
        while crowd.left > 0:
            await asyncio.sleep(self.chance.expovariate(1 / pause))
            leads = await self.persists(self.leads)
            if leads:
                await self._does(self.chance.choice(leads))

    async def goes_home(self) -> None:
        """Everybody is given back, and what nobody knows is said to have arrived."""
        for lead_id in await self.persists(self.leads):
            await self.gives_back(lead_id)

    async def _does(self, lead_id: int) -> None:
        match self.chance.randrange(8):
            case 0:
                await self.takes_over(lead_id, pause=timedelta(seconds=3))
            case 1:
                await self.settles(lead_id)
            case 2 | 3:
                for _ in range(self.chance.randint(1, 3)):
                    await self.writes(lead_id)
                await asyncio.sleep(self.chance.random() * 3)
                await self.gives_back(lead_id)
            case 4:
                await self.takes_over(lead_id)
                await self.gives_back(lead_id)
            case _:
                await self.changes_her_mind(lead_id)

    async def takes_over(self, lead_id: int, *, pause: timedelta | None = None) -> set[int]:
        """The numbers of the messages that were on their way already."""

        async def attempt() -> set[int]:
            async with self._lead(lead_id) as lead:
                until = now() + pause if pause else None
                leaving = await lead.take_over(by=self.name, now=now(), until=until)
                return {message.id for message in leaving}

        return await self.persists(attempt)

    async def writes(self, lead_id: int) -> None:
        key = next(self.keys)

        async def attempt() -> None:
            async with self._lead(lead_id) as lead:
                await lead.write(Content(text=f"Вера: {key}"), by=self.vera, key=key, now=now())

        await self.persists(attempt)
        self.promised.add(key)

    async def changes_her_mind(self, lead_id: int) -> None:
        """One of her messages gets other words or a reaction or is deleted; or what nobody knows to
        be done is asked for again."""

        async def attempt() -> None:
            async with self._lead(lead_id) as lead:
                hers = select(Message.id).where(
                    Message.lead_id == lead_id, Message.author == self.name,
                    Message.state == State.SENT,
                )  # fmt: skip
                found = list((await lead.work.execute(hers)).scalars())
                unknown = select(Change.id).where(
                    Change.lead_id == lead_id, Change.state == State.UNKNOWN
                )
                open_ = list((await lead.work.execute(unknown)).scalars())
                if open_ and self.chance.random() < 0.5:
                    await lead.change_again(self.chance.choice(open_), by=self.name, now=now())
                elif found:
                    await self._changes(lead, self.chance.choice(found))

        with suppress(Refused):
            await self.persists(attempt)

    async def _changes(self, lead: Lead, message_id: int) -> None:
        match self.chance.randrange(4):
            case 0:
                await lead.delete(message_id, by=self.vera, now=now())
            case 1:
                emoji = self.chance.choice(["👍", "🔥", None])
                await lead.react(message_id, emoji, by=self.vera, now=now())
            case _:
                said = Formatted(f"Вера передумала: {next(self.keys)}")
                await lead.edit(message_id, said, by=self.vera, now=now())

    async def gives_back(self, lead_id: int, *, at: str | None = None) -> None:
        async def attempt() -> None:
            async with self._lead(lead_id) as lead:
                state = lead.state
                if lead.mode == Mode.MANUAL and state is not None:
                    place = at or ("same" if state.phase != "ended" else "start")
                    session, read = lead.work.session, await lead.unanswered(now=now())
                    await lead.give_back(
                        by=self.name,
                        now=now(),
                        at=place,
                        definition=await definition_of(session, state.process, state.version),
                        facts=await lead.facts(state, read),
                        read=read,
                    )

        await self.persists(attempt)

    async def settles(self, lead_id: int) -> None:
        """An unknown one of this lead arrived, or is sent again: she asks for it."""

        async def attempt() -> None:
            async with self._lead(lead_id) as lead:
                unknown = select(Message.id).where(
                    Message.lead_id == lead_id, Message.state == State.UNKNOWN
                )
                found = (await lead.work.execute(unknown.limit(1))).scalar()
                if found is not None:
                    answer = self.chance.choice([State.SENT, State.QUEUED])
                    await lead.settle(found, answer, by=self.name, now=now())

        await self.persists(attempt)

    @property
    def name(self) -> str:
        return f"user:{self.vera.id}"

    async def persists(self, attempt: Callable[[], Awaitable[T]]) -> T:
        while True:
            try:
                return await attempt()
            except (SQLAlchemyError, OSError):
                await asyncio.sleep(0.5)

    async def leads(self) -> list[int]:
        async with self.database.reading() as session:
            return list((await session.execute(select(Lead.id).order_by(Lead.id))).scalars())

    @asynccontextmanager
    async def _lead(self, lead_id: int) -> AsyncIterator[Lead]:
        async with self.database.unit_of_work() as work:
            yield await work.locked_lead(lead_id)
