"""Clients write, managers work, and parts of the town are killed all the while."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic

from tests.chaos.checker import Verdict
from tests.chaos.kills import Killer
from tests.chaos.people import Crowd, Desk
from tests.chaos.processes import CHATTER
from tests.chaos.town import Town

PACE = 6.0  # seconds that one kill and its mending take, more or less: the talk lasts as long


@dataclass
class Result:
    """What a part of the chaos showed: sentences, and what is wrong with them."""

    name: str
    said: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    seconds: float = 0
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return not self.broken

    def saw(self, verdict: Verdict) -> None:
        for name, count in verdict.counts.items():
            self.counts[name] = self.counts.get(name, 0) + count
        self.broken += verdict.broken


async def campaign(
    folder: Path,
    *,
    kills: int,
    messages: int,
    seed: int,
    limit: timedelta,
    worker: str = "worker.py",
    clients: int = 40,
) -> Result:
    """Ends when both numbers are reached, or at the limit; then everything comes to rest."""
    result, begun = Result("kills" if kills else "no faults"), monotonic()
    pause = max(PACE * kills / messages, 0.1)
    async with Town(folder, worker=worker) as town:
        await town.leads_through(CHATTER)
        crowd = Crowd(
            town, clients=clients, messages=messages, pause=pause * clients,
            chance=random.Random(seed),
        )  # fmt: skip
        killer = Killer(town, chance=random.Random(seed + 1))
        async with people(town, crowd, chance=random.Random(seed + 2), pause=pause * 4):
            deadline = begun + limit.total_seconds() * 0.8
            # first every named moment once, then as it comes
            names = iter(killer.named() if kills else ())
            while killer.kills < kills and monotonic() < deadline:
                if (name := next(names, None)) is not None:
                    await killer.at(name)
                else:
                    await killer.somehow()
                await killer.spoil()
        await town.mend()
        try:
            await town.quiet()
        except AssertionError as error:
            result.broken.append(str(error))
        result.saw(await town.check(faultless=not kills))
    result.counts |= dict(killer.done)
    result.seconds = monotonic() - begun
    result.said.append(f"{killer.kills} kills, {killer.done.total() - killer.kills} pauses")
    result.said.append(f"{crowd.said} things said by {clients} clients")
    return result


@asynccontextmanager
async def people(
    town: Town, crowd: Crowd, *, chance: random.Random, pause: float
) -> AsyncIterator[None]:
    """The crowd talks and a manager works beside what happens inside; then both come to an end."""
    desk = Desk(town.database, chance=chance, promised=town.promised)
    await desk.sits_down()
    talking = asyncio.ensure_future(crowd.talk())
    working = asyncio.ensure_future(desk.works(crowd, pause=pause))
    try:
        yield
        await town.mend()
        await talking
    finally:
        talking.cancel()
        working.cancel()
        await asyncio.gather(talking, working, return_exceptions=True)
    await desk.goes_home()
