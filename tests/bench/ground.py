"""What is measured on: a whole Leadloom of real processes, the reference beside it, clients."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import text
from temporalio.client import Client

from machine.child import Child
from machine.household import ROOT, Household, environment
from machine.ports import answers, free, row
from machine.postgres import QUICK
from models.database import Database
from models.process.version import publish
from models.settings import Settings
from models.spot import Bot, Spot
from tests.bench import cpu
from tests.bench.clients import Hook, Webhook, asks, update
from tests.bench.processes import ALL
from tests.bench.telegram import Telegram
from tests.eventually import eventually
from workflows.state import SEARCH_ATTRIBUTES

HAND = "hand"
HOT = 50  # leads in the worker's memory: more than one measure leads at once
FEW = 6  # clients of a measure that only shows that it runs
_chats = count(700_000_001)
# What the hand-written conversation finds: a lead that waits for its first reply.
OPENED = text(
    "insert into lead (bot_id, chat_id, first_name, last_action_at, mode, process_key, step)"
    " values (:bot, :chat, 'Иван', now(), 'auto', 'talk', 'ask')"
)


@contextmanager
def household(folder: Path, *, quick: bool = False) -> Iterator[tuple[Household, int]]:
    """Everything started, and the port its Telegram is expected at.

    The relay keeps away: it would ring the leads of the reference, too.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    telegram = free()[0]
    chosen = Settings(
        data=folder,
        port=row(6),
        telegram_api_url=f"http://127.0.0.1:{telegram}",
        relay_every=timedelta(hours=1),
        hot_leads=FEW - 2 if quick else HOT,
        canary_every=timedelta(seconds=15),
    )
    # the disk is not what is measured: both sides commit as often, and its pauses hide the rest
    house = Household(chosen, attributes=SEARCH_ATTRIBUTES, postgres_settings=QUICK)
    try:
        house.start()
        yield house, telegram
    finally:
        house.stop()


@dataclass(kw_only=True)
class Ground:
    """`hooks`: a webhook for each process of `processes.py`, and `hand` for the reference."""

    house: Household
    database: Database
    telegram: Telegram
    temporal: Client
    quick: bool
    hooks: dict[str, Webhook] = field(default_factory=dict)
    bots: dict[str, int] = field(default_factory=dict)
    _hand: list[Child] = field(default_factory=list)
    bare: Child | None = None
    _bare: int | None = None
    _children: list[Child] = field(default_factory=list)

    async def clients(self, process: str, number: int) -> list[int]:
        """Chats of clients who have answered once, so that everything is warm."""
        chats = [next(_chats) for _ in range(min(number, FEW) if self.quick else number)]
        if process == HAND:
            await self.with_reference()
            async with self.database.statement() as connection:
                for chat in chats:
                    await connection.execute(OPENED, {"bot": self.bots[HAND], "chat": chat})
        else:
            for chat in chats:
                await self.hooks[process].post(update(chat, "/start"))
        await eventually(lambda: self.rest(chats), within=30)
        for chat in chats:
            await asks(self.hooks[process], self.telegram, chat)
        await eventually(lambda: self.rest(chats), within=30)
        return chats

    async def rest(self, chats: list[int]) -> bool:
        """They wait in their process: nothing is unread, nothing leaves."""
        async with self.database.statement() as connection:
            found = await connection.execute(
                text(
                    "select count(*) from lead l where chat_id = any(:chats) and seq = seen"
                    " and step is not null and not exists (select 1 from message m where"
                    " m.lead_id = l.id and m.state in ('queued', 'sending'))"
                ),
                {"chats": chats},
            )
            return bool(found.scalar() == len(chats))

    async def with_reference(self) -> None:
        """Starts the hand-written conversation, once."""
        if self._hand:
            return
        port = self.hooks[HAND].hook.port
        self._hand = [
            self._python("hand-worker", "by_hand", "worker"),
            self._python("hand-web", "by_hand", "web", str(port)),
        ]
        await eventually(lambda: answers(port), within=30)

    async def with_bare(self) -> int:
        """The port of the web's reference, started once."""
        if self._bare is None:
            self._bare = port = free()[0]
            self.bare = self._python("bare", "bare", str(port))
            await eventually(lambda: answers(port), within=30)
        return self._bare

    def _python(self, name: str, module: str, *words: str) -> Child:
        child = Child(
            name,
            [sys.executable, "-c", f"from tests.bench import {module}; {module}.main()", *words],
            log=self.house.logs / f"{name}.log",
            folder=ROOT,
            environment={
                **environment(self.house.settings),
                "LEADLOOM_DATABASE_URL": self.house.settings.postgres,
                "LEADLOOM_TEMPORAL_ADDRESS": self.house.settings.temporal,
                "BY_HAND_TOKEN": token(HAND, self.bots[HAND]),
            },
        )
        child.start()
        self._children.append(child)
        return child

    def stop(self) -> None:
        for child in self._children:
            child.stop(patience=timedelta(seconds=2))

    async def forgotten_by_worker(self) -> None:
        """As many others talk as fit into the worker's memory."""
        await self.clients("talk", HOT + 5)

    def spent(self, arm: str) -> dict[str, float]:
        """CPU seconds so far, by process; `arm` is `ours` or `hand`."""
        ours = {"worker": self.house.worker, "web": self.house.web}
        hand = dict(zip(("worker", "web"), self._hand, strict=False))
        children = hand if arm == HAND else ours
        if self.house.postgres and self.house.temporal:
            children |= {"temporal": self.house.temporal.child}
            if self.house.postgres.child:
                children["postgres"] = self.house.postgres.child
        return {
            name: cpu.spent(child.process.pid)
            for name, child in children.items()
            if child.process is not None
        }


def token(name: str, number: int) -> str:
    return f"{number}:AAE-token-of-the-bench-for-{name}"


@asynccontextmanager
async def ground(house: Household, telegram_port: int, *, quick: bool) -> AsyncIterator[Ground]:
    database = Database(house.settings.postgres, pool=8)
    async with Telegram(telegram_port) as telegram:
        made = Ground(
            house=house, database=database, telegram=telegram, quick=quick,
            temporal=await Client.connect(house.settings.temporal),
        )  # fmt: skip
        try:
            await _settle(made)
            yield made
        finally:
            made.stop()
            await database.close()


async def _settle(made: Ground) -> None:
    """Bots, spots and processes; the reference has a bot without a spot."""
    settings, key = made.house.settings, made.house.settings.key()
    async with made.database.unit_of_work() as work:
        for number, (name, source) in enumerate(ALL.items(), 8_000_000_001):
            bot = Bot.of(
                token(name, number), username=f"{name}_bot", name=name, transport="webhook", key=key
            )
            work.add(bot)
            version = await publish(work, source, files={})
            await work.flush()
            work.add(Spot(name=name, bot_id=bot.id, process_key=version.key, is_default=True))
            made.bots[name] = bot.id
            made.hooks[name] = Webhook(
                Hook(port=settings.port, path=f"/telegram/{bot.path}", secret=bot.open_secret(key))
            )
        hand = Bot.of(
            token(HAND, 8_000_000_000), username="hand_bot", name=HAND, transport="none", key=key
        )
        work.add(hand)
        made.bots[HAND] = hand.id
        made.hooks[HAND] = Webhook(Hook(port=free()[0], path="/hook", secret=""))


def load() -> float:
    """Of the machine, beside us: a table of a busy one says so."""
    return os.getloadavg()[0]


async def breathe(seconds: float) -> None:
    """Think time between two messages."""
    await asyncio.sleep(seconds)


def now() -> datetime:
    return datetime.now(UTC)
