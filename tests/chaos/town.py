"""A stack of real processes whose wires can be held and cut, and what is needed to look at it."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from machine.child import Child
from machine.ports import answers
from machine.trouble import Trouble
from models.database import Database
from models.process.version import publish
from models.spot import Bot, Spot
from tests.chaos.checker import Checker, Verdict
from tests.chaos.wire import Wire
from tests.eventually import eventually
from tests.phone_process import Bot as PhoneBot
from tests.phone_process import Client
from tests.stack import Stack
from workflows.engine import Engine

# What has to be nought before anything is checked.
RESTLESS = """
    select (select count(*) from message where state in ('queued', 'sending'))
         + (select count(*) from message_change where state in ('queued', 'sending'))
         + (select count(*) from lead where seq > seen)
         + (select count(*) from lead where due_at < now() - interval '5 s')
"""
POLLED = PhoneBot()
HOOKED = PhoneBot(token="7000000002:AAHphone-token-for-hooks", username="nova_hook_bot")


class Town:
    """`async with Town(folder)`: two bots (one polled, one with a webhook), web, worker, all wired.

    A wire stands between web or worker and PostgreSQL or Temporal. `given` are settings.
    """

    def __init__(self, folder: Path, *, worker: str = "worker.py", **given: Any) -> None:
        self.stack = Stack(
            folder,
            bots=[POLLED, HOOKED],
            **{"sending_limit": timedelta(seconds=12), **given},
        )
        household = self.stack.household
        assert household.postgres
        assert household.temporal
        self.phone, self.household = self.stack.phone, household
        self.postgres, self.temporal = household.postgres, household.temporal
        self.web, self.worker = household.web, household.worker
        if worker != "worker.py":
            self.worker.command[1:] = worker.split()
        self.wires = {
            (child.name, service): Wire(port, postgres=service == "postgres")
            for child in (self.web, self.worker)
            for service, port in (
                ("postgres", self.postgres.port),
                ("temporal", self.temporal.port),
            )
        }
        self.promised: set[str] = set()

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.__aexit__()
            raise
        return self

    async def _start(self) -> None:
        self.phone.start()
        self.household.start_services()
        self.household.prepare()
        self.engine = Engine(self.stack.settings)
        self.database = Database(self.stack.database_url, pool=8, ring=self.engine.ring)
        await self._register()
        for wire in self.wires.values():
            await wire.start()
        for child in (self.web, self.worker):
            child.environment = self.wired(child)
            child.start()
        await eventually(self.is_healthy, within=90, every=0.3)

    async def __aexit__(self, *_: object) -> None:
        for wire in self.wires.values():
            await wire.close()
        with suppress(AttributeError):
            await self.database.close()
        self.stack.stop()

    def wired(self, child: Child) -> Mapping[str, str]:
        """The environment of a process that speaks through the wires of `child`."""
        postgres, temporal = (
            self.wires[child.name, name].port for name in ("postgres", "temporal")
        )
        return {
            **self.household.environment,
            "LEADLOOM_DATABASE_URL": f"postgresql://postgres@127.0.0.1:{postgres}/leadloom",
            "LEADLOOM_TEMPORAL_ADDRESS": f"127.0.0.1:{temporal}",
        }

    def another_worker(self, name: str, command: str = "worker.py") -> Child:
        """Not started; it uses no wires."""
        one = self.worker
        return Child(
            name,
            [one.command[0], *command.split()],
            log=one.log.with_name(f"{name}.log"),
            environment=self.household.environment,
            folder=one.folder,
        )

    def another_web(self, name: str, port: int) -> Child:
        """Not started; it uses no wires. Webhooks go to the first one."""
        one = self.web
        command = [
            str(port) if part == str(self.stack.settings.port) else part for part in one.command
        ]
        return Child(
            name,
            command,
            log=one.log.with_name(f"{name}.log"),
            environment=self.household.environment,
            folder=one.folder,
        )

    async def _register(self) -> None:
        async with self.database.unit_of_work() as work:
            for bot, transport in ((POLLED, "polling"), (HOOKED, "webhook")):
                work.add(
                    Bot.of(
                        bot.token,
                        username=bot.username,
                        name=bot.name,
                        transport=transport,
                        key=self.stack.settings.key(),
                    )
                )

    async def leads_through(self, source: str) -> None:
        """New leads of both bots start on this process."""
        async with self.database.unit_of_work() as work:
            version = await publish(work, source, files={})
            for bot in (POLLED, HOOKED):
                spot = await work.session.get(Spot, bot.id)
                if spot is None:
                    work.add(
                        Spot(id=bot.id, name=bot.username, bot_id=bot.id, process_key=version.key)
                    )
                else:
                    spot.process_key = version.key

    async def client(self, number: int) -> Client:
        """Every second one talks to the bot that is polled."""
        return await self.phone.client(f"Иван {number}", bot=(POLLED, HOOKED)[number % 2])

    # killing and mending

    def wire(self, child: Child, service: str) -> Wire:
        return self.wires[child.name, service]

    def kill(self, name: str) -> None:
        {
            "web": self.web.kill,
            "worker": self.worker.kill,
            "postgres": self.postgres.kill,
            "temporal": self.temporal.kill,
        }[name]()

    async def revive(self, name: str) -> None:
        """Starts what was killed; web and worker come up by themselves."""
        match name:
            case "postgres":
                self.postgres.start()
            case "temporal":
                self.temporal.child.start()
                await eventually(lambda: answers(self.temporal.port), within=60)
            case _:
                self.child(name).start()

    def child(self, name: str) -> Child:
        found = {child.name.lower(): child for child in self.household.children}
        child = found.get("postgresql" if name == "postgres" else name)
        assert child, f"no {name} among {sorted(found)}"
        return child

    async def mend(self) -> None:
        """Nothing is held, nothing is spoiled, everything runs."""
        for wire in self.wires.values():
            wire.flow()
            for trap in wire.traps:
                trap.taken = True
                trap.release()
        await self.phone.no_faults()
        for name in ("postgres", "temporal", "web", "worker"):
            if self.child(name).alive:
                self.child(name).resume()
            else:
                await self.revive(name)

    # looking

    async def is_healthy(self) -> bool:
        self.household.check()
        return await asyncio.to_thread(self.household.answers_with, "/healthz")

    async def quiet(self, *, within: float = 240, still: float = 1.0) -> None:
        """Waits until nothing waits, nothing leaves and nobody has anything unread, for a while."""
        since: float | None = None
        loop = asyncio.get_running_loop()

        async def rests() -> bool:
            nonlocal since
            with suppress(SQLAlchemyError, psycopg.Error, Trouble):
                health = await self.phone.ask("GET", "/control/health")
                waiting = sum(health["waiting_updates"].values())
                if waiting + await asyncio.to_thread(self.count, RESTLESS) == 0:
                    since = since or loop.time()
                    return loop.time() - since >= still
            since = None
            return False

        await eventually(rests, within=within, every=0.3, because="Rest")

    def count(self, query: str) -> int:
        with psycopg.connect(self.libpq, connect_timeout=5) as connection:
            row = connection.execute(query).fetchone()
        return int(row[0]) if row else 0

    @property
    def libpq(self) -> str:
        return self.postgres.url("leadloom")

    async def check(self, **how: Any) -> Verdict:
        checker = Checker(self.libpq, self.phone, promised=self.promised, **how)
        return await asyncio.to_thread(checker.check)
