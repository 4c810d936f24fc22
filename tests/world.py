"""The named world that tests speak of: Anna and Boris talk, Dora designs, clients write to a bot.

Real PostgreSQL, real HTTP to the phone, a real worker; time is Temporal's, and jumps when told.
"""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, Self

from sqlalchemy import select, text
from temporalio.client import Client
from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.testing import WorkflowEnvironment

import worker
from activities.clients.storage import storage_of
from activities.clients.telegram import Telegram
from api.poller import Poller
from models.database import Database, Work
from models.lead.lead import Lead
from models.message import Message
from models.process.version import Version, publish
from models.settings import Settings
from models.spot import Bot, Spot
from models.timeline import Event
from models.user import Role, User
from tests.eventually import eventually
from tests.phone_people import Client as Person
from tests.phone_process import Bot as PhoneBot
from tests.phone_process import Phone
from workflows.engine import Engine, workflow_id
from workflows.relay import Relay

_numbers = count(1)


class World:
    """`async with World(...)`: web's poller and a worker run in this process until the end."""

    def __init__(
        self,
        url: str,
        phone: Phone,
        client: Client,
        folder: Path,
        *,
        environment: WorkflowEnvironment | None = None,
        hot_leads: int = 2000,
        **given: Any,
    ) -> None:
        number = next(_numbers)
        self.phone = phone
        self.environment = environment
        self.hot_leads = hot_leads
        self.phone_bot = PhoneBot(
            token=f"{8_000_000_000 + number}:AAEtoken-of-a-world-of-its-own",
            username=f"world_{number}_bot",
            name=f"World {number}",
        )
        self.settings = Settings(
            data=folder,
            database_url=url,
            telegram_api_url=phone.url,
            task_queue=f"world-{number}",
            **given,
        )
        config = client.config()
        config["data_converter"] = pydantic_data_converter
        self.temporal = Client(**config)
        self.engine = Engine(self.settings, client=self.temporal)
        self.database = Database(url, pool=10, ring=self.engine.ring)
        self.telegram = Telegram(phone.url)
        self.storage = storage_of(self.settings)
        self.relay = Relay(self.database, self.engine, self.settings)
        self._parts = AsyncExitStack()
        self._worker = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self.phone.add_bot(self.phone_bot)
        async with self.database.unit_of_work() as work:
            # worlds may share a Temporal: their leads' workflows must not be each other's
            start = self.phone_bot.id % 1000 * 1000 + 1
            await work.execute(text(f"alter sequence lead_id_seq restart with {start}"))
            work.add(
                Bot.of(
                    self.phone_bot.token,
                    username=self.phone_bot.username,
                    name=self.phone_bot.name,
                    transport="polling",
                    key=self.settings.key(),
                )
            )
            self.anna = User(login="anna@nova.test", name="Анна Ким", role=Role.MANAGER, line=1)
            self.boris = User(
                login="boris@nova.test", name="Борис Орлов", role=Role.MANAGER, line=1
            )
            work.add(self.anna)
            work.add(self.boris)
        self._parts.push_async_callback(self.database.close)
        self._parts.push_async_callback(self.telegram.close)
        self._parts.push_async_callback(self.stop_worker)
        polling = asyncio.create_task(Poller(self.database, self.telegram, self.settings).run())
        self._parts.callback(polling.cancel)
        await self.start_worker()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._parts.aclose()

    async def start_worker(self) -> None:
        does = worker.activities(self.database, self.telegram, self.storage, self.settings)
        await self._worker.enter_async_context(
            worker.worker(
                self.temporal,
                does,
                task_queue=self.settings.task_queue,
                hot_leads=self.hot_leads,
            )
        )

    async def stop_worker(self) -> None:
        await self._worker.aclose()

    # what is there

    async def publishes(self, source: str, *, spot: str = "nova") -> Version:
        """Dora publishes a process; the spot's new leads start on it."""
        async with self.database.unit_of_work() as work:
            version = await publish(work, source, files={})
            found = await work.execute(select(Spot).where(Spot.name == spot))
            if found.scalar_one_or_none() is None:
                work.add(
                    Spot(name=spot, bot_id=self.phone_bot.id, process_key=version.key,
                         is_default=True)
                )  # fmt: skip
        return version

    async def client(self, name: str, **about: Any) -> Person:
        return await self.phone.client(name, bot=self.phone_bot, **about)

    async def lead(self, person: Person) -> Lead:
        """As the database has it now; waits until the client has become a lead."""
        return await eventually(lambda: self._lead(person))

    async def _lead(self, person: Person) -> Lead | None:
        async with self.database.reading() as session:
            query = select(Lead).where(Lead.chat_id == person.id)
            return (await session.execute(query)).scalar_one_or_none()

    async def messages(self, person: Person) -> list[Message]:
        lead = await self.lead(person)
        async with self.database.reading() as session:
            query = select(Message).where(Message.lead_id == lead.id).order_by(Message.position)
            return list((await session.execute(query)).scalars())

    async def timeline(self, person: Person) -> list[str]:
        """The kinds of its events, in order."""
        lead = await self.lead(person)
        async with self.database.reading() as session:
            query = select(Event.kind).where(Event.lead_id == lead.id).order_by(Event.seq)
            return list((await session.execute(query)).scalars())

    async def stands_at(self, person: Person, step: str | None, **also: Any) -> Lead:
        """Waits until the lead is at this step, has read everything and nothing is leaving."""

        async def there() -> Lead:
            lead = await self.lead(person)
            assert lead.step == step, f"at {lead.step}, {lead.mode}"
            assert lead.seen == lead.seq
            for name, value in also.items():
                assert getattr(lead, name) == value
            leaving = [one for one in await self.messages(person) if one.state == "sending"]
            assert not leaving
            return lead

        return await eventually(there, within=20)

    # what happens

    async def hears(self, person: Person, text: str) -> None:
        """The client writes, and the lead's process has heard it."""
        await person.writes(text)

        async def heard() -> bool:
            assert (await self.messages(person))[-1].text == text
            lead = await self.lead(person)
            assert lead.seen == lead.seq
            return True

        await eventually(heard)

    async def passes(self, time: timedelta) -> None:
        """Temporal's clock jumps; what is due in between happens."""
        assert self.environment is not None
        await self.environment.sleep(time)

    async def now(self) -> datetime:
        if self.environment is None:
            return datetime.now(UTC)
        return await self.environment.get_current_time()

    def change(self) -> Any:
        return self.database.unit_of_work()

    async def locked(self, work: Work, person: Person) -> Lead:
        lead = await self.lead(person)
        return await work.locked_lead(lead.id or 0)

    async def history(self, person: Person) -> Any:
        lead = await self.lead(person)
        handle = self.temporal.get_workflow_handle(workflow_id(lead.id or 0))
        return await handle.fetch_history()
