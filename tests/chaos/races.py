"""Races between a person and a process that is speaking: the person's word holds at once."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from time import time

import psycopg
from psycopg.rows import tuple_row

from models.database import Database
from models.errors import LeadloomError
from models.lead.driving import Mode
from models.lead.lead import Lead
from models.process.version import definition_of
from tests.chaos.people import Desk, now
from tests.eventually import eventually
from tests.phone_process import Client, Phone

Race = Callable[[int], Awaitable[None]]


@dataclass
class Silence:
    """From the answer until somebody gives the lead back no automatic message may be accepted,
    but those that the answer named."""

    lead_id: int
    begun_at: float
    named: set[int]
    ended_at: float = float("inf")


@dataclass
class Races:
    """Leads that a process speaks to without end. `url` as libpq takes it."""

    database: Database
    url: str
    phone: Phone
    seed: int
    silences: list[Silence] = field(default_factory=list)
    run: int = 0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)
        self.desk = Desk(self.database, chance=self.chance)

    async def on(self, clients: list[Client], *, count: int, kinds: Sequence[Race] = ()) -> None:
        """Each client's lead has a racer of its own; together they run `count` races."""
        kinds = kinds or [self.take_over, self.take_over, self.give_back, self.end_of_pause]
        await asyncio.gather(*(self._race(client, kinds, count=count) for client in clients))

    async def _race(self, client: Client, kinds: Sequence[Race], *, count: int) -> None:
        await client.starts()
        lead_id = await eventually(lambda: self.lead_of(client), within=60)
        while self.run < count:
            self.run += 1
            await asyncio.sleep(self.chance.uniform(0.1, 0.9))
            await self.chance.choice(kinds)(lead_id)

    async def take_over(self, lead_id: int) -> None:
        """While the process is speaking."""
        await self._silent(lead_id)
        await self.desk.gives_back(lead_id)

    async def give_back(self, lead_id: int) -> None:
        """One gives it back while another takes it over."""
        await self.desk.takes_over(lead_id)
        named, _ = await asyncio.gather(
            self.desk.takes_over(lead_id), self.desk.gives_back(lead_id)
        )
        if await self._mode(lead_id) == Mode.MANUAL:
            await self._silent(lead_id, also=named)
        await self.desk.gives_back(lead_id)

    async def end_of_pause(self, lead_id: int) -> None:
        """“+60” comes just when the pause ends."""
        pause = timedelta(seconds=0.3)
        await self.desk.takes_over(lead_id, pause=pause)
        await asyncio.sleep(pause.total_seconds() * self.chance.uniform(0.6, 1.6))
        await self._silent(lead_id, pause=timedelta(seconds=60))
        await self.desk.gives_back(lead_id)

    async def _silent(
        self, lead_id: int, *, pause: timedelta | None = None, also: set[int] | None = None
    ) -> None:
        named = await self.desk.takes_over(lead_id, pause=pause)
        silence = Silence(lead_id, time(), named | (also or set()))
        await asyncio.sleep(self.chance.uniform(0.1, 0.6))
        silence.ended_at = time()
        self.silences.append(silence)

    def broken(self) -> list[str]:
        """Automatic messages that Telegram accepted in the silence after an answer."""
        accepts = self.phone.accepts().now()
        accepted: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for one in accepts:
            if one["reference"]:
                accepted[one["chat"]].append((one["at"], int(one["reference"].partition(".")[0])))
        chats = {row[0]: row[1] for row in self._rows("select id, chat_id from lead")}
        automatic = {row[0] for row in self._rows("select id from message where epoch is not null")}
        return [
            f"lead {silence.lead_id}: message {number}, {at - silence.begun_at:.3f} s after it"
            for silence in self.silences
            for at, number in accepted[chats[silence.lead_id]]
            if silence.begun_at < at < silence.ended_at
            and number in automatic
            and number not in silence.named
        ]

    def _rows(self, query: str) -> list[tuple[int, ...]]:
        with psycopg.connect(self.url, row_factory=tuple_row) as connection:
            return connection.execute(query).fetchall()

    async def lead_of(self, client: Client) -> int | None:
        found = [
            lead
            for lead, chat in await asyncio.to_thread(self._rows, "select id, chat_id from lead")
            if chat == client.id
        ]
        return found[0] if found else None

    async def _mode(self, lead_id: int) -> str:
        async with self.database.reading() as session:
            return (await session.get_one(Lead, lead_id)).mode


class Skips:
    """Somebody skips a short wait just when it ends: the wait behind it is not skipped."""

    def __init__(self, races: Races) -> None:
        self.races = races
        self.skipped = self.outrun = 0
        self.broken: list[str] = []

    async def on(self, clients: list[Client], *, each: int) -> None:
        await asyncio.gather(*(self._race(client, each) for client in clients))

    async def _race(self, client: Client, each: int) -> None:
        await client.starts()
        for number in range(1, each + 1):
            lead = await eventually(lambda: self._at(client, "begin"), within=60)
            entered = lead.state.entered_at if lead.state else None
            assert entered
            moment = entered + timedelta(seconds=self.races.chance.uniform(0.95, 1.4))
            await asyncio.sleep(max((moment - now()).total_seconds(), 0))
            await self._skip(lead.id, seen=lead.move)
            await eventually(lambda: self._at(client, "long"), within=60)
            said = (await client.heard()).count("Время вышло")
            if said != number:
                self.broken.append(f"lead {lead.id} heard it {said} times after {number} waits")
            await client.writes("дальше")

    async def _skip(self, lead_id: int, *, seen: int) -> None:
        try:
            async with self.races.database.unit_of_work() as work:
                lead = await work.locked_lead(lead_id, seen=seen)
                assert lead.state
                await lead.skip_wait(
                    by=self.races.desk.name,
                    now=now(),
                    definition=await definition_of(
                        work.session, lead.state.process, lead.state.version
                    ),
                    facts=await lead.facts(lead.state),
                )
            self.skipped += 1
        except LeadloomError:  # the wait was over already, and the page was told so
            self.outrun += 1

    async def _at(self, client: Client, step: str) -> Lead | None:
        lead_id = await self.races.lead_of(client)
        if lead_id is None:
            return None
        async with self.races.database.reading() as session:
            lead = await session.get_one(Lead, lead_id)
        return lead if lead.step == step and lead.seen == lead.seq else None
