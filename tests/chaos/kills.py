"""Ways to end a part of the town: at random, and at the moments where it hurts most."""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from machine.child import Child
from tests.chaos.town import Town
from tests.chaos.wire import Moment
from tests.eventually import eventually

# Seconds that a moment may take to come. What a killed worker had in hand waits ten before another
# gets it, and the next worker has to start first.
SOON = 45.0
CLAIM, OUTCOME, MOVE = "set state = 'sending'", '"message_sent"', '"process_said"'
UPDATE = "insert into telegram_update"
CHANGE, CHANGED = "update message_change c", '"message_edited"'
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("429", {"retry_after": 1}),
    ("reset_before", {}),
    ("reset_after", {}),
    ("eof_after", {}),
    ("garbage", {}),
    ("5xx_before", {}),
    ("5xx_after", {}),
    ("slow", {"seconds": 1.0}),
    ("slow_after", {"seconds": 1.0}),
    ("slow_after", {"seconds": 9.0}),
    ("repeat_updates", {"times": 3}),
    ("reorder_updates", {}),
    ("refuse_connections", {}),
)

Way = Callable[[], Awaitable[None]]


class Killer:
    """Counts what it did; a moment that does not come in time is let go and not counted."""

    def __init__(self, town: Town, *, chance: random.Random) -> None:
        self.town, self.chance = town, chance
        self.done: Counter[str] = Counter()

    @property
    def kills(self) -> int:
        return sum(count for name, count in self.done.items() if not name.startswith("pause"))

    def named(self) -> dict[str, Way]:
        """Each point of delivery.md, by its name."""
        web, worker = self.town.web, self.town.worker
        return {
            "worker after claim": lambda: self._at(worker, CLAIM, "answered", self._worker),
            "worker before its claim": lambda: self._at(worker, CLAIM, "asked", self._worker),
            "worker after write": self._after_write,
            "worker before the outcome's commit": lambda: self._at(
                worker, OUTCOME, "committing", self._worker
            ),
            "worker after the outcome's commit": lambda: self._at(
                worker, OUTCOME, "committed", self._worker
            ),
            "worker before advance's commit": lambda: self._at(
                worker, MOVE, "committing", self._worker
            ),
            "worker after advance's commit, before its result": self._before_the_result,
            "worker after a change's claim": lambda: self._at(
                worker, CHANGE, "answered", self._worker
            ),
            "worker before an edit's outcome's commit": lambda: self._at(
                worker, CHANGED, "committing", self._worker
            ),
            "connection cut during an edit's outcome's commit": lambda: self._cut(
                worker, CHANGED, "committed"
            ),
            "web before receive's commit": lambda: self._at(web, UPDATE, "asked", self._web),
            "web after receive's commit": lambda: self._at(web, UPDATE, "answered", self._web),
            "web before the ring": self._before_the_ring,
            "connection cut during receive's commit": lambda: self._cut(web, UPDATE, "answered"),
            "connection cut during the outcome's commit": lambda: self._cut(
                worker, OUTCOME, "committed"
            ),
            "connection cut during advance's commit": lambda: self._cut(worker, MOVE, "committed"),
            "postgres at a claim": lambda: self._at(worker, CLAIM, "asked", self._postgres),
            "postgres at the outcome's commit": lambda: self._at(
                worker, OUTCOME, "committing", self._postgres
            ),
            "postgres at receive's commit": lambda: self._at(web, UPDATE, "asked", self._postgres),
            "temporal while a message is written": self._temporal_while_sending,
        }

    async def somehow(self) -> None:
        """One thing at random; afterwards everything runs again."""
        if self.chance.random() < 0.5:
            name = self.chance.choice(list(self.named()))
            await self.at(name)
        elif self.chance.random() < 0.2:
            await self._pause()
        else:
            name = self.chance.choice(["web", "worker", "worker", "postgres", "temporal"])
            self.town.kill(name)
            await asyncio.sleep(self.chance.random())
            await self.town.revive(name)
            self.done[name] += 1

    async def at(self, name: str) -> bool:
        """Kills at a named moment. False when the moment did not come."""
        try:
            await self.named()[name]()
        except (TimeoutError, AssertionError):
            await self.town.mend()
            return False
        self.done[name] += 1
        return True

    async def spoil(self) -> None:
        """Telegram misbehaves for a while."""
        kind, how = self.chance.choice(FAULTS)
        fault = await self.town.phone.fault(kind, probability=self.chance.choice([0.2, 0.6]), **how)
        await asyncio.sleep(self.chance.uniform(0.5, 3))
        with suppress(AssertionError):  # `mend` may have been quicker
            await self.town.phone.ask("DELETE", f"/control/faults/{fault['id']}")

    async def _at(self, child: Child, piece: str, moment: Moment, strike: Way) -> None:
        trap = self.town.wire(child, "postgres").trap(piece, moment)
        try:
            await trap.sprung(within=SOON)
            await strike()
        finally:
            trap.taken = True
            trap.release()

    async def _cut(self, child: Child, piece: str, moment: Moment) -> None:
        trap = self.town.wire(child, "postgres").trap(piece, moment)
        try:
            await trap.sprung(within=SOON)
        finally:
            trap.taken = True
            trap.tear()

    async def _after_write(self) -> None:
        """Telegram has it and has not answered yet."""
        phone = self.town.phone
        before = len(await phone.accepts())
        await phone.fault("slow_after", count=1, seconds=4)
        await eventually(lambda: self._accepted(before), within=SOON, every=0.02)
        await self._worker()

    async def _accepted(self, before: int) -> bool:
        return len(await self.town.phone.accepts()) > before

    async def _before_the_result(self) -> None:
        """The move is committed; the engine never hears of it from this worker."""
        wire = self.town.wire(self.town.worker, "temporal")
        trap = self.town.wire(self.town.worker, "postgres").trap(MOVE, "committed")
        try:
            await trap.sprung(within=SOON)
            wire.hold()
            trap.release()
            await asyncio.sleep(0.2)
            await self._worker()
        finally:
            trap.taken = True
            trap.release()
            wire.flow()

    async def _before_the_ring(self) -> None:
        """Telegram has its 200, and the workflow has not been told."""
        wire = self.town.wire(self.town.web, "temporal")
        trap = self.town.wire(self.town.web, "postgres").trap(UPDATE, "answered")
        try:
            await trap.sprung(within=SOON)
            wire.hold()
            trap.release()
            await asyncio.sleep(0.3)
            await self._web()
        finally:
            trap.taken = True
            trap.release()
            wire.flow()

    async def _temporal_while_sending(self) -> None:
        before = len(await self.town.phone.accepts())
        await self.town.phone.fault("slow_after", count=1, seconds=2)
        await eventually(lambda: self._accepted(before), within=SOON, every=0.02)
        self.town.kill("temporal")
        await self.town.revive("temporal")

    async def _worker(self) -> None:
        self.town.kill("worker")
        await self.town.revive("worker")

    async def _web(self) -> None:
        self.town.kill("web")
        await self.town.revive("web")

    async def _postgres(self) -> None:
        self.town.kill("postgres")
        await self.town.revive("postgres")

    async def _pause(self) -> None:
        name = self.chance.choice(["web", "worker", "postgres", "temporal"])
        length = timedelta(seconds=self.chance.choice([0.5, 2, 6]))
        child = self.town.child(name)
        child.pause()
        try:
            await asyncio.sleep(length.total_seconds())
        finally:
            child.resume()
        self.done[f"pause {name}"] += 1
