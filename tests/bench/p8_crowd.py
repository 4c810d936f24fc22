"""P8: a thousand managers listen to one process that tells five things a second, against a hub that
only passes words on."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from machine.household import ROOT
from models.session import Session
from models.user import User
from tests.bench import cpu, statements
from tests.bench.bare import BARE_CHANNEL
from tests.bench.clients import update
from tests.bench.crowd import MARK
from tests.bench.ground import HAND, Ground, breathe
from tests.bench.rows import Row, at_most, median, quantile

MANAGERS, STRANGERS = 1000, 50
EVERY = 0.2  # seconds between two commits
TURN, TURNS = 50, 4  # commits of one arm before the other's turn
LEADS = 20  # that take turns in being written to
CHAT = 680_000_000
# Nobody's leads of one line: whoever works there sees them, the others do not.
LEAD = (
    "insert into lead (bot_id, chat_id, first_name, last_action_at, mode, line)"
    " values (%s, %s, 'Иван', now(), 'manual', 1)"
)


@dataclass(kw_only=True)
class Arm:
    """A hub, those who listen to it, and when each commit was made."""

    port: int
    channel: str | None
    crowd: asyncio.subprocess.Process
    listeners: int = 0
    seconds: float = 0.0  # until all were let in
    committed: dict[int, float] = field(default_factory=dict)
    heard: dict[int, list[float | None]] = field(default_factory=dict)
    resyncs: int = 0
    process: subprocess.Popen[bytes] | None
    cpu: float = 0.0  # seconds of the hub's process

    async def asks(self, **order: Any) -> dict[str, Any]:
        assert self.crowd.stdin
        assert self.crowd.stdout
        self.crowd.stdin.write(json.dumps(order).encode() + b"\n")
        answer: dict[str, Any] = json.loads(await self.crowd.stdout.readline())
        return answer

    def spent(self) -> float:
        return cpu.spent(self.process.pid) if self.process else 0.0

    async def gathers(self, cookies: list[str]) -> None:
        found = await self.asks(port=self.port, path="/events", cookies=cookies)
        assert found["let_in"] == len(cookies), found
        self.listeners, self.seconds = len(cookies), found["seconds"]

    async def told(self, hearing: int) -> None:
        found = await self.asks(after=len(self.committed), hearing=hearing)
        self.heard |= {int(number): times for number, times in found["heard"].items()}
        self.resyncs += found["resyncs"]

    def late(self, *, hearing: int, warm: int) -> list[float]:
        """Milliseconds from each commit to each who should hear of it; asserts that all did."""
        found = []
        for number, at in self.committed.items():
            times = self.heard.get(number, [])
            there = [one for one in times[:hearing] if one is not None]
            assert len(there) == hearing, f"{hearing - len(there)} did not hear of {number}"
            assert not any(times[hearing:]), "somebody heard of a lead that is not theirs"
            if number > warm:
                found += [(one - at) * 1000 for one in there]
        return found


async def measure(ground: Ground) -> list[Row]:
    """By turns: a commit wakes one hub or the other, each listens to a channel of its own."""
    managers, strangers = (10, 2) if ground.quick else (MANAGERS, STRANGERS)
    turn, turns = (5, 1) if ground.quick else (TURN, TURNS)
    bot = ground.bots[HAND]
    address = ground.house.settings.postgres.replace("+psycopg", "")
    cookies = await _people(ground, managers, line=1) + await _people(ground, strangers, line=2)
    async with (
        _crowd() as here,
        _crowd() as there,
        await psycopg.AsyncConnection.connect(address, prepare_threshold=0) as connection,
    ):
        other = await ground.with_bare()
        ours = Arm(
            port=ground.house.settings.port, channel=None, crowd=here,
            process=ground.house.web.process,
        )  # fmt: skip
        bare = Arm(
            port=other, channel=BARE_CHANNEL, crowd=there,
            process=ground.bare.process if ground.bare else None,
        )  # fmt: skip
        await ours.gathers(cookies)
        await bare.gathers(cookies[:managers])
        for chat in range(CHAT, CHAT + LEADS):
            await connection.execute(LEAD, [bot, chat])
        await connection.commit()
        for _ in range(turns):
            for arm in (ours, bare):
                before = arm.spent()
                for _ in range(turn):
                    await _writes(connection, arm, bot=bot)
                await arm.told(managers)
                arm.cpu += arm.spent() - before
    assert ours.resyncs == 0, "somebody fell behind"
    events = turn * turns
    late = {
        "ours": ours.late(hearing=managers, warm=turn // 5),
        "bare": bare.late(hearing=managers, warm=turn // 5),
    }
    return [
        at_most(
            1.5, goal="≤ 1.5 ×", id="P8", unit="ms",
            what=f"{managers} managers hear of 5 events a second, p99",
            value=quantile(late["ours"], 0.99), reference=quantile(late["bare"], 0.99),
            particulars={
                "p50": median(late["ours"]), "p50 of the reference": median(late["bare"]),
                "delivered": events * managers, "to strangers": 0,
                "CPU ms of an event": ours.cpu * 1000 / events,
                "CPU of the reference": bare.cpu * 1000 / events,
                "s until all listen": ours.seconds, "to the reference": bare.seconds,
            },
        )
    ]  # fmt: skip


async def _writes(connection: psycopg.AsyncConnection[Any], arm: Arm, *, bot: int) -> None:
    number = len(arm.committed) + 1
    raw = update(CHAT + number % LEADS, MARK.format(number))
    values = statements.wrote(raw, json.loads(raw), bot=bot)
    if arm.channel:
        values["channel"] = arm.channel
    await breathe(EVERY)
    await connection.execute(statements.WROTE.encode(), values)
    arm.committed[number] = time.time()
    await connection.commit()


async def _people(ground: Ground, number: int, *, line: int) -> list[str]:
    """Cookies of as many sessions, each of a manager of their own."""
    found = []
    async with ground.database.unit_of_work(silent=True) as work:
        people = [
            User(login=f"m{line}.{n}.{time.time_ns()}@leadloom.test", name="Анна", line=line)
            for n in range(number)
        ]
        for person in people:
            work.add(person)
        await work.flush()
        for person in people:
            _, secret = Session.begin(work, person, now=datetime.now(UTC))
            found.append(f"leadloom-{ground.house.settings.port}={secret}")
    return found


@asynccontextmanager
async def _crowd() -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.crowd", cwd=ROOT, limit=2**28,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()
